// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A from a partition: what peer 1 and peer 2 may call during their initialisation and after it. The scripts of the
// initialisation are put into memory before the machine starts.
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target.h"

#define PERM_GET FFA_MEM_PERM_GET_64
#define PERM_SET FFA_MEM_PERM_SET_64
#define PAGE 4096

static int ready(void **state)
{
    (void)state;
    target_machine(NULL);
    target_version(FFA_VERSION_1_2);
    return 0;
}

static void assert_step_error(const struct peer_step *step, int32_t code)
{
    struct ffa_args a;

    memcpy(a.x, step->x, sizeof(a.x));
    assert_ffa_error(a, code);
}

static void assert_step_success(const struct peer_step *step, uint64_t w2)
{
    struct ffa_args a;

    memcpy(a.x, step->x, sizeof(a.x));
    assert_ffa_success(a, w2, 0);
}

// ---- After initialisation --------------------------------------------------------------------------------------------

static void a_partition_learns_its_ids_and_the_version(void **state)
{
    (void)state;
    struct peer_script *s = peer_begin(PEER2_ID);
    struct peer_step *version = peer_add(s, PEER_CALL, FFA_VERSION, FFA_VERSION_1_2, 0, 0);
    struct peer_step *other = peer_add(s, PEER_CALL, FFA_VERSION, FFA_VERSION_1_1, 0, 0);
    struct peer_step *id = peer_add(s, PEER_CALL, FFA_ID_GET, 0, 0, 0);
    struct peer_step *spm = peer_add(s, PEER_CALL, FFA_SPM_ID_GET, 0, 0, 0);

    peer_run_all(PEER2_ID);
    assert_int_equal((uint32_t)version->x[0], FFA_VERSION_1_2);
    assert_int_equal((uint32_t)other->x[0], UINT32_MAX); // locked since its start
    assert_step_success(id, PEER2_ID);
    assert_step_success(spm, FFA_ID_SPMC);
}

static void features_of_a_partition_are_its_own(void **state)
{
    static const uint32_t yes[] = {
        FFA_MSG_WAIT,   FFA_YIELD,           FFA_MSG_SEND_DIRECT_RESP_32, FFA_ID_GET,
        FFA_VERSION,    FFA_MEM_PERM_GET_64, FFA_MEM_PERM_SET_32,         FFA_CONSOLE_LOG_32,
        FFA_RX_RELEASE, FFA_CONSOLE_LOG_64,  FFA_MSG_SEND_DIRECT_RESP_64
    };
    static const uint32_t no[] = { 1,
                                   2,
                                   3,
                                   0x84000087,
                                   FFA_NORMAL_WORLD_RESUME,
                                   FFA_EL3_INTR_HANDLE,
                                   0x84000084,
                                   FFA_NOTIFICATION_BITMAP_CREATE,
                                   0x840000aa };
    struct peer_step *steps[20];
    unsigned int n = 0;

    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        steps[n++] = peer_add(s, PEER_CALL, FFA_FEATURES, yes[i], 0, 0);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        steps[n++] = peer_add(s, PEER_CALL, FFA_FEATURES, no[i], 0, 0);
    }
    peer_run_all(PEER1_ID);
    for (unsigned int i = 0; i < n; i++) {
        print_message("%u\n", i);
        if (i < sizeof(yes) / sizeof(yes[0])) {
            assert_step_success(steps[i], 0);
        } else {
            assert_step_error(steps[i], FFA_NOT_SUPPORTED);
        }
    }
}

