#!/usr/bin/env python3
"""Founds an authority with nothing of Licet's: cbor2, cryptography, gmssl, asn1crypto, and what the articles say.

Makes two roots, of which the first vouches for the second, a key for lists and a key for licences, all of one algorithm or the first root of
another; writes the first root's certificate and what the second one publishes: root.der, trust-list, status, issued, and code, the digits of
a licence.
"""
import argparse
import datetime
import hashlib
import os
import zlib
from pathlib import Path

import cbor2
import second_decoder as second
import second_packer as packer
from asn1crypto import core, keys, x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gmssl import func
from gmssl.sm2 import CryptSM2, default_ecc_table
from independent_check import ARC, Jurisdiction

NOON = 1_773_806_400  # 2026-03-18T12:00:00+08:00
NAMES = ["ES256", "EdDSA", "SM2"]
AUTHORITY, BASE = "滁州市", "https://lic.example.cn/publication/"
LICENCE = {
    "creditCode": "92341181MAEXT75NXE", "version": 1, "kind": "individual_business", "name": "天长市𣲘水理发店", "type": "个体工商户",
    "representative": "王小明", "established": "2024-05-06", "composition": "personal", "address": "安徽省滁州市天长市平安路12号",
    "scope": "理发服务；化妆品零售", "issued": "2026-03-18", "list": 1, "index": 3}


class Key:
    """A new key of a library."""

    def __init__(self, algorithm):
        self.cose = (-7, -8, -65538)[algorithm]
        self.oid = ("1.2.840.10045.4.3.2", "1.3.101.112", "1.2.156.10197.1.501")[algorithm]
        if algorithm < 2:
            self.key = Ed25519PrivateKey.generate() if algorithm == 1 else ec.generate_private_key(ec.SECP256R1())
            self.info = keys.PublicKeyInfo.load(self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
            return
        number = 1 + int.from_bytes(os.urandom(40), "big") % (int(default_ecc_table["n"], 16) - 2)
        self.key = CryptSM2(private_key=f"{number:064x}", public_key="")
        self.key.public_key = self.key._kg(number, default_ecc_table["g"])
        self.info = keys.PublicKeyInfo.load(bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004" + self.key.public_key))

    def sign(self, message):
        """A raw signature."""
        if self.cose == -65538:
            return bytes.fromhex(self.key.sign_with_sm3(message, func.random_hex(64)))
        if self.cose == -8:
            return self.key.sign(message)
        return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(self.key.sign(message, ec.ECDSA(SHA256()))))

    @property
    def id(self):
        return hashlib.sha256(self.info.dump()).digest()[:8]


def certificate(subject, key, issuer, signer, usage=None, jurisdiction=None):
    """An X.509 certificate of `key` in DER; a root or a cross-certificate without `usage`."""
    def name(text):
        return x509.Name.build({"organization_name": AUTHORITY, "common_name": text})
    identifier = hashlib.sha1(bytes(key.info["public_key"])).digest()
    extensions = [
        ("key_identifier", False, core.OctetString(identifier)),
        ("authority_key_identifier", False, x509.AuthorityKeyIdentifier(
            {"key_identifier": hashlib.sha1(bytes(signer.info["public_key"])).digest()})),
        ("basic_constraints", True, x509.BasicConstraints({"ca": usage is None})),
        ("key_usage", True, x509.KeyUsage({"digital_signature", "key_cert_sign"} if usage is None else {"digital_signature"}))]
    if usage is not None:
        extensions.append(("extended_key_usage", True, x509.ExtKeyUsageSyntax([f"{ARC}.2.{usage}"])))
    if jurisdiction:
        extensions.append((ARC + ".1", False, Jurisdiction(jurisdiction)))
    first, last = (datetime.datetime.fromtimestamp(NOON + years * 31_557_600, datetime.timezone.utc) for years in (-1, 1))
    tbs = x509.TbsCertificate({
        "version": "v3", "serial_number": int.from_bytes(os.urandom(15), "big") + 1, "signature": {"algorithm": signer.oid},
        "issuer": name(issuer), "validity": {"not_before": x509.Time({"utc_time": first}), "not_after": x509.Time({"utc_time": last})},
        "subject": name(subject), "subject_public_key_info": key.info, "extensions": [
            {"extn_id": which, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())} for which, critical, value in extensions]})
    signature = signer.sign(tbs.dump())
    if signer.cose != -8:
        signature = encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))
    return x509.Certificate({"tbs_certificate": tbs, "signature_algorithm": {"algorithm": signer.oid}, "signature_value": signature}).dump()


def cose(key, key_id, kind, claims, bag=None):
    """A COSE_Sign1 of claims."""
    header = {1: key.cose, 4: key_id, 16: kind} | ({32: bag} if bag else {})
    protected, payload = cbor2.dumps(header, canonical=True), cbor2.dumps(claims, canonical=True)
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]), canonical=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: outside_authority.py SM2 ES256 authority/")
    parser.add_argument("root", choices=NAMES, help="the algorithm of the first root")
    parser.add_argument("algorithm", choices=NAMES, help="that of the second root and of the keys")
    parser.add_argument("folder", type=Path)
    second.add_layout_options(parser)
    options = parser.parse_args()
    algorithm = NAMES.index(options.algorithm)
    old, (new, lists, office) = Key(NAMES.index(options.root)), (Key(algorithm) for _ in range(3))
    names = [f"{AUTHORITY} Root", f"{AUTHORITY} Root 2"]
    cross = certificate(names[1], new, names[0], old)
    kinds = sorted(second.KINDS)

    def entry(number, purpose, key, usage, jurisdiction=None):
        made = certificate("天长市" if jurisdiction else f"{AUTHORITY} Lists", key, names[1], new, usage, jurisdiction)
        return {1: number, 2: purpose, 3: made, 4: "天长市", 5: "Tianchang", 6: 341_181, 7: [341_181], 8: kinds, 9: 480}

    keys_ = [entry(1, 2, lists, 2), entry(2, 1, office, 1, {"divisions": ["341181"], "kinds": kinds})]
    trust = {1: 1, 2: NOON - 3_600, 3: NOON + 86_400, 4: AUTHORITY, 5: BASE, 6: keys_}
    times = {4: NOON + 86_400, 6: NOON - 3_600, 65534: 600, -65537: 1}
    # The licence: packed as the article says, signed by the library.
    maker = packer.Maker(second.Layout(options.dictionary, options.specification))
    packed = b"".join(maker.fields(LICENCE, issuer=2, algorithm=algorithm).values())
    message = maker.to_be_signed(packed, packer.payload(LICENCE), 2, algorithm)
    entries = b"\3" + hashlib.sha256(message).digest()[:10]
    files = {
        "root.der": certificate(names[0], old, names[0], old),
        "trust-list": cose(new, new.id, "application/licet-trust-list+cose", trust, cross),
        "status": cose(lists, b"\1", "application/statuslist+cwt",
            {2: BASE + "status/341181-1", 65533: {"bits": 4, "lst": zlib.compress(b"\xff\x0f\xff\xff", 9)}} | times),
        "issued": cose(lists, b"\1", "application/licet-issued-list+cwt", {2: BASE + "issued/341181-1", 65533: [10, entries]} | times),
        "code": packer.digits_of(packed + office.sign(message)).encode()}
    for name, content in files.items():
        (options.folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
