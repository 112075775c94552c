// SPDX-License-Identifier: BSD-3-Clause
//
// Fault injection: BL1 gets firmware that it must refuse, and at one instruction of its decision the core skips to the next
// one, as a glitch on the supply makes it do. Then again from reset, with the next instruction. BL2 must never be entered.
// The decision is what chain.c, verdict.c, load.c, bl1_trust.c and bl1_main.c execute, and the ends of the signature checks;
// what these call elsewhere (hashing, DER, console) runs unharmed. Of an instruction that is executed over and over, the first
// two times, the middle and the last one are taken; all of them with TESSERA_GLITCH=all (some 10,000, four minutes). QEMU's
// gdb stub holds the core.
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/gdb.h"
#include "tests/target/firmware.h"

#define FUNCTIONS_MAX 256
#define TRACE_MAX 60000
#define RUN_MS \
    1500 // a refusal takes some milliseconds; what runs on for this long neither refuses nor accepts
#define INSTRUCTION 4

struct function {
    uint64_t begin;
    uint64_t end;
    char name[48];
};

// An instruction of the decision, as executed: the pass-th time that the core comes by
struct point {
    uint64_t pc;
    uint32_t pass;
};

static struct function functions[FUNCTIONS_MAX];
static unsigned int function_count;
static struct point trace[TRACE_MAX];
static unsigned int trace_count;
static uint32_t passes[BL1_ROM_SIZE / INSTRUCTION]; // of each instruction of BL1 in the trace
static uint64_t fatal;                              // plat_fatal()
static struct gdb *gdb;

// ---- BL1's symbols ---------------------------------------------------------------------------------------------------

static uint8_t elf[4 << 20];

static const Elf64_Shdr *section(uint32_t type)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)elf;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(const void *)(elf + header->e_shoff);

    for (unsigned int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type == type) {
            return &sections[i];
        }
    }
    fail_msg("bl1.elf has no section of type %u", type);
    return NULL;
}

static bool begins(const char *name, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        if (strncmp(name, *prefixes, strlen(*prefixes)) == 0) {
            return true;
        }
    }
    return false;
}

// Exported functions are named after their file; static ones stand behind their file's symbol.
static void read_functions(void)
{
    static const char *const files[] = { "chain",      "verdict.c",   "load.c",
                                         "bl1_main.c", "bl1_trust.c", NULL };
    static const char *const stems[] = { "chain_",     "verdict_",       "load_",        "bl1_main",
                                         "bl1_trust_", "boot_pk_verify", "ecdsa_verify", NULL };
    size_t size = firmware_read(FIRMWARE_IMAGES "bl1.elf", elf, sizeof(elf));
    const Elf64_Shdr *table = section(SHT_SYMTAB);
    const Elf64_Shdr *all =
        (const Elf64_Shdr *)(const void *)(elf + ((const Elf64_Ehdr *)(const void *)elf)->e_shoff);
    const char *names = (const char *)elf + all[table->sh_link].sh_offset;
    const Elf64_Sym *symbols = (const Elf64_Sym *)(const void *)(elf + table->sh_offset);
    bool ours = false;

    assert_true(size > table->sh_offset + table->sh_size);
    for (size_t i = 0; i < table->sh_size / sizeof(*symbols); i++) {
        const Elf64_Sym *s = &symbols[i];
        const char *name = names + s->st_name;
        unsigned char kind = ELF64_ST_TYPE(s->st_info);

        if (kind == STT_FILE) {
            ours = begins(name, files);
        } else if (kind == STT_FUNC && strcmp(name, "plat_fatal") == 0) {
            fatal = s->st_value;
        } else if (kind == STT_FUNC &&
                   (ELF64_ST_BIND(s->st_info) == STB_LOCAL ? ours : begins(name, stems))) {
            assert_true(function_count < FUNCTIONS_MAX);
            struct function *f = &functions[function_count++];
            f->begin = s->st_value;
            f->end = s->st_value + s->st_size;
            snprintf(f->name, sizeof(f->name), "%s", name);
        }
    }
    assert_true(fatal != 0 && function_count >= 5);
}

