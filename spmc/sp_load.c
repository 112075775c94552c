// SPDX-License-Identifier: BSD-3-Clause
//
// From a package to a partition that can be entered: header → manifest → ELF image → pages → address space → context.
// Called by spmc_main.c for each package at boot. The package is read-only memory that BL2 filled; nothing in it is used
// before it was checked. The first part only checks; from sp_space_create on, a failure gives everything back. The keys
// that BL2 made for the partition reach its memory last, when nothing can fail any more.
#include "bits.h"
#include "board.h"
#include "cache.h"
#include "elf_image.h"
#include "log.h"
#include "page_pool.h"
#include "regs.h"
#include "sp_boot_info.h"
#include "sp_manifest.h"
#include "sp_pkg.h"
#include "spmc_mm.h"
#include "string.h"
#include "uuid.h"

// Where the parts of a partition may lie: not in the lowest GiB (a NULL pointer with an offset faults), nor where memory that
// others share is mapped
#define SPACE_LOW (1ull << 30)
#define SPACE_END SP_SPACE_REGIONS_BASE
#define GUARD_MAX 8 // 1 … 8 unmapped pages, a random number of them, between any two parts

// What a partition finds above the first frame of its stack: it can wipe it there when it has used it.
struct secrets {
    uint8_t seed[TESSERA_BOOT_SEED_SIZE];
    uint8_t sealing_key[TESSERA_BOOT_KEY_SIZE];
    uint8_t identity[TESSERA_BOOT_KEY_SIZE];
};
_Static_assert(sizeof(struct secrets) % 16 == 0, "the stack pointer stays aligned");
_Static_assert(TESSERA_BOOT_KEY_SIZE == BOOT_KEY_SIZE, "what BL2 makes is what a partition gets");

struct load {
    struct sp *sp;
    const uint8_t *image_file;
    struct handoff *handoff;
    char name[UUID_TEXT_LENGTH + 1]; // of the package
    struct elf_image image;
    struct secrets *secrets;
    // Addresses in the partition's space
    uint64_t info_va;
    uint64_t bias; // added to the image's own addresses
    uint64_t stack_va;
    uint64_t heap_va;
    uint64_t region_va[SP_MAX_REGIONS];
    uint64_t device_va[SP_MAX_DEVICES];
};

// ---- Checks ----------------------------------------------------------------------------------------------------------

// Memory that no manifest may name.
static const struct sp_manifest_range reserved[] = {
    { BL31_BASE, BL31_SIZE },
    { SPMC_BASE, SPMC_SIZE },
    { HANDOFF_BASE, HANDOFF_SIZE },
    { PARK_BASE, PARK_SIZE },
    { BOOT_PARAMS_BASE, BOOT_PARAMS_SIZE },
    { EVENT_LOG_BASE, EVENT_LOG_SIZE },
    { TB_FW_CONFIG_BASE, TB_FW_CONFIG_SIZE },
    { SP_PKG_BASE, SP_PKG_SIZE },
    { PAGE_POOL_BASE, PAGE_POOL_SIZE },
    { HW_DTB_BASE, HW_DTB_SIZE },
    { NS_EVENT_LOG_BASE, NS_EVENT_LOG_SIZE },
    { BL33_BASE, BL33_SIZE },
};

// The board's devices of that kind → `ranges`. Returns how many.
static uint32_t list_devices(enum region_kind kind,
                             struct sp_manifest_range ranges[BOARD_MAX_REGIONS])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < BOARD_MAX_REGIONS && board.regions[i].size != 0; i++) {
        if (board.regions[i].kind == kind) {
            ranges[count++] =
                (struct sp_manifest_range){ board.regions[i].base, board.regions[i].size };
        }
    }
    return count;
}

