// SPDX-License-Identifier: BSD-3-Clause
//
// Guest program of module_test.sh, tpm_test.sh and kexec_test.sh: uses the devices as no library of ours does. Exit status 0: it went as it
// must; else the line that did not is on standard error. Those that "hold" say "ready" and wait to be killed.
//   device_client memory     holds memory of /dev/tee0 by its file only: the device's own is closed
//   device_client map        holds it by a mapping only: that file is closed, too
//   device_client tpm        holds /dev/tpm0
//   device_client inherit    holds /dev/tee0 and /dev/tpmrm0 in a child, whose parent has opened them and ends
//   device_client nonblock   TPM commands through /dev/tpm0 with O_NONBLOCK: write, poll, read
//   device_client early      opens /dev/tpmrm0 as soon as it is there, says "ready", and has commands executed until the TPM is gone
//   device_client leave      writes such a command, a long one, and holds the file without reading the response
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/tee.h>

#define SHM_SIZE 8192
#define RANDOM_BYTES 16
#define ROUNDS 20

#define HOLDS(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "device_client: line %d: %s (%s)\n", __LINE__, #condition, \
                    strerror(errno));                                                  \
            exit(1);                                                                   \
        }                                                                              \
    } while (0)

// TPM 2.0 Library, part 3: TPM2_GetRandom of RANDOM_BYTES; TPM2_CreatePrimary in the null hierarchy, RSA 2048, restricted decryption
static const uint8_t get_random[] = { 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, RANDOM_BYTES };
static const uint8_t create_primary[] = {
    0x80, 0x02, 0, 0,    0,    67,   0, 0,    0x01, 0x31, 0x40, 0, 0, 0x07, // header, TPM_RH_NULL
    0,    0,    0, 9,    0x40, 0,    0, 0x09, 0,    0,    0,    0, 0, // password session, empty
    0,    4,    0, 0,    0,    0,                                     // no secret of its own
    0,    26,   0, 0x01, 0,    0x0b, 0, 0x03, 0,    0x72, 0,    0, // RSA, SHA-256, attributes, no policy
    0,    0x06, 0, 0x80, 0,    0x43, 0, 0x10, 0x08, 0,    0,    0, 0, 0,
    0,    0,                      // AES-128 CFB, no scheme, 2048 bits
    0,    0,    0, 0,    0,    0, // no outside info, no PCRs
};
_Static_assert(sizeof(create_primary) == 67, "its header says so");

static int open_device(const char *path, int flags)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | flags);

    HOLDS(fd >= 0);
    return fd;
}

static void say_ready(void)
{
    printf("ready\n");
    fflush(stdout);
}

static int hold(void)
{
    say_ready();
    (void)pause();
    return 1;
}

static int allocate(int device)
{
    struct tee_ioctl_shm_alloc_data data = { .size = SHM_SIZE };
    int memory = ioctl(device, TEE_IOC_SHM_ALLOC, &data);

    HOLDS(memory >= 0);
    HOLDS(data.size >= SHM_SIZE);
    return memory;
}

static int hold_memory(void)
{
    int device = open_device("/dev/tee0", 0);

    (void)allocate(device);
    HOLDS(close(device) == 0);
    return hold();
}

static int hold_map(void)
{
    int device = open_device("/dev/tee0", 0);
    int memory = allocate(device);
    uint8_t *bytes = mmap(NULL, SHM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);

    HOLDS(bytes != MAP_FAILED);
    HOLDS(close(memory) == 0);
    HOLDS(close(device) == 0);
    for (size_t i = 0; i < SHM_SIZE; i++) {
        HOLDS(bytes[i] == 0);
        bytes[i] = 0xa5;
    }
    return hold();
}

static int hold_tpm(void)
{
    (void)open_device("/dev/tpm0", 0);
    return hold();
}

static int inherit(void)
{
    (void)open_device("/dev/tee0", 0);
    (void)open_device("/dev/tpmrm0", 0);
    pid_t child = fork();

    HOLDS(child >= 0);
    return child == 0 ? hold() : 0;
}

static int nonblock(void)
{
    struct pollfd tpm = { .fd = open_device("/dev/tpm0", O_NONBLOCK), .events = POLLIN };
    uint8_t response[256];

    HOLDS(poll(&tpm, 1, 0) == 0); // nothing has been asked for
    for (int i = 0; i < ROUNDS; i++) {
        HOLDS(write(tpm.fd, get_random, sizeof(get_random)) == sizeof(get_random));
        HOLDS(poll(&tpm, 1, -1) == 1 && (tpm.revents & POLLIN) != 0);
        // Part 3, TPM2_GetRandom: header of 10, and a TPM2B
        HOLDS(read(tpm.fd, response, sizeof(response)) == 12 + RANDOM_BYTES);
        HOLDS(response[6] == 0 && response[7] == 0 && response[8] == 0 && response[9] == 0);
        HOLDS(response[11] == RANDOM_BYTES);
    }
    return 0;
}

static int early(void)
{
    uint8_t response[256];
    int tpm;

    do {
        tpm = open("/dev/tpmrm0", O_RDWR | O_CLOEXEC);
    } while (tpm < 0);
    say_ready();
    while (write(tpm, get_random, sizeof(get_random)) == sizeof(get_random)) {
        HOLDS(read(tpm, response, sizeof(response)) == 12 + RANDOM_BYTES);
    }
    HOLDS(errno == EPIPE);
    HOLDS(write(tpm, get_random, sizeof(get_random)) < 0 && errno == EPIPE);
    HOLDS(close(tpm) == 0);
    return 0;
}

static int leave(void)
{
    int tpm = open_device("/dev/tpm0", O_NONBLOCK);

    HOLDS(write(tpm, create_primary, sizeof(create_primary)) == sizeof(create_primary));
    return hold();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } commands[] = { { "memory", hold_memory }, { "map", hold_map },      { "tpm", hold_tpm },
                     { "inherit", inherit },    { "nonblock", nonblock }, { "leave", leave },
                     { "early", early } };

    for (size_t i = 0; argc == 2 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run();
        }
    }
    fprintf(stderr, "usage: device_client memory|map|tpm|inherit|nonblock|early|leave\n");
    return 2;
}
