// SPDX-License-Identifier: BSD-3-Clause
//
// Walk along the chain of trust, see chain.h. Called by BL1, BL2 and fip-tool verify. Trusts the policy and the tables of
// cot.c; certificates are chain_prove.c's affair.
#include "chain.h"

#include "chain_private.h"
#include "string.h"

// One verdict a rule of chain_check(). Starts refused.
struct image_evidence {
    verdict_t certificate; // is proved
    verdict_t hash;        // is the one that was asked for before
    verdict_t place;       // of the digest is, too
    verdict_t digest;      // agrees
};

static const struct image_evidence image_accepted = { VERDICT_ACCEPT, VERDICT_ACCEPT,
                                                      VERDICT_ACCEPT, VERDICT_ACCEPT };

int chain_refuse(struct chain_fault *fault, enum fip_image_id id, const char *field,
                 const char *text, int err)
{
    memset(fault, 0, sizeof(*fault));
    fault->id = id;
    fault->field = field;
    fault->text = text;
    fault->offset = UINT32_MAX;
    return err;
}

void chain_show_digests(struct chain_fault *fault, const uint8_t *found, const uint8_t *expected,
                        uint32_t size)
{
    fault->digest_size = size;
    memcpy(fault->found_digest, found, size);
    memcpy(fault->expected_digest, expected, size);
}

int chain_refuse_cert(struct chain_fault *fault, enum fip_image_id id, const char *field,
                      const struct cert_fault *why, int err)
{
    err = chain_refuse(fault, id, field, why->text, err);
    fault->offset = why->offset;
    fault->found = why->found;
    fault->expected = why->expected;
    return err;
}

// What the certificate of an image says about it.
static int look_up(const struct chain *chain, enum cot_cert cert, enum cot_image image,
                   struct chain_expected *expected, struct chain_fault *fault)
{
    static const uint8_t zero[BOOT_HASH_MAX];
    enum fip_image_id id = cot_cert_row(cert)->id;
    enum cot_oid oid = cot_image_row(image)->hash_oid;
    const struct cert_extension *extension = cert_find(&chain->slots[cert].cert, oid);
    struct chain_expected result;
    struct cert_fault why = { 0 };
    volatile verdict_t absent;
    int err;

    if (extension == NULL) {
        return chain_refuse(fault, id, cot_oid_name(oid), "must be there", ERR_NOT_FOUND);
    }
    err = cert_digest(extension, &result.hash, &result.digest, &why);
    if (err != ERR_NONE) {
        return chain_refuse_cert(fault, id, cot_oid_name(oid), &why, err);
    }
    absent = verdict_equal(result.digest, zero, boot_hash_info(result.hash)->size);
    if (absent == VERDICT_ACCEPT) { // cert_create's way to leave an image out
        return chain_refuse(fault, id, cot_oid_name(oid), "must not be zero", ERR_NOT_FOUND);
    }
    *expected = result;
    return ERR_NONE;
}

void chain_init(struct chain *chain, const struct fip *fip, const struct chain_policy *policy)
{
    memset(chain, 0, sizeof(*chain));
    chain->fip = fip;
    chain->policy = policy;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        chain->slots[i].verified = VERDICT_REFUSE;
    }
    for (int i = 0; i < COT_COUNTER_COUNT; i++) {
        chain->lowest_counter[i] = UINT32_MAX;
    }
}

static int no_chain(const struct chain *chain, enum cot_image image, struct chain_fault *fault)
{
    int err = chain_refuse(fault, cot_image_row(image)->id, "chain of trust",
                           "must be single or dual root", ERR_DENIED);

    fault->found = chain->policy->chain;
    return err;
}

int chain_expect(struct chain *chain, enum cot_image image, struct chain_expected *expected,
                 struct chain_fault *fault)
{
    enum cot_cert last = cot_image_cert(image, chain->policy->chain);
    enum cot_cert path[COT_CERT_COUNT];
    uint32_t depth = 0;

    if (last == COT_NO_CERT) {
        return no_chain(chain, image, fault);
    }
    // Parents stand before children in enum cot_cert, so a path has no more than all of them
    for (enum cot_cert cert = last; cert != COT_NO_CERT && depth < COT_CERT_COUNT;
         cert = cot_cert_row(cert)->parent) {
        path[depth++] = cert;
    }
    while (depth != 0) {
        enum cot_cert cert = path[--depth];

        if (!verdict_accepts(&chain->slots[cert].verified)) {
            int err = chain_prove(chain, cert, fault);

            if (err != ERR_NONE) {
                return err;
            }
        }
    }
    return look_up(chain, last, image, expected, fault);
}

verdict_t chain_check(struct chain *chain, enum cot_image image,
                      const struct chain_expected *expected, const struct boot_digests *digests,
                      struct chain_fault *fault)
{
    struct image_evidence evidence = { VERDICT_REFUSE, VERDICT_REFUSE, VERDICT_REFUSE,
                                       VERDICT_REFUSE };
    const struct cot_image_row *row = cot_image_row(image);
    enum cot_cert cert = cot_image_cert(image, chain->policy->chain);
    struct chain_expected again = { BOOT_HASH_COUNT, NULL };
    volatile verdict_t verdict = VERDICT_REFUSE;
    int err = cert == COT_NO_CERT ? no_chain(chain, image, fault)
                                  : look_up(chain, cert, image, &again, fault);

    if (err == ERR_NONE && (digests->have & BOOT_HASH_BIT(again.hash)) != 0) {
        uint32_t size = boot_hash_info(again.hash)->size;

        evidence.certificate = chain->slots[cert].verified;
        evidence.hash = verdict_equal(&again.hash, &expected->hash, sizeof(again.hash));
        evidence.place = verdict_equal(&again.digest, &expected->digest, sizeof(again.digest));
        evidence.digest = verdict_equal(digests->value[again.hash], again.digest, size);
        verdict = verdict_equal(&evidence, &image_accepted, sizeof(evidence));
    }
    // No branch: what is wrong in the verdict is wrong in the sum
    chain->tally += chain_token(image) ^ verdict ^ VERDICT_ACCEPT;
    if (!verdict_accepts(&verdict)) {
        if (err == ERR_NONE) {
            chain_refuse(fault, row->id, cot_oid_name(row->hash_oid),
                         "must be the digest of the image", ERR_DENIED);
            chain_show_digests(fault, digests->value[again.hash], again.digest,
                               boot_hash_info(again.hash)->size);
        }
        return VERDICT_REFUSE;
    }
    return verdict;
}

uint32_t chain_token(enum cot_image image)
{
    static const uint32_t tokens[COT_IMAGE_COUNT] = {
        0x3ceb3ffd, 0x97b75092, 0x8b529b4a, 0x21636369, 0x5eb561a4, 0xea7b5bf5, 0x9a9a80fd,
        0x795b929e, 0xa02f34a6, 0x94b2b8fd, 0x10c67fd9, 0x9b08923d, 0x035efa25
    };

    return tokens[image];
}
