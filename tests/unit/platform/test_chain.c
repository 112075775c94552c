// SPDX-License-Identifier: BSD-3-Clause
//
// The walk along the chain of trust (platform/lib/boot/chain*.c): good chains of every algorithm, hash and number of
// roots; each rule broken alone; what is left after a refusal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/platform/chain_support.h"

static struct world world;
static struct cert_spec spec;

static int single(void **state)
{
    (void)state;
    world_make(&world, COT_SINGLE_ROOT, BOOT_PK_P256, BOOT_SHA256);
    return 0;
}

static int dual(void **state)
{
    (void)state;
    world_make(&world, COT_DUAL_ROOT, BOOT_PK_P256, BOOT_SHA256);
    return 0;
}

static enum fip_image_id id_of(enum cot_cert cert)
{
    return cot_cert_row(cert)->id;
}

// Makes a certificate out of `spec` and the FIP again.
static void certify(enum cot_cert cert)
{
    world_certify(&world, cert, &spec);
    world_pack(&world);
}

static void boots(void)
{
    if (!world_boot(&world)) {
        fail_msg("image %d, %s: %s", world.fault.id, world.fault.field, world.fault.text);
    }
}

static void good_chains_are_accepted(void **state)
{
    static const uint32_t chains[] = { COT_SINGLE_ROOT, COT_DUAL_ROOT };

    (void)state;
    for (int kind = BOOT_PK_P256; kind < BOOT_PK_COUNT; kind++) {
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            for (int c = 0; c < 2; c++) {
                world_make(&world, chains[c], (enum boot_pk_kind)kind, (enum boot_hash)hash);
                boots();
                assert_int_equal(world.state.lowest_counter[COT_TRUSTED], 3);
                assert_int_equal(world.state.lowest_counter[COT_NON_TRUSTED], 200);
                for (int i = 0; i < COT_CERT_COUNT; i++) {
                    assert_int_equal(world.state.slots[i].verified,
                                     world_has(&world, (enum cot_cert)i) ? VERDICT_ACCEPT
                                                                         : VERDICT_REFUSE);
                }
            }
        }
    }
}

static void kinds_of_keys_and_hashes_may_be_mixed(void **state)
{
    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) { // each hash in turn
        if (world_has(&world, (enum cot_cert)i)) {
            world_spec(&world, (enum cot_cert)i, &spec);
            spec.hash = (enum boot_hash)(i % BOOT_HASH_COUNT);
            world_certify(&world, (enum cot_cert)i, &spec);
        }
    }
    // and an RSA root over P-256
    world_trust(&world, COT_ROOT, cert_support_key(BOOT_PK_RSA3072, 0));
    for (int i = COT_TB_FW; i <= COT_TRUSTED_KEY; i++) {
        world_spec(&world, (enum cot_cert)i, &spec);
        spec.key = cert_support_key(BOOT_PK_RSA3072, 0);
        world_certify(&world, (enum cot_cert)i, &spec);
    }
    world_pack(&world);
    boots();
}

static void each_certificate_is_read_once(void **state)
{
    size_t reads;

    (void)state;
    assert_true(world_open(&world));
    reads = world.reads;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        struct chain_expected expected;

        assert_int_equal(chain_expect(&world.state, (enum cot_image)i, &expected, &world.fault), 0);
        assert_int_equal(chain_expect(&world.state, (enum cot_image)i, &expected, &world.fault), 0);
    }
    assert_int_equal(world.reads - reads, 9);
    memset(world.storage, 0xff, sizeof(world.storage)); // nothing of it is looked at again
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        struct chain_expected expected;
        uint8_t digest[BOOT_HASH_MAX];

        assert_int_equal(chain_expect(&world.state, (enum cot_image)i, &expected, &world.fault), 0);
        cert_support_digest(BOOT_SHA256, world.images[i], WORLD_IMAGE_SIZE, digest);
        assert_memory_equal(expected.digest, digest, 32);
    }
}

