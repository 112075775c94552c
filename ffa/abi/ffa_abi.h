// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A (DEN0077A) numbers and wire structures, versions 1.0 to 1.2: function identifiers, status codes, properties,
// partition information and boot information. All multi-byte fields are little-endian. Compiles in firmware, on the
// host and in a kernel module; assembly sees the first part.
#ifndef FFA_ABI_H
#define FFA_ABI_H

#define FFA_ERROR 0x84000060
#define FFA_SUCCESS_32 0x84000061
#define FFA_SUCCESS_64 0xc4000061
#define FFA_INTERRUPT 0x84000062
#define FFA_VERSION 0x84000063
#define FFA_FEATURES 0x84000064
#define FFA_RX_RELEASE 0x84000065
#define FFA_RXTX_MAP_32 0x84000066
#define FFA_RXTX_MAP_64 0xc4000066
#define FFA_RXTX_UNMAP 0x84000067
#define FFA_PARTITION_INFO_GET 0x84000068
#define FFA_ID_GET 0x84000069
#define FFA_MSG_POLL 0x8400006a
#define FFA_MSG_WAIT 0x8400006b
#define FFA_YIELD 0x8400006c
#define FFA_RUN 0x8400006d
#define FFA_MSG_SEND 0x8400006e
#define FFA_MSG_SEND_DIRECT_REQ_32 0x8400006f
#define FFA_MSG_SEND_DIRECT_REQ_64 0xc400006f
#define FFA_MSG_SEND_DIRECT_RESP_32 0x84000070
#define FFA_MSG_SEND_DIRECT_RESP_64 0xc4000070
#define FFA_MEM_DONATE_32 0x84000071
#define FFA_MEM_DONATE_64 0xc4000071
#define FFA_MEM_LEND_32 0x84000072
#define FFA_MEM_LEND_64 0xc4000072
#define FFA_MEM_SHARE_32 0x84000073
#define FFA_MEM_SHARE_64 0xc4000073
#define FFA_MEM_RETRIEVE_REQ_32 0x84000074
#define FFA_MEM_RETRIEVE_REQ_64 0xc4000074
#define FFA_MEM_RETRIEVE_RESP 0x84000075
#define FFA_MEM_RELINQUISH 0x84000076
#define FFA_MEM_RECLAIM 0x84000077
#define FFA_MEM_FRAG_RX 0x8400007a
#define FFA_MEM_FRAG_TX 0x8400007b
#define FFA_NORMAL_WORLD_RESUME 0x8400007c
#define FFA_NOTIFICATION_BITMAP_CREATE 0x8400007d
#define FFA_NOTIFICATION_BITMAP_DESTROY 0x8400007e
#define FFA_NOTIFICATION_BIND 0x8400007f
#define FFA_NOTIFICATION_UNBIND 0x84000080
#define FFA_NOTIFICATION_SET 0x84000081
#define FFA_NOTIFICATION_GET 0x84000082
#define FFA_NOTIFICATION_INFO_GET_32 0x84000083
#define FFA_NOTIFICATION_INFO_GET_64 0xc4000083
#define FFA_RX_ACQUIRE 0x84000084
#define FFA_SPM_ID_GET 0x84000085
#define FFA_MSG_SEND2 0x84000086
#define FFA_SECONDARY_EP_REGISTER_64 0xc4000087
#define FFA_MEM_PERM_GET_32 0x84000088
#define FFA_MEM_PERM_GET_64 0xc4000088
#define FFA_MEM_PERM_SET_32 0x84000089
#define FFA_MEM_PERM_SET_64 0xc4000089
#define FFA_CONSOLE_LOG_32 0x8400008a
#define FFA_CONSOLE_LOG_64 0xc400008a
#define FFA_PARTITION_INFO_GET_REGS 0xc400008b
#define FFA_EL3_INTR_HANDLE 0x8400008c
#define FFA_MSG_SEND_DIRECT_REQ2 0xc400008d
#define FFA_MSG_SEND_DIRECT_RESP2 0xc400008e
#define FFA_ABORT_32 0x84000090 // 1.3; here: the SPMC tells EL3 that it cannot go on

