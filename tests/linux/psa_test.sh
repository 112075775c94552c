#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# psa_test.sh: the PSA services for programs of Linux, in the guest: the command tessera, and psa_client, a program against libtessera.
. /test/check.sh
key=0x2345
asset=0x7e57

as() { # USER:GROUP COMMAND...
    user=$1 program=$(command -v "$2")
    shift 2
    start-stop-daemon -S -q -c "$user" -x "$program" -- "$@"
}

devices_are_there() {
    ls /dev/tee[0-9]* && [ ! -e /dev/teepriv0 ]
}

all_services_answer() {
    tessera info --json >info && for service in crypto its ps attest; do
        grep -q "\"$service\"" info && ! grep -q 'not there' info || { cat info; return 1; }
    done
}

random_is_random() {
    tessera random 70000 --out one && tessera random 70000 --out two && equal '70000 70000 ' "$(stat -c %s one two | tr '\n' ' ')" &&
        ! cmp -s one two && head -c 50004 one | rngtest -c 20 2>/dev/null | cat >/dev/null
}

wrong_is_refused() { # with the exit codes that the help promises
    tessera random 0 2>/dev/null
    equal 2 $? || return 1
    tessera key show $key 2>/dev/null
    equal 1 $? || return 1
    tessera random 16 --devices /dev/no 2>/dev/null
    equal 1 $?
}

key_signs() { # KIND
    echo 'a text' >text && echo 'another' >other && tessera key generate "$1" --id $key && tessera key show $key &&
        tessera sign $key text --out signature && tessera verify $key text signature || return 1
    tessera verify $key other signature
    equal 3 $? && tessera key rm $key && fails tessera key show $key
}

key_is_one_of_its_kind() {
    tessera key generate p256 --id $key && fails tessera key generate p256 --id $key && tessera key public $key >pem &&
        grep -q 'BEGIN PUBLIC KEY' pem && tessera key rm $key
}

asset_keeps() { # OPTION…
    head -c 3000 /dev/urandom >data && tessera store set $asset data "$@" && tessera store get $asset --out back "$@" && cmp data back &&
        tessera store rm $asset "$@" && fails tessera store get $asset "$@"
}

its_is_not_ps() {
    echo 1 >one && echo 2 >two && tessera store set $asset one --its && tessera store set $asset two &&
        tessera store get $asset --its --out back && cmp one back && tessera store rm $asset --its && tessera store rm $asset
}

token_is_fresh() {
    nonce=$(head -c 32 /dev/urandom | hexdump -ve '1/1 "%02x"') && tessera attest token --challenge "$nonce" --out token &&
        hexdump -ve '1/1 "%02x"' token | grep -q "$nonce"
}

members_of_tss_may() {
    as tss:tss tessera random 16 && fails as nobody:nogroup tessera random 16
}

four_at_once() {
    pids=
    for i in 1 2 3 4; do
        (for _ in 1 2 3 4 5; do tessera random 5000 --out "r$i" || exit 1; done) &
        pids="$pids $!"
    done
    for pid in $pids; do wait "$pid" || return 1; done
}

# What a process had is gone with it, in the secure world, too: volatile keys, operations, memory
killed_is_cleaned_up() {
    tessera selftest --quick && before=$(counter shared_pages)
    psa_client hold >held &
    pid=$!
    while ! grep -q ready held; do usleep 20000; done
    kill -9 $pid && wait $pid
    psa_client room && equal "$before" "$(counter shared_pages)" && equal 0 "$(counter lost_pages)"
}

begin psa
check 'there are TEE devices, and none for a supplicant' devices_are_there
check 'crypto, storage and attestation answer' all_services_answer
check 'random bytes' random_is_random
check 'what is wrong is refused, with an exit code of its own' wrong_is_refused
check 'a P-256 key signs' key_signs p256
check 'a P-384 key signs' key_signs p384
check 'a key is made once, and its public half is PEM' key_is_one_of_its_kind
check 'an asset of Protected Storage' asset_keeps
check 'an asset of Internal Trusted Storage' asset_keeps --its
check 'the two are two' its_is_not_ps
check 'a token has the challenge in it' token_is_fresh
check 'members of the group tss may use them, others may not' members_of_tss_may
check 'four processes at once' four_at_once
check 'a program of libtessera: keys, hash, encryption, storage' psa_client run
check 'fork: the child has a connection of its own' psa_client fork
check 'a killed process leaves nothing' killed_is_cleaned_up
check 'the self-test of the services' tessera selftest
check 'no page stayed in the secure world' equal 0 "$(counter lost_pages)"
end
