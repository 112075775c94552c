# SPDX-License-Identifier: BSD-3-Clause
#
# Lists of shared firmware sources; an image names in its own list those it is made of. board.mk adds board_SRCS (every
# image), board_BL2_SRCS (only BL2: finds out about the machine), board_OTP_SRCS (BL1 and BL31: one-time-programmable memory) and
# board_BL31_SRCS (only BL31: power).

# Translation tables, MMU, caches
platform_MMU_SRCS := platform/arch/cache.S platform/arch/mmu.c platform/arch/mmu_leave.S platform/arch/tables.c

# Console, text, memory, assert: every image
# platform_LOG_ALONE_SRCS or platform_LOCK_SRCS besides
platform_LIB_SRCS := platform/lib/log.c platform/lib/panic.c platform/lib/printf.c platform/lib/string.c platform/lib/string_copy.c platform/arch/core.S

# Images that run on one core; spinlocks, and the console's: images that run on more
platform_LOG_ALONE_SRCS := platform/lib/log_alone.c
platform_LOCK_SRCS := platform/arch/lock.c platform/lib/log_lock.c

# Interrupt controller, both kinds: at EL3 (BL1, BL31), and the SPMC's part
platform_GIC_SRCS := platform/drivers/gic.c platform/drivers/gicv2.c platform/drivers/gicv3.c platform/drivers/gicv3_frames.c
platform_GIC_SECURE_SRCS := platform/drivers/gic_secure.c platform/drivers/gicv2_secure.c platform/drivers/gicv3_secure.c \
    platform/drivers/gicv3_frames.c

# Exception vectors of images that expect none: registers, then plat_fatal()
platform_FATAL_EL3_SRCS := platform/arch/fatal_el3.S platform/common/common_fatal.c
platform_FATAL_EL1_SRCS := platform/arch/fatal_el1.S platform/common/common_fatal.c

# Hashes and signatures of the boot chain. Target: needs $(MBEDTLS_BOOT_CONFIG) as flags, $(BOOT_CRYPTO_OBJS) to link
# (platform/external/external.mk). Host: the same flags, and one of $(MBEDTLS_BOOT_{HOST,TEST,FUZZ}_OBJS)
platform_CRYPTO_COMMON_SRCS := platform/lib/crypto/boot_hash.c platform/lib/crypto/boot_pk.c platform/lib/crypto/der.c \
    platform/lib/crypto/ec.c platform/lib/crypto/ecdsa.c platform/lib/crypto/mont.c platform/lib/crypto/rsa_pss.c
platform_CRYPTO_SRCS := $(platform_CRYPTO_COMMON_SRCS) platform/lib/crypto/mont_armv8.c platform/lib/crypto/sha_armv8.c
platform_CRYPTO_HOST_SRCS := $(platform_CRYPTO_COMMON_SRCS) platform/lib/crypto/mont_host.c

# Chain of trust: certificates and the walk from the root key to an image's digest (BL1, BL2, fip-tool). Needs FIP, hashes and
# signatures; flags and objects as for those
platform_CHAIN_SRCS := platform/lib/boot/verdict.c platform/lib/boot/cert_der.c platform/lib/boot/cert_fields.c \
    platform/lib/boot/cert.c platform/lib/boot/cot.c platform/lib/boot/chain.c platform/lib/boot/chain_prove.c

# Measured boot: event log, keys of partitions. Need boot_hash.h's implementation
platform_MEASURE_SRCS := platform/lib/boot/event_log.c platform/lib/boot/boot_keys.c

# FIP, hand-off; loading of images, verified and measured (BL1, BL2)
platform_FIP_SRCS := platform/lib/boot/fip.c platform/lib/boot/fip_names.c
platform_LOAD_SRCS = $(platform_FIP_SRCS) platform/lib/boot/load.c platform/lib/boot/boot_params.c $(platform_CHAIN_SRCS) \
    $(platform_CRYPTO_SRCS) $(platform_MEASURE_SRCS)
platform_HANDOFF_SRCS := platform/lib/boot/handoff.c platform/lib/uuid.c

# One-time-programmable memory: BL1 decodes it, BL31 raises its counters, fip-tool writes it
platform_OTP_SRCS := platform/lib/boot/otp.c

