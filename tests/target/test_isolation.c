// SPDX-License-Identifier: BSD-3-Clause
//
// A partition that misbehaves: reads, writes and executes what is not its own, privileged instructions, stack overflow.
// Each must fault, be reported on the console with its registers, be answered FFA_ABORTED, and hurt nobody else. And
// the normal world, which must reach nothing secure. Every fault has a machine of its own.
#include <libfdt.h>
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target.h"

#define SPMC_VA(pa) (0xffffff8000000000ull + (pa))

static int fresh(void **state)
{
    (void)state;
    target_fresh(NULL);
    target_version(FFA_VERSION_1_2);
    return 0;
}

// What must be true after a partition (peer 1) has done its worst
static void assert_stopped_and_survived(void)
{
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, PEER1_ID);

    assert_ffa_error(a, FFA_ABORTED);
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_error(a, FFA_ABORTED);
    assert_echo_works();
    struct peer_script *script = peer_begin(PEER2_ID);
    struct peer_step *id = peer_add(script, PEER_CALL, FFA_ID_GET, 0, 0, 0);
    peer_run_all(PEER2_ID);
    assert_int_equal(id->x[0], FFA_SUCCESS_32);
    assert_int_equal(id->x[2], PEER2_ID);
    // The report: who, and the registers
    const char *console = h_console(machine, H_CONSOLE_SECURE);
    static const char *const words[] = { "peer1", "ESR", "FAR", "PC" };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasestr(console, words[i]) == NULL) {
            h_console_tail(machine);
            fail_msg("the report of the fault does not name %s", words[i]);
        }
    }
}

// Performs the script of peer 1, whose last step must not come to its end.
static void assert_script_faults(void)
{
    struct peer_script *script = peer_script(PEER1_ID);
    struct ffa_args a = peer_run(PEER1_ID);

    if (script->performed == script->count) {
        h_console_tail(machine);
        fail_msg("the partition did it and lives; value %#llx",
                 (unsigned long long)script->steps[script->count - 1].x[2]);
    }
    assert_ffa_error(a, FFA_ABORTED);
    assert_int_equal(script->performed, script->count - 1);
    assert_stopped_and_survived();
}

static void faults(enum peer_step_kind kind, uint64_t x0, uint64_t x1, uint64_t x2)
{
    peer_add(peer_begin(PEER1_ID), kind, x0, x1, x2, 0);
    assert_script_faults();
}

static void faults_at(enum peer_step_kind kind, enum peer_symbol symbol, uint64_t offset,
                      uint64_t x1)
{
    peer_add_at(peer_begin(PEER1_ID), kind, symbol, 0, offset, x1, 0, 0);
    assert_script_faults();
}

static void reading_null_faults(void **state)
{
    (void)state;
    faults(PEER_READ, 0, 8, 0);
}

static void executing_null_faults(void **state)
{
    (void)state;
    faults(PEER_EXEC, 0, 0, 0);
}

// Address of peer 2's secret in its own space, asked of peer 2
static uint64_t secret_of_peer2(void)
{
    struct peer_script *script = peer_begin(PEER2_ID);
    struct peer_step *read = peer_add_at(script, PEER_READ, PEER_SYM_SECRET, 0, 0, 8, 0, 0);

    peer_run_all(PEER2_ID);
    assert_int_equal(read->x[2], PEER_SECRET + PEER2_ID);
    return read->x[0];
}

static void another_partitions_address_holds_nothing_of_it(void **state)
{
    (void)state;
    uint64_t address = secret_of_peer2();
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *read = peer_add(script, PEER_READ, address, 8, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);

    if (script->performed == 1) {
        // Bases are random: something of its own may stand at the same address
        assert_int_not_equal(read->x[2], PEER_SECRET + PEER2_ID);
        return;
    }
    assert_ffa_error(a, FFA_ABORTED);
    assert_stopped_and_survived();
}

static void reading_partition_memory_by_its_physical_address_faults(void **state)
{
    (void)state;
    faults(PEER_READ, PAGE_POOL_BASE, 8, 0);
}

static void reading_the_spmc_faults(void **state)
{
    (void)state;
    faults(PEER_READ, SPMC_VA(SPMC_BASE), 8, 0);
}

static void writing_the_spmc_faults(void **state)
{
    (void)state;
    faults(PEER_WRITE, SPMC_VA(SPMC_BASE + 0x1000), 8, 0);
}

static void executing_the_spmc_faults(void **state)
{
    (void)state;
    faults(PEER_EXEC, SPMC_VA(SPMC_BASE), 0, 0);
}

