#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What the guest's tests (tests/linux/*_test.sh) have in common: they source this, call begin, check for each thing that must hold, and
# end. One line a check, "ok - …", "not ok - …" or "skip - …: why"; the last line counts them, tests/harness/run_linux.sh judges by them.
passed=0
failed=0
skipped=0
kmemleak=/sys/kernel/debug/kmemleak

# What a rule of udev does where there is udev: whoever is in the group tss may use the TPM and the services
devices_for_tss() {
    for device in /dev/tpmrm0 /dev/tee[0-9]*; do
        [ ! -c "$device" ] || { chgrp tss "$device" && chmod 660 "$device"; }
    done
}

begin() { # NAME
    test_name=$1
    echo "$test_name: Linux $(uname -r), $(nproc) cores"
    dmesg -c >/dev/null
    [ ! -e $kmemleak ] || echo clear >$kmemleak
    devices_for_tss # a test before may have removed and loaded the module
    work=$(mktemp -d)
    cd "$work" || exit 1
}

# check WHAT COMMAND...: COMMAND must succeed; what it says is shown if it does not
check() {
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok - $what"
        passed=$((passed + 1))
    else
        echo "not ok - $what"
        tail -n 20 "$work/said" | sed 's/^/# /'
        failed=$((failed + 1))
    fi
}

# note TEXT: what a check has to say though it succeeds
exec 3>&1
note() {
    echo "# $*" >&3
}

skip() { # WHAT WHY
    echo "skip - $1: $2"
    skipped=$((skipped + 1))
}

equal() { # EXPECTED FOUND
    [ "$1" = "$2" ] || { echo "expected '$1', found '$2'"; false; }
}

fails() { # COMMAND...: must end by itself, and not with 0
    "$@" 2>&1
    status=$?
    [ $status -ne 0 ] && [ $status -lt 126 ] || { echo "'$*' ended with $status"; false; }
}

# unload: the module goes, and comes back with load. What counts is that it is gone, not what busybox says: that goes on with modules that ours
# needed, some of which others need
unload() {
    modprobe -r tessera 2>&1
    [ ! -d /sys/module/tessera ]
}

load() {
    modprobe tessera && [ -c /dev/tpm0 ] && [ -c /dev/tee0 ] && devices_for_tss
}

# Two together, for a check
comes_and_goes() {
    unload && [ ! -e /dev/tpm0 ] && [ ! -e /dev/tee0 ] && load && tpm2 getrandom -Q --hex 8 && tessera random 8
}

# The TPM itself has nothing of anybody: not the resource manager's word, which shows everybody their own only
tpm_is_empty() {
    for handles in handles-transient handles-loaded-session handles-saved-session; do
        tpm2 getcap -T device:/dev/tpm0 $handles >capability && [ ! -s capability ] || { echo "$handles:"; cat capability; return 1; }
    done
}

# A value that the driver shows of itself
counter() { # NAME
    cat "/sys/devices/platform/tessera/$1"
}

# no_complaint [LOG]: nothing at level error or above, no warning of ours, nothing that a kernel prints when it catches itself in a fault
no_complaint() {
    log=$(if [ $# -gt 0 ]; then cat "$1"; else dmesg -r; fi |
        grep -vE 'hrtimer: interrupt took|stall warnings suppressed|loading out-of-tree module|module verification failed|RCU lockdep checking is enabled|Kernel command line:')
    bad=$(
        echo "$log" | grep -E '^<[0-3]>'
        echo "$log" | grep -E '^<4>' | grep -iE 'tessera|tpm|tee|ffa|ff-a'
        echo "$log" | grep -E 'WARNING:|BUG:|Call trace|Oops|KASAN|lockdep|possible .* detected|rcu_.*(stall|self-detected)|blocked for more than'
    )
    [ -z "$bad" ] || { echo "$bad"; false; }
}

# The machine is about to restart, by this test: init.sh calls it again then, with "second". The clock chip alone keeps its state over a
# reset: the number of the test (init.sh), in days since 1970
restarts() {
    date -u -s "@$((test_number * 86400))" >/dev/null && hwclock -u -w
    stty onlcr # what was printed is on the line before the machine goes
}

# A kernel that watches its locks (`make kernel DEBUG=1`) stops watching at the first fault, and when it has no room for more of them
locks_are_watched() {
    grep -q 'debug_locks: *1' /proc/lockdep_stats || { cat /proc/lockdep_stats; false; }
}

# A kernel that looks for memory nobody knows any more (`make kernel DEBUG=1`) does not report what is younger than five seconds. One leak is its
# own (6.12): of an interrupt that each core has, when arm_ffa is removed
no_leak() {
    sleep 6
    echo scan >$kmemleak && cp $kmemleak leaks || return 1
    awk '/^unreferenced/ { if (!known) printf "%s", record; record = ""; known = 0 }
        /irq_set_percpu_devid/ { known = 1 }
        { record = record $0 "\n" }
        END { if (!known) printf "%s", record }' leaks >ours
    [ ! -s ours ] || { cat ours; false; }
}

end() {
    [ ! -e /proc/lockdep_stats ] || check 'the kernel has watched its locks to the end' locks_are_watched
    [ ! -e $kmemleak ] || check 'the kernel has leaked no memory' no_leak
    check 'the log has no complaint' no_complaint
    cd / && rm -rf "$work"
    echo "$test_name: $passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ]
}
