#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# fuzz.sh FUZZER...: runs each for a fixed number of inputs from a fixed seed, so that the run is the same everywhere;
# longer hunts call the programs by hand. A finding is printed with the bytes that caused it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for fuzzer in "$@"; do
    if ! "$fuzzer" -seed=1 -runs=20000 -max_len=4096 -timeout=10 -artifact_prefix="$work/" >"$work/log" 2>&1; then
        echo "$fuzzer: a finding"
        tail -n 40 "$work/log"
        for input in "$work"/crash-* "$work"/oom-* "$work"/timeout-*; do
            [ ! -f "$input" ] || { echo "input:"; od -A d -t x1 "$input" | head -n 40; }
        done
        status=1
    fi
done
exit $status
