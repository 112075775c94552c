// SPDX-License-Identifier: BSD-3-Clause
//
// Guest program of hostile_test.sh: what a program must not do with the TEE devices, and what the driver has to say to it. Exit status 0:
// every answer was right; else the line that was not is on standard error.
//   hostile_client refused          each wrong request once, with the error that it must have
//   hostile_client race ROUNDS      memory written, unmapped, closed and its session closed while calls go on in other threads
//   hostile_client storm ROUNDS SEED   ROUNDS requests that chance makes; the machine has to survive, nothing else is asked
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/tee.h>

#define SIZE 8192
#define PARAMS_MAX 40
#define DEVICES 8
#define THREADS 4

// Of Trusted Services (ffa/abi/ts_rpc_abi.h, crypto_abi.h)
#define RANDOM 0x010c
#define CLIENT_GONE 0x7f01

#define HOLDS(condition)                                                                \
    do {                                                                                \
        if (!(condition)) {                                                             \
            fprintf(stderr, "hostile_client: line %d: %s (%s)\n", __LINE__, #condition, \
                    strerror(errno));                                                   \
            exit(1);                                                                    \
        }                                                                               \
    } while (0)
#define FAILS(call, error) HOLDS((call) < 0 && errno == (error))

static const uint8_t crypto_uuid[TEE_IOCTL_UUID_LEN] = { 0xd9, 0xdf, 0x52, 0xd5, 0x16, 0xa2,
                                                         0x4b, 0xb2, 0x9a, 0xa4, 0xd2, 0x6d,
                                                         0x3b, 0x84, 0xe8, 0xc0 };
static const uint8_t tpm_uuid[TEE_IOCTL_UUID_LEN] = { 0x5f, 0x80, 0x20, 0xee, 0x2b, 0x67,
                                                      0x41, 0x0d, 0x8f, 0x99, 0x09, 0x21,
                                                      0x7b, 0x37, 0x41, 0x19 };

// ---- Requests --------------------------------------------------------------------------------------------------------

struct invoke {
    struct tee_ioctl_invoke_arg arg;
    struct tee_ioctl_param param[PARAMS_MAX];
};
struct session {
    struct tee_ioctl_open_session_arg arg;
    struct tee_ioctl_param param[PARAMS_MAX];
};

static int buffer_ioctl(int fd, unsigned long request, void *buffer, uint64_t size)
{
    struct tee_ioctl_buf_data data = { .buf_ptr = (uintptr_t)buffer, .buf_len = size };

    return ioctl(fd, request, &data);
}

static int open_session(int fd, const uint8_t uuid[TEE_IOCTL_UUID_LEN], uint32_t *session)
{
    struct session s = { .arg = { .num_params = 0 } };
    int error;

    memcpy(s.arg.uuid, uuid, TEE_IOCTL_UUID_LEN);
    error = buffer_ioctl(fd, TEE_IOC_OPEN_SESSION, &s, sizeof(s.arg));
    *session = s.arg.session;
    return error;
}

