# SPDX-License-Identifier: BSD-3-Clause
# Sources of the SPMC
-include spmc/spmc_load.mk

# Hardware-free core: also built for the host by the unit tests
spmc_CORE_SRCS := spmc/ffa_dispatch.c spmc/ffa_setup.c spmc/ffa_info.c spmc/ffa_direct.c \
    spmc/ffa_run.c spmc/ffa_console.c spmc/ffa_framework.c spmc/sp_perm.c spmc/sp.c \
    spmc/sp_interrupt.c spmc/sp_timer.c

spmc_SRCS := spmc/spmc_entry.S spmc/spmc_vectors.S spmc/spmc_smc.S spmc/spmc_fp.S spmc/spmc_main.c spmc/spmc_secondary.c \
    spmc/spmc_irq.c spmc/spmc_fp.c \
    spmc/sp_exception.c $(spmc_CORE_SRCS) $(spmc_LOAD_SRCS) \
    $(platform_LIB_SRCS) $(platform_LOCK_SRCS) $(platform_HANDOFF_SRCS) $(platform_GIC_SECURE_SRCS) platform/arch/cache.S \
    platform/arch/tables.c $(board_SRCS)
spmc_LDS := spmc/spmc.ld.S
spmc_OFFSETS := spmc/spmc_offsets.c
spmc_CFLAGS := -mgeneral-regs-only -DIMAGE_VA_OFFSET=0xffffff8000000000
spmc_LIBS = $(LIBFDT_A)

# Unit tests and fuzzer of the FF-A core (spmc_load.mk lists the loader's): test_spmc_X is tests/unit/spmc/test_X.c;
# tests/target has tests of the same calls through a whole machine
spmc_CORE_TESTS := ffa_dispatch ffa_setup ffa_rxtx ffa_info ffa_direct ffa_run ffa_console sp_perm ffa_sequence sp_interrupt sp_interrupt_random sp_timer
spmc_CORE_SUPPORT := tests/unit/spmc/spmc_fixture.c tests/unit/spmc/spmc_fakes.c
spmc_CORE_HOST_CFLAGS := -iquote spmc -iquote platform/arch -iquote platform/boards/$(BOARD) -iquote tests/unit/spmc
HOST_TESTS += $(addprefix test_spmc_,$(spmc_CORE_TESTS))
$(foreach t,$(spmc_CORE_TESTS),$(eval test_spmc_$(t)_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS))\
    $(eval test_spmc_$(t)_HOST_SRCS := tests/unit/spmc/test_$(t).c $(spmc_CORE_SRCS) $(spmc_CORE_SUPPORT)))
test_spmc_ffa_sequence_HOST_SRCS += tests/unit/spmc/spmc_play.c
FUZZERS += fuzz_ffa_call
fuzz_ffa_call_HOST_SRCS := tests/fuzz/fuzz_ffa_call.c tests/unit/spmc/spmc_play.c $(spmc_CORE_SRCS) $(spmc_CORE_SUPPORT)
fuzz_ffa_call_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS)
