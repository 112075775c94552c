#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# initramfs.sh NEWC READELF KERNEL GUEST FILE...: prints the guest's initramfs, compressed. NEWC: the archiver (tests/linux/newc.c);
# KERNEL, GUEST: folders of platform/external/fetch.sh, a kernel's (its modules and version) and that of Debian's programs; FILE: ours:
# a kernel module (….ko), a shared library (….so.N), or a program. Programs and libraries may be linked dynamically: every
# library that they need comes with them, from GUEST or from among FILEs. The same files give the same bytes.
set -eu
newc=$1
readelf=$2
kernel=$3
guest=$4
shift 4
here=$(dirname "$0")
modules=lib/modules/$(cat "$kernel/version")

die() {
    echo "initramfs.sh: $*" >&2
    exit 1
}

# library NAME: where it is
library() {
    for found in "$guest/lib/aarch64-linux-gnu/$1" "$guest/usr/lib/aarch64-linux-gnu/$1" $ours; do
        [ "${found##*/}" != "$1" ] || [ ! -f "$found" ] || return 0
    done
    die "no package of \$LINUX_GUEST (platform/external/fetch.sh) brings the library $1"
}

# What an ELF file needs: its libraries, and its dynamic linker
needed() {
    "$readelf" -ld "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s,.*program interpreter: .*/\([^]]*\)\].*,\1,p'
}

# elf MODE PATH SOURCE: an entry, and those of the libraries that it needs and that have none yet
known=
elf() {
    echo "file $2 $1 $3"
    queue="$queue $(needed "$3" | tr '\n' ' ')"
}

libraries() {
    while [ -n "${queue# }" ]; do
        name=${queue# }
        name=${name%% *}
        queue=${queue# }
        queue=${queue#"$name"}
        while [ "${queue# }" != "$queue" ]; do queue=${queue# }; done
        case " $known " in *" $name "*) continue ;; esac
        known="$known $name"
        library "$name"
        elf 755 "lib/$name" "$found"
    done
}

list() {
    for dir in bin dev etc lib lib/modules "$modules" proc root run sys test tmp var; do
        echo "dir $dir 755"
    done
    echo 'node dev/console 600 5 1'
    echo 'node dev/null 666 1 3'
    echo "file bin/busybox 755 $guest/bin/busybox"
    echo 'link bin/sh busybox'
    echo "file init 755 $here/init.sh"
    echo "file selftest 755 $here/selftest.sh"
    echo "file test/check.sh 755 $here/check.sh"
    for name in "$here"/*_test.sh; do
        name=${name##*/}
        echo "file test/${name%_test.sh} 755 $here/$name"
    done
    queue=
    elf 755 bin/rngtest "$guest/usr/bin/rngtest"
    elf 755 bin/tpm2 "$guest/usr/bin/tpm2"
    for tool in "$guest"/usr/bin/tpm2_*; do
        echo "link bin/${tool##*/} tpm2"
    done
    elf 755 lib/libtss2-tcti-device.so.0 "$guest/usr/lib/aarch64-linux-gnu/libtss2-tcti-device.so.0"
    for file in "$kernel"/*.ko "$@"; do
        case $file in
        */\*.ko) ;; # a kernel that has all built in
        *.ko) echo "file $modules/${file##*/} 644 $file" ;;
        *.so.*) ;; # if something needs it
        *) elf 755 "bin/${file##*/}" "$file" ;;
        esac
    done
    libraries
}

ours=
for file in "$@"; do
    case $file in *.so.*) ours="$ours $file" ;; esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
list "$@" >"$work/list"
"$newc" <"$work/list" >"$work/archive"
gzip -9n <"$work/archive"
