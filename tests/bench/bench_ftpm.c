// SPDX-License-Identifier: BSD-3-Clause
//
// The fTPM: what its commands cost through the command response buffer, what of that is FF-A and the buffer's own registers, and what it adds
// to the boot. Counted are the instructions of the guest below the client: no command is interrupted, and the client's copies
// are the host's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench_private.h"
#include "tests/bench/bench_steps.h"
#include "tests/harness/tpm_bytes.h"
#include "tests/harness/tpm_machine.h"

#define ROUNDS 20
#define MANIFEST_PAGES (32 + 512) // stack and heap (partitions/ftpm/manifest.dts)
#define ALG_RSA 0x01
#define ALG_SHA256 0x0b
#define ALG_NULL 0x10
#define ALG_RSASSA 0x14
#define ALG_ECDSA 0x18
#define ALG_ECC 0x23
// TPMA_OBJECT: fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA
#define ATTRIBUTES (0x2u | 0x10 | 0x20 | 0x40 | 0x400)
#define SIGN 0x40000u
#define PARENT 0x30000u // restricted, decrypt

static struct tpm_machine m;
static char file[64];
static uint64_t message; // instructions of a message that starts nothing

static void must(uint32_t rc, const char *what)
{
    if (rc != 0) {
        fprintf(stderr, "bench: %s: TPM response code %#x\n", what, rc);
        bench_die("the TPM refuses");
    }
}

// Sends a command; its response is in *b then. The response code
static uint32_t run(struct tpm_bytes *b)
{
    uint8_t command[TPM_WIRE_DATA_MAX];

    tpm_finish(b);
    memcpy(command, b->bytes, b->used);
    m.transport.ticks = 0;
    m.transport.calls = 0;
    if (m.link.execute(&m.link, 0, command, b->used, b->bytes, &b->used) != 0) {
        bench_die(m.link.why);
    }
    b->at = 6;
    return (uint32_t)tpm_take(b, 4);
}

// The mean of ROUNDS runs of the command that `put` puts together
static void measure(const char *name, void (*put)(struct tpm_bytes *b), unsigned int rounds)
{
    uint64_t nop = bench_nop(m.h);
    uint64_t sum = 0;
    uint64_t calls = 0;
    char key[48];
    struct tpm_bytes b;

    for (unsigned int i = 0; i < rounds; i++) {
        put(&b);
        must(run(&b), name);
        sum += m.transport.ticks - m.transport.calls * nop;
        calls += m.transport.calls;
    }
    snprintf(key, sizeof(key), "ftpm_%s", name);
    bench_record(key, sum / rounds, 0, "");
    snprintf(key, sizeof(key), "ftpm_%s_ffa_permille", name);
    bench_record(key, calls * message * 1000 / sum, 0, "");
}

// A message that finds nothing to do: FF-A, the SPMC, the partition's loop, and the registers
static void measure_message(void)
{
    uint64_t nop = bench_nop(m.h);
    uint64_t sum = 0;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, m.crb.partition, 0, 0,
                                     TPM_CRB_GET_INTERFACE_VERSION } };

        m.transport.ticks = 0;
        m.transport.calls = 0;
        m.transport.transport.call(&m.transport.transport, &a);
        if (a.x[4] != TPM_CRB_OK_RESULTS_RETURNED) {
            bench_die("the TPM does not say its version");
        }
        sum += m.transport.ticks - m.transport.calls * nop;
    }
    message = sum / ROUNDS;
    bench_record("ftpm_message", message, 0, "");
}

// ---- Commands --------------------------------------------------------------------------------------------------------

static uint32_t parent;
static uint32_t ecc_key;
static uint32_t rsa_key;

static void put_read_clock(struct tpm_bytes *b)
{
    tpm_begin(b, TPM_ST_NO_SESSIONS, TPM_CC_READ_CLOCK);
}

static void put_get_random(struct tpm_bytes *b)
{
    tpm_begin(b, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
    tpm_put(b, 2, 32);
}

static void put_pcr_extend(struct tpm_bytes *b)
{
    static const uint8_t digest[48];

    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_PCR_EXTEND);
    tpm_put(b, 4, 10);
    tpm_put_password(b, "");
    tpm_put(b, 4, 2); // both banks
    tpm_put(b, 2, ALG_SHA256);
    tpm_put_bytes(b, digest, 32);
    tpm_put(b, 2, ALG_SHA256 + 1);
    tpm_put_bytes(b, digest, 48);
}

