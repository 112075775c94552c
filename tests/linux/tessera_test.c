// SPDX-License-Identifier: BSD-3-Clause
//
// A kernel module for the self-test: calls partitions from Linux. Each read of /proc/tessera_test, by whoever, on whichever core,
// makes ROUNDS direct requests to echo, with data that must come back, and asks crypto for random bytes through a page that it
// shares with crypto as long as it is loaded. A wrong answer, or none, is an error of the read and a line in the kernel's log.
// Knows nothing of the FF-A bus, which Debian's kernels 6.1 and 6.12 do not have.
#include <linux/arm-smccc.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/string.h>

#include "ffa/abi/ffa_abi.h"
#include "ffa/abi/ffa_mem_abi.h"
#include "ffa/abi/ts_rpc_abi.h"
#include "partitions/crypto/crypto_proto.h"

#define ROUNDS 16
#define TRY_MAX 1000000 // refused because another core has the partition, or interrupted
#define RANDOM_SIZE 32
#define RECORD_HEADER 4 // tag and length, big-endian (ffa/abi/ts_tlv.h)

static const u32 rpc_uuid[4] = TS_RPC_UUID;
static const u32 crypto_uuid[4] = TS_CRYPTO_UUID;
static u16 echo_id;
static u16 crypto_id;
static u8 crypto_interface;
static u8 *shared; // one page, crypto's too
static u32 shared_handle[2];
static DEFINE_MUTEX(shared_lock);

static void smc(struct arm_smccc_1_2_regs *regs)
{
    struct arm_smccc_1_2_regs result;

    arm_smccc_1_2_smc(regs, &result);
    *regs = result;
}

// Makes a direct request and sees it through interruptions and a busy partition
static int direct(struct arm_smccc_1_2_regs *regs)
{
    struct arm_smccc_1_2_regs request = *regs;
    unsigned int i;

    for (i = 0; i < TRY_MAX; i++) {
        *regs = request;
        smc(regs);
        switch ((u32)regs->a0) {
        case FFA_INTERRUPT:
        case FFA_YIELD:
            request = (struct arm_smccc_1_2_regs){ .a0 = FFA_RUN, .a1 = (u32)regs->a1 };
            break;
        case FFA_MSG_SEND_DIRECT_RESP_32:
        case FFA_MSG_SEND_DIRECT_RESP_64:
            return 0;
        default:
            if ((u32)regs->a0 != FFA_ERROR || (s32)regs->a2 != FFA_BUSY) {
                pr_err("tessera_test: answer %lx %lx %lx\n", regs->a0, regs->a1, regs->a2);
                return -EIO;
            }
            cpu_relax();
        }
    }
    pr_err("tessera_test: no end of interruptions\n");
    return -ETIMEDOUT;
}

static int call_echo(void)
{
    unsigned long data[5];
    struct arm_smccc_1_2_regs regs;
    int error;

    get_random_bytes(data, sizeof(data));
    regs = (struct arm_smccc_1_2_regs){
        FFA_MSG_SEND_DIRECT_REQ_64, echo_id, 0, data[0], data[1], data[2], data[3], data[4]
    };
    error = direct(&regs);
    if (error != 0) {
        return error;
    }
    if ((u32)regs.a0 != FFA_MSG_SEND_DIRECT_RESP_64 || regs.a1 != (unsigned long)echo_id << 16 ||
        regs.a3 != data[0] || regs.a4 != data[1] || regs.a5 != data[2] || regs.a6 != data[3] ||
        regs.a7 != data[4]) {
        pr_err("tessera_test: echo's answer is not what it was given\n");
        return -EIO;
    }
    return 0;
}

