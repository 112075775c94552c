// SPDX-License-Identifier: BSD-3-Clause
//
// The storage partition and its flash across boots: machines that are killed while it writes (kill -9, TESSERA_SOAK=1: many more),
// and flash contents that somebody changed in between. Nothing acknowledged is ever lost, nothing changed is ever believed.
#include "tests/target/storage_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/abi/ts_rpc_abi.h"

// ---- What must be there ----------------------------------------------------------------------------------------------

#define UIDS 12
#define SIZE_MAX_HERE 20000
#define FIRST_LOAD 1300 // so many that the cleaner of the store has work in all that comes then

struct content {
    bool exists;
    uint32_t size;
    uint32_t capacity;
    uint32_t flags;
    uint8_t data[SIZE_MAX_HERE];
};

// Acknowledged, and what a call that was killed may have made of one of them
static struct content now[2][UIDS + 1];
static struct content then;
static struct content *open_one; // of `now`; NULL: none
static unsigned int open_space;
static uint64_t open_uid;
static uint64_t seed = 88172645463325252ULL;

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % below;
}

static uint32_t draw_size(void)
{
    return draw(4) != 0 ? draw(300) : draw(SIZE_MAX_HERE + 1);
}

static void draw_bytes(uint8_t *bytes, uint32_t size)
{
    uint8_t first = (uint8_t)draw(256);
    uint8_t step = (uint8_t)(1 + draw(255));

    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(first + step * i + i / 256);
    }
}

static bool is_there(unsigned int space, uint64_t uid, const struct content *wanted)
{
    static uint8_t bytes[STORAGE_DATA_MAX];
    struct storage_asset_info info;
    size_t got;
    int32_t status = storage_info(space, uid, &info);

    if (!wanted->exists || status != STORAGE_SUCCESS) {
        return !wanted->exists && status == STORAGE_ERROR_DOES_NOT_EXIST;
    }
    return info.size == wanted->size && info.capacity == wanted->capacity &&
           info.flags == wanted->flags &&
           storage_get(space, uid, 0, STORAGE_DATA_MAX, bytes, &got) == STORAGE_SUCCESS &&
           got == wanted->size && memcmp(bytes, wanted->data, got) == 0;
}

static void check_all(void)
{
    for (unsigned int space = ITS; space <= PS; space++) {
        for (uint64_t uid = 1; uid <= UIDS; uid++) {
            struct content *content = &now[space][uid];

            if (is_there(space, uid, content)) {
                continue;
            }
            if (content == open_one && is_there(space, uid, &then)) {
                *content = then;
                continue;
            }
            h_console_tail(machine);
            fail_msg("asset %u of service %u is not what was acknowledged (%s%s)",
                     (unsigned int)uid, space, content->exists ? "exists" : "does not exist",
                     content == open_one ? ", open" : "");
        }
    }
    open_one = NULL;
}

// ---- Load ------------------------------------------------------------------------------------------------------------

static uint16_t put_set(void)
{
    then = (struct content){ .exists = true, .size = draw_size(), .flags = draw(4) == 0 ? 4 : 0 };
    then.capacity = then.size;
    draw_bytes(then.data, then.size);
    return STORAGE_SET;
}

static uint16_t put_create(void)
{
    then = (struct content){ .exists = true, .capacity = draw_size(), .flags = 2 };
    return STORAGE_CREATE;
}

// A call that changes one asset: its request is in shared memory, what it will make of the asset in `then`.
static uint32_t draw_call(uint16_t *opcode)
{
    unsigned int kind = draw(8);
    static uint8_t part[SIZE_MAX_HERE];

    open_space = draw(2);
    open_uid = 1 + draw(UIDS);
    open_one = &now[open_space][open_uid];
    if (kind == 0 && open_one->exists) {
        then = (struct content){ .exists = false };
        *opcode = STORAGE_REMOVE;
        return storage_put_uid(open_uid);
    }
    if (kind == 1 && open_space == PS && !open_one->exists) {
        *opcode = put_create();
        return storage_put_create(open_uid, then.capacity, then.flags);
    }
    if (kind <= 4 && open_space == PS && open_one->exists && open_one->capacity != 0) {
        uint32_t offset = draw(open_one->size + 1);
        uint32_t size = draw(open_one->capacity - offset + 1);

        draw_bytes(part, size);
        then = *open_one;
        memcpy(then.data + offset, part, size);
        then.size = offset + size > then.size ? offset + size : then.size;
        *opcode = STORAGE_SET_EXTENDED;
        return storage_put_extended(open_uid, offset, part, size);
    }
    *opcode = put_set();
    return storage_put_set(open_uid, then.data, then.size, then.flags);
}

