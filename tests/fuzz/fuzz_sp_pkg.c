// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the partition-package reader. The first four input bytes are the package
// size; the rest is the header, with a right magic if the size is odd. Traps if a package is
// accepted that breaks what sp_pkg.h promises.
#include "sp_pkg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t package_size, manifest_end, image_end;
    struct image_fault fault = { 0 };
    struct sp_pkg pkg = { 0 };
    uint8_t *header;
    size_t len;
    int err;

    if (size < 4) {
        return 0;
    }
    package_size = image_get_le32(data);
    len = size - 4;
    header = malloc(
        len == 0 ? 1 : len); // exactly as long, so that AddressSanitizer sees one byte too many
    expect(header != NULL);
    memcpy(header, data + 4, len);
    if ((package_size & 1) != 0 && len >= 4) {
        image_put_le32(header, SP_PKG_MAGIC);
    }
    err = sp_pkg_decode(header, len, package_size, &pkg, &fault);
    free(header);
    if (err != 0) {
        expect(err < 0 && fault.rule > SP_PKG_RULE_NONE && fault.rule < SP_PKG_RULE_COUNT);
        return 0;
    }
    manifest_end = (uint64_t)pkg.manifest_offset + pkg.manifest_size;
    image_end = (uint64_t)pkg.image_offset + pkg.image_size;
    expect(len >= SP_PKG_HEADER_SIZE && (pkg.version == 1 || pkg.version == 2));
    expect(pkg.manifest_offset >= SP_PKG_HEADER_SIZE && pkg.manifest_size > 0 &&
           pkg.image_size > 0);
    expect(manifest_end <= pkg.image_offset && image_end <= package_size);
    expect(pkg.image_offset % SP_PKG_PAGE == 0);
    return 0;
}
