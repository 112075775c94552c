# SPDX-License-Identifier: BSD-3-Clause
#
# The partition runtime and the partitions. `make SPS=` chooses which go into the FIP.

sp_LDS := partitions/lib/sp.ld.S
sp_LIB_SRCS := partitions/lib/sp_crt0.S partitions/lib/sp_call.S partitions/lib/sp_loop.S partitions/lib/sp_start.c \
    partitions/lib/sp_boot.c partitions/lib/sp_run.c partitions/lib/sp_log.c partitions/lib/sp_die.c \
    partitions/lib/sp_error.c partitions/lib/sp_request.c partitions/lib/sp_interrupt.c partitions/lib/sp_notify.c partitions/lib/sp_mem.c \
    partitions/lib/sp_rxtx.c partitions/lib/sp_time.c partitions/lib/sp_auxv.c partitions/lib/sp_rpc.c ffa/abi/ts_tlv.c platform/lib/string.c

# A partition that uses FP registers has them switched in each of its turns: the runtime leaves that to those that need them
sp_LIB_CFLAGS := -mgeneral-regs-only
# memcpy() uses them for 64 bytes and more
$(B)/obj/sp_lib/platform/lib/string.c.o: sp_LIB_CFLAGS :=

PARTITIONS += echo
echo_UUID := dd60ab2d-5cff-4049-b6fb-16969bd7f77f
echo_SRCS := partitions/echo/echo_sp.c

# The package has the UUID of the service, as in Trusted Services
PARTITIONS += crypto
crypto_UUID := d9df52d5-16a2-4bb2-9aa4-d26d3b84e8c0
crypto_SRCS := partitions/crypto/crypto_sp.c partitions/crypto/crypto_service.c partitions/crypto/crypto_keys.c \
    partitions/crypto/crypto_hash.c partitions/crypto/crypto_rng.c
crypto_CFLAGS = $(MBEDTLS_INCLUDES) -I. '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_psa.h"'
crypto_LIBS = $(MBEDTLS_PSA_OBJS)
MBEDTLS_PSA_SRCS := aes.c aesce.c asn1parse.c asn1write.c bignum.c bignum_core.c bignum_mod.c bignum_mod_raw.c \
    constant_time.c ctr_drbg.c ecdsa.c ecp.c ecp_curves.c platform_util.c psa_crypto.c psa_crypto_client.c \
    psa_crypto_driver_wrappers_no_static.c psa_crypto_ecp.c psa_crypto_hash.c psa_crypto_rsa.c psa_crypto_slot_management.c psa_util.c \
    sha256.c sha512.c
MBEDTLS_PSA_CFLAGS += -Ipartitions/lib

HOST_TESTS += test_sp_boot test_sp_rpc test_sp_time test_sp_request test_sp_run test_sp_notify test_sp_mem test_crypto_service
sp_TEST_CFLAGS := -iquote partitions/lib
test_sp_boot_HOST_SRCS := tests/unit/partitions/test_sp_boot.c partitions/lib/sp_boot.c
test_sp_boot_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_time_HOST_SRCS := tests/unit/partitions/test_sp_time.c partitions/lib/sp_time.c
test_sp_time_HOST_CFLAGS := $(sp_TEST_CFLAGS)
svc_SRCS := tests/unit/partitions/svc.c partitions/lib/sp_error.c
test_sp_request_HOST_SRCS := tests/unit/partitions/test_sp_request.c partitions/lib/sp_request.c $(svc_SRCS)
test_sp_request_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_run_HOST_SRCS := tests/unit/partitions/test_sp_run.c partitions/lib/sp_run.c partitions/lib/sp_interrupt.c \
    partitions/lib/sp_time.c $(svc_SRCS)
test_sp_run_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_notify_HOST_SRCS := tests/unit/partitions/test_sp_notify.c partitions/lib/sp_notify.c partitions/lib/sp_rxtx.c $(svc_SRCS)
test_sp_notify_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_mem_HOST_SRCS := tests/unit/partitions/test_sp_mem.c partitions/lib/sp_mem.c partitions/lib/sp_rxtx.c $(svc_SRCS)
test_sp_mem_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_rpc_HOST_SRCS := tests/unit/partitions/test_sp_rpc.c partitions/lib/sp_rpc.c
test_sp_rpc_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_crypto_service_HOST_SRCS := tests/unit/partitions/test_crypto_service.c ffa/abi/ts_tlv.c \
    $(filter-out %_sp.c,$(crypto_SRCS))
test_crypto_service_HOST_CFLAGS = $(sp_TEST_CFLAGS) -iquote partitions/crypto $(crypto_CFLAGS)
test_crypto_service_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_crypto_service: $(MBEDTLS_HOST_OBJS)

FUZZERS += fuzz_sp_boot fuzz_ts_rpc
fuzz_sp_boot_HOST_SRCS := tests/fuzz/fuzz_sp_boot.c partitions/lib/sp_boot.c
fuzz_sp_boot_HOST_CFLAGS := $(sp_TEST_CFLAGS)
# The fuzzer's own memcpy() sees each access to the shared memory
fuzz_ts_rpc_HOST_SRCS := tests/fuzz/fuzz_ts_rpc.c partitions/lib/sp_rpc.c ffa/abi/ts_tlv.c $(filter-out %_sp.c,$(crypto_SRCS))
fuzz_ts_rpc_HOST_CFLAGS = -Dmemcpy=racing_memcpy $(test_crypto_service_HOST_CFLAGS)
$(OUT)/host/fuzz/fuzz_ts_rpc: $(MBEDTLS_HOST_OBJS)
