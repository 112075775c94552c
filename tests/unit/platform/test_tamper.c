// SPDX-License-Identifier: BSD-3-Clause
//
// The tamper campaign on the host: a FIP with a whole chain of trust, altered in one place after the other. Every alteration
// is refused, by the certificate or image that it is in, and for the reason that belongs to the place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/platform/chain_support.h"

static const uint8_t changes[] = { 0x01, 0x80, 0xff };
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

static struct world world;
static size_t part_end[PART_COUNT]; // of the certificate under test, offsets
static size_t tbs_start;            // of what is inside TBSCertificate

// ---- What a certificate looks like, by the one who wrote it

static void lay_out(enum cot_cert cert)
{
    const uint8_t *der = world.certs[cert].data;
    struct cert_spec spec;
    size_t at;

    world_spec(&world, cert, &spec);
    assert_int_equal(der[1], 0x82); // all have two bytes of length
    assert_true(der[5] == 0x82 || der[5] == 0x81);
    tbs_start = at = der[5] == 0x82 ? 8 : 7;
    for (int part = PART_VERSION; part < PART_SIGNATURE; part++) {
        struct der_buf bytes = { .size = 0 };

        cert_support_part(&spec, (enum cert_part)part, &bytes);
        assert_memory_equal(der + at, bytes.data, bytes.size); // the layout is the one there is
        at += bytes.size;
        part_end[part] = at;
    }
    part_end[PART_SIGNATURE] = world.certs[cert].size;
}

// PART_COUNT: a header around the parts
static enum cert_part part_at(size_t offset)
{
    if (offset < tbs_start) {
        return PART_COUNT;
    }
    for (int part = PART_VERSION; part <= PART_SIGNATURE; part++) {
        if (offset < part_end[part]) {
            return (enum cert_part)part;
        }
    }
    return PART_COUNT;
}

// Fields that a refusal may name if a byte of that part is altered. The part after it is there because a changed length
// hands bytes over to it. "x*" is any field that begins with x.
static const char *const reasons[PART_COUNT + 1][8] = {
    [PART_VERSION] = { "tbsCertificate.version", "tbsCertificate.serialNumber" },
    [PART_SERIAL] = { "tbsCertificate.serialNumber", "tbsCertificate.signature", "signature" },
    [PART_ALGORITHM] = { "tbsCertificate.signature", "tbsCertificate.issuer" },
    [PART_ISSUER] = { "tbsCertificate.issuer", "tbsCertificate.validity",
                      "tbsCertificate.subject" },
    [PART_VALIDITY] = { "tbsCertificate.validity*", "tbsCertificate.subject", "signature" },
    [PART_SUBJECT] = { "tbsCertificate.subject", "tbsCertificate.subjectPublicKeyInfo" },
    [PART_SPKI] = { "tbsCertificate.subjectPublicKeyInfo", "tbsCertificate.extensions",
                    "public key" },
    [PART_EXTENSIONS] = { "*" }, // extension_reason()
    [PART_OUTER_ALGORITHM] = { "signatureAlgorithm", "signatureValue", "tbsCertificate.signature",
                               "certificate" },
    [PART_SIGNATURE] = { "signatureValue", "certificate", "signature" },
    [PART_COUNT] = { "certificate", "tbsCertificate*", "signatureAlgorithm", "signatureValue" },
};

