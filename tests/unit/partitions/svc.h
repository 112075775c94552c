// SPDX-License-Identifier: BSD-3-Clause
//
// A stand-in for the SPMC under the partition runtime: records each call of a partition and gives the answers that a test has
// lined up. sp_die() ends in a flag and a longjmp().
#ifndef SVC_H
#define SVC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_private.h"

#define SVC_MAX 32
#define SVC_OWN_ID 0x8003

struct svc {
    struct ffa_args calls[SVC_MAX];
    bool wide[SVC_MAX]; // x8 … x17 went with it
    unsigned int count;
    struct ffa_args answers[SVC_MAX]; // FFA_SUCCESS when they are used up
    unsigned int answer_count;
    // Sees each call before its answer is given (to read TX, write RX). NULL: none
    void (*seen)(const struct ffa_args *call);
};
extern struct svc svc;

// cmocka setup: nothing called, nothing lined up.
int svc_start(void **state);

// Lines up one answer: x0 … x4, the rest 0.
void svc_answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4);

// The same: FFA_ERROR with `code`.
void svc_refuse(int32_t code);

// Call number `index` had x0 … x7 as given, and x8 … x17 zero.
void svc_assert_call(unsigned int index, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3,
                     uint64_t x4);

// Whether `body` ended in sp_die().
bool svc_dies(void (*body)(void));

#endif
