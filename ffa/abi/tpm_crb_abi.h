// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's command response buffer over FF-A, version 1.0 (Arm DEN0138; registers: TCG PC Client Platform TPM Profile 6.5.3):
// messages, status codes, one page of registers and data for each locality. Used by the partition (partitions/ftpm) and by
// clients (ffa/client/tpm_crb.c). All little-endian; registers are read and written as aligned 32-bit words.
#ifndef TPM_CRB_ABI_H
#define TPM_CRB_ABI_H

// UUID 17b862a4-1806-4faf-86b3-089a58353861 of the service, in words as FF-A passes them
// clang-format off
#define TPM_CRB_UUID { 0xa462b817, 0xaf4f0618, 0x9a08b386, 0x61383558 }
// clang-format on

// Function ids. FFA_MSG_SEND_DIRECT_REQ (32 or 64 bits): w3 = 0, w4 = function, w5 … w7 its arguments; answer: w4 = status,
// w5 … its results. FFA_MSG_SEND_DIRECT_REQ2: the same in x4 … x7.
#define TPM_CRB_GET_INTERFACE_VERSION 0x0f000001u // → major << 16 | minor
#define TPM_CRB_GET_FEATURE_INFO 0x0f000101u      // TPM_CRB_FEATURE_*
#define TPM_CRB_START 0x0f000201u // TPM_CRB_START_*, locality: look at the page of that locality
#define TPM_CRB_REGISTER_FOR_NOTIFICATION 0x0f000301u // type << 16 | vCPU, notification
#define TPM_CRB_UNREGISTER_FROM_NOTIFICATION 0x0f000401u
#define TPM_CRB_FINISH_NOTIFIED 0x0f000501u

#define TPM_CRB_VERSION 0x00010000u
#define TPM_CRB_FEATURE_NOTIFICATION 0xfea70000u
#define TPM_CRB_START_COMMAND 0
#define TPM_CRB_START_LOCALITY 1
#define TPM_CRB_NOTIFY_GLOBAL 0
#define TPM_CRB_NOTIFY_PER_VCPU 1

// Status
#define TPM_CRB_OK 0x05000001u
#define TPM_CRB_OK_RESULTS_RETURNED 0x05000002u
#define TPM_CRB_NOFUNC 0x8e000001u
#define TPM_CRB_NOTSUP 0x8e000002u
#define TPM_CRB_INVARG 0x8e000005u
#define TPM_CRB_INV_CRB_CTRL_DATA 0x8e000006u
#define TPM_CRB_ALREADY 0x8e000009u
#define TPM_CRB_DENIED 0x8e00000au
#define TPM_CRB_NOMEM 0x8e00000bu

// Pages
#define TPM_CRB_LOCALITIES 5 // 0 … 3 are the normal world's
#define TPM_CRB_PAGE 0x1000
#define TPM_CRB_DATA 0x80 // the buffer for command and response, to the end of the page
#define TPM_CRB_DATA_SIZE (TPM_CRB_PAGE - TPM_CRB_DATA)

// Registers
#define TPM_CRB_LOC_STATE 0x00
#define TPM_CRB_LOC_CTRL 0x08
#define TPM_CRB_LOC_STS 0x0c
#define TPM_CRB_INTF_ID 0x30 // 64 bits
#define TPM_CRB_CTRL_EXT 0x38
#define TPM_CRB_CTRL_REQ 0x40
#define TPM_CRB_CTRL_STS 0x44
#define TPM_CRB_CTRL_CANCEL 0x48
#define TPM_CRB_CTRL_START 0x4c
#define TPM_CRB_INT_ENABLE 0x50
#define TPM_CRB_INT_STS 0x54
#define TPM_CRB_CMD_SIZE 0x58
#define TPM_CRB_CMD_ADDRESS 0x5c // 64 bits
#define TPM_CRB_RSP_SIZE 0x64
#define TPM_CRB_RSP_ADDRESS 0x68 // 64 bits

// LOC_STATE
#define TPM_CRB_NOT_ESTABLISHED (1u << 0) // tpmEstablished, active low: 0 after _TPM_Hash_End
#define TPM_CRB_ASSIGNED (1u << 1)
#define TPM_CRB_ACTIVE_SHIFT 2 // three bits
#define TPM_CRB_VALID (1u << 7)

// LOC_CTRL
#define TPM_CRB_REQUEST (1u << 0)
#define TPM_CRB_RELINQUISH (1u << 1)
#define TPM_CRB_SEIZE (1u << 2)
#define TPM_CRB_RESET_ESTABLISHMENT (1u << 3)

// LOC_STS
#define TPM_CRB_GRANTED (1u << 0)
#define TPM_CRB_SEIZED (1u << 1)

// CTRL_REQ, CTRL_STS
#define TPM_CRB_READY (1u << 0)
#define TPM_CRB_GO_IDLE (1u << 1)
#define TPM_CRB_FATAL (1u << 0)
#define TPM_CRB_IDLE (1u << 1)

// A TPM's header: tag, size, code (TPM 2.0 part 3, 5.2); big-endian
#define TPM_CRB_HEADER_SIZE 10
#define TPM_CRB_HEADER_LENGTH 2 // offset of the 32-bit size of the whole
#define TPM_CRB_HEADER_CODE 6   // offset of the 32-bit command or response code

#endif
