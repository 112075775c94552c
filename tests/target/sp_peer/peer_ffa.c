// SPDX-License-Identifier: BSD-3-Clause
//
// Steps of a script that use what the runtime offers: buffers, memory of others, requests, indirect messages, notifications.
// Called by peer_steps.c and, for messages that need no script, by peer_sp.c.
#include <string.h>

#include "sp_mem.h"
#include "sp_notify.h"
#include "tests/target/sp_peer/peer_private.h"

static const void *rx;
static void *tx;

static uint64_t as_result(int error)
{
    return (uint64_t)(int64_t)error;
}

uint64_t peer_rx(void)
{
    return (uintptr_t)rx;
}

uint64_t peer_tx(void)
{
    return (uintptr_t)tx;
}

int peer_map_rxtx(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[0] = as_result(sp_rxtx_map(&rx, &tx));
    return 0;
}

static bool in_data(uint64_t offset, uint64_t size)
{
    return size <= PEER_SCRIPT_DATA && offset <= PEER_SCRIPT_DATA - size;
}

int peer_copy_in(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)step;
    if (!in_data(x[1], x[2])) {
        return ERR_RANGE;
    }
    memcpy((void *)x[0], script->data + x[1], x[2]);
    return 0;
}

int peer_copy_out(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)step;
    if (!in_data(x[1], x[2])) {
        return ERR_RANGE;
    }
    memcpy(script->data + x[1], (const void *)x[0], x[2]);
    return 0;
}

int peer_fill(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    memset((void *)x[0], (int)x[2], x[1]);
    return 0;
}

int peer_count(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    const volatile uint8_t *bytes = (const volatile uint8_t *)x[0];
    uint64_t equal = 0;

    (void)script;
    (void)step;
    x[4] = x[1];
    for (uint64_t i = 0; i < x[1]; i++) {
        if (bytes[i] == (uint8_t)x[2]) {
            equal++;
        } else if (x[4] == x[1]) {
            x[4] = i;
        }
    }
    x[3] = equal;
    return 0;
}

static uint64_t touch_byte(volatile uint8_t *byte)
{
    uint8_t value = *byte;

    *byte = (uint8_t)(value + 1);
    return value;
}

static uint64_t touch(volatile uint8_t *base, uint64_t size, uint64_t how)
{
    uint64_t sum = 0;

    if (how == PEER_TOUCH_ENDS) {
        return touch_byte(base) + touch_byte(base + size - 1);
    }
    for (uint64_t at = 0; at < size; at += SP_MEM_PAGE) {
        sum += touch_byte(base + at);
    }
    return sum;
}

int peer_touch(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[3] = touch((volatile uint8_t *)x[0], x[1], x[2]);
    return 0;
}

int peer_ask(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[0] = as_result(sp_request((uint16_t)x[0], &x[1]));
    return 0;
}

int peer_ask2(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[0] = as_result(sp_request2((uint16_t)x[0], NULL, &x[1]));
    return 0;
}

int peer_offer(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    struct sp_mem_offer offer = {
        .base = (void *)x[1],
        .page_count = (uint32_t)x[2],
        .tag = x[5],
        .zero = (x[4] & PEER_MEM_ZERO) != 0,
    };
    uint64_t handle = 0;
    int error;

    (void)script;
    (void)step;
    uint64_t ids = x[3];

    do { // at least one, which may be the normal world's 0
        offer.borrowers[offer.borrower_count++] = (struct sp_mem_borrower){
            .id = (uint16_t)ids,
            .writable = (x[4] & PEER_MEM_READ_ONLY) == 0,
        };
        ids >>= 16;
    } while (ids != 0);
    switch (x[0]) {
    case SP_MEM_SHARED:
        error = sp_mem_share(&offer, &handle);
        break;
    case SP_MEM_LENT:
        error = sp_mem_lend(&offer, &handle);
        break;
    default:
        error = sp_mem_donate(&offer, &handle);
        break;
    }
    x[0] = as_result(error);
    x[1] = handle;
    return 0;
}

int peer_retrieve(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    struct sp_mem_claim claim = {
        .handle = x[0],
        .owner = (uint16_t)x[1],
        .tag = x[2],
        .kind = (enum sp_mem_kind)x[3],
        .writable = (x[4] & PEER_MEM_READ_ONLY) == 0,
        .several = (x[4] & PEER_MEM_SEVERAL) != 0,
        .zero_after = (x[4] & PEER_MEM_ZERO) != 0,
    };
    struct sp_mem_view view = { .base = NULL };

    (void)script;
    (void)step;
    x[0] = as_result(sp_mem_retrieve(&claim, &view));
    x[1] = (uintptr_t)view.base;
    x[2] = view.size;
    return 0;
}

int peer_relinquish(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[0] = as_result(sp_mem_relinquish(x[0]));
    return 0;
}

int peer_reclaim(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[0] = as_result(sp_mem_reclaim(x[0], (x[1] & PEER_MEM_ZERO) != 0));
    return 0;
}

int peer_mail(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)step;
    if (!in_data(x[1], x[2])) {
        return ERR_RANGE;
    }
    x[0] = as_result(sp_mail_send((uint16_t)x[0], NULL, script->data + x[1], x[2], (uint32_t)x[3]));
    return 0;
}

int peer_mail_read(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    struct sp_mail mail = { .size = 0 };

    (void)script;
    (void)step;
    x[0] = as_result(sp_mail_read(&mail));
    x[1] = mail.sender;
    x[2] = mail.size;
    x[3] = 0;
    memcpy(&x[3], mail.body, mail.size < sizeof(x[3]) ? mail.size : sizeof(x[3]));
    return 0;
}

int peer_notified(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    struct sp_notified notified = { .message = false };

    (void)script;
    (void)step;
    x[0] = as_result(sp_notify_get(&notified));
    x[1] = notified.partitions;
    x[2] = notified.normal_world;
    x[3] = notified.message;
    return 0;
}

void peer_use_memory(uint64_t arg[5])
{
    enum sp_mem_kind kind = (enum sp_mem_kind)(arg[4] >> 8 & 0xff);
    struct sp_mem_claim claim = {
        .handle = arg[1],
        .owner = (uint16_t)arg[2],
        .tag = arg[3],
        .kind = kind != 0 ? kind : SP_MEM_SHARED,
        .writable = true,
    };
    struct sp_mem_view view;
    int error = sp_mem_retrieve(&claim, &view);

    if (error == 0) {
        arg[1] = view.size;
        arg[2] = touch(view.base, view.size, arg[4] & 0xff);
        error = sp_mem_relinquish(claim.handle);
    }
    arg[0] = as_result(error);
}

void peer_forward(uint64_t arg[5])
{
    uint64_t request[5] = { 1, arg[2], arg[3], arg[4], 0 };

    arg[0] = as_result(sp_request((uint16_t)arg[1], request));
    memcpy(&arg[1], request, 4 * sizeof(request[0]));
}
