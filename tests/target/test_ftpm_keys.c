// SPDX-License-Identifier: BSD-3-Clause
//
// The fTPM's keys, by unmodified tpm2-tools over the TCTI: hierarchies, RSA and ECC, import and duplication, certification, HMAC and
// hash sequences, encrypted sessions, endorsement and attestation keys. OpenSSL checks on the host what the TPM has computed.
#include <string.h>

#include "tests/target/tpm_client.h"

static int ready(void **state)
{
    (void)state;
    tpm_ready();
    return 0;
}

// ---- Hierarchies and keys --------------------------------------------------------------------------------------------

static void a_template_gives_the_same_primary_key_again(void **state)
{
    (void)state;
    tpm2("for h in o e; do\n"
         "  tpm2_createprimary -Q -C $h -G ecc -c first.ctx\n"
         "  tpm2_readpublic -Q -c first.ctx -n $h.name\n"
         "  tpm2_flushcontext -t\n"
         "  tpm2_createprimary -Q -C $h -G ecc -c second.ctx\n"
         "  tpm2_readpublic -Q -c second.ctx -n again.name\n"
         "  cmp $h.name again.name\n"
         "done\n"
         "! cmp -s o.name e.name\n"
         "cp first.ctx primary.ctx");
}

// Its authorization was thrown away before the normal world began
static void the_platform_hierarchy_is_nobodys(void **state)
{
    (void)state;
    tpm2_refused("0x", "tpm2_createprimary -Q -C p -G ecc -c p.ctx");
    tpm2_refused("0x", "tpm2_clear -c p");
    tpm2_refused("0x", "tpm2_hierarchycontrol -C p shEnable clear");
    tpm2_refused("0x", "tpm2_pcrallocate -P '' sha1:all");
}

#define ECC_KEY                                                     \
    "tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"            \
    "tpm2_create -Q -C primary.ctx -G ecc -u key.pub -r key.priv\n" \
    "tpm2_load -Q -C primary.ctx -u key.pub -r key.priv -c key.ctx\n"

static void an_ecc_key_signs_what_openssl_verifies(void **state)
{
    (void)state;
    tpm2(ECC_KEY "echo a message >message\n"
                 "tpm2_sign -Q -c key.ctx -g sha256 -f plain -o plain.sig message\n"
                 "tpm2_sign -Q -c key.ctx -g sha256 -o tss.sig message\n"
                 "tpm2_verifysignature -c key.ctx -g sha256 -m message -s tss.sig\n"
                 "tpm2_readpublic -Q -c key.ctx -f pem -o key.pem\n"
                 "openssl dgst -sha256 -verify key.pem -signature plain.sig message\n"
                 "echo another message >other");
    tpm2_refused("0x2DB", "tpm2_verifysignature -c key.ctx -g sha256 -m other -s tss.sig");
}

static void an_rsa_key_signs_and_decrypts(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_create -Q -C primary.ctx -G rsa2048 -u rsa.pub -r rsa.priv\n"
         "tpm2_load -Q -C primary.ctx -u rsa.pub -r rsa.priv -c rsa.ctx\n"
         "tpm2_readpublic -Q -c rsa.ctx -f pem -o rsa.pem\n"
         "echo a message >message\n"
         "tpm2_sign -Q -c rsa.ctx -g sha256 -s rsassa -f plain -o rsassa.sig message\n"
         "openssl dgst -sha256 -verify rsa.pem -signature rsassa.sig message\n"
         "tpm2_sign -Q -c rsa.ctx -g sha256 -s rsapss -f plain -o rsapss.sig message\n"
         "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-2 "
         "-verify rsa.pem -signature rsapss.sig message\n"
         "openssl pkeyutl -encrypt -pubin -inkey rsa.pem -pkeyopt rsa_padding_mode:oaep "
         "-pkeyopt rsa_oaep_md:sha256 -in message -out oaep\n"
         "tpm2_rsadecrypt -c rsa.ctx -s rsaes -o rsaes.out oaep && exit 1\n"
         "openssl pkeyutl -encrypt -pubin -inkey rsa.pem -in message -out rsaes\n"
         "tpm2_rsadecrypt -c rsa.ctx -s rsaes -o rsaes.out rsaes\n"
         "cmp rsaes.out message");
}

