# SPDX-License-Identifier: BSD-3-Clause
# Sources of the SPMC
-include spmc/spmc_load.mk

# Memory management of FF-A: part of that core
spmc_MEM_SRCS := spmc/ffa_mem_view.c spmc/ffa_mem_desc.c spmc/ffa_mem_list.c spmc/ffa_mem_handle.c spmc/ffa_mem_pages.c \
    spmc/ffa_mem_share.c spmc/ffa_mem_frag.c spmc/ffa_mem_retrieve.c spmc/ffa_mem_hypervisor.c spmc/ffa_mem_reclaim.c

# Hardware-free core: also built for the host by the unit tests
spmc_CORE_SRCS := spmc/ffa_dispatch.c spmc/ffa_setup.c spmc/ffa_info.c spmc/ffa_notify.c spmc/ffa_notify_info.c spmc/ffa_send2.c spmc/ffa_direct.c \
    spmc/ffa_run.c spmc/ffa_console.c spmc/ffa_framework.c spmc/sp_perm.c spmc/sp.c spmc/sp_chain.c \
    spmc/sp_interrupt.c spmc/sp_timer.c spmc/sp_policy.c spmc/sp_device.c spmc/sp_counter.c $(spmc_MEM_SRCS)

spmc_SRCS := spmc/spmc_entry.S spmc/spmc_vectors.S spmc/spmc_smc.S spmc/spmc_fp.S spmc/spmc_main.c spmc/spmc_secondary.c \
    spmc/spmc_irq.c spmc/spmc_fp.c \
    spmc/sp_exception.c $(spmc_CORE_SRCS) $(spmc_LOAD_SRCS) \
    $(platform_LIB_SRCS) $(platform_LOCK_SRCS) $(platform_HANDOFF_SRCS) $(platform_GIC_SECURE_SRCS) platform/arch/cache.S \
    platform/arch/tables.c platform/arch/tables_detach.c $(board_SRCS)

# What runs at boot, when something is wrong, or to print: compiled for size. Not the relocations: the TPM has 17,000
spmc_SMALL_SRCS := $(filter-out %/elf_dynamic.c,$(platform_SP_SRCS)) spmc/sp_load.c spmc/sp_load_check.c spmc/sp_boot_info.c spmc/sp_policy.c spmc/spmc_main.c \
    spmc/spmc_secondary.c spmc/sp_exception.c $(platform_HANDOFF_SRCS) platform/lib/printf.c platform/lib/log.c platform/lib/panic.c
spmc_SRCS := $(filter-out $(spmc_SMALL_SRCS),$(spmc_SRCS))
$(eval $(call objects,$(B)/obj/spmc_small,$(spmc_SMALL_SRCS),$$(call image_cc,spmc) -Os))
spmc_LDS := spmc/spmc.ld.S
spmc_OFFSETS := spmc/spmc_offsets.c
spmc_CFLAGS := -mgeneral-regs-only -DIMAGE_VA_OFFSET=0xffffff8000000000
spmc_LIBS = $(patsubst %,$(B)/obj/spmc_small/%.o,$(spmc_SMALL_SRCS)) $(LIBFDT_A)

# Unit tests and fuzzer of the FF-A core (spmc_load.mk lists the loader's): test_spmc_X is tests/unit/spmc/test_X.c;
# tests/target has tests of the same calls through a whole machine
spmc_CORE_TESTS := ffa_dispatch ffa_setup ffa_rxtx ffa_info ffa_notify ffa_notify_random ffa_notify_info ffa_send2 ffa_direct ffa_chain ffa_chain_end ffa_request2 ffa_run ffa_console sp_perm ffa_sequence sp_interrupt sp_interrupt_chain sp_interrupt_random sp_timer sp_policy sp_device sp_device_random sp_counter
spmc_CORE_SUPPORT := tests/unit/spmc/notify_check.c tests/unit/spmc/spmc_fixture.c tests/unit/spmc/spmc_fakes.c tests/unit/spmc/mem_model.c
spmc_CORE_HOST_CFLAGS := -iquote spmc -iquote platform/arch -iquote platform/boards/$(BOARD) -iquote tests/unit/spmc
HOST_TESTS += $(addprefix test_spmc_,$(spmc_CORE_TESTS))
$(foreach t,$(spmc_CORE_TESTS),$(eval test_spmc_$(t)_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS))\
    $(eval test_spmc_$(t)_HOST_SRCS := tests/unit/spmc/test_$(t).c $(spmc_CORE_SRCS) $(spmc_CORE_SUPPORT)))
