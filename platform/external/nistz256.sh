#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# nistz256.sh LIBCRYPTO.A OBJECT: OpenSSL's assembly for P-256 (field, order), without its 148 KiB table of multiples of the
# generator, which only signing would need. Called by make; CROSS (environment) is the prefix of the binutils.
#
# The archive's member is one block: the table, constants, code. It is linked alone, so that all references inside are
# settled and there are none to the outside; then the table is cut off in front. What is left may be anywhere on a page
# boundary. Every assumption is checked: an OpenSSL that is laid out differently is refused, not cut.
set -eu

member=libcrypto-lib-ecp_nistz256-armv8.o
table_size=$((37 * 64 * 64)) # 37 windows of 64 points of two 32-byte coordinates; a multiple of the page size
prime=ffffffffffffffffffffffff00000000000000000000000001000000ffffffff # p, little-endian: the first constant
functions='ecp_nistz256_mul_mont ecp_nistz256_sqr_mont ecp_nistz256_add ecp_nistz256_sub ecp_nistz256_ord_mul_mont
ecp_nistz256_ord_sqr_mont'

die() {
    printf 'nistz256.sh: %s\n' "$*" >&2
    exit 1
}

archive=$1
object=$2
work=$object.work
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

"${CROSS}ar" p "$archive" "$member" >"$work/member.o" || die "$archive: has no member $member"
cat >"$work/script.ld" <<END
SECTIONS {
    .all 0 : { *(.rodata) *(.text) }
    .rw : { *(.data) *(.bss) }
    /DISCARD/ : { *(.note*) *(.comment) }
}
ASSERT(SIZEOF(.rw) == 0, "has writable data")
END
"${CROSS}ld" --orphan-handling=error --no-warn-rwx-segments -T "$work/script.ld" -o "$work/linked" "$work/member.o" ||
    die "$archive($member): must be constants and code that need nothing else"
"${CROSS}nm" "$work/linked" | grep -qx '0* [A-Za-z] ecp_nistz256_precomputed' || die "$archive($member): must begin with its table"
"${CROSS}objcopy" -O binary "$work/linked" "$work/all"
tail -c +$((table_size + 1)) "$work/all" >"$work/code"
[ "$(od -An -v -tx1 -N32 "$work/code" | tr -d ' \n')" = "$prime" ] ||
    die "$archive($member): must have the prime of P-256 at byte $table_size, behind the table"

symbols='--add-symbol ecp_nistz256_constants=.text.ecp_nistz256:0,local'
for name in $functions; do
    address=$("${CROSS}nm" "$work/linked" | awk -v name="$name" '$2 == "T" && $3 == name { print $1 }')
    [ -n "$address" ] || die "$archive($member): has no function $name"
    offset=$((0x$address - table_size))
    [ "$offset" -gt 0 ] || die "$archive($member): $name must be behind the table"
    symbols="$symbols --add-symbol $name=.text.ecp_nistz256:$offset,function,global"
done
(cd "$work" && "${CROSS}objcopy" -I binary -O elf64-littleaarch64 --set-section-alignment .data=4096 \
    --rename-section .data=.text.ecp_nistz256,alloc,load,readonly,code,contents \
    --strip-symbol _binary_code_start --strip-symbol _binary_code_end --strip-symbol _binary_code_size \
    $symbols code object)
mv "$work/object" "$object"
