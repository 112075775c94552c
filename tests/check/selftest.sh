#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# selftest.sh: shows every check a bad example, which it must refuse with the words given, and a good one, which it must
# take. A check that cannot fail is worse than none.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/../../.clang-format" "$here/../../.clang-tidy" "$work"
cd "$work" || exit 1
CC=${CC:-aarch64-linux-gnu-gcc} OBJDUMP=${OBJDUMP:-aarch64-linux-gnu-objdump} NM=${NM:-aarch64-linux-gnu-nm}
READELF=${READELF:-aarch64-linux-gnu-readelf} SIZE=${SIZE:-aarch64-linux-gnu-size}
export CC OBJDUMP NM READELF SIZE
status=0

refuses() { # WORDS CHECK ARGUMENTS...
    words=$1
    shift
    if output=$("$here/$@" 2>&1); then
        echo "$* took a bad example; it must say: $words"
        status=1
    elif ! printf '%s\n' "$output" | grep -qF -e "$words"; then
        echo "$* must say '$words' but says: $output"
        status=1
    fi
}

takes() { # CHECK ARGUMENTS...
    if ! output=$("$here/$@" 2>&1); then
        echo "$* refused a good example: $output"
        status=1
    fi
}

file() { # PATH: from standard input
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

# tree.sh
file good.c <<'END'
// SPDX-License-Identifier: BSD-3-Clause
int good;
END
takes tree.sh good.c
printf 'int a;\n\n\n\n' | file bad.c
refuses 'bad.c:4: no SPDX' tree.sh good.c bad.c
printf '// SPDX-License-Identifier: BSD-3-Clause\nint a; \n' | file bad.c
refuses 'bad.c:2: blank at the end' tree.sh bad.c
printf '// SPDX-License-Identifier: BSD-3-Clause\n// %s: later\n' TODO | file bad.c
refuses 'bad.c:2: a TODO' tree.sh bad.c
cp good.c deep.c && mkdir -p a/b/c/d && cp good.c a/b/c/d/e.c
refuses 'at most 4 components' tree.sh a/b/c/d/e.c
{ cat good.c && yes '// line' | head -n 801; } | file long.c
refuses 'over 800 lines' tree.sh long.c good.c
yes text | head -n 121 | file folder/README.md
refuses 'over 120 lines' tree.sh folder/README.md

# shell.sh
printf '#!/bin/sh\necho hello\n' | file good.sh
printf '#!/bin/sh\nif true; then\n' | file bad.sh
chmod +x good.sh bad.sh
takes shell.sh good.sh
refuses 'end of file unexpected' shell.sh good.sh bad.sh
printf 'echo hello\n' | file bad.sh
refuses 'bad.sh:1: no #!/bin/sh' shell.sh bad.sh
chmod -x good.sh
refuses 'good.sh: not executable' shell.sh good.sh

# format.sh
printf 'int f(void);\nint f(void)\n{\n    return 1;\n}\n' | file good.c
takes format.sh good.c
printf 'int f(void);\nint f(void) {\n  return 1;\n}\n' | file bad.c
refuses 'bad.c:2: not as clang-format' format.sh good.c bad.c

# include_check.sh
mkdir -p bl1 bl2 platform/include platform/lib/boot partitions/a partitions/b partitions/lib spmc
touch bl2/bl2_private.h platform/include/log.h spmc/sp.h partitions/b/b_service.h partitions/b/b_proto.h
echo '#include "log.h"' | file bl1/good.c
echo '#include "partitions/b/b_proto.h"' | file partitions/a/good.c
mkdir -p partitions/a/tests
echo '#include "bl2/bl2_private.h"' | file partitions/a/tests/good.c
takes include_check.sh qemu_virt bl1/good.c partitions/a/good.c partitions/a/tests/good.c
echo '#include "bl2/bl2_private.h"' | file bl1/bad.c
refuses 'bl1/bad.c:1: must not include bl2/bl2_private.h' include_check.sh qemu_virt bl1/bad.c
echo '#include "spmc/sp.h"' | file platform/lib/boot/bad.c
refuses 'platform/lib/boot/bad.c:1: must not include spmc/sp.h' include_check.sh qemu_virt platform/lib/boot/bad.c
echo '#include "partitions/b/b_service.h"' | file partitions/a/bad.c
refuses 'must not include partitions/b/b_service.h' include_check.sh qemu_virt partitions/a/bad.c
echo '#include "log.h"' | file elsewhere/bad.c
refuses 'no include rule' include_check.sh qemu_virt elsewhere/bad.c

# if_budget.sh
printf '# none\n' | file allow.txt
printf '#include "log.h"\nint a;\n' | file plain.c
printf '#ifndef MACROS_S\n#define MACROS_S\n#endif\n' | file guarded.S
takes if_budget.sh allow.txt plain.c guarded.S
printf 'int a;\n#ifdef X\n#endif\n' | file bad.c
refuses 'bad.c:2: #if in a source' if_budget.sh allow.txt plain.c bad.c
printf 'bad.c because\n' | file allow.txt
refuses 'more than a tenth' if_budget.sh allow.txt plain.c bad.c
takes if_budget.sh allow.txt bad.c plain.c plain.c plain.c plain.c plain.c plain.c plain.c plain.c plain.c
printf 'bad.c\n' | file allow.txt
refuses 'no reason' if_budget.sh allow.txt bad.c
printf 'plain.c because\n' | file allow.txt
refuses 'has no #if' if_budget.sh allow.txt plain.c

# api_doc.sh
file good.h <<'END'
#ifndef GOOD_H
#define GOOD_H
struct s {
    int (*call)(int a);
};
// Adds.
int add(int a, int b);

// A group of two.
int one(void);
int two(int a,
        int b);
int three(void); // at the end of its line
/*
 * Long.
 */
static inline int four(void)
{
    return one();
}
static inline int five(void)
{
    return two(1, 2);
}
#endif
END
takes api_doc.sh good.h
printf '// Says.\nint said(void);\n\nint unsaid(int a,\n           int b);\n' | file bad.h
refuses 'bad.h:4: unsaid() has no comment' api_doc.sh bad.h
printf 'static inline int unsaid(void)\n{\n    return 1;\n}\n' | file bad.h
refuses 'bad.h:1: unsaid() has no comment' api_doc.sh good.h bad.h

# weak.sh
takes weak.sh good.c
for text in 'int a __attribute__((weak));' '.weak a' '__weak void f(void);'; do
    printf '%s\n' "$text" | file bad.c
    refuses 'bad.c:1: weak' weak.sh bad.c
done
link() { "$CC" -nostdlib -static -no-pie -Wl,--build-id=none "$@"; }
printf 'void _start(void);\nvoid _start(void) { for (;;) { } }\n' | file good.c
link -o good.elf good.c
takes weak.sh good.elf
printf 'void _start(void);\nvoid _start(void) { for (;;) { } }\n__attribute__((weak)) void f(void) { }\n' | file bad.c
link -o bad.elf bad.c
refuses 'bad.elf: weak symbol f' weak.sh bad.elf

# simd.sh
printf '# none\n' | file simd.txt
takes simd.sh simd.txt good.elf
printf 'double sum(double a);\ndouble sum(double a) { return a + 1; }\nvoid _start(void);\nvoid _start(void) { }\n' | file bad.c
link -O1 -o bad.elf bad.c
refuses 'bad.elf: sum() uses FP/SIMD register' simd.sh simd.txt bad.elf
printf 'bad sum saves them\n' | file simd.txt
takes simd.sh simd.txt bad.elf
"$CC" -O1 -c -o lib.o bad.c
printf '# none\n' | file simd.txt
ARCHIVES=lib.o takes simd.sh simd.txt bad.elf
printf 'bad gone is no more\n' | file simd.txt
refuses 'bad has no gone()' simd.sh simd.txt bad.elf
printf '' | file empty.elf
refuses 'nothing was disassembled' simd.sh simd.txt empty.elf

# heap.sh
takes heap.sh good.elf
for name in malloc mbedtls_calloc _free_r mbedtls_zeroize_and_free; do
    printf 'void %s(void);\nvoid %s(void) { }\nvoid _start(void);\nvoid _start(void) { %s(); }\n' $name $name $name | file bad.c
    link -fno-builtin -o bad.elf bad.c
    refuses "bad.elf: $name is linked" heap.sh good.elf bad.elf
done
refuses 'empty.elf: no symbols' heap.sh empty.elf

# wx.sh
takes wx.sh good.elf
link -Wl,-N,--no-warnings -o bad.elf good.c 2>/dev/null || link -Wl,-N -o bad.elf good.c 2>/dev/null
refuses 'writable and executable' wx.sh bad.elf
link -z execstack -o bad.elf good.c 2>/dev/null
refuses 'executable stack' wx.sh bad.elf
mkdir -p sp
printf '__thread int t;\nint _start(void);\nint _start(void) { return t; }\n' | file tls.c
link -o sp/bad.elf tls.c
refuses 'has a TLS segment' wx.sh sp/bad.elf
refuses 'no loadable segment' wx.sh empty.elf

# reproducible.sh, on trees that make one file
file tree/tests/check/none </dev/null
printf 'all:\n\t@mkdir -p build && echo always >build/flash.bin\n' | file tree/Makefile
mkdir -p tree/mbedtls tree/sysroot tree/keys
(cd tree && takes reproducible.sh board mbedtls sysroot keys && exit $status) || status=1
printf 'all:\n\t@mkdir -p build && echo always >build/flash.bin && pwd >build/other.bin\n' | file tree/Makefile
(cd tree && refuses './other.bin' reproducible.sh board mbedtls sysroot keys && exit $status) || status=1
printf 'all:\n\t@mkdir -p build\n' | file tree/Makefile
(cd tree && refuses 'made no flash.bin' reproducible.sh board mbedtls sysroot keys && exit $status) || status=1

# new_partition.sh, on a template whose lines fit only as long as the name is short
mkdir -p author/partitions && cp .clang-format author && cp -R "$here/../../partitions/_template" "$here/../../partitions/new_partition.sh" author/partitions
(cd author && takes new_partition.sh && exit $status) || status=1
{
    echo
    echo 'int template_f(int aaaaaaaaaaaaaaaaaaaaaaaaaaaaa, int bbbbbbbbbbbbbbbbbbbbbbbbbbbbb, int cccccccc);'
} >>author/partitions/_template/template_sp.c
(cd author && refuses 'sixteen_letters__sp.c' new_partition.sh && exit $status) || status=1

# fuzz.sh
printf '#!/bin/sh\nexit 0\n' | file fuzz_good
printf '#!/bin/sh\necho found; exit 77\n' | file fuzz_bad
chmod +x fuzz_good fuzz_bad
takes fuzz.sh ./fuzz_good
refuses 'fuzz_bad: a finding' fuzz.sh ./fuzz_good ./fuzz_bad

# readme_paths.sh, in a tree without git
printf 'all:\n\ntrue\n' | file Makefile
printf 'Read `bl1/good.c`, `good.c`, `b_proto.h`, `bl1/{good,bad}.c`, `bl1/good.c:include`, run `make all`; `build/x/y`.\n' | file docs.md
takes readme_paths.sh docs.md
for text in '`bl1/none.c`' '`none.c`' '`bl1/{good,none}.c`' '`good.c:nothing_here`' '`make none`' '[text](bl1/none.c)'; do
    printf '\n%s\n' "$text" | file docs.md
    refuses 'docs.md:2: no' readme_paths.sh docs.md
done
grep -q nothing_here good.c && echo "readme_paths.sh: bad example" && status=1
echo '[text](../bl1/good.c)' | file sub/docs.md
takes readme_paths.sh sub/docs.md
echo '[text](../bl1/none.c)' | file sub/docs.md
refuses 'sub/docs.md:1: no such path: bl1/none.c' readme_paths.sh sub/docs.md

# compile.sh
echo "'$CC' -Wall -Wextra -Werror -I." >flags
echo "$CC -Wall -Wextra -Werror -ffreestanding -nostdinc -isystem $("$CC" -print-file-name=include) -I." >flags
printf '#include <stdint.h>\nuint8_t f(uint8_t a);\nuint8_t f(uint8_t a)\n{\n    return a;\n}\n' | file good.c
takes compile.sh clang flags@good.c
takes compile.sh tidy flags@good.c
printf 'int f(void);\nint f(void)\n{\n    int unused;\n    return 1;\n}\n' | file bad.c
refuses 'unused' compile.sh clang flags@good.c flags@bad.c
{
    printf 'int f(int a);\nint f(int a)\n{\n'
    yes '    a = a * 3;' | head -n 70
    printf '    return a;\n}\n'
} | file bad.c
refuses 'readability-function-size' compile.sh tidy flags@bad.c
printf 'int f(int a);\nint f(int a)\n{\n    return a ? f(a - 1) : 0;\n}\n' | file bad.c
refuses 'misc-no-recursion' compile.sh tidy flags@bad.c
printf '#include <stdint.h>\nextern uint8_t a;\n' | file alone.h
takes compile.sh header flags@alone.h
printf 'extern uint8_t a;\n' | file bad.h
refuses 'uint8_t' compile.sh header flags@bad.h

# size.sh
printf '#define BL1_ROM_SIZE 0x1000\n#define BL1_RW_SIZE 0x1000\n#define BL2_SIZE 0x1000\n#define BL31_SIZE 0x1000\n#define SPMC_SIZE 0x1000\n' | file board.h
printf 'void _start(void);\nvoid _start(void) { for (;;) { } }\n' | file good.c
for image in bl1 bl2 bl31 spmc; do link -o $image.elf good.c; done
takes size.sh board.h .
printf 'char big[8192];\nvoid _start(void);\nvoid _start(void) { for (;;) { big[0] = 1; } }\n' | file big.c
link -o spmc.elf big.c
refuses 'spmc.elf: over its budget' size.sh board.h .
rm bl2.elf
refuses 'bl2.elf: missing' size.sh board.h .

# client_headers.sh
sdk_header() { # LINKAGE: extern "C" or nothing
    echo '#ifndef SDK_H
#define SDK_H
#ifdef __cplusplus
#define PARAMETERS
'"$1"' {
#else
#define PARAMETERS void
#endif
typedef struct { int x; } psa_key_attributes_t;
typedef struct { int x; } psa_hash_operation_t;
typedef int psa_key_id_t;
#define PSA_KEY_ATTRIBUTES_INIT { 0 }
#define PSA_KEY_ID_NULL 0
#define PSA_STORAGE_FLAG_NONE 0
#define PSA_ECC_FAMILY_SECP_R1 1
#define PSA_ALG_SHA_256 1
#define PSA_ALG_ECDSA(hash) (hash)
#define PSA_KEY_TYPE_ECC_KEY_PAIR(family) (family)
#define PSA_SIGN_OUTPUT_SIZE(type, bits, alg) (64)
psa_hash_operation_t psa_hash_operation_init(PARAMETERS);
void psa_set_key_type(psa_key_attributes_t *a, int type);
int psa_generate_key(const psa_key_attributes_t *a, psa_key_id_t *key);
int psa_hash_update(psa_hash_operation_t *op, const unsigned char *in, unsigned long size);
int psa_its_remove(unsigned long uid);
int psa_initial_attest_get_token_size(unsigned long challenge, unsigned long *size);
int psa_ps_set(unsigned long uid, unsigned long size, const void *data, int flags);
#ifdef __cplusplus
}
#endif
#endif'
}
for header in crypto initial_attestation internal_trusted_storage protected_storage; do sdk_header 'extern "C"' | file sdk/psa/$header.h; done
echo 'int psa_client_disconnect(void);' | file sdk/psa_client.h
echo 'int tessera_disconnect(void);' | file sdk/tessera.h
takes client_headers.sh sdk
echo 'int tessera_connect(int class);' | file sdk/tessera.h
refuses 'tessera.h" as c++17' client_headers.sh sdk
echo 'int tessera_disconnect(void);' | file sdk/tessera.h
echo 'int psa_client_connect(int class);' | file sdk/psa_client.h
refuses 'as c++17' client_headers.sh sdk
echo 'int psa_client_connect(undeclared *transport);' | file sdk/psa_client.h
refuses 'as c11' client_headers.sh sdk
echo 'int psa_client_disconnect(void);' | file sdk/psa_client.h
for header in crypto initial_attestation internal_trusted_storage protected_storage; do sdk_header 'namespace sdk' | sed 's/^#endif$/&\n#ifdef __cplusplus\nusing namespace sdk;\n#endif/;' | file sdk/psa/$header.h; done
refuses 'C++ knows it by another name' client_headers.sh sdk

# sbom.sh
good='{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"t","documentNamespace":"urn:t",
"creationInfo":{"created":"1970-01-01T00:00:00Z","creators":["Tool: t"]},"relationships":[],"packages":['
for name in mbedtls libfdt libssl picolibc libgcc; do
    good="$good{\"SPDXID\":\"$name\",\"name\":\"$name\",\"downloadLocation\":\"NOASSERTION\",\"checksums\":[{\"algorithm\":\"SHA256\",
    \"checksumValue\":\"$(echo $name | sha256sum | cut -d' ' -f1)\"}]},"
done
echo "${good%,}]}" | file good.json
takes sbom.sh good.json
echo '{"spdxVersion":' | file bad.json
refuses 'not JSON' sbom.sh bad.json
sed 's/"libgcc"/"other"/2' good.json | file bad.json
refuses 'libgcc is missing' sbom.sh bad.json
sed 's/"checksumValue":"[0-9a-f]*"/"checksumValue":"12"/' good.json | file bad.json
refuses 'checksum of' sbom.sh bad.json

exit $status
