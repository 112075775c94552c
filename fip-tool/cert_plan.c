// SPDX-License-Identifier: BSD-3-Clause
//
// What the certificates of a FIP must say: the boot's table (platform/lib/boot/cot.h) filled with the
// images of the FIP, the numbers of its packages as BL2 counts them, and the options. Used by certs and
// sign. The FIP is not trusted beyond what fip_file_open() checked.
#include "signing.h"

#include <stdlib.h>
#include <string.h>

#include "bl2/bl2_config.h"

void cert_plan_options(const struct tool_args *args, struct cert_plan_options *options)
{
    *options = (struct cert_plan_options){
        .chain = args->chain == COT_DUAL_ROOT ? COT_DUAL_ROOT : COT_SINGLE_ROOT,
        .has_hash = args->has_hash,
        .hash = args->hash,
    };
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        options->counter[i] = (uint32_t)args->counter[i];
    }
}

// The entry with that UUID; an error line and NULL if the FIP has none.
static const struct fip_entry *find_entry(const char *path, const struct fip *fip,
                                          const uint8_t *uuid, const char *who)
{
    char label[TOOL_LABEL_SIZE];

    for (uint32_t i = 0; i < fip->entry_count; i++) {
        if (image_uuid_equal(fip->entries[i].uuid, uuid)) {
            return &fip->entries[i];
        }
    }
    tool_error("%s: found no image %s, expected one: %s", path, tool_label(uuid, label), who);
    return NULL;
}

static int find_firmware(const char *path, const struct fip *fip, struct cert_plan *plan)
{
    int result = 0;

    for (uint32_t i = 0; i < COT_SP1; i++) {
        const struct cot_image_row *row = cot_image_row((enum cot_image)i);

        plan->images[i] =
            find_entry(path, fip, fip_names_get(row->id)->uuid, "no board boots without it");
        result = plan->images[i] == NULL ? ERR_NOT_FOUND : result;
    }
    return result;
}

static int decode_config(const char *path, const struct fip_file *fip_file,
                         const struct fip_entry *entry, struct bl2_config *config)
{
    struct bl2_config_fault fault;
    void *copy = malloc(entry->size); // aligned as the decoder wants it
    int err;

    if (copy == NULL) {
        tool_error("%s: no memory for %llu bytes", path, (unsigned long long)entry->size);
        return ERR_NO_MEMORY;
    }
    memcpy(copy, fip_file_data(fip_file, entry), entry->size);
    err = bl2_config_decode(copy, entry->size, config, &fault);
    if (err != 0) {
        tool_error("%s: tb-fw-config: \"%s\" %s", path, fault.where, fault.rule);
    }
    free(copy);
    return err;
}

static int find_packages(const char *path, const struct fip *fip, const struct bl2_config *config,
                         struct cert_plan *plan)
{
    int result = 0;

    for (uint32_t i = 0; i < config->package_count; i++) {
        const struct bl2_config_package *package = &config->packages[i];
        enum cot_image image = COT_SP1;
        int err = bl2_config_image(config, i, plan->options.chain, &image);

        if (err != 0) {
            tool_error("%s: tb-fw-config: \"%s\" must be one of at most %d packages of its owner",
                       path, package->name, COT_SP_PLATFORM_FIRST);
            return err;
        }
        plan->images[image] = find_entry(path, fip, package->uuid, "tb-fw-config lists it");
        result = plan->images[image] == NULL ? ERR_NOT_FOUND : result;
    }
    return result;
}

int cert_plan_make(const char *path, const struct fip_file *fip_file,
                   const struct cert_plan_options *options, struct cert_plan *plan)
{
    struct bl2_config config;
    int err;

    *plan = (struct cert_plan){ .options = *options, .fip_file = fip_file };
    err = find_firmware(path, &fip_file->fip, plan);
    if (plan->images[COT_TB_FW_CONFIG] != NULL) {
        int config_err = decode_config(path, fip_file, plan->images[COT_TB_FW_CONFIG], &config);

        if (config_err == 0) {
            config_err = find_packages(path, &fip_file->fip, &config, plan);
        }
        err = config_err != 0 ? config_err : err;
    }
    return err;
}

// The image with its hash in this extension; COT_IMAGE_COUNT: none that this firmware loads.
static enum cot_image image_of_oid(enum cot_oid oid)
{
    for (uint32_t i = 0; i < COT_IMAGE_COUNT; i++) {
        if (cot_image_row((enum cot_image)i)->hash_oid == oid) {
            return (enum cot_image)i;
        }
    }
    return COT_IMAGE_COUNT;
}

static int fill_digest(const struct cert_plan *plan, enum cot_image image, enum boot_hash hash,
                       uint8_t digest[BOOT_HASH_MAX])
{
    const struct fip_entry *entry = image < COT_IMAGE_COUNT ? plan->images[image] : NULL;
    struct boot_digests digests;
    int err;

    memset(digest, 0, BOOT_HASH_MAX); // as in TF-A zero stands for: no such image
    if (entry == NULL) {
        return 0;
    }
    err = boot_hash_make(fip_file_data(plan->fip_file, entry), entry->size, BOOT_HASH_BIT(hash),
                         &digests);
    if (err == 0) {
        memcpy(digest, digests.value[hash], BOOT_HASH_MAX);
    }
    return err;
}

static int add_extension(const struct cert_plan *plan, const struct keys *keys, enum cot_oid oid,
                         struct cert_write_request *request)
{
    struct cert_write_extension *extension = &request->extensions[request->extension_count++];

    extension->oid = oid;
    extension->value = cot_oid_row(oid)->value;
    switch (extension->value) {
    case COT_COUNTER:
        extension->counter =
            plan->options.counter[oid == COT_OID_TRUSTED_COUNTER ? COT_TRUSTED : COT_NON_TRUSTED];
        return 0;
    case COT_KEY:
        extension->key = &keys->all[keys_of_oid(oid)];
        return 0;
    case COT_HASH:
        break;
    }
    return fill_digest(plan, image_of_oid(oid), request->hash, extension->digest);
}

int cert_plan_request(const struct cert_plan *plan, const struct keys *keys, enum cot_cert cert,
                      struct cert_write_request *request)
{
    const struct cot_cert_row *row = cot_cert_row(cert);
    const struct keys_key *signer = &keys->all[keys_signer(cert)];
    enum cot_oid oid;
    int err = 0;

    *request = (struct cert_write_request){
        .subject = row->subject,
        .signer = signer,
        .hash = signer->kind == BOOT_PK_P384 ? BOOT_SHA384 : BOOT_SHA256,
    };
    if (plan->options.has_hash) {
        request->hash = plan->options.hash;
    }
    for (uint32_t i = 0; err == 0; i++) {
        oid = cot_extension(cert, plan->options.chain, i);
        if (oid == COT_OID_NONE) {
            break;
        }
        err = add_extension(plan, keys, oid, request);
    }
    if (err != 0) {
        tool_error("%s: cannot hash the images", row->subject);
    }
    return err;
}