// The device with the service, opened; *session is one with it. -1: none has it
static int find(const uint8_t uuid[TEE_IOCTL_UUID_LEN], uint32_t *session)
{
    for (int i = 0; i < DEVICES; i++) {
        char path[32];

        snprintf(path, sizeof(path), "/dev/tee%d", i);
        int fd = open(path, O_RDWR | O_CLOEXEC);

        if (fd >= 0 && open_session(fd, uuid, session) == 0) {
            return fd;
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    return -1;
}

static int allocate(int fd, uint64_t size, int *id)
{
    struct tee_ioctl_shm_alloc_data data = { .size = size };
    int memory = ioctl(fd, TEE_IOC_SHM_ALLOC, &data);

    *id = data.id;
    return memory;
}

static int invoke(int fd, uint32_t function, uint32_t session, uint64_t id, uint64_t size,
                  uint64_t *got)
{
    struct invoke call = { .arg = { .func = function, .session = session, .num_params = 1 } };
    int error;

    call.param[0] = (struct tee_ioctl_param){ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
                                              .a = id,
                                              .b = size };
    error = buffer_ioctl(fd, TEE_IOC_INVOKE, &call, sizeof(call.arg) + sizeof(call.param[0]));
    *got = call.param[0].a;
    return error == 0 && call.arg.ret != 0 ? 1 : error;
}

// ---- Each wrong request once -----------------------------------------------------------------------------------------

static void wrong_memory(int fd)
{
    struct tee_ioctl_shm_alloc_data flags = { .size = SIZE, .flags = 1 };
    struct tee_ioctl_shm_register_data own = { .addr = (uintptr_t)&flags, .length = sizeof(flags) };
    int id;

    FAILS(allocate(fd, 0, &id), EINVAL);
    FAILS(allocate(fd, 0x40001, &id), EINVAL);
    FAILS(allocate(fd, UINT64_MAX, &id), EINVAL);
    FAILS(allocate(fd, UINT64_MAX - 4095, &id), EINVAL);
    FAILS(ioctl(fd, TEE_IOC_SHM_ALLOC, &flags), EINVAL);
    FAILS(ioctl(fd, TEE_IOC_SHM_ALLOC, NULL), EFAULT);
    HOLDS(ioctl(fd, TEE_IOC_SHM_REGISTER, &own) < 0); // no memory of a process is ever shared
    int memory = allocate(fd, 1, &id);

    HOLDS(memory >= 0 && id > 0);
    long page = sysconf(_SC_PAGESIZE);

    HOLDS(mmap(NULL, (size_t)page + 1, PROT_READ, MAP_SHARED, memory, 0) == MAP_FAILED);
    HOLDS(mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, memory, page) == MAP_FAILED);
    HOLDS(close(memory) == 0);
}

static void wrong_kinds(int fd)
{
    struct invoke call = { .arg = { .num_params = 1 } };
    struct tee_ioctl_cancel_arg cancel = { .cancel_id = 1 };

    FAILS(buffer_ioctl(fd, TEE_IOC_SUPPL_RECV, &call, sizeof(call)), EINVAL);
    FAILS(buffer_ioctl(fd, TEE_IOC_SUPPL_SEND, &call, sizeof(call)), EINVAL);
    FAILS(ioctl(fd, TEE_IOC_CANCEL, &cancel), EINVAL);
    HOLDS(ioctl(fd, _IOWR(0xa4, 99, struct invoke), &call) < 0);
    FAILS(buffer_ioctl(fd, TEE_IOC_INVOKE, &call, 0), EINVAL);
    FAILS(buffer_ioctl(fd, TEE_IOC_INVOKE, &call, UINT64_MAX), EINVAL);
    FAILS(buffer_ioctl(fd, TEE_IOC_INVOKE, &call, sizeof(call.arg)), EINVAL); // one is announced
    FAILS(buffer_ioctl(fd, TEE_IOC_INVOKE, NULL, sizeof(call.arg)), EFAULT);
    call.arg.num_params = UINT32_MAX;
    FAILS(buffer_ioctl(fd, TEE_IOC_INVOKE, &call, sizeof(call)), EINVAL);
    FAILS(ioctl(fd, TEE_IOC_OPEN_SESSION, NULL), EFAULT);
}

static void wrong_parameters(int fd, uint32_t session, uint64_t id)
{
    const size_t one = sizeof(struct tee_ioctl_invoke_arg) + sizeof(struct tee_ioctl_param);

    for (uint64_t attr = 0; attr < 12; attr++) {
        struct invoke call = { .arg = { .func = RANDOM, .session = session, .num_params = 1 } };

        call.param[0] = (struct tee_ioctl_param){ .attr = attr, .c = id };
        HOLDS(buffer_ioctl(fd, TEE_IOC_INVOKE, &call, one) < 0 &&
              (errno == EINVAL || errno == ENOENT));
        call.arg.num_params = 2;
        call.param[0] = (struct tee_ioctl_param){ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT };
        call.param[1] = (struct tee_ioctl_param){ .attr = attr };
        FAILS(buffer_ioctl(fd, TEE_IOC_INVOKE, &call, one + sizeof(call.param[1])), EINVAL);
    }
    uint64_t got;

    FAILS(invoke(fd, RANDOM, session, id, SIZE + 1, &got), EINVAL);
    FAILS(invoke(fd, RANDOM, session, id, UINT32_MAX, &got), EINVAL);
    FAILS(invoke(fd, RANDOM, session, 0, 4, &got), EINVAL);
    FAILS(invoke(fd, RANDOM, session, id + 1, 4, &got), EINVAL);
    FAILS(invoke(fd, RANDOM, session, UINT32_MAX, 4, &got), EINVAL);
    FAILS(invoke(fd, CLIENT_GONE, session, 0, 0, &got), EINVAL); // of whom?
    FAILS(invoke(fd, RANDOM, session + 1, id, 4, &got), EINVAL);
    FAILS(invoke(fd, RANDOM, UINT32_MAX, id, 4, &got), EINVAL);
}

// What another file of the same device has is not this one's
static void strangers_things(uint32_t session, uint64_t id)
{
    uint32_t mine;
    uint64_t got;
    int other = find(crypto_uuid, &mine);
    struct tee_ioctl_close_session_arg close_arg = { .session = mine };

    HOLDS(other >= 0);
    FAILS(invoke(other, RANDOM, mine, id, 4, &got), EINVAL);
    HOLDS(ioctl(other, TEE_IOC_CLOSE_SESSION, &close_arg) == 0);
    FAILS(ioctl(other, TEE_IOC_CLOSE_SESSION, &close_arg), EINVAL);
    FAILS(invoke(other, RANDOM, session, 0, 0, &got), EINVAL);
    HOLDS(close(other) == 0);
}

static int refused(void)
{
    uint32_t session;
    uint64_t got;
    int id;
    int fd = find(crypto_uuid, &session);

    HOLDS(fd >= 0);
    wrong_memory(fd);
    wrong_kinds(fd);
    int memory = allocate(fd, SIZE, &id);

    HOLDS(memory >= 0);
    wrong_parameters(fd, session, (uint64_t)id);
    strangers_things(session, (uint64_t)id);
    uint32_t *bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);

    HOLDS(bytes != MAP_FAILED);
    bytes[0] = 32;
    HOLDS(invoke(fd, RANDOM, session, (uint64_t)id, 4, &got) == 0 &&
          got == 4 + 32);                // it has survived
    HOLDS(find(tpm_uuid, &session) < 0); // the TPM is no service for whoever may use services
    return 0;
}

