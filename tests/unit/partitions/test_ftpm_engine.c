// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's start: a new TPM, its banks, the event log in its PCRs, who may do what afterwards; and its failure mode, which one way or the other
// every broken start ends in. Over the build machine's libtpms (ftpm_case.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "event_log.h"
#include "ftpm_case.h"
#include "ftpm_library.h"
#include "tests/unit/platform/hash_double.h"

#define RC_INITIALIZE 0x100u
#define RC_BAD_AUTH 0x9a2u // TPM_RC_BAD_AUTH of session 1
#define RC_BAD_TAG 0x01eu
#define RC_LOCALITY 0x907u
#define CC_HIERARCHY_CONTROL 0x121u
#define CC_CREATE_PRIMARY 0x131u
#define CC_CHANGE_EPS 0x124u
#define CC_PCR_RESET 0x13du
#define RH_ENDORSEMENT 0x4000000bu
#define PT_MANUFACTURER 0x105u
#define PT_FIRMWARE_2 0x10cu
#define ALG_SHA1 0x0004u
#define ALG_SHA512 0x000du

static void works(void)
{
    assert_int_equal(ftpm_engine_failure(), FTPM_FAILURE_NONE);
    assert_false(ftpm_engine.failed());
}

// ---- A start that goes well ----

static void banks(void)
{
    uint8_t value[48];

    works();
    for (uint32_t pcr = 0; pcr < 24; pcr++) {
        assert_int_equal(tpm_pcr(pcr, TPM_ALG_SHA256, value), 32);
        assert_int_equal(tpm_pcr(pcr, TPM_ALG_SHA384, value), 48);
        assert_int_equal(tpm_pcr(pcr, ALG_SHA1, value), 0);
        assert_int_equal(tpm_pcr(pcr, ALG_SHA512, value), 0);
    }
    assert_int_equal(tpm_run16(TPM_CC_STARTUP, 0), RC_INITIALIZE); // it was started
}

static void a_tpm_has_two_banks_from_its_first_start_on(void **state)
{
    (void)state;
    assert_true(life(banks));
    assert_true(life(banks));
}

// By hand: no event_log_replay(), which the engine has used
static void fold(uint32_t pcr, enum boot_hash hash, uint8_t *value)
{
    const struct event_log log = { case_log_bytes, sizeof(case_log_bytes), case_log_size };
    size_t size = boot_hash_info(hash)->size;
    struct event_log_record record;
    size_t offset = 0;

    memset(value, 0, size);
    while (event_log_next(&log, &offset, &record, NULL) == 0) {
        uint8_t joined[96];
        struct boot_digests digests;

        if (record.type == EV_NO_ACTION || record.pcr != pcr) {
            continue;
        }
        memcpy(joined, value, size);
        memcpy(joined + size, record.digest[hash == BOOT_SHA384], size);
        assert_int_equal(boot_hash_make(joined, 2 * size, BOOT_HASH_BIT(hash), &digests), 0);
        memcpy(value, digests.value[hash], size);
    }
}

static void compare_pcrs(uint32_t count)
{
    uint8_t wanted[48];
    uint8_t value[48];

    works();
    for (uint32_t pcr = 0; pcr < count; pcr++) {
        for (enum boot_hash hash = BOOT_SHA256; hash <= BOOT_SHA384; hash++) {
            size_t size =
                tpm_pcr(pcr, hash == BOOT_SHA256 ? TPM_ALG_SHA256 : TPM_ALG_SHA384, value);

            if (pcr >= 17 && pcr <= 22) {
                memset(wanted, 0xff, sizeof(wanted));
            } else {
                fold(pcr, hash, wanted);
            }
            assert_memory_equal(value, wanted, size);
        }
    }
}

static void pcrs_of_the_log(void)
{
    compare_pcrs(24);
}

static void the_log_is_in_the_pcrs_of_each_start(void **state)
{
    static const char *const other[] = { "BL_2", "BL_33", NULL };
    static const char *const none[] = { NULL };

    (void)state;
    assert_true(life(pcrs_of_the_log));
    assert_true(life(pcrs_of_the_log));
    case_log(other);
    assert_true(life(pcrs_of_the_log));
    case_log(none);
    assert_true(life(pcrs_of_the_log));
}

static uint32_t platform_command(uint32_t code, const uint8_t *parameters, size_t size)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, code);
    ftpm_command_u32(&command, TPM_RH_PLATFORM);
    ftpm_command_empty_auth(&command);
    ftpm_command_bytes(&command, parameters, size);
    return tpm_run(&command);
}

