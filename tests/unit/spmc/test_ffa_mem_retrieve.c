// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_RETRIEVE_REQ of partitions (spmc/ffa_mem_retrieve.c): what a borrower may ask for, every refusal, what RETRIEVE_RESP says to
// each version, what is mapped then, several borrowers, quotas. Expected values: DEN0077A "FFA_MEM_RETRIEVE_REQ".
#include "borrower_support.h"

// ---- Good paths ------------------------------------------------------------------------------------------------------

// RX holds exactly what DEN0077A says a receiver of that version gets.
static void check_response(struct sp *sp, const uint64_t *x, const struct offer *offer,
                           uint32_t kind, uint16_t attributes, uint8_t permissions)
{
    uint32_t version = sp->endpoint.version;
    const uint8_t *rx = mem_rx(sp);
    uint32_t emad = mem_head_size(version);
    uint32_t composite = emad + mem_access_size(version);
    struct ffa_mem_transaction head = { 0 };
    struct ffa_mem_access access = { 0 };
    struct ffa_mem_composite region;
    struct ffa_mem_range range;

    assert_true(fixture_is(x, FFA_MEM_RETRIEVE_RESP, composite + 32, composite + 32, 0));
    assert_true(sp->endpoint.buffers.rx_full);
    if (version == FFA_VERSION_1_0) {
        struct ffa_mem_transaction_1_0 old;

        memcpy(&old, rx, sizeof(old));
        assert_int_equal(old.reserved1 | old.reserved2, 0);
        head = (struct ffa_mem_transaction){ .sender = old.sender,
                                             .attributes = old.attributes,
                                             .flags = old.flags,
                                             .handle = old.handle,
                                             .tag = old.tag,
                                             .access_count = old.access_count,
                                             .access_size = 16,
                                             .access_offset = 32 };
    } else {
        memcpy(&head, rx, sizeof(head));
    }
    assert_int_equal(head.sender, offer->desc.sender);
    assert_int_equal(head.attributes, attributes);
    assert_int_equal(head.flags, kind << 3 | (offer->desc.flags & 1));
    assert_int_equal(head.handle, offer->handle);
    assert_int_equal(head.tag, offer->desc.tag);
    assert_int_equal(head.access_size, mem_access_size(version));
    assert_int_equal(head.access_count, 1);
    assert_int_equal(head.access_offset, emad);
    assert_int_equal(head.reserved[0] | head.reserved[1] | head.reserved[2], 0);
    memcpy(&access, rx + emad, mem_access_size(version));
    assert_int_equal(access.receiver, mem_id(sp));
    assert_int_equal(access.permissions, permissions);
    assert_int_equal(access.flags, 0);
    assert_int_equal(access.composite_offset, composite);
    if (version == FFA_VERSION_1_2) {
        assert_int_equal(access.impdef[0], offer->desc.borrowers[0].impdef[0]);
        assert_int_equal(access.impdef[1], offer->desc.borrowers[0].impdef[1]);
    } else {
        assert_int_equal(access.impdef[0], 0);
    }
    assert_int_equal(access.reserved, 0);
    memcpy(&region, rx + composite, sizeof(region));
    memcpy(&range, rx + composite + 16, sizeof(range));
    assert_int_equal(region.range_count, 1);
    assert_int_equal(region.page_count, range.page_count);
    assert_int_equal(region.reserved | range.reserved, 0);
    assert_int_equal(range.address % 4096, 0);
}

static uint64_t address_in_rx(struct sp *sp)
{
    uint32_t version = sp->endpoint.version;
    uint64_t address;

    memcpy(&address, mem_rx(sp) + mem_head_size(version) + mem_access_size(version) + 16, 8);
    return address;
}

