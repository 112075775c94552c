// SPDX-License-Identifier: BSD-3-Clause
//
// FIP reader. BL1, BL2 and fip-tool open a FIP with it; it trusts neither the storage nor a byte of
// the FIP, keeps no state of its own, allocates nothing and touches no hardware: storage is reached
// through the caller's read function.
#ifndef FIP_H
#define FIP_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "image_format.h"

// All well-known images and 8 partition packages fit with room to spare; BL1 keeps the table in its
// data.
#define FIP_MAX_ENTRIES 64

// The rules of fip_open and fip_find, in the order in which they are checked. `found` and
// `expected` of the fault are given behind each rule.
enum fip_rule {
    FIP_RULE_NONE,
    FIP_RULE_WINDOW,          // room for header and terminator: bytes there, bytes needed
    FIP_RULE_STORAGE,         // the read function failed: its result (negated), 0
    FIP_RULE_NAME,            // header name: value, FIP_NAME
    FIP_RULE_SERIAL,          // header serial number not zero: 0, FIP_SERIAL
    FIP_RULE_TOC_COUNT,       // FIP_MAX_ENTRIES entries at most: number read, the most
    FIP_RULE_TOC_TRUNCATED,   // a terminator before the window ends: end of the next entry, window
    FIP_RULE_END_SIZE,        // size of the terminator: value, 0
    FIP_RULE_END_TOC,         // FIP end not inside the ToC: value, end of the ToC
    FIP_RULE_END_WINDOW,      // FIP end not behind the window (truncated): value, window
    FIP_RULE_ENTRY_EMPTY,     // size not zero: 0, 1
    FIP_RULE_ENTRY_TOC,       // offset not inside the ToC: value, end of the ToC
    FIP_RULE_ENTRY_OFFSET,    // offset not behind the FIP end: value, FIP end
    FIP_RULE_ENTRY_SIZE,      // size not beyond the FIP end: value, most that fits
    FIP_RULE_ENTRY_DUPLICATE, // UUID once only: this entry, the earlier entry
    FIP_RULE_ENTRY_OVERLAP,   // no byte in two images: offset, end of the other one
    FIP_RULE_NO_SUCH_IMAGE,   // fip_find: 0, 0
    FIP_RULE_COUNT
};

// Copies `len` bytes at `offset` from the start of the FIP to `buf`. The reader asks only for
// [offset, offset + len) inside [0, size). Returns 0 or a negative ERR_*, which the reader hands
// on.
typedef int (*fip_read_fn)(void *ctx, uint64_t offset, void *buf, size_t len);

// Where the FIP is. `size` is the storage window the FIP may take (a flash region, a file), not its
// own size.
struct fip_io {
    fip_read_fn read;
    void *ctx; // handed to `read` as it is; owned by the caller, lives as long as the struct fip
    uint64_t size;
};

struct fip_entry {
    uint8_t uuid[IMAGE_UUID_SIZE];
    // From the start of the FIP. [offset, offset + size) is not empty, inside the FIP, behind the
    // ToC and in no other entry.
    uint64_t offset;
    uint64_t size;
    uint64_t flags; // reserved by the format; kept, not judged
};

// An opened FIP: a checked copy of its table of contents, so that later changes of the storage do
// not move an image. 2.6 KiB: keep it in .bss, not on a stack. Read-only for everybody but
// fip_open.
struct fip {
    struct fip_io io;
    uint64_t size;  // of the FIP, ≤ io.size
    uint64_t flags; // of the header; bits 47:32 = platform flags
    uint32_t serial;
    uint32_t entry_count;
    struct fip_entry entries[FIP_MAX_ENTRIES]; // in the order of the ToC
};

// Reads header and table of contents through `io`, each byte once, and checks every rule above.
// `io` is copied. `fault` (not NULL) is written only on failure. After a failure `fip` has no
// entries and finds nothing, but if `fault->entry` is an index, fip->entries[fault->entry].uuid
// still tells which image the fault is in. Returns 0; ERR_TRUNCATED (window, ToC or FIP end cut
// off), ERR_INVALID (name, serial, terminator, empty image), ERR_NO_MEMORY (too many entries),
// ERR_RANGE (entry outside the FIP), ERR_OVERLAP, ERR_DUPLICATE, or what `read` returned. Any EL;
// `io->read` decides what state it needs.
MUST_CHECK int fip_open(struct fip *fip, const struct fip_io *io, struct image_fault *fault);

// Finds the image with `uuid` (IMAGE_UUID_SIZE bytes) in an opened FIP and copies its entry to
// `entry`. `entry` is written only on success, `fault` (not NULL) only on failure. Returns 0 or
// ERR_NOT_FOUND.
MUST_CHECK int fip_find(const struct fip *fip, const uint8_t *uuid, struct fip_entry *entry,
                        struct image_fault *fault);

// Copies bytes [offset, offset + len) of the image `entry` (from fip_find or fip->entries) to `buf`
// with one read of the storage. `buf` must not overlap `fip`. Returns 0; ERR_RANGE (beyond the
// image, nothing is read) or what the read function returned: then `buf` may be partly written.
MUST_CHECK int fip_read(const struct fip *fip, const struct fip_entry *entry, uint64_t offset,
                        void *buf, size_t len);

#endif