static bool extension_reason(const char *field)
{
    static const char *const fields[] = { "tbsCertificate.extensions", "extension*",
                                          "subjectKeyIdentifier",      "authorityKeyIdentifier",
                                          "basicConstraints",          "signature" };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        size_t length = strlen(fields[i]);

        if (fields[i][length - 1] == '*' ? strncmp(field, fields[i], length - 1) == 0
                                         : strcmp(field, fields[i]) == 0) {
            return true;
        }
    }
    for (uint32_t oid = 1; oid <= 1308; oid++) { // "BL31 hash", a counter, a key
        if (cot_oid_name(oid) != NULL && strcmp(field, cot_oid_name(oid)) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_reason(enum cert_part part, const char *field)
{
    if (part == PART_EXTENSIONS) {
        return extension_reason(field);
    }
    for (int i = 0; i < 8 && reasons[part][i] != NULL; i++) {
        const char *reason = reasons[part][i];
        size_t length = strlen(reason);

        if (reason[length - 1] == '*' ? strncmp(field, reason, length - 1) == 0
                                      : strcmp(field, reason) == 0) {
            return true;
        }
    }
    return false;
}

// ---- One certificate alone: those above it stay proved

static enum cot_image image_below(enum cot_cert cert)
{
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        enum cot_cert at = cot_image_cert((enum cot_image)i, world.policy.chain);

        for (; at != COT_NO_CERT; at = cot_cert_row(at)->parent) {
            if (at == cert) {
                return (enum cot_image)i;
            }
        }
    }
    fail_msg("certificate %d is not in the chain", cert);
    return COT_IMAGE_COUNT;
}

// Proves the certificate anew. 0: accepted.
static int prove_again(enum cot_cert cert)
{
    struct chain_expected expected = { BOOT_HASH_COUNT, NULL };

    world.state.slots[cert].verified = VERDICT_REFUSE;
    return chain_expect(&world.state, image_below(cert), &expected, &world.fault);
}

static void refused_certificate(enum cot_cert cert, const char *what, size_t offset, unsigned to)
{
    int err = prove_again(cert);

    if (err == ERR_NONE || world.fault.id != cot_cert_row(cert)->id ||
        world.state.slots[cert].verified != VERDICT_REFUSE ||
        world.state.slots[cert].cert.tbs.data != NULL) {
        fail_msg("%s: %s %zu (%#x): %d, %s: %s", cot_cert_row(cert)->subject, what, offset, to, err,
                 err != 0 ? world.fault.field : "", err != 0 ? world.fault.text : "accepted");
    }
}

// One byte of a certificate becomes another. Returns whether only the signature told.
static bool alter(enum cot_cert cert, uint8_t *byte, size_t offset, uint8_t change)
{
    *byte ^= change;
    refused_certificate(cert, "byte at", offset, *byte);
    *byte ^= change;
    if (!is_reason(part_at(offset), world.fault.field)) {
        fail_msg("%s: byte at %zu (^ %#x), part %d: refused because of %s: %s",
                 cot_cert_row(cert)->subject, offset, change, part_at(offset), world.fault.field,
                 world.fault.text);
    }
    return strcmp(world.fault.field, "signature") == 0;
}

// Every byte; all 255 values if `all`, but where the signature alone tells, which takes long, three of them.
static void alter_every_byte(enum cot_cert cert, bool all)
{
    uint8_t *der = world.storage + world_payload(&world, cert);

    lay_out(cert);
    for (size_t i = 0; i < world.certs[cert].size; i++) {
        bool by_signature = true;

        for (size_t k = 0; k < CHANGES; k++) {
            by_signature = alter(cert, der + i, i, changes[k]) && by_signature;
        }
        for (unsigned change = 2; all && !by_signature && change < 0xff; change++) {
            (void)alter(cert, der + i, i, (uint8_t)change);
        }
    }
    assert_int_equal(prove_again(cert), ERR_NONE);
}

static void boots(void)
{
    if (!world_boot(&world)) {
        fail_msg("image %d, %s: %s", world.fault.id, world.fault.field, world.fault.text);
    }
}

// All 255 values in the certificates whose bit is set in `all`
static void alter_every_byte_of_all(uint32_t chain, enum boot_pk_kind kind, uint32_t all)
{
    world_make(&world, chain, kind, BOOT_SHA256);
    boots();
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        if (world_has(&world, (enum cot_cert)i)) {
            alter_every_byte((enum cot_cert)i, (all >> i & 1) != 0);
        }
    }
}

static void every_byte_of_every_certificate_p256(void **state)
{
    (void)state;
    alter_every_byte_of_all(COT_SINGLE_ROOT, BOOT_PK_P256, UINT32_MAX);
}

static void every_byte_of_every_certificate_two_roots(void **state)
{
    (void)state;
    alter_every_byte_of_all(COT_DUAL_ROOT, BOOT_PK_P256, 1u << COT_DUAL_NT_FW | 1u << COT_PLAT_SP);
}

static void every_byte_of_every_certificate_rsa3072(void **state)
{
    (void)state;
    alter_every_byte_of_all(COT_SINGLE_ROOT, BOOT_PK_RSA3072, 0);
}

// ---- Lengths

static int make_single(void **state)
{
    (void)state;
    world_make(&world, COT_SINGLE_ROOT, BOOT_PK_P256, BOOT_SHA256);
    boots();
    return 0;
}

