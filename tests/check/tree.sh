#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# tree.sh FILE...: the file itself: licence line first, at most 4 path components, at most 800 lines (a README: 120; the
# top-level one has no limit), no TODO without an issue, no blanks at line ends.
awk '
    function say(text) { print FILENAME ":" FNR ": " text; bad = 1 }
    function finish() { if (lines > limit) { print last ":" lines ": over " limit " lines: split it"; bad = 1 } }
    FNR == 1 {
        if (NR > 1) finish()
        last = FILENAME
        limit = 800
        if (FILENAME ~ /\/README\.md$/) limit = 120
        else if (FILENAME ~ /(\.md|\.txt|LICENSE)$/) limit = 100000
        path = FILENAME
        sub(/^tests\/fake\/linux\//, "tests/fake/", path) # stands in for a file of Linux, and is called as it is there
        if (split(path, part, "/") > 4) say("a path has at most 4 components")
        licensed = FILENAME !~ /\.(c|h|S|sh|mk|dts|dtsi)$/
    }
    FNR <= 3 && /SPDX-License-Identifier: / { licensed = 1 }
    FNR == 4 && !licensed { say("no SPDX-License-Identifier in the first lines"); licensed = 1 }
    /(TODO|FIXME)/ && FILENAME !~ /tests\/check\// && !/issue/ { say("a TODO names its issue") }
    /[ \t]$/ { say("blank at the end of the line") }
    { lines = FNR }
    END { finish(); exit bad }' "$@"