static void any_of_the_root_keys_will_do(void **state)
{
    uint8_t good[CHAIN_ROOT_HASH_SIZE];

    (void)state;
    memcpy(good, world.policy.root[COT_ROOT][0], sizeof(good));
    for (int i = 0; i < CHAIN_ROOT_KEYS; i++) {
        memset(world.policy.root, 0x11, sizeof(world.policy.root));
        memcpy(world.policy.root[COT_ROOT][i], good, sizeof(good));
        world.policy.root_count[COT_ROOT] = CHAIN_ROOT_KEYS;
        boots();
        assert_memory_equal(world.state.root_used[COT_ROOT], good, sizeof(good));
        world.policy.root_count[COT_ROOT] = (uint32_t)i; // it is behind the last: revoked
        world_refused(&world, IMAGE_TB_FW_CERT, "public key", "board knows");
    }
}

static void boards_without_keys_accept_nothing(void **state)
{
    (void)state;
    world.policy.root_count[COT_ROOT] = 0;
    world_refused(&world, IMAGE_TB_FW_CERT, "public key", "it has none");
    world.policy.root_count[COT_ROOT] = CHAIN_ROOT_KEYS + 1;
    world_refused(&world, IMAGE_TB_FW_CERT, "public key", "it has none");
    assert_int_equal(world.fault.found, CHAIN_ROOT_KEYS + 1);
}

static void boards_without_a_platform_key_accept_nothing_of_its_owner(void **state)
{
    (void)state;
    world.policy.root_count[COT_PLATFORM_ROOT] = 0;
    world_refused(&world, IMAGE_NT_FW_CERT, "public key", "it has none");
}

static void a_chain_that_there_is_not_is_refused(void **state)
{
    struct chain_expected expected = { BOOT_SHA256, world.images[0] };
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };

    (void)state;
    world.policy.chain = 0;
    world_refused(&world, IMAGE_TB_FW, "chain of trust", "single or dual");
    world.policy.chain = COT_SINGLE_ROOT ^ 0x100;
    world_refused(&world, IMAGE_TB_FW, "chain of trust", "single or dual");
    assert_int_equal(world.fault.found, COT_SINGLE_ROOT ^ 0x100);
    assert_int_equal(chain_check(&world.state, COT_BL2, &expected, &digests, &world.fault),
                     VERDICT_REFUSE);
    assert_int_not_equal(world.state.tally, chain_token(COT_BL2));
}

// The certificates of one chain on a board that is provisioned for the other
static void certificates_of_the_other_chain_are_refused(void **state)
{
    static struct world other;

    (void)state;
    world_make(&other, COT_DUAL_ROOT, BOOT_PK_P256, BOOT_SHA256);
    world_trust(&world, COT_PLATFORM_ROOT, world_key(&world, ROLE_PROT));
    world.certs[COT_NT_FW] = other.certs[COT_DUAL_NT_FW];
    world_pack(&world);
    world_refused(&world, IMAGE_NT_FW_CERT, "extension.extnID", "one of this certificate's");
    assert_int_equal(world.fault.found, COT_OID_PLATFORM_ROOT_KEY);
    world.certs[COT_NT_FW_KEY].size = 0;
    world_pack(&world);
    world_refused(&world, IMAGE_NT_FW_KEY_CERT, "certificate", "must be in the FIP");

    world_make(&world, COT_SINGLE_ROOT, BOOT_PK_P256, BOOT_SHA256);
    other.certs[COT_DUAL_NT_FW] = world.certs[COT_NT_FW];
    world_pack(&other);
    world_refused(&other, IMAGE_NT_FW_CERT, "public key", "board knows");
    world_make(&other, COT_DUAL_ROOT, BOOT_PK_P256, BOOT_SHA256);
    other.certs[COT_TRUSTED_KEY] = world.certs[COT_TRUSTED_KEY];
    world_pack(&other);
    world_refused(&other, IMAGE_TRUSTED_KEY_CERT, "extension.extnID", "one of this certificate's");
    assert_int_equal(other.fault.found, COT_OID_NON_TRUSTED_WORLD_KEY);
    world_make(&other, COT_DUAL_ROOT, BOOT_PK_P256, BOOT_SHA256);
    other.certs[COT_SIP_SP] = world.certs[COT_SIP_SP];
    world_pack(&other);
    world_refused(&other, IMAGE_SIP_SP_CERT, "extension.extnID", "one of this certificate's");
    assert_int_equal(other.fault.found, COT_OID_SP1_HASH + 4);
}

