// SPDX-License-Identifier: BSD-3-Clause
//
// ftpm: a TPM 2.0 for the normal world and other partitions. Joins the engine and its services to the partition: entropy, time, storage, event
// log, the pages of the command response buffer, messages.
#include <stdalign.h>
#include <string.h>

#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/transport_svc.h"
#include "ftpm_engine.h"
#include "ftpm_entropy.h"
#include "ftpm_its.h"
#include "ftpm_service.h"
#include "posix_shim.h"
#include "sp.h"
#include "sp_mem.h"
#include "sp_notify.h"

#define NS_PER_MS 1000000u

_Static_assert(FTPM_ENTROPY_SEED_SIZE == SP_SEED_SIZE, "the seed is used whole");

static alignas(SP_MEM_PAGE) uint8_t storage_shared[FTPM_ITS_SHARED_SIZE];
static struct transport_svc storage;

static uint64_t nanoseconds(void)
{
    return sp_clock_ms() * NS_PER_MS;
}

static const struct posix_shim shim = { .entropy = ftpm_entropy_read, .nanoseconds = nanoseconds };

static bool read_rndrrs(uint64_t *value)
{
    return sp_rndrrs(value);
}

// Storage that is not there is found out by the first read: the TPM's failure, not the partition's
static int connect_storage(void)
{
    int error = transport_svc_init(&storage, storage_shared, sizeof(storage_shared));

    storage.transport.partition = TS_STORAGE_ID;
    return error == 0 ? ftpm_its_connect(&storage.transport) : error;
}

static int start_entropy(void)
{
    uint8_t seed[SP_SEED_SIZE];
    int error = sp_seed_take(seed);

    if (error == 0) {
        ftpm_entropy_begin(seed, (sp_hwcap2() & SP_HWCAP2_RNG) != 0 ? read_rndrrs : NULL);
        posix_shim_init(&shim);
    }
    return error;
}

static void start_engine(void)
{
    const struct sp_event_log *log = sp_event_log();
    const struct ftpm_engine_setup setup = {
        .store = &ftpm_its,
        .log = log == NULL ? NULL : log->bytes,
        .log_size = log == NULL ? 0 : log->size,
        .is_cancelled = ftpm_crb_is_cancelled,
    };

    if (ftpm_engine_start(&setup) == FTPM_FAILURE_NONE) {
        sp_log("ready; the event log is in the PCRs");
    } else {
        sp_log("failure mode: %s", ftpm_engine_failure_text());
    }
}

static void start_service(void)
{
    const struct sp_region *pages = sp_region_find("crb");
    const struct ftpm_service_setup setup = {
        .engine = &ftpm_engine,
        .pages = pages == NULL ? NULL : pages->base,
        .address = FTPM_CRB_ADDRESS, // the board's, from ftpm.mk
        .nv_counts = ftpm_engine_nv_counts,
        .notify = sp_notify_set,
    };

    ftpm_service_begin(&setup);
}

int sp_main(void)
{
    int error = start_entropy();

    if (error == 0) {
        error = sp_rxtx_map(NULL, NULL); // to retrieve what clients share
    }
    if (error == 0) {
        error = connect_storage();
    }
    if (error != 0) {
        return error;
    }
    start_engine();
    start_service();
    sp_message2_handler(ftpm_service_answer2);
    sp_run(ftpm_service_answer);
}
