# SPDX-License-Identifier: BSD-3-Clause
#
# BL31: the EL3 monitor, and its unit tests.
bl31_SRCS := bl31/bl31_entry.S bl31/bl31_vectors.S bl31/bl31_main.c bl31/bl31_map.c bl31/bl31_park.c bl31/bl31_counters.c bl31/rollback.c \
    bl31/context.c bl31/context.S bl31/smc.c bl31/arch_svc.c bl31/trng.c bl31/trng_health.c bl31/trap.c bl31/irq.c bl31/crash.c bl31/crash_record.c bl31/crash.S \
    bl31/psci/psci_dispatch.c bl31/psci/psci_cpu.c bl31/psci/psci_suspend.c bl31/psci/psci_node.c bl31/psci/psci_system.c \
    bl31/spmd/spmd.c bl31/spmd/spmd_boot.c bl31/spmd/spmd_power.c bl31/spmd/spmd_interrupt.c \
    $(platform_MMU_SRCS) $(platform_LIB_SRCS) $(platform_LOCK_SRCS) $(platform_GIC_SRCS) $(platform_HANDOFF_SRCS) \
    $(platform_OTP_SRCS) $(board_SRCS) $(board_OTP_SRCS) $(board_BL31_SRCS)
bl31_LDS := bl31/bl31.ld.S
bl31_OFFSETS := bl31/bl31_offsets.c
# x18: the vectors do not save it, so that no C may touch it. Landing pads only: EL3 does not sign (bl31/README.md). Size
# before speed: what is called often is assembly, or C that has nothing left to optimise (a switch costs 1 more than -O2).
bl31_CFLAGS := -mgeneral-regs-only -ffixed-x18 -mbranch-protection=bti -Os

HOST_TESTS += test_smc test_spmd test_spmd_power test_spmd_interrupt test_trap test_crash_record test_bl31_counters
bl31_TEST_CFLAGS := -iquote platform/boards/qemu_virt -iquote platform/arch -iquote tests/unit/bl31
test_smc_HOST_SRCS := tests/unit/bl31/test_smc.c bl31/smc.c
test_smc_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
HOST_TESTS += test_arch_svc test_trng
test_arch_svc_HOST_SRCS := tests/unit/bl31/test_arch_svc.c bl31/arch_svc.c
test_arch_svc_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
test_trng_HOST_SRCS := tests/unit/bl31/test_trng.c bl31/trng_health.c
test_trng_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
bl31_SPMD_TEST_SRCS := tests/unit/bl31/spmd_fakes.c tests/unit/bl31/bl31_fakes.c bl31/irq.c bl31/spmd/spmd.c \
    bl31/spmd/spmd_boot.c bl31/spmd/spmd_power.c bl31/spmd/spmd_interrupt.c
$(foreach t,test_spmd test_spmd_power test_spmd_interrupt,$(eval $(t)_HOST_CFLAGS := $(bl31_TEST_CFLAGS))\
    $(eval $(t)_HOST_SRCS := tests/unit/bl31/$(t).c $(bl31_SPMD_TEST_SRCS)))
test_trap_HOST_SRCS := tests/unit/bl31/test_trap.c tests/unit/bl31/bl31_fakes.c bl31/trap.c
test_trap_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
test_crash_record_HOST_SRCS := tests/unit/bl31/test_crash_record.c bl31/crash_record.c
test_crash_record_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
test_bl31_counters_HOST_SRCS := tests/unit/bl31/test_bl31_counters.c bl31/bl31_counters.c platform/lib/boot/otp.c
test_bl31_counters_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
HOST_TESTS += test_rollback
test_rollback_HOST_SRCS := tests/unit/bl31/test_rollback.c bl31/rollback.c platform/lib/boot/otp.c
test_rollback_HOST_CFLAGS := $(bl31_TEST_CFLAGS)
HOST_TESTS += test_psci test_psci_suspend test_psci_races test_psci_board
bl31_PSCI_TEST_SRCS := tests/unit/bl31/psci_fakes.c tests/unit/bl31/bl31_fakes.c bl31/psci/psci_dispatch.c bl31/psci/psci_cpu.c \
    bl31/psci/psci_suspend.c bl31/psci/psci_node.c bl31/psci/psci_system.c
$(foreach t,test_psci test_psci_suspend test_psci_races test_psci_board,\
    $(eval $(t)_HOST_CFLAGS := $(bl31_TEST_CFLAGS) '-DTEST_ABILITIES=BOARD_SYSTEM_SUSPEND | BOARD_WARM_RESET')\
    $(eval $(t)_HOST_SRCS := tests/unit/bl31/$(t).c $(bl31_PSCI_TEST_SRCS)))
test_psci_board_HOST_CFLAGS := $(bl31_TEST_CFLAGS) -DTEST_ABILITIES=0
test_psci_races_HOST_LIBS := -pthread
