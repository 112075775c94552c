// SPDX-License-Identifier: BSD-3-Clause
//
// Fault injection: BL1 gets firmware that it must refuse, and at one instruction of its decision the core skips to the next
// one, as a glitch on the supply makes it do (glitch.h). Then again from reset, with the next instruction. BL2 must never be
// entered.
// The decision is what chain.c, verdict.c, load.c, bl1_trust.c and bl1_main.c execute, and the ends of the signature checks;
// what these call elsewhere (hashing, DER, console) runs unharmed. Of an instruction that is executed over and over, the first
// two times, the middle and the last one are taken; all of them with TESSERA_GLITCH=all (tens of thousands, many minutes).
// The verification itself is attacked with signatures made for the skip (forge.h), of each instruction at its first execution.
#include <stdlib.h>
#include <string.h>

#include "platform/lib/boot/chain.h"
#include "tests/target/firmware.h"
#include "tests/target/forge.h"
#include "tests/target/glitch.h"

// ---- All of the decision ---------------------------------------------------------------------------------------------

static void choose_decision(void)
{
    static const char *const files[] = { "chain",      "verdict.c",   "load.c",
                                         "bl1_main.c", "bl1_trust.c", NULL };
    static const char *const stems[] = { "chain_",     "verdict_",       "load_",        "bl1_main",
                                         "bl1_trust_", "boot_pk_verify", "ecdsa_verify", NULL };

    glitch_choose(files, stems);
}

static bool is_taken(const struct glitch_point *point)
{
    uint32_t last = glitch_passes(point->pc) - 1;
    const char *which = getenv("TESSERA_GLITCH");

    return (which != NULL && strcmp(which, "all") == 0) || point->pass <= 1 ||
           point->pass == last / 2 || point->pass == last;
}

static void report(const struct glitch_outcome *outcome)
{
    print_message("%u of %u executed instructions skipped: %u refused, %u stuck\n", outcome->count,
                  glitch_trace.count, outcome->refused, outcome->stuck);
    assert_true(outcome->count != 0);
    assert_int_equal(outcome->refused + outcome->stuck, outcome->count);
}

static void skip_all(const char *from)
{
    struct glitch_outcome outcome = { 0 };

    choose_decision();
    glitch_start();
    glitch_record(from);
    glitch_each(is_taken, glitch_skip, &outcome);
    report(&outcome);
}

static void no_skipped_instruction_lets_an_altered_bl2_in(void **state)
{
    size_t size;

    (void)state;
    firmware_data("tb-fw", &size)[size / 2] ^= 0x10;
    skip_all("chain_check");
}

static void no_skipped_instruction_lets_a_strangers_key_in(void **state)
{
    (void)state;
    firmware_make_keys("stranger", "p256");
    firmware_sign("stranger", "");
    skip_all("chain_expect");
}

static void no_skipped_instruction_lets_a_wrong_signature_in(void **state)
{
    size_t size;

    (void)state;
    uint8_t *certificate = firmware_data("tb-fw-cert", &size);
    certificate[size - 1] ^= 0x01;
    skip_all("chain_expect");
}

// ---- Signatures made for a skip --------------------------------------------------------------------------------------

// Skips one instruction of the first verification. If that takes the signature, there is a second one: seen.
static void skip_of_verification(const struct glitch_point *point, struct glitch_outcome *outcome)
{
    uint64_t again = glitch_symbol("boot_pk_verify", NULL);

    glitch_skip_to(point, outcome);
    assert_int_equal(gdb_break(glitch_gdb, again, true), 0);
    if (glitch_goes_on(point, gdb_continue(glitch_gdb, GLITCH_RUN_MS), outcome)) {
        outcome->seen++;
        assert_int_equal(gdb_break(glitch_gdb, again, false), 0);
        assert_false(glitch_goes_on(point, gdb_continue(glitch_gdb, GLITCH_RUN_MS), outcome));
    } else {
        (void)gdb_break(glitch_gdb, again, false); // a machine that was started anew has none
    }
}

static bool is_first(const struct glitch_point *point)
{
    return point->pass == 0;
}

// All that the trace has of the first executions: for how many of them is the signature taken by the first verification?
static unsigned int skip_first_executions(void)
{
    struct glitch_outcome outcome = { 0 };

    glitch_each(is_first, skip_of_verification, &outcome);
    report(&outcome);
    print_message("after %u of them the first of two verifications takes it\n", outcome.seen);
    return outcome.seen;
}

// The call that makes e * w: of ecdsa_verify()'s calls of mont_mul() the first, and its product takes the place of a factor
static struct glitch_point product_with_digest(void)
{
    uint64_t size;
    uint64_t verify = glitch_symbol("ecdsa_verify", &size);
    uint64_t multiply = glitch_symbol("mont_mul", NULL);

