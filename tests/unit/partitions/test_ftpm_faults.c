// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM when something fails: each call of storage with each error, a power cut at each, memory that is out at each allocation, a library that
// finds itself broken, cancelled commands. It fails as a TPM does, and never loses what it had stored. Over the build machine's libtpms
// (ftpm_case.h, ftpm_alloc.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ftpm_alloc.h"
#include "ftpm_case.h"

#define INDEX 0x01500001u
#define CC_CREATE_PRIMARY 0x131u
#define RC_CANCELED 0x909u

// Between lives: part of storage that the engine does not use
struct notes {
    uint32_t calls;
    uint32_t failure;
    uint64_t count; // acknowledged
    uint64_t asked; // at least tried
};
static struct notes *notes;

static int clean(void **state)
{
    int error = case_clean(state);

    notes = (struct notes *)mem->data[0];
    return error;
}

static void forget_storage(void)
{
    memset(mem, 0, sizeof(*mem));
}

static void works(void)
{
    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_NONE);
}

static void note(void)
{
    notes->calls = mem->calls;
    notes->failure = ftpm_engine_failure();
}

static uint64_t read_counter(void)
{
    assert_int_equal(tpm_nv_read(INDEX, 0, 8, "pw"), 0);
    return ftpm_answer_u64(&tpm.answer);
}

static void define_counter(void)
{
    works();
    assert_int_equal(tpm_nv_define(INDEX, NV_PASSWORD | NV_NO_DA | 0x10, 8, "pw"), 0);
    assert_int_equal(tpm_nv_increment(INDEX, "pw"), 0);
    notes->count = notes->asked = read_counter();
}

// ---- The first start ----

static void a_first_start_that_is_cut_is_begun_anew(void **state)
{
    uint32_t at = 1;
    bool whole = false;

    (void)state;
    for (; !whole; at++) {
        for (int does_it = 0; does_it < 2; does_it++) {
            forget_storage();
            case_arm(at, 0, does_it != 0, false);
            whole = life(note);
            case_arm(0, 0, false, false);
            assert_true(life(define_counter));
            assert_true(life(works));
        }
        assert_in_range(at, 1, 20);
    }
    assert_in_range(at, 3, 20);
}

// Storage that fails: failure mode, and when it works again the TPM does, too
static void a_first_start_on_storage_that_fails_is_a_failure(void **state)
{
    static const int errors[] = { ERR_IO, ERR_NO_MEMORY, ERR_CORRUPT, ERR_ABORTED, ERR_BUSY };
    unsigned int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        for (uint32_t at = 1; at < 10; at++) {
            for (int for_ever = 0; for_ever < 2; for_ever++) {
                forget_storage();
                case_arm(at, errors[i], false, for_ever != 0);
                assert_true(life(note));
                assert_true(notes->failure == FTPM_FAILURE_STORAGE ||
                            (notes->failure == FTPM_FAILURE_NONE && notes->calls < at) ||
                            (notes->failure == FTPM_FAILURE_NONE && mem->size[1] != 0));
                failed += notes->failure != FTPM_FAILURE_NONE;
                case_arm(0, 0, false, false);
                assert_true(life(define_counter));
            }
        }
    }
    assert_in_range(failed, 20, 90);
}

// ---- A TPM that has a state: it is never replaced ----

static void counter_is_there(void)
{
    works();
    uint64_t now = read_counter();

    assert_true(now >= notes->count);
    assert_true(now <= notes->asked);
    notes->count = notes->asked = now;
}

