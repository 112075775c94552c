// SPDX-License-Identifier: BSD-3-Clause
//
// From a package to a partition that can be entered: header → manifest → ELF image → pages → address space → context.
// Called by spmc_main.c for each package at boot. Nothing of a package is used before it was checked (sp_load_check.c);
// from sp_space_create on, a failure gives everything back. The keys that BL2 made for the partition reach its memory last,
// when nothing can fail any more.
#include "sp_load_private.h"

#include "bits.h"
#include "board.h"
#include "cache.h"
#include "log.h"
#include "ns_pages.h"
#include "page_pool.h"
#include "regs.h"
#include "sp_boot_info.h"
#include "spmc_mm.h"
#include "string.h"
#include "zero.h"

// Where the parts of a partition may lie: not in the lowest GiB (a NULL pointer with an offset faults), nor where memory that
// others share is mapped
#define SPACE_LOW (1ull << 30)
#define SPACE_END SP_SPACE_REGIONS_BASE
#define GUARD_MAX 8 // 1 … 8 unmapped pages, a random number of them, between any two parts

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
 *   info_va   boot information RO │ guard │ image: RX, RO, RW │ guard │ stack RW │ guard │ heap RW │ guard │ regions, devices, event log
 *
 * The first address is random over that quarter (26 bits), the distances a little: few tables, nothing to guess.
 */
