// SPDX-License-Identifier: BSD-3-Clause
//
// Measured boot: the normal world finds the event log through the device tree, it is byte for byte what `fip-tool measure`
// predicted, its digests are those of the images, and its PCR values those that a TPM has. The log is read here by a
// reader of its own, with OpenSSL's hashes (TCG PC Client Platform Firmware Profile §10).
#include <libfdt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "tests/target/firmware.h"

#define LOG_MAX NS_EVENT_LOG_SIZE
#define RECORDS_MAX 24
#define BANKS 2
#define PCRS 24

static const struct {
    uint16_t id; // TPM_ALG_ID
    const char *name;
    const char *openssl;
    unsigned int size;
} banks[BANKS] = { { 0x000b, "SHA-256", "SHA256", 32 }, { 0x000c, "SHA-384", "SHA384", 48 } };

struct record {
    uint32_t pcr;
    uint32_t type;
    const uint8_t *digest[BANKS];
    const char *name;
};

struct log {
    uint8_t bytes[LOG_MAX];
    size_t size;
    struct record records[RECORDS_MAX];
    unsigned int count;
};

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// TCG_PCR_EVENT2 at `p`; bytes of it
static size_t read_record(const uint8_t *p, struct record *record)
{
    size_t at = 12;

    record->pcr = word(p);
    record->type = word(p + 4);
    assert_int_equal(word(p + 8), BANKS);
    for (unsigned int i = 0; i < BANKS; i++) {
        assert_int_equal(p[at] | p[at + 1] << 8, banks[i].id);
        record->digest[i] = p + at + 2;
        at += 2 + banks[i].size;
    }
    record->name = (const char *)p + at + 4;
    return at + 4 + word(p + at);
}

static void parse(struct log *log)
{
    // The first record has TPM 1.2's form: PCR, type, 20 bytes, size, data
    size_t at = 32 + word(log->bytes + 28);

    assert_int_equal(word(log->bytes + 4), 3); // EV_NO_ACTION
    assert_memory_equal(log->bytes + 32, "Spec ID Event03", 16);
    log->count = 0;
    while (at < log->size) {
        assert_true(log->count < RECORDS_MAX);
        at += read_record(log->bytes + at, &log->records[log->count++]);
    }
    assert_int_equal(at, log->size);
}

// The log of the machine that runs, found as Linux finds it (drivers/char/tpm/eventlog/of.c)
static void read_guest_log(struct log *log)
{
    const void *dtb = h_memory(machine, HW_DTB_BASE, HW_DTB_SIZE);
    int length;

    assert_int_equal(fdt_check_full(dtb, HW_DTB_SIZE), 0);
    int node = fdt_node_offset_by_compatible(dtb, -1, "arm,tpm_event_log");
    assert_true(node > 0);
    const fdt64_t *address = fdt_getprop(dtb, node, "tpm_event_log_addr", &length);
    assert_int_equal(length, 8);
    const fdt32_t *size = fdt_getprop(dtb, node, "tpm_event_log_size", &length);
    assert_int_equal(length, 4);
    log->size = fdt32_ld(size);
    assert_true(log->size > 0 && log->size <= sizeof(log->bytes));
    const void *bytes = h_memory(machine, fdt64_ld(address), log->size);
    assert_non_null(bytes);
    memcpy(log->bytes, bytes, log->size);
    parse(log);
}

// What `fip-tool measure` says of firmware.fip on this board: the log in log.bin, its words in measure.txt
static void predict(struct log *log)
{
    firmware_save("measure.fip");
    firmware_write(firmware_path("measure.otp"), firmware.otp, OTP_SIZE);
    firmware_shell("rm -f %s && %s measure --otp %s --log %s %s >%s", firmware_path("log.bin"),
                   TESSERA_FIP_TOOL, firmware_path("measure.otp"), firmware_path("log.bin"),
                   firmware_path("measure.fip"), firmware_path("measure.txt"));
    log->size = firmware_read(firmware_path("log.bin"), log->bytes, sizeof(log->bytes));
    parse(log);
}

