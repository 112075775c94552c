# SPDX-License-Identifier: BSD-3-Clause
#
# The whole build: one non-recursive make, one list of sources per folder. `make help` names the targets.
#
# A list (<folder>/<folder>.mk) names sources one by one and holds no rules; platform/rules.mk tells what it may set and
# what becomes of it: images, partitions, flash images, host programs, host tests. Everything made lands below $(OUT).

# ---- Variables: the complete list; `make help` prints the lines with #: ------------------------------------------------
#: BOARD        a folder of platform/boards (qemu_virt)
BOARD  ?= qemu_virt
#: DEBUG        1: code that a debugger can follow, -Og (0)
DEBUG  ?= 0
#: LOG          error, warn, info, debug: least important message that the firmware prints (info)
LOG    ?= info
#: SPS          partitions that go into the firmware, in this order (echo storage crypto attest ftpm)
SPS    ?= echo storage crypto attest ftpm
#: BL33         normal-world image (Debian's U-Boot)
BL33   ?= $(UBOOT_BIN)
#: KEYS         folder with your own keys and huk.bin (fip-tool/README.md) instead of development keys made on first use
KEYS   ?= $(OUT)/keys
#: CROSS        prefix of the target's compiler and binutils (aarch64-linux-gnu-)
CROSS  ?= aarch64-linux-gnu-
#: OUT          folder for everything made and fetched (build)
OUT    ?= build
#: MBEDTLS_DIR  your own Mbed TLS 3.6 instead of the fetched one
#: SYSROOT      your own target libraries instead of the fetched ones (platform/external/README.md)
#: NAME         of a partition, for new-partition and test-partition
#: KERNEL       that `make run` boots: 6.1, 6.12, 7.2 (6.1)
KERNEL ?= 6.1
#: V            1: print every command (0)
V      ?= 0
#: DESTDIR, prefix  for make install (/usr/local); install-user takes bindir libdir includedir mandir docdir udevdir as well
prefix ?= /usr/local
B      := $(OUT)/$(BOARD)

