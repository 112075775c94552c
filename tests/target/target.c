// SPDX-License-Identifier: BSD-3-Clause
//
// See target.h.
#include "tests/target/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct harness *machine;
static struct h_options machine_options;

static unsigned int number_of(const char *name, unsigned int otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? (unsigned int)strtoul(text, NULL, 0) : otherwise;
}

struct h_options target_options(void)
{
    struct h_options o = h_defaults();
    const char *cpu = getenv("TESSERA_CPU");

    o.cpu = cpu != NULL ? cpu : "max";
    o.gic = number_of("TESSERA_GIC", o.gic);
    o.cores = number_of("TESSERA_SMP", o.cores);
    o.memory_mib = number_of("TESSERA_MEMORY", o.memory_mib);
    o.virtualization = number_of("TESSERA_EL2", 0) != 0;
    return o;
}

struct h_options target_gic_options(void **state, unsigned int cores)
{
    struct h_options o = target_options();

    o.gic = (unsigned int)(uintptr_t)*state;
    o.cores = cores;
    return o;
}

static bool same_options(const struct h_options *a, const struct h_options *b)
{
    return strcmp(a->cpu, b->cpu) == 0 && a->flash == b->flash &&
           a->flash_writes == b->flash_writes && a->gic == b->gic && a->cores == b->cores &&
           a->memory_mib == b->memory_mib && a->virtualization == b->virtualization &&
           a->icount == b->icount && a->reboot == b->reboot && a->extra == b->extra &&
           a->prepare == b->prepare;
}

void target_fresh(const struct h_options *options)
{
    struct h_options wanted = options != NULL ? *options : target_options();

    (void)target_stop(NULL);
    machine_options = wanted;
    machine = h_start(&wanted);
    assert_non_null(machine);
    if (h_state(machine) != H_OK) {
        fail_msg("the machine did not come up (cpu %s, GICv%u, %u cores, %u MiB)", wanted.cpu,
                 wanted.gic, wanted.cores, wanted.memory_mib);
    }
}

void target_machine(const struct h_options *options)
{
    struct h_options wanted = options != NULL ? *options : target_options();

    if (machine == NULL || h_state(machine) != H_OK || !same_options(&wanted, &machine_options)) {
        target_fresh(&wanted);
    }
}

int target_stop(void **state)
{
    (void)state;
    h_stop(machine);
    machine = NULL;
    return 0;
}

void target_call_all(struct ffa_args *args)
{
    int result = h_smc(machine, 0, args);

    if (result != H_OK) {
        fail_msg("SMC %s: %s", h_ffa_name((uint32_t)args->x[0]),
                 result == H_FAULT       ? "exception in the normal world"
                 : result == H_CLOBBERED ? "changed x18 … x30"
                                         : "the machine is gone");
    }
}

struct ffa_args target_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                            uint64_t x5, uint64_t x6, uint64_t x7)
{
    struct ffa_args args = { .x = { x0, x1, x2, x3, x4, x5, x6, x7 } };

    target_call_all(&args);
    return args;
}

void target_version(uint32_t version)
{
    struct ffa_args a = call(FFA_VERSION, version);

    if (a.x[0] != FFA_VERSION_1_2) {
        fail_msg("FFA_VERSION %#x answered %#llx", version, (unsigned long long)a.x[0]);
    }
}

static void print_args(const struct ffa_args *a)
{
    for (unsigned int i = 0; i < 18; i++) {
        print_error("  x%-2u %016llx%s", i, (unsigned long long)a->x[i],
                    i % 4 == 3 || i == 17 ? "\n" : "");
    }
}

void target_assert_function(const struct ffa_args *args, uint32_t fid, const char *file, int line)
{
    if (args->x[0] == fid) {
        return;
    }
    print_error("expected %s, got %s", h_ffa_name(fid), h_ffa_name((uint32_t)args->x[0]));
    if ((uint32_t)args->x[0] == FFA_ERROR) {
        print_error(" %s", h_ffa_status_name((int32_t)args->x[2]));
    }
    print_error("\n");
    print_args(args);
    _fail(file, line);
}

