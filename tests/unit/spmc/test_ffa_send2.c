// SPDX-License-Identifier: BSD-3-Clause
//
// Indirect messages (spmc/ffa_send2.c): FFA_MSG_SEND2 in all directions and versions, each refusal, what RX holds afterwards to
// the last byte, who hears of it, when RX can be given back, and a sender that changes its TX buffer meanwhile. Expected
// values and layouts: DEN0077A "Indirect messaging", written out here byte by byte.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa_notify.h"
#include "spmc_fixture.h"

#define PAGE 4096u
#define DELAY 2
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define INDIRECT FFA_PROP_INDIRECT
#define BOTH_KINDS (FFA_PROP_INDIRECT | FFA_PROP_NOTIFICATION)

// ALPHA (1.2) and BETA (1.1) take messages and notifications; GAMMA is of version 1.0. All have buffers, the normal world
// bitmaps and version 1.2.
static int reset(void **state)
{
    (void)state;
    fixture_reset();
    fixture_nwd_version(FFA_VERSION_1_2);
    NWD(FFA_FEATURES, FFA_FEATURE_SRI);
    fixture_properties(ALPHA, BOTH_KINDS);
    fixture_properties(BETA, BOTH_KINDS);
    fixture_properties(GAMMA, INDIRECT);
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        fixture_enter(&spmc_sps[i], SP_MODEL_RUN);
        fixture_map_buffers(&spmc_sps[i]);
        SP(&spmc_sps[i], FFA_MSG_WAIT);
    }
    fixture_map_buffers(NULL);
    NWD(FFA_NOTIFICATION_BITMAP_CREATE, 0, 1);
    return 0;
}

static struct ffa_endpoint *endpoint(struct sp *sp)
{
    return sp != NULL ? &sp->endpoint : &ffa_nwd;
}

// A message as a sender writes it
struct head {
    uint32_t flags, reserved, offset, size, reserved2;
    uint16_t sender, receiver;
    uint32_t uuid[4];
};

