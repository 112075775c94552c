// SPDX-License-Identifier: BSD-3-Clause
//
// Something that says it is the crypto partition: it takes a key, tells a public one, and dies of the first signature. In
// crypto's place (manifest_dying.dts) or beside it (manifest_posing.dts); what attest makes of that is test_attest.c's.
#include <string.h>

#include "partitions/crypto/crypto_proto.h"
#include "sp.h"
#include "sp_rpc.h"
#include "tests/target/sp_attest/serve.h"
#include "ts_tlv.h"

#define PUBLIC_KEY_SIZE 65

static int32_t run_import_key(struct sp_rpc_call *call)
{
    const struct crypto_word key = { 1 };

    if (sizeof(key) > call->response_max) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    memcpy(call->response, &key, sizeof(key));
    call->response_size = sizeof(key);
    return TS_RPC_SUCCESS;
}

static int32_t run_export_public_key(struct sp_rpc_call *call)
{
    uint8_t key[PUBLIC_KEY_SIZE];
    struct ts_tlv_writer writer = { .buf = call->response, .size = call->response_max };

    memset(key, 4, sizeof(key));
    if (ts_tlv_write(&writer, CRYPTO_TAG_1, key, sizeof(key)) != 0) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->response_size = writer.used;
    return TS_RPC_SUCCESS;
}

static int32_t run_sign_hash(struct sp_rpc_call *call)
{
    (void)call;
    sp_die("asked to sign");
}

static const struct sp_rpc_row rows[] = {
    { CRYPTO_EXPORT_PUBLIC_KEY, run_export_public_key },
    { CRYPTO_IMPORT_KEY, run_import_key },
    { CRYPTO_SIGN_HASH, run_sign_hash },
};
static const struct sp_rpc_service service = {
    .uuid = TS_CRYPTO_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

int sp_main(void)
{
    int error = sp_rxtx_map(NULL, NULL);

    if (error != 0) {
        return error;
    }
    serve_run(&service);
}
