# SPDX-License-Identifier: BSD-3-Clause
#
# Third parties' code: fetched, compiled with our configurations, recorded. README.md here tells what and why.
#
# MBEDTLS_DIR: a tree of Mbed TLS 3.6; SYSROOT: a folder with usr/include/libfdt.h, usr/include/libtpms, libfdt.a, libtpms.a and libcrypto.a in
# usr/lib/aarch64-linux-gnu, and usr/lib/picolibc/aarch64-linux-gnu. One that is given is used as it is; the other is fetched.
FETCH      := platform/external/fetch.sh
DEPS       := $(OUT)/deps
DEPS_READY := $(DEPS)/ready
DEPS_RUN   := $(DEPS)/host-run
DEPS_TEST  := $(DEPS)/host-test
LINUX_READY := $(DEPS)/linux.fetch
LINUX_SID_READY := $(DEPS)/linux-sid.fetch
KERNEL_SOURCE_READY := $(DEPS)/kernel-source.fetch
# Debian kernels that fetch.sh brings into $(DEPS)/linux, and that of Debian unstable into $(DEPS)/linux-sid
LINUX_SERIES := 6.1 6.12
LINUX_SID_SERIES := 7.2
# Debian packages that make up the sysroot; the last is the default BL33
SYSROOT_PACKAGES := libfdt-dev libssl-dev libtpms-dev libtpms0 picolibc-aarch64-linux-gnu u-boot-qemu
FETCHED    := $(strip $(if $(MBEDTLS_DIR),,mbedtls) $(if $(SYSROOT),,sysroot))
# $(call own,VARIABLE,FILE): what an integrator names must hold FILE
own = $(if $($(1)),$(if $(wildcard $($(1))/$(2)),,$(error $(1)='$($(1))' must be a folder with $(2))))
$(call own,MBEDTLS_DIR,include/mbedtls/build_info.h)
$(call own,MBEDTLS_DIR,library/psa_crypto_driver_wrappers.h)
$(call own,MBEDTLS_DIR,3rdparty/p256-m/p256-m_driver_entrypoints.h)
$(call own,SYSROOT,usr/include/libfdt.h)
$(call own,SYSROOT,usr/lib/aarch64-linux-gnu/libfdt.a)
$(call own,SYSROOT,usr/lib/aarch64-linux-gnu/libcrypto.a)
$(call own,SYSROOT,usr/lib/aarch64-linux-gnu/libtpms.a)
$(call own,SYSROOT,usr/include/libtpms/tpm_library.h)
$(call own,SYSROOT,usr/lib/picolibc/aarch64-linux-gnu/lib/libc.a)
$(if $(filter file,$(origin BL33)),$(call own,SYSROOT,usr/lib/u-boot/qemu_arm64/u-boot.bin))
MBEDTLS_DIR ?= $(DEPS)/mbedtls
SYSROOT     ?= $(DEPS)/sysroot
PICOLIBC    := $(SYSROOT)/usr/lib/picolibc/aarch64-linux-gnu
LIBFDT_A    := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a
LIBCRYPTO_A := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libcrypto.a
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

# Only running and testing need these. Fetched once; again when fetch.sh says that it consists of something else than what the stamp
# says. Contents count, not times: a new checkout fetches nothing.
$(LINUX_READY) $(LINUX_SID_READY) $(KERNEL_SOURCE_READY): $(DEPS)/%.fetch: FORCE | $(DEPS)/host-build
	@$(FETCH) wants $* | cmp -s - $@ || { $(FETCH) $* $(DEPS) && $(FETCH) wants $* >$@; }

$(OUT)/sbom.spdx.json: platform/external/sbom.sh $(DEPS_READY) $(wildcard $(patsubst %,$(DEPS)/%.versions,linux linux-sid kernel-source))
	$(call say,SBOM)
	$(Q)platform/external/sbom.sh $(MBEDTLS_DIR) $(SYSROOT) $(DEPS) $(CC) >$@

$(LIBFDT_A) $(LIBCRYPTO_A) $(UBOOT_BIN): | $(DEPS_READY) ;

