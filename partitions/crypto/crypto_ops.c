// SPDX-License-Identifier: BSD-3-Clause
//
// The pool of crypto_ops.h: one array, one entry more than all quotas together, so that an operation can be set up before an
// older one is given up for it. Handles: the entry's place in bits 7:0, counted from 1, and above it how often the place was
// given away, in an order of full period, so that a stale handle stays stale for 2^24 uses of its place.
#include "crypto_ops.h"

#include <assert.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#define PLACES (CRYPTO_OPS_MAX + 1)
#define PLACE_BITS 8
#define PLACE_MASK ((1u << PLACE_BITS) - 1)
_Static_assert(PLACES <= PLACE_MASK, "a place fits into a handle");

static struct crypto_op ops[PLACES];
static uint8_t unused[PLACES]; // places that are, the last to be taken first
static size_t unused_count;
static uint32_t
    used[CRYPTO_SOURCES +
         1]; // operations with a handle, of each endpoint that has a quota (crypto_source_number())
static uint64_t use_count;

psa_status_t crypto_ops_init(void)
{
    unused_count = 0;
    for (size_t i = 0; i < PLACES; i++) {
        psa_status_t status =
            psa_generate_random((uint8_t *)&ops[i].generation, sizeof(ops[i].generation));

        if (status != PSA_SUCCESS) {
            return status;
        }
        unused[unused_count++] = (uint8_t)i;
    }
    return PSA_SUCCESS;
}

static uint32_t *count_of(crypto_owner owner)
{
    return &used[crypto_source_number(crypto_owner_source(owner))];
}

struct crypto_op *crypto_ops_open(crypto_owner owner, enum crypto_op_kind kind)
{
    // There is one: quotas leave it, and what was opened before has been admitted or released
    assert(unused_count != 0);
    struct crypto_op *op = &ops[unused[--unused_count]];

    op->owner = owner;
    op->instance = crypto_wire_instance();
    op->kind = kind;
    return op;
}

// Gives `op` the next handle of its place. A linear congruential sequence modulo 2^24: multiplier 1 modulo 4, increment odd,
// so it has full period (Knuth, TAOCP 2, 3.2.1.2).
static void give_handle(struct crypto_op *op)
{
    op->generation = op->generation * 0x5d4e6d + 0xb79635;
    op->handle = op->generation << PLACE_BITS | (uint32_t)(op - ops + 1);
    op->used_at = ++use_count;
    ++*count_of(op->owner);
}

static bool is_of(const struct crypto_op *op, crypto_owner owner, uint16_t instance)
{
    return op->owner == owner && op->instance == instance;
}

// Operations with a handle that an instance has
static size_t held(crypto_owner owner, uint16_t instance)
{
    size_t count = 0;

    for (size_t i = 0; i < PLACES; i++) {
        count += ops[i].handle != 0 && is_of(&ops[i], owner, instance);
    }
    return count;
}

// Who gives for `op`: the instance of its owner that has most, if that is more than the one that asks would have; else itself
static uint16_t find_giver(const struct crypto_op *op)
{
    uint16_t giver = op->instance;
    size_t most = held(op->owner, op->instance) + 1;

    for (size_t i = 0; i < PLACES; i++) {
        if (ops[i].handle != 0 && ops[i].owner == op->owner) {
            size_t count = held(op->owner, ops[i].instance);

            if (count > most) {
                most = count;
                giver = ops[i].instance;
            }
        }
    }
    return giver;
}

// The least recently used operation of the one that gives for `op`, but not `keep`. NULL: it has no other.
static struct crypto_op *find_oldest(const struct crypto_op *op, const struct crypto_op *keep)
{
    uint16_t giver = find_giver(op);
    struct crypto_op *oldest = NULL;

    for (size_t i = 0; i < PLACES; i++) {
        struct crypto_op *other = &ops[i];

        if (other->handle != 0 && is_of(other, op->owner, giver) && other != keep &&
            (oldest == NULL || other->used_at < oldest->used_at)) {
            oldest = other;
        }
    }
    return oldest;
}

