#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
#
# token_cases.py IMAGES OUT: good tokens and broken ones, each with the reason for which it must be refused, by an encoder
# that shares nothing with the code under test (Debian's python3-cbor2, openssl, hashlib). IMAGES: folder with the images
# and keys of trust_support.c, from which the expected claims are made here once more. OUT/cases.txt as attest_cases.py has
# it.
import hashlib
import os
import struct

import cbor2

from attest_cases import add_case, end_cases, new_file, new_key, openssl, out, read, write

NONCE = bytes(range(32))
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # order of P-256


def sha(data):
    return hashlib.sha256(data).digest()


# ---- keys ----

for name in ("key", "other"):
    new_key(name, "ecparam", "-name", "prime256v1", "-genkey", "-noout")
write("p384.pub", openssl("pkey", "-pubout", data=openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout")))
write("rsa.pub", openssl("pkey", "-pubout", data=openssl("genrsa", "2048")))
POINT = openssl("pkey", "-pubin", "-in", os.path.join(out, "key.pub"), "-outform", "DER")[-65:]
write("key.point", POINT)
# key files of which one cannot say which key they name, or that ask for a passphrase
KEY, OTHER = (open(os.path.join(out, name), "rb").read() for name in ("key.pub", "other.pub"))
write("two.pub", KEY + OTHER)
write("both.pem", KEY + open(os.path.join(out, "key.pem"), "rb").read())
lines = KEY.split(b"\n", 1)
write("locked.pub", lines[0] + b"\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,%s\n\n" % (b"00" * 16) + lines[1])


def sign(message, key="key"):
    der = openssl("dgst", "-sha256", "-sign", os.path.join(out, key + ".pem"), data=message)
    numbers, at = [], 2
    for _ in range(2):
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2 : at + 2 + size], "big"))
        at += 2 + size
    return b"".join(n.to_bytes(32, "big") for n in numbers), der


# ---- encoding: pairs stay as they are given, so that order and repetition can be wrong ----


def head(major, n):
    assert n < 65536
    if n < 24:
        return bytes([major << 5 | n])
    return bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + struct.pack(">H", n)


class Raw(bytes):  # encoded already
    pass


def encode(value):
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, Map):
        return head(5, len(value)) + b"".join(encode(k) + encode(v) for k, v in value)
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(encode(v) for v in value)
    return cbor2.dumps(value)


class Map(list):  # of pairs
    def but(self, key, value):
        return Map([(k, value if k == key else v) for k, v in self])

    def without(self, key):
        return Map([(k, v) for k, v in self if k != key])

    def with_pair(self, key, value):
        return Map(sorted(self + [(key, value)], key=lambda pair: encode(pair[0])))

    def twice(self, key):
        pair = [p for p in self if p[0] == key][0]
        at = self.index(pair)
        return Map(self[: at + 1] + [pair] + self[at + 1 :])


PROTECTED = Map([(1, -7)])


def token(claims, key="key", protected=PROTECTED, unprotected=Map(), tag=18, context="Signature1", alter=None):
    payload = claims if isinstance(claims, bytes) else encode(claims)
    header = protected if isinstance(protected, bytes) else encode(protected)
    signature, _ = sign(encode([context, bytes(header), b"", bytes(payload)]), key)
    items = [bytes(header), unprotected, bytes(payload), signature]
    if alter is not None:
        items = alter(items)
    body = encode(items)
    return body if tag is None else head(6, tag) + body


def case(name, data, reasons="good", where="", options=""):
    add_case(new_file(name + ".cbor", data), reasons, where, options)


# ---- what a good token says ----

root = sha(openssl("pkey", "-pubout", "-outform", "DER", data=read("keys/rot_key.pem")))
ROWS = (
    ("BL_2", "bl2", 3), ("TB_FW_CONFIG", "config.dtb", 3), ("SECURE_RT_EL3", "bl31", 3),
    ("SECURE_RT_EL1_SPMD", "spmc", 3), ("BL_33", "bl33", 5), ("SP1", "sp1", 3), ("SP2", "sp2", 3),
)
COMPONENTS = [
    Map([(1, name), (2, sha(read(file))), (4, str(version)), (5, root), (6, "sha-256")]) for name, file, version in ROWS
]
ID = sha(b"Tessera implementation id 1\0some_board\0" + struct.pack("<I", 0x1234))
UEID = b"\x01" + sha(POINT)
VALUES = {
    "nonce": NONCE, "instance id": UEID, "profile": None, "boot seed": bytes(range(100, 132)), "client id": -1,
    "lifecycle": 0x1000, "implementation id": ID, "software components": COMPONENTS,
}
KEYS = {
    "new": {"nonce": 10, "instance id": 256, "profile": 265, "boot seed": 268, "client id": 2394, "lifecycle": 2395,
            "implementation id": 2396, "software components": 2399},
    "old": {"nonce": -75008, "instance id": -75009, "profile": -75000, "boot seed": -75004, "client id": -75001,
            "lifecycle": -75002, "implementation id": -75003, "software components": -75006},
}
NAMES = {"new": "tag:psacertified.org,2023:psa#tfm", "old": "PSA_IOT_PROFILE_1"}
OPTIONAL = {"new": {"boot seed"}, "old": {"profile"}}


