# SPDX-License-Identifier: BSD-3-Clause
#
# BL1: the boot ROM. General registers only, as all of EL3.
bl1_SRCS := bl1/bl1_entry.S bl1/bl1_park.S bl1/bl1_vectors.S bl1/bl1_exit.S bl1/bl1_main.c bl1/bl1_trust.c bl1/bl1_smc.c \
    platform/common/common_park.c platform/common/common_map.c $(platform_MMU_SRCS) $(platform_LIB_SRCS) $(platform_LOG_ALONE_SRCS) $(platform_GIC_SRCS) \
    $(platform_FATAL_EL3_SRCS) $(platform_LOAD_SRCS) $(platform_OTP_SRCS) $(platform_HANDOFF_SRCS) $(board_SRCS) $(board_OTP_SRCS)
bl1_LDS := bl1/bl1.ld.S
bl1_CFLAGS = -mgeneral-regs-only $(MBEDTLS_BOOT_CONFIG)
bl1_LIBS = $(BOOT_CRYPTO_OBJS)

HOST_TESTS += test_bl1_trust
test_bl1_trust_HOST_SRCS := tests/unit/bl1/test_bl1_trust.c bl1/bl1_trust.c platform/lib/boot/boot_params.c platform/lib/boot/verdict.c \
    platform/lib/boot/event_log.c platform/lib/boot/fip_names.c $(platform_HASH_DOUBLE) $(platform_TEST_SUPPORT)
test_bl1_trust_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_bl1_trust_HOST_LIBS := -lcrypto
