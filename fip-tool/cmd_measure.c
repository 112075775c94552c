// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool measure: the event log that a boot of a FIP leaves behind, and the PCR values that a TPM has
// after it. Written by the firmware's own event_log.c and critical_data.c from what walk.c proved, so
// that the bytes are those of the board. The FIP is not trusted, and without a proved boot there is no
// log.
#include "attest.h"
#include "boot_facts.h"
#include "critical_data.h"
#include "event_log.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LOG_ROOM \
    8192 // more than all records that there can be; what a board has room for is its own

static const enum boot_hash banks[EVENT_LOG_BANKS] = { BOOT_SHA256, BOOT_SHA384 };
static const char *const bank_keys[EVENT_LOG_BANKS] = { "sha256", "sha384" };

// BL1's and BL2's records in their order.
static int make_log(const struct walk *walk, struct event_log *log)
{
    static uint8_t room[LOG_ROOM];
    int err = event_log_begin(log, room, sizeof(room));

    for (uint32_t i = 0; err == 0 && i < walk->image_count; i++) {
        const struct cot_image_row *row = cot_image_row(walk->images[i].image);

        err = event_log_add(log, row->pcr, row->event, &walk->images[i].digests);
    }
    return err != 0 ? err : critical_data_measure(&walk->chain, log);
}

static const char *type_name(uint32_t type)
{
    return type == EV_NO_ACTION ? "EV_NO_ACTION" : type == EV_POST_CODE ? "EV_POST_CODE" : "?";
}

// Whether the log extends the PCR.
static bool is_extended(const struct event_log *log, uint32_t pcr)
{
    struct event_log_record record;
    size_t offset = 0;

    while (event_log_next(log, &offset, &record, NULL) == 0) {
        if (record.pcr == pcr && record.type != EV_NO_ACTION) {
            return true;
        }
    }
    return false;
}

static void print_log(const struct event_log *log)
{
    struct event_log_record record;
    char hex[SHOW_HEX_SIZE];
    size_t offset = 0;

    while (event_log_next(log, &offset, &record, NULL) == 0) {
        printf("PCR %" PRIu32 "  %s  %.*s\n", record.pcr, type_name(record.type),
               (int)record.data_size, (const char *)record.data); // up to its NUL
        for (size_t i = 0; i < EVENT_LOG_BANKS && record.digest[i] != NULL; i++) {
            printf("  %s %s\n", boot_hash_info(banks[i])->name,
                   show_hex(record.digest[i], boot_hash_info(banks[i])->size, hex));
        }
    }
}

static int print_pcrs(const struct event_log *log)
{
    uint8_t value[BOOT_HASH_MAX];
    char hex[SHOW_HEX_SIZE];
    int err = 0;

    for (uint32_t pcr = 0; pcr < EVENT_LOG_PCRS; pcr++) {
        for (size_t i = 0; err == 0 && is_extended(log, pcr) && i < EVENT_LOG_BANKS; i++) {
            err = event_log_replay(log, pcr, banks[i], value);
            printf("PCR %" PRIu32 " at the end: %s %s\n", pcr, boot_hash_info(banks[i])->name,
                   show_hex(value, boot_hash_info(banks[i])->size, hex));
        }
    }
    return err;
}

static void write_records(const struct event_log *log, struct json *json)
{
    struct event_log_record record;
    size_t offset = 0;

    json_put_array(json, "records");
    while (event_log_next(log, &offset, &record, NULL) == 0) {
        json_put_object(json, NULL);
        json_put_integer(json, "pcr", record.pcr);
        json_put_text(json, "type", type_name(record.type));
        json_put_bytes(json, "event", record.data,
                       strnlen((const char *)record.data, record.data_size));
        json_put_hex(json, "data", record.data, record.data_size);
        json_put_object(json, "digests");
        for (size_t i = 0; i < EVENT_LOG_BANKS && record.digest[i] != NULL; i++) {
            json_put_hex(json, bank_keys[i], record.digest[i], boot_hash_info(banks[i])->size);
        }
        json_close(json);
        json_close(json);
    }
    json_close(json);
}

static int write_pcrs(const struct event_log *log, struct json *json)
{
    uint8_t value[BOOT_HASH_MAX];
    int err = 0;

    json_put_array(json, "pcrs");
    for (uint32_t pcr = 0; pcr < EVENT_LOG_PCRS; pcr++) {
        if (!is_extended(log, pcr)) {
            continue;
        }
        json_put_object(json, NULL);
        json_put_integer(json, "pcr", pcr);
        for (size_t i = 0; err == 0 && i < EVENT_LOG_BANKS; i++) {
            err = event_log_replay(log, pcr, banks[i], value);
            json_put_hex(json, bank_keys[i], value, boot_hash_info(banks[i])->size);
        }
        json_close(json);
    }
    json_close(json);
    return err;
}