static int choose_places(struct load *load)
{
    const struct sp_config *config = &load->sp->config;
    uint64_t image_pages = (load->image.end - load->image.low) / PAGE_SIZE;
    uint64_t log_pages = config->boot_log ? EVENT_LOG_SIZE / PAGE_SIZE : 0;
    uint64_t most = 1 + image_pages + config->stack_pages + config->heap_pages + log_pages;
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
    most += GUARD_MAX * (5 + SP_MAX_REGIONS + SP_MAX_DEVICES); // at most 2^16 pages in all
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
    load->log_va = log_pages != 0 ? place(&places, log_pages) : 0;
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

// Zeros [used, size) of whole pages at `memory`: what is left of a page, then pages, which cost a quarter of it.
static void zero_rest(uint8_t *memory, size_t used, size_t size)
{
    size_t whole = ALIGN_UP(used, PAGE_SIZE);

    memset(memory + used, 0, whole - used);
    cache_zero_range(memory + whole, size - whole);
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
    zero_rest(memory, segment->filesz, (size_t)pages * PAGE_SIZE);
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
        zero_rest(memory, 0, (size_t)region->page_count * PAGE_SIZE);
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
//
// Memory that the partition has together with the normal world is mapped the same way, at the normal world's addresses. Both
// sides must agree (DDI0487 B2.8 "Mismatched memory attributes"): that memory is no-map in the device tree, so that no
// cacheable alias of it is left in the normal world, and its drivers map it as Device-nGnRE (ioremap). Where types of Device
// memory are all that differs, all accesses may be as the weakest one is: nGnRE, which for memory without side effects says
// no less. Device memory is outer shareable and never cached: no maintenance on either side. With Normal, non-cacheable, here
// or there, the order of one side's accesses would be lost to the other; with cacheable memory here, the data.
static int load_device(struct load *load, uint32_t index)
{
    const struct sp_device_region *device = &load->sp->config.devices[index];
    uint64_t attrs =
        (device->attributes & SP_REGION_WRITE) != 0 ? SP_SPACE_DEVICE_RW : SP_SPACE_DEVICE_RO;
    int err;

    attrs |= (device->attributes & SP_REGION_NS) != 0 ? TABLES_NS : 0;
    err = sp_space_map(&load->sp->space, load->device_va[index], device->base, device->page_count,
                       attrs);
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
        if (zero_bytes((const uint8_t *)to + i, 16)) {
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
    zero_rest(stack, 0, stack_size);
    if (config->heap_pages != 0) {
        heap = take_and_map(load, load->heap_va, config->heap_pages, SP_SPACE_RW);
        if (heap == NULL) {
            return ERR_NO_MEMORY;
        }
        zero_rest(heap, 0, (size_t)config->heap_pages * PAGE_SIZE);
    }
    load->secrets = (struct secrets *)(stack + stack_size - sizeof(struct secrets));
    load->sp->ctx.sp_el0 = load->stack_va + stack_size - sizeof(struct secrets);
    return take_secret(load, load->secrets->seed, sizeof(load->secrets->seed));
}

// A copy of the event log of its own: no page serves two partitions. What the log leaves of the last page is zero.
static int load_event_log(struct load *load)
{
    uint32_t used = load->handoff->log.used; // at most EVENT_LOG_SIZE: spmc_mm_init
    uint8_t *pages = take_and_map(load, load->log_va, EVENT_LOG_SIZE / PAGE_SIZE, SP_SPACE_RO);

    if (pages == NULL) {
        return ERR_NO_MEMORY;
    }
    memcpy(pages, spmc_mm_va(EVENT_LOG_BASE), used);
    zero_rest(pages, used, EVENT_LOG_SIZE);
    return 0;
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

// The end of the boot information's page; what describes them is far shorter than the rest
#define FACTS_OFFSET (PAGE_SIZE - sizeof(struct tessera_boot_facts))
_Static_assert(FACTS_OFFSET % 8 == 0, "the facts are aligned");

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
        .options = config->options,
        .region_count = config->region_count + config->device_count,
    };
    uint8_t *page = take_and_map(load, load->info_va, 1, SP_SPACE_RO);

    if (page == NULL) {
        return ERR_NO_MEMORY;
    }
    zero_rest(page, 0, PAGE_SIZE);
    if (config->boot_log) {
        info.event_log_va = load->log_va;
        info.event_log_size = load->handoff->log.used;
        info.facts_va = load->info_va + FACTS_OFFSET;
        memcpy(page + FACTS_OFFSET, &load->handoff->facts, sizeof(load->handoff->facts));
    }
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
    return sp_boot_info_build(page, FACTS_OFFSET, &info);
}

// An area with an address in the normal world's memory is marked (`take`) or not any more; another one is left alone.
static int mark_ns_pages(const struct sp_config *config, uint32_t index, bool take)
{
    bool is_device = index >= config->region_count;
    const struct sp_region *region = &config->regions[is_device ? 0 : index];
    const struct sp_device_region *device =
        &config->devices[is_device ? index - config->region_count : 0];
    uint32_t attributes = is_device ? device->attributes : region->attributes;
    uint64_t base = is_device ? device->base : region->base;
    uint32_t pages = is_device ? device->page_count : region->page_count;

    if ((attributes & SP_REGION_NS) == 0) {
        return 0;
    }
    if (take) {
        return ns_pages_take(base, pages);
    }
    ns_pages_give(base, pages);
    return 0;
}

// What of the normal world's memory a manifest names is spoken for, as long as the system runs: it can be in no memory
// transaction and no RX or TX buffer, so whoever is lent or given memory has it alone. All or nothing.
static int take_ns_pages(const struct load *load)
{
    const struct sp_config *config = &load->sp->config;
    uint32_t count = config->region_count + config->device_count;
    uint32_t taken = 0;
    int err = 0;

    while (err == 0 && taken < count) {
        err = mark_ns_pages(config, taken, true);
        taken += err == 0 ? 1 : 0;
    }
    if (err != 0) {
        log_error("package %s: normal-world memory of its manifest cannot be marked (error %d)",
                  load->name, err);
        while (taken-- != 0) {
            (void)mark_ns_pages(config, taken, false);
        }
    }
    return err;
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
    if (err == 0 && load->sp->config.boot_log) {
        err = load_event_log(load);
    }
    if (err == 0) {
        err = load_boot_info(load);
    }
    if (err == 0) {
        err = take_secret(load, load->sp->ctx.pac_keys, sizeof(load->sp->ctx.pac_keys));
    }
    if (err == 0) {
        err = take_ns_pages(load);
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
    err = sp_load_check_package(&load, package);
    if (err == 0) {
        err = sp_load_check_others(&load, others, other_count);
    }
    if (err == 0) {
        err = sp_load_check_keys(&load, package);
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
