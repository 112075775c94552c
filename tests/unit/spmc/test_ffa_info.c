// SPDX-License-Identifier: BSD-3-Clause
//
// Partition discovery (spmc/ffa_info.c): descriptors in the RX buffer and in registers, per version of the caller, UUID
// rules, properties per caller, RX ownership. Layout of a descriptor written out here from DEN0077A, byte by byte.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

// A descriptor as this file expects it
struct expected {
    uint16_t id;
    uint32_t properties;
    uint32_t uuid[4];
};

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

static uint64_t le(const uint8_t *bytes, unsigned int count)
{
    uint64_t value = 0;

    for (unsigned int i = 0; i < count; i++) {
        value |= (uint64_t)bytes[i] << 8 * i;
    }
    return value;
}

static void check_entry(const uint8_t *at, const struct expected *expected, uint32_t size)
{
    assert_int_equal(le(at, 2), expected->id);
    assert_int_equal(le(at + 2, 2), 1); // execution contexts
    assert_int_equal(le(at + 4, 4), expected->properties);
    for (unsigned int i = 0; i < 4 && size == 24; i++) {
        assert_int_equal(le(at + 8 + 4 * i, 4), expected->uuid[i]);
    }
}

// The RX buffer holds exactly these descriptors and zeros.
static void check_rx(const struct ffa_endpoint *endpoint, const struct expected *expected,
                     uint32_t count, uint32_t size)
{
    const uint8_t *rx = endpoint->buffers.rx;

    for (uint32_t i = 0; i < count; i++) {
        check_entry(rx + i * size, &expected[i], size);
    }
    for (uint32_t i = count * size; i < 4096; i++) {
        assert_int_equal(rx[i], 0); // nothing of what was there before
    }
    assert_true(endpoint->buffers.rx_full);
}

static const struct expected all_1_0[] = { { ALPHA_ID, 0x3 & ~0x2u, { 0 } },
                                           { BETA_ID, 0x1, { 0 } },
                                           { GAMMA_ID, 0, { 0 } } };

static void nil_uuid_version_1_0(void **state)
{
    (void)state;
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_success(NWD_X, 3, 0)); // 1.0: w3 is zero
    check_rx(&ffa_nwd, all_1_0, 3, 8);
}

// One entry a partition with its first UUID; bits 9 and 10 are of 1.2; the normal world sees no "can send"
static const struct expected all_1_1[] = { { ALPHA_ID, 0x101, { UUID_ALPHA } },
                                           { BETA_ID, 0x101, { UUID_BETA } },
                                           { GAMMA_ID, 0x100, { UUID_SHARED } } };

static void nil_uuid_version_1_1(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_1);
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_success(NWD_X, 3, 24));
    check_rx(&ffa_nwd, all_1_1, 3, 24);
}

// One entry a UUID
static const struct expected all_1_2[] = { { ALPHA_ID, 0x301, { UUID_ALPHA } },
                                           { BETA_ID, 0x101, { UUID_BETA } },
                                           { BETA_ID, 0x101, { UUID_SHARED } },
                                           { GAMMA_ID, 0x100, { UUID_SHARED } } };

static void nil_uuid_version_1_2(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_success(NWD_X, 4, 24));
    check_rx(&ffa_nwd, all_1_2, 4, 24);
}

static void partitions_see_themselves_and_what_they_can_send(void **state)
{
    static const struct expected seen[] = { { ALPHA_ID, 0x703, { UUID_ALPHA } },
                                            { BETA_ID, 0x101, { UUID_BETA } },
                                            { BETA_ID, 0x101, { UUID_SHARED } },
                                            { GAMMA_ID, 0x100, { UUID_SHARED } } };

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    fixture_map_buffers(ALPHA);
    SP(ALPHA, FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_success(ALPHA->ctx.x, 4, 24));
    check_rx(&ALPHA->endpoint, seen, 4, 24);
    SP(ALPHA, FFA_MSG_WAIT);
    fixture_enter(BETA, SP_MODEL_RUN);
    fixture_map_buffers(BETA);
    SP(BETA, FFA_PARTITION_INFO_GET); // 1.1
    assert_true(fixture_is_success(BETA->ctx.x, 3, 24));
    // ALPHA may send it requests and takes none of it: BETA sends none
    assert_int_equal(le((uint8_t *)BETA->endpoint.buffers.rx + 4, 4), 0x102);
}

