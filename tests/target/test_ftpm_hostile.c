// SPDX-License-Identifier: BSD-3-Clause
//
// The fTPM under attack: commands made of noise, registers and messages made of noise, what once was a hole in TPM reference code, partitions
// that crash beside it. Whatever happens: the PCRs hold, or the TPM has failed until the machine is reset.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ffa/abi/smccc.h"
#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/ts_rpc.h"
#include "tests/harness/gdb.h"
#include "tests/target/tpm_client.h"
#include "tests/unit/partitions/ftpm_threats.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PCRS \
    16 // 0 … 15: of the boot and of the normal world's static measurements: none resets them
#define TPM_RC_CANCELED 0x909
#define TPM_ALG_RSA 0x01
#define TPM_ALG_NULL 0x10

static uint64_t random_state;
static uint8_t pcrs[PCRS][32];

static uint32_t draw(uint32_t below) // xorshift64*: Vigna 2016
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)(random_state * 0x2545f4914f6cdd1dULL >> 33) % below;
}

static unsigned int rounds(unsigned int few, unsigned int many)
{
    return getenv("TESSERA_SOAK") != NULL ? many : few;
}

static int ready(void **state)
{
    const uint8_t digest[32] = { 0x11 };

    (void)state;
    random_state =
        getenv("TESSERA_SEED") != NULL ? strtoull(getenv("TESSERA_SEED"), NULL, 0) | 1 : 0x7e55e7a;
    tpm_ready();
    assert_int_equal(tpm_extend(10, digest, 0), TPM_RC_SUCCESS);
    for (unsigned int i = 0; i < PCRS; i++) {
        tpm_pcr(i, pcrs[i]);
    }
    return 0;
}

// The TPM works, and no PCR is other than at the case's beginning
static void assert_holds(void)
{
    struct tpm_bytes b;
    uint8_t value[32];

    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
    tpm_put(&b, 2, 8);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
    for (unsigned int i = 0; i < PCRS; i++) {
        tpm_pcr(i, value);
        assert_memory_equal(value, pcrs[i], sizeof(value));
    }
}

static void flush(uint32_t handle)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
    tpm_put(&b, 4, handle);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
}

// ---- Commands made of noise ------------------------------------------------------------------------------------------

#define CORPUS 200
#define CODE_FIRST 0x11f // TPM 2.0 part 2, 6.5.2
#define CODE_LAST 0x197

static struct {
    uint8_t bytes[TPM_WIRE_DATA_MAX];
    size_t size;
} corpus[CORPUS];
static size_t corpus_count;

static void collect(const uint8_t *command, size_t size)
{
    if (corpus_count < CORPUS) {
        memcpy(corpus[corpus_count].bytes, command, size);
        corpus[corpus_count++].size = size;
    }
}

// What the owner and whoever has the TPM may do to it by right: it would end the run, or extend PCRs
static bool is_by_right(uint32_t code)
{
    static const uint32_t codes[] = {
        0x121, // HierarchyControl
        TPM_CC_CLEAR,
        0x127, // ClearControl
        0x129, // HierarchyChangeAuth
        0x12e, // SetPrimaryPolicy
        0x13a, // DictionaryAttackParameters
        0x13c, // PCR_Event
        0x185, // EventSequenceComplete
        TPM_CC_PCR_EXTEND,
    };

    for (size_t i = 0; i < COUNT(codes); i++) {
        if (codes[i] == code) {
            return true;
        }
    }
    return false;
}

static uint32_t code_of(const uint8_t *command)
{
    return (uint32_t)command[6] << 24 | (uint32_t)command[7] << 16 | (uint32_t)command[8] << 8 |
           command[9];
}

// Changes a command; its size after
static size_t mutate(uint8_t *bytes, size_t size)
{
    static const uint32_t words[] = { 0,          1,          0xffff,     0xffffffff, 0x40000001,
                                      0x40000007, 0x40000009, 0x4000000b, 0x80000000, 0x81000000,
                                      0x01500001, 0x02000000, 0x03000000, 0x7fffffff };

    for (unsigned int n = draw(4); n > 0; n--) {
        size_t at = 10 + draw((uint32_t)size);

        at = at < size ? at : size - 1;
        switch (draw(5)) {
        case 0:
            bytes[at] = (uint8_t)draw(256);
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1u << draw(8));
            break;
        case 2:
            if (size - at >= 4) {
                uint32_t word = words[draw(COUNT(words))];

                for (unsigned int i = 0; i < 4; i++) {
                    bytes[at + i] = (uint8_t)(word >> 8 * (3 - i));
                }
            }
            break;
        case 3:
            size = at > 10 ? at : size;
            break;
        default: {
            size_t more = draw(64);

            for (size_t i = 0; i < more && size < 3000; i++) {
                bytes[size++] = (uint8_t)draw(256);
            }
            break;
        }
        }
    }
    if (draw(4) == 0) {
        uint32_t code = CODE_FIRST + draw(CODE_LAST - CODE_FIRST + 1);

        bytes[8] = (uint8_t)(code >> 8);
        bytes[9] = (uint8_t)code;
    }
    if (draw(16) == 0) {
        bytes[1] ^= 3; // sessions or none
    }
    return size;
}

