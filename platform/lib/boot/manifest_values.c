// SPDX-License-Identifier: BSD-3-Clause
//
// Readers of the values that a manifest's properties have, one function per kind; the tables of sp_manifest.c name them.
// Pure; trusts no byte of a value, only that [value, value + size) is there. Meaning of the values: DEN0077A and the
// binding arm,ffa-manifest-1.0.
#include "manifest_private.h"

#include <string.h>

#include "bits.h"

#define BOOT_ORDER_MAX 0xffff

static int read_u32(const struct manifest_reader *r, const struct manifest_property *p,
                    uint32_t *value)
{
    if (p->size != 4) {
        return sp_manifest_refuse(r, p->name, "must be one 32-bit cell", ERR_INVALID);
    }
    *value = manifest_be32(p->value);
    return 0;
}

// A number that must be row->min … row->max and is not kept.
int manifest_read_checked_u32(struct manifest_reader *r, const struct manifest_property *p,
                              const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    (void)to;
    if (err == 0 && (value < row->min || value > row->max)) {
        return sp_manifest_refuse_number(r, row, "must be a value that this SPMC supports",
                                         ERR_NOT_SUPPORTED);
    }
    return err;
}

// A number that must be row->min … row->max; goes to a uint32_t.
int manifest_read_count(struct manifest_reader *r, const struct manifest_property *p,
                        const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    if (err == 0 && (value < row->min || value > row->max)) {
        return sp_manifest_refuse_number(r, row, "must be inside its limits", ERR_RANGE);
    }
    if (err == 0) {
        *(uint32_t *)to = value;
    }
    return err;
}

// One string: NUL-terminated, no other NUL, not empty, printable ASCII.
static int read_text(const struct manifest_reader *r, const struct manifest_property *p,
                     uint32_t max_length)
{
    if (p->size < 2 || p->value[p->size - 1] != '\0') {
        return sp_manifest_refuse(r, p->name, "must be a string, not empty", ERR_INVALID);
    }
    if (p->size - 1 > max_length) {
        return sp_manifest_refuse(r, p->name, "must be shorter", ERR_RANGE);
    }
    for (uint32_t i = 0; i < p->size - 1; i++) {
        if (p->value[i] < ' ' || p->value[i] > '~') {
            return sp_manifest_refuse(r, p->name, "must be one string of printable ASCII",
                                      ERR_INVALID);
        }
    }
    return 0;
}

int manifest_read_constant_text(struct manifest_reader *r, const struct manifest_property *p,
                                const struct manifest_row *row, void *to)
{
    int err = read_text(r, p, SP_MANIFEST_NAME_SIZE);

    (void)to;
    if (err == 0 && strcmp((const char *)p->value, row->text) != 0) {
        return sp_manifest_refuse(r, p->name, "must be the string of its binding, version 1.0",
                                  ERR_NOT_SUPPORTED);
    }
    return err;
}

// row->max: longest, without the NUL; goes to a char array.
int manifest_read_description(struct manifest_reader *r, const struct manifest_property *p,
                              const struct manifest_row *row, void *to)
{
    int err = read_text(r, p, row->max);

    if (err == 0) {
        memcpy(to, p->value, p->size);
    }
    return err;
}

int manifest_read_version(struct manifest_reader *r, const struct manifest_property *p,
                          const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    (void)row;
    if (err != 0) {
        return err;
    }
    if (value < FFA_VERSION_1_0 || value > r->limits->version) {
        return sp_manifest_refuse(r, p->name, "must be 1.0 up to the version of this SPMC",
                                  ERR_VERSION);
    }
    *(uint32_t *)to = value;
    return 0;
}

int manifest_read_uuids(struct manifest_reader *r, const struct manifest_property *p,
                        const struct manifest_row *row, void *to)
{
    uint32_t(*uuid)[4] = to;

    (void)row;
    if (p->size == 0 || p->size % 16 != 0) {
        return sp_manifest_refuse(r, p->name, "must be groups of four 32-bit cells", ERR_INVALID);
    }
    if (p->size / 16 > SP_MAX_UUIDS) {
        return sp_manifest_refuse(r, p->name, "must be at most 4 UUIDs", ERR_NO_MEMORY);
    }
    for (uint32_t i = 0; i < p->size / 16; i++) {
        for (uint32_t word = 0; word < 4; word++) {
            uuid[i][word] = manifest_be32(p->value + 16 * i + 4 * word);
        }
        if ((uuid[i][0] | uuid[i][1] | uuid[i][2] | uuid[i][3]) == 0) {
            return sp_manifest_refuse(r, p->name, "must not be the nil UUID", ERR_INVALID);
        }
        for (uint32_t k = 0; k < i; k++) {
            if (memcmp(uuid[k], uuid[i], 16) == 0) {
                return sp_manifest_refuse(r, p->name, "must not have a UUID twice", ERR_DUPLICATE);
            }
        }
    }
    r->config.uuid_count = p->size / 16;
    return 0;
}

