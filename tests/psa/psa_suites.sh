#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# psa_suites.sh [SUITE]: runs one of Mbed TLS's suites, or, without a name, looks that each of the library's suites about PSA is either
# run or has its reason in tests/psa/skip.txt, as a line without function and case. Prints TAP. `make test` calls it, with SUITES (those that
# are run), PROGRAMS and MBEDTLS_DIR in the environment.
set -u
list=$(dirname "$0")/skip.txt
data=$MBEDTLS_DIR/tests/suites/test_suite_
if [ $# -eq 1 ]; then
    exec "$PROGRAMS/$1" "$1" "$data$1.data" "$PROGRAMS/test_suite_$1.datax" "$list"
fi

number=0
for file in "$data"psa_*.data; do
    suite=${file#"$data"}
    suite=${suite%.data}
    number=$((number + 1))
    reason=$(sed -n "s/^$suite;;;//p" "$list")
    case " $SUITES " in
    *" $suite "*) runs=yes ;;
    *) runs=no ;;
    esac
    case $runs,$reason in
    yes,) echo "ok $number - $suite is run" ;;
    no,?*) echo "ok $number - $suite # SKIP $reason" && echo "# SKIP-REASON $suite: the whole suite: $reason" ;;
    yes,*) echo "not ok $number - $suite is run although $list has a reason against it" ;;
    *) echo "not ok $number - $suite is neither run nor in $list" ;;
    esac
done
for suite in $(sed -n 's/^\([^#;]*\);;;.*/\1/p' "$list") $SUITES; do
    [ -f "$data$suite.data" ] || echo "not ok $((number += 1)) - the library has no suite $suite"
done
echo "1..$number"