static void calls_that_break_the_runtime_model_are_denied(void **state)
{
    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    struct peer_step *wait = peer_add(s, PEER_CALL, FFA_MSG_WAIT, 0, 0, 0);
    struct peer_step *wait_mbz = peer_add(s, PEER_CALL, FFA_MSG_WAIT, 1, 0, 0);
    struct peer_step *to_other = peer_add(s, PEER_CALL, FFA_MSG_SEND_DIRECT_RESP_64,
                                          (uint64_t)PEER1_ID << 16 | PEER2_ID, 0, 0);
    struct peer_step *spoofed =
        peer_add(s, PEER_CALL, FFA_MSG_SEND_DIRECT_RESP_64, (uint64_t)PEER2_ID << 16, 0, 0);
    struct peer_step *framework = peer_add(s, PEER_CALL, FFA_MSG_SEND_DIRECT_RESP_32,
                                           (uint64_t)PEER1_ID << 16, FFA_MSG_FRAMEWORK | 2, 0);
    struct peer_step *to_nwd = peer_add(s, PEER_CALL, FFA_MSG_SEND_DIRECT_REQ_64,
                                        (uint64_t)PEER1_ID << 16 | FFA_ID_NWD, 0, 0);
    struct peer_step *resume = peer_add(s, PEER_CALL, FFA_NORMAL_WORLD_RESUME, 0, 0, 0);

    peer_run_all(PEER1_ID);
    assert_step_error(wait, FFA_DENIED); // it must answer first
    assert_int_equal(wait_mbz->x[0], FFA_ERROR);
    assert_step_error(to_other, FFA_DENIED); // peer 2 did not ask
    assert_step_error(spoofed, FFA_INVALID_PARAMETERS);
    assert_int_equal(framework->x[0], FFA_ERROR);
    assert_int_equal(to_nwd->x[0], FFA_ERROR);
    assert_step_error(resume, FFA_NOT_SUPPORTED);
}

static void unknown_calls_of_a_partition_are_not_supported(void **state)
{
    static const uint64_t calls[] = { FFA_MSG_POLL,        FFA_MSG_SEND,  0x84000087,
                                      FFA_EL3_INTR_HANDLE, 0x840000fe,    0xc40000fe,
                                      PSCI_SYSTEM_OFF,     SMCCC_VERSION, 0,
                                      UINT64_MAX };
    struct peer_step *steps[10];

    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    for (size_t i = 0; i < 10; i++) {
        steps[i] = peer_add(s, PEER_CALL, calls[i], 0, 0, 0);
    }
    peer_run_all(PEER1_ID);
    for (size_t i = 0; i < 10; i++) {
        // Either FF-A's answer or SMCCC's
        if ((uint32_t)steps[i]->x[0] != UINT32_MAX) {
            assert_step_error(steps[i], FFA_NOT_SUPPORTED);
        }
    }
    assert_echo_works();
}

static void memory_permissions_are_fixed_after_initialisation(void **state)
{
    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    struct peer_step *set =
        peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 1, FFA_PERM_RO);
    struct peer_step *get = peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_GET, 0, 0, 0);

    peer_run_all(PEER1_ID);
    assert_step_error(set, FFA_DENIED);
    assert_step_error(get, FFA_DENIED);
}

static void put_text(struct peer_step *step, const char *text)
{
    memcpy(&step->x[2], text, strlen(text));
}