static void put(uint8_t *to, uint64_t value, unsigned int bytes)
{
    for (unsigned int i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_head(uint8_t *to, const struct head *head, bool long_form)
{
    put(to, head->flags, 4);
    put(to + 4, head->reserved, 4);
    put(to + 8, head->offset, 4);
    put(to + 12, head->receiver, 2);
    put(to + 14, head->sender, 2);
    put(to + 16, head->size, 4);
    if (long_form) {
        put(to + 20, head->reserved2, 4);
        for (unsigned int i = 0; i < 4; i++) {
            put(to + 24 + 4 * i, head->uuid[i], 4);
        }
    }
}

static bool is_long(struct sp *sp)
{
    return endpoint(sp)->version >= FFA_VERSION_1_2;
}

static uint32_t head_size(struct sp *sp)
{
    return is_long(sp) ? 40 : 20;
}

// TX full of what nobody may see, then the head, then the body
static void write_tx(struct sp *from, const struct head *head, const char *body)
{
    uint8_t *tx = endpoint(from)->buffers.tx;

    memset(tx, 0xa7, endpoint(from)->buffers.page_count * PAGE);
    if (head->offset < PAGE && strlen(body) <= PAGE - head->offset) {
        memcpy(tx + head->offset, body, strlen(body));
    }
    put_head(tx, head, is_long(from));
}

static struct head head_of(struct sp *from, struct sp *to, const char *body)
{
    return (struct head){
        .offset = head_size(from),
        .size = (uint32_t)strlen(body),
        .sender = endpoint(from)->id,
        .receiver = endpoint(to)->id,
    };
}

// A call of the normal world, or of a partition in a turn of its own on core 0. The answer.
static uint64_t answer[18];

static const uint64_t *call(struct sp *sp, struct ffa_args args)
{
    if (sp == NULL) {
        (void)fixture_from_nwd(0, args);
        memcpy(answer, NWD_X, sizeof(answer));
        return answer;
    }
    fixture_enter(sp, SP_MODEL_RUN);
    (void)fixture_from_sp(0, sp, args);
    memcpy(answer, sp->ctx.x, sizeof(answer));
    SP(sp, FFA_MSG_WAIT);
    return answer;
}
#define CALL(sp, ...) call(sp, (struct ffa_args){ .x = { __VA_ARGS__ } })

static bool is_ok(const uint64_t *x)
{
    return fixture_is_success(x, 0, 0);
}

static const uint64_t *send(struct sp *from, const struct head *head, const char *body)
{
    write_tx(from, head, body);
    return CALL(from, FFA_MSG_SEND2);
}

// RX holds that message and nothing else.
static void check_rx(struct sp *to, const struct head *head, const char *body)
{
    uint8_t expected[SPMC_MAX_RXTX_PAGES * PAGE] = { 0 };
    uint32_t size = endpoint(to)->buffers.page_count * PAGE;

    memcpy(expected + head->offset, body, strlen(body));
    put_head(expected, head, is_long(to));
    assert_memory_equal(endpoint(to)->buffers.rx, expected, size);
    assert_true(endpoint(to)->buffers.rx_full);
}

static void check_announced(const uint64_t *x, bool of_sp)
{
    assert_int_equal(x[0], FFA_SUCCESS_32);
    assert_int_equal(x[2] | x[3] | x[4] | x[5], 0);
    assert_int_equal(x[6], of_sp ? 1 : 0);
    assert_int_equal(x[7], of_sp ? 0 : 1);
}

// Fetches the notification and gives RX back, as a receiver does, in one turn.
static void take(struct sp *to, bool of_sp)
{
    if (to == NULL) {
        check_announced(CALL(NULL, FFA_NOTIFICATION_GET, 0, 0x4), of_sp);
        assert_true(is_ok(CALL(NULL, FFA_RX_RELEASE)));
        return;
    }
    fixture_enter(to, SP_MODEL_RUN);
    SP(to, FFA_NOTIFICATION_GET, to->endpoint.id, 0xc);
    check_announced(to->ctx.x, of_sp);
    SP(to, FFA_RX_RELEASE);
    assert_true(is_ok(to->ctx.x));
    SP(to, FFA_MSG_WAIT);
}

// ---- What arrives ----------------------------------------------------------------------------------------------------

static void a_message_arrives_in_all_directions(void **state)
{
    const struct {
        struct sp *from, *to;
        uint32_t offset; // of the body in RX
    } ways[] = {
        { NULL, ALPHA, 40 }, { NULL, BETA, 40 }, { ALPHA, NULL, 40 },
        { ALPHA, BETA, 40 }, { BETA, NULL, 40 }, // 20 in TX: the receiver's head is longer
        { BETA, ALPHA, 40 },
    };

    for (size_t i = 0; i < COUNT(ways); i++) {
        reset(state);
        struct head head = head_of(ways[i].from, ways[i].to, "a body");
        assert_true(is_ok(send(ways[i].from, &head, "a body")));
        head.offset = ways[i].offset;
        check_rx(ways[i].to, &head, "a body");
        take(ways[i].to, ways[i].from != NULL);
    }
}

static void the_head_follows_each_side_s_version(void **state)
{
    (void)state;
    BETA->endpoint.version = FFA_VERSION_1_1;
    ALPHA->endpoint.version = FFA_VERSION_1_1;
    struct head head = head_of(ALPHA, BETA, "both of 1.1");
    assert_int_equal(head.offset, 20);
    assert_true(is_ok(send(ALPHA, &head, "both of 1.1")));
    check_rx(BETA, &head, "both of 1.1"); // 20 bytes of head

    reset(state);
    head = head_of(ALPHA, BETA, "1.2 to 1.1");
    head.uuid[0] = 0x55555555; // one of BETA's
    head.uuid[1] = 0x66666666;
    head.uuid[2] = 0x77777777;
    head.uuid[3] = 0x88888888;
    assert_true(is_ok(send(ALPHA, &head, "1.2 to 1.1")));
    check_rx(BETA, &head, "1.2 to 1.1"); // no UUID in it; the gap is zero

    reset(state);
    head = head_of(BETA, ALPHA, "");
    head.offset = 100; // a gap of the sender's choice
    head.size = 4;
    write_tx(BETA, &head, "abcd");
    assert_true(is_ok(CALL(BETA, FFA_MSG_SEND2)));
    check_rx(ALPHA, &head, "abcd");
}

static void a_uuid_goes_along_between_two_of_1_2(void **state)
{
    (void)state;
    struct head head = head_of(NULL, ALPHA, "x");

    head.uuid[0] = 0x11111111;
    head.uuid[1] = 0x22222222;
    head.uuid[2] = 0x33333333;
    head.uuid[3] = 0x44444444;
    assert_true(is_ok(send(NULL, &head, "x")));
    check_rx(ALPHA, &head, "x");
}

static void sizes_up_to_the_last_byte(void **state)
{
    static const struct {
        uint32_t offset, size;
    } good[] = { { 40, 0 }, { 40, 1 }, { 40, 4056 }, { 4095, 1 }, { 4096, 0 }, { 2048, 2048 } };
    char body[PAGE];

    for (size_t i = 0; i < COUNT(good); i++) {
        reset(state);
        struct head head = head_of(NULL, ALPHA, "");
        memset(body, 'b', sizeof(body));
        body[good[i].size] = 0;
        head.offset = good[i].offset;
        head.size = good[i].size;
        assert_true(is_ok(send(NULL, &head, body)));
        check_rx(ALPHA, &head, body);
    }
}

// The body moves behind a longer head: then the last bytes have no room
static void a_body_that_does_not_fit_behind_the_receiver_s_head(void **state)
{
    (void)state;
    struct head head = head_of(BETA, ALPHA, "");

    head.size = PAGE - 20;
    assert_true(fixture_is_error(send(BETA, &head, ""), FFA_INVALID_PARAMETERS));
    head.size = PAGE - 40;
    assert_true(is_ok(send(BETA, &head, "")));
}

// TX of two pages, RX of one
static void buffers_of_different_sizes(void **state)
{
    (void)state;
    NWD(FFA_RXTX_UNMAP);
    NWD(FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x2000, 2);
    struct head head = head_of(NULL, ALPHA, "");
    head.size = PAGE;
    assert_true(fixture_is_error(send(NULL, &head, ""), FFA_INVALID_PARAMETERS));
    head.offset = PAGE; // RX ends there
    head.size = 1;
    assert_true(fixture_is_error(send(NULL, &head, ""), FFA_INVALID_PARAMETERS));
    head.offset = 4000;
    head.size = 96;
    assert_true(is_ok(send(NULL, &head, "")));
    head = head_of(ALPHA, NULL, "into two pages");
    assert_true(is_ok(send(ALPHA, &head, "into two pages")));
    check_rx(NULL, &head, "into two pages"); // zero to the end of the second one
}

// ---- Refusals --------------------------------------------------------------------------------------------------------

static void refused(struct sp *from, const struct head *head, int32_t code, const char *what)
{
    struct sp *const all[] = { NULL, ALPHA, BETA, GAMMA };

    if (!fixture_is_error(send(from, head, ""), code)) {
        fail_msg("%s", what);
    }
    for (size_t i = 0; i < COUNT(all); i++) {
        const uint8_t *rx = endpoint(all[i])->buffers.rx;

        assert_false(endpoint(all[i])->buffers.rx_full);
        assert_true(rx == NULL || (rx[0] == 0xee && rx[PAGE - 1] == 0xee));
    }
    assert_int_equal(fixture.hw[0].sri, 0);
}

static void registers_that_must_be_zero(void **state)
{
    struct sp *const callers[] = { NULL, ALPHA };

    (void)state;
    for (size_t c = 0; c < COUNT(callers); c++) {
        struct head head = head_of(callers[c], BETA, "");

        write_tx(callers[c], &head, "");
        for (unsigned int r = 1; r < 8; r++) {
            for (unsigned int bit = 0; bit < 32; bit++) {
                struct ffa_args args = { .x = { FFA_MSG_SEND2 } };

                args.x[r] = 1ull << bit;
                if (r == 2 && bit == 1 && callers[c] != NULL) {
                    continue; // a partition may delay
                }
                assert_true(fixture_is_error(call(callers[c], args), FFA_INVALID_PARAMETERS));
            }
        }
    }
    assert_false(BETA->endpoint.buffers.rx_full);
}

static void bad_heads(void **state)
{
    const int32_t invalid = FFA_INVALID_PARAMETERS;
    const struct {
        const char *what;
        struct head head;
        int32_t code;
    } bad[] = {
        { "flags", { 1, 0, 40, 0, 0, 0, BETA_ID, { 0 } }, invalid },
        { "all flags", { UINT32_MAX, 0, 40, 0, 0, 0, BETA_ID, { 0 } }, invalid },
        { "reserved word", { 0, 1, 40, 0, 0, 0, BETA_ID, { 0 } }, invalid },
        { "second reserved word", { 0, 0, 40, 0, 1, 0, BETA_ID, { 0 } }, invalid },
        { "of a VM", { 0, 0, 40, 0, 0, 1, BETA_ID, { 0 } }, invalid },
        { "of a partition", { 0, 0, 40, 0, 0, ALPHA_ID, BETA_ID, { 0 } }, invalid },
        { "to itself", { 0, 0, 40, 0, 0, 0, 0, { 0 } }, invalid },
        { "to a VM", { 0, 0, 40, 0, 0, 0, 1, { 0 } }, invalid },
        { "to nobody", { 0, 0, 40, 0, 0, 0, 0x8003, { 0 } }, invalid },
        { "to the SPMC", { 0, 0, 40, 0, 0, 0, FFA_ID_SPMC, { 0 } }, invalid },
        { "to EL3", { 0, 0, 40, 0, 0, 0, FFA_ID_SPMD, { 0 } }, invalid },
        { "the body is the head", { 0, 0, 0, 0, 0, 0, BETA_ID, { 0 } }, invalid },
        { "the body begins in the head", { 0, 0, 39, 1, 0, 0, BETA_ID, { 0 } }, invalid },
        { "behind a short head", { 0, 0, 20, 1, 0, 0, BETA_ID, { 0 } }, invalid },
        { "one byte too long", { 0, 0, 40, PAGE - 39, 0, 0, BETA_ID, { 0 } }, invalid },
        { "begins behind TX", { 0, 0, PAGE + 1, 0, 0, 0, BETA_ID, { 0 } }, invalid },
        { "ends behind TX", { 0, 0, PAGE, 1, 0, 0, BETA_ID, { 0 } }, invalid },
        { "the sum wraps", { 0, 0, 40, UINT32_MAX - 39, 0, 0, BETA_ID, { 0 } }, invalid },
        { "the sum wraps far", { 0, 0, 0xfffffff0, 0x20, 0, 0, BETA_ID, { 0 } }, invalid },
        { "a UUID of nobody", { 0, 0, 40, 0, 0, 0, BETA_ID, { 1, 2, 3, 4 } }, invalid },
        { "a UUID of another", { 0, 0, 40, 0, 0, 0, BETA_ID, { UUID_ALPHA } }, invalid },
        { "to one of 1.0", { 0, 0, 40, 0, 0, 0, GAMMA_ID, { 0 } }, FFA_DENIED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        refused(NULL, &bad[i].head, bad[i].code, bad[i].what);
    }
    struct head head = { 0, 0, 40, 0, 0, ALPHA_ID, 0, { UUID_ALPHA } };
    refused(ALPHA, &head, invalid, "the normal world has no UUID");
    head = (struct head){ 0, 0, 40, 0, 0, BETA_ID, 0, { 0 } };
    refused(ALPHA, &head, invalid, "in the name of another partition");
    head = (struct head){ 0, 0, 40, 0, 0, ALPHA_ID, ALPHA_ID, { 0 } };
    refused(ALPHA, &head, invalid, "a partition to itself");
    head = (struct head){ 0, 0, 19, 0, 0, BETA_ID, ALPHA_ID, { 0 } };
    refused(BETA, &head, invalid, "in the shorter head");
}

// The second UUID of a partition counts too
static void any_uuid_of_the_receiver(void **state)
{
    struct head head = { 0, 0, 40, 0, 0, 0, BETA_ID, { UUID_SHARED } };

    (void)state;
    assert_true(is_ok(send(NULL, &head, "")));
}

static void not_there_in_version_1_0(void **state)
{
    (void)state;
    assert_true(fixture_is_error(CALL(GAMMA, FFA_MSG_SEND2), FFA_NOT_SUPPORTED));
    ffa_nwd.version = FFA_VERSION_1_0;
    assert_true(fixture_is_error(CALL(NULL, FFA_MSG_SEND2), FFA_NOT_SUPPORTED));
    struct head head = head_of(ALPHA, NULL, "");
    refused(ALPHA, &head, FFA_DENIED, "the normal world is of 1.0");
}

static void properties_and_manifests_say_who_may(void **state)
{
    struct head head;

    (void)state;
    ALPHA->config.properties &= ~(uint32_t)INDIRECT;
    head = head_of(NULL, ALPHA, "");
    refused(NULL, &head, FFA_DENIED, "the receiver takes none");
    head = head_of(BETA, ALPHA, "");
    refused(BETA, &head, FFA_DENIED, "the receiver takes none of a partition");
    head = head_of(ALPHA, BETA, "");
    refused(ALPHA, &head, FFA_DENIED, "the sender sends none");
    head = head_of(ALPHA, NULL, "");
    refused(ALPHA, &head, FFA_DENIED, "the sender sends none to the normal world");
    ALPHA->config.properties |= INDIRECT;
    BETA->admits[SP_MSG_INDIRECT] = 1; // the normal world
    head = head_of(ALPHA, BETA, "");
    refused(ALPHA, &head, FFA_DENIED, "not admitted");
    BETA->admits[SP_MSG_INDIRECT] = 1 << 1; // ALPHA
    head = head_of(NULL, BETA, "");
    refused(NULL, &head, FFA_DENIED, "the normal world is not admitted");
    head = head_of(ALPHA, BETA, "");
    assert_true(is_ok(send(ALPHA, &head, "")));
}

static void without_buffers(void **state)
{
    struct head head = head_of(NULL, ALPHA, "");

    (void)state;
    CALL(ALPHA, FFA_RXTX_UNMAP);
    refused(NULL, &head, FFA_BUSY, "the receiver has none");
    NWD(FFA_RXTX_UNMAP);
    assert_true(fixture_is_error(CALL(NULL, FFA_MSG_SEND2), FFA_DENIED));
    assert_true(fixture_is_error(CALL(ALPHA, FFA_MSG_SEND2), FFA_DENIED));
}

static void a_full_rx_is_busy_and_stays_as_it_is(void **state)
{
    struct head first = head_of(NULL, ALPHA, "first");
    struct head second = head_of(BETA, ALPHA, "second");

    (void)state;
    assert_true(is_ok(send(NULL, &first, "first")));
    assert_true(fixture_is_error(send(BETA, &second, "second"), FFA_BUSY));
    assert_true(fixture_is_error(send(NULL, &first, "third"), FFA_BUSY));
    check_rx(ALPHA, &first, "first");
    fixture_enter(ALPHA, SP_MODEL_RUN);
    SP(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 0xc);
    check_announced(ALPHA->ctx.x, false); // the second one was not
    SP(ALPHA, FFA_MSG_WAIT, 0, 1);        // keeps RX
    assert_true(fixture_is_error(send(BETA, &second, "second"), FFA_BUSY));
    assert_true(is_ok(CALL(ALPHA, FFA_RX_RELEASE)));
    assert_true(is_ok(send(BETA, &second, "second")));
    second.offset = 40;
    check_rx(ALPHA, &second, "second");
    // RX is also full while it holds something else
    assert_int_equal(CALL(NULL, FFA_PARTITION_INFO_GET)[0], FFA_SUCCESS_32);
    struct head head = head_of(ALPHA, NULL, "");
    assert_true(fixture_is_error(send(ALPHA, &head, ""), FFA_BUSY));
    assert_true(is_ok(CALL(NULL, FFA_RX_RELEASE)));
    assert_true(is_ok(send(ALPHA, &head, "")));
}

static void a_stopped_receiver_is_aborted(void **state)
{
    struct head head = head_of(NULL, ALPHA, "");

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    (void)fixture_stop(0, ALPHA);
    assert_true(fixture_is_error(send(NULL, &head, ""), FFA_ABORTED));
    assert_int_equal(ALPHA->endpoint.buffers.page_count, 0);
    ALPHA->initialised = false; // in its first entry
    assert_true(fixture_is_error(send(NULL, &head, ""), FFA_ABORTED));
}

// ---- Who hears of it, and when RX can go -----------------------------------------------------------------------------

static void the_sri_comes_at_once_or_on_the_way_out(void **state)
{
    struct head head = head_of(ALPHA, BETA, "");

    (void)state;
    assert_true(is_ok(send(ALPHA, &head, "")));
    assert_int_equal(fixture.hw[0].sri, 1);
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    assert_true(fixture_is(NWD_X, FFA_SUCCESS_64, 0, 1 << 7, BETA_ID));
    take(BETA, true);
    write_tx(ALPHA, &head, "");
    fixture_enter(ALPHA, SP_MODEL_RUN);
    SP(ALPHA, FFA_MSG_SEND2, 0, DELAY);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
    assert_int_equal(fixture.hw[0].sri, 1);
    SP(ALPHA, FFA_MSG_WAIT);
    assert_int_equal(fixture.hw[0].sri, 2);
}

static void who_takes_no_notifications_gets_the_message_silently(void **state)
{
    struct head head = head_of(NULL, ALPHA, "quiet");

    (void)state;
    ALPHA->config.properties &= ~(uint32_t)FFA_PROP_NOTIFICATION;
    assert_true(is_ok(send(NULL, &head, "quiet")));
    check_rx(ALPHA, &head, "quiet");
    assert_int_equal(fixture.hw[0].sri, 0);
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_INFO_GET_64), FFA_NO_DATA));
    assert_int_equal(ALPHA->pending, 0);
    assert_true(is_ok(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0)));
    head = head_of(BETA, NULL, "quiet");
    assert_true(is_ok(send(BETA, &head, "quiet")));
    assert_int_equal(fixture.hw[0].sri, 0);
    assert_true(is_ok(CALL(NULL, FFA_RX_RELEASE)));
}

