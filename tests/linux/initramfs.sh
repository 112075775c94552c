#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# initramfs.sh NEWC FETCHED SERIES CALLER MODULE...: prints the guest's initramfs, compressed: busybox, rngtest, our init, self-test
# and program CALLER, the kernel's and our modules. NEWC: the archiver (tests/linux/newc.c); FETCHED/SERIES, FETCHED/guest: platform/external/fetch.sh
# made them. The same files give the same bytes.
set -eu
newc=$1
fetched=$2
series=$3
caller=$4
shift 4
here=$(dirname "$0")
modules=lib/modules/$(cat "$fetched/$series/version")

{
    for dir in bin dev lib lib/modules "$modules" proc root sys tmp; do
        echo "dir $dir 755"
    done
    echo 'node dev/console 600 5 1'
    echo 'node dev/null 666 1 3'
    echo "file bin/busybox 755 $fetched/guest/busybox"
    echo 'link bin/sh busybox'
    echo "file bin/caller 755 $caller"
    echo "file bin/rngtest 755 $fetched/guest/rngtest"
    echo "file lib/libc.so.6 755 $fetched/guest/libc.so.6"
    echo "file lib/ld-linux-aarch64.so.1 755 $fetched/guest/ld-linux-aarch64.so.1"
    echo "file init 755 $here/init.sh"
    echo "file selftest 755 $here/selftest.sh"
    for module in "$fetched/$series"/*.ko "$@"; do
        echo "file $modules/$(basename "$module") 644 $module"
    done
} | "$newc" | gzip -9n
