// SPDX-License-Identifier: BSD-3-Clause
//
// The commands of ffa-shell, but for the crypto ones, and their table.
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ffa/abi/smccc.h"
#include "ffa/abi/ts_rpc_abi.h"
#include "tests/harness/ffa_shell.h"

#define INFO_REGS_PER_CALL 5
#define DUMP_MAX 0x10000

// Protocol UUIDs that have a name, as FF-A words
static const struct {
    uint32_t uuid[4];
    const char *name;
} known[] = {
    { { 0x3ea8b1ef, 0xe944fb32, 0x463b7d8c, 0x60cd31fc }, "echo" },
    { { 0xd776cdbd, 0x51475e82, 0xd4863b96, 0xac4349f8 }, "ts-rpc" },
    { { 0xa3d20a6f, 0x1c4d435b, 0x1e3c6e9a, 0x012b5d5f }, "peer" },
};

// Services behind TS RPC, and what their partitions are called
static const struct {
    uint32_t uuid[4];
    const char *name;
} services[] = {
    { TS_CRYPTO_UUID, "crypto" },
    { TS_ITS_UUID, "storage" },
};
#define TS_RPC_SERVICE_INFO 0x00ff0003 // management interface, operation 3

bool shell_number(const char *text, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0' || *text == '-') {
        fprintf(stderr, "%s: not a number (decimal or 0x…)\n", text);
        return false;
    }
    return true;
}

void shell_print_hex(const void *data, size_t size)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < size; i++) {
        printf("%02x", p[i]);
    }
    printf("\n");
}

static bool raw_call(struct shell *s, struct ffa_args *args)
{
    int result = h_smc(s->h, 0, args);

    if (result != H_OK) {
        fprintf(stderr, "the call did not come back: %s\n",
                result == H_FAULT       ? "the normal world took an exception"
                : result == H_CLOBBERED ? "it changed registers that it must keep"
                : result == H_OFF       ? "the machine is off"
                                        : "the machine hangs");
        return false;
    }
    return true;
}

bool shell_call(struct shell *s, struct ffa_args *args)
{
    uint32_t fid = (uint32_t)args->x[0];

    if (!raw_call(s, args)) {
        return false;
    }
    if ((uint32_t)args->x[0] == FFA_ERROR) {
        int32_t code = (int32_t)args->x[2];
        fprintf(stderr, "%s: FFA_ERROR %s (%d)\n", h_ffa_name(fid), h_ffa_status_name(code), code);
        return false;
    }
    if ((uint32_t)args->x[0] == UINT32_MAX) {
        fprintf(stderr, "%s: unknown function (-1)\n", h_ffa_name(fid));
        return false;
    }
    return true;
}

// ---- Partitions ------------------------------------------------------------------------------------------------------

static void name_partition(struct shell *s, struct shell_partition *p)
{
    snprintf(p->name, sizeof(p->name), "-");
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (memcmp(known[i].uuid, p->uuid, sizeof(p->uuid)) == 0) {
            snprintf(p->name, sizeof(p->name), "%s", known[i].name);
        }
    }
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        const uint32_t *uuid = services[i].uuid;
        struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, p->id, 0, TS_RPC_SERVICE_INFO,
                                     uuid[0], uuid[1], uuid[2], uuid[3] } };

        if (strcmp(p->name, "ts-rpc") == 0 && raw_call(s, &a) &&
            (uint32_t)a.x[0] == FFA_MSG_SEND_DIRECT_RESP_32 && (uint32_t)a.x[4] == 0) {
            snprintf(p->name, sizeof(p->name), "%s", services[i].name);
        }
    }
}

static void add_partition(struct shell *s, const uint64_t x[3])
{
    if (s->partition_count < SHELL_PARTITIONS_MAX) {
        struct shell_partition *p = &s->partitions[s->partition_count++];
        *p = (struct shell_partition){
            .id = (uint16_t)x[0],
            .contexts = (uint16_t)(x[0] >> 16),
            .properties = (uint32_t)(x[0] >> 32),
            .uuid = { (uint32_t)x[1], (uint32_t)(x[1] >> 32), (uint32_t)x[2],
                      (uint32_t)(x[2] >> 32) },
        };
    }
}