// ---- Threads that pull each other's memory away ----------------------------------------------------------------------

static struct {
    int fd;
    uint32_t session;
    int memory, id;
    uint8_t *bytes;
    atomic_bool is_over;
    atomic_long calls;
} shared;

static void *call_on(void *unused)
{
    uint64_t got;

    while (!shared.is_over) {
        int error = invoke(shared.fd, RANDOM, shared.session, (uint64_t)shared.id, 4, &got);

        HOLDS(error >= 0 || errno == EINVAL); // what came of the scribble, whatever that is
        HOLDS(error != 0 || got <= SIZE);
        shared.calls++;
    }
    return unused;
}

static void *scribble(void *unused)
{
    uint32_t word = 1;

    while (!shared.is_over) {
        word = word * 1664525 + 1013904223;
        memcpy(shared.bytes + (word >> 8) % (SIZE - 4), &word, sizeof(word));
        memcpy(shared.bytes, &(uint32_t){ word >> 20 }, sizeof(word));
    }
    return unused;
}

// A thread calls with memory and a session that this one closes
static void *lose_them(void *unused)
{
    while (!shared.is_over) {
        uint32_t session;
        uint64_t got;
        int id;
        int memory = allocate(shared.fd, SIZE, &id);

        HOLDS(memory >= 0);
        HOLDS(open_session(shared.fd, crypto_uuid, &session) == 0);
        (void)invoke(shared.fd, RANDOM, session, (uint64_t)shared.id, 4, &got);
        struct tee_ioctl_close_session_arg arg = { .session = session };

        HOLDS(ioctl(shared.fd, TEE_IOC_CLOSE_SESSION, &arg) == 0);
        HOLDS(close(memory) == 0);
        HOLDS(invoke(shared.fd, RANDOM, shared.session, (uint64_t)id, 4, &got) < 0);
    }
    return unused;
}

