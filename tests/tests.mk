# SPDX-License-Identifier: BSD-3-Clause
#
# The harness (proxy, host library, ffa-shell), the test partitions, the target tests, and what `make run`, `make test` and
# `make bench` do.

PAYLOADS += proxy
proxy_SRCS := tests/harness/proxy_entry.S tests/harness/proxy_call.S tests/harness/proxy_cpu.S \
    tests/harness/proxy_fp.S tests/harness/proxy_gic.c tests/harness/proxy_many.c tests/harness/proxy_context.c tests/harness/proxy_main.c
proxy_LDS := tests/harness/proxy.ld.S
proxy_CFLAGS := -mgeneral-regs-only -fno-stack-protector

TEST_SPS += sp_peer sp_peer2 sp_peer3 sp_peer4
sp_peer_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a101
sp_peer_DTS := tests/target/sp_peer/manifest.dts
sp_peer_SRCS := tests/target/sp_peer/peer_sp.c tests/target/sp_peer/peer_steps.c tests/target/sp_peer/peer_ffa.c tests/target/sp_peer/peer_sight.c \
    tests/target/sp_peer/peer_asm.S
sp_peer_CFLAGS := -mgeneral-regs-only
sp_peer2_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a102
sp_peer2_DTS := tests/target/sp_peer/manifest2.dts
sp_peer2_SRCS := $(sp_peer_SRCS)
sp_peer2_CFLAGS := $(sp_peer_CFLAGS)
sp_peer2_OWNER := Plat
sp_peer3_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a103
sp_peer3_DTS := tests/target/sp_peer/manifest3.dts
sp_peer3_SRCS := $(sp_peer_SRCS)
sp_peer3_OWNER := Plat
sp_peer3_CFLAGS := $(sp_peer_CFLAGS)
sp_peer4_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a104
sp_peer4_DTS := tests/target/sp_peer/manifest4.dts
sp_peer4_SRCS := $(sp_peer_SRCS)
sp_peer4_OWNER := Plat
sp_peer4_CFLAGS := $(sp_peer_CFLAGS)
TEST_SPS += sp_peer_flash
sp_peer_flash_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a110
sp_peer_flash_DTS := tests/target/sp_peer/manifest_flash.dts
sp_peer_flash_SRCS := $(sp_peer_SRCS)
sp_peer_flash_CFLAGS := $(sp_peer_CFLAGS)

# Cryptography from inside a partition: all that the crypto partition has of libraries. Its AES and GCM ask a function that can
# hide the core's instructions from them
TEST_SPS += sp_accel
sp_accel_UUID := 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a120
sp_accel_DTS := tests/target/sp_accel/manifest.dts
sp_accel_SRCS := tests/target/sp_accel/accel_sp.c tests/target/sp_accel/accel_cases.c tests/target/sp_accel/accel_ops.c tests/target/sp_accel/accel_its.c \
    partitions/crypto/crypto_rng.c $(ACCEL_TARGET_SRCS)
sp_accel_CFLAGS = $(crypto_CFLAGS) $(ACCEL_CFLAGS) -iquote partitions/crypto -Dgetauxval=accel_auxval
sp_accel_LIBS = $(filter-out $(B)/obj/accel/%,$(MBEDTLS_PSA_OBJS))

# proxy: the tests' flash image: firmware and partitions of the product, the peers, the proxy as BL33.
# shell: the product's firmware and partitions under the proxy, for ffa-shell and benchmarks; demo: under the demo payload
FLASH_IMAGES += proxy shell demo accel peer_flash
proxy_BL33 := $(B)/proxy.bin
proxy_SPS := echo storage crypto sp_peer sp_peer2 sp_peer3 sp_peer4
shell_BL33 := $(B)/proxy.bin
shell_SPS := $(SPS)
demo_BL33 := $(B)/demo.bin
demo_SPS := $(SPS)
peer_flash_BL33 := $(B)/proxy.bin
peer_flash_SPS := echo sp_peer_flash sp_peer2
accel_BL33 := $(B)/proxy.bin
accel_SPS := echo sp_accel

# tpm: for the tests of the TPM; one peer, whose crashes it must outlive
FLASH_IMAGES += tpm
tpm_BL33 := $(B)/proxy.bin
tpm_SPS := echo storage crypto sp_peer ftpm