static void without_platform(void)
{
    static const uint8_t no_auth[] = { 0, 0 };
    static const uint8_t banks_sha1[] = { 0, 0, 0, 1, 0, 4, 3, 0xff, 0xff, 0xff };
    static const uint8_t enable[] = { 0x40, 0, 0, 0x0c, 0 };

    works();
    assert_int_equal(platform_command(TPM_CC_HIERARCHY_CHANGE_AUTH, no_auth, 2), RC_BAD_AUTH);
    assert_int_equal(platform_command(TPM_CC_PCR_ALLOCATE, banks_sha1, sizeof(banks_sha1)),
                     RC_BAD_AUTH);
    assert_int_equal(platform_command(TPM_CC_CLEAR, no_auth, 0), RC_BAD_AUTH);
    assert_int_equal(platform_command(CC_CHANGE_EPS, no_auth, 0), RC_BAD_AUTH);
    assert_int_equal(platform_command(CC_HIERARCHY_CONTROL, enable, sizeof(enable)), RC_BAD_AUTH);
}

static void nobody_is_the_platform_after_the_start(void **state)
{
    (void)state;
    assert_true(life(without_platform));
    assert_true(life(without_platform));
}

static uint32_t reset_pcr(uint8_t locality, uint32_t pcr)
{
    struct ftpm_command command;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, CC_PCR_RESET);
    ftpm_command_u32(&command, pcr);
    ftpm_command_empty_auth(&command);
    assert_true(ftpm_command_end(&command));
    return tpm_send(locality, command.bytes, command.size);
}

// TCG PC Client Platform TPM Profile, table of PCR attributes: 0 … 15 belong to the boot, 16 is for anybody
static void resets(void)
{
    works();
    for (uint8_t locality = 0; locality <= 4; locality++) {
        for (uint32_t pcr = 0; pcr < 16; pcr++) {
            assert_int_equal(reset_pcr(locality, pcr), RC_LOCALITY);
        }
    }
    assert_int_equal(reset_pcr(0, 16), 0);
    compare_pcrs(24);
}

static void no_locality_resets_a_static_pcr(void **state)
{
    (void)state;
    assert_true(life(resets));
}

// ---- Endorsement keys: the seed is made once. Part of the TCG EK Credential Profile's template L-2, ECC P-256 ----
static uint8_t *first_key; // shared with children: a part of storage that the engine does not use

static void make_endorsement_key(uint8_t point[64])
{
    static const uint8_t policy[32] = { 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8,
                                        0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
                                        0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64,
                                        0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa };
    struct ftpm_command c;

    ftpm_command_begin(&c, TPM_ST_SESSIONS, CC_CREATE_PRIMARY);
    ftpm_command_u32(&c, RH_ENDORSEMENT);
    ftpm_command_empty_auth(&c);
    ftpm_command_u16(&c, 4);
    ftpm_command_u32(&c, 0); // inSensitive: no auth, no data
    ftpm_command_u16(&c, 122);
    ftpm_command_u16(&c, 0x23); // ECC
    ftpm_command_u16(&c, TPM_ALG_SHA256);
    ftpm_command_u32(&c, 0x000300b2);
    ftpm_command_u16(&c, 32);
    ftpm_command_bytes(&c, policy, 32);
    ftpm_command_u16(&c, 0x06); // AES-128-CFB
    ftpm_command_u16(&c, 128);
    ftpm_command_u16(&c, 0x43);
    ftpm_command_u16(&c, 0x10); // no scheme
    ftpm_command_u16(&c, 0x03); // P-256
    ftpm_command_u16(&c, 0x10); // no KDF
    for (int i = 0; i < 2; i++) {
        static const uint8_t zero[32];

        ftpm_command_u16(&c, 32);
        ftpm_command_bytes(&c, zero, 32);
    }
    ftpm_command_u16(&c, 0);
    ftpm_command_u32(&c, 0);
    assert_int_equal(tpm_run(&c), 0);
    // handle, size of parameters, size of the public area, the area's fixed part up to x
    (void)ftpm_answer_bytes(&tpm.answer, 4 + 4 + 2 + 2 + 2 + 4 + 2 + 32 + 6 + 2 + 2 + 2);
    assert_int_equal(ftpm_answer_u16(&tpm.answer), 32);
    memcpy(point, ftpm_answer_bytes(&tpm.answer, 32), 32);
    assert_int_equal(ftpm_answer_u16(&tpm.answer), 32);
    memcpy(point + 32, ftpm_answer_bytes(&tpm.answer, 32), 32);
}

