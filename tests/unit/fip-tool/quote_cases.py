#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
#
# quote_cases.py IMAGES OUT: quotes and signatures as a TPM makes them, and broken ones, each with the reason for which it
# must be refused, after the tables of the TPM 2.0 Library (part 2: TPMS_ATTEST 10.12.12, TPMT_SIGNATURE 11.3.4) and of the TCG's
# event log, with hashlib and openssl: nothing of the code under test. IMAGES: folder with the images and keys of trust_support.c.
# OUT/cases.txt as attest_cases.py has it; the file of a case is the quote, its signature is the file of that name with .sig.
import hashlib
import os
import struct

from attest_cases import add_case, end_cases, new_file, new_key, openssl, out, read, write

NONCE = bytes(range(20))
SHA1, SHA256, SHA384, SHA512 = 0x0004, 0x000B, 0x000C, 0x000D
RSASSA, RSAPSS, ECDSA, ECDAA = 0x0014, 0x0016, 0x0018, 0x001A
HASHES = {SHA256: "sha256", SHA384: "sha384", SHA512: "sha512", SHA1: "sha1"}
SIZES = {SHA1: 20, SHA256: 32, SHA384: 48, SHA512: 64}
BANKS = (SHA256, SHA384)


def digest(hash_id, data):
    return hashlib.new(HASHES[hash_id], data).digest()


for name, words in (
    ("ak", ("ecparam", "-name", "prime256v1", "-genkey", "-noout")), ("other", ("ecparam", "-name", "prime256v1", "-genkey", "-noout")),
    ("p384", ("ecparam", "-name", "secp384r1", "-genkey", "-noout")), ("p224", ("ecparam", "-name", "secp224r1", "-genkey", "-noout")),
    ("rsa", ("genrsa", "2048")), ("rsa1024", ("genrsa", "1024")),
):
    new_key(name, *words)

# ---- what was measured, and the log of it ----

root = hashlib.sha256(openssl("pkey", "-pubout", "-outform", "DER", data=read("keys/rot_key.pem"))).digest()
CRITICAL = struct.pack("<II", 0xFFFFFFFF, 0x35CA) + root + bytes(32)
EVENTS = [
    (0, "BL_2", read("bl2")), (0, "TB_FW_CONFIG", read("config.dtb")), (0, "SECURE_RT_EL3", read("bl31")),
    (0, "SECURE_RT_EL1_SPMD", read("spmc")), (0, "BL_33", read("bl33")), (0, "SP1", read("sp1")), (0, "SP2", read("sp2")),
    (1, "CRITICAL_DATA", CRITICAL),
]


def pcr_value(events, pcr, bank):
    value = bytes(SIZES[bank])
    for where, _, data in events:
        if where == pcr:
            value = digest(bank, value + digest(bank, data))
    return value


def record(pcr, kind, digests, event):
    banks = b"".join(struct.pack("<H", bank) + value for bank, value in zip(BANKS, digests))
    return struct.pack("<III", pcr, kind, 2) + banks + struct.pack("<I", len(event)) + event


def make_log(events):
    spec = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 2, 1, 2)
    spec += struct.pack("<HHHH", SHA256, 32, SHA384, 48) + b"\0"
    log = struct.pack("<II", 0, 3) + bytes(20) + struct.pack("<I", len(spec)) + spec
    log += record(0, 3, [bytes(32), bytes(48)], b"StartupLocality\0\0")
    for pcr, name, data in events:
        log += record(pcr, 1, [digest(bank, data) for bank in BANKS], name.encode() + b"\0")
    return log


# ---- quote and signature ----


def sized(data):
    return struct.pack(">H", len(data)) + data


def select(bank, *pcrs, size=3):
    bits = sum(1 << pcr for pcr in pcrs)
    return struct.pack(">HB", bank, size) + bits.to_bytes(4, "little")[:size]