// One command of every part of the TPM, as tools make them
static void fill_corpus(void)
{
    corpus_count = 0;
    tpm_watch = collect;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_create -Q -C primary.ctx -G ecc -u k.pub -r k.priv\n"
         "tpm2_load -Q -C primary.ctx -u k.pub -r k.priv -c k.ctx\n"
         "echo data >data\n"
         "tpm2_sign -Q -c k.ctx -g sha256 -o sig data\n"
         "tpm2_verifysignature -Q -c k.ctx -g sha256 -m data -s sig\n"
         "tpm2_createek -Q -c ek.ctx -G ecc -u ek.pub\n"
         "tpm2_createak -Q -C ek.ctx -c ak.ctx -G ecc -g sha256 -s ecdsa -u ak.pub -n ak.name\n"
         "tpm2_quote -Q -c ak.ctx -l sha256:0,1 -q 01 -m q.msg -s q.sig -g sha256\n"
         "tpm2_startauthsession -Q -S s.ctx\n"
         "tpm2_policypcr -Q -S s.ctx -l sha256:0\n"
         "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Unseal\n"
         "tpm2_flushcontext s.ctx\n"
         "tpm2_nvdefine -Q -C o -s 32 -a 'ownerread|ownerwrite|authread|authwrite' 0x1500001\n"
         "tpm2_nvwrite -Q -C o -i data 0x1500001\n"
         "tpm2_nvread -Q -C o 0x1500001 -o out\n"
         "tpm2_nvundefine -Q -C o 0x1500001\n"
         "head -c 3000 /dev/zero >big\n"
         "tpm2_hash -Q -g sha256 -o out big\n"
         "tpm2_getcap properties-fixed >out\n"
         "tpm2_getrandom 8 >out\n"
         "tpm2_testparms ecc\n"
         "tpm2_incrementalselftest sha256 >out\n"
         "tpm2_ecephemeral -Q -u u.out -t t.out ecc256 || :\n"
         "tpm2_readclock >out");
    tpm_watch = NULL;
    assert_true(corpus_count > 50);
}

// The commands of the corpus again and again, changed, in any order
static void random_commands_break_nothing(void **state)
{
    unsigned int count = rounds(1500, 200000);
    unsigned int worked = 0;

    (void)state;
    fill_corpus();
    print_message("%zu commands, changed %u times\n", corpus_count, count);
    for (unsigned int i = 0; i < count; i++) {
        uint8_t command[TPM_WIRE_DATA_MAX];
        struct tpm_bytes b;
        size_t one = draw((uint32_t)corpus_count);

        memcpy(command, corpus[one].bytes, corpus[one].size);
        size_t size = mutate(command, corpus[one].size);

        for (unsigned int k = 0; k < 4; k++) {
            command[2 + k] = (uint8_t)(size >> 8 * (3 - k));
        }
        if (is_by_right(code_of(command))) {
            continue;
        }
        uint32_t rc = tpm_send_raw(command, size, draw(TPM_WIRE_LOCALITIES), &b);

        worked += rc == TPM_RC_SUCCESS ? 1 : 0;
        if (i % 32 == 31) { // room for new objects; and a TPM that has failed flushes nothing
            tpm_flush_all();
        }
    }
    print_message("%u of them worked\n", worked);
    tpm_flush_all();
    assert_holds();
}

// ---- Registers and messages made of noise ----------------------------------------------------------------------------

