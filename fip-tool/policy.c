// SPDX-License-Identifier: BSD-3-Clause
//
// Which board is asked: an OTP area, root keys of the command line, or, with a warning, the root keys in
// the FIP itself; contracts in trust.h. Called by walk.c. Trusts no file: the OTP area goes through the
// firmware's otp_decode(), the certificates of the FIP through cert_decode().
#include "trust.h"

#include "otp.h"
#include "signing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool policy_check_args(const struct tool_args *args)
{
    bool platform = false, root = false;

    for (uint32_t i = 0; i < args->root_count; i++) {
        platform = platform || args->roots[i].root == COT_PLATFORM_ROOT;
        root = root || args->roots[i].root == COT_ROOT;
    }
    if (args->otp != NULL && (args->root_count != 0 || args->chain != 0)) {
        tool_error("--otp: has the root keys and the chain in it; expected no option about them");
        return false;
    }
    if (platform && !root) {
        tool_error("platform root key: expected --root-key or --root-hash too");
        return false;
    }
    if (platform && args->chain == COT_SINGLE_ROOT) {
        tool_error("--chain single: has no platform root key");
        return false;
    }
    if (root && !platform && args->chain == COT_DUAL_ROOT) {
        tool_error("--chain dual: expected --platform-root-key or --platform-root-hash");
        return false;
    }
    return true;
}

static int read_otp(const char *path, struct policy *policy, struct refusals *refusals)
{
    struct tool_file file = { 0 };
    struct otp_fault fault;
    struct refusal *refusal;
    struct otp otp;
    int err = tool_file_read(path, false, &file);

    if (err != 0) {
        refusal_add(refusals, path, "OTP area", "must be a file that can be read")->printed = true;
        return err;
    }
    if (file.size != OTP_SIZE) {
        refusal = refusal_add(refusals, path, "OTP area", "must have the size of one");
        refusal->numbers = true;
        refusal->found = file.size;
        refusal->expected = OTP_SIZE;
        err = ERR_RANGE;
    } else {
        err = otp_decode(file.data, &otp, &fault);
        if (err == 0) {
            policy->chain = otp.policy;
        } else {
            refusal = refusal_add(refusals, path, fault.field, fault.text);
            refusal_set_offset(refusal, NULL, fault.offset);
            refusal->numbers = true;
            refusal->found = fault.found;
            refusal->expected = fault.expected;
        }
        explicit_bzero(otp.huk, sizeof(otp.huk));
    }
    explicit_bzero(file.data, file.size);
    tool_file_free(&file);
    return err;
}

static int take_keys(const struct tool_args *args, struct chain_policy *chain,
                     struct refusals *refusals)
{
    for (uint32_t i = 0; i < args->root_count; i++) {
        const struct tool_root *root = &args->roots[i];
        uint32_t *count = &chain->root_count[root->root];

        if (*count == CHAIN_ROOT_KEYS) {
            struct refusal *refusal = refusal_add(refusals, args->path, "number of root keys",
                                                  "must be at most what a board has slots for");

            refusal->numbers = true;
            refusal->found = *count + 1;
            refusal->expected = CHAIN_ROOT_KEYS;
            return ERR_RANGE;
        }
        if (root->file == NULL) {
            memcpy(chain->root[root->root][*count], root->hash, CHAIN_ROOT_HASH_SIZE);
        } else if (keys_spki_hash(root->file, chain->root[root->root][*count]) != 0) {
            refusal_add(refusals, root->file, "root key", "must be a key that can be read")
                ->printed = true;
            return ERR_INVALID;
        }
        ++*count;
    }
    return 0;
}

// The certificate with that id, whatever it says. False: it is not there or no certificate.
static bool find_cert(const struct fip_file *fip_file, enum fip_image_id id, struct cert *cert)
{
    struct image_fault fault;
    struct fip_entry entry;
    struct cert_fault why;

    return fip_find(&fip_file->fip, fip_names_get(id)->uuid, &entry, &fault) == 0 &&
           cert_decode(fip_file_data(fip_file, &entry), entry.size, cert, &why) == 0;
}

// Two roots, if the normal world's certificate says who the platform owner is (only that chain has
// this extension in it).
static enum cot_chain guess_chain(const struct fip_file *fip_file)
{
    struct cert cert;

    return find_cert(fip_file, cot_cert_row(COT_DUAL_NT_FW)->id, &cert) &&
                   cert_find(&cert, COT_OID_PLATFORM_ROOT_KEY) != NULL
               ? COT_DUAL_ROOT
               : COT_SINGLE_ROOT;
}

