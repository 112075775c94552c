// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the hand-off page: what handoff_check() says of a damaged one is compared
// with a second judge that counts in 128 bits, and handoff_take_entropy() with a ledger of bytes
// given out.
#include "handoff.h"

#include <stdlib.h>
#include <string.h>

#include "bits.h"

typedef unsigned __int128 wide;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Of platform/lib/string.h, which the host's C library does not have
void memory_wipe(void *to, size_t size);

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void make_good(struct handoff *handoff)
{
    memset(handoff, 0, sizeof(*handoff));
    handoff->magic = HANDOFF_MAGIC;
    handoff->version = HANDOFF_VERSION;
    handoff->size = sizeof(*handoff);
    handoff->board = (struct board_info){ 0x40000000, 0x20000000, 1, 0 };
    handoff->bl31 = (struct handoff_image){ 0xe000000, 0x5000, 0xe000000 };
    handoff->spmc = (struct handoff_image){ 0xe020000, 0x9000, 0xe020000 };
    handoff->bl33 = (struct handoff_image){ 0x48000000, 971304, 0x48000000 };
    handoff->config = (struct handoff_image){ 0xe070000, 300, 0 };
    handoff->log = (struct handoff_log){ 0xe063000, 0x1000, 700 };
    handoff->facts = (struct tessera_boot_facts){
        .version = 1, .root_hash = { 1 }, .implementation_id = { 2 }, .boot_seed = { 3 }
    };
    handoff->facts.counter[COT_TRUSTED] = 3;
    handoff->package_count = HANDOFF_MAX_PACKAGES;
    for (size_t i = 0; i < HANDOFF_MAX_PACKAGES; i++) {
        handoff->packages[i].base = 0xe080000 + i * 0x2000;
        handoff->packages[i].size = 0x1800;
    }
    for (size_t i = 0; i < HANDOFF_ENTROPY_SIZE; i++) {
        handoff->entropy[i] = (uint8_t)(i % 255 + 1);
    }
}

// Changes, four bytes each: which word of the part before the entropy, and what it becomes: a
// constant, another word, or its own value a little moved.
static void change(struct handoff *handoff, const uint8_t *data, size_t size)
{
    static const uint64_t constants[] = { 0,
                                          1,
                                          3,
                                          4,
                                          HANDOFF_MAX_PACKAGES + 1,
                                          PAGE_SIZE,
                                          HANDOFF_ENTROPY_SIZE + 1,
                                          0xffff, // most of a counter
                                          0x10000,
                                          UINT32_MAX,
                                          UINT64_MAX - PAGE_SIZE + 1,
                                          UINT64_MAX - 3,
                                          UINT64_MAX };
    const size_t count = offsetof(struct handoff, entropy) / sizeof(uint64_t);
    uint64_t words[offsetof(struct handoff, entropy) / sizeof(uint64_t)];

    memcpy(words, handoff, sizeof(words));
    for (; size >= 4; data += 4, size -= 4) {
        uint64_t *word = &words[data[0] % count];
        uint64_t old = *word;

        switch (data[1] % 4) {
        case 0:
            *word = constants[data[2] % ARRAY_COUNT(constants)];
            break;
        case 1:
            *word = words[data[2] % count];
            break;
        case 2:
            *word += (uint64_t)(int64_t)(int8_t)data[2] << data[3] % 16;
            break;
        default:
            memcpy((uint8_t *)word + data[3] % 8, &data[2], 1);
            break;
        }
        if (data[0] >= 0x80) { // half of it stays
            memcpy((uint8_t *)word + data[0] % 2 * 4, (uint8_t *)&old + data[0] % 2 * 4, 4);
        }
    }
    memcpy(handoff, words, sizeof(words));
}

static bool fits(uint64_t base, uint64_t size)
{
    return size != 0 && (wide)base + size <= UINT64_MAX;
}

static bool runs(const struct handoff_image *image)
{
    return fits(image->base, image->size) && image->entry >= image->base &&
           (wide)image->entry + 4 <= (wide)image->base + image->size;
}

