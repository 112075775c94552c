// SPDX-License-Identifier: BSD-3-Clause
//
// Attacks that are no single FF-A call: hostile registers in every function, a hypervisor's and a debugger's settings around
// calls, a 32-bit guest, buffers mapped without end, interrupts and rewritten memory in the middle of crypto operations.
// Random sequences come from fixed seeds. After each case the secure world must answer as before.
#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "partitions/crypto/crypto_proto.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

#define CODE (MB_PAGES_BASE + 0x80000)
#define RESULT (CODE + 0x1000)
#define HCR_RW (1ull << 31)
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static uint64_t random_state;

static uint64_t next_random(void) // xorshift64: Marsaglia 2003
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static int ready(void **state)
{
    struct harness *before = machine;

    (void)state;
    random_state = 0x7e55e7a;
    target_machine(NULL);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
    }
    return 0;
}

// The same, with a clock that counts instructions: every interrupt comes at the same instruction in every run
static int ready_to_count(void **state)
{
    struct h_options o = target_options();
    struct harness *before = machine;

    (void)state;
    random_state = 0x7e55e7a;
    o.icount = true;
    target_machine(&o);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
    }
    return 0;
}

// A partition computes with FP registers and reads its own memory: more of the secure world than an echo
static void assert_partitions_work(void)
{
    struct peer_script *s = peer_begin(PEER1_ID);

    peer_add(s, PEER_FP_PAINT, 7, 0, 0, 0);
    struct peer_step *read = peer_add_at(s, PEER_READ, PEER_SYM_SECRET, 0, 0, 8, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(read->x[2], PEER_SECRET + PEER1_ID);
    assert_echo_works();
}

// ---- What the normal world can set up --------------------------------------------------------------------------------

static void machine_with_el2(void)
{
    struct h_options options = target_options();

    options.virtualization = true;
    target_fresh(&options);
    target_version(FFA_VERSION_1_2);
}

// SMC of EL1 in AArch32, which a hypervisor can have below it: unknown, and the machine goes on
static void a_32_bit_guest_cannot_stop_the_machine(void **state)
{
    static const uint32_t enter[] = {
        0xd2800000, 0xd51c1100, // mov x0, #0; msr hcr_el2, x0: EL1 is AArch32
        0xd2810701, 0xf2a018a1, // mov x1, #0x00c50838
        0xd5181001,             // msr sctlr_el1, x1: MMU off
        0xd2803a62, 0xd51c4002, // mov x2, #0x1d3; msr spsr_el2, x2: Supervisor mode, A32, masked
        0xd2802003, 0xf2a88303, // mov x3, #CODE + 0x100
        0xd51c4023,             // msr elr_el2, x3
        0xd5033fdf, 0xd69f03e0, // isb; eret
    };
    static const uint32_t guest[] = {
        0xe3000000, 0xe3480000, // movw r0, #0; movt r0, #0x8000: SMCCC_VERSION
        0xe1600070,             // smc #0
        0xe3011000, 0xe3441418, // movw r1, #0x1000; movt r1, #0x4418: RESULT
        0xe5810000,             // str r0, [r1]
        0xe1400070,             // hvc #0
    };
    uint32_t *result;
    struct mb_fault fault = { 0 };

    (void)state;
    machine_with_el2();
    if ((h_boot(machine, 0)->id_aa64pfr0 >> 4 & 0xf) != 2) {
        skip_because("this core has no AArch32 at EL1");
    }
    memcpy(h_memory(machine, CODE, sizeof(enter)), enter, sizeof(enter));
    memcpy(h_memory(machine, CODE + 0x100, sizeof(guest)), guest, sizeof(guest));
    result = h_memory(machine, RESULT, sizeof(*result));
    *result = 0;
    assert_int_equal(h_exec(machine, 0, CODE, &fault), H_FAULT);
    assert_int_equal(fault.vector, 12); // its HVC: a lower level in AArch32
    assert_int_equal(fault.esr >> 26, 0x12);
    assert_int_equal(*result, UINT32_MAX);
    assert_int_equal(h_sysreg_write(machine, 0, MB_HCR_EL2, HCR_RW), H_OK);
    assert_partitions_work();
}

// HCR_EL2 belongs to the normal world: nothing of it traps, routes or narrows anything in the secure one
static void settings_of_a_hypervisor_do_not_reach_the_secure_world(void **state)
{
    static const uint64_t settings[] = {
        0,                         // EL1 is AArch32
        HCR_RW | 1u << 27,         // TGE: EL0 belongs to EL2
        HCR_RW | 1u << 27 | 0x1f8, // … with all interrupts routed and virtual ones pending
        HCR_RW | 0x447f6000,       // traps of identification, cache, TLB and translation registers
        HCR_RW | 1u << 12 | 1,     // DC, VM: stage 2 with no table
        HCR_RW | 0x3f << 3 | 1u << 30, // interrupts as above, reads of translation registers trap
        0x00000003fffff7ffull & ~(1u << 19), // all that is not TSC
    };

    (void)state;
    machine_with_el2();
    for (size_t i = 0; i < COUNT(settings); i++) {
        print_message("HCR_EL2 %#llx\n", (unsigned long long)settings[i]);
        assert_int_equal(h_sysreg_write(machine, 0, MB_HCR_EL2, settings[i]), H_OK);
        assert_partitions_work();
    }
    assert_int_equal(h_sysreg_write(machine, 0, MB_HCR_EL2, HCR_RW), H_OK);
}

// Software step, breakpoints and watchpoints enabled for all levels: the secure world runs through
static void debug_of_the_normal_world_does_not_stop_secure_code(void **state)
{
    static const uint64_t settings[] = { 1, 1u << 15, 1u << 15 | 1u << 13,
                                         1u << 15 | 1u << 13 | 1 };

    (void)state;
    for (size_t i = 0; i < COUNT(settings); i++) {
        assert_int_equal(h_sysreg_write(machine, 0, MB_MDSCR_EL1, settings[i]), H_OK);
        assert_partitions_work();
    }
    assert_int_equal(h_sysreg_write(machine, 0, MB_MDSCR_EL1, 0), H_OK);
}

// ---- Every function --------------------------------------------------------------------------------------------------

static bool looks_secure(uint64_t value)
{
    return (value >= SECURE_RAM_BASE && value < SECURE_RAM_BASE + SECURE_RAM_SIZE) ||
           (value >= 0xffffff8000000000 && value < 0xffffffff00000000);
}

static void try_function(uint32_t fid, uint32_t version)
{
    struct ffa_args a = { .x = { fid | next_random() << 32 } };
    struct ffa_args before;

    for (unsigned int i = 1; i < 18; i++) {
        a.x[i] = 0x1000000000000000 | next_random() >> 4;
    }
    // An odd number is no entry point, no idle state and no type of reset, so that the core is here afterwards
    a.x[1] |= (fid & 0xbf000000) == PSCI_VERSION && (fid & SMCCC_NUMBER_MASK) <= PSCI_NUMBER_LAST;
    before = a;
    target_call_all(&a);
    for (unsigned int i = 0; i < 18; i++) {
        if (a.x[i] != before.x[i] && looks_secure(a.x[i])) {
            fail_msg("function %#x shows %#llx in x%u", fid, (unsigned long long)a.x[i], i);
        }
    }
    // Nobody serves it: then it changes nothing. FFA_VERSION's refusal looks the same
    if (a.x[0] == UINT64_MAX && (fid & ~(uint32_t)SMCCC_SVE_HINT) != FFA_VERSION) {
        assert_memory_equal(&a.x[1], &before.x[1], 17 * sizeof(uint64_t));
    }
    if (version < FFA_VERSION_1_2) { // x8 … x17 are no results before 1.2
        assert_memory_equal(&a.x[8], &before.x[8], 10 * sizeof(uint64_t));
    }
}

static void try_owner(uint32_t owner, uint32_t version)
{
    uint32_t numbers = owner == SMCCC_OWNER_STD ? 0x140 : 8;

    for (uint32_t n = 0; n < numbers; n++) {
        for (uint32_t form = 0; form < 8; form++) { // fast, 64-bit, SVE hint
            uint32_t bare = (form & 1) << 31 | (form >> 1 & 1) << 30 | owner << 24 | n;

            if (bare != PSCI_SYSTEM_OFF && bare != PSCI_SYSTEM_RESET) {
                try_function(bare | (form >> 2) << 16, version);
            }
        }
    }
}

static void no_function_shows_anything_secure_or_hangs(void **state)
{
    static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        target_fresh(NULL);
        target_version(versions[i]);
        for (uint32_t owner = 0; owner < 64; owner++) {
            try_owner(owner, versions[i]);
        }
        assert_partitions_work();
    }
}

