// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the boot information decoder of the partitions. An input with an odd first
// byte is the page itself; any other describes a header and descriptors. The result is compared
// with a second reading of the blob that knows only the rules of sp_boot.h, and must not depend on
// what lies behind the blob in the page.
#include "sp_boot.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE sizeof(struct ffa_boot_info_header)
#define DESC_SIZE sizeof(struct ffa_boot_info_desc)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Where the next bytes of the input come from; zeros after its end.
struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t next(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

// `many`: good regions, `count` with this one, and the secrets behind them.
static void make_desc(struct ffa_boot_info_desc *desc, struct input *input, bool many,
                      uint32_t count)
{
    static const uint8_t types[] = { TESSERA_BOOT_SEED,     TESSERA_BOOT_REGION,
                                     TESSERA_BOOT_HWCAP,    TESSERA_BOOT_HEAP,
                                     TESSERA_BOOT_REGION,   TESSERA_BOOT_HWCAP2,
                                     FFA_BOOT_INFO_STD_FDT, TESSERA_BOOT_SEALING_KEY,
                                     TESSERA_BOOT_IDENTITY, TESSERA_BOOT_EVENT_LOG,
                                     TESSERA_BOOT_FACTS,    TESSERA_BOOT_OPTIONS };
    static const uint8_t secrets[] = { 0, TESSERA_BOOT_SEED, TESSERA_BOOT_SEALING_KEY,
                                       TESSERA_BOOT_IDENTITY };
    static const uint32_t sizes[] = { 0, 8, 9, 31, 32, 63, 64, 0x1000, 0xffffffff };
    static const uint64_t contents[] = {
        0, 0x1000, 0x20000, UINT64_MAX - 0xfff, UINT64_MAX - 63, UINT64_MAX
    };
    uint8_t kind = next(input);
    uint8_t fault = next(input);

    kind = many ? (uint8_t)(1 + sizeof(types) * (count % 20)) : kind;
    fault = many ? 0 : fault;
    memset(desc, 0, sizeof(*desc));
    desc->type =
        count <= 3 && (many || kind % 4 != 0) ? secrets[count] : types[kind % sizeof(types)];
    desc->name[0] = (char)('a' + kind / sizeof(types) % 12);
    desc->size = desc->type == TESSERA_BOOT_SEED ? 64
                 : desc->type == TESSERA_BOOT_SEALING_KEY || desc->type == TESSERA_BOOT_IDENTITY
                     ? 32
                 : desc->type == TESSERA_BOOT_FACTS ? 152
                                                    : 8;
    desc->contents = 0x4000 + 0x1000ull * kind;
    if (desc->type == TESSERA_BOOT_HWCAP || desc->type == TESSERA_BOOT_HWCAP2 ||
        desc->type == TESSERA_BOOT_OPTIONS) {
        desc->flags = FFA_BOOT_INFO_CONTENTS_VALUE;
    }
    switch (fault % 32) { // most have none
    case 1:
        desc->flags ^= (uint16_t)(1u << next(input) % 16);
        break;
    case 2:
        desc->reserved = next(input);
        break;
    case 3:
        desc->size = sizes[next(input) % (sizeof(sizes) / sizeof(sizes[0]))];
        break;
    case 4:
        desc->contents = contents[next(input) % (sizeof(contents) / sizeof(contents[0]))];
        break;
    case 5:
        memset(desc->name, 'n', sizeof(desc->name) - next(input) % 2);
        break;
    default:
        break;
    }
}

static void make_page(uint8_t *page, struct input *input)
{
    uint32_t count = next(input) % 24;
    struct ffa_boot_info_header header = {
        .signature = FFA_BOOT_INFO_SIGNATURE,
        .version = 0x10000 | next(input) % 4u,
        .blob_size = (uint32_t)(HEADER_SIZE + count * DESC_SIZE),
        .desc_size = DESC_SIZE,
        .desc_count = count,
        .desc_offset = HEADER_SIZE,
    };
    uint8_t fault = next(input);

    if (fault % 8 == 1) { // a field of the header wrong, by a little or by much
        uint32_t words[HEADER_SIZE / 4];

        memcpy(words, &header, sizeof(words));
        words[fault / 8 % 8] += (uint32_t)(int32_t)(int8_t)next(input) << next(input) % 32;
        memcpy(&header, words, sizeof(words));
    } else if (fault % 8 == 2) { // descriptors up to the end of the page, and behind it
        header.blob_size = SP_BOOT_BLOB_MAX;
        header.desc_offset = (uint32_t)(SP_BOOT_BLOB_MAX - DESC_SIZE * (count - fault / 8 % 2));
    }
    memcpy(page, &header, sizeof(header));
    for (size_t at = header.desc_offset; at <= SP_BOOT_BLOB_MAX - DESC_SIZE && count > 0;
         at += DESC_SIZE, count--) {
        struct ffa_boot_info_desc desc;

        make_desc(&desc, input, fault % 8 == 3, count);
        memcpy(page + at, &desc, sizeof(desc));
    }
}

static bool header_good(const struct ffa_boot_info_header *header)
{
    uint64_t end = header->desc_offset + (uint64_t)header->desc_count * DESC_SIZE;

    return header->signature == 0x0ffa && header->version >= 0x10000 && header->version < 0x20000 &&
           header->reserved == 0 && header->desc_size == 32 && header->desc_offset >= 32 &&
           header->desc_offset % 8 == 0 && header->desc_offset <= header->blob_size &&
           end <= header->blob_size && header->blob_size <= 4096;
}

static bool address_good(const struct ffa_boot_info_desc *desc)
{
    unsigned __int128 end = (unsigned __int128)desc->contents + desc->size;

    return (desc->flags >> 2 & 3) == 0 && desc->contents != 0 && desc->size != 0 &&
           end <= UINT64_MAX;
}

static bool region_read(const struct ffa_boot_info_desc *desc, struct sp_boot *boot)
{
    if (!address_good(desc) || strnlen(desc->name, 16) == 16 || boot->region_count == 12) {
        return false;
    }
    for (uint32_t i = 0; i < boot->region_count; i++) {
        if (strncmp(boot->regions[i].name, desc->name, 16) == 0) {
            return false;
        }
    }
    struct sp_region *region = &boot->regions[boot->region_count++];

    memcpy(region->name, desc->name, 16);
    region->base = (void *)(uintptr_t)desc->contents;
    region->size = desc->size;
    return true;
}

// One descriptor by the rules; `times`: how often each type was there.
static bool desc_read(const struct ffa_boot_info_desc *desc, unsigned int times[256],
                      struct sp_boot *boot)
{
    bool first = times[desc->type]++ == 0;
    bool value = (desc->flags >> 2 & 3) == 1 && desc->size <= 8;

    if ((desc->flags & ~0xdu) != 0 || desc->reserved != 0) {
        return false;
    }
    switch (desc->type) {
    case 0x81:
        boot->seed = desc->contents;
        return first && address_good(desc) && desc->size == 64;
    case 0x82:
        return region_read(desc, boot);
    case 0x83:
        boot->hwcap = desc->contents;
        return first && value;
    case 0x84:
        boot->heap_base = desc->contents;
        boot->heap_size = desc->size;
        return first && address_good(desc);
    case 0x86:
        boot->sealing_key = desc->contents;
        return first && address_good(desc) && desc->size == 32;
    case 0x87:
        boot->identity = desc->contents;
        return first && address_good(desc) && desc->size == 32;
    case 0x85:
        boot->hwcap2 = desc->contents;
        return first && value;
    case 0x88:
        boot->event_log = (struct sp_event_log){ (void *)(uintptr_t)desc->contents, desc->size };
        return first && address_good(desc);
    case 0x89:
        boot->facts = desc->contents;
        return first && address_good(desc) && desc->size == 152 && desc->contents % 4 == 0;
    case 0x8a:
        boot->options = (uint32_t)desc->contents;
        return first && value && desc->contents <= UINT32_MAX;
    default:
        return true;
    }
}

// Whether the page holds a good blob, and what it says.
static bool page_read(const uint8_t *page, struct sp_boot *boot)
{
    unsigned int times[256] = { 0 };
    struct ffa_boot_info_header header;

    memset(boot, 0, sizeof(*boot));
    memcpy(&header, page, sizeof(header));
    if (!header_good(&header)) {
        return false;
    }
    for (uint32_t i = 0; i < header.desc_count; i++) {
        struct ffa_boot_info_desc desc;

        memcpy(&desc, page + header.desc_offset + i * DESC_SIZE, sizeof(desc));
        if (!desc_read(&desc, times, boot)) {
            return false;
        }
    }
    return times[0x81] == 1 && times[0x86] == 1 && times[0x87] == 1;
}

static bool boot_equal(const struct sp_boot *a, const struct sp_boot *b)
{
    bool equal = a->seed == b->seed && a->sealing_key == b->sealing_key &&
                 a->identity == b->identity && a->heap_base == b->heap_base &&
                 a->heap_size == b->heap_size && a->hwcap == b->hwcap && a->hwcap2 == b->hwcap2 &&
                 a->event_log.bytes == b->event_log.bytes &&
                 a->event_log.size == b->event_log.size && a->facts == b->facts &&
                 a->options == b->options && a->region_count == b->region_count &&
                 a->region_count <= SP_BOOT_MAX_REGIONS;

    for (uint32_t i = 0; equal && i < a->region_count; i++) {
        equal = memcmp(a->regions[i].name, b->regions[i].name, 16) == 0 &&
                a->regions[i].base == b->regions[i].base &&
                a->regions[i].size == b->regions[i].size;
    }
    return equal;
}

static void check_page(const uint8_t *page)
{
    struct sp_boot wanted;
    struct sp_boot boot;
    struct sp_boot untouched;
    bool good = page_read(page, &wanted);
    int result;

    memset(&boot, 0x5a, sizeof(boot));
    untouched = boot;
    result = sp_boot_decode(page, &boot);
    expect((result == 0) == good);
    if (good) {
        expect(boot_equal(&boot, &wanted));
    } else {
        // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): no byte was written, padding included
        expect(memcmp(&boot, &untouched, sizeof(boot)) == 0);
        expect(result == ERR_INVALID || result == ERR_VERSION || result == ERR_RANGE ||
               result == ERR_DUPLICATE || result == ERR_NO_MEMORY || result == ERR_NOT_FOUND);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = { data, size };
    bool whole = (next(&input) & 1) != 0;
    uint8_t *page = calloc(1, SP_BOOT_BLOB_MAX); // of exactly that size: ASan sees the byte behind
    uint32_t blob_size;

    expect(page != NULL);
    if (whole) {
        memcpy(page, input.at, input.left < SP_BOOT_BLOB_MAX ? input.left : SP_BOOT_BLOB_MAX);
    } else {
        make_page(page, &input);
    }
    check_page(page);
    memcpy(&blob_size, page + offsetof(struct ffa_boot_info_header, blob_size), sizeof(blob_size));
    if (blob_size >= HEADER_SIZE && blob_size < SP_BOOT_BLOB_MAX) { // nothing behind it counts
        memset(page + blob_size, 0xff, SP_BOOT_BLOB_MAX - blob_size);
        check_page(page);
    }
    free(page);
    return 0;
}
