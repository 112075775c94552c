#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh: runs every check of this folder over the tree and what was built; `make check` calls it and passes in the
# environment OUT, BOARD, CROSS, UNITS (FLAGS@SOURCE of everything that is compiled) and LIBFDT_A. Checks print
# file:line and the rule; the last line counts them.
set -u
here=tests/check
images=$OUT/$BOARD
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export NM="${CROSS}nm" OBJDUMP="${CROSS}objdump" READELF="${CROSS}readelf" SIZE="${CROSS}size" CC="${CROSS}gcc"

check() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$name"
        sed 's/^/        /' "$log"
    fi
}

files() { "$here/files.sh" "$@"; }
each() { xargs -r -P 2 -n 6 "$@"; } # two cores, a few files a time

units() { # HOW: all units of this build, a source once per set of flags, or once at all for clang-tidy
    case $1 in
    clang) printf '%s\n' $UNITS ;;
    tidy) printf '%s\n' $UNITS | grep '\.c$' | grep -v '@ffa/linux/' | sort -t @ -k 2,2 -u ;; # not what is in another tree's style
    esac | each "$here/compile.sh" "$1"
}

test_flags=$(printf '%s\n' $UNITS | sed -n 's,^\('"$OUT"'/host/obj/tests/[^@]*\)@.*,\1,p' | head -n 1)
headers() { # every header, with the flags of a source of its folder (the one of its name, else one that includes it, else any), or else of an
    # image that may include it; but for those that want another tree's headers
    files '*.h' | grep -Ev '^(platform/external|ffa/linux)/' | while read -r header; do
        flags=
        for source in "${header%.h}.c" $(grep -l "#include \"${header##*/}\"" "${header%/*}"/*.c 2>/dev/null) "${header%/*}/[^/]*"; do
            [ -n "$flags" ] || flags=$(printf '%s\n' $UNITS | grep -m 1 "@$source\$" | sed 's/@.*//')
        done
        case $header in
        ffa/client/* | partitions/*) other=$images/obj/sp_lib/flags ;;
        tests/psa/*) other=$OUT/host/psa/obj/flags ;;
        tests/fake/linux/*) other=$OUT/host/obj/tests/test_tessera_crb/flags ;;
        tests/*) other=$test_flags ;;
        *) other=$images/obj/bl31/flags ;;
        esac
        echo "${flags:-$other}@$header"
    done | each "$here/compile.sh" header
}

check selftest "$here/selftest.sh"
check tree "$here/tree.sh" $(files '*')
check shell "$here/shell.sh" $(files '*.sh' '.ci/run')
check format "$here/format.sh" $(files '*.c' '*.h')
check includes "$here/include_check.sh" "$BOARD" $(files '*.c' '*.h' '*.S')
check if-budget "$here/if_budget.sh" "$here/if_allow.txt" $(files '*.c' '*.S')
check api-doc "$here/api_doc.sh" $(files 'platform/include/*.h' 'platform/arch/*.h' 'platform/lib/boot/*.h' 'ffa/abi/*.h' \
    'ffa/client/*.h' 'partitions/lib/*.h' 'tests/harness/harness.h' | grep -v _private)
check readme "$here/readme_paths.sh" $(files '*.md')
check ffa-table "$here/ffa_table.sh"
check weak "$here/weak.sh" $(files '*.c' '*.h' '*.S') "$images"/*.elf
check w-xor-x "$here/wx.sh" "$images"/*.elf "$images"/sp/*.elf
check simd env "ARCHIVES=$LIBFDT_A" "$here/simd.sh" "$here/simd_allow.txt" "$images/spmc.elf"
check simd-el3 "$here/simd.sh" "$here/simd_allow.txt" "$images/bl1.elf" "$images/bl31.elf"
check heap "$here/heap.sh" "$images/bl1.elf" "$images/bl2.elf"
check size "$here/size.sh" "platform/boards/$BOARD/board.h" "$images"
check new-partition "$here/new_partition.sh"
check template make -s BOARD=_template "$OUT/_template/flash.bin"
check sbom "$here/sbom.sh" "$OUT/sbom.spdx.json"
check headers headers
check client-headers "$here/client_headers.sh" ffa/client
check clang units clang
check clang-tidy units tidy

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
