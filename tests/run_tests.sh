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

report() { # NAME PASSED FAILED SKIPPED OUTPUT: one program's lines, all at once whoever else ends at the moment
    {
        flock 9
        echo "$2 $3 $4" >>"$log/counts"
        printf '%-28s %4d passed %3d failed %3d skipped\n' "$1" "$2" "$3" "$4"
        sed -n 's/^.*SKIP-REASON /        skipped: /p' "$5"
        if [ "$3" -ne 0 ]; then
            echo "---- output of $1"
            cat "$5"
            echo "---- end of $1"
        fi
    } 9>"$log/lock"
}

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
    report "$name" "$ok" "$bad" "$skip" "$out"
}

fuzz() { # FUZZER...
    if tests/check/fuzz.sh "$@" >"$log/fuzz" 2>&1; then
        report fuzz 1 0 0 "$log/fuzz"
    else
        report fuzz 0 1 0 "$log/fuzz"
    fi
}

# As many programs at a time as the machine has processors: each test has its own files and machines, and none depends on time
jobs=$(nproc) running=0 started=0
start() { # COMMAND...: in the background, when there is room
    if [ "$running" -ge "$jobs" ]; then
        wait -n
        running=$((running - 1))
    fi
    "$@" &
    running=$((running + 1)) started=$((started + 1))
}

: >"$log/counts"
for t in $UNIT_TESTS; do
    wanted "$t" "$@" && start run "$t" "$OUT/host/tests/$t"
done
if [ -n "$FUZZERS" ] && wanted fuzz "$@"; then
    # shellcheck disable=SC2046,SC2086 # a list of words
    start fuzz $(printf " $OUT/host/fuzz/%s" $FUZZERS)
fi
for t in $TARGET_TESTS; do
    wanted "$t" "$@" && start run "$t" "$OUT/host/tests/$t"
done
wait
if [ "$(wc -l <"$log/counts")" -ne "$started" ]; then
    echo "$started programs were started, $(wc -l <"$log/counts") reported"
    echo '0 1 0' >>"$log/counts"
fi
read -r passed failed skipped < <(awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$log/counts")
echo "$passed passed, $failed failed, $skipped skipped"
if [ $((passed + failed + skipped)) -eq 0 ]; then
    echo "no such test: $*; there are: $UNIT_TESTS fuzz $TARGET_TESTS" >&2
    exit 2
fi
[ "$failed" -eq 0 ]
