#!/usr/bin/env python3
"""Makes Vectors/codes.json: codes that every reader must take, and codes that none may.

Keys are those that RFC 6979, RFC 8032 and GB/T 32918.5 publish. So that the same article and dictionary give the same file byte for
byte, on every machine, the k of ECDSA is that of RFC 6979, Ed25519 needs none, the k of SM2 is what RFC 6979 (section 3.2, with
HMAC-SHA-256) gives for SM2's n, the private key and e, and streams come from an encoder of our own. A malformed code is signed over what
a lenient reader would rebuild: it is not the signature that is wrong.
"""
import argparse
import functools
import hashlib
import hmac
import json
import sys
from pathlib import Path

import second_decoder as second
import second_signatures as signatures
from second_decoder import ALPHABET, CATEGORIES, CLASSES, KINDS, body_check, cbor
from second_packer import (
    CONTENT, FIXED, OUR_KEY, OUR_KEYS, TEXTS, TYPE, Deflater, Maker, capital, codes, credit_code, day, der, digits_of, flags_of, letters,
    number, one_block, packed_credit_code, payload, public_key, sign, signed, twin)
from second_signatures import CURVE_SM2, ED_BASE, ED_L, ED_P, EDDSA, ES256, P256, SM2

OTHER_KEY = 2
LIST_KEY = 3
ISSUERS = [1, 127, 128, 300, 16_383, 16_384, 2_097_151]  # numbers of our key, for licences
LISTS = 301  # the number of a key that signs no licences
NOBODY = 302
OTHERS = {EDDSA: 303, SM2: 304}  # the numbers of the other algorithms' keys, for licences
OTHER_LISTS = {EDDSA: 305, SM2: 306}  # and of such keys that sign no licences
OTHER_LIST_KEYS = {EDDSA: b"\3" * 32, SM2: 3}
N = P256.n
CAPACITY = {"L": 2_956 * 8, "M": 2_334 * 8}  # bits of data in a QR symbol of version 40 (ISO/IEC 18004)
dynamic = functools.partial(one_block, dynamic=True)


# MARK: Licences

SHOP = {
    "creditCode": credit_code("92", "341181", "MA8Q0KD1"), "version": 1, "kind": "individual_business", "name": "店", "type": "个体工商户",
    "representative": "王", "established": "2024-05-06", "address": "路", "scope": "食品", "issued": "2026-03-04", "list": 1, "index": 7}
COMPANY = {
    "creditCode": credit_code(), "version": 1, "kind": "company", "name": "天长市晨光食品有限公司", "type": "有限责任公司(自然人投资或控股)",
    "representative": "张伟", "established": "2019-11-30", "address": "安徽省滁州市天长市天长街道千秋新村12号", "issued": "2026-07-15",
    "scope": "一般项目：食品销售（仅销售预包装食品）；日用百货销售；技术服务、技术开发、技术咨询（除许可业务外，可自主依法经营法律法规非禁止或限制的项目）",
    "capital": {"amount": "1000000", "currency": "CNY"}, "term": {"from": "2019-11-30"}, "list": 3, "index": 123_456}


def with_(licence, **changes):
    """The licence with some claims changed, or left out where they are None."""
    changed = {**licence, **changes}
    if "scopeDigest" in changes:
        del changed["scope"]
    return {key: value for key, value in changed.items() if value is not None}


def core(licence):
    scope = licence["scope"]
    return with_(licence, scopeLength=len(scope), scopeDigest=hashlib.sha256(scope.encode()).hexdigest())


def money(amount, currency="CNY"):
    return {"amount": amount, "currency": currency}


def place(latitude, longitude):
    return {"microLatitude": latitude, "microLongitude": longitude}


def other_check(body):
    return next(c for c in "X0Y5" if c != body_check(body))


def a(noun):
    return ("an " if noun[0] in "aeiou" else "a ") + noun


# MARK: Codes that every reader takes

EVERYTHING = with_(
    core(COMPANY), creditCode="91350203M0001QKT19", version=4, capital=money("250.75", "USD"), composition="family", list=9,
    term={"from": "2019-12-01", "to": "2049-11-30"}, location=place(32_683_417, 119_004_512), further="1001186441ff")


def positive_licences():
    """(name, licence, how it is packed)."""
    yield "the smallest shop", with_(SHOP, type="户"), {"coding": 0, "issuer": 1}
    yield "a shop", SHOP, {}
    yield "a company", COMPANY, {}
    for number_, (start, kind) in enumerate(CLASSES):
        body = f"MA{number_}TY2K{ALPHABET[20 + number_]}"
        yield f"class {number_}: {KINDS[kind]} whose code begins with {start}", with_(
            SHOP, kind=KINDS[kind], creditCode=credit_code(start, "341100", body)), {}
    for coding in (0, 1, 2):
        yield f"a company, text coding {coding}", COMPANY, {"coding": coding}
        yield f"a company in profile core, text coding {coding}", core(COMPANY), {"coding": coding}
        yield f"every flag, text coding {coding}", EVERYTHING, {"coding": coding}
    for coding in (1, 2):
        yield f"a stream of dynamic codes, text coding {coding}", COMPANY, {"coding": coding, "deflate": dynamic}
    # Characters.
    for what, name in {
            "beyond U+FFFF": "𠮷野家𪚥𰻞饭店", "with a middle dot": "阿依古丽·买买提", "in Latin letters": "Aurel Northwind O'Brien-Müller (NM~z)",
            "with combining characters, not in NFC": "e\u0301n\u0303", "with a variation selector": "﨑\U000E0100",
            "in compatibility forms": "Ａ①㈱ﬁ", "outside the Han block": "㐂ꀀ\u4DBFＡ", "at the ends of the Han block": "一\u9FFF",
            "for private use or not assigned": "\uE000\u0378\uFFFF\U0010FFFF", "of nothing but spaces": " \u3000 "}.items():
        for coding in (0, 1, 2):
            yield f"a name {what}, text coding {coding}", with_(SHOP, name=name, representative=name), {"coding": coding}
    for key, limit in (("name", 200), ("type", 100), ("representative", 200), ("address", 300), ("scope", 8_000)):
        yield f"{a(key)} of {limit:,} characters", with_(SHOP, **{key: "𠮷" * limit}), {}
    texts = {"name": "𠮷" * 200, "type": "𠮷" * 100, "representative": "𠮷" * 200, "address": "𠮷" * 300, "scope": "𠮷" * 8_000}
    for coding in (1, 2):
        yield f"the longest texts, text coding {coding}", with_(SHOP, **texts), {"coding": coding}
    # Numbers.
    for issuer in ISSUERS:
        yield f"issuer number {issuer}", SHOP, {"issuer": issuer}
    for version in (2, 127, 128, 1_000_000):
        yield f"version {version}", with_(SHOP, version=version), {}
    for list_, index in ((1, 0), (2, 127), (128, 128), (65_535, (1 << 24) - 1)):
        yield f"index {index} of status list {list_}", with_(SHOP, list=list_, index=index), {}
    for amount in ("0", "0.0", "0.000000", "1", "10", "1.50", "0.01", "1000000", "100000000000000000", "999999999999999999", "0.100000",
                   "99999999999999999.9", "999999999999.999999", "1234567.8", "1234567.89", "1234567.891", "1234567.8912", "1234567.89123"):
        yield f"a capital of {amount}", with_(SHOP, capital=money(amount)), {}
    for currency in ("USD", "AAA", "ZZZ", "CNX", "CNZ"):
        yield f"a capital in {currency}", with_(SHOP, capital=money("50000.00", currency)), {}
    for established, issued in (("2026-01-01", "2026-01-01"), ("2025-12-31", "2025-12-31"), ("1800-01-01", "1800-01-01"),
                                ("1800-01-01", "9999-12-31"), ("1969-12-31", "1970-01-01"), ("2024-02-29", "2028-02-29")):
        yield f"established {established}, issued {issued}", with_(SHOP, established=established, issued=issued), {}
    for first, last in (("2024-05-06", None), ("2024-05-05", None), ("2024-05-07", "2024-05-07"), ("1800-01-01", "9999-12-31"),
                        ("9999-12-31", "9999-12-31"), ("2024-05-06", "2054-05-05")):
        term_ = {"from": first} | ({"to": last} if last else {})
        yield f"a term from {first} to {last or 'no day'}", with_(SHOP, term=term_), {}
    for latitude, longitude in ((0, 0), (-1, 1), (90_000_000, 180_000_000), (-90_000_000, -180_000_000), (90_000_000, -180_000_000),
                                (-90_000_000, 180_000_000), (32_683_417, 119_004_512)):
        yield f"at {latitude}, {longitude}", with_(SHOP, location=place(latitude, longitude)), {}
    for composition in second.COMPOSITIONS:
        yield f"composition {composition}", with_(SHOP, composition=composition), {}
    yield "a company with a composition, which nothing forbids", with_(COMPANY, composition="personal"), {}
    for length in (1, 8_000):
        yield f"a scope of {length} characters as a digest", with_(SHOP, scopeLength=length, scopeDigest="5a" * 32), {}
    # Credit codes.
    for what, kind, text in (
            ("whose last character is not the check", "company", "91350203M0001QKT19"),
            ("of another department", "company", credit_code("N2", "341181", "MA2NQ8KT")),
            ("of a class of another kind", "company", credit_code("92", "341181", "MA2NQ8KT")),
            ("of a cooperative, of a sole proprietorship", "sole_proprietorship", credit_code("93", "341181", "MA2NQ8KT")),
            ("of class Y", "branch", credit_code("Y1", "110000", "MA2NQ8KT")), ("of class 35", "cooperative",
                credit_code("35", "110000", "0000000A"))):
        for coding in (0, 2):
            yield f"a credit code {what}, text coding {coding}", with_(SHOP, kind=kind, creditCode=text), {"coding": coding}
    for category in (first + second_ for first, seconds in CATEGORIES.items() for second_ in seconds if first + second_ not in ("91", "92",
            "93")):
        yield f"a credit code as text of category {category}", with_(SHOP, creditCode=credit_code(category, "341181",
                "MA2NQ8KT")), {"coding": 0}
    for c in "0Y":
        yield f"a character 17 that is {c} and not the check", with_(SHOP, creditCode=credit_code("92", "341181", "MA8Q0KD2", c)), {}
    for check in "X01":
        body = next(body for n in range(999) if body_check(body := f"MA8Q0{n:03}") == check)
        yield f"a character 17 that is the check {check}", with_(SHOP, creditCode=credit_code("92", "341181", body)), {}
    for division in ("100000", "110000", "659999", "710000", "810000", "829999"):
        yield f"division {division}", with_(SHOP, creditCode=credit_code("92", division, "MA8Q0KD1")), {}
    for body in ("00000000", "YYYYYYYY"):
        yield f"body {body}", with_(SHOP, creditCode=credit_code("92", "341181", body)), {}
    # Further claims.
    for what, further in {
            "one number": "1000", "key 2^63 − 1": "1b7fffffffffffffff00",
            "keys of every length": "10001700181800190100001a00010000001b000000010000000000",
            "24 pairs in all": "".join(f"{key:02x}00" for key in range(16, 24)) + "181800181900181a00181b00",
            "text, even with a control character": "10626100",
            "a text and bytes": "1063e6b0b41142ffff", "tags and large numbers": "10c11a514b67b011c249010000000000000000",
            "numbers of every length": "10861718ff19ffff1affffffff1bffffffffffffffff3bffffffffffffffff", "empty things": "1084406080a0",
            "a map in the order of its keys' bytes": "10a40a001864002000386300",
            "a map with keys of every type": "10a500002000400060008000",
            "nested 16 deep": "10" + "81" * 15 + "00", "maps nested 16 deep": "10" + "a100" * 15 + "00",
            "tags nested 16 deep": "10" + "c1" * 15 + "00"}.items():
        yield f"further claims: {what}", with_(SHOP, further=further), {"coding": 0}


