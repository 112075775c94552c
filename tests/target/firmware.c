// SPDX-License-Identifier: BSD-3-Clause
//
// See firmware.h.
#include "tests/target/firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/include/uuid.h"
#include "platform/lib/boot/fip_names.h"

#define COMMAND_MAX 4096
#define PATHS 8

char firmware_folder[] = "/tmp/tessera-firmware-XXXXXX";
struct firmware firmware;
const char *const firmware_packages[FIRMWARE_PACKAGES] = {
    TESSERA_ECHO_PACKAGE,  TESSERA_STORAGE_PACKAGE, TESSERA_CRYPTO_PACKAGE, TESSERA_PEER_PACKAGE,
    TESSERA_PEER2_PACKAGE, TESSERA_PEER3_PACKAGE,   TESSERA_PEER4_PACKAGE,
};

const char *firmware_path(const char *name)
{
    static char paths[PATHS][128];
    static unsigned int next;
    char *path = paths[next++ % PATHS];
    int n = snprintf(path, sizeof(paths[0]), "%s/%s", firmware_folder, name);

    assert_true(n > 0 && (size_t)n < sizeof(paths[0]));
    return path;
}

void firmware_shell(const char *format, ...)
{
    char command[COMMAND_MAX];
    va_list ap;

    va_start(ap, format);
    int n = vsnprintf(command, sizeof(command), format, ap);
    va_end(ap);
    assert_true(n > 0 && (size_t)n < sizeof(command));
    int status = system(command);
    if (status != 0) {
        fail_msg("status %#x of: %s", (unsigned int)status, command);
    }
}

void firmware_shell_refuses(const char *words, const char *format, ...)
{
    char command[COMMAND_MAX];
    static char output[65536];
    va_list ap;

    va_start(ap, format);
    int n = vsnprintf(command, sizeof(command) - 8, format, ap);
    va_end(ap);
    assert_true(n > 0 && (size_t)n < sizeof(command) - 8);
    strcat(command, " 2>&1");
    FILE *f = popen(command, "r");
    assert_non_null(f);
    output[fread(output, 1, sizeof(output) - 1, f)] = '\0';
    int status = pclose(f);
    if (status == 0 || strcasestr(output, words) == NULL) {
        fail_msg("status %#x, must fail and say \"%s\": %s\n%s", (unsigned int)status, words,
                 command, output);
    }
}

size_t firmware_read(const char *path, void *to, size_t max)
{
    FILE *f = fopen(path, "rb");

    if (f == NULL) {
        fail_msg("%s: cannot be read", path);
    }
    size_t size = fread(to, 1, max, f);
    assert_int_equal(fgetc(f), EOF);
    fclose(f);
    return size;
}

