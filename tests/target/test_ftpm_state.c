// SPDX-License-Identifier: BSD-3-Clause
//
// What the fTPM keeps: NV indices, persistent keys, lockout, clock and counters, and how they follow orderly and unorderly shutdowns;
// what each change writes to flash. By unmodified tpm2-tools over the TCTI, and raw commands where thousands are needed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/target/tpm_client.h"

#define TPM_PT_LOCKOUT_COUNTER 0x20e
#define EXTENDS 1000
#define NV_WRITE_BYTES_MAX 1536 // of flash, for one small change (the project's budget)

// Every unorderly shutdown after the use of an authorization counts as a guess (part 1, 19.8.6), and there are many here
static int ready(void **state)
{
    (void)state;
    tpm_ready();
    tpm2("tpm2_dictionarylockout -Q -c\n"
         "tpm2_dictionarylockout -Q -s -n 32 -t 100000 -l 100000");
    return 0;
}

// ---- NV --------------------------------------------------------------------------------------------------------------

#define OWNER "'ownerread|ownerwrite|authread|authwrite"

static void an_index_keeps_what_was_written(void **state)
{
    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -s 64 -p nv -a " OWNER "' 0x1500001\n"
         "head -c 64 /dev/urandom >data\n"
         "tpm2_nvwrite -Q -C 0x1500001 -P nv -i data 0x1500001\n"
         "tpm2_nvread -Q -C 0x1500001 -P nv -s 64 -o out 0x1500001\n"
         "cmp out data\n"
         "printf abc | tpm2_nvwrite -Q -C o --offset 10 -i - 0x1500001\n"
         "printf abc | dd of=data bs=1 seek=10 conv=notrunc status=none\n"
         "tpm2_nvread -Q -C o -s 64 -o out 0x1500001\n"
         "cmp out data");
    tpm2_refused("0x", "tpm2_nvread -Q -C 0x1500001 -P guess -s 64 -o out 0x1500001");
    tpm2_refused("larger", "tpm2_nvwrite -Q -C o --offset 62 -i data 0x1500001");
    tpm2_refused("0x", "tpm2_nvdefine -Q -C o -s 64 -a " OWNER "' 0x1500001");
    tpm_restart(TPM_SU_CLEAR);
    tpm2("tpm2_nvread -Q -C o -s 64 -o out 0x1500001\n"
         "cmp out data");
    tpm_cut();
    tpm_boot();
    tpm2("tpm2_nvread -Q -C o -s 64 -o out 0x1500001\n"
         "cmp out data\n"
         "tpm2_nvundefine -Q -C o 0x1500001\n"
         "tpm2_dictionarylockout -Q -c");
    tpm2_refused("0x", "tpm2_nvread -Q -C o -s 64 -o out 0x1500001");
}

static void locked_indices_open_at_the_next_boot(void **state)
{
    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -s 8 -a " OWNER "|read_stclear|write_stclear' 0x1500002\n"
         "printf 12345678 | tpm2_nvwrite -Q -C o -i - 0x1500002\n"
         "tpm2_nvwritelock -Q -C o 0x1500002");
    tpm2_refused("0x", "printf 87654321 | tpm2_nvwrite -Q -C o -i - 0x1500002");
    tpm2("tpm2_nvread -Q -C o 0x1500002 -o out\n"
         "tpm2_nvreadlock -Q -C o 0x1500002");
    tpm2_refused("0x", "tpm2_nvread -Q -C o 0x1500002 -o out");
    tpm_cut();
    tpm_boot();
    tpm2("[ \"$(tpm2_nvread -C o 0x1500002)\" = 12345678 ]\n"
         "printf 87654321 | tpm2_nvwrite -Q -C o -i - 0x1500002\n"
         "[ \"$(tpm2_nvread -C o 0x1500002)\" = 87654321 ]\n"
         "tpm2_nvundefine -Q -C o 0x1500002");
}

static uint64_t counter(void)
{
    return tpm2_number(
        tpm2("echo value: 0x$(tpm2_nvread -C o 0x1500003 | od -An -v -tx1 | tr -d ' \\n')"),
        "value");
}

