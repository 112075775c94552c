#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# run_tests.sh [NAME...]: runs the test programs (all, or those named), shows the output of what failed and the reason of
# what was skipped, and ends with "N passed, N failed, N skipped" counted over all cases. `make test` calls it; in the
# environment: OUT, UNIT_TESTS, TARGET_TESTS, FUZZERS. A program that crashes counts as one failed case more.
set -u
OUT=${OUT:-build} UNIT_TESTS=${UNIT_TESTS:-} TARGET_TESTS=${TARGET_TESTS:-} FUZZERS=${FUZZERS:-}
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0 skipped=0
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0} UBSAN_OPTIONS=print_stacktrace=1

wanted() { # NAME SELECTION...: no selection is everything
    local name=$1
    shift
    [ $# -eq 0 ] && return 0
    for s in "$@"; do [ "$s" = "$name" ] && return 0; done
    return 1
}

# For a program that never ends: ten times what the slowest takes on a loaded machine; TESSERA_SOAK (`make soak`): everything
# in full, where the slowest takes an hour
bound=${TESSERA_SOAK:+36000}
bound=${bound:-900}
run() { # NAME PROGRAM
    local name=$1 out=$log/$1 status ok bad skip
    CMOCKA_MESSAGE_OUTPUT=TAP timeout -s KILL "$bound" "$2" >"$out" 2>&1 </dev/null
    status=$?
    ok=$(grep -c '^ok [0-9]* - ' "$out")
    skip=$(grep -c '^\(not \)\?ok [0-9]* .*# SKIP' "$out")
    bad=$(grep '^not ok [0-9]* - ' "$out" | grep -vc '# SKIP')
    ok=$((ok - $(grep -c '^ok [0-9]* .*# SKIP' "$out")))
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
        echo "not ok - $name ended with status $status outside of its cases" >>"$out"
    fi
    if [ "$((ok + bad + skip))" -eq 0 ]; then
        bad=1
        echo "not ok - $name ran no case" >>"$out"
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    printf '%-28s %4d passed %3d failed %3d skipped\n' "$name" "$ok" "$bad" "$skip"
    sed -n 's/^.*SKIP-REASON /        skipped: /p' "$out"
    if [ "$bad" -ne 0 ]; then
        echo "---- output of $name"
        cat "$out"
        echo "---- end of $name"
    fi
}

for t in $UNIT_TESTS; do
    wanted "$t" "$@" && run "$t" "$OUT/host/tests/$t"
done
if [ -n "$FUZZERS" ] && wanted fuzz "$@"; then
    if tests/check/fuzz.sh $(printf " $OUT/host/fuzz/%s" $FUZZERS) >"$log/fuzz" 2>&1; then
        passed=$((passed + 1))
        printf '%-28s %4d passed %3d failed %3d skipped\n' fuzz 1 0 0
    else
        failed=$((failed + 1))
        printf '%-28s %4d passed %3d failed %3d skipped\n' fuzz 0 1 0
        cat "$log/fuzz"
    fi
fi
for t in $TARGET_TESTS; do
    wanted "$t" "$@" && run "$t" "$OUT/host/tests/$t"
done
echo "$passed passed, $failed failed, $skipped skipped"
if [ $((passed + failed + skipped)) -eq 0 ]; then
    echo "no such test: $*; there are: $UNIT_TESTS fuzz $TARGET_TESTS" >&2
    exit 2
fi
[ "$failed" -eq 0 ]
