// SPDX-License-Identifier: BSD-3-Clause
//
// storage: PSA Internal Trusted Storage and PSA Protected Storage for the normal world and for partitions, behind Trusted
// Services RPC. Joins the services to their partition: flash, rollback counter, sealing key, RX and TX, message loop.
#include <string.h>

#include "assert.h"
#include "nor_flash.h"
#include "sp.h"
#include "sp_rpc.h"
#include "storage_log.h"
#include "storage_quota.h"
#include "storage_service.h"

#define BUFFER_SIZE ((STORAGE_REQUEST_MAX + 0xff) & ~0xffu)

static uint8_t request[BUFFER_SIZE];
static uint8_t response[BUFFER_SIZE];
static struct sp_rpc_endpoint endpoint = {
    .services = storage_services,
    .service_count = STORAGE_SERVICES,
    .request = request,
    .response = response,
    .buffer_size = BUFFER_SIZE,
};

static struct nor_flash chips;

static int flash_read(void *context, uint32_t offset, void *to, uint32_t size)
{
    return nor_flash_read(context, offset, to, size);
}

static int flash_program(void *context, uint32_t offset, const void *from, uint32_t size)
{
    return nor_flash_program(context, offset, from, size);
}

static int flash_erase(void *context, uint32_t block)
{
    return nor_flash_erase(context, block);
}

static int counter_read(void *context, uint32_t *value, uint32_t *limit)
{
    (void)context;
    return sp_counter_read(value, limit);
}

static int counter_advance(void *context, uint32_t value)
{
    (void)context;
    return sp_counter_advance(value);
}

static int find_flash(struct storage_flash *flash)
{
    const struct sp_region *data = sp_region_find("flash");
    const struct sp_region *query = sp_region_find("flash-query");

    if (data == NULL || query == NULL) {
        return ERR_NOT_FOUND;
    }
    const struct nor_flash_place place = {
        .base = (uintptr_t)data->base,
        .size = (uint32_t)data->size,
        .query = (uintptr_t)query->base,
        .polls_per_ms = NOR_FLASH_POLLS_PER_MS,
    };
    int error = nor_flash_probe(&chips, &place);

    *flash = (struct storage_flash){
        .block_size = chips.block_size,
        .block_count = chips.block_count,
        .context = &chips,
        .read = flash_read,
        .program = flash_program,
        .erase = flash_erase,
    };
    return error;
}

_Static_assert(STORAGE_ASSETS_ALL <= STORAGE_ASSETS_MAX, "quotas of assets");
_Static_assert(STORAGE_KEY_SIZE == SP_KEY_SIZE, "the sealing key");

static int mount(void)
{
    static struct storage_flash flash; // the log goes on using both
    static const struct storage_counter counter = { .read = counter_read,
                                                    .advance = counter_advance };
    uint8_t key[STORAGE_KEY_SIZE];
    int error = sp_sealing_key_take(key);

    if (error == 0) {
        error = find_flash(&flash);
    }
    if (error == 0 &&
        STORAGE_DATA_CERTAIN(flash.block_size, flash.block_count) < STORAGE_BYTES_ALL) {
        error = ERR_NO_MEMORY; // the board's flash cannot keep what storage_quota.h promises
    }
    if (error == 0) {
        error = storage_log_mount(&flash, &counter, key);
    }
    explicit_bzero(key, sizeof(key));
    return error;
}

static void log_state(int error)
{
    static const char *const rollback[] = { "not there", "in use", "used up" };
    struct storage_stats stats;

    if (error == ERR_CORRUPT) {
        sp_log("flash refused: not what this store wrote last (replayed, replaced or destroyed)");
    } else if (error == ERR_NO_MEMORY) {
        sp_log("no store: the flash region is too small for the quotas (storage_quota.h)");
    } else if (error != 0) {
        sp_log("no store: flash, key or format, error %d", error);
    } else {
        storage_log_stats(&stats);
        sp_log("ready; %u blocks, erased %u to %u times, room for %u bytes in one asset, "
               "%u damaged records, rollback counter %s",
               (unsigned int)stats.blocks, (unsigned int)stats.erases_min,
               (unsigned int)stats.erases_max, (unsigned int)stats.free_bytes,
               (unsigned int)stats.damaged, rollback[stats.rollback]);
    }
}

// assert() of the log: a bug of ours
_Noreturn void panic_assert(const char *condition, const char *file, int line)
{
    sp_log("%s:%d: %s", file, line, condition);
    sp_die("assertion failed");
}

static void answer(struct sp_message *message)
{
    sp_rpc_answer(&endpoint, message);
}

int sp_main(void)
{
    int error = sp_rxtx_map(NULL, NULL); // to retrieve what clients share

    if (error != 0) {
        return error;
    }
    error = mount();
    storage_service_init(error); // with an error, too: its clients are told
    log_state(error);
    sp_run(answer);
}
