// SPDX-License-Identifier: BSD-3-Clause
//
// What a partition is told of its boot (tessera,boot-log): the event log that the normal world has a copy of, facts that agree
// with it, read-only, the same for all who ask and new at each boot; the clock (tessera,clock); and memory that a partition has
// together with the normal world (device-region with the normal world's attribute), which then can go to nobody else.
#include <openssl/sha.h>
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/memory.h"

#define LOOKS 1000000 // at a clock that must move

struct told {
    uint8_t log[EVENT_LOG_SIZE]; // with what follows in its pages
    uint64_t log_size;
    struct tessera_boot_facts facts;
    uint64_t options;
};

static int ready(void **state)
{
    (void)state;
    mem_ready(FFA_VERSION_1_2);
    return 0;
}

static void ask(uint16_t peer, struct told *told)
{
    struct peer_script *script = peer_begin(peer);
    struct peer_step *boot = peer_add(script, PEER_BOOT, 0, 0, 0, 0);

    memset(told, 0, sizeof(*told));
    (void)peer_add_at(script, PEER_COPY_OUT, PEER_SYM_RESULT(0, 0), 0, 0, 0, EVENT_LOG_SIZE, 0);
    (void)peer_add_at(script, PEER_COPY_OUT, PEER_SYM_RESULT(0, 2), 0, 0, EVENT_LOG_SIZE,
                      sizeof(told->facts), 0);
    peer_run_all(peer);
    assert_int_not_equal(boot->x[0], 0);
    assert_int_not_equal(boot->x[2], 0);
    told->log_size = boot->x[1];
    told->options = boot->x[3];
    memcpy(told->log, script->data, EVENT_LOG_SIZE);
    memcpy(&told->facts, script->data + EVENT_LOG_SIZE, sizeof(told->facts));
}

static void the_log_is_the_one_that_the_normal_world_has(void **state)
{
    static const uint8_t zeros[EVENT_LOG_SIZE];
    static struct told told;

    (void)state;
    ask(PEER1_ID, &told);
    assert_in_range(told.log_size, 200, EVENT_LOG_SIZE - 1);
    assert_memory_equal(told.log, h_memory(machine, NS_EVENT_LOG_BASE, told.log_size),
                        told.log_size);
    assert_memory_equal(told.log + told.log_size, zeros, EVENT_LOG_SIZE - told.log_size);
}

// The last record: PCR 1, EV_POST_CODE, two digests, CRITICAL_DATA
static void the_facts_agree_with_the_log(void **state)
{
    static const char name[] = "CRITICAL_DATA";
    static const uint8_t zero[32];
    static struct told told;
    const size_t record = 12 + 2 + 32 + 2 + 48 + 4 + sizeof(name);
    uint8_t hash[SHA384_DIGEST_LENGTH];
    const uint8_t *at;

    (void)state;
    ask(PEER1_ID, &told);
    at = told.log + told.log_size - record;
    assert_memory_equal(at, "\1\0\0\0\1\0\0\0\2\0\0\0\x0b\0", 14);
    assert_memory_equal(at + record - sizeof(name), name, sizeof(name));
    SHA256((const uint8_t *)&told.facts + TESSERA_CRITICAL_OFFSET, TESSERA_CRITICAL_SIZE, hash);
    assert_memory_equal(at + 14, hash, SHA256_DIGEST_LENGTH);
    SHA384((const uint8_t *)&told.facts + TESSERA_CRITICAL_OFFSET, TESSERA_CRITICAL_SIZE, hash);
    assert_memory_equal(at + 48, hash, SHA384_DIGEST_LENGTH);
    assert_int_equal(told.facts.version, TESSERA_BOOT_FACTS_VERSION);
    assert_int_equal(told.facts.flags, 0);
    assert_memory_not_equal(told.facts.root_hash, zero, 32);
    assert_memory_not_equal(told.facts.boot_seed, zero, 32);
}

static void the_implementation_id_is_the_boards(void **state)
{
    uint8_t input[64] = "Tessera implementation id 1";
    size_t used = strlen((const char *)input) + 1;
    static struct told told;
    uint8_t hash[SHA256_DIGEST_LENGTH];

    (void)state;
    memcpy(input + used, TESSERA_BOARD, sizeof(TESSERA_BOARD));
    used += sizeof(TESSERA_BOARD);
    for (unsigned int i = 0; i < 4; i++) {
        input[used++] = (uint8_t)((uint32_t)BOARD_SOC_ID >> 8 * i);
    }
    SHA256(input, used, hash);
    ask(PEER1_ID, &told);
    assert_memory_equal(told.facts.implementation_id, hash, sizeof(hash));
}

