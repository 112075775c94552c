// SPDX-License-Identifier: BSD-3-Clause
//
// Loading one image from the FIP; contracts in load.h.
#include "load.h"

#include "cache.h"
#include "fip_names.h"
#include "log.h"
#include "platform.h"
#include "printf.h"
#include "string.h"

#define SHOWN_BYTES 8 // of a digest: enough to recognise it

// The reason of a refusal until the chain gives a better one
static const struct chain_fault unproved = {
    .id = IMAGE_COUNT, .field = "verdict", .text = "must be acceptance", .offset = UINT32_MAX
};

static int storage_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
    (void)ctx;
    return plat_storage_read(board.storage_fip_offset + offset, buf,
                             len); // fip.c keeps offset inside the window
}

// The fault of the FIP as a whole, or of the entry of one image
static void report(const struct fip *fip, const struct image_fault *fault)
{
    if (fault->entry != IMAGE_FAULT_NO_ENTRY) {
        const struct fip_name *known = fip_names_find(fip->entries[fault->entry].uuid);

        log_error("FIP: entry %u (%s): %s %s: found 0x%llx, limit 0x%llx", fault->entry,
                  known != NULL ? known->title : "partition package or unknown", fault->field,
                  fault->text, (unsigned long long)fault->found,
                  (unsigned long long)fault->expected);
        return;
    }
    log_error("FIP: %s %s: found 0x%llx, limit 0x%llx", fault->field, fault->text,
              (unsigned long long)fault->found, (unsigned long long)fault->expected);
}

int load_open(struct fip *fip)
{
    struct fip_io io = { storage_read, NULL, board.storage_fip_size };
    struct image_fault fault;
    int result = fip_open(fip, &io, &fault);

    if (result != ERR_NONE) {
        report(fip, &fault);
    }
    return result;
}

static void hex(const uint8_t *bytes, char text[2 * SHOWN_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SHOWN_BYTES; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * SHOWN_BYTES] = '\0';
}

// Why the chain of trust refused `row`: the image or certificate at fault, what of it, which rule.
static void report_refusal(const struct load_row *row, const struct chain_fault *fault)
{
    const char *title = fault->id < IMAGE_COUNT ? fip_names_get(fault->id)->title : row->name;
    char found[2 * SHOWN_BYTES + 1];
    char expected[2 * SHOWN_BYTES + 1];
    char where[sizeof(": offset 0x12345678")] = "";

    if (fault->offset != UINT32_MAX) {
        printf_format(where, sizeof(where), ": offset 0x%x", fault->offset);
    }
    if (fault->digest_size >= SHOWN_BYTES) {
        hex(fault->found_digest, found);
        hex(fault->expected_digest, expected);
        log_error("%s: refused: %s: %s %s%s: found %s..., expected %s...", row->name, title,
                  fault->field, fault->text, where, found, expected);
    } else if (fault->found != fault->expected) {
        log_error("%s: refused: %s: %s %s%s: found 0x%llx, expected 0x%llx", row->name, title,
                  fault->field, fault->text, where, (unsigned long long)fault->found,
                  (unsigned long long)fault->expected);
    } else { // there is nothing to compare
        log_error("%s: refused: %s: %s %s%s", row->name, title, fault->field, fault->text, where);
    }
}

// Step 2
static int locate(const struct fip *fip, const struct load_row *row, struct fip_entry *entry)
{
    struct image_fault fault;
    int result = fip_find(fip, row->uuid, entry, &fault);

    if (result != ERR_NONE) {
        log_error("%s: not in the FIP", row->name);
        return result;
    }
    if (entry->size > row->limit) {
        log_error("%s: size %llu must be at most %llu, the region at 0x%llx", row->name,
                  (unsigned long long)entry->size, (unsigned long long)row->limit,
                  (unsigned long long)row->base);
        return ERR_RANGE;
    }
    return ERR_NONE;
}

// Steps 4 and 5, of the copy. The default is refusal.
static int verify(struct chain *chain, const struct load_row *row,
                  const struct chain_expected *expected, uint64_t size,
                  struct boot_digests *digests)
{
    volatile verdict_t verdict = VERDICT_REFUSE;
    struct chain_fault fault = unproved;
    int result = boot_hash_make((const void *)(uintptr_t)row->base, size,
                                BOOT_HASH_BANKS | BOOT_HASH_BIT(expected->hash), digests);

    if (result != ERR_NONE) {
        log_error("%s: cannot be hashed, error %d", row->name, result);
        return result;
    }
    verdict = chain_check(chain, row->image, expected, digests, &fault);
    if (!verdict_accepts(&verdict)) {
        report_refusal(row, &fault);
        return ERR_DENIED;
    }
    return ERR_NONE;
}

// Steps 6 and 7: what is not measured does not run.
static int measure(struct load_context *context, const struct load_row *row,
                   const struct boot_digests *digests)
{
    const struct cot_image_row *image = cot_image_row(row->image);
    int result = event_log_add(context->log, image->pcr, image->event, digests);

    if (result == ERR_NONE && row->identity) {
        result = boot_keys_measure(context->secrets, digests);
    }
    if (result != ERR_NONE) {
        log_error("%s: cannot be measured, error %d", row->name, result);
    }
    return result;
}

// Steps 3 to 8: after a refusal nothing of the image is left in memory.
static int copy_and_judge(struct load_context *context, const struct load_row *row,
                          const struct chain_expected *expected, const struct fip_entry *entry,
                          struct boot_digests *digests)
{
    void *to = (void *)(uintptr_t)row->base;
    // Whatever became of the comparison in locate(), no more than the region holds is written: volatile,
    // because the compiler believes that comparison
    volatile uint64_t asked = entry->size;
    uint64_t size = asked < row->limit ? asked : row->limit;
    int result = fip_read(context->fip, entry, 0, to, size);

    if (result != ERR_NONE) {
        log_error("%s: the boot storage cannot be read, error %d", row->name, result);
    } else {
        result = verify(context->chain, row, expected, size, digests);
    }
    if (result == ERR_NONE) {
        result = measure(context, row, digests);
    }
    if (result != ERR_NONE) {
        memory_wipe(to, size);
    }
    // What runs from there starts with its MMU and caches off, or on another core: it must be in
    // memory. And no line may stay behind that would hide what the image itself writes with its
    // caches off.
    cache_clean_inv_range(row->base, size);
    return result;
}

static void report_success(const struct chain *chain, const struct load_row *row,
                           const struct chain_expected *expected, uint64_t size)
{
    enum cot_cert cert = cot_image_cert(row->image, chain->policy->chain);

    log_info("%s: 0x%08llx, %llu bytes, %s by %s", row->name, (unsigned long long)row->base,
             (unsigned long long)size, boot_hash_info(expected->hash)->name,
             fip_names_get(cot_cert_row(cert)->id)->title);
}

int load_image(struct load_context *context, const struct load_row *row, struct load_result *loaded)
{
    struct chain_expected expected = { 0 };
    struct chain_fault fault = unproved;
    struct fip_entry entry;
    int result = chain_expect(context->chain, row->image, &expected, &fault);

    memset(loaded, 0, sizeof(*loaded));
    if (result != ERR_NONE) {
        report_refusal(row, &fault);
        return result;
    }
    result = locate(context->fip, row, &entry);
    if (result != ERR_NONE) {
        return result;
    }
    result = copy_and_judge(context, row, &expected, &entry, &loaded->digests);
    if (result != ERR_NONE) {
        memset(loaded, 0, sizeof(*loaded));
        return result;
    }
    loaded->size = entry.size;
    report_success(context->chain, row, &expected, entry.size);
    return ERR_NONE;
}
