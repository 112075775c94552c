// SPDX-License-Identifier: BSD-3-Clause
//
// Proof of one certificate, see chain.h for the rules. Called by chain.c, which has proved the parents. Trusts the policy
// and the tables of cot.c, and no byte of the FIP. The functions that return an ERR_* say why something is refused; what is
// believed follows from the verdicts alone: each step leaves some in `struct evidence`, and all of them together make
// slot.verified. A step that did not run leaves VERDICT_REFUSE.
#include "chain_private.h"
#include "string.h"

// One verdict a rule of chain_expect(). Starts refused.
struct evidence {
    verdict_t parent;    // of the certificate that names the key
    verdict_t subject;   // is that of the row
    verdict_t counter;   // is not lower than the policy's
    verdict_t key_size;  // of the key that is named
    verdict_t key;       // is the one that is named
    verdict_t same_root; // as in the certificates before
    verdict_t own_key;   // is what the certificate itself says
    verdict_t signature; // is by that key
    verdict_t again;     // the same, done once more
    verdict_t same_key;  // with the key that was judged
};

// A field that is forgotten here refuses everything
static const struct evidence all_accepted = {
    VERDICT_ACCEPT, VERDICT_ACCEPT, VERDICT_ACCEPT, VERDICT_ACCEPT, VERDICT_ACCEPT,
    VERDICT_ACCEPT, VERDICT_ACCEPT, VERDICT_ACCEPT, VERDICT_ACCEPT, VERDICT_ACCEPT,
};

// What is being proved
struct step {
    struct chain *chain;
    struct chain_slot *slot;
    const struct cot_cert_row *row;
    enum cot_cert cert;
    struct evidence *evidence;
    struct chain_fault *fault;
    uint8_t key_hash[CHAIN_ROOT_HASH_SIZE]; // of the certificate's key
    uint32_t counter;
};

// The same, with the place of what is at fault.
static int refuse_at(const struct step *step, const char *field, const char *text,
                     const uint8_t *at, int err)
{
    err = chain_refuse(step->fault, step->row->id, field, text, err);
    step->fault->offset = (uint32_t)(at - step->slot->der);
    return err;
}

// ---- The certificate's bytes

static int read_certificate(const struct step *step)
{
    struct chain_slot *slot = step->slot;
    struct cert_fault why = { 0 };
    struct image_fault absent;
    struct fip_entry entry;
    volatile uint64_t asked; // volatile: the compiler believes the first comparison
    int err = fip_find(step->chain->fip, fip_names_get(step->row->id)->uuid, &entry, &absent);

    if (err != ERR_NONE) {
        return chain_refuse(step->fault, step->row->id, "certificate", "must be in the FIP",
                            ERR_NOT_FOUND);
    }
    asked = entry.size;
    if (entry.size > sizeof(slot->der)) {
        err = chain_refuse(step->fault, step->row->id, "certificate",
                           "must have this many bytes at most", ERR_RANGE);
        step->fault->found = entry.size;
        step->fault->expected = sizeof(slot->der);
        return err;
    }
    // Whatever became of the branch above, no more than the slot holds
    slot->size = asked < sizeof(slot->der) ? (uint32_t)asked : (uint32_t)sizeof(slot->der);
    err = fip_read(step->chain->fip, &entry, 0, slot->der, slot->size);
    if (err != ERR_NONE) {
        return chain_refuse(step->fault, step->row->id, "certificate", "must be readable", err);
    }
    err = cert_decode(slot->der, slot->size, &slot->cert, &why);
    return err == ERR_NONE ? err
                           : chain_refuse_cert(step->fault, step->row->id, why.field, &why, err);
}

// ---- What it says

static int check_subject(const struct step *step)
{
    const struct cert_span *name = &step->slot->cert.subject_name;

    if (name->size == strlen(step->row->subject)) {
        step->evidence->subject = verdict_equal(name->data, step->row->subject, name->size);
    }
    if (!verdict_accepts(&step->evidence->subject)) {
        return refuse_at(step, "tbsCertificate.subject", "must be the name of this certificate",
                         name->data, ERR_DENIED);
    }
    return ERR_NONE;
}

