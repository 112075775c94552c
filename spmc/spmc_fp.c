// SPDX-License-Identifier: BSD-3-Clause
//
// Lazy switching of the FP registers between the normal world and partitions. A partition's first FP instruction in an
// entry traps; then the normal world's registers are put away, and put back before the core leaves the secure world. A
// call whose partition computes nothing in FP pays nothing. Between the two the FP registers hold either one or the
// other, never a mix, and EL3 need not know.
#include "spmc_private.h"

#include "barrier.h"
#include "log.h"
#include "page_pool.h"
#include "platform.h"
#include "regs.h"

#define CPACR_EL1_ONLY \
    (CPACR_FPEN(1) | CPACR_ZEN(1)) // EL0 traps, the SPMC's own save routines do not
#define CPACR_EL0_TOO (CPACR_FPEN(3) | CPACR_ZEN(1)) // EL0 may use FP and SIMD, never SVE or SME

#define SME_MAX_VECTOR 256 // architectural maximum of the streaming vector length, in bytes

uint64_t fp_sve_bytes(void);

static uint64_t fp_area_vector; // vector length that the areas have room for; const after boot

static uint64_t cpacr(uint64_t value)
{
    return (spmc_features & SPMC_HAS_SME) != 0 ? value | CPACR_SMEN(1) : value;
}

// Bytes of this core's longest vector. From here on as in every later entry: this level may use SVE, partitions may use
// nothing.
static uint64_t open_vectors(void)
{
    write_cpacr_el1(cpacr(CPACR_EL1_ONLY));
    isb();
    if ((spmc_features & SPMC_HAS_SME) != 0) {
        return SME_MAX_VECTOR;
    }
    return (spmc_features & SPMC_HAS_SVE) != 0 ? fp_sve_bytes() : 16;
}

void fp_boot(uint32_t core_count)
{
    uint64_t vector = open_vectors();
    uint64_t bytes = (FP_AREA_BYTES(vector) + 63) & ~63ull; // cache lines of their own
    uint32_t pages = (uint32_t)((bytes * core_count + 4095) / 4096);
    uint8_t *areas = page_pool_alloc_contiguous(pages);

    if (areas == NULL) {
        log_error("no memory for the FP registers of %u cores (%u pages)", core_count, pages);
        plat_fatal();
    }
    for (uint32_t i = 0; i < core_count; i++) {
        spmc_cores[i].fp_nwd = areas + i * bytes;
    }
    fp_area_vector = vector;
    // What libfdt and the boot left in the registers goes no further
    fp_zero();
}

int fp_start_core(void)
{
    return open_vectors() <= fp_area_vector ? 0 : ERR_NOT_SUPPORTED;
}

void fp_give_to(struct spmc_core *core, struct sp *sp)
{
    fp_save_nwd(core->fp_nwd, spmc_features);
    if (sp->ctx.fp_valid != 0) {
        fp_load_sp(&sp->ctx);
    } else {
        fp_zero();
        sp->ctx.fp_valid = 1;
    }
    core->fp_owner = sp;
    write_cpacr_el1(cpacr(CPACR_EL0_TOO)); // the ERET to the partition synchronises it
}

void fp_give_back(struct spmc_core *core)
{
    fp_save_sp(&core->fp_owner->ctx);
    fp_load_nwd(core->fp_nwd, spmc_features);
    core->fp_owner = NULL;
    write_cpacr_el1(cpacr(CPACR_EL1_ONLY));
}
