# SPDX-License-Identifier: BSD-3-Clause
#
# storage: PSA Internal Trusted Storage and PSA Protected Storage in NOR flash.

# The package has the UUID of the first service, as in Trusted Services
PARTITIONS += storage
storage_UUID := dc1eef48-b17a-4ccf-ac8b-dfcff7711b14
storage_LOG_SRCS := $(addprefix partitions/storage/storage_,log.c write.c append.c gc.c index.c snapshot.c mount.c replay.c seal.c)
storage_SERVICE_SRCS := partitions/storage/storage_service.c partitions/storage/storage_quota.c
storage_SRCS := partitions/storage/storage_sp.c $(storage_SERVICE_SRCS) $(storage_LOG_SRCS) platform/drivers/nor_flash.c
storage_CFLAGS = $(MBEDTLS_INCLUDES) -I. '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_psa.h"'
storage_LIBS = $(MBEDTLS_PSA_OBJS)

HOST_TESTS += test_storage_service test_storage_limits
test_storage_service_HOST_SRCS := tests/unit/partitions/test_storage_service.c tests/unit/partitions/storage_fake.c \
    $(storage_SERVICE_SRCS)
test_storage_service_HOST_CFLAGS := $(sp_TEST_CFLAGS) -iquote partitions/storage
test_storage_limits_HOST_SRCS := tests/unit/partitions/test_storage_limits.c tests/unit/partitions/storage_fake.c \
    $(storage_SERVICE_SRCS)
test_storage_limits_HOST_CFLAGS := $(test_storage_service_HOST_CFLAGS)

FUZZERS += fuzz_storage_rpc
fuzz_storage_rpc_HOST_SRCS := tests/fuzz/fuzz_storage_rpc.c tests/unit/partitions/storage_fake.c $(storage_SERVICE_SRCS)
fuzz_storage_rpc_HOST_CFLAGS := $(test_storage_service_HOST_CFLAGS)

# The log's tests (helper A)
storage_CASE_SRCS := tests/unit/partitions/storage_case.c tests/fake/nor_model.c $(storage_LOG_SRCS)
storage_TEST_CFLAGS = $(sp_TEST_CFLAGS) -iquote partitions/storage -iquote tests/unit/partitions $(storage_CFLAGS)
storage_TEST_OBJS = $(addprefix $(OUT)/host/obj/mbedtls_psa/,aes.o constant_time.o platform.o platform_util.o sha256.o) \
    $(addprefix $(OUT)/host/obj/accel/platform/external/accel/,$(addsuffix .o,gcm_alt.c gcm_portable.c gcm_blocks_host.c))
HOST_TESTS += test_storage_log
test_storage_log_HOST_SRCS := tests/unit/partitions/test_storage_log.c $(storage_CASE_SRCS)
test_storage_log_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/tests/test_storage_log: $(storage_TEST_OBJS)
HOST_TESTS += test_storage_power
test_storage_power_HOST_SRCS := tests/unit/partitions/test_storage_power.c $(storage_CASE_SRCS)
test_storage_power_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/tests/test_storage_power: $(storage_TEST_OBJS)
HOST_TESTS += test_storage_cuts
test_storage_cuts_HOST_SRCS := tests/unit/partitions/test_storage_cuts.c $(storage_CASE_SRCS)
test_storage_cuts_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/tests/test_storage_cuts: $(storage_TEST_OBJS)
HOST_TESTS += test_storage_faults
test_storage_faults_HOST_SRCS := tests/unit/partitions/test_storage_faults.c $(storage_CASE_SRCS)
test_storage_faults_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/tests/test_storage_faults: $(storage_TEST_OBJS)
HOST_TESTS += test_storage_tamper
test_storage_tamper_HOST_SRCS := tests/unit/partitions/test_storage_tamper.c $(storage_CASE_SRCS)
test_storage_tamper_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/tests/test_storage_tamper: $(storage_TEST_OBJS)

# Both together
HOST_TESTS += test_storage_stack
test_storage_stack_HOST_SRCS := tests/unit/partitions/test_storage_stack.c tests/fake/nor_model.c $(storage_SERVICE_SRCS) $(storage_LOG_SRCS)
test_storage_stack_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/tests/test_storage_stack: $(storage_TEST_OBJS)
FUZZERS += fuzz_storage_mount
fuzz_storage_mount_HOST_SRCS := tests/fuzz/fuzz_storage_mount.c $(storage_CASE_SRCS)
fuzz_storage_mount_HOST_CFLAGS = $(storage_TEST_CFLAGS)
$(OUT)/host/fuzz/fuzz_storage_mount: $(storage_TEST_OBJS)

# All power cuts, and many random lives (`make soak-storage`): the unit tests without sanitizers, or they take ten times as long
define storage_soak
$(1)_HOST_SRCS := $(test_$(1)_HOST_SRCS) $(addprefix platform/external/accel/,gcm_alt.c gcm_portable.c gcm_blocks_host.c)
$(1)_HOST_CFLAGS = $$(storage_TEST_CFLAGS)
$(1)_HOST_LIBS := -lcmocka
$(OUT)/host/$(1): $(addprefix $(OUT)/host/obj/mbedtls_plain/,aes.o constant_time.o platform.o platform_util.o sha256.o)
endef
STORAGE_SOAKS := storage_power storage_cuts
$(eval $(call mbedtls_objects,$(OUT)/host/obj/mbedtls_plain,$$(HOSTCC) $$(HOST_CFLAGS) $$(call mbedtls_flags,mbedtls_psa)))
$(foreach s,$(STORAGE_SOAKS),$(eval $(call storage_soak,$(s)))$(eval $(call host_program,$(s))))
SOAK_STORAGE = for s in $(STORAGE_SOAKS); do TESSERA_SOAK=1 CMOCKA_MESSAGE_OUTPUT=TAP $(OUT)/host/$$s || exit 1; done
