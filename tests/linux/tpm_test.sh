#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# tpm_test.sh: tpm2-tools, the kernel's own users of a TPM and its log of the measured boot, in the guest. Nothing here knows
# that the TPM is a partition.
. /test/check.sh
log=/sys/kernel/security/tpm0/binary_bios_measurements
rng=/sys/class/misc/hw_random

same_file() {
    cmp "$1" "$2"
}

#
# Devices
#
version_2() {
    equal 2 "$(cat /sys/class/tpm/tpm0/tpm_version_major)" && [ -c /dev/tpm0 ] && [ -c /dev/tpmrm0 ]
}

members_of_tss_may() {
    as tss:tss tpm2 getrandom --hex 8 && fails as nobody:nogroup tpm2 getrandom --hex 8
}

as() { # USER:GROUP COMMAND...
    user=$1 program=$(command -v "$2")
    shift 2
    start-stop-daemon -S -q -c "$user" -x "$program" -- "$@"
}

two_at_once() {
    tpm2 getrandom -o one 32 &
    tpm2 getrandom -o two 32 && wait $! && [ "$(stat -c %s one two | tr '\n' ' ')" = '32 32 ' ] && ! cmp -s one two
}

#
# Measured boot
#
# pcrs FILE ALGORITHM: "number value" of each PCR that the file, in the format of tpm2-tools, has under that algorithm
pcrs() {
    sed -n "/^ *$2: *\$/,/^ *[a-z].*: *\$/s/^ *\([0-9]\{1,2\}\) *: *0x\([0-9A-Fa-f]*\).*/\1 \2/p" "$1" | tr 'a-f' 'A-F'
}

digest() { # ALGORITHM FILE: busybox has one of the two
    case $1 in
    sha256) sha256sum <"$2" | cut -d' ' -f1 ;;
    *) tpm2 hash -C n -g "$1" --hex "$2" ;;
    esac
}