static bool is_allowed(const struct step *step, uint32_t oid)
{
    for (uint32_t i = 0;; i++) {
        enum cot_oid allowed = cot_extension(step->cert, step->chain->policy->chain, i);

        if (allowed == COT_OID_NONE) {
            return false;
        }
        if ((uint32_t)allowed == oid) {
            return true;
        }
    }
}

// Each extension is one that this certificate may have, and holds what such a one does.
static int check_extensions(const struct step *step)
{
    const struct cert *cert = &step->slot->cert;

    for (uint32_t i = 0; i < cert->extension_count; i++) {
        const struct cert_extension *extension = &cert->extensions[i];
        const struct cot_oid_row *row = cot_oid_row(extension->oid);
        struct cert_fault why = { 0 };
        struct cert_span key;
        const uint8_t *digest;
        enum boot_hash hash;
        uint32_t counter;
        int err = ERR_DENIED;

        if (row == NULL || !is_allowed(step, extension->oid)) {
            err = refuse_at(step, "extension.extnID", "must be one of this certificate's",
                            extension->value.data, ERR_DENIED);
            step->fault->found = extension->oid;
            return err;
        }
        switch (row->value) {
        case COT_COUNTER:
            err = cert_counter(extension, &counter, &why);
            break;
        case COT_HASH:
            err = cert_digest(extension, &hash, &digest, &why);
            break;
        case COT_KEY:
            err = cert_key(extension, &key, &why);
            break;
        }
        if (err != ERR_NONE) {
            return chain_refuse_cert(step->fault, step->row->id, row->name, &why, err);
        }
    }
    return ERR_NONE;
}

static int check_counter(struct step *step)
{
    bool trusted = step->row->counter == COT_TRUSTED;
    const char *name =
        cot_oid_name(trusted ? COT_OID_TRUSTED_COUNTER : COT_OID_NON_TRUSTED_COUNTER);
    const struct cert_extension *extension = cert_find(
        &step->slot->cert, trusted ? COT_OID_TRUSTED_COUNTER : COT_OID_NON_TRUSTED_COUNTER);
    uint32_t lowest = step->chain->policy->counter[step->row->counter];
    struct cert_fault why = { 0 };
    int err;

    if (extension == NULL) {
        return chain_refuse(step->fault, step->row->id, name, "must be there", ERR_DENIED);
    }
    err = cert_counter(extension, &step->counter, &why);
    if (err != ERR_NONE) {
        return chain_refuse_cert(step->fault, step->row->id, name, &why, err);
    }
    step->evidence->counter = verdict_at_least(step->counter, lowest);
    if (!verdict_accepts(&step->evidence->counter)) {
        err = refuse_at(step, name, "must not be lower than the board's", extension->value.data,
                        ERR_DENIED);
        step->fault->found = step->counter;
        step->fault->expected = lowest;
        return err;
    }
    return ERR_NONE;
}

// ---- Its key

static int hash_span(const struct cert_span *span, uint8_t hash[CHAIN_ROOT_HASH_SIZE])
{
    struct boot_digests digests = { 0 };
    int err = boot_hash_make(span->data, span->size, BOOT_HASH_BIT(BOOT_SHA256), &digests);

    memcpy(hash, digests.value[BOOT_SHA256], CHAIN_ROOT_HASH_SIZE);
    return err;
}

// The key that signed a certificate of this root before, if one did.
static int check_same_root(const struct step *step)
{
    static const uint8_t unused[CHAIN_ROOT_HASH_SIZE];
    const uint8_t *before = step->chain->root_used[step->row->root];

    step->evidence->same_root = verdict_equal(before, unused, sizeof(unused));
    if (!verdict_accepts(&step->evidence->same_root)) {
        step->evidence->same_root = verdict_equal(step->key_hash, before, CHAIN_ROOT_HASH_SIZE);
    }
    if (!verdict_accepts(&step->evidence->same_root)) {
        int err = refuse_at(step, "public key", "must be the same in all certificates of this root",
                            step->slot->cert.spki.data, ERR_DENIED);

        chain_show_digests(step->fault, step->key_hash, before, CHAIN_ROOT_HASH_SIZE);
        return err;
    }
    return ERR_NONE;
}

