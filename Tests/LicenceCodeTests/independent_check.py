#!/usr/bin/env python3
"""Checks licence codes and publications with nothing of Licet's: cbor2, cryptography, gmssl, asn1crypto, and what the articles say.

Verifies the trust list under the root or under one that the root vouches for, the certificates in it, lists and codes under their keys, in
every algorithm; prints what they say, one JSON object a line and file: {"file", "issuer", "office", "claims"} of a code, {"file", "issuer",
"subject", "values"} of a status list, {"file", "issuer", "subject", "entries"} of an issued list, or {"file", "error"} for what is not to be
believed.
"""
import argparse
import datetime
import hashlib
import io
import json
import sys
import zlib

import cbor2
from asn1crypto import core, pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from gmssl.sm2 import CryptSM2

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KINDS = ["company", "individual_business", "branch", "sole_proprietorship", "partnership", "cooperative", "non_company_legal_person"]
LICENCE, TRUST_LIST = "application/licet-licence+cose", "application/licet-trust-list+cose"
STATUS_LIST, ISSUED_LIST = "application/statuslist+cwt", "application/licet-issued-list+cwt"
CLAIMS = "application/licet-claims+cbor"
PACKING = -65537  # the digest of the packed bytes
BAG = 32  # certificates (RFC 9360)
LICENCES, LISTS = 1, 2  # the purposes of keys
ARC = "2.25.115663871616652374781692969615636316075"
SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


class Refused(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Refused(reason)


# MARK: Keys and certificates

class Key:
    """A public key; the algorithm is its own."""

    def __init__(self, info):
        self.id = hashlib.sha256(info.dump()).digest()[:8]
        algorithm = info["algorithm"]["algorithm"].dotted
        if algorithm == "1.3.101.112":
            self.cose, self.key, self.signature_oid = -8, Ed25519PublicKey.from_public_bytes(bytes(info["public_key"])), algorithm
            return
        require(algorithm == "1.2.840.10045.2.1", "a key of another algorithm")
        point, curve = bytes(info["public_key"]), info["algorithm"]["parameters"].chosen.dotted
        require(point[:1] == b"\4" and len(point) == 65, "a point in another form")
        if curve == "1.2.840.10045.3.1.7":
            self.cose, self.key, self.signature_oid = -7, ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point), "1.2.840.10045.4.3.2"
        else:
            require(curve == "1.2.156.10197.1.301", "a key of another curve")
            self.cose, self.key, self.signature_oid = -65538, CryptSM2(private_key="", public_key=""), "1.2.156.10197.1.501"
            self.key.public_key = point[1:].hex()  # as an argument it would lose leading digits 0 and 4

    def verifies(self, signature, message):
        """Whether a raw signature is one of `message`."""
        if len(signature) != 64:
            return False
        if self.cose == -65538:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            # gmssl looks at neither range; its identifier is 1234567812345678.
            return 0 < r < SM2_ORDER and 0 < s < SM2_ORDER and bool(self.key.verify_with_sm3(signature.hex(), message))
        try:
            if self.cose == -8:
                self.key.verify(signature, message)
            else:
                der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
                self.key.verify(der, message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


class Divisions(core.SequenceOf):
    _child_spec = core.NumericString


class Kinds(core.SequenceOf):
    _child_spec = core.UTF8String


class Jurisdiction(core.Sequence):
    _fields = [("divisions", Divisions), ("kinds", Kinds)]


class Certificate:
    def __init__(self, der):
        self.der = der
        self.x509 = x509.Certificate.load(der, strict=True)
        self.tbs = self.x509["tbs_certificate"]
        self.key = Key(self.tbs["subject_public_key_info"])
        self.extensions = {item["extn_id"].dotted: item for item in self.tbs["extensions"]}
        require(len(self.extensions) == len(self.tbs["extensions"]), "an extension stands twice")

    @property
    def is_authority(self):
        constraints, usage = self.x509.basic_constraints_value, self.x509.key_usage_value
        return constraints is not None and constraints["ca"].native and usage is not None and "key_cert_sign" in usage.native

    @property
    def usages(self):
        value = self.x509.extended_key_usage_value
        return [] if value is None else [item.dotted for item in value]

    @property
    def jurisdiction(self):
        """Divisions and kinds, or None."""
        if ARC + ".1" not in self.extensions:
            return None
        value = Jurisdiction.load(self.extensions[ARC + ".1"]["extn_value"].native, strict=True).native
        return [int(division) for division in value["divisions"]], value["kinds"]

    def holds_at(self, seconds):
        first, last = (self.tbs["validity"][end].native.timestamp() for end in ("not_before", "not_after"))
        return first <= seconds <= last

    def is_issued_by(self, issuer):
        """Name and signature; validity is not looked at."""
        if not issuer.is_authority or self.tbs["issuer"].dump() != issuer.tbs["subject"].dump():
            return False
        oids = [self.x509["signature_algorithm"]["algorithm"].dotted, self.tbs["signature"]["algorithm"].dotted]
        if oids != [issuer.key.signature_oid] * 2:
            return False
        signature = self.x509["signature_value"].native
        if issuer.key.cose != -8:
            signature = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))
        return issuer.key.verifies(signature, self.tbs.dump())


