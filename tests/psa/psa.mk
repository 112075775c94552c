# SPDX-License-Identifier: BSD-3-Clause
#
# Mbed TLS's own test suites of the PSA API, run as a client of the partitions: target tests target_psa_*. Programs are made at build time
# from the library's sources (MBEDTLS_DIR: tests, framework), against the headers of ffa/client; nothing of them is kept here.

# Suites: a name is that of the .data file, its .function file is the part before the first dot. Which are left out, says skip.txt
psa_SUITES := psa_crypto psa_crypto.persistent psa_crypto_persistent_key psa_crypto_slot_management psa_crypto.pbkdf2 \
    psa_crypto_attributes psa_crypto_hash psa_crypto_metadata \
    psa_crypto_generate_key.generated psa_crypto_not_supported.generated psa_crypto_not_supported.misc \
    psa_crypto_op_fail.generated psa_crypto_op_fail.misc psa_its
psa_OUT := $(OUT)/host/psa
psa_MBEDTLS = $(MBEDTLS_DIR)/tests/suites
psa_GENERATE = $(MBEDTLS_DIR)/framework/scripts/generate_test_code.py
# What the suites' tools need of the library; the partition's own copy of all this is in the machine
psa_LIBRARY := asn1parse asn1write bignum bignum_core bignum_mod bignum_mod_raw constant_time oid platform_util
psa_FRAMEWORK := asn1_helpers helpers psa_exercise_key random test_memory

psa_CFLAGS = -Itests/psa/include -Iffa/client $(addprefix -isystem $(MBEDTLS_DIR)/,framework/tests/include tests/include include library) \
    -I. '-DMBEDTLS_CONFIG_FILE="tests/psa/psa_config.h"' -include tests/psa/psa_suite.h
psa_CC = $(HOSTCC) $(HOST_CFLAGS) -O1 $(SANITIZERS) $(HOST_INCLUDES) $(harness_CFLAGS) $(psa_CFLAGS)
# Third parties' code: as the library
psa_OTHERS_CC = $(psa_CC) -w '-ffile-prefix-map=$(MBEDTLS_DIR)=mbedtls' -I$(MBEDTLS_DIR)/framework/tests/src

psa_SRCS := tests/psa/psa_runner.c tests/psa/psa_machine.c
$(eval $(call objects,$(psa_OUT)/obj,$(psa_SRCS),$$(psa_CC)))
$(eval $(call flags_file,$(psa_OUT)/flags,$$(psa_OTHERS_CC)))
$(patsubst %,$(psa_OUT)/library/%.o,$(psa_LIBRARY)): $(psa_OUT)/library/%.o: $(psa_OUT)/flags | $(DEPS_READY)
	$(call say,CC)
	$(mkdir)
	$(Q)$(psa_OTHERS_CC) $(call deps_of,$@) -c -o $@ $(MBEDTLS_DIR)/library/$*.c
$(patsubst %,$(psa_OUT)/framework/%.o,$(psa_FRAMEWORK)): $(psa_OUT)/framework/%.o: $(psa_OUT)/flags | $(DEPS_READY)
	$(call say,CC)
	$(mkdir)
	$(Q)$(psa_OTHERS_CC) $(call deps_of,$@) -c -o $@ $(MBEDTLS_DIR)/framework/tests/src/$*.c
psa_OBJS := $(patsubst %,$(psa_OUT)/library/%.o,$(psa_LIBRARY)) $(patsubst %,$(psa_OUT)/framework/%.o,$(psa_FRAMEWORK)) \
    $(patsubst %,$(psa_OUT)/obj/%.o,$(psa_SRCS)) \
    $(patsubst %,$(OUT)/host/obj/tests/$(call alike,target_crypto)/%.o,$(harness_SRCS) $(harness_CLIENT_SRCS))

# A suite NAME → psa_OUT/NAME. Its C file asks the operation of an AEAD for its algorithm, which is the library's own field
define psa_suite
$(psa_OUT)/test_suite_$(1).c: tests/psa/suite.function $(psa_OUT)/flags $(wildcard $(psa_MBEDTLS)/test_suite_$(1).data) \
    | $(DEPS_READY) $(DEPS)/host-test
	$$(call say,GEN)
	$$(mkdir)
	$$(Q)[ -f $$(psa_GENERATE) ] || { echo "MBEDTLS_DIR='$$(MBEDTLS_DIR)' has no $$(psa_GENERATE): its tests are needed for make test" >&2; exit 1; }
	$$(Q)python3 $$(psa_GENERATE) -f $$(psa_MBEDTLS)/test_suite_$(firstword $(subst ., ,$(1))).function \
	    -d $$(psa_MBEDTLS)/test_suite_$(1).data -t $$(psa_MBEDTLS)/main_test.function --helpers-file $$(psa_MBEDTLS)/helpers.function \
	    -p tests/psa/suite.function -s $$(psa_MBEDTLS) -o $$(@D)
	$$(Q)sed -i 's/\<operation\.alg\>/PSA_SUITE_AEAD_ALG(alg)/g' $$@
$(psa_OUT)/test_suite_$(1).o: $(psa_OUT)/test_suite_$(1).c
	$$(call say,CC)
	$$(Q)$$(psa_OTHERS_CC) $$(call deps_of,$$@) -c -o $$@ $$<
$(psa_OUT)/$(1): $(psa_OUT)/test_suite_$(1).o $(psa_OBJS)
	$$(call say,HOSTLD)
	$$(Q)$$(HOSTCC) $$(SANITIZERS) -o $$@ $$^
endef
$(foreach s,$(psa_SUITES),$(eval $(call psa_suite,$(s))))
-include $(wildcard $(psa_OUT)/*.o.d $(psa_OUT)/*/*.o.d)

# A target test of each, among the first to start because the first of them takes longest; target_psa_suites looks that none is forgotten
psa_TESTS := $(addprefix target_,$(psa_SUITES))
TARGET_TESTS := $(psa_TESTS) $(TARGET_TESTS) target_psa_suites
$(foreach s,$(psa_SUITES),$(eval $(OUT)/host/tests/target_$(s): | $(psa_OUT)/$(s)))
$(addprefix $(OUT)/host/tests/target_,$(psa_SUITES) psa_suites): $(OUT)/host/tests/target_%: tests/psa/psa_suites.sh FORCE
	$(mkdir)
	$(Q)printf '#!/bin/sh\n%s exec %s\n' "MBEDTLS_DIR='$(abspath $(MBEDTLS_DIR))' SUITES='$(psa_SUITES)' PROGRAMS='$(psa_OUT)'" \
	    '$< $(filter $(psa_SUITES),$*)' >$@ && chmod +x $@
