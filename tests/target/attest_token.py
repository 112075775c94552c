#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
#
# attest_token.py TOKEN KEY NONCE CLIENT PROFILE LOG ROOT BOARD SOC_ID VERSION: a verifier of attestation tokens that shares
# no code with the firmware: Debian's cbor2 reads, openssl(1) checks the signature, an event log reader of its own tells what
# must be in it. TOKEN, KEY (65 bytes, 4 x y) and LOG (what `fip-tool measure --log` predicts) are files, NONCE is in
# hexadecimal, CLIENT the client id, PROFILE 1 or 2, ROOT the root key's PEM file, VERSION the NV counters' value. Prints
# instance id and boot seed; exit status 0 only if all of it holds.
import hashlib
import struct
import subprocess
import sys
import tempfile

import cbor2

LABELS = {  # profile: its name, then the claims' labels
    1: ("PSA_IOT_PROFILE_1", -75008, -75009, -75000, -75004, -75001, -75002, -75003, -75006),
    2: ("tag:psacertified.org,2023:psa#tfm", 10, 256, 265, 268, 2394, 2395, 2396, 2399),
}


def expect(condition, what):
    if not condition:
        sys.exit(f"attest_token.py: {what}")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def openssl(*args, **kwargs):
    return subprocess.run(["openssl", *args], capture_output=True, check=False, **kwargs)


def der_integer(number):
    number = number.lstrip(b"\0") or b"\0"
    number = b"\0" + number if number[0] >= 0x80 else number
    return bytes([2, len(number)]) + number


def signature_is_good(point, message, signature):
    spki = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point
    pair = der_integer(signature[:32]) + der_integer(signature[32:])
    with tempfile.TemporaryDirectory() as folder:
        for name, content in ("key", spki), ("signature", bytes([0x30, len(pair)]) + pair):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(content)
        pem = openssl("pkey", "-pubin", "-inform", "DER", "-in", f"{folder}/key", "-out", f"{folder}/pem")
        expect(pem.returncode == 0, "the public key is none of P-256")
        return openssl("dgst", "-sha256", "-verify", f"{folder}/pem", "-signature", f"{folder}/signature",
                       input=message).returncode == 0


def records(log):
    """Name, PCR, SHA-256 and SHA-384 of each EV_POST_CODE record (TCG PC Client Platform Firmware Profile 10.2)"""
    at = 32 + struct.unpack_from("<I", log, 28)[0]
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        digests = {}
        for _ in range(count):
            algorithm = struct.unpack_from("<H", log, at)[0]
            size = {0x0B: 32, 0x0C: 48}[algorithm]
            digests[algorithm] = log[at + 2:at + 2 + size]
            at += 2 + size
        size = struct.unpack_from("<I", log, at)[0]
        data = log[at + 4:at + 4 + size]
        at += 4 + size
        if kind == 1:
            yield data.rstrip(b"\0").decode(), pcr, digests[0x0B], digests[0x0C]


def open_token(token, point):
    expect(token[:1] == b"\xd2", "the token has not tag 18 in one byte")
    tag = cbor2.loads(token)
    expect(isinstance(tag, cbor2.CBORTag) and tag.tag == 18 and len(tag.value) == 4, "the token is no COSE_Sign1")
    protected, unprotected, payload, signature = tag.value
    expect(cbor2.loads(protected) == {1: -7}, "the algorithm is not ES256")
    expect(unprotected == {}, "there are unprotected headers")
    expect(cbor2.dumps(tag) == token, "the token is not in preferred serialisation")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    expect(len(signature) == 64 and signature_is_good(point, signed, signature), "the signature is not the key's")
    expect(not signature_is_good(point, signed + b"\0", signature), "openssl takes any signature")
    claims = cbor2.loads(payload)
    expect(cbor2.dumps(claims, canonical=True) == payload, "the claims are not deterministic")
    return claims


def check_components(found, log, root, version):
    measured = list(records(log))
    expect(measured[-1][0] == "CRITICAL_DATA" and measured[-1][1] == 1, "the log does not end with CRITICAL_DATA")
    critical = struct.pack("<II", 0xFFFFFFFF, 0x35CA) + root + bytes(32)
    expect(measured[-1][2] == hashlib.sha256(critical).digest(), "CRITICAL_DATA is not this root's")
    expect(measured[-1][3] == hashlib.sha384(critical).digest(), "CRITICAL_DATA is not this root's")
    wanted = [{1: name, 2: digest, 4: version, 5: root, 6: "sha-256"} for name, _, digest, _ in measured[:-1]]
    expect(len(found) == len(wanted), f"{len(found)} components, {len(wanted)} measured images")
    for component, image in zip(found, wanted):
        expect(component == image, f"component {component} is not the log's {image}")


def main():
    token, key, nonce, client, profile, log, root, board, soc_id, version = sys.argv[1:]
    point = read(key)
    expect(len(point) == 65 and point[0] == 4, "the public key is no point of 65 bytes")
    claims = open_token(read(token), point)
    name, *labels = LABELS[int(profile)]
    expect(sorted(claims) == sorted(labels), f"the claims are {sorted(claims)}")
    values = dict(zip(("nonce", "ueid", "profile", "seed", "client", "lifecycle", "implementation", "components"),
                      (claims[label] for label in labels)))
    implementation = b"Tessera implementation id 1\0" + board.encode() + b"\0" + struct.pack("<I", int(soc_id, 0))
    root = hashlib.sha256(openssl("pkey", "-in", root, "-pubout", "-outform", "DER").stdout).digest()
    expect(values["nonce"] == bytes.fromhex(nonce), "another nonce")
    expect(values["ueid"] == b"\1" + hashlib.sha256(point).digest(), "the instance id is not the key's")
    expect(values["profile"] == name, f"profile {values['profile']}")
    expect(len(values["seed"]) == 32 and any(values["seed"]), "no boot seed")
    expect(values["client"] == int(client), f"client id {values['client']}")
    expect(values["lifecycle"] == 0x1000, f"lifecycle {values['lifecycle']:#x}")
    expect(values["implementation"] == hashlib.sha256(implementation).digest(), "another implementation")
    check_components(values["components"], read(log), root, version)
    print(values["ueid"].hex(), values["seed"].hex())


main()