static void a_missing_certificate_is_refused(void **state)
{
    struct der_buf saved;

    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        if (world_has(&world, (enum cot_cert)i)) {
            saved = world.certs[i];
            world.certs[i].size = 0;
            world_pack(&world);
            world_refused(&world, id_of((enum cot_cert)i), "certificate", "must be in the FIP");
            world.certs[i] = saved;
        }
    }
}

static void a_certificate_that_is_too_large_is_not_read(void **state)
{
    size_t reads;

    (void)state;
    world_spec(&world, COT_TB_FW, &spec);
    world.certs[COT_TB_FW].size = CERT_MAX_SIZE + 1;
    world_pack(&world);
    assert_true(world_open(&world));
    reads = world.reads;
    world_refused_load(&world, COT_BL2, IMAGE_TB_FW_CERT, "certificate", "at most");
    assert_int_equal(world.fault.found, CERT_MAX_SIZE + 1);
    assert_int_equal(world.fault.expected, CERT_MAX_SIZE);
    assert_int_equal(world.reads, reads);
}

static void storage_that_fails_is_reported(void **state)
{
    struct chain_expected expected;

    (void)state;
    assert_true(world_open(&world));
    world.read_error = ERR_IO;
    assert_int_equal(chain_expect(&world.state, COT_BL2, &expected, &world.fault), ERR_IO);
    assert_int_equal(world.fault.id, IMAGE_TB_FW_CERT);
    assert_string_equal(world.fault.text, "must be readable");
    world.read_error = ERR_NONE;
    assert_true(world_load(&world, COT_BL2));
}

static void a_certificate_that_is_none_is_refused_where_it_breaks(void **state)
{
    (void)state;
    world.certs[COT_SOC_FW].data[4] = 0x31; // the tag of TBSCertificate
    world_pack(&world);
    world_refused(&world, IMAGE_SOC_FW_CERT, "tbsCertificate", "tag");
    assert_int_equal(world.fault.offset, 4);
    assert_int_equal(world.fault.found, 0x31);
    assert_int_equal(world.fault.expected, 0x30);
}

// Signed with the right key, but made for another place
static void the_name_must_be_the_one_of_its_row(void **state)
{
    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        world_spec(&world, (enum cot_cert)i, &spec);
        spec.name = "Firmware Update Certificate";
        certify((enum cot_cert)i);
        world_refused(&world, id_of((enum cot_cert)i), "subject", "name of this certificate");
        world_spec(&world, (enum cot_cert)i, &spec);
        certify((enum cot_cert)i);
    }
    boots();
}

static void extensions_of_other_certificates_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        static const uint32_t oids[] = { 1, 2, 201, 302, 501, 603, 1001, 1101, 1102, 1201, 1308 };

        for (size_t k = 0; k < sizeof(oids) / sizeof(oids[0]); k++) {
            bool own = false;

            if (!world_has(&world, (enum cot_cert)i)) {
                continue;
            }
            for (uint32_t n = 0; n < COT_MAX_OIDS; n++) {
                own |= (uint32_t)cot_extension((enum cot_cert)i, world.policy.chain, n) == oids[k];
            }
            if (own) {
                continue;
            }
            world_spec(&world, (enum cot_cert)i, &spec);
            world_extend(&world, oids[k], &spec);
            certify((enum cot_cert)i);
            world_refused(&world, id_of((enum cot_cert)i), "extension.extnID",
                          "one of this certificate's");
            assert_int_equal(world.fault.found, oids[k]);
            world_spec(&world, (enum cot_cert)i, &spec);
            certify((enum cot_cert)i);
        }
    }
}