static void first_endorsement_key(void)
{
    works();
    make_endorsement_key(first_key);
}

static void same_endorsement_key(void)
{
    uint8_t point[64];

    works();
    make_endorsement_key(point);
    assert_memory_equal(point, first_key, 64);
    assert_int_equal(tpm_clear(), 0); // nor does Clear end it
    make_endorsement_key(point);
    assert_memory_equal(point, first_key, 64);
}

static void the_endorsement_key_is_the_same_for_ever_and_another_on_each_tpm(void **state)
{
    uint8_t key[64];

    (void)state;
    first_key = mem->data[0];
    assert_true(life(first_endorsement_key));
    assert_true(life(same_endorsement_key));
    assert_true(life(same_endorsement_key));
    memcpy(key, first_key, sizeof(key));
    memset(mem, 0, sizeof(*mem));
    assert_true(life(first_endorsement_key));
    assert_memory_not_equal(key, first_key, sizeof(key));
}

// ---- Starts that break ----

static enum ftpm_failure expected;

// TPM 2.0 part 1, 10.4
static void failure_mode(void)
{
    uint32_t property = 0;

    assert_int_equal(ftpm_engine_failure(), expected);
    assert_true(ftpm_engine.failed());
    for (int round = 0; round < 2; round++) {
        assert_int_equal(tpm_run16(TPM_CC_STARTUP, 0), TPM_RC_FAILURE);
        assert_int_equal(tpm_run16(TPM_CC_GET_RANDOM, 16), TPM_RC_FAILURE);
        assert_int_equal(tpm_run16(TPM_CC_SHUTDOWN, 0), TPM_RC_FAILURE);
        assert_int_equal(tpm_extend(0, 1), TPM_RC_FAILURE);
        assert_false(ftpm_engine.hash_start());
        assert_false(ftpm_engine.hash_data((const uint8_t *)"x", 1));
        assert_false(ftpm_engine.hash_end());
        assert_false(ftpm_engine.established());
        assert_false(ftpm_engine.reset_established(4));
        assert_int_equal(tpm_send(0, (const uint8_t *)"\x80\x01\0\0\0\x0a\0\0\x01\x7c", 10), 0);
        assert_int_equal(ftpm_answer_u16(&tpm.answer), 4);
        assert_int_equal(ftpm_answer_u32(&tpm.answer), expected);
        property = tpm_property(PT_MANUFACTURER);
        assert_int_equal(property, 0x49424d00);
    }
    assert_int_equal(mem->sets, 0);
}

static void without_an_event_log_the_tpm_fails(void **state)
{
    (void)state;
    expected = FTPM_FAILURE_LOG;
    case_has_log = false;
    assert_true(life(failure_mode));
}

// Every byte of the log wrong, one after the other: whatever breaks a rule is a failure, the rest is measured as it is
static bool is_log_good(void)
{
    const struct event_log log = { case_log_bytes, sizeof(case_log_bytes), case_log_size };
    struct event_log_record record;
    size_t offset = 0;
    int error;

    do {
        error = event_log_next(&log, &offset, &record, NULL);
    } while (error == 0 &&
             (record.pcr < 17 || record.pcr > 22)); // those are not locality 0's to extend
    return error == ERR_NOT_FOUND;
}

static void a_log_that_breaks_a_rule_is_a_failure(void **state)
{
    unsigned int failed = 0;

    (void)state;
    for (size_t i = 0; i < case_log_size; i += 3) {
        case_log_bytes[i] ^= 1;
        expected = FTPM_FAILURE_LOG;
        if (is_log_good()) {
            assert_true(life(pcrs_of_the_log));
        } else {
            assert_true(life(failure_mode));
            failed++;
        }
        mem->sets = 0;
        memset(mem->size, 0, sizeof(mem->size));
        case_log_bytes[i] ^= 1;
    }
    assert_in_range(failed, 50, case_log_size);
    expected = FTPM_FAILURE_LOG;
    case_log_size--;
    assert_true(life(failure_mode));
}

// A log whose memory changes between being extended and being compared stands for every way in which both may differ
static unsigned int clock_reads;
static unsigned int change_at;

static void changes_on_the_way(void)
{
    if (++clock_reads == change_at) {
        case_log_bytes[case_log_size - sizeof("CRITICAL_DATA") - 4 - 10] ^=
            1; // of the last record's SHA-384 digest
    }
}

static void note_failure(void)
{
    mem->data[0][0] = (uint8_t)ftpm_engine_failure();
}

