# SPDX-License-Identifier: BSD-3-Clause
#
# The normal world that `make run` and the target test `linux` boot: Debian's kernels (platform/external), each with its
# initramfs in $(LINUX)/<series>, U-Boot's environment, and for the test a flash image whose BL33 is U-Boot in any case.
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

# A module is compiled by the kernel's own makefiles, in a folder of its own; they know nothing of stdint.h and stddef.h
LINUX_MODULE_FLAGS = -I$(CURDIR) -I$(CURDIR)/platform/boards/$(BOARD) -I$$(src) -Wno-declaration-after-statement

# $(call linux_guest,SERIES)
define linux_guest
$(LINUX)/$(1)/module/tessera_test.ko: tests/linux/tessera_test.c ffa/abi/ffa_abi.h ffa/abi/ffa_mem_abi.h ffa/abi/ts_rpc_abi.h \
    $(LINUX_READY)
	$$(call say,MODULE)
	$$(mkdir)
	$$(Q)cp $$< $$(@D) && echo '#include <linux/types.h>' >$$(@D)/stdint.h && \
	    echo '#include <linux/stddef.h>' >$$(@D)/stddef.h
	$$(Q)printf '%s\n' 'obj-m := tessera_test.o' 'ccflags-y := $$(LINUX_MODULE_FLAGS)' >$$(@D)/Kbuild
	$$(Q)set -- $$(abspath $(DEPS)/linux/$(1))/headers/usr/src/linux-headers-*-common && \
	    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS $$(MAKE) -s -C $$$$1 O=$$$${1%common}arm64 M=$$(abspath $$(@D)) ARCH=arm64 \
	    CROSS_COMPILE=$(CROSS) CONFIG_DEBUG_INFO_BTF_MODULES= modules
$(LINUX)/$(1)/Image: $(LINUX_READY)
	$$(mkdir)
	$$(Q)ln -sf $$(abspath $(DEPS)/linux/$(1)/Image) $$@
$(LINUX)/$(1)/initrd.gz: tests/linux/initramfs.sh tests/linux/init.sh tests/linux/selftest.sh $(OUT)/host/newc $(LINUX)/caller \
    $(LINUX)/$(1)/module/tessera_test.ko
	$$(call say,GUEST)
	$$(mkdir)
	$$(Q)tests/linux/initramfs.sh $(OUT)/host/newc $(DEPS)/linux $(1) $(LINUX)/caller $(LINUX)/$(1)/module/tessera_test.ko >$$@
LINUX_NEEDS += $(LINUX)/$(1)/Image $(LINUX)/$(1)/initrd.gz
endef
LINUX_NEEDS := $(LINUX)/uboot_env.bin $(LINUX)/flash.bin
$(foreach s,$(LINUX_SERIES),$(eval $(call linux_guest,$(s))))

# U-Boot's environment, in a flash bank of its own: 256 KiB at its start (CONFIG_ENV_SIZE of qemu_arm64); QEMU wants 64 MiB
$(LINUX)/uboot_env.bin: tests/linux/uboot.env | $(DEPS_RUN)
	$(call say,ENV)
	$(mkdir)
	$(Q)mkenvimage -s 0x40000 -o $@ $< && truncate -s 64M $@