def claims(which="new", **values):
    said = dict(VALUES, profile=NAMES[which])
    said.update({name.replace("_", " "): value for name, value in values.items()})
    pairs = [(KEYS[which][name], value) for name, value in said.items()]
    return Map(sorted(pairs, key=lambda pair: encode(pair[0])))


# ---- good ones ----

GOOD = token(claims())
case("good", GOOD)
case("good-old", token(claims("old")))
case("good-point", GOOD, options="--key key.point")
for size in (48, 64):
    case("good-nonce-%d" % size, token(claims(nonce=bytes(size))), options="--nonce " + "00" * size)
case("good-no-seed", token(claims().without(268)))
case("good-short-seed", token(claims(boot_seed=bytes(8))))
case("good-old-no-profile", token(claims("old").without(-75000)))
case("good-optional", token(claims().with_pair(2398, "1234567890123-12345").with_pair(2400, "https://verifier.example")))
case("good-reversed", token(claims(software_components=COMPONENTS[::-1])))
case("good-no-description", token(claims(software_components=[c.without(6) for c in COMPONENTS])))
case("good-client", token(claims(client_id=0x8003)), options="--client-id 0x8003")
case("good-client-negative", GOOD, options="--client-id -1")

# ---- each claim gone, twice, of another type, of another size ----

TYPES = {"nonce": b"", "instance id": b"", "profile": "", "boot seed": b"", "client id": 0, "lifecycle": 0,
         "implementation id": b"", "software components": []}
OTHERS = (7, -7, b"01234567", "01234567", [], Map())
for profile, keys in KEYS.items():
    for claim, key in keys.items():
        name = "%s-%s" % (profile, claim.replace(" ", "-"))
        whole = claims(profile)
        if claim not in OPTIONAL[profile]:
            case(name + "-missing", token(whole.without(key)), "claim-missing", claim)
        case(name + "-twice", token(whole.twice(key)), "cbor-duplicate", "claims")
        for i, other in enumerate(OTHERS):
            if type(other) is type(TYPES[claim]) and not (claim == "lifecycle" and other == -7):
                continue
            case("%s-type-%d" % (name, i), token(whole.but(key, other)), "claim-type", claim)
        for other in {bytes: (b"", bytes(7), bytes(31), bytes(65)), str: ("",)}.get(type(TYPES[claim]), ()):
            if claim == "boot seed" and profile == "new" and len(other) == 31:
                continue
            case("%s-size-%d" % (name, len(other)), token(whole.but(key, other)), "claim-size", claim)
    other = "old" if profile == "new" else "new"
    case(profile + "-mixed", token(claims(profile).with_pair(KEYS[other]["nonce"], NONCE)), "claim-unknown",
         "key %d" % KEYS[other]["nonce"])
    case(profile + "-unknown", token(claims(profile).with_pair(-80000, 1)), "claim-unknown", "key -80000")
case("unknown-text-key", token(claims().with_pair("nonce", 1)), "claim-unknown", "a key that is no number")
case("unknown-huge-key", token(claims().with_pair(2**64 - 1, 1)), "claim-unknown", "a key that is no number")
for name, value in (("zero", 0), ("huge", 2**31), ("low", -(2**31) - 1), ("huge64", 2**64 - 1)):
    case("client-" + name, token(claims(client_id=value)), "claim-type", "client id")
for name, value in (("huge", 65536), ("huge64", 2**64 - 1)):
    case("lifecycle-" + name, token(claims(lifecycle=value)), "claim-type", "lifecycle")

# ---- each entry of a component likewise ----

FIELDS = {1: ("type", ""), 2: ("measurement", b""), 4: ("version", ""), 5: ("signer", b""), 6: ("description", "")}


