// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_threats.h: each attack, in the commands of tpm_talk.h.
#include "ftpm_threats.h"

#include <stdio.h>
#include <string.h>

#include "tpm_talk.h"

// ---- CVE-2023-1017, CVE-2023-1018 ------------------------------------------------------------------------------------

// TPM2_StirRandom whose parameter area is `area` bytes of which two say `says`, encrypted
static uint32_t stir(uint32_t session, size_t area, uint16_t says)
{
    const uint8_t bytes[3] = { (uint8_t)(says >> 8), (uint8_t)says, 0x55 };

    tpm_talk_begin(ST_SESSIONS, CC_STIR_RANDOM);
    tpm_talk_add_32(4 + 2 + 16 + 1 + 2);
    tpm_talk_add_32(session);
    tpm_talk_add_2b(0x22, 16);
    tpm_talk_add_8(SESSION_CONTINUE | SESSION_DECRYPT);
    tpm_talk_add_16(0);
    tpm_talk_add(bytes, area < 3 ? area : 3);
    return tpm_talk_run();
}

static bool try_parameters(void)
{
    static const uint16_t sizes[] = { 0,    1,     2,     3,      16,     0x7f,
                                      0xff, 0x100, 0xfff, 0x1000, 0x7fff, 0xffff };
    uint32_t session = tpm_talk_make_session();

    if (session == 0) {
        return false;
    }
    if (stir(session, 3, 1) != 0) {
        return tpm_talk_broken("a whole parameter was refused", stir(session, 3, 1), 0);
    }
    for (size_t area = 0; area <= 3; area++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            uint32_t code = stir(session, area, sizes[i]);
            bool is_whole = (area == 2 && sizes[i] == 0) || (area == 3 && sizes[i] == 1);

            if (code == RC_FAILURE || (code == 0) != is_whole) {
                return tpm_talk_broken("encrypted parameter: area, code", (uint32_t)area, code);
            }
        }
    }
    return tpm_talk_flush(session);
}

// ---- CVE-2025-2884, CVE-2025-49133 -----------------------------------------------------------------------------------

static const uint16_t schemes[] = { 0,          ALG_RSA,   ALG_HMAC,      0x000a,     ALG_NULL,
                                    ALG_RSASSA, ALG_RSAES, ALG_RSAPSS,    ALG_OAEP,   ALG_ECDSA,
                                    ALG_ECDAA,  0x001b,    ALG_ECSCHNORR, ALG_SHA256, 0xffff };
static const struct {
    uint16_t id, size;
} hashes[] = { { ALG_SHA1, 20 },   { ALG_SHA256, 32 }, { ALG_SHA384, 48 }, { ALG_SHA512, 64 },
               { ALG_NULL, 32 },   { 0x0012, 32 },     { 0, 32 },          { 0xffff, 32 },
               { ALG_HMAC, 32 },   { ALG_SHA256, 0 },  { ALG_SHA256, 64 }, { ALG_SHA256, 33 },
               { ALG_SHA384, 32 }, { 0x0027, 32 } };

// Does a key of this type sign so?
static bool fits(uint16_t type, uint16_t scheme)
{
    switch (type) {
    case ALG_RSA:
        return scheme == ALG_RSASSA || scheme == ALG_RSAPSS;
    case ALG_ECC:
        return scheme == ALG_ECDSA || scheme == ALG_ECDAA || scheme == ALG_ECSCHNORR ||
               scheme == 0x001b;
    case ALG_KEYEDHASH:
        return scheme == ALG_HMAC;
    default:
        return false;
    }
}

static uint32_t sign(uint32_t key, uint16_t scheme, uint16_t hash, uint16_t size)
{
    tpm_talk_begin_with(CC_SIGN, key);
    tpm_talk_add_2b(0x33, size);
    tpm_talk_add_16(scheme);
    if (scheme != ALG_NULL) {
        tpm_talk_add_16(hash);
    }
    if (scheme == ALG_ECDAA) {
        tpm_talk_add_16(0);
    }
    tpm_talk_add_16(0x8024); // TPMT_TK_HASHCHECK, none
    tpm_talk_add_32(RH_NULL);
    tpm_talk_add_16(0);
    return tpm_talk_run();
}

