// SPDX-License-Identifier: BSD-3-Clause
//
// What hangs on PCRs and policies: the boot's measurements in both banks, sealing, quotes, policy commands, localities. By
// unmodified tpm2-tools over the TCTI, and raw commands for localities.
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/tpm_client.h"

#define EV_NO_ACTION 3 // TCG PC Client Platform Firmware Profile 10.4.1

static int ready(void **state)
{
    (void)state;
    tpm_ready();
    return 0;
}

// ---- Measurements ----------------------------------------------------------------------------------------------------

static uint32_t little(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// Bytes of the TCG_PCR_EVENT2 record at `p`, of two banks
static size_t record_size(const uint8_t *p)
{
    const size_t data = 12 + (2 + 32) + (2 + 48);

    assert_int_equal(little(p + 8), 2);
    return data + 4 + little(p + data);
}

// The guest's log, less EV_NO_ACTION records (StartupLocality, locality 0): they extend nothing, but tpm2_eventlog 5.4 extends PCR 0
// with their zeros (tpm2-tools issue 3224)
static void save_event_log(const char *name)
{
    const void *dtb = h_memory(machine, HW_DTB_BASE, HW_DTB_SIZE);
    char path[200];
    int length = 0;

    assert_int_equal(fdt_check_full(dtb, HW_DTB_SIZE), 0);
    int node = fdt_node_offset_by_compatible(dtb, -1, "arm,tpm_event_log");
    const fdt64_t *address = fdt_getprop(dtb, node, "tpm_event_log_addr", &length);

    assert_int_equal(length, sizeof(*address));
    const fdt32_t *size_property = fdt_getprop(dtb, node, "tpm_event_log_size", &length);

    assert_int_equal(length, sizeof(*size_property));
    uint32_t size = fdt32_ld(size_property);
    const uint8_t *bytes = h_memory(machine, fdt64_ld(address), size);

    assert_non_null(bytes);
    snprintf(path, sizeof(path), "%s/work/%s", tpm_folder(), name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    size_t at = 32 + little(bytes + 28); // the first record has TPM 1.2's form

    assert_int_equal(fwrite(bytes, 1, at, f), at);
    while (at < size) {
        size_t record = record_size(bytes + at);

        assert_true(record <= size - at);
        if (little(bytes + at + 4) != EV_NO_ACTION) {
            assert_int_equal(fwrite(bytes + at, 1, record, f), record);
        }
        at += record;
    }
    assert_int_equal(fclose(f), 0);
}

static void there_are_exactly_two_banks(void **state)
{
    (void)state;
    tpm2("tpm2_getcap pcrs >banks\n"
         "[ \"$(grep -o 'sha[0-9]*: \\[ 0.* 23 \\]' banks | cut -d : -f 1 | sort | xargs)\" = "
         "'sha256 sha384' ]\n"
         "[ \"$(grep -c '\\[ 0' banks)\" = 2 ]");
}

// "BANK PCR VALUE" a line, of what the tools print of a log and of PCRs
#define VALUES                                                                        \
    "awk '/^ *sha[0-9]+:$/ { sub(\":\", \"\"); bank = $1 } "                          \
    "/^ *[0-9]+ *: *0x/ { gsub(\" \", \"\"); split($0, p, \":\"); print bank, p[1], " \
    "tolower(p[2]) }'"

// tpm2_eventlog replays the log; each PCR that it computes is the TPM's, in both banks, and no other PCR has been extended
static void event_log_and_pcrs_agree_in_both_banks(void **state)
{
    (void)state;
    tpm_cut(); // the boot's PCRs, whatever other cases extended
    tpm_boot();
    save_event_log("log");
    tpm2("tpm2_eventlog log >log.yaml\n"
         "sed -n '/^pcrs:/,$p' log.yaml | " VALUES " >log.pcrs\n"
         "tpm2_pcrread | " VALUES " >tpm.pcrs\n"
         "cat log.yaml log.pcrs tpm.pcrs\n"
         "for bank in sha256 sha384; do\n"
         "  [ \"$(grep -c \"^$bank \" tpm.pcrs)\" = 24 ]\n"
         "  for pcr in 0 1; do grep -q \"^$bank $pcr 0x\" log.pcrs; done\n"
         "  ! grep -q \"^$bank 0 0x0*$\" tpm.pcrs\n"
         "done\n"
         "while read line; do grep -qx \"$line\" tpm.pcrs; done <log.pcrs\n"
         "while read bank pcr value; do\n"
         "  [ $pcr -lt 17 ] || [ $pcr -gt 22 ] || continue\n" // 17 … 22 begin with ones
         "  grep -q \"^$bank $pcr \" log.pcrs || [ -z \"$(echo ${value#0x} | tr -d 0)\" ]\n"
         "done <tpm.pcrs");
}

// ---- Sealing ---------------------------------------------------------------------------------------------------------

static void sealed_data_opens_with_the_right_pcrs_only(void **state)
{
    (void)state;
    tpm2("tpm2_pcrreset 16\n"
         "tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "echo secret >secret\n"
         "for bank in sha256 sha384; do\n"
         "  tpm2_createpolicy -Q --policy-pcr -l $bank:0,1,16 -L $bank.policy\n"
         "  tpm2_create -Q -C primary.ctx -L $bank.policy -i secret -u $bank.pub -r $bank.priv\n"
         "  tpm2_load -Q -C primary.ctx -u $bank.pub -r $bank.priv -c $bank.ctx\n"
         "  tpm2_unseal -Q -c $bank.ctx -p pcr:$bank:0,1,16 -o out\n"
         "  cmp out secret\n"
         "done");
    tpm2_refused("0x99D", "tpm2_unseal -Q -c sha256.ctx -p pcr:sha256:0,16 -o out");
    tpm2_refused("0x99D", "tpm2_unseal -Q -c sha256.ctx -p pcr:sha384:0,1,16 -o out");
    tpm2_refused("0x", "tpm2_unseal -Q -c sha256.ctx -o out"); // no password opens it, either
    tpm2("tpm2_pcrextend 16:sha256=$(head -c 32 /dev/zero | od -An -v -tx1 | tr -d ' \\n'),"
         "sha384=$(head -c 48 /dev/zero | od -An -v -tx1 | tr -d ' \\n')");
    tpm2_refused("0x99D", "tpm2_unseal -Q -c sha256.ctx -p pcr:sha256:0,1,16 -o out");
    tpm2_refused("0x99D", "tpm2_unseal -Q -c sha384.ctx -p pcr:sha384:0,1,16 -o out");
    tpm2("tpm2_pcrreset 16\n"
         "for bank in sha256 sha384; do\n"
         "  tpm2_unseal -Q -c $bank.ctx -p pcr:$bank:0,1,16 -o out\n"
         "  cmp out secret\n"
         "done");
}

// Sealed to the boot's measurements, it opens after the next boot of the same firmware; what extends a PCR closes it for this boot
static void sealed_data_outlives_a_power_cut(void **state)
{
    (void)state;
    tpm_cut();
    tpm_boot();
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "echo secret >secret\n"
         "tpm2_createpolicy -Q --policy-pcr -l sha256:0,1,2,3,4,5,6,7 -L boot.policy\n"
         "tpm2_create -Q -C primary.ctx -L boot.policy -i secret -u boot.pub -r boot.priv\n"
         "tpm2_pcrextend 7:sha256=$(head -c 32 /dev/zero | od -An -v -tx1 | tr -d ' \\n')\n"
         "tpm2_load -Q -C primary.ctx -u boot.pub -r boot.priv -c boot.ctx");
    tpm2_refused("0x99D", "tpm2_unseal -Q -c boot.ctx -p pcr:sha256:0,1,2,3,4,5,6,7 -o out");
    tpm_cut();
    tpm_boot();
    tpm2("tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
         "tpm2_load -Q -C primary.ctx -u boot.pub -r boot.priv -c boot.ctx\n"
         "tpm2_unseal -Q -c boot.ctx -p pcr:sha256:0,1,2,3,4,5,6,7 -o out\n"
         "cmp out secret");
}

// ---- Quotes ----------------------------------------------------------------------------------------------------------

#define CHECK "tpm2_checkquote -Q -u ak.pem -g sha256 -m quote.msg -s quote.sig -f quote.pcrs -q "

static void a_quote_is_what_was_asked_for(void **state)
{
    (void)state;
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.pub\n"
         "tpm2_createak -Q -C ek.ctx -c ak.ctx -G ecc -g sha256 -s ecdsa -f pem -u ak.pem\n"
         "tpm2_quote -Q -c ak.ctx -l sha256:0,1,7,16+sha384:0,1 -q 0123456789abcdef -m quote.msg "
         "-s quote.sig "
         "-o quote.pcrs -g sha256\n" CHECK "0123456789abcdef");
    tpm2_refused("nonce", CHECK "0123456789abcdee");
    tpm2_refused("ERROR", "cp quote.msg good.msg\n"
                          "printf '\\001' | dd of=quote.msg bs=1 seek=90 conv=notrunc status=none\n"
                          "cmp -s quote.msg good.msg && exit 99\n" CHECK "0123456789abcdef");
    tpm2("cp good.msg quote.msg\n" CHECK "0123456789abcdef\n"
         "cp quote.pcrs good.pcrs\n"
         "tpm2_pcrextend 16:sha256=$(head -c 32 /dev/zero | od -An -v -tx1 | tr -d ' \\n')\n"
         "tpm2_quote -Q -c ak.ctx -l sha256:0,1,7,16+sha384:0,1 -q 0123456789abcdef -m other.msg "
         "-s other.sig "
         "-o quote.pcrs -g sha256\n"
         "tpm2_pcrreset 16");
    tpm2_refused("PCR", CHECK "0123456789abcdef"); // PCR values that the quote does not have
}

