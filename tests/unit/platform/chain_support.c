// SPDX-License-Identifier: BSD-3-Clause
//
// A world for tests of the chain of trust, see chain_support.h.
#include "tests/unit/platform/chain_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

// services: tools/cert_create of TF-A, tbbr and dualroot
static const struct {
    const char *subject;
    enum world_role signer;
    uint8_t single; // in the chain with one root
    uint8_t dual;
    uint16_t oids[11];
    uint8_t dual_oids; // number of OIDs with two roots
} truth[COT_CERT_COUNT] = {
    [COT_TB_FW] = { "Trusted Boot FW Certificate", ROLE_ROT, 1, 1, { 1, 201, 202, 203, 204 }, 5 },
    [COT_TRUSTED_KEY] = { "Trusted Key Certificate", ROLE_ROT, 1, 1, { 1, 302, 303 }, 2 },
    [COT_SOC_FW_KEY] = { "SoC Firmware Key Certificate", ROLE_TRUSTED_WORLD, 1, 1, { 1, 501 }, 2 },
    [COT_SOC_FW] = { "SoC Firmware Content Certificate", ROLE_SOC_FW, 1, 1, { 1, 603, 604 }, 3 },
    [COT_TOS_FW_KEY] = { "Trusted OS Firmware Key Certificate",
                         ROLE_TRUSTED_WORLD,
                         1,
                         1,
                         { 1, 901 },
                         2 },
    [COT_TOS_FW] = { "Trusted OS Firmware Content Certificate",
                     ROLE_TOS_FW,
                     1,
                     1,
                     { 1, 1001, 1002, 1003, 1004 },
                     5 },
    [COT_SIP_SP] = { "SiP owned Secure Partition Content Certificate",
                     ROLE_TRUSTED_WORLD,
                     1,
                     1,
                     { 1, 1301, 1302, 1303, 1304, 1305, 1306, 1307, 1308 },
                     5 },
    [COT_NT_FW_KEY] = { "Non-Trusted Firmware Key Certificate",
                        ROLE_NON_TRUSTED_WORLD,
                        1,
                        0,
                        { 2, 1101 },
                        0 },
    [COT_NT_FW] = { "Non-Trusted Firmware Content Certificate",
                    ROLE_NT_FW,
                    1,
                    0,
                    { 2, 1201, 1202 },
                    0 },
    [COT_DUAL_NT_FW] = { "Non-Trusted Firmware Content Certificate",
                         ROLE_PROT,
                         0,
                         1,
                         { 2, 1201, 1202, 1102 },
                         4 },
    [COT_PLAT_SP] = { "Platform owned Secure Partition Content Certificate",
                      ROLE_PROT,
                      0,
                      1,
                      { 2, 1305, 1306, 1307, 1308, 1102 },
                      6 },
};

static void must(bool condition)
{
    if (!condition) {
        fail_msg("the test's own world is broken");
    }
}

EVP_PKEY *world_key(const struct world *world, enum world_role role)
{
    return cert_support_key(world->kind, role);
}

enum world_role world_signer(enum cot_cert cert)
{
    return truth[cert].signer;
}

bool world_has(const struct world *world, enum cot_cert cert)
{
    return (world->policy.chain == COT_DUAL_ROOT ? truth[cert].dual : truth[cert].single) != 0;
}

// The image whose hash is in an extension; COT_IMAGE_COUNT: one that this firmware does not load.
static enum cot_image image_of(uint32_t oid)
{
    switch (oid) {
    case 201:
        return COT_BL2;
    case 202:
        return COT_TB_FW_CONFIG;
    case 603:
        return COT_BL31;
    case 1001:
        return COT_SPMC;
    case 1201:
        return COT_BL33;
    default:
        return oid >= 1301 && oid <= 1308 ? (enum cot_image)(COT_SP1 + oid - 1301)
                                          : COT_IMAGE_COUNT;
    }
}

static void add_value(const struct world *world, uint32_t oid, struct der_buf *value)
{
    static const struct {
        uint16_t oid;
        enum world_role role;
    } keys[] = { { 302, ROLE_TRUSTED_WORLD }, { 303, ROLE_NON_TRUSTED_WORLD },
                 { 501, ROLE_SOC_FW },        { 901, ROLE_TOS_FW },
                 { 1101, ROLE_NT_FW },        { 1102, ROLE_PROT } };
    uint8_t digest[BOOT_HASH_MAX] = { 0 };

    if (oid <= 2) {
        der_integer(value, world->counter[oid == 1 ? COT_TRUSTED : COT_NON_TRUSTED]);
        return;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].oid == oid) {
            der_spki(value, world_key(world, keys[i].role));
            return;
        }
    }
    if (image_of(oid) != COT_IMAGE_COUNT) {
        cert_support_digest(world->hash, world->images[image_of(oid)], WORLD_IMAGE_SIZE, digest);
    }
    der_digest_info(value, world->hash, digest);
}

