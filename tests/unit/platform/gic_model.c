// SPDX-License-Identifier: BSD-3-Clause
//
// The interrupt controller of gic_model.h: what is signalled, and all that is reached through memory. Written after the
// architecture specifications, not after the drivers.
#include "gic_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mmio.h"
#include "platform.h"
#include "regs.h"

#define GICD 0x2f000000ull
#define GICC 0x2c000000ull
#define GICR 0x2f100000ull
#define FRAME 0x20000ull
#define SGI_FRAME 0x10000ull
#define RWP_DISTRIBUTOR (1u << 31)
#define NO_PRIORITY 0xff

// Affinities with more than one level, and redistributors in another order than the cores
const uint64_t model_mpidrs[MODEL_CORES] = { 0x000, 0x001, 0x100, 0x200000101 };
static const unsigned int frame_core[MODEL_CORES] = { 2, 0, 3, 1 };

// The drivers' view of the board is const; the model changes what it holds between tests
static struct board model_board;
extern const struct board board __attribute__((alias("model_board")));

struct model model;
uint64_t fake_reg_mpidr_el1, fake_reg_scr_el3, fake_reg_id_aa64pfr0_el1;

void model_reset(bool v3)
{
    memset(&model, 0, sizeof(model));
    memset(&model_board, 0, sizeof(model_board));
    model.v3 = v3;
    model_board.gicd_base = GICD;
    model_board.gicc_base = v3 ? 0 : GICC;
    model_board.gicr_base = v3 ? GICR : 0;
    model_board.gicr_stride = FRAME;
    model_board.core_mpidrs = model_mpidrs;
    model_board.core_max = MODEL_CORES;
    fake_reg_id_aa64pfr0_el1 = (v3 ? 1ull << 24 : 0) | 1ull << 8; // GIC system registers; EL2
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        model.cores[c].asleep = v3;
        model.cores[c].delegates = v3;
        model.cores[c].running = NO_PRIORITY;
        for (unsigned int i = 0; i < 32; i++) {
            model.cores[c].lines[i] = (struct model_line){
                .enabled = i % 3 == 0,
                .pending = i % 5 == 0,
                .active = i % 7 == 0,
                .senders = !v3 && i < 16 && i % 5 == 0 ? 4 : 0,
            };
        }
    }
    for (unsigned int i = 32; i < MODEL_LINES; i++) {
        model.lines[i] = (struct model_line){ .enabled = i % 3 == 0,
                                              .pending = i % 5 == 0,
                                              .edge = i % 2 == 0,
                                              .targets = 0xff,
                                              .route = model_mpidrs[1],
                                              .modifier = v3 };
    }
    model_be(0, MODEL_EL3);
}

void model_be(unsigned int core, unsigned int level)
{
    model.core = core;
    model.level = level;
    fake_reg_mpidr_el1 = 0x80000000 | model_mpidrs[core];
}

void model_be_unknown(void)
{
    fake_reg_mpidr_el1 = 0x80000002;
}

void model_without_addresses(void)
{
    model_board.gicc_base = model.v3 ? GICC : 0;
    model_board.gicr_base = model.v3 ? 0 : GICR;
}

struct model_line *model_line(unsigned int core, uint32_t id)
{
    assert_true(id < MODEL_LINES);
    return id < 32 ? &model.cores[core].lines[id] : &model.lines[id];
}

enum model_group model_group(const struct model_line *line)
{
    if (line->group1) {
        return MODEL_GROUP1;
    }
    return model.v3 && line->modifier ? MODEL_GROUP1_SECURE : MODEL_GROUP0;
}

// ---- what is signalled ----

static bool for_core(const struct model_line *line, unsigned int core, uint32_t id)
{
    if (id < 32) {
        return true;
    }
    return model.v3 ? line->route == model_mpidrs[core] : (line->targets >> core & 1) != 0;
}

// The highest-priority pending interrupt of a core (IHI0069 4.3): enabled, its group forwarded by the distributor. −1:
// none.
int model_highest(unsigned int core)
{
    static const uint32_t forward[] = { 1, 4, 2 };
    int found = -1;

    for (int id = 0; id < MODEL_LINES; id++) {
        const struct model_line *line = model_line(core, (uint32_t)id);

        if (line->enabled && line->pending && !line->active &&
            (model.control & forward[model_group(line)]) != 0 &&
            for_core(line, core, (uint32_t)id) && !model.cores[core].asleep &&
            (found < 0 || line->priority < model_line(core, (uint32_t)found)->priority)) {
            found = id;
        }
    }
    return found;
}

