// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the reader of certificates. Byte 0 chooses where the certificate comes from: the input itself, or a
// good one (P-256, RSA of 3072 bits) that the input alters, three bytes each: position and what to XOR there. Besides
// memory errors it traps if a refusal names no rule or leaves something behind, if what is read lies outside the
// certificate or is not what cert.h promises, and if the good ones are refused. Signatures are not checked, so they and the
// RSA modulus are made up.
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "tests/unit/platform/cert_support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// RFC 6979 A.2.5
static const uint8_t p256_spki[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x60, 0xfe, 0xd4, 0xba, 0x25,
    0x5a, 0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68, 0xc0, 0x49, 0xb8, 0x92, 0x3b,
    0x61, 0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6, 0x79, 0x03, 0xfe, 0x10, 0x08,
    0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64, 0xf2, 0xf1, 0xb2, 0x0c, 0x2d,
    0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
};

static void rsa_spki(struct der_buf *der)
{
    static const uint8_t oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
    static const uint8_t exponent[] = { 0x01, 0x00, 0x01 };
    uint8_t modulus[385];
    size_t start = 0;

    memset(modulus, 0xb7, sizeof(modulus));
    modulus[0] = 0;
    der->size = 0;
    der_element(der, 0x06, oid, sizeof(oid));
    der_element(der, 0x05, NULL, 0);
    der_wrap(der, 0, 0x30);
    start = der->size;
    der_add(der, "", 1);
    der_element(der, 0x02, modulus, sizeof(modulus));
    der_element(der, 0x02, exponent, sizeof(exponent));
    der_wrap(der, start + 1, 0x30);
    der_wrap(der, start, 0x03);
    der_wrap(der, 0, 0x30);
}

// A good certificate with each kind of extension
static void make(enum boot_pk_kind kind, struct der_buf *der)
{
    static const uint8_t digest[BOOT_HASH_MAX] = { 1, 2, 3 };
    struct der_buf spki = { .size = 0 }, algorithm = { .size = 0 }, signature = { .size = 0 };
    struct der_buf value = { .size = 0 };
    struct cert_spec spec = { .name = "Trusted Key Certificate", .hash = BOOT_SHA256 };

    if (kind == BOOT_PK_P256) {
        der_add(&spki, p256_spki, sizeof(p256_spki));
    } else {
        rsa_spki(&spki);
    }
    der_algorithm(&algorithm, kind, BOOT_SHA384);
    der_element(&signature, 0x03, "\0abcdef", 7);
    spec.parts[PART_SPKI] = &spki;
    spec.parts[PART_ALGORITHM] = spec.parts[PART_OUTER_ALGORITHM] = &algorithm;
    spec.parts[PART_SIGNATURE] = &signature;
    der_integer(&value, 200);
    der_arc_extension(&spec.extensions, 1, &value);
    der_arc_extension(&spec.extensions, 302, &spki);
    value.size = 0;
    der_digest_info(&value, BOOT_SHA512, digest);
    der_arc_extension(&spec.extensions, 1308, &value);
    der->size = 0;
    cert_support_make(&spec, der);
}

static const struct der_buf *good(enum boot_pk_kind kind)
{
    static struct der_buf made[BOOT_PK_COUNT];

    if (made[kind].size == 0) {
        make(kind, &made[kind]);
    }
    return &made[kind];
}

static void check_fault(int err, const struct cert_fault *fault, size_t size)
{
    expect(err == ERR_INVALID || err == ERR_TRUNCATED || err == ERR_NOT_SUPPORTED ||
           err == ERR_DUPLICATE || err == ERR_NO_MEMORY || err == ERR_RANGE);
    expect(fault->field != NULL && strncmp(fault->text, "must ", 5) == 0 && fault->offset <= size);
}

static void check_inside(struct cert_span span, const uint8_t *der, size_t size)
{
    expect(span.size != 0 && span.data >= der && (size_t)(span.data - der) <= size &&
           span.size <= size - (size_t)(span.data - der));
}