static uint32_t verify(uint32_t key, uint16_t scheme, uint16_t hash, uint16_t size)
{
    tpm_talk_begin(ST_NO_SESSIONS, CC_VERIFY_SIGNATURE);
    tpm_talk_add_32(key);
    tpm_talk_add_2b(0x33, size);
    tpm_talk_add_16(scheme);
    tpm_talk_add_16(hash);
    if (scheme == ALG_HMAC) {
        tpm_talk_add_fill(0x44, size);
    } else if (scheme == ALG_RSASSA || scheme == ALG_RSAPSS) {
        tpm_talk_add_2b(0x44, 256);
    } else {
        tpm_talk_add_2b(0x44, 32);
        tpm_talk_add_2b(0x44, 32);
    }
    return tpm_talk_run();
}

static bool try_schemes(uint16_t type)
{
    uint32_t key = tpm_talk_make_key(type);
    uint32_t signatures = 0;

    if (key == 0) {
        return false;
    }
    for (size_t s = 0; s < sizeof(schemes) / sizeof(schemes[0]); s++) {
        for (size_t h = 0; h < sizeof(hashes) / sizeof(hashes[0]); h++) {
            uint32_t code = sign(key, schemes[s], hashes[h].id, hashes[h].size);

            if (code == RC_FAILURE || (code == 0 && !fits(type, schemes[s]))) {
                return tpm_talk_broken("TPM2_Sign: scheme and hash, code",
                                       (uint32_t)schemes[s] << 16 | hashes[h].id, code);
            }
            signatures += code == 0 ? 1 : 0;
            code = verify(key, schemes[s], hashes[h].id, hashes[h].size);
            if (code == RC_FAILURE || code == 0) {
                return tpm_talk_broken("TPM2_VerifySignature: scheme and hash, code",
                                       (uint32_t)schemes[s] << 16 | hashes[h].id, code);
            }
        }
    }
    // Those that fit work: the loops above have tried something
    if ((signatures == 0) != (type == ALG_SYMCIPHER)) {
        return tpm_talk_broken("signatures of a key of type", signatures, type);
    }
    return tpm_talk_flush(key);
}

static bool try_sign(void)
{
    return try_schemes(ALG_KEYEDHASH) && try_schemes(ALG_ECC) && try_schemes(ALG_SYMCIPHER);
}

static bool try_sign_rsa(void)
{
    return try_schemes(ALG_RSA);
}

// ---- CVE-2021-3746 ---------------------------------------------------------------------------------------------------

static const uint16_t too_large[] = { 0x00ff, 0x0101, 0x0401, 0x0801, 0x0fff,
                                      0x1001, 0x7fff, 0x8000, 0xfffe, 0xffff };

// A command whose first parameter says that it is `says` bytes; there are `is` of them
static uint32_t run_sized(uint32_t code, uint32_t handle, uint16_t says, uint16_t is)
{
    if (handle != 0) {
        tpm_talk_begin_with(code, handle);
    } else {
        tpm_talk_begin(ST_NO_SESSIONS, code);
    }
    tpm_talk_add_16(says);
    tpm_talk_add_fill(0x00, is);
    return tpm_talk_run();
}

static bool try_sizes(void)
{
    uint32_t key = tpm_talk_make_key(ALG_SYMCIPHER);
    const struct {
        uint32_t code, handle;
    } commands[] = {
        { CC_STIR_RANDOM, 0 },
        { CC_HASH, 0 },
        { CC_LOAD_EXTERNAL, 0 },
        { CC_LOAD, key },
        { CC_IMPORT, key },
        { CC_ENCRYPT_DECRYPT2, key },
        { CC_SIGN, key },
        { CC_RSA_DECRYPT, key },
        { CC_CREATE_PRIMARY, RH_NULL },
        { CC_CREATE_PRIMARY, RH_OWNER },
    };

    if (key == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        for (size_t s = 0; s < sizeof(too_large) / sizeof(too_large[0]); s++) {
            for (uint16_t is = 0; is < 64; is += 21) {
                uint32_t code = run_sized(commands[i].code, commands[i].handle, too_large[s], is);

                if (code == 0 || code == RC_FAILURE) {
                    return tpm_talk_broken("command and size, code",
                                           commands[i].code << 16 | too_large[s], code);
                }
            }
        }
    }
    tpm_talk_begin(ST_NO_SESSIONS, CC_CONTEXT_SAVE); // writes what is in memory now
    tpm_talk_add_32(key);
    uint32_t code = tpm_talk_run();

    return (code == 0 || tpm_talk_broken("TPM2_ContextSave", code, 0)) && tpm_talk_flush(key);
}

