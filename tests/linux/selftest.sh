#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# selftest.sh CORES ROUNDS [BOOT]: the self-test in the guest (busybox): that all cores are there and come and go, that idle
# states and the entropy source work, and that neither the device tree nor the kernel's log has a complaint about the firmware.
# One line a check, "ok - …" or "not ok - …"; the last line counts them. Called by init.sh, and by hand from the shell. After the
# reset (BOOT is "second") only what a boot can spoil is looked at again.
cores=$1
rounds=$2
boot=${3:-this}
calls=$(grep -w guest.test /proc/cmdline | grep -vw guest.calls=no) # the module and the partitions that they are for are there
cpus=/sys/devices/system/cpu
tree=/proc/device-tree
passed=0
failed=0

check() { # WHAT COMMAND...
    what=$1
    shift
    if "$@"; then
        echo "ok - $what"
        passed=$((passed + 1))
    else
        echo "not ok - $what"
        failed=$((failed + 1))
    fi
}

equal() { # EXPECTED FOUND
    [ "$1" = "$2" ] || { echo "# expected '$1', found '$2'"; false; }
}

feature() { # NAME: the cores have it
    grep -m 1 '^Features' /proc/cpuinfo | grep -qw "$1"
}

#
# What was found at boot
#
all_cores_online() {
    last=$((cores - 1))
    equal "0${last:+$([ $last -eq 0 ] || echo "-$last")}" "$(cat $cpus/online)" && equal "$cores" "$(grep -c ^processor /proc/cpuinfo)"
}

in_log() { # PATTERN
    dmesg | grep -qE "$1" || { echo "# the kernel's log has no '$1'"; false; }
}

# Everything at level error or above, and each warning that speaks of firmware. That QEMU's core `max` describes no caches, and that
# a loaded host lets the guest wait, is not for the firmware to mend
no_complaint() {
    log=$(dmesg -r | grep -vE 'Kernel command line|Unknown kernel command line|cacheinfo: Unable to detect cache hierarchy|hrtimer: interrupt took|stall warnings suppressed')
    bad=$(
        echo "$log" | grep -E '^<[0-3]>'
        echo "$log" | grep -E '^<4>' | grep -iE 'psci|smccc|gic|its@|trng|sve|sme|mte|firmware|cpu[0-9 ]|timer|errat|spectre|idle|irq|interrupt|reserved'
        echo "$log" | grep -E 'Firmware Bug|WARNING:|BUG:|Call trace|Oops|rcu_.*(stall|self-detected)|failed to come online|failed to boot'
    )
    [ -z "$bad" ] || { echo "$bad" | sed 's/^/# /'; false; }
}

secure_things_are_gone() {
    for node in "$tree"/secflash* "$tree"/secram* "$tree"/pl011@9040000 "$tree"/pl061@90b0000 "$tree"/gpio-poweroff "$tree"/gpio-restart; do
        [ ! -d "$node" ] || equal disabled "$(tr -d '\0' 2>/dev/null <"$node/status")" || { echo "# $node"; return 1; }
    done
    for seed in rng-seed kaslr-seed; do
        [ ! -f "$tree/secure-chosen/$seed" ] || [ -z "$(tr -d '\0' <"$tree/secure-chosen/$seed")" ] ||
            { echo "# secure-chosen/$seed is readable"; return 1; }
    done
}

#
# Cores
#
set_online() { # CORE 0 OR 1
    echo "$2" >$cpus/cpu"$1"/online 2>/dev/null && equal "$2" "$(cat $cpus/cpu"$1"/online)"
}

random_core() {
    echo $(($(od -An -N2 -tu2 /dev/urandom) % cores))
}

# A program for each file of $callers calls the firmware from whatever core is left meanwhile
hotplug() {
    pids=
    for file in $callers; do
        caller "$file" &
        pids="$pids $!"
    done
    round=0
    while [ $round -lt "$rounds" ]; do
        core=$(random_core)
        set_online "$core" 0 && set_online "$core" 1 || { echo "# round $round, core $core"; break; }
        round=$((round + 1))
    done
    [ -z "$pids" ] || kill $pids || { echo '# a caller gave up'; return 1; }
    wait
    equal "$rounds" "$round"
}

# Calls from every core in turn
calls() { # FILE COUNT
    core=0
    while [ $core -lt "$cores" ]; do
        taskset $(printf %x $((1 << core))) caller "$1" "$2" || { echo "# core $core"; return 1; }
        core=$((core + 1))
    done
}

boot_core_too() {
    set_online 0 0 && taskset 2 true && set_online 0 1
}

