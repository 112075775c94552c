// SPDX-License-Identifier: BSD-3-Clause
//
// Walking the chain of trust (cot.h): from a root key hash to the digest that an image must have. BL1,
// BL2, and fip-tool verify, the same code. Everything is refused that is not proved; a refusal says
// which certificate, which field, why. No heap.
#ifndef CHAIN_H
#define CHAIN_H

#include "cert.h"
#include "cot.h"
#include "fip.h"
#include "verdict.h"

#define CHAIN_ROOT_HASH_SIZE 32 // SHA-256 of the root key's SubjectPublicKeyInfo
#define CHAIN_ROOT_KEYS 4       // accepted at once, per root

// What the board's OTP says (otp.h); constant during a boot.
struct chain_policy {
    uint32_t chain;                      // enum cot_chain
    uint32_t root_count[COT_ROOT_COUNT]; // keys that are provisioned and not revoked
    uint8_t root[COT_ROOT_COUNT][CHAIN_ROOT_KEYS][CHAIN_ROOT_HASH_SIZE];
    uint32_t counter[COT_COUNTER_COUNT]; // lower values in certificates are refused
    uint32_t lifecycle;                  // word as in the OTP
};

struct chain_slot {
    verdict_t verified; // VERDICT_ACCEPT once it is proved
    uint32_t size;
    struct cert cert; // points into `der`
    uint8_t der[CERT_MAX_SIZE];
};

// Why it was refused. Strings are constants.
struct chain_fault {
    enum fip_image_id id; // the certificate or image that is at fault; IMAGE_COUNT: a package
    const char
        *field; // "signature", "public key", "trusted NV counter", "BL31 hash", X.509's name …
    const char *text; // the rule that was broken, "must …"
    uint32_t offset;  // in the certificate, of the element; UINT32_MAX: not in it
    uint64_t found;
    uint64_t expected;
    // Where digests differ: both, `digest_size` bytes each; else 0
    uint32_t digest_size;
    uint8_t found_digest[BOOT_HASH_MAX];
    uint8_t expected_digest[BOOT_HASH_MAX];
};

// Some 50 KiB: keep it in .bss.
struct chain {
    const struct fip *fip;
    const struct chain_policy *policy;
    struct chain_slot slots[COT_CERT_COUNT];
    // Smallest value of each counter over the certificates used; UINT32_MAX before the first. The
    // OTP may be raised to it and this set of images still boots.
    uint32_t lowest_counter[COT_COUNTER_COUNT];
    uint8_t root_used[COT_ROOT_COUNT][CHAIN_ROOT_HASH_SIZE]; // key that signed; zero: none yet
    // Sum of one constant per image, added by chain_check() out of the comparison's own result: the
    // caller compares it with chain_tally() before it runs what it loaded.
    uint32_t tally;
};

// What an image must be.
struct chain_expected {
    enum boot_hash hash;
    const uint8_t *digest; // in the chain's slot
};

// Starts with nothing proved. `fip` and `policy` live as long as `chain`.
void chain_init(struct chain *chain, const struct fip *fip, const struct chain_policy *policy);

// Proves every certificate up to the one with the hash of `image`, those already proved excepted, and
// returns what the image must be. Reads certificates out of the FIP, each once, into its slot; a slot
// whose certificate was refused is wiped. `expected` is written on success only, `fault` on failure
// only. ERR_NOT_FOUND: a certificate is missing, or it holds no hash for this image (absent or all
// zero); ERR_DENIED: refused; else what cert_decode() or the storage returned.
//
// A certificate is proved if cert_decode() takes it; its subject is the one of its row; each extension is one of its row
// and well-formed; its counter is there and not lower than the policy's; its key is the one that its parent names, byte
// for byte, or the SHA-256 of its key is one of the policy's for that root, the same for all certificates of that root;
// where the row says so, its extension repeats its own key; and the signature over what is to be signed is by that key.
MUST_CHECK int chain_expect(struct chain *chain, enum cot_image image,
                            struct chain_expected *expected, struct chain_fault *fault);

// Compares the image's digests (which have expected->hash) with what it must be. `expected` is chain_expect()'s, and is
// looked up again. VERDICT_ACCEPT only if all agree; then the tally has grown by chain_token(image). Once for each image.
// `fault` is written on refusal.
__attribute__((warn_unused_result)) verdict_t chain_check(struct chain *chain, enum cot_image image,
                                                          const struct chain_expected *expected,
                                                          const struct boot_digests *digests,
                                                          struct chain_fault *fault);

// The constant that one image adds to the tally; not 0, and no two sets of images have the same sum.
uint32_t chain_token(enum cot_image image);

#endif
