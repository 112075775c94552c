#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# demo_test.sh [banner]: what `make run` shows. With "banner" only what there is on this machine, before the shell's prompt; else also
# the self-test of the services, whose verdict is the last line and the exit status.
found() { # WHAT YES-OR-NO HOW
    printf '  %-34s %-4s %s\n' "$1" "$2" "$3"
}

yes_if() { # COMMAND...
    if "$@" >/dev/null 2>&1; then echo yes; else echo NO; fi
}

hwrng_is_ours() {
    grep -q tpm-rng /sys/class/misc/hw_random/rng_available
}

tee_devices() {
    ls /dev/tee[0-9]*
}

cores=$(nproc)
printf '\nDebian Linux %s under Tessera, cores: %s. What it has of the secure world:\n' "$(uname -r)" "$cores"
found 'TPM 2.0' "$(yes_if test -c /dev/tpmrm0)" 'tpm2 getrandom --hex 16; tpm2 pcrread sha256'
found 'log of the measured boot' "$(yes_if head -c 1 /sys/kernel/security/tpm0/binary_bios_measurements)" \
    'tpm2 eventlog /sys/kernel/security/tpm0/binary_bios_measurements'
found 'kernel entropy from the TPM' "$(yes_if hwrng_is_ours)" 'cat /sys/class/misc/hw_random/rng_available'
found 'PSA crypto, storage, attestation' "$(yes_if tee_devices)" 'tessera info; tessera --help'
found 'attestation token' "$(yes_if tessera attest token)" 'tessera attest token --out token; hexdump -C token'
cat <<END
Try also:
  tessera selftest                                  what make run does without a terminal
  /test/tpm; /test/psa; /test/module; /test/hammer  what make test-linux does
  /selftest $cores 20                                   cores, idle states, entropy: the firmware under Linux
  dmesg | grep -iE 'psci|smc|gic|trng|tpm|tessera'   what Linux found in the firmware
  poweroff, or Ctrl-A X                             leave

END
[ "${1:-}" != banner ] || exit 0
tessera selftest
status=$?
if [ $status -eq 0 ]; then
    echo 'demo: 1 passed, 0 failed, 0 skipped'
else
    echo "not ok - tessera selftest ended with $status"
    echo 'demo: 0 passed, 1 failed, 0 skipped'
fi
exit $status
