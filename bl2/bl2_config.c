// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder of the boot configuration; format and contract in bl2_config.h. dtb_check() sees the tree
// first, then libfdt walks; the rules are here.
#include "bl2_config.h"

#include <libfdt.h>
#include <string.h>

#include "dtb_check.h"

#define ROOT_COMPATIBLE "tessera,tb-fw-config"
#define SP_NODE "secure-partitions"
#define SP_COMPATIBLE "arm,sp"

// A name that a node may have among its properties or children
static bool name_in(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

static int refuse(struct bl2_config_fault *fault, const char *where, const char *rule, int result)
{
    size_t length = strnlen(where, BL2_CONFIG_NAME_SIZE - 1);

    memcpy(fault->where, where, length);
    fault->where[length] = '\0';
    fault->rule = rule;
    return result;
}

// Every property of `node` is in `names`.
static int properties_check(const void *dtb, int node, const char *const *names,
                            struct bl2_config_fault *fault)
{
    int property;

    fdt_for_each_property_offset(property, dtb, node)
    {
        const char *name = NULL;

        if (fdt_getprop_by_offset(dtb, property, &name, NULL) == NULL || name == NULL) {
            return refuse(fault, "/", "must be a readable device tree", ERR_INVALID);
        }
        if (!name_in(name, names)) {
            return refuse(fault, name, "must be a property that the format knows", ERR_INVALID);
        }
    }
    return ERR_NONE;
}

// Who signs a package. False: `text` (may be NULL) is no owner
static bool owner_parse(const char *text, enum cot_root *owner)
{
    static const char *const owners[COT_ROOT_COUNT] = {
        [COT_ROOT] = "SiP", [COT_PLATFORM_ROOT] = "Plat"
    };

    for (uint32_t i = 0; text != NULL && i < COT_ROOT_COUNT; i++) {
        if (strcmp(text, owners[i]) == 0) {
            *owner = (enum cot_root)i;
            return true;
        }
    }
    return false;
}

// The property is there and is exactly one string (with its NUL at the end and nowhere else).
static const char *string_get(const void *dtb, int node, const char *name)
{
    int length;
    const char *value = fdt_getprop(dtb, node, name, &length);

    if (value == NULL || length < 1 || strnlen(value, (size_t)length) != (size_t)length - 1) {
        return NULL;
    }
    return value;
}

static int compatible_check(const void *dtb, int node, const char *wanted,
                            struct bl2_config_fault *fault)
{
    const char *value = string_get(dtb, node, "compatible");

    if (value == NULL || strcmp(value, wanted) != 0) {
        return refuse(fault, "compatible",
                      "must be \"" ROOT_COMPATIBLE "\" in the root, \"" SP_COMPATIBLE
                      "\" in " SP_NODE,
                      ERR_INVALID);
    }
    return ERR_NONE;
}

static int package_read(const void *dtb, int node, struct bl2_config_package *package,
                        struct bl2_config_fault *fault)
{
    static const char *const known[] = { "uuid", "owner", NULL };
    const char *name = fdt_get_name(dtb, node, NULL);
    const char *uuid = string_get(dtb, node, "uuid");
    int result;

    if (name == NULL || strlen(name) >= sizeof(package->name)) {
        return refuse(fault, name == NULL ? "/" : name, "must be a name of at most 31 characters",
                      ERR_INVALID);
    }
    result = properties_check(dtb, node, known, fault);
    if (result != ERR_NONE) {
        return result;
    }
    if (fdt_first_subnode(dtb, node) >= 0) {
        return refuse(fault, name, "must have no nodes in it", ERR_INVALID);
    }
    if (!owner_parse(string_get(dtb, node, "owner"), &package->owner)) {
        return refuse(fault, name, "must have an owner, \"Plat\" or \"SiP\"", ERR_INVALID);
    }
    if (uuid == NULL || uuid_parse(uuid, strlen(uuid), package->uuid) != ERR_NONE) {
        return refuse(fault, name, "must have a uuid, 8-4-4-4-12 hexadecimal digits", ERR_INVALID);
    }
    memset(package->name, 0, sizeof(package->name));
    memcpy(package->name, name, strlen(name));
    return ERR_NONE;
}

static int packages_read(const void *dtb, int parent, struct bl2_config *config,
                         struct bl2_config_fault *fault)
{
    int node;

    fdt_for_each_subnode(node, dtb, parent)
    {
        struct bl2_config_package *package = &config->packages[config->package_count];
        int result;

        if (config->package_count == HANDOFF_MAX_PACKAGES) {
            return refuse(fault, SP_NODE, "must list at most 8 packages", ERR_NO_MEMORY);
        }
        result = package_read(dtb, node, package, fault);
        if (result != ERR_NONE) {
            return result;
        }
        for (uint32_t i = 0; i < config->package_count; i++) {
            if (memcmp(config->packages[i].uuid, package->uuid, UUID_SIZE) == 0) {
                return refuse(fault, package->name, "must have a uuid of its own", ERR_DUPLICATE);
            }
        }
        config->package_count++;
    }
    return ERR_NONE;
}

// The root's only child is SP_NODE. Returns its offset in `found`.
static int root_read(const void *dtb, int *found, struct bl2_config_fault *fault)
{
    static const char *const known[] = { "compatible", NULL };
    int result = properties_check(dtb, 0, known, fault);
    int node;

    *found = -1;
    if (result == ERR_NONE) {
        result = compatible_check(dtb, 0, ROOT_COMPATIBLE, fault);
    }
    if (result != ERR_NONE) {
        return result;
    }
    fdt_for_each_subnode(node, dtb, 0)
    {
        const char *name = fdt_get_name(dtb, node, NULL);

        if (name == NULL || strcmp(name, SP_NODE) != 0) {
            return refuse(fault, name == NULL ? "/" : name, "must be a node that the format knows",
                          ERR_INVALID);
        }
        if (*found >= 0) {
            return refuse(fault, SP_NODE, "must stand once", ERR_DUPLICATE);
        }
        *found = node;
    }
    if (*found < 0) {
        return refuse(fault, SP_NODE, "must be there", ERR_INVALID);
    }
    result = properties_check(dtb, *found, known, fault);
    return result != ERR_NONE ? result : compatible_check(dtb, *found, SP_COMPATIBLE, fault);
}

int bl2_config_decode(const void *dtb, size_t size, struct bl2_config *config,
                      struct bl2_config_fault *fault)
{
    struct bl2_config decoded = { 0 };
    const char *why = NULL;
    int node;
    int result;

    if (dtb_check(dtb, size, &why) != 0) {
        return refuse(fault, "/", why, ERR_INVALID);
    }
    result = root_read(dtb, &node, fault);
    if (result == ERR_NONE) {
        result = packages_read(dtb, node, &decoded, fault);
    }
    if (result == ERR_NONE) {
        *config = decoded;
    }
    return result;
}

int bl2_config_image(const struct bl2_config *config, uint32_t index, uint32_t chain,
                     enum cot_image *image)
{
    enum cot_root owner;
    uint32_t number = 0; // among those of its owner

    if (index >= config->package_count || (chain != COT_SINGLE_ROOT && chain != COT_DUAL_ROOT)) {
        return ERR_INVALID;
    }
    if (chain == COT_SINGLE_ROOT) {
        *image = (enum cot_image)(COT_SP1 + index);
        return ERR_NONE;
    }
    owner = config->packages[index].owner;
    for (uint32_t i = 0; i < index; i++) {
        number += config->packages[i].owner == owner;
    }
    if (number >= COT_SP_PLATFORM_FIRST) {
        return ERR_NO_MEMORY;
    }
    *image = (enum cot_image)(COT_SP1 + number +
                              (owner == COT_PLATFORM_ROOT ? COT_SP_PLATFORM_FIRST : 0));
    return ERR_NONE;
}

uint32_t bl2_config_key_owner(uint32_t chain, enum cot_image image)
{
    return chain == COT_DUAL_ROOT && image >= COT_SP1 + COT_SP_PLATFORM_FIRST;
}

static bool certificate_known(uint32_t chain, const uint8_t *uuid)
{
    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        enum cot_cert cert = (enum cot_cert)i;

        if (cot_in_chain(cert, chain) &&
            image_uuid_equal(uuid, fip_names_get(cot_cert_row(cert)->id)->uuid)) {
            return true;
        }
    }
    return false;
}

bool bl2_config_knows(const struct bl2_config *config, uint32_t chain, const uint8_t *uuid)
{
    for (uint32_t i = 0; i < COT_SP1; i++) {
        const struct cot_image_row *row = cot_image_row((enum cot_image)i);

        if (image_uuid_equal(uuid, fip_names_get(row->id)->uuid)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < config->package_count; i++) {
        if (image_uuid_equal(uuid, config->packages[i].uuid)) {
            return true;
        }
    }
    return certificate_known(chain, uuid);
}