# Partition packages: container, ELF image, manifest (SPMC, fip-tool). Need libfdt
platform_SP_ELF_SRCS := platform/lib/boot/elf_image.c platform/lib/boot/elf_dynamic.c
platform_SP_MANIFEST_SRCS := platform/lib/boot/sp_manifest.c platform/lib/boot/manifest_nodes.c \
    platform/lib/boot/manifest_values.c platform/lib/boot/dtb_check.c
platform_SP_SRCS := platform/lib/boot/sp_pkg.c $(platform_SP_ELF_SRCS) $(platform_SP_MANIFEST_SRCS)

# Unit tests. barrier.h is included by force: from a file of platform/arch the compiler looks there first.
platform_FAKE_CFLAGS := -iquote platform/arch -include tests/fake/barrier.h
platform_TEST_SUPPORT := tests/unit/platform/boot_support.c
HOST_TESTS += test_tables test_printf test_string test_uuid test_handoff test_load test_common_fdt
test_tables_HOST_SRCS := tests/unit/platform/test_tables.c platform/arch/tables.c platform/arch/tables_detach.c
test_tables_HOST_CFLAGS := $(platform_FAKE_CFLAGS)
test_printf_HOST_SRCS := tests/unit/platform/test_printf.c platform/lib/printf.c
HOST_TESTS += test_lock
test_lock_HOST_SRCS := tests/unit/platform/test_lock.c platform/arch/lock.c
test_lock_HOST_CFLAGS := $(platform_FAKE_CFLAGS)
test_lock_HOST_LIBS := -pthread
test_string_HOST_SRCS := tests/unit/platform/test_string.c
test_string_HOST_CFLAGS := $(platform_FAKE_CFLAGS)
test_uuid_HOST_SRCS := tests/unit/platform/test_uuid.c platform/lib/uuid.c
test_handoff_HOST_SRCS := tests/unit/platform/test_handoff.c platform/lib/boot/handoff.c $(platform_TEST_SUPPORT)
test_load_HOST_SRCS := tests/unit/platform/test_load.c platform/lib/boot/load.c platform/lib/boot/cot.c platform/lib/printf.c \
    $(platform_FIP_SRCS) $(platform_TEST_SUPPORT)
HOST_TESTS += test_boot_params
test_boot_params_HOST_SRCS := tests/unit/platform/test_boot_params.c platform/lib/boot/boot_params.c
test_common_fdt_HOST_SRCS := tests/unit/platform/test_common_fdt.c platform/common/common_fdt.c platform/lib/boot/dtb_check.c \
    $(platform_TEST_SUPPORT)
test_common_fdt_HOST_LIBS := -lfdt
HOST_TESTS += test_common_fdt_fixup test_common_fdt_log
platform_FDT_FIXUP_SRCS := platform/common/common_fdt_fixup.c platform/common/common_fdt_write.c \
    platform/lib/boot/dtb_check.c platform/lib/printf.c $(platform_TEST_SUPPORT)
test_common_fdt_fixup_HOST_SRCS := tests/unit/platform/test_common_fdt_fixup.c $(platform_FDT_FIXUP_SRCS)
test_common_fdt_fixup_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_common_fdt_fixup_HOST_LIBS := -lfdt
test_common_fdt_log_HOST_SRCS := tests/unit/platform/test_common_fdt_log.c platform/common/common_fdt.c $(platform_FDT_FIXUP_SRCS)
test_common_fdt_log_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_common_fdt_log_HOST_LIBS := -lfdt -Wl,--wrap=fixup_put_names -Wl,--wrap=fixup_put_word -Wl,--wrap=fixup_patch_phandles
FUZZERS += fuzz_common_fdt
fuzz_common_fdt_HOST_SRCS := tests/fuzz/fuzz_common_fdt.c platform/common/common_fdt.c $(platform_FDT_FIXUP_SRCS)
fuzz_common_fdt_HOST_CFLAGS := -iquote platform/boards/qemu_virt
fuzz_common_fdt_HOST_LIBS := -lfdt -lcmocka

# Hashes and signatures of the boot chain
HOST_TESTS += test_boot_hash test_boot_pk test_boot_pk_forms test_boot_pk_rsa test_der
test_boot_hash_HOST_SRCS := tests/unit/platform/test_boot_hash.c $(platform_CRYPTO_HOST_SRCS) platform/lib/boot/verdict.c
test_boot_pk_HOST_SRCS := tests/unit/platform/test_boot_pk.c tests/unit/platform/pk_support.c $(platform_CRYPTO_HOST_SRCS) \
    platform/lib/boot/verdict.c
