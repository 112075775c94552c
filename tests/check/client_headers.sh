#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# client_headers.sh FOLDER: what programs outside of this tree include of the client library in FOLDER compiles alone, as C11 and as
# C++17, without warnings; a C++ program calls the functions by their C names.
folder=$1
status=0
compile() { # LANGUAGE STANDARD SOURCE
    printf '%s\n' "$3" | clang -x "$1" "-std=$2" -Wall -Wextra -pedantic -Werror -Wno-unused-function -iquote . -I"$folder" -S -o - - ||
        { printf '%s as %s\n' "$3" "$2" >&2; return 1; }
}
for header in "$folder"/psa/*.h "$folder"/psa_client.h "$folder"/tessera.h; do
    case $header in
    */psa/*) include="#include <psa/${header##*/}>" ;;
    *) include="#include \"$header\"" ;;
    esac
    compile c c11 "$include" >/dev/null || status=1
    compile c++ c++17 "$include" >/dev/null || status=1
done

# One call of each family, with what C++ makes of the names; and the structures' initialisers
program='#include <psa/crypto.h>
#include <psa/initial_attestation.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
int main() {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_hash_operation_t hash = psa_hash_operation_init();
    psa_key_id_t key = PSA_KEY_ID_NULL;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    unsigned char bytes[PSA_SIGN_OUTPUT_SIZE(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256,
                                             PSA_ALG_ECDSA(PSA_ALG_SHA_256))] = { 0 };
    return psa_generate_key(&attributes, &key) | psa_hash_update(&hash, bytes, sizeof(bytes)) | psa_its_remove(1) |
           psa_initial_attest_get_token_size(32, 0) | psa_ps_set(1, sizeof(bytes), bytes, PSA_STORAGE_FLAG_NONE);
}'
assembly=$(compile c++ c++17 "$program") || status=1
for name in psa_generate_key psa_hash_update psa_its_remove psa_initial_attest_get_token_size psa_ps_set; do
    printf '%s\n' "$assembly" | grep -Eq "[^_A-Za-z0-9]$name([^_A-Za-z0-9]|\$)" || { echo "$name: C++ knows it by another name"; status=1; }
done
exit $status
