# SPDX-License-Identifier: BSD-3-Clause
#
# Targets of the checks and of debugging: what they do is told in the scripts they call.
.PHONY: fuzz symbolise

# A fuzzer NAME (libFuzzer, ASan, UBSan) → OUT/host/fuzz/NAME: the lists name it in FUZZERS and set NAME_HOST_SRCS,
# NAME_HOST_CFLAGS, NAME_HOST_LIBS
define host_fuzzer
$(call objects,$(OUT)/host/obj/fuzz/$(1),$($(1)_HOST_SRCS),\
    clang $$(HOST_CFLAGS) -fsanitize=fuzzer-no-link $$(SANITIZERS) -iquote tests/fake $$(HOST_INCLUDES) $$($(1)_HOST_CFLAGS))
$(OUT)/host/fuzz/$(1): $(addprefix $(OUT)/host/obj/fuzz/$(1)/,$(addsuffix .o,$($(1)_HOST_SRCS)))
	$$(call say,HOSTLD)
	$$(mkdir)
	$$(Q)clang -fsanitize=fuzzer $$(SANITIZERS) -o $$@ $$^ $($(1)_HOST_LIBS)
endef
$(foreach f,$(FUZZERS),$(eval $(call host_fuzzer,$(f))))
FUZZ := $(addprefix $(OUT)/host/fuzz/,$(FUZZERS))
$(addsuffix /flags,$(addprefix $(OUT)/host/obj/fuzz/,$(FUZZERS))): | $(DEPS)/host-fuzz

fuzz: $(FUZZ) ## Run every fuzzer a bounded, repeatable number of times
	@tests/check/fuzz.sh $(FUZZ)

check: all $(sort $(FLAGS_FILES)) $(CHECK_NEEDS) $(DEPS_TEST) $(DEPS)/host-check ## Check style, contracts and images; compile with clang as well
	+@OUT=$(OUT) BOARD=$(BOARD) CROSS=$(CROSS) LIBFDT_A=$(LIBFDT_A) UNITS='$(UNITS)' tests/check/check.sh

format: $(DEPS)/host-check ## Rewrite all C files as .clang-format says
	clang-format -i $(shell tests/check/files.sh '*.c' '*.h')

size: all ## Print what each image takes of its budget
	@CC=$(CC) SIZE=$(CROSS)size tests/check/size.sh platform/boards/$(BOARD)/board.h $(B)

reproducible: all ## Build twice in different folders and compare every byte
	@tests/check/reproducible.sh $(BOARD) $(MBEDTLS_DIR) $(SYSROOT) $(KEYS) CROSS=$(CROSS) DEBUG=$(DEBUG) LOG=$(LOG) 'SPS=$(SPS)'

symbolise: ## Add functions and lines to the addresses in a console log: make symbolise LOG=file (- is standard input)
	@CROSS=$(CROSS) tests/harness/symbolise.sh $(B) '$(LOG)'

debug: all $(DEPS_RUN) $(DEPS)/host-debug ## Start QEMU stopped at reset, and gdb with the symbols of every image
	@CC=$(CC) BOARD=$(BOARD) SPS='$(SPS)' BL33='$(BL33)' tests/check/debug.sh $(B)
