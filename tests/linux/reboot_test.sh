#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# reboot_test.sh [second]: what a reset keeps, and what not: prepares it, restarts the machine through the firmware, and with "second" looks.
# By init.sh, after the reset.
. /test/check.sh
key=0x2346
asset=0x7e58
nv=0x1500020

prepare_tpm() {
    echo 'before the reset' >text && tpm2 nvdefine -Q -C o -s 17 -a 'ownerread|ownerwrite' $nv && tpm2 nvwrite -Q -C o -i text $nv &&
        tpm2 pcrextend -Q "23:sha256=$(sha256sum <text | cut -d' ' -f1)"
}

prepare_services() {
    echo 'before the reset' >text && tessera key generate p256 --id $key && tessera store set $asset text
}

# TPM2_Shutdown came before the reset: the kernel's driver sends it, and the TPM knows by it that it need not count a failure
was_orderly() {
    tpm2 getcap properties-variable >variable && sed -n '/TPM2_PT_STARTUP_CLEAR/,/orderly/s/.*orderly: *//p' variable >orderly &&
        equal 1 "$(cat orderly)"
}

pcr_began_anew() {
    equal "$(printf %064d 0)" "$(tpm2 pcrread sha256:23 | sed -n 's/.*0x//p')"
}

nv_kept() {
    echo 'before the reset' >text && tpm2 nvread -C o -s 17 $nv >back && cmp text back && tpm2 nvundefine -Q -C o $nv
}

key_kept() {
    echo 'after it' >text && tessera sign $key text --out signature && tessera verify $key text signature && tessera key rm $key
}

asset_kept() {
    echo 'before the reset' >text && tessera store get $asset --out back && cmp text back && tessera store rm $asset
}

if [ "${1:-}" = second ]; then
    begin reboot
    check 'the TPM was shut down in order' was_orderly
    check 'PCR 23 began anew' pcr_began_anew
    check 'the TPM kept its NV data' nv_kept
    check 'the key is still there, and signs' key_kept
    check 'the asset is still there' asset_kept
    end
    exit
fi
begin reboot-first
check 'NV data, a PCR' prepare_tpm
check 'a persistent key, an asset' prepare_services
end
restarts
reboot -f