static void all_are_told_the_same_and_each_boot_is_another(void **state)
{
    static struct told first, second, next;

    (void)state;
    ask(PEER1_ID, &first);
    ask(PEER2_ID, &second);
    assert_int_equal(first.options, 0);
    assert_int_equal(second.options, TESSERA_OPTION_PSA_IOT_PROFILE_1);
    assert_int_equal(first.log_size, second.log_size);
    assert_memory_equal(first.log, second.log, sizeof(first.log));
    assert_memory_equal(&first.facts, &second.facts, sizeof(first.facts));
    target_fresh(NULL);
    ready(NULL);
    ask(PEER1_ID, &next);
    assert_memory_not_equal(next.facts.boot_seed, first.facts.boot_seed, 16);
    assert_memory_not_equal(next.facts.boot_seed + 16, first.facts.boot_seed + 16, 16);
    memcpy(next.facts.boot_seed, first.facts.boot_seed, sizeof(next.facts.boot_seed));
    assert_memory_equal(&first.facts, &next.facts, sizeof(first.facts));
    assert_memory_equal(first.log, next.log, sizeof(first.log));
}

static void who_does_not_ask_is_told_nothing(void **state)
{
    struct peer_script *script = peer_begin(PEER3_ID);
    struct peer_step *boot = peer_add(script, PEER_BOOT, 1, 2, 3, 4);
    struct peer_step *clock = peer_add(script, PEER_CALL, TESSERA_CLOCK, 1, 2, 3);

    (void)state;
    peer_run_all(PEER3_ID);
    for (unsigned int i = 0; i < 4; i++) {
        assert_int_equal(boot->x[i], 0);
    }
    assert_int_equal((int32_t)clock->x[0], FFA_NOT_SUPPORTED);
    assert_int_equal(clock->x[2], 2);
    assert_int_equal(clock->x[3], 3);
}

// 0: the log, 2: the facts, of the step PEER_BOOT
static void write_to(unsigned int what)
{
    struct peer_script *script = peer_begin(PEER1_ID);

    (void)peer_add(script, PEER_BOOT, 0, 0, 0, 0);
    (void)peer_add_at(script, PEER_WRITE, PEER_SYM_RESULT(0, what), 0, 0, 1, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);

    assert_ffa_error(a, FFA_ABORTED);
}

static void nobody_can_change_what_it_is_told(void **state)
{
    static struct told before, after;

    (void)state;
    ask(PEER2_ID, &before);
    write_to(0);
    ask(PEER2_ID, &after); // another one's are as they were
    assert_memory_equal(&before, &after, sizeof(before));
    target_fresh(NULL);
    ready(NULL);
    write_to(2);
    (void)target_stop(NULL);
}

static uint64_t clock_of(uint16_t peer)
{
    struct peer_script *script = peer_begin(peer);
    struct peer_step *clock = peer_add(script, PEER_CALL, TESSERA_CLOCK, 0, 0, 0);

    peer_run_all(peer);
    assert_int_equal(clock->x[0], 0);
    assert_true(clock->x[2] <= UINT32_MAX && clock->x[3] <= UINT32_MAX);
    return clock->x[2] | clock->x[3] << 32;
}

static void the_clock_runs_and_is_one_for_all(void **state)
{
    uint64_t first = clock_of(PEER1_ID);
    uint64_t now = first;

    (void)state;
    for (unsigned int i = 0; i < LOOKS && now == first; i++) {
        uint64_t before = now;

        now = clock_of(i % 2 == 0 ? PEER2_ID : PEER1_ID);
        assert_true(now >= before);
    }
    assert_true(now > first);
}

// ---- Memory of both worlds -------------------------------------------------------------------------------------------