static void do_some(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        uint16_t opcode;
        uint32_t size = draw_call(&opcode);
        struct storage_answer answer = storage_call(open_space, opcode, size);

        assert_int_equal(answer.rpc, TS_RPC_SUCCESS);
        assert_int_equal(answer.status, STORAGE_SUCCESS);
        *open_one = then;
    }
    open_one = NULL;
}

// Begins one more and kills the machine at some moment of it.
static void kill_in_the_middle(void)
{
    uint16_t opcode;
    uint32_t size = draw_call(&opcode);

    storage_begin(open_space, opcode, size);
    usleep(draw(4000));
    storage_stop();
}

// Kills a machine at some moment of its boot, maybe that of the mount.
static void kill_while_booting(void)
{
    struct h_options o = storage_options(H_FLASH_KEEP);

    o.no_proxy = true;
    o.quiet = true;
    machine = h_start(&o);
    assert_non_null(machine);
    usleep(draw(900000));
    (void)target_stop(NULL);
}

static void nothing_acknowledged_is_lost(void **state)
{
    unsigned int boots = getenv("TESSERA_SOAK") != NULL ? 300 : 20;

    (void)state;
    if (getenv("TESSERA_SEED") != NULL) {
        seed = strtoull(getenv("TESSERA_SEED"), NULL, 0) | 1;
    }
    print_message("TESSERA_SEED=%#llx\n", (unsigned long long)seed);
    memset(now, 0, sizeof(now));
    storage_flash_new();
    for (unsigned int i = 0; i < boots; i++) {
        storage_boot(H_FLASH_KEEP);
        check_all();
        do_some(i == 0 ? FIRST_LOAD : 20 + draw(40));
        kill_in_the_middle();
        if (i % 4 == 3) {
            kill_while_booting();
        }
    }
    storage_boot(H_FLASH_KEEP);
    check_all();
    assert_int_equal(storage_capability(TS_CAPS_STORAGE_DAMAGED), 0);
    print_message("%u boots; blocks erased %u to %u times\n", boots,
                  storage_capability(TS_CAPS_STORAGE_ERASES_MIN),
                  storage_capability(TS_CAPS_STORAGE_ERASES_MAX));
    storage_stop();
}

// The normal world interrupts a write, maybe between a command to the chip and its end, and resets the machine
static void a_reset_in_the_middle_of_a_write_is_a_power_cut(void **state)
{
    struct h_options o = storage_options(H_FLASH_KEEP);
    static struct content before;

    (void)state;
    storage_flash_new();
    o.icount = true; // so that the interrupts come at the same instructions every time
    o.reboot = true;
    target_fresh(&o);
    storage_open();
    before = (struct content){ .exists = true, .size = 9000, .capacity = 9000 };
    draw_bytes(before.data, before.size);
    assert_int_equal(storage_set(PS, 1, before.data, before.size, 0), STORAGE_SUCCESS);
    for (unsigned int i = 0; i < 12; i++) {
        then = before;
        draw_bytes(then.data, then.size);
        uint32_t size = storage_put_set(1, then.data, then.size, 0);
        uint64_t handle = storage.session.memory.handle;
        struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, storage.session.partition, 0,
                                   PS << TS_RPC_INTERFACE_SHIFT | STORAGE_SET, (uint32_t)handle,
                                   handle >> 32, size },
                            .flags = MB_SMC_TIMER,
                            .timer_ticks = 30000 + 15111 * i };

        assert_int_equal(h_call(machine, 0, &c), H_OK);
        assert_true((uint32_t)c.x[0] == FFA_INTERRUPT ||
                    (uint32_t)c.x[0] == FFA_MSG_SEND_DIRECT_RESP_32);
        bool done = (uint32_t)c.x[0] == FFA_MSG_SEND_DIRECT_RESP_32;

        print_message("after %u ticks: %s\n", 30000 + 15111 * i, done ? "done" : "interrupted");
        assert_int_equal(h_reset(machine, PSCI_SYSTEM_RESET), H_OK);
        storage_open();
        if (is_there(PS, 1, &then)) {
            before = then;
        } else {
            assert_true(!done && is_there(PS, 1, &before));
        }
    }
    storage_stop();
}

// ---- Changed flash ---------------------------------------------------------------------------------------------------

#define RECORD_DATA 100
#define RECORD_HEAD 48 // FORMAT.md
#define RECORD_TAG 16

static uint8_t region[FLASH_STORAGE_SIZE];
static uint8_t other[FLASH_STORAGE_SIZE];

// Where the record of a call is
struct range {
    size_t base;
    size_t end;
};

// Bytes of asset `uid`, version `version`
static const uint8_t *bytes_of(uint64_t uid, unsigned int version)
{
    static uint8_t bytes[RECORD_DATA];

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(uid * 16 + version + i * 3);
    }
    return bytes;
}

// Sets the asset; what that changed in flash.
static struct range set_here(uint64_t uid, unsigned int version)
{
    struct range range = { 0, FLASH_STORAGE_SIZE };

