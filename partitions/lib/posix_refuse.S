/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libraries ask of an operating system and cannot have here: files, sockets, other processes, signals, shared objects. Each
 * call fails as its documentation says (posix_shim.h has the table). And the names of glibc for setjmp and longjmp, which must not
 * have a frame of their own.
 */
#include "sp_macros.S"

#define ENOSYS 88 // of picolibc, which is asked for it
#define EAI_FAIL -4

.macro ALIASES function, names:vararg
.irp name, \names
    .globl \name
    .type \name, %function
    .set \name, \function
.endr
.endm

// errno = ENOSYS
FUNC posix_no_system
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    bl __errno_location
    mov w1, #ENOSYS
    str w1, [x0]
    ldp x29, x30, [sp], #16
    ret
ENDFUNC posix_no_system

// -1 and ENOSYS: int and long, and pointers whose failure that is (mmap, shmat)
FUNC posix_refuse
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    bl posix_no_system
    mov x0, #-1
    ldp x29, x30, [sp], #16
    ret
ENDFUNC posix_refuse
ALIASES posix_refuse, accept, bind, close, closedir, connect, dlclose, fcntl, fstat, getcontext, getsockname, getsockopt, ioctl, listen
ALIASES posix_refuse, lseek, madvise, makecontext, mlock, mmap, mprotect, munmap, open, read, recvmsg, select, sendmsg, setcontext
ALIASES posix_refuse, setsockopt, shmat, shmdt, shmget, shutdown, sigaction, sigdelset, sigfillset, sigprocmask, socket, stat, sysconf
ALIASES posix_refuse, tcgetattr, tcsetattr, times, uname, unlink, usleep, write

// NULL and ENOSYS: no file, no folder, no object, no host
FUNC posix_nothing
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    bl posix_no_system
    mov x0, xzr
    ldp x29, x30, [sp], #16
    ret
ENDFUNC posix_nothing
ALIASES posix_nothing, dladdr, dlopen, dlsym, fopen64, gethostbyname, opendir, readdir

// What dlopen() and its like failed of, and getaddrinfo() and its like
FUNC dlerror
    adrp x0, posix_reason
    add x0, x0, :lo12:posix_reason
    ret
ENDFUNC dlerror
ALIASES dlerror, gai_strerror

FUNC getaddrinfo
    mov x0, #EAI_FAIL
    ret
ENDFUNC getaddrinfo
ALIASES getaddrinfo, getnameinfo

// No list was ever made: nothing to free
FUNC freeaddrinfo
    ret
ENDFUNC freeaddrinfo

// In: w0 = seconds. Out: w0 = those that are left: all
FUNC sleep
    ret
ENDFUNC sleep

FUNC _setjmp
    b setjmp
ENDFUNC _setjmp

FUNC _longjmp
    b longjmp
ENDFUNC _longjmp

FUNC __longjmp_chk
    b longjmp
ENDFUNC __longjmp_chk

.section .rodata.posix_reason, "a"
posix_reason:
    .asciz "a partition has no such thing"