static int read_manifest(struct load *load, const uint8_t *dtb, size_t len)
{
    const struct board_info *info = &load->handoff->board;
    struct sp_manifest_range devices[BOARD_MAX_REGIONS], readable[BOARD_MAX_REGIONS];
    const struct sp_manifest_limits limits = {
        .version = SP_CONFIG_VERSION,
        .messaging = SP_CONFIG_MESSAGING,
        .ns_ram = { info->dram_base, info->dram_size },
        .secure_ram = { SECURE_RAM_BASE, SECURE_RAM_SIZE },
        .reserved = reserved,
        .reserved_count = ARRAY_COUNT(reserved),
        .devices = devices,
        .device_count = list_devices(REGION_SP_DEVICE, devices),
        .readable = readable,
        .readable_count = list_devices(REGION_SP_DEVICE_RO, readable),
    };
    struct sp_manifest_error error;
    int err = sp_manifest_decode(dtb, len, &limits, &load->sp->config, &error);

    if (err != 0) {
        log_error("package %s: manifest: node \"%s\", property \"%s\": %s", load->name,
                  error.node[0] != '\0' ? error.node : "/", error.property, error.rule);
    }
    return err;
}

static int check_others(const struct load *load, const struct sp *others, uint32_t other_count)
{
    struct sp_manifest_error error;

    for (uint32_t i = 0; i < other_count; i++) {
        int err = sp_manifest_check_other(&load->sp->config, &others[i].config, &error);

        if (err != 0) {
            log_error("package %s: manifest of \"%s\": node \"%s\", property \"%s\": %s (\"%s\")",
                      load->name, load->sp->config.description, error.node, error.property,
                      error.rule, others[i].config.description);
            return err;
        }
    }
    return 0;
}

static void log_fault(const struct load *load, const char *part, const struct image_fault *fault)
{
    log_error("package %s: %s: %s %s (found 0x%llx, rule 0x%llx, entry %d)", load->name, part,
              fault->field, fault->text, (unsigned long long)fault->found,
              (unsigned long long)fault->expected, (int)fault->entry);
}

// Everything that can be wrong with the package itself.
static int read_package(struct load *load, const struct handoff_package *package)
{
    const uint8_t *bytes = spmc_mm_va(package->base);
    struct image_fault fault;
    struct sp_pkg pkg;
    int err;

    if (!range_inside(package->base, package->size, SP_PKG_BASE, SP_PKG_SIZE) ||
        package->base % PAGE_SIZE != 0) {
        log_error("package %s: place: must be pages of the package memory", load->name);
        return ERR_RANGE;
    }
    err = sp_pkg_decode(bytes, package->size, package->size, &pkg, &fault);
    if (err != 0) {
        log_fault(load, "header", &fault);
        return err;
    }
    err = read_manifest(load, bytes + pkg.manifest_offset, pkg.manifest_size);
    if (err != 0) {
        return err;
    }
    load->image_file = bytes + pkg.image_offset;
    err = elf_image_decode(load->image_file, pkg.image_size, &load->image, &fault);
    if (err != 0) {
        log_fault(load, "ELF image", &fault);
    }
    return err;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    uint8_t seen = 0;

    for (size_t i = 0; i < size; i++) {
        seen |= bytes[i];
    }
    return seen == 0;
}

// BL2 makes both keys for every package: a zero is a step of the boot that was left out, not a secret.
static int check_keys(const struct load *load, const struct handoff_package *package)
{
    if (all_zero(package->sealing_key, sizeof(package->sealing_key)) ||
        all_zero(package->identity, sizeof(package->identity))) {
        log_error("package %s: sealing key and identity: must not be zero", load->name);
        return ERR_INVALID;
    }
    return 0;
}

// ---- Layout ----------------------------------------------------------------------------------------------------------

// Gives out places one behind the other, with a random number of unmapped pages after each.
struct places {
    uint64_t next;
    uint64_t random;
};

static uint64_t place(struct places *places, uint64_t pages)
{
    uint64_t va = places->next;

    places->next += (pages + 1 + places->random % GUARD_MAX) * PAGE_SIZE;
    places->random /= GUARD_MAX;
    return va;
}

/*
 *   info_va   boot information RO │ guard │ image: RX, RO, RW │ guard │ stack RW │ guard │ heap RW │ guard │ regions, devices …
 *
 * The first address is random over that quarter (26 bits), the distances a little: few tables, nothing to guess.
 */
