# SPDX-License-Identifier: BSD-3-Clause
#
# FF-A for the normal world: the client library and the demo payload.

# Discovery, Trusted Services RPC, PSA Crypto: any bare-metal image or host program; add a transport
client_SRCS := ffa/client/ts_rpc.c ffa/client/psa_crypto.c ffa/abi/ts_tlv.c
client_SHARE_SRCS := ffa/client/share.c
client_SMC_SRCS := ffa/client/transport_smc.c $(client_SHARE_SRCS) ffa/client/smc_call.S

PAYLOADS += demo
demo_LDS := ffa/demo/demo.ld.S
demo_CFLAGS := -mgeneral-regs-only
demo_SRCS := ffa/demo/demo_entry.S ffa/demo/demo_main.c ffa/demo/demo_board.c $(client_SRCS) $(client_SMC_SRCS) \
    $(platform_MMU_SRCS) $(platform_LIB_SRCS) $(platform_LOG_ALONE_SRCS) $(platform_FATAL_EL1_SRCS) platform/lib/uuid.c platform/drivers/pl011.c

HOST_TESTS += test_ts_tlv test_ts_rpc test_share test_psa_client
test_ts_tlv_HOST_SRCS := tests/unit/ffa/test_ts_tlv.c ffa/abi/ts_tlv.c
test_ts_rpc_HOST_SRCS := tests/unit/ffa/test_ts_rpc.c ffa/client/ts_rpc.c
test_share_HOST_SRCS := tests/unit/ffa/test_share.c ffa/client/share.c
test_psa_client_HOST_SRCS := tests/unit/ffa/test_psa_client.c $(client_SRCS)

FUZZERS += fuzz_ts_tlv fuzz_ts_client
fuzz_ts_tlv_HOST_SRCS := tests/fuzz/fuzz_ts_tlv.c ffa/abi/ts_tlv.c
fuzz_ts_client_HOST_SRCS := tests/fuzz/fuzz_ts_client.c $(client_SRCS)
