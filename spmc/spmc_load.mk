# SPDX-License-Identifier: BSD-3-Clause
#
# Loader of the SPMC: packages become partitions. The decoders of what a package holds are shared (platform/lib/boot).
# Included by spmc.mk.
spmc_LOAD_SRCS := $(platform_SP_SRCS) spmc/ns_pages.c spmc/page_pool.c spmc/sp_boot_info.c spmc/sp_load.c spmc/sp_load_check.c spmc/sp_space.c \
    spmc/spmc_mm.c

# Unit tests. The host has no high half: the linear map's offset is 0 there, and programs are linked low (-no-pie) so
# that their addresses fit in what a descriptor can hold.
spmc_LOAD_TESTS := test_page_pool test_ns_pages test_sp_boot_info test_sp_space test_sp_space_regions test_spmc_mm test_sp_load test_sp_load_refused
HOST_TESTS += $(spmc_LOAD_TESTS)
spmc_LOAD_SUPPORT := tests/unit/spmc/load_support.c
spmc_LOAD_HOST_CFLAGS := -DSPMC_VA_H -DSPMC_VA_OFFSET=0 -D__data_start=test_data_start -include tests/fake/barrier.h \
    -include tests/unit/spmc/load_cache.h -fno-pie -iquote spmc -iquote platform/arch -iquote platform/boards/qemu_virt
$(foreach t,$(spmc_LOAD_TESTS),$(eval $(t)_HOST_CFLAGS := $(spmc_LOAD_HOST_CFLAGS)))
$(foreach t,$(spmc_LOAD_TESTS),$(eval $(t)_HOST_LIBS := -no-pie -lfdt))

test_page_pool_HOST_SRCS := tests/unit/spmc/test_page_pool.c spmc/page_pool.c $(spmc_LOAD_SUPPORT)
test_sp_boot_info_HOST_SRCS := tests/unit/spmc/test_sp_boot_info.c spmc/sp_boot_info.c $(spmc_LOAD_SUPPORT)
test_ns_pages_HOST_SRCS := tests/unit/spmc/test_ns_pages.c spmc/ns_pages.c spmc/page_pool.c $(spmc_LOAD_SUPPORT)
test_sp_space_HOST_SRCS := tests/unit/spmc/test_sp_space.c spmc/sp_space.c spmc/page_pool.c \
    platform/arch/tables.c platform/arch/tables_detach.c $(spmc_LOAD_SUPPORT)
test_sp_space_regions_HOST_SRCS := tests/unit/spmc/test_sp_space_regions.c spmc/sp_space.c spmc/page_pool.c \
    platform/arch/tables.c platform/arch/tables_detach.c $(spmc_LOAD_SUPPORT)
test_spmc_mm_HOST_SRCS := tests/unit/spmc/test_spmc_mm.c spmc/spmc_mm.c platform/arch/tables.c platform/lib/boot/handoff.c \
    $(spmc_LOAD_SUPPORT)
test_sp_load_HOST_SRCS := tests/unit/spmc/test_sp_load.c tests/unit/spmc/sp_load_case.c spmc/sp_load.c spmc/sp_load_check.c spmc/sp_boot_info.c spmc/sp_space.c \
    spmc/page_pool.c $(platform_SP_SRCS) platform/arch/tables.c platform/arch/tables_detach.c \
    platform/lib/boot/handoff.c platform/lib/uuid.c \
    $(spmc_LOAD_SUPPORT) $(platform_PACKAGE_SUPPORT)
test_sp_load_refused_HOST_SRCS := $(subst test_sp_load.c,test_sp_load_refused.c,$(test_sp_load_HOST_SRCS))