# Mbed TLS, twice: for the boot images, and for the crypto partition, each with its own configuration. The lists are
# names of files of its library/ folder.
#   MBEDTLS_BOOT_SRCS, MBEDTLS_BOOT_CFLAGS, MBEDTLS_BOOT_OBJS     platform/external/mbedtls_boot.h
#   MBEDTLS_PSA_SRCS, MBEDTLS_PSA_CFLAGS, MBEDTLS_PSA_OBJS        platform/external/mbedtls_psa.h
MBEDTLS_BOOT_SRCS   := asn1parse.c bignum_core.c constant_time.c platform_util.c sha256.c sha512.c
MBEDTLS_BOOT_CFLAGS := -fno-pic -fno-pie -mgeneral-regs-only
MBEDTLS_PSA_CFLAGS   = -fPIE -ftls-model=local-exec
MBEDTLS_BOOT_OBJS    = $(patsubst %.c,$(B)/obj/mbedtls_boot/%.o,$(MBEDTLS_BOOT_SRCS))
MBEDTLS_PSA_OBJS     = $(patsubst %.c,$(B)/obj/mbedtls_psa/%.o,$(MBEDTLS_PSA_SRCS)) $(ACCEL_OBJS)
MBEDTLS_INCLUDES     = -I$(MBEDTLS_DIR)/include -I$(MBEDTLS_DIR)/library -Iplatform/external/accel
# What our own files that include headers of the boot's Mbed TLS are compiled with
MBEDTLS_BOOT_CONFIG   = -isystem $(MBEDTLS_DIR)/include -isystem $(MBEDTLS_DIR)/library -I. \
    '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_boot.h"'
mbedtls_flags = '-ffile-prefix-map=$(MBEDTLS_DIR)=mbedtls' -w $(MBEDTLS_INCLUDES) -I. \
    -DMBEDTLS_CONFIG_FILE='"platform/external/$(1).h"'
mbedtls_cc = $(CC) $(TARGET_CFLAGS) $(SYS_INCLUDES) $(mbedtls_flags)

# On the host: the boot's for host programs, for unit tests (sanitizers) and for fuzzers (clang), and the partition's for
# unit tests. bignum.c is there because without --gc-sections even what nobody calls must have its functions
#   MBEDTLS_BOOT_HOST_OBJS, MBEDTLS_BOOT_TEST_OBJS, MBEDTLS_BOOT_FUZZ_OBJS, MBEDTLS_HOST_OBJS
MBEDTLS_BOOT_HOST_SRCS = $(MBEDTLS_BOOT_SRCS) bignum.c
MBEDTLS_BOOT_HOST_OBJS = $(patsubst %.c,$(OUT)/host/obj/mbedtls_boot/%.o,$(MBEDTLS_BOOT_HOST_SRCS))
MBEDTLS_BOOT_TEST_OBJS = $(patsubst %.c,$(OUT)/host/obj/mbedtls_boot_test/%.o,$(MBEDTLS_BOOT_HOST_SRCS))
MBEDTLS_BOOT_FUZZ_OBJS = $(patsubst %.c,$(OUT)/host/obj/mbedtls_boot_fuzz/%.o,$(MBEDTLS_BOOT_HOST_SRCS))
MBEDTLS_HOST_OBJS      = $(patsubst %.c,$(OUT)/host/obj/mbedtls_psa/%.o,$(MBEDTLS_PSA_SRCS)) $(ACCEL_HOST_OBJS)

# $(call mbedtls_objects,FOLDER,COMPILER AND FLAGS): FOLDER/<source>.o
define mbedtls_objects
$(1)/%.o: $(1)/flags | $(DEPS_READY)
	$$(call say,CC)
	$$(Q)$(2) $$(call deps_of,$$@) -c -o $$@ $(MBEDTLS_DIR)/library/$$*.c