static void no_svc_of_a_partition_with_garbage_does_harm(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 0x100; n += 16) {
        struct peer_script *s = peer_begin(PEER2_ID);

        for (uint32_t i = 0; i < 32; i++) {
            uint32_t number = n + i / 2;
            uint32_t fid = 0x84000000 | (i & 1) << 30 | number;
            struct peer_step *step = peer_add(s, PEER_CALL, fid | next_random() << 32, 0, 0, 0);

            for (unsigned int k = 1; k < 18; k++) {
                step->x[k] = next_random() | 1u << 30; // reserved bits everywhere: nothing succeeds
            }
        }
        peer_run_all(PEER2_ID);
        for (uint32_t i = 0; i < 32; i++) {
            for (unsigned int k = 0; k < 18; k++) {
                assert_false(looks_secure(s->steps[i].x[k]));
            }
        }
    }
    assert_partitions_work();
}

// A version newer than ours means ours, also when it is asked for again after EL3 has answered another call
static void a_newer_version_can_be_asked_for_again(void **state)
{
    (void)state;
    target_fresh(NULL);
    target_version(0x10003);
    struct ffa_args a = call(FFA_ID_GET);
    assert_ffa_success(a, FFA_ID_NWD, 0);
    target_version(0x10003);
    target_version(FFA_VERSION_1_2);
    a = call(FFA_VERSION, FFA_VERSION_1_1);
    assert_int_equal(a.x[0], UINT64_MAX);
    a = call(FFA_VERSION, 0x20000);
    assert_int_equal(a.x[0], UINT64_MAX);
    assert_partitions_work();
}

