// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-ins for what boot code calls: console, boot storage, board. Used by the tests of
// platform/lib/boot, platform/common and bl2.
#ifndef BOOT_SUPPORT_H
#define BOOT_SUPPORT_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#define SUPPORT_STORAGE_SIZE 0x40000
#define SUPPORT_FIP_OFFSET 0x1000 // in the storage

extern uint8_t support_storage[SUPPORT_STORAGE_SIZE];
extern size_t support_reads;        // plat_storage_read calls so far
extern size_t support_fail_read;    // number of the call that fails with ERR_IO; 0: none
extern char support_last_line[240]; // of the console, of any level
extern size_t support_errors;       // lines of level error

// Where plat_fatal() goes, with 1, instead of failing the test
extern jmp_buf *support_fatal;

// Clears all of the above.
void support_reset(void);

// One image of a FIP to make
struct support_image {
    const uint8_t *uuid;
    const void *data;
    uint64_t size;
};

// Writes a FIP with `images` into the storage window, by the layout of image_format.h.
void support_make_fip(const struct support_image *images, size_t count);

#endif