// Every version of sender and receiver, every call: the whole life of normal-world memory.
static void normal_world_memory_goes_round(void **state)
{
    struct sp *const sps[] = { GAMMA, BETA, ALPHA }; // 1.0, 1.1, 1.2

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        mem_version(NULL, versions[v]);
        for (size_t s = 0; s < 3; s++) {
            for (size_t k = 0; k < 2; k++) {
                struct offer offer = offer_ns(kinds[k], sps[s], 0, 3);
                uint16_t ns = s > 0 ? FFA_MEM_ATTR_NS : 0;
                const uint64_t *x = mem_retrieve(sps[s], &offer.request);

                check_response(sps[s], x, &offer, (uint32_t)k + 1, FFA_MEM_ATTR_NORMAL | ns,
                               FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX);
                uint64_t va = address_in_rx(sps[s]);
                for (uint32_t i = 0; i < 3; i++) {
                    assert_int_equal(mem_model_pa(sps[s], va + i * 4096), MEM_BASE + i * 4096);
                    assert_true(mem_model_writes(sps[s], va + i * 4096));
                    assert_false(mem_model_executes(sps[s], va + i * 4096));
                }
                assert_false(mem_model_reads(sps[s], va + 3 * 4096));
                assert_true(fixture_is_error(mem_reclaim(NULL, offer.handle, 0), FFA_DENIED));
                mem_rx_release(sps[s]);
                assert_true(fixture_is_success(mem_relinquish(sps[s], offer.handle, 0), 0, 0));
                assert_false(mem_model_reads(sps[s], va));
                // Again: the offer stands until it is taken back
                (void)mem_map(sps[s], &offer.request);
                assert_true(fixture_is_success(mem_relinquish(sps[s], offer.handle, 0), 0, 0));
                assert_true(fixture_is_success(mem_reclaim(NULL, offer.handle, 0), 0, 0));
                refused(sps[s], &offer.request, FFA_INVALID_PARAMETERS);
            }
        }
    }
}

static void version_1_0_may_ask_for_the_ns_bit(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_LEND_32, GAMMA, 0, 1);

    (void)state;
    GAMMA->endpoint.ns_bit = true;
    check_response(GAMMA, mem_retrieve(GAMMA, &offer.request), &offer, 2,
                   FFA_MEM_ATTR_NORMAL | FFA_MEM_ATTR_NS, FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX);
}

static void partition_memory_goes_round(void **state)
{
    struct sp *const sps[] = { GAMMA, BETA, ALPHA };

    (void)state;
    for (size_t from = 0; from < 3; from++) {
        for (size_t to = 0; to < 3; to++) {
            for (size_t k = 0; from != to && k < 2; k++) {
                struct offer offer = offer_own(kinds[k], sps[from], sps[to], 6, 4);
                const uint64_t *x = mem_retrieve(sps[to], &offer.request);

                check_response(sps[to], x, &offer, (uint32_t)k + 1, FFA_MEM_ATTR_NORMAL,
                               FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX);
                uint64_t va = address_in_rx(sps[to]);
                for (uint32_t i = 0; i < 4; i++) {
                    uint64_t pa = mem_model_pa(sps[to], va + i * 4096);

                    assert_int_not_equal(pa, 0);
                    // Lent memory has one user
                    assert_int_equal(mem_model_pa(sps[from], SPACE_VA(6 + i)), k == 0 ? pa : 0);
                }
                mem_rx_release(sps[to]);
                assert_true(fixture_is_error(mem_reclaim(sps[from], offer.handle, 0), FFA_DENIED));
                // What is borrowed cannot be given on, nor become RX or TX
                struct sp *third = sps[3 - from - to];
                for (size_t n = 0; n < 3; n++) {
                    struct mem_desc on = mem_desc(kinds[n], sps[to], third, va, 1);
                    assert_true(fixture_is_error(mem_offer(sps[to], kinds[n], &on), FFA_DENIED));
                }
                assert_true(fixture_is_success(mem_relinquish(sps[to], offer.handle, 0), 0, 0));
                assert_false(mem_model_reads(sps[to], va));
                assert_true(fixture_is_success(mem_reclaim(sps[from], offer.handle, 0), 0, 0));
                assert_true(mem_model_writes(sps[from], SPACE_VA(6)));
            }
        }
    }
}