# MARK: Messages

def read_cbor(data):
    """The one item that `data` holds, which must be how cbor2 itself writes it."""
    stream = io.BytesIO(data)
    item = cbor2.load(stream)
    require(stream.read() == b"", "bytes follow the CBOR")
    require(cbor2.dumps(item, canonical=True) == data, "the CBOR is not deterministic")
    return item


def opened(data, key_of, content_types, kind):
    """Verifies a COSE_Sign1 (RFC 9052); `key_of` finds the key by the header. Answers header and payload."""
    message = read_cbor(data)
    require(isinstance(message, cbor2.CBORTag) and message.tag == 18 and len(message.value) == 4, "not a COSE_Sign1")
    protected, unprotected, payload, signature = message.value
    header = read_cbor(protected)
    require(unprotected == {}, "an unprotected header")
    require(set(header) <= {1, 3, 4, 16, PACKING} | ({BAG} if kind == TRUST_LIST else set()), "a header that is not known")
    require(header.get(1) in (-7, -8, -65538), "another algorithm")
    require(header.get(3) in content_types, "another content type")
    require(header.get(16) == kind, f"not {kind}")
    key = key_of(header)
    require(header[1] == key.cose, "the algorithm is not that of the key")
    require(key.verifies(signature, cbor2.dumps(["Signature1", protected, b"", payload])), "the signature does not verify")
    return header, payload


def vouched_for(root, bag, holds):
    """The root and all that it vouches for at first, second or later hand."""
    roots = [root]
    for issuer in roots:
        roots += [certificate for certificate in bag if certificate.is_authority and certificate.der not in [known.der for known in roots]
                  and holds(certificate) and certificate.is_issued_by(issuer)]
    return roots


def read_trust_list(data, root):
    """The claims of the list, and its keys by number: (certificate, claims)."""
    claims = read_cbor(read_cbor(data).value[2])
    bag = read_cbor(read_cbor(data).value[0]).get(BAG, [])
    require(isinstance(bag, bytes) or bag == [] or 2 <= len(bag) <= 16, "a bag of another size")
    bag = [Certificate(der) for der in ([bag] if isinstance(bag, bytes) else bag)]

    def holds(certificate):
        return certificate.holds_at(claims[2])

    def signer(header):
        known = [candidate for candidate in vouched_for(root, bag, holds) if candidate.key.id == header[4]]
        require(known, "the trust list is of another root")
        return known[0].key

    require(holds(root), "the root is not good at the time of the trust list")
    opened(data, signer, [None], TRUST_LIST)
    roots, keys = vouched_for(root, bag, lambda certificate: True), {}
    for item in claims[6]:
        certificate, purpose = Certificate(item[3]), item[2]
        require(any(certificate.is_issued_by(issuer) for issuer in roots), f"the certificate of key {item[1]} is not of this root")
        require(not certificate.is_authority and certificate.usages == [f"{ARC}.2.{purpose}"], f"key {item[1]} is of another purpose")
        stated = (item[7], item[8]) if purpose == LICENCES else None
        require(certificate.jurisdiction == stated, f"key {item[1]} is of another place or kind")
        keys[item[1]] = (certificate, item)
    return claims, keys


def key_for(purpose, keys, reason):
    def find(header):
        number = int.from_bytes(header[4], "big")
        require(number in keys and header[4][:1] != b"\0", f"no key {header[4].hex()} in the trust list")
        certificate, claims = keys[number]
        require(claims[2] == purpose, reason)
        return certificate.key
    return find


