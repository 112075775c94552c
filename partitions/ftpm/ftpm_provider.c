// SPDX-License-Identifier: BSD-3-Clause
//
// OpenSSL's lists of algorithms, with what libtpms asks for and nothing else: in the place of libcrypto's own, which would link every
// algorithm, encoder and decoder that there is, a third of the package. Called by OpenSSL when it looks for an algorithm for the first time. The
// algorithms' functions are OpenSSL's; types and numbers are those of its provider interface (provider-base(7)), which does not change within 3.x.
#include <stddef.h>
#include <stdint.h>

#include <openssl/core.h>
#include <openssl/core_dispatch.h>

#define PROPERTY "provider=default"
#define ALGORITHM(names, functions)      \
    {                                    \
        names, PROPERTY, functions, NULL \
    }

// Of libcrypto, in no header of its package
extern const OSSL_DISPATCH ossl_sha1_functions[], ossl_sha256_functions[], ossl_sha384_functions[],
    ossl_sha512_functions[];
extern const OSSL_DISPATCH ossl_aes128ecb_functions[], ossl_aes192ecb_functions[],
    ossl_aes256ecb_functions[], ossl_aes128cbc_functions[], ossl_aes192cbc_functions[],
    ossl_aes256cbc_functions[], ossl_aes128ctr_functions[], ossl_aes192ctr_functions[],
    ossl_aes256ctr_functions[], ossl_aes128ofb_functions[], ossl_aes192ofb_functions[],
    ossl_aes256ofb_functions[], ossl_aes128cfb_functions[], ossl_aes192cfb_functions[],
    ossl_aes256cfb_functions[];
extern const OSSL_DISPATCH ossl_camellia128ecb_functions[], ossl_camellia192ecb_functions[],
    ossl_camellia256ecb_functions[], ossl_camellia128cbc_functions[],
    ossl_camellia192cbc_functions[], ossl_camellia256cbc_functions[],
    ossl_camellia128ctr_functions[], ossl_camellia192ctr_functions[],
    ossl_camellia256ctr_functions[], ossl_camellia128ofb_functions[],
    ossl_camellia192ofb_functions[], ossl_camellia256ofb_functions[],
    ossl_camellia128cfb_functions[], ossl_camellia192cfb_functions[],
    ossl_camellia256cfb_functions[];
extern const OSSL_DISPATCH ossl_tdes_ede3_ecb_functions[], ossl_tdes_ede3_cbc_functions[],
    ossl_tdes_ede3_ofb_functions[], ossl_tdes_ede3_cfb_functions[];
extern const OSSL_DISPATCH ossl_hmac_functions[], ossl_drbg_ctr_functions[],
    ossl_seed_src_functions[];
extern const OSSL_DISPATCH ossl_rsa_keymgmt_functions[], ossl_rsa_signature_functions[],
    ossl_rsa_asym_cipher_functions[];
extern const OSSL_DISPATCH ossl_ec_keymgmt_functions[], ossl_ecdsa_signature_functions[];

void *ossl_prov_ctx_new(void);
void ossl_prov_ctx_free(void *context);
void ossl_prov_ctx_set0_libctx(void *context, void *library);
void ossl_prov_ctx_set0_handle(void *context, const OSSL_CORE_HANDLE *handle);
int ossl_prov_seeding_from_dispatch(const OSSL_DISPATCH *functions);
int ossl_default_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                               const OSSL_DISPATCH **out, void **context);
int ossl_base_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                            const OSSL_DISPATCH **out, void **context);
void openssl_add_all_ciphers_int(void);
void openssl_add_all_digests_int(void);
int OSSL_CMP_log_close(void);

// Of OpenSSL's <openssl/evp.h>
struct evp_md_st;
int EVP_add_digest(const struct evp_md_st *digest);
const struct evp_md_st *EVP_sha1(void);
const struct evp_md_st *EVP_sha256(void);
const struct evp_md_st *EVP_sha384(void);
const struct evp_md_st *EVP_sha512(void);

