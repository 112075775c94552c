// SPDX-License-Identifier: BSD-3-Clause
//
// See svc.h.
#include "svc.h"

struct svc svc;
static jmp_buf death;

static void call(struct ffa_args *args, bool wide)
{
    assert_true(svc.count < SVC_MAX);
    svc.calls[svc.count] = *args;
    svc.wide[svc.count] = wide;
    if (svc.seen != NULL) {
        svc.seen(args);
    }
    struct ffa_args answer = { .x = { FFA_SUCCESS_32 } };

    if (svc.count < svc.answer_count) {
        answer = svc.answers[svc.count];
    }
    memcpy(args->x, answer.x, (wide ? 18 : 8) * sizeof(uint64_t));
    svc.count++;
}

void sp_call(struct ffa_args *args)
{
    call(args, true);
}

void sp_call_short(struct ffa_args *args)
{
    call(args, false);
}

uint16_t sp_id(void)
{
    return SVC_OWN_ID;
}

void sp_log(const char *format, ...)
{
    (void)format;
}

void sp_die(const char *reason)
{
    (void)reason;
    longjmp(death, 1);
}

int svc_start(void **state)
{
    (void)state;
    memset(&svc, 0, sizeof(svc));
    return 0;
}

void svc_answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
    assert_true(svc.answer_count < SVC_MAX);
    svc.answers[svc.answer_count++] = (struct ffa_args){ .x = { x0, x1, x2, x3, x4 } };
}

void svc_refuse(int32_t code)
{
    svc_answer(FFA_ERROR, 0, (uint32_t)code, 0, 0);
}

void svc_assert_call(unsigned int index, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3,
                     uint64_t x4)
{
    struct ffa_args expected = { .x = { x0, x1, x2, x3, x4 } };

    assert_true(index < svc.count);
    assert_memory_equal(svc.calls[index].x, expected.x, (svc.wide[index] ? 18 : 8) * 8);
}

bool svc_dies(void (*body)(void))
{
    if (setjmp(death) != 0) {
        return true;
    }
    body();
    return false;
}