static void a_state_that_cannot_be_read_is_never_replaced(void **state)
{
    static const int errors[] = { ERR_IO, ERR_CORRUPT, ERR_ABORTED, ERR_NOT_FOUND };

    (void)state;
    assert_true(life(define_counter));
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        for (uint32_t at = 1; at <= 3; at++) { // base, large delta, small delta
            uint32_t sets = mem->sets;

            case_arm(at, errors[i], false, false);
            assert_true(life(note));
            case_arm(0, 0, false, false);
            if (errors[i] != ERR_NOT_FOUND || at == 1) {
                assert_int_equal(notes->failure, FTPM_FAILURE_STORAGE);
                assert_int_equal(mem->sets, sets);
                assert_true(life(counter_is_there));
            }
            if (errors[i] == ERR_NOT_FOUND && at > 1) {
                break; // a store that loses single assets and says so is not ours to know
            }
        }
    }
}

static void assets_that_are_missing_are_missed(void **state)
{
    (void)state;
    assert_true(life(define_counter));
    mem->size[FTPM_NV_UID_BASE] = 0;
    assert_true(life(note));
    assert_int_equal(notes->failure, FTPM_FAILURE_STORAGE);
    mem->size[FTPM_NV_UID_LARGE] = mem->size[FTPM_NV_UID_SMALL] = 0;
    assert_true(life(note));
    assert_int_equal(notes->failure, FTPM_FAILURE_STORAGE);
}

// Every byte of the stored state wrong, one after the other: the store would not let that happen; the TPM fails or works, and does not fall
static void damage_is_survived(void **state)
{
    (void)state;
    assert_true(life(define_counter));
    for (size_t i = 0; i < mem->size[FTPM_NV_UID_BASE]; i += 19) {
        static uint8_t saved[sizeof(mem->data)];
        size_t sizes[CASE_ASSETS];

        memcpy(saved, mem->data, sizeof(saved));
        memcpy(sizes, mem->size, sizeof(sizes));
        mem->data[FTPM_NV_UID_BASE][i] ^= 0x81;
        assert_true(life(note));
        memcpy(mem->data, saved, sizeof(saved));
        memcpy(mem->size, sizes, sizeof(sizes));
    }
    assert_true(life(counter_is_there));
}

// ---- Commands ----

static uint32_t cut_at;
static int cut_with;
static bool cut_does_it;

static void count_and_break(void)
{
    uint32_t code = 0;

    works();
    case_arm(cut_at, cut_with, cut_does_it, true);
    for (int i = 0; i < 6 && code == 0; i++) {
        notes->asked++;
        code = tpm_nv_increment(INDEX, "pw");
        if (code == 0) {
            notes->count++;
        }
    }
    note();
    if (code != 0) { // failed for good
        assert_int_equal(code, TPM_RC_FAILURE);
        assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_STORAGE);
        case_arm(0, 0, false, false);
        assert_int_equal(tpm_nv_increment(INDEX, "pw"), TPM_RC_FAILURE);
        assert_int_equal(tpm_extend(0, 0), TPM_RC_FAILURE);
    }
}

static void what_was_acknowledged_is_there_and_nothing_else(void **state)
{
    static const int errors[] = { 0, ERR_IO, ERR_NO_MEMORY, ERR_ABORTED };

    (void)state;
    assert_true(life(define_counter));
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        for (cut_at = 1; cut_at < 9; cut_at++) {
            for (int does_it = 0; does_it < 2; does_it++) {
                cut_with = errors[i];
                cut_does_it = does_it != 0;
                bool whole = life(count_and_break);

                assert_true(whole || errors[i] == 0);
                case_arm(0, 0, false, false);
                assert_true(life(counter_is_there));
            }
        }
    }
}

static void guess_until_cut(void)
{
    works();
    case_arm(cut_at, 0, cut_does_it, true);
    for (int i = 0; i < 6; i++) {
        uint32_t code = tpm_nv_read(INDEX + 1, 0, 8, "guess");

        if (code == 0x98e) {
            notes->asked++; // the guesser has learned that it was wrong
        }
    }
    _exit(LIFE_CUT);
}

static void define_guarded(void)
{
    works();
    assert_int_equal(tpm_nv_define(INDEX + 1, NV_PASSWORD, 8, "secret"), 0);
    notes->asked = 0;
    notes->count = tpm_property(0x20e);
}

