// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the client library share: a request on its way into the shared memory, the call, its checked response.
#ifndef CLIENT_PRIVATE_H
#define CLIENT_PRIVATE_H

#include "ffa/client/psa/storage_common.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/ts_rpc.h"
#include "ts_tlv.h"

// A request: the fixed part, then records or bytes. What goes wrong is remembered until the call.
struct client_request {
    const struct ts_rpc_session *session;
    struct ts_tlv_writer writer; // into the session's memory
    size_t touched;              // bytes of it that request or response have
    psa_status_t status;
};

// A response: at the start of the session's memory until the next request is begun.
struct client_response {
    const uint8_t *data;
    size_t size;
};

// Bytes of an asset.
struct psa_storage_part {
    psa_storage_uid_t uid;
    size_t offset;
    size_t size;
};

// Begins a request with a fixed part; finds the service first if need be.
struct client_request client_start(enum psa_client_service service, const void *fixed, size_t size);

// Append bytes (data may be NULL when size is 0), or a record.
void client_add(struct client_request *request, const void *data, size_t size);
void client_add_record(struct client_request *request, uint16_t tag, const void *data, size_t size);

// Makes the call and returns what went wrong before it or in it, or what the service says; `response` is always written. An
// operation that the service does not know is PSA_ERROR_NOT_SUPPORTED.
psa_status_t client_call(struct client_request *request, uint16_t opcode,
                         struct client_response *response);

// The same for a response that has a fixed part of at least `size` bytes, which goes to `fixed`, or none that matters (0).
psa_status_t client_call_fixed(struct client_request *request, uint16_t opcode, void *fixed,
                               size_t size);

// The same for a response of one record: up to `size` bytes go to `data`, their number to *length, which is 0 after an error.
// PSA_ERROR_BUFFER_TOO_SMALL: there are more. client_call_result(): and there are some.
psa_status_t client_call_value(struct client_request *request, uint16_t opcode, uint8_t *data,
                               size_t size, size_t *length);
psa_status_t client_call_result(struct client_request *request, uint16_t opcode, uint8_t *data,
                                size_t size, size_t *length);

// Wipes what request and response left in the shared memory: where one of them is a secret.
void client_forget(const struct client_request *request);

// Size of the memory that is shared with the service; 0: it is not reached.
size_t client_room(enum psa_client_service service);

// Most bytes of one record in a request with a fixed part of `fixed` bytes, or in a response; a multiple of 64 so that
// hashes and ciphers take whole blocks. 0: the service is not reached, or hardly anything is shared with it.
size_t client_chunk(enum psa_client_service service, size_t fixed);

// The transport of a program that gave none to psa_client_connect(); NULL: it must. default_none.c is that; libtessera has
// another.
struct ffa_transport *client_default(void);

// Overwrites secrets; the compiler does not leave it out.
void client_wipe(void *data, size_t size);

// --- psa_storage.c: ITS and PS, which differ in the service only ---

psa_status_t psa_storage_set(enum psa_client_service service, psa_storage_uid_t uid, size_t size,
                             const void *data, psa_storage_create_flags_t flags);
psa_status_t psa_storage_get(enum psa_client_service service, const struct psa_storage_part *part,
                             void *data, size_t *length);
psa_status_t psa_storage_get_info(enum psa_client_service service, psa_storage_uid_t uid,
                                  struct psa_storage_info_t *info);
psa_status_t psa_storage_remove(enum psa_client_service service, psa_storage_uid_t uid);

// What an unreached partition or a broken answer is in these APIs.
psa_status_t psa_storage_status(psa_status_t status);

#endif