static void donated_memory_has_a_new_owner(void **state)
{
    struct offer offer = offer_own(FFA_MEM_DONATE_32, BETA, ALPHA, 6, 4);
    struct ffa_mem_counters counters;

    (void)state;
    check_response(ALPHA, mem_retrieve(ALPHA, &offer.request), &offer, 3, FFA_MEM_ATTR_NORMAL,
                   FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX);
    uint64_t va = address_in_rx(ALPHA);
    mem_rx_release(ALPHA);
    ffa_mem_count(&counters);
    assert_int_equal(counters.transactions | counters.held | counters.sent_pages, 0);
    // The handle is dead for everybody
    refused(ALPHA, &offer.request, FFA_INVALID_PARAMETERS);
    assert_true(fixture_is_error(mem_relinquish(ALPHA, offer.handle, 0), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(mem_reclaim(BETA, offer.handle, 0), FFA_INVALID_PARAMETERS));
    // The old owner has lost it, the new one may do what an owner may
    for (uint32_t page = 6; page < 10; page++) {
        assert_int_equal(mem_model_page(BETA, page), MEM_MODEL_OTHER);
        assert_false(mem_model_reads(BETA, SPACE_VA(page)));
    }
    struct mem_desc lost = mem_desc(FFA_MEM_SHARE_32, BETA, ALPHA, SPACE_VA(6), 1);
    assert_true(fixture_is_error(mem_offer(BETA, FFA_MEM_SHARE_32, &lost), FFA_DENIED));
    struct mem_desc lend = mem_desc(FFA_MEM_LEND_32, ALPHA, GAMMA, va, 4);
    uint64_t handle = mem_send(ALPHA, FFA_MEM_LEND_32, &lend);
    assert_false(mem_model_reads(ALPHA, va));
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &lend, GAMMA, handle);
    assert_true(mem_model_writes(GAMMA, mem_map(GAMMA, &request)));
    assert_true(fixture_is_success(mem_relinquish(GAMMA, handle, 0), 0, 0));
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    assert_true(mem_model_writes(ALPHA, va));
    // And back to where it was loaded
    struct mem_desc back = mem_desc(FFA_MEM_DONATE_32, ALPHA, BETA, va, 4);
    handle = mem_send(ALPHA, FFA_MEM_DONATE_32, &back);
    request = mem_request(FFA_MEM_DONATE_32, &back, BETA, handle);
    assert_true(mem_model_writes(BETA, mem_map(BETA, &request)));
    assert_false(mem_model_reads(ALPHA, va));
}

static void donated_normal_world_memory_stays_on_record(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_DONATE_32, ALPHA, 0, 2);
    uint64_t va = mem_map(ALPHA, &offer.request);

    (void)state;
    assert_true(mem_model_writes(ALPHA, va));
    assert_true(fixture_is_error(mem_reclaim(NULL, offer.handle, 0), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(mem_relinquish(ALPHA, offer.handle, 0), FFA_INVALID_PARAMETERS));
    refused(ALPHA, &offer.request, FFA_INVALID_PARAMETERS);
    // Nobody guesses the handle that it has now
    assert_true(
        fixture_is_error(mem_reclaim(NULL, FFA_MEM_HANDLE_INVALID, 0), FFA_INVALID_PARAMETERS));
    struct mem_desc again = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 1);
    assert_true(fixture_is_error(mem_offer(NULL, FFA_MEM_SHARE_32, &again), FFA_DENIED));
    // It never becomes secure memory, so it is not the partition's to give on
    struct mem_desc on = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, va, 1);
    assert_true(fixture_is_error(mem_offer(ALPHA, FFA_MEM_SHARE_32, &on), FFA_DENIED));
    mem_stop(ALPHA);
    (void)mem_send(NULL, FFA_MEM_SHARE_32, &again);
}

// ---- Permissions ------------------------------------------------------------------------------------------------------