static const struct function *function_at(uint64_t pc)
{
    for (unsigned int i = 0; i < function_count; i++) {
        if (pc >= functions[i].begin && pc < functions[i].end) {
            return &functions[i];
        }
    }
    return NULL;
}

static uint64_t function_named(const char *name)
{
    for (unsigned int i = 0; i < function_count; i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return functions[i].begin;
        }
    }
    fail_msg("bl1.elf has no function %s", name);
    return 0;
}

// ---- The machine -----------------------------------------------------------------------------------------------------

// A machine with the present firmware, stopped at reset, with its gdb stub at hand
static void start(void)
{
    static char stub[200];
    static const char *extra[] = { "-S", "-gdb", stub, NULL };
    struct h_options o = target_options();
    const char *path = firmware_path("gdb");

    snprintf(stub, sizeof(stub), "unix:%s,server=on,wait=off", path);
    o.flash = firmware_flash();
    o.no_proxy = true;
    o.quiet = true;
    o.reboot = true; // a reset by the stub is one
    o.extra = extra;
    (void)target_stop(NULL);
    remove(path);
    machine = h_start(&o);
    assert_non_null(machine);
    gdb = gdb_open(path);
    assert_non_null(gdb);
    assert_int_equal(gdb_break(gdb, fatal, true), 0);
    assert_int_equal(gdb_break(gdb, BL2_BASE, true), 0);
}

static void stop(void)
{
    gdb_close(gdb);
    gdb = NULL;
    (void)target_stop(NULL);
}

// From reset to the pass-th time that the core comes to pc
static void go_to(const struct point *point)
{
    assert_int_equal(gdb_reset(gdb), 0);
    assert_int_equal(gdb_break(gdb, point->pc, true), 0);
    for (uint32_t i = 0; i <= point->pass; i++) {
        assert_int_equal(gdb_continue(gdb, 10 * RUN_MS), GDB_STOPPED);
        assert_true(gdb_get(gdb, GDB_PC) == point->pc);
    }
    assert_int_equal(gdb_break(gdb, point->pc, false), 0);
}

// Runs what was called from the decision and is no part of it, up to its return
static uint64_t step_over(void)
{
    uint64_t back = gdb_get(gdb, GDB_LR);

    if (function_at(back) == NULL) {
        fail_msg("%#lx, called from %#lx: is neither of the decision nor called by it",
                 (unsigned long)gdb_get(gdb, GDB_PC), (unsigned long)back);
    }
    assert_int_equal(gdb_break(gdb, back, true), 0);
    assert_int_equal(gdb_continue(gdb, 10 * RUN_MS), GDB_STOPPED);
    assert_int_equal(gdb_break(gdb, back, false), 0);
    return gdb_get(gdb, GDB_PC);
}

// Executes without a fault from the first instruction of `from` to the refusal, and writes down the decision's part
static void record(const char *from)
{
    struct point begin = { function_named(from), 0 };
    uint64_t pc = begin.pc;

    trace_count = 0;
    memset(passes, 0, sizeof(passes));
    go_to(&begin);
    while (pc != fatal) {
        if (pc == BL2_BASE) {
            fail_msg("BL1 takes what it must refuse");
        }
        if (function_at(pc) == NULL) {
            pc = step_over();
            continue;
        }
        assert_true(trace_count < TRACE_MAX);
        trace[trace_count] = (struct point){ pc, passes[(pc - BL1_ROM_BASE) / INSTRUCTION]++ };
        trace_count++;
        assert_int_equal(gdb_step(gdb), GDB_STOPPED);
        pc = gdb_get(gdb, GDB_PC);
    }
}

// ---- Scenarios -------------------------------------------------------------------------------------------------------

// What came of the skips
struct outcome {
    unsigned int refused; // plat_fatal()
    unsigned int stuck;   // or at rest in BL1's exception vectors
};

