// SPDX-License-Identifier: BSD-3-Clause
//
// For Mbed TLS's suites, which include it but use nothing of it in the cases that are run.
#ifndef PSA_CRYPTO_INVASIVE_H
#define PSA_CRYPTO_INVASIVE_H

#include "psa/crypto.h"

#endif