psa_status_t crypto_ops_admit(struct crypto_op *op, const struct crypto_op *keep)
{
    // A place must stay for the next to be opened
    if (*count_of(op->owner) >= crypto_ops_quota(op->owner) || unused_count == 0) {
        struct crypto_op *oldest = find_oldest(op, keep);

        if (oldest == NULL) {
            crypto_ops_release(op);
            return PSA_ERROR_INSUFFICIENT_MEMORY;
        }
        crypto_ops_release(oldest);
    }
    give_handle(op);
    return PSA_SUCCESS;
}

struct crypto_op *crypto_ops_find(crypto_owner owner, enum crypto_op_kind kind, uint32_t handle)
{
    uint32_t place = handle & PLACE_MASK;

    if (place == 0 || place > PLACES) {
        return NULL;
    }
    struct crypto_op *op = &ops[place - 1];

    if (op->handle != handle || !is_of(op, owner, crypto_wire_instance()) || op->kind != kind) {
        return NULL;
    }
    op->used_at = ++use_count;
    return op;
}

psa_status_t crypto_ops_add_key(struct crypto_op *op, psa_key_id_t id)
{
    for (size_t i = 0; i < CRYPTO_OP_KEYS_MAX; i++) {
        if (op->keys[i] == 0 || op->keys[i] == id) {
            op->keys[i] = id;
            return PSA_SUCCESS;
        }
    }
    return PSA_ERROR_INSUFFICIENT_MEMORY;
}

void crypto_ops_release(struct crypto_op *op)
{
    uint32_t generation = op->generation;

    // Abort cannot fail: these operations are in software, and it does nothing to one that is over
    switch (op->kind) {
    case CRYPTO_OP_HASH:
        (void)psa_hash_abort(&op->psa.hash);
        break;
    case CRYPTO_OP_CIPHER:
        (void)psa_cipher_abort(&op->psa.cipher);
        break;
    case CRYPTO_OP_MAC:
        (void)psa_mac_abort(&op->psa.mac);
        break;
    case CRYPTO_OP_AEAD:
        (void)psa_aead_abort(&op->psa.aead);
        break;
    case CRYPTO_OP_DERIVE:
        (void)psa_key_derivation_abort(&op->psa.derive);
        break;
    case CRYPTO_OP_NONE:
        return; // nothing is there
    }
    if (op->handle != 0) {
        --*count_of(op->owner);
    }
    mbedtls_platform_zeroize(op, sizeof(*op));
    op->generation = generation;
    unused[unused_count++] = (uint8_t)(op - ops);
}

void crypto_ops_forget_key(crypto_owner owner, psa_key_id_t id)
{
    const uint32_t *count = count_of(owner); // mostly 0

    for (size_t i = 0; i < PLACES && *count != 0; i++) {
        struct crypto_op *op = &ops[i];

        // A persistent key can be in any instance's
        bool concerned =
            op->owner == owner && (op->instance == crypto_wire_instance() || crypto_keys_stays(id));

        for (size_t k = 0; op->handle != 0 && concerned && k < CRYPTO_OP_KEYS_MAX; k++) {
            if (op->keys[k] == id && id != 0) {
                crypto_ops_release(op);
            }
        }
    }
}

void crypto_ops_client_gone(crypto_owner owner, uint16_t instance)
{
    for (size_t i = 0; i < PLACES; i++) {
        if (ops[i].handle != 0 && (is_of(&ops[i], owner, instance) ||
                                   (ops[i].owner == owner && instance == TS_RPC_INSTANCE_ALL))) {
            crypto_ops_release(&ops[i]);
        }
    }
}

uint32_t crypto_ops_quota(crypto_owner owner)
{
    return crypto_source_number(crypto_owner_source(owner)) == 0 ? CRYPTO_OPS_NWD : CRYPTO_OPS_SP;
}

int32_t crypto_ops_decode(struct sp_rpc_call *call, enum crypto_op_kind kind,
                          const struct crypto_fixed *fixed, struct crypto_op **op,
                          struct ts_tlv *data)
{
    struct crypto_request request;
    uint32_t handle;
    int32_t status = data != NULL
                         ? crypto_wire_decode_record(call, fixed->to, fixed->size, &request, data)
                         : crypto_wire_decode(call, fixed->to, fixed->size, &request);