// What `caller` is shown of `sp`, of version 1.2.
static uint32_t shown(struct sp *caller, const struct sp *sp)
{
    struct ffa_args args = { .x = { FFA_PARTITION_INFO_GET_REGS } };
    const uint64_t *x = NWD_X;

    memcpy(&args.x[1], sp->config.uuid[0], 16);
    if (caller != NULL) {
        fixture_enter(caller, SP_MODEL_RUN);
        (void)fixture_from_sp(0, caller, args);
        x = caller->ctx.x;
    } else {
        (void)fixture_from_nwd(0, args);
    }
    assert_int_equal(x[0], FFA_SUCCESS_64);
    assert_int_equal(x[3] & 0xffff, sp->endpoint.id);
    uint32_t properties = (uint32_t)(x[3] >> 32);
    if (caller != NULL) {
        SP(caller, FFA_MSG_WAIT);
    }
    return properties;
}

// Each kind of message that a manifest admits shows the properties that it makes usable, and no other does.
static void a_caller_sees_what_the_manifests_let_it_do(void **state)
{
    static const struct {
        uint32_t to;   // shown to a caller that the partition admits
        uint32_t from; // shown to a partition that admits it
    } kinds[SP_MSG_KINDS] = {
        [SP_MSG_DIRECT] = { 0x001, 0x002 }, [SP_MSG_DIRECT2] = { 0x200, 0x400 },
        [SP_MSG_INDIRECT] = { 0x004, 0 },   [SP_MSG_NOTIFY] = { 0x008, 0 },
        [SP_MSG_MEMORY] = { 0, 0 },
    };

    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    ALPHA->config.properties = 0x70f;
    BETA->config.properties = 0x70f;
    BETA->endpoint.version = FFA_VERSION_1_2;
    for (unsigned int k = 0; k < SP_MSG_KINDS; k++) {
        memset(ALPHA->admits, 0, sizeof(ALPHA->admits));
        memset(BETA->admits, 0, sizeof(BETA->admits));
        ALPHA->admits[k] = 1; // the normal world
        assert_int_equal(shown(NULL, ALPHA), 0x100 | kinds[k].to);
        assert_int_equal(shown(NULL, BETA), 0x100);
        assert_int_equal(shown(BETA, ALPHA), 0x100);
        ALPHA->admits[k] = 1 << 2; // BETA
        assert_int_equal(shown(NULL, ALPHA), 0x100);
        assert_int_equal(shown(BETA, ALPHA), 0x100 | kinds[k].to);
        assert_int_equal(shown(ALPHA, BETA), 0x100 | kinds[k].from);
        assert_int_equal(shown(ALPHA, ALPHA), 0x70f); // its own, whole
        assert_int_equal(shown(BETA, BETA), 0x70f);
    }
    memset(ALPHA->admits, 0xff, sizeof(ALPHA->admits));
    ALPHA->config.properties = 0x100; // no manifest gives more than the partition has
    assert_int_equal(shown(NULL, ALPHA), 0x100);
}

// The UUID in the answer stays zero when it was in the question
static void query_of_a_uuid(void **state)
{
    static const struct expected shared[] = { { BETA_ID, 0x101, { 0 } },
                                              { GAMMA_ID, 0x100, { 0 } } };

    (void)state;
    for (uint32_t minor = 0; minor < 3; minor++) {
        uint32_t size = minor == 0 ? 8 : 24;

        fixture_reset();
        fixture_nwd_version(0x10000 | minor);
        fixture_map_buffers(NULL);
        NWD(FFA_PARTITION_INFO_GET, UUID_ALPHA);
        assert_true(fixture_is_success(NWD_X, 1, minor == 0 ? 0 : 24));
        assert_int_equal(le(ffa_nwd.buffers.rx, 2), ALPHA_ID);
        NWD(FFA_RX_RELEASE);
        memset(ffa_nwd.buffers.rx, 0xee, 4096);
        NWD(FFA_PARTITION_INFO_GET, UUID_SHARED); // of two, in one not the first
        assert_true(fixture_is_success(NWD_X, 2, minor == 0 ? 0 : 24));
        if (minor > 0) {
            check_rx(&ffa_nwd, shared, 2, size);
        }
    }
}

static void unknown_uuid_is_invalid(void **state)
{
    (void)state;
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET, 1, 2, 3, 4);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    // One word of difference each
    NWD(FFA_PARTITION_INFO_GET, 0x11111110, 0x22222222, 0x33333333, 0x44444444);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_PARTITION_INFO_GET, 0x11111111, 0x22222222, 0x33333333, 0);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 1);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    assert_false(ffa_nwd.buffers.rx_full);
}

