// SPDX-License-Identifier: BSD-3-Clause
//
// Policy (spmc/sp_policy.c): callers of manifests become bits of sp.admits. Who is not named may do nothing; who is, may do
// what its line names and both ends can.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_policy.h"
#include "spmc_fixture.h"

#define ALL_CALLS \
    (SP_CALL_DIRECT | SP_CALL_DIRECT2 | SP_CALL_INDIRECT | SP_CALL_NOTIFY | SP_CALL_MEMORY)
#define ALL_PROPERTIES                                                                         \
    (FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_INDIRECT | FFA_PROP_NOTIFICATION | \
     FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND | FFA_PROP_AARCH64)

// Every partition can send and receive everything, and no manifest admits anybody.
static int reset(void **state)
{
    (void)state;
    fixture_reset();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        memset(spmc_sps[i].admits, 0, sizeof(spmc_sps[i].admits));
        spmc_sps[i].config.properties = ALL_PROPERTIES;
        spmc_sps[i].config.version = FFA_VERSION_1_2;
        spmc_sps[i].config.caller_count = 0;
    }
    return 0;
}

static void add_world(struct sp *sp, uint32_t messages)
{
    sp->config.callers[sp->config.caller_count++] =
        (struct sp_caller){ .normal_world = true, .messages = messages };
}

static void add_uuid(struct sp *sp, const uint32_t uuid[4], uint32_t messages)
{
    struct sp_caller *caller = &sp->config.callers[sp->config.caller_count++];

    *caller = (struct sp_caller){ .messages = messages };
    memcpy(caller->uuid, uuid, sizeof(caller->uuid));
}

// Who may, as bits: 1 the normal world, 2 ALPHA, 4 BETA, 8 GAMMA.
static void expect(const struct sp *sp, enum sp_message_kind kind, uint32_t who)
{
    const struct sp *callers[] = { NULL, ALPHA, BETA, GAMMA };

    for (uint32_t i = 0; i < 4; i++) {
        if (sp_admits(sp, callers[i], kind) != ((who >> i & 1) != 0)) {
            fail_msg("partition 0x%x, kind %u, caller %u: expected %u", sp->endpoint.id, kind, i,
                     who >> i & 1);
        }
    }
}

static void expect_all_kinds(const struct sp *sp, uint32_t who)
{
    for (uint32_t kind = 0; kind < SP_MSG_KINDS; kind++) {
        expect(sp, (enum sp_message_kind)kind, who);
    }
}

static const uint32_t uuid_alpha[4] = { UUID_ALPHA };
static const uint32_t uuid_beta[4] = { UUID_BETA };
static const uint32_t uuid_shared[4] = { UUID_SHARED };

static void nobody_may_unless_a_manifest_names_it(void **state)
{
    (void)state;
    sp_policy_init();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        expect_all_kinds(&spmc_sps[i], 0);
    }
}

static void the_normal_world_may_what_its_line_names(void **state)
{
    static const uint32_t calls[SP_MSG_KINDS] = {
        [SP_MSG_DIRECT] = SP_CALL_DIRECT,     [SP_MSG_DIRECT2] = SP_CALL_DIRECT2,
        [SP_MSG_INDIRECT] = SP_CALL_INDIRECT, [SP_MSG_NOTIFY] = SP_CALL_NOTIFY,
        [SP_MSG_MEMORY] = SP_CALL_MEMORY,
    };

    for (uint32_t call = 0; call < SP_MSG_KINDS; call++) {
        reset(state);
        add_world(BETA, calls[call]);
        sp_policy_init();
        for (uint32_t kind = 0; kind < SP_MSG_KINDS; kind++) {
            expect(BETA, (enum sp_message_kind)kind, kind == call ? 1 : 0);
        }
        expect_all_kinds(ALPHA, 0);
        expect_all_kinds(GAMMA, 0);
    }
}

static void a_uuid_admits_that_partition_alone(void **state)
{
    (void)state;
    add_uuid(GAMMA, uuid_alpha, ALL_CALLS);
    sp_policy_init();
    expect_all_kinds(GAMMA, 2);
    expect_all_kinds(ALPHA, 0); // not the other way round
    expect_all_kinds(BETA, 0);
}

static void a_uuid_of_several_partitions_admits_them_all_but_itself(void **state)
{
    (void)state;
    add_uuid(ALPHA, uuid_shared, ALL_CALLS); // BETA's second one, and GAMMA's
    add_uuid(GAMMA, uuid_shared, ALL_CALLS);
    sp_policy_init();
    expect_all_kinds(ALPHA, 4 | 8);
    expect_all_kinds(GAMMA, 4);
}