// A saved context with each of its bytes changed, and cut
static bool try_contexts(void)
{
    uint32_t key = tpm_talk_make_key(ALG_SYMCIPHER);
    uint8_t saved[FTPM_THREATS_ROOM];
    size_t size;

    if (key == 0) {
        return false;
    }
    tpm_talk_begin(ST_NO_SESSIONS, CC_CONTEXT_SAVE);
    tpm_talk_add_32(key);
    if (tpm_talk_run() != 0) {
        return tpm_talk_broken("TPM2_ContextSave", tpm_talk_get_32(6), 0);
    }
    size = tpm_talk.response_size - 10;
    memcpy(saved, tpm_talk.response + 10, size);
    if (!tpm_talk_flush(key)) {
        return false;
    }
    for (size_t i = 0; i <= size; i++) {
        tpm_talk_begin(ST_NO_SESSIONS, CC_CONTEXT_LOAD);
        tpm_talk_add(saved, size);
        if (i < size) {
            tpm_talk.bytes[10 + i] ^= i % 2 == 0 ? 0xff : 0x01;
        }
        uint32_t code = tpm_talk_run();

        if (code == RC_FAILURE || (code == 0) != (i == size)) {
            return tpm_talk_broken("TPM2_ContextLoad: byte changed, code", (uint32_t)i, code);
        }
        if (i < size) {
            tpm_talk_begin(ST_NO_SESSIONS, CC_CONTEXT_LOAD);
            tpm_talk_add(saved, i);
            code = tpm_talk_run();
            if (code == 0 || code == RC_FAILURE) {
                return tpm_talk_broken("TPM2_ContextLoad: bytes left, code", (uint32_t)i, code);
            }
        } else if (!tpm_talk_flush(tpm_talk_get_32(10))) {
            return false;
        }
    }
    return true;
}

// ---- CVE-2021-3446, CVE-2026-21444 -----------------------------------------------------------------------------------

struct cipher {
    uint8_t out[48];
    uint8_t iv[16];
    size_t iv_size;
};

static uint32_t crypt(uint32_t key, uint16_t mode, bool decrypts, const uint8_t *in, uint16_t size,
                      struct cipher *cipher)
{
    tpm_talk_begin_with(CC_ENCRYPT_DECRYPT2, key);
    tpm_talk_add_16(size);
    tpm_talk_add(in, size);
    tpm_talk_add_8(decrypts);
    tpm_talk_add_16(mode);
    tpm_talk_add_16((uint16_t)cipher->iv_size);
    tpm_talk_add(cipher->iv, cipher->iv_size);
    uint32_t code = tpm_talk_run();
    size_t iv = 14 + 2 + size; // behind header and parameter size

    if (code == 0) {
        if (tpm_talk_get_16(14) != size || tpm_talk_get_16(iv) > 16) {
            return RC_FAILURE;
        }
        memcpy(cipher->out, tpm_talk.response + 16, size);
        cipher->iv_size = tpm_talk_get_16(iv);
        memcpy(cipher->iv, tpm_talk.response + iv + 2, cipher->iv_size);
    }
    return code;
}

