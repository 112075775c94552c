// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool sign: the chain of certs in steps, for keys that never come near a build. emit writes the bytes
// to be signed, needing public keys only; whoever has the private ones signs; attach takes the signatures
// back and proves each before anything is written. detach takes signatures out of a FIP. The folder between
// the steps is not trusted: what comes back is parsed and verified with the boot's own code.
#include "signing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cert.h"
#include "trust.h"

#define TBS ".tbs"
#define SIG ".sig"

static const char *option_of(enum cot_cert cert)
{
    return fip_names_get(cot_cert_row(cert)->id)->option;
}

// DIR/<certificate><suffix>; the caller frees it. NULL after an error line.
static char *path_of(const char *dir, enum cot_cert cert, const char *suffix)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s%s", dir, option_of(cert), suffix) < 0) {
        tool_error("no memory");
        return NULL;
    }
    return path;
}

static int write_bytes(const char *dir, enum cot_cert cert, const char *suffix, const uint8_t *data,
                       size_t size)
{
    char *path = path_of(dir, cert, suffix);
    struct tool_out out;
    int err = path == NULL ? ERR_NO_MEMORY : tool_out_open(&out, path);

    if (err == 0) {
        err = tool_out_write(&out, 0, data, size);
        if (err != 0) {
            tool_out_abandon(&out);
        } else {
            err = tool_out_commit(&out, size);
        }
    }
    if (err == 0) {
        tool_verbose("writing %s: %zu bytes", path, size);
    }
    free(path);
    return err;
}

static int make_folder(const char *dir)
{
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        tool_error("%s: cannot make the folder: %s", dir, strerror(errno));
        return ERR_IO;
    }
    return 0;
}

static bool emitted(const char *dir, enum cot_cert cert)
{
    char *path = path_of(dir, cert, TBS);
    bool there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return there;
}

// A .tbs that is not of these certificates would be taken for one of them later, or for the sign of another chain.
static int check_leftovers(const char *dir, const bool wanted[COT_CERT_COUNT])
{
    int result = 0;

    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        bool known = false;

        for (uint32_t j = 0; j < COT_CERT_COUNT;
             j++) { // two chains have a certificate of the same name
            known = known || (wanted[j] && cot_cert_row((enum cot_cert)j)->id ==
                                               cot_cert_row((enum cot_cert)i)->id);
        }
        if (!known && emitted(dir, (enum cot_cert)i)) {
            tool_error("%s/%s%s: found one of another chain, expected a folder without: remove it",
                       dir, option_of((enum cot_cert)i), TBS);
            result = ERR_DUPLICATE;
        }
    }
    return result;
}

// ---- emit ----

struct emit {
    struct cert_plan plan;
    struct keys keys;
    uint32_t count;
    struct cert_write_request requests[COT_CERT_COUNT];
    struct cert_write_der tbs[COT_CERT_COUNT];
    struct sign_json_item items[COT_CERT_COUNT];
};

// Everything is made before the first file is written.
static int emit_make(struct emit *emit)
{
    int err = 0;

    emit->count = 0;
    for (uint32_t i = 0; err == 0 && i < COT_CERT_COUNT; i++) {
        struct cert_write_request *request = &emit->requests[emit->count];
        struct cert_write_der *tbs = &emit->tbs[emit->count];

        if (!cot_in_chain((enum cot_cert)i, emit->plan.options.chain)) {
            continue;
        }
        err = cert_plan_request(&emit->plan, &emit->keys, (enum cot_cert)i, request);
        if (err == 0) {
            err = cert_write_tbs(request, tbs);
        }
        emit->items[emit->count++] =
            (struct sign_json_item){ .cert = (enum cot_cert)i, .request = request, .tbs = tbs };
    }
    return err;
}

