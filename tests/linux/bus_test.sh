#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# bus_test.sh [none]: on a kernel with an FF-A bus (7.2, `make kernel`): arm_ffa finds our SPMC and the partitions, tpm_crb_ffa binds to the
# TPM's, tessera works over the bus, and nobody complains. none: the kernel has no bus that works, tessera makes the SMCs.
. /test/check.sh
bus=/sys/bus/arm_ffa

arm_ffa_is_content() {
    grep -iE 'ARM FF-A|arm.ffa' /tmp/dmesg.boot >lines && cat lines && grep -q 'Firmware version 1\.[0-9]* found' lines &&
        ! grep -iE 'fail|error|not |unable|invalid|unsupported|mismatch' lines
}

# Each that tessera has found
partitions_are_devices() {
    for device in $bus/devices/*; do
        echo "$(cat "$device/partition_id") $(tr -d - <"$device/uuid")"
    done >devices
    counter partitions | tr -d - | sed 's/^/0x/' >partitions
    [ "$(wc -l <partitions)" -ge 4 ] || { cat partitions; return 1; } # crypto, storage, attestation, TPM
    while read -r line; do
        grep -qx "$line" devices || { echo "$line is not among"; cat devices; return 1; }
    done <partitions
}

transport_is() { # NAME
    equal "$1" "$(counter transport)"
}

crb_is_content() {
    modprobe tpm_crb_ffa && dmesg | grep -i 'ffa.crb' >lines && grep -q 'ABI version 1\.[0-9]' lines && ! grep -iE 'fail|error|not ' lines
}

# The same from the driver's side: it is bound to one device, the TPM's
crb_is_bound() {
    ls -d $bus/drivers/*crb*/arm-ffa-* && equal 1 "$(ls -d $bus/drivers/*crb*/arm-ffa-* | wc -l)" || return 1
    rmmod tpm_crb_ffa
}

# The kernel takes the bus away from under our module: what is on it is gone, and said to be
bus_goes() {
    rmmod ffa-module && [ ! -d $bus/devices/arm-ffa-1 ] || return 1
    for device in /dev/tee[0-9]*; do [ ! -e "$device" ] || { echo "$device is there"; return 1; }; done
    fails tessera random 8 && fails tpm2 getrandom --hex 8
}

# The services are there again with it, the TPM with our module
bus_comes() {
    modprobe ffa-module && devices_for_tss && tessera random 8 && rmmod tessera && modprobe tessera && devices_for_tss &&
        tpm2 getrandom -Q --hex 8 && tessera random 8
}

# The TPM core says of each command that it could not be sent
nobody_else_complains() {
    dmesg -rc | grep -v 'tpm tpm0: ' >log.gone
    no_complaint log.gone
}

dmesg >/tmp/dmesg.boot
dmesg -r >/tmp/dmesg.raw
begin bus
if [ "${1:-}" = none ]; then
    check 'our module makes the SMCs' transport_is smc
else
    check "the kernel's arm_ffa has found the SPMC, and has nothing to complain about" arm_ffa_is_content
    check 'our module works over the bus' transport_is bus
    check 'each partition is a device of the bus' partitions_are_devices
    case $(uname -r) in
    6.*) skip "the kernel's tpm_crb_ffa probes the TPM's partition" 'this kernel has none' ;;
    *)
        check "the kernel's tpm_crb_ffa probes the TPM's partition" crb_is_content
        check 'and is bound to it' crb_is_bound
        ;;
    esac
fi
check 'the TPM works' tpm2 getrandom -Q --hex 8
check 'the services work' tessera selftest --quick
if [ -d /sys/module/ffa_module ] && [ "${1:-}" != none ]; then
    check 'the bus goes from under our module' bus_goes
    check 'the bus is there again' bus_comes
    check 'nobody complained but the TPM core' nobody_else_complains
fi
check 'the log of the boot has no complaint' no_complaint /tmp/dmesg.raw
end