static int save_log(const char *path, const struct event_log *log)
{
    struct tool_out out;
    int err = tool_out_open(&out, path);

    if (err != 0) {
        return err;
    }
    err = tool_out_write(&out, 0, log->base, log->used);
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    return tool_out_commit(&out, log->used);
}

static int print_measure(const struct walk *walk, const struct event_log *log)
{
    printf("%s: event log of %zu bytes\n", walk->path, log->used);
    policy_print(&walk->policy);
    print_log(log);
    return print_pcrs(log);
}

// One document, also for a FIP that is refused: without log then.
static int write_measure(const struct walk *walk, const struct event_log *log)
{
    struct json json;
    int err = 0;

    json_begin(&json, stdout);
    json_put_object(&json, NULL);
    json_put_text(&json, "command", "measure");
    json_put_text(&json, "file", walk->path);
    json_put_bool(&json, "verified", walk->verified);
    if (walk->begun) {
        policy_write(&walk->policy, &json);
    }
    if (log != NULL) {
        json_put_integer(&json, "log_size", log->used);
        write_records(log, &json);
        err = write_pcrs(log, &json);
    }
    refusal_write(&walk->refusals, &json);
    json_close(&json);
    return err;
}

static int save_reference(const struct tool_args *args, const struct walk *walk,
                          const struct event_log *log)
{
    static struct reference reference;
    uint8_t id[REFERENCE_HASH_SIZE];
    int err = boot_facts_implementation_id(args->board, (uint32_t)args->soc_id, id);

    if (err != 0) {
        tool_error("--board: found \"%s\", expected a name of 1 to %d characters", args->board,
                   BOOT_FACTS_BOARD_MAX - 1);
        return err;
    }
    err = reference_make(walk, log, id, &reference);
    return err == 0 ? reference_save(walk, &reference, args->reference) : err;
}

static int measure(const struct tool_args *args, struct walk *walk)
{
    struct event_log log;
    int err = make_log(walk, &log);

    if (err != 0) {
        tool_error("%s: event log: must have room for all records and their hashes, error %d",
                   args->path, err);
        return err;
    }
    err = args->json ? write_measure(walk, &log) : print_measure(walk, &log);
    if (err == 0 && args->log != NULL) {
        err = save_log(args->log, &log);
    }
    if (err == 0 && args->reference != NULL) {
        err = save_reference(args, walk, &log);
    }
    return err;
}

static enum tool_exit run_measure(const struct tool_args *args)
{
    static struct fip_file fip_file;
    static struct walk walk;
    int err;

    if (!policy_check_args(args)) {
        return TOOL_USAGE;
    }
    if ((args->reference != NULL) != (args->board != NULL) ||
        (args->reference != NULL) != args->has_soc_id) {
        tool_error("measure: --reference, --board and --soc-id: expected all or none");
        return TOOL_USAGE;
    }
    err = walk_boot(&walk, args, &fip_file);
    walk_warn(&walk);
    if (err == 0) {
        err = measure(args, &walk);
    } else {
        refusal_print(&walk.refusals);
        tool_error("%s: a boot of it does not get to the end of its log", args->path);
        if (args->json) {
            err = write_measure(&walk, NULL) != 0 ? ERR_IO : err;
        }
    }
    fip_file_free(&fip_file);
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_measure = {
    .name = "measure",
    .summary = "predict the event log and the PCR values of a boot",
    .operands = "FIP",
    .notes =
        "Verifies the FIP as verify does; if a board would refuse it, there is no log. Else\n"
        "shows each record that BL1 and BL2 write, in their order, with the digests of both\n"
        "banks, and the values of the PCRs at the end. The last record (CRITICAL_DATA, PCR 1)\n"
        "depends on the board: lifecycle, chain and the root keys that signed. --log writes\n"
        "the log itself, byte for byte what the board hands to the normal world. --reference\n"
        "writes what token verify and quote verify compare with (docs/attestation.md).\n",
    .example = "  fip-tool measure --otp otp.bin --log expected.log fip.bin\n"
               "  fip-tool measure --json --root-key rot_key.pem fip.bin\n",
    .options = TOOL_OPT_JSON | TOOL_OPT_OTP | TOOL_OPT_ROOTS | TOOL_OPT_CHAIN | TOOL_OPT_LOG |
               TOOL_OPT_REFERENCE | TOOL_OPT_BOARD,
    .run = run_measure,
};