static int emit_write(const struct emit *emit, const char *dir)
{
    bool wanted[COT_CERT_COUNT] = { false };
    char *path = NULL;
    int err;

    for (uint32_t i = 0; i < emit->count; i++) {
        wanted[emit->items[i].cert] = true;
    }
    err = check_leftovers(dir, wanted);
    if (err == 0) {
        err = make_folder(dir);
    }
    for (uint32_t i = 0; err == 0 && i < emit->count; i++) {
        err = write_bytes(dir, emit->items[i].cert, TBS, emit->tbs[i].data, emit->tbs[i].size);
    }
    if (err == 0 && asprintf(&path, "%s/sign.json", dir) < 0) {
        err = ERR_NO_MEMORY;
    }
    if (err == 0) {
        err = sign_json_write(path, emit->plan.options.chain, emit->items, emit->count);
        free(path);
    }
    return err;
}

static int run_emit(const struct tool_args *args, const struct fip_file *fip_file)
{
    static struct emit emit;
    struct cert_plan_options options;
    int err;

    cert_plan_options(args, &options);
    err = cert_plan_make(args->path, fip_file, &options, &emit.plan);
    if (err == 0) {
        err = keys_load(args->keys, options.chain, false, &emit.keys);
    }
    if (err == 0) {
        err = emit_make(&emit);
    }
    if (err == 0) {
        err = emit_write(&emit, args->out);
    }
    keys_free(&emit.keys);
    return err;
}

// ---- attach ----

// A file of the folder, at most `max` bytes, not empty.
static int read_part(const char *path, size_t max, struct tool_file *file)
{
    struct stat status;
    int err;

    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_size == 0 || (unsigned long long)status.st_size > max)) {
        tool_error("%s: file size: found %lld, expected 1 to %zu", path, (long long)status.st_size,
                   max);
        return ERR_RANGE;
    }
    err = tool_file_read(path, false, file);
    if (err == 0 && (file->size == 0 || file->size > max)) { // changed in between
        tool_file_free(file);
        tool_error("%s: file size: changed while it was read", path);
        err = ERR_IO;
    }
    return err;
}

// The signature in the decoded certificate against the key in it.
static int verify_one(const char *path, enum cot_cert which, const struct cert *cert)
{
    char hex[SHOW_HEX_SIZE], algorithm[SIGN_JSON_ALGORITHM_SIZE];
    struct boot_digests digests;
    const char *why = NULL;
    struct boot_pk key;
    verdict_t verdict;
    int err = boot_pk_decode(cert->spki.data, cert->spki.size, &key, &why);

    if (err != 0) {
        tool_error("%s: %s: public key %s", path, option_of(which), why);
        return err;
    }
    if (boot_hash_make(cert->tbs.data, cert->tbs.size, BOOT_HASH_BIT(cert->hash), &digests) != 0) {
        tool_error("%s: cannot be hashed", path);
        return ERR_IO;
    }
    verdict = boot_pk_verify(&key, cert->hash, digests.value[cert->hash], cert->signature.data,
                             cert->signature.size);
    if (verdict_accepts(&verdict)) {
        return 0;
    }
    if (boot_hash_make(cert->spki.data, cert->spki.size, BOOT_HASH_BIT(BOOT_SHA256), &digests) !=
        0) {
        return ERR_IO;
    }
    tool_error("%s: signature must be one over %s%s, %s, by %s (SHA-256 of its public key %s): "
               "found %u bytes that are not",
               path, option_of(which), TBS, sign_json_algorithm(key.kind, cert->hash, algorithm),
               keys_name(keys_signer(which)),
               show_hex(digests.value[BOOT_SHA256], CHAIN_ROOT_HASH_SIZE, hex),
               cert->signature.size);
    return ERR_DENIED;
}