#define FFA_NUMBER_FIRST 0x60 // function numbers that belong to FF-A in the standard service range
#define FFA_NUMBER_LAST 0xff

// DEN0077A table "FF-A status codes"; travel as signed 32-bit in w2 of FFA_ERROR
#define FFA_NOT_SUPPORTED (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY (-3)
#define FFA_BUSY (-4)
#define FFA_INTERRUPTED (-5)
#define FFA_DENIED (-6)
#define FFA_RETRY (-7)
#define FFA_ABORTED (-8)
#define FFA_NO_DATA (-9)
#define FFA_NOT_READY (-10)

#define FFA_VERSION_1_0 0x10000
#define FFA_VERSION_1_1 0x10001
#define FFA_VERSION_1_2 0x10002
#define FFA_VERSION_MBZ 0x80000000

// Endpoint identifiers
#define FFA_ID_NWD 0x0000 // the OS kernel or hypervisor of the normal world
#define FFA_ID_SPMC 0x8000
#define FFA_ID_SP_FIRST 0x8001
#define FFA_ID_SPMD 0xffff

#define FFA_MSG_FRAMEWORK 0x80000000 // bit 31 of w2 in direct messages
// Framework messages, low byte of w2 (DEN0077A "Framework messages")
#define FFA_FRAMEWORK_PSCI_REQ 0  // w3: PSCI function that is about to happen on this core
#define FFA_FRAMEWORK_WARM_BOOT 1 // this core is back from a low-power state
#define FFA_FRAMEWORK_PM_RESP 2   // w3: PSCI status
#define FFA_FRAMEWORK_VERSION_REQ 8
#define FFA_FRAMEWORK_VERSION_RESP 9

// Partition properties (§2.2 of DEN0077A "partition information descriptor")
#define FFA_PROP_DIRECT_RECV 0x001
#define FFA_PROP_DIRECT_SEND 0x002
#define FFA_PROP_INDIRECT 0x004
#define FFA_PROP_NOTIFICATION 0x008
#define FFA_PROP_AARCH64 0x100
#define FFA_PROP_DIRECT2_RECV 0x200
#define FFA_PROP_DIRECT2_SEND 0x400

// FFA_FEATURES (DEN0077A): feature ids, and properties of FFA_MEM_RETRIEVE_REQ (NS bit: also asked, w2)
#define FFA_FEATURE_NPI 0x1 // notification pending interrupt
#define FFA_FEATURE_SRI 0x2 // schedule receiver interrupt
#define FFA_FEATURE_MEI 0x3 // managed exit interrupt
#define FFA_FEATURE_RETRIEVE_NS_BIT 0x2
#define FFA_FEATURE_RETRIEVE_HYPERVISOR 0x4

// FFA_MEM_PERM_GET/SET: legal permission values
#define FFA_PERM_NONE 4
#define FFA_PERM_RX 3
#define FFA_PERM_RW 5
#define FFA_PERM_RO 7

#ifndef __ASSEMBLER__

#include <stdint.h>

// Registers of one FF-A call or return: x0 … x17 (x8 … x17 only where SMC64 and version ≥ 1.2 say so).
struct ffa_args {
    uint64_t x[18];
};

// Partition information descriptor as callers of version 1.1 and later get it; 1.0 callers get the first 8 bytes.
struct ffa_partition_info {
    uint16_t id;
    uint16_t execution_context_count;
    uint32_t properties;
    uint32_t uuid[4]; // only where the query's UUID was nil, else 0
};
#define FFA_PARTITION_INFO_SIZE_1_0 8
_Static_assert(sizeof(struct ffa_partition_info) == 24,
               "DEN0077A partition information descriptor");

