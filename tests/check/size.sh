#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# size.sh BOARD_H FOLDER: what each image of FOLDER takes of its region in BOARD_H (code, data, bss), and what is left.
# Also what the SPMC takes for each partition. Fails when one is over. The linker scripts assert the same; this prints it. CC and SIZE are the target's.
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
# One struct sp for each partition; its own pages and its translation tables come from the page pool
all=$(${NM:-nm} -S "$folder/spmc.elf" 2>/dev/null | sed -n 's/^[0-9a-f]* \([0-9a-f]*\) . spmc_sps$/\1/p')
if [ -n "$all" ]; then
    most=$(sed -n 's/^#define SPMC_MAX_SPS \([0-9]*\).*/\1/p' "$(dirname "$0")/../../spmc/spmc_limits.h")
    set -- $(${SIZE:-size} "$folder/spmc.elf" | tail -n 1)
    echo "spmc for N partitions: $(($1 + $2 + $3 - 0x$all)) + N * $((0x$all / most)) bytes, N up to $most; each one's pages and tables are in the pool"
fi
exit $status