// The certificate as a whole, as strictly as the boot reads it.
static int check_one(const char *tbs_path, const char *sig_path, enum cot_cert which,
                     const struct cert_write_der *certificate)
{
    const char *subject = cot_cert_row(which)->subject;
    struct cert_fault fault;
    struct cert cert;
    int err = cert_decode(certificate->data, certificate->size, &cert, &fault);

    if (err != 0) {
        tool_error("%s: %s %s: found 0x%llx, expected 0x%llx", tbs_path, fault.field, fault.text,
                   (unsigned long long)fault.found, (unsigned long long)fault.expected);
        return err;
    }
    if (cert.subject_name.size != strlen(subject) ||
        memcmp(cert.subject_name.data, subject, cert.subject_name.size) != 0) {
        tool_error("%s: subject: found another certificate's, expected \"%s\"", tbs_path, subject);
        return ERR_INVALID;
    }
    return verify_one(sig_path, which, &cert);
}

static int join_one(const char *tbs_path, const char *sig_path, enum cot_cert which,
                    struct cert_write_der *certificate)
{
    struct tool_file tbs_file = { 0 }, sig_file = { 0 };
    static struct cert_write_der tbs;
    int err = read_part(tbs_path, sizeof(tbs.data), &tbs_file);
    int sig_err = read_part(sig_path, KEYS_SIGNATURE_MAX, &sig_file);

    err = err != 0 ? err : sig_err;
    if (err == 0) {
        tbs.size = tbs_file.size;
        memcpy(tbs.data, tbs_file.data, tbs.size);
        err = cert_write_join(&tbs, sig_file.data, sig_file.size, certificate);
        if (err != 0) {
            tool_error("%s: found no bytes of a certificate to be signed, expected those that sign "
                       "emit wrote",
                       tbs_path);
        }
    }
    if (err == 0) {
        err = check_one(tbs_path, sig_path, which, certificate);
    }
    tool_file_free(&tbs_file);
    tool_file_free(&sig_file);
    return err;
}

static int attach_one(const char *dir, enum cot_cert which, struct cert_write_der *certificate)
{
    char *tbs_path = path_of(dir, which, TBS), *sig_path = path_of(dir, which, SIG);
    int err = ERR_NO_MEMORY;

    if (tbs_path != NULL && sig_path != NULL) {
        err = join_one(tbs_path, sig_path, which, certificate);
    }
    free(tbs_path);
    free(sig_path);
    return err;
}

// Which chain lies in the folder: only one has a certificate for the platform owner's packages.
static enum cot_chain emitted_chain(const char *dir)
{
    return emitted(dir, COT_PLAT_SP) ? COT_DUAL_ROOT : COT_SINGLE_ROOT;
}

// Every missing or wrong file is reported.
static int run_attach(const struct tool_args *args, const struct fip_file *fip_file)
{
    static struct cert_attach certificates;
    int result = 0;

    certificates.chain = args->chain != 0 ? args->chain : emitted_chain(args->from);
    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        int err = 0;

        certificates.certificates[i].size = 0;
        if (cot_in_chain((enum cot_cert)i, certificates.chain)) {
            err = attach_one(args->from, (enum cot_cert)i, &certificates.certificates[i]);
        }
        result = err != 0 ? err : result;
    }
    return result != 0 ? result : cert_attach_write(args, fip_file, &certificates);
}

// ---- detach ----

static int detach_one(const char *path, const struct fip_file *fip_file,
                      const struct fip_entry *entry, enum cot_cert which, const char *dir)
{
    struct cert_fault fault;
    struct cert cert;
    int err = cert_decode(fip_file_data(fip_file, entry), entry->size, &cert, &fault);

    if (err != 0) {
        tool_error("%s: %s: offset 0x%x: %s %s: found 0x%llx, expected 0x%llx", path,
                   option_of(which), fault.offset, fault.field, fault.text,
                   (unsigned long long)fault.found, (unsigned long long)fault.expected);
        return err;
    }
    err = write_bytes(dir, which, TBS, cert.tbs.data, cert.tbs.size);
    if (err == 0) {
        err = write_bytes(dir, which, SIG, cert.signature.data, cert.signature.size);
    }
    return err;
}

