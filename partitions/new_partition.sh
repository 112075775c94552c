#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# new_partition.sh: makes partitions/$NAME from partitions/_template; `make new-partition NAME=…` calls it, and passes in TAKEN
# what has that name in the build already. In every file "template" becomes the name, "TEMPLATE" the name in capitals; the UUID
# is a fresh one, the boot order the next free one. Nothing is left behind when it fails.
set -eu
export LC_ALL=C
template=partitions/_template
name=${NAME:-}
longest=16 # the template's lines stay below 100 columns

die() {
    printf 'new-partition: %s\n' "$*" >&2
    exit 1
}

[ -n "$name" ] || die "which name? make new-partition NAME=hello"
case $name in
[!a-z]* | *[!a-z0-9_]*) die "NAME='$name' must be a C identifier in lower case: a letter, then letters, digits and _" ;;
esac
[ "${#name}" -le $longest ] || die "NAME='$name' has ${#name} characters; at most $longest"
[ ! -e "partitions/$name" ] || die "partitions/$name is there already"
[ -z "${TAKEN:-}" ] || die "NAME='$name' is taken: the build has $TAKEN"

# words UUID: as FF-A passes it, four little-endian words
words() {
    echo "$1" | tr -d - | sed 's/\(..\)\(..\)\(..\)\(..\)/0x\4\3\2\1 /g; s/ $//; s/ /, /g'
}

# 16 random bytes as a UUID of version 4 (RFC 9562)
fresh_uuid() {
    hex=$(od -An -v -N16 -tx1 /dev/urandom | tr -d ' \n')
    [ ${#hex} -eq 32 ] || die "/dev/urandom gave no random bytes"
    variant=$(echo "$hex" | cut -c 17 | tr 0123456789abcdef 89ab89ab89ab89ab)
    echo "$hex" | sed "s/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.*\)/\1-\2-4\3-$variant\4-\5/"
}

next_boot_order() {
    for manifest in partitions/[!_]*/manifest.dts; do
        [ ! -f "$manifest" ] || sed -n 's/^ *boot-order = <\([0-9]*\)>.*/\1/p' "$manifest"
    done | sort -n | tail -n 1 | awk '{ last = $1 } END { print NR == 0 ? 0 : last + 1 }'
}

old_uuid=$(sed -n 's/^template_UUID := //p' $template/template.mk)
uuid=$(fresh_uuid)
for text in "$old_uuid" "$(words "$old_uuid")"; do
    grep -qF "$text" $template/template_proto.h || die "$template/template_proto.h lacks the UUID $text"
done
capitals=$(echo "$name" | tr a-z A-Z)
new=partitions/.new-$$
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$new" "$new/tests"
for file in manifest.dts template.mk template_proto.h template_service.h template_service.c template_sp.c \
    tests/test_template_service.c tests/fuzz_template.c tests/target_template.c; do
    sed -e "s/$old_uuid/$uuid/g" -e "s/$(words "$old_uuid")/$(words "$uuid")/g" \
        -e "s/boot-order = <[0-9]*>/boot-order = <$(next_boot_order)>/" \
        -e "s,$template/,partitions/template/,g" -e "s/template/$name/g" -e "s/TEMPLATE/$capitals/g" \
        "$template/$file" >"$new/$(echo "$file" | sed "s/template/$name/g")"
done
mv "$new" "partitions/$name"

cat <<END_OF_TEXT
partitions/$name is a partition that builds and works. What is what, and how to go on, tells partitions/README.md.
  make test-partition NAME=$name
      its unit test and fuzzer on the host, its target test in QEMU
  make run-demo SPS="${SPS:-echo storage crypto attest ftpm} $name"
      a machine with it: "$name: ready" on the console
END_OF_TEXT
