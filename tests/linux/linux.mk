# SPDX-License-Identifier: BSD-3-Clause
#
# The normal world that `make run`, `make test-linux` and the target test `linux` boot: Debian's kernels (platform/external), each with its
# initramfs in $(LINUX)/<series>, U-Boot's environment, and for the tests a flash image whose BL33 is U-Boot in any case.
LINUX := $(B)/linux
FLASH_IMAGES += linux
linux_BL33 = $(UBOOT_BIN)
linux_SPS := echo storage crypto attest ftpm

newc_HOST_SRCS := tests/linux/newc.c
$(eval $(call host_program,newc))

# A guest program without libc
$(LINUX)/caller: tests/linux/caller.c tests/linux/caller_entry.S | $(DEPS_READY)
	$(call say,GUEST)
	$(mkdir)
	$(Q)$(CC) -std=gnu11 $(WARNINGS) -O2 -ffreestanding -fno-stack-protector -mgeneral-regs-only -nostdlib -static -no-pie \
	    -Wl,--build-id=none,-z,noexecstack -o $@ $^

# What fetch.sh brought of a kernel, and when it has: $(call linux_fetched,SERIES), $(call linux_ready,SERIES)
linux_fetched = $(DEPS)/$(if $(filter $(LINUX_SID_SERIES),$(1)),linux-sid,linux)/$(1)
linux_ready = $(if $(filter $(LINUX_SID_SERIES),$(1)),$(LINUX_SID_READY),$(LINUX_READY))

# $(call kernel_module,SERIES,FOLDER): compiles the modules of FOLDER/Kbuild with the kernel's own makefiles. Those of unstable ask for a
# compiler that this machine need not have; and `pahole`, for debuggers, is left out
kernel_module = set -- $(abspath $(call linux_fetched,$(1)))/headers/usr/src/linux-headers-*-common && \
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS $(MAKE) -s -C $$1 O=$${1%common}arm64 M=$(abspath $(2)) ARCH=arm64 CROSS_COMPILE=$(CROSS) \
    $(if $(filter $(LINUX_SID_SERIES),$(1)),CC=$(CC) CC_FLAGS_FTRACE= KCFLAGS=-Wno-attributes CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=) CONFIG_DEBUG_INFO_BTF_MODULES= modules

# A module is compiled by the kernel's own makefiles, in a folder of its own; they know nothing of stdint.h and stddef.h
LINUX_MODULE_FLAGS = -I$(CURDIR) -I$(CURDIR)/platform/boards/$(BOARD) -I$$(src) -Wno-declaration-after-statement

# Users of libtessera
$(LINUX)/psa_client $(LINUX)/bench_client: $(LINUX)/%: tests/linux/%.c $(USER)/$(libtessera_SONAME)
	$(call say,GUEST)
	$(mkdir)
	$(Q)$(USER_CC) -Iffa/client -o $@ $^ -Wl,--build-id=none

# Guest programs that need nothing but the C library; and one that writes a device tree
$(LINUX)/latency $(LINUX)/device_client $(LINUX)/hostile_client: $(LINUX)/%: tests/linux/%.c | $(DEPS_READY)
	$(call say,GUEST)
	$(mkdir)
	$(Q)$(USER_CC) -o $@ $< -pthread -Wl,--build-id=none
$(LINUX)/kexec: tests/linux/kexec.c $(LIBFDT_A)
	$(call say,GUEST)
	$(mkdir)
	$(Q)$(USER_CC) -isystem $(SYSROOT)/usr/include -o $@ $^ -Wl,--build-id=none

# What of ours goes into every guest, beside the kernel's modules
LINUX_PROGRAMS = $(addprefix $(LINUX)/,caller psa_client bench_client latency device_client hostile_client kexec) $(USER)/tessera $(USER)/$(libtessera_SONAME)
LINUX_TESTS := demo tpm psa module hostile hammer long hotplug latency ima bus bench kexec panic reboot
LINUX_SCRIPTS := $(addprefix tests/linux/,initramfs.sh init.sh selftest.sh check.sh $(LINUX_TESTS:%=%_test.sh))

# $(call linux_guest,SERIES)
define linux_guest
$(LINUX)/$(1)/module/tessera_test.ko: tests/linux/tessera_test.c ffa/abi/ffa_abi.h ffa/abi/ffa_mem_abi.h ffa/abi/ts_rpc_abi.h \
    $(call linux_ready,$(1))
	$$(call say,MODULE)
	$$(mkdir)
	$$(Q)cp $$< $$(@D) && echo '#include <linux/types.h>' >$$(@D)/stdint.h && \
	    echo '#include <linux/stddef.h>' >$$(@D)/stddef.h
	$$(Q)printf '%s\n' 'obj-m := tessera_test.o' 'ccflags-y := $$(LINUX_MODULE_FLAGS)' >$$(@D)/Kbuild
	$$(Q)$$(call kernel_module,$(1),$$(@D))
