#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first program of the guest. With tessera.test on the kernel's command line it runs the self-test, reboots, runs it
# again and switches off; else it gives a shell on the console.
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
echo 3 >/proc/sys/kernel/printk
for module in /lib/modules/"$(uname -r)"/*.ko; do
    insmod "$module" 2>/dev/null # a machine without entropy has no use for its driver; the self-test looks
done

parameter() { # NAME: its value on the kernel's command line
    tr ' ' '\n' </proc/cmdline | sed -n "s/^tessera\.$1=//p"
}

# What was printed is on the line before the machine goes: reboot and poweroff do not wait for it, a change of the terminal
# (to what it is anyway) does.
drain() {
    stty onlcr
}

if [ -n "$(parameter test)" ]; then
    # The clock chip alone keeps its state over a reset: the first boot sets it far back
    if [ "$(cat /sys/class/rtc/rtc0/since_epoch)" -gt 1000000000 ]; then
        /selftest "$(parameter cores)" "$(parameter test)" first
        date -u -s '2000-01-01 00:00:00' >/dev/null && hwclock -u -w
        drain
        reboot -f
    fi
    /selftest "$(parameter cores)" 0 second
    drain
    poweroff -f
fi

cores=$(nproc)
printf '\nDebian Linux %s under Tessera, cores: %s. Try:\n' "$(uname -r)" "$cores"
while IFS=@ read -r command text; do printf '  %-48s %s\n' "$command" "$text"; done <<END
dmesg | grep -iE 'psci|smc|gic|trng'@what Linux found in the firmware
echo 0 >/sys/devices/system/cpu/cpu$((cores - 1))/online@switch a core off
head -c 16 /dev/hwrng | hexdump -C@entropy from the firmware, where the core has it
cat /proc/tessera_test@call the partitions echo and crypto
/selftest $cores 20@what make run does without a terminal
poweroff, or Ctrl-A X@leave
END
setsid cttyhack sh
poweroff -f