// 48 bytes at once, and in three pieces with the IV that the piece before gave back
static bool try_mode(uint32_t key, uint16_t mode)
{
    struct cipher whole = { .iv_size = mode == ALG_ECB ? 0 : 16 };
    struct cipher piece = whole, back = whole;
    uint8_t in[48], out[48];

    for (size_t i = 0; i < sizeof(in); i++) {
        in[i] = (uint8_t)(i * 5);
    }
    uint32_t code = crypt(key, mode, false, in, sizeof(in), &whole);

    for (size_t i = 0; code == 0 && i < sizeof(in); i += 16) {
        code = crypt(key, mode, false, in + i, 16, &piece);
        memcpy(out + i, piece.out, 16);
    }
    if (code == 0) {
        code = crypt(key, mode, true, whole.out, sizeof(in), &back);
    }
    if (code != 0) {
        return tpm_talk_broken("TPM2_EncryptDecrypt2: mode, code", mode, code);
    }
    if (memcmp(out, whole.out, sizeof(out)) != 0 || memcmp(piece.iv, whole.iv, 16) != 0) {
        return tpm_talk_broken("pieces and whole differ: mode", mode, 0);
    }
    return memcmp(back.out, in, sizeof(in)) == 0 ||
           tpm_talk_broken("decrypts to something else", mode, 0);
}

static bool try_ivs(void)
{
    uint32_t key = tpm_talk_make_key(ALG_SYMCIPHER);

    for (uint16_t mode = ALG_CTR; mode <= ALG_ECB; mode++) { // CTR, OFB, CBC, CFB, ECB
        if (key == 0 || !try_mode(key, mode)) {
            return false;
        }
    }
    return tpm_talk_flush(key);
}

// ---- CVE-2021-3569 ---------------------------------------------------------------------------------------------------

static uint32_t run_rsa(uint32_t code, uint32_t key, const uint8_t *in, uint16_t size,
                        uint16_t scheme)
{
    if (code == CC_RSA_ENCRYPT) {
        tpm_talk_begin(ST_NO_SESSIONS, code);
        tpm_talk_add_32(key);
    } else {
        tpm_talk_begin_with(code, key);
    }
    tpm_talk_add_16(size);
    tpm_talk_add(in, size);
    tpm_talk_add_16(scheme);
    if (scheme == ALG_OAEP) {
        tpm_talk_add_16(ALG_SHA256);
    }
    tpm_talk_add_16(0);
    return tpm_talk_run();
}

// The largest and other plaintexts of each padding come back as they were, in all of their length
static bool try_rsa(void)
{
    static const struct {
        uint16_t scheme, size;
    } rows[] = { { ALG_NULL, 256 }, { ALG_RSAES, 256 - 11 }, { ALG_RSAES, 1 },
                 { ALG_RSAES, 0 },  { ALG_OAEP, 256 - 66 },  { ALG_OAEP, 1 },
                 { ALG_OAEP, 0 } };
    uint32_t key = tpm_talk_make_key(ALG_RSA);
    uint8_t plain[256], cipher[256];

    memset(plain, 0x5a, sizeof(plain));
    plain[0] = 0x01; // below any modulus of 2048 bits
    for (size_t i = 0; key != 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t code = run_rsa(CC_RSA_ENCRYPT, key, plain, rows[i].size, rows[i].scheme);

        if (code != 0 || tpm_talk_get_16(10) != sizeof(cipher)) {
            return tpm_talk_broken("TPM2_RSA_Encrypt: scheme, code", rows[i].scheme, code);
        }
        memcpy(cipher, tpm_talk.response + 12, sizeof(cipher));
        code = run_rsa(CC_RSA_DECRYPT, key, cipher, sizeof(cipher), rows[i].scheme);
        if (code != 0 || tpm_talk_get_16(14) != rows[i].size ||
            memcmp(tpm_talk.response + 16, plain, rows[i].size) != 0) {
            return tpm_talk_broken("TPM2_RSA_Decrypt: scheme and size, code",
                                   (uint32_t)rows[i].scheme << 16 | rows[i].size, code);
        }
    }
    return key != 0 && tpm_talk_flush(key);
}

// ---- CVE-2018-6622 ---------------------------------------------------------------------------------------------------