// Head of an indirect message in TX and RX (DEN0077A "FFA_MSG_SEND2"); senders before 1.2 have no UUID, 20 bytes. Readers
// find the body by `offset`
struct ffa_message_header {
    uint32_t flags; // 0
    uint32_t reserved;
    uint32_t offset; // of the body from the head's first byte
    uint16_t receiver;
    uint16_t sender;
    uint32_t size; // of the body
    uint32_t reserved2;
    uint32_t uuid[4];
};
#define FFA_MESSAGE_HEADER_SIZE_1_1 20
_Static_assert(sizeof(struct ffa_message_header) == 40, "DEN0077A FFA_MSG_SEND2 message header");
#define FFA_MSG_SEND2_DELAY 0x2 // w2: the schedule receiver interrupt may wait

// Notifications: flags of BIND and SET (w2), sets of GET (w2), framework notifications (GET: w6 the SPMC's, w7 the hypervisor's)
#define FFA_NOTIFICATION_PER_VCPU 0x1
#define FFA_NOTIFICATION_DELAY 0x2
#define FFA_NOTIFICATION_OF_SPS 0x1
#define FFA_NOTIFICATION_OF_VMS 0x2
#define FFA_NOTIFICATION_OF_SPMC 0x4
#define FFA_NOTIFICATION_OF_HYPERVISOR 0x8
#define FFA_NOTIFICATION_RX_FULL 0x1

// Boot information blob (DEN0077A "boot information protocol", 1.1 and later). The address is in the register that
// the manifest's gp-register-num names (Tessera: x0 if it names none … see partitions/README.md).
#define FFA_BOOT_INFO_SIGNATURE 0x0ffa
struct ffa_boot_info_header {
    uint32_t signature;
    uint32_t version; // FF-A version of the consumer
    uint32_t blob_size;
    uint32_t desc_size;
    uint32_t desc_count;
    uint32_t desc_offset;
    uint64_t reserved;
};
_Static_assert(sizeof(struct ffa_boot_info_header) == 32, "DEN0077A boot information header");

#define FFA_BOOT_INFO_IMPDEF 0x80
#define FFA_BOOT_INFO_STD_FDT 0
#define FFA_BOOT_INFO_STD_HOB 1
#define FFA_BOOT_INFO_NAME_STRING 0
#define FFA_BOOT_INFO_NAME_UUID 1
#define FFA_BOOT_INFO_CONTENTS_ADDRESS (0 << 2)
#define FFA_BOOT_INFO_CONTENTS_VALUE (1 << 2)
struct ffa_boot_info_desc {
    char name[16];
    uint8_t type;
    uint8_t reserved;
    uint16_t flags;
    uint32_t size;
    uint64_t contents;
};
_Static_assert(sizeof(struct ffa_boot_info_desc) == 32, "DEN0077A boot information descriptor");

// Tessera's own descriptors (type FFA_BOOT_INFO_IMPDEF | number), consumed by partitions/lib.
#define TESSERA_BOOT_SEED \
    (FFA_BOOT_INFO_IMPDEF | 1) // "seed": address of 64 bytes of entropy, this partition's only
// name = region's description (15 chars): address and size in the partition's space; one per memory-region
#define TESSERA_BOOT_REGION (FFA_BOOT_INFO_IMPDEF | 2)
#define TESSERA_BOOT_HWCAP \
    (FFA_BOOT_INFO_IMPDEF | 3) // "hwcap": value, bits as Linux AT_HWCAP (arm64)
#define TESSERA_BOOT_HEAP (FFA_BOOT_INFO_IMPDEF | 4) // "heap": address and size of the heap
#define TESSERA_BOOT_HWCAP2 \
    (FFA_BOOT_INFO_IMPDEF | 5) // "hwcap2": value, bits as Linux AT_HWCAP2 (arm64); optional
