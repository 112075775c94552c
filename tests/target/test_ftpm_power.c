// SPDX-License-Identifier: BSD-3-Clause
//
// The fTPM and the end of power at any moment: in the middle of changes, of boots, of its manufacture; flash that refuses writes, is
// damaged, or another machine's. What was acknowledged is there, or the TPM has failed for good and changes nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/target/tpm_client.h"

#define VALUE_INDEX 0x01500001
#define COUNTER_INDEX 0x01500002
#define OTHER_INDEX 0x01500003
// TPMA_NV: owner and authorization may write and read (bits 1, 2, 17, 18), no dictionary attack protection (25)
#define ATTRIBUTES (1u << 1 | 1u << 2 | 1u << 17 | 1u << 18 | 1u << 25)
#define COUNTER (1u << 4)
#define TPM_PT_NV_COUNTERS_AVAIL 0x20b
#define BOOT_US 400000

static uint64_t seed = 0x7e55e7a;

static uint32_t draw(uint32_t below) // xorshift64*: Vigna 2016
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)(seed * 0x2545f4914f6cdd1dULL >> 33) % below;
}

static unsigned int rounds(unsigned int few, unsigned int many)
{
    return getenv("TESSERA_SOAK") != NULL ? many : few;
}

// ---- Changes that a kill interrupts ----------------------------------------------------------------------------------

// What the TPM keeps as this test knows it
struct kept {
    uint32_t value;   // of VALUE_INDEX
    uint64_t counter; // of COUNTER_INDEX
    bool other;       // OTHER_INDEX is defined
};

static void put_define(struct tpm_bytes *b, uint32_t index, uint32_t attributes, uint16_t size)
{
    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_NV_DEFINE_SPACE);
    tpm_put(b, 4, TPM_RH_OWNER);
    tpm_put_password(b, "");
    tpm_put(b, 2, 0);                 // its authorization
    tpm_put(b, 2, 4 + 2 + 4 + 2 + 2); // TPMS_NV_PUBLIC
    tpm_put(b, 4, index);
    tpm_put(b, 2, 0x000b);
    tpm_put(b, 4, attributes);
    tpm_put(b, 2, 0);
    tpm_put(b, 2, size);
}

static void put_undefine(struct tpm_bytes *b, uint32_t index)
{
    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_NV_UNDEFINE_SPACE);
    tpm_put(b, 4, TPM_RH_OWNER);
    tpm_put(b, 4, index);
    tpm_put_password(b, "");
}

static void put_write(struct tpm_bytes *b, uint32_t value)
{
    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_NV_WRITE);
    tpm_put(b, 4, TPM_RH_OWNER);
    tpm_put(b, 4, VALUE_INDEX);
    tpm_put_password(b, "");
    tpm_put(b, 2, sizeof(value));
    tpm_put(b, 4, value);
    tpm_put(b, 2, 0);
}

static void put_increment(struct tpm_bytes *b)
{
    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_NV_INCREMENT);
    tpm_put(b, 4, TPM_RH_OWNER);
    tpm_put(b, 4, COUNTER_INDEX);
    tpm_put_password(b, "");
}

static uint32_t read_index(uint32_t index, unsigned int size, uint64_t *value)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_NV_READ);
    tpm_put(&b, 4, TPM_RH_OWNER);
    tpm_put(&b, 4, index);
    tpm_put_password(&b, "");
    tpm_put(&b, 2, size);
    tpm_put(&b, 2, 0);
    uint32_t rc = tpm_send(&b, 0);

    if (rc == TPM_RC_SUCCESS) {
        (void)tpm_take_bytes(&b, 4);
        assert_int_equal(tpm_take(&b, 2), size);
        *value = tpm_take(&b, size);
    }
    return rc;
}

// A change is put together, and what it makes of `state`
static void draw_change(struct tpm_bytes *b, struct kept *state)
{
    switch (draw(4)) {
    case 0:
        put_increment(b);
        state->counter++;
        break;
    case 1:
        if (state->other) {
            put_undefine(b, OTHER_INDEX);
        } else {
            put_define(b, OTHER_INDEX, ATTRIBUTES, 1 + (uint16_t)draw(500));
        }
        state->other = !state->other;
        break;
    default:
        put_write(b, ++state->value);
        break;
    }
}