// ---- Buffers ---------------------------------------------------------------------------------------------------------

// What a partition's manifest names is spoken for
static bool is_script(uint64_t address)
{
    return address - PEER1_SCRIPT_BASE < PEER_SCRIPT_PAGES * 4096;
}

// The window for the normal world's buffers has 64 pages: a leak of one page a round would end this soon
static void buffers_can_be_mapped_for_ever(void **state)
{
    uint64_t end = 0x40000000 + ((uint64_t)target_options().memory_mib << 20);
    uint64_t places[] = { MB_PAGES_BASE, end - 4 * 4096, TRANSPORT_SHARED_BASE, CODE,
                          PEER1_SCRIPT_BASE };

    (void)state;
    for (unsigned int round = 0; round < 10000; round++) {
        uint64_t pages = 1 + next_random() % 4;
        uint64_t tx = places[next_random() % COUNT(places)];
        uint64_t rx = places[next_random() % COUNT(places)] + (next_random() & 1) * 4096;
        struct ffa_args a = call(FFA_RXTX_MAP_64, tx, rx, pages);
        bool apart = tx >= rx ? tx - rx >= pages * 4096 : rx - tx >= pages * 4096;
        bool inside = rx + pages * 4096 <= end && tx + pages * 4096 <= end;

        if (!apart || !inside || is_script(tx) || is_script(rx)) {
            assert_ffa_error(a, FFA_INVALID_PARAMETERS);
            continue;
        }
        assert_ffa_success(a, 0, 0);
        a = call(FFA_PARTITION_INFO_GET);
        assert_ffa_function(a, FFA_SUCCESS_32);
        a = call(FFA_RXTX_UNMAP);
        assert_ffa_success(a, 0, 0);
    }
    assert_partitions_work();
}