static void a_key_needs_its_authorization(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_create -Q -C primary.ctx -G ecc -p secret -a "
         "'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign|noda' -u a.pub -r a.priv\n"
         "tpm2_load -Q -C primary.ctx -u a.pub -r a.priv -c a.ctx\n"
         "echo a message >message\n"
         "tpm2_sign -Q -c a.ctx -p secret -g sha256 -o a.sig message");
    tpm2_refused("0x9A2", "tpm2_sign -Q -c a.ctx -p guess -g sha256 -o a.sig message");
    tpm2("tpm2_changeauth -Q -c a.ctx -C primary.ctx -p secret -r b.priv new\n"
         "tpm2_load -Q -C primary.ctx -u a.pub -r b.priv -c b.ctx\n"
         "tpm2_sign -Q -c b.ctx -p new -g sha256 -o a.sig message");
}

static void a_changed_key_blob_is_not_loaded(void **state)
{
    (void)state;
    tpm2(ECC_KEY);
    tpm2_refused("0x", "cp key.priv bad.priv\n"
                       "printf '\\377' | dd of=bad.priv bs=1 seek=60 conv=notrunc status=none\n"
                       "cmp -s key.priv bad.priv && exit 99\n"
                       "tpm2_load -Q -C primary.ctx -u key.pub -r bad.priv -c bad.ctx");
}

// ---- Import, duplication, certification ------------------------------------------------------------------------------

static void a_foreign_key_is_imported(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "openssl ecparam -name prime256v1 -genkey -noout -out own.pem\n"
         "openssl ec -in own.pem -pubout -out own.pub.pem 2>/dev/null\n"
         "tpm2_import -Q -C primary.ctx -G ecc -i own.pem -u own.pub -r own.priv\n"
         "tpm2_load -Q -C primary.ctx -u own.pub -r own.priv -c own.ctx\n"
         "echo a message >message\n"
         "tpm2_sign -Q -c own.ctx -g sha256 -f plain -o own.sig message\n"
         "openssl dgst -sha256 -verify own.pub.pem -signature own.sig message");
}

static void a_key_is_duplicated_to_another_parent(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c from.ctx\n"
         "tpm2_startauthsession -S trial.ctx\n"
         "tpm2_policycommandcode -Q -S trial.ctx -L dup.policy TPM2_CC_Duplicate\n"
         "tpm2_flushcontext trial.ctx\n"
         "tpm2_create -Q -C from.ctx -G ecc -L dup.policy -a "
         "'sensitivedataorigin|userwithauth|sign' -u d.pub -r d.priv\n"
         "tpm2_load -Q -C from.ctx -u d.pub -r d.priv -c d.ctx\n"
         "tpm2_readpublic -Q -c d.ctx -f pem -o d.pem\n"
         "tpm2_createprimary -Q -C e -G ecc -a "
         "'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt' -c to.ctx\n"
         "tpm2_startauthsession --policy-session -S s.ctx\n"
         "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Duplicate\n"
         "tpm2_duplicate -Q -C to.ctx -c d.ctx -G null -p session:s.ctx -r dup.priv -s dup.seed\n"
         "tpm2_flushcontext s.ctx\n"
         "tpm2_import -Q -C to.ctx -u d.pub -i dup.priv -r new.priv -s dup.seed\n"
         "tpm2_load -Q -C to.ctx -u d.pub -r new.priv -c new.ctx\n"
         "echo a message >message\n"
         "tpm2_sign -Q -c new.ctx -g sha256 -f plain -o new.sig message\n"
         "openssl dgst -sha256 -verify d.pem -signature new.sig message");
    tpm2_refused("0x", "tpm2_duplicate -Q -C to.ctx -c key.ctx -G null -r no.priv -s no.seed");
}

