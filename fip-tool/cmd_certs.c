// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool certs: makes the whole chain of certificates for the images of a FIP and puts it in. Keys are
// read from a folder; where private keys are out of reach, sign does the same in steps. The FIP is not
// trusted; what is written has passed the boot's own checks.
#include "signing.h"

static int make_certificate(const struct cert_plan *plan, const struct keys *keys,
                            enum cot_cert cert, struct cert_write_der *certificate)
{
    static struct cert_write_request request;
    static struct cert_write_der tbs;
    uint8_t signature[KEYS_SIGNATURE_MAX];
    size_t signature_size = sizeof(signature);
    int err = cert_plan_request(plan, keys, cert, &request);

    if (err == 0) {
        err = cert_write_tbs(&request, &tbs);
    }
    if (err == 0) {
        err =
            keys_sign(request.signer, request.hash, tbs.data, tbs.size, signature, &signature_size);
    }
    if (err == 0) {
        err = cert_write_join(&tbs, signature, signature_size, certificate);
    }
    return err;
}

static int make_chain(const struct tool_args *args, const struct fip_file *fip_file,
                      struct keys *keys, struct cert_attach *certificates)
{
    struct cert_plan_options options;
    struct cert_plan plan;
    int err;

    cert_plan_options(args, &options);
    certificates->chain = options.chain;
    err = cert_plan_make(args->path, fip_file, &options, &plan);
    if (err == 0 && args->new_keys) {
        err = keys_make_missing(args->keys, options.chain,
                                args->key_kind != BOOT_PK_NONE ? args->key_kind : BOOT_PK_P256);
    }
    if (err == 0) {
        err = keys_load(args->keys, options.chain, true, keys);
    }
    for (uint32_t i = 0; err == 0 && i < COT_CERT_COUNT; i++) {
        certificates->certificates[i].size = 0;
        if (cot_in_chain((enum cot_cert)i, options.chain)) {
            err = make_certificate(&plan, keys, (enum cot_cert)i, &certificates->certificates[i]);
        }
    }
    return err;
}

static enum tool_exit run_certs(const struct tool_args *args)
{
    static struct cert_attach certificates;
    static struct fip_file fip_file;
    struct keys keys = { 0 };
    int err;

    if (args->keys == NULL || (args->key_kind != BOOT_PK_NONE && !args->new_keys)) {
        tool_error("certs: expected --keys DIR, and --key-alg only with --new-keys");
        return TOOL_USAGE;
    }
    err = fip_file_open(&fip_file, args->path, false);
    if (err == 0) {
        err = make_chain(args, &fip_file, &keys, &certificates);
        if (err == 0) {
            err = cert_attach_write(args, &fip_file, &certificates);
        }
        keys_free(&keys);
        fip_file_free(&fip_file);
    }
    return err == 0 ? TOOL_OK : TOOL_FAILED;
}

const struct tool_command cmd_certs = {
    .name = "certs",
    .summary = "make the chain of certificates for the images of a FIP",
    .operands = "FIP",
    .notes = "DIR holds PEM files: rot_key.pem, trusted_world_key.pem, soc_fw_key.pem,\n"
             "tos_fw_key.pem, and non_trusted_world_key.pem, nt_fw_key.pem (--chain single, the\n"
             "default) or prot_key.pem (--chain dual). Each may be ECDSA P-256, P-384, RSA 3072\n"
             "or 4096 (signatures then are RSASSA-PSS). Certificates are those of TF-A's\n"
             "cert_create; packages get their numbers from TB_FW_CONFIG. They replace the ones\n"
             "in the FIP, which is written only if the boot's own code accepts all of it with\n"
             "the root keys used here. Without --out the FIP itself is replaced.\n",
    .example = "  fip-tool certs --keys keys --new-keys fip.bin\n"
               "  fip-tool certs --keys keys --chain dual --tfw-nvctr 3 --out signed.bin fip.bin\n",
    .options = TOOL_OPT_KEYS | TOOL_OPT_NEW_KEYS | TOOL_OPT_HASH | TOOL_OPT_CHAIN |
               TOOL_OPT_COUNTERS | TOOL_OPT_OUT | TOOL_OPT_ALIGN,
    .run = run_certs,
};
