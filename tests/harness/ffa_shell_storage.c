// SPDX-License-Identifier: BSD-3-Clause
//
// The commands of ffa-shell that use the storage partition, through the PSA client library, and those about all services.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ffa/abi/ts_caps_names.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/psa_client.h"
#include "tests/harness/ffa_shell.h"

#define ASSET_MAX 65536
#define ENTRIES_MAX 256

// ITS or PS
struct api {
    const char *name;
    psa_status_t (*set)(psa_storage_uid_t uid, size_t size, const void *data,
                        psa_storage_create_flags_t flags);
    psa_status_t (*get)(psa_storage_uid_t uid, size_t offset, size_t size, void *data,
                        size_t *length);
    psa_status_t (*get_info)(psa_storage_uid_t uid, struct psa_storage_info_t *info);
    psa_status_t (*remove)(psa_storage_uid_t uid);
};

static int print_asset(const struct api *api, psa_storage_uid_t uid)
{
    static uint8_t bytes[ASSET_MAX];
    size_t length;

    if (shell_check("get", api->get(uid, 0, sizeof(bytes), bytes, &length)) != 0) {
        return 1;
    }
    for (size_t i = 0; i < length; i++) {
        putchar(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.');
    }
    printf("\n");
    return 0;
}

static int print_info(const struct api *api, psa_storage_uid_t uid)
{
    struct psa_storage_info_t info;

    if (shell_check("get_info", api->get_info(uid, &info)) != 0) {
        return 1;
    }
    printf("%zu bytes, room for %zu, flags %#" PRIx32 "\n", info.size, info.capacity, info.flags);
    return 0;
}

static int run(struct shell *s, const struct api *api, int argc, char **argv)
{
    uint64_t uid;

    if (!shell_number(argv[2], &uid) || shell_connect(s) != 0) {
        return 1;
    }
    if (strcmp(argv[1], "set") == 0 && argc == 4) {
        return shell_check("set", api->set(uid, strlen(argv[3]), argv[3], PSA_STORAGE_FLAG_NONE));
    }
    if (strcmp(argv[1], "get") == 0 && argc == 3) {
        return print_asset(api, uid);
    }
    if (strcmp(argv[1], "info") == 0 && argc == 3) {
        return print_info(api, uid);
    }
    if (strcmp(argv[1], "remove") == 0 && argc == 3) {
        return shell_check("remove", api->remove(uid));
    }
    fprintf(stderr, "usage: %s set UID TEXT, or get, info or remove UID\n", api->name);
    return 1;
}

int shell_its(struct shell *s, int argc, char **argv)
{
    static const struct api its = { "its", psa_its_set, psa_its_get, psa_its_get_info,
                                    psa_its_remove };

    return run(s, &its, argc, argv);
}

int shell_ps(struct shell *s, int argc, char **argv)
{
    static const struct api ps = { "ps", psa_ps_set, psa_ps_get, psa_ps_get_info, psa_ps_remove };

    return run(s, &ps, argc, argv);
}

static void print_entry(const struct ts_caps_entry *entry)
{
    const char *name = entry->id == TS_CAPS_CRYPTO_ALGORITHM  ? "algorithm"
                       : entry->id == TS_CAPS_CRYPTO_KEY_TYPE ? "key type and bits"
                                                              : NULL;

    if (name != NULL) { // lists of codes
        printf("%#05" PRIx32 "  %-32s 0x%08" PRIx32 "\n", entry->id, name, entry->value);
        return;
    }
    name = ts_caps_name(entry->id);
    printf("%#05" PRIx32 "  %-32s %" PRIu32 "\n", entry->id, name != NULL ? name : "?",
           entry->value);
}

int shell_capabilities(struct shell *s, int argc, char **argv)
{
    static const char *const names[PSA_CLIENT_SERVICES] = { "crypto", "its", "ps", "attest" };
    static struct ts_caps_entry entries[ENTRIES_MAX];
    struct ts_caps caps;
    size_t count;

    (void)argc;
    for (int i = 0; i < PSA_CLIENT_SERVICES; i++) {
        if (strcmp(argv[1], names[i]) != 0) {
            continue;
        }
        if (shell_connect(s) != 0 ||
            shell_check("psa_client_capabilities",
                        psa_client_capabilities((enum psa_client_service)i, &caps, entries,
                                                ENTRIES_MAX, &count)) != 0) {
            return 1;
        }
        printf("version %" PRIu32 ".%" PRIu32 ", requests to %" PRIu32 " and responses to %" PRIu32
               " bytes\n",
               caps.service_version >> 16, caps.service_version & 0xffff, caps.request_max,
               caps.response_max);
        for (size_t k = 0; k < count; k++) {
            print_entry(&entries[k]);
        }
        return 0;
    }
    fprintf(stderr, "%s: must be crypto, its, ps or attest\n", argv[1]);
    return 1;
}

int shell_client(struct shell *s, int argc, char **argv)
{
    uint64_t number;

    (void)argc;
    if (!shell_number(argv[1], &number)) {
        return 1;
    }
    if (number > UINT16_MAX) {
        fprintf(stderr, "client: at most %d\n", UINT16_MAX);
        return 1;
    }
    s->transport.transport.client = (uint16_t)number;
    return 0;
}
