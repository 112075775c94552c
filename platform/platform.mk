# SPDX-License-Identifier: BSD-3-Clause
#
# Lists of shared firmware sources; an image names in its own list those it is made of. board.mk adds board_SRCS (every
# image), board_BL2_SRCS (only BL2: finds out about the machine) and board_BL31_SRCS (only BL31: power).

# Translation tables, MMU, caches
platform_MMU_SRCS := platform/arch/cache.S platform/arch/mmu.c platform/arch/tables.c

# Console, text, memory, assert: every image
platform_LIB_SRCS := platform/lib/log.c platform/lib/panic.c platform/lib/printf.c platform/lib/string.c platform/arch/core.S

# Spinlocks: images that run on more than one core
platform_LOCK_SRCS := platform/arch/lock.c

# Interrupt controller, both kinds
platform_GIC_SRCS := platform/drivers/gic.c platform/drivers/gicv2.c platform/drivers/gicv3.c

# Exception vectors of images that expect none: registers, then plat_fatal()
platform_FATAL_EL3_SRCS := platform/arch/fatal_el3.S platform/common/common_fatal.c
platform_FATAL_EL1_SRCS := platform/arch/fatal_el1.S platform/common/common_fatal.c

# FIP, hand-off; loading of images (BL1, BL2)
platform_FIP_SRCS := platform/lib/boot/fip.c platform/lib/boot/fip_names.c
platform_LOAD_SRCS := $(platform_FIP_SRCS) platform/lib/boot/load.c platform/lib/boot/auth.c
platform_HANDOFF_SRCS := platform/lib/boot/handoff.c platform/lib/uuid.c

# Partition packages: container, ELF image, manifest (SPMC, fip-tool). Need libfdt
platform_SP_ELF_SRCS := platform/lib/boot/elf_image.c platform/lib/boot/elf_dynamic.c
platform_SP_MANIFEST_SRCS := platform/lib/boot/sp_manifest.c platform/lib/boot/manifest_values.c \
    platform/lib/boot/dtb_check.c
platform_SP_SRCS := platform/lib/boot/sp_pkg.c $(platform_SP_ELF_SRCS) $(platform_SP_MANIFEST_SRCS)

# Unit tests. barrier.h is included by force: from a file of platform/arch the compiler looks there first.
platform_FAKE_CFLAGS := -iquote platform/arch -include tests/fake/barrier.h
platform_TEST_SUPPORT := tests/unit/platform/boot_support.c
HOST_TESTS += test_tables test_printf test_string test_uuid test_handoff test_load test_common_fdt
test_tables_HOST_SRCS := tests/unit/platform/test_tables.c platform/arch/tables.c
test_tables_HOST_CFLAGS := $(platform_FAKE_CFLAGS)
test_printf_HOST_SRCS := tests/unit/platform/test_printf.c platform/lib/printf.c
test_string_HOST_SRCS := tests/unit/platform/test_string.c
test_string_HOST_CFLAGS := $(platform_FAKE_CFLAGS)
test_uuid_HOST_SRCS := tests/unit/platform/test_uuid.c platform/lib/uuid.c
test_handoff_HOST_SRCS := tests/unit/platform/test_handoff.c platform/lib/boot/handoff.c $(platform_TEST_SUPPORT)
test_load_HOST_SRCS := tests/unit/platform/test_load.c platform/lib/boot/load.c $(platform_FIP_SRCS) \
    $(platform_TEST_SUPPORT)
test_common_fdt_HOST_SRCS := tests/unit/platform/test_common_fdt.c platform/common/common_fdt.c platform/lib/boot/dtb_check.c \
    $(platform_TEST_SUPPORT)
test_common_fdt_HOST_LIBS := -lfdt

# The decoders of partition packages
platform_PACKAGE_SUPPORT := tests/unit/platform/package_support.c
HOST_TESTS += test_elf_image test_sp_manifest
test_elf_image_HOST_SRCS := tests/unit/platform/test_elf_image.c $(platform_SP_ELF_SRCS) $(platform_PACKAGE_SUPPORT)
test_sp_manifest_HOST_SRCS := tests/unit/platform/test_sp_manifest.c $(platform_SP_MANIFEST_SRCS) $(platform_PACKAGE_SUPPORT)
FUZZERS += fuzz_sp_manifest fuzz_elf_image
fuzz_sp_manifest_HOST_SRCS := tests/fuzz/fuzz_sp_manifest.c $(platform_SP_MANIFEST_SRCS) $(platform_PACKAGE_SUPPORT)
fuzz_elf_image_HOST_SRCS := tests/fuzz/fuzz_elf_image.c $(platform_SP_ELF_SRCS) $(platform_PACKAGE_SUPPORT)
$(foreach t,test_elf_image test_sp_manifest fuzz_elf_image fuzz_sp_manifest,$(eval $(t)_HOST_LIBS := -lfdt))
$(foreach t,fuzz_elf_image fuzz_sp_manifest,$(eval $(t)_HOST_LIBS += -lcmocka))

FUZZERS += fuzz_handoff
fuzz_handoff_HOST_SRCS := tests/fuzz/fuzz_handoff.c platform/lib/boot/handoff.c