static void random_registers_and_messages_break_nothing(void **state)
{
    static const uint32_t functions[] = { TPM_CRB_GET_INTERFACE_VERSION,
                                          TPM_CRB_GET_FEATURE_INFO,
                                          TPM_CRB_START,
                                          TPM_CRB_START,
                                          TPM_CRB_START,
                                          TPM_CRB_REGISTER_FOR_NOTIFICATION,
                                          TPM_CRB_UNREGISTER_FROM_NOTIFICATION,
                                          TPM_CRB_FINISH_NOTIFIED,
                                          0,
                                          0xffffffff };
    volatile uint8_t *pages = tpm.crb.pages;
    unsigned int count = rounds(3000, 100000);
    uint16_t id = tpm.crb.partition;

    (void)state;
    for (unsigned int i = 0; i < count; i++) {
        for (unsigned int n = draw(4); n > 0; n--) {
            uint32_t at = draw(TPM_CRB_LOCALITIES) * TPM_CRB_PAGE + 4 * draw(40);
            uint32_t value = draw(3) == 0 ? draw(0xffffffff) : 1u << draw(8);

            *(volatile uint32_t *)(volatile void *)(pages + at) = value;
        }
        struct ffa_args a = {
            .x = { draw(4) == 0 ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_MSG_SEND_DIRECT_REQ_32, id, 0, 0,
                   functions[draw(COUNT(functions))], draw(8) == 0 ? draw(0xffffffff) : draw(2),
                   draw(8) == 0 ? draw(0xffffffff) : draw(6), draw(8) == 0 ? draw(256) : 0 }
        };

        assert_int_equal(ts_rpc_direct(&tpm.transport.transport, &a), 0);
    }
    // Whoever has the TPM now gives it back; a client begins as ever
    for (uint8_t locality = 0; locality < TPM_WIRE_LOCALITIES; locality++) {
        tpm.crb.locality = locality;
        if (tpm_crb_relinquish(&tpm.crb) != 0) {
            continue; // it was not its
        }
    }
    assert_int_equal(tpm_machine_connect(&tpm, machine), 0);
    assert_holds();
}

// ---- What once was a hole --------------------------------------------------------------------------------------------

static size_t send_threat(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                          size_t room)
{
    size_t got = 0;

    assert_true(room >= TPM_WIRE_DATA_MAX);
    tpm.link.asked = NULL;
    return tpm.link.execute(&tpm.link, locality, command, size, response, &got) == 0 ? got : 0;
}

// The known attacks on TPM reference code, here against the whole of the firmware
static void known_attacks_fail(void **state)
{
    unsigned int broken = 0;

    (void)state;
    tpm_flush_all();
    for (size_t i = 0; i < ftpm_threats_count(); i++) {
        char why[FTPM_THREATS_WHY] = "";
        bool holds = ftpm_threats_try(i, send_threat, why);

        print_message("%s: %s\n", ftpm_threats_name(i), holds ? "holds" : why);
        broken += holds ? 0 : 1;
    }
    assert_int_equal(broken, 0);
    assert_holds();
}

// Headers whose size is not that of the command, and commands that are no commands
static void a_command_is_as_large_as_its_header_says(void **state)
{
    static const uint8_t command[12] = { 0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 8 };
    static const uint8_t sizes[] = { 0, 1, 9, 10, 11, 13, 255 };
    uint8_t changed[TPM_WIRE_DATA_MAX];
    struct tpm_bytes b;

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        memset(changed, 0, sizeof(changed));
        memcpy(changed, command, sizeof(command));
        changed[5] = sizes[i];
        for (size_t size = sizeof(command); size <= TPM_CRB_DATA_SIZE; size += 3956) {
            size_t got = 0;

            // The client library refuses it, or the TPM does
            if (tpm.link.execute(&tpm.link, 0, changed, size, b.bytes, &got) == 0) {
                assert_true(got >= 10);
                assert_true(memcmp(b.bytes + 6, "\0\0\0\0", 4) != 0);
            }
            assert_false(tpm.link.dead);
        }
    }
    assert_holds();
}

// ---- Cancellation ----------------------------------------------------------------------------------------------------

