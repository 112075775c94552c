# SPDX-License-Identifier: BSD-3-Clause
#
# BL1: the boot ROM. General registers only, as all of EL3.
bl1_SRCS := bl1/bl1_entry.S bl1/bl1_park.S bl1/bl1_vectors.S bl1/bl1_exit.S bl1/bl1_main.c bl1/bl1_smc.c \
    platform/common/common_park.c platform/common/common_map.c $(platform_MMU_SRCS) $(platform_LIB_SRCS) $(platform_GIC_SRCS) \
    $(platform_FATAL_EL3_SRCS) $(platform_LOAD_SRCS) $(platform_HANDOFF_SRCS) $(board_SRCS)
bl1_LDS := bl1/bl1.ld.S
bl1_CFLAGS := -mgeneral-regs-only
