// SPDX-License-Identifier: BSD-3-Clause
//
// What partitions are told of a boot; contract in boot_facts.h. Trusts the chain.
#include "boot_facts.h"

#include "bits.h"
#include "boot_hash.h"
#include "critical_data.h"
#include "string.h"

// Whoever compares the facts with the log hashes these bytes
_Static_assert(CRITICAL_DATA_SIZE == TESSERA_CRITICAL_SIZE, "one length");
_Static_assert(offsetof(struct tessera_boot_facts, lifecycle) == TESSERA_CRITICAL_OFFSET &&
                   offsetof(struct tessera_boot_facts, counter) ==
                       TESSERA_CRITICAL_OFFSET + CRITICAL_DATA_SIZE,
               "the critical data is in one piece");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the critical data is little-endian");
_Static_assert(ARRAY_COUNT(((struct tessera_boot_facts *)0)->counter) == COT_COUNTER_COUNT,
               "every counter has a place");

static const char id_label[] = "Tessera implementation id 1"; // hashed with its NUL

int boot_facts_implementation_id(const char *board_name, uint32_t soc_id, uint8_t id[32])
{
    uint8_t input[sizeof(id_label) + BOOT_FACTS_BOARD_MAX + sizeof(soc_id)];
    size_t length = strnlen(board_name, BOOT_FACTS_BOARD_MAX) + 1;
    size_t used = sizeof(id_label);
    struct boot_digests digests;
    int result;

    if (length == 1 || length > BOOT_FACTS_BOARD_MAX) {
        return ERR_INVALID;
    }
    memcpy(input, id_label, sizeof(id_label));
    memcpy(input + used, board_name, length);
    used += length;
    for (uint32_t i = 0; i < sizeof(soc_id); i++) {
        input[used++] = (uint8_t)(soc_id >> 8 * i);
    }
    result = boot_hash_make(input, used, BOOT_HASH_BIT(BOOT_SHA256), &digests);
    if (result == ERR_NONE) {
        memcpy(id, digests.value[BOOT_SHA256], 32);
    }
    return result;
}

int boot_facts_fill(const struct chain *chain, const char *board_name, uint32_t soc_id,
                    struct tessera_boot_facts *facts)
{
    struct tessera_boot_facts filled = { .version = TESSERA_BOOT_FACTS_VERSION };
    int result = boot_facts_implementation_id(board_name, soc_id, filled.implementation_id);

    if (result != ERR_NONE) {
        return result;
    }
    critical_data_write(chain, (uint8_t *)&filled + TESSERA_CRITICAL_OFFSET);
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        filled.counter[i] = chain->lowest_counter[i];
    }
    *facts = filled;
    return ERR_NONE;
}