def replaced(index, component):
    return token(claims(software_components=COMPONENTS[:index] + [component] + COMPONENTS[index + 1 :]))


for key, (field, kind) in FIELDS.items():
    name, where = "field-" + field, "component 2: " + field
    if key != 6:
        case(name + "-missing", replaced(2, COMPONENTS[2].without(key)), "field-missing", where)
    case(name + "-twice", replaced(2, COMPONENTS[2].twice(key)), "cbor-duplicate", "claims")
    for i, other in enumerate(OTHERS):
        if type(other) is not type(kind):
            case("%s-type-%d" % (name, i), replaced(2, COMPONENTS[2].but(key, other)), "field-type", where)
    for other in (b"", bytes(31), bytes(33)) if kind == b"" else ("",):
        case("%s-size-%d" % (name, len(other)), replaced(2, COMPONENTS[2].but(key, other)), "field-size", where)
case("field-unknown", replaced(2, COMPONENTS[2].with_pair(3, "x")), "field-unknown", "component 2: key 3")
case("component-no-map", replaced(0, [1]), "field-type", "component 0: map")
case("components-none", token(claims(software_components=[])), "components", "software components")
case("components-many", token(claims(software_components=[COMPONENTS[0]] * 65)), "components", "software components")

# ---- values that differ from what was asked, from the key, and from the reference values ----

case("nonce-other", token(claims(nonce=bytes(32))), "nonce", "nonce")
case("nonce-asked-other", GOOD, "nonce", "nonce", "--nonce " + "11" * 32)
case("nonce-asked-longer", GOOD, "nonce", "nonce", "--nonce " + NONCE.hex() + "00")
case("profile-other", token(claims(profile="tag:psacertified.org,2099:psa#tfm")), "profile", "profile")
case("profile-old-name", token(claims(profile=NAMES["old"])), "profile", "profile")
case("profile-new-name", token(claims("old", profile=NAMES["new"])), "profile", "profile")
case("profile-longer", token(claims(profile=NAMES["new"] + "\0")), "profile", "profile")
case("instance-other", token(claims(instance_id=b"\x01" + bytes(32))), "instance", "instance id")
case("instance-type", token(claims(instance_id=b"\x02" + UEID[1:])), "instance", "instance id")
case("implementation-other", token(claims(implementation_id=bytes(32))), "implementation", "implementation id")
case("client-partition", token(claims(client_id=0x8003)), "client", "client id")
case("client-other", GOOD, "client", "client id", "--client-id -2")
case("lifecycle-not-allowed", GOOD, "lifecycle", "lifecycle", "--allow-lifecycle secured")
case("lifecycle-other-allowed", GOOD, "lifecycle", "lifecycle", "--allow-lifecycle decommissioned")
for state in (0x0000, 0x2000, 0x4000, 0x5000, 0x6000, 0x7000, 0xFFFF):
    case("lifecycle-%04x" % state, token(claims(lifecycle=state)), "lifecycle,lifecycle-reference", "lifecycle")
case("lifecycle-secured", token(claims(lifecycle=0x3000)), "lifecycle-reference", "lifecycle")
case("lifecycle-low-byte", token(claims(lifecycle=0x1001)), "lifecycle-reference", "lifecycle")
for i, (name, file, version) in enumerate(ROWS):
    altered = bytearray(read(file))
    altered[0] ^= 1
    case("altered-" + name, replaced(i, COMPONENTS[i].but(2, sha(bytes(altered)))), "measurement", name)
    case("longer-" + name, replaced(i, COMPONENTS[i].but(2, hashlib.sha384(read(file)).digest())), "measurement", name)
    case("signer-" + name, replaced(i, COMPONENTS[i].but(5, bytes(32))), "signer", name)
    for other in (str(version - 1), str(version + 1), "0" + str(version), str(version) + " "):
        case("version-%s-%s" % (name, other.replace(" ", "_")), replaced(i, COMPONENTS[i].but(4, other)), "version", name)
    case("description-" + name, replaced(i, COMPONENTS[i].but(6, "sha-512")), "description", name)
    rest = COMPONENTS[:i] + COMPONENTS[i + 1 :]
    case("missing-" + name, token(claims(software_components=rest)), "component-missing", name)
    case("twice-" + name, token(claims(software_components=COMPONENTS + [COMPONENTS[i]])), "component-twice", name)
    case("renamed-" + name, replaced(i, COMPONENTS[i].but(1, "?")), "component-missing,component-extra", name)
