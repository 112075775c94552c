// SPDX-License-Identifier: BSD-3-Clause
//
// A boot of a FIP played on the host; contracts in trust.h. Called by verify, measure, certs and sign.
// What is believed is decided by the firmware's chain.c and bl2_config.c; the load order is that of enum
// cot_image, which bl2_images.c follows (a test compares them). Trusts no byte of the FIP. Where images
// fit in memory is the board's affair and not asked here.
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse_chain(struct walk *walk, struct walk_image *step,
                         const struct chain_fault *fault)
{
    const struct fip *fip = &walk->fip_file->fip;
    const uint8_t *uuid = fault->id < IMAGE_COUNT ? fip_names_get(fault->id)->uuid : step->uuid;
    struct refusal *refusal = refusal_add(&walk->refusals, walk->path, fault->field, fault->text);

    refusal_set_entry(refusal, fip, uuid);
    if (fault->offset != UINT32_MAX) {
        refusal_set_offset(refusal, fip, fault->offset);
    }
    refusal->numbers = fault->digest_size == 0 && fault->found != fault->expected;
    refusal->found = fault->found;
    refusal->expected = fault->expected;
    refusal->digest_size = fault->digest_size;
    memcpy(refusal->found_digest, fault->found_digest, fault->digest_size);
    memcpy(refusal->expected_digest, fault->expected_digest, fault->digest_size);
}

static bool same_refusal(const struct refusal *a, const struct refusal *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->field, b->field) == 0 && a->text == b->text &&
           a->offset == b->offset && a->found == b->found && a->expected == b->expected &&
           a->digest_size == b->digest_size &&
           memcmp(a->found_digest, b->found_digest, a->digest_size) == 0 &&
           memcmp(a->expected_digest, b->expected_digest, a->digest_size) == 0;
}

// One certificate is refused once, however many images need it: the new refusal goes if it says what an
// older one says. Returns the index of the one that stays.
static uint32_t merge_refusal(struct refusals *refusals)
{
    uint32_t last = refusals->count - 1;

    for (uint32_t i = 0; i < last; i++) {
        if (same_refusal(&refusals->all[i], &refusals->all[last])) {
            refusals->count--;
            return i;
        }
    }
    return last;
}

static int refuse_image(struct walk *walk, struct walk_image *step, const char *field,
                        const char *text, int err)
{
    refusal_set_entry(refusal_add(&walk->refusals, walk->path, field, text), &walk->fip_file->fip,
                      step->uuid);
    return err;
}

// The steps of load_image(), BL1's and BL2's, without the memory.
static int prove_image(struct walk *walk, struct walk_image *step)
{
    verdict_t verdict = VERDICT_REFUSE;
    struct chain_expected expected;
    struct chain_fault fault = { 0 };
    int err = chain_expect(&walk->chain, step->image, &expected, &fault);

    if (err != 0) {
        refuse_chain(walk, step, &fault);
        return err;
    }
    if (step->entry == NULL) {
        return refuse_image(walk, step, "image", "must be in the FIP", ERR_NOT_FOUND);
    }
    err = boot_hash_make(fip_file_data(walk->fip_file, step->entry), step->entry->size,
                         BOOT_HASH_BANKS | BOOT_HASH_BIT(expected.hash), &step->digests);
    if (err != 0) {
        return refuse_image(walk, step, "image", "must be hashed, but the library failed", err);
    }
    step->hash = expected.hash;
    verdict = chain_check(&walk->chain, step->image, &expected, &step->digests, &fault);
    if (!verdict_accepts(&verdict)) {
        refuse_chain(walk, step, &fault);
        return ERR_DENIED;
    }
    return 0;
}

static struct walk_image *walk_image(struct walk *walk, enum cot_image image, const uint8_t *uuid)
{
    struct walk_image *step = &walk->images[walk->image_count++];
    const struct fip *fip = &walk->fip_file->fip;
    char text[TOOL_LABEL_SIZE];

    memset(step, 0, sizeof(*step));
    step->image = image;
    memcpy(step->uuid, uuid, IMAGE_UUID_SIZE);
    snprintf(step->label, sizeof(step->label), "%s", tool_label(uuid, text));
    step->cert = cot_image_cert(image, walk->policy.chain.chain);
    for (uint32_t i = 0; i < fip->entry_count; i++) {
        if (image_uuid_equal(fip->entries[i].uuid, uuid)) {
            step->entry = &fip->entries[i];
        }
    }
    if (prove_image(walk, step) == 0) {
        step->state = WALK_PROVED;
    } else {
        step->refusal = merge_refusal(&walk->refusals);
    }
    return step;
}

