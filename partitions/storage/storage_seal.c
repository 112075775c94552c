// SPDX-License-Identifier: BSD-3-Clause
//
// See storage_seal.h; FORMAT.md, "Keys and nonces", has the reasons.
#include "storage_seal.h"

#include <string.h>

#include <mbedtls/constant_time.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#define HASH_SIZE 32
#define HASH_BLOCK 64
#define NONCE_SIZE 12

// What keys are derived for; part of the format
enum purpose { PURPOSE_NONCE = 1, PURPOSE_NAME, PURPOSE_BLOCK, PURPOSE_STORE, PURPOSE_OWNER };

static uint32_t crc_table[256];

// Of the polynomial 0xedb88320 (ISO 3309)
static void make_crc_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (uint32_t bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
        }
        crc_table[i] = crc;
    }
}

static uint32_t crc32(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc = crc >> 8 ^ crc_table[(crc ^ bytes[i]) & 0xff];
    }
    return ~crc;
}

// HMAC-SHA-256 (RFC 2104) with the two blocks that hold the key already hashed
struct mac {
    mbedtls_sha256_context inner;
    mbedtls_sha256_context outer;
};

static struct mac root;
static struct mac nonce_mac;
static struct mac name_mac;
static struct mac block_mac;

// The last cipher that was used: most records in a row have one owner
static struct {
    mbedtls_gcm_context gcm;
    bool ready;
    uint32_t purpose;
    uint32_t owner;
} cipher;

// SHA-256 in memory cannot fail: the results of Mbed TLS's calls are for hardware.
static void mac_key(struct mac *mac, const uint8_t key[HASH_SIZE])
{
    uint8_t block[HASH_BLOCK];

    memset(block, 0x36, sizeof(block));
    for (size_t i = 0; i < HASH_SIZE; i++) {
        block[i] ^= key[i];
    }
    mbedtls_sha256_init(&mac->inner);
    (void)mbedtls_sha256_starts(&mac->inner, 0);
    (void)mbedtls_sha256_update(&mac->inner, block, sizeof(block));
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] ^= 0x36 ^ 0x5c;
    }
    mbedtls_sha256_init(&mac->outer);
    (void)mbedtls_sha256_starts(&mac->outer, 0);
    (void)mbedtls_sha256_update(&mac->outer, block, sizeof(block));
    mbedtls_platform_zeroize(block, sizeof(block));
}

static void mac_compute(const struct mac *mac, const void *first, size_t first_size,
                        const void *second, size_t second_size, uint8_t result[HASH_SIZE])
{
    mbedtls_sha256_context hash;

    mbedtls_sha256_init(&hash);
    mbedtls_sha256_clone(&hash, &mac->inner);
    (void)mbedtls_sha256_update(&hash, first, first_size);
    (void)mbedtls_sha256_update(&hash, second, second_size);
    (void)mbedtls_sha256_finish(&hash, result);
    mbedtls_sha256_clone(&hash, &mac->outer);
    (void)mbedtls_sha256_update(&hash, result, HASH_SIZE);
    (void)mbedtls_sha256_finish(&hash, result);
    mbedtls_sha256_free(&hash);
}

static void derive(enum purpose purpose, uint32_t owner, uint8_t key[HASH_SIZE])
{
    static const char label[] = "tessera storage";
    uint32_t words[3] = { STORAGE_VERSION, (uint32_t)purpose, owner };

    mac_compute(&root, label, sizeof(label) - 1, words, sizeof(words), key);
}

static void derive_mac(enum purpose purpose, struct mac *mac)
{
    uint8_t key[HASH_SIZE];

    derive(purpose, 0, key);
    mac_key(mac, key);
    mbedtls_platform_zeroize(key, sizeof(key));
}

static int use_cipher(enum purpose purpose, uint32_t owner)
{
    uint8_t key[HASH_SIZE];
    int error;

    if (cipher.ready && cipher.purpose == (uint32_t)purpose && cipher.owner == owner) {
        return ERR_NONE;
    }
    cipher.ready = false;
    cipher.purpose = (uint32_t)purpose;
    cipher.owner = owner;
    mbedtls_gcm_free(&cipher.gcm);
    mbedtls_gcm_init(&cipher.gcm);
    derive(purpose, owner, key);
    error = mbedtls_gcm_setkey(&cipher.gcm, MBEDTLS_CIPHER_ID_AES, key, 8 * sizeof(key));
    mbedtls_platform_zeroize(key, sizeof(key));
    cipher.ready = error == 0;
    return error == 0 ? ERR_NONE : ERR_NO_MEMORY;
}

int storage_seal_init(const uint8_t key[STORAGE_KEY_SIZE])
{
    make_crc_table();
    mac_key(&root, key);
    derive_mac(PURPOSE_NONCE, &nonce_mac);
    derive_mac(PURPOSE_NAME, &name_mac);
    derive_mac(PURPOSE_BLOCK, &block_mac);
    cipher.ready = false;
    return use_cipher(PURPOSE_STORE, 0);
}

static int cipher_of(const struct storage_record *header)
{
    bool store = header->kind == STORAGE_KIND_EPOCH || header->kind == STORAGE_KIND_SNAPSHOT;

    return store ? use_cipher(PURPOSE_STORE, 0) : use_cipher(PURPOSE_OWNER, header->owner);
}