// Neither a shutdown nor a new index of the same name takes it back (part 1, 37.2.4: it begins above the largest there ever was)
static void a_counter_never_counts_down(void **state)
{
    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -a " OWNER "|nt=counter' 0x1500003\n"
         "tpm2_nvincrement -Q -C o 0x1500003");
    uint64_t first = counter();

    tpm2("tpm2_nvincrement -Q -C o 0x1500003");
    assert_int_equal(counter(), first + 1);
    tpm_cut();
    tpm_boot();
    assert_int_equal(counter(), first + 1);
    tpm_restart(TPM_SU_CLEAR);
    assert_int_equal(counter(), first + 1);
    tpm2_refused("0x", "printf 12345678 | tpm2_nvwrite -Q -C o -i - 0x1500003");
    tpm2("tpm2_nvundefine -Q -C o 0x1500003\n"
         "tpm2_nvdefine -Q -C o -a " OWNER "|nt=counter' 0x1500003\n"
         "tpm2_nvincrement -Q -C o 0x1500003");
    assert_true(counter() > first + 1);
    tpm2("tpm2_nvundefine -Q -C o 0x1500003");
}

// TPMA_NV_ORDERLY: kept in RAM, saved by an orderly shutdown; after an unorderly one it has gone on, not back (part 1, 37.2.4.2)
static void an_orderly_counter_goes_on_after_a_power_cut(void **state)
{
    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -a " OWNER "|nt=counter|orderly' 0x1500003\n"
         "tpm2_nvincrement -Q -C o 0x1500003");
    uint64_t first = counter();

    for (unsigned int i = 0; i < 10; i++) {
        tpm2("tpm2_nvincrement -Q -C o 0x1500003");
    }
    assert_int_equal(counter(), first + 10);
    tpm_restart(TPM_SU_CLEAR);
    assert_int_equal(counter(), first + 10);
    tpm_cut();
    tpm_boot();
    assert_true(counter() >= first + 10);
    tpm2("tpm2_nvundefine -Q -C o 0x1500003");
}

static void an_index_is_extended_as_a_pcr_is(void **state)
{
    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -g sha256 -a " OWNER "|nt=extend' 0x1500004\n"
         "printf data >data\n"
         "head -c 32 /dev/zero >value\n"
         "for i in 1 2; do\n"
         "  tpm2_nvextend -Q -C o -i data 0x1500004\n"
         "  cat value data | openssl dgst -sha256 -binary >next\n"
         "  mv next value\n"
         "  tpm2_nvread -Q -C o 0x1500004 -o out\n"
         "  cmp out value\n"
         "done");
    tpm_cut();
    tpm_boot();
    tpm2("tpm2_nvread -Q -C o 0x1500004 -o out\n"
         "cmp out value\n"
         "tpm2_nvundefine -Q -C o 0x1500004");
}

static void bits_are_set_and_never_cleared(void **state)
{
    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -a " OWNER "|nt=bits' 0x1500005\n"
         "tpm2_nvsetbits -Q -C o -i 0x5 0x1500005\n"
         "tpm2_nvsetbits -Q -C o -i 0x8000000000000000 0x1500005\n"
         "[ $(tpm2_nvread -C o 0x1500005 | od -An -v -tx1 | tr -d ' \\n') = 8000000000000005 ]\n"
         "tpm2_nvundefine -Q -C o 0x1500005");
}

static void an_index_is_certified(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_create -Q -C primary.ctx -G ecc -u s.pub -r s.priv\n"
         "tpm2_load -Q -C primary.ctx -u s.pub -r s.priv -c s.ctx\n"
         "tpm2_nvdefine -Q -C o -s 8 -a " OWNER "' 0x1500006\n"
         "printf 12345678 | tpm2_nvwrite -Q -C o -i - 0x1500006\n"
         "tpm2_nvcertify -Q -C s.ctx -c o -g sha256 -s ecdsa -o nv.sig --attestation nv.attest "
         "--size 8 0x1500006\n"
         "tpm2_verifysignature -c s.ctx -g sha256 -m nv.attest -s nv.sig\n"
         "grep -q 12345678 nv.attest\n"
         "tpm2_nvundefine -Q -C o 0x1500006");
}

// ---- Persistent keys, clear ------------------------------------------------------------------------------------------

static void a_persistent_key_stays_until_it_is_evicted(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_evictcontrol -Q -C o -c primary.ctx 0x81000001\n"
         "tpm2_readpublic -Q -c 0x81000001 -n before");
    tpm_restart(TPM_SU_CLEAR);
    tpm2("tpm2_readpublic -Q -c 0x81000001 -n after && cmp before after");
    tpm_cut();
    tpm_boot();
    tpm2("tpm2_readpublic -Q -c 0x81000001 -n after && cmp before after\n"
         "tpm2_create -Q -C 0x81000001 -G ecc -u k.pub -r k.priv\n"
         "tpm2_evictcontrol -Q -C o -c 0x81000001");
    tpm2_refused("0x", "tpm2_readpublic -Q -c 0x81000001");
    tpm_cut();
    tpm_boot();
    tpm2_refused("0x", "tpm2_readpublic -Q -c 0x81000001");
}

