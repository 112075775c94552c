// SPDX-License-Identifier: BSD-3-Clause
//
// See glitch.h.
#include "tests/target/glitch.h"

#include <elf.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/target/firmware.h"

#define FUNCTIONS_MAX 256

struct function {
    uint64_t begin;
    uint64_t end;
    char name[48];
};

struct glitch_trace glitch_trace;
struct gdb *glitch_gdb;

static struct function functions[FUNCTIONS_MAX]; // the decision
static unsigned int function_count;
static uint32_t
    passes[BL1_ROM_SIZE / GLITCH_INSTRUCTION]; // of each instruction of BL1 in the trace
static uint8_t rom[BL1_ROM_SIZE];              // bl1.bin
static uint64_t fatal;                         // plat_fatal()
static const char *flash;                      // of the case that runs
static pid_t other;                            // the second process; -1 in that itself
static struct shared {
    struct glitch_outcome outcome;
    char why[200]; // it failed
} * shared;        // with the second process

// ---- BL1's symbols ---------------------------------------------------------------------------------------------------

static uint8_t elf[4 << 20];
static const Elf64_Sym *symbols;
static size_t symbol_count;
static const char *names;

void glitch_read(void)
{
    size_t size = firmware_read(FIRMWARE_IMAGES "bl1.elf", elf, sizeof(elf));
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)elf;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(const void *)(elf + header->e_shoff);

    for (unsigned int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type == SHT_SYMTAB) {
            assert_true(size > sections[i].sh_offset + sections[i].sh_size);
            symbols = (const Elf64_Sym *)(const void *)(elf + sections[i].sh_offset);
            symbol_count = sections[i].sh_size / sizeof(*symbols);
            names = (const char *)elf + sections[sections[i].sh_link].sh_offset;
        }
    }
    assert_non_null(symbols);
    (void)firmware_read(FIRMWARE_IMAGES "bl1.bin", rom, sizeof(rom));
    fatal = glitch_symbol("plat_fatal", NULL);
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
}

