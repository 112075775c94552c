// SPDX-License-Identifier: BSD-3-Clause
//
// The flash that a partition drives while the system runs, and the rollback counter: on an image where the first peer has the
// flash region and the counter in place of the storage partition, and speaks to the chips with commands of its own. What a
// machine stored is there when it is killed and started again on the same file.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ffa/abi/smccc.h"
#include "tests/target/target.h"

#define IMAGE TESSERA_IMAGES "/peer_flash/flash.bin"
#define CORES 4
#define STEPS_MAX 16384 // of the counter, otp_format.h

// Both chips' commands, and their status when they are ready
#define READ_ARRAY 0x00ff00ff
#define READ_STATUS 0x00700070
#define CLEAR_STATUS 0x00500050
#define PROGRAM 0x00400040
#define READY 0x00800080

static char folder[] = "/tmp/tessera-flash-XXXXXX";
static char flash[64];

static int make_flash(void **state)
{
    char command[256];

    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(flash, sizeof(flash), "%s/flash.bin", folder);
    snprintf(command, sizeof(command), "cp --sparse=always '%s' '%s'", IMAGE, flash);
    return system(command);
}

static int remove_flash(void **state)
{
    (void)target_stop(state);
    return unlink(flash) != 0 || rmdir(folder) != 0;
}

static void boot(enum h_flash writes)
{
    struct h_options o = target_options();

    o.flash = flash;
    o.flash_writes = writes;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
}

// ---- The chips -------------------------------------------------------------------------------------------------------

static void add_command(struct peer_script *script, uint64_t offset, uint64_t command)
{
    (void)peer_add_at(script, PEER_WRITE, PEER_SYM_DEVICE, 0, offset, 4, command, 0);
}

static struct peer_step *add_read(struct peer_script *script, uint64_t offset)
{
    return peer_add_at(script, PEER_READ, PEER_SYM_DEVICE, 0, offset, 4, 0, 0);
}

static void command(uint64_t offset, uint32_t value)
{
    add_command(peer_begin(PEER1_ID), offset, value);
    peer_run_all(PEER1_ID);
}

static uint32_t read_word(uint64_t offset)
{
    struct peer_step *read = add_read(peer_begin(PEER1_ID), offset);

    peer_run_all(PEER1_ID);
    return (uint32_t)read->x[2];
}

// The status that the chips show when it is done; they are in array mode again.
static uint32_t program(uint64_t offset, uint32_t value)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *status;

    add_command(script, offset, CLEAR_STATUS);
    add_command(script, offset, PROGRAM);
    add_command(script, offset, value);
    status = add_read(script, offset);
    add_command(script, offset, READ_ARRAY);
    peer_run_all(PEER1_ID);
    return (uint32_t)status->x[2];
}

// ---- The counter -----------------------------------------------------------------------------------------------------

static int64_t counter(uint16_t peer, uint64_t call, uint64_t value, uint64_t *found,
                       uint64_t *limit)
{
    struct peer_step *step = peer_add(peer_begin(peer), PEER_CALL, call, value, 0x22, 0x33);

    peer_run_all(peer);
    *found = step->x[2];
    *limit = step->x[3];
    return (int32_t)step->x[0];
}

static uint64_t counter_value(void)
{
    uint64_t value, limit;

    assert_int_equal(counter(PEER1_ID, TESSERA_COUNTER_READ, 0, &value, &limit), 0);
    assert_int_equal(limit, STEPS_MAX);
    return value;
}

static int64_t counter_advance(uint64_t to)
{
    uint64_t value, limit;
    int64_t result = counter(PEER1_ID, TESSERA_COUNTER_ADVANCE, to, &value, &limit);

    assert_int_equal(value, 0x22);
    assert_int_equal(limit, 0x33);
    return result;
}

// ---- Nobody else executes from these chips, or reads them -----------------------------------------------------------------

static void all_cores_work(void)
{
    for (unsigned int core = 0; core < CORES; core++) {
        struct ffa_args a = { .x = { FFA_ID_GET } };

        assert_int_equal(h_smc(machine, core, &a), H_OK);
        assert_ffa_success(a, FFA_ID_NWD, 0);
    }
}

// Every fetch from the flash would get the status, and end in an exception of EL3: cores that wait to be switched on, that go
// off and come back, that sleep, and the whole machine's sleep
static void cores_come_and_go_while_the_flash_shows_its_status(void **state)
{
    struct h_options o = target_gic_options(state, CORES);
    int32_t psci;

    o.flash = flash;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    command(0, READ_STATUS);
    assert_int_equal(read_word(0x100), READY);
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    all_cores_work();
    assert_int_equal(read_word(0x100), READY);
    for (unsigned int core = 1; core < CORES; core++) {
        struct h_call sleep = { .x = { PSCI_CPU_SUSPEND_64, 0x10000, h_entry(), 0 },
                                .flags = MB_SMC_TIMER,
                                .timer_ticks = h_boot(machine, 0)->cntfrq / 100 };

        assert_int_equal(h_call(machine, core, &sleep), H_RESTARTED);
        assert_int_equal(h_core_off(machine, core, 0, &psci), H_OK);
        assert_int_equal(h_core_on(machine, 0, core, 0, &psci), H_OK);
        assert_int_equal(psci, PSCI_SUCCESS);
    }
    all_cores_work();
    for (unsigned int core = 1; core < CORES; core++) {
        assert_int_equal(h_core_off(machine, core, 0, &psci), H_OK);
    }
    struct h_call suspend = { .x = { PSCI_SYSTEM_SUSPEND_64, h_entry(), 0 },
                              .flags = MB_SMC_TIMER,
                              .timer_ticks = h_boot(machine, 0)->cntfrq / 100 };
    assert_int_equal(h_call(machine, 0, &suspend), H_RESTARTED);
    assert_echo_works();
    assert_int_equal(read_word(0x100), READY); // so it was all the time
    command(0, READ_ARRAY);
    assert_int_equal(read_word(0x100), 0xffffffff);
}