    for (unsigned int i = 0; i < glitch_trace.count; i++) {
        struct glitch_point point = glitch_trace.points[i];

        if (point.pc - verify < size && glitch_calls(point.pc, multiply)) {
            glitch_go_to(&point);
            assert_int_equal(gdb_get(glitch_gdb, 1), gdb_get(glitch_gdb, 2));
            return point;
        }
    }
    fail_msg("ecdsa_verify() does not call mont_mul()");
    return (struct glitch_point){ 0 };
}

// In ecdsa_verify() and what it calls of ecdsa.c, in ec_mul_add(), and in all of that product
static void no_signature_made_without_the_division_gets_in(void **state)
{
    static const char *const files[] = { "ecdsa.c", NULL };
    static const char *const stems[] = { "ecdsa_verify", "ec_mul_add", NULL };
    struct glitch_outcome outcome = { 0 };
    struct glitch_point call;

    (void)state;
    forge_tb_fw(FORGE_FOR_U_E);
    glitch_choose(files, stems);
    glitch_start();
    glitch_record_call("ecdsa_verify");
    assert_true(skip_first_executions() != 0);
    call = product_with_digest();
    skip_of_verification(&call, &outcome);
    assert_int_equal(outcome.seen, 1); // it is made for this one
    glitch_record_inside(&call);
    (void)skip_first_executions();
}

// In ec_mul_add() and what it calls of ec.c: without the digits of u, those of the verification before or none are used
static void no_signature_made_without_the_digest_gets_in(void **state)
{
    static const char *const files[] = { "ec.c", NULL };
    static const char *const stems[] = { "ec_mul_add", NULL };

    (void)state;
    forge_tb_fw(FORGE_FOR_U_0);
    glitch_choose(files, stems);
    glitch_start();
    glitch_record_call("ec_mul_add");
    assert_true(skip_first_executions() != 0);
}

// ---- Entries that are larger than their room -------------------------------------------------------------------------

static const char pattern[] = "attacker's bytes"; // 16 of them

#define PATTERN (sizeof(pattern) - 1)
#define BEHIND 4096

// Nothing of the entry is behind its room, where BL1's variables and tables begin or go on. False if that cannot be read
static bool look_behind(uint64_t end, const struct glitch_point *point)
{
    static uint8_t memory[BEHIND];

    if (gdb_read(glitch_gdb, end, memory, sizeof(memory)) != 0) {
        return false;
    }
    if (memmem(memory, sizeof(memory), pattern, PATTERN) != NULL) {
        glitch_fail("without the instruction at %#lx (pass %u) bytes of the FIP are behind %#lx",
                    (unsigned long)point->pc, point->pass, (unsigned long)end);
    }
    return true;
}

// What the case is about
static struct {
    uint64_t end;       // of the room
    unsigned int begin; // in the trace
} room;

static bool is_behind_the_search(const struct glitch_point *point)
{
    return (uintptr_t)(point - glitch_trace.points) >= room.begin;
}

// Copies that come after the skip are seen: without a fault there is none
static void skip_before_copy(const struct glitch_point *point, struct glitch_outcome *outcome)
{
    uint64_t copy = glitch_symbol("fip_read", NULL);

    glitch_skip_to(point, outcome);
    assert_int_equal(gdb_break(glitch_gdb, copy, true), 0);
    while (glitch_goes_on(point, gdb_continue(glitch_gdb, GLITCH_RUN_MS), outcome)) {
        uint64_t back = gdb_get(glitch_gdb, GDB_LR);

        outcome->seen++;
        assert_int_equal(gdb_break(glitch_gdb, copy, false), 0);
        assert_int_equal(gdb_break(glitch_gdb, back, true), 0);
        enum gdb_stop stop = gdb_continue(glitch_gdb, GLITCH_RUN_MS);
        assert_true(look_behind(room.end, point)); // before what was copied can be wiped
        assert_int_equal(stop, GDB_STOPPED);
        assert_int_equal(gdb_break(glitch_gdb, back, false), 0);
        assert_int_equal(gdb_break(glitch_gdb, copy, true), 0);
    }
    (void)gdb_break(glitch_gdb, copy, false);
    // A wipe without its size takes the translation tables, too: then the machine is stuck, and there is nothing to read
    (void)look_behind(room.end, point);
}

// Gives entry `name` `size` bytes, more than its room. Skips what is executed between the entry's being found and the
// refusal, each instruction as often as it is executed.
static void skip_with_too_much(const char *name, size_t size, const char *from)
{
    static uint8_t payload[BL2_SIZE + 2 * BEHIND];
    uint64_t find = glitch_symbol("fip_find", NULL);
    struct glitch_outcome outcome = { 0 };

    assert_true(size <= sizeof(payload));
    for (size_t i = 0; i < size; i++) {
        payload[i] = (uint8_t)pattern[i % PATTERN];
    }
    firmware_put(name, payload, size);
    choose_decision();
    glitch_start();
    glitch_record(from);
    room.begin = 0;
    for (unsigned int i = 0; i < glitch_trace.count; i++) {
        room.begin = glitch_calls(glitch_trace.points[i].pc, find) ? i + 1 : room.begin;
    }
    assert_true(room.begin != 0);
    glitch_each(is_behind_the_search, skip_before_copy, &outcome);
    report(&outcome);
    print_message("after them there are %u copies\n", outcome.seen);
    assert_true(outcome.seen != 0); // or the comparison was not among them
}

