#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# run_linux.sh [OPTION...] FOLDER FLASH: boots the flash image in QEMU, through U-Boot, to the Debian Linux of FOLDER (Image,
# initrd.gz; and ../uboot_env.bin). On a terminal it ends at a shell. Else the guest tests itself, reboots, tests itself again
# and switches off; both consoles are shown, and the exit status is 0 only if the firmware booted verified, no check
# failed in either boot, the firmware had nothing to complain about, and the machine switched itself off. With --run it runs what that
# says instead of the self-test, one after the other; each of it must end with "NAME: N passed, 0 failed".
#   --cpu NAME --gic 2|3 --cores N --el2 on|off --memory MIB    the machine (max,pauth-impdef=on 3 4 on 1024)
#   --rounds N    so many times a core goes off and on in the self-test (20)
#   --no-calls    the firmware lacks the partitions that the self-test calls (echo, crypto)
#   --run TEST[:ARGUMENT…],…   tests of tests/linux, by name, with arguments
#   --icount      time on the machine is counted in instructions, one core after the other: no matter how busy the host is
#   --words WORDS   more words for the kernel's command line
#   --keep        what the machine writes into its flash stays there
#   --quiet       show the consoles only when something failed
set -u
cpu=max,pauth-impdef=on gic=3 cores=4 el2=on memory=1024 rounds=20 quiet= calls=yes snapshot=on run= words= icount=
usage='usage: run_linux.sh [--cpu NAME] [--gic 2|3] [--cores N] [--el2 on|off] [--memory MIB] [--rounds N] [--no-calls] [--run TEST[:ARGUMENT...],...] [--words WORDS] [--icount] [--keep] [--quiet] FOLDER FLASH'

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
    --run) run=$2 && shift 2 ;;
    --icount) icount=yes && shift ;;
    --words) words=" $2" && shift 2 ;;
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
[ -z "$run" ] || seconds=3000 # what make test-linux runs at once
command -v "$qemu" >/dev/null || die "$qemu: not installed (package qemu-system-arm)"
for file in "$folder/Image" "$folder/initrd.gz" "$environment" "$flash"; do
    [ -r "$file" ] || die "$file: cannot be read"
done

machine=(-nodefaults -display none -machine "virt,secure=on,virtualization=$el2,gic-version=$gic" -cpu "$cpu" -smp "$cores"
    -m "$memory" -rtc base=2026-01-01T00:00:00 -kernel "$folder/Image" -initrd "$folder/initrd.gz"
    -drive "if=pflash,index=0,format=raw,snapshot=$snapshot,file=$flash"
    -drive "if=pflash,index=1,format=raw,snapshot=on,file=$environment")
[ -z "$icount" ] || machine+=(-icount "shift=0,sleep=off")
# A loaded host stops a core for longer than Linux believes in: its watchdogs would report the host. What really hangs runs into
# the bound above
arguments='console=ttyAMA0 quiet panic=-1 nosoftlockup rcupdate.rcu_cpu_stall_suppress=1'"$words"

log=$(mktemp -d)
# QEMU 7.2 can miss that a core has set its timer: on a busy host its main loop was seen asleep for minutes with both cores' timers overdue. Any
# input ends that, so there is some each second: an empty line for a monitor
mkfifo "$log/wake.in" "$log/wake.out"
machine+=(-chardev "pipe,id=wake,path=$log/wake" -mon chardev=wake,mode=control)
while sleep 1; do echo; done >"$log/wake.in" 2>/dev/null &
waker=$!
trap 'kill $waker 2>/dev/null; rm -rf "$log"' EXIT

if [ -t 0 ] && [ -t 1 ]; then
    echo "run: the firmware, U-Boot and Linux share this terminal. Ctrl-A X ends the machine at any time, so does poweroff."
    "$qemu" "${machine[@]}" -append "$arguments" -serial mon:stdio -chardev file,id=secure,append=on,path=/dev/fd/1 -serial chardev:secure
    exit
fi

show() { # what comes, on both consoles, also into the log
    if [ -n "$quiet" ]; then cat >"$log/all"; else tee "$log/all"; fi
}
if [ -n "$run" ]; then
    arguments="$arguments guest.run=$run"
    boots=$(($(echo "$run" | tr ',' '\n' | grep -cE '^(reboot|panic)$') + 1))
    verdict="^($(echo "$run" | sed 's/:[^,]*//g; s/,/|/g')): [1-9][0-9]* passed, 0 failed"
    verdicts=$(echo "$run" | tr ',' '\n' | grep -c .)
else
    arguments="$arguments guest.test=$rounds guest.cores=$cores guest.calls=$calls"
    boots=2
    verdict='^self-test: (first|second) boot: [1-9][0-9]* passed, 0 failed$'
    verdicts=2
fi
timeout -s KILL "$seconds" "$qemu" "${machine[@]}" -append "$arguments" -monitor none \
    -serial stdio -chardev "file,id=secure,append=on,path=/dev/fd/1" -serial chardev:secure </dev/null 2>&1 | show
status=${PIPESTATUS[0]}
tr -d '\r' <"$log/all" >"$log/text"

problem=
if [ "$status" -eq 137 ]; then
    problem="the machine did not switch itself off within $seconds seconds"
elif [ "$status" -ne 0 ]; then
    problem="QEMU ended with status $status"
elif grep -n '^not ok - ' "$log/text" >"$log/failed"; then
    problem="a check failed: $(head -n 1 "$log/failed")"
elif [ "$(grep -c 'verified and measured boot: ' "$log/text")" -ne $boots ]; then
    problem="the firmware did not say $boots times that its boot was verified and measured"
elif [ "$(grep -cE "$verdict" "$log/text")" -ne "$verdicts" ]; then
    problem="not all of it passed, or ended: $(grep -cE "$verdict" "$log/text") of $verdicts"
elif grep -nE '(BL1|BL2|BL31|SPMC): .*(error|warning|panic|crash|fault)' "$log/text" >"$log/failed"; then
    problem="the firmware complained: $(head -n 1 "$log/failed")"
fi
if [ -n "$problem" ]; then
    [ -z "$quiet" ] || cat "$log/text"
    echo "run: $problem" >&2
    exit 1
fi
[ -z "$quiet" ] || grep '^skip - ' "$log/text"
if [ -n "$run" ]; then
    what="$run: passed"
else
    what='the self-test passed in both boots'
fi
echo "run: Linux $(sed -n 's/.*Linux \([0-9][^ ,]*\).*/\1/p' "$log/text" | head -n 1) on $cores cores ($cpu, GICv$gic, EL2 $el2): $what"
