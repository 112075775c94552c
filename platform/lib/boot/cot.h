// SPDX-License-Identifier: BSD-3-Clause
//
// THE chain of trust (TBBR-CLIENT DEN0006; TF-A's names and OIDs): one row a certificate, one row an
// image, everything about it in the row. chain.c walks it; fip-tool makes certificates out of the same
// rows. Two chains: with one root (TF-A's TBBR), and with a second root for the platform owner, who
// then signs the normal world and the packages SP5 … SP8 (TF-A's dual root).
#ifndef COT_H
#define COT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fip_names.h"

// Extensions: the last number of 1.3.6.1.4.1.4128.2100.n
enum cot_oid {
    COT_OID_NONE = 0,
    COT_OID_TRUSTED_COUNTER = 1,
    COT_OID_NON_TRUSTED_COUNTER = 2,
    COT_OID_BL2_HASH = 201,
    COT_OID_TB_FW_CONFIG_HASH = 202,
    COT_OID_HW_CONFIG_HASH = 203,
    COT_OID_FW_CONFIG_HASH = 204,
    COT_OID_TRUSTED_WORLD_KEY = 302,
    COT_OID_NON_TRUSTED_WORLD_KEY = 303,
    COT_OID_SOC_FW_KEY = 501,
    COT_OID_BL31_HASH = 603,
    COT_OID_SOC_FW_CONFIG_HASH = 604,
    COT_OID_TOS_FW_KEY = 901,
    COT_OID_BL32_HASH = 1001,
    COT_OID_BL32_EXTRA1_HASH = 1002,
    COT_OID_BL32_EXTRA2_HASH = 1003,
    COT_OID_TOS_FW_CONFIG_HASH = 1004,
    COT_OID_NT_FW_KEY = 1101,
    COT_OID_PLATFORM_ROOT_KEY = 1102,
    COT_OID_BL33_HASH = 1201,
    COT_OID_NT_FW_CONFIG_HASH = 1202,
    COT_OID_SP1_HASH = 1301, // … SP8: 1308
};

// Which chain a board is provisioned for. Far apart in bits.
enum cot_chain {
    COT_SINGLE_ROOT = 0x35ca,
    COT_DUAL_ROOT = 0xca35,
};

enum cot_root {
    COT_ROOT,          // ROTPK: the silicon provider's
    COT_PLATFORM_ROOT, // PROTPK: the platform owner's, dual root only
    COT_ROOT_COUNT
};

enum cot_counter { COT_TRUSTED, COT_NON_TRUSTED, COT_COUNTER_COUNT };

// Parents before children.
enum cot_cert {
    COT_TB_FW,
    COT_TRUSTED_KEY,
    COT_SOC_FW_KEY,
    COT_SOC_FW,
    COT_TOS_FW_KEY,
    COT_TOS_FW,
    COT_SIP_SP,
    COT_NT_FW_KEY,
    COT_NT_FW,
    COT_DUAL_NT_FW,
    COT_PLAT_SP,
    COT_CERT_COUNT,
    COT_NO_CERT = COT_CERT_COUNT
};

#define COT_MAX_OIDS 12
#define COT_IN_SINGLE 1u
#define COT_IN_DUAL 2u

struct cot_cert_row {
    enum fip_image_id id; // in the FIP; fip_names has UUID, option name ("soc-fw-cert") and title
    const char *subject;  // common name that cert_create gives it, issuer too
    uint8_t chains;       // COT_IN_SINGLE | COT_IN_DUAL
    enum cot_cert parent; // whose extension `key_oid` holds the key; COT_NO_CERT: a root
    enum cot_root root;   // which root, if parent is COT_NO_CERT
    enum cot_oid key_oid; // COT_OID_NONE for roots
    enum cot_oid
        own_key_oid; // of the extension that repeats its own key; COT_OID_NONE: it has none
    enum cot_counter counter; // which one it carries, always
    // Every extension it may have, in cert_create's order, ended by COT_OID_NONE. With two roots it has the first
    // `dual_count` of them: cot_extension().
    uint8_t dual_count;
    enum cot_oid oids[COT_MAX_OIDS];
};

enum cot_image {
    COT_BL2,
    COT_TB_FW_CONFIG,
    COT_BL31,
    COT_SPMC,
    COT_BL33,
    COT_SP1,
    COT_SP8 = COT_SP1 + 7,
    COT_IMAGE_COUNT
};
#define COT_SP_COUNT 8
#define COT_SP_PLATFORM_FIRST 4 // two roots: the packages from SP5 on are the platform owner's

struct cot_image_row {
    enum fip_image_id id;      // IMAGE_COUNT for packages: their UUID is their own
    enum cot_cert cert_single; // holds its hash
    enum cot_cert cert_dual;
    enum cot_oid hash_oid;
    uint32_t pcr;      // where it is measured
    const char *event; // TF-A's name for that: "BL_2", "SECURE_RT_EL3", "SP1" …
};

// What the value of an extension is
enum cot_value {
    COT_COUNTER, // INTEGER
    COT_HASH,    // DigestInfo
    COT_KEY,     // SubjectPublicKeyInfo
};

struct cot_oid_row {
    enum cot_oid oid;
    enum cot_value value;
    const char *name; // for people: "BL31 hash"
};

// `cert` < COT_CERT_COUNT, `image` < COT_IMAGE_COUNT. Constant data, never NULL.
const struct cot_cert_row *cot_cert_row(enum cot_cert cert);
const struct cot_image_row *cot_image_row(enum cot_image image);

// Whether `chain` (enum cot_chain; another value has none) has that certificate.
bool cot_in_chain(enum cot_cert cert, uint32_t chain);

// The certificate that holds the hash of `image` in `chain`; COT_NO_CERT if `chain` is none of enum cot_chain.
enum cot_cert cot_image_cert(enum cot_image image, uint32_t chain);

// Extension number `index` (from 0) of a certificate in a chain; COT_OID_NONE behind the last one.
enum cot_oid cot_extension(enum cot_cert cert, uint32_t chain, uint32_t index);

// The row of an extension, NULL if no certificate here has it; its name, NULL likewise.
const struct cot_oid_row *cot_oid_row(uint32_t oid);
const char *cot_oid_name(uint32_t oid);

#endif
