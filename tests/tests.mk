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

# proxy: the tests' flash image: firmware and partitions of the product, the peers, the proxy as BL33.
# shell: the product's firmware and partitions under the proxy, for ffa-shell and benchmarks; demo: under the demo payload
FLASH_IMAGES += proxy shell demo
proxy_BL33 := $(B)/proxy.bin
proxy_SPS := echo crypto sp_peer sp_peer2 sp_peer3 sp_peer4
shell_BL33 := $(B)/proxy.bin
shell_SPS := $(SPS)
demo_BL33 := $(B)/demo.bin
demo_SPS := $(SPS)

harness_SRCS := tests/harness/harness.c tests/harness/harness_smp.c tests/harness/harness_context.c tests/harness/qemu.c tests/harness/ffa_names.c
client_SRCS := tests/harness/transport_harness.c ffa/client/psa_crypto.c ffa/client/ts_rpc.c ffa/client/share.c ffa/abi/ts_tlv.c
gdb_SRCS := tests/harness/gdb.c
harness_CFLAGS := '-DTESSERA_PROXY_FLASH="$(B)/proxy/flash.bin"' '-DTESSERA_SHELL_FLASH="$(B)/shell/flash.bin"' \
    '-DTESSERA_BOARD="$(BOARD)"' '-DTESSERA_LINUX="$(B)/linux"' '-DTESSERA_PROXY_BIN="$(B)/proxy.bin"' '-DTESSERA_IMAGES="$(B)"' \
    '-DTESSERA_FIP_TOOL="$(FIPTOOL)"' '-DTESSERA_FFA_SHELL="$(OUT)/host/ffa-shell"' '-DTESSERA_KEYS="$(KEYS)"' \
    '-DTESSERA_ECHO_PACKAGE="$(echo_UUID)"' '-DTESSERA_CRYPTO_PACKAGE="$(crypto_UUID)"' \
    '-DTESSERA_PEER_PACKAGE="$(sp_peer_UUID)"' '-DTESSERA_PEER2_PACKAGE="$(sp_peer2_UUID)"' \
    '-DTESSERA_PEER3_PACKAGE="$(sp_peer3_UUID)"' '-DTESSERA_PEER4_PACKAGE="$(sp_peer4_UUID)"'

HOST_PROGS += ffa-shell
ffa-shell_HOST_SRCS := tests/harness/ffa_shell.c tests/harness/ffa_shell_commands.c tests/harness/ffa_shell_crypto.c \
    $(harness_SRCS) $(client_SRCS)
ffa-shell_HOST_CFLAGS := $(harness_CFLAGS)
ffa-shell_HOST_LIBS := -ledit

# Target tests: one program each, in the order in which they are started (as many at a time as there are processors): the longest first
trust_NAMES := trust_tamper trust_rollback trust_rotation trust_interop trust_measured trust_keys trust_glitch
target_NAMES := linux harness ffa_setup ffa_rxtx ffa_direct ffa_sp sp_runtime ffa_mem ffa_chain ffa_notify ffa_soak registers context power psci psci_sleep interrupts devices smc_sweep hotplug ffa_smp arch device_tree crypto rpc_memory isolation boot package hostile matrix \
    shell $(trust_NAMES)
TARGET_TESTS := $(addprefix target_,$(target_NAMES))
UNIT_TESTS := $(HOST_TESTS)
HOST_TESTS += $(TARGET_TESTS)
# Tests that make firmware of their own
firmware_SRCS := tests/target/firmware.c platform/lib/uuid.c platform/lib/boot/fip_names.c $(platform_OTP_SRCS)
define target_test
target_$(1)_HOST_SRCS := tests/target/test_$(1).c tests/target/target.c $(harness_SRCS) $(client_SRCS) \
    $(if $(filter psci%,$(1)),tests/target/target_psci.c) \
    $(if $(filter ffa_mem ffa_chain ffa_notify ffa_soak rpc_memory sp_runtime,$(1)),tests/target/memory.c tests/harness/harness_mem.c) \
    $(if $(filter boot package trust_%,$(1)),$(firmware_SRCS))
