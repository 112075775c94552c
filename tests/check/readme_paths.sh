#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# readme_paths.sh README...: what a README names in `backticks` or links to exists: paths of the tree (from the root, or
# from the README's folder), `file.c:function`, `make target`. Not looked at: what has a blank, <, * or … in it, and
# paths below build/.
status=0
tree=$("$(dirname "$0")/files.sh" '*')
targets=$(sed -n 's/^\([a-z][a-z -]*\):.*/\1/p' Makefile platform/external/external.mk tests/check/check.mk 2>/dev/null | tr ' ' '\n')

known() { # PATH FOLDER: a file or folder of the tree
    for candidate in "$1" "$2/$1"; do
        candidate=$(echo "$candidate" | sed 's,^\./,,; s,/$,,')
        printf '%s\n' "$tree" | awk -v p="$candidate" '$0 == p || index($0, p "/") == 1 { found = 1; exit } END { exit !found }' && return 0
    done
    return 1
}

for readme in "$@"; do
    folder=$(dirname "$readme")
    awk '
        /^```/ { code = !code; next }
        code { next }
        {
            line = $0
            while (match(line, /`[^`]+`/)) { print FNR, substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH) }
            line = $0
            while (match(line, /\]\([^)#]+/)) { print FNR, substr(line, RSTART + 2, RLENGTH - 2); line = substr(line, RSTART + RLENGTH) }
        }' "$readme" | while read -r number token; do
        case $token in
        ../*) token=$(realpath -m --relative-to=. "$folder/$token") ;;
        esac
        case $token in
        'make '[a-z]*)
            target=$(echo "$token" | tr ' ' '\n' | sed -n '2,$p' | grep -v = | head -n 1)
            [ -z "$target" ] || printf '%s\n' "$targets" | grep -qx "$target" || echo "$readme:$number: no target: $token"
            ;;
        *[\ \<\>\*…\$=\(\)\"\'\|]* | build/* | /* | http* | -*) ;;
        *.[chS]:[a-z]*)
            file=${token%%:*}
            function=${token#*:}
            [ -f "$file" ] || file=$folder/$file
            if [ ! -f "$file" ]; then
                echo "$readme:$number: no such file: $token"
            else
                grep -qw "${function%%[!A-Za-z0-9_]*}" "$file" || echo "$readme:$number: not in $file: $function"
            fi
            ;;
        */* | *.c | *.h | *.S | *.sh | *.mk | *.dts | *.md)
            echo "$token" | grep -q '^[A-Za-z0-9_.]' || continue
            case $token in
            */*) # only what begins like a folder of the tree, or of the README's own folder
                first=${token%%/*}
                [ -d "$first" ] || [ -d "$folder/$first" ] || continue
                ;;
            esac
            for path in $(echo "$token" | awk '{
                    if (match($0, /{[^}]*}/)) {
                        head = substr($0, 1, RSTART - 1); tail = substr($0, RSTART + RLENGTH)
                        n = split(substr($0, RSTART + 1, RLENGTH - 2), part, ",")
                        for (i = 1; i <= n; i++) print head part[i] tail
                    } else print }'); do
                known "$path" "$folder" && continue
                case $path in
                */*) ;;
                *) printf '%s\n' "$tree" | grep -q "/$path\$" && continue ;; # a bare name: anywhere in the tree
                esac
                echo "$readme:$number: no such path: $path"
            done
            ;;
        esac
    done | grep . && status=1
done
exit $status