static uint32_t read_pcrs(uint8_t *bytes, size_t *size)
{
    tpm_talk_begin(ST_NO_SESSIONS, CC_PCR_READ);
    tpm_talk_add_32(1);
    tpm_talk_add_16(ALG_SHA256);
    tpm_talk_add_8(3);
    tpm_talk_add_fill(0xff, 1); // 0 … 7
    tpm_talk_add_fill(0, 2);
    uint32_t code = tpm_talk_run();

    *size = tpm_talk.response_size;
    memcpy(bytes, tpm_talk.response, tpm_talk.response_size);
    return code;
}

static bool try_startup(void)
{
    uint8_t before[FTPM_THREATS_ROOM], after[FTPM_THREATS_ROOM];
    size_t before_size, after_size;

    if (read_pcrs(before, &before_size) != 0) {
        return tpm_talk_broken("TPM2_PCR_Read", tpm_talk_get_32(6), 0);
    }
    for (uint8_t locality = 0; locality < 4; locality++) {
        for (uint16_t type = 0; type < 2; type++) { // CLEAR, STATE
            tpm_talk.locality = locality;
            tpm_talk_begin(ST_NO_SESSIONS, CC_STARTUP);
            tpm_talk_add_16(type);
            uint32_t code = tpm_talk_run();

            tpm_talk.locality = 0;
            if (code != RC_INITIALIZE) {
                return tpm_talk_broken("TPM2_Startup, a second time: locality, code", locality,
                                       code);
            }
        }
    }
    if (read_pcrs(after, &after_size) != 0 || before_size != after_size ||
        memcmp(before, after, before_size) != 0) {
        return tpm_talk_broken("PCRs changed", 0, 0);
    }
    return true;
}

// ---- What the normal world has no right to -----------------------------------------------------------------------------

static bool try_pcr_resets(void)
{
    // Of locality 0: PCR 16 and 23 alone (PC Client PTP 3.2.3)
    for (uint32_t pcr = 0; pcr < 24; pcr++) {
        tpm_talk_begin_with(CC_PCR_RESET, pcr);
        uint32_t code = tpm_talk_run();

        if (code != (pcr == 16 || pcr == 23 ? 0 : RC_LOCALITY)) {
            return tpm_talk_broken("TPM2_PCR_Reset: PCR, code", pcr, code);
        }
    }
    // PCR 0 … 15 by no locality at all, 17 … 19 by 4
    for (uint8_t locality = 1; locality < 4; locality++) {
        for (uint32_t pcr = 0; pcr < 20; pcr++) {
            tpm_talk.locality = locality;
            tpm_talk_begin_with(CC_PCR_RESET, pcr);
            uint32_t code = tpm_talk_run();

            tpm_talk.locality = 0;
            if (pcr != 16 && code != RC_LOCALITY) {
                return tpm_talk_broken("TPM2_PCR_Reset: locality and PCR, code",
                                       (uint32_t)locality << 16 | pcr, code);
            }
        }
    }
    return true;
}

static bool try_platform(void)
{
    static const uint32_t codes[] = {
        CC_HIERARCHY_CONTROL,     CC_CHANGE_EPS,   CC_CHANGE_PPS,        CC_CLEAR,
        CC_HIERARCHY_CHANGE_AUTH, CC_PCR_ALLOCATE, CC_SET_PRIMARY_POLICY
    };

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        for (uint8_t locality = 0; locality < 4; locality++) {
            tpm_talk_begin_with(codes[i], RH_PLATFORM);
            switch (codes[i]) {
            case CC_HIERARCHY_CONTROL:
                tpm_talk_add_32(RH_OWNER);
                tpm_talk_add_8(0);
                break;
            case CC_HIERARCHY_CHANGE_AUTH:
                tpm_talk_add_16(0);
                break;
            case CC_PCR_ALLOCATE:
                tpm_talk_add_32(1);
                tpm_talk_add_16(ALG_SHA256);
                tpm_talk_add_8(3);
                tpm_talk_add_fill(0, 3);
                break;
            case CC_SET_PRIMARY_POLICY:
                tpm_talk_add_16(0);
                tpm_talk_add_16(ALG_NULL);
                break;
            default:
                break;
            }
            tpm_talk.locality = locality;
            uint32_t code = tpm_talk_run();

            tpm_talk.locality = 0;
            if (code == 0 || code == RC_FAILURE) {
                return tpm_talk_broken("with the platform's empty authorisation: command, code",
                                       codes[i], code);
            }
        }
    }
    return true;
}

