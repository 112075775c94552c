// SPDX-License-Identifier: BSD-3-Clause
//
// What the suites run on, and what Mbed TLS's test helpers ask of the library and a client can do: the machine and the connection;
// the end of a client; persistent keys and assets that a case has left behind. Called by psa_runner.c and the generated suites.
#include <stdio.h>
#include <stdlib.h>

#include "ffa/client/psa_client.h"
#include "mbedtls/md.h"
#include "mbedtls/psa_util.h"
#include "psa/internal_trusted_storage.h"
#include "psa_crypto_its.h"
#include "test/psa_crypto_helpers.h"
#include "tests/harness/transport_harness.h"
#include "tests/psa/psa_runner.h"

#define KEY_IDS_MAX 64

static struct harness *machine;
static struct harness_transport transport;
static psa_key_id_t used[KEY_IDS_MAX]; // persistent keys that the case may have made
static size_t used_count;

void psa_machine_start(void)
{
    struct h_options options = h_defaults();
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    options.cpu = "max";
    machine = h_start(&options);
    if (machine == NULL || h_state(machine) != H_OK || h_smc(machine, 0, &version) != H_OK ||
        version.x[0] != FFA_VERSION_1_2) {
        printf("Bail out! the machine did not come up\n");
        exit(2);
    }
    harness_transport_init(&transport, machine);
    if (psa_client_connect(&transport.transport) != PSA_SUCCESS) {
        printf("Bail out! no connection\n");
        exit(2);
    }
}

_Bool psa_machine_forget(void)
{
    return psa_client_gone(transport.transport.client) == PSA_SUCCESS;
}

void psa_machine_stop(void)
{
    h_stop(machine);
}

// ---- What the library does in the suites' own world ---------------------------------------------------------------------

void mbedtls_psa_crypto_free(void)
{
    if (!psa_machine_forget()) {
        mbedtls_test_fail("the client cannot say that it is gone", __LINE__, __FILE__);
    }
}

int mbedtls_test_uses_key_id(psa_key_id_t id)
{
    if (used_count == KEY_IDS_MAX) {
        return 0;
    }
    used[used_count++] = id;
    return 1;
}

void mbedtls_test_psa_purge_key_storage(void)
{
    while (used_count != 0) {
        (void)psa_destroy_key(used[--used_count]); // most of them are no keys, or no more
    }
}

void mbedtls_test_psa_purge_key_cache(void)
{
    for (size_t i = 0; i < used_count; i++) {
        (void)psa_purge_key(used[i]);
    }
}

// A client cannot look into the partition; its quotas are tested elsewhere.
const char *mbedtls_test_helper_is_psa_leaking(void)
{
    return NULL;
}

int mbedtls_test_fail_if_psa_leaking(int line, const char *file)
{
    (void)line;
    (void)file;
    return 0;
}

psa_key_usage_t mbedtls_test_update_key_usage_flags(psa_key_usage_t usage)
{
    usage |= (usage & PSA_KEY_USAGE_SIGN_HASH) != 0 ? PSA_KEY_USAGE_SIGN_MESSAGE : 0;
    usage |= (usage & PSA_KEY_USAGE_VERIFY_HASH) != 0 ? PSA_KEY_USAGE_VERIFY_MESSAGE : 0;
    return usage;
}

uint64_t mbedtls_test_parse_binary_string(data_t *bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes->len; i++) {
        value = value << 8 | bytes->x[i];
    }
    return value;
}

// The partition's generator is what is tested, not the library's
void mbedtls_test_enable_insecure_external_rng(void)
{
}

psa_ecc_family_t mbedtls_ecc_group_to_psa(mbedtls_ecp_group_id group, size_t *bits)
{
    (void)group;
    (void)bits;
    (void)psa_absent(__func__);
}

mbedtls_ecp_group_id mbedtls_ecc_group_from_psa(psa_ecc_family_t family, size_t bits)
{
    (void)family;
    (void)bits;
    (void)psa_absent(__func__);
}

// Operations that are not all zero bytes: Mbed TLS tests that the fields of a union that an initialiser leaves out do not matter. The
// client's have no union.
psa_hash_operation_t psa_hash_operation_init_short(void)
{
    return (psa_hash_operation_t)PSA_HASH_OPERATION_INIT;
}

psa_mac_operation_t psa_mac_operation_init_short(void)
{
    return (psa_mac_operation_t)PSA_MAC_OPERATION_INIT;
}

psa_cipher_operation_t psa_cipher_operation_init_short(void)
{
    return (psa_cipher_operation_t)PSA_CIPHER_OPERATION_INIT;
}

psa_aead_operation_t psa_aead_operation_init_short(void)
{
    return (psa_aead_operation_t)PSA_AEAD_OPERATION_INIT;
}

psa_key_derivation_operation_t psa_key_derivation_operation_init_short(void)
{
    return (psa_key_derivation_operation_t)PSA_KEY_DERIVATION_OPERATION_INIT;
}

// ---- Assets: the suite removes what it made as files, the uid in their names ------------------------------------------------

int psa_suite_remove(const char *name)
{
    unsigned long long uid = strtoull(name, NULL, 16);

    return uid == 0 || psa_its_remove(uid) != PSA_SUCCESS ? -1 : 0;
}
