// SPDX-License-Identifier: BSD-3-Clause
//
// Offsets of C structures that the SPMC's assembly uses; becomes asm_offsets.h at build time.
#include "offsets.h"
#include "spmc_private.h"

OFFSETS_BEGIN
OFFSET(CORE_ARGS, struct spmc_core, args)
OFFSET(CORE_STACK_TOP, struct spmc_core, stack_top)
OFFSET(CORE_PAC_KEY, struct spmc_core, pac_key)
CONSTANT(CORE_SIZE, sizeof(struct spmc_core))
OFFSET(CTX_X, struct sp_ctx, x)
OFFSET(CTX_SP_EL0, struct sp_ctx, sp_el0)
OFFSET(CTX_PC, struct sp_ctx, pc)
OFFSET(CTX_TPIDR_EL0, struct sp_ctx, tpidr_el0)
OFFSET(CTX_PAC_KEYS, struct sp_ctx, pac_keys)
OFFSET(CTX_FPCR_FPSR, struct sp_ctx, fpcr_fpsr)
OFFSET(CTX_V, struct sp_ctx, v)
OFFSET(SP_TTBR0, struct sp, space.ttbr0)
OFFSETS_END

// spmc_vectors.S stores these as pairs
_Static_assert(offsetof(struct sp, ctx) == 0, "SP_EL1 points to both");
_Static_assert(offsetof(struct sp_ctx, sp_el0) == offsetof(struct sp_ctx, x) + 31 * 8,
               "x30 and SP_EL0 are a pair");
_Static_assert(offsetof(struct sp_ctx, spsr) == offsetof(struct sp_ctx, pc) + 8,
               "pc and spsr are a pair");
_Static_assert(offsetof(struct sp_ctx, pac_keys) + 64 <= 504, "ldp reaches the last key");
