// SPDX-License-Identifier: BSD-3-Clause
//
// The interrupt controller of gic_model.h: the system registers of a GICv3's CPU interface, and what the normal world
// does. Written after the architecture specifications, not after the drivers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gic_model.h"
#include "regs.h"

static struct model_core *interface(void)
{
    struct model_core *c = &model.cores[model.core];

    assert_true(model.v3);
    assert_int_equal(c->sre[model.level == MODEL_EL3 ? 3 : 0] & 1,
                     1); // else the access is undefined
    return c;
}

static void only_el3(void)
{
    assert_int_equal(model.level, MODEL_EL3);
}

void write_icc_sre_el3(uint64_t value)
{
    only_el3();
    model.cores[model.core].sre[3] = value;
}

void write_icc_sre_el2(uint64_t value)
{
    only_el3();
    assert_int_not_equal(fake_reg_scr_el3 & 1, 0); // there is no Secure EL2
    model.cores[model.core].sre[2] = value;
}

void write_ich_hcr_el2(uint64_t value)
{
    only_el3();
    assert_int_not_equal(fake_reg_scr_el3 & 1, 0);
    (void)interface();
    model.cores[model.core].ich_hcr = value;
}

void write_icc_sre_el1(uint64_t value)
{
    only_el3();
    (void)interface();
    model.cores[model.core].sre[fake_reg_scr_el3 & 1] = value;
}

void write_icc_ctlr_el3(uint64_t value)
{
    only_el3();
    (void)interface();
    assert_int_equal(value, 0); // EOImode 0 at all levels
}

// ICC_CTLR_EL3.PRIbits: 5 bits of priority, so there is ICC_AP1R0_EL1 alone (IHI0069 12.2.9)
uint64_t read_icc_ctlr_el3(void)
{
    only_el3();
    (void)interface();
    return 4u << 8;
}

void write_icc_ap1r0_el1(uint64_t value)
{
    (void)interface();
    assert_int_not_equal(fake_reg_scr_el3 & 1, 0); // the bank of the normal world
    model_drop_normal(true, value);
}

static void undefined_here(uint64_t value)
{
    fail_msg("write of %llx to a register that five bits of priority do not have",
             (unsigned long long)value);
}

void write_icc_ap1r1_el1(uint64_t value)
{
    undefined_here(value);
}

void write_icc_ap1r2_el1(uint64_t value)
{
    undefined_here(value);
}

void write_icc_ap1r3_el1(uint64_t value)
{
    undefined_here(value);
}

void write_icc_pmr_el1(uint64_t value)
{
    interface()->mask = (uint8_t)value;
}

void write_icc_igrpen0_el1(uint64_t value)
{
    only_el3();
    interface()->group_open[MODEL_GROUP0] = (value & 1) != 0;
}

void write_icc_igrpen1_el1(uint64_t value)
{
    assert_int_equal(model.level, MODEL_EL1);
    interface()->group_open[MODEL_GROUP1_SECURE] = (value & 1) != 0;
}

void write_icc_igrpen1_el3(uint64_t value)
{
    only_el3();
    interface()->group_open[MODEL_GROUP1] = (value & 1) != 0;
    interface()->group_open[MODEL_GROUP1_SECURE] = (value & 2) != 0;
}

// What a register of group 0 says about interrupt `id` (IHI0069 2.2.1, special INTIDs).
static uint64_t special0(int id)
{
    if (id < 0) {
        return 1023;
    }
    switch (model_group(model_line(model.core, (uint32_t)id))) {
    case MODEL_GROUP0:
        return (uint64_t)id;
    case MODEL_GROUP1_SECURE:
        return model.level == MODEL_EL3 ? 1020 : 1023;
    case MODEL_GROUP1:
        return model.level == MODEL_EL3 ? 1021 : 1023;
    }
    return 1023;
}

static uint64_t special1(int id)
{
    assert_int_equal(model.level, MODEL_EL1);
    return id >= 0 && model_group(model_line(model.core, (uint32_t)id)) == MODEL_GROUP1_SECURE
               ? (uint64_t)id
               : 1023;
}

uint64_t read_icc_hppir0_el1(void)
{
    (void)interface();
    return special0(model_highest(model.core));
}

uint64_t read_icc_hppir1_el1(void)
{
    (void)interface();
    return special1(model_highest(model.core));
}

uint64_t read_icc_iar0_el1(void)
{
    only_el3(); // the SPMC must not take EL3's
    (void)interface();
    uint64_t id = special0(model_signalled(model.core));
    return id < 1020 ? model_take(model.core, (int)id) : id;
}

uint64_t read_icc_iar1_el1(void)
{
    (void)interface();
    uint64_t id = special1(model_signalled(model.core));
    return id < 1020 ? model_take(model.core, (int)id) : id;
}

void write_icc_eoir0_el1(uint64_t value)
{
    only_el3();
    (void)interface();
    model_end((uint32_t)value);
}

void write_icc_eoir1_el1(uint64_t value)
{
    assert_int_equal(model.level, MODEL_EL1);
    (void)interface();
    model_end((uint32_t)value);
}

// ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICC_ASGI1R_EL1 of the secure side: an SGI of that group to each core of the list that has
// it in it.
static void send_v3(uint64_t value, enum model_group group)
{
    uint64_t cluster =
        (value >> 16 & 0xff) << 8 | (value >> 32 & 0xff) << 16 | (value >> 48 & 0xff) << 32;

    assert_int_equal(value >> 40 & 1, 0); // not to all others
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        struct model_line *line = model_line(c, value >> 24 & 0xf);
        uint64_t aff0 = model_mpidrs[c] & 0xff;

        if ((model_mpidrs[c] & ~0xffull) == cluster && aff0 / 16 == (value >> 44 & 0xf) &&
            (value >> (aff0 % 16) & 1) != 0 && model_group(line) == group) {
            line->pending = true;
        }
    }
}

void write_icc_sgi0r_el1(uint64_t value)
{
    (void)interface();
    send_v3(value, MODEL_GROUP0);
}

void write_icc_sgi1r_el1(uint64_t value)
{
    assert_int_equal(model.level, MODEL_EL1);
    (void)interface();
    send_v3(value, MODEL_GROUP1_SECURE);
}

void write_icc_asgi1r_el1(uint64_t value)
{
    assert_int_equal(model.level, MODEL_EL1);
    (void)interface();
    send_v3(value, MODEL_GROUP1);
}

// At S-EL1, secure state
uint64_t read_isr_el1(void)
{
    switch (model_signal(model.core, true)) {
    case MODEL_IRQ:
        return 1u << 7;
    case MODEL_FIQ:
        return 1u << 6;
    case MODEL_NOTHING:
        break;
    }
    return 0;
}

// ---- the normal world ----

void model_normal_open(unsigned int core, uint8_t mask)
{
    model.cores[core].group_open[MODEL_GROUP1] = true;
    if ((model.cores[core].mask & 0x80) != 0) { // it cannot write a mask that it cannot see
        model.cores[core].mask = (uint8_t)(0x80 | mask >> 1);
    }
}

void model_normal_enable(unsigned int core, uint32_t id)
{
    struct model_line *line = model_line(core, id);

    if (line->group1) {
        line->enabled = true;
    }
}

void model_normal_sgi(unsigned int core, unsigned int target, uint32_t id)
{
    struct model_line *line = model_line(target, id);

    if (line->group1 || model.cores[target].delegates) {
        line->senders |= (uint8_t)(1u << core);
        line->pending = true;
    }
}