// Whatever an extension holds, it is read as a counter, a digest and a key.
static int check_extension(const struct cert_extension *extension, const uint8_t *der, size_t size)
{
    struct cert_fault fault = { 0 };
    struct cert_span key = { NULL, 0 };
    const uint8_t *digest = NULL;
    enum boot_hash hash = BOOT_HASH_COUNT;
    uint32_t counter = UINT32_MAX;
    int taken = 0;
    int err = cert_counter(extension, &counter, &fault);

    expect((err == ERR_NONE) == (counter <= CERT_COUNTER_MAX));
    taken += err == ERR_NONE;
    if (err != ERR_NONE) {
        check_fault(err, &fault, size);
    }
    err = cert_digest(extension, &hash, &digest, &fault);
    taken += err == ERR_NONE;
    if (err == ERR_NONE) {
        check_inside((struct cert_span){ digest, boot_hash_info(hash)->size }, der, size);
    } else {
        check_fault(err, &fault, size);
    }
    err = cert_key(extension, &key, &fault);
    taken += err == ERR_NONE;
    if (err == ERR_NONE) {
        check_inside(key, der, size);
    } else {
        check_fault(err, &fault, size);
    }
    expect(taken <= 1); // no bytes are two things
    return taken;
}

static void check_cert(const struct cert *cert, const uint8_t *der, size_t size)
{
    check_inside(cert->tbs, der, size);
    check_inside(cert->spki, cert->tbs.data, cert->tbs.size);
    check_inside(cert->subject_name, cert->tbs.data, cert->tbs.size);
    check_inside(cert->signature, der, size);
    expect(cert->signature.data + cert->signature.size == der + size);
    expect(cert->tbs.data + cert->tbs.size < cert->signature.data);
    expect(cert->key.bytes > cert->spki.data &&
           cert->key.bytes + cert->key.size <= cert->spki.data + cert->spki.size);
    expect((unsigned)cert->hash < BOOT_HASH_COUNT && cert->subject_name.size <= 64);
    expect((cert->signature_kind == CERT_ECDSA) == (cert->key.kind <= BOOT_PK_P384));
    expect(cert->extension_count <= CERT_MAX_EXTENSIONS);
    for (uint32_t i = 0; i < cert->extension_count; i++) {
        const struct cert_extension *extension = &cert->extensions[i];

        expect(cert_find(cert, extension->oid) == extension); // each once
        expect(extension->oid > 0 && extension->oid < 1 << 14);
        expect(extension->value.data == der + extension->offset);
        if (extension->value.size != 0) {
            check_inside(extension->value, cert->tbs.data, cert->tbs.size);
        }
        (void)check_extension(extension, der, size);
    }
}

// Returns whether the `size` bytes at `data` were taken.
static bool decode(const uint8_t *data, size_t size)
{
    uint8_t *der = malloc(size != 0 ? size : 1); // of exactly that size: ASan sees the byte behind
    struct cert_fault fault = { 0 };
    struct cert cert;
    int err;

    expect(der != NULL);
    if (size != 0) {
        memcpy(der, data, size);
    }
    memset(&cert, 0xee, sizeof(cert));
    err = cert_decode(der, size, &cert, &fault);
    if (err == ERR_NONE) {
        check_cert(&cert, der, size);
    } else {
        check_fault(err, &fault, size);
        for (size_t i = 0; i < sizeof(cert); i++) {
            expect(((const uint8_t *)&cert)[i] == 0); // nothing is left behind
        }
    }
    free(der);
    return err == ERR_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct der_buf der;
    size_t altered = 0;

    if (size == 0) {
        return 0;
    }
    if (data[0] % 3 == 0) {
        (void)decode(data + 1, size - 1);
        return 0;
    }
    der = *good(data[0] % 3 == 1 ? BOOT_PK_P256 : BOOT_PK_RSA3072);
    for (data++, size--; size >= 3; data += 3, size -= 3) {
        der.data[(data[0] | (size_t)data[1] << 8) % der.size] ^= data[2];
        altered += data[2] != 0;
    }
    der.size -= size == 2 ? data[0] % 4u : 0;
    expect(decode(der.data, der.size) || altered != 0 || size == 2);
    return 0;
}