// TPMT_PUBLIC of a key of P-256 or RSA 2048, as a TPM2B
static void put_public(struct tpm_bytes *b, uint16_t type, uint32_t use)
{
    struct tpm_bytes p = { .used = 0 };

    tpm_put(&p, 2, type);
    tpm_put(&p, 2, ALG_SHA256);
    tpm_put(&p, 4, ATTRIBUTES | use);
    tpm_put(&p, 2, 0);
    if (use == PARENT) {
        tpm_put(&p, 2, 6); // AES-128-CFB
        tpm_put(&p, 2, 128);
        tpm_put(&p, 2, 0x43);
    } else {
        tpm_put(&p, 2, ALG_NULL);
    }
    tpm_put(&p, 2, ALG_NULL); // scheme
    if (type == ALG_ECC) {
        tpm_put(&p, 2, 3);
        tpm_put(&p, 2, ALG_NULL);
        tpm_put(&p, 4, 0);
    } else {
        tpm_put(&p, 2, 2048);
        tpm_put(&p, 4, 0);
        tpm_put(&p, 2, 0);
    }
    tpm_put_sized(b, p.bytes, p.used);
}

static void put_new_key(struct tpm_bytes *b, uint32_t code, uint32_t where, uint16_t type,
                        uint32_t use)
{
    tpm_begin(b, TPM_ST_SESSIONS, code);
    tpm_put(b, 4, where);
    tpm_put_password(b, "");
    tpm_put(b, 2, 4);
    tpm_put(b, 4, 0);
    put_public(b, type, use);
    tpm_put(b, 2, 0);
    tpm_put(b, 4, 0);
}

static void put_create_ecc(struct tpm_bytes *b)
{
    put_new_key(b, TPM_CC_CREATE, parent, ALG_ECC, SIGN);
}

static void put_sign(struct tpm_bytes *b, uint32_t key, uint16_t scheme)
{
    static const uint8_t digest[32] = { 0x5a };

    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_SIGN);
    tpm_put(b, 4, key);
    tpm_put_password(b, "");
    tpm_put_sized(b, digest, sizeof(digest));
    tpm_put(b, 2, scheme);
    tpm_put(b, 2, ALG_SHA256);
    tpm_put(b, 2, 0x8024); // no ticket
    tpm_put(b, 4, TPM_RH_NULL);
    tpm_put(b, 2, 0);
}

static void put_sign_ecc(struct tpm_bytes *b)
{
    put_sign(b, ecc_key, ALG_ECDSA);
}

static void put_sign_rsa(struct tpm_bytes *b)
{
    put_sign(b, rsa_key, ALG_RSASSA);
}

static void put_quote(struct tpm_bytes *b)
{
    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_QUOTE);
    tpm_put(b, 4, ecc_key);
    tpm_put_password(b, "");
    tpm_put(b, 2, 0);
    tpm_put(b, 2, ALG_ECDSA);
    tpm_put(b, 2, ALG_SHA256);
    tpm_put(b, 4, 1); // PCR 0 to 7
    tpm_put(b, 2, ALG_SHA256);
    tpm_put(b, 4, 0x03ff0000);
}

static void put_nv_write(struct tpm_bytes *b)
{
    static uint32_t value;

    tpm_begin(b, TPM_ST_SESSIONS, TPM_CC_NV_WRITE);
    tpm_put(b, 4, TPM_RH_OWNER);
    tpm_put(b, 4, 0x01500001);
    tpm_put_password(b, "");
    tpm_put(b, 2, sizeof(value));
    tpm_put(b, 4, ++value);
    tpm_put(b, 2, 0);
}

// ---- The machine -----------------------------------------------------------------------------------------------------

// The number in brackets that the line with `text` on the secure console begins with: instructions
static uint64_t console_time(const char *text)
{
    const char *console = h_console(m.h, H_CONSOLE_SECURE);
    const char *p = strstr(console, text);

    while (p != NULL && p > console && *p != '[') {
        p--;
    }
    if (p == NULL || *p != '[') {
        bench_die("the console does not say when the TPM began");
    }
    return strtoull(p + 1, NULL, 10);
}

static void boot(const char *key)
{
    char name[48];

    if (tpm_machine_connect(&m, bench_start_file(file, true)) != 0) {
        bench_die(m.link.why);
    }
    m.slice = 0;
    snprintf(name, sizeof(name), "ftpm_start_%s", key);
    bench_record(name, console_time("ftpm: ready") - console_time("starting ftpm"), 0, "");
    snprintf(name, sizeof(name), "boot_ftpm_%s", key);
    bench_record(name, h_boot(m.h, 0)->counter, 0, "");
}

