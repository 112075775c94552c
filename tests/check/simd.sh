#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# simd.sh ALLOWED ELF...: no instruction of these images names an FP, SIMD or SVE register: EL3 and the SPMC must leave
# the other world's alone. ALLOWED lists the functions that may ('image function  reason'); ARCHIVES (environment) are
# libraries whose functions run only before the normal world exists. OBJDUMP and NM are those of the target.
allowed=$1
shift
status=0
library=$(for archive in ${ARCHIVES:-}; do ${NM:-nm} "$archive" 2>/dev/null | awk '$2 ~ /^[tT]$/ { print $3 }'; done)
for elf in "$@"; do
    ${OBJDUMP:-objdump} -d --no-show-raw-insn "$elf" | awk -v elf="$elf" -v allowed="$allowed" -v library="$library" '
        BEGIN {
            image = elf
            sub(/.*\//, "", image)
            sub(/\.elf$/, "", image)
            while ((getline line < allowed) > 0) {
                split(line, field, /[ \t]+/)
                if (line !~ /^(#|$)/ && field[1] == image) ok[field[2]] = listed[field[2]] = 1
            }
            count = split(library, member, "\n")
            for (i = 1; i <= count; i++) ok[member[i]] = 1
        }
        /^[0-9a-f]+ <.*>:$/ { functions++; current = $2; gsub(/[<>:]/, "", current); delete listed[current]; next }
        /^ *[0-9a-f]+:/ {
            instructions++
            text = $0
            sub(/^[^:]*:[ \t]*[^ \t]+/, "", text) # address and mnemonic
            sub(/\/\/.*|[0-9a-f]+ <.*/, "", text)        # comment; branch target
            count = split(text, word, /[^a-z0-9_]+/)
            for (i = 1; i <= count; i++)
                if (word[i] ~ /^([vqdshbzp][0-9]+|fpcr|fpsr)$/ && !(current in ok)) {
                    if (!told[current]++) print elf ": " current "() uses FP/SIMD register " word[i]
                    bad = 1
                }
        }
        END {
            if (functions == 0 || instructions == 0) { print elf ": nothing was disassembled"; bad = 1 }
            for (name in listed) { print allowed ": " image " has no " name "()"; bad = 1 }
            exit bad
        }' || status=1
done
exit $status
