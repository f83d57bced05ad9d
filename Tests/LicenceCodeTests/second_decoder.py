#!/usr/bin/env python3
"""A second decoder of licence codes, written from the article "The licence code" alone: it shares nothing with Licet.

Reads codes, one a line (an address, LICET: and digits, or digits), from standard input, and answers each with one line:

    ok <digest of the licence> <SHA-256 of the COSE_Sign1>      or      refused <kind>

With --claims it answers in JSON instead; with --vectors it checks every vector of a file. Needs nothing but Python 3.11.
"""
import argparse
import datetime
import hashlib
import json
import re
import sys
import zlib
from pathlib import Path

import second_signatures as signatures

KINDS = ["company", "individual_business", "branch", "sole_proprietorship", "partnership", "cooperative", "non_company_legal_person"]
COMPOSITIONS = ["personal", "family"]
MAXIMUM_TEXT, MAXIMUM_DIGITS, MAXIMUM_CODE, MAXIMUM_INFLATED, MAXIMUM_SCOPE = 8_192, 8_000, 3_000, 49_152, 8_000
FIRST_DAY, LAST_DAY, LONGEST, FIRST_ISSUE = -62_091, 2_932_896, 3_000_000, 20_454
CAPITAL, TERM, LOCATION, PERSONAL, FAMILY, CORE, VERSION, LIST, CREDIT_CODE, FURTHER = (1 << bit for bit in range(10))
sys.set_int_max_str_digits(0)  # Python's own bound, 4,300 digits, is below the article's


class Refused(Exception):
    """What the article does not allow."""

    def __init__(self, kind, reason):
        super().__init__(f"{kind}: {reason}")
        self.kind, self.reason = kind, reason


def require(condition, kind, reason):
    if not condition:
        raise Refused(kind, reason)


# MARK: Text and digits

# The article does not say what an address is. This takes anything between http:// or https:// and /L/: the host says nothing.
ADDRESS = re.compile("https?://(?:.*/)?l/", re.ASCII | re.IGNORECASE | re.DOTALL)
PREFIX = re.compile("licet:", re.ASCII | re.IGNORECASE)


def digits_of(text):
    """The digits of a code's text."""
    require(len(text.encode("utf-8", "surrogatepass")) <= MAXIMUM_TEXT, "tooLong", "more than 8,192 bytes of text")
    if PREFIX.match(text):
        return text[6:]
    before, slash, digits = text.rpartition("/")
    if slash:
        require(ADDRESS.fullmatch(before + slash), "notACode", "not an address whose path ends in /L/")
    return digits


def bytes_of(digits):
    """The bytes of a code's digits."""
    require(len(digits.encode("utf-8", "surrogatepass")) <= MAXIMUM_DIGITS, "tooLong", "more than 8,000 digits")
    require(re.fullmatch("[0-9]+", digits), "notACode", "no digits, or others than digits")
    require(digits[0] != "0", "notACode", "a leading zero")
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


# MARK: The packed code

