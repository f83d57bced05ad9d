"""Packs and signs licence codes as the article "The licence code" says, and as it does not: what it is told is written, right or wrong.

Written from the article alone, like `second_decoder`, for vectors and for comparing decoders. Licences are told by the names of
`Code.named`. Streams come from an encoder of its own, so that they are the same on every machine.
"""
import datetime
import functools
import hashlib

import second_decoder as second
import second_signatures as signatures
from second_decoder import ALPHABET, CLASSES, KINDS, body_check, cbor, code_check, head
from second_signatures import EDDSA, ES256, P256, SM2

# Private keys that everybody has: RFC 6979, appendix A.2.5; RFC 8032, section 7.1, test 1; GB/T 32918.5, appendix A.
OUR_KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
ED25519_KEY = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
SM2_KEY = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
OUR_KEYS = {ES256: OUR_KEY, EDDSA: ED25519_KEY, SM2: SM2_KEY}
TYPE, CONTENT = "application/licet-licence+cose", "application/licet-claims+cbor"


# MARK: Numbers and texts

def number(value, groups=1):
    """The shortest form, or one of so many groups."""
    result = [value & 0x7F]
    while (value := value >> 7) or len(result) < groups:
        result.insert(0, value & 0x7F | 0x80)
    return bytes(result)


def signed(value):
    return 2 * value if value >= 0 else -2 * value - 1