    storage_region_load(region);
    assert_int_equal(storage_set(PS, uid, bytes_of(uid, version), RECORD_DATA, 0), STORAGE_SUCCESS);
    storage_region_load(other);
    while (range.base < range.end && region[range.base] == other[range.base]) {
        range.base++;
    }
    while (range.end > range.base && region[range.end - 1] == other[range.end - 1]) {
        range.end--;
    }
    assert_true(range.end - range.base >= RECORD_DATA && range.end - range.base < 1000);
    return range;
}

static void assert_asset(uint64_t uid, unsigned int version)
{
    storage_assert(PS, uid, bytes_of(uid, version), RECORD_DATA);
}

static void assert_damaged(uint64_t uid)
{
    size_t got;
    int32_t status = storage_get(PS, uid, 0, RECORD_DATA, NULL, &got);

    if (status != STORAGE_ERROR_DATA_CORRUPT) {
        fail_msg("asset %llu: status %d", (unsigned long long)uid, status);
    }
}

// The store as a whole is refused, says so, and its flash is not touched.
static void assert_refused(const char *what)
{
    struct storage_asset_info info;
    size_t got;

    print_message("%s\n", what);
    storage_region_load(region);
    storage_boot(H_FLASH_KEEP);
    assert_int_equal(storage_get(PS, 1, 0, RECORD_DATA, NULL, &got),
                     STORAGE_ERROR_INVALID_SIGNATURE);
    assert_int_equal(storage_get(ITS, 1, 0, RECORD_DATA, NULL, &got), STORAGE_ERROR_DATA_CORRUPT);
    assert_int_equal(storage_info(PS, 99, &info), STORAGE_ERROR_INVALID_SIGNATURE);
    assert_int_equal(storage_set(PS, 1, bytes_of(1, 9), RECORD_DATA, 0),
                     STORAGE_ERROR_INVALID_SIGNATURE);
    assert_int_equal(storage_remove(PS, 1), STORAGE_ERROR_INVALID_SIGNATURE);
    assert_console("flash refused");
    assert_echo_works();
    storage_stop();
    storage_region_load(other);
    assert_memory_equal(region, other, sizeof(region));
}

#define ASSETS 11

// Assets 1 … ASSETS, after the first record of a mount (with what else it writes); `ranges` from 1.
static void make_assets(struct range ranges[ASSETS + 1])
{
    storage_flash_new();
    storage_boot(H_FLASH_KEEP);
    assert_int_equal(storage_set(ITS, 50, "first", 5, 0), STORAGE_SUCCESS);
    for (uint64_t uid = 1; uid <= ASSETS; uid++) {
        ranges[uid] = set_here(uid, 0);
    }
    storage_stop();
    storage_region_load(region);
}

static bool is_even(uint64_t uid)
{
    return uid % 2 == 0;
}

// Every second one, at another place of each: the first byte … the last of its tag (what is behind, padding and commit, is only needed
// when nothing follows)
static void a_damaged_record_costs_that_record_only(void **state)
{
    struct range ranges[ASSETS + 1];

    (void)state;
    make_assets(ranges);
    for (uint64_t uid = 2; uid < ASSETS; uid += 2) {
        size_t last = RECORD_HEAD + RECORD_DATA + RECORD_TAG - 1;

        assert_true(ranges[uid].end - ranges[uid].base > last);
        region[ranges[uid].base + last * (uid / 2 - 1) / (ASSETS / 2 - 1)] ^= 0x10;
    }
    storage_region_save(region);
    for (unsigned int version = 0; version < 2; version++) { // again after another boot
        storage_boot(H_FLASH_KEEP);
        for (uint64_t uid = 1; uid <= ASSETS; uid++) {
            if (is_even(uid)) {
                assert_damaged(uid);
            } else {
                assert_asset(uid, version);
                (void)set_here(uid, version + 1);
            }
        }
        assert_true(storage_capability(TS_CAPS_STORAGE_DAMAGED) >= ASSETS / 2);
    }
    for (uint64_t uid = 2; uid < ASSETS - 1; uid += 2) { // set anew they are as good as ever
        assert_int_equal(storage_set(PS, uid, bytes_of(uid, 7), RECORD_DATA, 0), STORAGE_SUCCESS);
    }
    assert_int_equal(storage_remove(PS, ASSETS - 1), STORAGE_SUCCESS);
    storage_boot(H_FLASH_KEEP);
    for (uint64_t uid = 1; uid < ASSETS - 1; uid++) {
        assert_asset(uid, is_even(uid) ? 7 : 2);
    }
    struct storage_asset_info info;

    assert_int_equal(storage_info(PS, ASSETS - 1, &info), STORAGE_ERROR_DOES_NOT_EXIST);
    storage_stop();
}