static void unknown_numbers_of_the_arc_are_refused(void **state)
{
    struct der_buf value = { .size = 0 };

    (void)state;
    world_spec(&world, COT_TB_FW, &spec);
    der_integer(&value, 1);
    der_arc_extension(&spec.extensions, 104, &value);
    certify(COT_TB_FW);
    world_refused(&world, IMAGE_TB_FW_CERT, "extension.extnID", "one of this certificate's");
}

// The extension `oid` of `cert` gets this value instead.
static void with_value(enum cot_cert cert, uint32_t oid, const struct der_buf *value)
{
    struct cert_spec whole;

    world_spec(&world, cert, &whole);
    spec = whole;
    spec.extensions.size = 0;
    for (uint32_t i = 0; i < COT_MAX_OIDS; i++) {
        uint32_t own = cot_extension(cert, world.policy.chain, i);

        if (own == oid && value != NULL) {
            der_arc_extension(&spec.extensions, oid, value);
        } else if (own != COT_OID_NONE && own != oid) {
            world_extend(&world, own, &spec);
        }
    }
    certify(cert);
}

static void extensions_that_are_malformed_are_refused_even_if_nobody_asks_for_them(void **state)
{
    struct der_buf value = { .size = 0 };

    (void)state;
    der_integer(&value, 5);
    with_value(COT_TB_FW, COT_OID_HW_CONFIG_HASH, &value);
    world_refused(&world, IMAGE_TB_FW_CERT, "HW_CONFIG hash", "tag");
    world_make(&world, COT_SINGLE_ROOT, BOOT_PK_P256, BOOT_SHA256);
    with_value(COT_TRUSTED_KEY, COT_OID_NON_TRUSTED_WORLD_KEY, &value);
    world_refused(&world, IMAGE_TRUSTED_KEY_CERT, "non-trusted world key", "must be");
    assert_int_not_equal(world.fault.offset, UINT32_MAX);
}

static void counters_are_there(void **state)
{
    struct der_buf value = { .size = 0 };

    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        const char *name = cot_cert_row((enum cot_cert)i)->counter == COT_TRUSTED
                               ? "trusted NV counter"
                               : "non-trusted NV counter";
        uint32_t oid = cot_cert_row((enum cot_cert)i)->counter == COT_TRUSTED ? 1 : 2;

        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        with_value((enum cot_cert)i, oid, NULL);
        world_refused(&world, id_of((enum cot_cert)i), name, "must be there");
        value.size = 0;
        der_integer(&value, 0x10000);
        with_value((enum cot_cert)i, oid, &value);
        world_refused(&world, id_of((enum cot_cert)i), name, "at most");
        world_spec(&world, (enum cot_cert)i, &spec);
        certify((enum cot_cert)i);
    }
    boots();
}

// The order of events: images of counter 3 boot, the board is raised to 4, the same images are refused.
static void older_images_are_refused(void **state)
{
    (void)state;
    boots();
    world.policy.counter[COT_TRUSTED] = 3;
    world.policy.counter[COT_NON_TRUSTED] = 200;
    boots();
    world.policy.counter[COT_TRUSTED] = 4;
    world_refused(&world, IMAGE_TB_FW_CERT, "trusted NV counter", "lower than the board's");
    assert_int_equal(world.fault.found, 3);
    assert_int_equal(world.fault.expected, 4);
    world.policy.counter[COT_TRUSTED] = 0;
    world.policy.counter[COT_NON_TRUSTED] = 201;
    world_refused(&world, id_of(world_has(&world, COT_NT_FW_KEY) ? COT_NT_FW_KEY : COT_DUAL_NT_FW),
                  "non-trusted NV counter", "lower than the board's");
    world.policy.counter[COT_TRUSTED] = UINT32_MAX;
    world_refused(&world, IMAGE_TB_FW_CERT, "trusted NV counter", "lower than the board's");
}