all_but_one_off() {
    core=1
    while [ $core -lt "$cores" ]; do
        set_online $core 0 || return 1
        core=$((core + 1))
    done
    equal 0 "$(cat $cpus/online)" || return 1
    while [ $core -gt 1 ]; do
        core=$((core - 1))
        set_online $core 1 || return 1
    done
}

# idle_state NUMBER: every core was in it, as the kernel counts, and the firmware never refused
idle_state() {
    state=$1
    for cpu in "$cpus"/cpu[0-9]*; do
        # Leave it no other choice than the architecture's WFI
        for other in "$cpu"/cpuidle/state*; do
            number=${other##*state}
            [ "$number" -eq 0 ] || echo $((number != state)) >"$other/disable"
        done
    done
    before=$(cat "$cpus"/cpu[0-9]*/cpuidle/state"$state"/usage | tr '\n' ' ')
    tries=20
    while [ $tries -gt 0 ]; do
        sleep 0.2
        used=0
        set -- $before
        for cpu in "$cpus"/cpu[0-9]*; do
            [ "$(cat "$cpu/cpuidle/state$state/usage")" -gt "$1" ] && used=$((used + 1))
            shift
        done
        [ $used -eq "$cores" ] && break
        tries=$((tries - 1))
    done
    for other in "$cpus"/cpu[0-9]*/cpuidle/state*; do echo 0 >"$other/disable"; done
    equal "$cores" "$used" && equal 0 "$(cat "$cpus"/cpu[0-9]*/cpuidle/state"$state"/rejected | awk '{ n += $1 } END { print n }')"
}

# The whole machine in its deepest idle state until the clock's alarm
suspend_to_idle() {
    before=$(cat /sys/power/suspend_stats/success)
    echo 0 >/sys/class/rtc/rtc0/wakealarm && echo +2 >/sys/class/rtc/rtc0/wakealarm && echo freeze >/sys/power/state
    equal $((before + 1)) "$(cat /sys/power/suspend_stats/success)"
}

#
# Entropy
#
entropy_is_accepted() {
    equal smccc_trng "$(cat /sys/class/misc/hw_random/rng_current)" || return 1
    # FIPS 140-2, 20 blocks: one of them may fail by chance, about once in 60 runs
    head -c 50004 /dev/hwrng >/tmp/random && rngtest -c 20 </tmp/random 2>/tmp/verdict
    failures=$(sed -n 's/.*FIPS 140-2 failures: //p' /tmp/verdict)
    [ "${failures:-20}" -le 1 ] || { sed 's/^/# /' /tmp/verdict; false; }
}

echo "self-test: $boot boot, Linux $(uname -r), $cores cores"
callers=
[ -n "$calls" ] && callers="/proc/tessera_test /proc/tessera_test"
feature rng && callers="$callers /dev/hwrng"

check "all $cores cores are online" all_cores_online
check 'the kernel found PSCI 1.1 in the firmware' in_log 'psci: PSCIv1\.1 detected in firmware'
check 'the kernel calls the firmware by SMCCC 1.4' in_log 'psci: SMC Calling Convention v1\.4'
check 'the device tree shows nothing of the secure world' secure_things_are_gone
check 'every core is switched on by PSCI' equal "$cores" "$(cat $tree/cpus/cpu@*/enable-method 2>/dev/null | tr '\0' '\n' | grep -cx psci)"
[ -z "$calls" ] || check 'echo and crypto answer on every core, and no register is lost' calls /proc/tessera_test 20
if [ "$cores" -gt 1 ] && [ "$boot" != second ]; then
    check "$rounds times a core off and on" hotplug
    check 'the boot core off and on' boot_core_too
    check 'all but one core off, and on again' all_but_one_off
fi
if [ "$boot" != second ]; then
    check 'there are idle states of the firmware' test -d $cpus/cpu0/cpuidle/state1
    for state in $cpus/cpu0/cpuidle/state[1-9]*; do
        [ ! -d "$state" ] || check "every core idled in state '$(cat "$state/name")'" idle_state "${state##*state}"
    done
    check 'suspend to idle, woken by the clock' suspend_to_idle
    if feature rng; then
        check 'the firmware gives entropy on every core' calls /dev/hwrng 20
        check 'rngtest accepts the entropy of the firmware' entropy_is_accepted
    else
        check 'without a source of entropy there is no driver for it' test ! -d /sys/bus/platform/drivers/smccc_trng/smccc_trng
    fi
fi
check "all $cores cores are online at the end" all_cores_online
check 'the log has no complaint about the firmware' no_complaint
echo "self-test: $boot boot: $passed passed, $failed failed"
[ $failed -eq 0 ]