// A key that takes long, cancelled at some interruption: the answer is that, or the key; the TPM goes on
static void a_long_command_can_be_cancelled(void **state)
{
    unsigned int cancelled = 0;

    (void)state;
    for (unsigned int i = 1; i <= 4; i++) {
        struct tpm_bytes b;
        uint32_t rc;

        tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_CREATE_PRIMARY);
        tpm_put(&b, 4, TPM_RH_NULL);
        tpm_put_password(&b, "");
        tpm_put(&b, 2, 4);
        tpm_put(&b, 4, 0);
        tpm_put(&b, 2, 22);
        tpm_put(&b, 2, TPM_ALG_RSA);
        tpm_put(&b, 2, 0x0b);
        tpm_put(&b, 4, 0x40000 | 0x40 | 0x20 | 0x2 | 0x10 | 0x400);
        tpm_put(&b, 2, 0);
        tpm_put(&b, 2, TPM_ALG_NULL);
        tpm_put(&b, 2, TPM_ALG_NULL);
        tpm_put(&b, 2, 2048);
        tpm_put(&b, 4, 0);
        tpm_put(&b, 2, 0);
        tpm_put(&b, 2, 0);
        tpm_put(&b, 4, 0);
        tpm.cancel_at = i;
        rc = tpm_send(&b, 0);
        tpm.cancel_at = 0;
        assert_true(rc == TPM_RC_SUCCESS || rc == TPM_RC_CANCELED);
        cancelled += rc == TPM_RC_CANCELED ? 1 : 0;
        if (rc == TPM_RC_SUCCESS) {
            flush((uint32_t)tpm_take(&b, 4));
        }
    }
    print_message("%u of 4 cancelled\n", cancelled);
    assert_true(cancelled != 0);
    assert_holds();
}

// ---- Storage that works for somebody else ------------------------------------------------------------------------------

#define LIE_AFTER_US 200 // of a request that takes longer
#define LIE_FOR 30       // interruptions of the TPM's command
#define INDEX 0x1500002

static struct harness_transport storage;
static uint64_t lying; // w1 of FFA_RUN for the interrupted request
static unsigned int interruptions;
static void (*tpm_call)(struct ffa_transport *transport, struct ffa_args *args);

// The normal world's call of storage is interrupted, and it has something else to do
static void call_and_let_lie(struct ffa_transport *transport, struct ffa_args *args)
{
    struct h_call c = { .flags = MB_SMC_TIMER,
                        .timer_ticks = h_boot(machine, 0)->cntfrq / 1000000 * LIE_AFTER_US };

    (void)transport;
    memcpy(c.x, args->x, sizeof(args->x));
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal((uint32_t)c.x[0], FFA_INTERRUPT);
    lying = c.x[1];
    *args = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)FFA_ABORTED } };
}

// A call for the TPM; at one of its command's interruptions storage goes on
static void call_and_go_on(struct ffa_transport *transport, struct ffa_args *args)
{
    struct h_call c = { .x = { FFA_RUN, lying } };

    tpm_call(transport, args);
    if ((uint32_t)args->x[0] == FFA_INTERRUPT && ++interruptions == LIE_FOR) {
        assert_int_equal(h_call(machine, 0, &c), H_OK);
        assert_int_equal((uint32_t)c.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    }
}

// The TPM's state is stored when storage is free, and not being stored at once is no failure
static void busy_storage_is_waited_for(void **state)
{
    static uint8_t bytes[32768];
    struct psa_storage_info_t info;
    struct tpm_bytes b;

    (void)state;
    harness_transport_init(&storage, machine);
    assert_int_equal(psa_client_connect(&storage.transport), PSA_SUCCESS);
    assert_int_equal(psa_its_get_info(1, &info), PSA_ERROR_DOES_NOT_EXIST);
    storage.transport.call = call_and_let_lie;
    assert_int_not_equal(psa_its_set(1, sizeof(bytes), bytes, 0), PSA_SUCCESS);
    assert_int_not_equal(lying, 0);
    interruptions = 0;
    tpm_call = tpm.transport.transport.call;
    tpm.transport.transport.call = call_and_go_on;
    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_NV_DEFINE_SPACE);
    tpm_put(&b, 4, TPM_RH_OWNER);
    tpm_put_password(&b, "");
    tpm_put(&b, 2, 0);
    tpm_put(&b, 2, 14);
    tpm_put(&b, 4, INDEX);
    tpm_put(&b, 2, 0x0b);
    tpm_put(&b, 4, 0x20002); // the owner reads and writes
    tpm_put(&b, 2, 0);
    tpm_put(&b, 2, 8);
    uint32_t rc = tpm_send(&b, 0);

    tpm.transport.transport.call = tpm_call;
    assert_int_equal(rc, TPM_RC_SUCCESS);
    assert_true(interruptions >= LIE_FOR);
    tpm2("tpm2_nvundefine -Q -C o %#x", INDEX);
    assert_holds();
}

// ---- Partitions that crash -------------------------------------------------------------------------------------------

// Virtual addresses of partitions; all other software of the machine is below, or at the very top
#define PARTITIONS_BASE 0x100000000ull
#define PARTITIONS_END 0x1000000000000ull

static char gdb_path[64];

