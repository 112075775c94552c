// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool provision: makes the image of a board's one-time-programmable (OTP) area, continues one, or
// shows it. Every change is planned by the firmware's own otp.c and only clears bits, and what is written
// is an area that otp.c accepts. No file is trusted; the hardware unique key is never shown.
#include "fip-tool.h"

#include "otp.h"
#include "otp_format.h"
#include "signing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const root_names[COT_ROOT_COUNT] = {
    [COT_ROOT] = "root key",
    [COT_PLATFORM_ROOT] = "platform root key",
};

static const char *const counter_names[COT_COUNTER_COUNT] = {
    [COT_TRUSTED] = "trusted NV counter",
    [COT_NON_TRUSTED] = "non-trusted NV counter",
};

// An area, and the change to it that is being planned.
struct provision {
    const char *path; // for messages: where the area comes from, or goes to
    uint8_t area[OTP_SIZE];
    struct otp_word words[OTP_MAX_WORDS];
    uint32_t count;
};

static int read_sized(const char *path, const char *what, void *bytes, size_t size)
{
    struct tool_file file = { 0 };
    int err = tool_file_read(path, false, &file);

    if (err != 0) {
        return err;
    }
    if (file.size != size) {
        tool_error("%s: %s: size: found %zu bytes, expected %zu", path, what, file.size, size);
        err = ERR_RANGE;
    } else {
        memcpy(bytes, file.data, size);
    }
    if (file.data != NULL) {
        explicit_bzero(file.data, file.size);
    }
    tool_file_free(&file);
    return err;
}

// As the board would: word by word, bits that are 0 become 0.
static void apply(struct provision *provision)
{
    for (uint32_t i = 0; i < provision->count; i++) {
        for (uint32_t byte = 0; byte < 4; byte++) {
            provision->area[provision->words[i].offset + byte] &=
                (uint8_t)(provision->words[i].value >> (8 * byte));
        }
    }
}

static int decode(const struct provision *provision, struct otp *otp)
{
    struct otp_fault fault;
    int err = otp_decode(provision->area, otp, &fault);

    if (err != 0) {
        tool_error("%s: %s (offset 0x%" PRIx32 ") %s: found 0x%" PRIx32 ", expected 0x%" PRIx32,
                   provision->path, fault.field, fault.offset, fault.text, fault.found,
                   fault.expected);
    }
    return err;
}

static int begin(struct provision *provision, const struct tool_args *args)
{
    enum cot_chain chain = args->chain != 0 ? args->chain : COT_SINGLE_ROOT;
    int err = otp_plan_begin(provision->area, chain, provision->words, &provision->count);

    if (err == ERR_DUPLICATE && args->chain == 0) {
        return 0; // begun, and nobody asks for a certain chain
    }
    if (err == ERR_DUPLICATE) {
        tool_error("%s: chain: is written once, expected --from without --chain", provision->path);
    } else if (err != 0) {
        tool_error("%s: is neither erased nor the image of an OTP area that was begun so",
                   provision->path);
    } else {
        apply(provision);
    }
    return err;
}

static int add_root(struct provision *provision, const struct tool_root *root)
{
    const char *name = root_names[root->root];
    const char *source = root->file != NULL ? root->file : "command line";
    uint8_t hash[CHAIN_ROOT_HASH_SIZE];
    uint32_t slot = 0;
    int err = 0;

    if (root->file != NULL) {
        err = keys_spki_hash(root->file, hash);
    } else {
        memcpy(hash, root->hash, sizeof(hash));
    }
    if (err != 0) {
        return err;
    }
    err = otp_plan_root(provision->area, root->root, hash, provision->words, &provision->count,
                        &slot);
    if (err == ERR_DUPLICATE) {
        tool_error("%s: %s: is in slot %" PRIu32 " already, a slot is never written twice", source,
                   name, slot);
    } else if (err == ERR_NO_MEMORY) {
        tool_error("%s: %s: no slot is free, all %d are used", provision->path, name, OTP_SLOTS);
    } else if (err != 0) {
        tool_error("%s: %s: hash is all zero or all one", source, name);
    } else {
        apply(provision);
    }
    return err;
}

