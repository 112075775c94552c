#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# sbom.sh MBEDTLS_DIR SYSROOT DEPS CC...: prints an SPDX 2.3 document (JSON) of every third-party thing that this build used:
# what is linked into the images and host programs, what they were tested with (DEPS: fetch.sh's folder, with as many kernels and sources
# of kernels as were asked for by now), and the tools that made them. Called by make.
#
# The same inputs give the same text: the date is SOURCE_DATE_EPOCH, or that of the last commit, or the epoch's start.
# What fetch.sh brought is named with the SHA-256 of the downloaded archive (recorded then, checked by apt); what an
# integrator brought, and the tools, with the SHA-256 of the file that is used.
set -eu

mbedtls=$1
sysroot=$2
deps=$3
shift 3
packages=
relations=
count=0

# add RELATION NAME VERSION SUPPLIER LICENCE SHA256 PURL: one package, and what it is to Tessera
add() {
    count=$((count + 1))
    id="SPDXRef-Package-$count"
    reference=
    [ -z "$7" ] || reference=$(printf ',
      "externalRefs": [{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "%s" }]' "$7")
    packages="$packages,
    {
      \"SPDXID\": \"$id\",
      \"name\": \"$2\",
      \"versionInfo\": \"$3\",
      \"supplier\": \"$4\",
      \"downloadLocation\": \"NOASSERTION\",
      \"filesAnalyzed\": false,
      \"licenseConcluded\": \"NOASSERTION\",
      \"licenseDeclared\": \"$5\",
      \"copyrightText\": \"NOASSERTION\",
      \"checksums\": [{ \"algorithm\": \"SHA256\", \"checksumValue\": \"$6\" }]$reference
    }"
    relations="$relations,
    { \"spdxElementId\": \"$id\", \"relationshipType\": \"$1\", \"relatedSpdxElement\": \"SPDXRef-Package-0\" }"
}

licence_of() {
    case $1 in
    mbedtls) echo 'Apache-2.0 OR GPL-2.0-or-later' ;;
    libfdt-dev) echo 'GPL-2.0-or-later OR BSD-2-Clause' ;;
    libssl-dev | libssl3 | libcrypto) echo Apache-2.0 ;;
    libtpms-dev | libtpms0 | libtpms) echo 'BSD-3-Clause AND TCGL' ;;
    u-boot-qemu | rng-tools5) echo 'GPL-2.0-or-later' ;;
    linux-* | busybox-static) echo 'GPL-2.0-only' ;;
    libc6 | libgnutls30 | librtmp1 | libtasn1-6) echo 'LGPL-2.1-or-later' ;;
    libkeyutils1) echo 'LGPL-2.0-or-later' ;;
    libgmp10 | libnettle8 | libhogweed6 | libidn2-0 | libunistring2 | libelf1t64) echo 'LGPL-3.0-or-later OR GPL-2.0-or-later' ;;
    libgcc-s1) echo 'GPL-3.0-or-later WITH GCC-exception-3.1' ;;
    tpm2-tools | libp11-kit0 | libssh2-1) echo BSD-3-Clause ;;
    libtss2-*) echo BSD-2-Clause ;;
    libzstd1) echo 'BSD-3-Clause OR GPL-2.0-only' ;;
    libcurl*) echo curl ;;
    libldap-*) echo OLDAP-2.8 ;;
    libbrotli1 | libffi8 | libjson-c5 | libnghttp2-14 | libpsl5 | libgssapi-krb5-2 | libk5crypto3 | libkrb5*) echo MIT ;;
    zlib1g) echo Zlib ;;
    *) echo NOASSERTION ;;
    esac
}

