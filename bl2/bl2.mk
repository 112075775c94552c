# SPDX-License-Identifier: BSD-3-Clause
#
# BL2: loads everything else. May use FP/SIMD registers (its memory functions, libfdt); BL1 opened them for it.
bl2_SRCS := bl2/bl2_entry.S bl2/bl2_vectors.S bl2/bl2_main.c bl2/bl2_images.c bl2/bl2_config.c bl2/bl2_load.c \
    bl2/bl2_entropy.c platform/lib/boot/dtb_check.c platform/common/common_map.c $(platform_MMU_SRCS) \
    $(platform_LIB_SRCS) $(platform_FATAL_EL1_SRCS) \
    $(platform_LOAD_SRCS) $(platform_HANDOFF_SRCS) $(board_SRCS) $(board_BL2_SRCS)
bl2_LDS := bl2/bl2.ld.S
bl2_CFLAGS = $(MBEDTLS_INCLUDES) -DMBEDTLS_CONFIG_FILE='"platform/external/mbedtls_boot.h"'
bl2_LIBS = $(MBEDTLS_BOOT_OBJS) $(LIBFDT_A)

HOST_TESTS += test_bl2_config test_bl2_load test_bl2_entropy
test_bl2_config_HOST_SRCS := tests/unit/bl2/test_bl2_config.c bl2/bl2_config.c platform/lib/boot/dtb_check.c platform/lib/uuid.c
test_bl2_config_HOST_LIBS := -lfdt
test_bl2_load_HOST_SRCS := tests/unit/bl2/test_bl2_load.c bl2/bl2_load.c bl2/bl2_images.c platform/lib/uuid.c \
    platform/lib/boot/load.c $(platform_FIP_SRCS) $(platform_TEST_SUPPORT)
test_bl2_load_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_bl2_entropy_HOST_SRCS := tests/unit/bl2/test_bl2_entropy.c bl2/bl2_entropy.c
test_bl2_entropy_HOST_CFLAGS = $(MBEDTLS_INCLUDES) '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_boot.h"'
test_bl2_entropy_HOST_LIBS := -lcrypto

FUZZERS += fuzz_bl2_config
fuzz_bl2_config_HOST_SRCS := tests/fuzz/fuzz_bl2_config.c bl2/bl2_config.c platform/lib/boot/dtb_check.c platform/lib/uuid.c
fuzz_bl2_config_HOST_LIBS := -lfdt
