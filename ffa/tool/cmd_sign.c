// SPDX-License-Identifier: BSD-3-Clause
//
// tessera sign, tessera verify: files of any size, hashed in the secure world, with a key that `tessera key` made.
#include <string.h>

#include "tool.h"

#define PIECE 0x8000

// The key and its kind. TOOL_OK, or an exit code after an error line
static enum tool_exit find_key(const struct tool_args *args, uint32_t *id,
                               const struct tool_key_kind **kind)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    if (!tool_parse_id(args->operands[0], id)) {
        return TOOL_USAGE;
    }
    psa_status_t status = psa_get_key_attributes(*id, &attributes);

    if (status == PSA_ERROR_INVALID_HANDLE) {
        tool_error("key %u: there is none", *id);
        return TOOL_FAILED;
    }
    if (status != PSA_SUCCESS) {
        return tool_psa_error("key", status);
    }
    *kind = tool_key_kind_of(&attributes);
    if (*kind == NULL) {
        tool_error("key %u: is none of the kinds that tessera key generate --help lists", *id);
        return TOOL_FAILED;
    }
    return TOOL_OK;
}

static psa_status_t hash_stream(psa_hash_operation_t *operation, int fd, const char *path,
                                bool *readable)
{
    uint8_t piece[PIECE];
    psa_status_t status = PSA_SUCCESS;
    long got = 1;

    while (status == PSA_SUCCESS && got > 0) {
        got = tool_file_read(fd, path, piece, sizeof(piece));
        if (got > 0) {
            status = psa_hash_update(operation, piece, (size_t)got);
        }
    }
    *readable = got >= 0;
    return status;
}

static enum tool_exit hash_file(const char *path, psa_algorithm_t alg, uint8_t *hash, size_t *size)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    int fd = tool_file_open(path);
    bool readable = false;

    if (fd < 0) {
        return TOOL_FAILED;
    }
    psa_status_t status = psa_hash_setup(&operation, alg);

    if (status == PSA_SUCCESS) {
        status = hash_stream(&operation, fd, path, &readable);
    }
    tool_file_close(fd);
    if (status == PSA_SUCCESS && readable) {
        status = psa_hash_finish(&operation, hash, PSA_HASH_MAX_SIZE, size);
    }
    if (status != PSA_SUCCESS) {
        return tool_psa_error("hash", status);
    }
    if (!readable) {
        (void)psa_hash_abort(&operation);
        return TOOL_FAILED;
    }
    return TOOL_OK;
}

enum tool_exit cmd_sign(const struct tool_args *args)
{
    const struct tool_key_kind *kind = NULL;
    uint8_t hash[PSA_HASH_MAX_SIZE];
    uint8_t signature[TOOL_SIGNATURE_MAX];
    uint8_t der[TOOL_SIGNATURE_MAX];
    size_t hash_size = 0;
    size_t size;
    uint32_t id;
    enum tool_exit exit_code = find_key(args, &id, &kind);

    if (exit_code == TOOL_OK) {
        exit_code = hash_file(args->operands[1], kind->hash, hash, &hash_size);
    }
    if (exit_code != TOOL_OK) {
        return exit_code;
    }
    psa_status_t status =
        psa_sign_hash(id, kind->alg, hash, hash_size, signature, sizeof(signature), &size);

    if (status != PSA_SUCCESS) {
        return tool_psa_error("signature", status);
    }
    if (args->raw) {
        return tool_file_result(args, "signature", signature, size);
    }
    size = tool_der_signature(kind, signature, size, der);
    if (size == 0) {
        return tool_psa_error("signature", PSA_ERROR_COMMUNICATION_FAILURE);
    }
    return tool_file_result(args, "signature", der, size);
}

// Reads the signature in PSA's form; *size 0: what is there cannot be one. False after an error line
static bool load_signature(const struct tool_args *args, const struct tool_key_kind *kind,
                           uint8_t *signature, size_t *size)
{
    uint8_t bytes[TOOL_SIGNATURE_MAX];
    size_t length;

    if (!tool_file_load(args->operands[2], bytes, sizeof(bytes), &length)) {
        return false;
    }
    if (args->raw) {
        memcpy(signature, bytes, length);
        *size = length;
    } else {
        *size = tool_der_raw_signature(kind, bytes, length, signature);
    }
    return true;
}

enum tool_exit cmd_verify(const struct tool_args *args)
{
    const struct tool_key_kind *kind = NULL;
    uint8_t hash[PSA_HASH_MAX_SIZE];
    uint8_t signature[TOOL_SIGNATURE_MAX];
    size_t hash_size = 0;
    size_t size = 0;
    uint32_t id;

    if (strcmp(args->operands[1], "-") == 0 && strcmp(args->operands[2], "-") == 0) {
        tool_error("FILE and SIGNATURE: found - for both, which standard input cannot be");
        return TOOL_USAGE;
    }
    enum tool_exit exit_code = find_key(args, &id, &kind);

    if (exit_code == TOOL_OK && !load_signature(args, kind, signature, &size)) {
        exit_code = TOOL_FAILED;
    }
    if (exit_code == TOOL_OK) {
        exit_code = hash_file(args->operands[1], kind->hash, hash, &hash_size);
    }
    if (exit_code != TOOL_OK) {
        return exit_code;
    }
    psa_status_t status = size != 0
                              ? psa_verify_hash(id, kind->alg, hash, hash_size, signature, size)
                              : PSA_ERROR_INVALID_SIGNATURE;

    if (status == PSA_ERROR_INVALID_SIGNATURE) {
        tool_error("%s: is no signature of %s by key %u", args->operands[2], args->operands[1], id);
        return TOOL_DENIED;
    }
    if (status != PSA_SUCCESS) {
        return tool_psa_error("signature", status);
    }
    tool_output_bool("verified", true);
    return TOOL_OK;
}