int shell_find_partitions(struct shell *s)
{
    uint64_t start = 0;
    uint64_t tag = 0;
    uint64_t last;

    s->partition_count = 0;
    do {
        struct ffa_args a = { .x = { FFA_PARTITION_INFO_GET_REGS, 0, 0, tag << 16 | start } };
        if (!shell_call(s, &a)) {
            return 1;
        }
        uint64_t current = a.x[2] >> 16 & 0xffff;
        last = a.x[2] & 0xffff;
        tag = a.x[2] >> 32 & 0xffff;
        if (current < start || current - start >= INFO_REGS_PER_CALL) {
            fprintf(stderr,
                    "FFA_PARTITION_INFO_GET_REGS: indices %" PRIu64 " of %" PRIu64
                    " make no sense\n",
                    current, last);
            return 1;
        }
        for (uint64_t i = 0; i <= current - start; i++) {
            add_partition(s, &a.x[3 + 3 * i]);
        }
        start = current + 1;
    } while (start <= last);
    for (unsigned int i = 0; i < s->partition_count; i++) {
        name_partition(s, &s->partitions[i]);
    }
    return 0;
}

static void print_uuid(const uint32_t uuid[4])
{
    uint8_t b[16];

    memcpy(b, uuid, sizeof(b));
    for (unsigned int i = 0; i < 16; i++) {
        printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
    }
}

static int cmd_partitions(struct shell *s, int argc, char **argv)
{
    static const char *const properties[] = { "receives direct requests", "sends direct requests",
                                              "indirect messages", "notifications" };

    (void)argc;
    (void)argv;
    if (shell_find_partitions(s) != 0) {
        return 1;
    }
    for (unsigned int i = 0; i < s->partition_count; i++) {
        const struct shell_partition *p = &s->partitions[i];
        printf("0x%04x  %-8s ", p->id, p->name);
        print_uuid(p->uuid);
        printf("  contexts %u", p->contexts);
        for (unsigned int b = 0; b < 4; b++) {
            if ((p->properties >> b & 1) != 0) {
                printf(", %s", properties[b]);
            }
        }
        printf("%s\n", (p->properties & FFA_PROP_AARCH64) != 0 ? ", AArch64" : ", AArch32");
    }
    return 0;
}

const struct shell_partition *shell_partition(struct shell *s, const char *text)
{
    for (unsigned int i = 0; i < s->partition_count; i++) {
        if (strcasecmp(s->partitions[i].name, text) == 0) {
            return &s->partitions[i];
        }
    }
    fprintf(stderr, "%s: no partition of that name; 'partitions' lists them\n", text);
    return NULL;
}

// ---- Calls -----------------------------------------------------------------------------------------------------------

static void print_result(const struct ffa_args *a, unsigned int count)
{
    printf("%s", h_ffa_name((uint32_t)a->x[0]));
    if ((uint32_t)a->x[0] == FFA_ERROR) {
        printf(" %s", h_ffa_status_name((int32_t)a->x[2]));
    }
    printf("\n");
    for (unsigned int i = 0; i < count; i++) {
        printf("  x%-2u %016" PRIx64 "%s", i, a->x[i], i % 4 == 3 || i == count - 1 ? "\n" : "");
    }
}

static int cmd_call(struct shell *s, int argc, char **argv)
{
    struct ffa_args a = { .x = { h_ffa_number(argv[1]) } };

    if (a.x[0] == 0 && isdigit((unsigned char)argv[1][0]) == 0) {
        fprintf(stderr, "%s: neither a number nor a function that has a name here\n", argv[1]);
        return 1;
    }
    if (a.x[0] == 0 && !shell_number(argv[1], &a.x[0])) {
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        if (!shell_number(argv[i], &a.x[i - 1])) {
            return 1;
        }
    }
    if (!raw_call(s, &a)) {
        return 1;
    }
    print_result(&a, 18);
    return (uint32_t)a.x[0] == FFA_ERROR || (uint32_t)a.x[0] == UINT32_MAX;
}

static int direct(struct shell *s, uint32_t fid, int argc, char **argv)
{
    struct ffa_args a = { .x = { fid } };

    if (isdigit((unsigned char)argv[1][0]) != 0) {
        if (!shell_number(argv[1], &a.x[1])) {
            return 1;
        }
        a.x[1] &= 0xffff;
    } else {
        const struct shell_partition *p = shell_partition(s, argv[1]);
        if (p == NULL) {
            return 1;
        }
        a.x[1] = p->id;
    }
    for (int i = 2; i < argc; i++) {
        if (!shell_number(argv[i], &a.x[i + 1])) {
            return 1;
        }
    }
    if (!raw_call(s, &a)) {
        return 1;
    }
    print_result(&a, 8);
    return (uint32_t)a.x[0] == FFA_ERROR;
}

