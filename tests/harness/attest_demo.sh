#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# attest_demo.sh PROGRAMS FLASH_FOLDER KEYS: a relying party and a device, the device being a machine in QEMU. The device is enrolled; then it
# proves with a token of the attest partition and with a quote of its TPM, each with a fresh nonce, that it booted what the
# build made. Then it gets an altered BL33, then an altered partition, signed with the same keys, which boot: the verifier must
# refuse both proofs and name the component. Ends with 0 only if everything was as it must be.
# PROGRAMS: folder with fip-tool, ffa-shell, tpm-harness. FLASH_FOLDER: with flash.bin, flash.args, unsigned.fip, sps.list, otp.bin and reference.json of
# an image whose normal world is the harness' and which has the partitions attest and ftpm. KEYS: of the image's signers.
set -uo pipefail
[ $# -eq 3 ] || { echo 'usage: attest_demo.sh PROGRAMS FLASH_FOLDER KEYS' >&2; exit 1; }
programs=$1 flash=$2 keys=$3
seconds=600 # for a machine that hangs
handle=0x81010020
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log

say() { printf '\n== %s\n' "$*"; }
bad() {
    printf 'attest-demo: %s\n' "$*" >&2
    [ ! -s "$log" ] || sed 's/^/    /' "$log" >&2
    exit 1
}
for tool in tpm2_createek tpm2_createak tpm2_evictcontrol tpm2_quote; do
    command -v "$tool" >/dev/null || bad "$tool: not installed (package tpm2-tools)"
done

nonce() { od -A n -t x1 -N 32 /dev/urandom | tr -d ' \n'; }
tool() { "$programs/fip-tool" "$@"; }

# Boots the machine and gives ffa-shell the commands on standard input; what the machine writes is gone afterwards
shell() { timeout -s KILL "$seconds" "$programs/ffa-shell" --flash "$1" >"$log" 2>&1 || bad "ffa-shell failed"; }
# Boots the machine and runs a script with its TPM; what it writes stays
tpm() { # FLASH SCRIPT ARGUMENTS...
    local image=$1 script=$2
    shift 2
    timeout -s KILL "$seconds" "$programs/tpm-harness" --keep --flash "$image" -- bash -euc "$script" bash "$@" >"$log" 2>&1 ||
        bad "the TPM of $image failed"
}

# Key of the token, and an attestation key that stays in the TPM
enrol() { # FLASH
    echo "attest key $work/device.key" | shell "$1" || exit 1
    # shellcheck disable=SC2016 # the inner shell's own
    tpm "$1" 'cd "$1"
        tpm2_createek -G ecc -c ek.ctx -u ek.pub
        tpm2_createak -C ek.ctx -G ecc -g sha256 -s ecdsa -c ak.ctx -u ak.pem -f pem -n ak.name
        tpm2_evictcontrol -C o -c ak.ctx "$2"' "$work" "$handle"
}

# A token and a quote of one device, over this nonce each, and the event log that it tells
prove() { # FLASH NAME NONCE
    printf 'attest token %s %s.cbor\nattest log %s.log\n' "$3" "$work/$2" "$work/$2" | shell "$1" || exit 1
    # shellcheck disable=SC2016
    tpm "$1" 'tpm2_quote -Q -c "$1" -l sha256:0,1+sha384:0,1 -q "$2" -m "$3.msg" -s "$3.sig"' "$handle" "$3" "$work/$2"
}

token() { # NAME NONCE
    tool token verify --key "$work/device.key" --nonce "$2" --reference "$flash/reference.json" \
        --allow-lifecycle assembly-and-test "$work/$1.cbor" >"$log" 2>&1
}
quote() { # NAME NONCE
    tool quote verify --key "$work/ak.pem" --nonce "$2" --reference "$flash/reference.json" \
        --event-log "$work/$1.log" "$work/$1.msg" "$work/$1.sig" >"$log" 2>&1
}

# The verifier takes it; refuses it (exit status 3) with words that name what is wrong.
takes() { # COMMAND...
    "$@" || bad "$1 of the $2 machine must be believed"
    grep ': verified: ' "$log" | sed "s,$work/,," || bad "it must be said that $1 of the $2 machine was verified"
}
refuses() { # WORDS COMMAND...
    local words=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" -eq 3 ] || bad "$1 of the $2 machine must be refused, with exit status 3: found $status"
    grep -F "$words" "$log" | sed "s,$work/,," || bad "it must be refused with the words: $words"
    [ "$(grep -c '^fip-tool: error: ' "$log")" -eq "$faults" ] || bad "$faults faults expected"
}

# What is altered: the normal world's firmware gets a few bytes more; of a partition's package one byte of its description is changed
alter_nt_fw() {
    tool unpack --nt-fw "$work/image" "$flash/unsigned.fip" >"$log" 2>&1 || bad "unpack failed"
    printf 'altered' >>"$work/image"
    change=(--nt-fw "$work/image")
}
alter_echo() {
    local uuid
    uuid=$(sed 's/^.*\<echo \([-0-9a-f]*\).*$/\1/' "$flash/sps.list")
    tool unpack --blob "uuid=$uuid,file=$work/package" "$flash/unsigned.fip" >"$log" 2>&1 || bad "unpack failed"
    LC_ALL=C sed 's/echo\x00\x00\x00\x00/ecHo\x00\x00\x00\x00/' "$work/package" >"$work/image"
    [ "$(cmp -l "$work/package" "$work/image" | wc -l)" -eq 1 ] || bad "one byte of the package must be altered"
    change=(--blob "uuid=$uuid,file=$work/image")
}

# The machine with the altered image, all of it signed again with the keys: OTP area and storage stay
renew() { # OLD NEW
    local options
    read -r -a options <"$flash/flash.args"
    rm -f "$work/altered.fip" "$work/signed.fip"
    tool update "${change[@]}" --out "$work/altered.fip" "$flash/unsigned.fip" >"$log" 2>&1 || bad "update failed"
    tool certs --keys "$keys" --out "$work/signed.fip" "$work/altered.fip" >"$log" 2>&1 || bad "certs failed"
    for ((i = 0; i < ${#options[@]}; i++)); do
        [ "${options[i]}" != --fip ] || options[i + 1]=$work/signed.fip
    done
    tool flash "${options[@]}" --keep "$1" "$2" >"$log" 2>&1 || bad "flash failed"
    tool verify --otp "$flash/otp.bin" "$work/signed.fip" >"$log" 2>&1 || bad "the altered firmware must be one that boots"
    tail -n 1 "$log" | sed "s,$work/,,"
}

say 'A device is enrolled: its token key, and an attestation key of its TPM'
(umask 077 && cp --sparse=always "$flash/flash.bin" "$work/machine.bin") || bad 'no room'
enrol "$work/machine.bin"
openssl dgst -sha256 "$work/device.key" | sed 's/^.*= /token key, SHA-256: /'

say 'It is asked with fresh nonces, and both proofs are compared with reference.json'
first=$(nonce)
prove "$work/machine.bin" good "$first"
takes token good "$first"
takes quote good "$first"

say 'The same proofs do not serve for another question'
second=$(nonce) faults=1
refuses 'nonce must be the one that was asked with' token good "$second"
refuses 'nonce must be the one that was asked with' quote good "$second"

refused_altered() { # ALTERATION COMPONENT
    local third
    third=$(nonce)
    rm -f "$work/image" "$work/altered.bin"
    "$1"
    renew "$work/machine.bin" "$work/altered.bin"
    prove "$work/altered.bin" altered "$third"
    faults=1
    refuses "$2: measurement must be that of the reference values" token altered "$third"
    faults=2 # the digest, and by the log its reason
    refuses "$2: event must be that of the reference values" quote altered "$third"
}

say 'The device gets an altered BL33, signed with the keys of this build; it boots'
refused_altered alter_nt_fw BL_33
say 'The device gets an altered partition instead; it boots'
refused_altered alter_echo SP1

say 'Everything was as it must be'
