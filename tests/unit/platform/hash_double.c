// SPDX-License-Identifier: BSD-3-Clause
//
// See hash_double.h. The table is out of the TCG algorithm registry and RFC 8017, appendix B.1.
#include "tests/unit/platform/hash_double.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "boot_hash.h"

size_t hash_double_calls;
size_t hash_double_fail;

static const struct boot_hash_info infos[BOOT_HASH_COUNT] = {
    { "SHA-256", 0x000b, 32, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
    { "SHA-384", 0x000c, 48, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
    { "SHA-512", 0x000d, 64, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 } },
};

void hash_double_reset(void)
{
    hash_double_calls = 0;
    hash_double_fail = 0;
}

static bool fails(void)
{
    hash_double_calls++;
    return hash_double_calls == hash_double_fail;
}

const struct boot_hash_info *boot_hash_info(enum boot_hash hash)
{
    return &infos[hash];
}

int boot_hash_make(const void *data, size_t size, uint32_t want, struct boot_digests *out)
{
    memset(out, 0, sizeof(*out));
    if (want == 0 || want >= BOOT_HASH_BIT(BOOT_HASH_COUNT)) {
        return ERR_INVALID;
    }
    if (fails()) {
        return ERR_IO;
    }
    for (size_t i = 0; i < BOOT_HASH_COUNT; i++) {
        const EVP_MD *algorithm = i == BOOT_SHA256   ? EVP_sha256()
                                  : i == BOOT_SHA384 ? EVP_sha384()
                                                     : EVP_sha512();

        if ((want & BOOT_HASH_BIT(i)) != 0 &&
            EVP_Digest(data, size, out->value[i], NULL, algorithm, NULL) != 1) {
            return ERR_IO;
        }
    }
    out->have = want;
    return ERR_NONE;
}

int boot_hmac_sha256(const uint8_t *key, size_t key_size, const void *data, size_t size,
                     uint8_t out[32])
{
    if (key_size == 0 || key_size > 64) {
        return ERR_INVALID;
    }
    if (fails()) {
        memset(out, 0xee, 32); // what a library leaves behind that fails half-way
        return ERR_IO;
    }
    return HMAC(EVP_sha256(), key, (int)key_size, data, size, out, NULL) != NULL ? ERR_NONE
                                                                                 : ERR_IO;
}