void firmware_write(const char *path, const void *from, size_t size)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(from, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

void firmware_load(const char *name)
{
    firmware.fip_size = firmware_read(firmware_path(name), firmware.fip, sizeof(firmware.fip));
}

void firmware_load_otp(const char *name)
{
    assert_int_equal(firmware_read(firmware_path(name), firmware.otp, OTP_SIZE), OTP_SIZE);
}

void firmware_save(const char *name)
{
    firmware_write(firmware_path(name), firmware.fip, firmware.fip_size);
}

void firmware_sign(const char *keys, const char *options)
{
    firmware_save("sign.fip");
    firmware_shell("%s certs --keys %s %s --out %s %s >%s", TESSERA_FIP_TOOL, firmware_path(keys),
                   options, firmware_path("signed.fip"), firmware_path("sign.fip"),
                   firmware_path("certs.log"));
    firmware_load("signed.fip");
}

void firmware_provision(const char *keys, const char *options)
{
    firmware_shell("rm -f %s; %s provision --root-key %s/rot_key.pem --huk %s/huk.bin %s %s >%s",
                   firmware_path("new.otp"), TESSERA_FIP_TOOL, firmware_path(keys),
                   firmware_path(keys), options, firmware_path("new.otp"),
                   firmware_path("provision.log"));
    firmware_load_otp("new.otp");
    memset(firmware.storage, 0xff, sizeof(firmware.storage));
}

void firmware_make_keys(const char *keys, const char *kind)
{
    static const char *const chains[] = { "single", "dual" };
    const char *folder = firmware_path(keys);

    for (unsigned int i = 0; i < 2; i++) {
        firmware_shell("%s certs --keys %s --new-keys --key-alg %s --chain %s --out %s %s >%s",
                       TESSERA_FIP_TOOL, folder, kind, chains[i], firmware_path("keys.fip"),
                       FIRMWARE_IMAGES "proxy/unsigned.fip", firmware_path("certs.log"));
    }
    firmware_shell("head -c 32 /dev/urandom >%s/huk.bin", folder);
}

int firmware_setup(void **state)
{
    (void)state;
    if (mkdtemp(firmware_folder) == NULL) {
        return -1;
    }
    firmware_make_keys("keys", "p256");
    firmware_shell("cp %s %s", FIRMWARE_IMAGES "proxy/unsigned.fip", firmware_path("base.fip"));
    firmware_load("base.fip");
    firmware_sign("keys", "");
    firmware_save("base.fip");
    firmware_provision("keys", "");
    firmware_write(firmware_path("base.otp"), firmware.otp, OTP_SIZE);
    return 0;
}

int firmware_teardown(void **state)
{
    (void)target_stop(state);
    firmware_shell("rm -rf %s", firmware_folder);
    return 0;
}

int firmware_ready(void **state)
{
    (void)state;
    firmware_load("base.fip");
    firmware_load_otp("base.otp");
    memset(firmware.storage, 0xff, sizeof(firmware.storage));
    return 0;
}

// ---- Entries ---------------------------------------------------------------------------------------------------------

static void uuid_of(const char *name, uint8_t uuid[IMAGE_UUID_SIZE])
{
    for (unsigned int id = 0; id < IMAGE_COUNT; id++) {
        const struct fip_name *known = fip_names_get((enum fip_image_id)id);

        if (strcmp(known->option, name) == 0) {
            memcpy(uuid, known->uuid, IMAGE_UUID_SIZE);
            return;
        }
    }
    if (uuid_parse(name, strlen(name), uuid) != 0) {
        fail_msg("%s: no image has this name", name);
    }
}

static struct fip_entry_wire *entries(uint8_t *fip)
{
    return (struct fip_entry_wire *)(void *)(fip + sizeof(struct fip_header_wire));
}

static unsigned int entry_count(uint8_t *fip)
{
    static const uint8_t zero[IMAGE_UUID_SIZE];
    unsigned int count = 0;

    while (memcmp(entries(fip)[count].uuid, zero, sizeof(zero)) != 0) {
        count++;
        assert_true(count < FIRMWARE_ENTRIES);
    }
    return count;
}

static struct fip_entry_wire *entry_find(uint8_t *fip, const char *name)
{
    uint8_t uuid[IMAGE_UUID_SIZE];
    unsigned int count = entry_count(fip);

    uuid_of(name, uuid);
    for (unsigned int i = 0; i < count; i++) {
        if (memcmp(entries(fip)[i].uuid, uuid, sizeof(uuid)) == 0) {
            return &entries(fip)[i];
        }
    }
    return NULL;
}

bool firmware_has(const char *name)
{
    return entry_find(firmware.fip, name) != NULL;
}

struct fip_entry_wire *firmware_entry(const char *name)
{
    struct fip_entry_wire *entry = entry_find(firmware.fip, name);

    if (entry == NULL) {
        fail_msg("%s: not in the FIP", name);
    }
    return entry;
}

uint8_t *firmware_data(const char *name, size_t *size)
{
    struct fip_entry_wire *entry = firmware_entry(name);

    assert_true(entry->offset <= firmware.fip_size &&
                entry->size <= firmware.fip_size - entry->offset);
    *size = entry->size;
    return firmware.fip + entry->offset;
}

void firmware_put(const char *name, const void *data, size_t size)
{
    static uint8_t old[FLASH_FIP_A_SIZE];
    uint8_t uuid[IMAGE_UUID_SIZE];
    unsigned int count = entry_count(firmware.fip);
    unsigned int place = count;

    uuid_of(name, uuid);
    memcpy(old, firmware.fip, firmware.fip_size);
    for (unsigned int i = 0; i < count; i++) {
        place = memcmp(entries(old)[i].uuid, uuid, sizeof(uuid)) == 0 ? i : place;
    }
    count += place == count ? 1 : 0;
    assert_true(count < FIRMWARE_ENTRIES);
    uint64_t offset = sizeof(struct fip_header_wire) + (count + 1) * sizeof(struct fip_entry_wire);
    memset(entries(firmware.fip), 0, firmware.fip_size - sizeof(struct fip_header_wire));
    for (unsigned int i = 0; i < count; i++) {
        const uint8_t *bytes = i == place ? data : old + entries(old)[i].offset;
        uint64_t length = i == place ? size : entries(old)[i].size;
        struct fip_entry_wire *entry = &entries(firmware.fip)[i];

        assert_true(length <= sizeof(firmware.fip) - offset);
        *entry = (struct fip_entry_wire){ .offset = offset, .size = length };
        memcpy(entry->uuid, i == place ? uuid : entries(old)[i].uuid, sizeof(uuid));
        memcpy(firmware.fip + offset, bytes, length);
        offset += length;
    }
    entries(firmware.fip)[count].offset = offset;
    firmware.fip_size = offset;
}

void firmware_take(const char *file, const char *from, const char *to)
{
    static uint8_t other[FLASH_FIP_A_SIZE];
    size_t size = firmware_read(firmware_path(file), other, sizeof(other));
    const struct fip_entry_wire *entry = entry_find(other, from);

    if (entry == NULL || entry->offset > size || entry->size > size - entry->offset) {
        fail_msg("%s: has no %s", file, from);
    }
    firmware_put(to, other + entry->offset, entry->size);
}

// ---- Booting ---------------------------------------------------------------------------------------------------------

const char *firmware_flash(void)
{
    static uint8_t bl1[BL1_ROM_SIZE];
    static char path[128];
    size_t size = firmware_read(FIRMWARE_IMAGES "bl1.bin", bl1, sizeof(bl1));

    snprintf(path, sizeof(path), "%s", firmware_path("flash.bin"));
    unlink(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bl1, 1, size, f), size);
    assert_int_equal(fseek(f, FLASH_FIP_A_OFFSET, SEEK_SET), 0);
    assert_int_equal(fwrite(firmware.fip, 1, firmware.fip_size, f), firmware.fip_size);
    assert_int_equal(fseek(f, FLASH_STORAGE_OFFSET, SEEK_SET), 0);
    assert_int_equal(fwrite(firmware.storage, 1, FLASH_STORAGE_SIZE, f), FLASH_STORAGE_SIZE);
    assert_int_equal(fseek(f, FLASH_OTP_OFFSET, SEEK_SET), 0);
    assert_int_equal(fwrite(firmware.otp, 1, OTP_SIZE, f), OTP_SIZE);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(truncate(path, FLASH_SIZE), 0);
    return path;
}