// The same if the core's CPU interface lets it pass.
int model_signalled(unsigned int core)
{
    const struct model_core *c = &model.cores[core];
    int id = model_highest(core);

    if (id >= 0 && c->group_open[model_group(model_line(core, (uint32_t)id))] &&
        model_line(core, (uint32_t)id)->priority < c->mask &&
        model_line(core, (uint32_t)id)->priority < c->running) {
        return id;
    }
    return -1;
}

enum model_signal model_signal(unsigned int core, bool secure)
{
    int id = model_signalled(core);

    if (id < 0) {
        return MODEL_NOTHING;
    }
    enum model_group group = model_group(model_line(core, (uint32_t)id));
    if (!model.v3) {
        return group == MODEL_GROUP0 && model.cores[core].fiq_enable ? MODEL_FIQ : MODEL_IRQ;
    }
    if (group == MODEL_GROUP0) {
        return MODEL_FIQ;
    }
    return (group == MODEL_GROUP1_SECURE) == secure ? MODEL_IRQ : MODEL_FIQ;
}

uint32_t model_take(unsigned int core, int id)
{
    struct model_line *line = model_line(core, (uint32_t)id);
    uint32_t sender = 0;

    if (!model.v3 && id < 16) {
        while ((line->senders >> sender & 1) == 0) {
            sender++;
        }
        line->senders &= (uint8_t) ~(1u << sender);
        line->pending = line->senders != 0;
    } else {
        line->pending = false;
    }
    line->active = true;
    model.cores[core].running = line->priority;
    return (uint32_t)id | sender << 10;
}

void model_end(uint32_t acknowledged)
{
    struct model_line *line = model_line(model.core, acknowledged & 0x3ff);

    assert_true(line->active); // ended once, what was acknowledged
    line->active = false;
    model.cores[model.core].running = NO_PRIORITY;
}

void model_drop_normal(bool first, uint64_t value)
{
    struct model_core *c = &model.cores[model.core];

    assert_int_equal(model.level, MODEL_EL3);
    assert_int_equal(value, 0); // anything but 0 or what was read is unpredictable
    if (first && c->running >= 0x80) {
        c->running = NO_PRIORITY;
    }
}

// ---- the distributor's and redistributors' registers ----

enum bits { IGROUPR, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ICACTIVER, IGRPMODR };

static bool *bit_of(enum bits what, struct model_line *line)
{
    switch (what) {
    case IGROUPR:
        return &line->group1;
    case ISENABLER:
    case ICENABLER:
        return &line->enabled;
    case ISPENDR:
    case ICPENDR:
        return &line->pending;
    case ICACTIVER:
        return &line->active;
    case IGRPMODR:
        return &line->modifier;
    }
    return NULL;
}

static void write_bits(enum bits what, uint32_t first, uint32_t value)
{
    for (uint32_t i = 0; i < 32; i++) {
        bool *bit = bit_of(what, model_line(model.core, first + i));
        bool set = (value >> i & 1) != 0;

        if (what == IGROUPR || what == IGRPMODR) {
            *bit = set;
        } else if (set && !(what == ICPENDR && !model.v3 && first + i < 16)) {
            *bit = what == ISENABLER || what == ISPENDR;
        }
    }
}

static uint32_t read_bits(enum bits what, uint32_t first)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 32; i++) {
        value |= (uint32_t)*bit_of(what, model_line(model.core, first + i)) << i;
    }
    return value;
}

// Which register of one bit for each line `offset` is in, and its first line. False: none.
static bool find_bits(uint64_t offset, enum bits *what, uint32_t *first)
{
    static const uint64_t bases[] = { 0x080, 0x100, 0x180, 0x200, 0x280, 0x380, 0xd00 };

    for (unsigned int i = 0; i < 7; i++) {
        if (offset >= bases[i] && offset < bases[i] + MODEL_LINES / 8) {
            *what = (enum bits)i;
            *first = (uint32_t)(offset - bases[i]) * 8;
            return (*what != IGRPMODR || model.v3);
        }
    }
    return false;
}

static void write_control(uint32_t value)
{
    uint32_t routed = model.v3 ? 0x30 : 0;

    if (((value ^ model.control) & routed) != 0 && (model.control & 7) != 0) {
        model.wrong_order++;
    }
    model.control = value & (model.v3 ? 0x37 : 3);
}