static void boot_and_compare(struct log *seen)
{
    static struct log predicted;

    predict(&predicted);
    firmware_boots();
    read_guest_log(seen);
    (void)target_stop(NULL);
    assert_int_equal(seen->size, predicted.size);
    assert_memory_equal(seen->bytes, predicted.bytes, seen->size);
}

static const struct record *find(const struct log *log, const char *name)
{
    for (unsigned int i = 0; i < log->count; i++) {
        if (log->records[i].type != 3 && strcmp(log->records[i].name, name) == 0) {
            return &log->records[i];
        }
    }
    fail_msg("the log has no record %s", name);
    return NULL;
}

static void hash(unsigned int bank, const void *a, size_t a_size, const void *b, size_t b_size,
                 uint8_t *out)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *md = EVP_get_digestbyname(banks[bank].openssl);

    assert_non_null(md);
    assert_int_equal(EVP_DigestInit_ex(context, md, NULL), 1);
    assert_int_equal(EVP_DigestUpdate(context, a, a_size), 1);
    assert_int_equal(EVP_DigestUpdate(context, b, b_size), 1);
    assert_int_equal(EVP_DigestFinal_ex(context, out, NULL), 1);
    EVP_MD_CTX_free(context);
}

// Images of the tests' firmware in the order in which they are loaded, with TF-A's event names
static const char *const images[][2] = {
    { "tb-fw", "BL_2" },
    { "tb-fw-config", "TB_FW_CONFIG" },
    { "soc-fw", "SECURE_RT_EL3" },
    { "tos-fw", "SECURE_RT_EL1_SPMD" },
    { "nt-fw", "BL_33" },
    { TESSERA_ECHO_PACKAGE, "SP1" },
    { TESSERA_STORAGE_PACKAGE, "SP2" },
    { TESSERA_CRYPTO_PACKAGE, "SP3" },
    { TESSERA_PEER_PACKAGE, "SP4" },
    { TESSERA_PEER2_PACKAGE, "SP5" },
};
#define IMAGES (sizeof(images) / sizeof(images[0]))

static void the_log_is_what_fip_tool_predicted(void **state)
{
    static struct log log;

    (void)state;
    boot_and_compare(&log);
}

static void the_log_holds_the_digests_of_all_images_in_order(void **state)
{
    static struct log log;
    uint8_t digest[EVP_MAX_MD_SIZE];
    const struct record *before = NULL;
    size_t size;

    (void)state;
    boot_and_compare(&log);
    for (size_t i = 0; i < IMAGES; i++) {
        const struct record *record = find(&log, images[i][1]);
        const uint8_t *data = firmware_data(images[i][0], &size);

        assert_int_equal(record->pcr, 0);
        assert_int_equal(record->type, 1); // EV_POST_CODE
        assert_true(before == NULL || before < record);
        before = record;
        for (unsigned int bank = 0; bank < BANKS; bank++) {
            hash(bank, data, size, "", 0, digest);
            assert_memory_equal(record->digest[bank], digest, banks[bank].size);
        }
    }
    assert_int_equal(find(&log, "CRITICAL_DATA")->pcr, 1);
}

static void the_pcrs_are_what_fip_tool_predicted(void **state)
{
    static struct log log;
    static char text[65536];
    char line[256];
    uint8_t pcr[BANKS][2][EVP_MAX_MD_SIZE] = { 0 };

    (void)state;
    boot_and_compare(&log);
    for (unsigned int i = 0; i < log.count; i++) {
        const struct record *record = &log.records[i];

        for (unsigned int bank = 0; bank < BANKS && record->type != 3; bank++) {
            assert_true(record->pcr < 2);
            uint8_t *value = pcr[bank][record->pcr];
            hash(bank, value, banks[bank].size, record->digest[bank], banks[bank].size, value);
        }
    }
    text[firmware_read(firmware_path("measure.txt"), text, sizeof(text) - 1)] = '\0';
    for (unsigned int number = 0; number < 2; number++) {
        for (unsigned int bank = 0; bank < BANKS; bank++) {
            int n =
                snprintf(line, sizeof(line), "PCR %u at the end: %s ", number, banks[bank].name);
            for (unsigned int i = 0; i < banks[bank].size; i++) {
                n += snprintf(line + n, sizeof(line) - (size_t)n, "%02x", pcr[bank][number][i]);
            }
            if (strstr(text, line) == NULL) {
                fail_msg("fip-tool measure has no line \"%s\":\n%s", line, text);
            }
        }
    }
}

