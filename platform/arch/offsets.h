// SPDX-License-Identifier: BSD-3-Clause
//
// Struct offsets and other C constants for assembly. A file <image>_offsets.c, named in the image's
// list as <image>_OFFSETS, is compiled to assembly text only; the strings in it that start with
// "->" become the #define lines of asm_offsets.h, which the image's .S files include. (Strings,
// because clang parses inline assembly even when it only prints it.) Usage, at file level:
//     OFFSETS_BEGIN
//     OFFSET(SP_CTX_PC, struct sp_ctx, pc)
//     CONSTANT(SP_CTX_SIZE, sizeof(struct sp_ctx))
//     OFFSETS_END
#ifndef OFFSETS_H
#define OFFSETS_H

#include <stddef.h>

#define OFFSETS_BEGIN        \
    void offsets_emit(void); \
    void offsets_emit(void)  \
    {
#define OFFSETS_END }
#define CONSTANT(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(value));
#define OFFSET(name, type, member) CONSTANT(name, offsetof(type, member))

#endif
