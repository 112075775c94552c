// SPDX-License-Identifier: BSD-3-Clause
//
// The new things in the normal world's device tree, appended to the blocks of struct fixup; contracts in
// common_fdt_private.h. Called by common_fdt_fixup.c. Every write is bounded; the first failure stops all later ones, so
// that the callers read as lists. Linux's bindings: arm/psci.yaml, arm/cpus.yaml, cpu/idle-states.yaml. The
// event log is described as TF-A does.
#include "common_fdt_private.h"

#include "assert.h"
#include "bits.h"
#include "printf.h"
#include "string.h"

// Looking for each name in the tree's strings would save a few bytes
static const struct {
    char address_cells[sizeof("#address-cells")];
    char size_cells[sizeof("#size-cells")];
    char ranges[sizeof("ranges")];
    char reg[sizeof("reg")];
    char no_map[sizeof("no-map")];
    char compatible[sizeof("compatible")];
    char method[sizeof("method")];
    char enable_method[sizeof("enable-method")];
    char cpu_idle_states[sizeof("cpu-idle-states")];
    char entry_method[sizeof("entry-method")];
    char phandle[sizeof("phandle")];
    char suspend_param[sizeof("arm,psci-suspend-param")];
    char entry_latency[sizeof("entry-latency-us")];
    char exit_latency[sizeof("exit-latency-us")];
    char min_residency[sizeof("min-residency-us")];
    char log_addr[sizeof("tpm_event_log_addr")];
    char log_size[sizeof("tpm_event_log_size")];
    char sml_base[sizeof("linux,sml-base")];
    char sml_size[sizeof("linux,sml-size")];
} names = {
    .address_cells = "#address-cells",
    .size_cells = "#size-cells",
    .ranges = "ranges",
    .reg = "reg",
    .no_map = "no-map",
    .compatible = "compatible",
    .method = "method",
    .enable_method = "enable-method",
    .cpu_idle_states = "cpu-idle-states",
    .entry_method = "entry-method",
    .phandle = "phandle",
    .suspend_param = "arm,psci-suspend-param",
    .entry_latency = "entry-latency-us",
    .exit_latency = "exit-latency-us",
    .min_residency = "min-residency-us",
    .log_addr = "tpm_event_log_addr",
    .log_size = "tpm_event_log_size",
    .sml_base = "linux,sml-base",
    .sml_size = "linux,sml-size",
};
#define NAME(member) ((uint32_t)offsetof(__typeof__(names), member))

// ---- Blocks ----------------------------------------------------------------------------------------------------------

// Room for `size` more bytes in the structure block, or NULL.
static uint8_t *take(struct fixup *fix, uint32_t size)
{
    uint8_t *place = fix->structure + fix->used;

    if (fix->err == ERR_NONE && size > sizeof(fix->structure) - fix->used) {
        fixup_refuse(fix, "structure", "must not be larger than BL2 can take", ERR_NO_MEMORY);
    }
    if (fix->err != ERR_NONE) {
        return NULL;
    }
    fix->used += size;
    return place;
}

void fixup_put_word(struct fixup *fix, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);
    uint8_t *place = take(fix, sizeof(cell));

    if (place != NULL) {
        memcpy(place, &cell, sizeof(cell));
    }
}

void fixup_copy_words(struct fixup *fix, uint32_t count)
{
    uint8_t *place = take(fix, count * (uint32_t)sizeof(fdt32_t));

    assert(count <= fix->words_left);
    fix->words_left -= count;
    for (; place != NULL && count > 0; count--, place += sizeof(fdt32_t)) {
        fdt32_t word = *fix->from++;

        memcpy(place, &word, sizeof(word));
    }
}

// Appends `size` bytes, and zeros up to the next word.
static void put_bytes(struct fixup *fix, const void *bytes, uint32_t size)
{
    uint8_t *place;

    assert(size <= sizeof(fix->structure));
    place = take(fix, ALIGN_UP(size, 4u));
    if (place != NULL && size != 0) {
        memset(place, 0, ALIGN_UP(size, 4u));
        memcpy(place, bytes, size);
    }
}

static void begin_node(struct fixup *fix, const char *name)
{
    fixup_put_word(fix, FDT_BEGIN_NODE);
    put_bytes(fix, name, (uint32_t)strlen(name) + 1);
}