// DEN0077A, ffa.md §3.7: what a borrower may ask for, by what it was offered.
static int32_t permissions_code(uint32_t kind, bool several, bool ns, uint32_t offered,
                                uint32_t asked, uint8_t *granted)
{
    uint32_t data = asked & 3;
    uint32_t instruction = asked >> 2 & 3;
    bool shared = kind == FFA_MEM_SHARE_32 || several;

    if (asked >> 4 != 0 || data == 3 || instruction == 3) {
        return FFA_INVALID_PARAMETERS;
    }
    if (shared ? instruction != 0 : instruction == 0) {
        return FFA_INVALID_PARAMETERS;
    }
    if (instruction == 2 && ns) {
        return FFA_INVALID_PARAMETERS;
    }
    data = data == 0 ? offered : data;
    if (data > offered || (data == 2 && instruction == 2)) {
        return FFA_DENIED;
    }
    *granted = (uint8_t)(data | (instruction == 2 ? 8 : 4));
    return 0;
}

static void check_one_permission(struct offer *offer, uint32_t kind, bool ns, uint32_t offered,
                                 uint32_t asked)
{
    uint8_t granted = 0;
    int32_t code =
        permissions_code(kind, offer->desc.borrower_count > 1, ns, offered, asked, &granted);

    offer->request.borrowers[0].permissions = (uint8_t)asked;
    if (code != 0) {
        refused(BETA, &offer->request, code);
        return;
    }
    if (kind == FFA_MEM_DONATE_32) {
        return; // would be gone; donated_memory_has_a_new_owner
    }
    const uint64_t *x = mem_retrieve(BETA, &offer->request);
    check_response(BETA, x, offer, kind == FFA_MEM_SHARE_32 ? 1 : 2,
                   FFA_MEM_ATTR_NORMAL | (ns ? FFA_MEM_ATTR_NS : 0), granted);
    uint64_t va = address_in_rx(BETA);
    assert_int_equal(mem_model_writes(BETA, va), (granted & 2) != 0);
    assert_int_equal(mem_model_executes(BETA, va), (granted & 8) != 0);
    mem_rx_release(BETA);
    assert_true(fixture_is_success(mem_relinquish(BETA, offer->handle, 0), 0, 0));
}

// One offer, and all that its borrower can ask for.
static void check_permissions(size_t k, uint32_t several, uint32_t offered, bool ns)
{
    // Of a donation its owner's rights count: page 2 is read-only
    uint64_t own = SPACE_VA(k == 2 && offered == 1 ? 2 : 5);
    struct sp *sender = ns ? NULL : ALPHA;
    struct offer offer = { .desc = mem_desc(kinds[k], sender, BETA, ns ? MEM_BASE : own, 1) };

    offer.desc.borrowers[0].permissions = k == 2 ? 0 : (uint8_t)offered;
    if (several != 0) {
        mem_add_borrower(&offer.desc, GAMMA, FFA_MEM_DATA_RO);
    }
    offer.handle = mem_send(sender, kinds[k], &offer.desc);
    offer.request = mem_request(kinds[k], &offer.desc, BETA, offer.handle);
    for (uint32_t asked = 0; asked < 256; asked++) {
        check_one_permission(&offer, kinds[k], ns, offered, asked);
    }
    assert_true(fixture_is_success(mem_reclaim(sender, offer.handle, 0), 0, 0));
}

static void permissions_are_what_was_offered_or_less(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (uint32_t several = 0; several < (k == 2 ? 1 : 2); several++) {
            for (uint32_t offered = 1; offered <= 2; offered++) {
                check_permissions(k, several, offered, false);
                if (k != 2 || offered != 1) { // the normal world can write all that it has
                    check_permissions(k, several, offered, true);
                }
            }
        }
    }
}

// ---- Refusals --------------------------------------------------------------------------------------------------------