static void count_only(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_1);
    NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1); // no buffer needed
    assert_true(fixture_is_success(NWD_X, 3, 0));
    NWD(FFA_PARTITION_INFO_GET, UUID_SHARED, 1);
    assert_true(fixture_is_success(NWD_X, 2, 0));
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1);
    assert_false(ffa_nwd.buffers.rx_full);
    assert_int_equal(*(uint8_t *)ffa_nwd.buffers.rx, 0xee);
    NWD(FFA_PARTITION_INFO_GET); // … and a full RX is in nobody's way
    NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1);
    assert_true(fixture_is_success(NWD_X, 3, 0));
    NWD(FFA_PARTITION_INFO_GET, 9, 9, 9, 9, 1);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
}

static void flags_and_reserved_registers(void **state)
{
    (void)state;
    for (uint32_t minor = 0; minor < 3; minor++) {
        fixture_reset();
        fixture_nwd_version(0x10000 | minor);
        fixture_map_buffers(NULL);
        for (unsigned int bit = minor == 0 ? 0 : 1; bit < 32; bit++) {
            NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1u << bit);
            assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
        }
        NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0, 1);
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
        NWD(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0, 0, 1);
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
        assert_false(ffa_nwd.buffers.rx_full);
    }
}

static void busy_without_a_free_rx(void **state)
{
    (void)state;
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_error(NWD_X, FFA_BUSY)); // not mapped
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_success(NWD_X, 3, 0));
    NWD(FFA_PARTITION_INFO_GET, UUID_ALPHA);
    assert_true(fixture_is_error(NWD_X, FFA_BUSY)); // not released
    check_rx(&ffa_nwd, all_1_0, 3, 8);              // … and still what it was
    NWD(FFA_RX_RELEASE);
    NWD(FFA_PARTITION_INFO_GET, UUID_ALPHA);
    assert_true(fixture_is_success(NWD_X, 1, 0));
}

// The largest answer that there can be fits the smallest buffer: FFA_NO_MEMORY cannot happen with these limits, and the
// check that would say so is compiled in.
static void the_largest_answer_fits_one_page(void **state)
{
    (void)state;
    assert_true(SPMC_MAX_SPS * SP_MAX_UUIDS * 24 <= 4096);
    fixture_nwd_version(FFA_VERSION_1_2);
    for (uint32_t i = 0; i < SPMC_MAX_SPS; i++) {
        spmc_sps[i].config.uuid_count = SP_MAX_UUIDS;
        for (uint32_t u = 0; u < SP_MAX_UUIDS; u++) {
            spmc_sps[i].config.uuid[u][0] = 1 + i * SP_MAX_UUIDS + u;
        }
        spmc_sps[i].endpoint.id = (uint16_t)(0x8010 + i);
        spmc_sps[i].endpoint.version = FFA_VERSION_1_2;
        spmc_sp_ids[i] = spmc_sps[i].endpoint.id;
    }
    spmc_sp_count = SPMC_MAX_SPS;
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(fixture_is_success(NWD_X, SPMC_MAX_SPS * SP_MAX_UUIDS, 24));
    for (uint32_t i = 0; i < SPMC_MAX_SPS * SP_MAX_UUIDS; i++) {
        const uint8_t *entry = (uint8_t *)ffa_nwd.buffers.rx + 24 * i;

        assert_int_equal(le(entry, 2), 0x8010 + i / SP_MAX_UUIDS);
        assert_int_equal(le(entry + 8, 4), 1 + i);
    }
}

// ---- In registers ----------------------------------------------------------------------------------------------------

static uint64_t regs_result(uint32_t last, uint32_t current)
{
    return last | (uint64_t)current << 16 | (uint64_t)24 << 48; // tag 0
}

static void check_regs(const uint64_t *x, const struct expected *expected, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t bytes[24];

        for (unsigned int b = 0; b < 24; b++) {
            bytes[b] = (uint8_t)(x[3 + 3 * i + b / 8] >> 8 * (b % 8));
        }
        check_entry(bytes, &expected[i], 24);
    }
    for (uint32_t i = 3 + 3 * count; i < 18; i++) {
        assert_int_equal(x[i], 0);
    }
}

static void regs_nil_uuid(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    NWD(FFA_PARTITION_INFO_GET_REGS);
    assert_int_equal(NWD_X[0], FFA_SUCCESS_64);
    assert_int_equal(NWD_X[1], 0);
    assert_int_equal(NWD_X[2], regs_result(3, 3));
    check_regs(NWD_X, all_1_2, 4);
    NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, 2); // from the third on
    assert_int_equal(NWD_X[2], regs_result(3, 3));
    check_regs(NWD_X, all_1_2 + 2, 2);
    assert_false(ffa_nwd.buffers.rx_full);
}