static void every_truncation_of_every_certificate(void **state)
{
    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        uint64_t *size = &world.fip.entries[world.entry_of[i]].size;

        for (uint64_t cut = 1; cut < world.certs[i].size; cut++) {
            *size = cut;
            refused_certificate((enum cot_cert)i, "cut after", cut, 0);
            assert_string_equal(world.fault.field, "certificate");
            assert_non_null(strstr(world.fault.text, "must end before"));
        }
        for (uint64_t more = 1; more <= WORLD_SLACK; more++) {
            *size = world.certs[i].size + more;
            refused_certificate((enum cot_cert)i, "longer by", more, 0);
            assert_string_equal(world.fault.field, "certificate");
            assert_string_equal(world.fault.text, "must hold nothing more");
            assert_int_equal(world.fault.offset, world.certs[i].size);
        }
        *size = world.certs[i].size;
        assert_int_equal(prove_again((enum cot_cert)i), ERR_NONE);
    }
}

static void refused_image(enum cot_image image)
{
    const struct cot_image_row *row = cot_image_row(image);

    world.state.tally = world.tally = 0;
    world_refused_load(&world, image, row->id, cot_oid_name(row->hash_oid), "digest of the image");
}

static void every_image_start_middle_end_and_length(void **state)
{
    static const size_t places[] = { 0, 1, WORLD_IMAGE_SIZE / 2, WORLD_IMAGE_SIZE - 2,
                                     WORLD_IMAGE_SIZE - 1 };
    static const uint64_t sizes[] = { 1, WORLD_IMAGE_SIZE / 2, WORLD_IMAGE_SIZE - 1,
                                      WORLD_IMAGE_SIZE + 1, WORLD_IMAGE_SIZE + WORLD_SLACK };

    (void)state;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        uint8_t *payload = world.storage + world_payload(&world, COT_CERT_COUNT + (uint32_t)i);
        uint64_t *size = &world.fip.entries[world.entry_of[COT_CERT_COUNT + i]].size;

        for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
            for (size_t k = 0; k < CHANGES; k++) {
                payload[places[p]] ^= changes[k];
                refused_image((enum cot_image)i);
                payload[places[p]] ^= changes[k];
            }
        }
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            *size = sizes[s];
            refused_image((enum cot_image)i);
        }
        *size = WORLD_IMAGE_SIZE;
        world.state.tally = world.tally = 0;
        assert_true(world_load(&world, (enum cot_image)i));
    }
}

// ---- The FIP's own fields

static bool fip_opens(void)
{
    struct fip saved = world.fip;
    struct chain state = world.state;
    bool opens = world_open(&world);

    if (!opens) {
        world.fip = saved;
    }
    world.state =
        state; // what was proved stays so; its pointers are into itself, and it has not moved
    return opens;
}

// Certificate or image `which` comes out of the FIP as it is now. False: refused.
static bool comes_out(uint32_t which)
{
    if (!fip_opens()) {
        return false;
    }
    if (which < COT_CERT_COUNT) {
        return prove_again((enum cot_cert)which) == ERR_NONE;
    }
    world.state.tally = world.tally = 0;
    return world_load(&world, (enum cot_image)(which - COT_CERT_COUNT));
}

static void every_byte_of_the_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(struct fip_header_wire); i++) {
        for (size_t k = 0; k < CHANGES; k++) {
            bool opens;

            world.storage[i] ^= changes[k];
            opens = fip_opens();
            world.storage[i] ^= changes[k];
            // Serial number and flags say nothing about what runs: nobody trusts them
            assert_int_equal(opens, i >= offsetof(struct fip_header_wire, serial));
            if (i < offsetof(struct fip_header_wire, serial)) {
                assert_int_equal(world.fip_fault.rule, FIP_RULE_NAME);
            }
        }
    }
    memset(world.storage + offsetof(struct fip_header_wire, serial), 0, 4);
    assert_false(fip_opens());
    assert_int_equal(world.fip_fault.rule, FIP_RULE_SERIAL);
}

static void every_byte_of_the_table_of_contents(void **state)
{
    (void)state;
    for (uint32_t which = 0; which < WORLD_ENTRIES; which++) {
        if (world.entry_of[which] == UINT32_MAX) {
            continue;
        }
        size_t toc = world_toc(&world, which);

        for (size_t i = 0; i < sizeof(struct fip_entry_wire); i++) {
            for (size_t k = 0; k < CHANGES; k++) {
                bool accepted;

                world.storage[toc + i] ^= changes[k];
                accepted = comes_out(which);
                world.storage[toc + i] ^= changes[k];
                if (accepted != (i >= offsetof(struct fip_entry_wire, flags))) {
                    fail_msg("entry %u, byte %zu ^ %#x: %s", which, i, changes[k],
                             accepted ? "accepted" : "refused");
                }
            }
        }
        assert_true(comes_out(which));
    }
}

