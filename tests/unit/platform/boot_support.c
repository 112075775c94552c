// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-ins for what boot code calls; see boot_support.h.
#include "tests/unit/platform/boot_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "image_format.h"
#include "log.h"
#include "platform.h"

uint8_t support_storage[SUPPORT_STORAGE_SIZE];
size_t support_reads;
size_t support_fail_read;
char support_last_line[240];
size_t support_errors;
jmp_buf *support_fatal;

static const uint64_t mpidrs[] = { 0x0, 0x1, 0x100, 0x101 };

const struct board board = {
    .name = "host",
    .regions = { { "secure RAM", 0x0e000000, 0x01000000, REGION_SECURE_RAM },
                 { "DRAM", 0x40000000, 0x100000000, REGION_NS_RAM } },
    .core_mpidrs = mpidrs,
    .core_max = 4,
    .idle_states = { { "nap", 0x00000000, 1, 2, 3 }, { "sleep", 0x00010000, 40, 100, 150 } },
    .storage_fip_offset = SUPPORT_FIP_OFFSET,
    .storage_fip_size = SUPPORT_STORAGE_SIZE - SUPPORT_FIP_OFFSET,
};

// Of platform/lib/string.h, which the host's C library does not have
void memory_wipe(void *to, size_t size);

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

void log_line(int level, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(support_last_line, sizeof(support_last_line), format, args);
    va_end(args);
    support_errors += level == LOG_ERROR;
}

int plat_storage_read(uint64_t offset, void *buf, size_t len)
{
    support_reads++;
    if (support_reads == support_fail_read) {
        memset(buf, 0x5a, len / 2); // a device that fails half-way
        return ERR_IO;
    }
    if (offset > sizeof(support_storage) || len > sizeof(support_storage) - offset) {
        return ERR_RANGE;
    }
    memcpy(buf, support_storage + offset, len);
    return ERR_NONE;
}

void plat_fatal(void)
{
    if (support_fatal != NULL) {
        longjmp(*support_fatal, 1);
    }
    fail_msg("plat_fatal: %s", support_last_line);
    __builtin_unreachable();
}

void support_reset(void)
{
    memset(support_storage, 0xff, sizeof(support_storage));
    memset(support_last_line, 0, sizeof(support_last_line));
    support_reads = 0;
    support_fail_read = 0;
    support_errors = 0;
    support_fatal = NULL;
}

void support_make_fip(const struct support_image *images, size_t count)
{
    uint8_t *base = support_storage + SUPPORT_FIP_OFFSET;
    struct fip_header_wire header = { FIP_NAME, FIP_SERIAL, 0 };
    struct fip_entry_wire entry = { .offset = sizeof(header) + (count + 1) * sizeof(entry) };
    uint8_t *place = base + sizeof(header);

    memcpy(base, &header, sizeof(header));
    for (size_t i = 0; i < count; i++, place += sizeof(entry)) {
        memcpy(entry.uuid, images[i].uuid, sizeof(entry.uuid));
        entry.size = images[i].size;
        memcpy(place, &entry, sizeof(entry));
        memcpy(base + entry.offset, images[i].data, images[i].size);
        entry.offset += images[i].size;
    }
    memset(entry.uuid, 0, sizeof(entry.uuid));
    entry.size = 0;
    memcpy(place, &entry, sizeof(entry));
}
