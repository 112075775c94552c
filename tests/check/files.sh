#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# files.sh PATTERN...: the project's own files that match, sorted; for the checks. Outside of a git checkout it searches.
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -co --exclude-standard -- "$@" | sort -u | while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done
else
    for pattern in "$@"; do find . -name build -prune -o -type f -name "$pattern" -print; done | sed 's,^\./,,' | sort -u
fi
