"""The virtual country signs as real ones do: checked by `cryptography`, and by openssl where it is there."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import ObjectIdentifier

from hardware.document_reader.virtual_country import (
    DOCUMENT_TYPES,
    LDS_OBJECT,
    MASTER_LIST_SIGNING,
    Country,
    lds_object,
    signed,
)
from hardware.document_reader.virtual_keys import Hash, KeyKind, Scheme, SigningKey
from hardware.passport import tlv

FOUNDED, SIGNED = date(2024, 1, 1), date(2025, 6, 1)
NAMED = Scheme(KeyKind.P_256, explicit=False)
SCHEMES = [
    Scheme(KeyKind.RSA_2048, Hash.SHA_256),
    Scheme(KeyKind.RSA_2048, Hash.SHA_512, pss=True),
    NAMED,
    Scheme(KeyKind.P_384, Hash.SHA_384, explicit=False),
    Scheme(KeyKind.BRAINPOOL_512, Hash.SHA_512, explicit=False),
]


def id_of(scheme: Scheme) -> str:
    return f"{scheme.key}-{scheme.hash}{'-pss' if scheme.pss else ''}"


@pytest.fixture(scope="module")
def utopia() -> Country:
    return Country(FOUNDED, root=NAMED, documents=NAMED)


@pytest.mark.parametrize("scheme", SCHEMES, ids=id_of)
def test_a_signer_is_vouched_for_by_its_country(scheme: Scheme) -> None:
    country = Country(FOUNDED, root=scheme, documents=scheme)
    root = x509.load_der_x509_certificate(country.root.der)
    signer = x509.load_der_x509_certificate(country.signer(SIGNED).der)
    root.verify_directly_issued_by(root)
    signer.verify_directly_issued_by(root)
    with pytest.raises(ValueError, match="issuer"):
        root.verify_directly_issued_by(signer)


def test_certificates_have_what_the_standard_asks_for(utopia: Country) -> None:
    """9303-12 tables 7 and 8."""
    root = x509.load_der_x509_certificate(utopia.root.der)
    signer = x509.load_der_x509_certificate(utopia.signer(SIGNED).der)
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    assert signer.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    assert signer.extensions.get_extension_for_oid(ObjectIdentifier(DOCUMENT_TYPES))
    found = signer.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    wanted = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert found.key_identifier == wanted.digest
    assert root.not_valid_before_utc.date() == FOUNDED
    for each in (root, signer):
        (point,) = each.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert point.full_name
        period = each.extensions.get_extension_for_class(x509.PrivateKeyUsagePeriod).value
        assert period.not_before == each.not_valid_before_utc.replace(tzinfo=None)
        assert period.not_after
        assert period.not_after < each.not_valid_after_utc.replace(tzinfo=None)


def test_a_curve_is_spelled_out_with_all_its_numbers() -> None:
    key = SigningKey.made(Scheme(KeyKind.BRAINPOOL_256, explicit=True))
    named = SigningKey(Scheme(KeyKind.BRAINPOOL_256, explicit=False), key.private)
    algorithm, bits = tlv.parse(key.info).children()
    parameters = algorithm.children()[1]
    # p of RFC 5639 §3.4
    assert bytes.fromhex("A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377") in parameters.value
    assert bits.value == tlv.parse(named.info).children()[1].value
    assert load_der_public_key(named.info)
    assert len(parameters.children()) == 6


def test_a_new_root_is_linked_to_the_old_one(utopia: Country) -> None:
    country = Country(FOUNDED, root=NAMED, documents=NAMED)
    old = x509.load_der_x509_certificate(country.root.der)
    link = x509.load_der_x509_certificate(country.renew(Scheme(KeyKind.P_384, Hash.SHA_384, explicit=False), SIGNED).dump())
    new = x509.load_der_x509_certificate(country.root.der)
    link.verify_directly_issued_by(old)
    new.verify_directly_issued_by(new)
    assert link.public_key() == new.public_key()
    x509.load_der_x509_certificate(country.signer(SIGNED).der).verify_directly_issued_by(new)


def test_a_revoked_signer_is_on_the_list(utopia: Country) -> None:
    good, bad = utopia.signer(SIGNED), utopia.signer(SIGNED)
    utopia.revoke(bad, SIGNED)
    revoked = x509.load_der_x509_crl(utopia.crl(SIGNED))
    assert revoked.is_signature_valid(x509.load_der_x509_certificate(utopia.root.der).public_key())  # type: ignore[arg-type]
    assert revoked.get_revoked_certificate_by_serial_number(bad.serial) is not None
    assert revoked.get_revoked_certificate_by_serial_number(good.serial) is None


def test_a_master_list_holds_every_root_and_link() -> None:
    country, other = Country(FOUNDED, root=NAMED), Country(FOUNDED, code="XT", name="Elsewhere", root=NAMED)
    country.renew(NAMED, SIGNED)
    data = cms.ContentInfo.load(country.master_list(SIGNED, [other]))["content"]
    listed = tlv.parse(data["encap_content_info"]["content"].native).children()[1].children()
    assert {bytes(each) for each in listed} == {
        *(root.der for root in country.roots), country.links[0].dump(), other.root.der,
    }  # fmt: skip
    signer, authority = sorted(
        (x509.load_der_x509_certificate(each.chosen.dump()) for each in data["certificates"]),
        key=lambda found: found.subject == found.issuer,
    )
    assert authority.public_bytes(Encoding.DER) == country.root.der
    purposes = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purposes.critical
    assert list(purposes.value) == [ObjectIdentifier(MASTER_LIST_SIGNING)]


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("by_key", [False, True], ids=["by-issuer", "by-key"])
@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_openssl_believes_the_signed_object(tmp_path: Path, utopia: Country, version: int, by_key: bool) -> None:
    content = lds_object({1: b"1" * 32, 2: b"2" * 32}, Hash.SHA_256, version)
    whole = signed(LDS_OBJECT, content, utopia.signer(SIGNED), SIGNED, by_key=by_key)
    (tmp_path / "sod").write_bytes(whole)
    root = x509.load_der_x509_certificate(utopia.root.der)
    (tmp_path / "root").write_text(root.public_bytes(Encoding.PEM).decode())
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "sod", "-CAfile", tmp_path / "root"]
    done = subprocess.run([*command, "-no_check_time", "-purpose", "any"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == content
    (tmp_path / "sod").write_bytes(whole.replace(b"1" * 32, b"3" * 32))
    done = subprocess.run([*command, "-no_check_time", "-purpose", "any"], capture_output=True, check=False)
    assert done.returncode != 0