static int choose_places(struct load *load)
{
    const struct sp_config *config = &load->sp->config;
    uint64_t image_pages = (load->image.end - load->image.low) / PAGE_SIZE;
    uint64_t most = 1 + image_pages + config->stack_pages + config->heap_pages;
    struct places places;
    uint64_t random[2];
    int err = handoff_take_entropy(load->handoff, random, sizeof(random));

    if (err != 0) {
        log_error("package %s: no entropy left for its addresses", load->name);
        return err;
    }
    for (uint32_t i = 0; i < config->region_count; i++) {
        most += config->regions[i].page_count;
    }
    for (uint32_t i = 0; i < config->device_count; i++) {
        most += config->devices[i].page_count;
    }
    most += GUARD_MAX * (4 + SP_MAX_REGIONS + SP_MAX_DEVICES); // at most 2^16 pages in all
    places.next = SPACE_LOW + random[0] % ((SPACE_END - SPACE_LOW) / PAGE_SIZE - most) * PAGE_SIZE;
    places.random = random[1];
    load->info_va = place(&places, 1);
    load->bias = place(&places, image_pages) - load->image.low;
    load->stack_va = place(&places, config->stack_pages);
    load->heap_va = place(&places, config->heap_pages);
    for (uint32_t i = 0; i < config->region_count; i++) {
        load->region_va[i] = place(&places, config->regions[i].page_count);
    }
    for (uint32_t i = 0; i < config->device_count; i++) {
        load->device_va[i] = place(&places, config->devices[i].page_count);
    }
    return 0;
}

// ---- Memory ----------------------------------------------------------------------------------------------------------

// Takes `pages` pages for the partition and maps them at `va`. NULL, and a line on the console: cannot be had.
static uint8_t *take_and_map(struct load *load, uint64_t va, uint32_t pages, uint64_t attrs)
{
    struct sp_space *space = &load->sp->space;
    uint8_t *memory = page_pool_take(sp_space_asid(space), pages);

    if (memory == NULL) {
        log_error("package %s: no memory for %u pages (%u free)", load->name, pages,
                  page_pool_free_count());
        return NULL;
    }
    if (sp_space_map(space, va, spmc_mm_pa(memory), pages, attrs) != 0) {
        log_error("package %s: no memory for translation tables", load->name);
        return NULL;
    }
    return memory;
}

static uint64_t attrs_of_segment(uint32_t flags)
{
    if ((flags & ELF_IMAGE_EXECUTE) != 0) {
        return SP_SPACE_RX | ((flags & ELF_IMAGE_GUARDED) != 0 ? TABLES_GUARDED : 0);
    }
    return (flags & ELF_IMAGE_WRITE) != 0 ? SP_SPACE_RW : SP_SPACE_RO;
}

// One PT_LOAD: pages, file content, zeros behind it up to the end of the last page.
static uint8_t *load_segment(struct load *load, const struct elf_image_segment *segment)
{
    uint32_t pages = (uint32_t)(ALIGN_UP(segment->memsz, PAGE_SIZE) / PAGE_SIZE);
    uint8_t *memory =
        take_and_map(load, segment->vaddr + load->bias, pages, attrs_of_segment(segment->flags));

    if (memory == NULL) {
        return NULL;
    }
    memcpy(memory, load->image_file + segment->offset, segment->filesz);
    memset(memory + segment->filesz, 0, (size_t)pages * PAGE_SIZE - segment->filesz);
    return memory;
}

// Segments, relocations, then what only had to be writable until then becomes read-only. No core has run in the space
// yet, so no TLB holds the former permissions.
static int load_image(struct load *load)
{
    const struct elf_image *image = &load->image;
    uint8_t *memory[SP_MAX_SEGMENTS] = { NULL };
    uint64_t relro = image->relro_end - image->relro_start;

    for (uint32_t i = 0; i < image->segment_count; i++) {
        memory[i] = load_segment(load, &image->segments[i]);
        if (memory[i] == NULL) {
            return ERR_NO_MEMORY;
        }
    }
    elf_image_relocate(image, load->image_file, load->bias, memory);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        // Code was written as data: to where instructions are fetched from
        if ((image->segments[i].flags & ELF_IMAGE_EXECUTE) != 0) {
            cache_clean_range((uintptr_t)memory[i], image->segments[i].memsz);
        }
    }
    icache_inv_all();
    if (relro == 0) {
        return 0;
    }
    return tables_set(&load->sp->space.tables, image->relro_start + load->bias, relro,
                      SP_SPACE_RO | TABLES_NG);
}