test_spmc_ffa_notify_HOST_SRCS += tests/unit/spmc/notify_support.c
test_spmc_ffa_notify_random_HOST_SRCS += tests/unit/spmc/notify_support.c
HOST_TESTS += test_spmc_ffa_notify_cores
test_spmc_ffa_notify_cores_HOST_SRCS := tests/unit/spmc/test_ffa_notify_cores.c spmc/ffa_notify.c spmc/ffa_notify_info.c spmc/ffa_send2.c
test_spmc_ffa_notify_cores_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS)
test_spmc_ffa_sequence_HOST_SRCS += tests/unit/spmc/spmc_play.c
spmc_MEM_TESTS := send retrieve relinquish frag stop race random
HOST_TESTS += $(addprefix test_spmc_ffa_mem_,$(spmc_MEM_TESTS))
$(foreach t,$(spmc_MEM_TESTS),$(eval test_spmc_ffa_mem_$(t)_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS))\
    $(eval test_spmc_ffa_mem_$(t)_HOST_SRCS := tests/unit/spmc/test_ffa_mem_$(t).c tests/unit/spmc/mem_fixture.c \
    $(spmc_CORE_SRCS) $(spmc_CORE_SUPPORT)))
# Several cores at once, on the real memory below it (flags: spmc_load.mk)
HOST_TESTS += test_spmc_ffa_mem_cores
test_spmc_ffa_mem_cores_HOST_SRCS := tests/unit/spmc/test_ffa_mem_cores.c $(spmc_MEM_SRCS) spmc/ns_pages.c spmc/page_pool.c \
    spmc/sp_space.c platform/arch/tables.c platform/arch/tables_detach.c platform/arch/lock.c
test_spmc_ffa_mem_cores_HOST_CFLAGS := $(subst tests/unit/spmc/load_cache.h,tests/fake/cache.h,$(spmc_LOAD_HOST_CFLAGS))
test_spmc_ffa_mem_cores_HOST_LIBS := -no-pie
# The decoder alone, with readers of their own: they count
HOST_TESTS += test_spmc_ffa_mem_desc
test_spmc_ffa_mem_desc_HOST_CFLAGS := -iquote spmc
test_spmc_ffa_mem_desc_HOST_SRCS := tests/unit/spmc/test_ffa_mem_desc.c spmc/ffa_mem_desc.c
FUZZERS += fuzz_ffa_mem_desc
fuzz_ffa_mem_desc_HOST_CFLAGS := -iquote spmc
fuzz_ffa_mem_desc_HOST_SRCS := tests/fuzz/fuzz_ffa_mem_desc.c spmc/ffa_mem_desc.c
FUZZERS += fuzz_ffa_mem_call
fuzz_ffa_mem_call_HOST_SRCS := tests/fuzz/fuzz_ffa_mem_call.c tests/unit/spmc/mem_fixture.c $(spmc_CORE_SRCS) $(spmc_CORE_SUPPORT)
fuzz_ffa_mem_call_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS)
FUZZERS += fuzz_ffa_call
fuzz_ffa_call_HOST_SRCS := tests/fuzz/fuzz_ffa_call.c tests/unit/spmc/spmc_play.c $(spmc_CORE_SRCS) $(spmc_CORE_SUPPORT)
fuzz_ffa_call_HOST_CFLAGS := $(spmc_CORE_HOST_CFLAGS)