// ---- crypto ----------------------------------------------------------------------------------------------------------

// A transport whose calls are interrupted at random, and what its owner does meanwhile
struct hostile_transport {
    struct harness_transport inner;
    void (*meanwhile)(struct hostile_transport *t);
    unsigned int interrupted;
};

static void call_with_timer(struct h_call *c)
{
    c->flags = MB_SMC_TIMER;
    c->timer_ticks = 300 + next_random() % (1u << (8 + next_random() % 12));
    assert_int_equal(h_call(machine, 0, c), H_OK);
}

static void hostile_call(struct ffa_transport *transport, struct ffa_args *args)
{
    struct hostile_transport *t = (struct hostile_transport *)transport; // its first member's first
    struct h_call c = { 0 };

    memcpy(c.x, args->x, sizeof(args->x));
    call_with_timer(&c);
    while (c.x[0] == FFA_INTERRUPT) {
        uint64_t target = c.x[1];

        t->interrupted++;
        t->meanwhile(t);
        c = (struct h_call){ .x = { FFA_RUN, target } };
        call_with_timer(&c);
    }
    memcpy(args->x, c.x, sizeof(args->x));
}

static void hostile_connect(struct hostile_transport *t,
                            void (*meanwhile)(struct hostile_transport *t))
{
    harness_transport_init(&t->inner, machine);
    assert_int_equal(psa_client_connect(&t->inner.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    t->meanwhile = meanwhile;
    t->interrupted = 0;
    t->inner.transport.call = hostile_call;
}

static void ask_others(struct hostile_transport *t)
{
    if (t->interrupted % 16 != 0) {
        return;
    }
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, CRYPTO_ID, 0, 1);

    assert_ffa_error(a, FFA_BUSY); // crypto is in the middle of a call
    assert_partitions_work();
}

static void rewrite_buffer(struct hostile_transport *t)
{
    uint8_t *shared = t->inner.transport.shared;

    for (unsigned int i = 0; i < 4096; i += 8) {
        uint64_t word = next_random();

        memcpy(shared + i, &word, sizeof(word));
    }
}

static const psa_key_attributes_t p256 = {
    .type = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
    .bits = 256,
    .usage = PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH,
    .alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256),
};

static void crypto_is_right_whenever_it_is_interrupted(void **state)
{
    static uint8_t data[20000];
    static struct hostile_transport t;
    uint8_t undisturbed[32];
    uint8_t hash[32];
    uint8_t signature[64];
    psa_key_id_t key;
    size_t size;

    (void)state;
    harness_transport_init(&t.inner, machine);
    assert_int_equal(psa_client_connect(&t.inner.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, data, sizeof(data), undisturbed, 32, &size),
                     PSA_SUCCESS);
    hostile_connect(&t, ask_others);
    for (unsigned int i = 0; i < 20; i++) {
        assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, data, sizeof(data), hash, 32, &size),
                         PSA_SUCCESS);
        assert_memory_equal(hash, undisturbed, 32);
    }
    assert_int_equal(psa_generate_key(&p256, &key), PSA_SUCCESS);
    for (unsigned int i = 0; i < 4; i++) {
        assert_int_equal(psa_sign_hash(key, p256.alg, hash, 32, signature, 64, &size), PSA_SUCCESS);
        assert_int_equal(psa_verify_hash(key, p256.alg, hash, 32, signature, 64), PSA_SUCCESS);
    }
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    print_message("interrupted %u times\n", t.interrupted);
    assert_true(t.interrupted > 0);
}

