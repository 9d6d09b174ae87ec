"""Certificates and lists: each key loads, each signature is verified over the certificate's own bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from asn1crypto import core, crl, keys, pem, x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from ecdsa import SigningKey as PureKey
from ecdsa import curves as pure
from ecdsa.util import sigencode_der
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.passport import ber, cms, signatures
from hardware.passport.certificates import Certificate, certificates
from hardware.passport.curves import CURVES
from hardware.passport.errors import Malformed, PassportError, Unsupported
from hardware.passport.revocation import revocation_list
from tests.hardware.passport import pki
from tests.hardware.passport.pki import NOW, YEAR, Signing

RSA = Signing.rsa()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (RSA, rsa.RSAPublicKey),
        (Signing(RSA.private, "sha256", pss=32), rsa.RSAPublicKey),
        (Signing(RSA.private, "sha256", pss=20, mask="sha1"), rsa.RSAPublicKey),
        (Signing.ec(ec.SECP521R1(), digest="sha512", explicit=True), signatures.EcKey),
        (Signing.ec(ec.BrainpoolP384R1()), signatures.EcKey),
        (Signing(dsa.generate_private_key(2048), "sha256"), dsa.DSAPublicKey),
    ],
)
def test_a_certificate_verifies_against_its_own_key_and_no_other(key: Signing, kind: type) -> None:
    read = Certificate(pki.certificate(key).der)
    assert isinstance(read.key, kind)
    assert read.signed_by(read.key)
    stranger = pki.certificate(Signing.rsa(1024) if kind is rsa.RSAPublicKey else Signing.ec())
    try:
        assert not read.signed_by(Certificate(stranger.der).key)
    except Unsupported:
        assert kind is dsa.DSAPublicKey


def test_a_key_that_says_it_is_for_pss_only_is_loaded() -> None:
    info = keys.PublicKeyInfo.load(RSA.spki.dump())
    content = info["public_key"].dump()
    algorithm = pki.tlv(0x30, core.ObjectIdentifier("1.2.840.113549.1.1.10").dump())
    key = signatures.load_key(pki.tlv(0x30, algorithm + content))
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.public_numbers() == RSA.private.public_key().public_numbers()


@pytest.mark.parametrize("name", ["brainpoolP192r1", "brainpoolP224r1", "brainpoolP320r1", "brainpoolP512t1"])
@pytest.mark.parametrize("digest", ["sha1", "sha512"])
def test_curves_that_cryptography_lacks_are_computed(name: str, digest: str) -> None:
    """Signed by another library, on each such curve, with hashes shorter and longer than its order."""
    mine = PureKey.generate(getattr(pure, name.upper().replace("R1", "r1").replace("T1", "t1")))
    point = mine.verifying_key.pubkey.point
    key = signatures.EcKey(CURVES[name], int(point.x()), int(point.y()))
    signature = mine.sign(
        b"signed", hashfunc=getattr(hashlib, digest), sigencode=sigencode_der, allow_truncate=True
    )
    how = signatures.Algorithm(signatures.Scheme.ECDSA, digest)
    assert key.native is None
    assert signatures.verify(key, how, signature, b"signed")
    assert not signatures.verify(key, how, signature, b"signed otherwise")


@pytest.mark.parametrize(
    ("dotted", "named"),
    [
        ("1.3.14.3.2.29", "RSA with sha1"),
        ("1.2.840.113549.1.1.5", "RSA with sha1"),
        ("1.2.840.10045.4.3.4", "ECDSA with sha512"),
    ],
)
def test_older_names_of_algorithms_are_known(dotted: str, named: str) -> None:
    identifier = pki.tlv(0x30, core.ObjectIdentifier(dotted).dump() + b"\x05\x00")
    assert str(signatures.algorithm(identifier)) == named


@pytest.mark.parametrize(("dotted", "named"), [("1.2.840.113549.1.1.4", "RSA with md5"), ("1.2.3", "1.2.3")])
def test_an_algorithm_that_is_not_taken_is_named(dotted: str, named: str) -> None:
    with pytest.raises(Unsupported, match=named):
        signatures.algorithm(pki.tlv(0x30, core.ObjectIdentifier(dotted).dump()))


def test_what_stands_in_a_certificate_is_read() -> None:
    usage = x509.ExtKeyUsageSyntax([pki.LIST_SIGNING])
    paper = pki.certificate(Signing.ec(), country="hu", more=(("extended_key_usage", False, usage),))
    read = Certificate(paper.der)
    assert (read.country, read.is_ca, read.self_issued, read.may_sign_certificates) == (
        "HU",
        True,
        True,
        True,
    )
    assert read.key_id == read.authority_key_id == paper.key.key_id
    assert (read.validity.begins, read.validity.ends) == (NOW - 5 * YEAR, NOW + 10 * YEAR)
    assert (read.extended_key_usage, read.not_understood) == (frozenset({pki.LIST_SIGNING}), ())
    assert read.may_sign_documents is False


def test_a_signature_is_over_the_certificate_s_own_bytes() -> None:
    """Sloppy DER – here a length in more bytes than needed – is verified as it was signed."""
    der = pki.certificate(RSA).der
    parts = x509.Certificate.load(der)
    tbs = parts["tbs_certificate"].dump()
    name = parts["tbs_certificate"]["issuer"].dump()
    sloppy = pki.tlv(0x30, tbs[4:].replace(name, b"\x30\x81" + name[1:], 1))
    signed = (
        sloppy
        + parts["signature_algorithm"].dump()
        + core.BitString.load(pki.tlv(3, b"\0" + RSA.sign(sloppy))).dump()
    )
    read = Certificate(pki.tlv(0x30, signed))
    assert read.signed_by(read.key)
    assert read.issuer_key == read.subject_key


def test_two_signature_algorithms_in_one_certificate_are_refused() -> None:
    der = bytearray(pki.certificate(RSA).der)
    at = bytes(der).rindex(bytes.fromhex("2A864886F70D01010B"))  # the outer name: sha256WithRSA
    der[at + 8] = 0x0C
    read = Certificate(bytes(der))
    with pytest.raises(Malformed, match="two signature algorithms"):
        read.signed_by(read.key)


def test_an_extension_that_stands_twice_is_refused() -> None:
    usage = x509.KeyUsage({"digital_signature"})
    read = Certificate(pki.certificate(RSA, more=(("key_usage", True, usage),)).der)
    with pytest.raises(Malformed, match="twice"):
        _ = read.key_usage


def test_a_key_identifier_without_its_octet_string_is_read() -> None:
    """As Lithuania wrote it."""
    identifier = ("key_identifier", False, core.OctetString(bytes(range(18))))
    paper = pki.certificate(Signing.ec(), key_ids=False, more=(identifier,))
    bare = b"\xa0\x77" + bytes(range(18))  # neither an octet string, nor as long as it says
    read = Certificate(paper.der.replace(b"\x04\x12" + bytes(range(18)), bare))
    assert read.key_id == bare


def test_pem_with_several_certificates_is_read() -> None:
    papers = [pki.certificate(Signing.ec()).der for _ in range(2)]
    text = b"".join(pem.armor("CERTIFICATE", der) for der in papers)
    assert [each.der for each in certificates(text)] == papers
    with pytest.raises(Malformed):
        certificates(pem.armor("X509 CRL", papers[0]))


@pytest.mark.parametrize("more", [("2.5.29.28", True, crl.IssuingDistributionPoint({"only_contains_ca_certs": True})), ("2.5.29.27", True, core.Integer(1))])
def test_a_revocation_list_for_some_certificates_only_is_unsupported(more: tuple[str, bool, Any]) -> None:
    authority = pki.certificate(Signing.ec())
    with pytest.raises(Unsupported):
        revocation_list(pki.revocations(authority, 1, more=(more,)))


def test_a_revocation_list_is_read_and_verified() -> None:
    authority = pki.certificate(Signing.ec())
    read = revocation_list(
        pki.revocations(authority, 7, 1 << 150, more=(("crl_number", False, core.Integer(12)),))
    )
    assert (read.country, read.revoked, read.number) == ("UT", {7, 1 << 150}, 12)
    assert read.signed_by(Certificate(authority.der))
    assert not read.signed_by(Certificate(pki.certificate(Signing.ec()).der))
    assert not read.signed_by(
        Certificate(pki.certificate(authority.key, usage=frozenset({"key_cert_sign"})).der)
    )


# --- BER ---------------------------------------------------------------------------------------


def test_indefinite_lengths_become_definite_and_definite_ones_keep_their_bytes() -> None:
    der = pki.certificate(RSA).der
    assert ber.definite(der) == der
    assert ber.definite(bytes.fromhex("3080 30800101FF0000 0000")) == bytes.fromhex("3005 30030101FF")
    assert ber.definite(bytes.fromhex("2480 040141 2403040142 0000")) == bytes.fromhex("04024142")
    assert ber.definite(bytes.fromhex("308103020107")) == bytes.fromhex("308103020107")


@pytest.mark.parametrize("name", ["0.4.0.127.0.7.3.2.1", "1.2.840.113549.1.1.10", "2.23.136.1.1.1", "2.999.3"])
def test_a_name_in_dots_is_written_and_read(name: str) -> None:
    assert ber.oid(name) == core.ObjectIdentifier(name).contents
    assert ber.dotted(ber.oid(name)) == name
    assert ber.dotted(ber.oid(name) + b"\x81") == "?"
    assert ber.dotted(b"") == "?"


@pytest.mark.parametrize(
    "wrong",
    ["3080", "30800000FF", "0480", "3003020101FF", "248002010100", "308400FFFFFF", "3085000000000", "1F"],
)
def test_ber_that_lies_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        ber.definite(bytes.fromhex(wrong + "0" * (len(wrong) % 2)))


@pytest.mark.parametrize("one", [b"\x30\x80", b"\x24\x80", b"\x7f\x21\x80", b"\x30\x84\x00\x00\xff\xff"])
def test_a_thousand_levels_are_refused_before_anything_recurses(one: bytes) -> None:
    for closing in (b"", b"\0\0" * 1000):
        with pytest.raises(Malformed):
            ber.definite(one * 1000 + closing)


# --- nonsense ----------------------------------------------------------------------------------

PAPER = pki.certificate(Signing.ec(explicit=True)).der
REVOKING = pki.revocations(pki.certificate(Signing.ec()), 1, 2, 3)
SIGNED = pki.signed(pki.LDS, b"content", pki.signer(pki.certificate(Signing.ec())))


def all_of(data: bytes) -> None:
    read = Certificate(data)
    for what in (
        "subject", "issuer", "subject_key", "issuer_key", "country", "issuer_country", "serial", "self_issued", "key_id",
        "authority_key_id", "key_usage", "extended_key_usage", "is_ca", "signing_period", "not_understood", "validity",
        "may_sign_certificates", "may_sign_documents", "may_sign_lists", "key", "algorithm", "fingerprint",
    ):  # fmt: skip
        try:
            getattr(read, what)
        except PassportError:
            continue
    read.signed_by(read.key)


def all_of_signed(data: bytes) -> None:
    signed = cms.parse(data)
    for signer in signed.signers:
        _ = signer.signing_time
        for each in signed.certificates:
            cms.fault(signed, signer, each)


@settings(max_examples=500, deadline=1000)
@given(st.data())
def test_spoilt_papers_raise_nothing_but_our_own_errors(data: st.DataObject) -> None:
    whole, read = data.draw(
        st.sampled_from([(PAPER, all_of), (REVOKING, revocation_list), (SIGNED, all_of_signed)])
    )
    spoilt = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at] = data.draw(
            st.sampled_from((0x00, 0x80, 0xFF, 0x30, 0x31, 0x05, 0x1E, spoilt[at] ^ 1, spoilt[at] ^ 0x20))
        )
    taken: Any = read
    try:
        taken(bytes(spoilt))
    except PassportError:
        return


@settings(max_examples=300, deadline=1000)
@given(st.binary(max_size=200))
def test_nonsense_raises_nothing_but_our_own_errors(data: bytes) -> None:
    readers: tuple[Any, ...] = (
        all_of, all_of_signed, revocation_list, certificates, signatures.load_key, signatures.algorithm,
        signatures.digest_name, ber.definite,
    )  # fmt: skip
    for read in readers:
        for each in (data, pki.tlv(0x30, data)):
            try:
                read(each)
            except PassportError:
                continue
