// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of token and quote share: cases made by another program (token_cases.py, quote_cases.py), which also tells
// why each of them must be refused, and the reference values of the FIP of trust_support.h.
#ifndef ATTEST_SUPPORT_H
#define ATTEST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "fip-tool/attest.h"

#define ATTEST_BOARD "--board some_board --soc-id 0x1234"

struct attest_case {
    char *file;
    char *reasons; // names, "," between them; "good"
    char *where;   // of the first one
    char *options; // after those of all cases
};

// cmocka group setup and teardown: a folder for all tests, with x.fip (trust_sign_default()), ref.json of it, and the cases
// of the script `attest_cases_script`, which is run there. Without Debian's python3-cbor2, cert_create or fiptool there is
// nothing, and every test skips by attest_need().
extern const char *attest_cases_script;
int attest_enter(void **state);
int attest_leave(void **state);
void attest_need(void);

// The next case of cases.txt after `*index`, which it counts; false: that was the last.
bool attest_next_case(size_t *index, struct attest_case *one);

// Runs `fip-tool` with `command`, and again with --json, and compares what comes back with the case. `seen` (ATTEST_REASONS,
// NULL: none) notes the reasons.
void attest_expect(const char *command, const struct attest_case *one, bool *seen);

// Fails unless each reason from `first` to `last` was seen, `except` left out.
void attest_expect_all(const bool *seen, enum attest_reason first, enum attest_reason last,
                       enum attest_reason except);

// Runs each row's command, behind the words of `before`; each must return `result` and say the message.
struct attest_row {
    const char *command;
    const char *message;
};
void attest_expect_failures(const char *before, const struct attest_row *rows, size_t count,
                            int result);

// A verifier's side without fip-tool: the values of ref.json, a public key, and a nonce that counts from 0 (at most
// ATTEST_SIDE_NONCE bytes of it). attest_side_free() it.
#define ATTEST_SIDE_NONCE 32
struct attest_side {
    struct reference reference;
    struct attest_key key;
    struct attest_demand demand; // the three
    uint8_t nonce[ATTEST_SIDE_NONCE];
};
void attest_side_load(struct attest_side *side, const char *key, size_t nonce_size);
void attest_side_free(struct attest_side *side);

#endif
