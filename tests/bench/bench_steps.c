// SPDX-License-Identifier: BSD-3-Clause
//
// See bench_steps.h.
#include "tests/bench/bench_steps.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench_private.h"
#include "tests/harness/gdb.h"

#define FILE_MAX 0x2000000
#define PROBE 64          // bytes of code that tell where a partition is
#define WAIT_MS 20000     // for the call
#define STEPS_MAX 2000000 // of a call that never ends
#define NORMAL_BASE 0x40000000ull
#define PARTITIONS_BASE \
    0x100000000ull // virtual addresses of partitions; EL3 is below, the SPMC at the top
#define PARTITIONS_END 0x1000000000000ull

static int ready[2];
static int result[2];
static uint8_t image[FILE_MAX];

static size_t load(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t size = f == NULL ? 0 : fread(image, 1, sizeof(image), f);

    if (f != NULL) {
        fclose(f);
    }
    if (size < sizeof(Elf64_Ehdr) || size == sizeof(image)) {
        bench_die(path);
    }
    return size;
}

// The value of a global symbol of the ELF file in `image`
static uint64_t symbol(const char *name)
{
    const Elf64_Ehdr *header = (const void *)image;
    const Elf64_Shdr *sections = (const void *)(image + header->e_shoff);

    for (unsigned int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB) {
            continue;
        }
        const Elf64_Sym *symbols = (const void *)(image + sections[i].sh_offset);
        const char *names = (const char *)image + sections[sections[i].sh_link].sh_offset;

        for (size_t k = 0; k < sections[i].sh_size / sizeof(*symbols); k++) {
            if (strcmp(names + symbols[k].st_name, name) == 0) {
                return symbols[k].st_value;
            }
        }
    }
    bench_die(name);
}

// The partition whose ELF file is in `image`
static struct {
    size_t size;   // of the file
    uint64_t base; // where it was loaded to; 0: not known yet
    uint64_t own;  // end of its first segment
    uint64_t end;  // of its last
} partition;

static void look_at_partition(size_t size)
{
    const Elf64_Ehdr *header = (const void *)image;
    const Elf64_Phdr *segments = (const void *)(image + header->e_phoff);

    partition.size = size;
    for (unsigned int i = 0; i < header->e_phnum; i++) {
        uint64_t end = segments[i].p_vaddr + segments[i].p_memsz;

        if (segments[i].p_type == PT_LOAD) {
            partition.own = partition.own == 0 ? end : partition.own;
            partition.end = end;
        }
    }
}

// The code at `pc` is the partition's: then it is loaded so that they fit
static void try_base(struct gdb *gdb, uint64_t pc)
{
    const Elf64_Ehdr *header = (const void *)image;
    const Elf64_Phdr *segments = (const void *)(image + header->e_phoff);
    uint8_t code[PROBE];

    if (gdb_read(gdb, pc, code, sizeof(code)) != 0) {
        return;
    }
    const uint8_t *found = memmem(image, partition.size, code, sizeof(code));

    if (found == NULL || memmem(found + 1, partition.size - (size_t)(found + 1 - image), code,
                                sizeof(code)) != NULL) {
        return;
    }
    uint64_t at = (uint64_t)(found - image);

    for (unsigned int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD && at >= segments[i].p_offset &&
            at - segments[i].p_offset < segments[i].p_filesz) {
            partition.base = pc - (at - segments[i].p_offset + segments[i].p_vaddr);
        }
    }
}

static void count(struct bench_steps *steps, struct gdb *gdb, uint64_t pc)
{
    steps->all++;
    if (pc < PARTITIONS_BASE || pc >= PARTITIONS_END) {
        steps->manager++;
        return;
    }
    if (partition.base == 0) {
        try_base(gdb, pc);
    }
    uint64_t at = pc - partition.base;

    if (partition.base == 0 || at >= partition.end) {
        steps->others++;
    } else if (at < partition.own) {
        steps->own++;
    } else {
        steps->library++;
    }
}

static bool is_normal(uint64_t pc)
{
    return pc >= NORMAL_BASE && pc < PARTITIONS_BASE;
}

static int follow(const char *stub, uint64_t smc)
{
    struct bench_steps steps = { 0 };
    struct gdb *gdb = gdb_open(stub);

    if (gdb == NULL || gdb_break(gdb, smc, true) != 0 || write(ready[1], "", 1) != 1 ||
        gdb_continue(gdb, WAIT_MS) != GDB_STOPPED || gdb_break(gdb, smc, false) != 0) {
        return 1;
    }
    while (is_normal(gdb_get(gdb, GDB_PC))) { // to the SMC itself
        if (gdb_step(gdb) != GDB_STOPPED) {
            return 2;
        }
    }
    for (uint64_t pc = gdb_get(gdb, GDB_PC); !is_normal(pc); pc = gdb_get(gdb, GDB_PC)) {
        count(&steps, gdb, pc);
        if (steps.all > STEPS_MAX || gdb_step(gdb) != GDB_STOPPED) {
            return 3;
        }
    }
    return gdb_detach(gdb) == 0 && write(result[1], &steps, sizeof(steps)) == sizeof(steps) ? 0 : 4;
}

pid_t bench_steps_begin(const char *stub, const char *proxy, const char *partition_file)
{
    char byte;

    if (pipe(ready) != 0 || pipe(result) != 0) {
        bench_die("no pipe");
    }
    pid_t pid = fork();

    if (pid == 0) {
        (void)load(proxy);
        uint64_t smc = symbol("proxy_smc");

        look_at_partition(load(partition_file));
        _exit(follow(stub, smc));
    }
    close(ready[1]);
    close(result[1]);
    if (pid < 0 || read(ready[0], &byte, 1) != 1) {
        bench_die("the debugger's process does not begin");
    }
    return pid;
}

struct bench_steps bench_steps_end(pid_t pid)
{
    struct bench_steps steps;
    int status = 0;
    bool got = read(result[0], &steps, sizeof(steps)) == sizeof(steps);

    if (waitpid(pid, &status, 0) != pid || status != 0 || !got) {
        fprintf(stderr, "bench: the debugger's process: %#x\n", (unsigned int)status);
        bench_die("a call cannot be stepped through");
    }
    close(ready[0]);
    close(result[0]);
    return steps;
}
