#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# wx.sh ELF...: no segment is both writable and executable, the stack is not executable; a partition (…/sp/….elf) has
# no interpreter, no thread-local segment, and relative relocations only. READELF is the target's.
status=0
for elf in "$@"; do
    ${READELF:-readelf} -lrW "$elf" | awk -v elf="$elf" '
        function say(text) { print elf ": " text; bad = 1 }
        $1 == "LOAD" { loads++ }
        $1 == "LOAD" && / RWE / { say("segment at " $3 " is writable and executable") }
        $1 == "GNU_STACK" && / RWE / { say("executable stack") }
        elf ~ /(^|\/)sp\// && ($1 == "INTERP" || $1 == "TLS") { say("has a " $1 " segment") }
        elf ~ /(^|\/)sp\// && /R_AARCH64_/ && !/R_AARCH64_RELATIV/ { say("relocation " $3 " " $5) }
        END { if (!loads) say("no loadable segment"); exit bad }' || status=1
done
exit $status