// One RPC to the crypto partition: w4 … w7 in and out
static int rpc(u16 partition, u32 control, u32 w[4])
{
    struct arm_smccc_1_2_regs regs = {
        FFA_MSG_SEND_DIRECT_REQ_32, partition, 0, control, w[0], w[1], w[2], w[3]
    };
    int error = direct(&regs);

    if (error != 0) {
        return error;
    }
    if ((u32)regs.a0 != FFA_MSG_SEND_DIRECT_RESP_32 || (u32)regs.a3 != control) {
        pr_err("tessera_test: no RPC response: %lx %lx\n", regs.a0, regs.a3);
        return -EIO;
    }
    w[0] = regs.a4;
    w[1] = regs.a5;
    w[2] = regs.a6;
    w[3] = regs.a7;
    return 0;
}

static int management(u16 partition, u32 operation, u32 w[4])
{
    int error =
        rpc(partition, TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | operation, w);

    return error == 0 && w[0] != TS_RPC_SUCCESS ? -ENOENT : error;
}

// Fresh random bytes into `out`
static int call_crypto(u8 out[RANDOM_SIZE])
{
    u32 w[4] = { shared_handle[0], shared_handle[1], sizeof(struct crypto_word), 0 };
    struct crypto_word wanted = { RANDOM_SIZE };
    int error;

    mutex_lock(&shared_lock);
    memcpy(shared, &wanted, sizeof(wanted));
    error = rpc(crypto_id, crypto_interface << TS_RPC_INTERFACE_SHIFT | CRYPTO_GENERATE_RANDOM, w);
    memcpy(out, shared + RECORD_HEADER, RANDOM_SIZE);
    mutex_unlock(&shared_lock);
    if (error == 0 &&
        (w[0] != TS_RPC_SUCCESS || w[1] != 0 || w[2] != RECORD_HEADER + RANDOM_SIZE)) {
        pr_err("tessera_test: crypto's answer: %x %x %x\n", w[0], w[1], w[2]);
        error = -EIO;
    }
    return error;
}

static ssize_t test_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
    u8 random[2][RANDOM_SIZE];
    unsigned int i;
    int error = 0;

    if (*offset != 0) {
        return 0;
    }
    for (i = 0; i < ROUNDS && error == 0; i++) {
        error = call_echo();
    }
    for (i = 0; i < 2 && error == 0; i++) {
        error = call_crypto(random[i]);
    }
    if (error != 0) {
        return error;
    }
    if (memcmp(random[0], random[1], RANDOM_SIZE) == 0) {
        pr_err("tessera_test: twice the same random bytes\n");
        return -EIO;
    }
    return simple_read_from_buffer(buffer, size, offset, "ok\n", 3);
}

static const struct proc_ops test_ops = { .proc_read = test_read };

// echo is the partition without the RPC protocol, crypto the one that knows the crypto service
static int find_partitions(void)
{
    struct arm_smccc_1_2_regs regs = { FFA_PARTITION_INFO_GET_REGS };
    const unsigned long *word = &regs.a3;
    unsigned int i;

    smc(&regs);
    if ((u32)regs.a0 != FFA_SUCCESS_64 || regs.a2 >> 48 != 24) {
        pr_err("tessera_test: partitions cannot be listed: %lx %lx\n", regs.a0, regs.a2);
        return -ENODEV;
    }
    for (i = 0; i <= (regs.a2 >> 16 & 0xffff) && i < 5; i++, word += 3) {
        u16 id = word[0] & 0xffff;
        u32 w[4];

        if (memcmp(&word[1], rpc_uuid, sizeof(rpc_uuid)) != 0) {
            echo_id = echo_id != 0 ? echo_id : id;
            continue;
        }
        memcpy(w, crypto_uuid, sizeof(w));
        if (management(id, TS_RPC_OP_SERVICE_INFO, w) == 0) {
            crypto_id = id;
            crypto_interface = w[1];
        }
    }
    return echo_id != 0 && crypto_id != 0 ? 0 : -ENODEV;
}

struct share {
    struct ffa_mem_transaction head;
    struct ffa_mem_access access;
    struct ffa_mem_composite composite;
    struct ffa_mem_range range;
};