static void handle_tag_and_sender_must_fit(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct offer offer = offer_ns(kinds[k], BETA, (uint32_t)k * 4, 1);
        struct mem_desc bad = offer.request;

        for (uint32_t bit = 0; bit < 64; bit++) {
            bad.handle = offer.handle ^ 1ull << bit;
            refused(BETA, &bad, FFA_INVALID_PARAMETERS);
            bad = offer.request;
            bad.tag ^= 1ull << bit;
            refused(BETA, &bad, FFA_INVALID_PARAMETERS);
            bad = offer.request;
        }
        bad.handle = FFA_MEM_HANDLE_INVALID;
        refused(BETA, &bad, FFA_INVALID_PARAMETERS);
        bad = offer.request;
        bad.sender = ALPHA_ID;
        refused(BETA, &bad, FFA_DENIED);
        bad.sender = 1;
        refused(BETA, &bad, FFA_DENIED);
        // Who was not offered it hears the same as if it were not there
        bad = mem_request(kinds[k], &offer.desc, GAMMA, offer.handle);
        bad.borrowers[0].receiver = GAMMA_ID;
        refused(GAMMA, &bad, FFA_INVALID_PARAMETERS);
        bad = offer.request;
        refused(GAMMA, &bad, FFA_INVALID_PARAMETERS);
    }
}

static void flags_follow_the_call(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct offer offer = offer_ns(kinds[k], BETA, (uint32_t)k * 4, 1);

        for (uint32_t bit = 0; bit < 32; bit++) {
            struct mem_desc bad = offer.request;
            bad.flags = 1u << bit;
            // 0: the sender did not have it wiped. 2, 3, 4: see below. 10: not for one borrower, and not before 1.2
            if (bit == 0) {
                refused(BETA, &bad, k == 0 ? FFA_INVALID_PARAMETERS : FFA_DENIED);
            } else if (bit != 2 && bit != 3 && bit != 4) {
                refused(BETA, &bad, FFA_INVALID_PARAMETERS);
            }
        }
        for (uint32_t type = 1; type < 4; type++) {
            struct mem_desc request = offer.request;
            request.flags = type << 3;
            if (type != k + 1) {
                refused(BETA, &request, FFA_INVALID_PARAMETERS);
            }
        }
        // Alignment hints, with and without their valid bit
        for (uint32_t hint = 1; hint < 32; hint++) {
            struct mem_desc bad = offer.request;
            bad.flags = hint << 5;
            refused(BETA, &bad, FFA_INVALID_PARAMETERS);
        }
        struct mem_desc after = offer.request;
        after.flags = FFA_MEM_FLAG_ZERO_AFTER;
        if (k != 1) {
            refused(BETA, &after, FFA_INVALID_PARAMETERS);
        }
        struct mem_desc typed = offer.request;
        typed.flags = (uint32_t)(k + 1) << 3;
        (void)mem_map(BETA, &typed);
        refused(BETA, &typed, k == 2 ? FFA_INVALID_PARAMETERS : FFA_DENIED); // once is enough
    }
}

static void attributes_are_normal_or_left_open(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_SHARE_32, BETA, 0, 1);

    (void)state;
    for (uint32_t value = 0; value < 0x10000; value = value < 0x100 ? value + 1 : value * 2) {
        struct mem_desc request = offer.request;
        uint32_t type = value >> 4 & 3;

        request.attributes = (uint16_t)value;
        if (value >> 6 != 0 || type == 3) {
            refused(BETA, &request, FFA_INVALID_PARAMETERS);
        } else if (type != 0 && value != FFA_MEM_ATTR_NORMAL) {
            refused(BETA, &request, FFA_DENIED); // other than it is mapped
        } else {
            (void)mem_map(BETA, &request);
            assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, 0), 0, 0));
        }
    }
}