harness_SRCS := tests/harness/harness.c tests/harness/harness_smp.c tests/harness/harness_context.c tests/harness/qemu.c tests/harness/ffa_names.c
harness_CLIENT_SRCS := tests/harness/transport_harness.c $(client_SHARE_SRCS) $(client_SRCS)
gdb_SRCS := tests/harness/gdb.c
TCTI := $(OUT)/host/libtss2-tcti-tessera.so
harness_CFLAGS := '-DTESSERA_PROXY_FLASH="$(B)/proxy/flash.bin"' '-DTESSERA_SHELL_FLASH="$(B)/shell/flash.bin"' \
    '-DTESSERA_BOARD="$(BOARD)"' '-DTESSERA_LINUX="$(B)/linux"' '-DTESSERA_PROXY_BIN="$(B)/proxy.bin"' '-DTESSERA_IMAGES="$(B)"' \
    '-DTESSERA_TCTI="$(TCTI)"' '-DTESSERA_FIP_TOOL="$(FIPTOOL)"' '-DTESSERA_FFA_SHELL="$(OUT)/host/ffa-shell"' '-DTESSERA_KEYS="$(KEYS)"' \
    '-DTESSERA_ECHO_PACKAGE="$(echo_UUID)"' '-DTESSERA_CRYPTO_PACKAGE="$(crypto_UUID)"' '-DTESSERA_STORAGE_PACKAGE="$(storage_UUID)"' \
    '-DTESSERA_PEER_PACKAGE="$(sp_peer_UUID)"' '-DTESSERA_PEER2_PACKAGE="$(sp_peer2_UUID)"' \
    '-DTESSERA_PEER3_PACKAGE="$(sp_peer3_UUID)"' '-DTESSERA_PEER4_PACKAGE="$(sp_peer4_UUID)"'

HOST_PROGS += ffa-shell
ffa-shell_HOST_SRCS := tests/harness/ffa_shell.c tests/harness/ffa_shell_commands.c tests/harness/ffa_shell_crypto.c \
    tests/harness/ffa_shell_storage.c tests/harness/ffa_shell_attest.c $(harness_SRCS) $(harness_CLIENT_SRCS)
ffa-shell_HOST_CFLAGS := $(harness_CFLAGS)
ffa-shell_HOST_LIBS := -ledit -lfdt

# The fTPM for programs of the host: tpm-harness serves a machine's at a socket, and the TCTI finds it there
tpm_SERVER_SRCS := tests/harness/tpm_server.c tests/harness/tpm_socket.c tests/harness/tpm_child.c tests/harness/tpm_machine.c \
    tests/harness/tpm_flash.c tests/harness/tpm_bytes.c ffa/client/tpm_crb.c
HOST_PROGS += tpm-harness
tpm-harness_HOST_SRCS := tests/harness/tpm_harness.c $(tpm_SERVER_SRCS) $(harness_SRCS) $(harness_CLIENT_SRCS)
tpm-harness_HOST_CFLAGS := $(harness_CFLAGS)
TCTI_SRCS := tests/harness/tpm_tcti.c tests/harness/tpm_socket.c
$(eval $(call objects,$(OUT)/host/obj/tcti,$(TCTI_SRCS),$$(HOSTCC) $$(HOST_CFLAGS) $$(HOST_INCLUDES) -fPIC -fvisibility=hidden))
$(addprefix $(OUT)/host/obj/tcti/,$(addsuffix .o,$(TCTI_SRCS))): | $(DEPS_TEST)
$(TCTI): $(addprefix $(OUT)/host/obj/tcti/,$(addsuffix .o,$(TCTI_SRCS)))
	$(call say,HOSTLD)
	$(Q)$(HOSTCC) -shared -Wl,--build-id=none,-z,relro,-z,now,-z,defs -o $@ $^

HOST_TESTS += test_tpm_server
test_tpm_server_HOST_SRCS := tests/unit/harness/test_tpm_server.c tests/harness/tpm_server.c tests/harness/tpm_socket.c tests/harness/tpm_tcti.c
HOST_TESTS += test_bench_shares
test_bench_shares_HOST_SRCS := tests/unit/bench/test_bench_shares.c tests/bench/bench_shares.c

