"""The same licence by other encodings, and the QR symbol that each needs: what `bench --size` compares Licet with.

Every encoder answers the segments of a symbol as (mode, text), modes being numeric, alphanumeric and byte. Signatures are not made:
64 bytes of SHA-512 stand in for an ES256 signature (RFC 9053, section 2.1), which has that size and compresses as little.
"""
import base64
import hashlib
import json
import struct
import zlib
from datetime import datetime, timezone

from applications import KINDS

# ISO/IEC 18004, table 9: data codewords of versions 1 to 40 at error correction level M.
CODEWORDS_M = (
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669,
    714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102, 2216, 2334)
# ISO/IEC 18004, table 3: bits of the character count in versions 1-9, 10-26, 27-40.
COUNT_BITS = {"numeric": (10, 12, 14), "alphanumeric": (9, 11, 13), "byte": (8, 16, 16)}
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"  # RFC 9285, table 1; also the alphanumeric mode of a QR symbol
DECIMAL = 3.321928094887362  # bits a decimal digit


def data_bits(mode, length):
    """Bits of a segment's characters, without mode and count."""
    if mode == "numeric":
        return length // 3 * 10 + (0, 4, 7)[length % 3]
    return length // 2 * 11 + length % 2 * 6 if mode == "alphanumeric" else length * 8


def qr_version(segments):
    """The smallest QR version at level M that holds the segments (mode, length); None where none does."""
    for version, codewords in enumerate(CODEWORDS_M, 1):
        span = (version > 9) + (version > 26)
        if all(length < 1 << COUNT_BITS[mode][span] for mode, length in segments):
            bits = sum(4 + COUNT_BITS[mode][span] + data_bits(mode, length) for mode, length in segments)
            if bits <= codewords * 8:
                return version
    return None


def version_of(segments):
    """The smallest QR version at level M for an encoder's answer."""
    return qr_version([(mode, len(text)) for mode, text in segments])


def head(major, n):
    """The head of a CBOR item in its shortest form (RFC 8949, section 3)."""
    if n < 24:
        return bytes([major << 5 | n])
    size = 1 if n < 1 << 8 else 2 if n < 1 << 16 else 4 if n < 1 << 32 else 8
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + n.to_bytes(size, "big")


def cbor(value):
    """Deterministic CBOR (RFC 8949, section 4.2.1) of what JSON has, bytes and integer keys."""
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, float):
        for start, form in ((b"\xf9", ">e"), (b"\xfa", ">f"), (b"\xfb", ">d")):
            try:
                packed = struct.pack(form, value)
            except OverflowError:
                continue
            if struct.unpack(form, packed)[0] == value:
                return start + packed
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(cbor, value))
    pairs = sorted((cbor(key), cbor(item)) for key, item in value.items())
    return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)


def base45(data):
    """RFC 9285: two bytes as three characters, a last single one as two."""
    text = []
    for start in range(0, len(data), 2):
        pair = data[start:start + 2]
        n = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            n, digit = divmod(n, 45)
            text.append(BASE45[digit])
    return "".join(text)


def deflate(data, dictionary=b""):
    """Raw DEFLATE at level 9, with a preset dictionary where one is given."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary) if dictionary else zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(data) + packer.flush()


def digits(data):
    """Bytes as one number in decimal digits; their count depends on the length alone."""
    return str(int.from_bytes(data, "big")).zfill(-int(-8 * len(data) // DECIMAL))


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def seconds(day):
    return int(datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp())


def signature(data):
    return hashlib.sha512(data).digest()


def carried(application, day):
    """What a licence says: the application, its version and the day of issue."""
    return {**application, "version": 1, "issued": day}


def hcert(application, day="2026-11-20", prefix="HC1:"):
    """HCERT, as the EU Digital COVID Certificate: CBOR, CWT, COSE_Sign1, zlib, Base45 (eHealth Network, volume 1 and 3)."""
    issued = seconds(day)
    claims = cbor({1: "CN", 4: issued + 365 * 86_400, 6: issued, -260: {1: carried(application, day)}})
    protected = cbor({1: -7, 4: hashlib.sha256(b"key").digest()[:8]})
    signed = head(6, 18) + cbor([protected, {}, claims, signature(claims)])
    return [("alphanumeric", prefix + base45(zlib.compress(signed, 9)))]


def smart_health_card(application, day="2026-11-20", prefix="shc:/", issuer="https://lic.example.cn"):
    """A SMART Health Card: minified JSON, raw DEFLATE, compact JWS, two digits a character (spec.smarthealth.cards)."""
    payload = {"iss": issuer, "nbf": seconds(day), "vc": carried(application, day)}
    packed = deflate(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())
    header = {"zip": "DEF", "alg": "ES256", "kid": url64(hashlib.sha256(b"key").digest())}
    signed = url64(json.dumps(header, separators=(",", ":")).encode()) + "." + url64(packed)
    jws = signed + "." + url64(signature(signed.encode()))
    mode = "byte" if set(prefix) - set(BASE45) else "alphanumeric"
    return [(mode, prefix), ("numeric", "".join(f"{ord(character) - 45:02d}" for character in jws))]


KEYS = {key: number for number, key in enumerate((
    "creditCode", "kind", "name", "type", "representative", "capital", "established", "term", "address", "scope", "composition",
    "location", "version", "issued", "amount", "currency", "from", "to", "latitude", "longitude"), 1)}
WORDS = {"kind": tuple(KINDS), "composition": ("personal", "family")}


def numbered(value):
    """A licence with numbers for what is one: keys, kinds, days since 1970, hundredths of the currency."""
    def number(key, item):
        if isinstance(item, dict):
            return numbered(item)
        if key in WORDS:
            return WORDS[key].index(item) + 1
        if key in ("established", "issued", "from", "to"):
            return seconds(item) // 86_400
        return round(float(item) * 100) if key == "amount" else item
    return {KEYS[key]: number(key, item) for key, item in value.items()}


def integer_keys(application, day="2026-11-20", prefix="HTTPS://HOST/L/", dictionary=b""):
    """A CBOR map with integer keys, DEFLATE, 66 bytes of signature and what is left of COSE, decimal digits."""
    packed = deflate(cbor(numbered(carried(application, day))), dictionary)
    return [("alphanumeric", prefix), ("numeric", digits(packed + b"\1\1" + signature(packed)))]


def crude_dictionary(counted):
    """A first preset dictionary without any training: of counted wording, what weighs most comes last, within 32 KiB."""
    texts, size = [], 0
    for text, count in sorted(counted, key=lambda p: (-p[1] * len(p[0].encode()), p[0])):
        size += len(text.encode())
        if size > 32_768 - 262:
            break
        texts.append(text)
    return "".join(reversed(texts)).encode()