static void console_log_prints_the_partitions_text(void **state)
{
    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    struct peer_step *wide = peer_add(s, PEER_CALL, FFA_CONSOLE_LOG_64, 0, 0, 0);
    put_text(
        wide,
        "a line of 64-bit registers, up to the last of x17: 0123456789 abcdefghijklmnopqrstuvwxyz "
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ end.\n");
    wide->x[1] = strlen((const char *)&wide->x[2]);
    struct peer_step *narrow = peer_add(s, PEER_CALL, FFA_CONSOLE_LOG_32, 4, 0x61626364, 0);
    struct peer_step *newline = peer_add(s, PEER_CALL, FFA_CONSOLE_LOG_32, 3, 0x0a2121, 0);

    peer_run_all(PEER1_ID);
    assert_step_success(wide, 0);
    assert_step_success(narrow, 0);
    assert_step_success(newline, 0);
    assert_console("a line of 64-bit registers, up to the last of x17");
    assert_console("ABCDEFGHIJKLMNOPQRSTUVWXYZ end.");
    assert_console("dcba!!");
    assert_console("peer1");
}

static void console_log_escapes_control_characters(void **state)
{
    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    struct peer_step *step = peer_add(s, PEER_CALL, FFA_CONSOLE_LOG_64, 14, 0, 0);
    put_text(step, "a\033[2Jb\r\bc\001d!!\n");

    peer_run_all(PEER1_ID);
    const char *console = h_console(machine, H_CONSOLE_SECURE);
    assert_null(strchr(console, '\033'));
    assert_null(strchr(console, '\b'));
    assert_null(strchr(console, '\001'));
}

static void console_log_refuses_wrong_counts(void **state)
{
    static const struct {
        uint64_t fid, count;
    } bad[] = { { FFA_CONSOLE_LOG_32, 0 },    { FFA_CONSOLE_LOG_32, 25 },
                { FFA_CONSOLE_LOG_32, 0xff }, { FFA_CONSOLE_LOG_32, 0x101 },
                { FFA_CONSOLE_LOG_64, 0 },    { FFA_CONSOLE_LOG_64, 129 },
                { FFA_CONSOLE_LOG_64, 0x100 } };
    struct peer_step *steps[7];

    (void)state;
    struct peer_script *s = peer_begin(PEER1_ID);
    for (size_t i = 0; i < 7; i++) {
        steps[i] = peer_add(s, PEER_CALL, bad[i].fid, bad[i].count, 0x41414141, 0);
    }
    peer_run_all(PEER1_ID);
    for (size_t i = 0; i < 7; i++) {
        print_message("%zu\n", i);
        assert_step_error(steps[i], FFA_INVALID_PARAMETERS);
    }
}

static void a_partition_maps_buffers_and_finds_partitions(void **state)
{
    (void)state;
    target_fresh(NULL);
    target_version(FFA_VERSION_1_2);
    struct peer_script *s = peer_begin(PEER1_ID);
    struct peer_step *early = peer_add(s, PEER_CALL, FFA_PARTITION_INFO_GET, 0, 0, 0);
    struct peer_step *unaligned =
        peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, FFA_RXTX_MAP_64, 8, 0, 1);
    struct peer_step *foreign =
        peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, FFA_RXTX_MAP_64, 0, 0x48000000, 1);
    struct peer_step *kernel =
        peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, FFA_RXTX_MAP_64, 0, 0xffffff800e020000, 1);
    struct peer_step *text = peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, FFA_RXTX_MAP_64, 0, 0, 1);
    // RX in its own text must be refused: ask for the address, then use it
    struct peer_step *where_text = peer_add_at(s, PEER_READ, PEER_SYM_TEXT, 0, 0, 4, 0, 0);
    struct peer_step *where_data = peer_add_at(s, PEER_READ, PEER_SYM_DATA, 0, 0, 8, 0, 0);

    peer_run_all(PEER1_ID);
    assert_step_error(early, FFA_BUSY);
    assert_step_error(unaligned, FFA_INVALID_PARAMETERS);
    assert_step_error(foreign, FFA_INVALID_PARAMETERS);
    assert_step_error(kernel, FFA_INVALID_PARAMETERS);
    assert_step_error(text, FFA_INVALID_PARAMETERS); // RX at address 0
    uint64_t tx = where_data->x[0];
    uint64_t code = where_text->x[0] & ~(uint64_t)(PAGE - 1);

    s = peer_begin(PEER1_ID);
    struct peer_step *rx_text = peer_add(s, PEER_CALL, FFA_RXTX_MAP_64, tx, code, 1);
    struct peer_step *tx_text = peer_add(s, PEER_CALL, FFA_RXTX_MAP_64, code, tx, 1);
    struct peer_step *same = peer_add(s, PEER_CALL, FFA_RXTX_MAP_64, tx, tx, 1);
    struct peer_step *good = peer_add(s, PEER_CALL, FFA_RXTX_MAP_64, tx, tx + PAGE, 1);
    struct peer_step *twice = peer_add(s, PEER_CALL, FFA_RXTX_MAP_64, tx, tx + PAGE, 1);
    struct peer_step *info = peer_add(s, PEER_CALL, FFA_PARTITION_INFO_GET, 0, 0, 0);
    struct peer_step *first = peer_add(s, PEER_READ, tx + PAGE, 8, 0, 0);
    struct peer_step *busy = peer_add(s, PEER_CALL, FFA_PARTITION_INFO_GET, 0, 0, 0);
    struct peer_step *release = peer_add(s, PEER_CALL, FFA_RX_RELEASE, 0, 0, 0);
    struct peer_step *again = peer_add(s, PEER_CALL, FFA_RX_RELEASE, 0, 0, 0);
    struct peer_step *unmap = peer_add(s, PEER_CALL, FFA_RXTX_UNMAP, 0, 0, 0);
    struct peer_step *unmapped = peer_add(s, PEER_CALL, FFA_RXTX_UNMAP, 0, 0, 0);

    peer_run_all(PEER1_ID);
    assert_step_error(rx_text, FFA_INVALID_PARAMETERS);
    assert_step_error(tx_text, FFA_INVALID_PARAMETERS);
    assert_step_error(same, FFA_INVALID_PARAMETERS);
    assert_step_success(good, 0);
    assert_step_error(twice, FFA_DENIED);
    assert_int_equal(info->x[0], FFA_SUCCESS_32);
    assert_true(info->x[2] >= 5);
    assert_int_equal(info->x[3], sizeof(struct ffa_partition_info));
    assert_int_equal(first->x[2] & 0xffff, ECHO_ID);
    assert_step_error(busy, FFA_BUSY);
    assert_step_success(release, 0);
    assert_step_error(again, FFA_DENIED);
    assert_step_success(unmap, 0);
    assert_step_error(unmapped, FFA_INVALID_PARAMETERS);
}

