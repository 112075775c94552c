// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_machine.h.
#include "tests/harness/tpm_machine.h"

#include <stdio.h>
#include <string.h>

#include "ffa/abi/smccc.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/tpm_wire.h"

static struct tpm_machine *machine_of(struct tpm_link *link)
{
    return (struct tpm_machine *)link; // its first member
}

const char *tpm_machine_error(int error)
{
    switch (error) {
    case ERR_ABORTED:
        return "its partition has ended: it is in failure until the machine is reset";
    case ERR_NOT_FOUND:
        return "the firmware has no fTPM partition";
    case ERR_VERSION:
        return "it has another interface version";
    case ERR_BUSY:
        return "busy all the time";
    case ERR_DENIED:
        return "refused";
    case ERR_CORRUPT:
        return "its registers or its response break the protocol";
    case ERR_INVALID:
        return "the command's size is not what its header says";
    case ERR_RANGE:
        return "the command is larger than its buffer";
    case ERR_NO_MEMORY:
        return "the response is larger than there is room for";
    default:
        return "FF-A refused a call";
    }
}

static int fail(struct tpm_machine *m, const char *what)
{
    m->link.dead = m->h == NULL || h_state(m->h) != H_OK;
    snprintf(m->link.why, sizeof(m->link.why), "%s",
             m->link.dead ? "the machine has ended (the server's console says how)" : what);
    return -1;
}

static int fail_of(struct tpm_machine *m, int error)
{
    char text[120];

    snprintf(text, sizeof(text), "the TPM: %s (status %#x)", tpm_machine_error(error),
             m->crb.status);
    return fail(m, text);
}

// One FF-A call, the normal world's timer interrupting
static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    struct harness_transport *t = (struct harness_transport *)transport;
    struct tpm_machine *m =
        (struct tpm_machine *)((uint8_t *)t - offsetof(struct tpm_machine, transport));
    struct h_call c = { .flags = m->slice != 0 ? MB_SMC_TIMER : 0, .timer_ticks = m->slice };

    memcpy(c.x, args->x, sizeof(args->x));
    if (h_call(t->h, t->core, &c) != H_OK) {
        *args = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)FFA_ABORTED } };
        return;
    }
    t->ticks += c.ticks;
    t->calls++;
    memcpy(args->x, c.x, sizeof(args->x));
    if ((uint32_t)args->x[0] != FFA_INTERRUPT) {
        return;
    }
    m->interrupted++;
    if (m->link.asked != NULL ? m->link.asked(m->link.asked_context)
                              : m->cancel_at != 0 && m->interrupted >= m->cancel_at) {
        tpm_crb_cancel(&m->crb);
    }
}

static int execute(struct tpm_link *link, unsigned int locality, const uint8_t *command,
                   size_t size, uint8_t *response, size_t *response_size)
{
    struct tpm_machine *m = machine_of(link);
    struct tpm_crb_command c = { command, size, response, TPM_WIRE_DATA_MAX, 0 };
    int error = 0;

    if (m->h == NULL || h_state(m->h) != H_OK) {
        return fail(m, "");
    }
    if (m->crb.locality != locality && m->crb.locality != TPM_CRB_NO_LOCALITY) {
        error = tpm_crb_relinquish(&m->crb);
    }
    if (error == 0 && m->crb.locality != locality) {
        error = tpm_crb_request(&m->crb, (uint8_t)locality);
    }
    m->interrupted = 0;
    if (error == 0) {
        error = tpm_crb_execute(&m->crb, &c);
    }
    if (error != 0) {
        return fail_of(m, error);
    }
    *response_size = c.response_size;
    return 0;
}

int tpm_machine_connect(struct tpm_machine *m, struct harness *h)
{
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };
    volatile uint8_t *pages =
        h == NULL ? NULL : h_memory(h, NS_TPM_CRB_BASE, (size_t)TPM_CRB_LOCALITIES * TPM_CRB_PAGE);

    m->h = h;
    m->link.dead = false;
    if (h == NULL || h_state(h) != H_OK || h_smc(h, 0, &version) != H_OK) {
        return fail(m, "");
    }
    if (version.x[0] != FFA_VERSION_1_2) {
        return fail(m, "the firmware speaks no FF-A 1.2");
    }
    harness_transport_init(&m->transport, h);
    m->transport.transport.call = call;
    m->slice = h_boot(h, 0)->cntfrq / 1000000 * TPM_MACHINE_SLICE_US;
    int error = tpm_crb_open(&m->crb, &m->transport.transport, pages);

    return error != 0 ? fail_of(m, error) : 0;
}

int tpm_machine_start(struct tpm_machine *m, const struct h_options *options)
{
    m->options = *options;
    return tpm_machine_connect(m, h_start(&m->options));
}

void tpm_machine_stop(struct tpm_machine *m)
{
    h_stop(m->h);
    m->h = NULL;
}

static int reset(struct tpm_link *link)
{
    struct tpm_machine *m = machine_of(link);

    if (m->h == NULL || h_reset(m->h, PSCI_SYSTEM_RESET) != H_OK) {
        return fail(m, "");
    }
    return tpm_machine_connect(m, m->h);
}

static int power_cycle(struct tpm_link *link)
{
    struct tpm_machine *m = machine_of(link);
    struct h_options options = m->options;

    tpm_machine_stop(m);
    return tpm_machine_start(m, &options);
}

static int writes(struct tpm_link *link, uint64_t *bytes)
{
    struct tpm_machine *m = machine_of(link);

    if (m->flash.fd < 0) {
        return fail(m, "the machine keeps no flash: nothing can be counted");
    }
    return tpm_flash_changes(&m->flash, bytes) != 0 ? fail(m, "the flash file cannot be read") : 0;
}

void tpm_machine_init(struct tpm_machine *m)
{
    *m = (struct tpm_machine){
        .link = { .execute = execute,
                  .reset = reset,
                  .power_cycle = power_cycle,
                  .writes = writes },
        .crb = { .locality = TPM_CRB_NO_LOCALITY },
        .flash = { .fd = -1 },
    };
}