static int race(long rounds)
{
    static void *(*const parts[THREADS])(void *) = { call_on, call_on, scribble, lose_them };
    pthread_t threads[THREADS];

    shared.fd = find(crypto_uuid, &shared.session);
    HOLDS(shared.fd >= 0);
    shared.memory = allocate(shared.fd, SIZE, &shared.id);
    HOLDS(shared.memory >= 0);
    shared.bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, shared.memory, 0);
    HOLDS(shared.bytes != MAP_FAILED);
    for (int i = 0; i < THREADS; i++) {
        HOLDS(pthread_create(&threads[i], NULL, parts[i], NULL) == 0);
    }
    while (shared.calls < rounds) {
        usleep(10000);
    }
    HOLDS(close(shared.memory) == 0); // the mapping holds it, and its number is as good as ever
    HOLDS(close(dup(shared.fd)) == 0);
    shared.is_over = true;
    for (int i = 0; i < THREADS; i++) {
        HOLDS(pthread_join(threads[i], NULL) == 0);
    }
    return 0;
}

// ---- Chance ----------------------------------------------------------------------------------------------------------

static uint64_t state;

// xorshift*, of Marsaglia: the same seed is the same storm
static uint64_t chance(uint64_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 2685821657736338717ULL >> 16) % below;
}

static uint64_t number(void)
{
    static const uint64_t edges[] = { 0,          1,          2,         4,
                                      24,         SIZE,       SIZE + 1,  0x40000,
                                      UINT32_MAX, 1ULL << 32, INT64_MAX, UINT64_MAX };

    return chance(2) != 0 ? edges[chance(sizeof(edges) / sizeof(edges[0]))] : chance(16);
}

static void random_request(int fd, uint32_t session)
{
    // Nothing that takes long: no key is made
    static const uint32_t functions[] = { RANDOM, RANDOM, 0,      0xffff,    CLIENT_GONE,
                                          0x7f00, 0x010f, 0x0203, 0xabcd010c };
    static const unsigned long requests[] = { TEE_IOC_OPEN_SESSION, TEE_IOC_INVOKE,
                                              TEE_IOC_SUPPL_RECV,   TEE_IOC_SUPPL_SEND,
                                              TEE_IOC_INVOKE,       TEE_IOC_INVOKE };
    struct invoke call = { .arg = { .func =
                                        functions[chance(sizeof(functions) / sizeof(functions[0]))],
                                    .session = chance(4) == 0 ? (uint32_t)number() : session,
                                    .num_params = chance(3) == 0 ? (uint32_t)number() : 1 } };

    for (int i = 0; i < PARAMS_MAX; i++) {
        call.param[i] =
            (struct tee_ioctl_param){ .attr = chance(2) != 0 ? TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT
                                                             : number(),
                                      .a = number(),
                                      .b = number(),
                                      .c = chance(4) == 0 ? number() : 0 };
    }
    uint64_t size = chance(8) == 0 ? number()
                                   : sizeof(call.arg) +
                                         call.arg.num_params % PARAMS_MAX * sizeof(call.param[0]);

    (void)buffer_ioctl(fd, requests[chance(6)], &call, size);
}

static int storm(long rounds, uint64_t seed)
{
    int memory[16];
    size_t used = 0;
    uint32_t session;
    int fd = find(crypto_uuid, &session);

    HOLDS(fd >= 0);
    state = seed * 2 + 1;
    for (long i = 0; i < rounds; i++) {
        int id;

        random_request(fd, session);
        if (chance(4) == 0 && used < 16 && (memory[used] = allocate(fd, number(), &id)) >= 0) {
            used++;
        } else if (chance(4) == 0 && used > 0) {
            HOLDS(close(memory[--used]) == 0);
        }
        if (chance(64) == 0) {
            HOLDS(close(fd) == 0); // its memory lives on
            fd = find(crypto_uuid, &session);
            HOLDS(fd >= 0);
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "refused") == 0) {
        return refused();
    }
    if (argc == 3 && strcmp(argv[1], "race") == 0) {
        return race(strtol(argv[2], NULL, 10));
    }
    if (argc == 4 && strcmp(argv[1], "storm") == 0) {
        return storm(strtol(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    }
    fprintf(stderr, "usage: hostile_client refused | race ROUNDS | storm ROUNDS SEED\n");
    return 2;
}