static void end_node(struct fixup *fix)
{
    fixup_put_word(fix, FDT_END_NODE);
}

// `name`: NAME() of the property
static void put_property(struct fixup *fix, uint32_t name, const void *value, size_t size)
{
    fixup_put_word(fix, FDT_PROP);
    fixup_put_word(fix, (uint32_t)size);
    fixup_put_word(fix, fix->own_names + name);
    put_bytes(fix, value, (uint32_t)size);
}

static void put_cell(struct fixup *fix, uint32_t name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    put_property(fix, name, &cell, sizeof(cell));
}

void fixup_put_names(struct fixup *fix)
{
    if (sizeof(names) > sizeof(fix->strings) - fix->strings_used) {
        fixup_refuse(fix, "strings", "must not be larger than BL2 can take", ERR_NO_MEMORY);
        return;
    }
    memcpy(fix->strings + fix->strings_used, &names, sizeof(names));
    fix->own_names = fix->strings_used;
    fix->strings_used += (uint32_t)sizeof(names);
}

// ---- PSCI and idle states --------------------------------------------------------------------------------------------

void fixup_add_psci(struct fixup *fix)
{
    static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

    begin_node(fix, "psci");
    put_property(fix, NAME(compatible), compatible, sizeof(compatible));
    put_property(fix, NAME(method), "smc", sizeof("smc"));
    end_node(fix);
}

static uint32_t idle_state_count(void)
{
    uint32_t count = 0;

    while (count < BOARD_MAX_IDLE_STATES && board.idle_states[count].name != NULL) {
        count++;
    }
    return count;
}

// The last `count` words of the structure block are numbers of idle states.
static void note_patches(struct fixup *fix, uint32_t count)
{
    if (fix->err == ERR_NONE && count > FIXUP_PATCHES_MAX - fix->patch_count) {
        fixup_refuse(fix, "/cpus", "must not have more cores than the board", ERR_RANGE);
    }
    for (; fix->err == ERR_NONE && count > 0; count--) {
        fix->patches[fix->patch_count++] = fix->used - count * (uint32_t)sizeof(fdt32_t);
    }
}

static void add_idle_state(struct fixup *fix, uint32_t number)
{
    const struct board_idle_state *state = &board.idle_states[number];

    begin_node(fix, state->name);
    put_property(fix, NAME(compatible), "arm,idle-state", sizeof("arm,idle-state"));
    put_cell(fix, NAME(suspend_param), state->power_state);
    put_cell(fix, NAME(entry_latency), state->entry_latency_us);
    put_cell(fix, NAME(exit_latency), state->exit_latency_us);
    put_cell(fix, NAME(min_residency), state->min_residency_us);
    put_cell(fix, NAME(phandle), number);
    note_patches(fix, 1);
    end_node(fix);
}

void fixup_add_idle_states(struct fixup *fix)
{
    uint32_t count = idle_state_count();

    if (count == 0) {
        return;
    }
    begin_node(fix, "idle-states");
    put_property(fix, NAME(entry_method), "psci", sizeof("psci"));
    for (uint32_t i = 0; i < count; i++) {
        add_idle_state(fix, i);
    }
    end_node(fix);
}

void fixup_add_to_cpu(struct fixup *fix)
{
    fdt32_t numbers[BOARD_MAX_IDLE_STATES];
    uint32_t count = idle_state_count();

    put_property(fix, NAME(enable_method), "psci", sizeof("psci"));
    if (count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = cpu_to_fdt32(i);
    }
    put_property(fix, NAME(cpu_idle_states), numbers, count * sizeof(numbers[0]));
    note_patches(fix, count);
}

void fixup_patch_phandles(struct fixup *fix)
{
    if (fix->phandle_max > UINT32_MAX - 1 - BOARD_MAX_IDLE_STATES) { // the highest number is none
        fixup_refuse(fix, "phandle", "must leave numbers for new nodes", ERR_RANGE);
        return;
    }
    for (uint32_t i = 0; i < fix->patch_count; i++) {
        fdt32_t cell;

        memcpy(&cell, fix->structure + fix->patches[i], sizeof(cell));
        cell = cpu_to_fdt32(fdt32_to_cpu(cell) + fix->phandle_max + 1);
        memcpy(fix->structure + fix->patches[i], &cell, sizeof(cell));
    }
}

// ---- Event log and reserved memory -----------------------------------------------------------------------------------

