// SPDX-License-Identifier: BSD-3-Clause
//
// Between the files of the harness library (harness.c, harness_smp.c): a machine, its slots, requests and waiting for them.
#ifndef HARNESS_PRIVATE_H
#define HARNESS_PRIVATE_H

#include "tests/harness/harness.h"
#include "tests/harness/qemu.h"

struct harness {
    struct qemu qemu;
    struct h_options options;
    int state;
    char *text[2]; // consoles, as last asked for
    const char *doing;
    uint32_t boots[MB_CORE_MAX]; // boot_count of the slot when its last request was made
    struct harness *next;        // machines that exist, for atexit
};

// A core's slot without volatile: for bulk copies while its proxy is idle
struct mb_slot *harness_slot(const struct harness *h, unsigned int core);

// Makes the request whose arg[], x[], fp … the caller has put into the slot; does not wait for it.
void harness_post(struct harness *h, unsigned int core, uint32_t op);

// Waits for that request. H_OK, H_FAULT, H_RESTARTED or negative.
int harness_finish(struct harness *h, unsigned int core);

// Waits until *word == value; H_OK or the state the machine is in now.
int harness_wait(struct harness *h, volatile uint32_t *word, uint32_t value);

#endif
