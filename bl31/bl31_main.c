// SPDX-License-Identifier: BSD-3-Clause
//
// BL31 from its map to the SPMC; what follows is spmd_boot.c: spmd_boot_done, which starts the normal world. Called by
// bl31_entry.S on the boot core, and on each core that comes back from its off state. Trusts BL1 for the address of the hand-off,
// and checks what is in it.
#include "bl31/bl31_private.h"
#include "bl31/crash.h"
#include "bl31/psci/psci.h"
#include "bl31/spmd/spmd.h"
#include "gic.h"
#include "log.h"
#include "panic.h"
#include "platform.h"

static _Noreturn void fail(const char *what, int error)
{
    log_error("%s (%d)", what, error);
    plat_fatal();
}

static void check_handoff(const struct handoff *handoff)
{
    int error;

    if ((uintptr_t)handoff != HANDOFF_BASE) {
        fail("BL1 passed another hand-off address than the board's", ERR_INVALID);
    }
    error = handoff_check(handoff);
    if (error != ERR_NONE) {
        fail("the hand-off of BL2 breaks its rules", error);
    }
    if (handoff->board.core_count > BOARD_CORE_MAX || handoff->board.core_count > board.core_max) {
        fail("the hand-off names more cores than the board has", ERR_RANGE);
    }
}

static void start_gic(void)
{
    int error = gic_detect();

    if (error == ERR_NONE) {
        error = gic_init_distributor();
    }
    if (error == ERR_NONE) {
        error = gic_core_on();
    }
    if (error != ERR_NONE) {
        fail("the interrupt controller does not start", error);
    }
}

// Own canary for EL3's stack frames. Whoever is on the stack while it changes must not look at it on the way out: this
// function is not protected, and its callers never return.
__attribute__((no_stack_protector)) static void start_stack_protector(struct handoff *handoff)
{
    uint64_t random;

    if (handoff_take_entropy(handoff, &random, sizeof(random)) != ERR_NONE) {
        fail("no entropy in the hand-off", ERR_NO_MEMORY);
    }
    panic_set_canary(random);
}

void bl31_main(struct handoff *handoff, uint32_t index)
{
    struct core *core = bl31_core(index);

    core->index = index;
    check_handoff(handoff);
    start_stack_protector(handoff);
    crash_last(); // tells why, if a crash is what this boot follows
    start_gic();
    psci_init(handoff, index);
    bl31_park_all(handoff->board.core_count); // no core executes from flash any more
    context_init_core(core);
    log_info("EL3 ready: cores %u, GICv%d, %s", handoff->board.core_count, gic_is_v3() ? 3 : 2,
             (core->features & CORE_HAS_PAC) != 0 ? "PAC keys switched" : "no PAC");
    spmd_boot(core, handoff); // comes back as spmd_boot_done
}

void bl31_warm_main(struct core *core)
{
    context_init_core(core);
    psci_core_arrived(core);
}
