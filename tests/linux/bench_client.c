// SPDX-License-Identifier: BSD-3-Clause
//
// Guest program of `make bench` (tests/bench/bench_linux.c): what a process of Linux pays for a service of the secure
// world. Makes each operation ROUNDS times and says how many ticks of the counter it took; on the bench's machine, which
// has one core, a tick is an instruction, of whatever exception level and world. With "step" each operation is made again
// until a debugger, which reads here where it begins and ends, has followed one round of it.
//   bench_client [step]
//   bench: NAME mean M median M least L switches S    context switches of this process in all rounds together
//   bench: NAME at BEGIN END                          now the debugger is waited for
//   bench: NAME stepped                               it has seen it
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <psa/crypto.h>

#define ROUNDS 256
#define WARM 16 // rounds before: pages, caches of the kernel, what is made at the first call
#define STEP_ROUNDS 10000000      // for a debugger that does not come
#define TPM "/dev/tpm0"           // one process at a time
#define TPM_MANAGED "/dev/tpmrm0" // with the kernel's resource manager: what tpm2-tools uses
#define HEADER 10                 // of a TPM's response: tag, length, response code

extern const char bench_begin[], bench_end[];

static psa_key_id_t key;
static int tpm = -1;
static int managed_tpm = -1;
static uint64_t spent[ROUNDS];

static void fail(const char *what)
{
    fprintf(stderr, "bench_client: %s\n", what);
    exit(1);
}

// ---- Operations ------------------------------------------------------------------------------------------------------

// What the counting itself costs
static bool nothing(void)
{
    return true;
}

static bool get_random(void)
{
    uint8_t bytes[32];

    return psa_generate_random(bytes, sizeof(bytes)) == PSA_SUCCESS;
}

static bool sign_hash(void)
{
    static const uint8_t hash[32] = { 0x5a };
    uint8_t signature[64];
    size_t size;

    return psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof(hash), signature,
                         sizeof(signature), &size) == PSA_SUCCESS;
}

// TPM2_PCR_Extend of the PCR for debugging, in both banks (TPM 2.0 part 3, 22.2)
static bool extend(int device)
{
    static const uint8_t head[] = {
        0x80, 0x02, 0, 0,  0, 115, 0, 0, 1, 0x82, // with sessions, length, command
        0,    0,    0, 16,                        // PCR
        0,    0,    0, 9,                         // one session:
        0x40, 0,    0, 9,  0, 0,   0, 0, 0,       // password, empty
        0,    0,    0, 2,                         // digests
    };
    enum { SHA256 = 2 + 32, SHA384 = 2 + 48, LENGTH = sizeof(head) + SHA256 + SHA384 };
    uint8_t command[LENGTH] = { 0 };
    uint8_t response[4096];

    _Static_assert(LENGTH == 115, "the length in the head is the command's");
    memcpy(command, head, sizeof(head));
    command[sizeof(head) + 1] = 0x0b;
    command[sizeof(head) + SHA256 + 1] = 0x0c;
    return write(device, command, sizeof(command)) == (ssize_t)sizeof(command) &&
           read(device, response, sizeof(response)) >= HEADER &&
           memcmp(response + 6, "\0\0\0\0", 4) == 0;
}

static bool extend_managed(void)
{
    return extend(managed_tpm);
}

static bool extend_alone(void)
{
    return extend(tpm);
}

static const struct operation {
    const char *name;
    bool (*make)(void);
} operations[] = {
    { "nothing", nothing },
    { "random_32", get_random },
    { "sign_p256", sign_hash },
    { "pcr_extend", extend_managed },
    { "pcr_extend_tpm0", extend_alone },
};

// ---- Counting --------------------------------------------------------------------------------------------------------

static uint64_t now(void)
{
    uint64_t ticks;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
    return ticks;
}

// One round; its ticks. *stop: what a debugger at bench_end has put into x0, else 0
__attribute__((noinline, noclone)) static uint64_t count(const struct operation *operation,
                                                         uint64_t *stop)
{
    uint64_t begin = now();

    __asm__ volatile(".global bench_begin\nbench_begin:\n\tnop" ::: "memory");
    bool done = operation->make();
    __asm__ volatile("mov x0, xzr\n\t.global bench_end\nbench_end:\n\tnop\n\tmov %0, x0"
                     : "=r"(*stop)::"x0", "memory");
    uint64_t ticks = now() - begin;

    if (!done) {
        fail(operation->name);
    }
    return ticks;
}

static long switches(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        fail("getrusage");
    }
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void measure(const struct operation *operation)
{
    uint64_t sum = 0;
    uint64_t stop;

    for (unsigned int i = 0; i < WARM; i++) {
        (void)count(operation, &stop);
    }
    long before = switches();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        spent[i] = count(operation, &stop);
        sum += spent[i];
    }
    long switched = switches() - before;

    qsort(spent, ROUNDS, sizeof(spent[0]), compare);
    printf("bench: %s mean %" PRIu64 " median %" PRIu64 " least %" PRIu64 " switches %ld\n",
           operation->name, sum / ROUNDS, spent[ROUNDS / 2], spent[0], switched);
}

static void step(const struct operation *operation)
{
    uint64_t stop = 0;

    printf("bench: %s at %#" PRIxPTR " %#" PRIxPTR "\n", operation->name, (uintptr_t)bench_begin,
           (uintptr_t)bench_end);
    for (unsigned int i = 0; i < STEP_ROUNDS && stop == 0; i++) {
        (void)count(operation, &stop);
    }
    if (stop == 0) {
        fail("no debugger came");
    }
    printf("bench: %s stepped\n", operation->name);
}

static void prepare(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    if (psa_generate_key(&attributes, &key) != PSA_SUCCESS) {
        fail("no key");
    }
    managed_tpm = open(TPM_MANAGED, O_RDWR | O_CLOEXEC);
    tpm = open(TPM, O_RDWR | O_CLOEXEC);
    if (tpm < 0 || managed_tpm < 0) {
        fail("no TPM, or somebody else has it");
    }
}

int main(int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "step") != 0)) {
        fprintf(stderr, "usage: bench_client [step]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    prepare();
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        measure(&operations[i]);
    }
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]) && argc == 2; i++) {
        step(&operations[i]);
    }
    return psa_destroy_key(key) == PSA_SUCCESS ? 0 : 1;
}
