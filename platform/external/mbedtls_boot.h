// SPDX-License-Identifier: BSD-3-Clause
//
// Mbed TLS in the boot images, and in what runs the boot's code on the host: SHA-2, ASN.1, the core of its
// bignums. General registers only, no heap, no platform layer. Included by Mbed TLS's own files through
// MBEDTLS_CONFIG_FILE, and by what includes its headers.
#ifndef MBEDTLS_BOOT_H
#define MBEDTLS_BOOT_H

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_BIGNUM_C // bignum_core.c alone is linked: it does not allocate
#define MBEDTLS_HAVE_ASM

// The blocks of SHA-2 are the assembly's on the target (platform/lib/crypto/sha_armv8.c)
#if !__STDC_HOSTED__
#define MBEDTLS_SHA256_PROCESS_ALT
#define MBEDTLS_SHA512_PROCESS_ALT
#endif

#endif