static void regs_of_a_uuid(void **state)
{
    static const struct expected shared[] = { { BETA_ID, 0x101, { 0 } },
                                              { GAMMA_ID, 0x100, { 0 } } };

    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    // DEN0077A: x1 = first two words, x2 = the others, little-endian
    NWD(FFA_PARTITION_INFO_GET_REGS, 0xaaaaaaaa99999999, 0xccccccccbbbbbbbb);
    assert_int_equal(NWD_X[2], regs_result(1, 1));
    check_regs(NWD_X, shared, 2);
    NWD(FFA_PARTITION_INFO_GET_REGS, 0xaaaaaaaa99999999, 0xccccccccbbbbbbbb, 1);
    assert_int_equal(NWD_X[2], regs_result(1, 1));
    check_regs(NWD_X, shared + 1, 1);
    NWD(FFA_PARTITION_INFO_GET_REGS, 0x9999999aaaaaaaaa, 0);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
}

static void regs_in_pages_of_five(void **state)
{
    struct expected all[13];

    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    for (uint32_t i = 0; i < 13; i++) {
        uint32_t sp = i < 4 ? 0 : i < 8 ? 1 : i < 12 ? 2 : 3;

        all[i] = (struct expected){ (uint16_t)(0x8010 + sp), 0x101, { i + 1, 0, 0, 7 } };
        spmc_sps[sp].config = (struct sp_config){ .properties = 0x101 };
    }
    for (uint32_t i = 0; i < 13; i++) {
        uint32_t sp = all[i].id - 0x8010u;
        struct sp_config *config = &spmc_sps[sp].config;

        memcpy(config->uuid[config->uuid_count++], all[i].uuid, 16);
        spmc_sps[sp].endpoint.id = all[i].id;
        spmc_sps[sp].endpoint.version = FFA_VERSION_1_2;
        spmc_sp_ids[sp] = all[i].id;
    }
    spmc_sp_count = 4;
    fixture_admit_all();
    for (uint32_t start = 0; start < 13; start++) {
        uint32_t count = 13 - start < 5 ? 13 - start : 5;

        NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, start);
        assert_int_equal(NWD_X[0], FFA_SUCCESS_64);
        assert_int_equal(NWD_X[2], regs_result(12, start + count - 1));
        check_regs(NWD_X, all + start, count);
    }
    NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, 13);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
}

static void regs_refusals(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, 0xffff);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, 1ull << 32);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, 1ull << 63 | 1);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_PARTITION_INFO_GET_REGS, 0, 0, 1 | 1 << 16); // a tag that nobody gave out
    assert_true(fixture_is_error(NWD_X, FFA_RETRY));
    for (unsigned int i = 4; i < 18; i++) {
        struct ffa_args args = { .x = { FFA_PARTITION_INFO_GET_REGS } };

        args.x[i] = 1;
        fixture_from_nwd(0, args);
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    }
}

static void regs_of_a_partition(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    SP(ALPHA, FFA_PARTITION_INFO_GET_REGS, 0x2222222211111111, 0x4444444433333333);
    assert_int_equal(ALPHA->ctx.x[0], FFA_SUCCESS_64);
    assert_int_equal(ALPHA->ctx.x[2], regs_result(0, 0));
    check_regs(ALPHA->ctx.x, &(struct expected){ ALPHA_ID, 0x703, { 0 } }, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nil_uuid_version_1_0, reset),
        cmocka_unit_test_setup(nil_uuid_version_1_1, reset),
        cmocka_unit_test_setup(nil_uuid_version_1_2, reset),
        cmocka_unit_test_setup(partitions_see_themselves_and_what_they_can_send, reset),
        cmocka_unit_test_setup(a_caller_sees_what_the_manifests_let_it_do, reset),
        cmocka_unit_test_setup(query_of_a_uuid, reset),
        cmocka_unit_test_setup(unknown_uuid_is_invalid, reset),
        cmocka_unit_test_setup(count_only, reset),
        cmocka_unit_test_setup(flags_and_reserved_registers, reset),
        cmocka_unit_test_setup(busy_without_a_free_rx, reset),
        cmocka_unit_test_setup(the_largest_answer_fits_one_page, reset),
        cmocka_unit_test_setup(regs_nil_uuid, reset),
        cmocka_unit_test_setup(regs_of_a_uuid, reset),
        cmocka_unit_test_setup(regs_in_pages_of_five, reset),
        cmocka_unit_test_setup(regs_refusals, reset),
        cmocka_unit_test_setup(regs_of_a_partition, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