// The TPM's state is `now` or, where a change was interrupted, `then`: all of either. *now is what it is
static void check(struct kept *now, const struct kept *then)
{
    struct kept found = { 0 };
    struct tpm_bytes b;
    uint64_t value = 0;

    assert_int_equal(read_index(VALUE_INDEX, 4, &value), TPM_RC_SUCCESS);
    found.value = (uint32_t)value;
    assert_int_equal(read_index(COUNTER_INDEX, 8, &found.counter), TPM_RC_SUCCESS);
    tpm_begin(&b, TPM_ST_NO_SESSIONS, 0x169); // TPM2_NV_ReadPublic
    tpm_put(&b, 4, OTHER_INDEX);
    found.other = tpm_send(&b, 0) == TPM_RC_SUCCESS;
    bool is_now =
        found.value == now->value && found.counter == now->counter && found.other == now->other;
    bool is_then =
        found.value == then->value && found.counter == then->counter && found.other == then->other;

    if (!is_now && !is_then) {
        fail_msg("value %u, counter %llu, other %d; must be %u %llu %d or %u %llu %d", found.value,
                 (unsigned long long)found.counter, found.other, now->value,
                 (unsigned long long)now->counter, now->other, then->value,
                 (unsigned long long)then->counter, then->other);
    }
    *now = found;
}

static void begin_machine(struct kept *state)
{
    struct tpm_bytes b;

    tpm_flash_new();
    tpm_boot();
    put_define(&b, VALUE_INDEX, ATTRIBUTES, 4);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    put_define(&b, COUNTER_INDEX, ATTRIBUTES | COUNTER, 8);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    *state = (struct kept){ .value = 1 };
    put_write(&b, 1);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    put_increment(&b);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    assert_int_equal(read_index(COUNTER_INDEX, 8, &state->counter), TPM_RC_SUCCESS);
}

static void nothing_acknowledged_is_lost(void **state)
{
    unsigned int boots = rounds(12, 300);
    unsigned int acknowledged = 0;
    struct kept now;
    uint32_t resets;

    (void)state;
    begin_machine(&now);
    resets = tpm_clock().reset_count;
    for (unsigned int i = 0; i < boots; i++) {
        struct kept then = now;
        struct tpm_bytes b;
        uint32_t rc = 0;

        tpm_kill_in(draw(60000));
        for (;;) {
            draw_change(&b, &then);
            if (!tpm_try(&b, 0, &rc)) {
                break;
            }
            assert_int_equal(rc, TPM_RC_SUCCESS);
            now = then;
            acknowledged++;
        }
        assert_true(tpm.link.dead);
        tpm_cut();
        for (unsigned int k = draw(3); k > 0; k--) {
            tpm_boot_killed(draw(BOOT_US));
        }
        tpm_boot();
        check(&now, &then);
        assert_true(tpm_clock().reset_count >
                    resets); // part 1, 36.5: each of them has its own number
        resets = tpm_clock().reset_count;
    }
    print_message("%u boots, %u changes acknowledged\n", boots, acknowledged);
}

// A first boot that is killed, again and again: in the end there is one TPM, whose endorsement key stays
static void a_killed_manufacture_is_done_again(void **state)
{
    unsigned int machines = rounds(2, 40);

    (void)state;
    for (unsigned int i = 0; i < machines; i++) {
        tpm_flash_new();
        for (unsigned int k = 0; k < 4; k++) {
            tpm_boot_killed(draw(BOOT_US));
        }
        tpm_boot();
        tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.first");
        for (unsigned int k = 0; k < 2; k++) {
            tpm_boot_killed(draw(BOOT_US));
        }
        tpm_boot();
        tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.second\n"
             "cmp ek.first ek.second");
    }
}

// ---- Flash that cannot be used ---------------------------------------------------------------------------------------

static uint8_t region[FLASH_STORAGE_SIZE];
static uint8_t other[FLASH_STORAGE_SIZE];

// The TPM is in its failure mode (part 1, 10.4), stays there whatever it is told, and changes nothing; the machine works
static void assert_failed(void)
{
    struct tpm_bytes b;

    for (unsigned int i = 0; i < 2; i++) {
        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
        tpm_put(&b, 2, 8);
        assert_int_equal(tpm_send(&b, 0), TPM_RC_FAILURE);
        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_STARTUP);
        tpm_put(&b, 2, TPM_SU_CLEAR);
        assert_int_not_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
        tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_CLEAR);
        tpm_put(&b, 4, TPM_RH_LOCKOUT);
        tpm_put_password(&b, "");
        assert_int_equal(tpm_send(&b, 0), TPM_RC_FAILURE);
        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_SELF_TEST);
        tpm_put(&b, 1, 1);
        assert_int_equal(tpm_send(&b, 0), TPM_RC_FAILURE);
    }
    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_TEST_RESULT);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    (void)tpm_take_bytes(&b, tpm_take(&b, 2));
    assert_int_not_equal(tpm_take(&b, 4), TPM_RC_SUCCESS); // testResult says why
    assert_echo_works();
}