def check_list(data, keys, base):
    kind = read_cbor(read_cbor(data).value[0]).get(16)
    require(kind in (STATUS_LIST, ISSUED_LIST), "no list")
    header, payload = opened(data, key_for(LISTS, keys, "the key signs no lists"), [None], kind)
    claims = read_cbor(payload)
    number = int.from_bytes(header[4], "big")
    require(claims[2].startswith(base) and keys[number][0].holds_at(claims[6]) and keys[number][0].holds_at(claims[4]), "of another time or place")
    answer = {"issuer": number, "subject": claims[2].removeprefix(base)}
    if kind == STATUS_LIST:
        bits, packed = claims[65533]["bits"], zlib.decompress(claims[65533]["lst"])
        return answer | {"values": [byte >> shift & (1 << bits) - 1 for byte in packed for shift in range(0, 8, bits)]}
    size, packed = claims[65533]
    entries, at, index = {}, 0, -1
    while at < len(packed):
        gap = shift = 0
        while True:
            gap, at = gap | (packed[at] & 0x7F) << shift, at + 1
            shift += 7
            if packed[at - 1] < 0x80:
                break
        index += gap + 1
        entries[index], at = packed[at:at + size].hex(), at + size
    return answer | {"entries": entries}


def date(days):
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=days))


def amount(digits, scale):
    text = str(digits).rjust(scale + 1, "0")
    return text if scale == 0 else f"{text[:-scale]}.{text[-scale:]}"


def named(claims):
    """Claims by their names; what may be left out only where it stands."""
    result = {
        "creditCode": claims[0], "version": claims[1], "kind": KINDS[claims[2]], "name": claims[3], "type": claims[4],
        "representative": claims[5], "established": date(claims[7]), "address": claims[9], "issued": date(claims[13]),
        "list": claims[14], "index": claims[15]}
    if 6 in claims:
        digits, scale, currency = claims[6]
        result["capital"] = {"amount": amount(digits, scale), "currency": currency}
    if 8 in claims:
        first, *last = claims[8]
        result["term"] = {"from": date(first)} | ({"to": date(last[0])} if last else {})
    if isinstance(claims[10], str):
        result["scope"] = claims[10]
    else:
        result["scopeLength"], result["scopeDigest"] = claims[10][0], claims[10][1].hex()
    if 11 in claims:
        result["composition"] = ["personal", "family"][claims[11]]
    if 12 in claims:
        result["location"] = {"microLatitude": claims[12][0], "microLongitude": claims[12][1]}
    return result


def check(data, keys):
    header, payload = opened(data, key_for(LICENCES, keys, "the key signs no licences"), [CLAIMS], LICENCE)
    require(len(header.get(PACKING, b"")) == 32, "no digest of the packed bytes")
    number = int.from_bytes(header[4], "big")
    return {"issuer": number, "office": keys[number][1][6], "claims": named(read_cbor(payload))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog=(
        "example: licet inspect photo.jpg --cose licence.cose\n"
        "         independent_check.py --root root.pem --trust-list publication/trust-list licence.cose"))
    parser.add_argument("--root", required=True, metavar="FILE", help="the authority's root certificate, PEM")
    parser.add_argument("--trust-list", required=True, metavar="FILE", help="the trust list of a publication")
    parser.add_argument("--list", action="append", default=[], metavar="FILE", help="a status list or an issued list of it")
    parser.add_argument("codes", nargs="*", metavar="CODE", help="expanded codes, COSE_Sign1")
    options = parser.parse_args()

    def content(name):
        with open(name, "rb") as file:
            return file.read()

    try:
        root = Certificate(pem.unarmor(content(options.root))[2])
        require(root.is_issued_by(root), "the root did not sign itself")
        claims, keys = read_trust_list(content(options.trust_list), root)
    except Refused as error:
        sys.exit(f"the trust list is not to be believed: {error}")
    refused = False
    checks = [(name, check_list, (keys, claims[5])) for name in options.list] + [(name, check, (keys,)) for name in options.codes]
    for name, look, arguments in checks:
        try:
            answer = look(content(name), *arguments)
        except (Refused, cbor2.CBORDecodeError) as error:
            answer, refused = {"error": str(error)}, True
        print(json.dumps({"file": name, **answer}, ensure_ascii=False))
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