def filled(maker, fits, **options):
    """A licence with the longest scope of letters for which `fits` says so of its number of digits and of bytes."""
    def size(count):
        packed = b"".join(maker.fields(with_(SHOP, scope="x" * count), 0, **options).values())
        return fits(len(digits_of(packed + bytes(64))), len(packed) + 64)
    return with_(SHOP, scope="x" * max(count for count in range(2_000, 3_000) if size(count)))


def symbol_bits(digits):
    """Of LICET: and so many digits, in a symbol of version 40."""
    return 4 + 13 + 33 + 4 + 14 + digits // 3 * 10 + (0, 4, 7)[digits % 3]


WHOLE = {"the smallest shop", "a company", "every flag, text coding 2", "a shop, EdDSA", "a shop, SM2"}


def positive_vectors(maker):
    def vector(name, licence, packed, signature, issuer, stated=None, algorithm=ES256):
        claims = payload(licence)
        protected = cbor({1: signatures.COSE[algorithm], 3: CONTENT, 4: issuer.to_bytes((issuer.bit_length() + 7) // 8, "big"), 16: TYPE,
                          -65537: hashlib.sha256(packed).digest()})
        cose = b"\xd2\x84" + cbor(protected) + b"\xa0" + cbor(claims) + b"\x58\x40" + signature
        digest = hashlib.sha256(b"\x84\x6aSignature1" + cbor(protected) + b"\x40" + cbor(claims)).hexdigest()
        digits = digits_of(packed + signature)
        whole = {"cose": cose.hex()} if name in WHOLE else {}
        return {"name": name, **({"text": stated.replace("%", digits)} if stated else {"digits": digits}), "issuer": issuer,
            "packed": packed.hex(),
                "claims": licence, "digest": digest, **whole, "coseSHA256": hashlib.sha256(cose).hexdigest(), "verdict": "valid signature"}

    for name, licence, options in positive_licences():
        issuer = options.get("issuer", 300)
        packed = b"".join(maker.fields(licence, **options).values())
        yield vector(name, licence, packed, maker.signature(packed, payload(licence), issuer), issuer)
    for name, fits in {"a symbol of version 40, level L, that is full": lambda digits, _: symbol_bits(digits) <= CAPACITY["L"],
                       "a symbol of version 40, level M, that is full": lambda digits, _: symbol_bits(digits) <= CAPACITY["M"],
                       "3,000 bytes": lambda _, size: size <= 3_000}.items():
        licence = filled(maker, fits)
        packed = b"".join(maker.fields(licence, 0).values())
        yield vector(name, licence, packed, maker.signature(packed, payload(licence)), 300)
    packed = b"".join(maker.fields(SHOP).values())
    signature = maker.signature(packed, payload(SHOP))
    yield vector("the other signature (r, n − s) of a shop", SHOP, packed, twin(signature), 300)
    for stated in ("%", "LICET:%", "licet:%", "HTTPS://LIC.EXAMPLE.CN/L/%", "https://lic.example.cn/l/%", "http://localhost:8787/L/%",
                   "hTtP://例子.中国/with/a/path/L/%"):
        yield vector("the text " + stated, SHOP, packed, signature, 300, stated)
    fields = maker.fields(SHOP, 1)
    text = "\0".join(SHOP[key] for key in TEXTS).encode()
    for name, stream in {
            "a stored block": Deflater().stored(text), "an empty block at the end": Deflater().block(text, final=False).stored(b""),
            "blocks of every form": Deflater().block(text[:9], final=False).stored(text[9:20], False).block(text[20:], text[:20], True),
            "many empty blocks": functools.reduce(lambda stream, _: stream.block(b"", final=False), range(40),
                Deflater()).block(text)}.items():
        packed = b"".join({**fields, "texts": stream.bytes}.values())
        yield vector(f"a stream of {name}", SHOP, packed, maker.signature(packed, payload(SHOP)), 300)
    for algorithm, issuer in OTHERS.items():
        known = signatures.NAMES[algorithm]
        for name, licence, options in positive_licences_of(algorithm):
            packed = b"".join(maker.fields(licence, issuer=issuer, algorithm=algorithm, **options).values())
            signature = maker.signature(packed, payload(licence), issuer, algorithm=algorithm)
            assert "begins with 00" not in name or 0 in (signature[0], signature[32]), name
            yield vector(f"{name}, {known}", licence, packed, signature, issuer, algorithm=algorithm)
            if name == "a shop":
                for stated in ("LICET:%", "HTTPS://LIC.EXAMPLE.CN/L/%"):
                    yield vector(f"the text {stated}, {known}", licence, packed, signature, issuer, stated, algorithm)


def positive_licences_of(algorithm):
    """Some of the licences above, for another algorithm: nothing but byte 0, the header and the signature differs."""
    yield "the smallest shop", with_(SHOP, type="户"), {"coding": 0}
    yield "a shop", SHOP, {}
    for coding in (0, 1, 2):
        yield f"a company, text coding {coding}", COMPANY, {"coding": coding}
        yield f"a company in profile core, text coding {coding}", core(COMPANY), {"coding": coding}
        yield f"every flag, text coding {coding}", EVERYTHING, {"coding": coding}
    yield "a name beyond U+FFFF", with_(SHOP, name="𠮷野家𪚥𰻞饭店"), {}
    yield "a credit code whose last character is not the check", with_(SHOP, kind="company", creditCode="91350203M0001QKT19"), {}
    yield "further claims: a text and bytes", with_(SHOP, further="1063e6b0b41142ffff"), {"coding": 0}
    for what, index in SHORT[algorithm].items():
        yield f"a signature whose {what} begins with 00", with_(SHOP, index=index), {"coding": 0}


# Indices at which a part of the signature of the shop begins with a zero byte, which must not be lost.
SHORT = {EDDSA: {"R": 61}, SM2: {"r": 85, "s": 424}}


# MARK: Codes that no reader takes

class Negatives:
    def __init__(self, maker):
        self.maker, self.vectors = maker, []
        self.fields = maker.fields(SHOP, 0)
        self.packed = b"".join(self.fields.values())
        self.claims = payload(SHOP)
        self.signature = maker.signature(self.packed, self.claims)
        self.digits = digits_of(self.packed + self.signature)

    def text(self, text, kind, name, reason):
        self.vectors.append({"name": name, "text": text, "verdict": "malformed", "kind": kind, "reason": reason})

    def packed_(self, kind, name, reason, packed, claims=None, issuer=300):
        """Packed bytes with a signature for them."""
        signature = self.maker.signature(packed, claims or self.claims, issuer)
        self.text(digits_of(packed + signature), kind, name, reason)

    def bad(self, kind, name, reason, licence=SHOP, coding=0, issuer=300, flags=0, pairs=None, force_text=False, **raw):
        """A code with some claims or fields that are not allowed; a field of None is left out."""
        fields = self.maker.fields(licence, coding, issuer, flags, force_text) | raw
        if pairs is None and "further" in licence:
            pairs = 1
        self.packed_(kind, name, reason, b"".join(field for field in fields.values() if field is not None), payload(licence, pairs), issuer)

    def forged(self, name, reason, signature, packed=None, verdict="forged"):
        self.vectors.append({"name": name, "text": digits_of((packed or self.packed) + signature), "verdict": verdict, "reason": reason})

    def all(self):
        for part in (self.texts_and_digits, self.fronts, self.numbers, self.credit_codes, self.days, self.capitals, self.places,
            self.further,
                     self.texts, self.streams, self.compact_texts, self.cut, self.other_messages, self.forgeries, self.other_algorithms, self.eddsa, self.sm2):
            part()
        return self.vectors

    def texts_and_digits(self):
        for name, text in {
                "no text": "", "no digits behind LICET:": "LICET:", "no digits behind an address": "https://lic.example.cn/L/",
                "a zero": "0",
                "a leading zero": "LICET:0" + self.digits, "three leading zeros": "000" + self.digits, "a space before": " " + self.digits,
                "a space behind LICET:": "LICET: " + self.digits, "a space at the end": self.digits + " ",
                "a line's end": "LICET:" + self.digits + "\n",
                "a NUL at the end": self.digits + "\0", "a sign": "+" + self.digits, "a minus": "LICET:-" + self.digits,
                "a point": self.digits + ".0",
                "an underscore": self.digits[:9] + "_" + self.digits[9:], "a letter": self.digits[:9] + "O" + self.digits[10:],
                "a full-width digit": self.digits[:-1] + "１", "an Arabic digit": self.digits[:-1] + "\u0661",
                "hexadecimal": "0x" + self.packed.hex(),
                "a combining accent at the end": self.digits + "\u0301", "LICET without a colon": "LICET" + self.digits,
                "LICET: twice": "LICET:LICET:" + self.digits, "a dotless i in LICET:": "L\u0131CET:" + self.digits,
                "another scheme": "ftp://lic.example.cn/L/" + self.digits,
                "no scheme": "lic.example.cn/L/" + self.digits, "another path": "https://lic.example.cn/X/" + self.digits,
                "a longer path": "https://lic.example.cn/LL/" + self.digits, "no path": "https://lic.example.cn/" + self.digits,
                "a slash behind the digits": "https://lic.example.cn/L/" + self.digits + "/",
                "a query": "https://lic.example.cn/L/" + self.digits + "?a=1",
                "a fragment": "https://lic.example.cn/L/" + self.digits + "#a",
                "a mark of byte order": "\uFEFF" + self.digits}.items():
            self.text(text, "notACode", name,
                "digits alone, behind LICET: or behind an address whose path ends in /L/, without leading zeros")
        self.text("7" * 8_001, "tooLong", "8,001 digits", "at most 8,000 digits")
        self.text("LICET:" + "0" * 8_001, "tooLong", "8,001 zeros", "at most 8,000 digits")
        self.text("https://lic.example.cn/" + "a" * 9_000 + "/L/" + self.digits, "tooLong", "a text of 9,000 bytes",
            "at most 8,192 bytes of text")
        licence = filled(self.maker, lambda _, size: size <= 3_000)
        self.bad("tooLong", "3,001 bytes", "at most 3,000 bytes", with_(licence, scope=licence["scope"] + "x"))
        self.text("1" + "0" * 7_999, "tooLong", "8,000 digits", "at most 3,000 bytes, whatever they are")

    def fronts(self):
        for version in (0, 2, 3, 8, 15):
            self.bad("unknownVersion", f"format version {version}", "the first four bits are 0001",
                first=bytes([version << 4 | 1 - bool(version)]))
        for algorithm in (EDDSA, SM2):
            packed = bytes([0x10 | algorithm << 2]) + self.packed[1:]
            self.forged(f"algorithm {algorithm}", "the algorithm is that of the key, which is for ES256",
                self.maker.signature(packed, self.claims), packed)
        self.bad("unknownAlgorithm", "algorithm 3", "algorithm 3 is refused", first=b"\x1c")
        self.bad("unknownCoding", "text coding 3", "text coding 3 is refused", first=b"\x13")
        for issuer in (0, 2_097_152, 1 << 40):
            self.bad("impossibleClaim", f"issuer number {issuer}", "1 to 2,097,151", issuer=issuer)
        for bit in (10, 11, 20, 62):
            self.bad("impossibleClaim", f"flag {bit}", "bits from 10 on are 0", flags=1 << bit)
        self.bad("impossibleClaim", "two compositions", "both is refused", flags=second.PERSONAL | second.FAMILY)

    def numbers(self):
        full = with_(EVERYTHING, creditCode=COMPANY["creditCode"])
        fields = self.maker.fields(full, 0)
        distance = day(full["term"]["from"]) - day(full["established"])
        for name, field, form in (
                ("the issuer number", "key", number(300, 3)), ("the flags", "bits", number(flags_of(fields), 4)),
                ("the day of issue", "issued", number(signed(day(full["issued"]) - 20_454), 3)),
                ("the days since the establishment", "age", number(day(full["issued"]) - day(full["established"]), 3)),
                ("the index", "index", number(full["index"], 4)), ("the version", "version", number(4, 2)),
                ("the status list", "list", number(9, 2)),
                ("the capital", "capital", fields["capital"][:1] + number(25_075, 4) + fields["capital"][-2:]),
                ("the term", "term", number(2 * signed(distance) + 1, 3) + number(day(full["term"]["to"]) - day(full["term"]["from"]))),
                ("the length of the term", "term",
                    number(2 * signed(distance) + 1) + number(day(full["term"]["to"]) - day(full["term"]["from"]), 4)),
                ("the length of the scope", "scope", number(full["scopeLength"], 3) + fields["scope"][-32:]),
                ("the length of the further claims", "further", number(6, 2) + bytes.fromhex(full["further"]))):
            self.bad("notDeterministic", f"{name} with a leading group of zeros", "a number's first byte is not 80", full, pairs=2,
                **{field: form})
        for name, form in (("2^63", number(1 << 63)), ("2^64", number(1 << 64)), ("2^70 and more", b"\xff" * 12 + b"\x7f")):
            for field in ("index", "issued"):
                self.bad("impossibleClaim", f"{field}: {name}", "a number is below 2^63", **{field: form})
        for index in (1 << 24, 1 << 62):
            self.bad("impossibleClaim", f"index {index}", "below 2^24", with_(SHOP, index=index))
        for version in (0, 1_000_001):
            self.bad("impossibleClaim" if version else "notDeterministic", f"version {version}", "2 to 1,000,000 with flag 6",
                with_(SHOP, version=version))
        self.bad("notDeterministic", "version 1 as a field", "without flag 6 it is 1", with_(SHOP, version=2), version=b"\1")
        for list_ in (0, 65_536):
            self.bad("impossibleClaim" if list_ else "notDeterministic", f"status list {list_}", "2 to 65,535 with flag 7",
                with_(SHOP, list=list_))
        self.bad("notDeterministic", "status list 1 as a field", "without flag 7 it is 1", with_(SHOP, list=2), list=b"\1")

    def credit_codes(self):
        code = SHOP["creditCode"]
        for class_number in (8, 9, 11):
            self.bad("impossibleClaim", f"class {class_number}", "classes are 0 to 7", code=packed_credit_code(code, 1, class_number))
        self.bad("impossibleClaim", "the greatest number of 8 bytes", "classes are 0 to 7", code=b"\xff" * 8)
        for division in ("100001", "101000", "160000", "240000", "550000", "830000", "999999"):
            text = credit_code("92", division, "MA8Q0KD1")
            self.bad("impossibleClaim", f"division {division}", "100000 or of a province", with_(SHOP, creditCode=text))
            self.bad("impossibleClaim", f"division {division} as text", "100000 or of a province", with_(SHOP, creditCode=text[:17] + "0"))
        said = packed_credit_code(code, 1)
        said = said[:7] + bytes([said[7] | 1])
        self.bad("notDeterministic", "character 17 stated although it is the check", "it must differ",
            code=said + bytes([ALPHABET.index(code[16])]))
        for value in (31, 128, 255):
            self.bad("notDeterministic", f"character 17 of value {value}", "0 to 30", code=said + bytes([value]))
        for kind in (7, 128, 255):
            self.bad("impossibleClaim", f"kind {kind}", "0 to 6", with_(SHOP, creditCode="91350203M0001QKT19", kind=kind))
        self.bad("notDeterministic", "a credit code as text that 8 bytes can say", "text only for what they cannot", force_text=True)
        self.bad("notDeterministic", "a credit code of class 7 as text", "text only for what they cannot", force_text=True,
                 licence=with_(SHOP, kind="branch", creditCode=credit_code("93", "341181", "MA8Q0KD1")))
        odd = "91350203M0001QKT19"
        for name, text in {
                "17 characters": odd[:-1], "19 characters": odd + "1", "no character": "", "a small letter": odd.replace("Q", "q"),
                "the letter I": odd.replace("Q", "I"),
                "the letter O": odd.replace("Q", "O"), "the letter S": odd.replace("Q", "S"), "the letter V": odd.replace("Q", "V"),
                "the letter Z": odd.replace("Q", "Z"),
                "a letter in the division": "9135A203M0001QKT19", "a full-width digit": odd.replace("5", "５"),
                "a Han character": odd[:-1] + "店",
                "department 0": "0" + odd[1:], "category 90": "90" + odd[2:], "category 94": "94" + odd[2:], "category 22": "22" + odd[2:],
                "category 38": "38" + odd[2:],
                "category Y2": "Y2" + odd[2:], "department B": "B1" + odd[2:], "a space": odd[:-1] + " "}.items():
            self.bad("impossibleClaim", f"a credit code as text: {name}", "18 characters with a division and a category of the standard",
                     with_(SHOP, kind="company", creditCode="91350203M0001QKT19"),
                     texts="\0".join([text] + [SHOP[key] for key in TEXTS]).encode())

    def days(self):
        first, last = -62_091, 2_932_896
        for name, issued, established in (
                ("issued after 9999-12-31", last + 1, last), ("issued before 1800-01-01", first - 1, first - 1),
                ("established before 1800-01-01", first, first - 1),
                ("issued 3,000,001 days after the establishment", last, last - 3_000_001), ("issued at the end of numbers", (1 << 62) - 1,
                    (1 << 62) - 1)):
            self.bad("impossibleClaim", name, "between 1800-01-01 and 9999-12-31, at most 3,000,000 days",
                with_(SHOP, issued=issued, established=established))
        for name, start, end in (("begins before 1800-01-01", first - 1, None), ("begins after 9999-12-31", last + 1, None),
                                 ("begins 3,000,001 days late", day("2024-05-06") + 3_000_001, None),
                                 ("begins 3,000,001 days early", day("2024-05-06") - 3_000_001, None),
                                 ("ends after 9999-12-31", last, last + 1),
                                 ("lasts 3,000,001 days", first, first + 3_000_001)):
            term_ = {"from": start} | ({} if end is None else {"to": end})
            self.bad("impossibleClaim", f"a term that {name}", "days and distances have bounds", with_(SHOP, term=term_))

    def capitals(self):
        for name, field, amount, kind in (
                ("a final zero among the digits", capital(50, 0, zeros=0), "50", "notDeterministic"),
                ("a final zero among the digits, one of two", capital(500, 2, zeros=1), "5.00", "notDeterministic"),
                ("zeros of 0", bytes([7]) + b"\0", "0", "notDeterministic"), ("18 zeros of 0", bytes([126]) + b"\0", "0",
                    "notDeterministic"),
                ("10^18", capital(10 ** 18, 0), "1000000000000000000", "impossibleClaim"), ("10^18 + 1", capital(10 ** 18 + 1, 6),
                    "1000000000000.000001", "impossibleClaim"),
                ("12 and 17 zeros", capital(12 * 10 ** 17, 0), "1200000000000000000", "impossibleClaim"),
                ("2^63", bytes([0]) + number(1 << 63), "9223372036854775808", "impossibleClaim")):
            self.bad(kind, f"a capital: {name}", "one form, and less than 10^18", with_(SHOP, capital=money(amount)), capital=field)
        for name, field, kind in (("CNY as another currency", letters("CNY"), "notDeterministic"),
            ("beyond ZZZ", (26 ** 3).to_bytes(2, "big"), "impossibleClaim"),
                                  ("FFFF", b"\xff\xff", "impossibleClaim")):
            self.bad(kind, f"a currency: {name}", "three letters, not CNY", with_(SHOP, capital=money("5", "USD")),
                capital=b"\x80\5" + field)

    def places(self):
        for latitude, longitude in ((90_000_001, -180_000_000), (91_000_000, 0), (90_000_000, 180_000_001)):
            self.bad("impossibleClaim", f"at {latitude}, {longitude}", "at most 90 degrees north",
                with_(SHOP, location=place(latitude, longitude)))
        self.bad("impossibleClaim", "the greatest location of 7 bytes", "at most 90 degrees north", with_(SHOP, location=place(0, 0)),
            location=b"\xff" * 7)
        for length in (0, 8_001):
            self.bad("impossibleClaim", f"a scope of {length} characters as a digest", "1 to 8,000", with_(core(SHOP), scopeLength=length))

    def further(self):
        nothing = with_(SHOP, further="1000")
        self.bad("truncated", "no further claims with flag 9", "at least one", nothing, pairs=0, further=b"\0")
        for name, further in {
                "a key of the format's own": "0f00", "claim 0 again": "0060", "a negative key": "2000",
                "a name again, before a later key": "0361611000"}.items():
            self.bad("impossibleClaim", f"further claims: {name}", "keys lie above 15", with_(SHOP, further=further),
                pairs=len(further) // 8 + 1)
        for name, further in {"key 2^63": "1b800000000000000000", "key 2^64 − 1": "1bffffffffffffffff00",
            "key −2^64": "3bffffffffffffffff00", "a text as key": "616100", "bytes as key": "410000",
            "an array as key": "8000"}.items():
            self.bad("wrongType", f"further claims: {name}", "keys are numbers of 63 bits", with_(SHOP, further=further))
        for name, further in {"a key twice": "10001000", "keys that fall": "11001000",
            "a longer key before a shorter": "1818001700"}.items():
            self.bad("notDeterministic", f"further claims: {name}", "keys rise", with_(SHOP, further=further), pairs=2)
        for name, further in {
                "half precision": "10f93c00", "single precision": "10fa47c35000", "double precision": "10fb3ff199999999999a",
                "infinity": "10f97c00",
                "not a number": "10f97e00", "false": "10f4", "true": "10f5", "null": "10f6", "undefined": "10f7", "simple value 0": "10e0",
                "simple value 255": "10f8ff",
                "a date with a fraction": "10c1fb41d452d9e8200000", "true in an array": "1081f5", "null as a map's value": "10a100f6",
                "null as a map's key": "10a1f600"}.items():
            self.bad("wrongType", f"further claims: {name}", "no floating-point numbers or simple values", with_(SHOP, further=further))
        for name, further in {
                "a key in two bytes": "181700", "16 in two bytes": "181000", "a key in nine bytes": "1b000000000000001000",
                "0 in two bytes": "101800", "23 in two bytes": "101817",
                "255 in three bytes": "101900ff", "65,535 in five bytes": "101a0000ffff", "2^32 − 1 in nine bytes": "101b00000000ffffffff",
                "−1 in two bytes": "103800", "a byte string's length": "10580161", "a text's length": "10780161",
                "an array's length": "10980100",
                "a map's length": "10b8010000", "a tag in two bytes": "10d80100", "an indefinite byte string": "105f4100ff",
                "an indefinite text": "107f6161ff",
                "an indefinite array": "109f00ff", "an indefinite map": "10bf0000ff", "an indefinite array in an array": "10819fff",
                "a break": "10df",
                "a reserved length of a number": "101c", "a reserved length of bytes": "105d", "a reserved length of an array": "109e",
                "a reserved length of a tag": "10dc",
                "a map's keys that fall": "10a202000100", "a map's key twice": "10a201000100",
                "a map by length before bytes": "10a22000186400",
                "a map's texts that fall": "10a2616200616100", "a map in a map that falls": "10a100a202000100",
                "text that is not UTF-8": "1061ff",
                "text with a surrogate": "1063eda080", "text with a long form": "1062c080", "text beyond Unicode": "1064f4908080",
                "text cut within a character": "1062e6b0"}.items():
            self.bad("notDeterministic", f"further claims: {name}", "core deterministic encoding", with_(SHOP, further=further))
        for name, level in {"arrays": "81", "maps": "a100", "tags": "c1", "map keys": "a1"}.items():
            tail = "00" * (17 if name == "map keys" else 1)
            self.bad("notDeterministic", f"further claims: {name} nested 17 deep", "at most 16 deep",
                with_(SHOP, further="10" + level * 16 + tail))
        self.bad("notDeterministic", "further claims: nested 2,000 deep", "at most 16 deep",
            with_(SHOP, further="10" + "81" * 2_000 + "00"))
        for name, further in {
                "a key without value": "10", "a second key without value": "100011", "bytes cut off": "104200", "a text cut off": "106361",
                "an array cut off": "108200",
                "a map cut off": "10a100", "a tag of nothing": "10c1", "a head cut off": "1019ff",
                "bytes of 2^64 − 1": "105bffffffffffffffff",
                "an array of 2^64 − 1": "109bffffffffffffffff", "a map of 2^63": "10bb8000000000000000"}.items():
            self.bad("truncated", f"further claims: {name}", "the bytes are pairs of whole items", with_(SHOP, further=further))
        self.bad("truncated", "further claims: longer than the code", "the number of bytes is there", nothing,
            further=number(200) + b"\x10\0")
        self.bad("truncated", "further claims: 2^62 bytes", "the number of bytes is there", nothing, further=number(1 << 62) + b"\x10\0")

    def texts(self):
        texts = [SHOP[key] for key in TEXTS]
        self.bad("missingClaim", "four texts for five claims", "exactly as many as claims", texts="\0".join(texts[:-1]).encode())
        self.bad("missingClaim", "no text at all", "exactly as many as claims", texts=b"")
        self.bad("missingClaim", "three texts in profile core", "exactly as many as claims", core(SHOP),
            texts="\0".join(texts[:3]).encode())
        self.bad("missingClaim", "six texts for five claims", "exactly as many as claims", texts="\0".join(texts + ["x"]).encode())
        self.bad("missingClaim", "the scope besides its digest", "exactly as many as claims", core(SHOP), texts="\0".join(texts).encode())
        self.bad("missingClaim", "a separator behind the last text", "exactly as many as claims", texts="\0".join(texts).encode() + b"\0")
        self.bad("missingClaim", "a separator before the first text", "exactly as many as claims", texts=b"\0" + "\0".join(texts).encode())
        for coding in (0, 2):
            for key, limit in (("name", 200), ("type", 100), ("representative", 200), ("address", 300), ("scope", 8_000)):
                if coding == 0 or key == "scope":
                    self.bad("impossibleClaim", f"no {key}, text coding {coding}", "at least one character", with_(SHOP, **{key: ""}),
                        coding)
                if coding == 2 or key != "scope":
                    self.bad("impossibleClaim", f"{a(key)} of {limit + 1:,} characters, text coding {coding}", f"at most {limit:,}",
                             with_(SHOP, **{key: "x" * (limit + 1)}), coding)
        for value in (0x1, 0x9, 0xA, 0xD, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F, 0xAD, 0x600, 0x61C, 0x6DD, 0x180E, 0x200B, 0x200D, 0x200E,
            0x202E, 0x2028, 0x2029, 0x2060,
                      0x2066, 0x2069, 0xFEFF, 0xFFF9, 0x110BD, 0x13430, 0x1343F, 0x1D173, 0xE0001, 0xE0041):
            coding = value % 3 if value > 0x100 else 0
            self.bad("impossibleClaim", f"U+{value:04X} in the {TEXTS[value % 5]}, text coding {coding}", "none of Cc, Cf, Zl or Zp",
                     with_(SHOP, **{TEXTS[value % 5]: "店" + chr(value) + "主"}), coding)
        for name, damage in {"a byte that UTF-8 has not": b"\xff", "a continuation alone": b"\x80", "a character cut off": "店".encode()[:2],
            "an A in two bytes": b"\xc1\x81",
                             "a NUL in two bytes": b"\xc0\x80", "a surrogate": b"\xed\xa0\x80",
                             "a pair of surrogates": b"\xed\xa0\x81\xed\xb0\x80",
                             "beyond U+10FFFF": b"\xf4\x90\x80\x80", "a character in five bytes": b"\xf8\x88\x80\x80\x80"}.items():
            plain = "\0".join(texts).encode() + damage
            self.bad("badText", f"not UTF-8: {name}, text coding 0", "UTF-8", texts=plain)
            self.bad("badText", f"not UTF-8: {name}, text coding 1", "UTF-8", coding=1, texts=Deflater().block(plain).bytes)

    def streams(self):
        plain = "\0".join(SHOP[key] for key in TEXTS).encode()
        compact, dictionary = self.maker.compact(plain.decode()), self.maker.dictionary
        for coding, data, preset in ((1, plain, b""), (2, compact, dictionary)):
            stream = Deflater().block(data, preset)
            spare = -stream.count % 8
            tag = f", text coding {coding}"

            def bad(kind, name, reason, texts):
                self.bad(kind, name + tag, reason, coding=coding, texts=texts)
            bad("badCompression", "no stream", "a raw DEFLATE stream", b"")
            for name, tail in (("a byte 00", b"\0"), ("a byte FF", b"\xff"), ("the stream again", stream.bytes),
                ("an empty stored block", b"\1\0\0\xff\xff")):
                bad("trailingBytes", f"{name} behind the stream", "nothing follows its last block", stream.bytes + tail)
            for padded in (0, 2, 4):  # empty blocks of fixed codes have 10 bits and shift the end
                moved = functools.reduce(lambda moved, _: moved.block(b"", final=False), range(padded), Deflater()).block(data, preset)
                if spare := -moved.count % 8:
                    for bit in {8 - spare, 7}:
                        bad("trailingBytes", f"unused bit {bit} of the last byte, {padded} empty blocks", "unused bits are 0",
                            moved.bytes[:-1] + bytes([moved.bytes[-1] | 1 << bit]))
            bad("badCompression", "a stream without its last byte", "a whole stream", stream.bytes[:-1])
            bad("badCompression", "a stream without an end", "a block ends with its end of block",
                Deflater().block(data, preset, end=False).bytes)
            bad("badCompression", "a stream without a last block", "the last block says that it is",
                Deflater().block(data, preset, final=False).bytes)
            bad("badCompression", "block type 3", "three types of block", b"\7" + stream.bytes)
            bad("badCompression", "a stored block whose length and complement differ", "RFC 1951", b"\1\1\0\0\0a")
            bad("badCompression", "a stored block that is cut", "RFC 1951", Deflater().stored(data).bytes[:-1])
            bad("badCompression", "a dynamic block of too many codes", "RFC 1951", b"\x05\xe0\xff\xff\xff\xff")
            bad("badCompression", "the length code 286, which is none", "RFC 1951", Deflater().put(3, 3).put(int("01100011", 2), 8).put(0,
                    24).bytes)
            bad("badCompression", "zlib's header and checksum", "raw DEFLATE", b"\x78\x9c" + stream.bytes + bytes(4))
            bad("tooLong", "a bomb of 300,000 bytes", "at most 49,152 bytes", bomb(300_000))
            bad("tooLong", "a stream of 49,153 bytes", "at most 49,152 bytes", bomb(49_153))
            bad("impossibleClaim", "a stream of 49,152 bytes, of which the name takes most", "at most 200 characters",
                bomb(49_152, 4))
            bad("tooLong", "a bomb that never ends", "at most 49,152 bytes", bomb(300_000, end=False))
        literals, distances = codes(FIXED[0]), codes(FIXED[1])
        back = Deflater().put(3, 3).put(*literals[ord("a")]).put(*literals[257]).put(*distances[1]).put(*literals[256]).bytes
        self.bad("badCompression", "a match before the beginning", "text coding 1 has no dictionary", coding=1, texts=back)
        self.bad("badCompression", "a stream of text coding 2 as text coding 1", "text coding 1 has no dictionary", first=b"\x11", coding=2)
        self.bad("missingClaim", "a stream of text coding 1 as text coding 2",
            "compact text, which takes separators for halves of characters", first=b"\x12", coding=1)
        self.bad("missingClaim", "UTF-8 as text coding 2", "compact text, which takes separators for halves of characters", coding=2,
            texts=Deflater().block(plain, dictionary).bytes)
        self.bad("badText", "compact text as text coding 1", "UTF-8", coding=1, texts=Deflater().block(compact).bytes)
        self.bad("badText", "compact text as text coding 0", "UTF-8", texts=compact)
        self.bad("badCompression", "UTF-8 without a stream as text coding 1", "a raw DEFLATE stream", first=b"\x11")
        far = Deflater().put(3, 3).put(*literals[257]).put(*distances[29]).put(32_768 - second.DISTANCES[29][0],
            13).put(*literals[256]).bytes
        self.bad("badCompression", "a match before the dictionary", "the dictionary has 32,333 bytes", coding=2, texts=far)

    def compact_texts(self):
        texts = [self.maker.compact(SHOP[key]) for key in TEXTS]
        frequent = next(c for c in self.maker.compact.places if 0x4E00 <= ord(c) < 0xA000)
        dot = next(c for c in self.maker.compact.places if not 0x4E00 <= ord(c) < 0xA000)
        for name, form in {
                "A in three bytes": b"\1\0A", "~ in three bytes": b"\1\0~", "A in four bytes": b"\2\0\0A", "一 in three bytes": b"\1\x4e\0",
                "U+9FFF in three bytes": b"\1\x9f\xff",
                "一 in four bytes": b"\2\0\x4e\0", "U+FFFF in four bytes": b"\2\0\xff\xff",
                "a frequent Han character in two bytes": frequent.encode("utf-16-be"),
                "a frequent Han character in three bytes": b"\1" + frequent.encode("utf-16-be"),
                "another frequent character in three bytes": b"\1" + dot.encode("utf-16-be"),
                "U+0000": b"\1\0\0", "a surrogate": b"\1\xd8\0", "a low surrogate": b"\1\xdf\xff", "beyond U+10FFFF": b"\2\x11\0\0",
                "far beyond U+10FFFF": b"\2\xff\xff\xff",
                "a Han character cut off": b"\x4e", "three bytes cut off": b"\1", "three bytes cut off in the middle": b"\1\0",
                "four bytes cut off": b"\2\2\x0b"}.items():
            stream = Deflater().block(b"\0".join(texts) + form, self.maker.dictionary).bytes
            self.bad("badText", f"compact text: {name}", "a character in its shortest form", coding=2, texts=stream)
        for value in (1, 0x7F, 0x85):
            stream = Deflater().block(b"\0".join(texts) + b"\1\0" + bytes([value]), self.maker.dictionary).bytes
            self.bad("impossibleClaim", f"compact text: U+{value:04X}", "none of Cc", coding=2, texts=stream)

    def cut(self):
        """The code that ends in each of its fields."""
        full = with_(EVERYTHING, creditCode=credit_code("91", "341181", "MA2NQ8KT", other_check("MA2NQ8KT")))
        fields, before = self.maker.fields(full, 0), b""
        for name, field in fields.items():
            for size in sorted({0, len(field) // 2, len(field) - 1}):
                if name not in ("first", "texts") and size < len(field):
                    self.packed_("truncated", f"a code that ends behind {size} bytes of {name}", "every field is there",
                        before + field[:size], payload(full))
            before += field
        self.text(digits_of(b"\x10" + self.signature), "truncated", "byte 0 and a signature", "every field is there")
        for size in (1, 2, 40, 64):
            self.text(digits_of((self.packed + self.signature)[:size]), "truncated", f"the first {size} bytes of a code",
                "64 bytes of signature")

    def other_messages(self):
        def message(tag, header, claims, signature):
            return tag + b"\x84" + cbor(cbor(header)) + b"\xa0" + cbor(claims) + cbor(signature)
        header = {1: -7, 3: CONTENT, 4: b"\1\x2c", 16: TYPE, -65537: hashlib.sha256(self.packed).digest()}
        for name, data in {
                "the COSE_Sign1 itself": message(b"\xd2", header, self.claims, self.signature),
                "a COSE_Sign1 without tag": message(b"", header, self.claims, self.signature),
                "a COSE_Mac0": message(b"\xd1", header | {1: 5}, self.claims, hmac.digest(b"key", self.claims, "sha256")),
                "a status list": message(b"\xd2", {1: -7, 4: b"\1\x2d", 16: "application/licet-status-list+cose"}, b"\xa1\x00\x00",
                    self.signature),
                "a trust list": message(b"\xd2", {1: -7, 4: bytes(8), 16: "application/licet-trust-list+cose"}, b"\xa1\x00\x00",
                    self.signature)}.items():
            self.text(digits_of(data), "unknownVersion", f"{name} as digits", "the first four bits are 0001")
        fields = self.maker.fields(SHOP, 2)
        packed = b"".join(fields.values())
        signature = self.maker.signature(packed, self.claims)
        self.text(digits_of(packed + der(signature)), "trailingBytes", "a signature in DER",
            "the last 64 bytes are r and s; others follow the stream")
        self.text(digits_of(packed + signature + b"\0"), "trailingBytes", "a byte behind the signature",
            "the last 64 bytes are r and s; another follows the stream")

    def forgeries(self):
        sign_, packed, claims = self.maker.signature, self.packed, self.claims
        zero, order, whole = bytes(32), N.to_bytes(32, "big"), b"\xff" * 32
        r, s = self.signature[:32], self.signature[32:]
        for name, signature in {
                "r = 0": zero + s, "s = 0": r + zero, "no signature": zero + zero, "r = n": order + s, "s = n": r + order,
                "r and s = n": order + order,
                "r = 2^256 − 1": whole + s, "s = 2^256 − 1": r + whole, "s = n + 1": r + (N + 1).to_bytes(32, "big"),
                "r = p": P256.p.to_bytes(32, "big") + s,
                "r = s = 1": (1).to_bytes(32, "big") * 2}.items():
            self.forged(f"a signature with {name}", "1 ≤ r, s < n and the equation", signature)
        for name, signature in {
                "r and s exchanged": s + r, "a bit of r": bytes([r[0] ^ 1]) + r[1:] + s,
                "the last bit of s": r + s[:-1] + bytes([s[-1] ^ 1]),
                "the signature of another licence": sign_(packed, payload(COMPANY)), "another key": sign_(packed, claims, key=OTHER_KEY),
                "the key of lists": sign_(packed, claims, key=LIST_KEY),
                "another issuer number": sign_(packed, claims, 128), "an issuer number with a leading zero": sign_(packed, claims,
                    _4=b"\0\1\x2c"),
                "no issuer number": sign_(packed, claims, _4=b""), "the type of a status list": sign_(packed, claims,
                    _16="application/licet-status-list+cose"),
                "the type of a trust list": sign_(packed, claims, _16="application/licet-trust-list+cose"),
                "another content type": sign_(packed, claims, _3="application/cbor"),
                "algorithm EdDSA": sign_(packed, claims, _1=-8), "algorithm ES384": sign_(packed, claims, _1=-35),
                "algorithm HMAC": sign_(packed, claims, _1=5),
                "other packed bytes": sign_(packed + b"x", claims),
                "a digest of the code with its signature": sign_(packed + self.signature, claims),
                "an unknown label": sign_(packed, claims, _33=b"x"), "a critical label": sign_(packed, claims, _2=[16]),
                "a digest of nothing": sign_(packed, claims, **{"__65537": hashlib.sha256(b"").digest()}),
                "another version of the licence": sign_(packed, payload(with_(SHOP, version=2))),
                "another scope": sign_(packed, payload(with_(SHOP, scope="食物"))),
                "another index": sign_(packed, payload(with_(SHOP, index=8))), "the claims with one more": sign_(packed,
                    payload(with_(SHOP, further="1000"))),
                "the claims alone": sign(OUR_KEY, claims), "the packed bytes alone": sign(OUR_KEY, packed),
                "a MAC and zeros": hmac.digest(b"key", claims, "sha256") + zero}.items():
            self.forged(f"signed: {name}", "the signature is over this Sig_structure", signature)
        header = cbor({1: -7, 3: CONTENT, 4: b"\1\x2c", 16: TYPE, -65537: hashlib.sha256(packed).digest()})
        for name, message in {
                "another context": b"\x84" + cbor("CounterSignature1") + cbor(header) + b"\x40" + cbor(claims),
                "COSE_Sign's context": b"\x85" + cbor("Signature") + cbor(header) + b"\x40\x40" + cbor(claims),
                "external data": b"\x84" + cbor("Signature1") + cbor(header) + cbor(b"licet") + cbor(claims),
                "no packing digest": b"\x84" + cbor("Signature1") + cbor(cbor({1: -7, 3: CONTENT, 4: b"\1\x2c",
                            16: TYPE})) + b"\x40" + cbor(claims),
                "claims as an embedded map": b"\x84" + cbor("Signature1") + cbor(header) + b"\x40" + claims}.items():
            self.forged(f"signed: {name}", "the signature is over this Sig_structure", sign(OUR_KEY, message))
        streams = {"coding 0": self.fields, "coding 1": self.maker.fields(SHOP, 1), "coding 2": self.maker.fields(SHOP, 2),
            "dynamic": self.maker.fields(SHOP, 2, deflate=dynamic)}
        for one, other in (("coding 0", "coding 1"), ("coding 1", "coding 2"), ("coding 2", "coding 0"), ("coding 2", "dynamic"),
            ("dynamic", "coding 2")):
            one_packed, other_packed = (b"".join(streams[name].values()) for name in (one, other))
            self.forged(f"signed in {one}, shown in {other}", "the header binds the packed bytes", sign_(one_packed, claims), other_packed)
        for name, licence in {
                "another name": with_(SHOP, name="庄"), "another day of issue": with_(SHOP, issued="2026-03-05", established="2024-05-07"),
                "another index": with_(SHOP, index=6),
                "another kind": with_(SHOP, kind="branch", creditCode=credit_code("93", "341181", "MA8Q0KD1")),
                "the scope as a digest": core(SHOP),
                "another status list": with_(SHOP, list=2), "a further claim": with_(SHOP, further="1000")}.items():
            self.forged(f"a genuine signature, {name}", "what is shown is not what was signed", self.signature,
                b"".join(self.maker.fields(licence, 0).values()))
        self.forged("a genuine signature, another issuer number", "what is shown is not what was signed", self.signature,
            b"".join(self.maker.fields(SHOP, 0, 128).values()))
        for issuer, reason in ((NOBODY, "no such number in the trust list"), (LISTS, "the key signs no licences"),
            (2, "no such number in the trust list"),
                               (2_097_150, "no such number in the trust list")):
            other = b"".join(self.maker.fields(SHOP, 0, issuer).values())
            self.forged(f"issuer number {issuer}", reason, sign_(other, claims, issuer, LIST_KEY if issuer == LISTS else OUR_KEY), other,
                "unknown_issuer")

    # MARK: The other algorithms

    def shop(self, algorithm, issuer=None, coding=0, bits=None):
        """The packed shop under the key of an algorithm, or with the bits of another."""
        issuer = OTHERS.get(algorithm, 300) if issuer is None else issuer
        return b"".join(self.maker.fields(SHOP, coding, issuer, algorithm=algorithm if bits is None else bits).values())

    def other_algorithms(self):
        """What holds for each of them, and one in the place of another."""
        sign_, claims = self.maker.signature, self.claims
        for algorithm, issuer in OTHERS.items():
            known, packed = signatures.NAMES[algorithm], self.shop(algorithm)
            made = functools.partial(sign_, packed, claims, issuer, algorithm=algorithm)
            key, genuine = OUR_KEYS[algorithm], made()
            other_key = b"\2" * 32 if algorithm == EDDSA else OTHER_KEY
            first, second_ = genuine[:32], genuine[32:]
            for name, signature in {
                    "no signature": bytes(64), "all bits set": b"\xff" * 64, "the first half 0": bytes(32) + second_,
                    "the second half 0": first + bytes(32), "the halves exchanged": second_ + first,
                    "the first half backwards": first[::-1] + second_, "the second half backwards": first + second_[::-1],
                    "the first bit changed": bytes([first[0] ^ 0x80]) + first[1:] + second_,
                    "the last bit changed": genuine[:-1] + bytes([genuine[-1] ^ 1]),
                    "the signature of another licence": sign_(packed, payload(COMPANY), issuer, algorithm=algorithm),
                    "another key": made(key=other_key), "the key of lists": made(key=OTHER_LIST_KEYS[algorithm]),
                    "another issuer number": sign_(packed, claims, 128, algorithm=algorithm),
                    "an issuer number with a leading zero": made(_4=b"\0" + issuer.to_bytes(2, "big")),
                    "the type of a status list": made(_16="application/statuslist+cwt"), "another content type": made(_3="application/cbor"),
                    "other packed bytes": sign_(packed + b"x", claims, issuer, algorithm=algorithm),
                    "an unknown label": made(_33=b"x"), "a bag of certificates": made(_32=b"x"),
                    "another name": sign_(packed, payload(with_(SHOP, name="庄")), issuer, algorithm=algorithm),
                    "the claims alone": sign(key, claims, algorithm), "the packed bytes alone": sign(key, packed, algorithm),
                    "the digest of the licence": sign(key, hashlib.sha256(self.maker.to_be_signed(packed, claims, issuer, algorithm)).digest(), algorithm),
                    **{f"a header that says {named}": made(_1=named) for named in (-7, -8, -19, -35, -46, -65538, -65539, 5) if named != signatures.COSE[
                        algorithm]}}.items():
                self.forged(f"signed with {known}: {name}", "the signature is over this Sig_structure, with the key's algorithm", signature, packed)
            for coding, shown in ((0, 1), (2, 0)):
                signature = sign_(self.shop(algorithm, coding=coding), claims, issuer, algorithm=algorithm)
                self.forged(f"signed with {known} in coding {coding}, shown in coding {shown}", "the header binds the packed bytes", signature,
                    self.shop(algorithm, coding=shown))
            packed = self.shop(algorithm, 128)
            self.forged(f"a genuine signature of {known}, another issuer number", "what is shown is not what was signed", genuine, packed)
            for unknown, other, reason in ((NOBODY, key, "no such number in the trust list"), (OTHER_LISTS[algorithm], OTHER_LIST_KEYS[algorithm],
                                          "the key signs no licences")):
                packed = self.shop(algorithm, unknown)
                self.forged(f"issuer number {unknown}, {known}", reason, sign_(packed, claims, unknown, other, algorithm), packed, "unknown_issuer")
            packed = self.shop(algorithm)
            self.text(digits_of(packed[:1] + genuine), "truncated", f"byte 0 of {known} and a signature", "every field is there")
            self.text(digits_of(packed[:1] + genuine[1:]), "truncated", f"64 bytes, {known}", "64 bytes of signature, and more than byte 0")
            packed = self.shop(algorithm, coding=2)
            self.text(digits_of(packed + sign_(packed, claims, issuer, algorithm=algorithm) + b"\0"), "trailingBytes",
                f"a byte behind the signature of {known}", "the last 64 bytes are the signature; another follows the stream")
        keys = {ES256: 300, **OTHERS}
        for algorithm, issuer in keys.items():
            packed = self.shop(algorithm, issuer, bits=3)
            self.text(digits_of(packed + sign_(packed, claims, issuer, algorithm=algorithm)), "unknownAlgorithm",
                f"algorithm 3 with the key of {signatures.NAMES[algorithm]}", "algorithm 3 is refused")
            for stated in keys:
                if stated == algorithm:
                    continue
                packed = self.shop(algorithm, issuer, bits=stated)
                of_key, of_code = signatures.NAMES[algorithm], signatures.NAMES[stated]
                for what, signature in {
                        f"the key of {of_key} signs as ever": sign_(packed, claims, issuer, algorithm=algorithm),
                        f"the key of {of_key} signs the header of the code": sign(OUR_KEYS[algorithm], self.maker.to_be_signed(packed, claims, issuer,
                            stated), algorithm),
                        f"the key of {of_code} signs, for that of {of_key}": sign_(packed, claims, issuer, algorithm=stated)}.items():
                    self.forged(f"byte 0 says {of_code}: {what}", f"the algorithm is that of the key, which is for {of_key}", signature, packed)
        numbers = {"P-256": OUR_KEY, "SM2": OUR_KEYS[SM2]}
        packed = self.shop(SM2)
        message = self.maker.to_be_signed(packed, claims, OTHERS[SM2], SM2)
        for curve, secret in numbers.items():
            self.forged(f"ECDSA on P-256 with the private number of {curve}, byte 0 says SM2", "the algorithm is that of the key, which is for SM2",
                sign(secret, message), packed)

    def eddsa(self):
        """RFC 8032."""
        packed = self.shop(EDDSA)
        message = self.maker.to_be_signed(packed, self.claims, OTHERS[EDDSA], EDDSA)
        key = OUR_KEYS[EDDSA]
        public, (scalar, _), genuine = public_key(key, EDDSA), signatures.ed_secret(key), sign(key, message, EDDSA)
        r, s = genuine[:32], int.from_bytes(genuine[32:], "little")

        def little(value):
            return value.to_bytes(32, "little")

        def fitting(encoded, secret=0):
            """The S that goes with this form of R = [secret]B."""
            return encoded + little((secret + signatures.ed_number(encoded, public, message) * scalar) % ED_L)

        eighth = order_8()
        nonce = 8
        shifted = signatures.ed_encoded(signatures.ed_added(signatures.ed_times(nonce, ED_BASE), eighth))
        rule = "S < L, and [S]B − [k]A is R byte by byte, without the cofactor"
        for name, signature in {
                "S + L": r + little(s + ED_L), "S + 2L": r + little(s + 2 * ED_L), "S = L": r + little(ED_L), "L − S": r + little(ED_L - s),
                "S = 2^256 − 1": r + b"\xff" * 32, "bit 255 of S": r + little(s | 1 << 255), "bit 253 of S": r + little(s | 1 << 253),
                "the other x of R": r[:31] + bytes([r[31] ^ 0x80]) + genuine[32:],
                "the neutral element as R, and S = 0": little(1) + bytes(32),
                "the neutral element as R, with y = p + 1": fitting(little(ED_P + 1)),
                "the neutral element as R, with the sign of an x of 0": fitting(little(1 | 1 << 255)),
                "an R that is no point": fitting(little(2)), "an R with y ≥ p": fitting(little(ED_P + 3)),
                "an R shifted by a point of order 8, which only the equation with cofactor takes": fitting(shifted, nonce)}.items():
            self.forged(f"EdDSA: {name}", rule, signature, packed)
        domain = b"SigEd25519 no Ed25519 collisions"
        for name, signature in {
                "Ed25519ph": signatures.eddsa_sign(key, hashlib.sha512(message).digest(), domain + b"\1\0"),
                "Ed25519ctx with the context licet": signatures.eddsa_sign(key, message, domain + b"\0\5licet"),
                "the SHA-512 of the Sig_structure": sign(key, hashlib.sha512(message).digest(), EDDSA),
                "the SHA-256 of the Sig_structure": sign(key, hashlib.sha256(message).digest(), EDDSA)}.items():
            self.forged(f"EdDSA: signed: {name}", "pure Ed25519 over the Sig_structure itself", signature, packed)

    def sm2(self):
        """GB/T 32918.2."""
        packed = self.shop(SM2)
        message = self.maker.to_be_signed(packed, self.claims, OTHERS[SM2], SM2)
        key, n = OUR_KEYS[SM2], CURVE_SM2.n
        public, genuine = public_key(key, SM2), sign(key, message, SM2)
        r, s = genuine[:32], genuine[32:]

        def big(value):
            return value.to_bytes(32, "big")

        for name, signature in {
                "r = n": big(n) + s, "s = n": r + big(n), "r and s = n": big(n) * 2, "r = 2^256 − 1": b"\xff" * 32 + s,
                "s = 2^256 − 1": r + b"\xff" * 32, "r = p": big(CURVE_SM2.p) + s, "s = n + 1": r + big(n + 1), "r = s = 1": big(1) * 2,
                "r + s = n": r + big(n - int.from_bytes(r, "big")),
                "the twin (r, n − s), which only ECDSA has": twin(genuine, CURVE_SM2),
                "(n − r, s)": big(n - int.from_bytes(r, "big")) + s,
                "the first 64 bytes of DER": der(genuine)[:64], "the last 64 bytes of DER": der(genuine)[-64:]}.items():
            self.forged(f"SM2: {name}", "1 ≤ r, s < n, r + s ≠ n and the equation", signature, packed)
        z, digest = signatures.sm2_z(public), signatures.sm3
        for name, hashed in {
                "without Z": digest(message), "with no identifier": digest(signatures.sm2_z(public, b"") + message),
                "with the identifier ALICE123@YAHOO.COM": digest(signatures.sm2_z(public, b"ALICE123@YAHOO.COM") + message),
                "with the identifier 1234567812345678 in eight bytes": digest(signatures.sm2_z(public, bytes.fromhex("1234567812345678")) + message),
                "with the issuer number as identifier": digest(signatures.sm2_z(public, OTHERS[SM2].to_bytes(2, "big")) + message),
                "with the Z of another key": digest(signatures.sm2_z(public_key(OTHER_KEY, SM2)) + message),
                "with the identifier's length in bytes": digest(z_in_bytes(public) + message),
                "with SHA-256 instead of SM3": hashlib.sha256(z + message).digest(),
                "with SHA-256 of the Sig_structure alone": hashlib.sha256(message).digest(),
                "with Z before the SM3 of the Sig_structure": digest(z + digest(message)),
                "with Z before its SHA-256": digest(z + hashlib.sha256(message).digest()), "with Z behind it": digest(message + z)}.items():
            self.forged(f"SM2: signed {name}", "e = SM3(Z ‖ Sig_structure), Z with the identifier 1234567812345678",
                signatures.sm2_sign_digest(key, hashed), packed)
        self.forged("SM2: signed with ECDSA on its curve", "s = (1 + d)⁻¹ (k − r d)", ecdsa_of_sm2(key, digest(z + message)), packed)
        packed = self.shop(SM2, coding=2)
        signature = self.maker.signature(packed, self.claims, OTHERS[SM2], algorithm=SM2)
        self.text(digits_of(packed + der(signature)), "trailingBytes", "a signature of SM2 in DER",
            "the last 64 bytes are r and s; others follow the stream")


def order_8():
    """A point of order 8 of Ed25519's curve, of which nobody knows a multiple of B."""
    for y in range(2, 100):
        point = signatures.ed_decoded(y.to_bytes(32, "little"))
        if point is not None:
            small = signatures.ed_times(ED_L, point)
            if signatures.ed_encoded(signatures.ed_times(4, small)) != (1).to_bytes(32, "little"):
                return small
    raise AssertionError("there are points of order 8")


def z_in_bytes(public):
    """Z as a writer makes it that takes the length in bits for one in bytes."""
    numbers = [CURVE_SM2.p - 3, CURVE_SM2.b, *CURVE_SM2.g, *public]
    identifier = signatures.IDENTIFIER
    return signatures.sm3(len(identifier).to_bytes(2, "big") + identifier + b"".join(c.to_bytes(32, "big") for c in numbers))


def ecdsa_of_sm2(key, digest):
    n, e = CURVE_SM2.n, int.from_bytes(digest, "big")
    k = signatures.nonce(key, digest, n)
    r = CURVE_SM2.affine([(k, CURVE_SM2.g)])[0] % n
    return r.to_bytes(32, "big") + (pow(k, -1, n) * (e + r * key) % n).to_bytes(32, "big")


def bomb(size, last=0, end=True):
    """A stream of `size` bytes: an A, its repetitions, and as many separators with an A behind each as there are to be."""
    literals, distances = codes(FIXED[0]), codes(FIXED[1])
    stream, rest = Deflater().put(3, 3).put(*literals[ord("A")]), size - 1 - 2 * last
    for _ in range(rest // 258):
        stream.put(*literals[285]).put(*distances[0])
    for byte in b"A" * (rest % 258) + b"\0A" * last:
        stream.put(*literals[byte])
    return (stream.put(*literals[256]) if end else stream).bytes


# MARK: The file

def document(maker):
    """The file, with a vector a line."""
    def lines(items):
        return ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    keys = [{"issuer": issuer, "purpose": purpose, "publicKey": signatures.info(algorithm, public_key(key, algorithm)).hex()}
            for issuer, purpose, key, algorithm in [
                *((issuer, "licences", OUR_KEY, ES256) for issuer in ISSUERS), (LISTS, "lists", LIST_KEY, ES256),
                *((issuer, "licences", OUR_KEYS[algorithm], algorithm) for algorithm, issuer in OTHERS.items()),
                *((issuer, "lists", OTHER_LIST_KEYS[algorithm], algorithm) for algorithm, issuer in OTHER_LISTS.items())]]
    positive, negative = list(positive_vectors(maker)), Negatives(maker).all()
    names = [vector["name"] for vector in positive + negative]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        sys.exit(f"vectors of the same name: {sorted(repeated)}")
    return (f'{{"keys": [\n{lines(keys)}\n],\n"dictionary": "{hashlib.sha256(maker.dictionary).hexdigest()}",\n'
            f'"valid": [\n{lines(positive)}\n],\n"refused": [\n{lines(negative)}\n]}}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: Tests/LicenceCodeTests/make_vectors.py --check")
    second.add_layout_options(parser)
    parser.add_argument("--output", metavar="FILE", type=Path, default=second.HERE / "Vectors/codes.json", help="the file of vectors")
    parser.add_argument("--check", action="store_true", help="write nothing; fail unless the file is what would be written")
    options = parser.parse_args()
    made = document(Maker(second.Layout(options.dictionary, options.specification)))
    if not options.check:
        options.output.write_text(made, encoding="utf-8")
    elif options.output.read_text(encoding="utf-8") != made:
        sys.exit(f"make_vectors.py: {options.output} is not what the article and the dictionary give; make it again")


if __name__ == "__main__":
    main()