static void every_byte_of_the_terminator(void **state)
{
    size_t toc = sizeof(struct fip_header_wire) + world.entry_count * sizeof(struct fip_entry_wire);

    (void)state;
    for (size_t i = 0; i < offsetof(struct fip_entry_wire, flags); i++) {
        for (size_t k = 0; k < CHANGES; k++) {
            bool is_end = i == offsetof(struct fip_entry_wire, offset);

            world.storage[toc + i] ^= changes[k];
            // The lowest byte of the FIP's end may move it in what lies behind the last payload
            assert_true(!fip_opens() || is_end);
            world.storage[toc + i] ^= changes[k];
        }
    }
}

static void swap_uuids(uint32_t a, uint32_t b)
{
    uint8_t *first = world.storage + world_toc(&world, a);
    uint8_t *second = world.storage + world_toc(&world, b);
    uint8_t saved[IMAGE_UUID_SIZE];

    memcpy(saved, first, sizeof(saved));
    memcpy(first, second, sizeof(saved));
    memcpy(second, saved, sizeof(saved));
}

// Both of each pair of entries are refused, a certificate in place of another because of its name.
static void every_swap_of_two_entries(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < WORLD_ENTRIES; a++) {
        for (uint32_t b = a + 1; b < WORLD_ENTRIES; b++) {
            if (world.entry_of[a] == UINT32_MAX || world.entry_of[b] == UINT32_MAX) {
                continue;
            }
            swap_uuids(a, b);
            assert_false(comes_out(a));
            if (b < COT_CERT_COUNT) {
                assert_string_equal(world.fault.field, "tbsCertificate.subject");
                assert_string_equal(world.fault.text, "must be the name of this certificate");
            } else if (a < COT_CERT_COUNT) {
                assert_string_equal(world.fault.field, "certificate");
            }
            assert_false(comes_out(b));
            if (a < COT_CERT_COUNT && world.fault.id == cot_cert_row((enum cot_cert)a)->id) {
                assert_string_equal(world.fault.field, b < COT_CERT_COUNT
                                                           ? "tbsCertificate.subject"
                                                           : "certificate"); // its own certificate
            } else if (b >= COT_CERT_COUNT) {
                assert_string_equal(world.fault.text, "must be the digest of the image");
            }
            swap_uuids(a, b);
        }
    }
    boots();
}

// ---- Replay

// An older image comes back, alone or with its content certificate, on a board that was raised.
static void older_images_with_their_certificates(void **state)
{
    static struct world old;

    (void)state;
    old = world;
    world.counter[COT_TRUSTED]++;
    world.counter[COT_NON_TRUSTED]++;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        world.images[i][0] ^= 1; // the new version
    }
    world_certify_all(&world);
    world.policy.counter[COT_TRUSTED] = world.counter[COT_TRUSTED];
    world.policy.counter[COT_NON_TRUSTED] = world.counter[COT_NON_TRUSTED];
    boots();
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        enum cot_cert cert = cot_image_cert((enum cot_image)i, world.policy.chain);
        struct der_buf saved = world.certs[cert];

        memcpy(world.storage + world_payload(&world, COT_CERT_COUNT + (uint32_t)i), old.images[i],
               WORLD_IMAGE_SIZE);
        world_refused(&world, cot_image_row((enum cot_image)i)->id,
                      cot_oid_name(cot_image_row((enum cot_image)i)->hash_oid),
                      "digest of the image");
        world.certs[cert] = old.certs[cert];
        world_pack(&world);
        memcpy(world.storage + world_payload(&world, COT_CERT_COUNT + (uint32_t)i), old.images[i],
               WORLD_IMAGE_SIZE);
        world_refused(&world, cot_cert_row(cert)->id, "NV counter", "lower than the board's");
        assert_int_equal(world.fault.expected, world.fault.found + 1);
        world.certs[cert] = saved;
        world_pack(&world);
    }
    boots();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_every_certificate_p256),
        cmocka_unit_test(every_byte_of_every_certificate_two_roots),
        cmocka_unit_test(every_byte_of_every_certificate_rsa3072),
        cmocka_unit_test_setup(every_truncation_of_every_certificate, make_single),
        cmocka_unit_test_setup(every_image_start_middle_end_and_length, make_single),
        cmocka_unit_test_setup(every_byte_of_the_header, make_single),
        cmocka_unit_test_setup(every_byte_of_the_table_of_contents, make_single),
        cmocka_unit_test_setup(every_byte_of_the_terminator, make_single),
        cmocka_unit_test_setup(every_swap_of_two_entries, make_single),
        cmocka_unit_test_setup(older_images_with_their_certificates, make_single),
    };

    return cmocka_run_group_tests_name("tamper", tests, NULL, NULL);
}