static void reading_the_spmc_by_its_physical_address_faults(void **state)
{
    (void)state;
    faults(PEER_READ, SPMC_BASE, 8, 0);
}

static void reading_the_pool_through_the_spmc_map_faults(void **state)
{
    (void)state;
    faults(PEER_READ, SPMC_VA(PAGE_POOL_BASE), 8, 0);
}

static void reading_bl31_faults(void **state)
{
    (void)state;
    faults(PEER_READ, BL31_BASE, 8, 0);
}

static void reading_bl31_through_the_spmc_map_faults(void **state)
{
    (void)state;
    faults(PEER_READ, SPMC_VA(BL31_BASE), 8, 0);
}

static void writing_bl31_faults(void **state)
{
    (void)state;
    faults(PEER_WRITE, BL31_BASE, 8, 0);
}

static void reading_normal_world_memory_faults(void **state)
{
    (void)state;
    faults(PEER_READ, NS_DRAM_BASE, 8, 0);
}

static void writing_normal_world_memory_faults(void **state)
{
    (void)state;
    faults(PEER_WRITE, MB_PAGES_BASE, 8, 0x41);
    assert_int_equal(*(uint64_t *)h_memory(machine, MB_PAGES_BASE, 8), 0);
}

static void executing_normal_world_memory_faults(void **state)
{
    (void)state;
    faults(PEER_EXEC, BL33_BASE, 0, 0);
}

// The shared script page is writable, so it must not be executable
static void executing_shared_memory_faults(void **state)
{
    (void)state;
    faults_at(PEER_EXEC, PEER_SYM_SCRIPT, 0, 0);
}

static void behind_the_shared_memory_is_a_fault(void **state)
{
    (void)state;
    faults_at(PEER_READ, PEER_SYM_SCRIPT, PEER_SCRIPT_PAGES * 4096, 8);
}

static void touching_a_device_faults(void **state)
{
    (void)state;
    faults(PEER_WRITE, UART_SECURE_BASE, 4, 'X');
}

static void touching_a_device_through_the_spmc_map_faults(void **state)
{
    (void)state;
    faults(PEER_READ, SPMC_VA(UART_SECURE_BASE), 4, 0);
}

static void reading_the_flash_faults(void **state)
{
    (void)state;
    faults(PEER_READ, FLASH_BASE + FLASH_FIP_A_OFFSET, 4, 0);
}

static void writing_its_own_text_faults(void **state)
{
    (void)state;
    faults_at(PEER_WRITE, PEER_SYM_TEXT, 0, 4);
}

static void writing_its_own_constants_faults(void **state)
{
    (void)state;
    faults_at(PEER_WRITE, PEER_SYM_RODATA, 0, 4);
}

static void executing_its_own_constants_faults(void **state)
{
    (void)state;
    faults_at(PEER_EXEC, PEER_SYM_RODATA, 0, 0);
}

static void executing_its_own_data_faults(void **state)
{
    (void)state;
    faults_at(PEER_EXEC, PEER_SYM_DATA, 0, 0);
}

static void executing_its_own_stack_faults(void **state)
{
    (void)state;
    faults_at(PEER_EXEC, PEER_SYM_STACK, 0, 0);
}

static void overflowing_the_stack_faults(void **state)
{
    (void)state;
    faults(PEER_RECURSE, 0, 0, 0);
}

static void above_the_stack_is_a_guard_page(void **state)
{
    (void)state;
    faults_at(PEER_READ, PEER_SYM_STACK, 4096, 8); // the script runs in the stack's first page
}

static void a_wild_address_faults(void **state)
{
    (void)state;
    faults(PEER_READ, 0x00ff123456789abc, 8, 0);
}

static void giving_up_is_reported_as_a_fault(void **state)
{
    (void)state;
    faults(PEER_DIE, 0, 0, 0);
    assert_console("the script says so");
}

// Every instruction of the list is undefined or trapped at S-EL0
static void privileged_instructions_fault(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < PEER_INSTRUCTION_COUNT; i++) {
        fresh(NULL);
        print_message("instruction %u of enum peer_instruction\n", i);
        faults(PEER_PRIVILEGED, i, 0, 0);
    }
}

// ---- The normal world ------------------------------------------------------------------------------------------------