// A restricted key signs no message that looks like a quote but was not made by the TPM
static void a_restricted_key_signs_no_forged_quote(void **state)
{
    (void)state;
    tpm2("tpm2_createek -Q -c ek.ctx -G ecc -u ek.pub\n"
         "tpm2_createak -Q -C ek.ctx -c ak.ctx -G ecc -g sha256 -s ecdsa -f pem -u ak.pem\n"
         "tpm2_quote -Q -c ak.ctx -l sha256:0 -q 01 -m quote.msg -s quote.sig -g sha256");
    tpm2_refused("0x", "tpm2_hash -Q -C o -g sha256 -t ticket -o digest quote.msg\n"
                       "tpm2_sign -Q -c ak.ctx -g sha256 -d -t ticket -o forged digest");
    tpm2_refused("0x", "tpm2_sign -Q -c ak.ctx -g sha256 -o forged quote.msg");
}

// ---- Policies --------------------------------------------------------------------------------------------------------

// A policy: the commands that satisfy it, and some that do not. `session` is S; commands may use what `before` made
static const struct policy {
    const char *name;
    const char *before;
    const char *good;
    const char *bad;  // ends with an error of the policy command, or with one of the unsealing
    const char *auth; // after "session:s.ctx"
} policies[] = {
    { "command code", "", "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Unseal",
      "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Sign", "" },
    { "password", "", "tpm2_policypassword -Q -S s.ctx",
      "tpm2_policyauthvalue -Q -S s.ctx\n: >wrong", "+pw" },
    { "authorization value", "", "tpm2_policyauthvalue -Q -S s.ctx", ":", "+pw" },
    { "secret", "tpm2_changeauth -Q -c e endorse", "tpm2_policysecret -Q -S s.ctx -c e endorse",
      "tpm2_policysecret -Q -S s.ctx -c e guess", "" },
    { "signed",
      "openssl ecparam -name prime256v1 -genkey -noout -out sign.pem\n"
      "openssl ec -in sign.pem -pubout -out sign.pub.pem 2>/dev/null\n"
      "tpm2_loadexternal -Q -C o -G ecc -u sign.pub.pem -c sign.ctx -n sign.name\n"
      "printf '\\0\\0\\0\\0' >expiration\n"
      "openssl dgst -sha256 -sign sign.pem -out signed expiration",
      "tpm2_policysigned -Q -S s.ctx -g sha256 -s signed -f ecdsa -c sign.ctx",
      "printf '\\0\\0\\0\\1' >other\n"
      "openssl dgst -sha256 -sign sign.pem -out notsigned other\n"
      "tpm2_policysigned -Q -S s.ctx -g sha256 -s notsigned -f ecdsa -c sign.ctx",
      "" },
    { "one of two",
      "tpm2_startauthsession -Q -S t.ctx && tpm2_policycommandcode -Q -S t.ctx -L one "
      "TPM2_CC_Unseal && "
      "tpm2_flushcontext t.ctx\n"
      "tpm2_startauthsession -Q -S t.ctx && tpm2_policylocality -Q -S t.ctx -L two three && "
      "tpm2_flushcontext t.ctx",
      "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Unseal\ntpm2_policyor -Q -S s.ctx sha256:one,two",
      "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Sign\ntpm2_policyor -Q -S s.ctx sha256:one,two",
      "" },
    { "authorized later",
      "openssl ecparam -name prime256v1 -genkey -noout -out sign.pem\n"
      "openssl ec -in sign.pem -pubout -out sign.pub.pem 2>/dev/null\n"
      "tpm2_loadexternal -Q -C o -G ecc -u sign.pub.pem -c sign.ctx -n sign.name\n"
      "tpm2_startauthsession -Q -S t.ctx && tpm2_policycommandcode -Q -S t.ctx -L approved "
      "TPM2_CC_Unseal && "
      "tpm2_flushcontext t.ctx\n"
      "openssl dgst -sha256 -sign sign.pem -out approved.sig approved\n"
      "tpm2_verifysignature -Q -c sign.ctx -g sha256 -m approved -s approved.sig -t ticket -f "
      "ecdsa",
      "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Unseal\n"
      "tpm2_policyauthorize -Q -S s.ctx -i approved -n sign.name -t ticket",
      "tpm2_policycommandcode -Q -S s.ctx TPM2_CC_Sign\n"
      "tpm2_policyauthorize -Q -S s.ctx -i approved -n sign.name -t ticket",
      "" },
    { "NV comparison",
      "tpm2_nvundefine -Q 0x1500030 2>/dev/null || :\n"
      "tpm2_nvdefine -Q -C o -s 4 -a 'ownerread|ownerwrite|authread|authwrite' 0x1500030\n"
      "printf '\\0\\0\\0\\5' | tpm2_nvwrite -Q -C o -i - 0x1500030\n"
      "printf '\\0\\0\\0\\4' >operand",
      "tpm2_policynv -Q -S s.ctx -C 0x1500030 -i operand 0x1500030 ugt",
      "tpm2_policynv -Q -S s.ctx -C 0x1500030 -i operand 0x1500030 ult", "" },
    { "locality", "", "tpm2_policylocality -Q -S s.ctx zero",
      "tpm2_policylocality -Q -S s.ctx three", "" },
    { "clock", "", "tpm2_policycountertimer -Q -S s.ctx --uge clock=0",
      "tpm2_policycountertimer -Q -S s.ctx --ult clock=0", "" },
    { "PCR", "", "tpm2_policypcr -Q -S s.ctx -l sha256:0", "tpm2_policypcr -Q -S s.ctx -l sha256:1",
      "" },
    { "parameters", "", "tpm2_policycphash -Q -S s.ctx --cphash cphash",
      "tpm2_policycphash -Q -S s.ctx --cphash othercphash", "" },
};