// Either two assets are lost, or all of it is refused: the order of records is part of what is protected
static void swapped_records_are_no_data(void **state)
{
    struct range ranges[ASSETS + 1];
    uint8_t record[1000];
    size_t got;

    (void)state;
    make_assets(ranges);
    size_t size = ranges[3].end - ranges[3].base;

    assert_int_equal(ranges[6].end - ranges[6].base, size);
    memcpy(record, region + ranges[3].base, size);
    memcpy(region + ranges[3].base, region + ranges[6].base, size);
    memcpy(region + ranges[6].base, record, size);
    storage_region_save(region);
    storage_boot(H_FLASH_KEEP);
    for (uint64_t uid = 1; uid <= ASSETS; uid++) {
        int32_t status = storage_get(PS, uid, 0, RECORD_DATA, NULL, &got);
        bool swapped = uid == 3 || uid == 6;

        if (status == STORAGE_SUCCESS && !swapped) {
            assert_asset(uid, 0);
        } else {
            assert_true(status == STORAGE_ERROR_INVALID_SIGNATURE ||
                        (status == STORAGE_ERROR_DATA_CORRUPT && swapped));
        }
    }
    storage_stop();
}

// The newest version of an asset wiped, or an older one put in its place, does not bring the older one back.
static void an_older_record_does_not_come_back(void **state)
{
    struct range ranges[ASSETS + 1];

    (void)state;
    make_assets(ranges);
    storage_boot(H_FLASH_KEEP);
    (void)set_here(1, 1);
    struct range newest = set_here(2, 1);
    (void)set_here(3, 1);
    storage_stop();
    storage_flash_keep();
    for (unsigned int i = 0; i < 3; i++) {
        size_t size = newest.end - newest.base;

        storage_flash_restore();
        storage_region_load(region);
        if (i == 0) {
            memset(region + newest.base, 0xff, size);
        } else if (i == 1) {
            memset(region + newest.base, 0, size);
        } else {
            assert_int_equal(ranges[2].end - ranges[2].base, size);
            memcpy(region + newest.base, region + ranges[2].base, size);
        }
        storage_region_save(region);
        storage_boot(H_FLASH_KEEP);
        assert_damaged(2);
        assert_asset(1, 1);
        assert_asset(3, 1);
        assert_asset(4, 0);
        storage_stop();
    }
}

static void a_replayed_flash_is_refused(void **state)
{
    struct range ranges[ASSETS + 1];
    static uint8_t before[FLASH_STORAGE_SIZE];

    (void)state;
    make_assets(ranges);
    memcpy(before, region, sizeof(before));
    storage_boot(H_FLASH_KEEP); // reads only: what is in flash stays the newest
    assert_asset(1, 0);
    storage_stop();
    storage_region_save(before);
    storage_boot(H_FLASH_KEEP);
    assert_asset(1, 0);
    assert_int_equal(storage_remove(PS, 1), STORAGE_SUCCESS);
    storage_stop();
    storage_flash_keep();
    storage_region_save(before);
    assert_refused("the flash of before the last change's boot");
    storage_flash_restore();
    storage_boot(H_FLASH_KEEP); // and back again: all is well
    assert_asset(2, 0);
    storage_stop();
}

static void a_destroyed_flash_is_refused(void **state)
{
    struct range ranges[ASSETS + 1];

    (void)state;
    make_assets(ranges);
    storage_flash_keep();
    memset(other, 0xff, sizeof(other));
    storage_region_save(other);
    assert_refused("erased");
    memset(other, 0, sizeof(other));
    storage_region_save(other);
    assert_refused("zeros");
    for (size_t i = 0; i < sizeof(other); i++) {
        other[i] = (uint8_t)draw(256);
    }
    storage_region_save(other);
    assert_refused("noise");
    storage_flash_restore();
    storage_region_load(other);
    memset(other, 0xff, ranges[ASSETS].end); // up to and with the last record
    storage_region_save(other);
    assert_refused("truncated at its front");
}

static void another_machines_flash_is_refused(void **state)
{
    struct range ranges[ASSETS + 1];

    (void)state;
    make_assets(ranges);
    storage_flash_other_machine();
    assert_refused("of another machine");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
        cmocka_unit_test(a_reset_in_the_middle_of_a_write_is_a_power_cut),
        cmocka_unit_test(a_damaged_record_costs_that_record_only),
        cmocka_unit_test(swapped_records_are_no_data),
        cmocka_unit_test(an_older_record_does_not_come_back),
        cmocka_unit_test(a_replayed_flash_is_refused),
        cmocka_unit_test(a_destroyed_flash_is_refused),
        cmocka_unit_test(another_machines_flash_is_refused),
    };

    return cmocka_run_group_tests_name("storage_power", tests, storage_flash_setup,
                                       storage_flash_teardown);
}
