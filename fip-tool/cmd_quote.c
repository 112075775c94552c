// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool quote: what a TPM's quote says, and whether its PCRs are those of the build. Quote, signature and event log are anybody's; key,
// nonce and reference values are the caller's. quote_read.c reads, quote_check.c judges.
#include "attest.h"

#include <stdio.h>
#include <string.h>

#define QUOTE_FILE_MAX 4096 // bytes
#define LOG_FILE_MAX 65536

struct files {
    struct tool_file quote, signature, log;
};

static void write_document(const struct tool_args *args, const struct quote *quote, bool readable,
                           const struct attest_findings *findings)
{
    struct json json;

    json_begin(&json, stdout);
    json_put_object(&json, NULL);
    json_put_text(&json, "command", "quote verify");
    json_put_text(&json, "file", args->path);
    json_put_bool(&json, "verified", findings->count == 0);
    if (readable) {
        json_put_object(&json, "quote");
        quote_write(quote, &json);
        json_close(&json);
    }
    attest_findings_write(findings, &json);
    json_close(&json);
}

static void report(const struct tool_args *args, const struct quote *quote, bool readable,
                   const struct attest_findings *findings)
{
    attest_findings_print(findings);
    if (args->json) {
        write_document(args, quote, readable, findings);
        return;
    }
    if (readable) {
        quote_print(quote);
    }
    if (findings->count == 0) {
        printf("%s: verified: PCRs are those of the reference values\n", args->path);
    } else {
        printf("%s: REFUSED: %s\n", args->path, attest_reason_name(findings->all[0].reason));
    }
}

static void complain_form(struct attest_findings *findings, enum attest_reason reason,
                          const char *what, size_t offset)
{
    snprintf(attest_finding_add(findings, reason, what)->found, ATTEST_TEXT_SIZE, "offset 0x%zx",
             offset);
}

static bool read_forms(const struct files *files, struct quote *quote,
                       struct attest_findings *findings)
{
    size_t offset = 0;
    enum attest_reason reason = quote_read(files->quote.data, files->quote.size, quote, &offset);

    if (reason != ATTEST_OK) {
        complain_form(findings, reason, "quote", offset);
        return false;
    }
    reason = quote_read_signature(files->signature.data, files->signature.size, quote, &offset);
    if (reason != ATTEST_OK) {
        complain_form(findings, reason, "signature", offset);
    }
    return reason == ATTEST_OK;
}

static enum tool_exit judge(const struct tool_args *args, const struct attest_demand *demand,
                            const struct files *files)
{
    static const uint8_t empty[1];
    static struct attest_findings findings;
    struct attest_span log = { NULL, 0 };
    struct quote quote;
    bool readable;

    memset(&findings, 0, sizeof(findings));
    findings.file = args->path;
    if (args->event_log != NULL) {
        log.data = files->log.data != NULL ? files->log.data : empty;
        log.size = files->log.size;
    }
    readable = read_forms(files, &quote, &findings);
    if (readable) {
        quote_check(&quote, demand, log, &findings);
    }
    report(args, &quote, readable, &findings);
    return findings.count == 0 ? TOOL_OK : TOOL_DENIED;
}

static int read_file(const char *path, size_t max, struct tool_file *file)
{
    int err = tool_file_read(path, false, file);

    if (err == 0 && file->size > max) {
        tool_error("%s: must have at most %zu bytes: found %zu", path, max, file->size);
        tool_file_free(file);
        memset(file, 0, sizeof(*file));
        err = ERR_RANGE;
    }
    return err;
}

static int read_files(const struct tool_args *args, struct files *files)
{
    int err = read_file(args->path, QUOTE_FILE_MAX, &files->quote);

    if (err == 0) {
        err = read_file(args->signature, QUOTE_FILE_MAX, &files->signature);
    }
    if (err == 0 && args->event_log != NULL) {
        err = read_file(args->event_log, LOG_FILE_MAX, &files->log);
    }
    return err;
}

static enum tool_exit run_verify(const struct tool_args *args)
{
    static struct reference reference;
    struct attest_demand demand = { .reference = &reference,
                                    .nonce = { args->nonce, args->nonce_size } };
    enum tool_exit code = TOOL_FAILED;
    struct files files = { 0 };
    struct attest_key key;

    if (reference_load(args->reference, &reference) != 0 || attest_key_load(args->key, &key) != 0) {
        return TOOL_FAILED;
    }
    demand.key = &key;
    if (read_files(args, &files) == 0) {
        code = judge(args, &demand, &files);
    }
    tool_file_free(&files.quote);
    tool_file_free(&files.signature);
    tool_file_free(&files.log);
    attest_key_free(&key);
    return code;
}

static enum tool_exit run_quote(const struct tool_args *args)
{
    if (strcmp(args->step, "verify") != 0) {
        tool_error("quote: found \"%s\", expected verify", args->step);
        return TOOL_USAGE;
    }
    if (args->key == NULL || args->reference == NULL || args->nonce_size == 0 ||
        args->signature == NULL) {
        tool_error("quote verify: expected --key FILE, --nonce HEX, --reference FILE, and the "
                   "files of quote and signature");
        return TOOL_USAGE;
    }
    return run_verify(args);
}

const struct tool_command cmd_quote = {
    .name = "quote",
    .summary = "verify a TPM's quote against the PCR values of a build",
    .operands = "verify QUOTE SIGNATURE",
    .notes =
        "Takes what `tpm2_quote --message QUOTE --signature SIGNATURE` writes, and the public key\n"
        "of the attestation key (tpm2_readpublic -f pem). Believes it only if the key signed it\n"
        "(ECDSA, RSASSA, RSAPSS), it has the nonce that was asked with, it quotes all PCRs of the\n"
        "reference values and no others, and their digest is the one that is computed here from\n"
        "the reference values. --event-log: the log that the device tells must lead to the quoted\n"
        "PCRs; then each of its events that differs from the reference values is named. Exit\n"
        "code 3: not to be believed.\n",
    .example = "  fip-tool quote verify --key ak.pem --nonce $nonce --reference reference.json "
               "quote.msg quote.sig\n",
    .options = TOOL_OPT_STEP | TOOL_OPT_SIGNATURE | TOOL_OPT_JSON | TOOL_OPT_REFERENCE |
               TOOL_OPT_ATTEST | TOOL_OPT_EVENT_LOG,
    .run = run_quote,
};
