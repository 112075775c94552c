# SPDX-License-Identifier: BSD-3-Clause
#
# BL2: loads everything else. May use FP/SIMD registers (its memory functions, libfdt); BL1 opened them for it.
bl2_SRCS := bl2/bl2_entry.S bl2/bl2_vectors.S bl2/bl2_main.c bl2/bl2_images.c bl2/bl2_config.c bl2/bl2_load.c \
    bl2/bl2_trust.c bl2/bl2_entropy.c platform/lib/boot/critical_data.c platform/lib/boot/boot_facts.c \
    platform/lib/boot/dtb_check.c platform/common/common_map.c $(platform_MMU_SRCS) \
    $(platform_LIB_SRCS) $(platform_LOG_ALONE_SRCS) $(platform_FATAL_EL1_SRCS) \
    $(platform_LOAD_SRCS) $(platform_HANDOFF_SRCS) $(board_SRCS) $(board_BL2_SRCS)
bl2_LDS := bl2/bl2.ld.S
bl2_CFLAGS = $(MBEDTLS_BOOT_CONFIG)
bl2_LIBS = $(BOOT_CRYPTO_OBJS) $(LIBFDT_A)

HOST_TESTS += test_bl2_config test_bl2_load test_bl2_trust test_bl2_entropy
# The decoder of the boot configuration, for whoever reads it: tests, fip-tool. Needs libfdt, and the tables of
# platform_FIP_SRCS and cot.c
bl2_CONFIG_SRCS := bl2/bl2_config.c platform/lib/boot/dtb_check.c platform/lib/uuid.c
bl2_CONFIG_TEST_SRCS := $(bl2_CONFIG_SRCS) platform/lib/boot/cot.c platform/lib/boot/fip_names.c
test_bl2_config_HOST_SRCS := tests/unit/bl2/test_bl2_config.c $(bl2_CONFIG_TEST_SRCS)
test_bl2_config_HOST_LIBS := -lfdt
test_bl2_load_HOST_SRCS := tests/unit/bl2/test_bl2_load.c bl2/bl2_load.c bl2/bl2_images.c platform/lib/uuid.c \
    platform/lib/boot/load.c bl2/bl2_config.c platform/lib/boot/dtb_check.c platform/lib/boot/cot.c \
    platform/lib/printf.c $(platform_FIP_SRCS) $(platform_TEST_SUPPORT)
test_bl2_load_HOST_LIBS := -lfdt
test_bl2_load_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_bl2_trust_HOST_SRCS := tests/unit/bl2/test_bl2_trust.c bl2/bl2_trust.c platform/lib/boot/boot_params.c \
    platform/lib/boot/event_log.c platform/lib/boot/critical_data.c \
    platform/lib/boot/boot_facts.c $(platform_HANDOFF_SRCS) $(platform_HASH_DOUBLE) $(platform_TEST_SUPPORT)
test_bl2_trust_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_bl2_trust_HOST_LIBS := -lcrypto
test_bl2_entropy_HOST_SRCS := tests/unit/bl2/test_bl2_entropy.c bl2/bl2_entropy.c
test_bl2_entropy_HOST_CFLAGS = $(MBEDTLS_INCLUDES) '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_boot.h"'
test_bl2_entropy_HOST_LIBS := -lcrypto

FUZZERS += fuzz_bl2_config
fuzz_bl2_config_HOST_SRCS := tests/fuzz/fuzz_bl2_config.c $(bl2_CONFIG_TEST_SRCS)
fuzz_bl2_config_HOST_LIBS := -lfdt