// ---- Salts (libtpms before 0.9.5 compared with a size that was not set) -----------------------------------------------------

static bool try_salts(void)
{
    uint32_t key = tpm_talk_make_key(ALG_SYMCIPHER);

    for (uint16_t size = 1; key != 0 && size < 300; size++) {
        tpm_talk_begin(ST_NO_SESSIONS, CC_START_AUTH_SESSION);
        tpm_talk_add_32(key);
        tpm_talk_add_32(RH_NULL);
        tpm_talk_add_2b(0x11, 16);
        tpm_talk_add_2b(0x66, size);
        tpm_talk_add_8(0);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(ALG_SHA256);
        uint32_t code = tpm_talk_run();

        if (code == 0 && size > 32) {
            return tpm_talk_broken("a salt longer than the key's digest was taken: size", size, 0);
        }
        if (code == 0 && !tpm_talk_flush(tpm_talk_get_32(10))) {
            return false;
        }
    }
    return key != 0 && tpm_talk_flush(key);
}

// ---- The command audit ------------------------------------------------------------------------------------------------

static bool try_audit(void)
{
    tpm_talk_begin(ST_SESSIONS, CC_GET_COMMAND_AUDIT_DIGEST);
    tpm_talk_add_32(RH_ENDORSEMENT);
    tpm_talk_add_32(RH_NULL);
    tpm_talk_add_32(18);
    for (int i = 0; i < 2; i++) {
        tpm_talk_add_32(RS_PW);
        tpm_talk_add_16(0);
        tpm_talk_add_8(SESSION_CONTINUE);
        tpm_talk_add_16(0);
    }
    tpm_talk_add_16(0);
    tpm_talk_add_16(ALG_NULL);
    uint32_t code = tpm_talk_run();

    return code == 0 || tpm_talk_broken("TPM2_GetCommandAuditDigest", code, 0);
}

// ---- Sequences -------------------------------------------------------------------------------------------------------

// Found by fuzz_ftpm_command: a sequence is kept where objects are, and what is no part of it is what was there before
static bool try_sequence(uint32_t start, uint32_t handle, uint16_t hash)
{
    static const uint32_t codes[] = { CC_UNSEAL, CC_SIGN, CC_RSA_DECRYPT, CC_ENCRYPT_DECRYPT2,
                                      CC_LOAD,   0x153,   CC_IMPORT,      0x154,
                                      0x155,     0x158,   0x15b,          0x150,
                                      0x191 };
    static const uint32_t plain[] = { 0x173,          CC_CONTEXT_SAVE,     0x163, 0x168,
                                      CC_RSA_ENCRYPT, CC_VERIFY_SIGNATURE, 0x160 };
    uint32_t sequence;

    if (handle != 0) {
        tpm_talk_begin_with(start, handle);
    } else {
        tpm_talk_begin(ST_NO_SESSIONS, start);
    }
    tpm_talk_add_16(0);
    tpm_talk_add_16(hash);
    if (tpm_talk_run() != 0) {
        return tpm_talk_broken("sequence", start, tpm_talk_get_32(6));
    }
    sequence = tpm_talk_get_32(10);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        tpm_talk_begin_with(codes[i], sequence);
        uint32_t code = tpm_talk_run();

        if (code == 0 || code == RC_FAILURE) {
            return tpm_talk_broken("a sequence as a key or as data: command, code", codes[i], code);
        }
    }
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        tpm_talk_begin(ST_NO_SESSIONS, plain[i]);
        tpm_talk_add_32(sequence);
        uint32_t code = tpm_talk_run();

        if (code == RC_FAILURE || (code == 0 && plain[i] != CC_CONTEXT_SAVE)) {
            return tpm_talk_broken("a sequence as a key: command, code", plain[i], code);
        }
    }
    return tpm_talk_flush(sequence);
}

