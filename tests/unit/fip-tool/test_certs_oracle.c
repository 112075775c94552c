// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool certs against Debian's cert_create (TF-A 2.8): out of the same keys, images and counters the two make the
// same certificates, byte for byte but for serial number, validity and signature; and Debian's fiptool takes ours out
// of the FIP. Skipped where the programs are not there.
#include "tests/unit/fip-tool/certs_support.h"

#include <openssl/asn1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fip-tool/trust_support.h"

// RFC 5280, 4.1: the parts of a TBSCertificate
enum part { VERSION, SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, KEY, EXTENSIONS, PART_COUNT };

struct element {
    const uint8_t *data; // header included
    size_t size;
};

// Reads one element with OpenSSL; `inside` points to its contents.
static void take(const uint8_t **at, const uint8_t *end, struct element *element,
                 const uint8_t **inside)
{
    const uint8_t *start = *at, *contents = *at;
    int tag, class;
    long size;

    assert_true((ASN1_get_object(&contents, &size, &tag, &class, end - start) & 0x80) == 0);
    element->data = start;
    element->size = (size_t)(contents - start + size);
    *inside = contents;
    *at = start + element->size;
    assert_true(*at <= end);
}

// The parts of the certificate, and the algorithm behind them.
static void split(const uint8_t *der, size_t size, struct element parts[PART_COUNT],
                  struct element *algorithm)
{
    const uint8_t *at = der, *inside, *tbs, *ignored;
    struct element whole, element;

    take(&at, der + size, &whole, &inside);
    assert_int_equal(whole.size, size);
    take(&inside, at, &element, &tbs);
    take(&inside, at, algorithm, &ignored);
    for (int i = 0; i < PART_COUNT; i++) {
        take(&tbs, element.data + element.size, &parts[i], &ignored);
    }
    assert_ptr_equal(tbs, element.data + element.size);
}

static void compare(const char *path_a, const char *path_b)
{
    static const char *const names[] = {
        "version", "serialNumber",         "signature", "issuer", "validity",
        "subject", "subjectPublicKeyInfo", "extensions"
    };
    struct element a[PART_COUNT], b[PART_COUNT], algorithm[2];
    size_t size[2];
    uint8_t *data[2] = { support_read(path_a, &size[0]), support_read(path_b, &size[1]) };

    split(data[0], size[0], a, &algorithm[0]);
    split(data[1], size[1], b, &algorithm[1]);
    for (int i = 0; i < PART_COUNT; i++) {
        if (i == SERIAL || i == VALIDITY) {
            assert_int_equal(a[i].data[0], b[i].data[0]); // the tag
            continue;
        }
        if (a[i].size != b[i].size || memcmp(a[i].data, b[i].data, a[i].size) != 0) {
            fail_msg("%s and %s differ in %s", path_a, path_b, names[i]);
        }
    }
    assert_int_equal(algorithm[0].size, algorithm[1].size);
    assert_memory_equal(algorithm[0].data, algorithm[1].data, algorithm[0].size);
    assert_int_equal(a[VALIDITY].data[2], 0x17); // UTCTime, as cert_create's
    assert_int_equal(b[VALIDITY].data[2], 0x17);
    free(data[0]);
    free(data[1]);
}

static void check(enum trust_key kind, const char *hash, unsigned int trusted,
                  unsigned int non_trusted)
{
    trust_make_images();
    trust_make_keys(kind);
    trust_sign(kind, hash, trusted, non_trusted, "theirs.fip");
    assert_int_equal(
        support_tool("certs --keys keys --hash %s --tfw-nvctr %u --ntfw-nvctr %u --out "
                     "ours.fip plain.fip",
                     hash, trusted, non_trusted),
        0);
    certs_unpack("theirs.fip", "theirs");
    assert_int_equal(mkdir("ours", 0700) == 0 || access("ours", F_OK) == 0, 1);
    if (support_fiptool("unpack --force --out ours ours.fip") != 0) {
        fail_msg("fiptool: %s", support_stderr());
    }
    for (size_t i = 0; certs_single[i] != NULL; i++) {
        char path[2][128];

        snprintf(path[0], sizeof(path[0]), "theirs/%s-cert.bin", certs_single[i]);
        snprintf(path[1], sizeof(path[1]), "ours/%s-cert.bin", certs_single[i]);
        compare(path[0], path[1]);
    }
    assert_int_equal(support_tool("verify --root-key keys/rot_key.pem theirs.fip"), 0);
    assert_int_equal(support_tool("verify --root-key keys/rot_key.pem ours.fip"), 0);
    assert_int_equal(support_tool("sign detach --out theirs-signed theirs.fip"), 0);
    assert_int_equal(support_tool("sign attach --from theirs-signed --out again.fip plain.fip"), 0);
}

static void p256_certificates_are_those_of_cert_create(void **state)
{
    (void)state;
    check(TRUST_P256, "sha256", 0, 0);
    check(TRUST_P256, "sha384", 127, 128);
    check(TRUST_P256, "sha512", 255, 256);
}

static void p384_certificates_are_those_of_cert_create(void **state)
{
    (void)state;
    check(TRUST_P384, "sha256", 3, 256);
    check(TRUST_P384, "sha384", 1, 2);
    check(TRUST_P384, "sha512", 129, 254);
}

static void rsa_certificates_are_those_of_cert_create(void **state)
{
    (void)state;
    check(TRUST_RSA3072, "sha256", 0, 1);
    check(TRUST_RSA3072, "sha384", 5, 6);
    check(TRUST_RSA4096, "sha512", 7, 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(p256_certificates_are_those_of_cert_create),
        TEST(p384_certificates_are_those_of_cert_create),
        TEST(rsa_certificates_are_those_of_cert_create),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
