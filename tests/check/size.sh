#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# size.sh BOARD_H FOLDER: what each image of FOLDER takes of its region in BOARD_H (code, data, bss), and what is left.
# Fails when one is over. The linker scripts assert the same; this prints it. CC and SIZE are the target's.
board=$1
folder=$2

constant() {
    value=$(echo "$1" | ${CC:-gcc} -E -P -x c -include "$board" - 2>/dev/null | tail -n 1)
    echo $((value))
}

status=0
printf '%-8s %10s %10s %10s %10s %10s %10s\n' image code data bss total budget left
for image in bl1 bl2 bl31 spmc; do
    elf=$folder/$image.elf
    [ -f "$elf" ] || { echo "$elf: missing"; status=1; continue; }
    upper=$(echo $image | tr a-z A-Z)
    case $image in
    bl1) budget=$(($(constant BL1_ROM_SIZE) + $(constant BL1_RW_SIZE))) ;;
    *) budget=$(constant "${upper}_SIZE") ;;
    esac
    [ "$budget" -gt 0 ] || { echo "$board: no size for $image"; status=1; continue; }
    set -- $(${SIZE:-size} "$elf" | tail -n 1)
    total=$(($1 + $2 + $3))
    printf '%-8s %10d %10d %10d %10d %10d %10d\n' $image "$1" "$2" "$3" $total "$budget" $((budget - total))
    [ $total -le "$budget" ] || { echo "$elf: over its budget in $board"; status=1; }
done
exit $status