// How many records differ, and the last of them
static unsigned int differences(const struct log *a, const struct log *b, const char **name)
{
    unsigned int count = 0;

    assert_int_equal(a->count, b->count);
    for (unsigned int i = 0; i < a->count; i++) {
        if (memcmp(a->records[i].digest[0], b->records[i].digest[0], 32) != 0 ||
            memcmp(a->records[i].digest[1], b->records[i].digest[1], 48) != 0) {
            count++;
            *name = a->records[i].name;
        }
    }
    return count;
}

static void one_byte_of_the_configuration_is_measured(void **state)
{
    static struct log before;
    static struct log after;
    const char *name = "";
    size_t size;

    (void)state;
    boot_and_compare(&before);
    uint8_t *config = firmware_data("tb-fw-config", &size);
    uint8_t *node = memmem(config, size, "sp_peer2", 9);
    assert_non_null(node);
    node[7] = '9'; // a node of another name, for the same package
    firmware_sign("keys", "");
    boot_and_compare(&after);
    assert_int_equal(differences(&before, &after, &name), 1);
    assert_string_equal(name, "TB_FW_CONFIG");
}

static void another_root_key_is_measured(void **state)
{
    static struct log before;
    static struct log after;
    const char *name = "";

    (void)state;
    boot_and_compare(&before);
    firmware_make_keys("other", "p256");
    firmware_sign("other", "");
    firmware_provision("other", "");
    boot_and_compare(&after);
    assert_int_equal(differences(&before, &after, &name), 1);
    assert_string_equal(name, "CRITICAL_DATA");
}

// Two owners: the platform's packages are SP5 …, and the chain is critical data
static void the_log_of_a_board_with_two_roots(void **state)
{
    static struct log log;
    char text[256];

    (void)state;
    firmware_sign("keys", "--chain dual");
    snprintf(text, sizeof(text), "--chain dual --platform-root-key %s/prot_key.pem",
             firmware_path("keys"));
    firmware_provision("keys", text);
    boot_and_compare(&log);
    (void)find(&log, "SP3");
    (void)find(&log, "SP5");
}

// The product's own images: what `make all` made, without fresh keys
static void the_builds_own_image_is_predicted(void **state)
{
    static struct log predicted;
    static struct log seen;
    struct h_options o = target_options();

    (void)state;
    firmware_shell("rm -f %s && %s measure --otp %sproxy/otp.bin --log %s %sproxy/fip.bin >%s",
                   firmware_path("log.bin"), TESSERA_FIP_TOOL, FIRMWARE_IMAGES,
                   firmware_path("log.bin"), FIRMWARE_IMAGES, firmware_path("measure.txt"));
    predicted.size =
        firmware_read(firmware_path("log.bin"), predicted.bytes, sizeof(predicted.bytes));
    o.flash = FIRMWARE_IMAGES "proxy/flash.bin";
    target_fresh(&o);
    read_guest_log(&seen);
    assert_int_equal(seen.size, predicted.size);
    assert_memory_equal(seen.bytes, predicted.bytes, seen.size);
}

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_log_is_what_fip_tool_predicted),
        CASE(the_log_holds_the_digests_of_all_images_in_order),
        CASE(the_pcrs_are_what_fip_tool_predicted),
        CASE(one_byte_of_the_configuration_is_measured),
        CASE(another_root_key_is_measured),
        CASE(the_log_of_a_board_with_two_roots),
        CASE(the_builds_own_image_is_predicted),
    };

    return cmocka_run_group_tests_name("trust_measured", tests, firmware_setup, firmware_teardown);
}
