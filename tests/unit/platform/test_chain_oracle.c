// SPDX-License-Identifier: BSD-3-Clause
//
// Certificates of Debian's cert_create (TF-A 2.8) under our walk: the chain with one root, every kind of key, every hash,
// with and without optional images. Its build knows no second root. Skipped where there is no cert_create.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "tests/unit/platform/chain_support.h"

static struct world world;
static char folder[] = "/tmp/test_chain_oracle.XXXXXX";

// Option of cert_create with which an image goes in
static const char *const image_options[COT_IMAGE_COUNT] = {
    "tb-fw",   "tb-fw-config", "soc-fw",  "tos-fw",  "nt-fw",   "sp-pkg1", "sp-pkg2",
    "sp-pkg3", "sp-pkg4",      "sp-pkg5", "sp-pkg6", "sp-pkg7", "sp-pkg8",
};

static const struct {
    enum world_role role;
    const char *option;
} key_options[] = {
    { ROLE_ROT, "rot-key" },       { ROLE_TRUSTED_WORLD, "trusted-world-key" },
    { ROLE_SOC_FW, "soc-fw-key" }, { ROLE_NON_TRUSTED_WORLD, "non-trusted-world-key" },
    { ROLE_TOS_FW, "tos-fw-key" }, { ROLE_NT_FW, "nt-fw-key" },
    { ROLE_OTHER, "scp-fw-key" }, // of a certificate that we do not have
};

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int leave(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static FILE *open_file(const char *name, const char *mode)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, mode);
    assert_non_null(file);
    return file;
}

static void write_inputs(void)
{
    FILE *file;

    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        file = open_file(image_options[i], "wb");
        assert_int_equal(fwrite(world.images[i], 1, WORLD_IMAGE_SIZE, file), WORLD_IMAGE_SIZE);
        fclose(file);
    }
    for (size_t i = 0; i < sizeof(key_options) / sizeof(key_options[0]); i++) {
        file = open_file(key_options[i].option, "wb");
        assert_int_equal(PEM_write_PrivateKey(file, world_key(&world, key_options[i].role), NULL,
                                              NULL, 0, NULL, NULL),
                         1);
        fclose(file);
    }
}

static void add(char *command, size_t size, const char *option)
{
    size_t used = strlen(command);

    snprintf(command + used, size - used, " --%s %s/%s", option, folder, option);
}

// `images`: how many of them are given.
static void run_cert_create(int images)
{
    static const char *const hashes[] = { "sha256", "sha384", "sha512" };
    bool rsa = world.kind == BOOT_PK_RSA3072 || world.kind == BOOT_PK_RSA4096;
    char command[4096];

    snprintf(command, sizeof(command),
             "cert_create -n -a %s -s %s --tfw-nvctr 3 --ntfw-nvctr 200 </dev/null",
             rsa ? "rsa" : "ecdsa", hashes[world.hash]);
    for (size_t i = 0; i < sizeof(key_options) / sizeof(key_options[0]); i++) {
        add(command, sizeof(command), key_options[i].option);
    }
    for (int i = 0; i < images; i++) {
        add(command, sizeof(command), image_options[i]);
    }
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        if (world_has(&world, (enum cot_cert)i)) {
            add(command, sizeof(command),
                fip_names_get(cot_cert_row((enum cot_cert)i)->id)->option);
        }
    }
    assert_int_equal(system(command), 0);
}

static void read_certificates(void)
{
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        struct der_buf *der = &world.certs[i];
        FILE *file;

        der->size = 0;
        if (world_has(&world, (enum cot_cert)i)) {
            file = open_file(fip_names_get(cot_cert_row((enum cot_cert)i)->id)->option, "rb");
            der->size = fread(der->data, 1, sizeof(der->data), file);
            fclose(file);
        }
    }
    world_pack(&world);
}

static void make(enum boot_pk_kind kind, enum boot_hash hash, int images)
{
    world_make(&world, COT_SINGLE_ROOT, kind, hash);
    write_inputs();
    run_cert_create(images);
    read_certificates();
}

static void skip_without_cert_create(void)
{
    if (system("command -v cert_create >/dev/null") != 0) {
        print_message("SKIP-REASON cert_create is not installed\n");
        skip();
    }
}

static void its_chains_are_accepted(void **state)
{
    (void)state;
    skip_without_cert_create();
    for (int kind = BOOT_PK_P256; kind < BOOT_PK_COUNT; kind++) {
        for (int hash = 0; hash < BOOT_HASH_COUNT; hash++) {
            make((enum boot_pk_kind)kind, (enum boot_hash)hash, COT_IMAGE_COUNT);
            if (!world_boot(&world)) {
                fail_msg("%s, hash %d: image %d, %s: %s", boot_pk_name((enum boot_pk_kind)kind),
                         hash, world.fault.id, world.fault.field, world.fault.text);
            }
            assert_int_equal(world.state.lowest_counter[COT_TRUSTED], 3);
            assert_int_equal(world.state.lowest_counter[COT_NON_TRUSTED], 200);
        }
    }
}

// An image that it was not given: a hash of zeros
static void images_that_it_left_out_are_refused(void **state)
{
    (void)state;
    skip_without_cert_create();
    make(BOOT_PK_P256, BOOT_SHA256, COT_SP1 + 2);
    assert_true(world_open(&world));
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        if (i < COT_SP1 + 2) {
            assert_true(world_load(&world, (enum cot_image)i));
        } else {
            world_refused_load(&world, (enum cot_image)i, IMAGE_SIP_SP_CERT, "hash",
                               "must not be zero");
        }
    }
}

// Ours and its differ in nothing but serial number, time, key identifiers and signature.
static void ours_are_made_like_its(void **state)
{
    struct cert_fault fault;
    struct cert its, ours;
    struct cert_spec spec;
    struct der_buf der;

    (void)state;
    skip_without_cert_create();
    make(BOOT_PK_P384, BOOT_SHA384, COT_IMAGE_COUNT);
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        world_spec(&world, (enum cot_cert)i, &spec);
        der.size = 0;
        cert_support_make(&spec, &der);
        assert_int_equal(cert_decode(der.data, der.size, &ours, &fault), ERR_NONE);
        assert_int_equal(cert_decode(world.certs[i].data, world.certs[i].size, &its, &fault),
                         ERR_NONE);
        assert_int_equal(its.extension_count, ours.extension_count);
        for (uint32_t k = 0; k < its.extension_count; k++) {
            assert_int_equal(its.extensions[k].oid, ours.extensions[k].oid);
            assert_int_equal(its.extensions[k].oid,
                             cot_extension((enum cot_cert)i, COT_SINGLE_ROOT, k));
            assert_int_equal(its.extensions[k].value.size, ours.extensions[k].value.size);
            assert_memory_equal(its.extensions[k].value.data, ours.extensions[k].value.data,
                                its.extensions[k].value.size);
        }
        assert_int_equal(cot_extension((enum cot_cert)i, COT_SINGLE_ROOT, its.extension_count),
                         COT_OID_NONE);
        assert_int_equal(its.spki.size, ours.spki.size);
        assert_memory_equal(its.spki.data, ours.spki.data, its.spki.size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_chains_are_accepted),
        cmocka_unit_test(images_that_it_left_out_are_refused),
        cmocka_unit_test(ours_are_made_like_its),
    };

    return cmocka_run_group_tests_name("chain_oracle", tests, enter, leave);
}