static int cmd_direct(struct shell *s, int argc, char **argv)
{
    return direct(s, FFA_MSG_SEND_DIRECT_REQ_64, argc, argv);
}

static int cmd_direct32(struct shell *s, int argc, char **argv)
{
    return direct(s, FFA_MSG_SEND_DIRECT_REQ_32, argc, argv);
}

static int cmd_version(struct shell *s, int argc, char **argv)
{
    struct ffa_args a = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    if ((argc > 1 && !shell_number(argv[1], &a.x[1])) || !raw_call(s, &a)) {
        return 1;
    }
    uint32_t v = (uint32_t)a.x[0];
    if ((v & FFA_VERSION_MBZ) != 0) {
        printf("FFA_VERSION %#" PRIx64 ": refused (%d)\n", a.x[1], (int32_t)v);
        return 1;
    }
    printf("FF-A %u.%u\n", v >> 16, v & 0xffff);
    return 0;
}

// With an argument: one function or feature. Without: every function that has a name.
static int cmd_features(struct shell *s, int argc, char **argv)
{
    uint64_t only = 0;

    if (argc > 1) {
        only = h_ffa_number(argv[1]);
        if (only == 0 && !shell_number(argv[1], &only)) {
            return 1;
        }
    }
    for (size_t i = 0; argc > 1 ? i == 0 : h_ffa_name_at(i) != NULL; i++) {
        uint64_t fid = argc > 1 ? only : h_ffa_number(h_ffa_name_at(i));
        struct ffa_args a = { .x = { FFA_FEATURES, fid } };
        if (argc == 1 && (fid & SMCCC_NUMBER_MASK) < FFA_NUMBER_FIRST) {
            continue;
        }
        if (!raw_call(s, &a)) {
            return 1;
        }
        bool error = (uint32_t)a.x[0] == FFA_ERROR;
        printf("%08" PRIx64 " %-30s %s", fid, h_ffa_name((uint32_t)fid),
               error ? h_ffa_status_name((int32_t)a.x[2]) : "yes");
        printf(!error && (a.x[2] != 0 || a.x[3] != 0) ? " w2=%#" PRIx64 " w3=%#" PRIx64 "\n" : "\n",
               a.x[2], a.x[3]);
        if (error && argc > 1) {
            return 1;
        }
    }
    return 0;
}

// ---- Memory, consoles ------------------------------------------------------------------------------------------------

static void print_fault(const struct mb_fault *f)
{
    fprintf(stderr, "the normal world took an exception: ESR %#" PRIx64 " FAR %#" PRIx64 "\n",
            f->esr, f->far);
}

static int mem_read(struct shell *s, uint64_t address, uint64_t size)
{
    struct mb_fault fault;
    uint64_t value;
    int result = h_read(s->h, 0, address, (unsigned int)size, &value, &fault);

    if (result == H_FAULT) {
        print_fault(&fault);
    } else if (result == H_OK) {
        printf("%#" PRIx64 ": %0*" PRIx64 "\n", address, (int)size * 2, value);
    }
    return result != H_OK;
}

static int mem_write(struct shell *s, uint64_t address, uint64_t value, uint64_t size)
{
    struct mb_fault fault;
    int result = h_write(s->h, 0, address, (unsigned int)size, value, &fault);

    if (result == H_FAULT) {
        print_fault(&fault);
    }
    return result != H_OK;
}

static int mem_dump(struct shell *s, uint64_t address, uint64_t length)
{
    const uint8_t *p = length <= DUMP_MAX ? h_memory(s->h, address, length) : NULL;

    if (p == NULL) {
        fprintf(stderr, "mem dump: must lie in normal-world DRAM, at most %d bytes\n", DUMP_MAX);
        return 1;
    }
    for (uint64_t i = 0; i < length; i += 16) {
        printf("%08" PRIx64 " ", address + i);
        for (uint64_t k = i; k < i + 16; k++) {
            if (k < length) {
                printf(" %02x", p[k]);
            } else {
                printf("   ");
            }
        }
        printf("  ");
        for (uint64_t k = i; k < i + 16 && k < length; k++) {
            putchar(isprint(p[k]) != 0 ? p[k] : '.');
        }
        printf("\n");
    }
    return 0;
}

