// SPDX-License-Identifier: BSD-3-Clause
//
// Whole lives of a store whose power fails again and again, in changes and in the mounts that follow, whose unsteady bits read differently at
// each start, place by place, and whose chip reports errors and misreads in between. All is drawn from a seed. After each start everything that was
// acknowledged must be there, and at most one change that was not. `make test` lives a few lives, `make soak-storage` many.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "storage_case.h"

#define BLOCK 0x2000
#define COUNT 10
#define SLOTS 14
#define MOST 2600
#define STARTS 40
#define MAYBES 200

// A change that was not acknowledged, since the last one that was: of all these one at most is done.
struct maybe {
    uint32_t slot;
    struct case_asset *asset; // what it makes of it
};

static struct maybe maybes[MAYBES];
static uint32_t maybe_count;
static struct case_asset contents[MAYBES];
static bool final;     // what the mount found is so for good
static uint32_t found; // the change that was found done; MAYBES: none
static uint32_t random_state;
static uint32_t life;
static uint64_t cuts;
static uint64_t failures;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(random_state >> 8) * below >> 24);
}

// Without what is behind the asset's size.
static void keep_asset(struct case_asset *to, const struct case_asset *from)
{
    memcpy(to, from, offsetof(struct case_asset, data));
    memcpy(to->data, from->data, from->size);
}

// The asset as the caller sees it now: as it was acknowledged, or as the change has it that was found done.
static const struct case_asset *seen(uint32_t slot)
{
    return found != MAYBES && maybes[found].slot == slot ? maybes[found].asset : &case_assets[slot];
}

static void add_maybe(const struct case_step *step)
{
    assert_true(maybe_count < MAYBES);
    maybes[maybe_count].slot = step->slot;
    maybes[maybe_count].asset = &contents[maybe_count];
    keep_asset(&contents[maybe_count], seen(step->slot));
    if (case_predict(&contents[maybe_count], step)) {
        maybe_count++;
    }
}

// What was found is so from now on.
static void settle(void)
{
    if (found != MAYBES) {
        keep_asset(&case_assets[maybes[found].slot], maybes[found].asset);
    }
    found = MAYBES;
    maybe_count = 0;
    final = true;
}

static void plan_cut(uint32_t within)
{
    case_chip.cut_at = case_chip.changes + 1 + draw(within);
    case_chip.cut = (enum nor_model_cut)draw(NOR_MODEL_CUTS);
    cuts++;
}

static void plan_failure(void)
{
    static const enum nor_model_operation kinds[] = { NOR_MODEL_PROGRAM, NOR_MODEL_PROGRAM,
                                                      NOR_MODEL_ERASE, NOR_MODEL_ADVANCE };

    case_chip.fail_kind = kinds[draw(4)];
    case_chip.fail_at = case_chip.count[case_chip.fail_kind] + 1 + draw(12);
    case_chip.fail_for_good = draw(2) == 0;
    failures++;
}

// One place is read wrong, less often than the store reads again what is wrong.
static void plan_misread(void)
{
    case_chip.misread_offset = draw(case_chip.block_size * case_chip.block_count);
    if (draw(2) == 0) { // near where things are written
        case_chip.misread_offset = store.active != STORAGE_NONE
                                       ? store.active * case_chip.block_size + store.end - draw(600)
                                       : draw(case_chip.block_size);
    }
    case_chip.misreads = 1 + draw(STORAGE_READS - 1);
}

// Compares all; which one change is found done.
static void look(void)
{
    found = MAYBES;
    for (uint32_t slot = 0; slot < CASE_SLOTS; slot++) {
        bool right = case_is(slot, &case_assets[slot]);

        for (uint32_t i = 0; i < maybe_count && !right; i++) {
            if (maybes[i].slot == slot && found == MAYBES && case_is(slot, maybes[i].asset)) {
                found = i;
                right = true;
            }
        }
        if (!right) {
            struct storage_info info = { 0 };
            struct storage_name name = case_name(slot);

            print_error("life %u: slot %u, info gives %d, asset there %d, %u maybes\n", life, slot,
                        storage_log_info(&name, &info), case_assets[slot].there, maybe_count);
        }
        assert_true(right);
    }
}

