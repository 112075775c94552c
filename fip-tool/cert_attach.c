// SPDX-License-Identifier: BSD-3-Clause
//
// Puts a chain's certificates into a FIP, in place of those of either chain that it had. Used by certs and
// sign attach. What is written has booted before, on the host, with the firmware's own code (walk.c) and
// the chain's own root keys: certificates and images are not trusted until then.
#include "signing.h"

#include <stdlib.h>
#include <string.h>

#include "trust.h"

struct check {
    const struct tool_args *args;
    enum cot_chain chain;
    const char *path;
};

// The finished file, before it gets its name.
static int check_boots(const struct fip_file *fip_file, void *ctx)
{
    const struct check *check = ctx;
    struct tool_args args = { .path = check->path, .chain = check->chain };
    static struct walk walk;
    int err = walk_fip(&walk, check->path, &args, fip_file);

    if (err != 0) {
        refusal_print(&walk.refusals);
        tool_error("%s: not written: no board would boot it", check->path);
    }
    return err != 0 ? ERR_DENIED : 0;
}

static int add_certificate(struct fip_set *set, enum cot_cert cert,
                           const struct cert_write_der *certificate)
{
    struct tool_file data = { .data = malloc(certificate->size), .size = certificate->size };

    if (data.data == NULL) {
        tool_error("no memory for %zu bytes", certificate->size);
        return ERR_NO_MEMORY;
    }
    memcpy(data.data, certificate->data, data.size);
    return fip_set_add(set, fip_names_get(cot_cert_row(cert)->id)->uuid, &data);
}

static int fill_set(struct fip_set *set, const struct fip_file *fip_file,
                    const struct cert_attach *certificates)
{
    int err = fip_set_add_fip(set, fip_file);

    for (uint32_t i = 0; err == 0 && i < COT_CERT_COUNT; i++) {
        (void)fip_set_remove(set, fip_names_get(cot_cert_row((enum cot_cert)i)->id)->uuid);
    }
    for (uint32_t i = 0; err == 0 && i < COT_CERT_COUNT; i++) {
        if (certificates->certificates[i].size != 0) {
            err = add_certificate(set, (enum cot_cert)i, &certificates->certificates[i]);
        }
    }
    return err;
}

int cert_attach_write(const struct tool_args *args, const struct fip_file *fip_file,
                      const struct cert_attach *certificates)
{
    const char *path = args->out != NULL ? args->out : args->path;
    struct check check = { .args = args, .chain = certificates->chain, .path = path };
    struct fip_set set = { 0 };
    int err = fill_set(&set, fip_file, certificates);

    if (err == 0) {
        err = fip_set_write_checked(&set, args->align, path, check_boots, &check);
    }
    fip_set_free(&set);
    return err;
}