// A new owner: storage keys, indices and the owner's authorization are gone, the endorsement key is not
static void clear_makes_a_new_owner(void **state)
{
    (void)state;
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.before\n"
         "tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_readpublic -Q -c primary.ctx -n before\n"
         "tpm2_evictcontrol -Q -C o -c primary.ctx 0x81000001\n"
         "tpm2_create -Q -C primary.ctx -G ecc -u k.pub -r k.priv\n"
         "tpm2_nvdefine -Q -C o -s 8 -a " OWNER "' 0x1500007\n"
         "tpm2_changeauth -Q -c o owner\n"
         "tpm2_clear -c l");
    for (unsigned int i = 0; i < 2; i++) { // again after a power cut
        tpm2_refused("0x", "tpm2_readpublic -Q -c 0x81000001");
        tpm2_refused("0x18B", "tpm2_nvread -Q -C o -s 8 0x1500007 -o out");
        tpm2_refused("0x", "tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
                           "tpm2_load -Q -C primary.ctx -u k.pub -r k.priv -c k.ctx");
        tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n" // no authorization any more
             "tpm2_readpublic -Q -c primary.ctx -n after\n"
             "! cmp -s before after\n"
             "tpm2_createek -Q -c ek.ctx -G ecc -u ek.after\n"
             "cmp ek.before ek.after");
        tpm_cut();
        tpm_boot();
    }
}

// ---- Lockout ---------------------------------------------------------------------------------------------------------

#define GUESS "tpm2_nvread -Q -C 0x1500008 -P guess 0x1500008 -o out"

static uint32_t failures(void)
{
    return tpm_property(TPM_PT_LOCKOUT_COUNTER);
}

// Part 1, 19.8: wrong guesses are counted for good; a power cut between them gains nothing
static void guesses_lock_the_tpm_out_whatever_the_power_does(void **state)
{
    (void)state;
    tpm2("tpm2_dictionarylockout -Q -s -n 4 -t 100000 -l 100000\n"
         "tpm2_nvdefine -Q -C o -s 8 -p nv -a " OWNER "' 0x1500008\n"
         "printf 12345678 | tpm2_nvwrite -Q -C o -i - 0x1500008");
    assert_int_equal(failures(), 0);
    for (uint32_t i = 1; i <= 4; i++) {
        uint32_t before = failures();

        tpm2_refused("0x98E", GUESS);
        assert_true(failures() > before);
        before = failures();
        tpm_cut();
        tpm_boot();
        assert_true(failures() >= before);
        if (failures() >= 4) {
            break;
        }
    }
    assert_true(failures() >= 4);
    tpm2_refused("0x921",
                 "tpm2_nvread -Q -C 0x1500008 -P nv 0x1500008 -o out"); // right, but too late
    tpm_restart(TPM_SU_CLEAR);
    tpm2_refused("0x921", "tpm2_nvread -Q -C 0x1500008 -P nv 0x1500008 -o out");
    tpm2("tpm2_nvread -Q -C o 0x1500008 -o out\n" // the owner is not protected so
         "tpm2_dictionarylockout -Q -c\n"
         "[ \"$(tpm2_nvread -C 0x1500008 -P nv 0x1500008)\" = 12345678 ]\n"
         "tpm2_nvundefine -Q -C o 0x1500008");
    assert_int_equal(failures(), 0);
}

// ---- Clock and counters ----------------------------------------------------------------------------------------------

// Earlier cases cut the power; what is set is safe again
static void make_clock_safe(void)
{
    tpm2("tpm2_setclock -c o %llu", (unsigned long long)tpm_clock().clock + 10000000);
    assert_int_equal(tpm_clock().safe, 1);
}

// Part 1, 36: an orderly shutdown keeps the clock, and the clock is safe; resetCount counts TPM Resets
static void an_orderly_shutdown_keeps_the_clock(void **state)
{
    (void)state;
    make_clock_safe();
    struct tpm_clock before = tpm_clock();

    tpm_restart(TPM_SU_CLEAR);
    struct tpm_clock after = tpm_clock();

    assert_true(after.clock >= before.clock);
    assert_int_equal(after.safe, 1);
    assert_int_equal(after.reset_count, before.reset_count + 1);
    assert_int_equal(after.restart_count, 0);
}