static void guesses_are_counted(void)
{
    works();
    assert_true(tpm_property(0x20e) >= notes->count + notes->asked ||
                tpm_property(0x20e) == tpm_property(0x20f));
}

// CVE-2020-26933: whatever the guesser has learned is counted, at whichever call of storage the power went
static void no_guess_is_free(void **state)
{
    (void)state;
    for (cut_at = 1; cut_at < 6; cut_at++) {
        for (int does_it = 0; does_it < 2; does_it++) {
            cut_does_it = does_it != 0;
            forget_storage();
            assert_true(life(define_guarded));
            for (int round = 0; round < 3; round++) {
                (void)life(guess_until_cut);
                case_arm(0, 0, false, false);
                assert_true(life(guesses_are_counted));
            }
        }
    }
}

// ---- Memory ----

static size_t out_at;
static bool out_for_ever;

static uint32_t create_key(uint16_t type)
{
    struct ftpm_command c;

    ftpm_command_begin(&c, TPM_ST_SESSIONS, CC_CREATE_PRIMARY);
    ftpm_command_u32(&c, 0x40000001);
    ftpm_command_empty_auth(&c);
    ftpm_command_u16(&c, 4);
    ftpm_command_u32(&c, 0);
    ftpm_command_u16(&c, type == 1 ? 26 : 24);
    ftpm_command_u16(&c, type); // 1: RSA; 0x23: ECC
    ftpm_command_u16(&c, TPM_ALG_SHA256);
    ftpm_command_u32(&c, 0x00030072);
    ftpm_command_u16(&c, 0);
    ftpm_command_u16(&c, 0x06); // AES-128-CFB
    ftpm_command_u16(&c, 128);
    ftpm_command_u16(&c, 0x43);
    ftpm_command_u16(&c, 0x10); // no scheme
    ftpm_command_u16(&c, type == 1 ? 2048 : 3);
    if (type == 1) {
        ftpm_command_u32(&c, 0);
        ftpm_command_u16(&c, 0);
    } else {
        ftpm_command_u16(&c, 0x10);
        ftpm_command_u32(&c, 0);
    }
    if (type != 1) {
        c.bytes[FTPM_HEADER_SIZE + 4 + 4 + 9 + 2 + 4 + 1] = 26;
    }
    ftpm_command_u16(&c, 0);
    ftpm_command_u32(&c, 0);
    return tpm_run(&c);
}

static void out_of_memory(void)
{
    works();
    alloc_fail(out_at, out_for_ever);
    uint32_t code = create_key(0x23);

    notes->calls = (uint32_t)alloc_calls;
    notes->failure = alloc_failures != 0;
    if (code == 0) {
        code = tpm_nv_increment(INDEX, "pw");
        notes->count += code == 0;
        notes->asked++;
    }
    alloc_fail(0, false);
    if (code == 0) {
        works();
    } else if (ftpm_engine_failure() != FTPM_FAILURE_NONE) {
        assert_int_equal(code, TPM_RC_FAILURE);
        assert_int_equal(tpm_nv_increment(INDEX, "pw"), TPM_RC_FAILURE);
    } else {
        assert_int_not_equal(code, 0);
        assert_int_equal(tpm_nv_increment(INDEX, "pw"), 0);
        notes->count++;
        notes->asked++;
    }
}

static void memory_that_is_out_is_no_crash(void **state)
{
    unsigned int lives = 0;

    (void)state;
    assert_true(life(define_counter));
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        out_for_ever = for_ever != 0;
        out_at = 1;
        do {
            assert_true(life(out_of_memory));
            assert_true(life(counter_is_there));
            lives++;
            out_at += out_at < 80 ? 1 : out_at / 4;
        } while (notes->failure != 0);
    }
    assert_in_range(lives, 50, 10000);
}

static void start_out_of_memory(void)
{
    note();
    alloc_fail(0, false);
    if (notes->failure != FTPM_FAILURE_NONE) {
        assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 8), TPM_RC_FAILURE);
    } else {
        assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 8), 0);
    }
}