def make_quote(events=EVENTS, selections=((SHA256, (0, 1)),), hash_id=SHA256, nonce=NONCE, magic=0xFF544347, kind=0x8018,
               safe=1, raw_selections=None, pcr_digest=None, tail=b"", size=3):
    values = b"".join(pcr_value(events, pcr, bank) for bank, pcrs in selections for pcr in pcrs)
    chosen = b"".join(select(bank, *pcrs, size=size) for bank, pcrs in selections)
    return (
        struct.pack(">IH", magic, kind) + sized(struct.pack(">H", SHA256) + bytes(32)) + sized(nonce)
        + struct.pack(">QIIBQ", 123456, 7, 1, safe, 0x2020120800000000)
        + (raw_selections if raw_selections is not None else struct.pack(">I", len(selections)) + chosen)
        + sized(digest(hash_id, values) if pcr_digest is None else pcr_digest) + tail
    )


def numbers(der):
    values, at = [], 3 if der[1] & 0x80 else 2
    for _ in range(2):
        size = der[at + 1]
        values.append(der[at + 2 : at + 2 + size].lstrip(b"\0"))
        at += 2 + size
    return values


def make_signature(data, key="ak", hash_id=SHA256, scheme=ECDSA):
    words = ["dgst", "-" + HASHES[hash_id], "-sign", os.path.join(out, key + ".pem")]
    if scheme == RSAPSS:
        words += ["-sigopt", "rsa_padding_mode:pss"]
    made = openssl(*words, data=data)
    parts = numbers(made) if scheme == ECDSA else [made]
    return struct.pack(">HH", scheme, hash_id) + b"".join(sized(part) for part in parts)


def case(name, quote, reasons="good", where="", options="", signature=None, **how):
    file = new_file(name + ".quote", quote)
    write(file + ".sig", make_signature(quote, **how) if signature is None else signature)
    add_case(file, reasons, where, options)


# ---- good ones ----

write("event.log", make_log(EVENTS))
GOOD = make_quote()
LOG = "--event-log event.log"
case("good", GOOD)
case("good-log", GOOD, options=LOG)
case("good-banks", make_quote(selections=((SHA256, (0, 1)), (SHA384, (0, 1)))), options=LOG)
case("good-384-bank", make_quote(selections=((SHA384, (0, 1)),)), options=LOG)
case("good-split", make_quote(selections=((SHA256, (0,)), (SHA384, (1,)))), options=LOG)
case("good-order", make_quote(selections=((SHA384, (0,)), (SHA256, (0, 1)))), options=LOG)
case("good-empty-bank", make_quote(selections=((SHA1, ()), (SHA256, (0, 1)))), options=LOG)
case("good-select-4", make_quote(size=4))
case("good-select-1", make_quote(size=1))
case("good-not-safe", make_quote(safe=0))
case("good-p384", make_quote(hash_id=SHA384), options="--key p384.pub", key="p384", hash_id=SHA384)
case("good-sha512", make_quote(hash_id=SHA512), hash_id=SHA512)
case("good-rsassa", GOOD, options="--key rsa.pub", key="rsa", scheme=RSASSA)
case("good-rsapss", GOOD, options="--key rsa.pub", key="rsa", scheme=RSAPSS)
case("good-nonce-64", make_quote(nonce=bytes(64)), options="--nonce " + "00" * 64)

# ---- who signed, and what was asked ----

case("key-other", GOOD, "signature", "quote", key="other")
case("key-kind", GOOD, "quote-key", "signature", "--key rsa.pub")
case("key-kind-ec", GOOD, "quote-key", "signature", key="rsa", scheme=RSASSA)
case("key-short", GOOD, "quote-key", "signature", "--key rsa1024.pub", key="rsa1024", scheme=RSASSA)
case("key-short-ec", GOOD, "quote-key", "signature", "--key p224.pub", key="p224")
case("scheme-other", GOOD, "signature", "quote", "--key rsa.pub",
     signature=struct.pack(">H", RSAPSS) + make_signature(GOOD, "rsa", SHA256, RSASSA)[2:])
