# SPDX-License-Identifier: BSD-3-Clause
#
# Sources of fip-tool. The readers are the firmware's own (platform/lib/boot).

fip-tool_READER_SRCS := $(platform_FIP_SRCS) $(platform_SP_SRCS)
# The boot's own verification and measurement, for verify, measure, certs and sign
fip-tool_BOOT_SRCS = $(platform_CHAIN_SRCS) $(platform_CRYPTO_HOST_SRCS) $(platform_OTP_SRCS) $(bl2_CONFIG_SRCS) \
    platform/lib/boot/event_log.c platform/lib/boot/critical_data.c platform/lib/boot/boot_facts.c fip-tool/memory.c
fip-tool_TRUST_SRCS := fip-tool/walk.c fip-tool/policy.c fip-tool/refusal.c fip-tool/show.c fip-tool/json.c \
    fip-tool/cmd_verify.c fip-tool/cmd_measure.c
fip-tool_SIGN_SRCS := fip-tool/keys.c fip-tool/cert_write.c fip-tool/cert_plan.c fip-tool/cert_attach.c \
    fip-tool/sign_json.c fip-tool/cmd_certs.c fip-tool/cmd_sign.c
# Tokens and quotes
fip-tool_CLAIM_SRCS := fip-tool/attest_reason.c fip-tool/cbor_form.c fip-tool/token_read.c fip-tool/token_signed.c fip-tool/json.c
fip-tool_ATTEST_SRCS := $(filter-out fip-tool/json.c,$(fip-tool_CLAIM_SRCS)) fip-tool/attest_key.c fip-tool/token_show.c \
    fip-tool/token_check.c fip-tool/reference.c fip-tool/reference_read.c fip-tool/quote_read.c fip-tool/quote_show.c \
    fip-tool/quote_check.c fip-tool/cmd_token.c fip-tool/cmd_quote.c
fip-tool_LIBS := -lfdt -lcrypto -lcbor -ljansson
fip-tool_HOST_SRCS = fip-tool/main.c fip-tool/commands.c fip-tool/args.c fip-tool/util.c fip-tool/fip_file.c fip-tool/fip_write.c \
    fip-tool/cmd_create.c fip-tool/cmd_info.c fip-tool/cmd_update.c fip-tool/cmd_remove.c fip-tool/cmd_unpack.c \
    fip-tool/cmd_sp_pack.c fip-tool/sp_pack.c fip-tool/cmd_flash.c fip-tool/cmd_provision.c $(fip-tool_TRUST_SRCS) $(fip-tool_SIGN_SRCS) $(fip-tool_ATTEST_SRCS) \
    $(sort $(fip-tool_READER_SRCS) $(fip-tool_BOOT_SRCS))
fip-tool_HOST_CFLAGS = $(MBEDTLS_BOOT_CONFIG)
fip-tool_HOST_LIBS := $(fip-tool_LIBS)
$(OUT)/host/fip-tool: $(MBEDTLS_BOOT_HOST_OBJS)
HOST_PROGS += fip-tool

HOST_TESTS += test_fip test_sp_pkg
test_fip_HOST_SRCS := tests/unit/platform/test_fip.c platform/lib/boot/fip.c platform/lib/boot/fip_names.c
test_sp_pkg_HOST_SRCS := tests/unit/platform/test_sp_pkg.c platform/lib/boot/sp_pkg.c

