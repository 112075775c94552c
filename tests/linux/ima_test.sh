#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# ima_test.sh [tessera|tstee]: on a kernel with our driver built in (`make kernel`): IMA finds the TPM, which it looks for before the first
# module can be loaded, and measures with it; and the services answer through our driver, or, with tessera.tee=0 on the kernel's command
# line, through the kernel's own tstee.
. /test/check.sh
driver=${1:-tessera}
ima=/sys/kernel/security/ima

ima_has_the_tpm() {
    grep -i 'ima:' /tmp/dmesg.boot | grep -i 'no tpm' && { echo 'IMA works without a TPM'; return 1; }
    [ "$(cat $ima/runtime_measurements_count)" -ge 1 ]
}

# boot_aggregate: SHA-256 over PCRs 0 to 9 of the SHA-256 bank (kernel: security/integrity/ima/ima_crypto.c)
boot_aggregate_is_the_pcrs() {
    tpm2 pcrread -Q -o pcrs sha256:0,1,2,3,4,5,6,7,8,9 && equal 320 "$(stat -c %s pcrs)" || return 1
    # Of PCRs that nothing was measured into it would be right without a TPM, too
    head -c 320 /dev/zero >zeroes && ! cmp -s zeroes pcrs || { echo 'the PCRs are all zero'; return 1; }
    read -r pcr _ _ value name <$ima/ascii_runtime_measurements && equal '10 boot_aggregate' "$pcr $name" &&
        equal "sha256:$(sha256sum <pcrs | cut -d' ' -f1)" "$value"
}

# From now on IMA measures each program that is run: the file's hash goes into the log and, with the path, into PCR 10
programs_are_measured() {
    echo 'measure func=BPRM_CHECK mask=MAY_EXEC' >$ima/policy || return 1
    cp /bin/caller new_program && head -c 16 /dev/urandom >>new_program && ./new_program >/dev/null 2>&1
    grep -q "^10 [0-9a-f]* ima-ng sha256:$(sha256sum <new_program | cut -d' ' -f1) $work/new_program\$" $ima/ascii_runtime_measurements
}

word() { # OFFSET in log
    od -An -tu4 -j "$1" -N4 log | tr -d ' '
}

digest() { # sha1|sha256: of what comes, in bytes
    "$1sum" | cut -d' ' -f1 | xxd -r -p
}

# What PCR 10 of the SHA-256 bank comes to by the log (Documentation/ABI/testing/ima, ima_measurements_show()): of each entry PCR, SHA-1 of
# its data, size and name of its template, size and data. Each bank is extended with its own hash of the data
replay() { # prints it
    cat $ima/binary_runtime_measurements >log
    size=$(stat -c %s log)
    head -c 32 /dev/zero >pcr
    at=0
    while [ "$at" -lt "$size" ]; do
        equal 10 "$(word "$at")" >&2 || return 1
        data=$((at + 28 + $(word $((at + 24)))))
        tail -c +$((data + 5)) log | head -c "$(word $data)" >entry
        tail -c +$((at + 5)) log | head -c 20 >logged
        digest sha1 <entry | cmp - logged >&2 || return 1
        { cat pcr && digest sha256 <entry; } | digest sha256 >next && mv next pcr
        at=$((data + 4 + $(word $data)))
    done
    xxd -p -c 32 pcr
}

# A program that is run meanwhile for the first time is an entry more: then once again
pcr_10_is_the_log() {
    for _ in 1 2 3 4; do
        count=$(cat $ima/runtime_measurements_count)
        expected=$(replay) && tpm2 pcrread -Q -o pcr10 sha256:10 && found=$(xxd -p -c 32 pcr10) || return 1
        [ "$count" -lt 3 ] || [ "$count" != "$(cat $ima/runtime_measurements_count)" ] || { equal "$expected" "$found"; return; }
    done
    echo "the log still grows: $count"
    return 1
}

bound_to() { # DRIVER of the bus: how many devices
    ls -d "/sys/bus/arm_ffa/drivers/$1"/arm-ffa-* 2>/dev/null | wc -l
}

# Crypto, storage, attestation; tstee takes what else speaks their protocol, too
services_belong_to_driver() {
    devices=$(ls -d /sys/class/tee/tee[0-9]* | wc -l)
    echo "$devices devices; tessera has $(bound_to tessera) partitions, tstee $(bound_to arm_tstee)"
    case $driver in
    tessera) [ "$devices" -eq 3 ] && [ "$(bound_to tessera)" -ge 3 ] && [ "$(bound_to arm_tstee)" -eq 0 ] ;;
    tstee) [ "$devices" -ge 3 ] && [ "$(bound_to tessera)" -eq 0 ] && [ "$(bound_to arm_tstee)" -eq "$devices" ] ;;
    esac
}

dmesg >/tmp/dmesg.boot
dmesg -r >/tmp/dmesg.raw
begin ima
check 'IMA has a TPM' ima_has_the_tpm
check 'boot_aggregate is the hash of the PCRs, and not of zeroes' boot_aggregate_is_the_pcrs
check 'IMA measures a program that is run' programs_are_measured
check 'PCR 10 is what the log comes to' pcr_10_is_the_log
check "the services belong to the driver $driver" services_belong_to_driver
check 'the services answer through it' tessera selftest --quick
check 'a program of libtessera through it' psa_client run
check 'the log of the boot has no complaint' no_complaint /tmp/dmesg.raw
end
