// SPDX-License-Identifier: BSD-3-Clause
//
// The tables of the chain of trust, see cot.h. Certificates, extensions and their order: TBBR-CLIENT (DEN0006) as TF-A's
// cert_create has it; the second root: its dual-root chain. Constant data; a reader compares it with that of TF-A row by
// row. The order of the certificates is one in which each comes after the one with its key.
#include "cot.h"

static const struct cot_cert_row certs[COT_CERT_COUNT] = {
    // ---- Signed with the root key
    [COT_TB_FW] = {
        .id = IMAGE_TB_FW_CERT,
        .subject = "Trusted Boot FW Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_NO_CERT,
        .root = COT_ROOT,
        .counter = COT_TRUSTED,
        .dual_count = 5,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_BL2_HASH, COT_OID_TB_FW_CONFIG_HASH,
                  COT_OID_HW_CONFIG_HASH, COT_OID_FW_CONFIG_HASH },
    },
    // The normal world's key is in it unless the platform owner, with a root of its own, answers for that world
    [COT_TRUSTED_KEY] = {
        .id = IMAGE_TRUSTED_KEY_CERT,
        .subject = "Trusted Key Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_NO_CERT,
        .root = COT_ROOT,
        .counter = COT_TRUSTED,
        .dual_count = 2,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_TRUSTED_WORLD_KEY,
                  COT_OID_NON_TRUSTED_WORLD_KEY },
    },
    // ---- Signed with the trusted world's key or one that it vouches for
    [COT_SOC_FW_KEY] = {
        .id = IMAGE_SOC_FW_KEY_CERT,
        .subject = "SoC Firmware Key Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_TRUSTED_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_TRUSTED_WORLD_KEY,
        .counter = COT_TRUSTED,
        .dual_count = 2,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_SOC_FW_KEY },
    },
    [COT_SOC_FW] = {
        .id = IMAGE_SOC_FW_CERT,
        .subject = "SoC Firmware Content Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_SOC_FW_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_SOC_FW_KEY,
        .counter = COT_TRUSTED,
        .dual_count = 3,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_BL31_HASH, COT_OID_SOC_FW_CONFIG_HASH },
    },
    [COT_TOS_FW_KEY] = {
        .id = IMAGE_TOS_FW_KEY_CERT,
        .subject = "Trusted OS Firmware Key Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_TRUSTED_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_TRUSTED_WORLD_KEY,
        .counter = COT_TRUSTED,
        .dual_count = 2,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_TOS_FW_KEY },
    },
    [COT_TOS_FW] = {
        .id = IMAGE_TOS_FW_CERT,
        .subject = "Trusted OS Firmware Content Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_TOS_FW_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_TOS_FW_KEY,
        .counter = COT_TRUSTED,
        .dual_count = 5,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_BL32_HASH, COT_OID_BL32_EXTRA1_HASH,
                  COT_OID_BL32_EXTRA2_HASH, COT_OID_TOS_FW_CONFIG_HASH },
    },
    // All packages; with two roots only those of the silicon provider
    [COT_SIP_SP] = {
        .id = IMAGE_SIP_SP_CERT,
        .subject = "SiP owned Secure Partition Content Certificate",
        .chains = COT_IN_SINGLE | COT_IN_DUAL,
        .parent = COT_TRUSTED_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_TRUSTED_WORLD_KEY,
        .counter = COT_TRUSTED,
        .dual_count = 1 + COT_SP_PLATFORM_FIRST,
        .oids = { COT_OID_TRUSTED_COUNTER, COT_OID_SP1_HASH, COT_OID_SP1_HASH + 1,
                  COT_OID_SP1_HASH + 2, COT_OID_SP1_HASH + 3, COT_OID_SP1_HASH + 4,
                  COT_OID_SP1_HASH + 5, COT_OID_SP1_HASH + 6, COT_OID_SP1_HASH + 7 },
    },
    // ---- One root: the normal world's key comes from the trusted key certificate
    [COT_NT_FW_KEY] = {
        .id = IMAGE_NT_FW_KEY_CERT,
        .subject = "Non-Trusted Firmware Key Certificate",
        .chains = COT_IN_SINGLE,
        .parent = COT_TRUSTED_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_NON_TRUSTED_WORLD_KEY,
        .counter = COT_NON_TRUSTED,
        .oids = { COT_OID_NON_TRUSTED_COUNTER, COT_OID_NT_FW_KEY },
    },
    [COT_NT_FW] = {
        .id = IMAGE_NT_FW_CERT,
        .subject = "Non-Trusted Firmware Content Certificate",
        .chains = COT_IN_SINGLE,
        .parent = COT_NT_FW_KEY,
        .root = COT_ROOT,
        .key_oid = COT_OID_NT_FW_KEY,
        .counter = COT_NON_TRUSTED,
        .oids = { COT_OID_NON_TRUSTED_COUNTER, COT_OID_BL33_HASH, COT_OID_NT_FW_CONFIG_HASH },
    },
    // ---- Two roots: signed with the platform owner's
    [COT_DUAL_NT_FW] = {
        .id = IMAGE_NT_FW_CERT,
        .subject = "Non-Trusted Firmware Content Certificate",
        .chains = COT_IN_DUAL,
        .parent = COT_NO_CERT,
        .root = COT_PLATFORM_ROOT,
        .own_key_oid = COT_OID_PLATFORM_ROOT_KEY,
        .counter = COT_NON_TRUSTED,
        .dual_count = 4,
        .oids = { COT_OID_NON_TRUSTED_COUNTER, COT_OID_BL33_HASH, COT_OID_NT_FW_CONFIG_HASH,
                  COT_OID_PLATFORM_ROOT_KEY },
    },
    [COT_PLAT_SP] = {
        .id = IMAGE_PLAT_SP_CERT,
        .subject = "Platform owned Secure Partition Content Certificate",
        .chains = COT_IN_DUAL,
        .parent = COT_NO_CERT,
        .root = COT_PLATFORM_ROOT,
        .own_key_oid = COT_OID_PLATFORM_ROOT_KEY,
        .counter = COT_NON_TRUSTED,
        .dual_count = 6,
        .oids = { COT_OID_NON_TRUSTED_COUNTER, COT_OID_SP1_HASH + 4, COT_OID_SP1_HASH + 5,
                  COT_OID_SP1_HASH + 6, COT_OID_SP1_HASH + 7, COT_OID_PLATFORM_ROOT_KEY },
    },
};

