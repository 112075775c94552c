// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts of the devices that manifests give to partitions: all SPIs. One comes, is masked, and pended for its partition
// (sp_interrupt.c delivers it); the partition serves the device and says so (TESSERA_INTERRUPT_DONE), only then it can come
// again. So no device interrupts anybody twice for one turn of its partition, whatever its line does. Used by the FF-A core;
// hardware-free, below it is gic_secure.h.
#ifndef SP_DEVICE_H
#define SP_DEVICE_H

#include "spmc_private.h"

// Makes every device interrupt of the loaded partitions the SPMC's and lets it come, to this core. Boot core, once, all
// partitions loaded, gic_secure_init_core done. Errors of gic_secure.h, ERR_NO_MEMORY (more than SPMC_MAX_DEVICE_INTERRUPTS),
// with a line on the console that names partition, device and number.
MUST_CHECK int sp_device_init(struct spmc_core *core);

// This core has acknowledged interrupt `id` and not ended it: if it is a partition's it is masked and pended; false: it is
// nobody's.
bool sp_device_take(struct spmc_core *core, uint32_t id);

// `sp`, which the caller owns, is told of that one of its interrupts now (one bit SP_PENDING_DEVICE): the number that it
// gets with FFA_INTERRUPT.
uint32_t sp_device_tell(const struct sp *sp, uint32_t bit);

// TESSERA_INTERRUPT_DONE of the running partition: it may come again, to this core. Returns 0; FFA_NOT_SUPPORTED: it has no
// device interrupts; FFA_INVALID_PARAMETERS: not one of its; FFA_DENIED: it was not told of that one since it was last done.
int32_t sp_device_done(struct spmc_core *core, const struct sp *sp, uint32_t id);

// `sp` ended for good: none of its interrupts comes any more, the sources stay masked. Whoever owns it, any core, before its
// state is SP_STOPPED.
void sp_device_stopped(struct sp *sp);

// What goes to core `from` goes to core `to` from now on. By sp_timer.c as cores come and go, under its lock.
void sp_device_move(uint32_t from, uint32_t to);

#endif
