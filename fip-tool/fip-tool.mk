# SPDX-License-Identifier: BSD-3-Clause
#
# Sources of fip-tool. The readers are the firmware's own (platform/lib/boot).

fip-tool_READER_SRCS := $(platform_FIP_SRCS) $(platform_SP_SRCS)
fip-tool_HOST_SRCS := fip-tool/main.c fip-tool/commands.c fip-tool/args.c fip-tool/util.c fip-tool/fip_file.c fip-tool/fip_write.c \
    fip-tool/cmd_create.c fip-tool/cmd_info.c fip-tool/cmd_update.c fip-tool/cmd_remove.c fip-tool/cmd_unpack.c \
    fip-tool/cmd_sp_pack.c fip-tool/sp_pack.c fip-tool/cmd_flash.c $(fip-tool_READER_SRCS)
fip-tool_HOST_LIBS := -lfdt
HOST_PROGS += fip-tool

HOST_TESTS += test_fip test_sp_pkg
test_fip_HOST_SRCS := tests/unit/platform/test_fip.c platform/lib/boot/fip.c platform/lib/boot/fip_names.c
test_sp_pkg_HOST_SRCS := tests/unit/platform/test_sp_pkg.c platform/lib/boot/sp_pkg.c

fip-tool_TEST_SRCS := tests/unit/fip-tool/tool_support.c $(filter-out fip-tool/main.c,$(fip-tool_HOST_SRCS))
HOST_TESTS += test_fip_tool test_fip_tool_sp_pack test_fip_tool_sp_pack_manifest test_fip_tool_oracle
test_fip_tool_HOST_SRCS := tests/unit/fip-tool/test_fip_tool.c $(fip-tool_TEST_SRCS)
test_fip_tool_HOST_LIBS := -lfdt
test_fip_tool_sp_pack_HOST_SRCS := tests/unit/fip-tool/test_sp_pack.c $(platform_PACKAGE_SUPPORT) $(fip-tool_TEST_SRCS)
test_fip_tool_sp_pack_HOST_LIBS := -lfdt
test_fip_tool_sp_pack_manifest_HOST_SRCS := tests/unit/fip-tool/test_sp_pack_manifest.c $(platform_PACKAGE_SUPPORT) \
    $(fip-tool_TEST_SRCS)
test_fip_tool_sp_pack_manifest_HOST_LIBS := -lfdt
test_fip_tool_oracle_HOST_SRCS := tests/unit/fip-tool/test_oracle.c $(fip-tool_TEST_SRCS)
test_fip_tool_oracle_HOST_LIBS := -lfdt

FUZZERS += fuzz_fip fuzz_sp_pkg
fuzz_fip_HOST_SRCS := tests/fuzz/fuzz_fip.c $(platform_FIP_SRCS)
fuzz_sp_pkg_HOST_SRCS := tests/fuzz/fuzz_sp_pkg.c platform/lib/boot/sp_pkg.c