// TF-A measures all of them into PCR 0 under these names
static const struct cot_image_row images[COT_IMAGE_COUNT] = {
    // clang-format off
    [COT_BL2]          = { IMAGE_TB_FW, COT_TB_FW, COT_TB_FW, COT_OID_BL2_HASH, 0, "BL_2" },
    [COT_TB_FW_CONFIG] = { IMAGE_TB_FW_CONFIG, COT_TB_FW, COT_TB_FW, COT_OID_TB_FW_CONFIG_HASH, 0,
                           "TB_FW_CONFIG" },
    [COT_BL31]         = { IMAGE_SOC_FW, COT_SOC_FW, COT_SOC_FW, COT_OID_BL31_HASH, 0,
                           "SECURE_RT_EL3" },
    [COT_SPMC]         = { IMAGE_TOS_FW, COT_TOS_FW, COT_TOS_FW, COT_OID_BL32_HASH, 0,
                           "SECURE_RT_EL1_SPMD" },
    [COT_BL33]         = { IMAGE_NT_FW, COT_NT_FW, COT_DUAL_NT_FW, COT_OID_BL33_HASH, 0, "BL_33" },
    [COT_SP1]          = { IMAGE_COUNT, COT_SIP_SP, COT_SIP_SP, COT_OID_SP1_HASH, 0, "SP1" },
    [COT_SP1 + 1]      = { IMAGE_COUNT, COT_SIP_SP, COT_SIP_SP, COT_OID_SP1_HASH + 1, 0, "SP2" },
    [COT_SP1 + 2]      = { IMAGE_COUNT, COT_SIP_SP, COT_SIP_SP, COT_OID_SP1_HASH + 2, 0, "SP3" },
    [COT_SP1 + 3]      = { IMAGE_COUNT, COT_SIP_SP, COT_SIP_SP, COT_OID_SP1_HASH + 3, 0, "SP4" },
    [COT_SP1 + 4]      = { IMAGE_COUNT, COT_SIP_SP, COT_PLAT_SP, COT_OID_SP1_HASH + 4, 0, "SP5" },
    [COT_SP1 + 5]      = { IMAGE_COUNT, COT_SIP_SP, COT_PLAT_SP, COT_OID_SP1_HASH + 5, 0, "SP6" },
    [COT_SP1 + 6]      = { IMAGE_COUNT, COT_SIP_SP, COT_PLAT_SP, COT_OID_SP1_HASH + 6, 0, "SP7" },
    [COT_SP8]          = { IMAGE_COUNT, COT_SIP_SP, COT_PLAT_SP, COT_OID_SP1_HASH + 7, 0, "SP8" },
    // clang-format on
};