// Shutdown(STATE), then Startup(CLEAR): a TPM Restart, which is no Reset (part 1, 12.2.3)
static void a_saved_state_makes_a_restart_of_a_boot(void **state)
{
    (void)state;
    make_clock_safe();
    tpm_restart(TPM_SU_CLEAR);
    struct tpm_clock before = tpm_clock();

    for (uint32_t i = 1; i <= 2; i++) {
        tpm_restart(TPM_SU_STATE);
        struct tpm_clock after = tpm_clock();

        assert_int_equal(after.reset_count, before.reset_count);
        assert_int_equal(after.restart_count, i);
        assert_true(after.clock >= before.clock);
        assert_int_equal(after.safe, 1);
    }
}

static void a_power_cut_is_a_reset_and_makes_the_clock_unsafe(void **state)
{
    (void)state;
    make_clock_safe();
    tpm_restart(TPM_SU_CLEAR);
    struct tpm_clock before = tpm_clock();

    tpm_cut();
    tpm_boot();
    struct tpm_clock after = tpm_clock();

    assert_int_equal(after.safe, 0);
    assert_int_equal(after.reset_count, before.reset_count + 1);
    assert_int_equal(after.restart_count, 0);
    tpm_reset(); // PSCI's is none other
    assert_int_equal(tpm_clock().reset_count, after.reset_count + 1);
    assert_int_equal(tpm_clock().safe, 0);
}

// The clock is set forward only, and then is at least that after everything
static void the_clock_is_never_behind_what_it_was_set_to(void **state)
{
    (void)state;
    uint64_t ahead = tpm_clock().clock + 100000000;

    tpm2("tpm2_setclock -c o %llu", (unsigned long long)ahead);
    tpm2_refused("0x", "tpm2_setclock -c o %llu", (unsigned long long)ahead - 1000000);
    assert_true(tpm_clock().clock >= ahead);
    tpm_restart(TPM_SU_CLEAR);
    assert_true(tpm_clock().clock >= ahead);
    tpm_cut();
    tpm_boot();
    assert_true(tpm_clock().clock >= ahead);
}

// A key of the null hierarchy is of one boot only (a Reset changes its seed)
static void nothing_of_the_null_hierarchy_outlives_a_boot(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C n -G ecc -c null.ctx\n"
         "tpm2_readpublic -Q -c null.ctx -n before");
    tpm_cut();
    tpm_boot();
    tpm2_refused("0x", "tpm2_readpublic -Q -c null.ctx");
    tpm2("tpm2_createprimary -Q -C n -G ecc -c null.ctx\n"
         "tpm2_readpublic -Q -c null.ctx -n after\n"
         "! cmp -s before after");
}

// ---- What it costs in flash ------------------------------------------------------------------------------------------

static void extends_write_no_flash(void **state)
{
    uint8_t digest[32] = { 0 };

    (void)state;
    (void)tpm_flash_written();
    for (uint32_t i = 0; i < EXTENDS; i++) {
        memcpy(digest, &i, sizeof(i));
        assert_int_equal(tpm_extend(i % 16, digest, 0), TPM_RC_SUCCESS);
    }
    assert_int_equal(tpm_flash_written(), 0);
}

// Neither do reads, random numbers, keys that are not kept, sessions, or self-tests. The first use of an authorization after
// a boot is written (part 1, 19.8.6: should the power be cut now, that counts as a guess)
static void what_keeps_nothing_writes_no_flash(void **state)
{
    static const char *const scripts[] = {
        "tpm2_getrandom 32 >/dev/null",
        "tpm2_pcrread >/dev/null",
        "tpm2_readclock >/dev/null",
        "tpm2_createprimary -Q -C o -G ecc -c primary.ctx",
        "tpm2_create -Q -C primary.ctx -G ecc -u k.pub -r k.priv",
        "tpm2_load -Q -C primary.ctx -u k.pub -r k.priv -c k.ctx",
        "tpm2_sign -Q -c k.ctx -g sha256 -o sig k.pub",
        "tpm2_startauthsession -Q -S s.ctx && tpm2_flushcontext s.ctx",
        "tpm2_getcap properties-variable >/dev/null",
        "tpm2_pcrreset 16 23",
        "tpm2_selftest -f",
    };

    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_create -Q -C primary.ctx -G ecc -u k.pub -r k.priv");
    (void)tpm_flash_written();
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        tpm2("%s", scripts[i]);
        uint64_t bytes = tpm_flash_written();

        if (bytes != 0) {
            fail_msg("%s: %llu bytes of flash", scripts[i], (unsigned long long)bytes);
        }
    }
}

