#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# panic_test.sh [second]: the kernel panics, in the middle of calls, and resets the machine (panic=-1): nobody says TPM2_Shutdown. With
# "second", called by init.sh after the reset: TPM and services go on, and the TPM knows of it.
. /test/check.sh
asset=0x7e5a

was_not_orderly() {
    tpm2 getcap properties-variable >variable && equal 0 "$(sed -n '/TPM2_PT_STARTUP_CLEAR/,/orderly/s/.*orderly: *//p' variable)"
}

# A PCR that TPM2_Shutdown would keep: if there was one, by a kernel that started this one, it does not count any more
prepare() {
    echo 'before the panic' >text && tessera store set $asset text && tpm2 pcrextend -Q "15:sha256=$(sha256sum <text | cut -d' ' -f1)"
}

asset_kept() {
    echo 'before the panic' >text && tessera store get $asset --out back && cmp text back && tessera store rm $asset
}

if [ "${1:-}" = second ]; then
    begin panic
    check 'the TPM knows that it was not shut down' was_not_orderly
    check 'the TPM works' tpm2 selftest -f
    check 'the asset is still there' asset_kept
    check 'the self-test of the services' tessera selftest
    end
    exit
fi
begin panic-first
check 'an asset, a PCR' prepare
end
(while :; do tessera random 70000 --out /dev/null; done) >/dev/null 2>&1 &
(while :; do tpm2 getrandom -o /dev/null 32; done) >/dev/null 2>&1 &
restarts
echo c >/proc/sysrq-trigger
