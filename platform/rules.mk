# SPDX-License-Identifier: BSD-3-Clause
#
# How things are made: the macros that turn the lists of the folders into rules. The Makefile evaluates them. What a list
# may set stands above the macro that reads it.

# $(call flags_file,FILE,TEXT): FILE holds TEXT and is new only when TEXT is
define flags_file
$(1): FORCE | $(DEPS_READY)
	$$(shell mkdir -p $$(@D))$$(file >$$@.new,$(2))
	@if cmp -s $$@.new $$@; then rm $$@.new; else mv $$@.new $$@; fi
endef

# $(call objects,FOLDER,SOURCES,COMPILER AND FLAGS): FOLDER/<source>.o, rebuilt when a header or the flags change
define objects
$(call flags_file,$(1)/flags,$(3))
$(addprefix $(1)/,$(addsuffix .o,$(2))): $(1)/%.o: % $(1)/flags | $(DEPS_READY)
	$$(call say,CC)
	$$(mkdir)
	$$(Q)$(3) $$(call deps_of,$$@) -c -o $$@ $$<
-include $(addprefix $(1)/,$(addsuffix .o.d,$(2)))
FLAGS_FILES += $(1)/flags
UNITS += $(addprefix $(1)/flags@,$(2))
endef

# $(call linker_script,FILE,SOURCE,FLAGS FILE,COMPILER AND FLAGS): SOURCE through the C preprocessor
define linker_script
$(1): $(2) $(3)
	$$(call say,LDS)
	$$(mkdir)
	$$(Q)$(4) $$(call deps_of,$$@) -D__ASSEMBLER__ -D__LDSCRIPT__ -E -P -x c -o $$@ $$<
-include $(1).d
endef

# An image or a normal-world payload NAME → B/NAME.elf, B/NAME.bin, B/NAME.map
#   NAME_SRCS, NAME_CFLAGS, NAME_LIBS (objects, archives), NAME_LDS (linker script, goes through cpp)
#   NAME_OFFSETS: a C file of struct offsets (platform/arch/offsets.h) → asm_offsets.h, for the assembly of this image alone
define image
$(1)_LABEL := $(shell echo $(1) | tr a-z A-Z)
$(call objects,$(B)/obj/$(1),$($(1)_SRCS),$$(call image_cc,$(1)))
$(if $($(1)_OFFSETS),$(addprefix $(B)/obj/$(1)/,$(addsuffix .o,$($(1)_SRCS))): | $(B)/gen/$(1)/asm_offsets.h)
$(B)/gen/$(1)/asm_offsets.h: $($(1)_OFFSETS) $(B)/obj/$(1)/flags
	$$(call say,GEN)
	$$(mkdir)
	$$(Q)$$(call image_cc,$(1)) $$(call deps_of,$$@) -S -o $$@.s $$<
	$$(Q)sed -n 's/^.*"->\([A-Za-z0-9_]*\) [#$$$$]*\(-*[0-9]*\).*/#define \1 \2/p' $$@.s >$$@
$(call linker_script,$(B)/$(1).ld,$($(1)_LDS),$(B)/obj/$(1)/flags,$$(call image_cc,$(1)))
$(B)/$(1).elf: $(addprefix $(B)/obj/$(1)/,$(addsuffix .o,$($(1)_SRCS))) $($(1)_LIBS) $(B)/$(1).ld
	$$(call say,LD)
	$$(Q)$$(CC) $(LDFLAGS) -static -no-pie -Wl,-Map=$(B)/$(1).map -Wl,-T,$(B)/$(1).ld \
	    -o $$@ $$(filter %.o %.a,$$^)
$(B)/$(1).bin: $(B)/$(1).elf
	$$(call say,BIN)
	$$(Q)$$(OBJCOPY) -O binary $$< $$@
-include $(B)/gen/$(1)/asm_offsets.h.d
endef
image_cc = $(CC) $(TARGET_CFLAGS) -fno-pic -fno-pie $(SYS_INCLUDES) $(OWN_CFLAGS) $(addprefix -I,$(INCLUDES)) \
    -I$(B)/gen/$(1) -DIMAGE_NAME='"$($(1)_LABEL)"' $($(1)_CFLAGS)

