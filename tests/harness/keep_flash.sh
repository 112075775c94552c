#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# keep_flash.sh FIP_TOOL NEW MACHINE: makes or renews MACHINE, the flash of a machine that is used again and again. The first time it is a
# copy of NEW, a flash image that the build made; later, when NEW is newer, it gets the firmware of NEW and keeps what the machine
# has written: the partitions' storage and the OTP area. Under other keys (root key, hardware unique key) nothing of that could be read:
# then it is a copy again. NEW's options for fip-tool are beside it, in NEW with .args for .bin.
set -eu
[ $# -eq 3 ] || { echo 'usage: keep_flash.sh FIP_TOOL NEW MACHINE' >&2; exit 1; }
tool=$1 new=$2 machine=$3
read -r -a options <"${new%.bin}.args"
keys=1024 # bytes of the OTP area before its first counter (platform/lib/boot/otp_format.h)

otp_offset=
for ((i = 0; i < ${#options[@]} - 1; i++)); do
    [ "${options[i]}" != --otp-offset ] || otp_offset=${options[i + 1]}
done

begin() {
    echo "run: $machine: a new machine$1" >&2
    rm -f "$machine"
    (umask 077 && cp --sparse=always "$new" "$machine.new" && mv "$machine.new" "$machine")
}

if [ ! -e "$machine" ]; then
    begin ""
elif ! cmp -s -n "$keys" -i "$((otp_offset))" "$new" "$machine"; then
    begin ': the keys are others than the old one had'
else
    echo "run: $machine: the machine of the last time, with what it stored; remove it to start afresh" >&2
    if [ "$new" -nt "$machine" ]; then
        "$tool" flash "${options[@]}" --keep "$machine" "$machine"
    fi
fi
