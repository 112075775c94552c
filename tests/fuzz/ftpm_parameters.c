// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_parameters.h. Structures: part 2 of the specification.
#include "tests/fuzz/ftpm_parameters.h"

#include <stdbool.h>
#include <string.h>

#include "tests/fuzz/ftpm_build.h"

struct ftpm_blob ftpm_private_area, ftpm_public_area, ftpm_context;

static uint16_t algorithm(void)
{
    static const uint16_t ids[] = { 1,    4,    5,    6,    8,    0xa,  0xb,  0xb,  0xc,
                                    0xd,  0x10, 0x10, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19,
                                    0x1a, 0x1b, 0x1c, 0x1d, 0x20, 0x22, 0x23, 0x25, 0x26,
                                    0x3f, 0x40, 0x41, 0x42, 0x43, 0x44 };

    return one_in(32) ? (uint16_t)(next() << 8 | next())
                      : ids[next() % (sizeof(ids) / sizeof(ids[0]))];
}

static uint16_t hash(void)
{
    static const uint16_t ids[] = { 0xb, 0xb, 0xb, 4, 0xc, 0xd, 0x10 };

    return one_in(16) ? algorithm() : ids[next() % (sizeof(ids) / sizeof(ids[0]))];
}

static uint32_t any_key(void)
{
    static const uint32_t keys[] = { KEY_SYMMETRIC, 0x80000001, 0x80000002, KEY_STORAGE,
                                     KEY_RSA,       KEY_HMAC,   KEY_ECC,    KEY_SEALED };

    return keys[next() % 8];
}

static uint32_t any_root(void)
{
    static const uint32_t roots[] = { 0x40000001, 0x40000007, 0x4000000a,
                                      0x4000000b, 0x4000000c, 0x40000006 };

    return one_in(8) ? any_key() : roots[next() % 6];
}

// A handle of a kind (ftpm_commands.h), mostly; letters in the order of `kinds`
uint32_t ftpm_parameters_handle(char kind)
{
    static const char kinds[] = "REMYTZOWLQ";
    static const uint32_t usual[] = { KEY_RSA,     KEY_ECC,    KEY_HMAC,   KEY_SYMMETRIC,
                                      KEY_STORAGE, KEY_SEALED, 0x40000001, 0x4000000b,
                                      0x4000000a,  SEQUENCE };
    const char *at;

    kind &= ~0x20;
    at = strchr(kinds, kind);
    if (one_in(24)) {
        kind = "KHCVS?"[next() % 6];
    } else if (at != NULL && !one_in(8)) {
        return usual[at - kinds];
    }
    switch (kind) {
    case 'C':
        return next() % 26u;
    case 'H':
    case 'O':
    case 'W':
    case 'L':
        return any_root();
    case 'V':
        return NV_FIRST + next() % (NV_COUNT + 1u);
    case 'S':
        return one_in(4) ? SESSION_HMAC : one_in(4) ? 0x03000002 : SESSION_TRIAL;
    case '?':
        return (uint32_t)next() << 24 | next();
    default:
        return any_key();
    }
}

static void add_scheme(void)
{
    uint16_t scheme = one_in(3) ? 0x10 : one_in(2) ? algorithm() : 0x18;

    add_16(scheme);
    if (scheme != 0x10 && scheme != 0x15) {
        add_16(hash());
    }
    if (scheme == 0x1a) {
        add_16(next());
    }
}

static void add_symmetric(void)
{
    uint16_t id = one_in(2) ? 0x10 : one_in(4) ? algorithm() : 6;

    add_16(id);
    if (id != 0x10) {
        add_16(id == 0xa ? hash() : one_in(2) ? 128 : 256);
        add_16(one_in(4) ? algorithm() : 0x43);
    }
}

// Parameters of a key of this type, without type
static void add_key_parameters(uint16_t type)
{
    switch (type) {
    case 1:
        add_symmetric();
        add_scheme();
        add_16(one_in(4) ? next() * 8u : 2048);
        add_32(one_in(4) ? next() : 0);
        break;
    case 0x23:
        add_symmetric();
        add_scheme();
        add_16(one_in(4) ? next() % 36u : 3);
        add_16(one_in(2) ? 0x10 : algorithm());
        break;
    case 8:
        add_scheme();
        break;
    default:
        add_symmetric();
        break;
    }
}

static void add_type_parameters(void)
{
    static const uint16_t types[] = { 0x23, 8, 0x25, 1 };
    uint16_t type = types[next() % 4];

    add_16(one_in(16) ? algorithm() : type);
    add_key_parameters(type);
}

static void add_public(void)
{
    static const uint16_t types[] = { 0x23, 8, 0x25, 1 };
    static const uint32_t attributes[] = { 0x472,   0x460,   0x40,    0x30072, 0x30472,
                                           0x50072, 0x60472, 0x40472, 0x20472 };
    uint16_t type = types[next() % (one_in(8) ? 4 : 3)];
    size_t at = ftpm_build.used;

    if (one_in(4)) {
        add(ftpm_public_area.bytes, ftpm_public_area.size);
        return;
    }
    add_16(0);
    add_16(type);
    add_16(hash());
    add_32(one_in(8) ? (uint32_t)next() << 16 | next() : attributes[next() % 9]);
    add_2b(one_in(4) ? 32 : 0);
    add_key_parameters(type);
    add_2b(one_in(4) ? next() : 0);
    if (type == 0x23) {
        add_2b(one_in(4) ? 32 : 0);
    }
    end_2b(at);
}