// The key that stands in a root's first certificate: the walk then finds whatever else is wrong. No
// such certificate: a hash that no key has.
static void take_own_root(const struct fip_file *fip_file, struct chain_policy *chain,
                          enum cot_root root, enum cot_cert first)
{
    struct cert cert;
    struct show_key key;

    chain->root_count[root] = 1;
    if (find_cert(fip_file, cot_cert_row(first)->id, &cert)) {
        show_make_key(&cert.spki, &key);
        memcpy(chain->root[root][0], key.hash, CHAIN_ROOT_HASH_SIZE);
    }
}

int policy_make(const struct tool_args *args, const struct fip_file *fip_file,
                struct policy *policy, struct refusals *refusals)
{
    struct chain_policy *chain = &policy->chain;

    memset(policy, 0, sizeof(*policy));
    if (args->otp != NULL) {
        policy->source = POLICY_OTP;
        policy->otp = args->otp;
        return read_otp(args->otp, policy, refusals);
    }
    chain->lifecycle = OTP_LIFECYCLE_OPEN;
    if (args->root_count != 0) {
        int err = take_keys(args, chain, refusals);

        policy->source = POLICY_KEYS;
        chain->chain = chain->root_count[COT_PLATFORM_ROOT] != 0 ? COT_DUAL_ROOT : COT_SINGLE_ROOT;
        if (chain->chain == COT_SINGLE_ROOT && guess_chain(fip_file) == COT_DUAL_ROOT) {
            tool_warning("%s: has certificates of a platform owner, for a chain with two roots: "
                         "expected --platform-root-key or --platform-root-hash",
                         args->path);
        }
        return err;
    }
    policy->source = POLICY_FIP;
    chain->chain = args->chain != 0 ? args->chain : guess_chain(fip_file);
    take_own_root(fip_file, chain, COT_ROOT, COT_TB_FW);
    if (chain->chain == COT_DUAL_ROOT) {
        take_own_root(fip_file, chain, COT_PLATFORM_ROOT, COT_DUAL_NT_FW);
    }
    return 0;
}

static const char *const source_names[] = {
    [POLICY_OTP] = "otp",
    [POLICY_KEYS] = "keys",
    [POLICY_FIP] = "fip",
};

static const char *chain_name(uint32_t chain)
{
    return chain == COT_DUAL_ROOT ? "dual" : "single";
}

void policy_print(const struct policy *policy)
{
    const struct chain_policy *chain = &policy->chain;
    char hex[SHOW_HEX_SIZE];

    if (policy->source == POLICY_OTP) {
        printf("board: OTP area %s", policy->otp);
    } else {
        printf("board: none, %s", policy->source == POLICY_KEYS ? "root keys as given"
                                                                : "root keys of the FIP itself");
    }
    printf(": chain %s root, trusted counter %" PRIu32 ", non-trusted counter %" PRIu32
           ", lifecycle 0x%08" PRIx32 "\n",
           chain_name(chain->chain), chain->counter[COT_TRUSTED], chain->counter[COT_NON_TRUSTED],
           chain->lifecycle);
    for (uint32_t root = 0; root < COT_ROOT_COUNT; root++) {
        for (uint32_t i = 0; i < chain->root_count[root]; i++) {
            printf("  %s key %" PRIu32 " of %" PRIu32 ": SHA-256 %s\n",
                   root == COT_ROOT ? "root" : "platform root", i + 1, chain->root_count[root],
                   show_hex(chain->root[root][i], CHAIN_ROOT_HASH_SIZE, hex));
        }
    }
}

void policy_write(const struct policy *policy, struct json *json)
{
    static const char *const keys[COT_ROOT_COUNT] = { "root_keys", "platform_root_keys" };
    const struct chain_policy *chain = &policy->chain;

    json_put_object(json, "policy");
    json_put_text(json, "source", source_names[policy->source]);
    json_put_text(json, "otp", policy->otp);
    json_put_text(json, "chain", chain_name(chain->chain));
    json_put_word(json, "lifecycle", chain->lifecycle);
    json_put_integer(json, "trusted_counter", chain->counter[COT_TRUSTED]);
    json_put_integer(json, "non_trusted_counter", chain->counter[COT_NON_TRUSTED]);
    for (uint32_t root = 0; root < COT_ROOT_COUNT; root++) {
        json_put_array(json, keys[root]);
        for (uint32_t i = 0; i < chain->root_count[root]; i++) {
            json_put_hex(json, NULL, chain->root[root][i], CHAIN_ROOT_HASH_SIZE);
        }
        json_close(json);
    }
    json_close(json);
}
