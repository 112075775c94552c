// SPDX-License-Identifier: BSD-3-Clause
//
// Names of FF-A functions and status codes for people: messages of the harness, ffa-shell.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ffa/abi/smccc.h"
#include "tests/harness/harness.h"

struct name {
    uint32_t number;
    const char *text;
};

#define ROW(n) \
    {          \
        n, #n  \
    }
static const struct name functions[] = {
    ROW(SMCCC_VERSION),
    ROW(SMCCC_ARCH_FEATURES),
    ROW(PSCI_VERSION),
    ROW(PSCI_SYSTEM_OFF),
    ROW(PSCI_SYSTEM_RESET),
    ROW(PSCI_FEATURES),
    ROW(FFA_ERROR),
    ROW(FFA_SUCCESS_32),
    ROW(FFA_SUCCESS_64),
    ROW(FFA_INTERRUPT),
    ROW(FFA_VERSION),
    ROW(FFA_FEATURES),
    ROW(FFA_RX_RELEASE),
    ROW(FFA_RXTX_MAP_32),
    ROW(FFA_RXTX_MAP_64),
    ROW(FFA_RXTX_UNMAP),
    ROW(FFA_PARTITION_INFO_GET),
    ROW(FFA_ID_GET),
    ROW(FFA_MSG_POLL),
    ROW(FFA_MSG_WAIT),
    ROW(FFA_YIELD),
    ROW(FFA_RUN),
    ROW(FFA_MSG_SEND),
    ROW(FFA_MSG_SEND_DIRECT_REQ_32),
    ROW(FFA_MSG_SEND_DIRECT_REQ_64),
    ROW(FFA_MSG_SEND_DIRECT_RESP_32),
    ROW(FFA_MSG_SEND_DIRECT_RESP_64),
    ROW(FFA_MEM_DONATE_32),
    ROW(FFA_MEM_LEND_32),
    ROW(FFA_MEM_SHARE_32),
    ROW(FFA_MEM_RETRIEVE_REQ_32),
    ROW(FFA_MEM_RETRIEVE_RESP),
    ROW(FFA_MEM_RELINQUISH),
    ROW(FFA_MEM_RECLAIM),
    ROW(FFA_NORMAL_WORLD_RESUME),
    ROW(FFA_NOTIFICATION_BITMAP_CREATE),
    ROW(FFA_SPM_ID_GET),
    ROW(FFA_MSG_SEND2),
    ROW(FFA_SECONDARY_EP_REGISTER_64),
    ROW(FFA_MEM_PERM_GET_32),
    ROW(FFA_MEM_PERM_GET_64),
    ROW(FFA_MEM_PERM_SET_32),
    ROW(FFA_MEM_PERM_SET_64),
    ROW(FFA_CONSOLE_LOG_32),
    ROW(FFA_CONSOLE_LOG_64),
    ROW(FFA_PARTITION_INFO_GET_REGS),
    ROW(FFA_EL3_INTR_HANDLE),
    ROW(FFA_MSG_SEND_DIRECT_REQ2),
    ROW(FFA_MSG_SEND_DIRECT_RESP2),
};
#undef ROW

// DEN0077A "FF-A status codes", from 0 down
static const char *const statuses[] = {
    "SUCCESS",   "NOT_SUPPORTED", "INVALID_PARAMETERS",
    "NO_MEMORY", "BUSY",          "INTERRUPTED",
    "DENIED",    "RETRY",         "ABORTED",
    "NO_DATA",   "NOT_READY",
};

const char *h_ffa_status_name(int32_t code)
{
    int32_t index = code > -32 ? -code : -1;

    return index >= 0 && (size_t)index < sizeof(statuses) / sizeof(statuses[0]) ? statuses[index]
                                                                                : "?";
}

const char *h_ffa_name(uint32_t fid)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i].number == fid) {
            return functions[i].text;
        }
    }
    return "?";
}

uint32_t h_ffa_number(const char *name)
{
    char full[48];

    snprintf(full, sizeof(full), "FFA_%s", name);
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcasecmp(functions[i].text, name) == 0 || strcasecmp(functions[i].text, full) == 0) {
            return functions[i].number;
        }
    }
    return 0;
}

const char *h_ffa_name_at(size_t index)
{
    return index < sizeof(functions) / sizeof(functions[0]) ? functions[index].text : NULL;
}