// Each certificate alone is replaced by one of before
static void one_older_certificate_is_refused(void **state)
{
    static struct world old;

    (void)state;
    old = world;
    world.counter[COT_TRUSTED] = 7;
    world.counter[COT_NON_TRUSTED] = 201;
    world_certify_all(&world);
    world.policy.counter[COT_TRUSTED] = 7;
    world.policy.counter[COT_NON_TRUSTED] = 201;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        struct der_buf now = world.certs[i];

        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        world.certs[i] = old.certs[i];
        world_pack(&world);
        world_refused(&world, id_of((enum cot_cert)i), "NV counter", "lower than the board's");
        world.policy.counter[COT_TRUSTED] = 3; // accepted on a board that was not raised
        world.policy.counter[COT_NON_TRUSTED] = 200;
        boots();
        assert_int_equal(world.state.lowest_counter[cot_cert_row((enum cot_cert)i)->counter],
                         world.policy.counter[cot_cert_row((enum cot_cert)i)->counter]);
        world.policy.counter[COT_TRUSTED] = 7;
        world.policy.counter[COT_NON_TRUSTED] = 201;
        world.certs[i] = now;
    }
    world_pack(&world);
    boots();
    assert_int_equal(world.state.lowest_counter[COT_TRUSTED], 7);
    assert_int_equal(world.state.lowest_counter[COT_NON_TRUSTED], 201);
}

static void certificates_of_another_key_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        bool root = cot_cert_row((enum cot_cert)i)->parent == COT_NO_CERT;

        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        world_spec(&world, (enum cot_cert)i, &spec);
        spec.key = world_key(&world, ROLE_OTHER); // complete and signed, with a key of its own
        certify((enum cot_cert)i);
        world_refused(&world, id_of((enum cot_cert)i), "public key",
                      root ? "board knows" : "its parent names");
        assert_int_equal(world.fault.digest_size, 32);
        assert_memory_not_equal(world.fault.found_digest, world.fault.expected_digest, 32);
        spec.key = cert_support_key(BOOT_PK_P384, 0); // another kind, so of another length
        certify((enum cot_cert)i);
        world_refused(&world, id_of((enum cot_cert)i), "public key",
                      root ? "board knows" : "its parent names");
        world_spec(&world, (enum cot_cert)i, &spec);
        spec.signer = world_key(&world, ROLE_OTHER); // says the right key, signed with another
        certify((enum cot_cert)i);
        world_refused(&world, id_of((enum cot_cert)i), "signature", "by the certificate's key");
        world_spec(&world, (enum cot_cert)i, &spec);
        certify((enum cot_cert)i);
    }
    boots();
}

// A key that the chain knows, in the wrong place: the signer of one certificate makes another one
static void keys_of_other_certificates_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        for (int role = ROLE_ROT; role < ROLE_OTHER; role++) {
            if (!world_has(&world, (enum cot_cert)i) ||
                world_signer((enum cot_cert)i) == (enum world_role)role) {
                continue;
            }
            world_spec(&world, (enum cot_cert)i, &spec);
            spec.key = world_key(&world, (enum world_role)role);
            certify((enum cot_cert)i);
            world_refused(&world, id_of((enum cot_cert)i), "public key", NULL);
        }
        if (world_has(&world, (enum cot_cert)i)) {
            world_spec(&world, (enum cot_cert)i, &spec);
            certify((enum cot_cert)i);
        }
    }
}

static void signatures_of_another_hash_are_refused(void **state)
{
    struct der_buf algorithm = { .size = 0 };

    (void)state;
    for (int kind = BOOT_PK_P256; kind <= BOOT_PK_RSA3072; kind++) {
        world_make(&world, COT_SINGLE_ROOT, (enum boot_pk_kind)kind, BOOT_SHA256);
        world_spec(&world, COT_TB_FW, &spec);
        algorithm.size = 0;
        der_algorithm(&algorithm, (enum boot_pk_kind)kind, BOOT_SHA384);
        spec.parts[PART_ALGORITHM] = spec.parts[PART_OUTER_ALGORITHM] = &algorithm;
        certify(COT_TB_FW); // says SHA-384, signed over SHA-256
        world_refused(&world, IMAGE_TB_FW_CERT, "signature", "by the certificate's key");
    }
}

