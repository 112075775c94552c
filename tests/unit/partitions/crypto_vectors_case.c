// SPDX-License-Identifier: BSD-3-Clause
//
// crypto_vectors_case.h.
#include "crypto_vectors_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_case.h"

const size_t parts[PARTS] = { 1, 7, 15, 16, 17, 64, BYTES_MAX };

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

struct bytes of_hex(const char *text)
{
    struct bytes bytes = { .size = strlen(text) / 2 };

    assert_true(bytes.size <= BYTES_MAX);
    for (size_t i = 0; i < bytes.size; i++) {
        bytes.data[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
    return bytes;
}

void check(const char *source, const char *what, const uint8_t *found, size_t size,
           const struct bytes *expected)
{
    if (size != expected->size || memcmp(found, expected->data, size) != 0) {
        fail_msg("%s: %s is another one", source, what);
    }
}

void check_status(const char *source, const char *what, int32_t expected)
{
    if (kase.status != expected) {
        fail_msg("%s: %s gives %d, not %d", source, what, kase.status, expected);
    }
}

void check_record(const char *source, const char *what, const struct bytes *expected)
{
    size_t size;

    check_status(source, what, PSA_SUCCESS);
    const uint8_t *found = case_answer_record(&size);

    check(source, what, found, size, expected);
}

uint32_t import(const char *source, uint32_t type, uint32_t alg, const struct bytes *key)
{
    const struct case_key attributes = {
        .type = type,
        .usage = PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT | PSA_KEY_USAGE_SIGN_MESSAGE |
                 PSA_KEY_USAGE_VERIFY_MESSAGE | PSA_KEY_USAGE_DERIVE,
        .alg = alg,
    };
    uint32_t id = 0;

    kase.status = case_import(&attributes, key->data, key->size, &id);
    check_status(source, "import of the key", PSA_SUCCESS);
    return id;
}

uint32_t setup(const char *source, uint16_t opcode, uint32_t key, uint32_t alg)
{
    if (key != 0) {
        case_word(key);
    }
    case_word(alg);
    (void)case_call(opcode);
    check_status(source, "setup", PSA_SUCCESS);
    return case_answer_word();
}

void update(const char *source, uint16_t opcode, uint32_t op, const struct bytes *text, size_t part,
            struct bytes *out)
{
    for (size_t done = 0; done < text->size; done += part) {
        size_t left = text->size - done;
        size_t size;

        case_word(op);
        case_record(1, text->data + done, left < part ? left : part);
        (void)case_call(opcode);
        check_status(source, "update", PSA_SUCCESS);
        if (out != NULL) {
            const uint8_t *found = case_answer_record(&size);

            memcpy(out->data + out->size, found, size);
            out->size += size;
        }
    }
}

const char *openssl_hash(psa_algorithm_t alg)
{
    switch (alg) {
    case PSA_ALG_SHA_224:
        return "SHA224";
    case PSA_ALG_SHA_256:
        return "SHA256";
    case PSA_ALG_SHA_384:
        return "SHA384";
    case PSA_ALG_SHA_512:
        return "SHA512";
    case PSA_ALG_SHA3_224:
        return "SHA3-224";
    case PSA_ALG_SHA3_256:
        return "SHA3-256";
    case PSA_ALG_SHA3_384:
        return "SHA3-384";
    case PSA_ALG_SHA3_512:
        return "SHA3-512";
    default:
        fail_msg("no such hash");
        return NULL;
    }
}