fip-tool_TEST_SRCS = tests/unit/fip-tool/tool_support.c $(filter-out fip-tool/main.c,$(fip-tool_HOST_SRCS))
# $(call fip_tool_test,NAME,SOURCES): a test that runs the whole tool in its own process
define fip_tool_test
HOST_TESTS += $(1)
$(1)_HOST_SRCS = $(2) $$(fip-tool_TEST_SRCS)
$(1)_HOST_CFLAGS = $$(MBEDTLS_BOOT_CONFIG)
$(1)_HOST_LIBS := $(fip-tool_LIBS)
$(OUT)/host/tests/$(1): $$(MBEDTLS_BOOT_TEST_OBJS)
endef
$(eval $(call fip_tool_test,test_fip_tool,tests/unit/fip-tool/test_fip_tool.c))
$(eval $(call fip_tool_test,test_fip_tool_sp_pack,tests/unit/fip-tool/test_sp_pack.c $(platform_PACKAGE_SUPPORT)))
$(eval $(call fip_tool_test,test_fip_tool_sp_pack_manifest,tests/unit/fip-tool/test_sp_pack_manifest.c $(platform_PACKAGE_SUPPORT)))
$(eval $(call fip_tool_test,test_fip_tool_oracle,tests/unit/fip-tool/test_oracle.c))
fip-tool_TRUST_TEST_SRCS := tests/unit/fip-tool/trust_support.c tests/unit/fip-tool/json_check.c
$(eval $(call fip_tool_test,test_fip_tool_verify,tests/unit/fip-tool/test_verify.c $(fip-tool_TRUST_TEST_SRCS)))
$(eval $(call fip_tool_test,test_fip_tool_verify_board,tests/unit/fip-tool/test_verify_board.c $(fip-tool_TRUST_TEST_SRCS)))
$(eval $(call fip_tool_test,test_fip_tool_measure,tests/unit/fip-tool/test_measure.c $(fip-tool_TRUST_TEST_SRCS)))
HOST_TESTS += test_fip_tool_load_order
test_fip_tool_load_order_HOST_SRCS := tests/unit/fip-tool/test_load_order.c bl2/bl2_images.c platform/lib/boot/cot.c
test_fip_tool_load_order_HOST_CFLAGS := -iquote platform/boards/qemu_virt
$(eval $(call fip_tool_test,test_fip_tool_json,tests/unit/fip-tool/test_json.c tests/unit/fip-tool/json_check.c))
$(eval $(call fip_tool_test,test_fip_tool_certs_oracle,tests/unit/fip-tool/test_certs_oracle.c \
    tests/unit/fip-tool/certs_support.c $(fip-tool_TRUST_TEST_SRCS)))
$(eval $(call fip_tool_test,test_fip_tool_sign,tests/unit/fip-tool/test_sign.c tests/unit/fip-tool/certs_support.c))
$(eval $(call fip_tool_test,test_fip_tool_certs,tests/unit/fip-tool/test_certs.c tests/unit/fip-tool/certs_support.c))
fip-tool_ATTEST_TEST_SRCS := tests/unit/fip-tool/attest_support.c $(fip-tool_TRUST_TEST_SRCS)
$(eval $(call fip_tool_test,test_fip_tool_token,tests/unit/fip-tool/test_token.c $(fip-tool_ATTEST_TEST_SRCS)))
$(eval $(call fip_tool_test,test_fip_tool_quote,tests/unit/fip-tool/test_quote.c $(fip-tool_ATTEST_TEST_SRCS)))
test_fip_tool_quote_HOST_LIBS += -Wl,--wrap=EVP_Digest
$(eval $(call fip_tool_test,test_fip_tool_provision,tests/unit/fip-tool/test_provision.c))

FUZZERS += fuzz_fip fuzz_sp_pkg
fuzz_fip_HOST_SRCS := tests/fuzz/fuzz_fip.c $(platform_FIP_SRCS)
fuzz_sp_pkg_HOST_SRCS := tests/fuzz/fuzz_sp_pkg.c platform/lib/boot/sp_pkg.c
FUZZERS += fuzz_token fuzz_quote
fuzz_token_HOST_SRCS := tests/fuzz/fuzz_token.c $(fip-tool_CLAIM_SRCS)
fuzz_token_HOST_LIBS := -lcbor
fuzz_quote_HOST_SRCS := tests/fuzz/fuzz_quote.c fip-tool/quote_read.c $(platform_HASH_DOUBLE)
fuzz_quote_HOST_LIBS := -lcrypto