static const struct {
    uint64_t address;
    const char *what;
} secure[] = {
    { FLASH_BASE, "secure flash" },
    { FLASH_BASE + FLASH_SIZE - 4096, "end of the secure flash" },
    { UART_SECURE_BASE, "secure UART" },
    { GPIO_SECURE_BASE, "secure GPIO" },
    { BL31_BASE, "BL31" },
    { SPMC_BASE, "SPMC" },
    { HANDOFF_BASE, "hand-off" },
    { PARK_BASE, "parking mailbox" },
    { TB_FW_CONFIG_BASE, "configuration" },
    { SP_PKG_BASE, "packages" },
    { PAGE_POOL_BASE, "page pool" },
    { BL2_BASE, "BL2" },
    { BL1_RW_BASE, "BL1's data" },
    { SECURE_RAM_BASE + SECURE_RAM_SIZE - 4096, "end of the secure RAM" },
};

static void the_normal_world_reads_writes_and_executes_nothing_secure(void **state)
{
    struct mb_fault fault;
    uint64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof(secure) / sizeof(secure[0]); i++) {
        print_message("%s\n", secure[i].what);
        assert_int_equal(h_read(machine, 0, secure[i].address, 4, &value, &fault), H_FAULT);
        assert_int_equal(h_write(machine, 0, secure[i].address, 4, 0, &fault), H_FAULT);
        assert_int_equal(h_exec(machine, 0, secure[i].address, &fault), H_FAULT);
    }
    assert_echo_works();
}

static void no_page_of_secure_ram_can_be_read(void **state)
{
    struct mb_fault fault;
    uint64_t value;

    (void)state;
    for (uint64_t a = SECURE_RAM_BASE; a < SECURE_RAM_BASE + SECURE_RAM_SIZE; a += 4096) {
        assert_int_equal(h_read(machine, 0, a, 8, &value, &fault), H_FAULT);
    }
}

// What BL2 took its entropy from must be gone before the normal world runs
static void the_secure_seed_is_not_in_the_device_tree_any_more(void **state)
{
    static const char *const seeds[] = { "rng-seed", "kaslr-seed" };

    (void)state;
    const void *dtb = h_memory(machine, HW_DTB_BASE, HW_DTB_SIZE);
    assert_int_equal(fdt_check_full(dtb, HW_DTB_SIZE), 0);
    int node = fdt_path_offset(dtb, "/secure-chosen");
    for (unsigned int i = 0; node >= 0 && i < 2; i++) {
        int length = 0;
        const uint8_t *seed = fdt_getprop(dtb, node, seeds[i], &length);
        for (int k = 0; seed != NULL && k < length; k++) {
            assert_int_equal(seed[k], 0);
        }
    }
    assert_int_equal(fdt_path_offset(dtb, "/chosen") >= 0, 1); // the tree is whole, not wiped
}

#define CASE(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reading_null_faults),
        CASE(executing_null_faults),
        CASE(another_partitions_address_holds_nothing_of_it),
        CASE(reading_partition_memory_by_its_physical_address_faults),
        CASE(reading_the_spmc_faults),
        CASE(writing_the_spmc_faults),
        CASE(executing_the_spmc_faults),
        CASE(reading_the_spmc_by_its_physical_address_faults),
        CASE(reading_the_pool_through_the_spmc_map_faults),
        CASE(reading_bl31_faults),
        CASE(reading_bl31_through_the_spmc_map_faults),
        CASE(writing_bl31_faults),
        CASE(reading_normal_world_memory_faults),
        CASE(writing_normal_world_memory_faults),
        CASE(executing_normal_world_memory_faults),
        CASE(executing_shared_memory_faults),
        CASE(behind_the_shared_memory_is_a_fault),
        CASE(touching_a_device_faults),
        CASE(touching_a_device_through_the_spmc_map_faults),
        CASE(reading_the_flash_faults),
        CASE(writing_its_own_text_faults),
        CASE(writing_its_own_constants_faults),
        CASE(executing_its_own_constants_faults),
        CASE(executing_its_own_data_faults),
        CASE(executing_its_own_stack_faults),
        CASE(overflowing_the_stack_faults),
        CASE(above_the_stack_is_a_guard_page),
        CASE(a_wild_address_faults),
        CASE(giving_up_is_reported_as_a_fault),
        cmocka_unit_test(privileged_instructions_fault),
        CASE(the_normal_world_reads_writes_and_executes_nothing_secure),
        CASE(no_page_of_secure_ram_can_be_read),
        CASE(the_secure_seed_is_not_in_the_device_tree_any_more),
    };

    return cmocka_run_group_tests_name("isolation", tests, NULL, target_stop);
}
