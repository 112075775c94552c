#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# attest_demo.sh COMMAND...: `make attest-demo` as a target test: one case, passed if the demo ends with 0.
echo 1..1
if output=$("$@" 2>&1); then
    echo 'ok 1 - a_device_is_believed_and_an_altered_one_is_refused'
else
    printf '%s\n' "$output" | sed 's/^/# /'
    echo 'not ok 1 - a_device_is_believed_and_an_altered_one_is_refused'
    exit 1
fi
