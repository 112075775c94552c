# SPDX-License-Identifier: BSD-3-Clause
#
# ftpm: TPM 2.0, libtpms over OpenSSL's libcrypto.

PARTITIONS += ftpm
ftpm_UUID := 17b862a4-1806-4faf-86b3-089a58353861
# With two roots each owner has room for four packages
ftpm_OWNER := Plat
LIBTPMS_A := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libtpms.a
$(LIBTPMS_A): | $(DEPS_READY) ;

# The TPM without its surroundings: partition, unit tests, fuzzers
ftpm_ENGINE_SRCS := $(addprefix partitions/ftpm/,ftpm_engine.c ftpm_start.c ftpm_log.c ftpm_state.c ftpm_nv.c ftpm_library.c \
    ftpm_memory.c ftpm_failure.c ftpm_command.c) platform/lib/boot/event_log.c
# Names of libtpms that ftpm_library.c has in their place, and of libc that ftpm_memory.c has
ftpm_WRAP := -Wl,--wrap=_plat__Fail,--wrap=_plat__IsCanceled,--wrap=TimeUpdateToCurrent,--wrap=RSA_set_flags,--wrap=malloc,--wrap=calloc,--wrap=realloc
# The TPM's two services, over any engine
ftpm_FRONT_SRCS := $(addprefix partitions/ftpm/,ftpm_service.c ftpm_crb.c ftpm_notify.c)

# The event log's hashes are Mbed TLS's, as in the boot images
ftpm_SRCS = partitions/ftpm/ftpm_sp.c partitions/ftpm/ftpm_entropy.c partitions/ftpm/ftpm_its.c partitions/ftpm/ftpm_provider.c $(ftpm_FRONT_SRCS) \
    $(ftpm_ENGINE_SRCS) platform/lib/crypto/boot_hash.c \
    partitions/lib/posix_shim.c partitions/lib/posix_refuse.S $(client_SVC_SRCS)
# Where the normal world sees the pages of the manifest's region "crb"
ftpm_CRB_ADDRESS := $(shell awk '$$2 == "NS_TPM_CRB_BASE" { print $$3 }' platform/boards/$(BOARD)/board.h)
ftpm_CFLAGS = -DFTPM_CRB_ADDRESS=$(ftpm_CRB_ADDRESS) -isystem $(MBEDTLS_DIR)/include -isystem $(SYSROOT)/usr/include/aarch64-linux-gnu '-DMBEDTLS_CONFIG_FILE="platform/external/mbedtls_psa.h"'
ftpm_LIBS = $(addprefix $(B)/obj/mbedtls_psa/,sha256.o sha512.o platform_util.o) $(LIBTPMS_A) $(LIBCRYPTO_A)
# Its TPM 1.2 is not to be linked: in its place the interface that refuses
ftpm_LDFLAGS := $(ftpm_WRAP) -Wl,--defsym=TPM12Interface=DisabledInterface

HOST_TESTS += test_ftpm_nv
test_ftpm_nv_HOST_SRCS := tests/unit/partitions/test_ftpm_nv.c partitions/ftpm/ftpm_nv.c
test_ftpm_nv_HOST_CFLAGS := $(sp_TEST_CFLAGS) -iquote partitions/ftpm -I.

# The engine over Debian's libtpms for the build machine, statically: its variables are needed. Programs that link it (tests, fuzzers) take
# ftpm_HOST_ENGINE_SRCS, ftpm_HOST_CFLAGS and ftpm_HOST_LIBS
ftpm_HOST_ENGINE_SRCS = $(ftpm_ENGINE_SRCS) $(platform_HASH_DOUBLE)
ftpm_HOST_CFLAGS := $(sp_TEST_CFLAGS) -iquote partitions/ftpm -iquote tests/unit/partitions -I.
ftpm_HOST_LIBS := $(ftpm_WRAP) -l:libtpms.a -lcrypto
ftpm_CASE_SRCS = tests/unit/partitions/ftpm_case.c $(ftpm_HOST_ENGINE_SRCS)
HOST_TESTS += test_ftpm_engine
test_ftpm_engine_HOST_SRCS = tests/unit/partitions/test_ftpm_engine.c $(ftpm_CASE_SRCS)
test_ftpm_engine_HOST_CFLAGS = $(ftpm_HOST_CFLAGS)
test_ftpm_engine_HOST_LIBS = $(ftpm_HOST_LIBS)
HOST_TESTS += test_ftpm_life
test_ftpm_life_HOST_SRCS = tests/unit/partitions/test_ftpm_life.c $(ftpm_CASE_SRCS)
test_ftpm_life_HOST_CFLAGS = $(ftpm_HOST_CFLAGS)
test_ftpm_life_HOST_LIBS = $(ftpm_HOST_LIBS)
# With memory that runs out when told to
HOST_TESTS += test_ftpm_faults
test_ftpm_faults_HOST_SRCS = tests/unit/partitions/test_ftpm_faults.c tests/unit/partitions/ftpm_alloc.c $(ftpm_CASE_SRCS)
test_ftpm_faults_HOST_CFLAGS = $(ftpm_HOST_CFLAGS) $(foreach f,malloc calloc realloc,-D__real_$(f)=alloc_$(f)) -D__real_RSA_set_flags=case_rsa_flags
test_ftpm_faults_HOST_LIBS = $(ftpm_HOST_LIBS)

HOST_TESTS += test_posix_shim
test_posix_shim_HOST_SRCS := tests/unit/partitions/test_posix_shim.c partitions/lib/posix_shim.c
test_posix_shim_HOST_CFLAGS := $(sp_TEST_CFLAGS) -include tests/unit/partitions/posix_shim_names.h
HOST_TESTS += test_ftpm_entropy
test_ftpm_entropy_HOST_SRCS = tests/unit/partitions/test_ftpm_entropy.c partitions/ftpm/ftpm_entropy.c partitions/ftpm/ftpm_its.c $(platform_HASH_DOUBLE)
test_ftpm_entropy_HOST_CFLAGS = $(ftpm_HOST_CFLAGS)
test_ftpm_entropy_HOST_LIBS := -lcrypto