static bool try_sequences(void)
{
    uint32_t key = tpm_talk_make_key(ALG_KEYEDHASH); // what is there before
    bool holds = key != 0 && tpm_talk_flush(key) &&
                 try_sequence(CC_HASH_SEQUENCE_START, 0, ALG_SHA256) &&
                 try_sequence(CC_HASH_SEQUENCE_START, 0, ALG_NULL);

    key = holds ? tpm_talk_make_key(ALG_KEYEDHASH) : 0;
    return key != 0 && try_sequence(CC_HMAC_START, key, ALG_SHA256) && tpm_talk_flush(key);
}

// ---- Headers -----------------------------------------------------------------------------------------------------------

// Sizes in the header that are not the command's, tags, codes, handles and authorisation areas that there are not
static bool try_headers(void)
{
    static const uint16_t tags[] = { 0, 0x00c1, 0x00c4, 0x8000, 0x8003, 0xffff };

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        tpm_talk_begin(tags[i], CC_GET_RANDOM);
        tpm_talk_add_16(1);
        uint32_t code = tpm_talk_run();

        if (code == 0 || code == RC_FAILURE) {
            return tpm_talk_broken("tag, code", tags[i], code);
        }
    }
    for (uint32_t command = 0; command < 0x200; command++) {
        tpm_talk_begin(ST_NO_SESSIONS, command);
        uint32_t code = tpm_talk_run();

        if (code == RC_FAILURE) {
            return tpm_talk_broken("a command without anything: code", command, code);
        }
        tpm_talk_begin(ST_SESSIONS, command);
        tpm_talk_add_fill(0xff, 24);
        code = tpm_talk_run();
        if (code == 0 || code == RC_FAILURE) {
            return tpm_talk_broken("a command of ff: code", command, code);
        }
    }
    for (uint32_t size = 0; size < 40; size++) { // of the authorisation area
        tpm_talk_begin(ST_SESSIONS, CC_EVICT_CONTROL);
        tpm_talk_add_32(RH_OWNER);
        tpm_talk_add_32(0x80000000);
        tpm_talk_add_32(size == 39 ? UINT32_MAX : size);
        tpm_talk_add_32(RS_PW);
        tpm_talk_add_fill(0, 5);
        tpm_talk_add_32(0x81000000);
        uint32_t code = tpm_talk_run();

        if (code == 0 || code == RC_FAILURE) {
            return tpm_talk_broken("size of the authorisation area, code", size, code);
        }
    }
    return true;
}

// ------------------------------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    bool (*try)(void);
} threats[] = {
    { "CVE-2023-1017 and -1018: an encrypted parameter is as long as its area at most",
      try_parameters },
    { "CVE-2025-2884 and -49133: keys sign and verify with schemes of their type only", try_sign },
    { "CVE-2025-2884 and -49133: so do RSA keys", try_sign_rsa },
    { "CVE-2021-3746: sizes beyond the buffer are refused and leave nothing", try_sizes },
    { "CVE-2021-3746: a changed context is refused", try_contexts },
    { "CVE-2021-3446 and CVE-2026-21444: pieces chained by their IV are the whole", try_ivs },
    { "CVE-2021-3569: the largest RSA plaintexts come back", try_rsa },
    { "CVE-2018-6622: a second TPM2_Startup resets nothing", try_startup },
    { "PCRs are reset by their localities only", try_pcr_resets },
    { "the platform hierarchy is closed", try_platform },
    { "a salt for a symmetric key is as long as a digest at most", try_salts },
    { "an audit digest can be had at any time", try_audit },
    { "a sequence is neither key nor data", try_sequences },
    { "no header and no authorisation area harms", try_headers },
};

size_t ftpm_threats_count(void)
{
    return sizeof(threats) / sizeof(threats[0]);
}

const char *ftpm_threats_name(size_t which)
{
    return threats[which].name;
}

bool ftpm_threats_try(size_t which, ftpm_threats_send send, char why[FTPM_THREATS_WHY])
{
    memset(&tpm_talk, 0, sizeof(tpm_talk));
    tpm_talk.send = send;
    tpm_talk.why = why;
    (void)snprintf(why, FTPM_THREATS_WHY, "not tried");
    return tpm_talk_is_healthy() && threats[which].try() && tpm_talk_is_healthy();
}
