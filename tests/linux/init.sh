#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first program of the guest. The kernel's command line says what it does: with guest.test it runs the self-test, reboots, runs
# it again and switches off; with guest.run it runs tests of tests/linux, one after the other, and switches off; else it says what
# there is, and gives a shell on the console.
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t securityfs securityfs /sys/kernel/security
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null # not every kernel has it
mount -t tmpfs tmpfs /tmp
export TPM2TOOLS_TCTI=device:/dev/tpmrm0
echo 3 >/proc/sys/kernel/printk
printf '%s\n' 'root:x:0:0:root:/:/bin/sh' 'tss:x:100:100:TPM and PSA services:/:/bin/sh' 'nobody:x:65534:65534:nobody:/:/bin/sh' >/etc/passwd
printf '%s\n' 'root:x:0:' 'tss:x:100:' 'nogroup:x:65534:' >/etc/group

parameter() { # NAME: its value on the kernel's command line
    tr ' ' '\n' </proc/cmdline | sed -n "s/^guest\.$1=//p"
}

# What was printed is on the line before the machine goes: reboot and poweroff do not wait for it, a change of the terminal
# (to what it is anyway) does.
drain() {
    stty onlcr
}

leave() {
    drain
    poweroff -f
}

# A kernel whose FF-A bus is a module: as one that has none
[ "$(parameter bus)" != no ] || rm -f /lib/modules/*/ffa-module.ko

# What udev and its rules do on a machine that has them: modules by what they are for, devices for their group
depmod
modules='arm_smccc_trng ffa-core ffa-module tee tessera'
[ -z "$(parameter test)" ] || modules='arm_smccc_trng tessera_test' # which is FF-A's caller itself: there can be one
for module in $modules; do
    modprobe -q "$module" 2>/dev/null # a machine without entropy has no use for its driver; the self-test looks
done
. /test/check.sh
devices_for_tss

# The clock chip alone keeps its state over a reset: the first boot sets it far back
first_boot() {
    [ "$(cat /sys/class/rtc/rtc0/since_epoch)" -gt 1000000000 ]
}

if [ -n "$(parameter test)" ]; then
    if first_boot; then
        /selftest "$(parameter cores)" "$(parameter test)" first
        date -u -s '2000-01-01 00:00:00' >/dev/null && hwclock -u -w
        drain
        reboot -f
    fi
    /selftest "$(parameter cores)" 0 second
    leave
fi

# The tests that are asked for, each with its number and those behind it in the environment. One that restarts the machine left its number in
# the clock chip (restarts() of check.sh): it goes on there. guest.before: as many were before those of this list (kexec_test.sh)
run_tests() {
    restarted=0
    first_boot || restarted=$(($(cat /sys/class/rtc/rtc0/since_epoch) / 86400))
    date -u -s '2026-01-01 00:00:00' >/dev/null && hwclock -u -w
    export test_number test_rest
    test_number=$(parameter before)
    test_number=${test_number:-0}
    while [ $# -gt 0 ]; do
        test=$1
        shift
        test_number=$((test_number + 1)) test_rest=$*
        if [ $test_number -eq $restarted ]; then
            /test/"${test%%:*}" second
        elif [ $test_number -gt $restarted ]; then
            /test/"${test%%:*}" $(echo "$test" | tr ':' ' ' | cut -s -d' ' -f2-)
        fi
    done
}

if [ -n "$(parameter run)" ]; then
    run_tests $(parameter run | tr ',' ' ')
    leave
fi

/test/demo banner
setsid cttyhack sh
leave