class Reader:
    """Reads packed bytes from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count, what):
        piece = self.data[self.at:self.at + count]
        require(len(piece) == count, "truncated", f"the code ends in {what}")
        self.at += count
        return piece

    def number(self, what, least=0, most=(1 << 63) - 1):
        """The next number, in its shortest form and in range."""
        value, start = 0, self.at
        while True:
            byte = self.take(1, what)[0]
            require(byte != 0x80 or self.at - start > 1, "notDeterministic", f"{what}: a leading group of zeros")
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                break
            require(self.at - start < 9, "impossibleClaim", f"{what}: 2^63 or more")
        require(least <= value <= most, "impossibleClaim", f"{what}: not from {least} to {most}")
        return value

    def number_not_1(self, what, most):
        """The next number, of which 1 is said by a flag."""
        value = self.number(what, 0, most)
        require(value > 1, "notDeterministic", f"{what}: 0, or 1 in spite of the flag")
        return value

    def rest(self):
        piece, self.at = self.data[self.at:], len(self.data)
        return piece


def signed(number):
    return -(number + 1) // 2 if number & 1 else number // 2


def day(value, what):
    require(FIRST_DAY <= value <= LAST_DAY, "impossibleClaim", f"{what}: not between 1800-01-01 and 9999-12-31")
    return value


class Code:
    """A code that was unpacked and of which nothing was believed yet."""

    def __init__(self, layout, data):
        require(len(data) <= MAXIMUM_CODE, "tooLong", "more than 3,000 bytes")
        require(data and data[0] >> 4 == 1, "unknownVersion", "another format version")
        self.algorithm = data[0] >> 2 & 3
        require(self.algorithm != 3, "unknownAlgorithm", "algorithm 3")
        self.coding = data[0] & 3
        require(self.coding != 3, "unknownCoding", "text coding 3")
        require(len(data) > signatures.SIZE, "truncated", "no room for the signature")
        self.data, self.packed, self.signature = data, data[:-signatures.SIZE], data[-signatures.SIZE:]
        reader = Reader(self.packed)
        reader.take(1, "byte 0")
        self.issuer = reader.number("the issuer number", 1, 2_097_151)
        self.claims, self.further = self.read_claims(reader, layout)

    def read_claims(self, reader, layout):
        flags = reader.number("the flags")
        require(flags < 1 << 10, "impossibleClaim", "an unknown flag")
        require(flags & (PERSONAL | FAMILY) != PERSONAL | FAMILY, "impossibleClaim", "two compositions")
        claims = {}
        if flags & CREDIT_CODE:
            kind = reader.take(1, "the kind")[0]
            require(kind < len(KINDS), "impossibleClaim", "an unknown kind")
        else:
            claims[0], kind = read_credit_code(reader)
        issued = day(signed(reader.number("the day of issue")) + FIRST_ISSUE, "the day of issue")
        established = day(issued - reader.number("the days since the establishment", 0, LONGEST), "the establishment")
        index = reader.number("the index", 0, (1 << 24) - 1)
        claims[1] = reader.number_not_1("the version", 1_000_000) if flags & VERSION else 1
        claims[2], claims[7], claims[13], claims[15] = kind, established, issued, index
        claims[14] = reader.number_not_1("the status list", 65_535) if flags & LIST else 1
        if flags & CAPITAL:
            claims[6] = read_capital(reader)
        if flags & TERM:
            claims[8] = read_term(reader, established)
        if flags & LOCATION:
            latitude, longitude = divmod(int.from_bytes(reader.take(7, "the location"), "big"), 360_000_001)
            require(latitude <= 180_000_000, "impossibleClaim", "the latitude is beyond 90 degrees")
            claims[12] = [latitude - 90_000_000, longitude - 180_000_000]
        if flags & CORE:
            claims[10] = [reader.number("the scope's length", 1, MAXIMUM_SCOPE), reader.take(32, "the scope's digest")]
        if flags & (PERSONAL | FAMILY):
            claims[11] = 0 if flags & PERSONAL else 1
        further = []
        if flags & FURTHER:
            further = read_further(reader.take(reader.number("the length of the further claims"), "the further claims"))
        keys = [0] * bool(flags & CREDIT_CODE) + [3, 4, 5, 9] + [10] * (not flags & CORE)
        claims.update(zip(keys, read_texts(reader.rest(), self.coding, keys, kind, layout)))
        return claims, further

    # MARK: The COSE_Sign1

    @property
    def payload(self):
        """The claims in core deterministic encoding."""
        pairs = [head(0, key) + cbor(self.claims[key]) for key in sorted(self.claims)]
        return b"".join([head(5, len(pairs) + len(self.further)), *pairs, *(key + value for key, value in self.further)])

    @property
    def protected(self):
        key_id = self.issuer.to_bytes((self.issuer.bit_length() + 7) // 8, "big")
        return cbor({1: signatures.COSE[self.algorithm], 3: "application/licet-claims+cbor", 4: key_id,
                     16: "application/licet-licence+cose", -65537: hashlib.sha256(self.packed).digest()})

    @property
    def to_be_signed(self):
        return b"\x84\x6aSignature1" + cbor(self.protected) + b"\x40" + cbor(self.payload)

    def rebuild(self):
        """The digest of the licence and its COSE_Sign1."""
        cose = b"\xd2\x84" + cbor(self.protected) + b"\xa0" + cbor(self.payload) + cbor(self.signature)
        return hashlib.sha256(self.to_be_signed).digest(), cose

    def is_signed(self, algorithm, public_key):
        """Whether a key for this algorithm signed the code; the key says which algorithm it is, and the code must say the same."""
        return self.algorithm == algorithm and signatures.verifies(algorithm, public_key, self.to_be_signed, self.signature)

    def named(self):
        """The claims by their names."""
        claims = self.claims
        result = {
            "creditCode": claims[0], "version": claims[1], "kind": KINDS[claims[2]], "name": claims[3], "type": claims[4],
            "representative": claims[5], "established": date(claims[7]), "address": claims[9], "issued": date(claims[13]),
            "list": claims[14], "index": claims[15]}
        if 6 in claims:
            result["capital"] = {"amount": amount(*claims[6][:2]), "currency": claims[6][2]}
        if 8 in claims:
            result["term"] = dict(zip(("from", "to"), map(date, claims[8])))
        if isinstance(claims[10], str):
            result["scope"] = claims[10]
        else:
            result["scopeLength"], result["scopeDigest"] = claims[10][0], claims[10][1].hex()
        if 11 in claims:
            result["composition"] = COMPOSITIONS[claims[11]]
        if 12 in claims:
            result["location"] = {"microLatitude": claims[12][0], "microLongitude": claims[12][1]}
        if self.further:
            result["further"] = b"".join(key + value for key, value in self.further).hex()
        return result


def date(days):
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=days))


def amount(digits, scale):
    text = str(digits).rjust(scale + 1, "0")
    return text if scale == 0 else f"{text[:-scale]}.{text[-scale:]}"


# MARK: Kind and credit code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CLASSES = [("91", 0), ("92", 1), ("91", 2), ("91", 3), ("91", 4), ("93", 5), ("91", 6), ("93", 2)]  # characters 1 and 2; kind
PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82}
CATEGORIES = {**dict.fromkeys("15N", "1239"), **dict.fromkeys("248A", "19"), "3": "123459", **dict.fromkeys("67", "129"),
              "9": "123", "Y": "1"}
WORTH = {character: int(character, 36) for character in ALPHABET}
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def body_check(body):
    """Character 17, of characters 9 to 16 (GB 11714)."""
    check = 11 - sum(WORTH[c] * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return "X" if check == 10 else "0" if check == 11 else str(check)


def code_check(text):
    """Character 18, of the 17 before it (GB 32100)."""
    return ALPHABET[-sum(ALPHABET.index(c) * weight for c, weight in zip(text[:17], CODE_WEIGHTS)) % 31]


CODE_WEIGHTS = [3 ** place % 31 for place in range(17)]


def check_division(division):
    require(division == "100000" or int(division[:2]) in PROVINCES, "impossibleClaim", "credit code: no such province")


def read_credit_code(reader):
    """The credit code and the number of the kind."""
    number, c = divmod(int.from_bytes(reader.take(8, "the credit code"), "big"), 2)
    number, body = divmod(number, 31 ** 8)
    number, division = divmod(number, 900_000)
    require(number < len(CLASSES), "impossibleClaim", "credit code: an unknown class")
    start, kind = CLASSES[number]
    division = str(division + 100_000)
    high, low = divmod(body, 31 ** 4)
    body = PAIRS[high // 961] + PAIRS[high % 961] + PAIRS[low // 961] + PAIRS[low % 961]
    check = body_check(body)
    if c:
        value = reader.take(1, "character 17 of the credit code")[0]
        require(value < 31, "notDeterministic", "credit code: character 17 is none")
        require(ALPHABET[value] != check, "notDeterministic", "credit code: character 17 is the check and stated as another")
        check = ALPHABET[value]
    check_division(division)
    text = start + division + body + check
    return text + code_check(text), kind


def check_credit_code_text(text, kind):
    require(len(text) == 18 and set(text) <= set(ALPHABET), "impossibleClaim", "credit code: not 18 characters of the alphabet")
    require(text[2:8].isdecimal() and text[2] != "0", "impossibleClaim", "credit code: the division is not six digits")
    check_division(text[2:8])
    require(text[1] in CATEGORIES.get(text[0], ""), "impossibleClaim", "credit code: no such department and category")
    require(text[17] != code_check(text) or (text[:2], kind) not in CLASSES, "notDeterministic", "a credit code as text without need")


# MARK: Capital and term

def read_capital(reader):
    form = reader.take(1, "the capital")[0]
    zeros, scale = divmod(form & 0x7F, 7)
    digits = reader.number("the capital")
    require(digits % 10 != 0 or digits == zeros == 0, "notDeterministic", "capital: final zeros among the digits")
    digits *= 10 ** zeros
    require(digits < 10 ** 18, "impossibleClaim", "capital: 10^18 or more")
    if form < 0x80:
        return [digits, scale, "CNY"]
    number = int.from_bytes(reader.take(2, "the currency"), "big")
    require(number < 26 ** 3, "impossibleClaim", "capital: the currency is not three letters")
    currency = "".join(chr(65 + number // power % 26) for power in (676, 26, 1))
    require(currency != "CNY", "notDeterministic", "capital: CNY stated as another currency")
    return [digits, scale, currency]


def read_term(reader, established):
    number = reader.number("the term")
    distance = signed(number >> 1)
    require(abs(distance) <= LONGEST, "impossibleClaim", "the term begins too far from the establishment")
    term = [day(established + distance, "the first day of the term")]
    if number & 1:
        term.append(day(term[0] + reader.number("the length of the term", 0, LONGEST), "the last day of the term"))
    return term


# MARK: Texts

# The article names categories, which grow with Unicode. These are the characters of Cc, Cf, Zl and Zp in Unicode 15 to 17.
FORBIDDEN = re.compile(
    "[\x01-\x1F\x7F-\x9F\xAD\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2064\u2066-\u206F"
    "\uFEFF\uFFF9-\uFFFB\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0001"
    "\U000E0020-\U000E007F]")
LIMITS = {3: 200, 4: 100, 5: 200, 9: 300, 10: MAXIMUM_SCOPE}
NAMES = {3: "name", 4: "type", 5: "representative", 9: "address", 10: "scope"}


def read_texts(data, coding, keys, kind, layout):
    """The texts of `keys`, in their order; `kind` is that of the licence, which decides whether a credit code may be one."""
    if coding != 0:
        data = inflate(data, layout.dictionary if coding == 2 else b"")
    if coding == 2:
        text = layout.characters(data)
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise Refused("badText", f"not UTF-8: {error.reason}") from None
    texts = text.split("\0")
    require(len(texts) == len(keys), "missingClaim", f"{len(texts)} texts for {len(keys)} claims")
    for key, text in zip(keys, texts):
        if key == 0:
            check_credit_code_text(text, kind)
        else:
            require(text, "impossibleClaim", f"{NAMES[key]}: no character")
            require(len(text) <= LIMITS[key], "impossibleClaim", f"{NAMES[key]}: more than {LIMITS[key]} characters")
            require(not FORBIDDEN.search(text), "impossibleClaim", f"{NAMES[key]}: a control, format or separator character")
    return texts


def inflate(data, dictionary):
    """What a raw DEFLATE stream gives, which must end with `data`."""
    require(data, "badCompression", "no stream")
    stream = zlib.decompressobj(-15, zdict=dictionary)
    try:
        result = stream.decompress(data[:-1], MAXIMUM_INFLATED + 1)
        require(len(result) <= MAXIMUM_INFLATED, "tooLong", "the stream gives more than 49,152 bytes")
        require(not stream.eof, "trailingBytes", "bytes follow the stream")
        before = stream.copy() if data[-1] else None
        tail = stream.decompress(data[-1:], MAXIMUM_INFLATED + 1 - len(result))
    except zlib.error as error:
        raise Refused("badCompression", str(error)) from None
    require(len(result) + len(tail) <= MAXIMUM_INFLATED, "tooLong", "the stream gives more than 49,152 bytes")
    require(stream.eof, "badCompression", "the stream does not end")
    # zlib does not say how many bits of the last byte it used. If the highest of those that are set has an effect, it was used.
    if before and not has_effect(before, data[-1], tail):
        used = (bits_used(data) - 1) % 8 + 1
        require(data[-1] >> used == 0, "trailingBytes", "unused bits of the last byte are not 0")
    return result + tail


def has_effect(stream, byte, tail):
    """Whether the highest set bit of the last byte changes what `stream`, which has read all before it, gives."""
    try:
        return stream.decompress(bytes([byte - (1 << byte.bit_length() - 1)]), MAXIMUM_INFLATED + 1) != tail or not stream.eof
    except zlib.error:
        return True


LENGTHS = [(3 + i, 0) for i in range(8)] + [(((4 + i % 4) << i // 4 - 1) + 3, i // 4 - 1) for i in range(8, 28)] + [(258, 0)]
DISTANCES = [(1 + i, 0) for i in range(4)] + [(((2 + i % 2) << i // 2 - 1) + 1, i // 2 - 1) for i in range(4, 30)]
ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


def bits_used(data):
    """How many bits of a raw DEFLATE stream, which zlib took, come before its end (RFC 1951)."""
    bits, at = int.from_bytes(data, "little"), 0

    def take(count):
        nonlocal at
        at += count
        return bits >> at - count & (1 << count) - 1

    def code(lengths):
        table, value = {}, 0
        for length in range(1, 16):
            for symbol in (symbol for symbol, other in enumerate(lengths) if other == length):
                table[length, value] = symbol
                value += 1
            value <<= 1
        return table

    def symbol(table):
        length = value = 0
        while (length, value) not in table:
            length, value = length + 1, value << 1 | take(1)
        return table[length, value]

    final = 0
    while not final:
        final, form = take(1), take(2)
        if form == 0:
            at += -at % 8
            size = take(16)
            at += 16 + 8 * size
            continue
        if form == 1:
            lengths, distances = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8, [5] * 30
        else:
            counts, lengths = (take(5) + 257, take(5) + 1), []
            short = dict(zip(ORDER, [take(3) for _ in range(take(4) + 4)]))
            short = code([short.get(place, 0) for place in range(19)])
            while len(lengths) < sum(counts):
                length = symbol(short)
                repeated = {16: lambda: lengths[-1:] * (3 + take(2)), 17: lambda: [0] * (3 + take(3)), 18: lambda: [0] * (11 + take(7))}
                lengths += repeated[length]() if length in repeated else [length]
            lengths, distances = lengths[:counts[0]], lengths[counts[0]:]
        literals, distances = code(lengths), code(distances)
        while (found := symbol(literals)) != 256:
            if found > 256:
                take(LENGTHS[found - 257][1])
                take(DISTANCES[symbol(distances)][1])
    return at


class Layout:
    """What the format keeps in files: the preset dictionary and the frequent characters."""

    def __init__(self, dictionary, specification):
        self.dictionary = Path(dictionary).read_bytes()
        article = Path(specification).read_text(encoding="utf-8")
        self.frequent = re.search(r"The \d+ frequent characters are, in their order:\s+```\n([^\n]+)\n```", article)[1]
        named = re.search(r"[0-9a-f]{64}", article[article.index("**Dictionary 1**"):])[0]
        if len(self.frequent) != 76 or len(set(self.frequent)) != 76 or hashlib.sha256(self.dictionary).hexdigest() != named:
            sys.exit("the article does not name this dictionary, or not 76 frequent characters")
        self.tokens = Tokens(self.frequent)

    def characters(self, data):
        """The characters of compact text, and U+0000 between texts."""
        return "".join(map(self.tokens.__getitem__, TOKEN.findall(data)))

    def read(self, text):
        return Code(self, bytes_of(digits_of(text)))


TOKEN = re.compile(rb"[\x4E-\x9F].?|\x01.{0,2}|\x02.{0,3}|.", re.DOTALL)


class Tokens(dict):
    """The characters of compact text by their bytes; a form that there is not is refused."""

    def __init__(self, frequent):
        places = [*range(0x03, 0x20), *range(0xA0, 0xCE), 0xFF]
        super().__init__({b"\0": "\0"})
        self.update((bytes([place]), character) for place, character in zip(places, frequent))
        self.update((bytes([c]), chr(c)) for c in range(0x20, 0x4E))
        self.update((bytes([c + 0x80]), chr(c)) for c in range(0x4E, 0x7F))
        self.shorter = set(self.values())
        han = [chr(c) for c in range(0x4E00, 0xA000) if chr(c) not in self.shorter]
        self.update((c.encode("utf-16-be"), c) for c in han)
        self.shorter.update(han)

    def __missing__(self, token):
        size = 2 if 0x4E <= token[0] <= 0x9F else token[0] + 2
        require(len(token) == size, "badText", "compact text ends within a character")
        value = int.from_bytes(token[1:], "big")
        require(size > 2, "badText", "a frequent character in two bytes")
        if size == 3:
            require(value != 0 and not 0xD800 <= value <= 0xDFFF, "badText", "U+0000 or a surrogate")
            require(chr(value) not in self.shorter, "badText", "a character in three bytes that has a shorter form")
        else:
            require(value >= 0x10000, "badText", "a character in four bytes that has a shorter form")
            require(value <= 0x10FFFF, "badText", "beyond U+10FFFF")
        return chr(value)


# MARK: CBOR

def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    size = next(size for size in (0, 1, 2, 3) if argument >> (8 << size) == 0)
    return bytes([major << 5 | 24 + size]) + argument.to_bytes(1 << size, "big")


def cbor(value):
    """An item in core deterministic encoding; maps are given in its order."""
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


def read_head(data, at):
    """The major type and the argument of the head at `at`, and where it ends."""
    require(at < len(data), "truncated", "further claims: an item is missing")
    major, size = data[at] >> 5, data[at] & 31
    if size < 24:
        require(major != 7, "wrongType", "further claims: a simple value")
        return major, size, at + 1
    require(size < 28, "notDeterministic", "further claims: an indefinite length, or a head that is not well-formed")
    end = at + 1 + (1 << size - 24)
    require(end <= len(data), "truncated", "further claims: a head ends early")
    argument = int.from_bytes(data[at + 1:end], "big")
    require(argument >= (24 if size == 24 else 1 << (4 << size - 24)), "notDeterministic", "further claims: not the shortest head")
    require(major != 7, "wrongType", "further claims: a floating-point number or simple value")
    return major, argument, end


def skip(data, at, depth):
    """The end of the item at `at`, which together with what it holds may be `depth` levels deep."""
    require(depth > 0, "notDeterministic", "further claims: nested more than 16 deep")
    major, argument, at = read_head(data, at)
    if major < 2:
        return at
    if major < 4:
        require(argument <= len(data) - at, "truncated", "further claims: a string ends early")
        if major == 3:
            try:
                data[at:at + argument].decode()
            except UnicodeDecodeError:
                raise Refused("notDeterministic", "further claims: not UTF-8") from None
        return at + argument
    if major == 6:
        return skip(data, at, depth - 1)
    require(argument <= len(data) - at, "truncated", "further claims: more items than bytes")
    previous = b""
    for _ in range(argument):
        start, at = at, skip(data, at, depth - 1)
        if major == 5:
            require(previous < data[start:at], "notDeterministic", "further claims: keys that do not rise")
            previous, at = data[start:at], skip(data, at, depth - 1)
    return at


def read_further(data):
    """The further claims as pairs of encoded key and encoded value."""
    pairs, at, previous = [], 0, 15
    while True:
        start = at
        major, key, at = read_head(data, at)
        # The article sets no bound. This takes keys of 63 bits, as all its numbers are.
        require(major < 2 and key >> 63 == 0, "wrongType", "further claims: a key is not an integer of 63 bits")
        require(major == 0 and key > 15, "impossibleClaim", "further claims: a key of the format's own")
        require(key > previous, "notDeterministic", "further claims: keys that do not rise")
        previous, end = key, skip(data, at, 16)
        pairs.append((data[start:at], data[at:end]))
        if (at := end) == len(data):
            return pairs


# MARK: The command

HERE = Path(__file__).resolve().parent


def check_vectors(layout, path):
    """How the vectors of a file that disagree with this decoder do; and how many there are."""
    vectors = json.loads(Path(path).read_text(encoding="utf-8"))
    keys = {key["issuer"]: signatures.of_info(bytes.fromhex(key["publicKey"]))
            for key in vectors["keys"] if key["purpose"] == "licences"}
    for vector in vectors["valid"] + vectors["refused"]:
        answer, expected = {"verdict": "malformed"}, {"verdict": vector["verdict"]}
        try:
            code = layout.read(vector.get("text") or vector.get("digits", ""))
            digest, cose = code.rebuild()
            answer["verdict"] = "unknown_issuer" if code.issuer not in keys else "forged"
            if code.issuer in keys and code.is_signed(*keys[code.issuer]):
                answer["verdict"] = "valid signature"
            if "claims" in vector:
                answer |= {"issuer": code.issuer, "packed": code.packed.hex(), "claims": code.named(), "digest": digest.hex(),
                           "coseSHA256": hashlib.sha256(cose).hexdigest()} | ({"cose": cose.hex()} if "cose" in vector else {})
        except Refused as refusal:
            answer["kind"] = refusal.kind
        expected |= {key: vector[key] for key in ("kind", "issuer", "packed", "claims", "digest", "coseSHA256", "cose") if key in vector}
        yield vector["name"], {key: (expected.get(key),
                answer.get(key)) for key in expected | answer if expected.get(key) != answer.get(key)}


def add_layout_options(parser):
    parser.add_argument("--dictionary", metavar="FILE", default=HERE / "Vectors/dictionary-1.bin", help="the preset dictionary")
    parser.add_argument("--specification", metavar="FILE", help="the article, which names the frequent characters",
                        default=HERE.parent.parent / "Sources/LicenceCode/LicenceCode.docc/Specification.md")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: licet inspect photo.jpg --digits | second_decoder.py --claims")
    add_layout_options(parser)
    parser.add_argument("--claims", action="store_true", help="answer with the claims, or the reason, in JSON")
    parser.add_argument("--vectors", metavar="FILE", help="check the vectors of a file")
    options = parser.parse_args()
    layout = Layout(options.dictionary, options.specification)
    if options.vectors:
        answers = list(check_vectors(layout, options.vectors))
        wrong = [(name, differences) for name, differences in answers if differences]
        for name, differences in wrong:
            print(f"{name}: " + "; ".join(f"{key}: expected {expected}, found {found}" for key, (expected, found) in differences.items()))
        print(f"{len(answers)} vectors, {len(wrong)} disagreements")
        sys.exit(1 if wrong or not answers else 0)
    for line in sys.stdin:
        try:
            code = layout.read(line.rstrip("\n"))
            digest, cose = code.rebuild()
            answer = code.named() if options.claims else f"ok {digest.hex()} {hashlib.sha256(cose).hexdigest()}"
        except Refused as refusal:
            answer = {"kind": refusal.kind, "reason": refusal.reason} if options.claims else f"refused {refusal.kind}"
        print(json.dumps(answer, ensure_ascii=False) if options.claims else answer)


if __name__ == "__main__":
    main()