case("hash-other", GOOD, "signature", "quote", signature=make_signature(GOOD)[:2] + b"\0\x0c" + make_signature(GOOD)[4:])
case("signed-other-quote", GOOD, "signature", "quote", signature=make_signature(make_quote(nonce=bytes(20))))
case("signature-zero", GOOD, "signature", "quote", signature=struct.pack(">HH", ECDSA, SHA256) + 2 * sized(b"\0"))
case("nonce-other", make_quote(nonce=bytes(20)), "nonce", "nonce")
case("nonce-none", make_quote(nonce=b""), "nonce", "nonce")
case("nonce-asked-longer", GOOD, "nonce", "nonce", "--nonce " + NONCE.hex() + "00")

# ---- which PCRs ----

case("selection-none", make_quote(selections=((SHA256, ()),)), "quote-pcr-missing,quote-pcr-missing", "PCR 0")
case("selection-0", make_quote(selections=((SHA256, (0,)),)), "quote-pcr-missing", "PCR 1")
case("selection-1", make_quote(selections=((SHA256, (1,)),)), "quote-pcr-missing", "PCR 0")
case("selection-2", make_quote(selections=((SHA256, (0, 1, 2)),)), "quote-pcr", "sha256 PCR 2")
case("selection-23", make_quote(selections=((SHA256, (0, 1)), (SHA384, (23,)))), "quote-pcr", "sha384 PCR 23")
case("selection-31", make_quote(selections=((SHA256, (0, 1, 31)),), size=4), "quote-pcr", "sha256 PCR 31")
case("selection-sha1", make_quote(selections=((SHA1, (0, 1)),)), "quote-bank,quote-pcr-missing,quote-pcr-missing", "selection")
case("selection-sha512", make_quote(selections=((SHA256, (0, 1)), (SHA512, (0,)))), "quote-bank", "selection")

# ---- what was booted: an image altered, without a log, with its log, with the log of the good one ----

for i, (pcr, name, data) in enumerate(EVENTS):
    altered = EVENTS[:i] + [(pcr, name, data[:-1] + bytes([data[-1] ^ 1]))] + EVENTS[i + 1 :]
    write(name + ".log", make_log(altered))
    quote = make_quote(altered)
    case("altered-" + name, quote, "quote-digest", "PCRs")
    case("altered-log-" + name, quote, "quote-digest,log-event", "PCRs", "--event-log %s.log" % name)
    case("altered-hidden-" + name, quote, "quote-digest,log-digest", "PCRs", LOG)
    case("altered-only-log-" + name, GOOD, "log-digest", "event log", "--event-log %s.log" % name)
    gone = EVENTS[:i] + EVENTS[i + 1 :]
    write(name + ".gone", make_log(gone))
    if name != "CRITICAL_DATA":
        case("gone-" + name, make_quote(gone), "quote-digest,log-missing", "PCRs", "--event-log %s.gone" % name)
    more = EVENTS[: i + 1] + [(pcr, "EXTRA", b"x")] + EVENTS[i + 1 :]
    write(name + ".more", make_log(more))
    case("more-" + name, make_quote(more), "quote-digest,log-extra", "PCRs", "--event-log %s.more" % name)
    twice = EVENTS[: i + 1] + [EVENTS[i]] + EVENTS[i + 1 :]
    write(name + ".twice", make_log(twice))
    case("twice-" + name, make_quote(twice), "quote-digest,log-extra", "PCRs", "--event-log %s.twice" % name)