void world_extend(const struct world *world, uint32_t oid, struct cert_spec *spec)
{
    struct der_buf value = { .size = 0 };

    add_value(world, oid, &value);
    der_arc_extension(&spec->extensions, oid, &value);
}

void world_spec(const struct world *world, enum cot_cert cert, struct cert_spec *spec)
{
    bool dual = world->policy.chain == COT_DUAL_ROOT;

    memset(spec, 0, sizeof(*spec));
    spec->name = truth[cert].subject;
    spec->key = world_key(world, truth[cert].signer);
    spec->hash = world->hash;
    for (uint32_t i = 0; i < 11 && truth[cert].oids[i] != 0; i++) {
        if (!dual || i < truth[cert].dual_oids) {
            world_extend(world, truth[cert].oids[i], spec);
        }
    }
}

void world_certify(struct world *world, enum cot_cert cert, const struct cert_spec *spec)
{
    world->certs[cert].size = 0;
    cert_support_make(spec, &world->certs[cert]);
}

void world_certify_all(struct world *world)
{
    struct cert_spec spec;

    for (int i = 0; i < COT_CERT_COUNT; i++) {
        world->certs[i].size = 0;
        if (world_has(world, (enum cot_cert)i)) {
            world_spec(world, (enum cot_cert)i, &spec);
            world_certify(world, (enum cot_cert)i, &spec);
        }
    }
    world_pack(world);
}

static const uint8_t *uuid_of(uint32_t which)
{
    static uint8_t packages[COT_SP_COUNT][IMAGE_UUID_SIZE];
    enum cot_image image = (enum cot_image)(which - COT_CERT_COUNT);

    if (which < COT_CERT_COUNT) {
        return fip_names_get(cot_cert_row((enum cot_cert)which)->id)->uuid;
    }
    if (image < COT_SP1) {
        return fip_names_get(cot_image_row(image)->id)->uuid;
    }
    memset(packages[image - COT_SP1], 0xa1 + (int)(image - COT_SP1), IMAGE_UUID_SIZE);
    return packages[image - COT_SP1];
}

void world_pack(struct world *world)
{
    struct fip_header_wire header = { FIP_NAME, FIP_SERIAL, 0 };
    struct fip_entry_wire entry = { .flags = 0 };
    uint32_t count = COT_IMAGE_COUNT;
    size_t offset;

    memset(world->storage, 0, sizeof(world->storage));
    memcpy(world->storage, &header, sizeof(header));
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        count += world->certs[i].size != 0;
    }
    offset = sizeof(header) + (count + 1) * sizeof(entry);
    world->entry_count = 0;
    for (uint32_t i = 0; i < WORLD_ENTRIES; i++) {
        bool is_cert = i < COT_CERT_COUNT;
        const uint8_t *data = is_cert ? world->certs[i].data : world->images[i - COT_CERT_COUNT];

        entry.size = is_cert ? world->certs[i].size : WORLD_IMAGE_SIZE;
        entry.offset = offset;
        world->entry_of[i] = entry.size != 0 ? world->entry_count : UINT32_MAX;
        if (entry.size == 0) {
            continue;
        }
        memcpy(entry.uuid, uuid_of(i), sizeof(entry.uuid));
        memcpy(world->storage + sizeof(header) + world->entry_count++ * sizeof(entry), &entry,
               sizeof(entry));
        must(offset + entry.size + WORLD_SLACK <= sizeof(world->storage));
        memcpy(world->storage + offset, data, entry.size);
        offset += entry.size + WORLD_SLACK;
    }
    memset(&entry, 0, sizeof(entry));
    entry.offset = offset;
    memcpy(world->storage + sizeof(header) + count * sizeof(entry), &entry, sizeof(entry));
    world->size = offset;
}

size_t world_toc(const struct world *world, uint32_t which)
{
    must(world->entry_of[which] != UINT32_MAX);
    return sizeof(struct fip_header_wire) + world->entry_of[which] * sizeof(struct fip_entry_wire);
}

size_t world_payload(const struct world *world, uint32_t which)
{
    struct fip_entry_wire entry;

    memcpy(&entry, world->storage + world_toc(world, which), sizeof(entry));
    return entry.offset;
}

void world_trust(struct world *world, enum cot_root root, EVP_PKEY *key)
{
    struct der_buf spki = { .size = 0 };

    der_spki(&spki, key);
    cert_support_digest(BOOT_SHA256, spki.data, spki.size, world->policy.root[root][0]);
    world->policy.root_count[root] = 1;
}

