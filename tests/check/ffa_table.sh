#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# ffa_table.sh [--write]: the table of FF-A functions in spmc/README.md says what the rows of spmc/ffa_dispatch.c say: widths,
# first version, who may call, and which tests make the call. Without --write it is compared, and a function without a test
# is an error; with it, it is made anew.
readme=spmc/README.md
new=$(mktemp)
trap 'rm -f "$new"' EXIT
status=0

rows() { # NAME HANDLER FLAGS SINCE, a line each
    awk '/= \{ #fid/ { next } /^    ROW\(/ { row = ""; on = 1 } on { row = row $0 } on && /\),$/ { on = 0; print row }' spmc/ffa_dispatch.c |
        sed 's/^ *ROW(//; s/),$//; s/ *| */|/g; s/, */,/g' | tr ',' ' '
}

tests_of() { # NAME: the test programs that use it most, three of the host's and three of the target's
    for kind in unit/spmc target; do
        grep -cwE "$1(_32|_64)?" "tests/$kind"/test_*.c | awk -F: '$2 > 0' | sort -t: -k2,2nr -k1,1 | head -n 3 |
            sed 's,^tests/.*/test_\(.*\)\.c:.*$,\1,' | awk -v kind="$kind" '{ t = t ", " $1 } END { if (t != "") print (kind == "target" ? "; target: " : "") substr(t, 3) }'
    done | tr -d '\n' | sed 's/^; //'
}

{
    echo '| function | widths | from | callers | tests |'
    echo '|---|---|---|---|---|'
    rows | while read -r fid handler flags since _; do
        name=$(echo "$fid" | sed 's/_32$//')
        case $flags in
        *FFA_W32*FFA_W64*) widths='32, 64' ;;
        *FFA_W64*) widths=64 ;;
        *) widths=32 ;;
        esac
        case $handler,$flags in
        NULL,*) callers='– (an answer)' ;;
        *FFA_BOTH* | *FFA_FROM_NWD*FFA_FROM_SP*) callers=both ;;
        *FFA_SP_ONLY* | *FFA_FROM_SP*) callers=partition ;;
        *) callers='normal world' ;;
        esac
        tests=$(tests_of "$name")
        [ -n "$tests" ] || echo "$readme: no test makes $name" >&2
        echo "| ${name#FFA_} | $widths | 1.$since | $callers | $tests |"
    done
} >"$new"

if [ "${1:-}" = --write ]; then
    awk -v file="$new" '/^<!-- ffa_table/ { print; while ((getline line <file) > 0) print line; skip = 1; next } /^<!-- end/ { skip = 0 } !skip' "$readme" >"$new.md" &&
        mv "$new.md" "$readme"
    exit
fi
awk '/^<!-- end/ { on = 0 } on { print } /^<!-- ffa_table/ { on = 1 }' "$readme" | diff - "$new" || {
    echo "$readme: the table of FF-A functions is not that of spmc/ffa_dispatch.c: tests/check/ffa_table.sh --write" >&2
    status=1
}
! grep -q '| *|$' "$new" || status=1
exit $status
