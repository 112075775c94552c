// SPDX-License-Identifier: BSD-3-Clause
//
// Guest program of kexec_test.sh: starts the kernel that this machine was started with once more, from the running one.
//   kexec load|crash WORDS      loads it, and the same initramfs; WORDS are its command line
//   kexec go                    shuts devices down, and jumps to it, whatever processes there are
// "crash" loads it into the memory that the kernel keeps for that (crashkernel=), to be started by a panic: there nobody shuts anything down.
// Kernel and initramfs come from QEMU's fw_cfg device, where U-Boot got them from; the device tree is what firmware gave the running kernel,
// with another command line, initramfs and, for "crash", memory. For root on QEMU's virt machine only; trusts all of these.
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <libfdt.h>
#include <linux/kexec.h>
#include <linux/reboot.h>

// QEMU: docs/specs/fw_cfg; hw/arm/virt.c has it here
#define FW_CFG_BASE 0x9020000
#define FW_CFG_SELECTOR 8
#define FW_CFG_KERNEL_SIZE 0x08
#define FW_CFG_INITRD_SIZE 0x0b
#define FW_CFG_KERNEL_DATA 0x11
#define FW_CFG_INITRD_DATA 0x12

#define PAGE 4096ull
#define ALIGNMENT 0x200000ull // of a kernel (Linux: Documentation/arch/arm64/booting.rst)
#define IMAGE_SIZE 16         // offset of the image's size in memory, there
#define FDT_ROOM 0x4000       // for what is added to the device tree
#define RANGES_MAX 256
#define SEGMENTS 4

struct range {
    uint64_t base;
    uint64_t end;
};

static void fail(const char *what)
{
    fprintf(stderr, "kexec: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);

    if (memory == NULL) {
        fail("memory");
    }
    return memory;
}

static uint64_t round_up(uint64_t size, uint64_t to)
{
    return (size + to - 1) / to * to;
}

//
// What QEMU has
//
// The data register gives the bytes of an item in turn, and 0 behind them
static volatile uint8_t *fw_cfg(void)
{
    int fd = open("/dev/mem", O_RDWR | O_SYNC);
    void *page =
        fd < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, FW_CFG_BASE);

    if (page == MAP_FAILED) {
        fail("/dev/mem");
    }
    (void)close(fd);
    return page;
}

static uint32_t item_size(volatile uint8_t *device, uint16_t key)
{
    uint8_t bytes[4];

    *(volatile uint16_t *)(device + FW_CFG_SELECTOR) = htobe16(key);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = *device;
    }
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void *item(volatile uint8_t *device, uint16_t key, size_t size)
{
    uint64_t *data = allocate(round_up(size, sizeof(*data)));

    *(volatile uint16_t *)(device + FW_CFG_SELECTOR) = htobe16(key);
    for (size_t i = 0; i < round_up(size, sizeof(*data)) / sizeof(*data); i++) {
        data[i] = *(volatile uint64_t *)device;
    }
    return data;
}

//
// Where it goes
//
// Room of `size` bytes that nothing below `parent` in /proc/iomem is in the way of. For a crash, that is what the kernel reserved for it
static uint64_t find_room(const char *parent, uint64_t size, struct range *all)
{
    static struct range used[RANGES_MAX];
    FILE *file = fopen("/proc/iomem", "r");
    size_t used_count = 0;
    char line[256];
    bool inside = false;

    *all = (struct range){ 0 };
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        struct range range;
        char name[128];
        size_t depth = strspn(line, " ");

        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " : %127[^\n]", &range.base, &range.end, name) !=
            3) {
            continue;
        }
        range.end++;
        if (strcmp(name, parent) == 0 && range.end - range.base > all->end - all->base) {
            *all = range;
            used_count = 0;
            inside = true;
        } else if (depth == 0) {
            inside = false;
        } else if (inside && used_count < RANGES_MAX) {
            used[used_count++] = range;
        }
    }
    uint64_t base = round_up(all->base, ALIGNMENT);

    for (size_t i = 0; i < used_count; i++) { // in order
        if (used[i].base < base + size && base < used[i].end) {
            base = round_up(used[i].end, ALIGNMENT);
        }
    }
    if (file == NULL || used_count == RANGES_MAX || base >= all->end || size > all->end - base) {
        errno = ENOMEM;
        fail(parent);
    }
    (void)fclose(file);
    return base;
}

