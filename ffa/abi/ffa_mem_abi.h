// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A memory management on the wire (DEN0077A "Memory management interfaces"), versions 1.0 to 1.2: descriptors, permissions,
// attributes, flags. All fields are little-endian. Shared by the SPMC, by partitions and by the normal world's side; compiles
// in firmware, on the host and in a kernel module. Function identifiers are in ffa_abi.h.
#ifndef FFA_MEM_ABI_H
#define FFA_MEM_ABI_H

#include <stddef.h>
#include <stdint.h>

// Pages and addresses are in units of 4 KiB, whatever the translation granule
#define FFA_MEM_PAGE 4096

// Header of a memory transaction descriptor ("MTD") as callers of version 1.1 and later have it.
struct ffa_mem_transaction {
    uint16_t sender;      // owner of the memory
    uint16_t attributes;  // FFA_MEM_ATTR_*
    uint32_t flags;       // FFA_MEM_FLAG_*
    uint64_t handle;      // 0 in SHARE, LEND, DONATE
    uint64_t tag;         // chosen by the sender; the receiver repeats it
    uint32_t access_size; // of one access descriptor: FFA_MEM_ACCESS_SIZE_*
    uint32_t access_count;
    uint32_t access_offset; // from the start of this header, multiple of 16
    uint32_t reserved[3];
};
_Static_assert(sizeof(struct ffa_mem_transaction) == 48, "DEN0077A memory transaction descriptor");
_Static_assert(offsetof(struct ffa_mem_transaction, access_offset) == 32, "DEN0077A");

// … and as callers of version 1.0 have it; its access descriptors follow at once.
struct ffa_mem_transaction_1_0 {
    uint16_t sender;
    uint8_t attributes;
    uint8_t reserved1;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t reserved2;
    uint32_t access_count;
};
_Static_assert(sizeof(struct ffa_mem_transaction_1_0) == 32, "DEN0077A 1.0");

// Endpoint memory access descriptor ("EMAD"): one borrower. Callers of version 1.0 and 1.1 have the first 16 bytes, of which
// the last 8 are reserved.
struct ffa_mem_access {
    uint16_t receiver;
    uint8_t permissions; // FFA_MEM_DATA_*, FFA_MEM_INSTRUCTION_*
    uint8_t flags;
    uint32_t composite_offset; // from the start of the transaction descriptor; 0 in RETRIEVE_REQ
    uint64_t impdef[2];        // chosen by the sender; the receiver repeats it
    uint64_t reserved;
};
#define FFA_MEM_ACCESS_SIZE_1_0 16 // also 1.1
#define FFA_MEM_ACCESS_SIZE_1_2 32
_Static_assert(sizeof(struct ffa_mem_access) == FFA_MEM_ACCESS_SIZE_1_2, "DEN0077A 1.2");
_Static_assert(offsetof(struct ffa_mem_access, impdef) == 8, "DEN0077A");

// Composite memory region descriptor: `range_count` address ranges follow.
struct ffa_mem_composite {
    uint32_t page_count; // of all ranges together
    uint32_t range_count;
    uint64_t reserved;
};
_Static_assert(sizeof(struct ffa_mem_composite) == 16, "DEN0077A composite memory region");

// One address range ("constituent"): physical of the normal world, virtual of an S-EL0 partition.
struct ffa_mem_range {
    uint64_t address;
    uint32_t page_count;
    uint32_t reserved;
};
_Static_assert(sizeof(struct ffa_mem_range) == 16, "DEN0077A constituent memory region");

// FFA_MEM_RELINQUISH; `endpoint_count` ids of 2 bytes follow, here always one.
struct ffa_mem_relinquish {
    uint64_t handle;
    uint32_t flags; // FFA_MEM_FLAG_ZERO: after it
    uint32_t endpoint_count;
};
_Static_assert(sizeof(struct ffa_mem_relinquish) == 16, "DEN0077A memory relinquish descriptor");

// Permissions
#define FFA_MEM_DATA_MASK 0x03
#define FFA_MEM_DATA_UNSPECIFIED 0x00
#define FFA_MEM_DATA_RO 0x01
#define FFA_MEM_DATA_RW 0x02
#define FFA_MEM_INSTRUCTION_MASK 0x0c
#define FFA_MEM_INSTRUCTION_UNSPECIFIED 0x00
#define FFA_MEM_INSTRUCTION_NX 0x04
#define FFA_MEM_INSTRUCTION_X 0x08

// Attributes
#define FFA_MEM_ATTR_SHAREABILITY 0x03 // 2 outer, 3 inner
#define FFA_MEM_ATTR_OUTER 0x02
#define FFA_MEM_ATTR_INNER 0x03
#define FFA_MEM_ATTR_CACHE 0x0c // of normal memory: 1 not cached, 3 write-back
#define FFA_MEM_ATTR_NC 0x04
#define FFA_MEM_ATTR_WB 0x0c
#define FFA_MEM_ATTR_TYPE 0x30
#define FFA_MEM_ATTR_DEVICE 0x10
#define FFA_MEM_ATTR_NORMAL_TYPE 0x20
#define FFA_MEM_ATTR_NS 0x40     // in RETRIEVE_RESP: memory of the normal world
#define FFA_MEM_ATTR_NORMAL 0x2f // normal, write-back, inner shareable: all that there is here

// Flags of a transaction descriptor
#define FFA_MEM_FLAG_ZERO 0x01       // before it is retrieved; in RETRIEVE_RESP: it was
#define FFA_MEM_FLAG_TIME_SLICE 0x02 // not supported
#define FFA_MEM_FLAG_ZERO_AFTER 0x04 // RETRIEVE_REQ: after it is relinquished
#define FFA_MEM_FLAG_TYPE 0x18       // RETRIEVE_REQ (0: any), RETRIEVE_RESP
#define FFA_MEM_FLAG_SHARE 0x08
#define FFA_MEM_FLAG_LEND 0x10
#define FFA_MEM_FLAG_DONATE 0x18
#define FFA_MEM_FLAG_BYPASS 0x400 // RETRIEVE_REQ, 1.2: names itself only, of several borrowers

// Flags of FFA_MEM_RECLAIM, w3
#define FFA_MEM_RECLAIM_ZERO 0x01

// A handle that nobody has
#define FFA_MEM_HANDLE_INVALID 0xffffffffffffffff

#endif
