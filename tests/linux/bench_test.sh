#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# bench_test.sh [step]: the guest's part of `make bench` (tests/bench/bench_linux.c), which reads what is printed here: where the
# driver is, and what bench_client says. The numbers mean something where one core's counter counts instructions.
. /test/check.sh

driver_is_here() {
    sed -n 's/^tessera \([0-9]*\) .* \(0x[0-9a-f]*\).*/bench: driver at \2 \1/p' /proc/modules
}

begin bench
driver_is_here
bench_client "$@" # which is waited for, live
check 'each operation was counted' equal 0 $?
end