// Names as in libcrypto's table: those that an algorithm is fetched by
static const OSSL_ALGORITHM digests[] = {
    ALGORITHM("SHA1:SHA-1:SSL3-SHA1:1.3.14.3.2.26", ossl_sha1_functions),
    ALGORITHM("SHA2-256:SHA-256:SHA256:2.16.840.1.101.3.4.2.1", ossl_sha256_functions),
    ALGORITHM("SHA2-384:SHA-384:SHA384:2.16.840.1.101.3.4.2.2", ossl_sha384_functions),
    ALGORITHM("SHA2-512:SHA-512:SHA512:2.16.840.1.101.3.4.2.3", ossl_sha512_functions),
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM ciphers[] = {
    ALGORITHM("AES-128-ECB:2.16.840.1.101.3.4.1.1", ossl_aes128ecb_functions),
    ALGORITHM("AES-192-ECB:2.16.840.1.101.3.4.1.21", ossl_aes192ecb_functions),
    ALGORITHM("AES-256-ECB:2.16.840.1.101.3.4.1.41", ossl_aes256ecb_functions),
    ALGORITHM("AES-128-CBC:AES128:2.16.840.1.101.3.4.1.2", ossl_aes128cbc_functions),
    ALGORITHM("AES-192-CBC:AES192:2.16.840.1.101.3.4.1.22", ossl_aes192cbc_functions),
    ALGORITHM("AES-256-CBC:AES256:2.16.840.1.101.3.4.1.42", ossl_aes256cbc_functions),
    ALGORITHM("AES-128-CTR", ossl_aes128ctr_functions),
    ALGORITHM("AES-192-CTR", ossl_aes192ctr_functions),
    ALGORITHM("AES-256-CTR", ossl_aes256ctr_functions),
    ALGORITHM("AES-128-OFB:2.16.840.1.101.3.4.1.3", ossl_aes128ofb_functions),
    ALGORITHM("AES-192-OFB:2.16.840.1.101.3.4.1.23", ossl_aes192ofb_functions),
    ALGORITHM("AES-256-OFB:2.16.840.1.101.3.4.1.43", ossl_aes256ofb_functions),
    ALGORITHM("AES-128-CFB:2.16.840.1.101.3.4.1.4", ossl_aes128cfb_functions),
    ALGORITHM("AES-192-CFB:2.16.840.1.101.3.4.1.24", ossl_aes192cfb_functions),
    ALGORITHM("AES-256-CFB:2.16.840.1.101.3.4.1.44", ossl_aes256cfb_functions),
    ALGORITHM("CAMELLIA-128-ECB:0.3.4401.5.3.1.9.1", ossl_camellia128ecb_functions),
    ALGORITHM("CAMELLIA-192-ECB:0.3.4401.5.3.1.9.21", ossl_camellia192ecb_functions),
    ALGORITHM("CAMELLIA-256-ECB:0.3.4401.5.3.1.9.41", ossl_camellia256ecb_functions),
    ALGORITHM("CAMELLIA-128-CBC:CAMELLIA128:1.2.392.200011.61.1.1.1.2",
              ossl_camellia128cbc_functions),
    ALGORITHM("CAMELLIA-192-CBC:CAMELLIA192:1.2.392.200011.61.1.1.1.3",
              ossl_camellia192cbc_functions),
    ALGORITHM("CAMELLIA-256-CBC:CAMELLIA256:1.2.392.200011.61.1.1.1.4",
              ossl_camellia256cbc_functions),
    ALGORITHM("CAMELLIA-128-CTR:0.3.4401.5.3.1.9.9", ossl_camellia128ctr_functions),
    ALGORITHM("CAMELLIA-192-CTR:0.3.4401.5.3.1.9.29", ossl_camellia192ctr_functions),
    ALGORITHM("CAMELLIA-256-CTR:0.3.4401.5.3.1.9.49", ossl_camellia256ctr_functions),
    ALGORITHM("CAMELLIA-128-OFB:0.3.4401.5.3.1.9.3", ossl_camellia128ofb_functions),
    ALGORITHM("CAMELLIA-192-OFB:0.3.4401.5.3.1.9.23", ossl_camellia192ofb_functions),
    ALGORITHM("CAMELLIA-256-OFB:0.3.4401.5.3.1.9.43", ossl_camellia256ofb_functions),
    ALGORITHM("CAMELLIA-128-CFB:0.3.4401.5.3.1.9.4", ossl_camellia128cfb_functions),
    ALGORITHM("CAMELLIA-192-CFB:0.3.4401.5.3.1.9.24", ossl_camellia192cfb_functions),
    ALGORITHM("CAMELLIA-256-CFB:0.3.4401.5.3.1.9.44", ossl_camellia256cfb_functions),
    ALGORITHM("DES-EDE3-ECB:DES-EDE3", ossl_tdes_ede3_ecb_functions),
    ALGORITHM("DES-EDE3-CBC:DES3:1.2.840.113549.3.7", ossl_tdes_ede3_cbc_functions),
    ALGORITHM("DES-EDE3-OFB", ossl_tdes_ede3_ofb_functions),
    ALGORITHM("DES-EDE3-CFB", ossl_tdes_ede3_cfb_functions),
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM macs[] = {
    ALGORITHM("HMAC", ossl_hmac_functions),
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM rands[] = {
    ALGORITHM("CTR-DRBG", ossl_drbg_ctr_functions),
    ALGORITHM("SEED-SRC", ossl_seed_src_functions),
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM key_managements[] = {
    ALGORITHM("RSA:rsaEncryption:1.2.840.113549.1.1.1", ossl_rsa_keymgmt_functions),
    ALGORITHM("EC:id-ecPublicKey:1.2.840.10045.2.1", ossl_ec_keymgmt_functions),
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM signatures[] = {
    ALGORITHM("RSA:rsaEncryption:1.2.840.113549.1.1.1", ossl_rsa_signature_functions),
    ALGORITHM("ECDSA", ossl_ecdsa_signature_functions),
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM asymmetric_ciphers[] = {
    ALGORITHM("RSA:rsaEncryption:1.2.840.113549.1.1.1", ossl_rsa_asym_cipher_functions),
    { NULL, NULL, NULL, NULL },
};

// OSSL_FUNC_provider_query_operation_fn
static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
    (void)context;
    *no_cache = 0;
    switch (operation) {
    case OSSL_OP_DIGEST:
        return digests;
    case OSSL_OP_CIPHER:
        return ciphers;
    case OSSL_OP_MAC:
        return macs;
    case OSSL_OP_RAND:
        return rands;
    case OSSL_OP_KEYMGMT:
        return key_managements;
    case OSSL_OP_SIGNATURE:
        return signatures;
    case OSSL_OP_ASYM_CIPHER:
        return asymmetric_ciphers;
    default:
        return NULL;
    }
}

static const OSSL_DISPATCH provider[] = {
    { OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))ossl_prov_ctx_free },
    { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
    { 0, NULL },
};

int ossl_default_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                               const OSSL_DISPATCH **out, void **context)
{
    OSSL_FUNC_core_get_libctx_fn *get_library = NULL;

    if (ossl_prov_seeding_from_dispatch(in) != 1) {
        return 0;
    }
    for (const OSSL_DISPATCH *at = in; at->function_id != 0; at++) {
        if (at->function_id == OSSL_FUNC_CORE_GET_LIBCTX) {
            get_library = OSSL_FUNC_core_get_libctx(at);
        }
    }
    *context = get_library == NULL ? NULL : ossl_prov_ctx_new();
    if (*context == NULL) {
        return 0;
    }
    ossl_prov_ctx_set0_libctx(*context, get_library(handle));
    ossl_prov_ctx_set0_handle(*context, handle);
    *out = provider;
    return 1;
}

// The provider of encoders and decoders of keys, which nobody asks for: there is none
int ossl_base_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                            const OSSL_DISPATCH **out, void **context)
{
    (void)handle;
    (void)in;
    (void)out;
    (void)context;
    return 0;
}

// Names for EVP_get_digestbyname(), by which libtpms finds the hash of a signature
void openssl_add_all_digests_int(void)
{
    (void)EVP_add_digest(EVP_sha1());
    (void)EVP_add_digest(EVP_sha256());
    (void)EVP_add_digest(EVP_sha384());
    (void)EVP_add_digest(EVP_sha512());
}

// Names for EVP_get_cipherbyname(): libtpms names its ciphers by functions
void openssl_add_all_ciphers_int(void)
{
}

// The log of a protocol that is not linked was never opened. 1 as of OpenSSL's own
int OSSL_CMP_log_close(void)
{
    return 1;
}
