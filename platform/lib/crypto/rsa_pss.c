// SPDX-License-Identifier: BSD-3-Clause
//
// RSASSA-PSS verification. See rsa_pss.h. Instead of checking the parts of the encoded message one after
// the other (RFC 8017 9.1.2), it is encoded again (9.1.1) with the salt found in it: trailer, padding,
// unused bits and hash are all compared at once, and no branch chooses the verdict.
#include "rsa_pss.h"

#include <stdbool.h>
#include <string.h>

#include "mont.h"

#define EXPONENT_SQUARES 16 // e = 2^16 + 1
#define SIZE_MOST (MONT_LIMBS_MAX * sizeof(uint64_t))
#define SALT_SIZE 32                               // whatever the hash: TF-A's cert_create
#define SIZE_LEAST (BOOT_HASH_MAX + SALT_SIZE + 2) // RFC 8017 9.1.1 step 3
#define TRAILER 0xbc
#define UNUSED_BITS 1 // at the top: the encoded message has one bit less than the modulus

static struct {
    struct mont mont;
    uint64_t n[MONT_LIMBS_MAX];
    uint64_t rr[MONT_LIMBS_MAX];
    uint64_t s[MONT_LIMBS_MAX];
    uint64_t power[MONT_LIMBS_MAX];
    uint8_t found[SIZE_MOST];    // the encoded message out of the signature
    uint8_t expected[SIZE_MOST]; // as it must be
    uint8_t mask[SIZE_MOST];
} work;

// found = signature ^ 65537 mod n. False if the signature is not below n (RFC 8017 5.2.2)
static bool recover(const uint8_t *modulus, size_t size, const uint8_t *signature)
{
    uint32_t limbs = (uint32_t)(size / sizeof(uint64_t));

    mont_read(work.n, limbs, modulus);
    mont_read(work.s, limbs, signature);
    if (!mont_less(work.s, work.n, limbs)) {
        return false;
    }
    mont_init(&work.mont, MONT_ANY, work.n, work.rr, limbs);
    mont_enter(&work.mont, work.power, work.s);
    for (int i = 0; i < EXPONENT_SQUARES; i++) {
        mont_mul(&work.mont, work.power, work.power, work.power);
    }
    mont_mul(&work.mont, work.power, work.power, work.s); // s is plain: so is the product
    mont_write(work.power, limbs, work.found);
    return true;
}

// mask = MGF1(seed), RFC 8017 B.2.1: the digests of seed || counter
static int make_mask(enum boot_hash hash, const uint8_t *seed, size_t mask_size)
{
    struct boot_digests digests;
    uint8_t block[BOOT_HASH_MAX + 4] = { 0 };
    size_t length = boot_hash_info(hash)->size;
    uint8_t counter = 0; // its three upper bytes stay 0: at most 16 blocks

    memcpy(block, seed, length);
    for (size_t done = 0; done < mask_size; done += length) {
        size_t part = mask_size - done < length ? mask_size - done : length;

        block[length + 3] = counter++;
        int err = boot_hash_make(block, length + 4, BOOT_HASH_BIT(hash), &digests);

        if (err != 0) {
            return err;
        }
        memcpy(work.mask + done, digests.value[hash], part);
    }
    return 0;
}

// H of RFC 8017 9.1.1: the digest of eight zeros || message digest || salt
static int make_hash(enum boot_hash hash, const uint8_t *digest, const uint8_t *salt, uint8_t *out)
{
    struct boot_digests digests;
    uint8_t block[8 + BOOT_HASH_MAX + SALT_SIZE] = { 0 };
    size_t length = boot_hash_info(hash)->size;

    memcpy(block + 8, digest, length);
    memcpy(block + 8 + length, salt, SALT_SIZE);
    int err = boot_hash_make(block, 8 + length + SALT_SIZE, BOOT_HASH_BIT(hash), &digests);

    if (err == 0) {
        memcpy(out, digests.value[hash], length);
    }
    return err;
}

verdict_t rsa_pss_verify(const uint8_t *modulus, size_t size, enum boot_hash hash,
                         const uint8_t *digest, const uint8_t *signature)
{
    size_t length = boot_hash_info(hash)->size;
    size_t db_size = size - length - 1;
    uint8_t salt[SALT_SIZE];

    if (size < SIZE_LEAST || size > SIZE_MOST || size % sizeof(uint64_t) != 0) {
        return VERDICT_REFUSE;
    }
    if (!recover(modulus, size, signature) || make_mask(hash, work.found + db_size, db_size) != 0) {
        return VERDICT_REFUSE;
    }
    for (size_t i = 0; i < SALT_SIZE; i++) {
        size_t at = db_size - SALT_SIZE + i;

        salt[i] = work.found[at] ^ work.mask[at];
    }

    // All of it: no hash of an earlier call may stand where this call's belongs
    memset(work.expected, 0, sizeof(work.expected));
    work.expected[db_size - SALT_SIZE - 1] = 0x01;
    memcpy(work.expected + db_size - SALT_SIZE, salt, SALT_SIZE);
    for (size_t i = 0; i < db_size; i++) {
        work.expected[i] ^= work.mask[i];
    }
    work.expected[0] &= 0xff >> UNUSED_BITS;
    work.expected[size - 1] = TRAILER;
    if (make_hash(hash, digest, salt, work.expected + db_size) != 0) {
        return VERDICT_REFUSE;
    }
    return verdict_equal(work.found, work.expected, size);
}