static void log_and_pcrs_that_differ_are_a_failure(void **state)
{
    unsigned int failed = 0;

    (void)state;
    case_on_clock = changes_on_the_way;
    for (change_at = 1; change_at < 40; change_at++) {
        memset(mem, 0, sizeof(*mem));
        assert_true(life(note_failure));
        failed += mem->data[0][0] == FTPM_FAILURE_PCR;
        assert_true(mem->data[0][0] == FTPM_FAILURE_NONE || mem->data[0][0] == FTPM_FAILURE_PCR);
        assert_true(mem->data[0][0] == FTPM_FAILURE_NONE || mem->sets == 0);
    }
    assert_in_range(failed, 1, 30);
}

static void a_hash_that_fails_is_a_failure(void **state)
{
    (void)state;
    expected = FTPM_FAILURE_LOG;
    hash_double_reset();
    hash_double_fail = 3;
    assert_true(life(failure_mode));
    hash_double_reset();
}

// What a failed TPM tells of itself is what it told while it worked
static void properties(void)
{
    uint8_t response[64];
    struct ftpm_answer answer;

    works();
    for (uint32_t pt = PT_MANUFACTURER; pt <= PT_FIRMWARE_2; pt++) {
        uint32_t alive = tpm_property(pt);
        struct ftpm_command command;

        ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_GET_CAPABILITY);
        ftpm_command_u32(&command, TPM_CAP_TPM_PROPERTIES);
        ftpm_command_u32(&command, pt);
        ftpm_command_u32(&command, 10);
        assert_true(ftpm_command_end(&command));
        size_t size = ftpm_failure_answer(FTPM_FAILURE_PCR, command.bytes, command.size, response,
                                          sizeof(response));

        assert_true(ftpm_answer_begin(&answer, response, size));
        assert_int_equal(ftpm_answer_u8(&answer), pt != PT_FIRMWARE_2);
        assert_int_equal(ftpm_answer_u32(&answer), TPM_CAP_TPM_PROPERTIES);
        assert_int_equal(ftpm_answer_u32(&answer), 1);
        assert_int_equal(ftpm_answer_u32(&answer), pt);
        assert_int_equal(ftpm_answer_u32(&answer), alive);
        assert_int_equal(answer.at, size);
    }
}

static void a_failed_tpm_tells_the_same_properties(void **state)
{
    (void)state;
    assert_true(life(properties));
}

static uint32_t fail_with(const char *bytes, size_t size)
{
    uint8_t response[64];

    assert_int_equal(ftpm_failure_answer(FTPM_FAILURE_STORAGE, (const uint8_t *)bytes, size,
                                         response, sizeof(response)) >= FTPM_HEADER_SIZE,
                     1);
    return ftpm_code(response);
}

static void a_failed_tpm_reads_no_further_than_the_command(void **state)
{
    (void)state;
    for (size_t size = 0; size < 10; size++) {
        assert_int_equal(fail_with("\x80\x01\0\0\0\x0a\0\0\x01\x7c", size), TPM_RC_FAILURE);
    }
    assert_int_equal(fail_with("\x80\x01\0\0\0\x0a\0\0\x01\x7c", 10), 0);
    assert_int_equal(fail_with("\x80\x02\0\0\0\x0a\0\0\x01\x7c", 10), TPM_RC_FAILURE); // sessions
    assert_int_equal(fail_with("\x80\x01\0\0\0\x0b\0\0\x01\x7c\0", 11), TPM_RC_FAILURE);
    assert_int_equal(fail_with("\x80\x01\0\0\0\x0c\0\0\x01\x7c", 10), TPM_RC_FAILURE);
    for (size_t size = 10; size < 22; size++) {
        assert_int_equal(
            fail_with("\x80\x01\0\0\0\x16\0\0\x01\x7a\0\0\0\x06\0\0\x01\x05\0\0\0\x01", size),
            TPM_RC_FAILURE);
    }
    assert_int_equal(
        fail_with("\x80\x01\0\0\0\x16\0\0\x01\x7a\0\0\0\x06\0\0\x01\x05\0\0\0\x01", 22), 0);
    assert_int_equal(
        fail_with("\x80\x01\0\0\0\x16\0\0\x01\x7a\0\0\0\x05\0\0\x01\x05\0\0\0\x01", 22),
        TPM_RC_FAILURE); // PCRs
}