// Compared with every key that the board knows for this root.
static int check_root_key(const struct step *step)
{
    const struct chain_policy *policy = step->chain->policy;
    uint32_t count = policy->root_count[step->row->root];
    verdict_t known = VERDICT_REFUSE;
    int err;

    if (count == 0 || count > CHAIN_ROOT_KEYS) {
        err = chain_refuse(step->fault, step->row->id, "public key",
                           "must be one that the board knows: it has none", ERR_DENIED);
        step->fault->found = count;
        return err;
    }
    for (uint32_t i = 0; i < count; i++) {
        known =
            verdict_either(known, verdict_equal(step->key_hash, policy->root[step->row->root][i],
                                                CHAIN_ROOT_HASH_SIZE));
    }
    step->evidence->key = known;
    step->evidence->key_size = VERDICT_ACCEPT; // both are digests
    step->evidence->parent = VERDICT_ACCEPT;   // there is none
    if (!verdict_accepts(&step->evidence->key)) {
        err = refuse_at(step, "public key", "must be one that the board knows",
                        step->slot->cert.spki.data, ERR_DENIED);
        chain_show_digests(step->fault, step->key_hash, policy->root[step->row->root][0],
                           CHAIN_ROOT_HASH_SIZE);
        return err;
    }
    return check_same_root(step);
}

// Compared with the key that the parent names.
static int check_parent_key(const struct step *step)
{
    const struct chain_slot *parent = &step->chain->slots[step->row->parent];
    const struct cert_extension *extension = cert_find(&parent->cert, step->row->key_oid);
    const struct cert_span *own = &step->slot->cert.spki;
    uint8_t named_hash[CHAIN_ROOT_HASH_SIZE];
    struct cert_fault why = { 0 };
    struct cert_span named;
    enum fip_image_id parent_id = cot_cert_row(step->row->parent)->id;
    int err;

    step->evidence->same_root = VERDICT_ACCEPT; // it is the parent's
    step->evidence->parent = parent->verified;
    if (!verdict_accepts(&step->evidence->parent)) {
        return chain_refuse(step->fault, parent_id, "certificate", "must be proved first",
                            ERR_DENIED);
    }
    if (extension == NULL) {
        return chain_refuse(step->fault, parent_id, cot_oid_name(step->row->key_oid),
                            "must be there", ERR_DENIED);
    }
    err = cert_key(extension, &named, &why);
    if (err != ERR_NONE) {
        return chain_refuse_cert(step->fault, parent_id, cot_oid_name(step->row->key_oid), &why,
                                 err);
    }
    step->evidence->key_size = verdict_equal(&named.size, &own->size, sizeof(own->size));
    if (verdict_accepts(&step->evidence->key_size)) {
        step->evidence->key = verdict_equal(named.data, own->data, own->size);
    }
    if (!verdict_accepts(&step->evidence->key)) {
        err = refuse_at(step, "public key", "must be the one that its parent names", own->data,
                        ERR_DENIED);
        if (hash_span(&named, named_hash) == ERR_NONE) {
            chain_show_digests(step->fault, step->key_hash, named_hash, CHAIN_ROOT_HASH_SIZE);
        }
        return err;
    }
    return ERR_NONE;
}

// The extension in which a certificate of the platform owner says its own key.
static int check_own_key(const struct step *step)
{
    const struct cert_span *own = &step->slot->cert.spki;
    const struct cert_extension *extension;
    const char *name;

    if (step->row->own_key_oid == COT_OID_NONE) {
        step->evidence->own_key = VERDICT_ACCEPT;
        return ERR_NONE;
    }
    name = cot_oid_name(step->row->own_key_oid);
    extension = cert_find(&step->slot->cert, step->row->own_key_oid);
    if (extension == NULL) {
        return chain_refuse(step->fault, step->row->id, name, "must be there", ERR_DENIED);
    }
    if (extension->value.size == own->size) {
        step->evidence->own_key = verdict_equal(extension->value.data, own->data, own->size);
    }
    if (!verdict_accepts(&step->evidence->own_key)) {
        return refuse_at(step, name, "must be the certificate's own key", extension->value.data,
                         ERR_DENIED);
    }
    return ERR_NONE;
}

static int check_key(struct step *step)
{
    bool is_root = step->row->parent == COT_NO_CERT;
    int err = hash_span(&step->slot->cert.spki, step->key_hash);

    if (err != ERR_NONE) {
        return chain_refuse(step->fault, step->row->id, "public key", "must be hashed", err);
    }
    err = is_root ? check_root_key(step) : check_parent_key(step);
    return err != ERR_NONE ? err : check_own_key(step);
}

