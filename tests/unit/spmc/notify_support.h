// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of notifications share: a core in which they are allowed, and the calls. Needs cmocka's headers before it.
#ifndef NOTIFY_SUPPORT_H
#define NOTIFY_SUPPORT_H

#include "ffa_notify.h"
#include "spmc_fixture.h"

#define PER_VCPU 1
#define DELAY 2
#define VCPU(n) ((uint32_t)(n) << 16)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// ALPHA (1.2) and BETA (1.1) take notifications of everybody, GAMMA does not (and is of 1.0); the normal world speaks 1.2
// and knows the schedule-receiver interrupt. A set-up of cmocka: 0.
int notify_reset(void **state);

// A call of the normal world (NULL) or of a partition, which gets a turn for it on core 0 and ends it again. Returns
// notify_answer: x0 … x17 of the answer.
extern uint64_t notify_answer[18];
const uint64_t *notify_call(struct sp *sp, struct ffa_args args);
#define CALL(sp, ...) notify_call(sp, (struct ffa_args){ .x = { __VA_ARGS__ } })

// Whether an answer is FFA_SUCCESS without values.
bool notify_is_ok(const uint64_t *x);

// The endpoint id of a partition, or of the normal world (NULL).
uint32_t notify_id(const struct sp *sp);

// FFA_NOTIFICATION_BITMAP_CREATE for so many vCPUs, which works.
void notify_create(uint64_t vcpus);

// FFA_NOTIFICATION_BIND, UNBIND (by the receiver), SET (by the sender): the answer.
const uint64_t *notify_bind(struct sp *receiver, const struct sp *sender, uint64_t flags,
                            uint64_t bits);
const uint64_t *notify_unbind(struct sp *receiver, const struct sp *sender, uint64_t bits);
const uint64_t *notify_set(struct sp *sender, const struct sp *receiver, uint64_t flags,
                           uint64_t bits);

// The receiver fetches all that it may ask for, and gets this.
void notify_fetches(struct sp *receiver, uint32_t vcpu, uint64_t from_sp, uint64_t from_nwd);

#endif
