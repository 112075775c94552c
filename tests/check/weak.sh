#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# weak.sh FILE...: no weak symbols, in sources by their words, in ELF files by their symbol table. A reader must be able
# to tell which function is linked. NM names the nm of the target.
status=0
for file in "$@"; do
    case $file in
    *.elf)
        ${NM:-nm} "$file" | awk -v f="$file" '$(NF - 1) ~ /^[wWvV]$/ { print f ": weak symbol " $NF; bad = 1 } END { exit bad }' || status=1
        ;;
    *)
        awk '/__attribute__ *\(\(.*weak/ || /^[[:space:]]*\.weak/ || /(^|[^_[:alnum:]])__weak([^_[:alnum:]]|$)/ {
                print FILENAME ":" FNR ": weak symbol"; bad = 1 } END { exit bad }' "$file" || status=1
        ;;
    esac
done
exit $status