// A reset in the middle of anything: the chips' RESET# brings array mode back, before BL1 is fetched out of them
static void a_reset_in_the_middle_of_a_command_boots_again(void **state)
{
    static const uint32_t left[] = { READ_STATUS, PROGRAM, 0x00200020, 0x00e800e8, 0x00980098 };
    struct h_options o = target_gic_options(state, 1);

    o.flash = flash;
    o.reboot = true;
    target_fresh(&o);
    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        target_version(FFA_VERSION_1_2);
        command(0, left[i]);
        assert_int_equal(h_reset(machine, PSCI_SYSTEM_RESET), H_OK);
    }
    target_version(FFA_VERSION_1_2);
    assert_int_equal(read_word(0), 0xffffffff);
}

// ---- What is stored stays --------------------------------------------------------------------------------------------

static void data_and_counter_are_there_after_the_machine_was_killed(void **state)
{
    (void)state;
    boot(H_FLASH_KEEP);
    uint64_t before = counter_value();
    assert_int_equal(read_word(0x40000), 0xffffffff);
    assert_int_equal(program(0x40000, 0x600df00d), READY);
    assert_int_equal(read_word(0x40000), 0x600df00d);
    assert_int_equal(counter_advance(before + 1), 0);
    assert_int_equal(counter_advance(before + 3), 0);
    boot(H_FLASH_KEEP); // the old one was killed
    assert_int_equal(read_word(0x40000), 0x600df00d);
    assert_int_equal(counter_value(), before + 3);
    assert_int_equal(counter_advance(before + 2), FFA_INVALID_PARAMETERS);
    assert_int_equal(counter_advance(before + 3 + TESSERA_COUNTER_STEP + 1),
                     FFA_INVALID_PARAMETERS);
    assert_int_equal(counter_advance(before + 3), 0);
    assert_int_equal(counter_value(), before + 3);
}

// In whatever mode the partition's chips are: the OTP is in the same ones
static void the_counter_can_be_read_while_the_flash_shows_its_status(void **state)
{
    (void)state;
    boot(H_FLASH_SNAPSHOT);
    uint64_t before = counter_value();
    command(0, READ_STATUS);
    assert_int_equal(counter_value(), before);
    command(0, READ_STATUS);
    assert_int_equal(counter_advance(before + 16), 0);
    assert_int_equal(counter_value(), before + 16);
    assert_int_equal(read_word(0), 0xffffffff);
}

static void nobody_else_has_the_counter(void **state)
{
    uint64_t value, limit;

    (void)state;
    boot(H_FLASH_SNAPSHOT);
    uint64_t before = counter_value();
    assert_int_equal(counter(PEER2_ID, TESSERA_COUNTER_READ, 0, &value, &limit), FFA_NOT_SUPPORTED);
    assert_int_equal(counter(PEER2_ID, TESSERA_COUNTER_ADVANCE, before + 1, &value, &limit),
                     FFA_NOT_SUPPORTED);
    assert_int_equal(call(TESSERA_SMC_COUNTER_READ).x[0], UINT64_MAX);
    assert_int_equal(call(TESSERA_SMC_COUNTER_ADVANCE, before + 1).x[0], UINT64_MAX);
    assert_int_equal(counter_value(), before);
}

// A flash that cannot be written: an error for the partition, and everything goes on
static void a_flash_that_fails_fails_the_counter(void **state)
{
    (void)state;
    boot(H_FLASH_FAIL);
    uint64_t before = counter_value();
    assert_int_equal(counter_advance(before + 1), FFA_ABORTED);
    assert_int_equal(counter_value(), before);
    assert_int_not_equal(program(0x80000, 0x12345678), READY);
    assert_int_equal(read_word(0x80000), 0xffffffff);
    assert_echo_works();
}

#define OWN(gic, f) TARGET_GIC_CASE(gic, f, NULL)
#define CASES(gic)                                                \
    OWN(gic, cores_come_and_go_while_the_flash_shows_its_status), \
        OWN(gic, a_reset_in_the_middle_of_a_command_boots_again)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES(2),
        CASES(3),
        cmocka_unit_test(data_and_counter_are_there_after_the_machine_was_killed),
        cmocka_unit_test(the_counter_can_be_read_while_the_flash_shows_its_status),
        cmocka_unit_test(nobody_else_has_the_counter),
        cmocka_unit_test(a_flash_that_fails_fails_the_counter),
    };

    return cmocka_run_group_tests_name("flash", tests, make_flash, remove_flash);
}
