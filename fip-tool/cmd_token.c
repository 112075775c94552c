// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool token: what a PSA attestation token says, and whether to believe it. The token is anybody's; key, nonce and reference values
// are the caller's. token_read.c reads, token_check.c judges.
#include "attest.h"

#include <stdio.h>
#include <string.h>

static void write_document(const struct tool_args *args, const struct token *token,
                           const struct attest_findings *findings)
{
    struct json json;

    json_begin(&json, stdout);
    json_put_object(&json, NULL);
    json_put_text(&json, "command", args->key != NULL ? "token verify" : "token show");
    json_put_text(&json, "file", args->path);
    if (args->key != NULL) {
        json_put_bool(&json, "verified", findings->count == 0);
    }
    json_put_object(&json, "token");
    token_write(token, &json);
    json_close(&json);
    attest_findings_write(findings, &json);
    json_close(&json);
}

static void report(const struct tool_args *args, const struct token *token,
                   const struct attest_findings *findings)
{
    attest_findings_print(findings);
    if (args->json) {
        write_document(args, token, findings);
        return;
    }
    if (args->key == NULL) {
        token_print(token);
    } else if (findings->count == 0) {
        printf("%s: verified: %zu components, lifecycle %s\n", args->path, token->component_count,
               token_lifecycle_name((uint64_t)token->lifecycle));
    } else {
        printf("%s: REFUSED: %s\n", args->path, attest_reason_name(findings->all[0].reason));
    }
}

// Reads the token, and judges it if there is a demand. ERR_*: the file could not be read.
static enum tool_exit judge(const struct tool_args *args, const struct attest_demand *demand)
{
    static struct attest_findings findings;
    static struct token token;
    struct tool_file file = { 0 };

    memset(&findings, 0, sizeof(findings));
    findings.file = args->path;
    if (tool_file_read(args->path, false, &file) != 0) {
        return TOOL_FAILED;
    }
    if (file.size > TOKEN_SIZE_MAX) {
        tool_error("%s: must have at most %d bytes, as a token has: found %zu", args->path,
                   TOKEN_SIZE_MAX, file.size);
        tool_file_free(&file);
        return TOOL_FAILED;
    }
    if (token_read(file.data, file.size, &token, &findings) == 0 && demand != NULL) {
        token_check(&token, demand, &findings);
    }
    report(args, &token, &findings);
    token_free(&token);
    tool_file_free(&file);
    return findings.count == 0 ? TOOL_OK : TOOL_DENIED;
}

static enum tool_exit run_verify(const struct tool_args *args)
{
    static struct reference reference;
    struct attest_demand demand = { .reference = &reference,
                                    .nonce = { args->nonce, args->nonce_size },
                                    .has_client_id = args->has_client_id,
                                    .client_id = args->client_id };
    uint8_t point[ATTEST_POINT_SIZE];
    enum tool_exit code = TOOL_FAILED;
    struct attest_key key;

    if (!token_lifecycle_find(args->allow_lifecycle != NULL ? args->allow_lifecycle : "secured",
                              &demand.lifecycle)) {
        tool_error("--allow-lifecycle: found \"%s\", expected one of those that --help lists",
                   args->allow_lifecycle);
        return TOOL_USAGE;
    }
    if (reference_load(args->reference, &reference) != 0 || attest_key_load(args->key, &key) != 0) {
        return TOOL_FAILED;
    }
    demand.key = &key;
    if (attest_key_p256(&key, point)) {
        code = judge(args, &demand);
    } else {
        tool_error("%s: key must be on P-256, as ES256 has it", args->key);
    }
    attest_key_free(&key);
    return code;
}

static enum tool_exit run_token(const struct tool_args *args)
{
    bool verify = strcmp(args->step, "verify") == 0;

    if (!verify && strcmp(args->step, "show") != 0) {
        tool_error("token: found \"%s\", expected show or verify", args->step);
        return TOOL_USAGE;
    }
    if (verify && (args->key == NULL || args->nonce_size == 0 || args->reference == NULL)) {
        tool_error("token verify: expected --key FILE, --nonce HEX and --reference FILE");
        return TOOL_USAGE;
    }
    if (!verify && (args->key != NULL || args->reference != NULL || args->nonce_size != 0 ||
                    args->allow_lifecycle != NULL || args->has_client_id)) {
        tool_error("token show: believes nothing, expected no option but --json");
        return TOOL_USAGE;
    }
    return verify ? run_verify(args) : judge(args, NULL);
}

const struct tool_command cmd_token = {
    .name = "token",
    .summary = "show a PSA attestation token, or verify it",
    .operands = "show|verify TOKEN",
    .notes =
        "show prints every claim of a token (COSE_Sign1; RFC 9783 or PSA_IOT_PROFILE_1), whoever\n"
        "made it. verify believes it only if the device's key signed it (ES256), it has the nonce\n"
        "that was asked with, its profile is one of the two, the device's lifecycle is secured,\n"
        "its instance id is that of the key, and implementation id, lifecycle and every software\n"
        "component (measurement, signer, security version) are those of the reference values;\n"
        "nothing missing, nothing besides. Each thing that differs is named, with both values.\n"
        "Exit code 3: not to be believed. --allow-lifecycle: unknown, assembly-and-test (a board\n"
        "of a developer), psa-rot-provisioning, non-psa-rot-debug, recoverable-psa-rot-debug,\n"
        "decommissioned.\n",
    .example = "  fip-tool token show token.cbor\n"
               "  fip-tool token verify --key device.pem --nonce $nonce --reference reference.json "
               "token.cbor\n",
    .options =
        TOOL_OPT_STEP | TOOL_OPT_JSON | TOOL_OPT_REFERENCE | TOOL_OPT_ATTEST | TOOL_OPT_TOKEN,
    .run = run_token,
};