static void make_nonce(const struct storage_record *header, uint8_t nonce[NONCE_SIZE])
{
    memcpy(nonce, &header->number, sizeof(header->number));
    memcpy(nonce + sizeof(header->number), &header->id, sizeof(header->id));
}

// A CRC alone takes words of ones and zeroes, as they stand in what was programmed in part, for right.
static uint32_t commit_check(const struct storage_commit *commit)
{
    return (crc32(commit, offsetof(struct storage_commit, check)) ^ STORAGE_COMMIT_MARK) |
           STORAGE_COMMIT_BIT;
}

void storage_seal_commit(uint32_t name, uint8_t *record)
{
    struct storage_record header;
    struct storage_commit commit = { .name = name };
    uint32_t end;

    memcpy(&header, record, sizeof(header));
    end = storage_record_size(header.length);
    commit.id = header.id;
    commit.check = commit_check(&commit);
    memcpy(record + end - sizeof(commit), &commit, sizeof(commit));
}

int storage_seal_close(struct storage_record *header, const void *plain, uint32_t name, uint8_t *to)
{
    uint32_t size = storage_record_size(header->length);
    uint8_t nonce[NONCE_SIZE];
    uint8_t digest[HASH_SIZE];
    uint8_t *body = to + sizeof(*header);
    int error = cipher_of(header);

    if (error != ERR_NONE) {
        return error;
    }
    header->id = 0;
    header->check = 0;
    mac_compute(&nonce_mac, header, sizeof(*header), plain, header->length, digest);
    memcpy(&header->id, digest, sizeof(header->id));
    header->check = crc32(header, offsetof(struct storage_record, check));
    make_nonce(header, nonce);
    memset(to, 0, size);
    memcpy(to, header, sizeof(*header));
    if (mbedtls_gcm_crypt_and_tag(&cipher.gcm, MBEDTLS_GCM_ENCRYPT, header->length, nonce,
                                  sizeof(nonce), to, sizeof(*header), plain, body, STORAGE_TAG,
                                  body + header->length) != 0) {
        return ERR_NO_MEMORY;
    }
    storage_seal_commit(name, to);
    return ERR_NONE;
}

bool storage_seal_is_header(const struct storage_record *header)
{
    return header->kind >= STORAGE_KIND_SET && header->kind <= STORAGE_KIND_SNAPSHOT &&
           header->length <= STORAGE_CHUNK &&
           header->check == crc32(header, offsetof(struct storage_record, check));
}

int storage_seal_open(const uint8_t *record, void *plain)
{
    struct storage_record header;
    const uint8_t *body = record + sizeof(header);
    uint8_t nonce[NONCE_SIZE];
    int error;

    memcpy(&header, record, sizeof(header));
    error = header.length <= STORAGE_CHUNK ? cipher_of(&header) : ERR_CORRUPT;
    if (error == ERR_NONE) {
        make_nonce(&header, nonce);
        error = mbedtls_gcm_auth_decrypt(&cipher.gcm, header.length, nonce, sizeof(nonce), record,
                                         sizeof(header), body + header.length, STORAGE_TAG, body,
                                         plain) == 0
                    ? ERR_NONE
                    : ERR_CORRUPT;
    }
    if (error != ERR_NONE) {
        memset(plain, 0, STORAGE_CHUNK);
    }
    return error;
}

bool storage_seal_is_commit(const struct storage_commit *commit)
{
    return commit->check == commit_check(commit);
}

bool storage_seal_commits(const struct storage_record *header, const struct storage_commit *commit)
{
    // Where only it can be, the bit does not matter: earlier builds did not set it
    return commit->id == header->id && (commit->check | STORAGE_COMMIT_BIT) == commit_check(commit);
}

uint32_t storage_seal_name(const struct storage_name *name)
{
    uint32_t words[4] = { name->owner, name->space, (uint32_t)name->uid,
                          (uint32_t)(name->uid >> 32) };
    uint8_t digest[HASH_SIZE];
    uint32_t hash;

    mac_compute(&name_mac, words, sizeof(words), NULL, 0, digest);
    memcpy(&hash, digest, sizeof(hash));
    return hash != 0 ? hash : 1;
}

static void block_tag(const struct storage_block_header *header, uint8_t tag[STORAGE_TAG])
{
    uint8_t digest[HASH_SIZE];

    mac_compute(&block_mac, header, offsetof(struct storage_block_header, tag), NULL, 0, digest);
    memcpy(tag, digest, STORAGE_TAG);
}

void storage_seal_block(struct storage_block_header *header)
{
    header->check = crc32(header, offsetof(struct storage_block_header, check));
    block_tag(header, header->tag);
}

int storage_seal_check_block(const struct storage_block_header *header)
{
    uint8_t tag[STORAGE_TAG];

    if (memcmp(header->magic, STORAGE_MAGIC, sizeof(header->magic)) != 0 ||
        header->check != crc32(header, offsetof(struct storage_block_header, check))) {
        return ERR_NOT_FOUND;
    }
    if (header->version != STORAGE_VERSION) {
        return ERR_VERSION;
    }
    block_tag(header, tag);
    return mbedtls_ct_memcmp(tag, header->tag, sizeof(tag)) == 0 ? ERR_NONE : ERR_CORRUPT;
}
