// SPDX-License-Identifier: BSD-3-Clause
//
// The proxy's interrupts: its physical timer (PPI 30) and two SGIs, enabled and never taken (PSTATE masks them). They
// exist to preempt partitions and to wake an idle proxy. Called by proxy_main.c.
#include "board.h"
#include "proxy_private.h"

#define GICD_CTLR 0x000
#define GICD_IGROUPR0 0x080
#define GICD_ISENABLER0 0x100
#define GICD_IPRIORITYR0 0x400
#define GICD_SGIR 0xf00
#define GICD_SGIR_TARGETS_SHIFT 16
// For the view without security extensions; ignored in the normal world's
#define GICD_SGIR_NSATT (1 << 15)
#define GICC_CTLR 0x00
#define GICC_PMR 0x04
#define GICC_IAR 0x0c
#define GICC_EOIR 0x10
#define GICR_SGI_FRAME 0x10000

// GICv2: bit 0 in the normal world's view; without security extensions both
#define GICD_CTLR_GROUPS 0x3
#define GICD_CTLR_V3 0x13 // groups and ARE in the normal world's view
#define PRIORITY 0x80

static void write32(uint64_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static uint32_t read32(uint64_t address)
{
    return *(volatile uint32_t *)address;
}

void proxy_gic_init(uint64_t core, uint64_t version)
{
    uint64_t local = version == 3 ? GICR_BASE + core * GICR_STRIDE + GICR_SGI_FRAME : GICD_BASE;

    write32(GICD_BASE + GICD_CTLR,
            read32(GICD_BASE + GICD_CTLR) | (version == 3 ? GICD_CTLR_V3 : GICD_CTLR_GROUPS));
    if (version == 3) {
        write32(local + GICD_IGROUPR0,
                UINT32_MAX); // on a machine without firmware; ignored in the normal world
    }
    *(volatile uint8_t *)(local + GICD_IPRIORITYR0 + MB_SGI) = PRIORITY;
    *(volatile uint8_t *)(local + GICD_IPRIORITYR0 + MB_DOORBELL_SGI) = PRIORITY;
    *(volatile uint8_t *)(local + GICD_IPRIORITYR0 + MB_TIMER_PPI) = PRIORITY;
    write32(local + GICD_ISENABLER0, 1u << MB_SGI | 1u << MB_DOORBELL_SGI | 1u << MB_TIMER_PPI);
    if (version == 3) {
        proxy_icc_init();
    } else {
        write32(GICC_BASE + GICC_PMR, 0xff);
        write32(GICC_BASE + GICC_CTLR, 1);
    }
}

void proxy_gic_sgi_to(uint64_t version, uint64_t core, uint64_t id)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // what it is about is there before it arrives
    if (version == 3) {
        proxy_icc_sgi(id, core);
    } else {
        write32(GICD_BASE + GICD_SGIR,
                1u << (GICD_SGIR_TARGETS_SHIFT + core) | GICD_SGIR_NSATT | (uint32_t)id);
    }
}

void proxy_gic_sgi(uint64_t version)
{
    proxy_gic_sgi_to(version, proxy_cpu_id(PROXY_ID_MPIDR) & (MB_CORE_MAX - 1), MB_SGI);
}

uint64_t proxy_gic_take(uint64_t version)
{
    uint64_t id;

    if (version == 3) {
        id = proxy_icc_ack() & 0xffffff;
        if (id < 1020) {
            proxy_icc_end(id);
        }
    } else {
        id = read32(GICC_BASE + GICC_IAR);
        if ((id & 0x3ff) < 1020) {
            write32(GICC_BASE + GICC_EOIR, (uint32_t)id);
        }
        id &= 0x3ff;
    }
    return id < 1020 ? id : MB_NO_INTERRUPT;
}