// One verification, from the slot's bytes on: decoded anew, so that it shares no value with another pass. `key_hash` is of
// the key that it was done with.
static int verify(const struct step *step, uint8_t key_hash[CHAIN_ROOT_HASH_SIZE],
                  verdict_t *verdict)
{
    struct boot_digests digests = { 0 };
    struct cert_fault why = { 0 };
    struct cert cert;
    int err = cert_decode(step->slot->der, step->slot->size, &cert, &why);

    if (err != ERR_NONE) {
        return chain_refuse_cert(step->fault, step->row->id, why.field, &why, err);
    }
    err = boot_hash_make(cert.tbs.data, cert.tbs.size, BOOT_HASH_BIT(cert.hash), &digests);
    err = err != ERR_NONE ? err : hash_span(&cert.spki, key_hash);
    if (err != ERR_NONE) {
        return chain_refuse(step->fault, step->row->id, "tbsCertificate", "must be hashed", err);
    }
    *verdict = boot_pk_verify(&cert.key, cert.hash, digests.value[cert.hash], cert.signature.data,
                              cert.signature.size);
    return ERR_NONE;
}

// Twice, each with a verdict of its own: within one verification there are steps (a product with the digest, the hash of
// the salt) without which it checks an equation that is solved without the private key.
static int check_signature(const struct step *step)
{
    uint8_t key_hash[CHAIN_ROOT_HASH_SIZE] = { 0 };
    int err = verify(step, key_hash, &step->evidence->signature);

    if (err == ERR_NONE && verdict_accepts(&step->evidence->signature)) {
        err = verify(step, key_hash, &step->evidence->again);
        step->evidence->same_key = verdict_equal(key_hash, step->key_hash, sizeof(key_hash));
    }
    if (err == ERR_NONE &&
        (!verdict_accepts(&step->evidence->signature) || !verdict_accepts(&step->evidence->again) ||
         !verdict_accepts(&step->evidence->same_key))) {
        return refuse_at(step, "signature", "must be by the certificate's key over tbsCertificate",
                         step->slot->cert.signature.data, ERR_DENIED);
    }
    return err;
}

// ---- All of it

// What is remembered of a certificate that is proved.
static void note(const struct step *step)
{
    uint32_t *lowest = &step->chain->lowest_counter[step->row->counter];

    if (step->counter < *lowest) {
        *lowest = step->counter;
    }
    if (step->row->parent == COT_NO_CERT) {
        memcpy(step->chain->root_used[step->row->root], step->key_hash, CHAIN_ROOT_HASH_SIZE);
    }
}

// One certificate, the parents of which are proved.
int chain_prove(struct chain *chain, enum cot_cert cert, struct chain_fault *fault)
{
    struct evidence evidence = { VERDICT_REFUSE, VERDICT_REFUSE, VERDICT_REFUSE, VERDICT_REFUSE,
                                 VERDICT_REFUSE, VERDICT_REFUSE, VERDICT_REFUSE, VERDICT_REFUSE,
                                 VERDICT_REFUSE, VERDICT_REFUSE };
    struct step step = { .chain = chain,
                         .slot = &chain->slots[cert],
                         .row = cot_cert_row(cert),
                         .cert = cert,
                         .evidence = &evidence,
                         .fault = fault };
    int err;

    memory_wipe(step.slot, sizeof(*step.slot));
    step.slot->verified = VERDICT_REFUSE;
    err = read_certificate(&step);
    err = err != ERR_NONE ? err : check_subject(&step);
    err = err != ERR_NONE ? err : check_extensions(&step);
    err = err != ERR_NONE ? err : check_counter(&step);
    err = err != ERR_NONE ? err : check_key(&step);
    err = err != ERR_NONE ? err : check_signature(&step);
    if (err == ERR_NONE) {
        step.slot->verified = verdict_equal(&evidence, &all_accepted, sizeof(evidence));
        if (verdict_accepts(&step.slot->verified)) {
            note(&step);
            return ERR_NONE;
        }
        err = chain_refuse(fault, step.row->id, "verdict",
                           "must be the same when it is looked at again", ERR_DENIED);
    }
    memory_wipe(step.slot, sizeof(*step.slot));
    step.slot->verified = VERDICT_REFUSE;
    return err;
}