static void implementation_defined_value_is_repeated(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, ALPHA, MEM_BASE, 1);

    (void)state;
    mem_version(NULL, FFA_VERSION_1_2);
    desc.borrowers[0].impdef[0] = 0x123456789abcdef0;
    desc.borrowers[0].impdef[1] = 0xfedcba9876543210;
    uint64_t handle = mem_send(NULL, FFA_MEM_SHARE_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, ALPHA, handle);
    for (uint32_t i = 0; i < 2; i++) {
        struct mem_desc bad = request;
        bad.borrowers[0].impdef[i] ^= 1;
        refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    }
    struct mem_desc bad = request;
    bad.borrowers[0].reserved = 1;
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    struct offer offer = { .desc = desc, .request = request, .handle = handle };
    check_response(ALPHA, mem_retrieve(ALPHA, &request), &offer, 1,
                   FFA_MEM_ATTR_NORMAL | FFA_MEM_ATTR_NS, FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX);
}

static void zero_before_needs_the_sender(void **state)
{
    (void)state;
    for (size_t k = 1; k < 3; k++) {
        struct offer offer = { .desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 1) };
        offer.desc.flags = FFA_MEM_FLAG_ZERO;
        offer.handle = mem_send(ALPHA, kinds[k], &offer.desc);
        offer.request = mem_request(kinds[k], &offer.desc, BETA, offer.handle);
        struct mem_desc request = offer.request;

        request.flags = FFA_MEM_FLAG_ZERO;
        request.borrowers[0].permissions = FFA_MEM_DATA_RO | FFA_MEM_INSTRUCTION_NX;
        refused(BETA, &request, FFA_DENIED);
        request.borrowers[0].permissions = FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX;
        check_response(BETA, mem_retrieve(BETA, &request), &offer, (uint32_t)k + 1,
                       FFA_MEM_ATTR_NORMAL, FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX);
        mem_rx_release(BETA);
        if (k == 1) {
            assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, 0), 0, 0));
            assert_true(fixture_is_success(mem_reclaim(ALPHA, offer.handle, 0), 0, 0));
        }
    }
}

static void registers_must_fit_the_request(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_SHARE_32, BETA, 0, 1);
    uint32_t length = mem_write(BETA, &offer.request);
    struct mem_state before = mem_state();

    (void)state;
    for (uint32_t wrong = 0; wrong < 200; wrong++) {
        if (wrong != length) {
            stays(MEM(BETA, FFA_MEM_RETRIEVE_REQ_32, wrong, wrong), FFA_INVALID_PARAMETERS,
                  &before);
            stays(MEM(BETA, FFA_MEM_RETRIEVE_REQ_64, wrong, length), FFA_INVALID_PARAMETERS,
                  &before);
            stays(MEM(BETA, FFA_MEM_RETRIEVE_REQ_32, length, wrong), FFA_INVALID_PARAMETERS,
                  &before);
        }
    }
    stays(MEM(BETA, FFA_MEM_RETRIEVE_REQ_32, 4097, 4097), FFA_INVALID_PARAMETERS, &before);
    for (unsigned int i = 3; i < 8; i++) {
        struct ffa_args args = { .x = { FFA_MEM_RETRIEVE_REQ_32, length, length } };
        args.x[i] = 1;
        stays(mem_call(BETA, args), FFA_INVALID_PARAMETERS, &before);
    }
    assert_int_equal(MEM(BETA, FFA_MEM_RETRIEVE_REQ_64, length, length)[0], FFA_MEM_RETRIEVE_RESP);
}

static void receiver_may_not_choose_the_address(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_SHARE_32, BETA, 0, 1);
    struct mem_desc request = offer.request;

    (void)state;
    mem_add_range(&request, 0x7000000000, 1);
    refused(BETA, &request, FFA_INVALID_PARAMETERS);
    request = offer.request;
    request.borrowers[0].composite_offset = 64;
    refused(BETA, &request, FFA_INVALID_PARAMETERS);
}

static void rx_must_be_free(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_SHARE_32, BETA, 0, 1);
    struct offer second = offer_ns(FFA_MEM_SHARE_32, BETA, 1, 1);

    (void)state;
    assert_int_equal(mem_retrieve(BETA, &offer.request)[0], FFA_MEM_RETRIEVE_RESP);
    refused(BETA, &second.request, FFA_BUSY);
    // RELINQUISH needs no RX
    assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, 0), 0, 0));
    mem_rx_release(BETA);
    (void)mem_map(BETA, &second.request);
    assert_true(fixture_is_success(MEM(BETA, FFA_RXTX_UNMAP), 0, 0));
    assert_true(
        fixture_is_error(MEM(BETA, FFA_MEM_RETRIEVE_REQ_32, 64, 64), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(MEM(BETA, FFA_MEM_RELINQUISH), FFA_INVALID_PARAMETERS));
}