int manifest_read_id(struct manifest_reader *r, const struct manifest_property *p,
                     const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    (void)row;
    if (err != 0) {
        return err;
    }
    if (value < FFA_ID_SP_FIRST || value >= FFA_ID_SPMD) {
        return sp_manifest_refuse(r, p->name, "must be 0x8001 to 0xfffe", ERR_RANGE);
    }
    *(uint16_t *)to = (uint16_t)value;
    return 0;
}

// 16 bits in the binding; most manifests have a cell.
int manifest_read_boot_order(struct manifest_reader *r, const struct manifest_property *p,
                             const struct manifest_row *row, void *to)
{
    uint32_t value;

    (void)row;
    if (p->size == 2) {
        value = (uint32_t)p->value[0] << 8 | p->value[1];
    } else if (p->size == 4) {
        value = manifest_be32(p->value);
    } else {
        return sp_manifest_refuse(r, p->name, "must be 16 or 32 bits", ERR_INVALID);
    }
    if (value > BOOT_ORDER_MAX) {
        return sp_manifest_refuse(r, p->name, "must be at most 0xffff", ERR_RANGE);
    }
    *(uint16_t *)to = (uint16_t)value;
    return 0;
}

int manifest_read_messaging(struct manifest_reader *r, const struct manifest_property *p,
                            const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    (void)row;
    if (err == 0 && (value & ~r->limits->messaging) != 0) {
        return sp_manifest_refuse(r, p->name, "must only have methods that this SPMC supports",
                                  ERR_NOT_SUPPORTED);
    }
    if (err == 0) {
        *(uint32_t *)to = value | FFA_PROP_AARCH64;
    }
    return err;
}

// 0 queued, 2 signaled; 1, managed exit, is not for S-EL0
int manifest_read_ns_interrupts(struct manifest_reader *r, const struct manifest_property *p,
                                const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    (void)row;
    if (err == 0 && value != 0 && value != 2) {
        return sp_manifest_refuse(r, p->name, "must be 0 (queued) or 2 (signaled)",
                                  ERR_NOT_SUPPORTED);
    }
    if (err == 0) {
        *(bool *)to = value == 0;
    }
    return err;
}

// 0 queued, 1 signaled
int manifest_read_other_interrupts(struct manifest_reader *r, const struct manifest_property *p,
                                   const struct manifest_row *row, void *to)
{
    uint32_t value = 0;
    int err = read_u32(r, p, &value);

    (void)row;
    if (err == 0 && value > 1) {
        return sp_manifest_refuse(r, p->name, "must be 0 (queued) or 1 (signaled)",
                                  ERR_NOT_SUPPORTED);
    }
    if (err == 0) {
        *(bool *)to = value == 0;
    }
    return err;
}

// A property that is there or not
int manifest_read_flag(struct manifest_reader *r, const struct manifest_property *p,
                       const struct manifest_row *row, void *to)
{
    (void)row;
    if (p->size != 0) {
        return sp_manifest_refuse(r, p->name, "must have no value", ERR_INVALID);
    }
    *(bool *)to = true;
    return 0;
}

int manifest_read_base_address(struct manifest_reader *r, const struct manifest_property *p,
                               const struct manifest_row *row, void *to)
{
    uint64_t value;

    (void)row;
    if (p->size != 8) {
        return sp_manifest_refuse(r, p->name, "must be two 32-bit cells", ERR_INVALID);
    }
    value = (uint64_t)manifest_be32(p->value) << 32 | manifest_be32(p->value + 4);
    if (value % PAGE_SIZE != 0) {
        return sp_manifest_refuse(r, p->name, "must be a multiple of the page", ERR_INVALID);
    }
    *(uint64_t *)to = value;
    return 0;
}
