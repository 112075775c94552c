#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# reproducible.sh BOARD MBEDTLS_DIR SYSROOT KEYS MAKE-ARGUMENT...: builds the tree twice, in folders of different path
# length, with another umask, time zone and locale, from what was fetched already, and compares everything that was made,
# byte by byte. Prints `identical`, or the files that differ. Signatures hold random numbers: those of the first build are
# attached to what the second would have signed, as somebody does who rebuilds a product without having its keys; they fit
# only if every signed byte is the same.
set -eu
board=$1
mbedtls=$(cd "$2" && pwd)
sysroot=$(cd "$3" && pwd)
keys=$(cd "$4" && pwd)
shift 4
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS

build() { # FOLDER MAKE-ARGUMENT...: what `make all` says in $work/log
    folder=$1
    shift
    make -s -C "$folder" -j 2 OUT=build BOARD="$board" KEYS="$keys" "$@" \
        MBEDTLS_DIR="$folder/third/$(basename "$mbedtls")" SYSROOT="$folder/third/$(basename "$sysroot")" all \
        >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

tree() { # FOLDER: with the sources and links to what was fetched
    folder=$1
    mkdir -p "$folder/third"
    "$here/files.sh" '*' | tar -cf - -T - | tar -xf - -C "$folder"
    for path in "$mbedtls" "$sysroot"; do
        ln -s "$path" "$folder/third/"
        [ ! -f "$path.versions" ] || ln -s "$path.versions" "$folder/third/"
    done
}

resign() { # FOLDER OF THE FIRST, FOLDER OF THE SECOND
    tool=$2/build/host/fip-tool
    for fip in $(cd "$1/build" && find . -name fip.bin); do
        rm -rf "$work/signatures"
        {
            "$tool" sign detach --out "$work/signatures" "$1/build/$fip" &&
                "$tool" sign attach --from "$work/signatures" "$2/build/$fip"
        } >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    done
}

sums() { # FOLDER: of what was made, without the steps in between
    (cd "$1/build" && find . \( -name obj -o -name deps -o -name gen \) -prune -o -type f \
        ! -name '*.d' ! -name '*.map' ! -name '*.list' -print | LC_ALL=C sort | xargs sha256sum)
}

first=$work/a
second=$work/a-folder-with-a-longer/path
tree "$first"
build "$first" "$@"
(
    umask 077
    export TZ=Asia/Tokyo LC_ALL=C
    tree "$second"
    build "$second" "$@"
    resign "$first" "$second"
    build "$second" "$@"
)
sums "$first" >"$work/first"
sums "$second" >"$work/second"
grep -q 'flash.bin$' "$work/first" || { echo "reproducible: the build made no flash.bin"; exit 1; }
if cmp -s "$work/first" "$work/second"; then
    echo "identical ($(wc -l <"$work/first") files)"
else
    echo "different:"
    diff "$work/first" "$work/second" | awk '/^[<>]/ { print "  " $3 }' | sort -u
    exit 1
fi