//
// What the new kernel is told
//
static void *read_fdt(int *room)
{
    int fd = open("/sys/firmware/fdt", O_RDONLY);
    struct fdt_header header;

    if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header)) {
        fail("/sys/firmware/fdt");
    }
    size_t size = fdt_totalsize(&header);
    void *old = allocate(size);

    *room = (int)(size + FDT_ROOM);
    void *fdt = allocate((size_t)*room);

    for (size_t done = 0; done < size;) { // as many pages at a time as the kernel likes
        ssize_t count = pread(fd, (uint8_t *)old + done, size - done, (off_t)done);

        if (count <= 0) {
            fail("/sys/firmware/fdt");
        }
        done += (size_t)count;
    }
    if (fdt_open_into(old, fdt, *room) != 0) {
        fail("/sys/firmware/fdt is no device tree");
    }
    (void)close(fd);
    free(old);
    return fdt;
}

static void *make_fdt(const char *words, const struct range *initrd, const struct range *memory,
                      int *size)
{
    void *fdt = read_fdt(size);
    int chosen = fdt_path_offset(fdt, "/chosen");
    const fdt64_t usable[] = { cpu_to_fdt64(memory->base),
                               cpu_to_fdt64(memory->end - memory->base) };

    if (chosen < 0 || fdt_setprop_string(fdt, chosen, "bootargs", words) != 0 ||
        fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd->base) != 0 ||
        fdt_setprop_u64(fdt, chosen, "linux,initrd-end", initrd->end) != 0 ||
        (memory->end != 0 &&
         fdt_setprop(fdt, chosen, "linux,usable-memory-range", usable, sizeof(usable)) != 0)) {
        errno = EINVAL;
        fail("the device tree");
    }
    return fdt;
}

// What the old kernel jumps to: x0 becomes the device tree's address, x1, x2, x3 are 0 already
static void *make_jump(uint64_t kernel, uint64_t fdt)
{
    static const uint32_t code[4] = {
        0x58000080, // ldr x0, .+16
        0x580000a4, // ldr x4, .+20
        0xd61f0080, // br x4
        0xd503201f, // nop
    };
    uint8_t *jump = allocate(PAGE);

    memcpy(jump, code, sizeof(code));
    memcpy(jump + 16, &fdt, sizeof(fdt));
    memcpy(jump + 24, &kernel, sizeof(kernel));
    return jump;
}

static struct kexec_segment segment(void *bytes, size_t size, uint64_t address)
{
    return (struct kexec_segment){
        .buf = bytes,
        .bufsz = size,
        .mem = (void *)(uintptr_t)address,
        .memsz = round_up(size, PAGE),
    };
}

static int load(const char *words, bool crash)
{
    volatile uint8_t *device = fw_cfg();
    uint32_t kernel_size = item_size(device, FW_CFG_KERNEL_SIZE);
    uint32_t initrd_size = item_size(device, FW_CFG_INITRD_SIZE);
    uint8_t *kernel = item(device, FW_CFG_KERNEL_DATA, kernel_size);
    uint64_t image_size; // in memory: with what is zero in the beginning
    struct range all;
    int fdt_size;

    memcpy(&image_size, kernel + IMAGE_SIZE, sizeof(image_size));
    image_size = round_up(image_size, ALIGNMENT);
    uint64_t size = image_size + round_up(initrd_size, ALIGNMENT) + 2 * ALIGNMENT;
    uint64_t base = find_room(crash ? "Crash kernel" : "System RAM", size, &all);
    struct range initrd = { .base = base + image_size, .end = base + image_size + initrd_size };
    uint64_t fdt_base = round_up(initrd.end, ALIGNMENT);
    uint64_t jump_base = fdt_base + ALIGNMENT;

    if (!crash) {
        all = (struct range){ 0 };
    }
    void *fdt = make_fdt(words, &initrd, &all, &fdt_size);
    struct kexec_segment segments[SEGMENTS] = {
        segment(kernel, kernel_size, base),
        segment(item(device, FW_CFG_INITRD_DATA, initrd_size), initrd_size, initrd.base),
        segment(fdt, (size_t)fdt_size, fdt_base),
        segment(make_jump(base, fdt_base), PAGE, jump_base),
    };
    segments[0].memsz = image_size;
    if (syscall(SYS_kexec_load, jump_base, SEGMENTS, segments,
                KEXEC_ARCH_AARCH64 | (crash ? KEXEC_ON_CRASH : 0)) != 0) {
        fail("kexec_load");
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && (strcmp(argv[1], "load") == 0 || strcmp(argv[1], "crash") == 0)) {
        return load(argv[2], argv[1][0] == 'c');
    }
    if (argc == 2 && strcmp(argv[1], "go") == 0) {
        (void)syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC,
                      NULL);
        fail("reboot");
    }
    fprintf(stderr, "usage: kexec load|crash WORDS | kexec go\n");
    return 2;
}