static void a_signature_of_another_certificate_is_refused(void **state)
{
    struct cert a, b;
    struct cert_fault fault;

    (void)state;
    // Both are signed with the root key
    assert_int_equal(
        cert_decode(world.certs[COT_TB_FW].data, world.certs[COT_TB_FW].size, &a, &fault),
        ERR_NONE);
    assert_int_equal(cert_decode(world.certs[COT_TRUSTED_KEY].data,
                                 world.certs[COT_TRUSTED_KEY].size, &b, &fault),
                     ERR_NONE);
    struct der_buf signature = { .size = 0 };
    uint8_t zero = 0;

    der_add(&signature, &zero, 1);
    der_add(&signature, b.signature.data, b.signature.size);
    der_wrap(&signature, 0, 0x03);
    world_spec(&world, COT_TB_FW, &spec);
    spec.parts[PART_SIGNATURE] = &signature;
    certify(COT_TB_FW);
    world_refused(&world, IMAGE_TB_FW_CERT, "signature", "by the certificate's key");
}

static void a_parent_without_the_key_is_refused(void **state)
{
    (void)state;
    with_value(COT_TRUSTED_KEY, COT_OID_TRUSTED_WORLD_KEY, NULL);
    world_refused(&world, IMAGE_TRUSTED_KEY_CERT, "trusted world key", "must be there");
    world_make(&world, COT_SINGLE_ROOT, BOOT_PK_P256, BOOT_SHA256);
    with_value(COT_TOS_FW_KEY, COT_OID_TOS_FW_KEY, NULL);
    world_refused(&world, IMAGE_TOS_FW_KEY_CERT, "trusted OS firmware key", "must be there");
}

static void the_platform_owner_repeats_its_key(void **state)
{
    static const enum cot_cert certs[] = { COT_DUAL_NT_FW, COT_PLAT_SP };
    struct der_buf value = { .size = 0 };

    (void)state;
    der_spki(&value, world_key(&world, ROLE_OTHER));
    for (int i = 0; i < 2; i++) {
        with_value(certs[i], COT_OID_PLATFORM_ROOT_KEY, NULL);
        world_refused(&world, id_of(certs[i]), "platform root key", "must be there");
        with_value(certs[i], COT_OID_PLATFORM_ROOT_KEY, &value);
        world_refused(&world, id_of(certs[i]), "platform root key", "certificate's own key");
        world_spec(&world, certs[i], &spec);
        certify(certs[i]);
    }
    boots();
}

static void one_root_has_one_key(void **state)
{
    uint8_t *second = world.policy.root[COT_ROOT][1];
    struct der_buf spki = { .size = 0 };

    (void)state;
    der_spki(&spki, world_key(&world, ROLE_OTHER));
    cert_support_digest(BOOT_SHA256, spki.data, spki.size, second);
    world.policy.root_count[COT_ROOT] = 2;
    world_spec(&world, COT_TRUSTED_KEY, &spec);
    spec.key = world_key(&world, ROLE_OTHER);
    certify(COT_TRUSTED_KEY);
    world_refused(&world, IMAGE_TRUSTED_KEY_CERT, "public key", "same in all certificates");
    world_spec(&world, COT_TB_FW, &spec);
    spec.key = world_key(&world, ROLE_OTHER);
    certify(COT_TB_FW);
    boots(); // all of it with the second key
    assert_memory_equal(world.state.root_used[COT_ROOT], second, CHAIN_ROOT_HASH_SIZE);
}

static void the_owners_keys_are_not_interchangeable(void **state)
{
    (void)state;
    world_trust(&world, COT_PLATFORM_ROOT, world_key(&world, ROLE_ROT));
    world_refused(&world, IMAGE_NT_FW_CERT, "public key", "board knows");
    world_trust(&world, COT_PLATFORM_ROOT, world_key(&world, ROLE_PROT));
    world_trust(&world, COT_ROOT, world_key(&world, ROLE_PROT));
    world_refused(&world, IMAGE_TB_FW_CERT, "public key", "board knows");
}

