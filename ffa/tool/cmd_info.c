// SPDX-License-Identifier: BSD-3-Clause
//
// tessera info: what is there, as the services say it themselves.
#include <stdio.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/abi/ts_caps_names.h"
#include "tessera.h"
#include "tool.h"

#define CAPABILITIES_MAX 256

static const char *const services[TESSERA_SERVICES] = {
    [TESSERA_CRYPTO] = "crypto",
    [TESSERA_ITS] = "its",
    [TESSERA_PS] = "ps",
    [TESSERA_ATTEST] = "attest",
};

static uint64_t count_of(const struct tessera_capability *list, size_t count, uint32_t id)
{
    uint64_t found = 0;

    for (size_t i = 0; i < count; i++) {
        found += list[i].id == id;
    }
    return found;
}

// Numbers by name; of lists only their length
static void show_list(enum tessera_service service, const struct tessera_capability *list,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = ts_caps_name(list[i].id);

        if (name != NULL) {
            tool_output_number(name, list[i].value);
        }
    }
    if (service == TESSERA_CRYPTO) {
        tool_output_number("algorithms", count_of(list, count, TS_CAPS_CRYPTO_ALGORITHM));
        tool_output_number("types of keys", count_of(list, count, TS_CAPS_CRYPTO_KEY_TYPE));
    }
}

// Whether the service is there
static bool show(enum tessera_service service)
{
    struct tessera_capabilities capabilities;
    struct tessera_capability list[CAPABILITIES_MAX];
    size_t count;
    psa_status_t status =
        tessera_get_capabilities(service, &capabilities, list, CAPABILITIES_MAX, &count);

    tool_output_open(services[service]);
    if (status == PSA_SUCCESS) {
        char version[24];

        (void)snprintf(version, sizeof(version), "%u.%u", capabilities.api_version >> 16,
                       capabilities.api_version & 0xffff);
        tool_output_text("version", version);
        tool_output_number("largest request", capabilities.request_max);
        tool_output_number("largest response", capabilities.response_max);
        show_list(service, list, count);
    } else {
        const char *name = tessera_status_name(status);

        // Another firmware than Tessera's has services that do not tell
        tool_output_text("status", status == PSA_ERROR_NOT_SUPPORTED    ? "there, and says no more"
                                   : status == PSA_ERROR_DOES_NOT_EXIST ? "not there"
                                   : status == PSA_ERROR_NOT_PERMITTED
                                       ? "not there, or its device is not for this user"
                                   : name != NULL ? name
                                                  : "unknown");
    }
    tool_output_close();
    return status == PSA_SUCCESS || status == PSA_ERROR_NOT_SUPPORTED;
}

enum tool_exit cmd_info(const struct tool_args *args)
{
    size_t there = 0;

    (void)args;
    tool_output_text("library", tessera_version());
    for (int i = 0; i < TESSERA_SERVICES; i++) {
        there += show((enum tessera_service)i);
    }
    return there != 0 ? TOOL_OK : TOOL_FAILED;
}