static bool packages_judge(const struct handoff *handoff)
{
    for (uint32_t i = 0; i < handoff->package_count; i++) {
        const struct handoff_package *a = &handoff->packages[i];

        if (!fits(a->base, a->size) || a->base % PAGE_SIZE != 0) {
            return false;
        }
        for (uint32_t j = i + 1; j < handoff->package_count; j++) {
            const struct handoff_package *b = &handoff->packages[j];

            if ((wide)a->base < (wide)b->base + b->size &&
                (wide)b->base < (wide)a->base + a->size) {
                return false;
            }
        }
    }
    return true;
}

static bool log_judge(const struct handoff_log *log)
{
    return fits(log->base, log->size) && log->used != 0 && log->used <= log->size;
}

static bool facts_judge(const struct tessera_boot_facts *facts)
{
    static const uint8_t zero[32];

    return facts->version == 1 && facts->flags == 0 && facts->counter[0] <= 0xffff &&
           facts->counter[1] <= 0xffff && memcmp(facts->root_hash, zero, 32) != 0 &&
           memcmp(facts->implementation_id, zero, 32) != 0 &&
           memcmp(facts->boot_seed, zero, 32) != 0;
}

// What handoff_check() must return, out of its contract
static int judge(const struct handoff *handoff)
{
    if (handoff->magic != HANDOFF_MAGIC) {
        return ERR_INVALID;
    }
    if (handoff->version != HANDOFF_VERSION) {
        return ERR_VERSION;
    }
    if (handoff->size != sizeof(struct handoff) || handoff->package_count > HANDOFF_MAX_PACKAGES ||
        handoff->entropy_used > HANDOFF_ENTROPY_SIZE || handoff->board.core_count == 0 ||
        handoff->board.dram_size == 0 || !facts_judge(&handoff->facts)) {
        return ERR_INVALID;
    }
    return fits(handoff->board.dram_base, handoff->board.dram_size) && runs(&handoff->bl31) &&
                   runs(&handoff->spmc) && runs(&handoff->bl33) &&
                   fits(handoff->config.base, handoff->config.size) && log_judge(&handoff->log) &&
                   packages_judge(handoff)
               ? ERR_NONE
               : ERR_RANGE;
}

// Takes entropy in pieces, checked hand-off or not: bytes come in order, each once, and leave
// zeros.
static void take(struct handoff *handoff, const uint8_t *data, size_t size)
{
    static struct handoff before;

    for (; size >= 2; data += 2, size -= 2) {
        size_t len = data[1] == 0xff ? SIZE_MAX - data[0] : (data[0] | (size_t)data[1] << 8) % 2048;
        bool enough = (wide)handoff->entropy_used + len <= HANDOFF_ENTROPY_SIZE;
        uint8_t *buf = malloc(enough && len != 0 ? len : 1);
        int result;

        expect(buf != NULL);
        before = *handoff;
        result = handoff_take_entropy(handoff, buf, len);
        expect(result == (enough ? ERR_NONE : ERR_NO_MEMORY));
        if (enough) {
            expect(memcmp(buf, &before.entropy[before.entropy_used], len) == 0);
            memset(&before.entropy[before.entropy_used], 0, len);
            before.entropy_used += (uint32_t)len;
        }
        expect(memcmp(handoff, &before, sizeof(before)) == 0);
        free(buf);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct handoff *handoff = malloc(sizeof(*handoff));
    static struct handoff before;
    size_t edits = size != 0 ? data[0] % 32 * 4u : 0;

    expect(handoff != NULL);
    make_good(handoff);
    if (size != 0) {
        edits = edits < size - 1 ? edits : size - 1;
        change(handoff, data + 1, edits);
    }
    before = *handoff;
    expect(handoff_check(handoff) == judge(handoff));
    expect(memcmp(handoff, &before, sizeof(before)) == 0);
    if (size != 0) {
        take(handoff, data + 1 + edits, size - 1 - edits);
    }
    free(handoff);
    return 0;
}
