// SPDX-License-Identifier: BSD-3-Clause
//
// Calls on multi-part operations (crypto_ops_case.h).
#include "crypto_ops_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_service.h"

const uint8_t zeros[65535];

int ops_start(void **state)
{
    (void)state;
    case_start();
    return 0;
}

int ops_start_service(void **state)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 1 };

    (void)state;
    return crypto_service_init(seed, NULL);
}

uint32_t ops_make_key(uint32_t type, uint32_t bits, uint32_t alg)
{
    const struct case_key attributes = {
        .type = type, .bits = bits, .usage = ALL_USES, .alg = alg
    };
    uint32_t id = 0;

    assert_int_equal(case_import(&attributes, zeros + 1, bits / 8, &id), PSA_SUCCESS);
    return id;
}

int32_t ops_call(uint16_t opcode, uint32_t op)
{
    case_word(op);
    return case_call(opcode);
}

int32_t ops_call_data(uint16_t opcode, uint32_t op, const void *data, size_t size)
{
    case_word(op);
    case_record(1, data, size);
    return case_call(opcode);
}

int32_t ops_call_words(uint16_t opcode, uint32_t op, uint32_t second)
{
    case_word(op);
    case_word(second);
    return case_call(opcode);
}

int32_t ops_call_words3(uint16_t opcode, uint32_t op, uint32_t second, uint32_t third)
{
    case_word(op);
    case_word(second);
    case_word(third);
    return case_call(opcode);
}

int32_t ops_input_bytes(uint32_t op, uint32_t step, const void *data, size_t size)
{
    case_word(op);
    case_word(step);
    case_record(1, data, size);
    return case_call(0x0404);
}

int32_t ops_input_cost(uint32_t op, uint64_t cost)
{
    case_word(op);
    case_word(PSA_KEY_DERIVATION_INPUT_COST);
    case_put(&cost, sizeof(cost));
    return case_call(0x7f40);
}

uint32_t ops_setup(uint16_t opcode, uint32_t key, uint32_t alg)
{
    if (key != 0) {
        case_word(key);
    }
    case_word(alg);
    return case_call(opcode) == PSA_SUCCESS ? case_answer_word() : 0;
}

uint32_t ops_ready_hkdf(uint32_t secret)
{
    uint32_t op = ops_setup(0x0401, 0, HKDF);

    if (secret != 0) {
        assert_int_equal(ops_call_words3(0x0405, op, PSA_KEY_DERIVATION_INPUT_SECRET, secret),
                         PSA_SUCCESS);
    } else {
        assert_int_equal(ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_SECRET, zeros, 16),
                         PSA_SUCCESS);
    }
    assert_int_equal(ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_INFO, NULL, 0), PSA_SUCCESS);
    return op;
}

void ops_put_output_key(uint32_t op, uint32_t type, uint32_t bits, uint32_t alg)
{
    const uint32_t words[7] = { op, type, bits, 0, 0, ALL_USES, alg };

    case_put(words, sizeof(words));
}