# add_fetched FILE.versions [RELATION]: what fetch.sh recorded, one 'name version architecture sha256' a line
add_fetched() {
    while read -r name version arch sum; do
        relation=${2:-DEPENDENCY_OF}
        [ "$name" != u-boot-qemu ] || relation=TEST_DEPENDENCY_OF
        add "$relation" "$name" "$version" 'Organization: Debian' "$(licence_of "$name")" "$sum" \
            "pkg:deb/debian/$name@$(echo "$version" | sed 's/+/%2B/g; s/:/%3A/g')?arch=$arch"
    done <"$1"
}

# add_file RELATION NAME FILE: a file in use, with the Debian package it belongs to where there is one
add_file() {
    file=$(readlink -f "$3") || return 0
    [ -f "$file" ] || return 0
    owner=$(dpkg-query -S "$file" 2>/dev/null | head -n 1 | sed 's/: .*//') || owner=
    if [ -n "$owner" ]; then
        set -- "$1" $(dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' "$owner" | head -n 1)
        add "$1" "$2" "$3" 'Organization: Debian' NOASSERTION "$(sha256sum <"$file" | cut -d' ' -f1)" \
            "pkg:deb/debian/$2@$(echo "$3" | sed 's/+/%2B/g; s/:/%3A/g')?arch=$4"
    else
        add "$1" "$2" NOASSERTION NOASSERTION NOASSERTION "$(sha256sum <"$file" | cut -d' ' -f1)" ''
    fi
}

if [ -f "$mbedtls.versions" ]; then
    add_fetched "$mbedtls.versions"
else
    version=$(sed -n 's/^#define MBEDTLS_VERSION_STRING *"\(.*\)"/\1/p' "$mbedtls/include/mbedtls/build_info.h")
    sum=$(cd "$mbedtls" && find include library -name '*.[ch]' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
    add DEPENDENCY_OF mbedtls "$version" NOASSERTION "$(licence_of mbedtls)" "$sum" ''
fi
if [ -f "$sysroot.versions" ]; then
    add_fetched "$sysroot.versions"
else
    add_file DEPENDENCY_OF libfdt "$sysroot/usr/lib/aarch64-linux-gnu/libfdt.a"
    add_file DEPENDENCY_OF libcrypto "$sysroot/usr/lib/aarch64-linux-gnu/libcrypto.a"
    add_file DEPENDENCY_OF libtpms "$sysroot/usr/lib/aarch64-linux-gnu/libtpms.a"
    add_file DEPENDENCY_OF picolibc "$sysroot/usr/lib/picolibc/aarch64-linux-gnu/lib/libc.a"
fi
for name in linux linux-sid kernel-source; do
    [ ! -f "$deps/$name.versions" ] || add_fetched "$deps/$name.versions" TEST_DEPENDENCY_OF
done
add_file DEPENDENCY_OF libgcc "$("$1" -print-libgcc-file-name)"
for name in libcrypto libfdt libedit libcbor libjansson; do
    add_file DEPENDENCY_OF "$name" "$(gcc -print-file-name="$name.so")"
done
for tool in "$@" "$("$1" -print-prog-name=as)" "$("$1" -print-prog-name=ld)" gcc dtc; do
    add_file BUILD_TOOL_OF "$(basename "$tool")" "$(command -v "$tool" || echo "$tool")"
done

epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
digest=$(printf '%s' "$packages$relations" | sha256sum | cut -d' ' -f1)
cat <<END
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "tessera",
  "documentNamespace": "urn:tessera:sbom:$digest",
  "creationInfo": { "created": "$created", "creators": ["Tool: platform/external/sbom.sh"] },
  "documentDescribes": ["SPDXRef-Package-0"],
  "packages": [
    {
      "SPDXID": "SPDXRef-Package-0",
      "name": "tessera",
      "supplier": "Organization: The Tessera authors",
      "downloadLocation": "NOASSERTION",
      "filesAnalyzed": false,
      "licenseConcluded": "BSD-3-Clause",
      "licenseDeclared": "BSD-3-Clause",
      "copyrightText": "The Tessera authors"
    }$packages
  ],
  "relationships": [
    { "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-Package-0" }$relations
  ]
}
END