    *op = NULL;
    if (status == TS_RPC_SUCCESS) {
        memcpy(&handle, fixed->to, sizeof(handle));
        *op = crypto_ops_find(request.owner, kind, handle);
        call->status = *op != NULL ? PSA_SUCCESS : PSA_ERROR_BAD_STATE;
    }
    return status;
}

static void check_memory(struct sp_rpc_call *call, const struct crypto_op *op)
{
    if (call->status == PSA_SUCCESS && crypto_keys_over(op->owner)) {
        call->status = PSA_ERROR_INSUFFICIENT_MEMORY;
    }
}

int32_t crypto_ops_end_setup(struct sp_rpc_call *call, struct crypto_op *op,
                             const struct crypto_op *keep)
{
    struct crypto_word handle;

    check_memory(call, op);
    if (call->status != PSA_SUCCESS || call->response_max < sizeof(handle)) {
        crypto_ops_release(op);
        return call->status != PSA_SUCCESS ? TS_RPC_SUCCESS : TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = crypto_ops_admit(op, keep);
    if (call->status != PSA_SUCCESS) {
        return TS_RPC_SUCCESS;
    }
    handle.value = op->handle;
    return crypto_wire_put(call, &handle, sizeof(handle));
}

int32_t crypto_ops_setup(struct sp_rpc_call *call, enum crypto_op_kind kind, crypto_op_start start,
                         crypto_op_note note)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct crypto_key_alg fixed;
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, &fixed, sizeof(fixed), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    mbedtls_svc_key_id_t key = crypto_keys_name(request.owner, fixed.id);
    struct crypto_op *op = crypto_ops_open(request.owner, kind);

    op->alg = fixed.alg;
    call->status = start(op, key);
    if (call->status == PSA_SUCCESS) {
        call->status = psa_get_key_attributes(key, &attributes);
    }
    if (call->status == PSA_SUCCESS) {
        call->status = crypto_ops_add_key(op, fixed.id);
    }
    if (call->status == PSA_SUCCESS) {
        note(op, &attributes);
    }
    psa_reset_key_attributes(&attributes);
    return crypto_ops_end_setup(call, op, NULL);
}

int32_t crypto_ops_end_call(struct sp_rpc_call *call, struct crypto_op *op)
{
    check_memory(call, op);
    if (call->status != PSA_SUCCESS) {
        crypto_ops_release(op);
    }
    return TS_RPC_SUCCESS;
}

int32_t crypto_ops_reserve(const struct sp_rpc_call *call, size_t size, uint8_t **to)
{
    size_t room = 0;

    *to = crypto_wire_reserve(call, size, &room);
    return *to != NULL && room == size ? TS_RPC_SUCCESS : TS_RPC_INVALID_RESPONSE_BODY;
}

int32_t crypto_ops_step(struct sp_rpc_call *call, const struct crypto_op_step *step)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op_io io = { .size = 0 };
    struct crypto_op *op;
    int32_t status =
        crypto_ops_decode(call, step->kind, &fixed, &op, step->takes_record ? &io.in : NULL);

    if (status == TS_RPC_SUCCESS && op != NULL && step->room != NULL) {
        io.room = step->room(op, io.in.length);
        status = crypto_ops_reserve(call, io.room, &io.out);
    }
    if (status != TS_RPC_SUCCESS || op == NULL) {
        return status;
    }
    call->status = step->run(op, &io);
    if (step->ends) {
        crypto_ops_release(op);
    } else {
        (void)crypto_ops_end_call(call, op);
    }
    return step->room != NULL ? crypto_wire_end(call, io.room, io.size) : TS_RPC_SUCCESS;
}

size_t crypto_ops_answer_room(const struct crypto_op *op, size_t size)
{
    (void)size;
    return op->answer_size;
}

size_t crypto_ops_iv_room(const struct crypto_op *op, size_t size)
{
    (void)size;
    return op->iv_size;
}

int32_t crypto_ops_run_abort(struct sp_rpc_call *call, enum crypto_op_kind kind)
{
    struct crypto_word handle;
    struct crypto_fixed fixed = { &handle, sizeof(handle) };
    struct crypto_op *op;
    int32_t status = crypto_ops_decode(call, kind, &fixed, &op, NULL);

    if (op != NULL) {
        crypto_ops_release(op);
    }
    call->status = PSA_SUCCESS;
    return status;
}
