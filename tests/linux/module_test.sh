#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# module_test.sh [ROUNDS]: the module comes and goes ROUNDS times (100), and does not go under a user. With calls in flight at most 20 times.
. /test/check.sh
rounds=${1:-100}

there() {
    [ -c /dev/tpm0 ] && [ -c /dev/tee0 ]
}

refuses_with() { # FILE
    exec 9<>"$1" || return 1
    unload
    gone=$?
    exec 9>&-
    [ $gone -ne 0 ] && there
}

# device_client, in the background, has what it shall hold
is_ready() {
    while ! grep -q ready ready; do
        kill -0 $! || pidof device_client || return 1
        usleep 20000
    done
}

# The same with a process: of something else than a file of the device, or in a call
refuses_with_user() { # WHAT OF device_client
    : >ready
    device_client "$1" >ready &
    is_ready || return 1
    unload
    gone=$?
    kill -9 $(pidof device_client) # "inherit" has left another
    wait
    [ $gone -ne 0 ] && there
}

rounds_of() { # ROUNDS COMMAND...
    round=0
    while [ $round -lt "$1" ]; do
        "$2" || { echo "round $round"; return 1; }
        round=$((round + 1))
    done
}

goes_and_comes() {
    unload && [ ! -e /dev/tpm0 ] && [ ! -e /dev/tee0 ] && load
}

# Calls in flight while somebody tries to remove the module: either it refuses, or it went and the calls after that have no device
under_load() {
    (while :; do tessera random 4096 --out /dev/null; done) >/dev/null 2>&1 &
    one=$!
    (while :; do tpm2 getrandom -o /dev/null 32; done) >/dev/null 2>&1 &
    two=$!
    round=0
    while [ $round -lt 20 ] && [ $round -lt "$rounds" ]; do
        unload && modprobe tessera
        round=$((round + 1))
    done
    kill $one $two
    wait $one $two 2>/dev/null
    while pidof tessera tpm2 >/dev/null; do usleep 20000; done # what the two had begun
    there
}

# Whoever opens /dev/tpmrm0 before the driver has its hand on it does not hold the module (tessera_tpm.c): it goes, and the commands that
# are under way then must end well
early_birds() {
    caught=0
    round=0
    while [ $round -lt 20 ] && [ $round -lt "$rounds" ]; do
        unload || return 1
        : >ready
        device_client early >ready 2>early &
        load && is_ready || return 1
        if unload; then
            caught=$((caught + 1))
            wait $! || { cat early; return 1; }
        else
            kill $!
            wait $!
            unload || return 1
        fi
        load || return 1
        round=$((round + 1))
    done
    note "$caught of $round had /dev/tpmrm0 open, and the module went"
}

in_use_is_nobody() {
    equal 0 "$(sed -n 's/^tessera [0-9]* \([0-9]*\) .*/\1/p' /proc/modules)"
}

begin module
check 'the module is loaded, and its devices are there' there
for file in /dev/tpm0 /dev/tpmrm0 /dev/tee0; do
    check "it does not go while $file is open" refuses_with $file
done
for use in memory map inherit; do
    check "it does not go while a process has but that: device_client $use" refuses_with_user $use
done
check 'nobody uses it' in_use_is_nobody
check "$rounds times removed and loaded" rounds_of "$rounds" goes_and_comes
check 'removed and loaded while programs call' under_load
check 'removed while a program is in a command that nobody knew of' early_birds
check 'nobody uses it at the end' in_use_is_nobody
check 'TPM and services work' sh -c 'tpm2 getrandom -Q --hex 8 && tessera random 8'
check 'no page stayed in the secure world' equal 0 "$(counter lost_pages)"
end