// ---- Commands that are none ----
static void nonsense(void)
{
    uint8_t bytes[FTPM_HEADER_SIZE] = { 0x80, 0x01 };
    static uint8_t large[5000];

    works();
    assert_int_equal(tpm_send(0, bytes, 0), TPM_RC_COMMAND_SIZE);
    assert_int_equal(tpm_send(0, large, sizeof(large)), TPM_RC_COMMAND_SIZE);
    assert_int_not_equal(tpm_send(0, large, 3968), 0);
    for (size_t size = 1; size < sizeof(bytes); size++) {
        assert_int_not_equal(tpm_send(0, bytes, size), 0);
    }
    assert_int_equal(tpm_send(0, (const uint8_t *)"\0\xc4\0\0\0\x0a\0\0\x01\x7c", 10), RC_BAD_TAG);
    works();
    pcrs_of_the_log();
}

static void nonsense_is_answered(void **state)
{
    (void)state;
    assert_true(life(nonsense));
}

// The one before holds the platform's authorisation once; a shorter one behind it is not to leave the rest
static void responses(void)
{
    const uint8_t *first;
    const uint8_t *second;
    size_t first_size;
    size_t second_size;

    works();
    assert_int_equal(ftpm_library_execute(0,
                                          (const uint8_t *)"\x80\x01\0\0\0\x0c\0\0\x01\x7b\0\x20",
                                          12, &first, &first_size),
                     0);
    assert_int_equal(first_size, 44);
    assert_int_equal(ftpm_library_execute(0, (const uint8_t *)"\x80\x01\0\0\0\x0b\0\0\x01\x43\0",
                                          11, &second, &second_size),
                     0);
    assert_int_equal(second_size, 10);
    assert_ptr_equal(second, first);
    for (size_t i = second_size; i < first_size; i++) {
        assert_int_equal(second[i], 0);
    }
}

static void a_response_is_gone_when_the_next_one_comes(void **state)
{
    (void)state;
    assert_true(life(responses));
}

static void hash_sequence(void)
{
    uint8_t before[48];
    uint8_t value[48];

    works();
    assert_false(ftpm_engine.established());
    (void)tpm_pcr(17, TPM_ALG_SHA256, before);
    assert_true(ftpm_engine.hash_start());
    assert_true(ftpm_engine.hash_data((const uint8_t *)"launch", 6));
    assert_true(ftpm_engine.hash_end());
    assert_true(ftpm_engine.established());
    (void)tpm_pcr(17, TPM_ALG_SHA256, value);
    assert_memory_not_equal(value, before, 32);
    struct boot_digests digests;
    uint8_t joined[64] = { 0 };

    assert_int_equal(boot_hash_make("launch", 6, BOOT_HASH_BIT(BOOT_SHA256), &digests), 0);
    memcpy(joined + 32, digests.value[BOOT_SHA256], 32);
    assert_int_equal(boot_hash_make(joined, 64, BOOT_HASH_BIT(BOOT_SHA256), &digests), 0);
    assert_memory_equal(value, digests.value[BOOT_SHA256], 32);
    assert_false(ftpm_engine.reset_established(0));
    assert_true(ftpm_engine.established());
    assert_true(ftpm_engine.reset_established(4));
    assert_false(ftpm_engine.established());
    compare_pcrs(17);
    works();
}

static void a_hash_sequence_is_in_pcr_17(void **state)
{
    (void)state;
    assert_true(life(hash_sequence));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_tpm_has_two_banks_from_its_first_start_on, case_clean),
        cmocka_unit_test_setup(the_log_is_in_the_pcrs_of_each_start, case_clean),
        cmocka_unit_test_setup(nobody_is_the_platform_after_the_start, case_clean),
        cmocka_unit_test_setup(no_locality_resets_a_static_pcr, case_clean),
        cmocka_unit_test_setup(the_endorsement_key_is_the_same_for_ever_and_another_on_each_tpm,
                               case_clean),
        cmocka_unit_test_setup(without_an_event_log_the_tpm_fails, case_clean),
        cmocka_unit_test_setup(a_log_that_breaks_a_rule_is_a_failure, case_clean),
        cmocka_unit_test_setup(log_and_pcrs_that_differ_are_a_failure, case_clean),
        cmocka_unit_test_setup(a_hash_that_fails_is_a_failure, case_clean),
        cmocka_unit_test_setup(a_failed_tpm_tells_the_same_properties, case_clean),
        cmocka_unit_test_setup(a_failed_tpm_reads_no_further_than_the_command, case_clean),
        cmocka_unit_test_setup(nonsense_is_answered, case_clean),
        cmocka_unit_test_setup(a_response_is_gone_when_the_next_one_comes, case_clean),
        cmocka_unit_test_setup(a_hash_sequence_is_in_pcr_17, case_clean),
    };

    return cmocka_run_group_tests(tests, case_setup, NULL);
}
