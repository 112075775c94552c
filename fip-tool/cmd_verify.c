// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool verify: whether a board would boot a FIP, which certificate says so of each image and which
// key signed that, or everything that the board would refuse. The FIP is not trusted; walk.c plays the
// boot.
#include "otp.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const counter_names[COT_COUNTER_COUNT] = { "trusted", "non-trusted" };

static const char *option_of(enum cot_cert cert)
{
    return fip_names_get(cot_cert_row(cert)->id)->option;
}

// The certificate, if it was proved, else NULL.
static const struct cert *proved_cert(const struct walk *walk, enum cot_cert cert)
{
    const struct chain_slot *slot = &walk->chain.slots[cert];

    return verdict_accepts(&slot->verified) ? &slot->cert : NULL;
}

static const struct fip_entry *cert_entry(const struct walk *walk, enum cot_cert cert)
{
    const uint8_t *uuid = fip_names_get(cot_cert_row(cert)->id)->uuid;
    const struct fip *fip = &walk->fip_file->fip;

    for (uint32_t i = 0; i < fip->entry_count; i++) {
        if (image_uuid_equal(fip->entries[i].uuid, uuid)) {
            return &fip->entries[i];
        }
    }
    return NULL;
}

// Its NV counter; a proved certificate has it. False: it has not.
static bool counter_of(const struct cert *cert, enum cot_cert which, uint32_t *value)
{
    const struct cert_extension *extension =
        cert_find(cert, cot_cert_row(which)->counter == COT_TRUSTED ? COT_OID_TRUSTED_COUNTER
                                                                    : COT_OID_NON_TRUSTED_COUNTER);
    struct cert_fault fault;

    return extension != NULL && cert_counter(extension, value, &fault) == 0;
}

// What became of a certificate of the chain. Unused: no image of this FIP rests on it, so the board does
// not look at it.
static const char *state_of(const struct walk *walk, enum cot_cert cert)
{
    if (proved_cert(walk, cert) != NULL) {
        return "verified";
    }
    for (uint32_t i = 0; i < walk->refusals.count; i++) {
        if (strcmp(walk->refusals.all[i].name, option_of(cert)) == 0) {
            return "refused";
        }
    }
    return cert_entry(walk, cert) == NULL ? "absent" : "unused";
}

// Where its key must come from.
static const char *signer_of(enum cot_cert cert)
{
    const struct cot_cert_row *row = cot_cert_row(cert);

    return row->parent != COT_NO_CERT       ? option_of(row->parent)
           : row->root == COT_PLATFORM_ROOT ? "platform root key"
                                            : "root key";
}

static void print_image(const struct walk *walk, const struct walk_image *step)
{
    const struct fip_name *name = fip_names_find(step->uuid);
    char hex[SHOW_HEX_SIZE];

    printf("%s (%s): %s by %s\n", step->label, name != NULL ? name->title : "partition package",
           step->state == WALK_PROVED ? "verified" : "REFUSED", option_of(step->cert));
    if (step->state == WALK_PROVED) {
        printf("  %s %s, %" PRIu64 " bytes at 0x%" PRIx64 "\n", boot_hash_info(step->hash)->name,
               show_hex(step->digests.value[step->hash], boot_hash_info(step->hash)->size, hex),
               step->entry->size, step->entry->offset);
    } else if (walk->refusals.all[step->refusal].name[0] != '\0') {
        printf("  because of %s, %s\n", walk->refusals.all[step->refusal].name,
               walk->refusals.all[step->refusal].field);
    }
}

static void print_cert(const struct walk *walk, enum cot_cert which)
{
    const struct cert *cert = proved_cert(walk, which);
    uint32_t counter = 0;
    char hex[SHOW_HEX_SIZE];
    struct show_key key;

    if (cert == NULL) {
        printf("%s: %s\n", option_of(which), state_of(walk, which));
        return;
    }
    printf("%s: verified", option_of(which));
    if (counter_of(cert, which, &counter)) {
        printf(", %s counter %" PRIu32, counter_names[cot_cert_row(which)->counter], counter);
    }
    show_make_key(&cert->spki, &key);
    printf(", signed over %s with the %s%s\n  %s, SHA-256 of the key %s\n",
           boot_hash_info(cert->hash)->name,
           cot_cert_row(which)->parent != COT_NO_CERT ? "key named by " : "", signer_of(which),
           key.kind, show_hex(key.hash, sizeof(key.hash), hex));
}

// The board's counter when the normal world runs: BL31 raises it to the lowest of the certificates, as far as
// it goes.
static uint32_t counter_after(const struct walk *walk, uint32_t which)
{
    uint32_t lowest = walk->chain.lowest_counter[which], now = walk->policy.chain.counter[which];
    uint32_t reach = lowest < OTP_COUNTER_MAX ? lowest : OTP_COUNTER_MAX;

    return walk->verified && lowest != UINT32_MAX && reach > now ? reach : now;
}

static void print_counters(const struct walk *walk)
{
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        uint32_t lowest = walk->chain.lowest_counter[i];

        if (lowest != UINT32_MAX) {
            printf("%s NV counter: certificates %" PRIu32 " or more, board %" PRIu32
                   ", after the boot %" PRIu32 "\n",
                   counter_names[i], lowest, walk->policy.chain.counter[i], counter_after(walk, i));
        }
    }
}

static void warn_counters(const struct walk *walk)
{
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        uint32_t lowest = walk->chain.lowest_counter[i];

        if (walk->verified && lowest != UINT32_MAX && lowest > OTP_COUNTER_MAX) {
            tool_warning("%s: %s NV counter %" PRIu32 ": no board can be raised to more than %d, "
                         "so images from %d on still boot",
                         walk->path, counter_names[i], lowest, OTP_COUNTER_MAX, OTP_COUNTER_MAX);
        }
    }
}