static void assert_fails_and_writes_nothing(const char *what)
{
    print_message("%s\n", what);
    tpm_flash_load(region);
    tpm_boot();
    assert_failed();
    tpm_reset();
    assert_failed();
    tpm_cut();
    tpm_flash_load(other);
    assert_memory_equal(region, other, sizeof(region));
}

// The bytes of flash that the last change wrote: *base … *end
static void find_last_write(size_t *base, size_t *end)
{
    struct tpm_bytes b;

    tpm_flash_load(region);
    put_write(&b, 0x12345678);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    tpm_flash_load(other);
    *base = 0;
    *end = FLASH_STORAGE_SIZE;
    while (*base < *end && region[*base] == other[*base]) {
        ++*base;
    }
    while (*end > *base && region[*end - 1] == other[*end - 1]) {
        --*end;
    }
    assert_true(*end - *base > 100);
}

// No state that cannot be read is replaced by a new one
static void a_damaged_state_fails_the_tpm_for_good(void **state)
{
    struct kept now;
    struct tpm_bytes b;
    size_t base;
    size_t end;

    (void)state;
    begin_machine(&now);
    find_last_write(&base, &end);
    put_increment(&b); // another record behind it: the damaged one is no unfinished end of the log
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.first");
    tpm_cut();
    tpm_flash_keep();
    memset(other, 0xff, sizeof(other));
    tpm_flash_save(other);
    assert_fails_and_writes_nothing("erased");
    for (size_t i = 0; i < sizeof(other); i++) {
        other[i] = (uint8_t)draw(256);
    }
    tpm_flash_save(other);
    assert_fails_and_writes_nothing("noise");
    tpm_flash_restore();
    tpm_boot();
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.second\n" // and back again: all is well
         "cmp ek.first ek.second");
}

// The record of one change damaged, with others behind it: the TPM's state as a whole is in doubt
static void one_damaged_record_fails_the_tpm(void **state)
{
    struct kept now;
    size_t base;
    size_t end;

    (void)state;
    begin_machine(&now);
    find_last_write(&base, &end);
    tpm_cut();
    tpm_flash_keep();
    for (unsigned int i = 1; i <= 3; i++) {
        tpm_flash_restore();
        tpm_flash_load(region);
        region[base + (end - base) * i / 4] ^= 0x10;
        tpm_flash_save(region);
        tpm_boot();
        uint64_t value = 0;
        uint32_t rc = read_index(VALUE_INDEX, 4, &value);

        // Its tail may be the unfinished last record of a power cut: then the state is that before it
        if (rc == TPM_RC_SUCCESS) {
            assert_true(value == 1 || value == 0x12345678);
        } else {
            assert_failed();
        }
        print_message("byte %zu of %zu: %s\n", (end - base) * i / 4, end - base,
                      rc == TPM_RC_SUCCESS ? "the change is undone" : "the TPM has failed");
        tpm_cut();
    }
}

// Writes are refused from the boot on: the TPM has failed, or its PCRs are those of the boot
static void a_flash_that_refuses_writes_costs_no_pcr(void **state)
{
    struct h_options o = tpm_options();
    struct kept now;
    uint8_t before[32];
    uint8_t after[32];
    struct tpm_bytes b;

    (void)state;
    begin_machine(&now);
    tpm_pcr(0, before);
    tpm_cut();
    o.flash_writes = H_FLASH_FAIL;
    tpm_boot_with(&o);
    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
    tpm_put(&b, 2, 8);
    if (tpm_send(&b, 0) == TPM_RC_SUCCESS) {
        tpm_pcr(0, after);
        assert_memory_equal(before, after, sizeof(before));
        put_write(&b, 99);
        assert_int_equal(tpm_send(&b, 0), TPM_RC_FAILURE);
    }
    assert_failed();
    tpm_cut();
    tpm_boot(); // a flash that works again
    tpm_pcr(0, after);
    assert_memory_equal(before, after, sizeof(before));
    check(&now, &now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
        cmocka_unit_test(a_killed_manufacture_is_done_again),
        cmocka_unit_test(a_damaged_state_fails_the_tpm_for_good),
        cmocka_unit_test(one_damaged_record_fails_the_tpm),
        cmocka_unit_test(a_flash_that_refuses_writes_costs_no_pcr),
    };

    if (getenv("TESSERA_SEED") != NULL) {
        seed = strtoull(getenv("TESSERA_SEED"), NULL, 0) | 1;
    }
    return cmocka_run_group_tests_name("ftpm_power", tests, tpm_setup, tpm_teardown);
}