def day(date):
    """Days since 1970, of a date or of such a number."""
    return date if isinstance(date, int) else (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days


class Compact:
    """The writer of compact text."""

    def __init__(self, frequent):
        self.places = dict(zip(frequent, [*range(0x03, 0x20), *range(0xA0, 0xCE), 0xFF]))

    def __call__(self, text):
        return b"".join(map(self.character, text))

    def character(self, character):
        value = ord(character)
        if value == 0:
            return b"\0"
        if character in self.places:
            return bytes([self.places[character]])
        if 0x20 <= value < 0x7F:
            return bytes([value + 0x80 * (value >= 0x4E)])
        if 0x4E00 <= value < 0xA000:
            return value.to_bytes(2, "big")
        return b"\1" + value.to_bytes(2, "big") if value < 0x10000 else b"\2" + value.to_bytes(3, "big")


# MARK: DEFLATE (RFC 1951): greedy matches, and codes that do not depend on the text

FIXED = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8, [5] * 32
DYNAMIC = [8] * 144 + [9] * 112 + [7] * 26 + [8] * 4, [4] * 2 + [5] * 28
LENGTHS_OF_LENGTHS = [{4: 3, 5: 2, 7: 3, 8: 2, 9: 2}.get(length, 0) for length in range(19)]


class Deflater:
    """Writes blocks one behind the other."""

    def __init__(self):
        self.bits = self.count = 0

    def put(self, value, count):
        self.bits |= value << self.count
        self.count += count
        return self

    @property
    def bytes(self):
        return self.bits.to_bytes((self.count + 7) // 8, "little")

    def stored(self, data, final=True):
        self.put(final, 3)
        self.count += -self.count % 8
        self.put(len(data), 16).put(len(data) ^ 0xFFFF, 16)
        return self.put(int.from_bytes(data, "little"), 8 * len(data))

    def block(self, data, dictionary=b"", dynamic=False, final=True, end=True):
        lengths = DYNAMIC if dynamic else FIXED
        self.put(final, 1).put(2 if dynamic else 1, 2)
        if dynamic:
            self.put(len(lengths[0]) - 257, 5).put(len(lengths[1]) - 1, 5).put(len(second.ORDER) - 4, 4)
            for length in second.ORDER:
                self.put(LENGTHS_OF_LENGTHS[length], 3)
            for length in lengths[0] + lengths[1]:
                self.put(*codes(LENGTHS_OF_LENGTHS)[length])
        literals, distances = map(codes, lengths)
        for literal, length, distance in matches(data, dictionary):
            if length == 0:
                self.put(*literals[literal])
            else:
                place = max(place for place, (least, _) in enumerate(second.LENGTHS) if least <= length)
                self.put(*literals[257 + place]).put(length - second.LENGTHS[place][0], second.LENGTHS[place][1])
                place = max(place for place, (least, _) in enumerate(second.DISTANCES) if least <= distance)
                self.put(*distances[place]).put(distance - second.DISTANCES[place][0], second.DISTANCES[place][1])
        return self.put(*literals[256]) if end else self


@functools.cache
def codes_of(lengths):
    result, value = [None] * len(lengths), 0
    for length in range(1, 16):
        for symbol in (symbol for symbol, other in enumerate(lengths) if other == length):
            result[symbol] = int(f"{value:0{length}b}"[::-1], 2), length
            value += 1
        value <<= 1
    return result


def codes(lengths):
    """What is put for each symbol: its code, of which the greatest bit comes first, and how many bits that are."""
    return codes_of(tuple(lengths))


@functools.cache
def places(dictionary):
    result = {}
    for at in range(len(dictionary) - 2):
        result.setdefault(dictionary[at:at + 3], []).append(at)
    return result


def matches(data, dictionary):
    """Literals and matches: (literal, 0, 0) or (None, length, distance)."""
    window, known, at = dictionary + data, {}, len(dictionary)
    while at < len(window):
        start, best, length = window[at:at + 3], 0, 0
        for place in reversed((places(dictionary).get(start, []) + known.get(start, []))[-64:]):
            size = 3
            while size < 258 and at + size < len(window) and window[place + size] == window[at + size]:
                size += 1
            if size > length and at - place <= 32_768:
                best, length = place, size
        yield (None, length, at - best) if length else (window[at], 0, 0)
        for passed in range(at, at + max(length, 1)):
            known.setdefault(window[passed:passed + 3], []).append(passed)
        at += max(length, 1)


# MARK: Credit codes

def credit_code(start="91", division="341181", body="MA2NQ8KT", c=None):
    text = start + division + body + (c or body_check(body))
    return text + code_check(text)


def packed_credit_code(text, kind, class_number=None):
    """The number N and, where it is needed, character 17; of any code, whether the article allows it or not."""
    if class_number is None:
        class_number = CLASSES.index((text[:2], kind))
    body = functools.reduce(lambda value, c: value * 31 + ALPHABET.index(c), text[8:16], 0)
    other = text[16] != body_check(text[8:16])
    value = ((class_number * 900_000 + int(text[2:8]) - 100_000) * 31 ** 8 + body) * 2 + other
    return value.to_bytes(8, "big") + bytes([ALPHABET.index(text[16])] * other)


def is_said(text, kind):
    return text[17] == code_check(text) and (text[:2], kind) in CLASSES


# MARK: Claims and packed bytes

def flags_of(fields):
    """The flags of packed fields."""
    return functools.reduce(lambda value, byte: value << 7 | byte & 0x7F, fields["bits"], 0)


def claims_map(licence):
    """The claims of a licence that is told by names."""
    claims = {}
    claims[0], claims[1], claims[2], claims[3] = licence["creditCode"], licence["version"], kind_number(licence), licence["name"]
    claims[4], claims[5] = licence["type"], licence["representative"]
    if "capital" in licence:
        claims[6] = [*decimal(licence["capital"]["amount"]), licence["capital"]["currency"]]
    claims[7] = day(licence["established"])
    if "term" in licence:
        claims[8] = [day(licence["term"][end]) for end in ("from", "to") if end in licence["term"]]
    claims[9] = licence["address"]
    claims[10] = licence["scope"] if "scope" in licence else [licence["scopeLength"], bytes.fromhex(licence["scopeDigest"])]
    if "composition" in licence:
        claims[11] = second.COMPOSITIONS.index(licence["composition"])
    if "location" in licence:
        claims[12] = [licence["location"]["microLatitude"], licence["location"]["microLongitude"]]
    claims[13], claims[14], claims[15] = day(licence["issued"]), licence["list"], licence["index"]
    return claims, bytes.fromhex(licence.get("further", ""))


def kind_number(licence):
    kind = licence["kind"]
    return kind if isinstance(kind, int) else KINDS.index(kind)


def decimal(amount):
    return int(amount.replace(".", "")), len(amount.partition(".")[2])


def payload(licence, pairs=None):
    claims, further = claims_map(licence)
    if pairs is None:
        pairs = len(second.read_further(further)) if further else 0
    return head(5, len(claims) + pairs) + b"".join(head(0, key) + cbor(value) for key, value in claims.items()) + further


TEXTS = ["name", "type", "representative", "address", "scope"]


def one_block(data, dictionary, dynamic=False):
    """One block with the matches that are found."""
    return Deflater().block(data, dictionary, dynamic).bytes


class Maker:
    """Packs and signs."""

    def __init__(self, layout):
        self.dictionary, self.compact = layout.dictionary, Compact(layout.frequent)

    def plain(self, texts, coding):
        """The joined texts before compression."""
        text = "\0".join(texts)
        return self.compact(text) if coding == 2 else text.encode()

    def texts(self, texts, coding, deflate=one_block):
        """The texts in a coding; `deflate` makes a stream of bytes with a dictionary."""
        plain = self.plain(texts, coding)
        return plain if coding == 0 else deflate(plain, self.dictionary if coding == 2 else b"")

    def fields(self, licence, coding=2, issuer=300, flags=0, force_text=False, deflate=one_block, algorithm=ES256):
        """The packed bytes, field by field; `flags` are set or cleared besides."""
        kind, parts = kind_number(licence), {"first": bytes([0x10 | algorithm << 2 | coding]), "key": number(issuer), "bits": b""}
        as_text = force_text or not is_said(licence["creditCode"], kind)
        parts["code"] = bytes([kind]) if as_text else packed_credit_code(licence["creditCode"], kind)
        issued, established = day(licence["issued"]), day(licence["established"])
        parts["issued"], parts["age"] = number(signed(issued - 20_454)), number(issued - established)
        parts["index"] = number(licence["index"])
        if licence["version"] != 1:
            flags ^= second.VERSION
            parts["version"] = number(licence["version"])
        if licence["list"] != 1:
            flags ^= second.LIST
            parts["list"] = number(licence["list"])
        if "capital" in licence:
            flags ^= second.CAPITAL
            parts["capital"] = capital(*decimal(licence["capital"]["amount"]), licence["capital"]["currency"])
        if "term" in licence:
            flags ^= second.TERM
            parts["term"] = term(established, *(day(licence["term"][end]) for end in ("from", "to") if end in licence["term"]))
        if "location" in licence:
            flags ^= second.LOCATION
            parts["location"] = location(*licence["location"].values())
        if "scopeDigest" in licence:
            flags ^= second.CORE
            parts["scope"] = number(licence["scopeLength"]) + bytes.fromhex(licence["scopeDigest"])
        if "composition" in licence:
            flags ^= second.PERSONAL if licence["composition"] == "personal" else second.FAMILY
        if "further" in licence:
            flags ^= second.FURTHER
            further = bytes.fromhex(licence["further"])
            parts["further"] = number(len(further)) + further
        flags ^= second.CREDIT_CODE * as_text
        parts["bits"] = number(flags)
        texts = [licence["creditCode"]] * as_text + [licence[key] for key in TEXTS if key in licence]
        parts["texts"] = self.texts(texts, coding, deflate)
        return parts

    def to_be_signed(self, packed, claims, issuer=300, algorithm=ES256, **header):
        """The Sig_structure; `header` is what other labels than the usual ones say, or the usual ones otherwise."""
        protected = {1: signatures.COSE[algorithm], 3: CONTENT, 4: issuer.to_bytes((issuer.bit_length() + 7) // 8 or 1, "big"), 16: TYPE,
                     -65537: hashlib.sha256(packed).digest()}
        protected = cbor(protected | {int(label[1:].replace("_", "-")): value for label, value in header.items()})
        return b"\x84\x6aSignature1" + cbor(protected) + b"\x40" + cbor(claims)

    def signature(self, packed, claims, issuer=300, key=None, algorithm=ES256, **header):
        message = self.to_be_signed(packed, claims, issuer, algorithm, **header)
        return sign(OUR_KEYS[algorithm] if key is None else key, message, algorithm)


def capital(digits, scale, currency="CNY", zeros=None):
    if zeros is None:
        zeros = len(str(digits)) - len(str(digits).rstrip("0")) if digits else 0
    other = currency != "CNY"
    first = bytes([other << 7 | zeros * 7 + scale])
    return first + number(digits // 10 ** zeros) + (letters(currency) if other else b"")


def letters(currency):
    return functools.reduce(lambda value, c: value * 26 + ord(c) - 65, currency, 0).to_bytes(2, "big")


def term(established, first, last=None):
    start = number(2 * signed(first - established) + (last is not None))
    return start if last is None else start + number(last - first)


def location(latitude, longitude):
    return ((latitude + 90_000_000) * 360_000_001 + longitude + 180_000_000).to_bytes(7, "big")


def digits_of(data):
    return str(int.from_bytes(data, "big"))


# MARK: Signatures

def public_key(key, algorithm=ES256):
    return signatures.public_key(algorithm, key)


def sign(key, message, algorithm=ES256):
    return signatures.sign(algorithm, key, message)


def twin(signature, curve=P256):
    return signature[:32] + (curve.n - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def der(signature):
    """The signature as OpenSSL writes it."""
    parts = [part.lstrip(b"\0") for part in (signature[:32], signature[32:])]
    parts = [bytes(part[0] >> 7) + part for part in parts]
    body = b"".join(b"\2" + bytes([len(part)]) + part for part in parts)
    return b"\x30" + bytes([len(body)]) + body
