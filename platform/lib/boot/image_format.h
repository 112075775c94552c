// SPDX-License-Identifier: BSD-3-Clause
//
// Byte layouts of what the boot storage holds: the firmware image package (FIP, TF-A's format) and
// the secure-partition package (SPKG). Every number is little-endian. The same header serves BL1,
// BL2, the SPMC, fip-tool, the tests and the fuzzers; nothing here is trusted, the rules are in
// fip.c and sp_pkg.c.
#ifndef IMAGE_FORMAT_H
#define IMAGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_UUID_SIZE 16 // raw bytes, in the order in which fiptool prints them

/*
 * FIP
 *
 *   0          ┌──────────────────────────┐
 *              │ struct fip_header_wire   │ 16
 *   16         ├──────────────────────────┤
 *              │ struct fip_entry_wire    │ 40 each, UUID not zero
 *              │ …                        │
 *              │ terminator, UUID zero    │ 40, its offset = end of the FIP, its size = 0
 *   toc end    ├──────────────────────────┤
 *              │ (gap: unused slots,      │
 *              │  alignment), images, …   │
 *   fip end    └──────────────────────────┘
 */
#define FIP_NAME 0xaa640001u
#define FIP_SERIAL 0x12345678u  // what fiptool writes; readers ask only for "not zero"
#define FIP_PLAT_FLAGS_SHIFT 32 // bits 47:32 of the header's flags belong to the platform
#define FIP_PLAT_FLAGS_MASK UINT64_C(0xffff)

struct fip_header_wire {
    uint32_t name;
    uint32_t serial;
    uint64_t flags;
};
_Static_assert(sizeof(struct fip_header_wire) == 16, "FIP header");
_Static_assert(offsetof(struct fip_header_wire, serial) == 4, "FIP header: serial number");
_Static_assert(offsetof(struct fip_header_wire, flags) == 8, "FIP header: flags");

struct fip_entry_wire {
    uint8_t uuid[IMAGE_UUID_SIZE];
    uint64_t offset; // from the start of the FIP
    uint64_t size;
    uint64_t flags; // reserved
};
_Static_assert(sizeof(struct fip_entry_wire) == 40, "FIP entry");
_Static_assert(offsetof(struct fip_entry_wire, offset) == 16, "FIP entry: offset");
_Static_assert(offsetof(struct fip_entry_wire, size) == 24, "FIP entry: size");
_Static_assert(offsetof(struct fip_entry_wire, flags) == 32, "FIP entry: flags");

/*
 * SPKG: header at 0, manifest (device tree) at pm_offset, partition image at img_offset.
 * Version 1 has the manifest right behind the header, version 2 on a page of its own.
 */
#define SP_PKG_MAGIC 0x474b5053u // "SPKG"
#define SP_PKG_VERSION_1 1u
#define SP_PKG_VERSION_2 2u
#define SP_PKG_PAGE 0x1000u
#define SP_PKG_MANIFEST_OFFSET 0x1000u // where version 2 puts it
#define SP_PKG_IMAGE_OFFSET 0x4000u // where version 2 puts it, unless the manifest reaches further

struct sp_pkg_wire {
    uint32_t magic;
    uint32_t version;
    uint32_t pm_offset;
    uint32_t pm_size;
    uint32_t img_offset;
    uint32_t img_size;
};
_Static_assert(sizeof(struct sp_pkg_wire) == 24, "SPKG header");
_Static_assert(offsetof(struct sp_pkg_wire, version) == 4, "SPKG header: version");
_Static_assert(offsetof(struct sp_pkg_wire, pm_offset) == 8, "SPKG header: pm_offset");
_Static_assert(offsetof(struct sp_pkg_wire, pm_size) == 12, "SPKG header: pm_size");
_Static_assert(offsetof(struct sp_pkg_wire, img_offset) == 16, "SPKG header: img_offset");
_Static_assert(offsetof(struct sp_pkg_wire, img_size) == 20, "SPKG header: img_size");

// Why a reader refused an image: filled by fip_open, fip_find, sp_pkg_decode and elf_image_decode
// when they fail, so that the boot console and fip-tool can name the field and both numbers. The
// strings are constants.
struct image_fault {
    int rule;       // enum fip_rule, sp_pkg_rule or elf_image_rule
    uint32_t entry; // which entry of the table that has `field` (FIP: its table of contents), from
                    // 0; IMAGE_FAULT_NO_ENTRY: the fault is not in an entry
    const char *field; // name of the field, as in this header
    const char *text;  // the rule that was broken, "must …"
    uint64_t found;
    uint64_t expected; // the value, or the limit, that the rule names
};
#define IMAGE_FAULT_NO_ENTRY UINT32_MAX

// Little-endian access to bytes of any alignment on any host; the compiler makes one load or store
// of it.
static inline uint32_t image_get_le32(const void *from)
{
    const uint8_t *byte = from;

    return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
           (uint32_t)byte[3] << 24;
}

static inline uint64_t image_get_le64(const void *from)
{
    const uint8_t *byte = from;

    return (uint64_t)image_get_le32(byte) | (uint64_t)image_get_le32(byte + 4) << 32;
}

static inline void image_put_le32(void *to, uint32_t value)
{
    uint8_t *byte = to;

    byte[0] = (uint8_t)value;
    byte[1] = (uint8_t)(value >> 8);
    byte[2] = (uint8_t)(value >> 16);
    byte[3] = (uint8_t)(value >> 24);
}

static inline void image_put_le64(void *to, uint64_t value)
{
    uint8_t *byte = to;

    image_put_le32(byte, (uint32_t)value);
    image_put_le32(byte + 4, (uint32_t)(value >> 32));
}

static inline bool image_uuid_equal(const uint8_t *a, const uint8_t *b)
{
    return image_get_le64(a) == image_get_le64(b) && image_get_le64(a + 8) == image_get_le64(b + 8);
}

static inline bool image_uuid_is_nil(const uint8_t *uuid)
{
    return (image_get_le64(uuid) | image_get_le64(uuid + 8)) == 0;
}

#endif