$(LINUX)/$(1)/Image: $(call linux_ready,$(1))
	$$(mkdir)
	$$(Q)ln -sf $$(abspath $(call linux_fetched,$(1)))/Image $$@
$(LINUX)/$(1)/initrd.gz: $(LINUX_SCRIPTS) $(OUT)/host/newc $$(LINUX_PROGRAMS) $(LINUX_READY) $(LINUX)/$(1)/module/tessera_test.ko \
    $(LINUX)/$(1)/tessera/tessera.ko
	$$(call say,GUEST)
	$$(mkdir)
	$$(Q)tests/linux/initramfs.sh $(OUT)/host/newc $(CROSS)readelf $(call linux_fetched,$(1)) $(DEPS)/linux/guest $$(LINUX_PROGRAMS) \
	    $$(filter %.ko,$$^) >$$@
endef
# $(call linux_needs,SERIES): what booting it takes
linux_needs = $(LINUX)/$(1)/Image $(LINUX)/$(1)/initrd.gz
LINUX_NEEDS := $(LINUX)/uboot_env.bin $(LINUX)/flash.bin $(foreach s,$(LINUX_SERIES),$(call linux_needs,$(s)))
$(foreach s,$(LINUX_SERIES) $(LINUX_SID_SERIES),$(eval $(call linux_guest,$(s))))

# U-Boot's environment, in a flash bank of its own: 256 KiB at its start (CONFIG_ENV_SIZE of qemu_arm64); QEMU wants 64 MiB
$(LINUX)/uboot_env.bin: tests/linux/uboot.env | $(DEPS_RUN)
	$(call say,ENV)
	$(mkdir)
	$(Q)mkenvimage -s 0x40000 -o $@ $< && truncate -s 64M $@

# make test-linux: all of it on the kernels of a stable Debian; and on that of unstable, as long as that has this one
TEST_LINUX_NEEDS := $(LINUX_NEEDS) $(OUT)/host/tests/target_linux_clients
TEST_LINUX = { $(MAKE) --no-print-directory $(foreach s,$(LINUX_SID_SERIES),$(call linux_needs,$(s))) || \
    echo 'test-linux: no Linux $(LINUX_SID_SERIES) from Debian unstable: see above'; } && TESSERA_SOAK=1 OUT=$(OUT) TARGET_TESTS=target_linux_clients tests/run_tests.sh

# make kernel: Debian's source of 6.12 with the driver inside, and the services once with the kernel's tstee, once with the driver; with DEBUG=1 a
# kernel that watches itself, and all that uses the driver, once over the kernel's bus, once without it
KERNEL_FOLDER := $(LINUX)/kernel$(if $(filter 1,$(DEBUG)),-debug)
KERNEL_NEEDS := $(LINUX)/uboot_env.bin $(LINUX)/flash.bin $(KERNEL_FOLDER)/Image $(KERNEL_FOLDER)/initrd.gz
kernel_run = tests/harness/run_linux.sh --memory 2048 $(1) $(KERNEL_FOLDER) $(LINUX)/flash.bin
KERNEL_TESTS_0 = $(call kernel_run,--words tessera.tee=0 --run ima:tstee) && $(call kernel_run,--run ima:tessera)
KERNEL_OVER_BUS := bus,tpm,psa,hostile:500,module:3,hammer:20:4
KERNEL_BY_SMC := bus:none,tpm,psa,hostile:500,module:3,hammer:20:4
KERNEL_TESTS_1 = $(call kernel_run,--run $(KERNEL_OVER_BUS)) && $(call kernel_run,--words guest.bus=no --run $(KERNEL_BY_SMC))
KERNEL_TEST = $(KERNEL_TESTS_$(DEBUG))
$(KERNEL_FOLDER)/Image $(KERNEL_FOLDER)/version &: tests/linux/kernel.sh tests/linux/kernel.config tests/linux/kernel_debug.config \
    $(KERNEL_SOURCE_READY) $(TESSERA_KO_SRC)/.stamp | $(DEPS)/host-kernel
	$(mkdir)
	$(Q)CROSS=$(CROSS) DEBUG=$(DEBUG) tests/linux/kernel.sh $(DEPS)/kernel-source $(OUT)/kernel $(TESSERA_KO_SRC) $(KERNEL_FOLDER)
$(KERNEL_FOLDER)/initrd.gz: $(LINUX_SCRIPTS) $(OUT)/host/newc $(LINUX_PROGRAMS) $(KERNEL_FOLDER)/version
	$(call say,GUEST)
	$(Q)tests/linux/initramfs.sh $(OUT)/host/newc $(CROSS)readelf $(KERNEL_FOLDER) $(DEPS)/linux/guest $(LINUX_PROGRAMS) >$@