static int cmd_mem(struct shell *s, int argc, char **argv)
{
    uint64_t n[3] = { 0, 8, 8 };

    for (int i = 2; i < argc; i++) {
        if (!shell_number(argv[i], &n[i - 2])) {
            return 1;
        }
    }
    bool write = strcmp(argv[1], "write") == 0;
    uint64_t size = write ? n[2] : n[1];
    if (strcmp(argv[1], "dump") == 0 && argc == 4) {
        return mem_dump(s, n[0], n[1]);
    }
    if (size != 1 && size != 2 && size != 4 && size != 8) {
        fprintf(stderr, "mem: a size is 1, 2, 4 or 8\n");
        return 1;
    }
    if (strcmp(argv[1], "read") == 0 && argc <= 4) {
        return mem_read(s, n[0], size);
    }
    if (write && argc >= 4) {
        return mem_write(s, n[0], n[1], size);
    }
    fprintf(stderr, "usage: mem read ADDRESS [SIZE] | mem write ADDRESS VALUE [SIZE] | mem dump "
                    "ADDRESS LENGTH\n");
    return 1;
}

static int cmd_console(struct shell *s, int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "normal") != 0 && strcmp(argv[1], "secure") != 0) {
        fprintf(stderr, "%s: the consoles are 'normal' and 'secure'\n", argv[1]);
        return 1;
    }
    fputs(h_console(s->h, argc > 1 && strcmp(argv[1], "normal") == 0 ? H_CONSOLE_NORMAL
                                                                     : H_CONSOLE_SECURE),
          stdout);
    return 0;
}

static int cmd_help(struct shell *s, int argc, char **argv)
{
    bool found = false;

    (void)s;
    for (const struct shell_command *c = shell_commands; c->name != NULL; c++) {
        if (argc == 1 || strcasecmp(argv[1], c->name) == 0) {
            char left[64];
            snprintf(left, sizeof(left), "%s %s", c->name, c->arguments);
            printf("  %-36s %s\n", left, c->help);
            found = true;
        }
    }
    if (!found) {
        fprintf(stderr, "%s: no such command\n", argv[1]);
    }
    return found ? 0 : 1;
}

static int cmd_quit(struct shell *s, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    s->quit = true;
    return 0;
}

const struct shell_command shell_commands[] = {
    { "help", "[COMMAND]", "this list", cmd_help, 0, 1 },
    { "partitions", "", "the secure partitions, as FF-A describes them", cmd_partitions, 0, 0 },
    { "call", "NAME|NUMBER [X1 … X17]", "any SMC: FFA_ID_GET, id_get or 0x84000069", cmd_call, 1,
      18 },
    { "direct", "PARTITION [X3 … X7]", "64-bit direct request to a name or an id", cmd_direct, 1,
      6 },
    { "direct32", "PARTITION [W3 … W7]", "the same, 32-bit", cmd_direct32, 1, 6 },
    { "version", "[VERSION]", "negotiate the FF-A version (default 0x10002)", cmd_version, 0, 1 },
    { "features", "[NAME|NUMBER]", "FFA_FEATURES of one or of all functions", cmd_features, 0, 1 },
    { "mem", "read|write|dump ADDRESS …", "memory as the normal world sees it", cmd_mem, 2, 4 },
    { "random", "COUNT", "random bytes from the crypto partition", shell_random, 1, 1 },
    { "hash", "TEXT", "SHA-256 of TEXT by the crypto partition", shell_hash, 1, 1 },
    { "sign", "TEXT", "ECDSA P-256 signature of TEXT with a new key, verified", shell_sign, 1, 1 },
    { "encrypt", "TEXT", "AES-256-GCM of TEXT with a new key, decrypted again", shell_encrypt, 1,
      1 },
    { "its", "set|get|info|remove UID [TEXT]", "assets in internal trusted storage", shell_its, 2,
      3 },
    { "ps", "set|get|info|remove UID [TEXT]", "assets in protected storage", shell_ps, 2, 3 },
    { "attest", "token NONCE FILE | key FILE | log FILE",
      "write token, public key or event log to FILE", shell_attest, 2, 3 },
    { "capabilities", "crypto|its|ps", "what a service says that it can do", shell_capabilities, 1,
      1 },
    { "client", "NUMBER", "make further calls for this client of the normal world (0)",
      shell_client, 1, 1 },
    { "console", "[secure|normal]", "what the guest printed", cmd_console, 0, 1 },
    { "quit", "", "end", cmd_quit, 0, 0 },
    { NULL, NULL, NULL, NULL, 0, 0 },
};
