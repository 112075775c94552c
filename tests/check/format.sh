#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# format.sh FILE...: every C file and header is as clang-format leaves it (.clang-format); `make format` repairs.
clang-format --dry-run --Werror "$@" 2>&1 | awk '
    /error: code should be clang-formatted/ { split($1, at, ":"); if (!seen[at[1] at[2]]++) print at[1] ":" at[2] ": not as clang-format writes it (make format)"; bad = 1 }
    !/error: code should be/ && /error/ { print; bad = 1 }
    END { exit bad }'