test_boot_pk_forms_HOST_SRCS := tests/unit/platform/test_boot_pk_forms.c $(filter-out %/test_boot_pk.c,$(test_boot_pk_HOST_SRCS))
test_boot_pk_rsa_HOST_SRCS := tests/unit/platform/test_boot_pk_rsa.c $(filter-out %/test_boot_pk.c,$(test_boot_pk_HOST_SRCS))
test_der_HOST_SRCS := tests/unit/platform/test_der.c platform/lib/crypto/der.c
FUZZERS += fuzz_boot_pk
fuzz_boot_pk_HOST_SRCS := tests/fuzz/fuzz_boot_pk.c $(platform_CRYPTO_HOST_SRCS) platform/lib/boot/verdict.c
$(foreach t,test_boot_hash test_boot_pk test_boot_pk_forms test_boot_pk_rsa test_der fuzz_boot_pk,$(eval $(t)_HOST_CFLAGS = $$(MBEDTLS_BOOT_CONFIG)))
$(foreach t,test_boot_hash test_boot_pk test_boot_pk_forms test_boot_pk_rsa test_der,$(eval $(t)_HOST_LIBS := -lcrypto)\
    $(eval $$(OUT)/host/tests/$(t): $$(MBEDTLS_BOOT_TEST_OBJS)))
$(OUT)/host/fuzz/fuzz_boot_pk: $(MBEDTLS_BOOT_FUZZ_OBJS)

# Chain of trust
platform_CHAIN_TEST_SRCS := $(platform_CHAIN_SRCS) $(platform_CRYPTO_HOST_SRCS) $(platform_FIP_SRCS) \
    tests/unit/platform/cert_support.c tests/unit/platform/chain_support.c
platform_CERT_TESTS := test_cert test_cert_fields test_cert_values
platform_CHAIN_TESTS := $(platform_CERT_TESTS) test_chain test_chain_state test_chain_oracle test_tamper
HOST_TESTS += test_verdict test_cot
test_verdict_HOST_SRCS := tests/unit/platform/test_verdict.c platform/lib/boot/verdict.c
test_cot_HOST_SRCS := tests/unit/platform/test_cot.c platform/lib/boot/cot.c
HOST_TESTS += $(platform_CHAIN_TESTS)
$(foreach t,$(platform_CHAIN_TESTS),$(eval $(t)_HOST_SRCS := tests/unit/platform/$(t).c $(platform_CHAIN_TEST_SRCS))\
    $(eval $(t)_HOST_CFLAGS = $$(MBEDTLS_BOOT_CONFIG))$(eval $(t)_HOST_LIBS := -lcrypto)\
    $(eval $$(OUT)/host/tests/$(t): $$(MBEDTLS_BOOT_TEST_OBJS)))
$(foreach t,$(platform_CERT_TESTS),$(eval $(t)_HOST_SRCS += tests/unit/platform/cert_case.c))

FUZZERS += fuzz_cert
fuzz_cert_HOST_SRCS := tests/fuzz/fuzz_cert.c $(platform_CHAIN_TEST_SRCS)
fuzz_cert_HOST_CFLAGS = $(MBEDTLS_BOOT_CONFIG)
fuzz_cert_HOST_LIBS := -lcrypto -lcmocka
$(OUT)/host/fuzz/fuzz_cert: $(MBEDTLS_BOOT_FUZZ_OBJS)

# Measured boot, on OpenSSL's hashes
platform_HASH_DOUBLE := tests/unit/platform/hash_double.c
HOST_TESTS += test_event_log test_boot_keys
test_event_log_HOST_SRCS := tests/unit/platform/test_event_log.c platform/lib/boot/event_log.c $(platform_HASH_DOUBLE)
test_boot_keys_HOST_SRCS := tests/unit/platform/test_boot_keys.c platform/lib/boot/boot_keys.c $(platform_HASH_DOUBLE)
HOST_TESTS += test_critical_data test_boot_facts
test_boot_facts_HOST_SRCS := tests/unit/platform/test_boot_facts.c platform/lib/boot/boot_facts.c \
    platform/lib/boot/critical_data.c platform/lib/boot/event_log.c $(platform_HASH_DOUBLE)