static void assert_zero_from(const struct ffa_args *args, unsigned int first, const char *file,
                             int line)
{
    for (unsigned int i = first; i < 8; i++) {
        if (args->x[i] != 0) {
            print_error("x%u must be zero in this return\n", i);
            print_args(args);
            _fail(file, line);
        }
    }
}

void target_assert_error(const struct ffa_args *args, int32_t code, const char *file, int line)
{
    target_assert_function(args, FFA_ERROR, file, line);
    if (args->x[2] != (uint32_t)code) {
        print_error("expected FFA_ERROR %s, got %s\n", h_ffa_status_name(code),
                    h_ffa_status_name((int32_t)args->x[2]));
        print_args(args);
        _fail(file, line);
    }
    if (args->x[1] != 0) {
        print_error("w1 of this FFA_ERROR must be zero\n");
        print_args(args);
        _fail(file, line);
    }
    assert_zero_from(args, 3, file, line);
}

void target_assert_success(const struct ffa_args *args, uint64_t w2, uint64_t w3, const char *file,
                           int line)
{
    target_assert_function(args, FFA_SUCCESS_32, file, line);
    if (args->x[1] != 0 || args->x[2] != w2 || args->x[3] != w3) {
        print_error("expected w1 = 0, w2 = %#llx, w3 = %#llx\n", (unsigned long long)w2,
                    (unsigned long long)w3);
        print_args(args);
        _fail(file, line);
    }
    assert_zero_from(args, 4, file, line);
}

void target_assert_console(const char *text, const char *file, int line)
{
    if (strstr(h_console(machine, H_CONSOLE_SECURE), text) == NULL) {
        print_error("the secure console has no \"%s\"\n", text);
        h_console_tail(machine);
        _fail(file, line);
    }
}

struct peer_script *peer_script(uint16_t id)
{
    static const uint64_t bases[] = { PEER1_SCRIPT_BASE, PEER2_SCRIPT_BASE, PEER3_SCRIPT_BASE,
                                      PEER4_SCRIPT_BASE };

    assert_in_range(id, PEER1_ID, PEER4_ID);
    uint64_t base = bases[id - PEER1_ID];
    struct peer_script *script = h_memory(machine, base, sizeof(*script));

    assert_non_null(script);
    return script;
}

struct peer_script *peer_begin(uint16_t id)
{
    struct peer_script *script = peer_script(id);

    memset(script, 0, sizeof(*script));
    return script;
}

struct peer_step *peer_add_at(struct peer_script *script, enum peer_step_kind kind,
                              enum peer_symbol symbol, unsigned int to, uint64_t x0, uint64_t x1,
                              uint64_t x2, uint64_t x3)
{
    assert_true(script->count < PEER_STEPS_MAX);
    struct peer_step *step = &script->steps[script->count++];

    *step = (struct peer_step){
        .kind = kind, .add_symbol = symbol, .add_to = to, .x = { x0, x1, x2, x3 }
    };
    return step;
}

struct peer_step *peer_add(struct peer_script *script, enum peer_step_kind kind, uint64_t x0,
                           uint64_t x1, uint64_t x2, uint64_t x3)
{
    return peer_add_at(script, kind, PEER_SYM_NONE, 0, x0, x1, x2, x3);
}

struct ffa_args peer_run(uint16_t id)
{
    return call(FFA_MSG_SEND_DIRECT_REQ_64, id, 0, PEER_RUN_SCRIPT);
}

void peer_run_all(uint16_t id)
{
    struct peer_script *script = peer_script(id);
    struct ffa_args a = peer_run(id);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], script->count);
    assert_int_equal(script->performed, script->count);
}

void assert_echo_works(void)
{
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, 0x11, 0x22, 0x33, 0x44, 0x55);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(a.x[3], 0x11);
    assert_int_equal(a.x[7], 0x55);
}
