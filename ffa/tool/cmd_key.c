// SPDX-License-Identifier: BSD-3-Clause
//
// tessera key …: persistent keys that sign. They stay in the secure world, unless they were made exportable.
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define IMPORT_MAX 8192 // bytes of a file: PEM of an RSA key of 4096 bits has 3,300

static void fill(const struct tool_args *args, const struct tool_key_kind *kind,
                 psa_key_attributes_t *attributes)
{
    psa_set_key_id(attributes, args->id);
    psa_set_key_lifetime(attributes, PSA_KEY_LIFETIME_PERSISTENT);
    psa_set_key_type(attributes, kind->type);
    psa_set_key_bits(attributes, kind->bits);
    psa_set_key_algorithm(attributes, kind->alg);
    psa_set_key_usage_flags(attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH |
                                            (args->exportable ? PSA_KEY_USAGE_EXPORT : 0));
}

static enum tool_exit made(const struct tool_args *args, const struct tool_key_kind *kind,
                           psa_status_t status)
{
    if (status == PSA_ERROR_ALREADY_EXISTS) {
        tool_error("key %u: there is one already", args->id);
        return TOOL_FAILED;
    }
    if (status != PSA_SUCCESS) {
        return tool_psa_error("key", status);
    }
    tool_output_number("key", args->id);
    tool_output_text("kind", kind->name);
    return TOOL_OK;
}

enum tool_exit cmd_key_generate(const struct tool_args *args)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const struct tool_key_kind *kind = tool_key_kind_named(args->operands[0]);
    psa_key_id_t key;

    if (kind == NULL) {
        return TOOL_USAGE;
    }
    fill(args, kind, &attributes);
    return made(args, kind, psa_generate_key(&attributes, &key));
}

enum tool_exit cmd_key_import(const struct tool_args *args)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const struct tool_key_kind *kind = tool_key_kind_named(args->operands[0]);
    uint8_t bytes[IMPORT_MAX];
    size_t size;
    psa_key_id_t key;

    if (kind == NULL) {
        return TOOL_USAGE;
    }
    if (!tool_file_load(args->operands[1], bytes, sizeof(bytes), &size)) {
        explicit_bzero(bytes, sizeof(bytes));
        return TOOL_FAILED;
    }
    fill(args, kind, &attributes);
    psa_status_t status = tool_private_key(kind, bytes, &size)
                              ? psa_import_key(&attributes, bytes, size, &key)
                              : PSA_ERROR_INVALID_ARGUMENT;

    explicit_bzero(bytes, sizeof(bytes));
    if (status == PSA_ERROR_INVALID_ARGUMENT) {
        tool_error("%s: is no key of kind %s, unencrypted and in one of the forms of --help",
                   args->operands[1], kind->name);
        return TOOL_FAILED;
    }
    return made(args, kind, status);
}

// The key that the first operand names. TOOL_OK, or an exit code after an error line
static enum tool_exit describe(const struct tool_args *args, uint32_t *id,
                               psa_key_attributes_t *attributes)
{
    if (!tool_parse_id(args->operands[0], id)) {
        return TOOL_USAGE;
    }
    psa_status_t status = psa_get_key_attributes(*id, attributes);

    if (status == PSA_ERROR_INVALID_HANDLE) {
        tool_error("key %u: there is none", *id);
        return TOOL_FAILED;
    }
    return status == PSA_SUCCESS ? TOOL_OK : tool_psa_error("key", status);
}

enum tool_exit cmd_key_show(const struct tool_args *args)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint32_t id;
    enum tool_exit exit_code = describe(args, &id, &attributes);

    if (exit_code != TOOL_OK) {
        return exit_code;
    }
    const struct tool_key_kind *kind = tool_key_kind_of(&attributes);
    char type[16];
    char algorithm[16];

    (void)snprintf(type, sizeof(type), "0x%04x", psa_get_key_type(&attributes));
    (void)snprintf(algorithm, sizeof(algorithm), "0x%08x", psa_get_key_algorithm(&attributes));
    tool_output_number("key", id);
    tool_output_text("kind", kind != NULL ? kind->name : "another");
    tool_output_text("type", type);
    tool_output_number("bits", psa_get_key_bits(&attributes));
    tool_output_text("algorithm", algorithm);
    tool_output_bool("signs",
                     (psa_get_key_usage_flags(&attributes) & PSA_KEY_USAGE_SIGN_HASH) != 0);
    tool_output_bool("exportable",
                     (psa_get_key_usage_flags(&attributes) & PSA_KEY_USAGE_EXPORT) != 0);
    return TOOL_OK;
}

// The public key as PEM: text, wherever it goes
static enum tool_exit give_pem(const struct tool_args *args, const struct tool_key_kind *kind,
                               const uint8_t *key, size_t size)
{
    uint8_t der[TOOL_PUBLIC_MAX];
    char pem[2 * TOOL_PUBLIC_MAX];
    size_t der_size = tool_der_public(kind, key, size, der);

    if (der_size == 0) {
        tool_error("public key: %zu bytes are none of this kind", size);
        return TOOL_FAILED;
    }
    tool_der_pem(der, der_size, pem);
    if (args->out != NULL) {
        return tool_file_result(args, "public", (const uint8_t *)pem, strlen(pem));
    }
    if (args->json) {
        tool_output_text("public", pem);
    } else {
        tool_output_line("%s", pem);
    }
    return TOOL_OK;
}

enum tool_exit tool_public_result(const struct tool_args *args, const struct tool_key_kind *kind,
                                  const uint8_t *key, size_t size)
{
    return args->raw ? tool_file_result(args, "public", key, size)
                     : give_pem(args, kind, key, size);
}

enum tool_exit cmd_key_public(const struct tool_args *args)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t key[TOOL_PUBLIC_MAX];
    size_t size;
    uint32_t id;
    enum tool_exit exit_code = describe(args, &id, &attributes);

    if (exit_code != TOOL_OK) {
        return exit_code;
    }
    const struct tool_key_kind *kind = tool_key_kind_of(&attributes);

    if (kind == NULL && !args->raw) {
        tool_error("key %u: no kind that has a PEM form here; --raw gives its bytes", id);
        return TOOL_FAILED;
    }
    psa_status_t status = psa_export_public_key(id, key, sizeof(key), &size);

    return status == PSA_SUCCESS ? tool_public_result(args, kind, key, size)
                                 : tool_psa_error("public key", status);
}

enum tool_exit cmd_key_rm(const struct tool_args *args)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint32_t id;

    if (!tool_parse_id(args->operands[0], &id)) {
        return TOOL_USAGE;
    }
    psa_status_t status = psa_get_key_attributes(id, &attributes);

    if (status ==
        PSA_ERROR_INVALID_HANDLE) { // for psa_destroy_key() that is no error with every partition
        tool_error("key %u: there is none", id);
        return TOOL_FAILED;
    }
    status = psa_destroy_key(id); // one that cannot be described any more, too
    if (status != PSA_SUCCESS) {
        return tool_psa_error("key", status);
    }
    tool_output_number("removed", id);
    return TOOL_OK;
}
