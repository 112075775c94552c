# SPDX-License-Identifier: BSD-3-Clause
#
# The partition runtime and the partitions. `make SPS=` chooses which go into the FIP.

sp_LDS := partitions/lib/sp.ld.S
sp_LIB_SRCS := partitions/lib/sp_crt0.S partitions/lib/sp_call.S partitions/lib/sp_loop.S partitions/lib/sp_copy.S partitions/lib/sp_start.c \
    partitions/lib/sp_boot.c partitions/lib/sp_run.c partitions/lib/sp_log.c partitions/lib/sp_die.c \
    partitions/lib/sp_error.c partitions/lib/sp_request.c partitions/lib/sp_interrupt.c partitions/lib/sp_notify.c partitions/lib/sp_mem.c \
    partitions/lib/sp_rxtx.c partitions/lib/sp_time.c partitions/lib/sp_clock.c partitions/lib/sp_counter.c partitions/lib/sp_auxv.c partitions/lib/sp_rpc.c ffa/abi/ts_tlv.c platform/lib/string.c

# A partition that uses FP registers has them switched in each of its turns: the runtime leaves that to those that need them
sp_LIB_CFLAGS := -mgeneral-regs-only
# memcpy() and memset() use them for 1 KiB and more
$(B)/obj/sp_lib/partitions/lib/sp_copy.S.o: sp_LIB_CFLAGS :=

HOST_TESTS += test_sp_boot test_sp_rpc test_sp_time test_sp_request test_sp_run test_sp_notify test_sp_mem test_sp_counter test_sp_clock
sp_TEST_CFLAGS := -iquote partitions/lib
test_sp_boot_HOST_SRCS := tests/unit/partitions/test_sp_boot.c partitions/lib/sp_boot.c
test_sp_boot_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_time_HOST_SRCS := tests/unit/partitions/test_sp_time.c partitions/lib/sp_time.c
test_sp_time_HOST_CFLAGS := $(sp_TEST_CFLAGS)
svc_SRCS := tests/unit/partitions/svc.c partitions/lib/sp_error.c
test_sp_request_HOST_SRCS := tests/unit/partitions/test_sp_request.c partitions/lib/sp_request.c $(svc_SRCS)
test_sp_request_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_run_HOST_SRCS := tests/unit/partitions/test_sp_run.c partitions/lib/sp_run.c partitions/lib/sp_interrupt.c \
    partitions/lib/sp_time.c $(svc_SRCS)
test_sp_run_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_counter_HOST_SRCS := tests/unit/partitions/test_sp_counter.c partitions/lib/sp_counter.c $(svc_SRCS)
test_sp_counter_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_clock_HOST_SRCS := tests/unit/partitions/test_sp_clock.c partitions/lib/sp_clock.c $(svc_SRCS)
test_sp_clock_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_notify_HOST_SRCS := tests/unit/partitions/test_sp_notify.c partitions/lib/sp_notify.c partitions/lib/sp_rxtx.c $(svc_SRCS)
test_sp_notify_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_mem_HOST_SRCS := tests/unit/partitions/test_sp_mem.c partitions/lib/sp_mem.c partitions/lib/sp_rxtx.c $(svc_SRCS)
test_sp_mem_HOST_CFLAGS := $(sp_TEST_CFLAGS)
test_sp_rpc_HOST_SRCS := tests/unit/partitions/test_sp_rpc.c partitions/lib/sp_rpc.c
test_sp_rpc_HOST_CFLAGS := $(sp_TEST_CFLAGS)

FUZZERS += fuzz_sp_boot
fuzz_sp_boot_HOST_SRCS := tests/fuzz/fuzz_sp_boot.c partitions/lib/sp_boot.c
fuzz_sp_boot_HOST_CFLAGS := $(sp_TEST_CFLAGS)

# Each partition is a folder with a list of its own
include $(sort $(wildcard partitions/*/*.mk))