moved = EVENTS[:4] + [(1,) + EVENTS[4][1:]] + EVENTS[5:]
write("moved.log", make_log(moved))
case("moved", make_quote(moved), "quote-digest,log-event", "PCRs", "--event-log moved.log")
swapped = [EVENTS[1], EVENTS[0]] + EVENTS[2:]
write("swapped.log", make_log(swapped))
case("swapped", make_quote(swapped), "quote-digest", "PCRs", "--event-log swapped.log")
renamed = [(0, "BL_2", EVENTS[1][2]), (0, "TB_FW_CONFIG", EVENTS[0][2])] + EVENTS[2:]
write("renamed.log", make_log([(0, "TB_FW_CONFIG", EVENTS[0][2]), (0, "BL_2", EVENTS[1][2])] + EVENTS[2:]))
case("renamed", GOOD, "log-event,log-event", "TB_FW_CONFIG", "--event-log renamed.log")
case("digest-other", make_quote(pcr_digest=bytes(32)), "quote-digest", "PCRs")
case("digest-longer", make_quote(pcr_digest=bytes(33)), "quote-digest", "PCRs")
case("digest-shorter", make_quote(pcr_digest=digest(SHA256, b"")[:31]), "quote-digest", "PCRs")
write("cut.log", make_log(EVENTS)[:-1])
write("zero.log", make_log(EVENTS) + bytes(100))
write("none.log", b"")
for name in ("cut", "zero", "none"):
    case("log-" + name, GOOD, "log-form", "event log", "--event-log %s.log" % name)

# ---- broken structures ----

case("magic", make_quote(magic=0xFF544348), "quote-magic", "quote")
case("magic-zero", make_quote(magic=0), "quote-magic", "quote")
for kind in (0x8014, 0x8017, 0x8019, 0x801A, 0x801C):
    case("type-%04x" % kind, make_quote(kind=kind), "quote-type", "quote")
case("safe-2", make_quote(safe=2), "quote-safe", "quote")
case("nonce-long", make_quote(nonce=bytes(67)), "quote-size", "quote")
case("digest-none", make_quote(pcr_digest=b""), "quote-size", "quote")
case("digest-65", make_quote(pcr_digest=bytes(65)), "quote-size", "quote")
case("tail", make_quote(tail=b"\0"), "quote-trailing", "quote")
one = select(SHA256, 0, 1)
for name, raw in (
    ("zero", struct.pack(">I", 0)), ("17", struct.pack(">I", 17) + one * 17), ("huge", struct.pack(">I", 0xFFFFFFFF) + one),
    ("twice", struct.pack(">I", 2) + one * 2), ("size-0", struct.pack(">IHB", 1, SHA256, 0)),
    ("size-5", struct.pack(">IHB", 1, SHA256, 5) + bytes(5)),
):
    case("selections-" + name, make_quote(raw_selections=raw), "quote-selection", "quote")
case("empty", b"", "quote-truncated", "quote", signature=make_signature(GOOD))
SIGNATURE = make_signature(GOOD)
for name, scheme in (("null", 0x0010), ("ecdaa", ECDAA), ("hmac", 0x0005), ("zero", 0)):
    case("signature-scheme-" + name, GOOD, "quote-scheme", "signature", signature=struct.pack(">H", scheme) + SIGNATURE[2:])
for name, hash_id in (("sha1", SHA1), ("sm3", 0x0012), ("zero", 0)):
    case("signature-hash-" + name, GOOD, "quote-hash", "signature", signature=SIGNATURE[:2] + struct.pack(">H", hash_id) + SIGNATURE[4:])
case("signature-tail", GOOD, "quote-trailing", "signature", signature=SIGNATURE + b"\0")
case("signature-none", GOOD, "quote-truncated", "signature", signature=b"")
case("signature-r-none", GOOD, "quote-size", "signature", signature=SIGNATURE[:4] + sized(b"") + sized(bytes(32)))
case("signature-s-long", GOOD, "quote-size", "signature", signature=SIGNATURE[:4] + sized(bytes(32)) + sized(bytes(67)))
case("signature-rsa-long", GOOD, "quote-size", "signature", signature=struct.pack(">HH", RSASSA, SHA256) + sized(bytes(513)))

end_cases()