static void write_trigger(uint32_t first, uint32_t value)
{
    for (uint32_t i = 0; i < 16; i++) {
        model_line(model.core, first + i)->edge = (value >> (2 * i + 1) & 1) != 0;
    }
}

static uint32_t read_trigger(uint32_t first)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 16; i++) {
        value |= (uint32_t)model_line(model.core, first + i)->edge << (2 * i + 1);
    }
    return value;
}

// Bytes: priorities (both kinds), targets and senders of SGIs (GICv2). All registers but the bits above.
static void write_byte(uint64_t offset, uint8_t value)
{
    if (offset >= 0x400 && offset < 0x400 + MODEL_LINES) {
        model_line(model.core, (uint32_t)(offset - 0x400))->priority = value;
    } else if (!model.v3 && offset >= 0x820 && offset < 0x800 + MODEL_LINES) {
        model_line(model.core, (uint32_t)(offset - 0x800))->targets = value;
    } else if (!model.v3 && offset >= 0xf10 && offset < 0xf30) {
        struct model_line *line = model_line(model.core, offset % 16);

        line->senders = (uint8_t)(offset >= 0xf20 ? line->senders | value : line->senders & ~value);
        line->pending = line->senders != 0;
    } else {
        fail_msg("write of %x to byte %llx of the GIC", value, (unsigned long long)offset);
    }
}

// A group 0 SGI (bit 15 = 0) to the cores in 23:16; what the target has in another group is not sent (IHI0048 4.3.15).
static void send_v2(uint32_t value)
{
    for (unsigned int c = 0; c < MODEL_CORES; c++) {
        struct model_line *line = model_line(c, value & 0xf);

        if ((value >> (16 + c) & 1) != 0 && line->group1 == ((value >> 15 & 1) != 0)) {
            line->senders |= (uint8_t)(1u << model.core);
            line->pending = true;
        }
    }
}

static void write_lines(uint64_t offset, uint32_t value)
{
    enum bits what;
    uint32_t first;

    if (find_bits(offset, &what, &first)) {
        write_bits(what, first, value);
    } else if (offset >= 0xc00 && offset < 0xc00 + MODEL_LINES / 4) {
        write_trigger((uint32_t)(offset - 0xc00) * 4, value);
    } else if (offset >= 0xe00 && offset < 0xe00 + MODEL_LINES / 4) {
        assert_int_equal(value, 0); // nothing of the secure world's for the normal world
        if (offset == 0xe00) {
            model.cores[model.core].delegates = false;
        }
    } else {
        for (unsigned int i = 0; i < 4; i++) {
            write_byte(offset + i, (uint8_t)(value >> (8 * i)));
        }
    }
}

static uint32_t read_lines(uint64_t offset)
{
    enum bits what;
    uint32_t first;

    if (find_bits(offset, &what, &first)) {
        return read_bits(what, first);
    }
    if (offset >= 0xc00 && offset < 0xc00 + MODEL_LINES / 4) {
        return read_trigger((uint32_t)(offset - 0xc00) * 4);
    }
    fail_msg("read of %llx of the GIC", (unsigned long long)offset);
    return 0;
}

// First line that an offset in a register file is about: a GICv3's distributor has no private ones while it routes.
static void check_shared(uint64_t offset)
{
    enum bits what;
    uint32_t first;

    if (model.v3 && find_bits(offset, &what, &first)) {
        assert_true(first >= 32);
    }
    if (model.v3 && offset >= 0x400 && offset < 0x800) {
        assert_true(offset >= 0x420);
    }
}

static uint32_t read_interface(uint64_t offset)
{
    int id = offset == 0x00c ? model_signalled(model.core) : model_highest(model.core);

    if (offset != 0x00c && offset != 0x018) {
        fail_msg("read of %llx of the GICC", (unsigned long long)offset);
    }
    if (id < 0) {
        return 1023;
    }
    if (model_line(model.core, (uint32_t)id)->group1) {
        return 1022;
    }
    return offset == 0x00c ? model_take(model.core, id) : (uint32_t)id;
}

