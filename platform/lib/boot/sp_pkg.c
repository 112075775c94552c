// SPDX-License-Identifier: BSD-3-Clause
//
// SPKG header reader, see sp_pkg.h. Called by the SPMC before it maps a package, by fip-tool before
// it writes or shows one, and by its tests. Trusts `len` and `package_size`, no byte of the header.
#include "sp_pkg.h"

struct sp_pkg_rule_row {
    int err;
    const char *field;
    const char *text;
};

static const struct sp_pkg_rule_row sp_pkg_rules[SP_PKG_RULE_COUNT] = {
    [SP_PKG_RULE_NONE] = { ERR_NONE, "", "" },
    [SP_PKG_RULE_HEADER] = { ERR_TRUNCATED, "header", "must fit in the package" },
    [SP_PKG_RULE_MAGIC] = { ERR_INVALID, "magic", "must be \"SPKG\"" },
    [SP_PKG_RULE_VERSION] = { ERR_VERSION, "version", "must be 1 or 2" },
    [SP_PKG_RULE_PM_OFFSET_V1] = { ERR_INVALID, "pm_offset", "must be the end of the header" },
    [SP_PKG_RULE_PM_OFFSET_V2] = { ERR_INVALID, "pm_offset",
                                   "must be a multiple of the page, not zero" },
    [SP_PKG_RULE_PM_EMPTY] = { ERR_INVALID, "pm_size", "must not be zero" },
    [SP_PKG_RULE_PM_RANGE] = { ERR_RANGE, "pm_offset",
                               "must not be behind the end of the package" },
    [SP_PKG_RULE_PM_SIZE] = { ERR_RANGE, "pm_size",
                              "must not reach behind the end of the package" },
    [SP_PKG_RULE_IMG_ALIGN] = { ERR_INVALID, "img_offset", "must be a multiple of the page" },
    [SP_PKG_RULE_IMG_OVERLAP] = { ERR_OVERLAP, "img_offset",
                                  "must not be before the end of the manifest" },
    [SP_PKG_RULE_IMG_EMPTY] = { ERR_INVALID, "img_size", "must not be zero" },
    [SP_PKG_RULE_IMG_RANGE] = { ERR_RANGE, "img_offset",
                                "must not be behind the end of the package" },
    [SP_PKG_RULE_IMG_SIZE] = { ERR_RANGE, "img_size",
                               "must not reach behind the end of the package" },
};

static int refuse(struct image_fault *fault, enum sp_pkg_rule rule, uint64_t found,
                  uint64_t expected)
{
    const struct sp_pkg_rule_row *row = &sp_pkg_rules[rule];

    fault->rule = (int)rule;
    fault->entry = IMAGE_FAULT_NO_ENTRY;
    fault->field = row->field;
    fault->text = row->text;
    fault->found = found;
    fault->expected = expected;
    return row->err;
}

static int check_manifest(const struct sp_pkg *pkg, size_t package_size, struct image_fault *fault)
{
    uint32_t offset = pkg->manifest_offset;

    if (pkg->version == SP_PKG_VERSION_1 && offset != SP_PKG_HEADER_SIZE) {
        return refuse(fault, SP_PKG_RULE_PM_OFFSET_V1, offset, SP_PKG_HEADER_SIZE);
    }
    if (pkg->version == SP_PKG_VERSION_2 && (offset == 0 || offset % SP_PKG_PAGE != 0)) {
        return refuse(fault, SP_PKG_RULE_PM_OFFSET_V2, offset, SP_PKG_PAGE);
    }
    if (pkg->manifest_size == 0) {
        return refuse(fault, SP_PKG_RULE_PM_EMPTY, 0, 1);
    }
    if (offset > package_size) {
        return refuse(fault, SP_PKG_RULE_PM_RANGE, offset, package_size);
    }
    if (pkg->manifest_size > package_size - offset) {
        return refuse(fault, SP_PKG_RULE_PM_SIZE, pkg->manifest_size, package_size - offset);
    }
    return 0;
}

static int check_image(const struct sp_pkg *pkg, size_t package_size, struct image_fault *fault)
{
    uint64_t manifest_end = (uint64_t)pkg->manifest_offset + pkg->manifest_size;
    uint32_t offset = pkg->image_offset;

    if (offset % SP_PKG_PAGE != 0) {
        return refuse(fault, SP_PKG_RULE_IMG_ALIGN, offset, SP_PKG_PAGE);
    }
    if (offset < manifest_end) {
        return refuse(fault, SP_PKG_RULE_IMG_OVERLAP, offset, manifest_end);
    }
    if (pkg->image_size == 0) {
        return refuse(fault, SP_PKG_RULE_IMG_EMPTY, 0, 1);
    }
    if (offset > package_size) {
        return refuse(fault, SP_PKG_RULE_IMG_RANGE, offset, package_size);
    }
    if (pkg->image_size > package_size - offset) {
        return refuse(fault, SP_PKG_RULE_IMG_SIZE, pkg->image_size, package_size - offset);
    }
    return 0;
}

int sp_pkg_decode(const uint8_t *hdr, size_t len, size_t package_size, struct sp_pkg *pkg,
                  struct image_fault *fault)
{
    size_t readable = len < package_size ? len : package_size;
    struct sp_pkg found;
    uint32_t magic;
    int err;

    if (readable < SP_PKG_HEADER_SIZE) {
        return refuse(fault, SP_PKG_RULE_HEADER, readable, SP_PKG_HEADER_SIZE);
    }
    magic = image_get_le32(hdr + offsetof(struct sp_pkg_wire, magic));
    found.version = image_get_le32(hdr + offsetof(struct sp_pkg_wire, version));
    found.manifest_offset = image_get_le32(hdr + offsetof(struct sp_pkg_wire, pm_offset));
    found.manifest_size = image_get_le32(hdr + offsetof(struct sp_pkg_wire, pm_size));
    found.image_offset = image_get_le32(hdr + offsetof(struct sp_pkg_wire, img_offset));
    found.image_size = image_get_le32(hdr + offsetof(struct sp_pkg_wire, img_size));
    if (magic != SP_PKG_MAGIC) {
        return refuse(fault, SP_PKG_RULE_MAGIC, magic, SP_PKG_MAGIC);
    }
    if (found.version != SP_PKG_VERSION_1 && found.version != SP_PKG_VERSION_2) {
        return refuse(fault, SP_PKG_RULE_VERSION, found.version, SP_PKG_VERSION_2);
    }
    err = check_manifest(&found, package_size, fault);
    if (err == 0) {
        err = check_image(&found, package_size, fault);
    }
    if (err == 0) {
        *pkg = found;
    }
    return err;
}