# What the events of a bank come to: "number value" for each PCR that there is one for. Not the tool's own sum: that of tpm2-tools 5.4
# counts EV_NO_ACTION in, which nobody extends
replay() { # BANK
    awk -v bank="$1" '
        $1 == "PCRIndex:" { pcr = $2 }
        $1 == "EventType:" { type = $2 }
        $2 == "AlgorithmId:" { algorithm = $3 }
        $1 == "Digest:" && algorithm == bank && type != "EV_NO_ACTION" { gsub(/"/, "", $2); print pcr, $2 }' events >extends
    for pcr in $(cut -d' ' -f1 extends | sort -un); do
        value=$(sed -n "s/^$pcr //p" extends | head -n 1 | tr '0-9a-f' '0')
        for digest in $(sed -n "s/^$pcr //p" extends); do
            echo "$value$digest" | xxd -r -p >step
            value=$(digest "$1" step)
        done
        echo "$pcr $value" | tr 'a-f' 'A-F'
    done
}

# Every PCR that the log has events for is what they come to, in each bank that the log has
log_agrees() {
    tpm2 eventlog "$log" >events
    for bank in sha256 sha384; do
        tpm2 pcrread "$bank" >now || { echo "the TPM has no bank $bank"; return 1; }
        replay $bank >expected
        grep -q '^0 ' expected || { echo "the log has nothing for PCR 0 of $bank"; return 1; }
        pcrs now $bank >found
        while read -r number value; do
            grep -qx "$number $value" found || { echo "$bank PCR $number: the log says $value, the TPM $(grep "^$number " found)"; return 1; }
        done <expected
    done
}

log_names() { # WHAT...: each was measured
    for name in "$@"; do
        grep -q "$name" events || { echo "no event of $name"; return 1; }
    done
}

sysfs_agrees() {
    tpm2 pcrread sha256:0 >now
    equal "$(cat /sys/class/tpm/tpm0/pcr-sha256/0)" "$(pcrs now sha256 | cut -d' ' -f2)"
}

#
# Keys, seals, quotes, NV
#
signs() { # ALGORITHM OF TPM2_CREATE
    echo "what I say" >text
    tpm2 create -Q -C primary.ctx -G "$1" -u key.pub -r key.priv && tpm2 load -Q -C primary.ctx -u key.pub -r key.priv -c key.ctx &&
        tpm2 sign -Q -c key.ctx -g sha256 -o signature text && tpm2 verifysignature -Q -c key.ctx -g sha256 -m text -s signature &&
        echo "what I do not say" >other && fails tpm2 verifysignature -Q -c key.ctx -g sha256 -m other -s signature
}

# PCR 23 may be reset by anybody, PCR 16 is for debugging: neither has anything of the boot
seals() {
    tpm2 pcrreset -Q 23 && tpm2 createpolicy -Q --policy-pcr -l sha256:23 -L policy && echo "a secret" >secret &&
        tpm2 create -Q -C primary.ctx -L policy -i secret -u seal.pub -r seal.priv &&
        tpm2 load -Q -C primary.ctx -u seal.pub -r seal.priv -c seal.ctx && tpm2 unseal -Q -c seal.ctx -p pcr:sha256:23 -o unsealed &&
        same_file secret unsealed
}

seal_holds() {
    tpm2 pcrextend -Q "23:sha256=$(sha256sum <secret | cut -d' ' -f1)" && fails tpm2 unseal -c seal.ctx -p pcr:sha256:23 &&
        tpm2 pcrreset -Q 23 && tpm2 unseal -Q -c seal.ctx -p pcr:sha256:23 -o again && same_file secret again
}

quotes() {
    tpm2 createek -Q -c ek.ctx -G ecc -u ek.pub && tpm2 createak -Q -C ek.ctx -c ak.ctx -G ecc -g sha256 -s ecdsa -u ak.pub -n ak.name &&
        tpm2 quote -Q -c ak.ctx -l sha256:0,1,2,3 -q 0123456789abcdef -m quote.msg -s quote.sig -o quote.pcrs -g sha256 &&
        tpm2 readpublic -Q -c ak.ctx -f pem -o ak.pem &&
        tpm2 checkquote -Q -u ak.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 0123456789abcdef &&
        fails tpm2 checkquote -Q -u ak.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 0123456789abcdee
}

nv_keeps() {
    tpm2 nvdefine -Q -C o -s 64 -a 'ownerread|ownerwrite' 0x1500011 && head -c 64 /dev/urandom >data &&
        tpm2 nvwrite -Q -C o -i data 0x1500011 && tpm2 nvread -C o -s 64 0x1500011 >back && same_file data back &&
        tpm2 nvundefine -Q -C o 0x1500011 && fails tpm2 nvread -C o -s 64 0x1500011
}

nv_counts() {
    tpm2 nvdefine -Q -C o -s 8 -a 'ownerread|ownerwrite|nt=counter' 0x1500012 && tpm2 nvincrement -Q -C o 0x1500012 &&
        one=$(tpm2 nvread -C o 0x1500012 | hexdump -ve '1/1 "%02x"') && tpm2 nvincrement -Q -C o 0x1500012 &&
        two=$(tpm2 nvread -C o 0x1500012 | hexdump -ve '1/1 "%02x"') && tpm2 nvundefine -Q -C o 0x1500012 &&
        equal $((0x$one + 1)) $((0x$two))
}

persistent_key() {
    tpm2 evictcontrol -Q -C o -c primary.ctx 0x81010001 && tpm2 readpublic -Q -c 0x81010001 && tpm2 evictcontrol -Q -C o -c 0x81010001
}

# Whoever does not wait: O_NONBLOCK. And whoever is killed before the response is there: the key that it had made is nobody's then, as
# /dev/tpm0 has no manager
nobody_waits() {
    device_client nonblock || return 1
    device_client leave >ready &
    while ! grep -q ready ready; do usleep 20000; done
    kill -9 $!
    wait $!
    equal 137 $? && tpm2 getrandom -Q --hex 8 && tpm2 flushcontext -T device:/dev/tpm0 -t
}

# The driver cancels what the TPM works on for a process that is gone
killed_in_a_long_command() {
    tpm2 createprimary -Q -C n -G rsa3072 -c long.ctx &
    pid=$!
    usleep 500000
    kill -9 $pid 2>/dev/null
    wait $pid
    tpm2 getrandom -Q --hex 8
}

# The whole machine, woken by the clock
sleeps_and_goes_on() {
    before=$(cat /sys/power/suspend_stats/success)
    echo 0 >/sys/class/rtc/rtc0/wakealarm && echo +2 >/sys/class/rtc/rtc0/wakealarm && echo freeze >/sys/power/state
    equal $((before + 1)) "$(cat /sys/power/suspend_stats/success)" && tpm2 getrandom -Q --hex 8
}

#
# The kernel's own use
#
entropy_for_the_kernel() {
    name=$(tr ' ' '\n' <$rng/rng_available | grep tpm-rng) || { cat $rng/rng_available; return 1; }
    before=$(cat $rng/rng_current)
    echo "$name" >$rng/rng_current && head -c 50004 /dev/hwrng >random && echo "$before" >$rng/rng_current
    rngtest -c 20 <random 2>verdict
    failures=$(sed -n 's/.*FIPS 140-2 failures: //p' verdict)
    [ "${failures:-20}" -le 1 ] || { cat verdict; false; } # by chance one of them, about once in 60 runs
}

begin tpm
check 'there is a TPM 2.0, and its resource manager' version_2
check 'the TPM passes its self-test' tpm2 selftest -f
check 'two processes at once get random bytes' two_at_once
check 'members of the group tss may use it, others may not' members_of_tss_may
check 'the log of the boot is there, and comes to what the PCRs are' log_agrees
check 'the log names the monitor, the SPMC and the boot loader' log_names SECURE_RT_EL3 SECURE_RT_EL1 BL_33
check 'the kernel reads the PCRs itself' sysfs_agrees
check 'a primary key' tpm2 createprimary -Q -C o -G ecc -c primary.ctx
check 'a P-256 key signs' signs ecc
check 'an RSA 2048 key signs' signs rsa2048
check 'a secret sealed to a PCR' seals
check 'is not given out when the PCR is another, and again when it is the same' seal_holds
check 'a quote is verified, and refused with another nonce' quotes
check 'NV data' nv_keeps
check 'an NV counter' nv_counts
check 'a key made persistent, and removed' persistent_key
check 'a process is killed during a long command, and the TPM goes on' killed_in_a_long_command
check 'commands with O_NONBLOCK, and one whose process is killed meanwhile' nobody_waits
check 'nothing is left in the TPM of programs that ended' tpm_is_empty
check 'suspend to idle, and the TPM goes on' sleeps_and_goes_on
check "the kernel's random number generator takes from the TPM" entropy_for_the_kernel
end
