// SPDX-License-Identifier: BSD-3-Clause
//
// For posix_shim.c in a host program (-include, ftpm.mk): `shim_` before its names, which the program has from libc, too. libc's headers, whose names
// are not to be changed, come first.
#ifndef POSIX_SHIM_NAMES_H
#define POSIX_SHIM_NAMES_H

#define __NO_CTYPE // isupper() and its like are functions: their macros would use the table that the shim makes
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int *libc_errno(void)
{
    return &errno;
}
#undef errno
#define errno (*libc_errno())

#define __ctype_b_loc shim_ctype_b
#define __ctype_tolower_loc shim_tolower
#define clock_gettime shim_clock_gettime
#define gettimeofday shim_gettimeofday
#define clock shim_clock
#define syscall shim_syscall
#define pthread_once shim_once
#define pthread_self shim_self
#define pthread_key_create shim_key_create
#define pthread_key_delete shim_key_delete
#define pthread_getspecific shim_getspecific
#define pthread_setspecific shim_setspecific
#define __memcpy_chk shim_memcpy_chk
#define __memset_chk shim_memset_chk
#define __snprintf_chk shim_snprintf_chk
#define __fdelt_chk shim_fdelt
#define kill shim_kill
#define getpid shim_getpid
#define secure_getenv shim_secure_getenv
#define __errno_location shim_errno_location
#define __assert_fail shim_assert_fail
#define __vfprintf_chk shim_vfprintf_chk
#define __fprintf_chk shim_fprintf_chk
#define __vsnprintf_chk shim_vsnprintf_chk
#define __asprintf_chk shim_asprintf_chk
#define __vdprintf_chk shim_vdprintf_chk
#define __dprintf_chk shim_dprintf_chk
#define __isoc99_sscanf shim_sscanf
#define pthread_rwlock_init shim_lock_init
#define pthread_rwlock_destroy shim_lock_destroy
#define pthread_rwlock_rdlock shim_rdlock
#define pthread_rwlock_wrlock shim_wrlock
#define pthread_rwlock_unlock shim_unlock

#endif