static void add_pcrs(void)
{
    uint32_t count = one_in(8) ? next() % 20u : next() % 3u;

    add_32(count);
    for (uint32_t i = 0; i < count; i++) {
        add_16(hash());
        add_8(one_in(16) ? next() % 8 : 3);
        add_noise(3);
    }
}

static void add_signature(void)
{
    uint16_t scheme = algorithm();

    add_16(scheme);
    add_16(hash());
    switch (scheme) {
    case 5:
        add_noise(32);
        break;
    case 0x14:
    case 0x16:
        add_2b(one_in(4) ? next() : 256);
        break;
    default:
        add_2b(32);
        add_2b(one_in(4) ? next() : 32);
        break;
    }
}

static void add_point(void)
{
    size_t at = ftpm_build.used;

    add_16(0);
    if (one_in(2) && ftpm_public_area.size > 68) { // one on the curve: the storage key's child's
        add(ftpm_public_area.bytes + ftpm_public_area.size - 68, 68);
    } else {
        add_2b(one_in(4) ? next() : 32);
        add_2b(32);
    }
    end_2b(at);
}

static void add_sensitive(char kind)
{
    static const uint16_t types[] = { 0x23, 8, 0x25, 1 };
    size_t at = ftpm_build.used;

    add_16(0);
    if (kind == 'S') {
        if (one_in(2)) {
            return;
        }
        add_16(types[next() % 4]);
        add_2b(0);
    }
    add_2b(one_in(4) ? next() % 66u : 0);
    add_2b(one_in(2) ? 0 : next() % 130u);
    end_2b(at);
}

static void add_nv_public(void)
{
    static const uint32_t attributes[] = { 0x2040004, 0x2040014, 0x2040024, 0x2040044,
                                           0x40004,   0x2040084, 0x6040014, 0x20f000f };
    size_t at = ftpm_build.used;

    add_16(0);
    add_32(NV_FIRST + next() % (NV_COUNT + 2u));
    add_16(hash());
    add_32(one_in(8) ? (uint32_t)next() << 24 | (uint32_t)next() << 16 | next()
                     : attributes[next() % 8]);
    add_2b(one_in(8) ? 32 : 0);
    add_16(one_in(8) ? next() << 4 : 8);
    end_2b(at);
}

static void add_list(char kind)
{
    uint32_t count = one_in(8) ? next() % 12u : next() % 4u;

    add_32(count);
    for (uint32_t i = 0; i < count; i++) {
        if (kind == 'L') {
            add_2b(32);
        } else {
            uint16_t id = hash();

            add_16(id);
            add_noise(id == 4 ? 20 : id == 0xb ? 32 : id == 0xc ? 48 : 64);
        }
    }
}

static void add_ticket(void)
{
    bool is_none = one_in(2); // that of data which the TPM has not hashed

    add_16(is_none ? 0x8024u : one_in(8) ? next() : 0x8021u + next() % 5u);
    add_32(is_none ? 0x40000007 : ftpm_parameters_handle('H'));
    add_2b(is_none || one_in(2) ? 0 : next() % 65u);
}

static void add_number(char kind)
{
    if (kind == '4' && one_in(3)) {
        add_32(0x11f + next() % 0x7cu); // a command
        return;
    }
    for (int i = kind - '0'; i > 1; i--) {
        add_8(one_in(8) ? next() : 0);
    }
    add_8(one_in(2) ? next() : next() % 9);
}

static bool add_bytes(char kind)
{
    switch (kind) {
    case 'b':
        add_2b(one_in(16) ? next() << 4 : one_in(2) ? 0 : next() % 80u);
        return true;
    case 'B':
        add_16(256);
        add_16(next()); // below the modulus
        add_noise(254);
        return true;
    case 'D':
        add_2b(one_in(4) ? next() % 66u : 32);
        return true;
    case 'N':
        add_2b(34);
        return true;
    case 'w':
        add_2b(one_in(8) ? next() : next() % 5u * 16u);
        return true;
    case 'i':
        add_2b(one_in(8) ? next() % 33u : 16);
        return true;
    case 'u':
        add(ftpm_public_area.bytes, ftpm_public_area.size);
        return true;
    case 'P':
        add(ftpm_private_area.bytes, ftpm_private_area.size);
        return true;
    case 'x':
        add(ftpm_context.bytes, ftpm_context.size);
        return true;
    default:
        return false;
    }
}

static bool add_value(char kind)
{
    switch (kind) {
    case '1':
    case '2':
    case '4':
    case '8':
        add_number(kind);
        return true;
    case 'a':
        add_16(hash());
        return true;
    case 'm':
        add_16(one_in(4) ? algorithm() : 0x40u + next() % 5u);
        return true;
    case 'h':
        add_32(ftpm_parameters_handle("KKHQS"[next() % 5]));
        return true;
    default:
        return false;
    }
}

void ftpm_parameters_add(char kind)
{
    if (add_bytes(kind) || add_value(kind)) {
        return;
    }
    switch (kind) {
    case 's':
    case 'S':
        add_sensitive(kind);
        break;
    case 'p':
        add_public();
        break;
    case 'v':
        add_nv_public();
        break;
    case 'o':
        add_point();
        break;
    case 'c':
        add_pcrs();
        break;
    case 'g':
    case 'e':
        add_scheme();
        break;
    case 'k':
        add_symmetric();
        break;
    case 't':
        add_ticket();
        break;
    case 'G':
        add_signature();
        break;
    case 'T':
        add_type_parameters();
        break;
    default: // L, d
        add_list(kind);
        break;
    }
}
