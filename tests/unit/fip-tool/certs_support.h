// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of certs and sign share: FIPs with the images of a boot, keys of every kind, other
// programs, and certificates read with OpenSSL, which knows nothing of the code under test.
#ifndef CERTS_SUPPORT_H
#define CERTS_SUPPORT_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/unit/fip-tool/tool_support.h"

#include "fip-tool/fip-tool.h"

// The certificates of a chain by option name without "-cert", ended by NULL.
extern const char *const certs_single[], *const certs_dual[];
// The names of its key files without ".pem", ended by NULL.
extern const char *const certs_single_keys[], *const certs_dual_keys[];

const char *const *certs_of(enum cot_chain chain);
const char *const *certs_keys_of(enum cot_chain chain);

// Writes tb_fw_config.dtb that lists packages: owners as characters, 'S' for "SiP", 'P' for "Plat"; package i has
// the UUID that certs_uuid() gives.
void certs_write_config(const char *owners);
const char *certs_uuid(size_t i);

// Writes bl2.bin, bl31.bin, spmc.bin, bl33.bin, sp0.bin … and tb_fw_config.dtb, and packs all of them into `path`
// without certificates.
void certs_write_fip(const char *path, const char *owners);

// A key of a kind; each (kind, number < 8) is made once in a program. RSA: only two, for even and odd numbers. Owned
// here.
EVP_PKEY *certs_key(enum boot_pk_kind kind, size_t number);

// Write a key as PEM; a folder with all keys of a chain, numbered by certs_keys_of(), private or public.
void certs_write_key(const char *path, EVP_PKEY *key, bool with_private);
void certs_write_keys(const char *dir, enum cot_chain chain, enum boot_pk_kind kind,
                      bool with_private);

// Runs a program with words separated by one blank; its output goes nowhere. Returns the exit code, PROGRAM_ABSENT
// if there is no such program.
#define PROGRAM_ABSENT 127
int certs_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A DER file as a certificate; the test fails if OpenSSL cannot read it. The caller frees it.
X509 *certs_read(const char *path);

// The value of the extension 1.3.6.1.4.1.4128.2100.n; NULL: it has none.
const ASN1_OCTET_STRING *certs_extension(const X509 *certificate, int n);

// Unpacks the certificates of a FIP to <dir>/<cert>-cert.bin.
void certs_unpack(const char *fip, const char *dir);

#endif