// Minutes of the machine: with instructions for a clock, which sleep does not wait for
static void time_passes_without_flash_writes(void **state)
{
    struct h_options o = tpm_options();
    uint64_t interrupt = 0;

    (void)state;
    tpm_restart(TPM_SU_CLEAR);
    tpm_cut();
    o.icount = true;
    tpm_boot_with(&o);
    uint64_t before = tpm_clock().clock;
    uint64_t second = h_boot(machine, 0)->cntfrq;

    (void)tpm_flash_written();
    for (uint64_t i = 1; i <= 600; i++) { // looked at now and then
        assert_int_equal(h_wait_begin(machine, 0, second), H_OK);
        assert_int_equal(h_wait_end(machine, 0, &interrupt), H_OK);
        if (i % 60 == 0) {
            assert_true(tpm_clock().clock >= before + i * 1000);
            tpm2("tpm2_pcrread -Q >out; tpm2_getrandom 8 >out");
        }
    }
    assert_int_equal(tpm_flash_written(), 0);
    tpm_cut();
}

static void nv_write(uint32_t value)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_NV_WRITE);
    tpm_put(&b, 4, TPM_RH_OWNER);
    tpm_put(&b, 4, 0x01500009);
    tpm_put_password(&b, "");
    tpm_put_sized(&b, &value, sizeof(value));
    tpm_put(&b, 2, 0);
    assert_int_equal(tpm_send(&b, 0), TPM_RC_SUCCESS);
}

// All of it counts: what is erased and copied on the way, too
static void a_change_writes_little_flash(void **state)
{
    unsigned int count = getenv("TESSERA_SOAK") != NULL ? 1000 : 100;
    uint64_t most = 0;
    uint64_t all = 0;

    (void)state;
    tpm2("tpm2_nvdefine -Q -C o -s 32 -a " OWNER "' 0x1500009");
    (void)tpm_flash_written();
    for (uint32_t i = 1; i <= count; i++) {
        nv_write(i);
        uint64_t bytes = tpm_flash_written();

        all += bytes;
        most = bytes > most ? bytes : most;
        assert_true(bytes != 0);
    }
    print_message("%u writes of NV: %llu bytes of flash each, at most %llu\n", count,
                  (unsigned long long)(all / count), (unsigned long long)most);
    assert_true(all <= (uint64_t)count * NV_WRITE_BYTES_MAX);
    nv_write(count); // the same again is no change
    assert_int_equal(tpm_flash_written(), 0);
    tpm2("tpm2_nvundefine -Q -C o 0x1500009");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_index_keeps_what_was_written, ready),
        cmocka_unit_test_setup(locked_indices_open_at_the_next_boot, ready),
        cmocka_unit_test_setup(a_counter_never_counts_down, ready),
        cmocka_unit_test_setup(an_orderly_counter_goes_on_after_a_power_cut, ready),
        cmocka_unit_test_setup(an_index_is_extended_as_a_pcr_is, ready),
        cmocka_unit_test_setup(bits_are_set_and_never_cleared, ready),
        cmocka_unit_test_setup(an_index_is_certified, ready),
        cmocka_unit_test_setup(a_persistent_key_stays_until_it_is_evicted, ready),
        cmocka_unit_test_setup(clear_makes_a_new_owner, ready),
        cmocka_unit_test_setup(guesses_lock_the_tpm_out_whatever_the_power_does, ready),
        cmocka_unit_test_setup(an_orderly_shutdown_keeps_the_clock, ready),
        cmocka_unit_test_setup(a_saved_state_makes_a_restart_of_a_boot, ready),
        cmocka_unit_test_setup(a_power_cut_is_a_reset_and_makes_the_clock_unsafe, ready),
        cmocka_unit_test_setup(the_clock_is_never_behind_what_it_was_set_to, ready),
        cmocka_unit_test_setup(nothing_of_the_null_hierarchy_outlives_a_boot, ready),
        cmocka_unit_test_setup(extends_write_no_flash, ready),
        cmocka_unit_test_setup(what_keeps_nothing_writes_no_flash, ready),
        cmocka_unit_test_setup(time_passes_without_flash_writes, ready),
        cmocka_unit_test_setup(a_change_writes_little_flash, ready),
    };

    return cmocka_run_group_tests_name("ftpm_state", tests, tpm_setup, tpm_teardown);
}
