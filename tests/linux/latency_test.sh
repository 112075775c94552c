#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# latency_test.sh [PERIODS [BITS]]: while the secure world makes RSA keys of BITS (4096) for one process, Linux runs everything else in time, on
# every core, that one, too: never a tick late, of PERIODS (300) times on each for each core that the process is on. For a machine
# with run_linux.sh --icount --cores 1: its clock counts instructions, and the verdict does not depend on the host. With several cores
# that clock is for the one that QEMU has at the moment: the others are late by what that does, whatever it is.
. /test/check.sh
periods=${1:-300}
bits=${2:-4096}

in_time() {
    latency "$periods" psa_client rsa "$bits" >seen 2>&1
    status=$?
    while read -r line; do note "$line"; done <seen
    return $status
}

stall_is_seen() {
    latency --stall 50 psa_client rsa "$bits"
    equal 1 $?
}

begin latency
[ "$(nproc)" -eq 1 ] || note 'several cores: this measures how QEMU changes between them, too'
check "nothing runs a tick late while the secure world makes RSA keys of $bits bits" in_time
check 'a stall of three ticks would be seen' stall_is_seen
check 'the services go on' tessera random 8
check 'no page stayed in the secure world' equal 0 "$(counter lost_pages)"
end
