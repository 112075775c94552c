#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# new_partition.sh: `make new-partition` in a copy of the tree: which names it refuses, what it makes, that the tests of what it
# made pass unchanged, alone and among the product's partitions, and that nothing is left of it when its folder is deleted. Firmware
# and packages are those that were built. `make test` calls it as target_new_partition, with what it needs in the environment: OUT,
# BOARD, CROSS, SPS, KEYS, MBEDTLS_DIR, SYSROOT. Prints TAP.
set -u
out=$(cd "$OUT" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
built=$work/out/$BOARD
log=$work/log
count=0
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES

ok() { # SENTENCE, after the last command's result
    if [ "$failed" -eq 0 ]; then verdict=ok; else verdict='not ok'; fi
    count=$((count + 1))
    echo "$verdict $count - $1"
    failed=0
}

bad() { # TEXT: the case that is running has failed
    failed=1
    echo "# $*"
    sed 's/^/# /' "$log"
}

in_tree() { # MAKE-ARGUMENT...: as an author calls make, but nothing that is here already is built again
    make -s -C "$tree" OUT="$work/out" BOARD="$BOARD" CROSS="$CROSS" KEYS="$KEYS" MBEDTLS_DIR="$MBEDTLS_DIR" SYSROOT="$SYSROOT" \
        $old "$@" >"$log" 2>&1 </dev/null
}

partitions() { ls -A "$tree/partitions"; }

# uuid_bytes FILE: of the four words in FILE, in order
uuid_bytes() {
    sed -n 's/^#define .*_UUID { \(0x[0-9a-f, x]*\) }$/\1/p' "$1" | tr -d ' ' | tr ',' '\n' |
        sed 's/0x\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/' | tr -d '\n'
}

copy() {
    mkdir -p "$tree" "$built/sp" "$work/out/host"
    tests/check/files.sh '*' | tar -cf - -T - | tar -xf - -C "$tree"
    cp -p "$out/host/fip-tool" "$work/out/host/"
    old="-o $work/out/host/fip-tool"
    for name in bl1 bl2 bl31 spmc proxy; do
        cp -p "$out/$BOARD/$name.bin" "$built/"
        old="$old -o $built/$name.bin"
    done
    for name in $SPS; do
        cp -p "$out/$BOARD/sp/$name.pkg" "$built/sp/"
        old="$old -o $built/sp/$name.pkg"
    done
}

names_that_cannot_be_are_refused() {
    before=$(partitions)
    for name in '' Hello 1st _own a-b 'a b' 'a;b' "a'b" 'a$$b' ../a a/b ümlaut seventeen_letters; do
        in_tree new-partition "NAME=$name" && bad "NAME='$name' was taken"
        grep -q '^new-partition: .*NAME' "$log" || bad "NAME='$name': the message names neither target nor variable"
    done
    for name in crypto echo lib; do
        in_tree new-partition "NAME=$name" && bad "NAME=$name was taken"
        grep -q "partitions/$name is there already" "$log" || bad "NAME=$name: not told that it is there"
    done
    for name in bl31 sp template harness proxy linux obj target; do
        in_tree new-partition "NAME=$name" && bad "NAME=$name was taken"
        grep -q "is taken: the build has .*$name" "$log" || bad "NAME=$name: not told who has it"
    done
    export NAME=hello
    in_tree new-partition && bad 'a NAME of the environment was taken'
    unset NAME
    [ "$(partitions)" = "$before" ] || bad 'something was left in partitions/'
}

made() { # NAME
    in_tree new-partition "NAME=$1" || bad "new-partition NAME=$1 failed"
    folder=$tree/partitions/$1
    for file in manifest.dts "$1.mk" "$1_proto.h" "$1_service.h" "$1_service.c" "$1_sp.c" "tests/test_$1_service.c" "tests/fuzz_$1.c" \
        "tests/target_$1.c"; do
        [ -s "$folder/$file" ] || bad "no partitions/$1/$file"
    done
    [ "$(find "$folder" -type f | wc -l)" -eq "$(find "$tree/partitions/_template" -type f | wc -l)" ] || bad 'not all files of the template'
    ! grep -rin template "$folder" >"$log" || bad 'the template is still named'
    uuid=$(sed -n "s/^$1_UUID := //p" "$folder/$1.mk")
    echo "$uuid" | grep -qx '[0-9a-f]\{8\}-[0-9a-f]\{4\}-4[0-9a-f]\{3\}-[89ab][0-9a-f]\{3\}-[0-9a-f]\{12\}' || bad "'$uuid' is no UUID of version 4"
    grep -q "UUID $uuid" "$folder/$1_proto.h" || bad 'the wire format has another UUID'
    [ "$(uuid_bytes "$folder/$1_proto.h")" = "$(echo "$uuid" | tr -d -)" ] || bad "the words are not those of $uuid"
    ! grep -rn "$(sed -n 's/^template_UUID := //p' "$tree/partitions/_template/template.mk")" "$folder" >"$log" || bad "the template's UUID"
}

a_partition_is_made() {
    made hello
    made x
    made sixteen_letters_
    for what in 's/^ *boot-order = //p' 's/^ *description = //p'; do
        sed -n "$what" "$tree"/partitions/*/manifest.dts | sort | uniq -d >"$log"
        [ ! -s "$log" ] || bad 'two manifests have the same:'
    done
    cat "$tree"/partitions/*/*.mk | sed -n 's/^.*_UUID := //p' | sort | uniq -d >"$log"
    [ ! -s "$log" ] || bad 'two partitions have the same UUID'
}

its_tests_pass() {
    in_tree test-partition NAME=hello || bad 'make test-partition failed'
    for name in test_hello_service fuzz target_hello; do
        grep -q "^$name  *[1-9][0-9]* passed   0 failed   0 skipped" "$log" || bad "$name did not pass"
    done
}

it_works_among_the_products_partitions() {
    in_tree "$built/hello/flash.bin" "hello_SPS=$SPS hello" || bad 'the flash image was not made'
    CMOCKA_MESSAGE_OUTPUT=TAP "$work/out/host/tests/target_hello" >"$log" 2>&1 || bad 'its target test failed'
    grep -q '^ok 1 - ' "$log" || bad 'its target test ran no case'
}

nothing_is_left_of_a_deleted_one() {
    rm -r "$tree/partitions/hello"
    in_tree test-partition NAME=hello && bad 'it is still there'
    grep -q "NAME='hello' must be one of" "$log" || bad 'the reason is another'
    in_tree help || bad 'the lists do not work without it'
    in_tree new-partition NAME=hello || bad 'its name is still taken'
}

failed=0
copy
echo 1..5
names_that_cannot_be_are_refused; ok names_that_cannot_be_are_refused
a_partition_is_made; ok a_partition_is_made
its_tests_pass; ok its_tests_pass_unchanged
it_works_among_the_products_partitions; ok it_works_among_the_products_partitions
nothing_is_left_of_a_deleted_one; ok nothing_is_left_of_a_deleted_one