static bool console_says(const char *what, const char *why)
{
    char *text = strdup(h_console(machine, H_CONSOLE_SECURE));
    bool said = false;

    assert_non_null(text);
    for (char *save = NULL, *l = strtok_r(text, "\n", &save); l != NULL;
         l = strtok_r(NULL, "\n", &save)) {
        said = said || (strcasestr(l, what) != NULL && strcasestr(l, why) != NULL);
    }
    free(text);
    return said;
}

void firmware_refused(const char *what, const char *why)
{
    struct h_options o = target_options();
    static uint8_t before[OTP_SIZE];

    memcpy(before, firmware.otp, sizeof(before));
    o.flash = firmware_flash();
    o.flash_writes = H_FLASH_KEEP;
    o.no_proxy = true;
    o.quiet = true;
    (void)target_stop(NULL);
    machine = h_start(&o);
    assert_non_null(machine);
    if (h_wait_off(machine) == H_HUNG) {
        h_console_tail(machine);
        fail_msg("the machine neither boots nor ends");
    }
    if (!console_says(what, why)) {
        h_console_tail(machine);
        fail_msg("no line names \"%s\" and \"%s\"", what, why);
    }
    struct mb_slot *slot = h_memory(machine, MB_BASE, sizeof(*slot));
    assert_int_equal(slot->magic, 0); // and the normal world has not run
    firmware_stop();
    assert_memory_equal(before, firmware.otp, OTP_SIZE);
}

void firmware_boots(void)
{
    struct h_options o = target_options();

    o.flash = firmware_flash();
    o.flash_writes = H_FLASH_KEEP;
    target_fresh(&o);
}

void firmware_stop(void)
{
    (void)target_stop(NULL);
    FILE *f = fopen(firmware_path("flash.bin"), "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, FLASH_OTP_OFFSET, SEEK_SET), 0);
    assert_int_equal(fread(firmware.otp, 1, OTP_SIZE, f), OTP_SIZE);
    assert_int_equal(fseek(f, FLASH_STORAGE_OFFSET, SEEK_SET), 0);
    assert_int_equal(fread(firmware.storage, 1, FLASH_STORAGE_SIZE, f), FLASH_STORAGE_SIZE);
    fclose(f);
}