# Target tests: one program each, in the order in which they are started (as many at a time as there are processors): the longest first
ftpm_NAMES := ftpm_keys ftpm_policy ftpm_state ftpm_power ftpm_hostile
trust_NAMES := trust_tamper trust_rollback trust_rotation trust_interop trust_measured trust_keys trust_glitch
target_NAMES := linux linux_clients $(ftpm_NAMES) storage_power harness ffa_setup ffa_rxtx ffa_direct ffa_sp sp_runtime boot_log ffa_mem ffa_chain ffa_notify ffa_soak registers context power psci psci_sleep interrupts devices flash smc_sweep hotplug ffa_smp arch device_tree crypto crypto_client crypto_known crypto_persist crypto_vectors storage rpc_memory isolation boot package hostile matrix \
    shell $(trust_NAMES)
# Partitions that bring a target test of their own, NAME_TARGET_SRCS: it runs on a flash image of its own with the proxy and
# the partitions NAME_SPS
sp_TARGETS := $(foreach s,$(PARTITIONS),$(if $($(s)_TARGET_SRCS),$(s)))
TARGET_TESTS := $(addprefix target_,$(target_NAMES) $(sp_TARGETS))
UNIT_TESTS := $(HOST_TESTS)
HOST_TESTS += $(TARGET_TESTS)
# Tests that make firmware of their own
firmware_SRCS := tests/target/firmware.c platform/lib/uuid.c platform/lib/boot/fip_names.c $(platform_OTP_SRCS)
define target_test
target_$(1)_HOST_SRCS := tests/target/test_$(1).c tests/target/target.c $(harness_SRCS) $(harness_CLIENT_SRCS) \
    $(if $(filter psci%,$(1)),tests/target/target_psci.c) \
    $(if $(filter ffa_mem ffa_chain ffa_notify ffa_soak rpc_memory sp_runtime boot_log,$(1)),tests/target/memory.c tests/harness/harness_mem.c) \
    $(if $(filter boot package trust_%,$(1)),$(firmware_SRCS)) $(if $(filter storage% crypto_persist,$(1)),tests/target/storage_client.c) \
    $(if $(filter ftpm_%,$(1)),tests/target/tpm_client.c $(tpm_SERVER_SRCS))
target_$(1)_HOST_CFLAGS := $(harness_CFLAGS)
endef
$(foreach t,$(target_NAMES),$(eval $(call target_test,$(t))))
define sp_target_test
FLASH_IMAGES += $(1)
$(1)_BL33 := $(B)/proxy.bin
target_$(1)_HOST_SRCS := $($(1)_TARGET_SRCS) tests/target/target.c $(harness_SRCS) $(harness_CLIENT_SRCS)
target_$(1)_HOST_CFLAGS := $(harness_CFLAGS)
endef
$(foreach s,$(sp_TARGETS),$(eval $(call sp_target_test,$(s))))
target_trust_glitch_HOST_SRCS += $(gdb_SRCS) tests/target/glitch.c tests/target/forge.c
target_trust_glitch_HOST_LIBS := -lcrypto
target_context_HOST_SRCS += $(gdb_SRCS)
target_crypto_HOST_LIBS := -lcrypto
# Of the unit tests' known answers, which say <psa/crypto.h>
target_crypto_known_HOST_SRCS += $(addprefix tests/unit/partitions/crypto_vectors_,hash.c cipher.c key.c)
target_crypto_known_HOST_CFLAGS += -idirafter ffa/client
target_crypto_client_HOST_LIBS := -lcrypto
target_crypto_vectors_HOST_LIBS := -lcrypto
target_storage_HOST_LIBS := -lpthread
target_ftpm_policy_HOST_LIBS := -lfdt
target_ftpm_hostile_HOST_SRCS += $(gdb_SRCS) $(ftpm_THREATS_SRCS)
target_isolation_HOST_LIBS := -lfdt
target_device_tree_HOST_LIBS := -lfdt
target_package_HOST_LIBS := -lfdt
target_trust_measured_HOST_LIBS := -lfdt -lcrypto
target_boot_log_HOST_LIBS := -lcrypto

ALL_NEEDS += $(B)/shell/flash.bin $(B)/reference.json $(B)/shell/reference.json

