#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# hostile_test.sh [ROUNDS]: programs that may open the TEE devices and mean no good: wrong requests, threads that pull each other's memory
# away, ROUNDS (3000) requests made by chance from each of several processes, some of which are killed.
. /test/check.sh
rounds=${1:-3000}

one_device_for_each_partition_but_the_tpm() {
    equal 3 "$(ls /dev | grep -c '^tee[0-9]')"
}

storms() {
    for seed in 1 2 3 4; do
        hostile_client storm "$rounds" $seed 2>storm.$seed &
        eval "pid$seed=$!"
    done
    hostile_client storm 1000000000 5 &
    usleep 300000
    kill -9 $!
    for seed in 1 2 3 4; do
        eval "wait \$pid$seed" || { cat storm.$seed; return 1; }
    done
}

# Its files in /sys are anybody's to read, at any time
read_while_it_goes() {
    (while :; do cat /sys/devices/platform/tessera/[a-z]*; done) >/dev/null 2>&1 &
    reader=$!
    round=0
    while [ $round -lt 5 ] && comes_and_goes; do
        round=$((round + 1))
    done
    kill $reader
    wait $reader 2>/dev/null
    equal 5 $round
}

begin hostile
before=$(counter shared_pages)
check 'three partitions have TEE devices: the TPM has its own' one_device_for_each_partition_but_the_tpm
check 'each wrong request is refused with its error' hostile_client refused
check 'threads that pull memory and sessions away from each other' hostile_client race "$rounds"
check "$rounds requests made by chance, from each of four processes" storms
check 'the services work' sh -c 'tessera random 8 && tessera info'
check 'no page is lost' equal 0 "$(counter lost_pages)"
check 'the module comes and goes while its attributes are read' read_while_it_goes
check 'not more pages are shared than eight sizes for each partition' test "$(counter shared_pages)" -le $((before + 3 * 8 * 64))
end