LOG_error := 1
LOG_warn  := 2
LOG_info  := 3
LOG_debug := 4
legal = $(if $(and $(filter 1,$(words $($(1)))),$(filter $($(1)),$(2))),,$(error $(1)='$($(1))' must be one of: $(2)))
BOARDS := $(patsubst platform/boards/%/board.h,%,$(sort $(wildcard platform/boards/*/board.h)))
$(call legal,BOARD,$(BOARDS))
$(call legal,DEBUG,0 1)
ifneq ($(MAKECMDGOALS),symbolise) # whose LOG is a file
$(call legal,LOG,error warn info debug)
endif
$(call legal,V,0 1)
$(foreach v,OUT KEYS,$(if $(filter 1,$(words $($(v)))),,$(error $(v)='$($(v))' must be one path without blanks)))

# ---- Tools and flags -------------------------------------------------------------------------------------------------
CC      := $(CROSS)gcc
OBJCOPY := $(CROSS)objcopy
HOSTCC  := gcc
FIPTOOL := $(OUT)/host/fip-tool
Q       := $(if $(filter 0,$(V)),@)
say      = @$(if $(filter 0,$(V)),printf '  %-6s %s\n' $(1) '$(patsubst $(OUT)/%,%,$@)',:)
mkdir    = @mkdir -p $(@D)
deps_of  = -MD -MP -MF $(1).d -MT $(1)

MAPS     := '-ffile-prefix-map=$(OUT)=out' '-ffile-prefix-map=$(abspath $(OUT))=out' '-ffile-prefix-map=$(CURDIR)=.'
WARNINGS := -Wall -Wextra -Wundef -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes -Wswitch-enum -Werror
INCLUDES := . platform/include platform/arch platform/lib/boot ffa/abi platform/boards/$(BOARD)
# For all target code, third parties' too; then what is added for ours
TARGET_CFLAGS := -std=gnu11 -ffreestanding $(if $(filter 1,$(DEBUG)),-Og,-O2) -g -march=armv8-a -mno-outline-atomics \
    -mbranch-protection=standard -fno-common -fstack-protector-strong -ffunction-sections -fdata-sections $(MAPS) \
    -fno-delete-null-pointer-checks --param=min-pagesize=0 # address 0 is memory like any other
OWN_CFLAGS := $(WARNINGS) -Wframe-larger-than=1024 -DLOG_LEVEL=$(LOG_$(LOG))
LDFLAGS    := -nostdlib -Wl,--gc-sections,--build-id=none,--fatal-warnings,-z,noexecstack,-z,max-page-size=4096
HOST_CFLAGS := -std=gnu11 -O2 -g -fno-common -fstack-protector-strong -D_GNU_SOURCE $(WARNINGS) $(MAPS)
HOST_INCLUDES := $(addprefix -iquote ,. platform/include platform/lib/boot ffa/abi)
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# ---- The lists -------------------------------------------------------------------------------------------------------
IMAGES     := bl1 bl2 bl31 spmc
PAYLOADS   :=# normal-world programs, bare metal
PARTITIONS :=# in partitions/
TEST_SPS   :=# in tests/target/
FLAGS_FILES :=# of every folder of objects, and UNITS: what is compiled with them; for the checks
UNITS      :=
HOST_PROGS :=
HOST_TESTS :=
FUZZERS    :=
FLASH_IMAGES :=# further ones, with NAME_BL33, NAME_SPS, NAME_KEYS
include platform/rules.mk platform/external/external.mk
include platform/platform.mk platform/boards/$(BOARD)/board.mk $(foreach i,$(IMAGES),$(i)/$(i).mk)
include partitions/partitions.mk ffa/ffa.mk fip-tool/fip-tool.mk tests/tests.mk tests/psa/psa.mk tests/linux/linux.mk
$(call legal,KERNEL,$(LINUX_SERIES) $(LINUX_SID_SERIES))
$(foreach s,$(SPS),$(if $(filter $(s),$(PARTITIONS) $(TEST_SPS)),,\
    $(error SPS='$(SPS)': no partition '$(s)'; there are: $(PARTITIONS) $(TEST_SPS))))

NAMES := $(PAYLOADS) $(PARTITIONS) $(TEST_SPS) $(HOST_PROGS) $(HOST_TESTS) $(FUZZERS)
$(if $(filter-out $(words $(sort $(NAMES))),$(words $(NAMES))),\
    $(error a name is in the lists twice: $(sort $(foreach n,$(NAMES),$(if $(filter-out 1,$(words $(filter $(n),$(NAMES)))),$(n))))))

$(foreach i,$(IMAGES) $(PAYLOADS),$(eval $(call image,$(i))))
$(eval $(call objects,$(B)/obj/sp_lib,$(sp_LIB_SRCS),$$(sp_cc) $$(sp_LIB_CFLAGS)))
$(eval $(call linker_script,$(B)/sp/sp.ld,$(sp_LDS),$(B)/obj/sp_lib/flags,$$(sp_cc)))
$(foreach s,$(PARTITIONS) $(TEST_SPS),$(eval $(call partition,$(s))))
$(if $(filter file,$(origin KEYS)),$(eval $(call development_keys,$(KEYS),)),\
    $(foreach f,$(KEY_FILES),$(call own,KEYS,$(f))))
$(eval $(call flash_image,,$(BL33),$(SPS),$(KEYS)))
$(foreach f,$(FLASH_IMAGES),$(eval $(call flash_image,$(f),$($(f)_BL33),$($(f)_SPS),$(or $($(f)_KEYS),$(KEYS)))))
$(foreach p,$(HOST_PROGS),$(eval $(call host_program,$(p))))
$(foreach t,$(HOST_TESTS),$(eval $(call host_test,$(t))))
$(foreach t,$(sort $(foreach n,$(HOST_TESTS),$(call alike,$(n)))),$(eval $(call host_test_objects,$(t))))

# ---- Targets ---------------------------------------------------------------------------------------------------------
# tests/tests.mk says with RUN, TEST, BENCH which command each of these runs, with *_NEEDS what must be built before
.PHONY: all deps run run-demo attest-demo tpm new-partition test-partition test test-linux kernel soak soak-ffa soak-ftpm soak-storage check bench debug size reproducible format install install-user clean help FORCE
all: $(addprefix $(OUT)/host/,$(HOST_PROGS)) $(B)/flash.bin $(ALL_NEEDS) $(OUT)/sbom.spdx.json ## Build the host programs and the board's images (default)

deps: $(DEPS_READY) $(DEPS_RUN) $(LINUX_READY) ## Install missing host packages, fetch third parties' code

run: all $(DEPS_RUN) $(RUN_NEEDS) ## Boot Debian Linux in QEMU (KERNEL=6.1, 6.12, 7.2): its shell on a terminal, else `tessera selftest` decides the exit status
	@$(RUN)

run-demo: all $(DEPS_RUN) $(RUN_DEMO_NEEDS) ## Boot a bare-metal demo of the partitions; exit status 0 only if all of it worked
	@$(RUN_DEMO)

attest-demo: all $(DEPS_RUN) $(DEPS_TEST) $(ATTEST_DEMO_NEEDS) ## A device proves what it booted, by token and TPM quote; an altered one is refused
	@$(ATTEST_DEMO)

tpm: all $(DEPS_RUN) $(DEPS_TEST) $(TPM_NEEDS) ## Serve the fTPM of a machine in QEMU to tpm2-tools on this host, until Ctrl-C
	@$(TPM)

new-partition: ## Make partitions/NAME from partitions/_template: NAME=hello
	@TAKEN='$(wordlist 1,3,$(TAKEN))' SPS='$(SPS)' partitions/new_partition.sh

test-partition: $(DEPS_RUN) $(DEPS_TEST) $(TEST_PARTITION_NEEDS) ## Run the tests of one partition: NAME=hello
	@$(TEST_PARTITION)

test: all $(DEPS_RUN) $(DEPS_TEST) $(TEST_NEEDS) ## Run all tests; ends with "N passed, N failed, N skipped"
	@$(TEST)

soak: all $(DEPS_RUN) $(DEPS_TEST) $(TEST_NEEDS) ## Run the tests that make test bounds in full: every machine, many rounds; an hour
	@$(SOAK)

soak-ffa: all $(DEPS_RUN) $(DEPS_TEST) $(B)/proxy/flash.bin $(OUT)/host/tests/target_ffa_soak ## Random FF-A calls from four cores, ten minutes on two processors
	@$(SOAK_FFA)

soak-ftpm: all $(DEPS_RUN) $(DEPS_TEST) $(SOAK_FTPM_NEEDS) ## The fTPM's tests in full: power cuts, fuzzing, flash writes; half an hour
	@$(SOAK_FTPM)

soak-storage: $(addprefix $(OUT)/host/,$(STORAGE_SOAKS)) ## Every power cut at every point of a store's life, and random lives, on a model of the chip; an hour
	@$(SOAK_STORAGE)

test-linux: all $(DEPS_RUN) $(DEPS_TEST) $(TEST_LINUX_NEEDS) ## Run what uses the secure world in Debian Linux: TPM, PSA services, driver, killed clients; each kernel
	@$(TEST_LINUX)

kernel: $(DEPS_RUN) $(KERNEL_NEEDS) ## Build Debian's kernel 6.12 with the driver in it, and show IMA with our TPM; DEBUG=1: a kernel that watches itself, and all that uses the driver
	@$(KERNEL_TEST)

bench: all $(DEPS_RUN) $(DEPS_TEST) $(BENCH_NEEDS) ## Count guest instructions and bytes; writes bench.json
	@$(BENCH)

clean: ## Remove everything made, except what was fetched, and except the development keys
	rm -rf $(addprefix $(OUT)/,host $(BOARDS) sbom.spdx.json)

install: all ## Install the host programs below $(DESTDIR)$(prefix)
	install -d $(DESTDIR)$(prefix)/bin
	install -m 755 $(addprefix $(OUT)/host/,$(HOST_PROGS)) $(DESTDIR)$(prefix)/bin

install-user: $(USER_FILES) ## Install libtessera and the command tessera, for the target, below $(DESTDIR)$(prefix)
	$(INSTALL_USER)

help: ## Show this text
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | sort | while IFS='|' read -r a b; do \
	    printf '  %-14s %s\n' "$$a" "$$b"; done
	@echo 'Variables (default):'
	@sed -n 's/^#: /  /p' $(firstword $(MAKEFILE_LIST))

include tests/check/check.mk
