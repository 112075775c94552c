#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# run_demo.sh FLASH: boots the flash image in QEMU, which writes into it, and shows both consoles on this terminal. Ends with 0 only if the boot says
# that it is verified and measured, the demo that everything worked, and the machine then switches itself off. Asks for
# nothing, needs no terminal, ends in any case.
# One instruction is one tick of the 1 GHz counter, so the numbers in brackets on the console count instructions.
set -u
flash=${1:?usage: run_demo.sh FLASH}
qemu=${QEMU:-qemu-system-aarch64}
seconds=120 # for a machine that hangs; the demo takes a few
boot='verified and measured boot: '
verdict='demo: everything worked'

[ -w "$flash" ] || { echo "run: $flash: cannot be written" >&2; exit 1; }
command -v "$qemu" >/dev/null || { echo "run: $qemu: not installed (package qemu-system-arm)" >&2; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT

timeout -s KILL "$seconds" "$qemu" -nodefaults -display none -monitor none -no-reboot \
    -machine virt,secure=on,gic-version=3 -cpu max,cntfrq=1000000000 -m 1G -icount shift=0,sleep=off \
    -drive "if=pflash,index=0,format=raw,file=$flash" \
    -chardev stdio,id=terminal,mux=on,signal=on -serial chardev:terminal -serial chardev:terminal \
    </dev/null 2> >(grep -v "icount sleep disabled" >&2) | tee "$log"
status=${PIPESTATUS[0]}

if [ "$status" -eq 137 ]; then
    echo "run: the machine did not switch itself off within $seconds seconds" >&2
    exit 1
fi
if [ "$status" -ne 0 ]; then
    echo "run: QEMU ended with status $status" >&2
    exit 1
fi
if ! grep -q "$boot" "$log"; then
    echo "run: the boot did not say \"$boot\"" >&2
    exit 1
fi
if ! tr -d '\r' <"$log" | grep -q "$verdict\$"; then
    echo "run: the demo did not say \"$verdict\"" >&2
    exit 1
fi