static void a_key_certifies_another_one(void **state)
{
    (void)state;
    tpm2(ECC_KEY "tpm2_create -Q -C primary.ctx -G ecc -u s.pub -r s.priv\n"
                 "tpm2_load -Q -C primary.ctx -u s.pub -r s.priv -c s.ctx\n"
                 "tpm2_certify -Q -c key.ctx -C s.ctx -g sha256 -o attest.bin -s attest.sig\n"
                 "tpm2_verifysignature -c s.ctx -g sha256 -m attest.bin -s attest.sig\n"
                 "tpm2_readpublic -Q -c key.ctx -n key.name\n"
                 "od -An -v -tx1 attest.bin | tr -d ' \\n' | grep -q $(od -An -v -tx1 key.name | "
                 "tr -d ' \\n')");
}

// ---- Symmetric -------------------------------------------------------------------------------------------------------

// More than one buffer: TPM2_HashSequenceStart, SequenceUpdate, SequenceComplete
static void hash_sequences_agree_with_openssl(void **state)
{
    (void)state;
    tpm2("head -c 10000 /dev/urandom >data\n"
         "for g in sha1 sha256 sha384 sha512; do\n"
         "  [ \"$(tpm2_hash -g $g --hex data | tail -n 1)\" = "
         "\"$(openssl dgst -$g -r data | cut -d ' ' -f 1)\" ]\n"
         "done");
}

static void hmac_sequences_agree_with_openssl(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "head -c 32 /dev/urandom >hmac.key\n"
         "tpm2_import -Q -C primary.ctx -G hmac -i hmac.key -u h.pub -r h.priv\n"
         "tpm2_load -Q -C primary.ctx -u h.pub -r h.priv -c h.ctx\n"
         "for size in 0 1 1000 10000; do\n"
         "  head -c $size /dev/urandom >data\n"
         "  [ \"$(tpm2_hmac -c h.ctx --hex -g sha256 data)\" = \"$(openssl dgst -sha256 -mac HMAC "
         "-macopt hexkey:$(od -An -v -tx1 hmac.key | tr -d ' \\n') -r data | cut -d ' ' -f 1)\" ]\n"
         "done");
}

static void a_cipher_in_pieces_is_the_same_as_in_one(void **state)
{
    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "head -c 16 /dev/urandom >aes.key\n"
         "tpm2_import -Q -C primary.ctx -G aes -i aes.key -u c.pub -r c.priv\n"
         "tpm2_load -Q -C primary.ctx -u c.pub -r c.priv -c c.ctx\n"
         "head -c 16 /dev/urandom >iv\n"
         "head -c 3000 /dev/urandom >data\n" // three buffers, each begins with the last one's IV
         "key=$(od -An -v -tx1 aes.key | tr -d ' \\n') iv=$(od -An -v -tx1 iv | tr -d ' \\n')\n"
         "for mode in cfb; do\n"
         "  tpm2_encryptdecrypt -c c.ctx -G $mode --iv iv -o out data\n"
         "  openssl enc -aes-128-$mode -K $key -iv $iv -in data -out expected\n"
         "  cmp out expected\n"
         "  tpm2_encryptdecrypt -d -c c.ctx -G $mode --iv iv -o back out\n"
         "  cmp back data\n"
         "done");
}

// ---- Sessions --------------------------------------------------------------------------------------------------------

// A session salted with a key of the TPM, both directions encrypted: neither secret is in any byte that went over the interface
static void encrypted_sessions_hide_parameters(void **state)
{
    static const char secret[] = "a secret nobody reads";

    (void)state;
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "printf '%%s' '%s' >secret\n"
         "tpm2_create -Q -C primary.ctx -i secret -u plain.pub -r plain.priv",
         secret);
    assert_true(tpm_saw(secret, strlen(secret)));
    tpm2("tpm2_startauthsession -Q --hmac-session -c primary.ctx -S s.ctx\n"
         "tpm2_sessionconfig s.ctx --enable-decrypt --enable-encrypt --enable-continuesession\n"
         "tpm2_create -Q -C primary.ctx -P session:s.ctx -i secret -u sealed.pub -r sealed.priv\n"
         "tpm2_load -Q -C primary.ctx -u sealed.pub -r sealed.priv -c sealed.ctx\n"
         "tpm2_unseal -Q -c sealed.ctx -p session:s.ctx -o unsealed\n"
         "cmp unsealed secret\n"
         "tpm2_flushcontext s.ctx");
    assert_false(tpm_saw(secret, strlen(secret)));
}

