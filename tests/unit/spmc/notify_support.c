// SPDX-License-Identifier: BSD-3-Clause
//
// See notify_support.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notify_support.h"

uint64_t notify_answer[18];

int notify_reset(void **state)
{
    (void)state;
    fixture_reset();
    ALPHA->config.properties |= FFA_PROP_NOTIFICATION;
    BETA->config.properties |= FFA_PROP_NOTIFICATION;
    ALPHA->admits[SP_MSG_NOTIFY] = 0xf;
    BETA->admits[SP_MSG_NOTIFY] = 0xf;
    fixture_nwd_version(FFA_VERSION_1_2);
    NWD(FFA_FEATURES, FFA_FEATURE_SRI);
    return 0;
}

const uint64_t *notify_call(struct sp *sp, struct ffa_args args)
{
    if (sp == NULL) {
        (void)fixture_from_nwd(0, args);
        memcpy(notify_answer, NWD_X, sizeof(notify_answer));
        return notify_answer;
    }
    fixture_enter(sp, SP_MODEL_RUN);
    (void)fixture_from_sp(0, sp, args);
    memcpy(notify_answer, sp->ctx.x, sizeof(notify_answer));
    SP(sp, FFA_MSG_WAIT);
    return notify_answer;
}

bool notify_is_ok(const uint64_t *x)
{
    return fixture_is_success(x, 0, 0);
}

uint32_t notify_id(const struct sp *sp)
{
    return sp != NULL ? sp->endpoint.id : FFA_ID_NWD;
}

void notify_create(uint64_t vcpus)
{
    assert_true(notify_is_ok(CALL(NULL, FFA_NOTIFICATION_BITMAP_CREATE, 0, vcpus)));
}

const uint64_t *notify_bind(struct sp *receiver, const struct sp *sender, uint64_t flags,
                            uint64_t bits)
{
    return CALL(receiver, FFA_NOTIFICATION_BIND, IDS(notify_id(sender), notify_id(receiver)), flags,
                (uint32_t)bits, bits >> 32);
}

const uint64_t *notify_unbind(struct sp *receiver, const struct sp *sender, uint64_t bits)
{
    return CALL(receiver, FFA_NOTIFICATION_UNBIND, IDS(notify_id(sender), notify_id(receiver)), 0,
                (uint32_t)bits, bits >> 32);
}

const uint64_t *notify_set(struct sp *sender, const struct sp *receiver, uint64_t flags,
                           uint64_t bits)
{
    return CALL(sender, FFA_NOTIFICATION_SET, IDS(notify_id(sender), notify_id(receiver)), flags,
                (uint32_t)bits, bits >> 32);
}

void notify_fetches(struct sp *receiver, uint32_t vcpu, uint64_t from_sp, uint64_t from_nwd)
{
    uint64_t flags = receiver != NULL ? 0xf : 0x5;
    const uint64_t *x = CALL(receiver, FFA_NOTIFICATION_GET, IDS(vcpu, notify_id(receiver)), flags);

    assert_int_equal(x[0], FFA_SUCCESS_32);
    assert_int_equal(x[1], 0);
    assert_int_equal(x[2] | x[3] << 32, from_sp);
    assert_int_equal(x[4] | x[5] << 32, from_nwd);
    assert_int_equal(x[6] | x[7], 0);
}