static const struct cot_oid_row oids[] = {
    { COT_OID_TRUSTED_COUNTER, COT_COUNTER, "trusted NV counter" },
    { COT_OID_NON_TRUSTED_COUNTER, COT_COUNTER, "non-trusted NV counter" },
    { COT_OID_BL2_HASH, COT_HASH, "BL2 hash" },
    { COT_OID_TB_FW_CONFIG_HASH, COT_HASH, "TB_FW_CONFIG hash" },
    { COT_OID_HW_CONFIG_HASH, COT_HASH, "HW_CONFIG hash" },
    { COT_OID_FW_CONFIG_HASH, COT_HASH, "FW_CONFIG hash" },
    { COT_OID_TRUSTED_WORLD_KEY, COT_KEY, "trusted world key" },
    { COT_OID_NON_TRUSTED_WORLD_KEY, COT_KEY, "non-trusted world key" },
    { COT_OID_SOC_FW_KEY, COT_KEY, "SoC firmware key" },
    { COT_OID_BL31_HASH, COT_HASH, "BL31 hash" },
    { COT_OID_SOC_FW_CONFIG_HASH, COT_HASH, "SOC_FW_CONFIG hash" },
    { COT_OID_TOS_FW_KEY, COT_KEY, "trusted OS firmware key" },
    { COT_OID_BL32_HASH, COT_HASH, "BL32 hash" },
    { COT_OID_BL32_EXTRA1_HASH, COT_HASH, "BL32 extra 1 hash" },
    { COT_OID_BL32_EXTRA2_HASH, COT_HASH, "BL32 extra 2 hash" },
    { COT_OID_TOS_FW_CONFIG_HASH, COT_HASH, "TOS_FW_CONFIG hash" },
    { COT_OID_NT_FW_KEY, COT_KEY, "non-trusted firmware key" },
    { COT_OID_PLATFORM_ROOT_KEY, COT_KEY, "platform root key" },
    { COT_OID_BL33_HASH, COT_HASH, "BL33 hash" },
    { COT_OID_NT_FW_CONFIG_HASH, COT_HASH, "NT_FW_CONFIG hash" },
    { COT_OID_SP1_HASH, COT_HASH, "SP1 hash" },
    { COT_OID_SP1_HASH + 1, COT_HASH, "SP2 hash" },
    { COT_OID_SP1_HASH + 2, COT_HASH, "SP3 hash" },
    { COT_OID_SP1_HASH + 3, COT_HASH, "SP4 hash" },
    { COT_OID_SP1_HASH + 4, COT_HASH, "SP5 hash" },
    { COT_OID_SP1_HASH + 5, COT_HASH, "SP6 hash" },
    { COT_OID_SP1_HASH + 6, COT_HASH, "SP7 hash" },
    { COT_OID_SP1_HASH + 7, COT_HASH, "SP8 hash" },
};

const struct cot_cert_row *cot_cert_row(enum cot_cert cert)
{
    return &certs[cert];
}

const struct cot_image_row *cot_image_row(enum cot_image image)
{
    return &images[image];
}

bool cot_in_chain(enum cot_cert cert, uint32_t chain)
{
    uint8_t in = chain == COT_SINGLE_ROOT ? COT_IN_SINGLE
                 : chain == COT_DUAL_ROOT ? COT_IN_DUAL
                                          : 0;

    return (certs[cert].chains & in) != 0;
}

enum cot_cert cot_image_cert(enum cot_image image, uint32_t chain)
{
    switch (chain) {
    case COT_SINGLE_ROOT:
        return images[image].cert_single;
    case COT_DUAL_ROOT:
        return images[image].cert_dual;
    default:
        return COT_NO_CERT;
    }
}

enum cot_oid cot_extension(enum cot_cert cert, uint32_t chain, uint32_t index)
{
    const struct cot_cert_row *row = &certs[cert];
    uint32_t limit = chain == COT_DUAL_ROOT ? row->dual_count : COT_MAX_OIDS;

    return cot_in_chain(cert, chain) && index < limit ? row->oids[index] : COT_OID_NONE;
}

const struct cot_oid_row *cot_oid_row(uint32_t oid)
{
    for (size_t i = 0; i < sizeof(oids) / sizeof(oids[0]); i++) {
        if ((uint32_t)oids[i].oid == oid) {
            return &oids[i];
        }
    }
    return NULL;
}

const char *cot_oid_name(uint32_t oid)
{
    const struct cot_oid_row *row = cot_oid_row(oid);

    return row != NULL ? row->name : NULL;
}
