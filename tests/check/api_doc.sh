#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# api_doc.sh HEADER...: in a public header every prototype and inline function has a comment: right above, at the end
# of its line, or above the group that it stands in (prototypes without a blank line between, or inline functions with
# nothing else between).
awk '
    function report() { if (!documented) { print FILENAME ":" start ": " name "() has no comment"; bad = 1 } }
    FNR == 1 { documented = comment = depth = pending = inlines = 0 }
    # Blocks: the bodies of structs, enums and inline functions
    depth > 0 {
        depth += gsub(/{/, "{") - gsub(/}/, "}")
        next
    }
    in_comment { if (/\*\//) in_comment = 0; comment = 1; next }
    /^[ \t]*\/\// { comment = 1; inlines = 0; next }
    /^[ \t]*\/\*/ { comment = 1; if (!/\*\//) in_comment = 1; next }
    /^[ \t]*$/ { comment = documented = 0; next }
    /^#/ { while (/\\$/ && (getline > 0)) ; next }
    pending {
        if (/\/\//) documented = 1
        if (/;|{/) { pending = 0; report(); line = $0; depth += gsub(/{/, "{", line) - gsub(/}/, "}", line) }
        next
    }
    /^[A-Za-z_]/ && /\(/ && !/^(typedef|_Static_assert|static_assert|extern "C")/ {
        name = $0
        sub(/[ \t]*\(.*/, "", name)
        if (name ~ /__attribute__$/) next
        sub(/.*[ \t*]/, "", name)
        if (name ~ /^[A-Z0-9_]+$/) next # a macro is used here
        start = FNR
        if (!/^static inline/) inlines = 0
        else if (comment) inlines = 1
        else if (inlines) documented = 1
        if (comment || /\/\//) documented = 1
        comment = 0
        if (/;[ \t]*(\/\/.*)?$/ || /{/) { report(); line = $0; depth += gsub(/{/, "{", line) - gsub(/}/, "}", line) }
        else pending = 1
        next
    }
    !/^(enum|struct|typedef) .*;$/ { comment = 0 } # a type in one line may stand between
    { line = $0; depth += gsub(/{/, "{", line) - gsub(/}/, "}", line) }
    END { exit bad }' "$@"
