// SPDX-License-Identifier: BSD-3-Clause
//
// The commands of TPM 2.0 for a fuzzer: of each its handles and its parameters, in a letter each, so that almost right ones
// can be made (part 3 of the specification; command codes: part 2, 6.5.2).
#ifndef FTPM_COMMANDS_H
#define FTPM_COMMANDS_H

#include <stdint.h>

// Handles: K key, of these R RSA, E ECC, M HMAC, Y symmetric, T storage, Z sealed data; H hierarchy, of these O owner, W
// endorsement, L lockout; C PCR, V NV index, Q sequence, S session; a small letter: without authorisation. Parameters: 1 2 4
// 8 a number of so many bytes; a algorithm, m mode; b bytes, B as many as an RSA key's, D digest, N name (TPM2B); s
// sensitive data, S sensitive area, p public area, P private area, v NV public area, o point (TPM2B); u the public area of
// the stored private area, w whole blocks, i an IV, c PCR selection, g signature scheme, e RSA scheme, k symmetric
// definition, t ticket, G signature, L list of digests, d digests, x context, h handle, T parameters of a key.
struct ftpm_command_form {
    uint32_t code;
    const char *handles;
    const char *parameters;
};

static const struct ftpm_command_form ftpm_command_forms[] = {
    { 0x11f, "Vh", "" },      { 0x120, "Ok", "h" },     { 0x121, "H", "41" },
    { 0x122, "Ov", "" },      { 0x124, "H", "" },       { 0x125, "H", "" },
    { 0x126, "H", "" },       { 0x127, "L", "1" },      { 0x128, "H", "8" },
    { 0x129, "H", "b" },      { 0x12a, "O", "bv" },     { 0x12b, "H", "c" },
    { 0x12c, "H", "ba4" },    { 0x12d, "H", "4a4" },    { 0x12e, "H", "ba" },
    { 0x130, "H", "4" },      { 0x131, "O", "spbc" },   { 0x132, "O", "" },
    { 0x133, "WE", "bg" },    { 0x134, "Vv", "" },      { 0x135, "Vv", "8" },
    { 0x136, "Vv", "b" },     { 0x137, "Vv", "b2" },    { 0x138, "Vv", "" },
    { 0x139, "L", "" },       { 0x13a, "L", "444" },    { 0x13b, "V", "b" },
    { 0x13c, "C", "b" },      { 0x13d, "C", "" },       { 0x13e, "Q", "bh" },
    { 0x13f, "H", "4" },      { 0x140, "H", "a44" },    { 0x142, "", "4a" },
    { 0x143, "", "1" },       { 0x144, "", "2" },       { 0x145, "", "2" },
    { 0x146, "", "b" },       { 0x147, "KT", "bb" },    { 0x148, "KE", "bg" },
    { 0x149, "Vvs", "b22" },  { 0x14a, "Ek", "bbgt" },  { 0x14b, "Kt", "bk" },
    { 0x14c, "WE", "bg" },    { 0x14d, "WEs", "bg" },   { 0x14e, "Vv", "22" },
    { 0x14f, "Vv", "" },      { 0x150, "Kk", "b" },     { 0x151, "Hs", "bbb4" },
    { 0x152, "Kk", "PNb" },   { 0x153, "T", "spbc" },   { 0x154, "E", "o" },
    { 0x155, "M", "ba" },     { 0x156, "T", "bpPbk" },  { 0x157, "T", "Pu" },
    { 0x158, "E", "bgc" },    { 0x159, "R", "Beb" },    { 0x15b, "M", "ba" },
    { 0x15c, "Q", "b" },      { 0x15d, "K", "Dgt" },    { 0x15e, "Z", "" },
    { 0x160, "es", "bbb4G" }, { 0x161, "", "x" },       { 0x162, "k", "" },
    { 0x163, "e", "" },       { 0x164, "Y", "1miw" },   { 0x165, "", "h" },
    { 0x167, "", "Sph" },     { 0x168, "t", "bN" },     { 0x169, "v", "" },
    { 0x16a, "s", "bbNt" },   { 0x16b, "s", "" },       { 0x16c, "s", "4" },
    { 0x16d, "s", "b22" },    { 0x16e, "s", "D" },      { 0x16f, "s", "1" },
    { 0x170, "s", "D" },      { 0x171, "s", "L" },      { 0x172, "s", "bbbNt" },
    { 0x173, "k", "" },       { 0x174, "r", "beb" },    { 0x176, "kk", "Db1ka" },
    { 0x177, "k", "DG" },     { 0x178, "", "2" },       { 0x179, "", "4" },
    { 0x17a, "", "444" },     { 0x17b, "", "2" },       { 0x17c, "", "" },
    { 0x17d, "", "bah" },     { 0x17e, "", "c" },       { 0x17f, "s", "bc" },
    { 0x180, "s", "" },       { 0x181, "", "" },        { 0x182, "C", "d" },
    { 0x183, "C", "b" },      { 0x184, "EVv", "bg22" }, { 0x185, "CQ", "b" },
    { 0x186, "", "ba" },      { 0x187, "s", "" },       { 0x188, "s", "NN1" },
    { 0x189, "s", "" },       { 0x18a, "", "T" },       { 0x18b, "E", "obb" },
    { 0x18c, "s", "" },       { 0x18d, "E", "oo22" },   { 0x18e, "", "2" },
    { 0x18f, "s", "1" },      { 0x190, "s", "D" },      { 0x191, "T", "sp" },
    { 0x192, "Vvs", "" },     { 0x193, "Y", "w1mi" },   { 0x194, "k", "44" },
    { 0x195, "kKk", "b" },    { 0x196, "s", "NN1" },    { 0x197, "KK", "bgb" },
    { 0x198, "H", "44" },     { 0x199, "k", "bT" },     { 0x19a, "K", "obbT" },
    { 0x20000000, "", "b" },
};

#endif
