#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# symbolise.sh FOLDER LOG: the log of a secure console (- for standard input) with function, file and line below each
# address of code in it: crash reports of EL3, stack words included, of the SPMC, and of partitions, wherever they were
# loaded. FOLDER has the ELF files of the very firmware that wrote the log. `make symbolise LOG=file` calls it. CROSS: prefix
# of the binutils. Lines are looked up in the image that they name: a number is no address of another one.
set -eu
folder=$1
log=$2
cross=${CROSS:-aarch64-linux-gnu-}
if [ "$log" != - ] && [ ! -r "$log" ]; then
    echo "symbolise: cannot read the log '$log'" >&2
    exit 1
fi
for elf in bl31 spmc; do
    if [ ! -r "$folder/$elf.elf" ]; then
        echo "symbolise: no $folder/$elf.elf: build the firmware that wrote the log first" >&2
        exit 1
    fi
done
command -v "${cross}addr2line" >/dev/null || {
    echo "symbolise: ${cross}addr2line is not installed" >&2
    exit 1
}

awk -v folder="$folder" -v cross="$cross" '
# Addresses are hexadecimal texts of 16 digits, compared as texts: awk counts in doubles. Sums stay in the low 8 digits,
# which no image crosses.
function pad(hex) { return substr("0000000000000000", 1, 16 - length(hex)) tolower(hex) }
function value(hex,   i, v) {
    v = 0
    for (i = 1; i <= length(hex); i++)
        v = v * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
    return v
}
function text(v,   s, i) { # 8 digits
    s = ""
    for (i = 0; i < 8; i++) {
        s = substr("0123456789abcdef", v % 16 + 1, 1) s
        v = int(v / 16)
    }
    return s
}
function plus(hex, n) { return substr(hex, 1, 8) text(value(substr(hex, 9)) + n) }

# The code of an image: its executable sections from first to last
function load(name, file,   command, line, f, n, begin) {
    if (name in known)
        return
    known[name] = file
    command = cross "readelf -SW " file " 2>/dev/null"
    while ((command | getline line) > 0) {
        sub(/^ *\[ *[0-9]+\] */, "", line)
        n = split(line, f, " ")
        if (n < 8 || f[2] != "PROGBITS" || f[7] !~ /X/)
            continue
        begin = pad(f[3])
        if (!(name in low) || begin < low[name])
            low[name] = begin
        if (!(name in high) || plus(begin, value(f[5])) > high[name])
            high[name] = plus(begin, value(f[5]))
    }
    close(command)
}

function inside(name, address) { return (name in low) && address >= low[name] && address < high[name] }

# Prints where `address` of the image is. A return address is looked up one instruction before: the call.
function show(label, name, address, returns,   command, function_name, place, at) {
    at = returns ? plus(address, -4) : address
    command = cross "addr2line -fie " known[name] " 0x" at
    while ((command | getline function_name) > 0 && (command | getline place) > 0) {
        if (function_name == "??")
            continue
        sub(/^(\.\/|out\/)/, "", place)
        sub(/ \(discriminator [0-9]+\)/, "", place)
        printf "    %-8s %s %s%s, %s\n", label, address, returns ? "after a call in " : "", function_name, place
        label = ""
    }
    close(command)
}

function look_up(label, address, returns,   i) {
    for (i = 1; i <= image_count; i++)
        if (inside(images[i], address)) {
            show(label, images[i], address, returns)
            return
        }
    if (base != "" && (partition in low) && length(address) == 16) {
        if (substr(address, 1, 8) == substr(base, 1, 8) && address >= base) {
            address = "00000000" text(value(substr(address, 9)) - value(substr(base, 9)))
            if (inside(partition, address))
                show(label, partition, address, returns)
        }
    }
}

# The image that a line names, and the partition that a fault report of the SPMC is about
function choose(line,   part) {
    image_count = 0
    if (line ~ /\] BL31: /) {
        images[++image_count] = "bl31"
        images[++image_count] = "spmc"
    } else if (line ~ /\] SPMC: /) {
        images[++image_count] = "spmc"
    } else if (match(line, /\] BL[12]: /)) {
        part = tolower(substr(line, RSTART + 2, 3))
        load(part, folder "/" part ".elf")
        images[++image_count] = part
    }
    if (match(line, /partition [a-z0-9_]+ \(0x[0-9a-f]+\) faulted/)) {
        partition = substr(line, RSTART + 10)
        sub(/ .*/, "", partition)
        load(partition, folder "/sp/" partition ".elf")
        base = ""
    }
    if (match(line, /pc 0x[0-9a-f]+ = image \+ 0x[0-9a-f]+/)) {
        split(substr(line, RSTART, RLENGTH), words_of, " ")
        part = pad(substr(words_of[2], 3))
        base = plus(part, -value(substr(words_of[6], 3)))
    }
}

BEGIN {
    load("bl31", folder "/bl31.elf")
    load("spmc", folder "/spmc.elf")
}

{
    print
    if ($0 !~ /^\[ *[0-9]+\] [A-Z0-9]+: /)
        next
    choose($0)
    line = $0
    sub(/\r$/, "", line)
    sub(/^\[ *[0-9]+\] [A-Z0-9]+: /, "", line)
    gsub(/[],]/, " ", line)
    n = split(line, words, " ")
    label = ""
    stack = line ~ /^(ERROR: )?\[/
    first = ""
    for (i = 1; i <= n; i++) {
        word = words[i]
        if (word ~ /^(0x)?[0-9a-fA-F]+$/ && length(word) >= 7) {
            sub(/^0x/, "", word)
            if (length(word) <= 16)
                look_up(label, pad(word), stack || label == "x30")
        } else if (word ~ /^\[/) {
            label = "stack"
        } else {
            label = word
        }
    }
}' "$log"
