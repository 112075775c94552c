#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# reproducible.sh BOARD MBEDTLS_DIR SYSROOT MAKE-ARGUMENT...: builds the tree twice, in folders of different path length,
# with another umask, time zone and locale, from what was fetched already, and compares everything that was made, byte
# by byte. Prints `identical`, or the files that differ.
set -eu
board=$1
mbedtls=$(cd "$2" && pwd)
sysroot=$(cd "$3" && pwd)
shift 3
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS

build() { # FOLDER MAKE-ARGUMENT...
    folder=$1
    shift
    mkdir -p "$folder/third"
    "$here/files.sh" '*' | tar -cf - -T - | tar -xf - -C "$folder"
    for path in "$mbedtls" "$sysroot"; do
        ln -s "$path" "$folder/third/"
        [ ! -f "$path.versions" ] || ln -s "$path.versions" "$folder/third/"
    done
    make -s -C "$folder" -j 2 OUT=build BOARD="$board" "$@" MBEDTLS_DIR="$folder/third/$(basename "$mbedtls")" \
        SYSROOT="$folder/third/$(basename "$sysroot")" all >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    # What was made, without the steps in between
    (cd "$folder/build" && find . \( -name obj -o -name deps -o -name gen \) -prune -o -type f \
        ! -name '*.d' ! -name '*.map' ! -name '*.list' -print | LC_ALL=C sort | xargs sha256sum)
}

build "$work/a" "$@" >"$work/first"
(umask 077; TZ=Asia/Tokyo LC_ALL=C build "$work/a-folder-with-a-longer/path" "$@") >"$work/second"
grep -q 'flash.bin$' "$work/first" || { echo "reproducible: the build made no flash.bin"; exit 1; }
if cmp -s "$work/first" "$work/second"; then
    echo "identical ($(wc -l <"$work/first") files)"
else
    echo "different:"
    diff "$work/first" "$work/second" | awk '/^[<>]/ { print "  " $3 }' | sort -u
    exit 1
fi
