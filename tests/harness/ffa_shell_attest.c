// SPDX-License-Identifier: BSD-3-Clause
//
// The command of ffa-shell that brings what a verifier needs out of the machine: a token and the public key of the attest partition,
// through the PSA client library, and the event log, found as Linux finds it. For attest_demo.sh. Trusts nothing of it: judging it is
// fip-tool's business.
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "ffa/client/psa/initial_attestation.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/ffa_shell.h"

static int save(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && fwrite(bytes, 1, size, file) == size;

    if (file != NULL && fclose(file) != 0) {
        good = false;
    }
    if (!good) {
        perror(path);
        return 1;
    }
    printf("%s: %zu bytes\n", path, size);
    return 0;
}

// Hexadecimal digits; 0 after a message
static size_t parse_nonce(const char *text, uint8_t nonce[PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64])
{
    size_t size = strlen(text) / 2;
    unsigned int byte;
    bool good = strspn(text, "0123456789abcdefABCDEF") == 2 * size && strlen(text) == 2 * size &&
                (size == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32 ||
                 size == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_48 ||
                 size == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64);

    for (size_t i = 0; good && i < size; i++) {
        good = sscanf(text + 2 * i, "%2x", &byte) == 1;
        nonce[i] = (uint8_t)byte;
    }
    if (!good) {
        fprintf(stderr, "%s: must be 64, 96 or 128 hexadecimal digits\n", text);
    }
    return good ? size : 0;
}

static int save_token(struct shell *s, const char *text, const char *path)
{
    static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    uint8_t nonce[PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64];
    size_t nonce_size = parse_nonce(text, nonce), size;

    if (nonce_size == 0 || shell_connect(s) != 0 ||
        shell_check("psa_initial_attest_get_token",
                    psa_initial_attest_get_token(nonce, nonce_size, token, sizeof(token), &size)) !=
            0) {
        return 1;
    }
    return save(path, token, size);
}

static int save_key(struct shell *s, const char *path)
{
    uint8_t key[TESSERA_ATTEST_PUBLIC_KEY_SIZE];
    size_t size;

    if (shell_connect(s) != 0 ||
        shell_check("tessera_attest_get_public_key",
                    tessera_attest_get_public_key(key, sizeof(key), &size)) != 0) {
        return 1;
    }
    return save(path, key, size);
}

// drivers/char/tpm/eventlog/of.c looks for the same node
static int save_log(struct shell *s, const char *path)
{
    const void *dtb = h_memory(s->h, HW_DTB_BASE, HW_DTB_SIZE);
    int node = dtb != NULL && fdt_check_full(dtb, HW_DTB_SIZE) == 0
                   ? fdt_node_offset_by_compatible(dtb, -1, "arm,tpm_event_log")
                   : -1;
    const fdt64_t *address = NULL;
    const fdt32_t *size = NULL;
    const void *log = NULL;
    int length;

    if (node >= 0) {
        address = fdt_getprop(dtb, node, "tpm_event_log_addr", &length);
        address = length == (int)sizeof(*address) ? address : NULL;
        size = fdt_getprop(dtb, node, "tpm_event_log_size", &length);
        size = length == (int)sizeof(*size) ? size : NULL;
    }
    if (address != NULL && size != NULL) {
        log = h_memory(s->h, fdt64_ld(address), fdt32_ld(size));
    }
    if (log == NULL) {
        fprintf(stderr, "attest log: the device tree tells of none\n");
        return 1;
    }
    return save(path, log, fdt32_ld(size));
}

int shell_attest(struct shell *s, int argc, char **argv)
{
    if (strcmp(argv[1], "token") == 0 && argc == 4) {
        return save_token(s, argv[2], argv[3]);
    }
    if (strcmp(argv[1], "key") == 0 && argc == 3) {
        return save_key(s, argv[2]);
    }
    if (strcmp(argv[1], "log") == 0 && argc == 3) {
        return save_log(s, argv[2]);
    }
    fprintf(stderr, "usage: attest token NONCE FILE, or attest key FILE, or attest log FILE\n");
    return 1;
}
