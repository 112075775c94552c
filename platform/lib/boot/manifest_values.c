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

static void get_uuid(const uint8_t *from, uint32_t uuid[4])
{
    for (uint32_t word = 0; word < 4; word++) {
        uuid[word] = manifest_be32(from + 4 * word);
    }
}

static bool uuid_is_nil(const uint32_t uuid[4])
{
    return (uuid[0] | uuid[1] | uuid[2] | uuid[3]) == 0;
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
        get_uuid(p->value + 16 * i, uuid[i]);
        if (uuid_is_nil(uuid[i])) {
            return sp_manifest_refuse(r, p->name, "must not be the nil UUID", ERR_INVALID);
        }
        for (uint32_t k = 0; k < i; k++) {
            if (memcmp(uuid[k], uuid[i], 16) == 0) {
                return sp_manifest_refuse(r, p->name, "must not have a UUID twice", ERR_DUPLICATE);
            }
        }
    }
    r->config->uuid_count = p->size / 16;
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
        *(uint32_t *)to |= value | FFA_PROP_AARCH64;
    }
    return err;
}

int manifest_read_notification(struct manifest_reader *r, const struct manifest_property *p,
                               const struct manifest_row *row, void *to)
{
    bool there = false;
    int err = manifest_read_flag(r, p, row, &there);

    if (there) {
        *(uint32_t *)to |= FFA_PROP_NOTIFICATION;
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

int manifest_read_option(struct manifest_reader *r, const struct manifest_property *p,
                         const struct manifest_row *row, void *to)
{
    bool there = false;
    int err = manifest_read_flag(r, p, row, &there);

    *(uint32_t *)to |= there ? row->max : 0;
    return err;
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

int manifest_read_fault_action(struct manifest_reader *r, const struct manifest_property *p,
                               const struct manifest_row *row, void *to)
{
    int err = read_text(r, p, SP_MANIFEST_NAME_SIZE);

    (void)row;
    if (err != 0) {
        return err;
    }
    if (strcmp((const char *)p->value, "stop") == 0) {
        *(enum sp_fault_action *)to = SP_FAULT_STOP;
        return 0;
    }
    if (strcmp((const char *)p->value, "reset") == 0) {
        *(enum sp_fault_action *)to = SP_FAULT_RESET;
        return 0;
    }
    return sp_manifest_refuse(r, p->name, "must be \"stop\" or \"reset\"", ERR_NOT_SUPPORTED);
}

// ---- Devices ---------------------------------------------------------------------------------------------------------

static int check_interrupt(const struct manifest_reader *r, const struct manifest_property *p,
                           const struct sp_device_interrupt *interrupt)
{
    const uint32_t known = SP_INTERRUPT_PRIORITY | SP_INTERRUPT_LEVEL;
    uint32_t priority = interrupt->attributes & SP_INTERRUPT_PRIORITY;

    if (interrupt->id < SP_INTERRUPT_FIRST || interrupt->id > SP_INTERRUPT_LAST) {
        return sp_manifest_refuse(r, p->name, "must be interrupts 32 to 1019 (SPIs)", ERR_RANGE);
    }
    if ((interrupt->attributes & ~known) != (SP_INTERRUPT_SECURE | SP_INTERRUPT_SPI)) {
        return sp_manifest_refuse(r, p->name, "must have the attributes of a secure SPI (0x900)",
                                  ERR_NOT_SUPPORTED);
    }
    if (priority < SP_INTERRUPT_PRIORITY_FIRST || priority > SP_INTERRUPT_PRIORITY_LAST) {
        return sp_manifest_refuse(r, p->name, "must have priorities 0x40 to 0x7f", ERR_RANGE);
    }
    return 0;
}

// Pairs of number and attributes
int manifest_read_interrupts(struct manifest_reader *r, const struct manifest_property *p,
                             const struct manifest_row *row, void *to)
{
    struct sp_device_region *device = to;

    (void)row;
    if (p->size == 0 || p->size % 8 != 0) {
        return sp_manifest_refuse(r, p->name, "must be pairs of 32-bit cells", ERR_INVALID);
    }
    if (p->size / 8 > SP_MAX_DEVICE_INTERRUPTS) {
        return sp_manifest_refuse(r, p->name, "must be at most 4 interrupts", ERR_NO_MEMORY);
    }
    for (uint32_t i = 0; i < p->size / 8; i++) {
        int err;

        device->interrupts[i] = (struct sp_device_interrupt){
            .id = manifest_be32(p->value + 8 * i),
            .attributes = manifest_be32(p->value + 8 * i + 4),
        };
        err = check_interrupt(r, p, &device->interrupts[i]);
        if (err != 0) {
            return err;
        }
    }
    device->interrupt_count = p->size / 8;
    return 0;
}

// ---- Callers ---------------------------------------------------------------------------------------------------------

int manifest_read_caller_uuid(struct manifest_reader *r, const struct manifest_property *p,
                              const struct manifest_row *row, void *to)
{
    uint32_t *uuid = to;

    (void)row;
    if (p->size != 16) {
        return sp_manifest_refuse(r, p->name, "must be four 32-bit cells", ERR_INVALID);
    }
    get_uuid(p->value, uuid);
    if (uuid_is_nil(uuid)) {
        return sp_manifest_refuse(r, p->name, "must not be the nil UUID", ERR_INVALID);
    }
    return 0;
}

// The message kind of the NUL-terminated word; 0: there is none.
static uint32_t find_word(const char *word)
{
    static const struct {
        const char *word;
        uint32_t messages;
    } words[] = {
        { "direct", SP_CALL_DIRECT },     { "direct2", SP_CALL_DIRECT2 },
        { "indirect", SP_CALL_INDIRECT }, { "notification", SP_CALL_NOTIFY },
        { "memory", SP_CALL_MEMORY },
    };

    for (uint32_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (strcmp(words[i].word, word) == 0) {
            return words[i].messages;
        }
    }
    return 0;
}

int manifest_read_messages(struct manifest_reader *r, const struct manifest_property *p,
                           const struct manifest_row *row, void *to)
{
    const char *at = (const char *)p->value;
    const char *end = at + p->size;
    uint32_t messages = 0;

    (void)row;
    if (p->size == 0 || end[-1] != '\0') {
        return sp_manifest_refuse(r, p->name, "must be a list of words, not empty", ERR_INVALID);
    }
    for (; at < end; at += strlen(at) + 1) {
        uint32_t word = find_word(at);

        if (word == 0) {
            return sp_manifest_refuse(r, p->name,
                                      "must be out of direct, direct2, indirect, notification, "
                                      "memory",
                                      ERR_NOT_SUPPORTED);
        }
        if ((messages & word) != 0) {
            return sp_manifest_refuse(r, p->name, "must not have a word twice", ERR_DUPLICATE);
        }
        messages |= word;
    }
    *(uint32_t *)to = messages;
    return 0;
}
