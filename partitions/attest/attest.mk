# SPDX-License-Identifier: BSD-3-Clause
#
# attest: PSA Initial Attestation tokens.

# The package has the UUID of the service, as in Trusted Services
PARTITIONS += attest
attest_UUID := a1baf155-8876-4695-8f7c-54955e8db974
# TF-A's chain of trust has four packages of each owner: an author's own finds room beside ours
attest_OWNER := Plat
attest_TOKEN_SRCS := partitions/attest/attest_cbor.c partitions/attest/attest_token.c
# The boot chain's own readers of what the boot left
attest_LOG_SRCS := partitions/attest/attest_log.c $(addprefix platform/lib/boot/,event_log.c cot.c)
attest_HASH_SRCS := platform/lib/crypto/boot_hash.c
attest_SERVICE_SRCS := partitions/attest/attest_service.c partitions/attest/attest_key.c $(attest_TOKEN_SRCS)
attest_SRCS = partitions/attest/attest_sp.c $(attest_SERVICE_SRCS) $(attest_LOG_SRCS) $(attest_HASH_SRCS) $(client_SVC_SRCS) \
    ffa/client/psa_crypto.c ffa/client/psa_crypto_keys.c ffa/client/psa_crypto_sign.c
attest_CFLAGS = $(MBEDTLS_INCLUDES) -I. '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_psa.h"'
# Hashes alone: what else of PSA Crypto there is, the crypto partition has
attest_LIBS = $(addprefix $(B)/obj/mbedtls_psa/,constant_time.o platform_util.o sha256.o sha512.o)

# On the host: Mbed TLS's hashes, OpenSSL in the place of the crypto partition, libcbor as the reader
attest_TEST_CFLAGS = $(sp_TEST_CFLAGS) -iquote partitions/attest -iquote tests/unit/partitions $(attest_CFLAGS)
attest_TEST_OBJS = $(addprefix $(OUT)/host/obj/mbedtls_psa/,constant_time.o platform.o platform_util.o sha256.o sha512.o)
HOST_TESTS += test_attest_cbor test_attest_key
test_attest_cbor_HOST_SRCS := tests/unit/partitions/test_attest_cbor.c partitions/attest/attest_cbor.c
test_attest_cbor_HOST_CFLAGS = $(attest_TEST_CFLAGS)
test_attest_cbor_HOST_LIBS := -lcbor
test_attest_key_HOST_SRCS := tests/unit/partitions/test_attest_key.c tests/unit/partitions/attest_fake.c \
    partitions/attest/attest_key.c $(attest_HASH_SRCS)
test_attest_key_HOST_CFLAGS = $(attest_TEST_CFLAGS)
test_attest_key_HOST_LIBS := -lcrypto -Wl,--wrap=boot_hmac_sha256
$(OUT)/host/tests/test_attest_key: $(attest_TEST_OBJS)
attest_CASE_SRCS := tests/unit/partitions/attest_case.c tests/unit/partitions/attest_fake.c $(attest_HASH_SRCS) \
    platform/lib/boot/event_log.c
HOST_TESTS += test_attest_token test_attest_log test_attest_service
test_attest_token_HOST_SRCS := tests/unit/partitions/test_attest_token.c $(attest_CASE_SRCS) $(attest_TOKEN_SRCS) \
    partitions/attest/attest_key.c
test_attest_token_HOST_CFLAGS = $(attest_TEST_CFLAGS)
test_attest_token_HOST_LIBS := -lcbor -lcrypto
$(OUT)/host/tests/test_attest_token: $(attest_TEST_OBJS)
test_attest_log_HOST_SRCS := tests/unit/partitions/test_attest_log.c $(attest_CASE_SRCS) \
    $(filter-out %/event_log.c,$(attest_LOG_SRCS))
test_attest_log_HOST_CFLAGS = $(attest_TEST_CFLAGS)
test_attest_log_HOST_LIBS := -lcbor -lcrypto
$(OUT)/host/tests/test_attest_log: $(attest_TEST_OBJS)
test_attest_service_HOST_SRCS := tests/unit/partitions/test_attest_service.c $(attest_CASE_SRCS) $(attest_SERVICE_SRCS) \
    $(filter-out %/event_log.c,$(attest_LOG_SRCS)) ffa/abi/ts_tlv.c
test_attest_service_HOST_CFLAGS = $(attest_TEST_CFLAGS)
test_attest_service_HOST_LIBS := -lcbor -lcrypto
$(OUT)/host/tests/test_attest_service: $(attest_TEST_OBJS)

FUZZERS += fuzz_attest_rpc
fuzz_attest_rpc_HOST_SRCS := tests/fuzz/fuzz_attest_rpc.c $(attest_SERVICE_SRCS) $(attest_LOG_SRCS) \
    $(attest_HASH_SRCS) ffa/abi/ts_tlv.c
fuzz_attest_rpc_HOST_CFLAGS = $(attest_TEST_CFLAGS)
$(OUT)/host/fuzz/fuzz_attest_rpc: $(attest_TEST_OBJS)

# In QEMU: the product's partitions and one more that asks for tokens
attest_TARGET_SRCS := tests/target/test_attest.c
attest_SPS := echo storage crypto attest sp_attest
TEST_SPS += sp_attest
sp_attest_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a130
sp_attest_DTS := tests/target/sp_attest/manifest.dts
sp_attest_SRCS = tests/target/sp_attest/relay_sp.c tests/target/sp_attest/serve.c $(client_SVC_SRCS) $(client_ATTEST_SRCS)
# Without crypto
FLASH_IMAGES += attest_alone
attest_alone_BL33 := $(B)/proxy.bin
attest_alone_SPS := attest
# With the older profile
FLASH_IMAGES += attest_old
attest_old_BL33 := $(B)/proxy.bin
attest_old_SPS := crypto sp_attest_old
TEST_SPS += sp_attest_old
sp_attest_old_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a131
sp_attest_old_DTS := tests/target/sp_attest/manifest_old.dts
sp_attest_old_SRCS = $(attest_SRCS)
sp_attest_old_CFLAGS = $(attest_CFLAGS)
sp_attest_old_LIBS = $(attest_LIBS)
# With a crypto partition that dies of the first signature
FLASH_IMAGES += attest_dying
attest_dying_BL33 := $(B)/proxy.bin
attest_dying_SPS := sp_attest_dying attest
TEST_SPS += sp_attest_dying
sp_attest_dying_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a132
sp_attest_dying_DTS := tests/target/sp_attest/manifest_dying.dts
sp_attest_dying_SRCS := tests/target/sp_attest/dying_sp.c tests/target/sp_attest/serve.c
# With a partition that poses as crypto, beside it
FLASH_IMAGES += attest_posing
attest_posing_BL33 := $(B)/proxy.bin
attest_posing_SPS := sp_attest_posing crypto attest
TEST_SPS += sp_attest_posing
sp_attest_posing_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a133
sp_attest_posing_DTS := tests/target/sp_attest/manifest_posing.dts
sp_attest_posing_SRCS := tests/target/sp_attest/dying_sp.c tests/target/sp_attest/serve.c
$(OUT)/host/tests/target_attest: | $(patsubst %,$(B)/%/flash.bin,attest attest_alone attest_old attest_dying attest_posing proxy)
