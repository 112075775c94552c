// SPDX-License-Identifier: BSD-3-Clause
//
// tessera store …: assets in Protected Storage, or with --its in Internal Trusted Storage.
#include <stdlib.h>
#include <string.h>

#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "tool.h"

#define ASSET_MAX 0x10000 // more than the storage partition takes

static bool parse_uid(const struct tool_args *args, uint64_t *uid)
{
    if (!tool_parse_number(args->operands[0], UINT64_MAX, uid) || *uid == 0) {
        tool_error("asset: found \"%s\", expected a number from 1 to 2^64 - 1", args->operands[0]);
        return false;
    }
    return true;
}

static enum tool_exit refused(const struct tool_args *args, psa_status_t status)
{
    switch (status) {
    case PSA_ERROR_DOES_NOT_EXIST:
        tool_error("asset %s: there is none", args->operands[0]);
        return TOOL_FAILED;
    case PSA_ERROR_NOT_PERMITTED:
        tool_error("asset %s: was written with --write-once", args->operands[0]);
        return TOOL_FAILED;
    default:
        return tool_psa_error("asset", status);
    }
}

static psa_status_t get_info(const struct tool_args *args, uint64_t uid,
                             struct psa_storage_info_t *info)
{
    return args->its ? psa_its_get_info(uid, info) : psa_ps_get_info(uid, info);
}

enum tool_exit cmd_store_get(const struct tool_args *args)
{
    struct psa_storage_info_t info;
    uint64_t uid;
    size_t size = 0;

    if (!parse_uid(args, &uid)) {
        return TOOL_USAGE;
    }
    psa_status_t status = get_info(args, uid, &info);

    if (status != PSA_SUCCESS) {
        return refused(args, status);
    }
    if (info.size > ASSET_MAX) {
        return refused(args, PSA_ERROR_STORAGE_FAILURE);
    }
    uint8_t *bytes = malloc(info.size + 1);

    if (bytes == NULL) {
        return refused(args, PSA_ERROR_INSUFFICIENT_MEMORY);
    }
    status = args->its ? psa_its_get(uid, 0, info.size, bytes, &size)
                       : psa_ps_get(uid, 0, info.size, bytes, &size);
    enum tool_exit exit_code =
        status == PSA_SUCCESS ? tool_file_result(args, "data", bytes, size) : refused(args, status);

    explicit_bzero(bytes, info.size + 1);
    free(bytes);
    return exit_code;
}

enum tool_exit cmd_store_set(const struct tool_args *args)
{
    uint32_t flags = args->write_once ? PSA_STORAGE_FLAG_WRITE_ONCE : PSA_STORAGE_FLAG_NONE;
    uint8_t bytes[ASSET_MAX];
    uint64_t uid;
    size_t size;

    if (!parse_uid(args, &uid)) {
        return TOOL_USAGE;
    }
    bool good = tool_file_load(args->operands[1], bytes, sizeof(bytes), &size);
    psa_status_t status = !good       ? PSA_SUCCESS
                          : args->its ? psa_its_set(uid, size, bytes, flags)
                                      : psa_ps_set(uid, size, bytes, flags);

    explicit_bzero(bytes, sizeof(bytes));
    if (status != PSA_SUCCESS) {
        return refused(args, status);
    }
    if (good) {
        tool_output_number("size", size);
    }
    return good ? TOOL_OK : TOOL_FAILED;
}

enum tool_exit cmd_store_rm(const struct tool_args *args)
{
    uint64_t uid;

    if (!parse_uid(args, &uid)) {
        return TOOL_USAGE;
    }
    psa_status_t status = args->its ? psa_its_remove(uid) : psa_ps_remove(uid);

    if (status != PSA_SUCCESS) {
        return refused(args, status);
    }
    tool_output_text("removed", args->operands[0]);
    return TOOL_OK;
}

enum tool_exit cmd_store_show(const struct tool_args *args)
{
    struct psa_storage_info_t info;
    uint64_t uid;

    if (!parse_uid(args, &uid)) {
        return TOOL_USAGE;
    }
    psa_status_t status = get_info(args, uid, &info);

    if (status != PSA_SUCCESS) {
        return refused(args, status);
    }
    tool_output_number("size", info.size);
    tool_output_number("capacity", info.capacity);
    tool_output_bool("write once", (info.flags & PSA_STORAGE_FLAG_WRITE_ONCE) != 0);
    return TOOL_OK;
}