void world_make(struct world *world, uint32_t chain, enum boot_pk_kind kind, enum boot_hash hash)
{
    memset(world, 0, sizeof(*world));
    world->kind = kind;
    world->hash = hash;
    world->policy.chain = chain;
    world->counter[COT_TRUSTED] = 3;
    world->counter[COT_NON_TRUSTED] = 200;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        for (int k = 0; k < WORLD_IMAGE_SIZE; k++) {
            world->images[i][k] = (uint8_t)(k * 7 + i);
        }
    }
    world_trust(world, COT_ROOT, world_key(world, ROLE_ROT));
    if (chain == COT_DUAL_ROOT) {
        world_trust(world, COT_PLATFORM_ROOT, world_key(world, ROLE_PROT));
    }
    world_certify_all(world);
}

static int read_storage(void *ctx, uint64_t offset, void *buf, size_t len)
{
    struct world *world = ctx;

    world->reads++;
    if (offset > world->size || len > world->size - offset) {
        fail_msg("read of %zu bytes at %#llx, outside the FIP", len, (unsigned long long)offset);
    }
    memcpy(buf, world->storage + offset, len);
    return world->read_error;
}

bool world_open(struct world *world)
{
    struct fip_io io = { read_storage, world, world->size };

    memset(&world->fault, 0, sizeof(world->fault));
    world->tally = 0;
    chain_init(&world->state, &world->fip, &world->policy);
    if (fip_open(&world->fip, &io, &world->fip_fault) != ERR_NONE) {
        world->fault.id = IMAGE_COUNT;
        world->fault.field = "FIP";
        world->fault.text = "must open";
        return false;
    }
    return true;
}

bool world_load(struct world *world, enum cot_image image)
{
    static uint8_t buffer[WORLD_STORAGE];
    struct chain_fault untouched;
    struct chain_expected expected = { BOOT_HASH_COUNT, NULL };
    struct boot_digests digests;
    struct fip_entry entry;
    verdict_t verdict;

    memset(&world->fault, 0xee, sizeof(world->fault));
    memset(&untouched, 0xee, sizeof(untouched));
    if (chain_expect(&world->state, image, &expected, &world->fault) != ERR_NONE) {
        assert_null(expected.digest);
        return false;
    }
    if (fip_find(&world->fip, uuid_of(COT_CERT_COUNT + image), &entry, &world->fip_fault) != 0 ||
        entry.size > sizeof(buffer)) {
        world->fault = (struct chain_fault){ .id = cot_image_row(image)->id,
                                             .field = "image",
                                             .text = "must be there" };
        return false;
    }
    assert_int_equal(fip_read(&world->fip, &entry, 0, buffer, entry.size), ERR_NONE);
    assert_int_equal(boot_hash_make(buffer, entry.size,
                                    BOOT_HASH_BANKS | BOOT_HASH_BIT(expected.hash), &digests),
                     ERR_NONE);
    verdict = chain_check(&world->state, image, &expected, &digests, &world->fault);
    world->tally += chain_token(image);
    if (verdict != VERDICT_ACCEPT) {
        assert_int_equal(verdict, VERDICT_REFUSE);
        assert_int_not_equal(world->state.tally, world->tally);
        return false;
    }
    assert_int_equal(world->state.tally, world->tally);
    assert_memory_equal(&world->fault, &untouched, sizeof(untouched));
    assert_memory_equal(buffer, world->images[image], WORLD_IMAGE_SIZE);
    assert_int_equal(entry.size, WORLD_IMAGE_SIZE);
    return true;
}

bool world_boot(struct world *world)
{
    if (!world_open(world)) {
        return false;
    }
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        if (!world_load(world, (enum cot_image)i)) {
            return false;
        }
    }
    return true;
}

static void expect_fault(const struct world *world, bool accepted, enum fip_image_id id,
                         const char *field, const char *text)
{
    const struct chain_fault *fault = &world->fault;

    if (accepted) {
        fail_msg("accepted; wanted image %d, %s: %s", id, field, text);
    }
    if (fault->id != id || (field != NULL && strstr(fault->field, field) == NULL) ||
        (text != NULL && strstr(fault->text, text) == NULL)) {
        fail_msg("image %d, %s: %s; wanted image %d, %s: %s", fault->id, fault->field, fault->text,
                 id, field, text);
    }
}

void world_refused(struct world *world, enum fip_image_id id, const char *field, const char *text)
{
    expect_fault(world, world_boot(world), id, field, text);
}

void world_refused_load(struct world *world, enum cot_image image, enum fip_image_id id,
                        const char *field, const char *text)
{
    expect_fault(world, world_load(world, image), id, field, text);
}
