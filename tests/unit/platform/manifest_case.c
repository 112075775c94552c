// SPDX-License-Identifier: BSD-3-Clause
//
// Test cases of the manifest reader, see manifest_case.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "manifest_case.h"

static const struct sp_manifest_range reserved[] = {
    { 0x0e000000, 0x00400000 },
    { RESERVED_BASE, RESERVED_SIZE },
};
static const struct sp_manifest_range devices[] = {
    { DEVICE_BASE, DEVICE_SIZE },
    { DEVICE_2_BASE, 0x1000 },
};
static const struct sp_manifest_range ns_devices[] = { { DEVICE_NS_BASE, DEVICE_NS_SIZE } };
static const struct sp_manifest_range readable[] = { { DEVICE_READ_BASE, 0x1000 } };
const struct sp_manifest_limits case_limits = {
    .version = FFA_VERSION_1_2,
    .messaging = FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND | FFA_PROP_INDIRECT |
                 FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND,
    .ns_ram = { NS_BASE, NS_SIZE },
    .secure_ram = { SECURE_BASE, SECURE_SIZE },
    .reserved = reserved,
    .reserved_count = 2,
    .devices = devices,
    .device_count = 2,
    .readable = readable,
    .readable_count = 1,
    .ns_devices = ns_devices,
    .ns_device_count = 1,
};

uint8_t case_dtb[CASE_DTB_SIZE] __attribute__((aligned(8)));
struct sp_config case_config;
struct sp_manifest_error case_error;

void case_clear(void)
{
    memset(&case_config, 0xee, sizeof(case_config));
    memset(&case_error, 0, sizeof(case_error));
}

int case_decode(const struct package_change *changes, const struct package_region *regions)
{
    return case_decode_nodes(changes, regions, NULL);
}

int case_decode_nodes(const struct package_change *changes, const struct package_region *regions,
                      const struct package_node *nodes)
{
    size_t size = package_build_nodes(case_dtb, sizeof(case_dtb), changes, regions, nodes);

    case_clear();
    return sp_manifest_decode(case_dtb, size, &case_limits, &case_config, &case_error);
}

void case_refused(int err, const char *node, const char *property)
{
    static const struct sp_config wiped;

    if (case_error.rule == NULL) {
        fail_msg("accepted: expected error %d for node \"%s\", property \"%s\"", err, node,
                 property);
    }
    assert_string_equal(case_error.node, node);
    assert_string_equal(case_error.property, property);
    assert_int_equal(strncmp(case_error.rule, "must ", 5), 0);
    assert_memory_equal(&case_config, &wiped, sizeof(case_config));
}

const uint8_t *case_cell(uint32_t value)
{
    static uint8_t bytes[4];

    for (uint32_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
    return bytes;
}
