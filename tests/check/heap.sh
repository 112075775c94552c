#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# heap.sh ELF...: nothing that allocates or frees memory is linked into these images, neither a C library's functions nor
# an allocator that a library brings along. NM is the target's.
status=0
for elf in "$@"; do
    ${NM:-nm} "$elf" 2>/dev/null | awk -v elf="$elf" '
        { symbols++ }
        $NF ~ /^_*(mbedtls_)?(malloc|calloc|realloc|reallocarray|free|cfree|memalign|posix_memalign|aligned_alloc|valloc)(_r)?$/ ||
        $NF ~ /^_*(sbrk|brk)(_r)?$/ || $NF ~ /^(mbedtls_memory_buffer|mbedtls_platform_set_calloc|buffer_alloc)/ ||
        $NF ~ /(zeroize_and_free|strdup)$/ {
            print elf ": " $NF " is linked"
            bad = 1
        }
        END {
            if (symbols == 0) { print elf ": no symbols"; bad = 1 }
            exit bad
        }' || status=1
done
exit $status
