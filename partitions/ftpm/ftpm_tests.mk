# SPDX-License-Identifier: BSD-3-Clause
#
# Tests of the TPM's interfaces: command response buffer, RPC, client, commands into the engine.

ftpm_IF_SRCS := partitions/ftpm/ftpm_crb.c partitions/ftpm/ftpm_notify.c
ftpm_IF_CFLAGS := $(sp_TEST_CFLAGS) -iquote partitions/ftpm

HOST_TESTS += test_ftpm_crb
test_ftpm_crb_HOST_SRCS := tests/unit/partitions/test_ftpm_crb.c tests/unit/partitions/crb_case.c $(ftpm_IF_SRCS)
test_ftpm_crb_HOST_CFLAGS := $(ftpm_IF_CFLAGS)

HOST_TESTS += test_ftpm_service
ftpm_SERVICE_SRCS := $(ftpm_IF_SRCS) partitions/ftpm/ftpm_service.c partitions/lib/sp_rpc.c
test_ftpm_service_HOST_SRCS := tests/unit/partitions/test_ftpm_service.c $(ftpm_SERVICE_SRCS)
test_ftpm_service_HOST_CFLAGS := $(ftpm_IF_CFLAGS)

# The client against the service
HOST_TESTS += test_tpm_crb
tpm_FAKE_SRCS := tests/unit/ffa/tpm_fake.c $(ftpm_SERVICE_SRCS)
test_tpm_crb_HOST_SRCS := tests/unit/ffa/test_tpm_crb.c ffa/client/tpm_crb.c ffa/client/ts_rpc.c $(tpm_FAKE_SRCS)
test_tpm_crb_HOST_CFLAGS := $(ftpm_IF_CFLAGS)

FUZZERS += fuzz_ftpm_crb
fuzz_ftpm_crb_HOST_SRCS := tests/fuzz/fuzz_ftpm_crb.c $(ftpm_IF_SRCS)
fuzz_ftpm_crb_HOST_CFLAGS := $(ftpm_IF_CFLAGS) -include tests/fuzz/crb_race.h

# Known attacks, for the native engine here and the firmware in tests/target
ftpm_THREATS_SRCS := tests/unit/partitions/ftpm_threats.c tests/unit/partitions/tpm_talk.c
HOST_TESTS += test_ftpm_threats
test_ftpm_threats_HOST_SRCS = tests/unit/partitions/test_ftpm_threats.c $(ftpm_THREATS_SRCS) $(ftpm_CASE_SRCS)
test_ftpm_threats_HOST_CFLAGS = $(ftpm_HOST_CFLAGS)
test_ftpm_threats_HOST_LIBS = $(ftpm_HOST_LIBS)

# Commands into libtpms
FUZZERS += fuzz_ftpm_command
fuzz_ftpm_command_HOST_SRCS := tests/fuzz/fuzz_ftpm_command.c tests/fuzz/ftpm_parameters.c \
    $(addprefix partitions/ftpm/,ftpm_library.c ftpm_memory.c ftpm_command.c)
fuzz_ftpm_command_HOST_CFLAGS = $(ftpm_HOST_CFLAGS)
fuzz_ftpm_command_HOST_LIBS = $(ftpm_HOST_LIBS)