$(call flags_file,$(1)/flags,$(2))
-include $$(wildcard $(1)/*.o.d)
endef
$(eval $(call mbedtls_objects,$(B)/obj/mbedtls_boot,$$(call mbedtls_cc,mbedtls_boot) $$(MBEDTLS_BOOT_CFLAGS)))
$(eval $(call mbedtls_objects,$(B)/obj/mbedtls_psa,$$(call mbedtls_cc,mbedtls_psa) $$(MBEDTLS_PSA_CFLAGS)))
$(eval $(call mbedtls_objects,$(OUT)/host/obj/mbedtls_boot,$$(HOSTCC) $$(HOST_CFLAGS) $$(call mbedtls_flags,mbedtls_boot)))
$(eval $(call mbedtls_objects,$(OUT)/host/obj/mbedtls_boot_test,\
    $$(HOSTCC) $$(HOST_CFLAGS) -O1 $$(SANITIZERS) $$(call mbedtls_flags,mbedtls_boot)))
$(eval $(call mbedtls_objects,$(OUT)/host/obj/mbedtls_boot_fuzz,\
    clang $$(HOST_CFLAGS) -fsanitize=fuzzer-no-link $$(SANITIZERS) $$(call mbedtls_flags,mbedtls_boot)))
$(eval $(call mbedtls_objects,$(OUT)/host/obj/mbedtls_psa,\
    $$(HOSTCC) $$(HOST_CFLAGS) -O1 $$(SANITIZERS) $$(call mbedtls_flags,mbedtls_psa)))

# Members of OpenSSL's libcrypto.a, for the boot images: assembly that needs nothing else of it (platform/lib/crypto)
#   OPENSSL_BOOT_OBJS; with Mbed TLS's: BOOT_CRYPTO_OBJS
BOOT_CRYPTO_OBJS = $(MBEDTLS_BOOT_OBJS) $(OPENSSL_BOOT_OBJS)
OPENSSL_BOOT_OBJS := $(addprefix $(B)/obj/openssl/,nistz256.o armv8-mont.o sha256-armv8.o sha512-armv8.o)
# Those that take the place of parts of Mbed TLS in partitions
OPENSSL_ACCEL := $(addprefix $(B)/obj/openssl/,aes-gcm-armv8_64.o ghashv8-armx.o aesv8-armx.o vpaes-armv8.o chacha-armv8.o \
    poly1305-armv8.o)
$(filter-out %/nistz256.o,$(OPENSSL_BOOT_OBJS)) $(OPENSSL_ACCEL): %.o: $(LIBCRYPTO_A)
	$(call say,AR)
	$(mkdir)
	$(Q)$(CROSS)ar p $< libcrypto-lib-$(notdir $@) >$@
$(B)/obj/openssl/nistz256.o: platform/external/nistz256.sh $(LIBCRYPTO_A)
	$(call say,GEN)
	$(mkdir)
	$(Q)CROSS=$(CROSS) $^ $@

# What takes the place of parts of Mbed TLS in partitions (platform/external/accel), linked wherever MBEDTLS_PSA_OBJS is:
#   ACCEL_OBJS with OpenSSL's assembly on the target, ACCEL_HOST_OBJS in C on the host
P256_SRCS         := $(addprefix platform/lib/crypto/,p256.c p256_comb.c p256_ecdsa.c)
ACCEL_SRCS        := $(P256_SRCS) $(addprefix platform/external/accel/,p256_driver.c gcm_alt.c gcm_portable.c)
ACCEL_TARGET_SRCS := $(ACCEL_SRCS) platform/lib/crypto/p256_field_armv8.c $(addprefix platform/external/accel/,aes_alt.c gcm_blocks_armv8.c \
    chacha20_alt.c poly1305_alt.c)
ACCEL_HOST_SRCS   := $(ACCEL_SRCS) platform/lib/crypto/p256_field_host.c platform/external/accel/gcm_blocks_host.c
ACCEL_OBJS      = $(addprefix $(B)/obj/accel/,$(addsuffix .o,$(ACCEL_TARGET_SRCS))) $(B)/obj/openssl/nistz256.o $(OPENSSL_ACCEL)
ACCEL_HOST_OBJS = $(addprefix $(OUT)/host/obj/accel/,$(addsuffix .o,$(ACCEL_HOST_SRCS)))
ACCEL_CFLAGS    = $(addprefix -isystem $(MBEDTLS_DIR),/include /library /) -I. -Iplatform/external/accel \
    '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_psa.h"'
$(eval $(call objects,$(B)/obj/accel,$(ACCEL_TARGET_SRCS),$$(sp_cc) $$(ACCEL_CFLAGS)))
$(eval $(call objects,$(OUT)/host/obj/accel,$(ACCEL_HOST_SRCS),$$(HOSTCC) $$(HOST_CFLAGS) -O1 $$(SANITIZERS) $$(HOST_INCLUDES) \
    $$(ACCEL_CFLAGS)))

HOST_TESTS += test_p256
test_p256_HOST_SRCS := tests/unit/platform/test_p256.c $(P256_SRCS) platform/lib/crypto/p256_field_host.c
test_p256_HOST_CFLAGS = $(ACCEL_CFLAGS)
test_p256_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_p256: $(MBEDTLS_BOOT_TEST_OBJS)
HOST_TESTS += test_p256_driver
test_p256_driver_HOST_SRCS := tests/unit/platform/test_p256_driver.c platform/external/accel/p256_driver.c $(P256_SRCS) \
    platform/lib/crypto/p256_field_host.c
test_p256_driver_HOST_CFLAGS = $(ACCEL_CFLAGS)
$(OUT)/host/tests/test_p256_driver: $(MBEDTLS_BOOT_TEST_OBJS)
HOST_TESTS += test_gcm
test_gcm_HOST_SRCS := tests/unit/platform/test_gcm.c $(addprefix platform/external/accel/,gcm_alt.c gcm_portable.c gcm_blocks_host.c)
test_gcm_HOST_CFLAGS = $(ACCEL_CFLAGS)
test_gcm_HOST_LIBS := -lcrypto
$(OUT)/host/tests/test_gcm: $(addprefix $(OUT)/host/obj/mbedtls_psa/,aes.o constant_time.o platform_util.o platform.o)
