// SPDX-License-Identifier: BSD-3-Clause
//
// What a token's signature is over: the Sig_structure of COSE_Sign1 (RFC 9052 4.4); contract in attest.h. Called by token_check.c and the
// fuzzer. Trusts token_read.c.
#include "attest.h"

#include <cbor.h>
#include <string.h>

#define SIG_CONTEXT "Signature1"

// A head that the library wrote, then bytes. Moves `*used`; false: no room.
static bool put(uint8_t *out, size_t room, size_t *used, size_t head, struct attest_span bytes)
{
    if (head == 0 || bytes.size > room - *used - head) {
        return false;
    }
    *used += head;
    if (bytes.size != 0) {
        memcpy(out + *used, bytes.data, bytes.size);
    }
    *used += bytes.size;
    return true;
}

size_t token_signed_bytes(const struct token *token, uint8_t *out, size_t room)
{
    static const struct attest_span context = { (const uint8_t *)SIG_CONTEXT,
                                                sizeof(SIG_CONTEXT) - 1 };
    static const struct attest_span none;
    const struct attest_span parts[] = { token->protected_header, none, token->payload };
    size_t used = 0;

    if (token->protected_header.data == NULL || token->payload.data == NULL ||
        !put(out, room, &used, cbor_encode_array_start(4, out, room), none) ||
        !put(out, room, &used, cbor_encode_string_start(context.size, out + used, room - used),
             context)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t head = cbor_encode_bytestring_start(parts[i].size, out + used, room - used);

        if (!put(out, room, &used, head, parts[i])) {
            return 0;
        }
    }
    return used;
}
