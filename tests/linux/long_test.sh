#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# long_test.sh [BITS]: a process in one long call, the generation of an RSA key of BITS (4096): who waits for it, who does not, and what
# becomes of it when its process is killed. What is compared is what comes first, never times.
. /test/check.sh
bits=${1:-4096}

tries=10 # how long a key takes is chance: it may be there just when something is looked at

# An RSA key is being made when the secure world has been interrupted more often than a short call ever is
begin_long() {
    tessera random 8 || return 1 # the call of one that was killed has ended
    before=$(counter interruptions)
    psa_client rsa "$bits" >made 2>said &
    pid=$!
    while [ $(($(counter interruptions) - before)) -lt 100 ]; do
        [ -d /proc/$pid ] || { cat said; return 1; }
        usleep 20000
    done
}

still_at_work() { # the secure world works, and for nobody else: it goes on being interrupted
    seen=$(counter interruptions)
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        usleep 20000
        [ "$(counter interruptions)" -eq "$seen" ] || return 0
    done
    echo 'the secure world does nothing'
    return 1
}

# All of it while one key is being made
others_go_on() {
    begin_long || return 1
    echo 1 >text
    for _ in $(seq $tries); do
        made=$(wc -l <made)
        tpm2 getrandom -Q --hex 8 && tessera store set 0x7e5b text && tessera store rm 0x7e5b || return 1
        [ "$(wc -l <made)" != "$made" ] || return 0
    done
    echo 'they always waited for the key'
    return 1
}

removal_is_refused() {
    ! unload && [ -c /dev/tee0 ]
}

kill_it() {
    kill -9 $pid
    wait $pid
    equal 137 $? && [ ! -d /proc/$pid ]
}

# Gone, though its call is not
killed_is_gone_at_once() {
    for _ in $(seq $tries); do
        kill_it || return 1
        ! still_at_work || return 0
        begin_long || return 1
    done
    return 1
}

# A signal ends the waiting for a partition that works for somebody who has gone
interrupted_while_waiting() {
    for _ in $(seq $tries); do
        begin_long && kill_it || return 1
        tessera random 8 --out never &
        waiter=$!
        usleep 200000
        kill -TERM $waiter
        wait $waiter
        [ $? -le 128 ] || [ -s never ] || ! still_at_work || return 0
        rm -f never
    done
    return 1
}

next_is_served() {
    tessera random 8
}

nothing_is_left() {
    psa_client room && equal "$pages" "$(counter shared_pages)" && equal 0 "$(counter lost_pages)"
}

begin long
if [ "$(counter transport)" = bus ]; then
    skip "one long call" "the kernel's bus does not tell that the secure world was interrupted, and keeps whoever is in a call to its end"
    end
    exit
fi
check 'before: there is room for all keys that a client may have' psa_client room
check 'before: the services work' tessera selftest # and the driver has shared with each partition what it keeps shared
pages=$(counter shared_pages)
check "other partitions go on while an RSA key of $bits bits is made" others_go_on
check 'the module does not go meanwhile' removal_is_refused
check 'its process is killed: gone, while the call goes on' killed_is_gone_at_once
check 'one that waits for the partition can be ended, too' interrupted_while_waiting
check 'the next call waits for the end, and is served' next_is_served
check 'nothing is left of it in either world' nothing_is_left
check 'the module can be removed, and loaded' comes_and_goes
end