// A message that came while the receiver worked, which does not know of it: it cannot throw it away by accident
static void rx_stays_until_the_message_was_announced(void **state)
{
    struct head head = head_of(NULL, ALPHA, "kept");

    (void)state;
    write_tx(NULL, &head, "kept");
    fixture_enter(ALPHA, SP_MODEL_RUN);
    (void)fixture_from_nwd(1, (struct ffa_args){ .x = { FFA_MSG_SEND2 } });
    assert_true(fixture_is_success(spmc_cores[1].args.x, 0, 0));
    SP(ALPHA, FFA_RX_RELEASE);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    SP(ALPHA, FFA_MSG_WAIT); // would give RX back
    check_rx(ALPHA, &head, "kept");
    fixture_enter(ALPHA, SP_MODEL_RUN);
    SP(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 8);
    assert_int_equal(ALPHA->ctx.x[7], 1);
    SP(ALPHA, FFA_MSG_WAIT, 0, 1); // keeps it
    assert_true(ALPHA->endpoint.buffers.rx_full);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    SP(ALPHA, FFA_MSG_WAIT);
    assert_false(ALPHA->endpoint.buffers.rx_full);
    // The same for the normal world
    head = head_of(ALPHA, NULL, "kept");
    assert_true(is_ok(send(ALPHA, &head, "kept")));
    assert_true(fixture_is_error(CALL(NULL, FFA_RX_RELEASE), FFA_DENIED));
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0), FFA_DENIED));
    take(NULL, true);
}