// Makes a primary key; the TPM has room for three objects
static uint32_t make_key(uint16_t type, uint32_t use)
{
    struct tpm_bytes b;

    put_new_key(&b, TPM_CC_CREATE_PRIMARY, TPM_RH_OWNER, type, use);
    must(run(&b), "a key");
    return (uint32_t)tpm_take(&b, 4);
}

static void flush(uint32_t key)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
    tpm_put(&b, 4, key);
    must(run(&b), "flushing a key");
}

static void make_index(void)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_NV_DEFINE_SPACE);
    tpm_put(&b, 4, TPM_RH_OWNER);
    tpm_put_password(&b, "");
    tpm_put(&b, 2, 0);
    tpm_put(&b, 2, 14);
    tpm_put(&b, 4, 0x01500001);
    tpm_put(&b, 2, ALG_SHA256);
    tpm_put(&b, 4, 1u << 1 | 1u << 17 | 1u << 25); // the owner writes and reads
    tpm_put(&b, 2, 0);
    tpm_put(&b, 2, 4);
    must(run(&b), "an index");
}

// Whose instructions a command takes, one by one
static void step(const char *name, void (*put)(struct tpm_bytes *b), const char *stub)
{
    char proxy[4096];
    char key[64];
    struct tpm_bytes b;

    put(&b);
    must(run(&b), name); // what is done once only, such as the locality, is done
    put(&b);
    snprintf(proxy, sizeof(proxy), "%s", bench_image("proxy.elf"));
    pid_t pid = bench_steps_begin(stub, proxy, bench_image("sp/ftpm.elf"));

    must(run(&b), name);
    struct bench_steps steps = bench_steps_end(pid);

    if (steps.own == 0 || steps.library == 0) {
        bench_die("the TPM's partition was not seen");
    }
    snprintf(key, sizeof(key), "ftpm_%s_manager_permille", name);
    bench_record(key, steps.manager * 1000 / steps.all, 0, "");
    snprintf(key, sizeof(key), "ftpm_%s_shim_permille", name);
    bench_record(key, steps.own * 1000 / steps.all, 0, "");
    snprintf(key, sizeof(key), "ftpm_%s_library_permille", name);
    bench_record(key, steps.library * 1000 / steps.all, 0, "");
}

static void bench_shares(void)
{
    char stub[80];

    snprintf(stub, sizeof(stub), "%s.gdb", file);
    if (tpm_machine_connect(&m, bench_start_stub(file, stub)) != 0) {
        bench_die(m.link.why);
    }
    m.slice = 0;
    step("read_clock", put_read_clock, stub);
    step("get_random_32", put_get_random, stub);
    step("pcr_extend", put_pcr_extend, stub);
    h_stop(m.h);
    (void)unlink(stub);
}

void bench_ftpm(void)
{
    char command[256];
    struct stat st;

    snprintf(file, sizeof(file), "/tmp/bench-ftpm-%d", (int)getpid());
    snprintf(command, sizeof(command), "cp --sparse=always -- '%s' '%s'", bench_flash("tpm"), file);
    if (system(command) != 0) {
        bench_die("no copy of the flash can be made");
    }
    tpm_machine_init(&m);
    boot("first");
    h_stop(m.h);
    boot("again");
    measure_message();
    measure("read_clock", put_read_clock, ROUNDS);
    measure("get_random_32", put_get_random, ROUNDS);
    measure("pcr_extend", put_pcr_extend, ROUNDS);
    make_index();
    measure("nv_write", put_nv_write, ROUNDS);
    parent = make_key(ALG_ECC, PARENT);
    measure("create_ecc", put_create_ecc, ROUNDS / 4);
    flush(parent);
    ecc_key = make_key(ALG_ECC, SIGN);
    measure("sign_ecc", put_sign_ecc, ROUNDS / 4);
    measure("quote_ecc", put_quote, ROUNDS / 4);
    rsa_key = make_key(ALG_RSA, SIGN);
    measure("sign_rsa2048", put_sign_rsa, ROUNDS / 4);
    h_stop(m.h);
    bench_shares();
    unlink(file);
    if (stat(bench_image("sp/ftpm.pkg"), &st) != 0) {
        bench_die("no package of the TPM");
    }
    bench_record("size_ftpm", (uint64_t)st.st_size, 0, "");
    bench_record("ram_ftpm", bench_span("sp/ftpm.elf") + MANIFEST_PAGES * 4096, 0, "");
}
