# SPDX-License-Identifier: BSD-3-Clause
#
# BL31: the EL3 monitor, and its unit tests.
bl31_SRCS := bl31/bl31_entry.S bl31/bl31_vectors.S bl31/bl31_main.c bl31/bl31_map.c bl31/bl31_park.c bl31/bl31_counters.c \
    bl31/context.c bl31/context.S bl31/smc.c bl31/arch_svc.c bl31/trap.c bl31/irq.c bl31/crash.c bl31/crash.S \
    bl31/psci/psci_dispatch.c bl31/psci/psci_system.c bl31/spmd/spmd.c bl31/spmd/spmd_boot.c \
    $(platform_MMU_SRCS) $(platform_LIB_SRCS) $(platform_GIC_SRCS) $(platform_HANDOFF_SRCS) \
    $(platform_OTP_SRCS) $(board_SRCS) $(board_OTP_SRCS) $(board_BL31_SRCS)
bl31_LDS := bl31/bl31.ld.S
bl31_OFFSETS := bl31/bl31_offsets.c
# x18: the vectors do not save it, so that no C may touch it. Landing pads only: EL3 does not sign (bl31/README.md). Size
# before speed: what is called often is assembly, or C that has nothing left to optimise (a switch costs 1 more than -O2).
bl31_CFLAGS := -mgeneral-regs-only -ffixed-x18 -mbranch-protection=bti -Os

HOST_TESTS += test_smc test_spmd test_trap test_bl31_counters
bl31_TEST_CFLAGS := -iquote platform/boards/qemu_virt -iquote platform/arch -iquote tests/unit/bl31
test_smc_HOST_SRCS := tests/unit/bl31/test_smc.c tests/unit/bl31/bl31_fakes.c bl31/smc.c bl31/arch_svc.c \
    bl31/psci/psci_dispatch.c bl31/psci/psci_system.c bl31/spmd/spmd.c
test_smc_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
test_spmd_HOST_SRCS := tests/unit/bl31/test_spmd.c tests/unit/bl31/bl31_fakes.c bl31/spmd/spmd.c
test_spmd_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
test_trap_HOST_SRCS := tests/unit/bl31/test_trap.c tests/unit/bl31/bl31_fakes.c bl31/trap.c
test_trap_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
test_bl31_counters_HOST_SRCS := tests/unit/bl31/test_bl31_counters.c bl31/bl31_counters.c platform/lib/boot/otp.c
test_bl31_counters_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