case("extra", token(claims(software_components=COMPONENTS + [COMPONENTS[0].but(1, "SP9")])), "component-extra", "SP9")
case("extra-ugly", token(claims(software_components=COMPONENTS + [COMPONENTS[0].but(1, "\x1b[31m\u00fc")])),
     "component-extra", "?[31m??")
case("extra-critical", token(claims(software_components=COMPONENTS + [COMPONENTS[0].but(1, "CRITICAL_DATA")])),
     "component-extra", "CRITICAL_DATA")
case("swapped", token(claims(software_components=[COMPONENTS[0].but(2, COMPONENTS[1][1][1]),
                                                  COMPONENTS[1].but(2, COMPONENTS[0][1][1])] + COMPONENTS[2:])),
     "measurement,measurement", "BL_2")

# ---- the signature and the key ----

case("key-other", GOOD, "signature", "token", "--key other.pub")
case("signed-other", token(claims(), key="other"), "signature", "token")
case("signed-other-instance", token(claims(instance_id=b"\x01" + bytes(32)), key="other"), "signature", "token")
case("context-mac", token(claims(), context="MAC0"), "signature", "token")
case("context-signature", token(claims(), context="Signature"), "signature", "token")


def with_signature(make):
    return token(claims(), alter=lambda items: items[:3] + [make(items[3])])


case("signature-zero", with_signature(lambda s: bytes(64)), "signature", "token")
case("signature-swapped", with_signature(lambda s: s[32:] + s[:32]), "signature", "token")
case("signature-s-zero", with_signature(lambda s: s[:32] + bytes(32)), "signature", "token")
case("signature-r-order", with_signature(lambda s: N.to_bytes(32, "big") + s[32:]), "signature", "token")
case("signature-ones", with_signature(lambda s: b"\xff" * 64), "signature", "token")
for size in (0, 63, 65):
    case("signature-size-%d" % size, with_signature(lambda s: (s + s)[:size]), "cose-signature", "signature")
payload = encode(claims())
case("signature-der", with_signature(lambda s: sign(encode(["Signature1", encode(PROTECTED), b"", payload]))[1]),
     "cose-signature", "signature")
case("signature-text", with_signature(lambda s: "0" * 64), "cose-signature", "signature")
case("replayed-signature", token(claims(nonce=bytes(32)), alter=lambda items: items[:2] + [payload, items[3]]),
     "signature", "token")

# ---- the envelope ----

case("no-tag", token(claims(), tag=None), "cose-tag", "token")
for tag in (17, 19, 61, 98):
    case("tag-%d" % tag, token(claims(), tag=tag), "cose-tag", "token")
case("tag-cwt", head(6, 61) + GOOD, "cose-tag", "token")
case("tag-twice", head(6, 18) + GOOD, "cbor-tag", "token")
case("tag-claim", token(claims().but(10, Raw(head(6, 42) + encode(NONCE)))), "cbor-tag", "claims")
case("array-3", token(claims(), alter=lambda items: items[:3]), "cose-array", "token")
case("array-5", token(claims(), alter=lambda items: items + [b""]), "cose-array", "token")
case("array-0", token(claims(), alter=lambda items: []), "cose-array", "token")
case("not-array", head(6, 18) + encode(Map([(1, 2)])), "cose-array", "token")
case("protected-map", token(claims(), alter=lambda i: [PROTECTED] + i[1:]), "cose-protected", "protected header")
case("protected-array", token(claims(), protected=encode([1, -7])), "cose-protected", "protected header")
case("protected-empty", token(claims(), protected=b""), "cbor-truncated", "protected header")
case("protected-no-alg", token(claims(), protected=Map()), "cose-algorithm", "protected header")
for alg in (-35, -36, -8, -37, 5, 7, "ES256"):
    case("protected-alg-%s" % alg, token(claims(), protected=Map([(1, alg)])), "cose-algorithm", "protected header")
case("protected-kid", token(claims(), protected=Map([(1, -7), (4, b"k")])), "cose-algorithm", "protected header")
case("protected-critical", token(claims(), protected=Map([(1, -7), (2, [1])])), "cose-algorithm", "protected header")
case("protected-other-key", token(claims(), protected=Map([(3, -7)])), "cose-algorithm", "protected header")
case("protected-trailing", token(claims(), protected=encode(PROTECTED) + b"\0"), "cbor-trailing", "protected header")
case("unprotected-kid", token(claims(), unprotected=Map([(4, b"k")])), "cose-unprotected", "unprotected header")
case("unprotected-alg", token(claims(), unprotected=PROTECTED), "cose-unprotected", "unprotected header")
case("unprotected-array", token(claims(), unprotected=[]), "cose-unprotected", "unprotected header")
case("payload-map", token(claims(), alter=lambda i: i[:2] + [claims()] + i[3:]), "cose-payload", "claims")
case("payload-null", token(claims(), alter=lambda i: i[:2] + [None] + i[3:]), "cbor-simple", "token")
case("payload-array", token(encode([1])), "cose-payload", "claims")
case("payload-empty", token(b""), "cbor-truncated", "claims")

