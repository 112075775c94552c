// SPDX-License-Identifier: BSD-3-Clause
//
// Mbed TLS in the boot images: SHA-256 alone (BL2 stretches its entropy with it). General registers only, no heap, no
// platform layer. Included by Mbed TLS's own files through MBEDTLS_CONFIG_FILE, and by what includes its headers.
#ifndef MBEDTLS_BOOT_H
#define MBEDTLS_BOOT_H

#define MBEDTLS_SHA256_C

#endif