// The memory of a request changes while crypto works on it: any answer is right, but it must be one
static void rewritten_requests_break_nothing(void **state)
{
    static uint8_t data[3000];
    static struct hostile_transport t;
    uint8_t bytes[64];
    psa_key_id_t key = 0;
    size_t size;

    (void)state;
    hostile_connect(&t, rewrite_buffer);
    for (unsigned int i = 0; i < 60; i++) {
        (void)psa_hash_compute(PSA_ALG_SHA_512, data, sizeof(data), bytes, 64, &size);
        (void)psa_generate_random(bytes, sizeof(bytes));
    }
    for (unsigned int i = 0; i < 4; i++) {
        if (psa_generate_key(&p256, &key) == PSA_SUCCESS) {
            (void)psa_sign_hash(key, p256.alg, data, 32, bytes, 64, &size);
            (void)psa_destroy_key(key);
        }
    }
    print_message("interrupted %u times\n", t.interrupted);
    harness_transport_init(&t.inner, machine);
    assert_int_equal(psa_client_connect(&t.inner.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, data, 3, bytes, 64, &size), PSA_SUCCESS);
    assert_partitions_work();
}

// Raw requests: every operation with random lengths, records and clients
static void random_requests_are_answered(void **state)
{
    static struct hostile_transport t;

    (void)state;
    harness_transport_init(&t.inner, machine);
    assert_int_equal(psa_client_connect(&t.inner.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    uint8_t *shared = t.inner.transport.shared;

    for (unsigned int i = 0; i < 3000; i++) {
        static const uint16_t first[] = { 0x0100, 0x0200, 0x0300, 0x0400 };
        uint32_t opcode = first[next_random() % 4] + next_random() % 16;
        uint64_t length = next_random() % 4 == 0 ? next_random() & UINT32_MAX : next_random() % 80;

        for (unsigned int k = 0; k < 80; k += 8) {
            uint64_t word = next_random() & (next_random() | 0x0000ff01000000ff);

            memcpy(shared + k, &word, sizeof(word));
        }
        struct ffa_args a =
            call(FFA_MSG_SEND_DIRECT_REQ_32, CRYPTO_ID, 0, opcode, (uint32_t)t.inner.handle,
                 t.inner.handle >> 32, length, next_random() % 70000);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    }
    assert_partitions_work();
}

static void the_quota_of_keys_comes_back(void **state)
{
    static struct hostile_transport t;
    psa_key_id_t keys[40];
    psa_key_id_t extra;
    psa_status_t status = PSA_SUCCESS;

    (void)state;
    target_fresh(NULL); // a rewritten answer above may have hidden a key's id: that key stays
    target_version(FFA_VERSION_1_2);
    harness_transport_init(&t.inner, machine);
    assert_int_equal(psa_client_connect(&t.inner.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    for (unsigned int round = 0; round < 2; round++) {
        unsigned int count = 0;

        while (count < COUNT(keys)) {
            status = psa_generate_key(&p256, &keys[count]);
            if (status != PSA_SUCCESS) {
                break;
            }
            count++;
        }
        assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
        assert_int_equal(count, 32);            // partitions/README.md: keys of one endpoint
        (void)psa_destroy_key(PSA_KEY_ID_NULL); // gives nothing back
        (void)psa_destroy_key(0x7fffffff);
        assert_int_equal(psa_generate_key(&p256, &extra), PSA_ERROR_INSUFFICIENT_MEMORY);
        for (unsigned int i = 0; i < count; i++) {
            assert_int_equal(psa_destroy_key(keys[i]), PSA_SUCCESS);
        }
    }
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_function_shows_anything_secure_or_hangs),
        CASE(a_newer_version_can_be_asked_for_again),
        CASE(no_svc_of_a_partition_with_garbage_does_harm),
        CASE(debug_of_the_normal_world_does_not_stop_secure_code),
        CASE(buffers_can_be_mapped_for_ever),
        cmocka_unit_test_setup(crypto_is_right_whenever_it_is_interrupted, ready_to_count),
        cmocka_unit_test_setup(rewritten_requests_break_nothing, ready_to_count),
        CASE(the_quota_of_keys_comes_back),
        CASE(random_requests_are_answered),
        CASE(settings_of_a_hypervisor_do_not_reach_the_secure_world),
        CASE(a_32_bit_guest_cannot_stop_the_machine),
    };

    return cmocka_run_group_tests(tests, NULL, target_stop);
}
