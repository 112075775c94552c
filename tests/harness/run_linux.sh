#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# run_linux.sh [OPTION...] FOLDER FLASH: boots the flash image in QEMU, through U-Boot, to the Debian Linux of FOLDER (Image,
# initrd.gz; and ../uboot_env.bin). On a terminal it ends at a shell. Else the guest tests itself, reboots, tests itself again
# and switches off; both consoles are shown, and the exit status is 0 only if the firmware booted verified, no check
# failed in either boot, the firmware had nothing to complain about, and the machine switched itself off.
#   --cpu NAME --gic 2|3 --cores N --el2 on|off --memory MIB    the machine (max,pauth-impdef=on 3 4 on 1024)
#   --rounds N    so many times a core goes off and on in the self-test (20)
#   --no-calls    the firmware lacks the partitions that the self-test calls (echo, crypto)
#   --keep        what the machine writes into its flash stays there
#   --quiet       show the consoles only when something failed
set -u
cpu=max,pauth-impdef=on gic=3 cores=4 el2=on memory=1024 rounds=20 quiet= calls=yes snapshot=on
usage='usage: run_linux.sh [--cpu NAME] [--gic 2|3] [--cores N] [--el2 on|off] [--memory MIB] [--rounds N] [--no-calls] [--keep] [--quiet] FOLDER FLASH'

die() {
    echo "run: $*" >&2
    exit 1
}

while [ $# -gt 2 ]; do
    case $1 in
    --cpu) cpu=$2 && shift 2 ;;
    --gic) gic=$2 && shift 2 ;;
    --cores) cores=$2 && shift 2 ;;
    --el2) el2=$2 && shift 2 ;;
    --memory) memory=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --no-calls) calls=no && shift ;;
    --keep) snapshot=off && shift ;;
    --quiet) quiet=1 && shift ;;
    *) die "$usage" ;;
    esac
done
[ $# -eq 2 ] || die "$usage"
folder=$1 flash=$2
environment=$(dirname "$folder")/uboot_env.bin
qemu=${QEMU:-qemu-system-aarch64}
seconds=600 # for a machine that hangs: ten times what the largest takes
command -v "$qemu" >/dev/null || die "$qemu: not installed (package qemu-system-arm)"
for file in "$folder/Image" "$folder/initrd.gz" "$environment" "$flash"; do
    [ -r "$file" ] || die "$file: cannot be read"
done

machine=(-nodefaults -display none -machine "virt,secure=on,virtualization=$el2,gic-version=$gic" -cpu "$cpu" -smp "$cores"
    -m "$memory" -rtc base=2026-01-01T00:00:00 -kernel "$folder/Image" -initrd "$folder/initrd.gz"
    -drive "if=pflash,index=0,format=raw,snapshot=$snapshot,file=$flash"
    -drive "if=pflash,index=1,format=raw,snapshot=on,file=$environment")
# A loaded host stops a core for longer than Linux believes in: its watchdogs would report the host. What really hangs runs into
# the bound above
arguments='console=ttyAMA0 quiet panic=-1 nosoftlockup rcupdate.rcu_cpu_stall_suppress=1'

if [ -t 0 ] && [ -t 1 ]; then
    echo "run: the firmware, U-Boot and Linux share this terminal. Ctrl-A X ends the machine at any time, so does poweroff."
    exec "$qemu" "${machine[@]}" -append "$arguments" -serial mon:stdio \
        -chardev file,id=secure,append=on,path=/dev/fd/1 -serial chardev:secure
fi

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
show() { # what comes, on both consoles, also into the log
    if [ -n "$quiet" ]; then cat >"$log/all"; else tee "$log/all"; fi
}
timeout -s KILL "$seconds" "$qemu" "${machine[@]}" -append "$arguments tessera.test=$rounds tessera.cores=$cores tessera.calls=$calls" -monitor none \
    -serial stdio -chardev "file,id=secure,append=on,path=/dev/fd/1" -serial chardev:secure </dev/null 2>&1 | show
status=${PIPESTATUS[0]}
tr -d '\r' <"$log/all" >"$log/text"

problem=
if [ "$status" -eq 137 ]; then
    problem="the machine did not switch itself off within $seconds seconds"
elif [ "$status" -ne 0 ]; then
    problem="QEMU ended with status $status"
elif grep -n '^not ok - ' "$log/text" >"$log/failed"; then
    problem="the self-test failed: $(head -n 1 "$log/failed")"
elif [ "$(grep -c 'verified and measured boot: ' "$log/text")" -ne 2 ]; then
    problem='the firmware did not say twice that its boot was verified and measured'
elif [ "$(grep -cE '^self-test: (first|second) boot: [1-9][0-9]* passed, 0 failed$' "$log/text")" -ne 2 ]; then
    problem='the self-test did not pass in two boots'
elif grep -nE '(BL1|BL2|BL31|SPMC): .*(error|warning|panic|crash|fault)' "$log/text" >"$log/failed"; then
    problem="the firmware complained: $(head -n 1 "$log/failed")"
fi
if [ -n "$problem" ]; then
    [ -z "$quiet" ] || cat "$log/text"
    echo "run: $problem" >&2
    exit 1
fi
echo "run: Linux $(sed -n 's/^self-test: first boot, Linux \([^,]*\),.*/\1/p' "$log/text") on $cores cores ($cpu, GICv$gic, EL2 $el2): the self-test passed in both boots"