static void unmapping_takes_the_message_and_its_announcement(void **state)
{
    struct head head = head_of(ALPHA, NULL, "gone");

    (void)state;
    assert_true(is_ok(send(ALPHA, &head, "gone")));
    assert_true(is_ok(CALL(NULL, FFA_RXTX_UNMAP)));
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_INFO_GET_64), FFA_NO_DATA));
    assert_true(fixture_is_success(CALL(NULL, FFA_NOTIFICATION_GET, 0, 5), 0, 0));
    fixture_map_buffers(NULL);
    assert_true(is_ok(send(ALPHA, &head, "gone")));
    head = head_of(NULL, BETA, "gone");
    assert_true(is_ok(send(NULL, &head, "gone")));
    assert_true(is_ok(CALL(BETA, FFA_RXTX_UNMAP)));
    assert_int_equal(BETA->pending, 0);
}

// ---- A sender that changes TX while the SPMC reads it ----------------------------------------------------------------

#define ROUNDS 20000

static struct {
    uint8_t *tx;
    bool stop;
} race;

static void set32(uint32_t offset, uint32_t value)
{
    __atomic_store_n((uint32_t *)(void *)(race.tx + offset), value, __ATOMIC_RELAXED);
}

// Another core of the sender: each of these values alone is refused, or names another receiver
static void *racing_writer(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&race.stop, __ATOMIC_RELAXED)) {
        set32(8, 0xffffff00);
        set32(8, 64);
        set32(16, UINT32_MAX);
        set32(16, 128);
        set32(12, ALPHA_ID);
        set32(12, BETA_ID);
        set32(0, 1);
        set32(0, 0);
        set32(24, 0x12345678);
        set32(24, 0);
    }
    return NULL;
}

