"""Papers that other software made: certificates and lists by `cryptography`, signed objects by OpenSSL."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from hardware.passport.findings import Answer, Reason
from hardware.passport.passive_auth import verify
from hardware.passport.trust_store import Kind, TrustStore
from tests.hardware.passport import pki
from tests.hardware.passport.pki import GROUPS, NOW, YEAR

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
DER = serialization.Encoding.DER


def name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "UT"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def made(
    subject: str, key: Private, issuer: str, by: Private, ca: bool, pss: bool = False
) -> x509.Certificate:
    usage = {each: False for each in (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )}  # fmt: skip
    usage |= {"key_cert_sign": True, "crl_sign": True} if ca else {"digital_signature": True}
    builder = (
        x509.CertificateBuilder(name(issuer), name(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - 5 * YEAR)
        .not_valid_after(NOW + 5 * YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
        .add_extension(x509.KeyUsage(**usage), True)
        .add_extension(x509.BasicConstraints(ca, 0 if ca else None), True)
    )
    if pss:
        how = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return builder.sign(by, hashes.SHA256(), rsa_padding=how)
    return builder.sign(by, hashes.SHA256())


@pytest.fixture(params=["ec", "rsa", "pss"])
def country(request: pytest.FixtureRequest) -> tuple[Private, x509.Certificate, Private, x509.Certificate]:
    pss = request.param == "pss"
    root, key = (
        ec.generate_private_key(ec.BrainpoolP256R1())
        if request.param == "ec"
        else rsa.generate_private_key(65537, 2048)
        for _ in range(2)
    )
    return (
        root,
        made("Root", root, "Root", root, True, pss),
        key,
        made("Signer", key, "Root", root, False, pss),
    )


def openssl() -> str:
    found = shutil.which("openssl")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("openssl is not installed")
    return found or "openssl"


@pytest.mark.parametrize("streamed", [False, True], ids=["DER", "BER"])
@pytest.mark.parametrize("by_key", [False, True], ids=["by-serial", "by-key"])
def test_a_document_signed_by_openssl_is_proven(
    country: tuple[Private, x509.Certificate, Private, x509.Certificate],
    tmp_path: Path,
    streamed: bool,
    by_key: bool,
) -> None:
    root, authority, key, signer = country
    content, secret, paper, out = (tmp_path / each for each in ("content", "key.pem", "signer.pem", "signed"))
    content.write_bytes(pki.lds_object(GROUPS))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    paper.write_bytes(signer.public_bytes(serialization.Encoding.PEM))
    subprocess.run(
        [
            openssl(), "cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-econtent_type", pki.LDS,
            "-in", content, "-signer", paper, "-inkey", secret, "-outform", "DER", "-out", out,
            *(["-stream", "-indef"] if streamed else []), *(["-keyid"] if by_key else []),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    store = TrustStore(tmp_path / "trust")
    store.take(authority.public_bytes(DER))
    signed = out.read_bytes()
    assert (signed[1] == 0x80) is streamed
    found = verify(pki.tlv(0x77, signed), GROUPS, store.load(), NOW + YEAR)
    assert (found.by.signature.answer, found.by.chain.answer, found.hashes.answer) == (Answer.YES,) * 3


def test_a_revocation_list_of_another_maker_is_taken(
    country: tuple[Private, x509.Certificate, Private, x509.Certificate], tmp_path: Path
) -> None:
    root, authority, _, signer = country
    revoked = x509.RevokedCertificateBuilder(signer.serial_number, NOW - timedelta(days=2)).build()
    lists = (
        x509.CertificateRevocationListBuilder(name("Root"), NOW - timedelta(days=1), NOW + timedelta(days=30))
        .add_extension(x509.CRLNumber(3), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False)
        .add_revoked_certificate(revoked)
        .sign(root, hashes.SHA256())
    )
    store = TrustStore(tmp_path / "trust")
    results = [
        *store.take(authority.public_bytes(DER)),
        *store.take(lists.public_bytes(serialization.Encoding.PEM)),
    ]
    results += store.take(signer.public_bytes(serialization.Encoding.PEM))
    assert [getattr(each, "kind", each) for each in results] == [
        Kind.AUTHORITY,
        Kind.REVOCATION_LIST,
        Kind.SIGNER,
    ]
    trust = store.load()
    (kept,) = trust.all_signers()
    assert trust.revocation(kept, NOW).reason is Reason.REVOKED