# ---- encodings of the same or of no value ----


def raw(claim, value):  # the claim's value stands as these bytes
    return token(claims().but(KEYS["new"][claim], Raw(value)))


case("empty", b"", "cbor-truncated", "token")
case("trailing", GOOD + b"\0", "cbor-trailing", "token")
case("trailing-claims", token(payload + b"\0"), "cbor-trailing", "claims")
case("two-tokens", GOOD + GOOD, "cbor-trailing", "token")
for name, value in (("1", b"\x19\x00\x0a"), ("2", b"\x1a\x00\x00\x10\x00"), ("4", b"\x1b" + bytes(6) + b"\x10\x00")):
    case("head-long-" + name, raw("lifecycle", value), "cbor-head", "claims")
case("head-long-0", raw("lifecycle", b"\x18\x0a"), "cbor-head", "claims")
case("head-long-string", raw("nonce", b"\x59\x00\x20" + NONCE), "cbor-head", "claims")
case("head-long-tag", b"\xd8\x12" + GOOD[1:], "cose-tag", "token")
case("head-long-array", GOOD[:1] + b"\x98\x04" + GOOD[2:], "cbor-head", "token")
case("indefinite-array", GOOD[:1] + b"\x9f" + GOOD[2:] + b"\xff", "cbor-indefinite", "token")
case("indefinite-map", token(b"\xbf" + payload[1:] + b"\xff"), "cbor-indefinite", "claims")
case("indefinite-bytes", raw("nonce", b"\x5f\x58\x20" + NONCE + b"\xff"), "cbor-indefinite", "claims")
case("indefinite-text", raw("profile", b"\x7f\x61a\xff"), "cbor-indefinite", "claims")
for info in (28, 29, 30):
    case("reserved-%d" % info, raw("lifecycle", bytes([info])), "cbor-reserved", "claims")
for name, value in (("true", b"\xf5"), ("null", b"\xf6"), ("undefined", b"\xf7"), ("half", b"\xf9\x3c\x00"),
                    ("double", b"\xfb" + bytes(8)), ("break", b"\xff"), ("simple", b"\xf8\x20")):
    case("simple-" + name, raw("lifecycle", value), "cbor-simple", "claims")
for name, value in (("utf8-lone", b"\x61\x80"), ("utf8-overlong", b"\x62\xc0\x80"), ("utf8-surrogate", b"\x63\xed\xa0\x80"),
                    ("utf8-cut", b"\x61\xc3"), ("utf8-high", b"\x64\xf4\x90\x80\x80")):
    case(name, raw("profile", value), "cbor-utf8", "claims")
case("order", token(Map(claims()[1:] + claims()[:1])), "cbor-order", "claims")
case("order-two", token(Map([claims()[1], claims()[0]] + claims()[2:])), "cbor-order", "claims")
case("order-component", replaced(2, Map(COMPONENTS[2][::-1])), "cbor-order", "claims")
case("key-array", token(Map([(Raw(encode([1])), 1)])), "cbor-key", "claims")
case("key-map", token(Map([(Raw(encode(Map())), 1)])), "cbor-key", "claims")
case("key-tag", token(Map([(Raw(b"\xc1\x01"), 1)])), "cbor-key", "claims")
case("deep", raw("lifecycle", b"\x81" * 20 + b"\x00"), "cbor-depth", "claims")
case("deep-maps", raw("lifecycle", b"\xa1\x01" * 20 + b"\x00"), "cbor-depth", "claims")
for name, value in (("array", b"\x9b" + b"\xff" * 8), ("map", b"\xbb" + b"\xff" * 8), ("bytes", b"\x5b" + b"\xff" * 8),
                    ("text", b"\x7b" + b"\xff" * 8), ("bytes4", b"\x5a\xff\xff\xff\xff"), ("array4", b"\x9a\x7f\xff\xff\xff")):
    case("huge-" + name, token(b"\xa1\x0a" + value), "cbor-truncated", "claims")

end_cases()