static void write_interface(uint64_t offset, uint32_t value)
{
    struct model_core *c = &model.cores[model.core];

    if (offset == 0x000) {
        c->group_open[MODEL_GROUP0] = (value & 1) != 0;
        c->group_open[MODEL_GROUP1] = (value & 2) != 0;
        assert_int_equal(value & 4, 0); // the secure side acknowledges none of the others
        c->fiq_enable = (value & 8) != 0;
        assert_int_equal(value & 0x1e0, 0x1e0);
    } else if (offset == 0x004) {
        c->mask = (uint8_t)value;
    } else if (offset == 0x010) {
        model_end(value);
    } else if (offset >= 0x0e0 && offset < 0x0f0) {
        model_drop_normal(offset == 0x0e0, value);
    } else {
        fail_msg("write of %x to %llx of the GICC", value, (unsigned long long)offset);
    }
}

// A redistributor: its registers are those of its core, whoever accesses.
static uint64_t redistributor(uint64_t offset, const uint32_t *write)
{
    unsigned int before = model.core;
    unsigned int core = frame_core[offset / FRAME];
    uint64_t value = 0;

    offset %= FRAME;
    if (offset >= SGI_FRAME) {
        model.core = core;
        if (write != NULL) {
            assert_false(model.cores[core].asleep);
            write_lines(offset - SGI_FRAME, *write);
        } else {
            value = read_lines(offset - SGI_FRAME);
        }
        model.core = before;
    } else if (offset == 0x0008 && write == NULL) {
        value = (model_mpidrs[core] & 0xffffff) << 32 | (model_mpidrs[core] >> 32) << 56 |
                (uint64_t)(core == frame_core[MODEL_CORES - 1]) << 4;
    } else if (offset == 0x0014) {
        if (write != NULL && !model.stuck) {
            model.cores[core].asleep = (*write & 2) != 0;
        }
        value = model.cores[core].asleep ? 6 : 0;
    } else if (offset == 0x0000 && write == NULL) {
        value = model.stuck ? 1u << 3 : 0;
    } else {
        fail_msg("access to %llx of a redistributor", (unsigned long long)offset);
    }
    return value;
}

static bool in(uint64_t pa, uint64_t base, uint64_t size)
{
    return pa >= base && pa < base + size;
}

uint32_t mmio_read32(uint64_t pa)
{
    assert_int_equal(pa % 4, 0);
    if (pa == GICD) {
        return model.control | (model.stuck ? RWP_DISTRIBUTOR : 0);
    }
    if (pa == GICD + 4) {
        return MODEL_LINES / 32 - 1;
    }
    if (in(pa, GICD, 0x10000)) {
        check_shared(pa - GICD);
        return read_lines(pa - GICD);
    }
    if (model.v3 && in(pa, GICR, MODEL_CORES * FRAME)) {
        return (uint32_t)redistributor(pa - GICR, NULL);
    }
    assert_true(!model.v3 && in(pa, GICC, 0x1000));
    return read_interface(pa - GICC);
}

void mmio_write32(uint64_t pa, uint32_t value)
{
    assert_int_equal(pa % 4, 0);
    if (pa == GICD) {
        write_control(value);
    } else if (pa == GICD + 0xf00 && !model.v3) {
        send_v2(value);
    } else if (in(pa, GICD, 0x10000)) {
        check_shared(pa - GICD);
        write_lines(pa - GICD, value);
    } else if (model.v3 && in(pa, GICR, MODEL_CORES * FRAME)) {
        (void)redistributor(pa - GICR, &value);
    } else {
        assert_true(!model.v3 && in(pa, GICC, 0x1000));
        write_interface(pa - GICC, value);
    }
}

void mmio_write8(uint64_t pa, uint8_t value)
{
    unsigned int before = model.core;

    if (model.v3 && in(pa, GICR, MODEL_CORES * FRAME)) {
        model.core = frame_core[(pa - GICR) / FRAME];
        write_byte((pa - GICR) % FRAME - SGI_FRAME, value);
        model.core = before;
        return;
    }
    assert_true(in(pa, GICD, 0x1000));
    check_shared(pa - GICD);
    write_byte(pa - GICD, value);
}

uint64_t mmio_read64(uint64_t pa)
{
    assert_true(model.v3 && in(pa, GICR, MODEL_CORES * FRAME));
    return redistributor(pa - GICR, NULL);
}

void mmio_write64(uint64_t pa, uint64_t value)
{
    assert_true(model.v3 && pa % 8 == 0 && in(pa, GICD + 0x6100, 8 * (MODEL_LINES - 32)));
    model.lines[(pa - GICD - 0x6000) / 8].route = value;
}