static void without_memory_nothing_is_retrieved(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 1);

    (void)state;
    mem_add_range(&desc, MEM_BASE + 0x10000, 1);
    mem_add_range(&desc, MEM_BASE + 0x20000, 2);
    uint64_t handle = mem_send(NULL, FFA_MEM_SHARE_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, BETA, handle);
    mem_model.regions_left = 0;
    refused(BETA, &request, FFA_NO_MEMORY);
    mem_model.regions_left = 10;
    for (uint32_t maps = 0; maps < 3; maps++) {
        mem_model.maps_left = maps;
        refused(BETA, &request, FFA_NO_MEMORY);
    }
    mem_model.maps_left = 3;
    uint64_t va = mem_map(BETA, &request);
    assert_int_equal(mem_model_pa(BETA, va + 3 * 4096), MEM_BASE + 0x21000);
}

static void borrower_has_the_quota_of_its_manifest(void **state)
{
    struct offer one = offer_ns(FFA_MEM_SHARE_32, BETA, 0, 1);
    struct offer two = offer_ns(FFA_MEM_LEND_32, BETA, 1, 2);
    struct offer three = offer_ns(FFA_MEM_LEND_32, BETA, 3, 1);

    (void)state;
    BETA->config.memory_handles = 2;
    BETA->config.memory_pages = 3;
    (void)mem_map(BETA, &one.request);
    (void)mem_map(BETA, &two.request);
    refused(BETA, &three.request, FFA_NO_MEMORY);
    assert_true(fixture_is_success(mem_relinquish(BETA, one.handle, 0), 0, 0));
    (void)mem_map(BETA, &three.request);
    refused(BETA, &one.request, FFA_NO_MEMORY);
    BETA->config.memory_handles = 3; // pages
    refused(BETA, &one.request, FFA_NO_MEMORY);
    BETA->config.memory_pages = 4;
    (void)mem_map(BETA, &one.request);
}

// ---- Several borrowers ------------------------------------------------------------------------------------------------

static void each_borrower_retrieves_for_itself(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct mem_desc desc = mem_desc(kinds[k], NULL, ALPHA, MEM_BASE, 2);
        mem_add_borrower(&desc, BETA, FFA_MEM_DATA_RO);
        mem_add_borrower(&desc, GAMMA, FFA_MEM_DATA_RW);
        uint64_t handle = mem_send(NULL, kinds[k], &desc);
        struct mem_desc request = mem_request(kinds[k], &desc, ALPHA, handle);
        uint64_t a = mem_map(ALPHA, &request);

        assert_true(mem_model_writes(ALPHA, a));
        assert_true(fixture_is_error(mem_relinquish(BETA, handle, 0), FFA_DENIED)); // has not
        request = mem_request(kinds[k], &desc, BETA, handle);
        uint64_t b = mem_map(BETA, &request);
        assert_true(mem_model_reads(BETA, b));
        assert_false(mem_model_writes(BETA, b));
        assert_true(fixture_is_success(mem_relinquish(ALPHA, handle, 0), 0, 0));
        assert_false(mem_model_reads(ALPHA, a));
        assert_true(mem_model_reads(BETA, b));
        assert_true(fixture_is_error(mem_reclaim(NULL, handle, 0), FFA_DENIED));
        assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
        assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
    }
}