// The policy's digest comes from a trial session with the same commands: it opens what is sealed to it, and wrong commands do not
static void each_policy_opens_for_who_satisfies_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        const struct policy *p = &policies[i];

        if (strcmp(p->name, "parameters") == 0) {
            continue; // its digest holds the object's name: the next case
        }
        print_message("%s\n", p->name);
        tpm2("%s\n"
             "tpm2_createprimary -Q -C o -G ecc -c primary.ctx\n"
             "echo secret >secret\n"
             "tpm2_startauthsession -Q -S s.ctx\n"
             "%s\n"
             "tpm2_getpolicydigest -Q -S s.ctx -o digest\n"
             "tpm2_flushcontext s.ctx\n"
             "[ -n \"$(tr -d '\\0' <digest)\" ]\n"
             "tpm2_create -Q -C primary.ctx -L digest -p pw -a 'fixedtpm|fixedparent|noda' -i "
             "secret -u p.pub -r p.priv\n"
             "tpm2_load -Q -C primary.ctx -u p.pub -r p.priv -c p.ctx\n"
             "tpm2_startauthsession -Q --policy-session -S s.ctx\n"
             "%s\n"
             "tpm2_unseal -Q -c p.ctx -p session:s.ctx%s -o out\n"
             "tpm2_flushcontext s.ctx\n"
             "cmp out secret",
             p->before, p->good, p->good, p->auth);
        tpm2_refused("0x",
                     "tpm2_startauthsession -Q --policy-session -S s.ctx\n"
                     "trap 'tpm2_flushcontext s.ctx' EXIT\n"
                     "%s\n"
                     "tpm2_unseal -Q -c p.ctx -p session:s.ctx%s -o out",
                     p->bad, strcmp(p->name, "password") == 0 ? "+guess" : p->auth);
        tpm2("[ $(tpm2_getcap handles-saved-session | wc -l) = 0 ] || tpm2_flushcontext -s\n"
             "tpm2_changeauth -Q -c e -p endorse 2>/dev/null || :");
    }
    tpm2("tpm2_nvundefine -Q 0x1500030");
}

