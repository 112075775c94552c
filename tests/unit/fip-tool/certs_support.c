// SPDX-License-Identifier: BSD-3-Clause
//
// See certs_support.h. Trusts the tests that call it.
#include "tests/unit/fip-tool/certs_support.h"

#include <fcntl.h>
#include <libfdt.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_KEYS 8
#define MAX_WORDS 128

const char *const certs_single[] = { "tb-fw",  "trusted-key", "soc-fw-key", "soc-fw", "tos-fw-key",
                                     "tos-fw", "nt-fw-key",   "nt-fw",      "sip-sp", NULL };
const char *const certs_dual[] = { "tb-fw",  "trusted-key", "soc-fw-key", "soc-fw",  "tos-fw-key",
                                   "tos-fw", "nt-fw",       "sip-sp",     "plat-sp", NULL };
const char *const certs_single_keys[] = {
    "rot_key",    "trusted_world_key", "non_trusted_world_key",
    "soc_fw_key", "tos_fw_key",        "nt_fw_key",
    NULL
};
const char *const certs_dual_keys[] = { "rot_key",    "trusted_world_key", "prot_key",
                                        "soc_fw_key", "tos_fw_key",        NULL };

const char *const *certs_of(enum cot_chain chain)
{
    return chain == COT_DUAL_ROOT ? certs_dual : certs_single;
}

const char *const *certs_keys_of(enum cot_chain chain)
{
    return chain == COT_DUAL_ROOT ? certs_dual_keys : certs_single_keys;
}

const char *certs_uuid(size_t i)
{
    static char text[64];

    snprintf(text, sizeof(text), "dd60ab2d-5cff-4049-b6fb-16969bd7f7%02x", (unsigned int)i);
    return text;
}

void certs_write_config(const char *owners)
{
    static uint8_t tree[4096];
    char name[32];

    memset(tree, 0, sizeof(tree));
    assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_string(tree, "compatible", "tessera,tb-fw-config");
    fdt_begin_node(tree, "secure-partitions");
    fdt_property_string(tree, "compatible", "arm,sp");
    for (size_t i = 0; owners[i] != '\0'; i++) {
        snprintf(name, sizeof(name), "sp%zu", i);
        fdt_begin_node(tree, name);
        fdt_property_string(tree, "uuid", certs_uuid(i));
        fdt_property_string(tree, "owner", owners[i] == 'P' ? "Plat" : "SiP");
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    support_write("tb_fw_config.dtb", tree, fdt_totalsize(tree));
}

void certs_write_fip(const char *path, const char *owners)
{
    char command[4096];
    size_t used;

    certs_write_config(owners);
    support_write_pattern("bl2.bin", 5000, 1);
    support_write_pattern("bl31.bin", 7001, 2);
    support_write_pattern("spmc.bin", 8192, 3);
    support_write_pattern("bl33.bin", 9999, 4);
    used =
        (size_t)snprintf(command, sizeof(command),
                         "create --tb-fw bl2.bin --tb-fw-config tb_fw_config.dtb --soc-fw bl31.bin "
                         "--tos-fw spmc.bin --nt-fw bl33.bin");
    for (size_t i = 0; owners[i] != '\0'; i++) {
        char name[32];

        snprintf(name, sizeof(name), "sp%zu.bin", i);
        support_write_pattern(name, 3000 + i, (uint8_t)(0x40 + i));
        used += (size_t)snprintf(command + used, sizeof(command) - used, " --blob uuid=%s,file=%s",
                                 certs_uuid(i), name);
    }
    assert_true(used < sizeof(command));
    assert_int_equal(support_tool("%s %s", command, path), 0);
}

static EVP_PKEY *make_key(enum boot_pk_kind kind)
{
    switch (kind) {
    case BOOT_PK_P256:
        return EVP_EC_gen("P-256");
    case BOOT_PK_P384:
        return EVP_EC_gen("P-384");
    case BOOT_PK_RSA3072:
        return EVP_RSA_gen(3072u);
    case BOOT_PK_RSA4096:
        return EVP_RSA_gen(4096u);
    case BOOT_PK_NONE:
    case BOOT_PK_COUNT:
        break;
    }
    return NULL;
}

EVP_PKEY *certs_key(enum boot_pk_kind kind, size_t number)
{
    static EVP_PKEY *made[BOOT_PK_COUNT][MAX_KEYS];

    assert_true(number < MAX_KEYS);
    number =
        kind == BOOT_PK_P256 || kind == BOOT_PK_P384 ? number : number % 2; // RSA takes its time
    if (made[kind][number] == NULL) {
        made[kind][number] = make_key(kind);
    }
    assert_non_null(made[kind][number]);
    return made[kind][number];
}

void certs_write_key(const char *path, EVP_PKEY *key, bool with_private)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(with_private ? PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)
                                  : PEM_write_PUBKEY(file, key),
                     1);
    assert_int_equal(fclose(file), 0);
}

void certs_write_keys(const char *dir, enum cot_chain chain, enum boot_pk_kind kind,
                      bool with_private)
{
    const char *const *names = certs_keys_of(chain);
    char path[256];

    (void)mkdir(dir, 0700);
    for (size_t i = 0; names[i] != NULL; i++) {
        snprintf(path, sizeof(path), "%s/%s.pem", dir, names[i]);
        certs_write_key(path, certs_key(kind, i), with_private);
    }
}

int certs_run(const char *format, ...)
{
    static char line[8192];
    posix_spawn_file_actions_t actions;
    char *words[MAX_WORDS + 1];
    int count = 0, status = 0;
    va_list args;
    pid_t pid;

    va_start(args, format);
    assert_true(vsnprintf(line, sizeof(line), format, args) < (int)sizeof(line));
    va_end(args);
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(count < MAX_WORDS);
        words[count++] = word;
    }
    words[count] = NULL;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++) {
        posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
    }
    if (posix_spawnp(&pid, words[0], &actions, NULL, words, environ) != 0) {
        status = PROGRAM_ABSENT << 8;
    } else {
        waitpid(pid, &status, 0);
    }
    posix_spawn_file_actions_destroy(&actions);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

X509 *certs_read(const char *path)
{
    size_t size;
    uint8_t *data = support_read(path, &size);
    const uint8_t *at = data;
    X509 *certificate = d2i_X509(NULL, &at, (long)size);

    if (certificate == NULL || at != data + size) {
        fail_msg("%s is no certificate in DER", path);
    }
    free(data);
    return certificate;
}

const ASN1_OCTET_STRING *certs_extension(const X509 *certificate, int n)
{
    char text[64];
    ASN1_OBJECT *object;
    int place;

    snprintf(text, sizeof(text), "1.3.6.1.4.1.4128.2100.%d", n);
    object = OBJ_txt2obj(text, 1);
    assert_non_null(object);
    place = X509_get_ext_by_OBJ(certificate, object, -1);
    ASN1_OBJECT_free(object);
    return place < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(certificate, place));
}

void certs_unpack(const char *fip, const char *dir)
{
    (void)mkdir(dir, 0700);
    assert_int_equal(support_tool("unpack --force --out %s %s", dir, fip), 0);
}
