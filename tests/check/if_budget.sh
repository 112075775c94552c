#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# if_budget.sh ALLOWED FILE...: no #if in .c and .S files (a choice is a file picked by a list, or `if (CONSTANT)`),
# except in the files that ALLOWED lists ('path  reason'), and those are at most a tenth of all.
allowed=$1
shift
awk -v allowed="$allowed" '
    BEGIN {
        while ((getline line < allowed) > 0)
            if (line !~ /^(#|$)/) {
                split(line, field, /[ \t]+/)
                if (line !~ /[^ \t]+[ \t]+[^ \t]/) { print allowed ": " field[1] ": no reason given"; bad = 1 }
                ok[field[1]] = 1
            }
    }
    /^#ifndef [A-Z0-9_]+_S$/ { next } # the guard of assembly that is included
    /^[ \t]*#[ \t]*(if|ifdef|ifndef)([ \t(!]|$)/ {
        if (!(FILENAME in ok)) { print FILENAME ":" FNR ": #if in a source file (tests/check/if_allow.txt)"; bad = 1 }
        else used[FILENAME] = 1
    }
    END {
        for (file in ok) { count++; if (!(file in used)) { print allowed ": " file ": listed, but has no #if"; bad = 1 } }
        if (count * 10 > ARGC - 1) { print allowed ": more than a tenth of the sources"; bad = 1 }
        exit bad
    }' "$@"