static uint32_t get32(const uint8_t *from)
{
    uint32_t value;

    memcpy(&value, from, sizeof(value));
    return value;
}

// Whatever was sent was right as it arrived, in the buffer of whom it names; nothing lies behind it. A write or read beyond
// a buffer would stop the test (the mappings are allocations of their own).
static void check_delivered(const struct sp *sp)
{
    const uint8_t *rx = sp->endpoint.buffers.rx;

    assert_int_equal(get32(rx), 0);
    assert_int_equal(get32(rx + 4), 0);
    assert_int_equal(get32(rx + 8), 64);
    assert_int_equal(get32(rx + 12), sp->endpoint.id); // sender 0
    assert_int_equal(get32(rx + 16), 128);
    for (uint32_t i = 20; i < 64; i++) {
        assert_int_equal(rx[i], 0);
    }
    for (uint32_t i = 64 + 128; i < PAGE; i++) {
        assert_int_equal(rx[i], 0);
    }
}

static void a_racing_writer_changes_nothing_that_was_checked(void **state)
{
    pthread_t thread;
    unsigned int delivered = 0;
    struct head head = { 0, 0, 64, 128, 0, 0, BETA_ID, { 0 } };

    (void)state;
    write_tx(NULL, &head, "");
    race.tx = ffa_nwd.buffers.tx;
    race.stop = false;
    assert_int_equal(pthread_create(&thread, NULL, racing_writer, NULL), 0);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        NWD(FFA_MSG_SEND2);
        bool sent = NWD_X[0] == FFA_SUCCESS_32;
        bool alpha = ALPHA->endpoint.buffers.rx_full;
        bool beta = BETA->endpoint.buffers.rx_full;

        assert_true(sent ? alpha != beta : !alpha && !beta);
        assert_true(sent || (int32_t)NWD_X[2] == FFA_INVALID_PARAMETERS);
        if (sent) {
            struct sp *sp = alpha ? ALPHA : BETA;

            check_delivered(sp);
            memset(sp->endpoint.buffers.rx, 0xee, PAGE);
            sp->endpoint.buffers.rx_full = false;
            ffa_notify_rx_forget(sp);
            delivered++;
        }
    }
    __atomic_store_n(&race.stop, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    print_message("%u of %u messages were delivered\n", delivered, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_message_arrives_in_all_directions, reset),
        cmocka_unit_test_setup(the_head_follows_each_side_s_version, reset),
        cmocka_unit_test_setup(a_uuid_goes_along_between_two_of_1_2, reset),
        cmocka_unit_test_setup(sizes_up_to_the_last_byte, reset),
        cmocka_unit_test_setup(a_body_that_does_not_fit_behind_the_receiver_s_head, reset),
        cmocka_unit_test_setup(buffers_of_different_sizes, reset),
        cmocka_unit_test_setup(registers_that_must_be_zero, reset),
        cmocka_unit_test_setup(bad_heads, reset),
        cmocka_unit_test_setup(any_uuid_of_the_receiver, reset),
        cmocka_unit_test_setup(not_there_in_version_1_0, reset),
        cmocka_unit_test_setup(properties_and_manifests_say_who_may, reset),
        cmocka_unit_test_setup(without_buffers, reset),
        cmocka_unit_test_setup(a_full_rx_is_busy_and_stays_as_it_is, reset),
        cmocka_unit_test_setup(a_stopped_receiver_is_aborted, reset),
        cmocka_unit_test_setup(the_sri_comes_at_once_or_on_the_way_out, reset),
        cmocka_unit_test_setup(who_takes_no_notifications_gets_the_message_silently, reset),
        cmocka_unit_test_setup(rx_stays_until_the_message_was_announced, reset),
        cmocka_unit_test_setup(unmapping_takes_the_message_and_its_announcement, reset),
        cmocka_unit_test_setup(a_racing_writer_changes_nothing_that_was_checked, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