test_boot_facts_HOST_LIBS := -lcrypto
test_critical_data_HOST_SRCS := tests/unit/platform/test_critical_data.c platform/lib/boot/critical_data.c \
    platform/lib/boot/event_log.c $(platform_HASH_DOUBLE)
test_critical_data_HOST_LIBS := -lcrypto
FUZZERS += fuzz_event_log
fuzz_event_log_HOST_SRCS := tests/fuzz/fuzz_event_log.c platform/lib/boot/event_log.c $(platform_HASH_DOUBLE)
$(foreach t,test_event_log test_boot_keys fuzz_event_log,$(eval $(t)_HOST_LIBS := -lcrypto))

# Interrupt controller, both kinds, on a model of their registers
platform_GIC_MODEL := tests/unit/platform/gic_model.c tests/unit/platform/gic_model_icc.c
HOST_TESTS += test_gic test_gic_secure
test_gic_HOST_SRCS := tests/unit/platform/test_gic.c $(platform_GIC_MODEL) $(platform_GIC_SRCS)
test_gic_secure_HOST_SRCS := tests/unit/platform/test_gic_secure.c $(platform_GIC_MODEL) \
    $(sort $(platform_GIC_SRCS) $(platform_GIC_SECURE_SRCS))
$(foreach t,test_gic test_gic_secure,$(eval $(t)_HOST_CFLAGS := $(platform_FAKE_CFLAGS) -iquote tests/unit/platform))

# One-time-programmable memory, and a chip as real ones are (tests/fake/mmio.h: device registers are its)
HOST_TESTS += test_common_park
test_common_park_HOST_SRCS := tests/unit/platform/test_common_park.c platform/common/common_park.c
test_common_park_HOST_CFLAGS := -iquote platform/boards/qemu_virt -iquote platform/arch

HOST_TESTS += test_otp test_nor test_nor_flash
test_otp_HOST_SRCS := tests/unit/platform/test_otp.c platform/lib/boot/otp.c
test_nor_HOST_SRCS := tests/unit/platform/test_nor.c tests/unit/platform/nor_chip.c platform/drivers/nor.c \
    platform/boards/qemu_virt/board_otp.c platform/lib/boot/otp.c
test_nor_HOST_CFLAGS := -iquote platform/boards/qemu_virt
test_nor_flash_HOST_SRCS := tests/unit/platform/test_nor_flash.c tests/unit/platform/nor_chip.c platform/drivers/nor_flash.c
test_nor_flash_HOST_CFLAGS := -iquote platform/boards/qemu_virt

# The decoders of partition packages
platform_PACKAGE_SUPPORT := tests/unit/platform/package_support.c
platform_MANIFEST_TESTS := test_sp_manifest test_sp_manifest_nodes test_sp_manifest_tree
HOST_TESTS += test_elf_image $(platform_MANIFEST_TESTS)
test_elf_image_HOST_SRCS := tests/unit/platform/test_elf_image.c $(platform_SP_ELF_SRCS) $(platform_PACKAGE_SUPPORT)
$(foreach t,$(platform_MANIFEST_TESTS),$(eval $(t)_HOST_SRCS := tests/unit/platform/$(t).c tests/unit/platform/manifest_case.c \
    $(platform_SP_MANIFEST_SRCS) $(platform_PACKAGE_SUPPORT)))
FUZZERS += fuzz_sp_manifest fuzz_elf_image
fuzz_sp_manifest_HOST_SRCS := tests/fuzz/fuzz_sp_manifest.c $(platform_SP_MANIFEST_SRCS) $(platform_PACKAGE_SUPPORT)
fuzz_elf_image_HOST_SRCS := tests/fuzz/fuzz_elf_image.c $(platform_SP_ELF_SRCS) $(platform_PACKAGE_SUPPORT)
$(foreach t,test_elf_image $(platform_MANIFEST_TESTS) fuzz_elf_image fuzz_sp_manifest,$(eval $(t)_HOST_LIBS := -lfdt))
$(foreach t,fuzz_elf_image fuzz_sp_manifest,$(eval $(t)_HOST_LIBS += -lcmocka))

FUZZERS += fuzz_handoff
fuzz_handoff_HOST_SRCS := tests/fuzz/fuzz_handoff.c platform/lib/boot/handoff.c