uint64_t glitch_symbol(const char *name, uint64_t *size)
{
    for (size_t i = 0; i < symbol_count; i++) {
        unsigned char kind = ELF64_ST_TYPE(symbols[i].st_info);

        if (kind != STT_FILE && kind != STT_SECTION &&
            strcmp(names + symbols[i].st_name, name) == 0) {
            if (size != NULL) {
                *size = symbols[i].st_size;
            }
            return symbols[i].st_value;
        }
    }
    fail_msg("bl1.elf has no symbol %s", name);
    return 0;
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
void glitch_choose(const char *const *files, const char *const *stems)
{
    bool ours = false;

    function_count = 0;
    for (size_t i = 0; i < symbol_count; i++) {
        const Elf64_Sym *s = &symbols[i];
        const char *name = names + s->st_name;
        unsigned char kind = ELF64_ST_TYPE(s->st_info);

        if (kind == STT_FILE) {
            ours = begins(name, files);
        } else if (kind == STT_FUNC &&
                   (ELF64_ST_BIND(s->st_info) == STB_LOCAL ? ours : begins(name, stems))) {
            assert_true(function_count < FUNCTIONS_MAX);
            struct function *f = &functions[function_count++];
            f->begin = s->st_value;
            f->end = s->st_value + s->st_size;
            snprintf(f->name, sizeof(f->name), "%s", name);
        }
    }
    assert_true(function_count >= 2);
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

// BL imm26 (Arm ARM C6.2.34)
bool glitch_calls(uint64_t pc, uint64_t function)
{
    uint32_t code;

    assert_true(pc - BL1_ROM_BASE <= sizeof(rom) - sizeof(code));
    memcpy(&code, rom + (pc - BL1_ROM_BASE), sizeof(code));
    int64_t words = (int64_t)(code & 0x03ffffff) - ((code & 0x02000000) != 0 ? 0x04000000 : 0);
    return code >> 26 == 0x25 && pc + (uint64_t)(words * GLITCH_INSTRUCTION) == function;
}

// ---- The machine -----------------------------------------------------------------------------------------------------

static void start(void)
{
    static char stub[200];
    static const char *extra[] = { "-S", "-gdb", stub, NULL };
    struct h_options o = target_options();
    const char *path = firmware_path(other == -1 ? "gdb2" : "gdb");

    snprintf(stub, sizeof(stub), "unix:%s,server=on,wait=off", path);
    o.flash = flash;
    o.no_proxy = true;
    o.quiet = true;
    o.reboot = true; // a reset by the stub is one
    o.extra = extra;
    (void)target_stop(NULL);
    remove(path);
    machine = h_start(&o);
    assert_non_null(machine);
    glitch_gdb = gdb_open(path);
    assert_non_null(glitch_gdb);
    assert_int_equal(gdb_break(glitch_gdb, fatal, true), 0);
    assert_int_equal(gdb_break(glitch_gdb, BL2_BASE, true), 0);
}

void glitch_start(void)
{
    flash = firmware_flash();
    start();
}

static void stop(void)
{
    gdb_close(glitch_gdb);
    glitch_gdb = NULL;
    (void)target_stop(NULL);
}

// The second process comes here by itself, or when a check in it failed: cmocka then goes on to the teardown
void glitch_stop(void)
{
    stop();
    if (other == -1) {
        _exit(1);
    }
    if (other != 0) { // a check failed here
        kill(other, SIGKILL);
        (void)waitpid(other, NULL, 0);
        other = 0;
    }
}

// From here to the pass-th time that the core comes to pc. The stub takes no step for who goes on from a breakpoint: it
// would stop at the same place at once
static void run_to(uint64_t pc, uint32_t pass)
{
    assert_int_equal(gdb_break(glitch_gdb, pc, true), 0);
    for (uint32_t i = 0; i <= pass; i++) {
        if (gdb_get(glitch_gdb, GDB_PC) == pc) {
            assert_int_equal(gdb_step(glitch_gdb), GDB_STOPPED);
        }
        assert_int_equal(gdb_continue(glitch_gdb, 10 * GLITCH_RUN_MS), GDB_STOPPED);
        assert_true(gdb_get(glitch_gdb, GDB_PC) == pc);
    }
    assert_int_equal(gdb_break(glitch_gdb, pc, false), 0);
}

void glitch_go_to(const struct glitch_point *point)
{
    uint32_t left = point->pass;

    assert_int_equal(gdb_reset(glitch_gdb), 0);
    if (point->after != 0) {
        run_to(point->after, 0);
        if (point->pc == point->after && left-- == 0) {
            return; // this was it
        }
    }
    run_to(point->pc, left);
}

// Runs what was called from the decision and is no part of it, up to its return
static uint64_t step_over(void)
{
    uint64_t back = gdb_get(glitch_gdb, GDB_LR);

    if (function_at(back) == NULL) {
        fail_msg("%#lx, called from %#lx: is neither of the decision nor called by it",
                 (unsigned long)gdb_get(glitch_gdb, GDB_PC), (unsigned long)back);
    }
    run_to(back, 0);
    return gdb_get(glitch_gdb, GDB_PC);
}

static void begin_trace(const struct glitch_point *begin)
{
    glitch_trace.count = 0;
    memset(passes, 0, sizeof(passes));
    glitch_go_to(begin);
}

// How often it was in the trace before
static uint32_t note_pass(uint64_t pc)
{
    assert_true(pc - BL1_ROM_BASE < BL1_ROM_SIZE);
    return passes[(pc - BL1_ROM_BASE) / GLITCH_INSTRUCTION]++;
}

static void note(const struct glitch_point *point)
{
    assert_true(glitch_trace.count < GLITCH_TRACE_MAX);
    glitch_trace.points[glitch_trace.count++] = *point;
}

static uint64_t step(void)
{
    assert_int_equal(gdb_step(glitch_gdb), GDB_STOPPED);
    return gdb_get(glitch_gdb, GDB_PC);
}

static void record(uint64_t pc, uint64_t end)
{
    uint64_t begin = pc;

    while (pc != end) {
        if (pc == BL2_BASE) {
            fail_msg("BL1 takes what it must refuse");
        }
        if (function_at(pc) == NULL) {
            pc = step_over();
            continue;
        }
        note(&(struct glitch_point){ .pc = pc, .after = begin, .pass = note_pass(pc) });
        pc = step();
    }
}

void glitch_record(const char *from)
{
    struct glitch_point begin = { .pc = glitch_symbol(from, NULL) };

    begin_trace(&begin);
    record(begin.pc, fatal);
}

void glitch_record_call(const char *from)
{
    struct glitch_point begin = { .pc = glitch_symbol(from, NULL) };

    begin_trace(&begin);
    record(begin.pc, gdb_get(glitch_gdb, GDB_LR));
}

void glitch_record_inside(const struct glitch_point *call)
{
    begin_trace(call);
    for (uint64_t pc = step(); pc != call->pc + GLITCH_INSTRUCTION; pc = step()) {
        if (note_pass(pc) == 0) {
            note(&(struct glitch_point){ .pc = pc, .after = call->pc });
        }
    }
}

uint32_t glitch_passes(uint64_t pc)
{
    return passes[(pc - BL1_ROM_BASE) / GLITCH_INSTRUCTION];
}

// ---- Skips -----------------------------------------------------------------------------------------------------------

void glitch_fail(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(shared->why, sizeof(shared->why), format, ap);
    va_end(ap);
    fail_msg("%s", shared->why);
}

bool glitch_goes_on(const struct glitch_point *point, enum gdb_stop how,
                    struct glitch_outcome *outcome)
{
    uint64_t pc;

    switch (how) {
    case GDB_STOPPED:
        pc = gdb_get(glitch_gdb, GDB_PC);
        if (pc == BL2_BASE) {
            const struct function *f = function_at(point->pc);

            glitch_fail("without the instruction at %#lx in %s (pass %u) BL2 is entered",
                        (unsigned long)point->pc, f != NULL ? f->name : "what the decision calls",
                        point->pass);
        }
        outcome->refused += pc == fatal;
        return pc != fatal;
    case GDB_ENDED: // off without plat_fatal(): a refusal, too
        outcome->refused++;
        stop();
        start();
        return false;
    case GDB_RUNS:
    default:
        outcome->stuck++;
        return false;
    }
}

void glitch_skip_to(const struct glitch_point *point, struct glitch_outcome *outcome)
{
    glitch_go_to(point);
    assert_int_equal(gdb_set(glitch_gdb, GDB_PC, point->pc + GLITCH_INSTRUCTION), 0);
    outcome->count++;
}

void glitch_skip(const struct glitch_point *point, struct glitch_outcome *outcome)
{
    glitch_skip_to(point, outcome);
    assert_false(glitch_goes_on(point, gdb_continue(glitch_gdb, GLITCH_RUN_MS), outcome));
}

// The points of one of the two processes
static void each(unsigned int parity, bool (*wanted)(const struct glitch_point *point),
                 void (*one)(const struct glitch_point *point, struct glitch_outcome *outcome),
                 struct glitch_outcome *outcome)
{
    unsigned int found = 0;

    for (unsigned int i = 0; i < glitch_trace.count; i++) {
        if (wanted(&glitch_trace.points[i]) && found++ % 2 == parity) {
            one(&glitch_trace.points[i], outcome);
        }
    }
}

void glitch_each(bool (*wanted)(const struct glitch_point *point),
                 void (*one)(const struct glitch_point *point, struct glitch_outcome *outcome),
                 struct glitch_outcome *outcome)
{
    int status;

    memset(shared, 0, sizeof(*shared));
    fflush(NULL);
    other = fork();
    if (other == 0) {
        other = -1;
        glitch_gdb = NULL; // and the machine: the first one's
        machine = NULL;
        start();
        each(1, wanted, one, &shared->outcome);
        stop();
        _exit(0);
    }
    assert_true(other > 0);
    each(0, wanted, one, outcome);
    assert_int_equal(waitpid(other, &status, 0), other);
    other = 0;
    if (status != 0) {
        fail_msg("in the second process: %s",
                 shared->why[0] != '\0' ? shared->why : "a check of the machine failed");
    }
    outcome->count += shared->outcome.count;
    outcome->refused += shared->outcome.refused;
    outcome->stuck += shared->outcome.stuck;
    outcome->seen += shared->outcome.seen;
}
