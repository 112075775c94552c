#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# kexec_test.sh [crash|second]: this kernel starts another without a reset of the machine, while processes have the devices open and make calls:
# for the secure world Linux just goes on. In order: the driver gives back what it has of the secure world. With "crash" by a panic,
# which leaves everything as it is (the kernel's command line must have crashkernel=). In the new kernel init.sh calls it with
# "second" and how it came there, and goes on with what is behind it.
. /test/check.sh
key=0x2348
long_key=0x2349
asset=0x7e59
how=${1:-load}

# Whoever is there when the kernel goes: some have all volatile keys, or just hold a device, some call, one mostly in calls that take long
users() {
    for use in 'psa_client hold' 'device_client map' 'device_client inherit' 'device_client tpm'; do
        : >ready
        $use >ready &
        while ! grep -q ready ready; do usleep 20000; done
    done
    (while :; do tessera random 70000 --out /dev/null; done) &
    (while :; do tpm2 pcrread -Q sha256:0; done) &
    (while :; do tessera key generate rsa2048 --id $long_key && tessera key rm $long_key; done) &
}

# The new kernel's command line: this test again, and those behind it. One for a crash is in what was kept for it, and keeps nothing itself
words() {
    sed "s/guest\.before=[^ ]*//; s/guest\.run=[^ ]*/guest.run=kexec:second:$how$(printf ',%s' $test_rest) guest.before=$((test_number - 1))/" /proc/cmdline |
        if [ "$how" = crash ]; then sed 's/crashkernel=[^ ]*//'; else cat; fi
}

prepare() {
    echo 'before' >text && tessera key generate p256 --id $key && tessera store set $asset text &&
        tpm2 pcrextend -Q "23:sha256=$(sha256sum <text | cut -d' ' -f1)"
}

pcr_is_extended() { # the machine was not reset
    tpm2 pcrread -Q -o pcr23 sha256:23 && ! hexdump -ve '1/1 "%02x"' pcr23 | grep -qx '0*' && tpm2 pcrreset -Q 23
}

key_is_there() {
    echo 'after' >text && tessera sign $key text --out signature && tessera verify $key text signature && tessera key rm $key
}

asset_is_there() {
    echo 'before' >text && tessera store get $asset --out back && cmp text back && tessera store rm $asset
}

driver_has_nothing_to_say() { # at level warning or above, when it was loaded
    grep -E '^<[0-4]>.*(tessera|tpm|tee|FF-A)' /tmp/dmesg.boot | grep -v 'out-of-tree module' >complaints
    [ ! -s complaints ] || { cat complaints; false; }
}

services_go_on() {
    check 'services: nothing is left of the keys and operations of its processes' psa_client room
    check 'its persistent key signs' key_is_there
    check 'its asset is there' asset_is_there
    check 'no page stayed in the secure world' equal 0 "$(counter lost_pages)"
}

# The event log is in memory that the kernel of a crash may not touch: the driver refuses the TPM there, and says why
after_crash() {
    check 'the services are there' test -c /dev/tee0
    check 'the TPM is not, for want of its log' grep -q 'linux,sml-base.*is not memory that this kernel maps' /tmp/dmesg.boot
    services_go_on
}

in_order() {
    check 'TPM and services are there' test -c /dev/tpmrm0 -a -c /dev/tee0
    check 'the driver has found nothing amiss' driver_has_nothing_to_say
    check 'the TPM went on: a PCR is as the first kernel left it' pcr_is_extended
    check 'TPM: nothing is left in it of what the first kernel ran' tpm_is_empty
    services_go_on
    check 'the self-test of the services' tessera selftest
    check 'the module can be removed, and loaded' comes_and_goes
}

if [ "$how" = second ]; then
    dmesg -r >/tmp/dmesg.boot
    begin kexec
    tessera key rm $long_key 2>/dev/null # if there was one at that moment
    if [ "$2" = crash ]; then after_crash; else in_order; fi
    end
    exit
fi
begin "kexec-$how"
check 'a persistent key, an asset, a PCR' prepare
check 'users of everything' users
check 'the kernel is loaded' kexec "$how" "$(words)"
end
stty onlcr # what was printed is on the line before the machine goes
if [ "$how" = crash ]; then echo c >/proc/sysrq-trigger; else kexec go; fi