target_$(1)_HOST_CFLAGS := $(harness_CFLAGS)
endef
$(foreach t,$(target_NAMES),$(eval $(call target_test,$(t))))
target_trust_glitch_HOST_SRCS += $(gdb_SRCS) tests/target/glitch.c tests/target/forge.c
target_trust_glitch_HOST_LIBS := -lcrypto
target_context_HOST_SRCS += $(gdb_SRCS)
target_crypto_HOST_LIBS := -lcrypto
target_isolation_HOST_LIBS := -lfdt
target_device_tree_HOST_LIBS := -lfdt
target_package_HOST_LIBS := -lfdt
target_trust_measured_HOST_LIBS := -lfdt -lcrypto

ALL_NEEDS := $(B)/shell/flash.bin

RUN_NEEDS = $(LINUX)/uboot_env.bin $(addprefix $(LINUX)/$(firstword $(LINUX_SERIES))/,Image initrd.gz)
RUN = tests/harness/run_linux.sh $(if $(filter-out $(SPS),echo crypto),--no-calls) $(LINUX)/$(firstword $(LINUX_SERIES)) $(B)/flash.bin
RUN_DEMO_NEEDS := $(B)/demo/flash.bin
RUN_DEMO = tests/harness/run_demo.sh $(B)/demo/flash.bin

TEST_NEEDS = $(addprefix $(OUT)/host/tests/,$(UNIT_TESTS) $(TARGET_TESTS)) $(addprefix $(OUT)/host/fuzz/,$(FUZZERS)) \
    $(B)/proxy/flash.bin $(B)/shell/flash.bin $(LINUX_NEEDS)
SOAK = TESSERA_SOAK=1 OUT=$(OUT) TARGET_TESTS='$(TARGET_TESTS)' tests/run_tests.sh
SOAK_FFA = TESSERA_SOAK=1 OUT=$(OUT) TARGET_TESTS=target_ffa_soak tests/run_tests.sh
TEST = OUT=$(OUT) UNIT_TESTS='$(UNIT_TESTS)' TARGET_TESTS='$(TARGET_TESTS)' FUZZERS='$(FUZZERS)' tests/run_tests.sh

# The benchmarks' program is part of the build, not of the product, so it is not in HOST_PROGS
bench_HOST_SRCS := tests/bench/bench.c tests/harness/harness_mem.c $(harness_SRCS) $(client_SRCS)
bench_HOST_CFLAGS := $(harness_CFLAGS)
$(eval $(call host_program,bench))

# A BL33 of U-Boot's size for the boot's cost (docs/performance.md), signed in two ways
FLASH_IMAGES += bench_rsa bench_p256
bench_rsa_BL33 := $(B)/proxy_padded.bin
bench_rsa_SPS := $(SPS)
bench_rsa_KEYS := $(B)/bench_rsa/keys
bench_p256_BL33 := $(B)/proxy_padded.bin
bench_p256_SPS := $(SPS)
bench_p256_KEYS := $(B)/bench_p256/keys
$(B)/proxy_padded.bin: $(B)/proxy.bin
	$(Q)cp $< $@ && truncate -s 971304 $@

$(eval $(call development_keys,$(bench_rsa_KEYS),--key-alg rsa3072))
$(eval $(call development_keys,$(bench_p256_KEYS),--key-alg p256))

BENCH_NEEDS := $(OUT)/host/bench $(B)/shell/flash.bin $(B)/proxy/flash.bin $(B)/bench_rsa/flash.bin $(B)/bench_p256/flash.bin
BENCH = $(OUT)/host/bench max $(B) $(B)/bench.json && echo && $(OUT)/host/bench cortex-a57 $(B) $(B)/bench-a57.json