// ---- Localities ------------------------------------------------------------------------------------------------------

static uint32_t reset_pcr(unsigned int pcr, unsigned int locality)
{
    struct tpm_bytes b;

    tpm_begin(&b, TPM_ST_SESSIONS, TPM_CC_PCR_RESET);
    tpm_put(&b, 4, pcr);
    tpm_put_password(&b, "");
    return tpm_send(&b, locality);
}

// PC Client Platform TPM Profile 4.6.2, table of PCR attributes: which localities may reset and extend, bit n for locality n. Of the
// normal world's, 0 … 3
static void a_locality_has_its_own_pcrs(void **state)
{
    static const struct {
        unsigned int pcr;
        unsigned int reset;
        unsigned int extend;
    } rules[] = { { 0, 0, 0xf },    { 7, 0, 0xf },   { 16, 0xf, 0xf }, { 17, 0, 0xc },
                  { 18, 0, 0xc },   { 19, 0, 0xc },  { 20, 0x4, 0xe }, { 21, 0x4, 0x4 },
                  { 22, 0x4, 0x4 }, { 23, 0xf, 0xf } };
    const uint8_t digest[32] = { 1 };

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        for (unsigned int locality = 0; locality < TPM_WIRE_LOCALITIES; locality++) {
            uint32_t extended = tpm_extend(rules[i].pcr, digest, locality);
            uint32_t reset = reset_pcr(rules[i].pcr, locality);

            if ((extended == TPM_RC_SUCCESS) != (rules[i].extend >> locality & 1) ||
                (reset == TPM_RC_SUCCESS) != (rules[i].reset >> locality & 1) ||
                (extended != TPM_RC_SUCCESS && extended != TPM_RC_LOCALITY) ||
                (reset != TPM_RC_SUCCESS && reset != TPM_RC_LOCALITY)) {
                fail_msg("PCR %u, locality %u: extend %#x, reset %#x", rules[i].pcr, locality,
                         extended, reset);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(there_are_exactly_two_banks, ready),
        cmocka_unit_test_setup(event_log_and_pcrs_agree_in_both_banks, ready),
        cmocka_unit_test_setup(sealed_data_opens_with_the_right_pcrs_only, ready),
        cmocka_unit_test_setup(sealed_data_outlives_a_power_cut, ready),
        cmocka_unit_test_setup(a_quote_is_what_was_asked_for, ready),
        cmocka_unit_test_setup(a_restricted_key_signs_no_forged_quote, ready),
        cmocka_unit_test_setup(each_policy_opens_for_who_satisfies_it, ready),
        cmocka_unit_test_setup(a_locality_has_its_own_pcrs, ready),
    };

    return cmocka_run_group_tests_name("ftpm_policy", tests, tpm_setup, tpm_teardown);
}