static void no_skipped_instruction_copies_more_than_bl2s_room(void **state)
{
    (void)state;
    room.end = BL2_BASE + BL2_SIZE;
    skip_with_too_much("tb-fw", BL2_SIZE + 2 * BEHIND, "load_image");
}

static void no_skipped_instruction_copies_more_than_a_certificates_room(void **state)
{
    uint64_t size;
    uint64_t chain = glitch_symbol("chain", &size);

    (void)state;
    assert_int_equal(size, sizeof(struct chain)); // laid out here as there
    room.end = chain + offsetof(struct chain, slots[COT_TB_FW].der) + CERT_MAX_SIZE;
    skip_with_too_much("tb-fw-cert", CERT_MAX_SIZE + 2 * BEHIND, "chain_prove");
}

// ---- Without a list --------------------------------------------------------------------------------------------------

// After the refusal nothing of BL2 is left where it was loaded
static void a_refused_bl2_is_wiped(void **state)
{
    static uint8_t memory[BL2_SIZE];
    struct glitch_point begin;
    size_t size;

    (void)state;
    firmware_data("tb-fw", &size)[size / 2] ^= 0x10;
    glitch_start();
    assert_true(size <= sizeof(memory));
    begin = (struct glitch_point){ .pc = glitch_symbol("chain_check", NULL) };
    glitch_go_to(&begin);
    assert_int_equal(gdb_read(glitch_gdb, BL2_BASE, memory, size), 0);
    assert_memory_equal(memory, firmware_data("tb-fw", &size), size); // it was there
    assert_int_equal(gdb_continue(glitch_gdb, 10 * GLITCH_RUN_MS), GDB_STOPPED);
    assert_true(gdb_get(glitch_gdb, GDB_PC) == glitch_symbol("plat_fatal", NULL));
    assert_int_equal(gdb_read(glitch_gdb, BL2_BASE, memory, size), 0);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(memory[i], 0);
    }
}

// The whole call that loads and judges BL2 is left out, and its result is "all is well": the tally says that it is not
static void no_skipped_call_lets_bl2_in(void **state)
{
    struct glitch_point begin;

    (void)state;
    glitch_start();
    begin = (struct glitch_point){ .pc = glitch_symbol("load_image", NULL) };
    glitch_go_to(&begin);
    assert_int_equal(gdb_set(glitch_gdb, 0, 0), 0);
    assert_int_equal(gdb_set(glitch_gdb, GDB_PC, gdb_get(glitch_gdb, GDB_LR)), 0);
    assert_int_equal(gdb_continue(glitch_gdb, 10 * GLITCH_RUN_MS), GDB_STOPPED);
    assert_true(gdb_get(glitch_gdb, GDB_PC) == glitch_symbol("plat_fatal", NULL));
    assert_console("its verification is not complete");
}

// The same breakpoints see what is right: or the cases above would prove nothing
static void what_is_right_is_seen_to_enter_bl2(void **state)
{
    (void)state;
    glitch_start();
    assert_int_equal(gdb_reset(glitch_gdb), 0);
    assert_int_equal(gdb_continue(glitch_gdb, 10 * GLITCH_RUN_MS), GDB_STOPPED);
    assert_true(gdb_get(glitch_gdb, GDB_PC) == BL2_BASE);
}

static int close_machine(void **state)
{
    (void)state;
    glitch_stop();
    return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, firmware_ready, close_machine)

static int setup(void **state)
{
    if (firmware_setup(state) != 0) {
        return -1;
    }
    glitch_read();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_right_is_seen_to_enter_bl2),
        CASE(a_refused_bl2_is_wiped),
        CASE(no_skipped_call_lets_bl2_in),
        CASE(no_skipped_instruction_lets_an_altered_bl2_in),
        CASE(no_skipped_instruction_lets_a_strangers_key_in),
        CASE(no_skipped_instruction_lets_a_wrong_signature_in),
        CASE(no_signature_made_without_the_division_gets_in),
        CASE(no_signature_made_without_the_digest_gets_in),
        CASE(no_skipped_instruction_copies_more_than_bl2s_room),
        CASE(no_skipped_instruction_copies_more_than_a_certificates_room),
    };

    return cmocka_run_group_tests_name("trust_glitch", tests, setup, firmware_teardown);
}
