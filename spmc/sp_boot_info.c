// SPDX-License-Identifier: BSD-3-Clause
//
// Boot information, see sp_boot_info.h. Everything in it is the SPMC's own data or was checked by sp_manifest.c.
#include "sp_boot_info.h"

#include <string.h>

#include "bits.h"

struct writer {
    struct ffa_boot_info_desc *desc; // next one
    uint32_t left;
    uint32_t count;
    int err; // of the first that failed
};

static void add(struct writer *w, uint8_t type, uint16_t contents_format,
                const struct sp_boot_info_object *object)
{
    size_t length = strlen(object->name);

    if (w->err != 0 || w->left == 0 || length >= sizeof(w->desc->name)) {
        w->err = ERR_RANGE;
        return;
    }
    *w->desc = (struct ffa_boot_info_desc){
        .type = type,
        .flags = (uint16_t)(FFA_BOOT_INFO_NAME_STRING | contents_format),
        .size = object->size,
        .contents = object->va,
    };
    memcpy(w->desc->name, object->name, length);
    w->desc++;
    w->left--;
    w->count++;
}

int sp_boot_info_build(void *blob, size_t size, const struct sp_boot_info *info)
{
    struct ffa_boot_info_header *header = blob;
    struct writer w = { .desc = (struct ffa_boot_info_desc *)(header + 1) };
    const struct sp_boot_info_object seed = { "seed", info->seed_va, TESSERA_BOOT_SEED_SIZE };
    const struct sp_boot_info_object sealing = { "sealing-key", info->sealing_key_va,
                                                 TESSERA_BOOT_KEY_SIZE };
    const struct sp_boot_info_object identity = { "identity", info->identity_va,
                                                  TESSERA_BOOT_KEY_SIZE };
    const struct sp_boot_info_object hwcap = { "hwcap", info->hwcap[0], sizeof(uint64_t) };
    const struct sp_boot_info_object hwcap2 = { "hwcap2", info->hwcap[1], sizeof(uint64_t) };
    const struct sp_boot_info_object heap = { "heap", info->heap_va, info->heap_size };
    const struct sp_boot_info_object event_log = { "event-log", info->event_log_va,
                                                   info->event_log_size };
    const struct sp_boot_info_object facts = { "boot-facts", info->facts_va,
                                               sizeof(struct tessera_boot_facts) };
    const struct sp_boot_info_object options = { "options", info->options, sizeof(uint64_t) };

    if (size < sizeof(*header) || info->region_count > SP_BOOT_INFO_REGIONS) {
        return ERR_RANGE;
    }
    w.left = (uint32_t)((size - sizeof(*header)) / sizeof(*w.desc));
    add(&w, TESSERA_BOOT_SEED, FFA_BOOT_INFO_CONTENTS_ADDRESS, &seed);
    add(&w, TESSERA_BOOT_SEALING_KEY, FFA_BOOT_INFO_CONTENTS_ADDRESS, &sealing);
    add(&w, TESSERA_BOOT_IDENTITY, FFA_BOOT_INFO_CONTENTS_ADDRESS, &identity);
    add(&w, TESSERA_BOOT_HWCAP, FFA_BOOT_INFO_CONTENTS_VALUE, &hwcap);
    add(&w, TESSERA_BOOT_HWCAP2, FFA_BOOT_INFO_CONTENTS_VALUE, &hwcap2);
    if (info->heap_size != 0) {
        add(&w, TESSERA_BOOT_HEAP, FFA_BOOT_INFO_CONTENTS_ADDRESS, &heap);
    }
    if (info->event_log_size != 0) {
        add(&w, TESSERA_BOOT_EVENT_LOG, FFA_BOOT_INFO_CONTENTS_ADDRESS, &event_log);
        add(&w, TESSERA_BOOT_FACTS, FFA_BOOT_INFO_CONTENTS_ADDRESS, &facts);
    }
    if (info->options != 0) {
        add(&w, TESSERA_BOOT_OPTIONS, FFA_BOOT_INFO_CONTENTS_VALUE, &options);
    }
    for (uint32_t i = 0; i < info->region_count; i++) {
        add(&w, TESSERA_BOOT_REGION, FFA_BOOT_INFO_CONTENTS_ADDRESS, &info->regions[i]);
    }
    if (w.err != 0) {
        return w.err;
    }
    *header = (struct ffa_boot_info_header){
        .signature = FFA_BOOT_INFO_SIGNATURE,
        .version = info->version,
        .blob_size = (uint32_t)(sizeof(*header) + w.count * sizeof(*w.desc)),
        .desc_size = sizeof(*w.desc),
        .desc_count = w.count,
        .desc_offset = sizeof(*header),
    };
    return 0;
}