// ---- During initialisation -------------------------------------------------------------------------------------------

static struct peer_script *init_script(uint8_t *dram, uint64_t base)
{
    struct peer_script *s = (struct peer_script *)(void *)(dram + (base - NS_DRAM_BASE));

    memset(s, 0, sizeof(*s));
    s->magic = PEER_SCRIPT_MAGIC;
    return s;
}

// Steps of prepare_permissions(), in order
enum {
    P_GET_DATA,
    P_GET_TEXT,
    P_GET_RODATA,
    P_GET_UNMAPPED,
    P_GET_UNALIGNED,
    P_GET_SPMC,
    P_SET_RO,
    P_GET_RO,
    P_SET_RX,
    P_GET_RX,
    P_SET_RW,
    P_WRITE_AGAIN,
    P_SET_WX,
    P_SET_RESERVED,
    P_SET_HIGH_BITS,
    P_SET_NO_PAGES,
    P_SET_UNALIGNED,
    P_SET_TOO_MANY,
    P_SET_WRAPS,
    P_SET_SPMC,
    P_SET_SHARED_X,
    P_GET_AFTER,
    P_COUNT,
};

static void prepare_permissions(uint8_t *dram)
{
    struct peer_script *s = init_script(dram, PEER1_SCRIPT_BASE);

    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_GET, 0, 0, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_TEXT_PAGE, 1, PERM_GET, 0, 0, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_RODATA_PAGE, 1, PERM_GET, 0, 0, 0);
    peer_add(s, PEER_CALL, PERM_GET, 0x1000, 0, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_GET, 8, 0, 0);
    peer_add(s, PEER_CALL, PERM_GET, 0xffffff800e020000, 0, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, PAGE, 2, FFA_PERM_RO);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_GET, 2 * PAGE, 0, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, PAGE, 1, FFA_PERM_RX);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_GET, PAGE, 0, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, PAGE, 2, FFA_PERM_RW);
    peer_add_at(s, PEER_WRITE, PEER_SYM_DATA, 0, PAGE, 8, 0x55, 0);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 1, 1);          // RW and X
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 1, 6);          // data permission 2
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 1, 0x80000005); // bits 31:3
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 0, FFA_PERM_RO);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 16, 1, FFA_PERM_RO);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 0x10000, FFA_PERM_RO);
    peer_add(s, PEER_CALL, PERM_SET, 0xfffffffffffff000, 2, FFA_PERM_RO);
    peer_add(s, PEER_CALL, PERM_SET, 0xffffff800e020000, 1, FFA_PERM_RW);
    peer_add_at(s, PEER_CALL, PEER_SYM_SCRIPT, 1, PERM_SET, 0, 1, FFA_PERM_RX);
    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_GET, 0, 0, 0);
}