static int load_region(struct load *load, uint32_t index)
{
    struct sp_region *region = &load->sp->config.regions[index];
    uint64_t attrs = (region->attributes & SP_REGION_EXECUTE) != 0 ? SP_SPACE_RX
                     : (region->attributes & SP_REGION_WRITE) != 0 ? SP_SPACE_RW
                                                                   : SP_SPACE_RO;
    uint8_t *memory;
    int err;

    if (region->allocate) {
        memory = take_and_map(load, load->region_va[index], region->page_count, attrs);
        if (memory == NULL) {
            return ERR_NO_MEMORY;
        }
        memset(memory, 0, (size_t)region->page_count * PAGE_SIZE);
        return 0;
    }
    attrs |= (region->attributes & SP_REGION_NS) != 0 ? TABLES_NS : 0;
    err = sp_space_map(&load->sp->space, load->region_va[index], region->base, region->page_count,
                       attrs);
    if (err != 0) {
        log_error("package %s: region \"%s\" cannot be mapped", load->name, region->description);
    }
    return err;
}

// Registers of a device: Device-nGnRnE, never executable, at the physical addresses of the secure world.
static int load_device(struct load *load, uint32_t index)
{
    const struct sp_device_region *device = &load->sp->config.devices[index];
    uint64_t attrs =
        (device->attributes & SP_REGION_WRITE) != 0 ? SP_SPACE_DEVICE_RW : SP_SPACE_DEVICE_RO;
    int err = sp_space_map(&load->sp->space, load->device_va[index], device->base,
                           device->page_count, attrs);

    if (err != 0) {
        log_error("package %s: device \"%s\" cannot be mapped", load->name, device->description);
    }
    return err;
}

// `size` (a multiple of 16) bytes of entropy; no 16 of them, which may be one key, are all zero.
static int take_secret(struct load *load, void *to, size_t size)
{
    int err = handoff_take_entropy(load->handoff, to, size);

    if (err != 0) {
        log_error("package %s: no entropy left", load->name);
        return err;
    }
    for (size_t i = 0; i < size; i += 16) {
        if (all_zero((const uint8_t *)to + i, 16)) {
            log_error("package %s: the entropy source gives zeros", load->name);
            return ERR_INVALID;
        }
    }
    return 0;
}

// Stack with the seed above it, and heap.
static int load_stack_and_heap(struct load *load)
{
    const struct sp_config *config = &load->sp->config;
    size_t stack_size = (size_t)config->stack_pages * PAGE_SIZE;
    uint8_t *stack = take_and_map(load, load->stack_va, config->stack_pages, SP_SPACE_RW);
    uint8_t *heap;

    if (stack == NULL) {
        return ERR_NO_MEMORY;
    }
    memset(stack, 0, stack_size);
    if (config->heap_pages != 0) {
        heap = take_and_map(load, load->heap_va, config->heap_pages, SP_SPACE_RW);
        if (heap == NULL) {
            return ERR_NO_MEMORY;
        }
        memset(heap, 0, (size_t)config->heap_pages * PAGE_SIZE);
    }
    load->secrets = (struct secrets *)(stack + stack_size - sizeof(struct secrets));
    load->sp->ctx.sp_el0 = load->stack_va + stack_size - sizeof(struct secrets);
    return take_secret(load, load->secrets->seed, sizeof(load->secrets->seed));
}

void sp_load_hwcap(uint64_t hwcap[2])
{
    const struct sp_boot_info_cpu cpu = {
        .id_aa64pfr0 = read_id_aa64pfr0_el1(),
        .id_aa64pfr1 = read_id_aa64pfr1_el1(),
        .id_aa64isar0 = read_id_aa64isar0_el1(),
        .id_aa64isar1 = read_id_aa64isar1_el1(),
        .id_aa64isar2 = read_id_aa64isar2_el1(),
    };

    sp_boot_info_hwcap(&cpu, hwcap);
}