static void both_worlds_see_what_the_other_wrote(void **state)
{
    uint8_t *host = mem_at(NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE);

    (void)state;
    for (uint64_t at = 0; at < NS_TPM_CRB_SIZE; at += FFA_MEM_PAGE) {
        struct peer_script *script = peer_begin(PEER4_ID);
        uint64_t value = 0x1234567800000000 + at;
        uint64_t answer;

        memcpy(host + at + 0xff8, &value, sizeof(value));
        struct peer_step *read =
            peer_add_at(script, PEER_READ, PEER_SYM_DEVICE, 0, at + 0xff8, 8, 0, 0);
        (void)peer_add_at(script, PEER_WRITE, PEER_SYM_DEVICE, 0, at, 8, value + 1, 0);
        peer_run_all(PEER4_ID);
        assert_int_equal(read->x[2], value);
        memcpy(&answer, host + at, sizeof(answer));
        assert_int_equal(answer, value + 1);
    }
}

static void refuse_to_give(uint64_t address, uint32_t pages)
{
    static const uint32_t calls[] = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32 };

    for (unsigned int i = 0; i < 3; i++) {
        struct ffa_mem_range range;
        struct h_mem mem = mem_plain(calls[i], PEER1_ID, &range, address, pages);

        struct ffa_args a = mem_send(calls[i], &mem, 0);

        assert_ffa_error(a, FFA_DENIED);
    }
}

static void what_a_partition_has_of_the_normal_world_goes_to_nobody_else(void **state)
{
    struct ffa_mem_range range;

    (void)state;
    refuse_to_give(NS_TPM_CRB_BASE, 1);
    refuse_to_give(NS_TPM_CRB_BASE + NS_TPM_CRB_SIZE - FFA_MEM_PAGE, 1);
    refuse_to_give(NS_TPM_CRB_BASE - FFA_MEM_PAGE, 2);
    refuse_to_give(NS_TPM_CRB_BASE + NS_TPM_CRB_SIZE - FFA_MEM_PAGE, 2);
    refuse_to_give(NS_TPM_CRB_BASE - 2 * FFA_MEM_PAGE, 16); // all of it inside
    refuse_to_give(PEER3_SCRIPT_BASE, 1);                   // a memory-region just so
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range,
                                 NS_TPM_CRB_BASE + NS_TPM_CRB_SIZE, 1); // the page behind it
    mem_reclaimed(mem_sent(FFA_MEM_SHARE_32, &mem), 0);
    struct ffa_args a = call(FFA_RXTX_UNMAP);

    assert_ffa_success(a, 0, 0);
    a = call(FFA_RXTX_MAP_64, NS_TPM_CRB_BASE, MEM_RX, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_RXTX_MAP_64, MEM_TX, NS_TPM_CRB_BASE + 0x1000, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_RXTX_MAP_64, MEM_TX, MEM_RX, MEM_BUFFER_PAGES);
    assert_ffa_success(a, 0, 0);
}

static void the_partition_cannot_give_it_on_or_run_it(void **state)
{
    struct peer_script *script;
    struct peer_step *offer, *permit;

    (void)state;
    mem_peer_ready(PEER4_ID);
    script = peer_begin(PEER4_ID);
    offer = peer_add_at(script, PEER_OFFER, PEER_SYM_DEVICE, 1, 1, 0, 1, PEER1_ID);
    permit =
        peer_add_at(script, PEER_CALL, PEER_SYM_DEVICE, 1, FFA_MEM_PERM_SET_64, 0, 1, FFA_PERM_RX);
    peer_run_all(PEER4_ID);
    assert_int_equal(offer->x[0], ERR_DENIED);
    assert_int_equal(permit->x[0], FFA_ERROR);
    assert_int_equal((int32_t)permit->x[2], FFA_DENIED);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_log_is_the_one_that_the_normal_world_has),
        CASE(the_facts_agree_with_the_log),
        CASE(the_implementation_id_is_the_boards),
        CASE(who_does_not_ask_is_told_nothing),
        CASE(the_clock_runs_and_is_one_for_all),
        CASE(both_worlds_see_what_the_other_wrote),
        CASE(what_a_partition_has_of_the_normal_world_goes_to_nobody_else),
        CASE(the_partition_cannot_give_it_on_or_run_it),
        CASE(all_are_told_the_same_and_each_boot_is_another),
        CASE(nobody_can_change_what_it_is_told),
    };

    return cmocka_run_group_tests_name("boot_log", tests, NULL, target_stop);
}
