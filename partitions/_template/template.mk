# SPDX-License-Identifier: BSD-3-Clause
#
# template: keeps a note for each client.

PARTITIONS += template
template_UUID := 0c7bc81a-2efd-4c21-8ea9-44a3790015db
template_DTS := partitions/_template/manifest.dts
template_SRCS := partitions/_template/template_sp.c \
    partitions/_template/template_service.c

HOST_TESTS += test_template_service
test_template_service_HOST_SRCS := partitions/_template/tests/test_template_service.c \
    partitions/_template/template_service.c
test_template_service_HOST_CFLAGS := $(sp_TEST_CFLAGS)

FUZZERS += fuzz_template
fuzz_template_HOST_SRCS := partitions/_template/tests/fuzz_template.c \
    partitions/_template/template_service.c
fuzz_template_HOST_CFLAGS := $(sp_TEST_CFLAGS)

# In QEMU, on a flash image with the partitions of template_SPS
template_TARGET_SRCS := partitions/_template/tests/target_template.c
template_SPS := template