static void print_verify(const struct walk *walk)
{
    policy_print(&walk->policy);
    for (uint32_t i = 0; i < walk->image_count; i++) {
        print_image(walk, &walk->images[i]);
    }
    if (!walk->config_known) {
        printf("partition packages: not known, tb-fw-config lists them\n");
    }
    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        if (cot_in_chain((enum cot_cert)i, walk->policy.chain.chain)) {
            print_cert(walk, (enum cot_cert)i);
        }
    }
    print_counters(walk);
    if (walk->verified) {
        printf("%s: verified: %" PRIu32 " images\n", walk->path, walk->image_count);
    } else {
        printf("%s: REFUSED, %" PRIu32 " fault%s; a boot stops at the first\n", walk->path,
               walk->refusals.count, walk->refusals.count == 1 ? "" : "s");
    }
}

static void write_image(const struct walk_image *step, struct json *json)
{
    json_put_object(json, NULL);
    json_put_text(json, "name", step->label);
    json_put_text(json, "event", cot_image_row(step->image)->event);
    json_put_bool(json, "verified", step->state == WALK_PROVED);
    json_put_text(json, "certificate", option_of(step->cert));
    if (step->state == WALK_PROVED) {
        json_put_integer(json, "offset", step->entry->offset);
        json_put_integer(json, "size", step->entry->size);
        json_put_text(json, "hash", boot_hash_info(step->hash)->name);
        json_put_hex(json, "digest", step->digests.value[step->hash],
                     boot_hash_info(step->hash)->size);
    } else {
        json_put_integer(json, "fault", step->refusal);
    }
    json_close(json);
}

static void write_cert(const struct walk *walk, enum cot_cert which, struct json *json)
{
    const struct cert *cert = proved_cert(walk, which);
    uint32_t counter = 0;

    json_put_object(json, NULL);
    json_put_text(json, "name", option_of(which));
    json_put_text(json, "state", state_of(walk, which));
    json_put_text(json, "signer", signer_of(which));
    if (cert != NULL) {
        show_key_write(&cert->spki, json, "signed_with");
        json_put_text(json, "hash", boot_hash_info(cert->hash)->name);
        json_put_text(json, "counter", counter_names[cot_cert_row(which)->counter]);
        if (counter_of(cert, which, &counter)) {
            json_put_integer(json, "counter_value", counter);
        }
    }
    json_close(json);
}

static void write_counters(const struct walk *walk, struct json *json)
{
    static const char *const keys[COT_COUNTER_COUNT] = { "trusted", "non_trusted" };

    json_put_object(json, "counters");
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        uint32_t lowest = walk->chain.lowest_counter[i];

        json_put_object(json, keys[i]);
        json_put_integer(json, "board", walk->policy.chain.counter[i]);
        if (lowest == UINT32_MAX) {
            json_put_null(json, "certificates");
        } else {
            json_put_integer(json, "certificates", lowest);
        }
        json_put_integer(json, "after_boot", counter_after(walk, i));
        json_close(json);
    }
    json_close(json);
}

static void write_verify(const struct walk *walk, struct json *json)
{
    policy_write(&walk->policy, json);
    json_put_array(json, "images");
    for (uint32_t i = 0; i < walk->image_count; i++) {
        write_image(&walk->images[i], json);
    }
    json_close(json);
    json_put_array(json, "certificates");
    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        if (cot_in_chain((enum cot_cert)i, walk->policy.chain.chain)) {
            write_cert(walk, (enum cot_cert)i, json);
        }
    }
    json_close(json);
    json_put_bool(json, "packages_known", walk->config_known);
    write_counters(walk, json);
}

static enum tool_exit run_verify(const struct tool_args *args)
{
    static struct fip_file fip_file;
    static struct walk walk;
    struct json json;
    int err;

    if (!policy_check_args(args)) {
        return TOOL_USAGE;
    }
    err = walk_boot(&walk, args, &fip_file);
    walk_warn(&walk);
    warn_counters(&walk);
    if (args->json) {
        json_begin(&json, stdout);
        json_put_object(&json, NULL);
        json_put_text(&json, "command", "verify");
        json_put_text(&json, "file", args->path);
        json_put_bool(&json, "verified", walk.verified);
        if (walk.begun) {
            write_verify(&walk, &json);
        }
        refusal_write(&walk.refusals, &json);
        json_close(&json);
    } else if (walk.begun) {
        print_verify(&walk);
    }
    refusal_print(&walk.refusals);
    fip_file_free(&fip_file);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_verify = {
    .name = "verify",
    .summary = "check a FIP as a board does before it boots it",
    .operands = "FIP",
    .notes =
        "Runs the verification of BL1 and BL2 on the host, in their order, and says of each\n"
        "image which certificate has its hash, of each certificate which key signed it. What\n"
        "a board would refuse is an error line with certificate, field, offset, the value\n"
        "found and the one expected; all faults are listed, a board stops at the first.\n\n"
        "The board is an OTP area (--otp), or root keys given as PEM files or as hashes, each\n"
        "option as often as there are keys; the counters are 0 then. With none of them the\n"
        "root key is taken out of the FIP itself, which shows only that the FIP is sound.\n"
        "Where the board puts the images, and whether they fit there, is not checked.\n",
    .example = "  fip-tool verify --otp otp.bin fip.bin\n"
               "  fip-tool verify --json --root-key rot_key.pem fip.bin\n",
    .options = TOOL_OPT_JSON | TOOL_OPT_OTP | TOOL_OPT_ROOTS | TOOL_OPT_CHAIN,
    .run = run_verify,
};