static void an_image_that_was_left_out_is_refused(void **state)
{
    static const uint8_t zero[BOOT_HASH_MAX];
    struct der_buf value = { .size = 0 };
    struct chain_expected expected;

    (void)state;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        const struct cot_image_row *row = cot_image_row((enum cot_image)i);
        enum cot_cert cert = cot_image_cert((enum cot_image)i, world.policy.chain);

        with_value(cert, row->hash_oid, NULL);
        assert_true(world_open(&world));
        assert_int_equal(chain_expect(&world.state, (enum cot_image)i, &expected, &world.fault),
                         ERR_NOT_FOUND);
        assert_int_equal(world.fault.id, id_of(cert));
        assert_string_equal(world.fault.field, cot_oid_name(row->hash_oid));
        assert_string_equal(world.fault.text, "must be there");
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            value.size = 0;
            der_digest_info(&value, (enum boot_hash)hash, zero); // as cert_create says it
            with_value(cert, row->hash_oid, &value);
            assert_true(world_open(&world));
            assert_int_equal(chain_expect(&world.state, (enum cot_image)i, &expected, &world.fault),
                             ERR_NOT_FOUND);
            assert_int_equal(world.fault.id, id_of(cert));
            assert_string_equal(world.fault.text, "must not be zero");
        }
        world_spec(&world, cert, &spec);
        certify(cert);
    }
    boots();
}

static void images_that_differ_are_refused(void **state)
{
    uint8_t digest[BOOT_HASH_MAX];

    (void)state;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        const struct cot_image_row *row = cot_image_row((enum cot_image)i);

        world.images[i][WORLD_IMAGE_SIZE / 2] ^= 0x10;
        world_pack(&world);
        world_refused(&world, row->id, cot_oid_name(row->hash_oid), "digest of the image");
        assert_int_equal(world.fault.digest_size, 32);
        cert_support_digest(BOOT_SHA256, world.images[i], WORLD_IMAGE_SIZE, digest);
        assert_memory_equal(world.fault.found_digest, digest, 32);
        world.images[i][WORLD_IMAGE_SIZE / 2] ^= 0x10;
        cert_support_digest(BOOT_SHA256, world.images[i], WORLD_IMAGE_SIZE, digest);
        assert_memory_equal(world.fault.expected_digest, digest, 32);
    }
}

#define SINGLE(name) cmocka_unit_test_setup(name, single)
#define DUAL(name)                                   \
    {                                                \
#name " (two roots)", name, dual, NULL, NULL \
    }
#define BOTH(name) SINGLE(name), DUAL(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SINGLE(good_chains_are_accepted),
        SINGLE(kinds_of_keys_and_hashes_may_be_mixed),
        BOTH(each_certificate_is_read_once),
        SINGLE(any_of_the_root_keys_will_do),
        SINGLE(boards_without_keys_accept_nothing),
        DUAL(boards_without_a_platform_key_accept_nothing_of_its_owner),
        SINGLE(a_chain_that_there_is_not_is_refused),
        SINGLE(certificates_of_the_other_chain_are_refused),
        BOTH(a_missing_certificate_is_refused),
        SINGLE(a_certificate_that_is_too_large_is_not_read),
        SINGLE(storage_that_fails_is_reported),
        SINGLE(a_certificate_that_is_none_is_refused_where_it_breaks),
        BOTH(the_name_must_be_the_one_of_its_row),
        BOTH(extensions_of_other_certificates_are_refused),
        SINGLE(unknown_numbers_of_the_arc_are_refused),
        SINGLE(extensions_that_are_malformed_are_refused_even_if_nobody_asks_for_them),
        BOTH(counters_are_there),
        BOTH(older_images_are_refused),
        BOTH(one_older_certificate_is_refused),
        BOTH(certificates_of_another_key_are_refused),
        BOTH(keys_of_other_certificates_are_refused),
        SINGLE(signatures_of_another_hash_are_refused),
        SINGLE(a_signature_of_another_certificate_is_refused),
        SINGLE(a_parent_without_the_key_is_refused),
        DUAL(the_platform_owner_repeats_its_key),
        SINGLE(one_root_has_one_key),
        DUAL(the_owners_keys_are_not_interchangeable),
        BOTH(an_image_that_was_left_out_is_refused),
        BOTH(images_that_differ_are_refused),
    };

    return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
