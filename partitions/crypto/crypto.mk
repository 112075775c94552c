# SPDX-License-Identifier: BSD-3-Clause
#
# crypto: PSA Crypto over Mbed TLS.

# The package has the UUID of the service, as in Trusted Services
PARTITIONS += crypto
crypto_UUID := d9df52d5-16a2-4bb2-9aa4-d26d3b84e8c0
crypto_SERVICE_SRCS := partitions/crypto/crypto_service.c partitions/crypto/crypto_wire.c \
    partitions/crypto/crypto_heap.c partitions/crypto/crypto_keys.c partitions/crypto/crypto_key_index.c \
    partitions/crypto/crypto_key_ops.c partitions/crypto/crypto_its.c partitions/crypto/crypto_ops.c \
    partitions/crypto/crypto_caps.c partitions/crypto/crypto_hash.c partitions/crypto/crypto_cipher.c partitions/crypto/crypto_mac.c \
    partitions/crypto/crypto_aead.c partitions/crypto/crypto_derive.c partitions/crypto/crypto_rng.c
crypto_SRCS = partitions/crypto/crypto_sp.c $(crypto_SERVICE_SRCS) $(client_SVC_SRCS)
# Mbed TLS's psa/ comes before the client library's, which has what Mbed TLS lacks: psa/internal_trusted_storage.h
crypto_CFLAGS = $(MBEDTLS_INCLUDES) -I. -idirafter ffa/client '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_psa.h"'
crypto_LIBS = $(MBEDTLS_PSA_OBJS)
MBEDTLS_PSA_SRCS := aes.c aesce.c asn1parse.c asn1write.c bignum.c bignum_core.c bignum_mod.c bignum_mod_raw.c block_cipher.c ccm.c \
    chacha20.c chachapoly.c cipher.c cipher_wrap.c cmac.c constant_time.c ctr_drbg.c ecdh.c ecdsa.c ecp.c ecp_curves.c gcm.c hmac_drbg.c \
    md.c oid.c platform.c platform_util.c poly1305.c psa_crypto.c psa_crypto_aead.c psa_crypto_cipher.c psa_crypto_client.c \
    psa_crypto_driver_wrappers_no_static.c psa_crypto_ecp.c psa_crypto_hash.c psa_crypto_mac.c psa_crypto_rsa.c \
    psa_crypto_slot_management.c psa_crypto_storage.c psa_util.c rsa.c rsa_alt_helpers.c sha256.c sha3.c sha512.c
# The compiler may know what memcpy() does: Mbed TLS reads and writes words by it
MBEDTLS_PSA_CFLAGS += -Ipartitions/lib -fbuiltin
# Keys are stored through crypto_its.c, which knows whose they are and what became of it
crypto_ITS_CFLAGS := -idirafter ffa/client $(foreach f,set get get_info remove,-Dpsa_its_$(f)=crypto_its_$(f))
$(B)/obj/mbedtls_psa/psa_crypto_storage.o: private MBEDTLS_PSA_CFLAGS += $(crypto_ITS_CFLAGS)
$(OUT)/host/obj/mbedtls_psa/psa_crypto_storage.o: private HOST_CFLAGS += $(crypto_ITS_CFLAGS)

