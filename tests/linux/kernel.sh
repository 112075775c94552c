#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# kernel.sh SOURCE WORK DRIVER OUT: builds Debian's kernel of SOURCE (platform/external/fetch.sh: linux-source-….tar.xz) with DRIVER (a folder
# with tessera.ko's sources, ffa/ffa.mk) in its tree, in WORK, and puts Image, version and modules into OUT. What is built in: kernel.config;
# with DEBUG=1 it is another kernel, in a folder of its own: kernel_debug.config on top. Called by `make kernel`; CROSS is the target's
# compilers' prefix.
set -eu
source=$1 work=$2 driver=$3 out=$4
here=$(cd "$(dirname "$0")" && pwd)

die() {
    echo "kernel.sh: $*" >&2
    exit 1
}

# Unpacked once, as the archive is
archive=$(echo "$source"/linux-source-*.tar.xz)
[ -f "$archive" ] || die "$source: there is no linux-source-*.tar.xz"
if [ ! -e "$work/source/.complete" ] || [ "$archive" -nt "$work/source/.complete" ]; then
    rm -rf "$work"
    mkdir -p "$work/source"
    tar -xf "$archive" -C "$work/source" --strip-components=1
    touch "$work/source/.complete"
fi
firmware=$work/source/drivers/firmware # as docs/linux.md tells a maker of kernels
tree=$firmware/tessera
mkdir -p "$tree"
# Only what is new, so that only that is compiled
(cd "$driver" && find . \( -name '*.[ch]' ! -name '*.mod.c' \) -o -name Kbuild -o -name Kconfig) | while read -r file; do
    mkdir -p "$(dirname "$tree/$file")"
    cmp -s "$driver/$file" "$tree/$file" || cp "$driver/$file" "$tree/$file"
done
grep -q 'tessera/$' "$firmware/Makefile" || echo 'obj-$(CONFIG_TESSERA) += tessera/' >>"$firmware/Makefile"
grep -q 'firmware/tessera' "$firmware/Kconfig" || sed -i 's,^endmenu$,source "drivers/firmware/tessera/Kconfig"\n&,' "$firmware/Kconfig"

wanted=$here/kernel.config
build=$work/build
if [ "${DEBUG:-0}" != 0 ]; then
    wanted="$wanted $here/kernel_debug.config"
    build=$work/build-debug
fi
mkdir -p "$build"
build=$(cd "$build" && pwd -P)
kernel_make() {
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$work/source" O="$build" ARCH=arm64 CROSS_COMPILE="${CROSS:-aarch64-linux-gnu-}" \
        KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=tessera KBUILD_BUILD_HOST=tessera "$@"
}
kernel_make allnoconfig >/dev/null
# shellcheck disable=SC2086
cat $wanted >>"$build/.config"
kernel_make olddefconfig >/dev/null 2>&1
# What is asked for and not possible is left out without a word. What comes last holds
# shellcheck disable=SC2086
cat $wanted | awk -F= '/^CONFIG_/ { last[$1] = $0 } END { for (name in last) print last[name] }' >"$build/wanted"
while read -r line; do
    name=${line%%=*}
    case $line in
    *=n) ! grep -q "^$name=" "$build/.config" || die "$name is there, though it must not be" ;;
    *) grep -qx "$line" "$build/.config" || die "$line: this kernel has no such option, or one that it depends on is missing" ;;
    esac
done <"$build/wanted"
echo "  KERNEL $(basename "$archive")" # a quarter of an hour on two cores, twice that with DEBUG=1
kernel_make -j"$(nproc)" Image modules
mkdir -p "$out"
rm -f "$out"/*.ko
cp "$build/arch/arm64/boot/Image" "$out/Image"
find "$build/drivers" -name '*.ko' -exec cp {} "$out" \;
kernel_make kernelrelease >"$out/version"