// BL2's reading of TB_FW_CONFIG, only after it was proved.
static void read_config(struct walk *walk, const struct walk_image *step)
{
    struct bl2_config_fault fault;
    void *dtb = malloc(step->entry->size); // aligned, as in memory

    if (dtb == NULL) {
        refusal_add(&walk->refusals, walk->path, "memory", "must be there for TB_FW_CONFIG");
        return;
    }
    memcpy(dtb, fip_file_data(walk->fip_file, step->entry), step->entry->size);
    if (bl2_config_decode(dtb, step->entry->size, &walk->config, &fault) == 0) {
        walk->config_known = true;
    } else {
        refusal_set_entry(refusal_add(&walk->refusals, walk->path, fault.where, fault.rule),
                          &walk->fip_file->fip, step->uuid);
    }
    free(dtb);
}

// BL2's rule that nothing is in the FIP of which it does not know what to do with it; all of them.
static void check_known(struct walk *walk)
{
    const struct fip *fip = &walk->fip_file->fip;

    for (uint32_t i = 0; i < fip->entry_count; i++) {
        const uint8_t *uuid = fip->entries[i].uuid;

        if (!bl2_config_knows(&walk->config, walk->policy.chain.chain, uuid)) {
            refusal_set_entry(refusal_add(&walk->refusals, walk->path, "UUID",
                                          "must be that of an image or a certificate that this "
                                          "chain knows, or of a package in TB_FW_CONFIG"),
                              fip, uuid);
        }
    }
}

static void walk_packages(struct walk *walk)
{
    for (uint32_t i = 0; i < walk->config.package_count; i++) {
        const uint8_t *uuid = walk->config.packages[i].uuid;
        enum cot_image image;

        if (bl2_config_image(&walk->config, i, walk->policy.chain.chain, &image) == 0) {
            (void)walk_image(walk, image, uuid);
        } else {
            refusal_set_entry(refusal_add(&walk->refusals, walk->path, "package number",
                                          "must be one that its owner has in this chain"),
                              &walk->fip_file->fip, uuid);
        }
    }
}

// What BL1 and BL2 compare before they leave: the sum that chain_check() made of its own comparisons. It
// says nothing once an image was refused.
static void check_tally(struct walk *walk)
{
    uint32_t tally = 0;

    for (uint32_t i = 0; i < walk->image_count; i++) {
        tally += chain_token(walk->images[i].image);
    }
    if (walk->refusals.count == 0 && tally != walk->chain.tally) {
        struct refusal *refusal = refusal_add(&walk->refusals, walk->path, "tally",
                                              "must be that of the images that were proved");

        refusal->numbers = true;
        refusal->found = walk->chain.tally;
        refusal->expected = tally;
    }
}

int walk_fip(struct walk *walk, const char *path, const struct tool_args *args,
             const struct fip_file *fip_file)
{
    int err;

    memset(walk, 0, sizeof(*walk));
    walk->path = path;
    walk->fip_file = fip_file;
    err = policy_make(args, fip_file, &walk->policy, &walk->refusals);
    if (err != 0) {
        return err;
    }
    walk->begun = true;
    chain_init(&walk->chain, &fip_file->fip, &walk->policy.chain);
    for (uint32_t image = COT_BL2; image < COT_SP1; image++) {
        const uint8_t *uuid = fip_names_get(cot_image_row((enum cot_image)image)->id)->uuid;
        const struct walk_image *step = walk_image(walk, (enum cot_image)image, uuid);

        if (image == COT_TB_FW_CONFIG && step->state == WALK_PROVED) {
            read_config(walk, step);
            if (walk->config_known) {
                check_known(walk);
            }
        }
    }
    walk_packages(walk);
    check_tally(walk);
    walk->verified = walk->refusals.count == 0;
    return walk->verified ? 0 : ERR_DENIED;
}

int walk_boot(struct walk *walk, const struct tool_args *args, struct fip_file *fip_file)
{
    struct image_fault fault;
    int err;

    memset(fip_file, 0, sizeof(*fip_file));
    err = fip_file_load(fip_file, args->path, false, &fault);
    if (err == 0) {
        return walk_fip(walk, args->path, args, fip_file);
    }
    memset(walk, 0, sizeof(*walk));
    walk->path = args->path;
    refusal_add_fip(&walk->refusals, args->path, &fip_file->fip, &fault);
    return err;
}

void walk_warn(const struct walk *walk)
{
    if (walk->begun && walk->policy.source == POLICY_FIP) {
        tool_warning("%s: checked against the root key that it brings along, not against a board: "
                     "anybody can make such a FIP; --otp, --root-key or --root-hash ask a board",
                     walk->path);
    }
}