static int add_huk(struct provision *provision, const char *path)
{
    uint8_t huk[BOOT_KEY_SIZE] = { 0 };
    int err = read_sized(path, "hardware unique key", huk, sizeof(huk));

    if (err == 0) {
        err = otp_plan_huk(provision->area, huk, provision->words, &provision->count);
        if (err == ERR_DUPLICATE) {
            tool_error("%s: hardware unique key: there is one, it is written once",
                       provision->path);
        } else if (err == ERR_DENIED) {
            tool_error("%s: hardware unique key: bits of another one are programmed already",
                       provision->path);
        } else if (err != 0) {
            tool_error("%s: hardware unique key: is all zero or all one, expected random bytes",
                       path);
        } else {
            apply(provision);
        }
    }
    explicit_bzero(huk, sizeof(huk));
    explicit_bzero(provision->words, sizeof(provision->words));
    return err;
}

static int revoke(struct provision *provision, enum cot_root root, uint32_t slots)
{
    for (uint32_t slot = 0; slot < OTP_SLOTS; slot++) {
        int err;

        if ((slots >> slot & 1) == 0) {
            continue;
        }
        err = otp_plan_revoke(provision->area, root, slot, provision->words, &provision->count);
        if (err == ERR_DENIED) {
            tool_error("%s: %s slot %" PRIu32 ": is the last usable one, expected another to stay",
                       provision->path, root_names[root], slot);
        } else if (err != 0) {
            tool_error("%s: %s slot %" PRIu32 ": holds no key", provision->path, root_names[root],
                       slot);
        } else {
            apply(provision);
        }
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

static int set_counter(struct provision *provision, enum cot_counter counter, uint64_t value)
{
    const uint8_t *bytes = provision->area + otp_counter_offset(counter);
    uint32_t now = otp_counter_value(bytes);
    int err;

    if (value < now) {
        tool_error("%s: %s: found %" PRIu64 ", expected %" PRIu32 " (its value) to %d",
                   provision->path, counter_names[counter], value, now, OTP_COUNTER_MAX);
        return ERR_RANGE;
    }
    err = otp_plan_counter(bytes, counter, (uint32_t)value, provision->words, &provision->count);
    if (err == 0) {
        apply(provision);
    }
    return err;
}

// Keys before revocations: a rotation may replace the last key.
static int change(struct provision *provision, const struct tool_args *args)
{
    int err = begin(provision, args);

    for (uint32_t i = 0; err == 0 && i < args->root_count; i++) {
        err = add_root(provision, &args->roots[i]);
    }
    if (err == 0 && args->huk != NULL) {
        err = add_huk(provision, args->huk);
    }
    for (uint32_t root = 0; err == 0 && root < COT_ROOT_COUNT; root++) {
        err = revoke(provision, (enum cot_root)root, args->revoke[root]);
    }
    for (uint32_t i = 0; err == 0 && i < COT_COUNTER_COUNT; i++) {
        if (args->has_counter[i]) {
            err = set_counter(provision, (enum cot_counter)i, args->counter[i]);
        }
    }
    return err;
}

static int write_area(const struct provision *provision, const char *path)
{
    struct tool_out out;
    int err = tool_out_open(&out, path);

    if (err != 0) {
        return err;
    }
    if (fchmod(out.fd, S_IRUSR | S_IWUSR) != 0) { // it holds the hardware unique key
        tool_error("%s: cannot be made readable by its owner alone", path);
        err = ERR_IO;
    } else {
        err = tool_out_write(&out, 0, provision->area, sizeof(provision->area));
    }
    if (err != 0) {
        tool_out_abandon(&out);
        return err;
    }
    return tool_out_commit(&out, sizeof(provision->area));
}

// ---- --show ----

static void show_slots(const struct provision *provision, enum cot_root root, const struct otp *otp)
{
    for (uint32_t slot = 0; slot < OTP_SLOTS; slot++) {
        uint8_t hash[CHAIN_ROOT_HASH_SIZE];
        bool used = (otp->root_slots_used[root] >> slot & 1) != 0;
        bool revoked = (otp->root_slots_revoked[root] >> slot & 1) != 0;

        printf("%s slot %" PRIu32 ": ", root_names[root], slot);
        if (otp_root_hash(provision->area, root, slot, hash) != 0) {
            printf("%s%s\n", used ? "spoiled, never accepted" : "empty",
                   revoked ? ", revoked" : "");
            continue;
        }
        printf("%s, SHA-256 ", revoked ? "revoked" : "usable");
        for (size_t i = 0; i < sizeof(hash); i++) {
            printf("%02x", hash[i]);
        }
        printf("\n");
    }
}

static uint32_t rollback_value(const struct provision *provision)
{
    uint32_t value = 0;

    for (uint32_t part = 0; part < OTP_ROLLBACK_BYTES; part += OTP_COUNTER_BYTES) {
        value += otp_counter_value(provision->area + OTP_ROLLBACK_OFFSET + part);
    }
    return value;
}

static void show(const struct provision *provision, const struct otp *otp)
{
    bool dual = otp->policy.chain == COT_DUAL_ROOT;

    printf("OTP area: version %u, chain with %s root, lifecycle open (0x%08" PRIx32 ")\n",
           OTP_VERSION, dual ? "dual" : "single", otp->policy.lifecycle);
    printf("hardware unique key: complete\n");
    for (uint32_t root = 0; root < (dual ? COT_ROOT_COUNT : COT_PLATFORM_ROOT); root++) {
        show_slots(provision, (enum cot_root)root, otp);
    }
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        printf("%s: %" PRIu32 " of %d\n", counter_names[i], otp->policy.counter[i],
               OTP_COUNTER_MAX);
    }
    printf("rollback counter of partitions: %" PRIu32 " of %d\n", rollback_value(provision),
           OTP_ROLLBACK_MAX);
}

// ---- The command ----

static bool check_args(const struct tool_args *args)
{
    bool changes = args->root_count != 0 || args->huk != NULL || args->chain != 0 ||
                   args->revoke[COT_ROOT] != 0 || args->revoke[COT_PLATFORM_ROOT] != 0 ||
                   args->has_counter[COT_TRUSTED] || args->has_counter[COT_NON_TRUSTED];
    bool platform = args->revoke[COT_PLATFORM_ROOT] != 0;

    for (uint32_t i = 0; i < args->root_count; i++) {
        platform = platform || args->roots[i].root == COT_PLATFORM_ROOT;
    }
    if (args->show && (changes || args->from != NULL)) {
        tool_error("--show: changes nothing, expected no other option");
        return false;
    }
    if (!args->show && !changes) {
        tool_error("provision: expected at least one option that says what to write");
        return false;
    }
    if (platform && args->from == NULL && args->chain != COT_DUAL_ROOT) {
        tool_error("platform root key: expected --chain dual too");
        return false;
    }
    return true;
}

static int start(struct provision *provision, const struct tool_args *args)
{
    const char *from = args->show ? args->path : args->from;

    provision->path = from != NULL ? from : args->path;
    memset(provision->area, 0xff, sizeof(provision->area));
    return from != NULL ? read_sized(from, "OTP area", provision->area, OTP_SIZE) : 0;
}

static enum tool_exit run_provision(const struct tool_args *args)
{
    static struct provision provision;
    struct otp otp = { 0 };
    int err;

    if (!check_args(args)) {
        return TOOL_USAGE;
    }
    err = start(&provision, args);
    if (err == 0 && !args->show) {
        err = change(&provision, args);
    }
    if (err == 0) {
        err = decode(&provision, &otp);
    }
    if (err == 0 && args->show) {
        show(&provision, &otp);
    } else if (err == 0) {
        err = write_area(&provision, args->path);
    }
    explicit_bzero(&provision, sizeof(provision));
    explicit_bzero(&otp, sizeof(otp));
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_provision = {
    .name = "provision",
    .summary = "make, continue or show the image of a board's OTP area",
    .operands = "OTP",
    .notes =
        "OTP is the file to write, 4,096 bytes, readable by its owner alone: it holds the\n"
        "hardware unique key (HUK). A new area needs at least a root key and --huk. --from\n"
        "continues an area, which may be the same file; bits are only ever cleared, as in the\n"
        "memory itself: slots of keys fill up (4 for each root), a revoked key stays revoked,\n"
        "counters do not go down. Here the counters are the memory's: what they are set to is\n"
        "the lowest value that an image's certificates may have. Root keys may be public or\n"
        "private; the SHA-256 of their SubjectPublicKeyInfo is written. Nothing is written that\n"
        "the boot would not accept: --revoke never takes a root's last key. --show prints what\n"
        "is in OTP, except the HUK.\n",
    .example = "  fip-tool provision --root-key rot_key.pem --huk huk.bin otp.bin\n"
               "  fip-tool provision --from otp.bin --root-key new_rot.pem --revoke 0 otp.bin\n"
               "  fip-tool provision --show otp.bin\n",
    .options =
        TOOL_OPT_ROOTS | TOOL_OPT_CHAIN | TOOL_OPT_COUNTERS | TOOL_OPT_FROM | TOOL_OPT_PROVISION,
    .run = run_provision,
};
