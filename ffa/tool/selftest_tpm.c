// SPDX-License-Identifier: BSD-3-Clause
//
// Cases of `tessera selftest`: the TPM as the kernel offers it. Needs no library of TPM software; the commands are written out
// (TPM 2.0 part 3).
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "selftest.h"

#define DEVICE "/dev/tpmrm0"
#define LOG "/sys/kernel/security/tpm0/binary_bios_measurements"
#define NODE "/proc/device-tree/tpm"
#define HEADER 10 // tag, size, code

static uint32_t big32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Opens `path`; -1: the case is skipped or has failed
static int open_for(struct selftest *test, const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);

    if (fd >= 0) {
        return fd;
    }
    if (errno == EACCES || errno == EPERM) {
        selftest_skip(test, "this user may not open the TPM");
    } else if (errno == ENOENT && access(NODE, F_OK) != 0) {
        selftest_skip(test, "the firmware says nothing of a TPM");
    } else {
        (void)selftest_fail(test, "%s: %s", path, strerror(errno));
    }
    return -1;
}

// One command. Bytes of the response; 0: the case has failed or is skipped
static size_t transmit(struct selftest *test, const uint8_t *command, size_t size,
                       uint8_t *response, size_t max)
{
    int fd = open_for(test, DEVICE, O_RDWR);
    ssize_t got;

    if (fd < 0) {
        return 0;
    }
    got = write(fd, command, size) == (ssize_t)size ? read(fd, response, max) : -1;
    if (got < HEADER) {
        (void)selftest_fail(test, "%s: no response: %s", DEVICE, got < 0 ? strerror(errno) : "");
        got = 0;
    } else if (big32(response + 2) != (size_t)got || big32(response + 6) != 0) {
        (void)selftest_fail(test, "the TPM refuses: response code 0x%x", big32(response + 6));
        got = 0;
    }
    (void)close(fd);
    return (size_t)got;
}

static void get_random(struct selftest *test)
{
    // TPM2_GetRandom of 16 bytes
    static const uint8_t command[] = { 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, 16 };
    uint8_t response[2][64];

    for (size_t i = 0; i < 2; i++) {
        size_t size = transmit(test, command, sizeof(command), response[i], sizeof(response[i]));

        if (size == 0) {
            return;
        }
        if (size != HEADER + 2 + 16 || response[i][HEADER + 1] != 16) {
            (void)selftest_fail(test, "TPM2_GetRandom: %zu bytes", size);
            return;
        }
    }
    if (memcmp(response[0] + HEADER, response[1] + HEADER, 18) == 0) {
        (void)selftest_fail(test, "twice the same bytes");
    }
}

static void measured(struct selftest *test)
{
    // TPM2_PCR_Read of PCR 0, SHA-256. Response: update counter, the selection (12 bytes in all with its count), a list of one digest
    static const uint8_t command[] = { 0x80, 0x01, 0, 0,    0,    20,   0, 0, 0x01, 0x7e,
                                       0,    0,    0, 0x01, 0x00, 0x0b, 3, 1, 0,    0 };
    static const uint8_t zeros[32] = { 0 };
    const size_t count_at = HEADER + 4 + 10;
    uint8_t response[128];
    size_t size = transmit(test, command, sizeof(command), response, sizeof(response));

    if (size == 0) {
        return;
    }
    if (size != count_at + 4 + 2 + 32 || big32(response + count_at) != 1) {
        (void)selftest_fail(test, "TPM2_PCR_Read: %zu bytes", size);
    } else if (memcmp(response + count_at + 6, zeros, sizeof(zeros)) == 0) {
        (void)selftest_fail(test, "PCR 0 is as after a reset: nothing was measured");
    }
}

static void event_log(struct selftest *test)
{
    // TCG PC Client Platform Firmware Profile, 10.4.5.1: EV_NO_ACTION in PCR 0, then the signature
    static const char signature[16] = "Spec ID Event03";
    uint8_t begin[48];
    int fd = open_for(test, LOG, O_RDONLY);

    if (fd < 0) {
        return;
    }
    ssize_t got = read(fd, begin, sizeof(begin));

    (void)close(fd);
    if (got != (ssize_t)sizeof(begin) || memcmp(begin + 32, signature, sizeof(signature)) != 0) {
        (void)selftest_fail(test, "%s: is no crypto-agile event log (%zd bytes)", LOG, got);
    }
}

const struct selftest_case selftest_tpm_cases[] = {
    { "the TPM gives random bytes", false, get_random },
    { "the TPM knows what was booted", false, measured },
    { "the kernel has the firmware's event log", false, event_log },
};
const size_t selftest_tpm_count = sizeof(selftest_tpm_cases) / sizeof(selftest_tpm_cases[0]);
