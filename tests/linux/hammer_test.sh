#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# hammer_test.sh [KILLS [PROCESSES [SECONDS]]]: PROCESSES (16) at a time use the TPM and the services in a loop, until KILLS (60) of what they run
# has been killed at random moments, and SECONDS (0) of the machine's time have gone by. Afterwards no process hangs, no page is lost, nothing
# is left of the killed in either world.
. /test/check.sh
kills=${1:-60}
processes=${2:-16}
seconds=${3:-0}

# One thing that a client does, by number
step() {
    case $1 in
    0) tpm2 getrandom -o /dev/null 32 ;;
    1) tpm2 pcrread -Q sha256:0,1,2,3 ;;
    2) tpm2 createprimary -Q -C n -G ecc -c "$work/primary.$$" ;;
    3) tpm2 pcrextend -Q 23:sha256=0000000000000000000000000000000000000000000000000000000000000000 ;;
    4) tessera random 70000 --out /dev/null ;;
    5) psa_client run ;;
    6) tessera attest token --out /dev/null ;;
    7) psa_client keys ;;
    *) tessera info ;;
    esac
}

# Whatever is not killed succeeds
worker() { # NUMBER
    n=$1
    while [ ! -e "$work/enough" ]; do
        step $((n % 9)) >"$work/said.$1" 2>&1
        status=$?
        [ $status -eq 0 ] || [ $status -eq 137 ] || { echo "step $((n % 9)) ended with $status:" && cat "$work/said.$1"; } >>"$work/failures"
        n=$((n + 7))
    done
}

random() { # BELOW
    echo $(($(od -An -N2 -tu2 /dev/urandom) % $1))
}

# One of the programs that the workers run, of all that there are now
victim() {
    set -- $(pidof tpm2 tessera psa_client)
    [ $# -gt 0 ] || return 1
    shift "$(random $#)"
    echo "$1"
}

# Kills, and sees that the killed does not linger: the kernel has to finish what it was in
hammer() {
    rm -f "$work/enough"
    pids=
    i=0
    while [ $i -lt "$processes" ]; do
        worker $i &
        pids="$pids $!"
        i=$((i + 1))
    done
    renice -n -15 -p $$ # who kills does not wait for its turn behind those who work
    killed=0
    end=$(($(uptime_seconds) + seconds))
    while [ $killed -lt "$kills" ] || [ "$(uptime_seconds)" -lt $end ]; do
        usleep "$(random 50000)"
        pid=$(victim) && kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
    done
    renice -n 15 -p $$
    touch "$work/enough"
    all_end || return 1
    for pid in $pids; do wait "$pid"; done
    note "$killed killed, $(counter calls) calls, $(counter interruptions) interruptions, $(counter busy) times busy"
}

nothing_failed() {
    [ ! -e failures ] || { cat failures; false; }
}

# What still runs comes to its end by itself. As long as the secure world is called or interrupted, somebody gets on; if for so many looks
# nothing does, somebody hangs
all_end() {
    looks=0
    while pidof tpm2 tessera psa_client >programs; do
        now=$(counter calls)/$(counter interruptions)/$(cat programs)
        [ "$now" != "${last:-}" ] || looks=$((looks + 1))
        [ "$now" = "${last:-}" ] || looks=0
        last=$now
        [ $looks -lt 300 ] || { for pid in $(cat programs); do ps -o pid,stat,comm,args | grep "^ *$pid "; cat "/proc/$pid/stack"; done; return 1; }
        usleep 100000
    done
}

uptime_seconds() {
    cut -d. -f1 /proc/uptime
}

# Pages that nobody accounts for: neither free, in whole or on a core's own list, nor of files, processes, caches of the kernel. A few are in
# other lists, so it tells something after many kills only: fewer than one for each of them
unaccounted() {
    echo 3 >/proc/sys/vm/drop_caches
    [ ! -w /proc/sys/vm/compact_memory ] || echo 1 >/proc/sys/vm/compact_memory
    lists=$(awk '$1 == "count:" { pages += $2 } END { print pages + 0 }' /proc/zoneinfo)
    awk -v lists="$lists" '{ v[$1] = $2 } END { print int((v["MemTotal:"] - v["MemFree:"] - v["Buffers:"] - v["Cached:"] - v["AnonPages:"] - v["Slab:"] -
        v["KernelStack:"] - v["PageTables:"] - v["Percpu:"] - v["SecPageTables:"]) / 4 - lists) }' /proc/meminfo
}

no_page_per_kill() {
    now=$(unaccounted)
    note "pages that nobody accounts for: $memory before, $now now"
    [ $((now - memory)) -lt "$kills" ]
}

nobody_hangs() {
    stuck=$(ps -o pid,stat,comm | awk '$2 ~ /^D/ { print }')
    equal '' "$stuck" && equal '' "$(pidof tpm2 tessera psa_client)"
}

begin hammer
check 'before: there is room for all keys that a client may have' psa_client room
check 'before: the services work' tessera selftest # and the driver has shared with each partition what it keeps shared
pages=$(counter shared_pages)
memory=$(unaccounted)
check "$processes processes, $kills of their programs killed" hammer
check 'whatever was not killed has succeeded' nothing_failed
check 'no process hangs' nobody_hangs
check 'TPM: nothing is left in it' tpm_is_empty
check 'services: there is room for all keys that a client may have' psa_client room
check 'as many pages are shared as before' equal "$pages" "$(counter shared_pages)"
[ "$kills" -lt 500 ] || check 'Linux has lost no page for each process that was killed' no_page_per_kill
check 'no page stayed in the secure world' equal 0 "$(counter lost_pages)"
check 'nobody uses the module' equal 0 "$(sed -n 's/^tessera [0-9]* \([0-9]*\) .*/\1/p' /proc/modules)"
check 'it can be removed, and loaded' comes_and_goes
end
