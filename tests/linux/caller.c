// SPDX-License-Identifier: BSD-3-Clause
//
// caller FILE [COUNT]: reads 64 bytes from the start of FILE, COUNT times or until it is killed, with a pattern in every
// FP/SIMD register and in TPIDR_EL0 that must still be there afterwards. FILE is /proc/tessera_test or /dev/hwrng, so each read
// is calls of the firmware. A guest program without libc: Linux system calls only. Exit status 0, or 1 after a line that says
// what is wrong.
#include <stdint.h>

#define SYS_OPENAT 56
#define SYS_WRITE 64
#define SYS_EXIT 93
#define AT_FDCWD (-100)

struct painting {
    uint64_t v[32][2];
    uint64_t thread; // TPIDR_EL0
};

// caller_entry.S: a system call; pread64 from offset 0 with `in` in the registers and what is there afterwards in `out`
long caller_call(long number, long a, const void *b, long c);
long caller_pread_painted(long file, void *buffer, long size, const struct painting *in,
                          struct painting *out);

void caller_main(const long *stack);

static _Noreturn void leave(const char *text)
{
    long length = 0;

    while (text[length] != '\0') {
        length++;
    }
    caller_call(SYS_WRITE, 1, text, length);
    for (;;) {
        caller_call(SYS_EXIT, length != 0, 0, 0);
    }
}

static long number(const char *text)
{
    long n = 0;

    for (; *text >= '0' && *text <= '9'; text++) {
        n = n * 10 + (*text - '0');
    }
    return n;
}

void caller_main(const long *stack)
{
    static struct painting painted;
    static struct painting found;
    static char buffer[64];
    const char *const *argv = (const char *const *)(stack + 1);
    long count = stack[0] > 2 ? number(argv[2]) : -1;
    uint64_t seed = 1;

    if (stack[0] < 2) {
        leave("# usage: caller FILE [COUNT]\n");
    }
    long file = caller_call(SYS_OPENAT, AT_FDCWD, argv[1], 0);
    if (file < 0) {
        leave("# caller: the file cannot be opened\n");
    }
    while (count-- != 0) {
        uint64_t *word = &painted.v[0][0];

        for (unsigned int i = 0; i < sizeof(painted) / sizeof(*word); i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            word[i] = seed;
        }
        if (caller_pread_painted(file, buffer, sizeof(buffer), &painted, &found) <= 0) {
            leave("# caller: a read failed\n");
        }
        for (unsigned int i = 0; i < sizeof(painted) / sizeof(*word); i++) {
            if (word[i] != (&found.v[0][0])[i]) {
                leave("# caller: a register is not as it was\n");
            }
        }
    }
    leave("");
}