static void memory_permissions_during_initialisation(void **state)
{
    struct h_options o = target_options();
    static const struct {
        unsigned int step;
        uint64_t perm;
    } gets[] = { { P_GET_DATA, FFA_PERM_RW },   { P_GET_TEXT, FFA_PERM_RX },
                 { P_GET_RODATA, FFA_PERM_RO }, { P_GET_RO, FFA_PERM_RO },
                 { P_GET_RX, FFA_PERM_RX },     { P_GET_AFTER, FFA_PERM_RW } };
    static const unsigned int done[] = { P_SET_RO, P_SET_RX, P_SET_RW };
    static const unsigned int refused[] = { P_GET_UNMAPPED, P_GET_UNALIGNED, P_GET_SPMC,
                                            P_SET_WX,       P_SET_RESERVED,  P_SET_HIGH_BITS,
                                            P_SET_NO_PAGES, P_SET_UNALIGNED, P_SET_TOO_MANY,
                                            P_SET_WRAPS,    P_SET_SPMC,      P_SET_SHARED_X };

    (void)state;
    o.prepare = prepare_permissions;
    target_fresh(&o);
    const struct peer_script *s = peer_script(PEER1_ID);
    assert_int_equal(s->performed, P_COUNT);
    for (size_t i = 0; i < sizeof(gets) / sizeof(gets[0]); i++) {
        assert_step_success(&s->steps[gets[i].step], gets[i].perm);
    }
    for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
        assert_step_success(&s->steps[done[i]], 0);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        print_message("step %u\n", refused[i]);
        assert_step_error(&s->steps[refused[i]], FFA_INVALID_PARAMETERS);
    }
    target_version(FFA_VERSION_1_2);
    peer_begin(PEER1_ID);
    peer_run_all(PEER1_ID); // and it came up
}

static void prepare_write_after_ro(uint8_t *dram)
{
    struct peer_script *s = init_script(dram, PEER1_SCRIPT_BASE);

    peer_add_at(s, PEER_CALL, PEER_SYM_DATA, 1, PERM_SET, 0, 1, FFA_PERM_RO);
    peer_add_at(s, PEER_WRITE, PEER_SYM_DATA, 0, 0, 8, 1, 0);
}

static void memory_made_read_only_cannot_be_written(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.prepare = prepare_write_after_ro;
    target_fresh(&o);
    assert_int_equal(peer_script(PEER1_ID)->performed, 1);
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_echo_works();
}

static void prepare_models(uint8_t *dram)
{
    struct peer_script *s = init_script(dram, PEER1_SCRIPT_BASE);

    peer_add(s, PEER_CALL, FFA_YIELD, 0, 0, 0);
    peer_add(s, PEER_CALL, FFA_MSG_SEND_DIRECT_RESP_32, (uint64_t)PEER1_ID << 16, 0, 0);
    peer_add(s, PEER_CALL, FFA_RUN, (uint64_t)ECHO_ID << 16, 0, 0);
    peer_add(s, PEER_CALL, FFA_MSG_WAIT, 1, 0, 0); // reserved register
    peer_add(s, PEER_CALL, FFA_ID_GET, 0, 0, 0);
}

static void scheduling_calls_during_initialisation_are_denied(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.prepare = prepare_models;
    target_fresh(&o);
    const struct peer_script *s = peer_script(PEER1_ID);
    assert_int_equal(s->performed, 5);
    assert_step_error(&s->steps[0], FFA_DENIED);
    assert_step_error(&s->steps[1], FFA_DENIED);
    assert_int_equal(s->steps[2].x[0], FFA_ERROR);
    assert_step_error(&s->steps[3], FFA_INVALID_PARAMETERS);
    assert_step_success(&s->steps[4], PEER1_ID);
}

