#!/usr/bin/env python3
"""Checks licence codes with nothing of Licet's: cbor2 and cryptography, and what the format's specification says.

Verifies the trust list under the root, the certificates in it, and each code under its key; prints the claims by their
names, one JSON object a line and code: {"file", "issuer", "office", "claims"}, or {"file", "error"} for what is not to be believed.
"""
import argparse
import datetime
import hashlib
import io
import json
import sys

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KINDS = ["company", "individual_business", "branch", "sole_proprietorship", "partnership", "cooperative", "non_company_legal_person"]
LICENCE, TRUST_LIST = "application/licet-licence+cose", "application/licet-trust-list+cose"
CLAIMS = "application/licet-claims+cbor"
PACKING = -65537  # the digest of the packed bytes
LICENCES = 1  # the purpose of a key


class Refused(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def read_cbor(data):
    """The one item that `data` holds, which must be how cbor2 itself writes it."""
    stream = io.BytesIO(data)
    item = cbor2.load(stream)
    require(stream.read() == b"", "bytes follow the CBOR")
    require(cbor2.dumps(item, canonical=True) == data, "the CBOR is not deterministic")
    return item


def opened(data, public_key, content_types, kind):
    """Verifies a COSE_Sign1 (RFC 9052); `public_key` finds the key by its identifier. Answers header and payload."""
    message = read_cbor(data)
    require(isinstance(message, cbor2.CBORTag) and message.tag == 18 and len(message.value) == 4, "not a COSE_Sign1")
    protected, unprotected, payload, signature = message.value
    header = read_cbor(protected)
    require(unprotected == {}, "an unprotected header")
    require(set(header) <= {1, 3, 4, 16, PACKING}, "a header that is not known")
    require(header.get(1) == -7, "not ES256")
    require(header.get(3) in content_types, "another content type")
    require(header.get(16) == kind, f"not {kind}")
    require(len(signature) == 64, "a signature of another size")
    sig_structure = cbor2.dumps(["Signature1", protected, b"", payload])
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        public_key(header[4]).verify(der, sig_structure, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise Refused("the signature does not verify") from None
    return header, payload


def key_id(certificate):
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()[:8]


def read_trust_list(data, root):
    """The keys of the list by number: (certificate, claims)."""
    def root_key(kid):
        require(kid == key_id(root), "the trust list is of another root")
        return root.public_key()

    _, payload = opened(data, root_key, [None], TRUST_LIST)
    keys = {}
    for claims in read_cbor(payload)[6]:
        certificate = x509.load_der_x509_certificate(claims[3])
        try:
            certificate.verify_directly_issued_by(root)
        except (InvalidSignature, ValueError, TypeError):
            raise Refused(f"the certificate of key {claims[1]} is not of this root") from None
        keys[claims[1]] = (certificate, claims)
    return keys


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
    def licence_key(kid):
        number = int.from_bytes(kid, "big")
        require(number in keys and kid[:1] != b"\0", f"no key {kid.hex()} in the trust list")
        certificate, claims = keys[number]
        require(claims[2] == LICENCES, "the key signs no licences")
        return certificate.public_key()

    header, payload = opened(data, licence_key, [CLAIMS], LICENCE)
    require(len(header.get(PACKING, b"")) == 32, "no digest of the packed bytes")
    number = int.from_bytes(header[4], "big")
    return {"issuer": number, "office": keys[number][1][6], "claims": named(read_cbor(payload))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog=(
        "example: licet inspect photo.jpg --cose licence.cose\n"
        "         independent_check.py --root root.pem --trust-list publication/trust-list licence.cose"))
    parser.add_argument("--root", required=True, metavar="FILE", help="the authority's root certificate, PEM")
    parser.add_argument("--trust-list", required=True, metavar="FILE", help="the trust list of a publication")
    parser.add_argument("codes", nargs="+", metavar="CODE", help="expanded codes, COSE_Sign1")
    options = parser.parse_args()

    def content(name):
        with open(name, "rb") as file:
            return file.read()

    try:
        root = x509.load_pem_x509_certificate(content(options.root))
        root.verify_directly_issued_by(root)
        keys = read_trust_list(content(options.trust_list), root)
    except (Refused, InvalidSignature) as error:
        sys.exit(f"the trust list is not to be believed: {error}")
    refused = False
    for name in options.codes:
        try:
            answer = check(content(name), keys)
        except (Refused, cbor2.CBORDecodeError) as error:
            answer, refused = {"error": str(error)}, True
        print(json.dumps({"file": name, **answer}, ensure_ascii=False))
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