static void start(void)
{
    static const enum nor_model_mood moods[] = { NOR_MODEL_PLACES,     NOR_MODEL_PLACES,
                                                 NOR_MODEL_PLACES,     NOR_MODEL_OLD,
                                                 NOR_MODEL_PROGRAMMED, NOR_MODEL_ANY };
    bool powered;

    do {
        int error;

        case_chip.mood = moods[draw(6)];
        nor_model_start(&case_chip);
        if (draw(2) == 0) {
            plan_cut(12);
        }
        if (draw(8) == 0) {
            plan_failure();
        }
        if (draw(4) == 0) {
            plan_misread();
        }
        error = case_mount();
        powered = case_chip.powered;
        if (powered && error == ERR_IO && case_chip.fail_at != 0 && case_chip.counter == 0) {
            powered = false; // the chip failed while it was formatted
        } else if (powered && error != ERR_NONE) {
            print_error("life %u: mount gives %d\n", life, error);
            fail();
        }
    } while (!powered);
    case_chip.cut_at = 0;
    final = false;
    look();
    if (!store.epoch_due) {
        settle();
    }
}

// Changes until power fails.
static void use(void)
{
    uint32_t steps = draw(30);

    for (uint32_t i = 0; case_chip.powered; i++) {
        struct case_step step = case_random(&random_state, SLOTS, MOST);
        const uint64_t before = case_chip.changes;
        int error;

        if (i == steps) {
            plan_cut(16);
        }
        if (draw(24) == 0) {
            plan_failure();
        } else if (draw(3) == 0) {
            case_chip.fail_at = 0;
        }
        if (draw(16) == 0) {
            plan_misread();
        }
        if (found == MAYBES || maybes[found].slot != step.slot || final) {
            error = case_do(&step);
        } else {
            continue;
        }
        if (!final && !store.epoch_due) {
            settle();
        }
        if (error == ERR_NONE) {
            if (case_chip.changes != before) { // a write of nothing writes nothing
                settle();
            }
            assert_true(case_predict(&case_assets[step.slot], &step));
        } else if (error == ERR_IO) {
            add_maybe(&step);
        }
        if (case_chip.powered && draw(4) == 0) {
            for (uint32_t slot = 0; slot < CASE_SLOTS; slot++) {
                assert_true(case_is(slot, seen(slot)));
            }
        }
        if (i > steps + 60 || maybe_count > MAYBES - 2) {
            break; // a start without a cut
        }
    }
}

static void lives(void **state)
{
    const char *first = getenv("TESSERA_SEED");
    const uint32_t from = first != NULL ? (uint32_t)strtoul(first, NULL, 0) : 1;
    const char *many = getenv("TESSERA_LIVES");
    const uint32_t count = many != NULL                     ? (uint32_t)strtoul(many, NULL, 0)
                           : getenv("TESSERA_SOAK") != NULL ? 20000
                                                            : 60;

    (void)state;
    for (life = from; life < from + count; life++) {
        random_state = life * 2654435761u;
        memset(case_assets, 0, sizeof(case_assets));
        maybe_count = 0;
        found = MAYBES;
        nor_model_create(&case_chip, BLOCK, COUNT);
        case_chip.random += life;
        for (uint32_t i = 0; i < STARTS; i++) {
            start();
            use();
        }
        if (case_chip.misuses != 0) {
            print_error("life %u: %s\n", life, case_chip.misuse);
        }
        assert_int_equal(case_chip.misuses, 0);
        nor_model_free(&case_chip);
    }
    assert_true(cuts != 0 && failures != 0);
    printf("# %u lives, %llu power cuts planned, %llu failures of the chip\n", count,
           (unsigned long long)cuts, (unsigned long long)failures);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lives) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
