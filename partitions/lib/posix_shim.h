// SPDX-License-Identifier: BSD-3-Clause
//
// What a partition with ported libraries gives to posix_shim.c; and all names that posix_shim.c and posix_refuse.S have, which is all that
// libtpms 0.9 and OpenSSL 3.0 want and picolibc has not. A name that is missing does not link.
//
//   done     errno: __errno_location; formats: __asprintf_chk __dprintf_chk __fprintf_chk __isoc99_sscanf __snprintf_chk __vdprintf_chk
//            __vfprintf_chk __vsnprintf_chk (all to the console); memory: __memcpy_chk __memset_chk; ASCII: __ctype_b_loc
//            __ctype_tolower_loc; time: clock clock_gettime gettimeofday; jumps: _setjmp _longjmp __longjmp_chk; fd_set: __fdelt_chk
//   one thread: pthread_self pthread_once pthread_key_create pthread_key_delete pthread_getspecific pthread_setspecific; locks that nobody
//            else can hold: pthread_rwlock_{init,destroy,rdlock,wrlock,unlock}
//   system   getpid: the FF-A id; secure_getenv: no variable; syscall: getrandom, else ENOSYS
//   end      kill (of abort) and __assert_fail: the partition dies
//   refused  -1 and ENOSYS: accept bind close closedir connect dlclose fcntl fstat getcontext getsockname getsockopt ioctl listen lseek
//            madvise makecontext mlock mmap mprotect munmap open read recvmsg select sendmsg setcontext setsockopt shmat shmdt shmget
//            shutdown sigaction sigdelset sigfillset sigprocmask socket stat sysconf tcgetattr tcsetattr times uname unlink usleep write
//            NULL and ENOSYS: dladdr dlopen dlsym fopen64 gethostbyname opendir readdir
//            EAI_FAIL: getaddrinfo getnameinfo; a text: dlerror gai_strerror; sleep: all of the time is left; freeaddrinfo: nothing
#ifndef POSIX_SHIM_H
#define POSIX_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

// Entropy of full strength for getrandom(), and the time since the machine's start for clock_gettime() of every clock. Both before the
// first call into a library; without them these calls fail.
struct posix_shim {
    int (*entropy)(uint8_t *buf, size_t len); // 0 or ERR_IO
    uint64_t (*nanoseconds)(void);            // never goes back
};

// Begins; before the first call into a library. `shim` lives as long as the program.
void posix_shim_init(const struct posix_shim *shim);

#endif
