// SPDX-License-Identifier: BSD-3-Clause
//
// Kinds of keys that the command line knows: names, and what PSA calls them.
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define ECC PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)

static const struct tool_key_kind kinds[] = {
    { "p256", ECC, 256, PSA_ALG_ECDSA(PSA_ALG_SHA_256), PSA_ALG_SHA_256 },
    { "p384", ECC, 384, PSA_ALG_ECDSA(PSA_ALG_SHA_384), PSA_ALG_SHA_384 },
    { "p521", ECC, 521, PSA_ALG_ECDSA(PSA_ALG_SHA_512), PSA_ALG_SHA_512 },
    { "rsa2048", PSA_KEY_TYPE_RSA_KEY_PAIR, 2048, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256),
      PSA_ALG_SHA_256 },
    { "rsa3072", PSA_KEY_TYPE_RSA_KEY_PAIR, 3072, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256),
      PSA_ALG_SHA_256 },
    { "rsa4096", PSA_KEY_TYPE_RSA_KEY_PAIR, 4096, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_512),
      PSA_ALG_SHA_512 },
    { "rsa2048-pss", PSA_KEY_TYPE_RSA_KEY_PAIR, 2048, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256),
      PSA_ALG_SHA_256 },
    { "rsa3072-pss", PSA_KEY_TYPE_RSA_KEY_PAIR, 3072, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256),
      PSA_ALG_SHA_256 },
    { "rsa4096-pss", PSA_KEY_TYPE_RSA_KEY_PAIR, 4096, PSA_ALG_RSA_PSS(PSA_ALG_SHA_512),
      PSA_ALG_SHA_512 },
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const struct tool_key_kind *tool_key_kind_named(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    tool_error("kind: found \"%s\", expected one of those that tessera key generate --help lists",
               name);
    return NULL;
}

const struct tool_key_kind *tool_key_kind_of(const psa_key_attributes_t *attributes)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (kinds[i].type == psa_get_key_type(attributes) &&
            kinds[i].bits == psa_get_key_bits(attributes) &&
            kinds[i].alg == psa_get_key_algorithm(attributes)) {
            return &kinds[i];
        }
    }
    return NULL;
}

void tool_key_kind_list(char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < KIND_COUNT && used < size; i++) {
        int length = snprintf(text + used, size - used, "%s%s", i != 0 ? " " : "", kinds[i].name);

        used += length > 0 ? (size_t)length : 0;
    }
}