// Starts the machine with a debugger's stub
static void boot_with_stub(void)
{
    static char option[128];
    static const char *const extra[] = { "-gdb", option, NULL };
    struct h_options o = tpm_options();

    tpm_cut();
    snprintf(gdb_path, sizeof(gdb_path), "%s/gdb.sock", tpm_folder());
    snprintf(option, sizeof(option), "unix:%s,server=on,wait=off", gdb_path);
    o.extra = extra;
    tpm_boot_with(&o);
}

// In another process: waits until the core runs a partition, and has it go on at address 0, where nothing is
static pid_t crash_who_runs(unsigned int delay_us)
{
    pid_t pid = fork();

    if (pid != 0) {
        return pid;
    }
    usleep(delay_us);
    for (unsigned int i = 0; i < 2000; i++) {
        struct gdb *gdb = gdb_open(gdb_path);

        if (gdb == NULL) {
            _exit(2);
        }
        uint64_t pc = gdb_get(gdb, GDB_PC);

        if (pc >= PARTITIONS_BASE && pc < PARTITIONS_END) {
            _exit(gdb_set(gdb, GDB_PC, 0) == 0 && gdb_detach(gdb) == 0 ? 0 : 3);
        }
        if (gdb_detach(gdb) != 0) {
            _exit(4);
        }
        usleep(500);
    }
    _exit(5);
}

static void assert_crashed(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("the debugger's process: %#x", (unsigned int)status);
    }
}

// A key of the null hierarchy: computing, in the TPM alone
static bool make_key(uint32_t *rc)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_CREATE_PRIMARY);
    tpm_put(&b, 4, TPM_RH_NULL);
    tpm_put_password(&b, "");
    tpm_put(&b, 2, 4);
    tpm_put(&b, 4, 0);
    tpm_put_sized(&b, "\0\x23\0\x0b\0\4\4\x72\0\0\0\x10\0\x10\0\3\0\x10\0\0\0\0", 22);
    tpm_put(&b, 2, 0);
    tpm_put(&b, 4, 0);
    if (!tpm_try(&b, 0, rc)) {
        return false;
    }
    assert_int_equal(*rc, TPM_RC_SUCCESS);
    flush((uint32_t)tpm_take(&b, 4));
    return true;
}

static void crash_the_tpm(void)
{
    uint32_t rc = 0;
    unsigned int keys = 0;

    boot_with_stub();
    pid_t pid = crash_who_runs(20000);

    while (keys < 500 && make_key(&rc)) {
        keys++;
    }
    assert_crashed(pid);
    assert_false(tpm.link.dead); // the machine lives
}

// No partition restarts it, and nobody has a fresh TPM with PCRs of his choice: only a reset of all brings it back
static void a_crashed_tpm_is_gone_until_a_reset(void **state)
{
    struct tpm_bytes b;
    uint32_t rc = 0;
    uint8_t before[32];
    uint8_t after[32];

    (void)state;
    tpm_pcr(0, before);
    do { // the crypto partition may have been hit, which gives it entropy
        crash_the_tpm();
    } while (strstr(h_console(machine, H_CONSOLE_SECURE), "partition ftpm (0x8005) faulted") ==
             NULL);
    for (unsigned int i = 0; i < 3; i++) {
        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
        tpm_put(&b, 2, 8);
        assert_true(!tpm_try(&b, 0, &rc) || rc == TPM_RC_FAILURE);
        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_STARTUP);
        tpm_put(&b, 2, TPM_SU_CLEAR);
        assert_true(!tpm_try(&b, 0, &rc) || rc != TPM_RC_SUCCESS);
    }
    assert_echo_works();
    tpm_reset();
    tpm_pcr(0, after);
    assert_memory_equal(before, after, sizeof(before));
    tpm_cut();
}

// PCRs as before, or the TPM has failed: whatever the storage partition's end makes of it
static void assert_holds_or_failed(const char *what)
{
    struct tpm_bytes b;
    uint32_t rc = 0;

    tpm2("tpm2_nvdefine -Q -C o -s 8 -a 'ownerread|ownerwrite' 0x1500001 || :"); // needs storage
    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
    tpm_put(&b, 2, 8);
    bool answered = tpm_try(&b, 0, &rc);

    if (answered && rc == TPM_RC_SUCCESS) {
        assert_holds();
    } else {
        assert_true(!answered || rc == TPM_RC_FAILURE);
    }
    assert_false(tpm.link.dead);
    print_message("%s: the TPM %s\n", what,
                  answered && rc == TPM_RC_SUCCESS ? "goes on" : "has failed");
}