# A partition NAME → B/sp/NAME.elf (static-PIE), .dtb, .pkg
#   NAME_UUID (of its package), NAME_SRCS, NAME_CFLAGS, NAME_LIBS, NAME_LDFLAGS, NAME_DTS (default partitions/NAME/manifest.dts)
#   sp_LIB_SRCS, sp_LDS, sp_CFLAGS: the runtime, linked into every partition
define partition
$(call objects,$(B)/obj/sp_$(1),$($(1)_SRCS),$$(sp_cc) $$($(1)_CFLAGS))
$(B)/sp/$(1).elf: $(addprefix $(B)/obj/sp_$(1)/,$(addsuffix .o,$($(1)_SRCS))) \
    $(addprefix $(B)/obj/sp_lib/,$(addsuffix .o,$(sp_LIB_SRCS))) $($(1)_LIBS) $(B)/sp/sp.ld
	$$(call say,LD)
	$$(Q)$$(CC) $(LDFLAGS) -static-pie -Wl,--no-dynamic-linker,-z,text,-z,now,-z,separate-code \
	    -Wl,-Map=$$(@:.elf=.map) -Wl,-T,$(B)/sp/sp.ld $($(1)_LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	    -L$(PICOLIBC)/lib -Wl,--start-group -lc -lgcc -Wl,--end-group
$(call device_tree,$(B)/sp/$(1).dtb,$(or $($(1)_DTS),partitions/$(1)/manifest.dts),)
$(B)/sp/$(1).pkg: $(B)/sp/$(1).elf $(B)/sp/$(1).dtb $(FIPTOOL)
	$$(call say,PKG)
	$$(Q)$$(FIPTOOL) sp-pack --image $(B)/sp/$(1).elf --manifest $(B)/sp/$(1).dtb $$@
endef
sp_cc = $(CC) $(TARGET_CFLAGS) -fPIE -ftls-model=local-exec $(SYS_INCLUDES) $(OWN_CFLAGS) \
    $(addprefix -iquote ,$(INCLUDES)) -Ipartitions/lib $(sp_CFLAGS)

# $(call device_tree,DTB,DTS,GENERATED FILE THAT IT INCLUDES)
define device_tree
$(1): $(2) $(3) | $(DEPS_READY)
	$$(call say,DTC)
	$$(mkdir)
	$$(Q)$$(CC) -E -P -nostdinc -undef -D__DTS__ -D__ASSEMBLER__ -x assembler-with-cpp $$(call deps_of,$$@) \
	    $(addprefix -I,$(INCLUDES) $(dir $(3))) -o $$@.dts $(2)
	$$(Q)dtc -q -I dts -O dtb -o $$@ $$@.dts
-include $(1).d
endef

# What a folder of keys holds: PEM files named after cert_create's options, private keys, and the hardware unique key that
# `fip-tool provision` writes into the OTP area, 32 bytes. (prot_key.pem, the second root's, is for chains with two roots.)
KEY_FILES := $(addsuffix _key.pem,rot trusted_world non_trusted_world soc_fw tos_fw nt_fw) huk.bin

# $(call development_keys,FOLDER,FLAGS of fip-tool certs): those that are missing are made once, and then stay. Keys of a
# developer, protected by nothing; a product's come with KEYS=, or sign outside (`fip-tool sign`).
define development_keys
$(1)/made: | $(FIPTOOL) $(B)/unsigned.fip
	$$(call say,KEYS)
	$$(mkdir)
	$$(Q)umask 077 && $$(FIPTOOL) certs --keys $(1) --new-keys $(2) --out $$@.fip $(B)/unsigned.fip && rm $$@.fip && \
	    { [ -s $(1)/huk.bin ] || head -c 32 /dev/urandom >$(1)/huk.bin; }
	$$(Q)touch $$@ $(addprefix $(1)/,$(KEY_FILES))
$(addprefix $(1)/,$(KEY_FILES)): $(1)/made ;
endef

# $(call flash_image,NAME,BL33,PARTITIONS,KEYS) → B/NAME/flash.bin with BL1, fip.bin and otp.bin of that folder; NAME empty:
# in B. reference.json: what a verifier must see of a machine with that flash (docs/attestation.md). fip.bin is unsigned.fip with the certificates that the keys make. A partition's owner signs its package
# (platform/lib/boot/cot.h): NAME_OWNER, SiP or Plat (SiP). flash.args: fip-tool's options but --otp, for who keeps another
# image's secrets (tests/harness/keep_flash.sh).
define flash_image
$(B)/$(1:%=%/)sps.dtsi: $(B)/$(1:%=%/)sps.list
	$$(Q){ echo 'secure-partitions {'; echo '    compatible = "arm,sp";'; \
	    $(foreach s,$(3),echo '    $(s) { uuid = "$($(s)_UUID)"; owner = "$(or $($(s)_OWNER),SiP)"; };';) echo '};'; } >$$@
$(call flags_file,$(B)/$(1:%=%/)sps.list,$(foreach s,$(3),$(s) $($(s)_UUID) $($(s)_OWNER)))
$(call device_tree,$(B)/$(1:%=%/)tb_fw_config.dtb,platform/boards/$(BOARD)/board.dts,$(B)/$(1:%=%/)sps.dtsi)
$(B)/$(1:%=%/)unsigned.fip: $(B)/bl2.bin $(B)/$(1:%=%/)tb_fw_config.dtb $(B)/bl31.bin $(B)/spmc.bin $(2) \
    $(patsubst %,$(B)/sp/%.pkg,$(3)) $(FIPTOOL)
	$$(call say,FIP)
	$$(Q)$$(FIPTOOL) create --tb-fw $(B)/bl2.bin --tb-fw-config $(B)/$(1:%=%/)tb_fw_config.dtb \
	    --soc-fw $(B)/bl31.bin --tos-fw $(B)/spmc.bin --nt-fw $(2) \
	    $(foreach s,$(3),--blob uuid=$($(s)_UUID),file=$(B)/sp/$(s).pkg) $$@
$(call flags_file,$(B)/$(1:%=%/)keys.list,$(4))
$(B)/$(1:%=%/)fip.bin: $(B)/$(1:%=%/)unsigned.fip $(addprefix $(4)/,$(KEY_FILES)) $(B)/$(1:%=%/)keys.list
	$$(call say,SIGN)
	$$(Q)$$(FIPTOOL) certs --keys $(4) --out $$@ $$<
$(B)/$(1:%=%/)otp.bin: $(FIPTOOL) $(addprefix $(4)/,rot_key.pem huk.bin) $(B)/$(1:%=%/)keys.list
	$$(call say,OTP)
	$$(Q)rm -f $$@ && $$(FIPTOOL) provision --root-key $(4)/rot_key.pem --huk $(4)/huk.bin $$@
$(B)/$(1:%=%/)flash.bin: $(B)/bl1.bin $(B)/$(1:%=%/)fip.bin $(B)/$(1:%=%/)otp.bin
	$$(call say,FLASH)
	$$(Q)set -- $$$$(echo FLASH_SIZE FLASH_FIP_A_OFFSET FLASH_FIP_A_SIZE FLASH_STORAGE_OFFSET FLASH_STORAGE_SIZE FLASH_OTP_OFFSET | \
	    $$(CC) -E -P -x c -include platform/boards/$(BOARD)/board.h -) && \
	    set -- --bl1 $(B)/bl1.bin --fip $(B)/$(1:%=%/)fip.bin --size $$$$1 --fip-offset $$$$2 --fip-size $$$$3 \
	    --storage-offset $$$$4 --storage-size $$$$5 --otp-offset $$$$6 && \
	    echo "$$$$@" >$$(@:.bin=.args) && $$(FIPTOOL) flash "$$$$@" --otp $(B)/$(1:%=%/)otp.bin $$@
$(B)/$(1:%=%/)reference.json: $(B)/$(1:%=%/)fip.bin $(B)/$(1:%=%/)otp.bin platform/boards/$(BOARD)/board.h
	$$(call say,REF)
	$$(Q)$$(FIPTOOL) measure --otp $(B)/$(1:%=%/)otp.bin --board $(BOARD) --reference $$@ \
	    --soc-id $$$$(echo BOARD_SOC_ID | $$(CC) -E -P -x c -include platform/boards/$(BOARD)/board.h -) $$< >/dev/null
endef

# A host program NAME → OUT/host/NAME: NAME_HOST_SRCS, NAME_HOST_CFLAGS, NAME_HOST_LIBS
define host_program
$(call objects,$(OUT)/host/obj/$(1),$($(1)_HOST_SRCS),$$(HOSTCC) $$(HOST_CFLAGS) $$(HOST_INCLUDES) $$($(1)_HOST_CFLAGS))
$(OUT)/host/$(1): $(addprefix $(OUT)/host/obj/$(1)/,$(addsuffix .o,$($(1)_HOST_SRCS)))
	$$(call say,HOSTLD)
	$$(Q)$$(HOSTCC) -Wl,--build-id=none,-z,relro,-z,now -o $$@ $$^ $($(1)_HOST_LIBS)
endef

# A host test NAME (cmocka, under ASan and UBSan) → OUT/host/tests/NAME: the same three variables; tests/fake is
# looked in before the firmware's own headers. Tests with equal NAME_HOST_CFLAGS share their objects: the folder is
# called after the first of them.
define host_test
$(OUT)/host/tests/$(1): $(addprefix $(OUT)/host/obj/tests/$(call alike,$(1))/,$(addsuffix .o,$($(1)_HOST_SRCS)))
	$$(call say,HOSTLD)
	$$(mkdir)
	$$(Q)$$(HOSTCC) $$(SANITIZERS) -o $$@ $$^ -lcmocka $($(1)_HOST_LIBS)
endef
define host_test_objects
$(call objects,$(OUT)/host/obj/tests/$(1),\
    $(sort $(foreach t,$(HOST_TESTS),$(if $(filter $(1),$(call alike,$(t))),$($(t)_HOST_SRCS)))),\
    $$(HOSTCC) $$(HOST_CFLAGS) -O1 $$(SANITIZERS) -iquote tests/fake $$(HOST_INCLUDES) $$($(1)_HOST_CFLAGS))
endef
# $(call alike,NAME): the first host test that is compiled with the flags of NAME
# Looked up once for each, since all of them are compared
alike = $(or $(ALIKE_$(1)),$(eval ALIKE_$(1) := $(call find_alike,$(1)))$(ALIKE_$(1)))
find_alike = $(firstword $(foreach t,$(HOST_TESTS),$(if $(call same,|$($(t)_HOST_CFLAGS)|,|$($(1)_HOST_CFLAGS)|),$(t))))
same  = $(and $(findstring $(1),$(2)),$(findstring $(2),$(1)))