enum cpu_register { PFR0, PFR1, ISAR0, ISAR1, ISAR2, CPU_REGISTERS };

#define HWCAP2 64 // the bit is in AT_HWCAP2

// A field of an identification register from which on there is what the bit promises. Field positions: DDI0487 D19.2;
// bit numbers: Linux' uapi/asm/hwcap.h, which is user-space ABI.
static const struct {
    uint8_t reg;
    uint8_t shift;
    uint8_t least;
    uint8_t bit;
} features[] = {
    { PFR0, 16, 0, 0 },   // FP
    { PFR0, 20, 0, 1 },   // ASIMD
    { ISAR0, 4, 1, 3 },   // AES
    { ISAR0, 4, 2, 4 },   // PMULL
    { ISAR0, 8, 1, 5 },   // SHA1
    { ISAR0, 12, 1, 6 },  // SHA2
    { ISAR0, 16, 1, 7 },  // CRC32
    { ISAR0, 20, 2, 8 },  // ATOMICS
    { PFR0, 16, 1, 9 },   // FPHP
    { PFR0, 20, 1, 10 },  // ASIMDHP
    { ISAR0, 28, 1, 12 }, // ASIMDRDM
    { ISAR1, 12, 1, 13 }, // JSCVT
    { ISAR1, 16, 1, 14 }, // FCMA
    { ISAR1, 20, 1, 15 }, // LRCPC
    { ISAR0, 32, 1, 17 }, // SHA3
    { ISAR0, 36, 1, 18 }, // SM3
    { ISAR0, 40, 1, 19 }, // SM4
    { ISAR0, 44, 1, 20 }, // ASIMDDP
    { ISAR0, 12, 2, 21 }, // SHA512
    { ISAR0, 48, 1, 23 }, // ASIMDFHM
    { PFR0, 48, 1, 24 },  // DIT
    { ISAR1, 20, 2, 26 }, // ILRCPC
    { ISAR0, 52, 1, 27 }, // FLAGM
    { PFR1, 4, 2, 28 },   // SSBS
    { ISAR1, 36, 1, 29 }, // SB
    { ISAR1, 4, 1, 30 },  // PACA: APA, API or APA3
    { ISAR1, 8, 1, 30 },
    { ISAR2, 12, 1, 30 },
    { ISAR1, 24, 1, 31 }, // PACG: GPA, GPI or GPA3
    { ISAR1, 28, 1, 31 },
    { ISAR2, 8, 1, 31 },
    { ISAR1, 52, 1, HWCAP2 | 13 }, // I8MM
    { ISAR1, 44, 1, HWCAP2 | 14 }, // BF16
    { ISAR0, 60, 1, HWCAP2 | 16 }, // RNG
    { PFR1, 0, 1, HWCAP2 | 17 },   // BTI
};

#define FIELD_ABSENT 0xf // FP and AdvSIMD: signed fields, -1 means there is none

void sp_boot_info_hwcap(const struct sp_boot_info_cpu *cpu, uint64_t hwcap[2])
{
    const uint64_t values[CPU_REGISTERS] = {
        [PFR0] = cpu->id_aa64pfr0,   [PFR1] = cpu->id_aa64pfr1,   [ISAR0] = cpu->id_aa64isar0,
        [ISAR1] = cpu->id_aa64isar1, [ISAR2] = cpu->id_aa64isar2,
    };

    hwcap[0] = 0;
    hwcap[1] = 0;
    for (size_t i = 0; i < ARRAY_COUNT(features); i++) {
        uint64_t field = (values[features[i].reg] >> features[i].shift) & 0xf;
        bool absent = features[i].reg == PFR0 && features[i].shift <= 20 && field == FIELD_ABSENT;

        if (field >= features[i].least && !absent) {
            hwcap[features[i].bit / 64] |= BIT(features[i].bit % 64);
        }
    }
}
