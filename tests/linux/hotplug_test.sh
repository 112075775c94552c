#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# hotplug_test.sh [ROUNDS]: random cores go off and on, ROUNDS (40) times, the boot core, too, while programs use TPM and services. Not one of
# their calls may fail: a call that the secure world has begun on a core goes on elsewhere when that core goes.
. /test/check.sh
rounds=${1:-40}
cpus=/sys/devices/system/cpu

users='tessera random 70000 --out /dev/null
psa_client run
tpm2 getrandom -o /dev/null 32
tpm2 createprimary -Q -C n -G ecc -c NAME'

loop() { # NAME COMMAND...: until nobody needs it; NAME.count: how often it was done
    name=$1
    shift
    count=0
    while [ ! -e enough ]; do
        "$@" >"$name.said" 2>&1 || { mv "$name.said" "$name.failed"; break; }
        count=$((count + 1))
        echo $count >"$name.count"
    done
}

start_all() {
    echo "$users" | (
        number=0
        while read -r user; do
            number=$((number + 1))
            loop "user$number" $(echo "$user" | sed "s/NAME/user$number.ctx/") & # shellcheck disable=SC2046
        done
        psa_client rsa 2048 >/dev/null 2>&1 &
        pids=$!
        while [ ! -e enough ]; do usleep 100000; done
        kill $pids
        wait
    ) &
    all=$!
}

set_online() { # CORE 0 OR 1
    echo "$2" >"$cpus/cpu$1/online" && equal "$2" "$(cat "$cpus/cpu$1/online")"
}

off_and_on() {
    start_all
    round=0
    while [ $round -lt "$rounds" ]; do
        core=$(($(od -An -N2 -tu2 /dev/urandom) % cores))
        set_online $core 0 && set_online $core 1 || { echo "round $round, core $core"; break; }
        round=$((round + 1))
    done
    touch enough
    wait $all
    equal "$rounds" "$round"
}

no_call_failed() {
    for said in user*.failed; do
        [ ! -e "$said" ] || { echo "$said:"; cat "$said"; return 1; }
    done
    equal "$(echo "$users" | wc -l)" "$(ls user*.count | wc -l)"
}

begin hotplug
cores=$(nproc)
if [ "$cores" -gt 1 ]; then
    check 'before: the services work' tessera selftest --quick
    pages=$(counter shared_pages)
    check "$rounds times a core off and on" off_and_on
    check 'no call has failed' no_call_failed
    check 'all cores are there' equal "$cores" "$(nproc)"
    check 'no page stayed in the secure world' equal 0 "$(counter lost_pages)"
else
    skip 'cores off and on' 'this machine has one'
fi
end
