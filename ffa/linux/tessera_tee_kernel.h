/* SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only) */
/*
 * The kernel's TEE subsystem as tessera_tee.c wants it, of every kernel since 6.1.
 */
#ifndef TESSERA_TEE_KERNEL_H
#define TESSERA_TEE_KERNEL_H

#include <linux/tee.h>
#if __has_include(<linux/tee_core.h>) /* split off in 6.12 */
#include <linux/tee_core.h>
#endif
#include <linux/tee_drv.h>

#ifndef TEE_IMPL_ID_TSTEE
#define TEE_IMPL_ID_TSTEE 3 /* of 6.10 */
#endif

#endif
