// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupt controller at S-EL1: asks the core which kind there is, checks what the SPMC wants against the policy, and
// hands on to gicv2_secure.c or gicv3_secure.c. Called by the SPMC; contracts in gic_secure.h.
#include "gic_secure.h"

#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

// Const after gic_secure_init
static bool v3;
static uint32_t lines;

int gic_secure_init(void)
{
    v3 = ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_GIC_SHIFT) != 0;
    if (board.gicd_base == 0 || (v3 ? board.gicr_base : board.gicc_base) == 0) {
        return ERR_NOT_SUPPORTED;
    }
    lines = GICD_TYPER_LINES(mmio_read32(board.gicd_base + GICD_TYPER));
    if (lines > GIC_LINES_MAX) {
        lines = GIC_LINES_MAX;
    }
    return ERR_NONE;
}

bool gic_secure_is_v3(void)
{
    return v3;
}

static int private_base(uint64_t *base)
{
    return v3 ? gicv3_secure_private(base) : gicv2_secure_private(base);
}

int gic_secure_init_core(void)
{
    uint64_t base;
    int result = private_base(&base);

    if (result != ERR_NONE) {
        return result;
    }
    if (v3) {
        gicv3_secure_open();
    } else {
        gicv2_secure_open();
    }
    return ERR_NONE;
}

enum gic_owner gic_secure_owner(void)
{
    if ((read_isr_el1() & (ISR_I | ISR_F)) == 0) {
        return GIC_OWNER_NONE;
    }
    return v3 ? gicv3_secure_owner() : gicv2_secure_owner();
}

uint32_t gic_secure_acknowledge(void)
{
    return v3 ? gicv3_secure_acknowledge() : gicv2_secure_acknowledge();
}

void gic_secure_end(uint32_t acknowledged)
{
    if (v3) {
        gicv3_secure_end(acknowledged);
    } else {
        mmio_write32(board.gicc_base + GICC_EOIR, acknowledged);
    }
}

// An SGI or PPI is the SPMC's by policy; an SPI by what gic_secure_configure() did.
static int check_private(uint32_t id)
{
    return (GIC_PRIVATE_SECURE & BIT(id)) != 0 ? ERR_NONE : ERR_DENIED;
}

static void set_trigger(uint64_t base, uint32_t id, bool edge)
{
    uint64_t address = base + GICD_ICFGR + id / 16 * 4;
    uint32_t bit = 2u << (id % 16 * 2);
    uint32_t value = mmio_read32(address);

    mmio_write32(address, edge ? value | bit : value & ~bit);
}

static int disable(uint64_t base, uint32_t id)
{
    mmio_write32(base + GICD_ICENABLER + id / 32 * 4, 1u << (id % 32));
    return v3 ? gicv3_secure_wait(id) : gicv2_secure_wait(id);
}

static void route(uint32_t id, uint32_t core_index)
{
    if (v3) {
        gicv3_secure_route(id, core_index);
    } else {
        gicv2_secure_route(id, core_index);
    }
}

static int configure_spi(uint32_t id, bool edge, uint32_t priority)
{
    uint64_t gicd = board.gicd_base;
    int result = disable(gicd, id);

    if (result != ERR_NONE) {
        return result;
    }
    if (v3) {
        gicv3_secure_take(id);
    } else {
        gicv2_secure_take(id);
    }
    set_trigger(gicd, id, edge);
    mmio_write8(gicd + GICD_IPRIORITYR + id, (uint8_t)priority);
    mmio_write32(gicd + GICD_ICPENDR + id / 32 * 4, 1u << (id % 32));
    route(id, 0);
    return ERR_NONE;
}

static int configure_private(uint32_t id, bool edge, uint32_t priority)
{
    uint64_t base;
    int result = private_base(&base);

    if (result != ERR_NONE) {
        return result;
    }
    if (id >= GIC_SGI_COUNT) { // SGIs have no other trigger
        set_trigger(base, id, edge);
    }
    mmio_write8(base + GICD_IPRIORITYR + id, (uint8_t)priority);
    return ERR_NONE;
}

int gic_secure_configure(uint32_t id, bool edge, uint32_t priority)
{
    if (id >= lines) {
        return ERR_RANGE;
    }
    if (id < GIC_SPI_FIRST && check_private(id) != ERR_NONE) {
        return ERR_DENIED;
    }
    if (priority < GIC_PRIORITY_SECURE || priority > GIC_PRIORITY_SECURE_LAST ||
        (id < GIC_SGI_COUNT && !edge)) {
        return ERR_INVALID;
    }
    return id < GIC_SPI_FIRST ? configure_private(id, edge, priority)
                              : configure_spi(id, edge, priority);
}

// Whether `id` is the SPMC's, and of the calling core if it is private. *base: where its enable bits are.
static int check_enable(uint32_t id, uint32_t core_index, uint64_t *base)
{
    *base = board.gicd_base;
    if (id >= lines || core_index >= board.core_max) {
        return ERR_RANGE;
    }
    if (id >= GIC_SPI_FIRST) {
        return (v3 ? gicv3_secure_owns(id) : gicv2_secure_owns(id)) ? ERR_NONE : ERR_DENIED;
    }
    if (check_private(id) != ERR_NONE ||
        board.core_mpidrs[core_index] != (read_mpidr_el1() & MPIDR_AFFINITY)) {
        return ERR_DENIED;
    }
    return private_base(base);
}

int gic_secure_enable(uint32_t id, uint32_t core_index, bool on)
{
    uint64_t base;
    int result = check_enable(id, core_index, &base);

    if (result != ERR_NONE) {
        return result;
    }
    if (id >= GIC_SPI_FIRST) {
        route(id, core_index);
    }
    if (!on) {
        return disable(base, id);
    }
    mmio_write32(base + GICD_ISENABLER + id / 32 * 4, 1u << (id % 32));
    return ERR_NONE;
}

int gic_secure_send_sgi(uint32_t core_index, uint32_t id)
{
    if (core_index >= board.core_max) {
        return ERR_RANGE;
    }
    if (id >= GIC_SGI_COUNT || (GIC_PRIVATE_SGIS & BIT(id)) == 0) {
        return ERR_DENIED;
    }
    dsb_sy(); // what the other core will read is in memory before the interrupt is sent
    if (v3) {
        gicv3_secure_send_sgi(core_index, id);
    } else {
        mmio_write32(board.gicd_base + GICD_SGIR,
                     (1u << (GICD_SGIR_TARGET_SHIFT + core_index)) | id);
    }
    return ERR_NONE;
}

int gic_secure_send_sri(uint32_t core_index)
{
    if (core_index >= board.core_max) {
        return ERR_RANGE;
    }
    dsb_sy(); // as above
    if (v3) {
        gicv3_secure_send_sri(core_index);
    } else {
        mmio_write32(board.gicd_base + GICD_SGIR, (1u << (GICD_SGIR_TARGET_SHIFT + core_index)) |
                                                      (uint32_t)GICD_SGIR_NSATT | GIC_SGI_SRI);
    }
    return ERR_NONE;
}