RUN_NEEDS = $(LINUX)/uboot_env.bin $(call linux_needs,$(KERNEL))
# A machine keeps its flash from run to run: what partitions stored, and the OTP
RUN = tests/harness/keep_flash.sh $(FIPTOOL) $(B)/flash.bin $(B)/machine.bin && tests/harness/run_linux.sh --keep --run demo $(LINUX)/$(KERNEL) $(B)/machine.bin
RUN_DEMO_NEEDS := $(B)/demo/flash.bin
RUN_DEMO = tests/harness/keep_flash.sh $(FIPTOOL) $(B)/demo/flash.bin $(B)/demo/machine.bin && tests/harness/run_demo.sh $(B)/demo/machine.bin

TPM_NEEDS := $(OUT)/host/tpm-harness $(TCTI) $(B)/shell/flash.bin
TPM = tests/harness/keep_flash.sh $(FIPTOOL) $(B)/shell/flash.bin $(B)/tpm.bin && $(OUT)/host/tpm-harness --keep --flash $(B)/tpm.bin $(B)/tpm.sock

# A device in QEMU and a verifier: all partitions that attest, under the harness' normal world
FLASH_IMAGES += attest_demo
attest_demo_BL33 := $(B)/proxy.bin
attest_demo_SPS := echo storage crypto attest ftpm
ATTEST_DEMO_NEEDS := $(addprefix $(OUT)/host/,fip-tool ffa-shell tpm-harness) $(TCTI) $(B)/attest_demo/flash.bin $(B)/attest_demo/reference.json
ATTEST_DEMO = tests/harness/attest_demo.sh $(OUT)/host $(B)/attest_demo $(KEYS)
TARGET_TESTS += target_attest_demo
$(OUT)/host/tests/target_attest_demo: tests/target/attest_demo.sh FORCE | $(ATTEST_DEMO_NEEDS)
	$(mkdir)
	$(Q)printf '#!/bin/sh\nexec %s %s\n' $< '$(ATTEST_DEMO)' >$@ && chmod +x $@

# A script as a target test: it makes a partition, in a copy of the tree, with the firmware that was built
TARGET_TESTS += target_new_partition
$(OUT)/host/tests/target_new_partition: tests/target/new_partition.sh FORCE | $(B)/flash.bin $(B)/proxy.bin
	$(mkdir)
	$(Q)printf '#!/bin/sh\n%s exec %s\n' "OUT='$(OUT)' BOARD='$(BOARD)' CROSS='$(CROSS)' SPS='$(SPS)' KEYS='$(abspath $(KEYS))' \
	    MBEDTLS_DIR='$(abspath $(MBEDTLS_DIR))' SYSROOT='$(abspath $(SYSROOT))'" $< >$@ && chmod +x $@

TEST_NEEDS = $(addprefix $(OUT)/host/tests/,$(UNIT_TESTS) $(TARGET_TESTS)) $(addprefix $(OUT)/host/fuzz/,$(FUZZERS)) \
    $(patsubst %,$(B)/%/flash.bin,proxy shell accel peer_flash tpm $(sp_TARGETS)) $(TCTI) $(LINUX_NEEDS)
SOAK = TESSERA_SOAK=1 OUT=$(OUT) TARGET_TESTS='$(TARGET_TESTS)' tests/run_tests.sh
SOAK_FFA = TESSERA_SOAK=1 OUT=$(OUT) TARGET_TESTS=target_ffa_soak tests/run_tests.sh
SOAK_FTPM_NEEDS = $(addprefix $(OUT)/host/tests/target_,$(ftpm_NAMES)) $(B)/tpm/flash.bin $(TCTI)
SOAK_FTPM = TESSERA_SOAK=1 OUT=$(OUT) TARGET_TESTS='$(addprefix target_,$(ftpm_NAMES))' tests/run_tests.sh
TEST = OUT=$(OUT) UNIT_TESTS='$(UNIT_TESTS)' TARGET_TESTS='$(TARGET_TESTS)' FUZZERS='$(FUZZERS)' tests/run_tests.sh

# make new-partition and test-partition: NAME comes from the command line, never from the environment, where others mean something
# else by it. What has the name in the build already; the tests that contain a source of the partition's folder
$(if $(filter command,$(origin NAME)),,$(eval NAME :=))
TAKEN = $(filter $(NAME) test_$(NAME)_service fuzz_$(NAME) target_$(NAME),$(NAMES) $(IMAGES) $(FLASH_IMAGES) $(TARGET_TESTS) obj gen sp linux) \
    $(filter $(NAME)_%,$(.VARIABLES))