static int load_boot_info(struct load *load)
{
    const struct sp_config *config = &load->sp->config;
    uint64_t secrets_va = load->sp->ctx.sp_el0;
    struct sp_boot_info info = {
        .version = config->version,
        .seed_va = secrets_va + offsetof(struct secrets, seed),
        .sealing_key_va = secrets_va + offsetof(struct secrets, sealing_key),
        .identity_va = secrets_va + offsetof(struct secrets, identity),
        .heap_va = load->heap_va,
        .heap_size = config->heap_pages * PAGE_SIZE,
        .region_count = config->region_count + config->device_count,
    };
    uint8_t *page = take_and_map(load, load->info_va, 1, SP_SPACE_RO);

    if (page == NULL) {
        return ERR_NO_MEMORY;
    }
    memset(page, 0, PAGE_SIZE);
    sp_load_hwcap(info.hwcap);
    for (uint32_t i = 0; i < config->region_count; i++) {
        info.regions[i] = (struct sp_boot_info_object){
            .name = config->regions[i].description,
            .va = load->region_va[i],
            .size = config->regions[i].page_count * PAGE_SIZE,
        };
    }
    for (uint32_t i = 0; i < config->device_count; i++) {
        info.regions[config->region_count + i] = (struct sp_boot_info_object){
            .name = config->devices[i].description,
            .va = load->device_va[i],
            .size = config->devices[i].page_count * PAGE_SIZE,
        };
    }
    return sp_boot_info_build(page, PAGE_SIZE, &info);
}

static int load_space(struct load *load)
{
    int err = load_image(load);

    if (err == 0) {
        err = load_stack_and_heap(load);
    }
    for (uint32_t i = 0; err == 0 && i < load->sp->config.region_count; i++) {
        err = load_region(load, i);
    }
    for (uint32_t i = 0; err == 0 && i < load->sp->config.device_count; i++) {
        err = load_device(load, i);
    }
    if (err == 0) {
        err = load_boot_info(load);
    }
    if (err == 0) {
        err = take_secret(load, load->sp->ctx.pac_keys, sizeof(load->sp->ctx.pac_keys));
    }
    return err;
}

// Whatever came of the load, BL2's copy of the keys goes.
static void give_keys(struct secrets *secrets, struct handoff_package *package)
{
    if (secrets != NULL) {
        memcpy(secrets->sealing_key, package->sealing_key, sizeof(secrets->sealing_key));
        memcpy(secrets->identity, package->identity, sizeof(secrets->identity));
    }
    memory_wipe(package->sealing_key, sizeof(package->sealing_key));
    memory_wipe(package->identity, sizeof(package->identity));
    cache_clean_range((uintptr_t)package, sizeof(*package)); // what is wiped is wiped in RAM, too
}

int sp_load(struct sp *sp, struct handoff_package *package, struct handoff *handoff,
            const struct sp *others, uint32_t other_count)
{
    // a page of stack is too little for it; boot core only, one package at a time
    static struct load load;
    int err;

    load = (struct load){ .sp = sp, .handoff = handoff };
    uuid_format(package->uuid, load.name);
    err = read_package(&load, package);
    if (err == 0) {
        err = check_others(&load, others, other_count);
    }
    if (err == 0) {
        err = check_keys(&load, package);
    }
    if (err == 0) {
        err = choose_places(&load);
    }
    if (err == 0) {
        err = sp_space_create(&sp->space, (uint8_t)(other_count + 1));
    }
    if (err == 0) {
        err = load_space(&load);
    }
    give_keys(err == 0 ? load.secrets : NULL, package);
    if (err != 0) {
        sp_space_destroy(&sp->space, false);
        memset(sp, 0, sizeof(*sp));
        return err;
    }
    sp->load_base = load.bias;
    sp->ctx.x[0] = load.info_va;
    sp->ctx.pc = load.image.entry + load.bias;
    return 0;
}