static void list_of_borrowers_must_be_the_senders(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, ALPHA, MEM_BASE, 2);

    (void)state;
    mem_add_borrower(&desc, BETA, FFA_MEM_DATA_RO);
    uint64_t handle = mem_send(NULL, FFA_MEM_SHARE_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, ALPHA, handle);
    struct mem_desc bad = request;

    bad.borrower_count = 1;
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    bad = request;
    mem_add_borrower(&bad, GAMMA, FFA_MEM_DATA_RO);
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    bad = request;
    bad.borrowers[1].receiver = GAMMA_ID;
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    bad = request;
    bad.borrowers[1].receiver = ALPHA_ID;
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    bad = request;
    bad.borrowers[0].receiver = BETA_ID;
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    bad = request;
    bad.borrowers[1].permissions = FFA_MEM_DATA_RW; // more than the other one was offered
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    bad = request;
    bad.borrowers[0].flags = 1;
    refused(ALPHA, &bad, FFA_INVALID_PARAMETERS);
    // In any order
    bad = request;
    bad.borrowers[0] = request.borrowers[1];
    bad.borrowers[1] = request.borrowers[0];
    assert_int_equal(mem_retrieve(ALPHA, &bad)[0], FFA_MEM_RETRIEVE_RESP);
}

static void bypass_flag_names_the_caller_alone(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, ALPHA, MEM_BASE, 2);
    struct mem_desc single = mem_desc(FFA_MEM_SHARE_32, NULL, ALPHA, MEM_BASE + 0x10000, 1);

    (void)state;
    mem_add_borrower(&desc, BETA, FFA_MEM_DATA_RO);
    uint64_t handle = mem_send(NULL, FFA_MEM_SHARE_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, ALPHA, handle);

    request.flags = FFA_MEM_FLAG_BYPASS;
    refused(ALPHA, &request, FFA_INVALID_PARAMETERS); // names two
    request.borrower_count = 1;
    request.borrowers[0].receiver = BETA_ID;
    refused(ALPHA, &request, FFA_INVALID_PARAMETERS); // somebody else
    request.borrowers[0].receiver = ALPHA_ID;
    mem_version(ALPHA, FFA_VERSION_1_1);
    refused(ALPHA, &request, FFA_INVALID_PARAMETERS); // not in that version
    mem_version(ALPHA, FFA_VERSION_1_2);
    (void)mem_map(ALPHA, &request);
    // One borrower is no list to pass by
    handle = mem_send(NULL, FFA_MEM_SHARE_32, &single);
    request = mem_request(FFA_MEM_SHARE_32, &single, ALPHA, handle);
    request.flags = FFA_MEM_FLAG_BYPASS;
    refused(ALPHA, &request, FFA_INVALID_PARAMETERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(normal_world_memory_goes_round, reset),
        cmocka_unit_test_setup(version_1_0_may_ask_for_the_ns_bit, reset),
        cmocka_unit_test_setup(partition_memory_goes_round, reset),
        cmocka_unit_test_setup(donated_memory_has_a_new_owner, reset),
        cmocka_unit_test_setup(donated_normal_world_memory_stays_on_record, reset),
        cmocka_unit_test_setup(permissions_are_what_was_offered_or_less, reset),
        cmocka_unit_test_setup(handle_tag_and_sender_must_fit, reset),
        cmocka_unit_test_setup(flags_follow_the_call, reset),
        cmocka_unit_test_setup(attributes_are_normal_or_left_open, reset),
        cmocka_unit_test_setup(implementation_defined_value_is_repeated, reset),
        cmocka_unit_test_setup(zero_before_needs_the_sender, reset),
        cmocka_unit_test_setup(registers_must_fit_the_request, reset),
        cmocka_unit_test_setup(receiver_may_not_choose_the_address, reset),
        cmocka_unit_test_setup(rx_must_be_free, reset),
        cmocka_unit_test_setup(without_memory_nothing_is_retrieved, reset),
        cmocka_unit_test_setup(borrower_has_the_quota_of_its_manifest, reset),
        cmocka_unit_test_setup(each_borrower_retrieves_for_itself, reset),
        cmocka_unit_test_setup(list_of_borrowers_must_be_the_senders, reset),
        cmocka_unit_test_setup(bypass_flag_names_the_caller_alone, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