uint32_t fixup_region_count(const struct fixup *fix)
{
    return fix->reserved_count + (fix->log != NULL ? 1 : 0);
}

struct common_fdt_reserved fixup_region(const struct fixup *fix, uint32_t number)
{
    if (number < fix->reserved_count) {
        return fix->reserved[number];
    }
    assert(fix->log != NULL);
    return (struct common_fdt_reserved){ .name = "event-log",
                                         .base = fix->log->base,
                                         .size = fix->log->size };
}

void fixup_region_name(const struct common_fdt_reserved *region, char name[FIXUP_NAME_MAX])
{
    printf_format(name, FIXUP_NAME_MAX, "%s@%llx", region->name, (unsigned long long)region->base);
}

// Writes a number of `cells` cells. Returns the place behind it.
static fdt32_t *write_cells(fdt32_t *to, uint64_t value, uint32_t cells)
{
    if (cells == 2) {
        *to++ = cpu_to_fdt32((uint32_t)(value >> 32));
    }
    *to++ = cpu_to_fdt32((uint32_t)value);
    return to;
}

void fixup_add_event_log(struct fixup *fix)
{
    static const char compatible[] = "arm,tpm_event_log";
    fdt32_t address[2];

    if (fix->log == NULL) {
        return;
    }
    (void)write_cells(address, fix->log->base, 2); // whatever the root's cells
    begin_node(fix, "tpm-event-log");
    put_property(fix, NAME(compatible), compatible, sizeof(compatible));
    put_property(fix, NAME(log_addr), address, sizeof(address));
    put_cell(fix, NAME(log_size), fix->log->used);
    end_node(fix);
}

// Begins the node of a region, with its reg.
static void begin_region(struct fixup *fix, const struct common_fdt_reserved *region)
{
    const struct fixup_level *root = &fix->levels[0];
    char name[FIXUP_NAME_MAX];
    fdt32_t reg[4];
    const fdt32_t *end = write_cells(write_cells(reg, region->base, root->address_cells),
                                     region->size, root->size_cells);

    fixup_region_name(region, name);
    begin_node(fix, name);
    put_property(fix, NAME(reg), reg, (size_t)(end - reg) * sizeof(*reg));
}

// Linux reads its firmware's log through its linear map, from where these two say (of_tpm.c: 64 bits, 32 bits).
static void add_tpm_log(struct fixup *fix)
{
    fdt32_t address[2];

    if (fix->log == NULL) {
        return;
    }
    (void)write_cells(address, fix->log->base, 2);
    put_property(fix, NAME(sml_base), address, sizeof(address));
    put_cell(fix, NAME(sml_size), fix->log->used);
}

void fixup_add_devices(struct fixup *fix)
{
    for (uint32_t i = 0; i < fix->reserved_count; i++) {
        const struct common_fdt_reserved *region = &fix->reserved[i];

        if (region->compatible != NULL) {
            begin_region(fix, region);
            put_property(fix, NAME(compatible), region->compatible, strlen(region->compatible) + 1);
            if (strcmp(region->compatible, COMMON_FDT_TPM) == 0) {
                add_tpm_log(fix);
            }
            end_node(fix);
        }
    }
}

// no-map: the normal world's kernel has no business with it; whoever has, maps it. So no cacheable alias of it is left.
static void add_region(struct fixup *fix, const struct common_fdt_reserved *region, bool no_map)
{
    begin_region(fix, region);
    if (no_map) {
        put_property(fix, NAME(no_map), NULL, 0);
    }
    end_node(fix);
}

// Linux reads the event log through its linear map: only that has no no-map.
void fixup_add_regions(struct fixup *fix)
{
    for (uint32_t i = 0; i < fixup_region_count(fix); i++) {
        const struct common_fdt_reserved region = fixup_region(fix, i);

        add_region(fix, &region, i < fix->reserved_count);
    }
}

void fixup_add_reserved_memory(struct fixup *fix)
{
    const struct fixup_level *root = &fix->levels[0];

    begin_node(fix, "reserved-memory");
    put_cell(fix, NAME(address_cells), root->address_cells);
    put_cell(fix, NAME(size_cells), root->size_cells);
    put_property(fix, NAME(ranges), NULL, 0); // empty: the same addresses as outside
    fixup_add_regions(fix);
    end_node(fix);
}