static void skip_one(const struct point *point, struct outcome *outcome)
{
    go_to(point);
    assert_int_equal(gdb_set(gdb, GDB_PC, point->pc + INSTRUCTION), 0);
    switch (gdb_continue(gdb, RUN_MS)) {
    case GDB_STOPPED:
        if (gdb_get(gdb, GDB_PC) == BL2_BASE) {
            fail_msg("without the instruction at %#lx in %s (pass %u) BL2 is entered",
                     (unsigned long)point->pc, function_at(point->pc)->name, point->pass);
        }
        outcome->refused++;
        break;
    case GDB_ENDED: // off without plat_fatal(): a refusal, too
        outcome->refused++;
        stop();
        start();
        break;
    case GDB_RUNS:
    default:
        outcome->stuck++;
        break;
    }
}

static bool is_taken(const struct point *point)
{
    uint32_t last = passes[(point->pc - BL1_ROM_BASE) / INSTRUCTION] - 1;
    const char *which = getenv("TESSERA_GLITCH");

    return (which != NULL && strcmp(which, "all") == 0) || point->pass <= 1 ||
           point->pass == last / 2 || point->pass == last;
}

static void skip_all(const char *from)
{
    struct outcome outcome = { 0 };
    unsigned int count = 0;

    start();
    record(from);
    for (unsigned int i = 0; i < trace_count; i++) {
        if (is_taken(&trace[i])) {
            skip_one(&trace[i], &outcome);
            count++;
        }
    }
    print_message("%u of %u executed instructions skipped: %u refused, %u stuck\n", count,
                  trace_count, outcome.refused, outcome.stuck);
    assert_int_equal(outcome.refused + outcome.stuck, count);
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

// After the refusal nothing of BL2 is left where it was loaded
static void a_refused_bl2_is_wiped(void **state)
{
    static uint8_t memory[BL2_SIZE];
    struct point begin;
    size_t size;

    (void)state;
    firmware_data("tb-fw", &size)[size / 2] ^= 0x10;
    start();
    assert_true(size <= sizeof(memory));
    begin = (struct point){ function_named("chain_check"), 0 };
    go_to(&begin);
    assert_int_equal(gdb_read(gdb, BL2_BASE, memory, size), 0);
    assert_memory_equal(memory, firmware_data("tb-fw", &size), size); // it was there
    assert_int_equal(gdb_continue(gdb, 10 * RUN_MS), GDB_STOPPED);
    assert_true(gdb_get(gdb, GDB_PC) == fatal);
    assert_int_equal(gdb_read(gdb, BL2_BASE, memory, size), 0);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(memory[i], 0);
    }
}

// The whole call that loads and judges BL2 is left out, and its result is "all is well": the tally says that it is not
static void no_skipped_call_lets_bl2_in(void **state)
{
    struct point begin;

    (void)state;
    start();
    begin = (struct point){ function_named("load_image"), 0 };
    go_to(&begin);
    assert_int_equal(gdb_set(gdb, 0, 0), 0);
    assert_int_equal(gdb_set(gdb, GDB_PC, gdb_get(gdb, GDB_LR)), 0);
    assert_int_equal(gdb_continue(gdb, 10 * RUN_MS), GDB_STOPPED);
    assert_true(gdb_get(gdb, GDB_PC) == fatal);
    assert_console("its verification is not complete");
}

// The same breakpoints see what is right: or the cases above would prove nothing
static void what_is_right_is_seen_to_enter_bl2(void **state)
{
    (void)state;
    start();
    assert_int_equal(gdb_reset(gdb), 0);
    assert_int_equal(gdb_continue(gdb, 10 * RUN_MS), GDB_STOPPED);
    assert_true(gdb_get(gdb, GDB_PC) == BL2_BASE);
}

static int close_machine(void **state)
{
    (void)state;
    stop();
    return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, firmware_ready, close_machine)

static int setup(void **state)
{
    if (firmware_setup(state) != 0) {
        return -1;
    }
    read_functions();
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
    };

    return cmocka_run_group_tests_name("trust_glitch", tests, setup, firmware_teardown);
}
