// SPDX-License-Identifier: BSD-3-Clause
//
// Reader of the header of a secure-partition package (SPKG, versions 1 and 2). The SPMC, fip-tool,
// the unit tests and the fuzzer use it. Pure: bytes in, struct or error out; trusts no byte of the
// header.
#ifndef SP_PKG_H
#define SP_PKG_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "image_format.h"

#define SP_PKG_HEADER_SIZE sizeof(struct sp_pkg_wire)

// The rules of sp_pkg_decode, in the order in which they are checked; `found` and `expected` of the
// fault behind each.
enum sp_pkg_rule {
    SP_PKG_RULE_NONE,
    SP_PKG_RULE_HEADER,       // header inside the package: bytes there, SP_PKG_HEADER_SIZE
    SP_PKG_RULE_MAGIC,        // value, SP_PKG_MAGIC
    SP_PKG_RULE_VERSION,      // 1 or 2: value, 2
    SP_PKG_RULE_PM_OFFSET_V1, // right behind the header: value, SP_PKG_HEADER_SIZE
    SP_PKG_RULE_PM_OFFSET_V2, // on a page, not the header's: value, SP_PKG_PAGE
    SP_PKG_RULE_PM_EMPTY,     // manifest size not zero: 0, 1
    SP_PKG_RULE_PM_RANGE,     // manifest start inside the package: value, package size
    SP_PKG_RULE_PM_SIZE,      // manifest end inside the package: size, most that fits
    SP_PKG_RULE_IMG_ALIGN,    // image on a page: value, SP_PKG_PAGE
    SP_PKG_RULE_IMG_OVERLAP,  // image behind the manifest: offset, end of the manifest
    SP_PKG_RULE_IMG_EMPTY,    // image size not zero: 0, 1
    SP_PKG_RULE_IMG_RANGE,    // image start inside the package: value, package size
    SP_PKG_RULE_IMG_SIZE,     // image end inside the package: size, most that fits
    SP_PKG_RULE_COUNT
};

// A checked header. Both parts are inside the package, not empty, do not share a byte with each
// other or the header.
struct sp_pkg {
    uint32_t version; // 1 or 2
    uint32_t manifest_offset;
    uint32_t manifest_size;
    uint32_t image_offset; // multiple of SP_PKG_PAGE
    uint32_t image_size;
};

// Decodes the header at `hdr`, of which `len` bytes (≥ SP_PKG_HEADER_SIZE to succeed) can be read;
// any alignment. `package_size` is the size of the whole package in bytes, as its container (the
// FIP entry) gives it. `pkg` is written only on success, `fault` (not NULL) only on failure;
// neither may overlap `hdr`. Returns 0; ERR_TRUNCATED (header cut off), ERR_INVALID (magic,
// offsets, alignment, empty part), ERR_VERSION, ERR_RANGE (part outside the package) or
// ERR_OVERLAP. Any EL, any state.
MUST_CHECK int sp_pkg_decode(const uint8_t *hdr, size_t len, size_t package_size,
                             struct sp_pkg *pkg, struct image_fault *fault);

#endif
