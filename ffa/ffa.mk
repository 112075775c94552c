# SPDX-License-Identifier: BSD-3-Clause
#
# FF-A for the normal world: the client library and the demo payload.

# Discovery, Trusted Services RPC, the PSA APIs: any bare-metal image or host program; add a transport
client_STORAGE_SRCS := ffa/client/ts_rpc.c ffa/client/psa_client.c ffa/client/default_none.c ffa/client/psa_storage.c ffa/client/psa_its.c ffa/client/psa_ps.c
client_CRYPTO_SRCS := ffa/client/psa_crypto.c ffa/client/psa_crypto_keys.c ffa/client/psa_crypto_sign.c ffa/client/psa_crypto_hash.c \
    ffa/client/psa_crypto_mac.c ffa/client/psa_crypto_cipher.c ffa/client/psa_crypto_aead.c ffa/client/psa_crypto_derive.c
client_ATTEST_SRCS := ffa/client/psa_attest.c
client_SRCS := $(client_STORAGE_SRCS) $(client_CRYPTO_SRCS) $(client_ATTEST_SRCS) ffa/abi/ts_tlv.c
# For a partition, which has ts_tlv.c in its runtime
client_SVC_SRCS := $(client_STORAGE_SRCS) ffa/client/transport_svc.c
client_TEE_SRCS := ffa/client/transport_tee.c ffa/client/transport_tee_linux.c
client_SHARE_SRCS := ffa/client/share.c
# TPM behind the command response buffer; with the first list
client_TPM_SRCS := ffa/client/tpm_crb.c
client_SMC_SRCS := ffa/client/transport_smc.c $(client_SHARE_SRCS) ffa/client/smc_call.S

PAYLOADS += demo
demo_LDS := ffa/demo/demo.ld.S
demo_CFLAGS := -mgeneral-regs-only
demo_SRCS := ffa/demo/demo_entry.S ffa/demo/demo_main.c ffa/demo/demo_board.c $(client_SRCS) $(client_SMC_SRCS) \
    $(platform_MMU_SRCS) $(platform_LIB_SRCS) $(platform_LOG_ALONE_SRCS) $(platform_FATAL_EL1_SRCS) platform/lib/uuid.c platform/drivers/pl011.c

HOST_TESTS += test_psa_attest
test_psa_attest_HOST_SRCS := tests/unit/ffa/test_psa_attest.c tests/unit/ffa/client_fake.c $(client_SRCS)
HOST_TESTS += test_ts_tlv test_ts_rpc test_share test_psa_client test_psa_crypto test_psa_storage test_transport test_transport_tee
test_ts_tlv_HOST_SRCS := tests/unit/ffa/test_ts_tlv.c ffa/abi/ts_tlv.c
test_ts_rpc_HOST_SRCS := tests/unit/ffa/test_ts_rpc.c ffa/client/ts_rpc.c
test_share_HOST_SRCS := tests/unit/ffa/test_share.c ffa/client/share.c
client_FAKE_SRCS := tests/unit/ffa/client_fake.c $(client_SRCS)
test_psa_client_HOST_SRCS := tests/unit/ffa/test_psa_client.c $(client_FAKE_SRCS)
test_psa_crypto_HOST_SRCS := tests/unit/ffa/test_psa_crypto.c $(client_FAKE_SRCS)
test_transport_HOST_SRCS := tests/unit/ffa/test_transport.c ffa/client/transport_smc.c ffa/client/transport_svc.c $(client_SHARE_SRCS)
test_transport_tee_HOST_SRCS := tests/unit/ffa/test_transport_tee.c $(client_SRCS) $(client_TEE_SRCS)
test_psa_storage_HOST_SRCS := tests/unit/ffa/test_psa_storage.c $(client_FAKE_SRCS)

# The kernel's side of the TPM against the partition's
HOST_TESTS += test_tessera_crb
test_tessera_crb_HOST_SRCS := tests/unit/ffa/test_tessera_crb.c ffa/linux/tessera_crb.c ffa/client/tpm_crb.c $(tpm_FAKE_SRCS)
test_tessera_crb_HOST_CFLAGS := $(ftpm_IF_CFLAGS) -iquote ffa/linux -I tests/fake
# The rest of the module that has a logic of its own, on a kernel that stands still while nobody waits
HOST_TESTS += test_tessera_mem test_tessera_call test_tessera_tee
KERNEL_STYLE := -Wno-unused-parameter -Wno-switch-enum -Wno-sign-compare # not what that tree is compiled with
$(foreach t,mem call tee,$(eval test_tessera_$(t)_HOST_SRCS := tests/unit/ffa/test_tessera_$(t).c tests/fake/linux_model.c ffa/linux/tessera_$(t).c))
$(foreach t,mem tee,$(eval test_tessera_$(t)_HOST_SRCS += tests/unit/ffa/module_fake.c))
$(foreach t,mem call tee,$(eval test_tessera_$(t)_HOST_CFLAGS := -iquote ffa/linux -I tests/fake $(KERNEL_STYLE)))

FUZZERS += fuzz_ts_tlv fuzz_ts_client
fuzz_ts_tlv_HOST_SRCS := tests/fuzz/fuzz_ts_tlv.c ffa/abi/ts_tlv.c
fuzz_ts_client_HOST_SRCS := tests/fuzz/fuzz_ts_client.c $(client_SRCS)

# tessera.ko: SRC is a folder with all that its makefiles need, for DKMS (/usr/src/tessera-1.0) or a kernel's tree; it is copied
# for each kernel, whose own makefiles compile it there
TESSERA_KO_SRCS := $(wildcard ffa/linux/*.[ch] ffa/linux/std/*.h) ffa/linux/Kbuild ffa/linux/Kconfig ffa/linux/dkms.conf
TESSERA_KO_SHARED := $(wildcard ffa/abi/*.h) platform/include/errors.h ffa/client/tpm_crb.c ffa/client/tpm_crb.h ffa/client/ts_rpc.h \
    ffa/client/transport.h
TESSERA_KO_SRC := $(OUT)/tessera-1.0
ALL_NEEDS += $(TESSERA_KO_SRC)/.stamp
$(TESSERA_KO_SRC)/.stamp: $(TESSERA_KO_SRCS) $(TESSERA_KO_SHARED)
	$(call say,COPY)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)cd ffa/linux && cp -p --parents $(TESSERA_KO_SRCS:ffa/linux/%=%) $(abspath $(@D))
	$(Q)cp -p --parents $(TESSERA_KO_SHARED) $(@D)
	@touch $@

# $(call tessera_ko,SERIES)
define tessera_ko
$(B)/linux/$(1)/tessera/tessera.ko: $(TESSERA_KO_SRC)/.stamp $(if $(filter $(LINUX_SID_SERIES),$(1)),$(LINUX_SID_READY),$(LINUX_READY))
	$$(call say,MODULE)
	$$(mkdir)
	$$(Q)cp -rp $(TESSERA_KO_SRC)/. $$(@D)
	$$(Q)$$(call kernel_module,$(1),$$(@D))
endef
$(foreach s,$(LINUX_SERIES) $(LINUX_SID_SERIES),$(eval $(call tessera_ko,$(s))))

include ffa/user.mk