static int run_detach(const struct tool_args *args, const struct fip_file *fip_file)
{
    struct fip_entry entries[COT_CERT_COUNT];
    bool found[COT_CERT_COUNT];
    struct image_fault fault;
    uint32_t count = 0;
    int err;

    for (uint32_t i = 0; i < COT_CERT_COUNT; i++) {
        const uint8_t *uuid = fip_names_get(cot_cert_row((enum cot_cert)i)->id)->uuid;

        found[i] = fip_find(&fip_file->fip, uuid, &entries[i], &fault) == 0;
        count += found[i];
    }
    if (count == 0) {
        tool_error("%s: found no certificates, expected those of a signed FIP", args->path);
        return ERR_NOT_FOUND;
    }
    err = check_leftovers(args->out, found);
    if (err == 0) {
        err = make_folder(args->out);
    }
    for (uint32_t i = 0; err == 0 && i < COT_CERT_COUNT; i++) {
        if (found[i]) {
            err = detach_one(args->path, fip_file, &entries[i], (enum cot_cert)i, args->out);
        }
    }
    return err;
}

// ---- the command ----

struct step {
    const char *name;
    const char *needs; // for the message
    int (*run)(const struct tool_args *args, const struct fip_file *fip_file);
};

static const struct step steps[] = {
    { "emit", "--keys DIR and --out DIR", run_emit },
    { "attach", "--from DIR", run_attach },
    { "detach", "--out DIR", run_detach },
};

static bool has_needs(const struct step *step, const struct tool_args *args)
{
    if (step->run == run_attach) {
        return args->from != NULL && args->keys == NULL;
    }
    return args->out != NULL && args->from == NULL &&
           (args->keys != NULL) == (step->run == run_emit);
}

static enum tool_exit run_sign(const struct tool_args *args)
{
    static struct fip_file fip_file;
    const struct step *step = NULL;
    int err;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (strcmp(steps[i].name, args->step) == 0) {
            step = &steps[i];
        }
    }
    if (step == NULL) {
        tool_error("sign: found \"%s\", expected emit, attach or detach", args->step);
        return TOOL_USAGE;
    }
    if (!has_needs(step, args)) {
        tool_error("sign %s: expected %s", step->name, step->needs);
        return TOOL_USAGE;
    }
    err = fip_file_open(&fip_file, args->path, false);
    if (err == 0) {
        err = step->run(args, &fip_file);
        fip_file_free(&fip_file);
    }
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_sign = {
    .name = "sign",
    .summary = "make the chain in steps, with signatures made elsewhere",
    .operands = "emit|attach|detach FIP",
    .notes = "emit writes for each certificate of the chain what must be signed, DIR/<cert>.tbs,\n"
             "and DIR/sign.json, which tells key, algorithm, digest and command for each. The\n"
             "keys are those of certs; public keys (PEM) are enough, private ones are not used.\n"
             "Sign each .tbs where its key is, and put the signature beside it as <cert>.sig:\n"
             "  openssl dgst -sha256 -sign soc_fw_key.pem -out soc-fw-cert.sig soc-fw-cert.tbs\n"
             "with -sha384 for P-384 (see sign.json), and for RSA, which is RSASSA-PSS, also\n"
             "  -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32\n"
             "attach verifies each signature with the key that the .tbs names, puts the\n"
             "certificates together and into the FIP, and writes it only if the boot's own code\n"
             "accepts all of it. Then: fip-tool verify. detach takes .tbs and .sig out of a\n"
             "signed FIP, to attach them to a FIP with the same images again.\n",
    .example = "  fip-tool sign emit --keys public --out to-sign fip.bin\n"
               "  fip-tool sign attach --from to-sign --out signed.bin fip.bin\n"
               "  fip-tool sign detach --out signatures signed.bin\n",
    .options = TOOL_OPT_STEP | TOOL_OPT_KEYS | TOOL_OPT_HASH | TOOL_OPT_CHAIN | TOOL_OPT_COUNTERS |
               TOOL_OPT_FROM | TOOL_OPT_OUT | TOOL_OPT_ALIGN,
    .run = run_sign,
};