// FFA_MEM_SHARE of the page, through buffers that are mapped for it
static int share_with(u16 partition, struct share *tx, void *rx)
{
    struct arm_smccc_1_2_regs map = { FFA_RXTX_MAP_64, virt_to_phys(tx), virt_to_phys(rx), 1 };
    struct arm_smccc_1_2_regs regs = { FFA_MEM_SHARE_32, sizeof(*tx), sizeof(*tx) };
    struct arm_smccc_1_2_regs unmap = { FFA_RXTX_UNMAP };

    *tx = (struct share){
        .head = { .attributes = FFA_MEM_ATTR_NORMAL,
                  .access_size = sizeof(tx->access),
                  .access_count = 1,
                  .access_offset = offsetof(struct share, access) },
        .access = { .receiver = partition,
                    .permissions = FFA_MEM_DATA_RW,
                    .composite_offset = offsetof(struct share, composite) },
        .composite = { .page_count = PAGE_SIZE / FFA_MEM_PAGE, .range_count = 1 },
        .range = { .address = virt_to_phys(shared), .page_count = PAGE_SIZE / FFA_MEM_PAGE },
    };
    smc(&map);
    smc(&regs);
    smc(&unmap);
    if ((u32)map.a0 != FFA_SUCCESS_32 || (u32)regs.a0 != FFA_SUCCESS_32 ||
        (u32)unmap.a0 != FFA_SUCCESS_32) {
        pr_err("tessera_test: memory cannot be shared: %lx, %lx %lx, %lx\n", map.a0, regs.a0,
               regs.a2, unmap.a0);
        return -EIO;
    }
    shared_handle[0] = regs.a2;
    shared_handle[1] = regs.a3;
    return 0;
}

// What crypto still has cannot be used for anything else
static void unshare(void)
{
    u32 w[4] = { shared_handle[0], shared_handle[1], 0, 0 };
    struct arm_smccc_1_2_regs regs = { FFA_MEM_RECLAIM, shared_handle[0], shared_handle[1] };
    int error = management(crypto_id, TS_RPC_OP_RELINQUISH, w);

    smc(&regs);
    if (error != 0 || (u32)regs.a0 != FFA_SUCCESS_32) {
        pr_err("tessera_test: memory does not come back: %d, %lx %lx\n", error, regs.a0, regs.a2);
        return;
    }
    free_page((unsigned long)shared);
}

static int share_memory(void)
{
    u32 w[4] = { 0 };
    void *tx = (void *)get_zeroed_page(GFP_KERNEL);
    void *rx = (void *)get_zeroed_page(GFP_KERNEL);
    int error = -ENOMEM;

    shared = (u8 *)get_zeroed_page(GFP_KERNEL);
    if (tx != NULL && rx != NULL && shared != NULL) {
        error = share_with(crypto_id, tx, rx);
    }
    free_page((unsigned long)tx);
    free_page((unsigned long)rx);
    if (error != 0) {
        free_page((unsigned long)shared);
        return error;
    }
    w[0] = shared_handle[0];
    w[1] = shared_handle[1];
    error = management(crypto_id, TS_RPC_OP_RETRIEVE, w);
    if (error != 0) {
        unshare();
    }
    return error;
}

static int __init test_init(void)
{
    struct arm_smccc_1_2_regs regs = { FFA_VERSION, FFA_VERSION_1_2 };
    int error;

    smc(&regs);
    if (regs.a0 != FFA_VERSION_1_2) {
        pr_err("tessera_test: FFA_VERSION: %lx\n", regs.a0);
        return -ENODEV;
    }
    error = find_partitions();
    if (error == 0) {
        error = share_memory();
    }
    if (error != 0) {
        return error;
    }
    if (proc_create("tessera_test", 0444, NULL, &test_ops) == NULL) {
        unshare();
        return -ENOMEM;
    }
    return 0;
}

static void __exit test_exit(void)
{
    remove_proc_entry("tessera_test", NULL);
    unshare();
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Calls Tessera's partitions from Linux, for the self-test");
