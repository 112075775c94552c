# SPDX-License-Identifier: BSD-3-Clause
#
# Third parties' code: fetched, compiled with our configurations, recorded. README.md here tells what and why.
#
# MBEDTLS_DIR: a tree of Mbed TLS 3.6; SYSROOT: a folder with usr/include/libfdt.h, usr/lib/aarch64-linux-gnu/libfdt.a and
# usr/lib/picolibc/aarch64-linux-gnu. One that is given is used as it is; the other is fetched.
FETCH      := platform/external/fetch.sh
DEPS       := $(OUT)/deps
DEPS_READY := $(DEPS)/ready
DEPS_RUN   := $(DEPS)/host-run
DEPS_TEST  := $(DEPS)/host-test
# Debian packages that make up the sysroot; the last is for tests
SYSROOT_PACKAGES := libfdt-dev picolibc-aarch64-linux-gnu u-boot-qemu
FETCHED    := $(strip $(if $(MBEDTLS_DIR),,mbedtls) $(if $(SYSROOT),,sysroot))
# $(call own,VARIABLE,FILE): what an integrator names must hold FILE
own = $(if $($(1)),$(if $(wildcard $($(1))/$(2)),,$(error $(1)='$($(1))' must be a folder with $(2))))
$(call own,MBEDTLS_DIR,include/mbedtls/build_info.h)
$(call own,MBEDTLS_DIR,library/psa_crypto_driver_wrappers.h)
$(call own,SYSROOT,usr/include/libfdt.h)
$(call own,SYSROOT,usr/lib/aarch64-linux-gnu/libfdt.a)
$(call own,SYSROOT,usr/lib/picolibc/aarch64-linux-gnu/lib/libc.a)
MBEDTLS_DIR ?= $(DEPS)/mbedtls
SYSROOT     ?= $(DEPS)/sysroot
PICOLIBC    := $(SYSROOT)/usr/lib/picolibc/aarch64-linux-gnu
LIBFDT_A    := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a
UBOOT_BIN   := $(SYSROOT)/usr/lib/u-boot/qemu_arm64/u-boot.bin

# System headers of target code: the compiler's, then libfdt's and picolibc's; never those of the build machine's libc
CC_INCLUDE = $(eval CC_INCLUDE := $(shell $(CC) -print-file-name=include))$(CC_INCLUDE)
SYS_INCLUDES = -nostdinc $(addprefix -isystem ,$(CC_INCLUDE) $(SYSROOT)/usr/include $(PICOLIBC)/include)

$(DEPS_READY): $(DEPS)/host-build $(FETCHED:%=$(DEPS)/%.versions)
	@touch $@

$(DEPS)/host-%: $(FETCH)
	@mkdir -p $(@D)
	@$(FETCH) host $*
	@touch $@

# Fetched once; again when the list of packages changes
$(DEPS)/wanted: FORCE
	$(shell mkdir -p $(@D))$(file >$@.new,$(SYSROOT_PACKAGES))
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
ifneq ($(FETCHED),)
$(FETCHED:%=$(DEPS)/%.versions) &: $(DEPS)/wanted | $(DEPS)/host-build
	@SYSROOT_PACKAGES='$(SYSROOT_PACKAGES)' $(FETCH) libraries $(DEPS) $(FETCHED)
endif

$(OUT)/sbom.spdx.json: platform/external/sbom.sh $(DEPS_READY)
	$(call say,SBOM)
	$(Q)platform/external/sbom.sh $(MBEDTLS_DIR) $(SYSROOT) $(CC) >$@

$(LIBFDT_A) $(UBOOT_BIN): | $(DEPS_READY) ;

# Mbed TLS, twice: for the boot images, and for the crypto partition, each with its own configuration. The lists are
# names of files of its library/ folder.
#   MBEDTLS_BOOT_SRCS, MBEDTLS_BOOT_CFLAGS, MBEDTLS_BOOT_OBJS     platform/external/mbedtls_boot.h
#   MBEDTLS_PSA_SRCS, MBEDTLS_PSA_CFLAGS, MBEDTLS_PSA_OBJS        platform/external/mbedtls_psa.h
MBEDTLS_BOOT_SRCS   := constant_time.c platform_util.c sha256.c
MBEDTLS_BOOT_CFLAGS := -fno-pic -fno-pie -mgeneral-regs-only
MBEDTLS_PSA_CFLAGS   = -fPIE -ftls-model=local-exec
MBEDTLS_BOOT_OBJS    = $(patsubst %.c,$(B)/obj/mbedtls_boot/%.o,$(MBEDTLS_BOOT_SRCS))
MBEDTLS_PSA_OBJS     = $(patsubst %.c,$(B)/obj/mbedtls_psa/%.o,$(MBEDTLS_PSA_SRCS))
MBEDTLS_INCLUDES     = -I$(MBEDTLS_DIR)/include -I$(MBEDTLS_DIR)/library
mbedtls_cc = $(CC) $(TARGET_CFLAGS) '-ffile-prefix-map=$(MBEDTLS_DIR)=mbedtls' -w $(SYS_INCLUDES) $(MBEDTLS_INCLUDES) -I. \
    -DMBEDTLS_CONFIG_FILE='"platform/external/$(1).h"'

$(B)/obj/mbedtls_boot/%.o: $(B)/obj/mbedtls_boot/flags | $(DEPS_READY)
	$(call say,CC)
	$(Q)$(call mbedtls_cc,mbedtls_boot) $(MBEDTLS_BOOT_CFLAGS) $(call deps_of,$@) -c -o $@ $(MBEDTLS_DIR)/library/$*.c
$(B)/obj/mbedtls_psa/%.o: $(B)/obj/mbedtls_psa/flags | $(DEPS_READY)
	$(call say,CC)
	$(Q)$(call mbedtls_cc,mbedtls_psa) $(MBEDTLS_PSA_CFLAGS) $(call deps_of,$@) -c -o $@ $(MBEDTLS_DIR)/library/$*.c
$(eval $(call flags_file,$(B)/obj/mbedtls_boot/flags,$$(call mbedtls_cc,mbedtls_boot) $$(MBEDTLS_BOOT_CFLAGS)))
$(eval $(call flags_file,$(B)/obj/mbedtls_psa/flags,$$(call mbedtls_cc,mbedtls_psa) $$(MBEDTLS_PSA_CFLAGS)))

# The latter once more for unit tests on the host, under the sanitizers
#   MBEDTLS_HOST_OBJS
MBEDTLS_HOST_OBJS = $(patsubst %.c,$(OUT)/host/obj/mbedtls_psa/%.o,$(MBEDTLS_PSA_SRCS))
mbedtls_host_cc = $(HOSTCC) $(HOST_CFLAGS) -O1 $(SANITIZERS) '-ffile-prefix-map=$(MBEDTLS_DIR)=mbedtls' -w $(MBEDTLS_INCLUDES) -I. \
    -DMBEDTLS_CONFIG_FILE='"platform/external/mbedtls_psa.h"'
$(OUT)/host/obj/mbedtls_psa/%.o: $(OUT)/host/obj/mbedtls_psa/flags | $(DEPS_READY)
	$(call say,CC)
	$(Q)$(mbedtls_host_cc) $(call deps_of,$@) -c -o $@ $(MBEDTLS_DIR)/library/$*.c
$(eval $(call flags_file,$(OUT)/host/obj/mbedtls_psa/flags,$$(mbedtls_host_cc)))
-include $(wildcard $(B)/obj/mbedtls_*/*.o.d $(OUT)/host/obj/mbedtls_psa/*.o.d)
