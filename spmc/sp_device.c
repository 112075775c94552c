// SPDX-License-Identifier: BSD-3-Clause
//
// Device interrupts of partitions, see sp_device.h. Arguments of sp_device_done are a partition's and checked. What the
// manifests say was checked by sp_manifest.c.
//
//              take                tell              done
//   OPEN ─────────────▶ PENDED ─────────────▶ TOLD ─────────────▶ OPEN     all ── stopped ──▶ SHUT
//
// An interrupt is enabled in OPEN alone. It is sent to one core, which changes when that core goes (sp_timer.c says to
// which), and to the one on which the partition was done with it.
#include "sp_device.h"

#include "ffa_dispatch.h"
#include "gic_secure.h"
#include "log.h"
#include "sp_timer.h"

_Static_assert(SP_INTERRUPT_FIRST >= GIC_SPI_FIRST && SP_INTERRUPT_LAST < GIC_SPURIOUS_FIRST,
               "manifests give SPIs");
_Static_assert(SP_INTERRUPT_PRIORITY_FIRST == GIC_PRIORITY_SECURE &&
                   SP_INTERRUPT_PRIORITY_LAST == GIC_PRIORITY_SECURE_LAST,
               "the priorities that gic_secure_configure() takes");
_Static_assert(SP_MAX_DEVICES *SP_MAX_DEVICE_INTERRUPTS <= 24, "one bit each in sp.pending");

enum source_state {
    SOURCE_OPEN = 0,
    SOURCE_PENDED,
    SOURCE_TOLD,
    SOURCE_SHUT,
};

struct source {
    // Const after boot
    struct sp *sp;
    uint32_t id;
    uint32_t bit; // of sp->pending

    // Under devices_lock
    enum source_state state;
    uint32_t core; // whose interrupt it is
};

static struct source sources[SPMC_MAX_DEVICE_INTERRUPTS];
static uint32_t source_count; // const after boot

// Taken under the lock of sp_timer.c or alone; nothing is called under it that takes another lock or leaves.
static struct spinlock devices_lock;

static struct source *find(uint32_t id)
{
    for (uint32_t i = 0; i < source_count; i++) {
        if (sources[i].id == id) {
            return &sources[i];
        }
    }
    return NULL;
}

// What the source's state and core say, to the interrupt controller. It was asked for the same at boot and agreed.
static void apply_locked(const struct source *source)
{
    int err = gic_secure_enable(source->id, source->core, source->state == SOURCE_OPEN);

    if (err != 0) {
        log_error("interrupt %u of %s cannot be set (error %d)", source->id,
                  source->sp->config.description, err);
    }
}

// ---- Boot ------------------------------------------------------------------------------------------------------------

static int add(struct spmc_core *core, struct sp *sp, uint32_t number,
               const struct sp_device_interrupt *interrupt)
{
    struct source *source = &sources[source_count];
    bool edge = (interrupt->attributes & SP_INTERRUPT_LEVEL) == 0;
    int err;

    if (source_count == SPMC_MAX_DEVICE_INTERRUPTS) {
        return ERR_NO_MEMORY;
    }
    err = gic_secure_configure(interrupt->id, edge, interrupt->attributes & SP_INTERRUPT_PRIORITY);
    if (err != 0) {
        return err;
    }
    *source = (struct source){
        .sp = sp,
        .id = interrupt->id,
        .bit = SP_PENDING_DEVICE(number),
        .core = core->index,
    };
    source_count++; // from here on it is found: it may come at once
    return gic_secure_enable(interrupt->id, core->index, true);
}

static int add_all_of(struct spmc_core *core, struct sp *sp)
{
    uint32_t number = 0;

    for (uint32_t i = 0; i < sp->config.device_count; i++) {
        const struct sp_device_region *device = &sp->config.devices[i];

        for (uint32_t k = 0; k < device->interrupt_count; k++) {
            int err = add(core, sp, number, &device->interrupts[k]);

            if (err != 0) {
                log_error("partition %s: device \"%s\": interrupt %u cannot be had (error %d)",
                          sp->config.description, device->description, device->interrupts[k].id,
                          err);
                return err;
            }
            number++;
        }
    }
    return 0;
}

int sp_device_init(struct spmc_core *core)
{
    int err = 0;

    source_count = 0;
    for (uint32_t i = 0; err == 0 && i < spmc_sp_count; i++) {
        err = add_all_of(core, &spmc_sps[i]);
    }
    return err;
}

// ---- Life of an interrupt --------------------------------------------------------------------------------------------

bool sp_device_take(struct spmc_core *core, uint32_t id)
{
    struct source *source = find(id);
    bool pend;

    if (source == NULL) {
        return false;
    }
    spin_lock(&devices_lock);
    pend = source->state == SOURCE_OPEN;
    if (pend) {
        source->state = SOURCE_PENDED;
    }
    source->core = core->index;
    apply_locked(source); // also one that was masked a moment too late
    spin_unlock(&devices_lock);
    if (pend) {
        sp_timer_pend(core, source->sp, source->bit);
    }
    return true;
}

uint32_t sp_device_tell(const struct sp *sp, uint32_t bit)
{
    uint32_t id = 0;

    spin_lock(&devices_lock);
    for (uint32_t i = 0; i < source_count; i++) {
        if (sources[i].sp == sp && sources[i].bit == bit) {
            sources[i].state = SOURCE_TOLD;
            id = sources[i].id;
        }
    }
    spin_unlock(&devices_lock);
    return id;
}

int32_t sp_device_done(struct spmc_core *core, const struct sp *sp, uint32_t id)
{
    struct source *source = find(id);
    int32_t result = FFA_DENIED;

    if (sp->config.device_count == 0) {
        return FFA_NOT_SUPPORTED;
    }
    if (source == NULL || source->sp != sp) {
        return FFA_INVALID_PARAMETERS;
    }
    spin_lock(&devices_lock);
    if (source->state == SOURCE_TOLD) {
        source->state = SOURCE_OPEN;
        source->core = core->index;
        apply_locked(source);
        result = 0;
    }
    spin_unlock(&devices_lock);
    return result;
}

void sp_device_stopped(struct sp *sp)
{
    spin_lock(&devices_lock);
    for (uint32_t i = 0; i < source_count; i++) {
        if (sources[i].sp == sp) {
            sources[i].state = SOURCE_SHUT;
            apply_locked(&sources[i]);
        }
    }
    spin_unlock(&devices_lock);
}

void sp_device_move(uint32_t from, uint32_t to)
{
    spin_lock(&devices_lock);
    for (uint32_t i = 0; i < source_count; i++) {
        if (sources[i].core == from) {
            sources[i].core = to;
            apply_locked(&sources[i]);
        }
    }
    spin_unlock(&devices_lock);
}
