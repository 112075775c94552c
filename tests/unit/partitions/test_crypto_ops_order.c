// SPDX-License-Identifier: BSD-3-Clause
//
// Multi-part operations of the crypto service: every order of calls (threat: state that a call of the wrong order uses),
// against models of what PSA Crypto 1.2 orders.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_ops.h"
#include "crypto_ops_case.h"

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

// --- Every order of calls ---

// One step of a sequence: what is called, and what the model says: the state that it leads to from each state, '-': refused,
// and the operation is over; '.': of no operation
struct step {
    uint16_t opcode;
    uint8_t data;   // bytes of record 1; 0xff: none
    uint32_t word;  // behind the handle, if `words` ≥ 1
    uint32_t word2; // behind it, if 2
    uint8_t words;
    const char *leads; // to, for each state of the model
};

struct model {
    const char *name;
    uint16_t setup;
    uint32_t type, alg;
    const char *states; // the first: after setup; '.': over
    struct step steps[9];
    size_t step_count;
    size_t length; // of sequences
    enum crypto_op_kind number;
};

#define NO_DATA 0xff

// '!' in `leads`: fails without an end (the state stays)
static const struct model models[] = {
    { "hash",
      0x0201,
      0,
      PSA_ALG_SHA_256,
      "a.",
      { { 0x0202, 5, 0, 0, 0, "a-" },
        { 0x0202, 0, 0, 0, 0, "a-" },
        { 0x0203, NO_DATA, 0, 0, 0, ".-" },
        { 0x0205, 32, 0, 0, 0, "--" },
        { 0x0204, NO_DATA, 0, 0, 0, ".." } },
      5,
      5,
      CRYPTO_OP_HASH },
    { "MAC that signs",
      0x0501,
      PSA_KEY_TYPE_HMAC,
      HMAC,
      "a.",
      { { 0x0503, 5, 0, 0, 0, "a-" },
        { 0x0504, NO_DATA, 0, 0, 0, ".-" },
        { 0x0505, 32, 0, 0, 0, "--" },
        { 0x0506, NO_DATA, 0, 0, 0, ".." } },
      4,
      5,
      CRYPTO_OP_MAC },
    { "MAC that verifies",
      0x0502,
      PSA_KEY_TYPE_AES,
      PSA_ALG_CMAC,
      "a.",
      { { 0x0503, 5, 0, 0, 0, "a-" },
        { 0x0504, NO_DATA, 0, 0, 0, "--" },
        { 0x0505, 16, 0, 0, 0, "--" }, // a wrong one
        { 0x0506, NO_DATA, 0, 0, 0, ".." } },
      4,
      5,
      CRYPTO_OP_MAC },
    // n: no IV yet; r: ready; p: with a part of a block
    { "cipher that encrypts",
      0x0301,
      PSA_KEY_TYPE_AES,
      PSA_ALG_CBC_NO_PADDING,
      "nrp.",
      { { 0x0303, NO_DATA, 0, 0, 0, "r---" },
        { 0x0304, 16, 0, 0, 0, "r---" },
        { 0x0304, 15, 0, 0, 0, "----" },
        { 0x0305, 16, 0, 0, 0, "-rp-" },
        { 0x0305, 8, 0, 0, 0, "-pr-" },
        { 0x0306, NO_DATA, 0, 0, 0, "-.--" },
        { 0x0307, NO_DATA, 0, 0, 0, "...." } },
      7,
      5,
      CRYPTO_OP_CIPHER },
    { "cipher that decrypts",
      0x0302,
      PSA_KEY_TYPE_AES,
      PSA_ALG_CTR,
      "nr.",
      { { 0x0303, NO_DATA, 0, 0, 0, "r--" }, // Mbed TLS allows it
        { 0x0304, 16, 0, 0, 0, "r--" },
        { 0x0305, 7, 0, 0, 0, "-r-" },
        { 0x0306, NO_DATA, 0, 0, 0, "-.-" },
        { 0x0307, NO_DATA, 0, 0, 0, "..." } },
      5,
      5,
      CRYPTO_OP_CIPHER },
    { "cipher without IV",
      0x0301,
      PSA_KEY_TYPE_AES,
      PSA_ALG_ECB_NO_PADDING,
      "r.",
      { { 0x0303, NO_DATA, 0, 0, 0, "--" },
        { 0x0304, 16, 0, 0, 0, "--" },
        { 0x0305, 16, 0, 0, 0, "r-" },
        { 0x0306, NO_DATA, 0, 0, 0, ".-" },
        { 0x0307, NO_DATA, 0, 0, 0, ".." } },
      5,
      4,
      CRYPTO_OP_CIPHER },
    // s: set up; l: with lengths (4, 4); n: with a nonce; m: both; a: nonce, additional data; b: text; A: both, all the
    // additional data; B: both, additional data and text
    { "AEAD that encrypts",
      0x0601,
      PSA_KEY_TYPE_AES,
      PSA_ALG_GCM,
      "slnmabAB.",
      { { 0x0603, NO_DATA, 0, 0, 0, "nm-------" },
        { 0x0604, 12, 0, 0, 0, "nm-------" },
        { 0x0605, NO_DATA, 4, 4, 2, "l-m------" },
        { 0x0606, 4, 0, 0, 0, "--aAa----" },
        { 0x0607, 4, 0, 0, 0, "--b-bbB--" },
        { 0x0608, NO_DATA, 0, 0, 0, "--.-..-.-" },
        { 0x0609, 16, 0, 0, 0, "---------" },
        { 0x060a, NO_DATA, 0, 0, 0, "........." } },
      8,
      5,
      CRYPTO_OP_AEAD },
    { "AEAD that decrypts",
      0x0602,
      PSA_KEY_TYPE_CHACHA20,
      PSA_ALG_CHACHA20_POLY1305,
      "slnmabAB.",
      { { 0x0603, NO_DATA, 0, 0, 0, "---------" },
        { 0x0604, 12, 0, 0, 0, "nm-------" },
        { 0x0605, NO_DATA, 4, 4, 2, "l-m------" },
        { 0x0606, 4, 0, 0, 0, "--aAa----" },
        { 0x0607, 4, 0, 0, 0, "--b-bbB--" },
        { 0x0608, NO_DATA, 0, 0, 0, "---------" },
        { 0x0609, 16, 0, 0, 0, "---------" }, // a wrong one
        { 0x060a, NO_DATA, 0, 0, 0, "........." } },
      8,
      5,
      CRYPTO_OP_AEAD },
    // CCM needs the lengths before the nonce is followed by anything
    { "AEAD with CCM",
      0x0601,
      PSA_KEY_TYPE_AES,
      PSA_ALG_CCM,
      "slnmAB.",
      { { 0x0604, 12, 0, 0, 0, "nm-----" },
        { 0x0605, NO_DATA, 4, 4, 2, "l-m----" },
        { 0x0606, 4, 0, 0, 0, "---A---" },
        { 0x0607, 4, 0, 0, 0, "----B--" },
        { 0x0608, NO_DATA, 0, 0, 0, "-----.-" },
        { 0x060a, NO_DATA, 0, 0, 0, "......." } },
      6,
      5,
      CRYPTO_OP_AEAD },
    // s: set up; t: salt; i: info; j: salt and info; k: secret; o: secret and info, ready; p: has given bytes
    { "derivation",
      0x0401,
      0,
      HKDF,
      "stijkop.",
      { { 0x0404, 7, PSA_KEY_DERIVATION_INPUT_SALT, 0, 1, "t-j-----" },
        { 0x0404, 7, PSA_KEY_DERIVATION_INPUT_INFO, 0, 1, "ij--o---" },
        { 0x0404, 7, PSA_KEY_DERIVATION_INPUT_SECRET, 0, 1, "kkoo----" },
        { 0x0402, NO_DATA, 0, 0, 0, "stijkop-" },
        { 0x0403, NO_DATA, 0xffffff, 0, 1, "!!!!!!!-" }, // more than there is
        { 0x0406, NO_DATA, 9, 0, 1, "-----pp-" },
        { 0x7f41, 5, 0, 0, 0,
          "-----!"
          "!-" }, // other bytes than come
        { 0x0408, NO_DATA, 0, 0, 0, "........" } },
      8,
      5,
      CRYPTO_OP_DERIVE },
};

