// SPDX-License-Identifier: BSD-3-Clause
//
// MBEDTLS_CONFIG_FILE of the suites of Mbed TLS (tests/psa): what the crypto partition has, without what is only the partition's own
// matter. The suites ask it which of their cases make sense.
#ifndef PSA_CONFIG_H
#define PSA_CONFIG_H

#include "platform/external/mbedtls_psa.h"

// A client sees its key ids as they are, and memory and random numbers of the test program are the host's
#undef MBEDTLS_PSA_CRYPTO_KEY_ID_ENCODES_OWNER
#undef MBEDTLS_PLATFORM_C
#undef MBEDTLS_PLATFORM_MEMORY

// How the partition computes makes no difference to clients: no case is left out for it
#undef MBEDTLS_PSA_P256M_DRIVER_ENABLED
#undef MBEDTLS_GCM_ALT
#undef MBEDTLS_AES_ALT
#undef MBEDTLS_AESCE_C

// The suite psa_its is for the library's storage in files; here it is run on assets (include/psa_crypto_its.h)
#define MBEDTLS_FS_IO
#define MBEDTLS_PSA_ITS_FILE_C

// The suites' own tools
#ifndef MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_PARSE_C
#endif
#ifndef MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_ASN1_WRITE_C
#endif

#endif