static void lines_add_up(void **state)
{
    (void)state;
    add_world(ALPHA, SP_CALL_DIRECT);
    add_uuid(ALPHA, uuid_beta, SP_CALL_DIRECT | SP_CALL_MEMORY);
    add_uuid(ALPHA, uuid_shared, SP_CALL_NOTIFY);
    sp_policy_init();
    expect(ALPHA, SP_MSG_DIRECT, 1 | 4);
    expect(ALPHA, SP_MSG_DIRECT2, 0);
    expect(ALPHA, SP_MSG_INDIRECT, 0);
    expect(ALPHA, SP_MSG_NOTIFY, 4 | 8);
    expect(ALPHA, SP_MSG_MEMORY, 4);
}

static void a_uuid_of_nobody_admits_nobody(void **state)
{
    static const uint32_t nobody[4] = { 1, 0x22222222, 0x33333333, 0x44444444 };

    (void)state;
    add_uuid(BETA, nobody, ALL_CALLS);
    sp_policy_init();
    expect_all_kinds(BETA, 0);
}

// Takes `property` from `sp`; everybody is named by everybody.
static void without(void **state, struct sp *sp, uint32_t property)
{
    reset(state);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        add_world(&spmc_sps[i], ALL_CALLS);
        add_uuid(&spmc_sps[i], uuid_alpha, ALL_CALLS);
        add_uuid(&spmc_sps[i], uuid_shared, ALL_CALLS);
    }
    sp->config.properties &= ~property;
    sp_policy_init();
}

static void both_ends_must_have_the_property(void **state)
{
    static const struct {
        uint32_t property;
        enum sp_message_kind kind;
        bool receiver, sender; // whose it matters for
    } cases[] = {
        { FFA_PROP_DIRECT_RECV, SP_MSG_DIRECT, true, false },
        { FFA_PROP_DIRECT_SEND, SP_MSG_DIRECT, false, true },
        { FFA_PROP_DIRECT2_RECV, SP_MSG_DIRECT2, true, false },
        { FFA_PROP_DIRECT2_SEND, SP_MSG_DIRECT2, false, true },
        { FFA_PROP_INDIRECT, SP_MSG_INDIRECT, true, true },
        { FFA_PROP_NOTIFICATION, SP_MSG_NOTIFY, true, false },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        without(state, BETA, cases[i].property);
        for (uint32_t k = 0; k < SP_MSG_KINDS; k++) {
            enum sp_message_kind kind = (enum sp_message_kind)k;
            bool concerned = kind == cases[i].kind;

            expect(BETA, kind, concerned && cases[i].receiver ? 0 : 1 | 2 | 8);
            expect(ALPHA, kind, concerned && cases[i].sender ? 1 | 8 : 1 | 4 | 8);
            expect(GAMMA, kind, concerned && cases[i].sender ? 1 | 2 : 1 | 2 | 4);
        }
    }
}

static void both_ends_must_have_the_version(void **state)
{
    reset(state);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        add_world(&spmc_sps[i], ALL_CALLS);
        add_uuid(&spmc_sps[i], uuid_alpha, ALL_CALLS);
        add_uuid(&spmc_sps[i], uuid_shared, ALL_CALLS);
    }
    BETA->config.version = FFA_VERSION_1_1;
    GAMMA->config.version = FFA_VERSION_1_0;
    sp_policy_init();
    expect(ALPHA, SP_MSG_DIRECT, 1 | 4 | 8);
    expect(ALPHA, SP_MSG_MEMORY, 1 | 4 | 8);
    expect(ALPHA, SP_MSG_DIRECT2, 1);
    expect(ALPHA, SP_MSG_INDIRECT, 1 | 4);
    expect(ALPHA, SP_MSG_NOTIFY, 1 | 4);
    expect(BETA, SP_MSG_DIRECT2, 0);
    expect(BETA, SP_MSG_NOTIFY, 1 | 2);
    expect(GAMMA, SP_MSG_DIRECT, 1 | 2 | 4);
    expect(GAMMA, SP_MSG_INDIRECT, 0);
    expect(GAMMA, SP_MSG_NOTIFY, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nobody_may_unless_a_manifest_names_it, reset),
        cmocka_unit_test_setup(the_normal_world_may_what_its_line_names, reset),
        cmocka_unit_test_setup(a_uuid_admits_that_partition_alone, reset),
        cmocka_unit_test_setup(a_uuid_of_several_partitions_admits_them_all_but_itself, reset),
        cmocka_unit_test_setup(lines_add_up, reset),
        cmocka_unit_test_setup(a_uuid_of_nobody_admits_nobody, reset),
        cmocka_unit_test_setup(both_ends_must_have_the_property, reset),
        cmocka_unit_test_setup(both_ends_must_have_the_version, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