static size_t sequences;

// Calls `step` in `now` and gives the state that follows, as the model says.
static char run_step(const struct model *model, const struct step *step, uint32_t op, char now)
{
    char next = step->leads[strchr(model->states, now) - model->states];

    case_word(op);
    if (step->words >= 1) {
        case_word(step->word);
    }
    if (step->words >= 2) {
        case_word(step->word2);
    }
    if (step->data != NO_DATA) {
        case_record(1, zeros, step->data);
    }
    int32_t status = case_call(step->opcode);
    bool is_there_still = crypto_ops_find(0, model->number, op) != NULL;

    if ((status == PSA_SUCCESS) != (next != '-' && next != '!')) {
        fail_msg("%s: %#x in state %c gives %d", model->name, step->opcode, now, status);
    }
    if (now == '.' && next == '-') {
        assert_int_equal(status, PSA_ERROR_BAD_STATE);
    }
    if (is_there_still != (next != '-' && next != '.')) {
        fail_msg("%s: after %#x in state %c it is %sthere", model->name, step->opcode, now,
                 is_there_still ? "" : "not ");
    }
    if (next == '!') {
        next = now;
        if (step->opcode == 0x7f41) { // bytes came out
            next = 'p';
        }
    }
    if (next == '-') {
        next = '.';
    }
    return next;
}

static void every_order_of_calls_ends_well(void **state)
{
    (void)state;
    for (size_t m = 0; m < ARRAY_COUNT(models); m++) {
        const struct model *model = &models[m];
        uint32_t bits = model->type == PSA_KEY_TYPE_CHACHA20 ? 256 : 128;
        uint32_t key = model->type != 0 ? ops_make_key(model->type, bits, model->alg) : 0;
        size_t count = 1;
        size_t before = crypto_heap_used(0);

        for (size_t i = 0; i < model->length; i++) {
            count *= model->step_count;
        }
        for (size_t sequence = 0; sequence < count; sequence++) {
            uint32_t op = ops_setup(model->setup, key, model->alg);
            char now = model->states[0];
            size_t left = sequence;

            assert_int_not_equal(op, 0);
            for (size_t i = 0; i < model->length; i++) {
                now = run_step(model, &model->steps[left % model->step_count], op, now);
                left /= model->step_count;
            }
            case_word(op);
            assert_int_equal(case_call(model->steps[model->step_count - 1].opcode), PSA_SUCCESS);
            sequences++;
        }
        assert_int_equal(crypto_heap_used(0), before);
        if (key != 0) {
            assert_int_equal(case_destroy(key), PSA_SUCCESS);
        }
    }
    print_message("%zu sequences\n", sequences);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_order_of_calls_ends_well, ops_start),
    };

    return cmocka_run_group_tests(tests, ops_start_service, NULL);
}