// Keys that only this partition has: "sealing-key" stays the same when firmware is updated, "identity" changes with
// everything secure that the boot measured. Address of 32 bytes each
#define TESSERA_BOOT_SEALING_KEY (FFA_BOOT_INFO_IMPDEF | 6)
#define TESSERA_BOOT_IDENTITY (FFA_BOOT_INFO_IMPDEF | 7)
// For partitions whose manifest has tessera,boot-log: "event-log": address and bytes used of a read-only copy of the TCG event
// log, zeros behind it up to the end of the page; "boot-facts": address and size of a struct tessera_boot_facts
#define TESSERA_BOOT_EVENT_LOG (FFA_BOOT_INFO_IMPDEF | 8)
#define TESSERA_BOOT_FACTS (FFA_BOOT_INFO_IMPDEF | 9)
#define TESSERA_BOOT_OPTIONS \
    (FFA_BOOT_INFO_IMPDEF | 10) // "options": value, TESSERA_OPTION_* of the manifest

#define TESSERA_OPTION_PSA_IOT_PROFILE_1 \
    0x1 // tessera,psa-iot-profile-1: tokens have the older profile's labels

// What BL2 found out about this boot; the same for every partition that gets it. Nothing in it is secret.
struct tessera_boot_facts {
    uint32_t version; // TESSERA_BOOT_FACTS_VERSION
    uint32_t flags;   // 0: none is defined
    // These TESSERA_CRITICAL_SIZE bytes are the ones whose hash is in the event log's record CRITICAL_DATA, PCR 1
    // (critical_data.h): whoever has both can compare them
    uint32_t lifecycle;    // word of the OTP memory (otp.h)
    uint32_t chain;        // one root or two (cot.h, enum cot_chain)
    uint8_t root_hash[32]; // SHA-256 of the root key that signed (SubjectPublicKeyInfo)
    uint8_t platform_root_hash
        [32]; // of the platform's; zero if the chain has none, or it signed nothing
    // Lowest value in the certificates of this boot of the trusted and the non-trusted NV counter (cot.h, enum cot_counter)
    uint32_t counter[2];
    uint8_t implementation_id[32]; // of the board: boot_facts.h
    uint8_t boot_seed[32];         // random, different at each boot
};
#define TESSERA_BOOT_FACTS_VERSION 1
#define TESSERA_CRITICAL_OFFSET 8
#define TESSERA_CRITICAL_SIZE 72
_Static_assert(sizeof(struct tessera_boot_facts) == 152, "layout of the boot facts");

// Calls of a partition to the SPMC that are not FF-A: SVC with w0 = number, w1 = argument; x0 = 0 or a negative FFA_* code
// comes back, everything else stays. The range is the one in which Hafnium has such calls.
#define TESSERA_TIMER_SET 0xff40 // w1: the timer fires that many microseconds from now; 0: never
#define TESSERA_WATCHDOG_KICK 0xff41
#define TESSERA_INTERRUPT_DONE 0xff42 // w1: the device interrupt that was served; it may come again
// The rollback counter, for the partition that has it (else NOT_SUPPORTED, as on a board without). ABORTED: its memory fails
#define TESSERA_COUNTER_READ 0xff43 // → w2 value, w3 the highest it can have
// w1: its new value, not below the old one and at most TESSERA_COUNTER_STEP above (else INVALID_PARAMETERS); NO_MEMORY: beyond the highest
#define TESSERA_COUNTER_ADVANCE 0xff44
#define TESSERA_COUNTER_STEP 16
// Time, for partitions whose manifest has tessera,clock (else NOT_SUPPORTED) → w2, w3: milliseconds, low and high word
#define TESSERA_CLOCK 0xff45
// The same two from the SPMC to EL3: SMC, the same registers and results
#define TESSERA_SMC_COUNTER_READ 0x82000043
#define TESSERA_SMC_COUNTER_ADVANCE 0x82000044
// Interrupt numbers (FFA_INTERRUPT, w2) of a partition's timer, and of notifications that wait for it. Its devices' are
// those of the interrupt controller
#define TESSERA_INTERRUPT_TIMER 3
#define TESSERA_INTERRUPT_NOTIFICATION 5
#define TESSERA_BOOT_SEED_SIZE 64
#define TESSERA_BOOT_KEY_SIZE 32

#endif
#endif