static void a_start_without_memory_is_a_failure(void **state)
{
    unsigned int failed = 0;

    (void)state;
    assert_true(life(define_counter));
    for (size_t at = 1; at < 9000; at += at < 30 ? 1 : at / 5) {
        alloc_fail(at, false);
        assert_true(life(start_out_of_memory));
        failed += notes->failure != FTPM_FAILURE_NONE;
        alloc_fail(0, false);
        assert_true(life(counter_is_there));
    }
    assert_in_range(failed, 3, 200);
}

// ---- The library's own failure, cancelled commands ----

static void cancel(void)
{
    works();
    case_cancel = true;
    assert_int_equal(create_key(1), RC_CANCELED);
    case_cancel = false;
    works();
    assert_int_equal(create_key(1), 0);
}

static void a_long_command_can_be_cancelled(void **state)
{
    (void)state;
    assert_true(life(cancel));
}

void TpmFail(const char *function, int line, int code); // libtpms: what its assertions call

static void on_clock(void)
{
    TpmFail("test", 1, 1);
}

static void library_fails(void)
{
    works();
    case_on_clock = on_clock;
    assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 8), TPM_RC_FAILURE);
    case_on_clock = NULL;
    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_LIBRARY);
    assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 8), TPM_RC_FAILURE);
    assert_true(ftpm_engine.failed());
    assert_false(ftpm_engine.hash_start());
}

static void library_fails_at_start(void)
{
    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_LIBRARY);
    case_on_clock = NULL;
    assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 8), TPM_RC_FAILURE);
}

static void a_library_that_fails_is_a_tpm_that_has(void **state)
{
    (void)state;
    assert_true(life(define_counter));
    assert_true(life(library_fails));
    assert_true(life(counter_is_there)); // until the machine resets
    case_on_clock = on_clock;
    assert_true(life(library_fails_at_start));
    case_on_clock = NULL;
    assert_true(life(counter_is_there));
}

// ---- What libtpms asks of OpenSSL: never to go without blinding. In the place of RSA_set_flags(), by the flags in ftpm.mk ----
static unsigned int rsa_calls;
static int rsa_flags;

void case_rsa_flags(void *rsa, int flags);
void case_rsa_flags(void *rsa, int flags)
{
    assert_non_null(rsa);
    rsa_calls++;
    rsa_flags |= flags;
}

static void use_rsa(void)
{
    works();
    assert_int_equal(tpm_send(0, (const uint8_t *)"\x80\x01\0\0\0\x0b\0\0\x01\x43\x01", 11),
                     0); // SelfTest, all
    assert_true(rsa_calls > 0);
    assert_int_equal(rsa_flags & 0x80, 0);
}

static void rsa_keys_are_blinded(void **state)
{
    (void)state;
    assert_true(life(use_rsa));
}

static int setup(void **state)
{
    alloc_begin();
    return case_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_first_start_that_is_cut_is_begun_anew, clean),
        cmocka_unit_test_setup(a_first_start_on_storage_that_fails_is_a_failure, clean),
        cmocka_unit_test_setup(a_state_that_cannot_be_read_is_never_replaced, clean),
        cmocka_unit_test_setup(assets_that_are_missing_are_missed, clean),
        cmocka_unit_test_setup(damage_is_survived, clean),
        cmocka_unit_test_setup(what_was_acknowledged_is_there_and_nothing_else, clean),
        cmocka_unit_test_setup(no_guess_is_free, clean),
        cmocka_unit_test_setup(memory_that_is_out_is_no_crash, clean),
        cmocka_unit_test_setup(a_start_without_memory_is_a_failure, clean),
        cmocka_unit_test_setup(a_long_command_can_be_cancelled, clean),
        cmocka_unit_test_setup(a_library_that_fails_is_a_tpm_that_has, clean),
        cmocka_unit_test_setup(rsa_keys_are_blinded, clean),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