static void a_crash_of_storage_costs_no_pcr(void **state)
{
    struct harness_transport t;
    uint8_t bytes[4096] = { 0 };
    psa_status_t status = PSA_SUCCESS;

    boot_with_stub();
    (void)ready(state);
    harness_transport_init(&t, machine);
    assert_int_equal(psa_client_connect(&t.transport), PSA_SUCCESS);
    pid_t pid = crash_who_runs(0);

    for (unsigned int i = 0; i < 5000 && status == PSA_SUCCESS; i++) {
        bytes[0]++;
        status = psa_its_set(1, sizeof(bytes), bytes, 0);
    }
    assert_crashed(pid);
    assert_int_not_equal(status, PSA_SUCCESS);
    assert_holds_or_failed("storage has crashed");
    tpm_cut();
    tpm_boot();
    assert_int_equal(ready(state), 0);
    assert_holds();
}

static void a_crash_of_crypto_costs_no_pcr(void **state)
{
    struct harness_transport t;
    static uint8_t bytes[32768];
    uint8_t hash[32];
    size_t size;
    psa_status_t status = PSA_SUCCESS;

    boot_with_stub();
    (void)ready(state);
    harness_transport_init(&t, machine);
    assert_int_equal(psa_client_connect(&t.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    pid_t pid = crash_who_runs(0);

    for (unsigned int i = 0; i < 5000 && status == PSA_SUCCESS; i++) {
        status =
            psa_hash_compute(PSA_ALG_SHA3_256, bytes, sizeof(bytes), hash, sizeof(hash), &size);
    }
    assert_crashed(pid);
    assert_int_not_equal(status, PSA_SUCCESS);
    assert_holds_or_failed("crypto has crashed");
    tpm_cut();
}

static void a_crash_of_a_stranger_changes_nothing(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        struct peer_script *s = peer_begin(PEER1_ID);

        peer_add(s, i == 0 ? PEER_DIE : i == 1 ? PEER_RECURSE : PEER_EXEC, 0, 0, 0, 0);
        (void)peer_run(PEER1_ID);
        assert_holds();
    }
}

// CVE-2018-6622: neither a core's nor the system's sleep resets PCRs, whatever the TPM was told before
static void sleep_changes_no_pcr(void **state)
{
    static const uint64_t calls[][2] = { { PSCI_CPU_SUSPEND_64, 0 },
                                         { PSCI_CPU_SUSPEND_64, 0x10000 },
                                         { PSCI_SYSTEM_SUSPEND_64, 0 } };
    uint32_t resets = tpm_clock().reset_count;
    struct tpm_bytes b;

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        bool system = calls[i][0] == PSCI_SYSTEM_SUSPEND_64;
        struct h_call c = { .x = { calls[i][0], system ? h_entry() : calls[i][1],
                                   system ? 0 : h_entry() },
                            .flags = MB_SMC_TIMER,
                            .timer_ticks = 100000 };

        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_SHUTDOWN);
        tpm_put(&b, 2, TPM_SU_STATE);
        assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
        int result = h_call(machine, 0, &c);

        assert_true(result == H_OK || result == H_RESTARTED);
        tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_STARTUP);
        tpm_put(&b, 2, TPM_SU_STATE);
        assert_int_equal(tpm_send(&b, 0), TPM_RC_INITIALIZE); // it never stopped
        assert_holds();
        assert_int_equal(tpm_clock().reset_count, resets);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_commands_break_nothing, ready),
        cmocka_unit_test_setup(random_registers_and_messages_break_nothing, ready),
        cmocka_unit_test_setup(known_attacks_fail, ready),
        cmocka_unit_test_setup(a_command_is_as_large_as_its_header_says, ready),
        cmocka_unit_test_setup(a_long_command_can_be_cancelled, ready),
        cmocka_unit_test_setup(busy_storage_is_waited_for, ready),
        cmocka_unit_test_setup(sleep_changes_no_pcr, ready),
        cmocka_unit_test_setup(a_crash_of_a_stranger_changes_nothing, ready),
        cmocka_unit_test_setup(a_crashed_tpm_is_gone_until_a_reset, ready),
        cmocka_unit_test_setup(a_crash_of_storage_costs_no_pcr, ready),
        cmocka_unit_test_setup(a_crash_of_crypto_costs_no_pcr, ready),
    };

    return cmocka_run_group_tests_name("ftpm_hostile", tests, tpm_setup, tpm_teardown);
}