# The service with Mbed TLS on the host, storage in memory, memory that runs out when told to
crypto_TEST_SRCS := $(crypto_SERVICE_SRCS) ffa/abi/ts_tlv.c tests/unit/partitions/crypto_fake.c
crypto_CASE_SRCS := $(crypto_TEST_SRCS) tests/unit/partitions/crypto_case.c
crypto_TEST_CFLAGS = $(sp_TEST_CFLAGS) -iquote partitions/crypto -iquote tests/unit/partitions $(crypto_CFLAGS) -Dcalloc=crypto_fake_calloc
HOST_TESTS += test_crypto_service test_crypto_keys test_crypto_key_ops test_crypto_persist test_crypto_persist_faults
test_crypto_service_HOST_SRCS := tests/unit/partitions/test_crypto_service.c $(crypto_CASE_SRCS)
test_crypto_service_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
test_crypto_service_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_crypto_service: $(MBEDTLS_HOST_OBJS)
test_crypto_keys_HOST_SRCS := tests/unit/partitions/test_crypto_keys.c $(crypto_CASE_SRCS)
test_crypto_keys_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
test_crypto_keys_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_crypto_keys: $(MBEDTLS_HOST_OBJS)
test_crypto_key_ops_HOST_SRCS := tests/unit/partitions/test_crypto_key_ops.c $(crypto_CASE_SRCS)
test_crypto_key_ops_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
test_crypto_key_ops_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_crypto_key_ops: $(MBEDTLS_HOST_OBJS)
crypto_BOOT_SRCS := $(crypto_CASE_SRCS) tests/unit/partitions/crypto_boot.c
test_crypto_persist_HOST_SRCS := tests/unit/partitions/test_crypto_persist.c $(crypto_BOOT_SRCS)
test_crypto_persist_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
$(OUT)/host/tests/test_crypto_persist: $(MBEDTLS_HOST_OBJS)
test_crypto_persist_faults_HOST_SRCS := tests/unit/partitions/test_crypto_persist_faults.c $(crypto_BOOT_SRCS)
test_crypto_persist_faults_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
$(OUT)/host/tests/test_crypto_persist_faults: $(MBEDTLS_HOST_OBJS)

# Multi-part operations, and known answers of every algorithm
crypto_OPS_SRCS := $(crypto_CASE_SRCS) tests/unit/partitions/crypto_ops_case.c
crypto_VECTORS_SRCS := $(crypto_OPS_SRCS) tests/unit/partitions/crypto_vectors_case.c
HOST_TESTS += test_crypto_ops test_crypto_ops_order test_crypto_ops_sizes test_crypto_ops_vectors test_crypto_ops_keys
test_crypto_ops_HOST_SRCS := tests/unit/partitions/test_crypto_ops.c $(crypto_OPS_SRCS)
test_crypto_ops_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
$(OUT)/host/tests/test_crypto_ops: $(MBEDTLS_HOST_OBJS)
test_crypto_ops_order_HOST_SRCS := tests/unit/partitions/test_crypto_ops_order.c $(crypto_OPS_SRCS)
test_crypto_ops_order_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
$(OUT)/host/tests/test_crypto_ops_order: $(MBEDTLS_HOST_OBJS)
test_crypto_ops_sizes_HOST_SRCS := tests/unit/partitions/test_crypto_ops_sizes.c $(crypto_OPS_SRCS)
test_crypto_ops_sizes_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
$(OUT)/host/tests/test_crypto_ops_sizes: $(MBEDTLS_HOST_OBJS)
test_crypto_ops_vectors_HOST_SRCS := tests/unit/partitions/test_crypto_ops_vectors.c tests/unit/partitions/crypto_vectors_hash.c \
    tests/unit/partitions/crypto_vectors_cipher.c $(crypto_VECTORS_SRCS)
test_crypto_ops_vectors_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
test_crypto_ops_vectors_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_crypto_ops_vectors: $(MBEDTLS_HOST_OBJS)
test_crypto_ops_keys_HOST_SRCS := tests/unit/partitions/test_crypto_ops_keys.c tests/unit/partitions/crypto_vectors_key.c $(crypto_VECTORS_SRCS)
test_crypto_ops_keys_HOST_CFLAGS = $(crypto_TEST_CFLAGS)
test_crypto_ops_keys_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_crypto_ops_keys: $(MBEDTLS_HOST_OBJS)

FUZZERS += fuzz_ts_rpc
# The fuzzer's own memcpy() sees each access to the shared memory
fuzz_ts_rpc_HOST_SRCS := tests/fuzz/fuzz_ts_rpc.c tests/fuzz/crypto_live.c partitions/lib/sp_rpc.c $(crypto_TEST_SRCS)
fuzz_ts_rpc_HOST_CFLAGS = -Dmemcpy=racing_memcpy -iquote tests/fuzz $(crypto_TEST_CFLAGS)
$(OUT)/host/fuzz/fuzz_ts_rpc: $(MBEDTLS_HOST_OBJS)
