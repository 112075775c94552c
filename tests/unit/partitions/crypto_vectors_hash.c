// SPDX-License-Identifier: BSD-3-Clause
//
// Known answers of hashes and MACs (crypto_vectors.h): FIPS 180-4 and FIPS 202 with the examples that NIST publishes for
// them, RFC 4231, SP 800-38B, RFC 4615.
#include "crypto_vectors.h"

const struct vector_hash vectors_hash[] = {
    { "FIPS 180-4, one block", PSA_ALG_SHA_224, "616263", 1,
      "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
    { "FIPS 180-4, two blocks", PSA_ALG_SHA_224,
      "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c"
      "6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
      1, "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525" },
    { "FIPS 180-4, one block", PSA_ALG_SHA_256, "616263", 1,
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "FIPS 180-4, two blocks", PSA_ALG_SHA_256,
      "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c"
      "6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
      1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { "FIPS 180-4, nothing", PSA_ALG_SHA_256, "", 1,
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "FIPS 180-4, a million times \"a\"", PSA_ALG_SHA_256, "61", 1000000,
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
    { "FIPS 180-4, one block", PSA_ALG_SHA_384, "616263", 1,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072b"
      "a1e7cc2358baeca134c825a7" },
    { "FIPS 180-4, two blocks", PSA_ALG_SHA_384,
      "61626364656667686263646566676869636465666768696a6465666768696a6b65666768"
      "696a6b6c666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f70"
      "6a6b6c6d6e6f70716b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f7071"
      "72737475",
      1,
      "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a"
      "557e2db966c3e9fa91746039" },
    { "FIPS 180-4, one block", PSA_ALG_SHA_512, "616263", 1,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a"
      "274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    { "FIPS 180-4, two blocks", PSA_ALG_SHA_512,
      "61626364656667686263646566676869636465666768696a6465666768696a6b65666768"
      "696a6b6c666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f70"
      "6a6b6c6d6e6f70716b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f7071"
      "72737475",
      1,
      "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e"
      "4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
    { "FIPS 202, nothing", PSA_ALG_SHA3_224, "", 1,
      "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7" },
    { "FIPS 202, 1600 bits", PSA_ALG_SHA3_224, "a3", 200,
      "9376816aba503f72f96ce7eb65ac095deee3be4bf9bbc2a1cb7e11e0" },
    { "FIPS 202, nothing", PSA_ALG_SHA3_256, "", 1,
      "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
    { "FIPS 202, 1600 bits", PSA_ALG_SHA3_256, "a3", 200,
      "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787" },
    { "FIPS 202, nothing", PSA_ALG_SHA3_384, "", 1,
      "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831"
      "264adb47fb6bd1e058d5f004" },
    { "FIPS 202, 1600 bits", PSA_ALG_SHA3_384, "a3", 200,
      "1881de2ca7e41ef95dc4732b8f5f002b189cc1e42b74168ed1732649ce1dbcdd76197a31"
      "fd55ee989f2d7050dd473e8f" },
    { "FIPS 202, nothing", PSA_ALG_SHA3_512, "", 1,
      "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123a"
      "f1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26" },
    { "FIPS 202, 1600 bits", PSA_ALG_SHA3_512, "a3", 200,
      "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca81b7c13c3"
      "0adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00" },
};
const size_t vectors_hash_count = sizeof(vectors_hash) / sizeof(vectors_hash[0]);

const struct vector_mac vectors_mac[] = {
    { "RFC 4231, case 1", PSA_ALG_HMAC(PSA_ALG_SHA_224), PSA_KEY_TYPE_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
      "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22" },
    { "RFC 4231, case 2", PSA_ALG_HMAC(PSA_ALG_SHA_224), PSA_KEY_TYPE_HMAC, "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44" },
    { "RFC 4231, case 5", PSA_ALG_TRUNCATED_MAC(PSA_ALG_HMAC(PSA_ALG_SHA_224), 16),
      PSA_KEY_TYPE_HMAC, "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
      "546573742057697468205472756e636174696f6e", "0e2aea68a90c8d37c988bcdb9fca6fa8" },
    { "RFC 4231, case 6", PSA_ALG_HMAC(PSA_ALG_SHA_224), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
      "79202d2048617368204b6579204669727374",
      "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e" },
    { "RFC 4231, case 7", PSA_ALG_HMAC(PSA_ALG_SHA_224), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "5468697320697320612074657374207573696e672061206c6172676572207468616e2062"
      "6c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f63"
      "6b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173"
      "686564206265666f7265206265696e6720757365642062792074686520484d414320616c"
      "676f726974686d2e",
      "3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1" },
    { "RFC 4231, case 1", PSA_ALG_HMAC(PSA_ALG_SHA_256), PSA_KEY_TYPE_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "RFC 4231, case 2", PSA_ALG_HMAC(PSA_ALG_SHA_256), PSA_KEY_TYPE_HMAC, "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "RFC 4231, case 3", PSA_ALG_HMAC(PSA_ALG_SHA_256), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddd",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { "RFC 4231, case 4", PSA_ALG_HMAC(PSA_ALG_SHA_256), PSA_KEY_TYPE_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { "RFC 4231, case 5", PSA_ALG_TRUNCATED_MAC(PSA_ALG_HMAC(PSA_ALG_SHA_256), 16),
      PSA_KEY_TYPE_HMAC, "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
      "546573742057697468205472756e636174696f6e", "a3b6167473100ee06e0c796c2955552b" },
    { "RFC 4231, case 6", PSA_ALG_HMAC(PSA_ALG_SHA_256), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
      "79202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { "RFC 4231, case 7", PSA_ALG_HMAC(PSA_ALG_SHA_256), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "5468697320697320612074657374207573696e672061206c6172676572207468616e2062"
      "6c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f63"
      "6b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173"
      "686564206265666f7265206265696e6720757365642062792074686520484d414320616c"
      "676f726974686d2e",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
    { "RFC 4231, case 1", PSA_ALG_HMAC(PSA_ALG_SHA_384), PSA_KEY_TYPE_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9"
      "076ede7f4af152e8b2fa9cb6" },
    { "RFC 4231, case 2", PSA_ALG_HMAC(PSA_ALG_SHA_384), PSA_KEY_TYPE_HMAC, "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca"
      "5e69e2c78b3239ecfab21649" },
    { "RFC 4231, case 5", PSA_ALG_TRUNCATED_MAC(PSA_ALG_HMAC(PSA_ALG_SHA_384), 16),
      PSA_KEY_TYPE_HMAC, "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
      "546573742057697468205472756e636174696f6e", "3abf34c3503b2a23a46efc619baef897" },
    { "RFC 4231, case 6", PSA_ALG_HMAC(PSA_ALG_SHA_384), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
      "79202d2048617368204b6579204669727374",
      "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab"
      "4030fe8296248df163f44952" },
    { "RFC 4231, case 7", PSA_ALG_HMAC(PSA_ALG_SHA_384), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "5468697320697320612074657374207573696e672061206c6172676572207468616e2062"
      "6c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f63"
      "6b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173"
      "686564206265666f7265206265696e6720757365642062792074686520484d414320616c"
      "676f726974686d2e",
      "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31"
      "e799176d3860e6110c46523e" },
    { "RFC 4231, case 1", PSA_ALG_HMAC(PSA_ALG_SHA_512), PSA_KEY_TYPE_HMAC,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7"
      "d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
    { "RFC 4231, case 2", PSA_ALG_HMAC(PSA_ALG_SHA_512), PSA_KEY_TYPE_HMAC, "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75"
      "c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
    { "RFC 4231, case 3", PSA_ALG_HMAC(PSA_ALG_SHA_512), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddd",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e8482"
      "79a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
    { "RFC 4231, case 4", PSA_ALG_HMAC(PSA_ALG_SHA_512), PSA_KEY_TYPE_HMAC,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcd",
      "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c1"
      "1aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
    { "RFC 4231, case 5", PSA_ALG_TRUNCATED_MAC(PSA_ALG_HMAC(PSA_ALG_SHA_512), 16),
      PSA_KEY_TYPE_HMAC, "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
      "546573742057697468205472756e636174696f6e", "415fad6271580a531d4179bc891d87a6" },
    { "RFC 4231, case 6", PSA_ALG_HMAC(PSA_ALG_SHA_512), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
      "79202d2048617368204b6579204669727374",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037"
      "e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
    { "RFC 4231, case 7", PSA_ALG_HMAC(PSA_ALG_SHA_512), PSA_KEY_TYPE_HMAC,
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "5468697320697320612074657374207573696e672061206c6172676572207468616e2062"
      "6c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f63"
      "6b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173"
      "686564206265666f7265206265696e6720757365642062792074686520484d414320616c"
      "676f726974686d2e",
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac"
      "3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" },
    { "NIST, HMAC-SHA3-256, keylen<blocklen", PSA_ALG_HMAC(PSA_ALG_SHA3_256), PSA_KEY_TYPE_HMAC,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "53616d706c65206d65737361676520666f72206b65796c656e3c626c6f636b6c656e",
      "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205" },
    { "SP 800-38B, AES-128, 0 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "2b7e151628aed2a6abf7158809cf4f3c", "", "bb1d6929e95937287fa37d129b756746" },
    { "SP 800-38B, AES-128, 16 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a",
      "070a16b46b4d4144f79bdd9dd04a287c" },
    { "SP 800-38B, AES-128, 40 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "2b7e151628aed2a6abf7158809cf4f3c",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411",
      "dfa66747de9ae63030ca32611497c827" },
    { "SP 800-38B, AES-128, 64 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "2b7e151628aed2a6abf7158809cf4f3c",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
      "51f0bebf7e3b9d92fc49741779363cfe" },
    { "SP 800-38B, AES-192, 0 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "", "d17ddf46adaacde531cac483de7a9367" },
    { "SP 800-38B, AES-192, 16 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "6bc1bee22e409f96e93d7e117393172a",
      "9e99a7bf31e710900662f65e617c5184" },
    { "SP 800-38B, AES-192, 40 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411",
      "8a1de5be2eb31aad089a82e6ee908b0e" },
    { "SP 800-38B, AES-192, 64 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
      "a1d5df0eed790f794d77589659f39a11" },
    { "SP 800-38B, AES-256, 0 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "",
      "028962f61b7bf89efc6b551f4667d983" },
    { "SP 800-38B, AES-256, 16 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "6bc1bee22e409f96e93d7e117393172a", "28a7023f452e8f82bd4bf28d8c37c35c" },
    { "SP 800-38B, AES-256, 40 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411",
      "aaf3d8f1de5640c232f5b169b9c911e6" },
    { "SP 800-38B, AES-256, 64 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
      "e1992190549f6ed5696a2c056c315410" },
    { "SP 800-38B, AES-128, 40 bytes, first 8 of the MAC", PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, 8),
      PSA_KEY_TYPE_AES, "2b7e151628aed2a6abf7158809cf4f3c",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
      "a35ce411",
      "dfa66747de9ae630" },
    { "RFC 4615, key of 18 bytes, made one of 16", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "8de65c60b08b27cae6ef897b3df37517", "000102030405060708090a0b0c0d0e0f10111213",
      "84a348a4a45d235babfffc0d2b4da09a" },
    { "RFC 4615, key of 16 bytes", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f10111213",
      "980ae87b5f4c9c5214f5b6a8455e4c2d" },
    { "RFC 4615, key of 10 bytes, made one of 16", PSA_ALG_CMAC, PSA_KEY_TYPE_AES,
      "c4369b5ec97deb121bae920b1770b8f3", "000102030405060708090a0b0c0d0e0f10111213",
      "290d9e112edb09ee141fcf64c0b72f3d" },
};
const size_t vectors_mac_count = sizeof(vectors_mac) / sizeof(vectors_mac[0]);