// ---- Endorsement and attestation keys --------------------------------------------------------------------------------

#define ACTIVATE                                                                             \
    "tpm2_createak -Q -C ek.ctx -c ak.ctx -G ecc -g sha256 -s ecdsa -u ak.pub -n ak.name\n"  \
    "tpm2_readpublic -Q -c ek.ctx -o ek.tss\n"                                               \
    "echo a credential >credential\n"                                                        \
    "name=$(od -An -v -tx1 ak.name | tr -d ' \\n')\n"                                        \
    "tpm2_makecredential -Q -T none -u ek.tss -s credential -n $name -o blob\n"              \
    "tpm2_flushcontext -t\n"                                                                 \
    "tpm2_startauthsession -Q --policy-session -S s.ctx\n"                                   \
    "tpm2_policysecret -Q -S s.ctx -c e\n"                                                   \
    "tpm2_activatecredential -Q -c ak.ctx -C ek.ctx -i blob -o activated -P session:s.ctx\n" \
    "tpm2_flushcontext s.ctx\n"                                                              \
    "cmp activated credential"

static void an_ecc_ek_activates_a_credential(void **state)
{
    (void)state;
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.pub\n" ACTIVATE);
    tpm2_refused("0x",
                 "tpm2_createek -Q -c ek.ctx -G ecc -u ek.pub\n"
                 "tpm2_makecredential -Q -T none -u ek.tss -s credential -n "
                 "000b$(head -c 32 /dev/zero | od -An -v -tx1 | tr -d ' \\n') -o blob\n"
                 "tpm2_startauthsession -Q --policy-session -S s.ctx\n"
                 "tpm2_policysecret -Q -S s.ctx -c e\n"
                 "tpm2_activatecredential -Q -c ak.ctx -C ek.ctx -i blob -o no -P session:s.ctx");
    tpm2("tpm2_flushcontext s.ctx");
}

static void an_rsa_ek_activates_a_credential(void **state)
{
    (void)state;
    tpm2("tpm2_createek -Q -c ek.ctx -G rsa -u ek.pub\n" ACTIVATE);
}

// The same machine has the same EKs after a power cut; another machine has others
static void endorsement_keys_are_the_machines_own(void **state)
{
    (void)state;
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.first");
    tpm_cut();
    tpm_boot();
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.second\n"
         "cmp ek.first ek.second");
    tpm_flash_new();
    tpm_boot();
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.third\n"
         "! cmp -s ek.first ek.third");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_template_gives_the_same_primary_key_again, ready),
        cmocka_unit_test_setup(the_platform_hierarchy_is_nobodys, ready),
        cmocka_unit_test_setup(an_ecc_key_signs_what_openssl_verifies, ready),
        cmocka_unit_test_setup(an_rsa_key_signs_and_decrypts, ready),
        cmocka_unit_test_setup(a_key_needs_its_authorization, ready),
        cmocka_unit_test_setup(a_changed_key_blob_is_not_loaded, ready),
        cmocka_unit_test_setup(a_foreign_key_is_imported, ready),
        cmocka_unit_test_setup(a_key_is_duplicated_to_another_parent, ready),
        cmocka_unit_test_setup(a_key_certifies_another_one, ready),
        cmocka_unit_test_setup(hash_sequences_agree_with_openssl, ready),
        cmocka_unit_test_setup(hmac_sequences_agree_with_openssl, ready),
        cmocka_unit_test_setup(a_cipher_in_pieces_is_the_same_as_in_one, ready),
        cmocka_unit_test_setup(encrypted_sessions_hide_parameters, ready),
        cmocka_unit_test_setup(an_ecc_ek_activates_a_credential, ready),
        cmocka_unit_test_setup(an_rsa_ek_activates_a_credential, ready),
        cmocka_unit_test_setup(endorsement_keys_are_the_machines_own, ready),
    };

    return cmocka_run_group_tests_name("ftpm_keys", tests, tpm_setup, tpm_teardown);
}