tests_of = $(foreach t,$(1),$(if $(findstring $(dir $(firstword $($(NAME)_SRCS))),$($(t)_HOST_SRCS)),$(t)))
ifneq ($(filter test-partition,$(MAKECMDGOALS)),)
$(if $(filter $(NAME),$(PARTITIONS)),,$(error NAME='$(NAME)' must be one of: $(PARTITIONS)))
partition_UNIT := $(strip $(call tests_of,$(UNIT_TESTS)))
partition_FUZZ := $(strip $(call tests_of,$(FUZZERS)))
partition_TARGET := $(sort $(filter target_$(NAME) target_$(NAME)_%,$(TARGET_TESTS)) $(call tests_of,$(TARGET_TESTS)))
$(if $(partition_UNIT)$(partition_FUZZ)$(partition_TARGET),,$(error the partition '$(NAME)' has no tests of its own))
endif
TEST_PARTITION_NEEDS = $(addprefix $(OUT)/host/tests/,$(partition_UNIT) $(partition_TARGET)) \
    $(addprefix $(OUT)/host/fuzz/,$(partition_FUZZ)) $(B)/$(or $(filter $(NAME),$(sp_TARGETS)),proxy)/flash.bin
TEST_PARTITION = OUT=$(OUT) UNIT_TESTS='$(partition_UNIT)' TARGET_TESTS='$(partition_TARGET)' FUZZERS='$(partition_FUZZ)' \
    tests/run_tests.sh

# The benchmarks' program is part of the build, not of the product, so it is not in HOST_PROGS
bench_HOST_SRCS := tests/bench/bench.c tests/bench/bench_record.c tests/bench/bench_crypto.c tests/bench/bench_storage.c tests/bench/bench_ftpm.c tests/bench/bench_steps.c $(gdb_SRCS) tests/bench/bench_attest.c tests/bench/bench_linux.c tests/bench/bench_shares.c tests/bench/bench_size.c tests/target/sp_accel/accel_ops.c \
    tests/harness/harness_mem.c $(harness_SRCS) $(harness_CLIENT_SRCS) $(tpm_SERVER_SRCS)
bench_HOST_CFLAGS := $(harness_CFLAGS) -Iffa/client -Dmbedtls_svc_key_id_t=psa_key_id_t
$(eval $(call host_program,bench))

# A BL33 of U-Boot's size for the boot's cost (docs/performance.md), signed in two ways; with the partitions that the cost has a limit for, and with all
FLASH_IMAGES += bench_rsa bench_p256 bench_rsa_all bench_p256_all
bench_rsa_BL33 := $(B)/proxy_padded.bin
bench_rsa_SPS := echo storage crypto
bench_rsa_KEYS := $(B)/bench_rsa/keys
bench_p256_BL33 := $(B)/proxy_padded.bin
bench_p256_SPS := echo storage crypto
bench_p256_KEYS := $(B)/bench_p256/keys
bench_rsa_all_BL33 := $(B)/proxy_padded.bin
bench_rsa_all_SPS := $(SPS)
bench_rsa_all_KEYS := $(bench_rsa_KEYS)
bench_p256_all_BL33 := $(B)/proxy_padded.bin
bench_p256_all_SPS := $(SPS)
bench_p256_all_KEYS := $(bench_p256_KEYS)
$(B)/proxy_padded.bin: $(B)/proxy.bin
	$(Q)cp $< $@ && truncate -s 971304 $@

$(eval $(call development_keys,$(bench_rsa_KEYS),--key-alg rsa3072))
$(eval $(call development_keys,$(bench_p256_KEYS),--key-alg p256))

BENCH_NEEDS = $(OUT)/host/bench $(patsubst %,$(B)/%/flash.bin,shell attest accel proxy tpm bench_rsa bench_p256 bench_rsa_all bench_p256_all linux) \
    $(LINUX)/uboot_env.bin $(call linux_needs,6.1)
BENCH = $(OUT)/host/bench max $(B) $(B)/bench.json && echo && $(OUT)/host/bench cortex-a57 $(B) $(B)/bench-a57.json