static void prepare_failure(uint8_t *dram)
{
    peer_add(init_script(dram, PEER1_SCRIPT_BASE), PEER_FAIL, (uint64_t)-7, 0, 0, 0);
}

static void prepare_fault(uint8_t *dram)
{
    peer_add(init_script(dram, PEER1_SCRIPT_BASE), PEER_READ, 0, 8, 0, 0);
}

// The partition with the watchdog never comes to its first wait
static void prepare_hang(uint8_t *dram)
{
    peer_add(init_script(dram, PEER2_SCRIPT_BASE), PEER_SPIN, UINT64_MAX, 0, 0, 0);
}

// … and the other one's timer fires in the middle of that
static void prepare_timer_and_hang(uint8_t *dram)
{
    peer_add(init_script(dram, PEER1_SCRIPT_BASE), PEER_TIMER, 1000, 0, 0, 0);
    prepare_hang(dram);
}

static void without_peer2(void (*prepare)(uint8_t *))
{
    struct h_options o = target_options();

    o.prepare = prepare;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER2_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_console("peer2 (0x8011) is stopped: its watchdog expired after 500 ms");
    assert_echo_works();
}

static void a_partition_that_hangs_in_its_initialisation_is_left_out(void **state)
{
    (void)state;
    without_peer2(prepare_hang);
    peer_begin(PEER1_ID);
    peer_run_all(PEER1_ID);
    assert_int_equal(peer_script(PEER1_ID)->interrupts, 0);
}

static void a_timer_that_fires_meanwhile_is_told_after_the_boot(void **state)
{
    (void)state;
    without_peer2(prepare_timer_and_hang);
    assert_int_equal(peer_script(PEER1_ID)->interrupts, 1);
}

// The partition is gone, the boot went on
static void without_peer1(void (*prepare)(uint8_t *))
{
    struct h_options o = target_options();

    o.prepare = prepare;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_error(a, FFA_ABORTED);
    assert_console("peer1");
    assert_echo_works();
    peer_begin(PEER2_ID);
    peer_run_all(PEER2_ID);
}

static void a_partition_that_fails_its_initialisation_is_left_out(void **state)
{
    (void)state;
    without_peer1(prepare_failure);
}

static void a_partition_that_faults_in_its_initialisation_is_left_out(void **state)
{
    (void)state;
    without_peer1(prepare_fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_partition_learns_its_ids_and_the_version, ready),
        cmocka_unit_test_setup(features_of_a_partition_are_its_own, ready),
        cmocka_unit_test_setup(calls_that_break_the_runtime_model_are_denied, ready),
        cmocka_unit_test_setup(unknown_calls_of_a_partition_are_not_supported, ready),
        cmocka_unit_test_setup(memory_permissions_are_fixed_after_initialisation, ready),
        cmocka_unit_test_setup(console_log_prints_the_partitions_text, ready),
        cmocka_unit_test_setup(console_log_escapes_control_characters, ready),
        cmocka_unit_test_setup(console_log_refuses_wrong_counts, ready),
        cmocka_unit_test(a_partition_maps_buffers_and_finds_partitions),
        cmocka_unit_test(memory_permissions_during_initialisation),
        cmocka_unit_test(memory_made_read_only_cannot_be_written),
        cmocka_unit_test(scheduling_calls_during_initialisation_are_denied),
        cmocka_unit_test(a_partition_that_fails_its_initialisation_is_left_out),
        cmocka_unit_test(a_partition_that_faults_in_its_initialisation_is_left_out),
        cmocka_unit_test(a_partition_that_hangs_in_its_initialisation_is_left_out),
        cmocka_unit_test(a_timer_that_fires_meanwhile_is_told_after_the_boot),
    };

    return cmocka_run_group_tests_name("ffa_sp", tests, NULL, target_stop);
}
