// SPDX-License-Identifier: BSD-3-Clause
//
// The block functions of SHA-2 in the boot images: OpenSSL's assembly behind Mbed TLS's ALT interface.
// It uses the core's SHA instructions where OPENSSL_armcap_P says so, else the general registers; with
// the instructions it uses V registers, so FP/SIMD must be open (CPTR_EL3.TFP, CPACR_EL1.FPEN). The
// assembly has no landing pads: it is called directly only.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS // the state of Mbed TLS's contexts
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "platform/lib/crypto/sha_bulk.h"
#include "regs.h"

// Bits of OPENSSL_armcap_P (OpenSSL's crypto/arm_arch.h), and one of ours
#define ARMCAP_SHA256 (1u << 4)
#define ARMCAP_SHA512 (1u << 6)
#define ARMCAP_KNOWN (1u << 31)

// What the core can do; the assembly reads it
extern unsigned int OPENSSL_armcap_P;
unsigned int OPENSSL_armcap_P;

void sha256_block_data_order(uint32_t state[8], const void *data, size_t blocks);
void sha512_block_data_order(uint64_t state[8], const void *data, size_t blocks);

// ID_AA64ISAR0_EL1.SHA2 (DDI0487 D19.2.61): 1 SHA-256, 2 SHA-512 as well
static inline void know_the_core(void)
{
    if (OPENSSL_armcap_P != 0) {
        return;
    }
    uint64_t sha2 = (read_id_aa64isar0_el1() >> ID_AA64ISAR0_SHA2_SHIFT) & 0xf;

    OPENSSL_armcap_P =
        ARMCAP_KNOWN | (sha2 >= 1 ? ARMCAP_SHA256 : 0) | (sha2 >= 2 ? ARMCAP_SHA512 : 0);
}

int mbedtls_internal_sha256_process(mbedtls_sha256_context *sha, const unsigned char data[64])
{
    know_the_core();
    sha256_block_data_order(sha->state, data, 1);
    return 0;
}

int mbedtls_internal_sha512_process(mbedtls_sha512_context *sha, const unsigned char data[128])
{
    know_the_core();
    sha512_block_data_order(sha->state, data, 1);
    return 0;
}

#define SHA256_BLOCK 64u
#define SHA512_BLOCK 128u

int sha_bulk_256(mbedtls_sha256_context *sha, const uint8_t *data, size_t size)
{
    size_t whole = size - size % SHA256_BLOCK;

    if (whole == 0 || sha->total[0] % SHA256_BLOCK != 0) { // some of a block waits in the context
        return mbedtls_sha256_update(sha, data, size);
    }
    know_the_core();
    sha256_block_data_order(sha->state, data, whole / SHA256_BLOCK);
    // The number of bytes in two words
    sha->total[0] += (uint32_t)whole;
    sha->total[1] += (uint32_t)((uint64_t)whole >> 32) + (sha->total[0] < (uint32_t)whole ? 1 : 0);
    return mbedtls_sha256_update(sha, data + whole, size - whole);
}

int sha_bulk_512(mbedtls_sha512_context *sha, const uint8_t *data, size_t size)
{
    size_t whole = size - size % SHA512_BLOCK;

    if (whole == 0 || sha->total[0] % SHA512_BLOCK != 0) {
        return mbedtls_sha512_update(sha, data, size);
    }
    know_the_core();
    sha512_block_data_order(sha->state, data, whole / SHA512_BLOCK);
    sha->total[0] += whole;
    sha->total[1] += sha->total[0] < whole ? 1 : 0;
    return mbedtls_sha512_update(sha, data + whole, size - whole);
}
