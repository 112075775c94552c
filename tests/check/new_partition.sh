#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# new_partition.sh: in the current tree, what `make new-partition` makes of partitions/_template keeps the rules of the house, whatever
# the length of the name: clang-format has nothing to change, and the other checks of files nothing to say.
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp .clang-format "$work" && mkdir "$work/partitions" && cp -R partitions/_template partitions/new_partition.sh "$work/partitions" || exit 1
cd "$work" || exit 1
status=0
for name in x hello sixteen_letters_; do
    NAME=$name TAKEN='' partitions/new_partition.sh >log 2>&1 || { cat log; exit 1; }
    "$here/format.sh" partitions/$name/*.[ch] partitions/$name/*/*.c || status=1
    "$here/tree.sh" $(find partitions/$name -type f) || status=1
done
exit $status
