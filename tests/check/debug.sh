#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# debug.sh FOLDER: starts QEMU with FOLDER's flash image, stopped before the first instruction, with gdb's socket and a
# gdb script in FOLDER; then gdb, when it is installed. `make debug` calls it; BOARD, CC, SPS and BL33 come from there.
# The script loads the symbols of every image where it runs, and explains itself. BL33's are those of the ELF file beside it
# (name.elf for name.bin), at the addresses that it was linked for; Debian's U-Boot comes without any symbols.
set -eu
folder=$1
socket=$folder/gdb.sock
script=$folder/debug.gdb

constant() {
    echo "$1" | $CC -E -P -x c -include "platform/boards/$BOARD/board.h" - | tail -n 1
}

{
    echo "# Made by make debug. By hand: gdb-multiarch -x $script"
    echo 'set pagination off'
    echo 'set confirm off'
    echo 'set architecture aarch64'
    echo "file $folder/bl1.elf"
    for elf in "$folder/bl2.elf" "$folder/bl31.elf" "$folder/spmc.elf" "${BL33%.bin}.elf"; do
        [ ! -f "$elf" ] || echo "add-symbol-file $elf"
    done
    # The SPMC is linked high; until its MMU is on it runs at its physical address
    entry=$("${CC%gcc}readelf" -lW "$folder/spmc.elf" | awk '$1 == "LOAD" { print $3; exit }')
    echo "add-symbol-file $folder/spmc.elf -o $(constant SPMC_BASE)-$entry"
    cat <<-END
	define el
	  printf "EL%d\n", (\$cpsr >> 2) & 3
	end
	document el
	Print the exception level that the current core is in.
	end
	define partition
	  add-symbol-file $folder/sp/\$arg0.elf -o \$arg1
	end
	document partition
	partition NAME BASE: load the symbols of a partition ($SPS) at the base that the SPMC logged for it.
	end
	target remote $socket
	echo Stopped at reset, EL3. Try: hbreak bl31_main, continue, el, backtrace.\n
	echo A partition runs at a random base: set LOG=debug, read it on the console, then: partition echo 0x...\n
	END
    [ -f "${BL33%.bin}.elf" ] || printf 'echo No symbols of BL33: there is no %s.\\n\n' "${BL33%.bin}.elf"
} >"$script"

rm -f "$socket"
qemu-system-aarch64 -nodefaults -display none -monitor none -machine virt,secure=on,gic-version=3 -cpu max -m 1024 \
    -serial "file:$folder/console-normal.log" -serial "file:$folder/console-secure.log" \
    -drive "if=pflash,index=0,format=raw,snapshot=on,file=$folder/flash.bin" \
    -S -gdb "unix:$socket,server=on,wait=off" &
qemu=$!
trap 'kill "$qemu" 2>/dev/null || :; rm -f "$socket"' EXIT
trap 'exit 130' INT TERM
echo "QEMU is stopped at reset; consoles: $folder/console-secure.log, $folder/console-normal.log"
tries=100 # of 0.1 s: QEMU makes its socket within a second on any machine
until [ -S "$socket" ]; do
    tries=$((tries - 1))
    if [ $tries -eq 0 ] || ! kill -0 "$qemu" 2>/dev/null; then
        echo "debug.sh: QEMU did not open $socket" >&2
        exit 1
    fi
    sleep 0.1
done
if command -v gdb-multiarch >/dev/null; then
    gdb-multiarch -q -nx -x "$script"
else
    echo "gdb-multiarch is not installed; from another terminal: gdb -x $script. Ctrl-C ends QEMU."
    wait "$qemu"
fi
