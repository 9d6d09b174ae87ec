"""Passive authentication: a good document is proven, and every bad one is told apart with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import core, x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec

from hardware.passport import cms
from hardware.passport.findings import Answer, Reason
from hardware.passport.passive_auth import CARD_SECURITY, signed_by
from hardware.passport.trust import Trust
from tests.hardware.passport import pki
from tests.hardware.passport.pki import GROUPS, NOW, YEAR, Paper, Signing
from tests.hardware.passport.trusted import CSCA, DS, TRUST, proven, trusting

RSA = Signing.rsa()
ZONE_HK = pki.zone_group("P<HKG" + "ERIKSSON<<ANNA".ljust(39, "<") + pki.ZONE[44:])
DOCUMENT_TYPES = "2.23.136.1.1.6.2"


def kinds(*codes: str) -> tuple[str, bool, Any]:
    """The documents that a signer is for."""
    listed = b"".join(pki.tlv(0x13, code.encode()) for code in codes)
    return DOCUMENT_TYPES, False, core.Sequence.load(pki.tlv(0x30, pki.tlv(0x02, b"\0") + pki.tlv(0x31, listed)))


# --- good --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("by_key", [False, True], ids=["by-serial", "by-key"])
def test_a_good_document_is_proven_in_every_check(version: int, by_key: bool) -> None:
    found = proven(pki.sod(DS, version=version, by_key=by_key))
    checks = (
        found.by.signature,
        found.by.chain,
        found.by.validity,
        found.by.revocation,
        found.hashes,
        found.state,
    )
    assert [check.answer for check in checks] == [Answer.YES] * 6
    assert found.genuine.answer is Answer.YES
    assert [number for number, _ in found.groups] == [1, 2, 14]
    assert (found.by.country, found.version, found.by.weak) == ("UT", version, ())


@pytest.mark.parametrize(
    "key",
    [
        Signing(RSA.private, "sha1"),
        Signing(RSA.private, "sha384"),
        Signing(RSA.private, "sha256", pss=32),
        Signing(RSA.private, "sha512", pss=64),
        Signing(RSA.private, "sha256", pss=20, mask="sha1"),
        Signing.ec(ec.SECP224R1(), digest="sha224"),
        Signing.ec(ec.SECP256R1(), digest="sha1"),
        Signing.ec(ec.SECP384R1(), digest="sha384", explicit=True),
        Signing.ec(ec.SECP521R1(), digest="sha512", explicit=True),
        Signing.ec(ec.SECP192R1(), digest="sha512", explicit=True),
        Signing.ec(ec.BrainpoolP384R1(), digest="sha256"),
        Signing.ec(ec.BrainpoolP512R1(), digest="sha512", explicit=True),
        Signing(dsa.generate_private_key(2048), "sha256"),
    ],
    ids=lambda key: (
        f"{type(key.private).__name__}-{key.digest}-{key.pss}-{'explicit' if key.explicit else ''}"
    ),
)
def test_each_algorithm_that_documents_use_is_verified(key: Signing) -> None:
    authority = pki.certificate(key)
    found = proven(pki.sod(pki.signer(authority, key)), trust=trusting(authority))
    assert found.genuine.answer is Answer.YES
    assert ("sha1" in found.by.weak) == (key.digest == "sha1")


def test_rsa_with_the_hash_only_in_the_digest_algorithm_is_verified() -> None:
    authority = pki.certificate(RSA)
    sod = pki.sod(pki.signer(authority, RSA), algorithm={"algorithm": "rsassa_pkcs1v15"})
    assert proven(sod, trust=trusting(authority)).genuine.answer is Answer.YES


def test_ecdsa_named_with_another_hash_than_the_digest_algorithm_is_verified() -> None:
    """`ecdsa-with-SHA1` was written for any ECDSA by software that hashes by the digest algorithm."""
    assert proven(pki.sod(DS, algorithm={"algorithm": "sha1_ecdsa"})).by.signature.answer is Answer.YES


def test_pss_without_parameters_takes_the_digest_algorithm() -> None:
    key = Signing(RSA.private, "sha256", pss=32)
    authority = pki.certificate(key)
    sod = pki.sod(pki.signer(authority, key), algorithm={"algorithm": "rsassa_pss"})
    assert proven(sod, trust=trusting(authority)).by.signature.answer is Answer.YES


def test_plain_ecdsa_is_verified() -> None:
    key = Signing(DS.key.private, "sha256", plain=True)
    sod = pki.sod(Paper(DS.der, key), algorithm={"algorithm": "0.4.0.127.0.7.1.1.4.1.3"})
    assert proven(sod).by.signature.answer is Answer.YES


def test_hashes_of_groups_may_be_made_otherwise_than_the_signature() -> None:
    assert proven(pki.sod(DS, hashed="sha512")).genuine.answer is Answer.YES


def test_indefinite_lengths_and_octet_strings_in_pieces_are_read() -> None:
    sod = pki.tlv(0x77, pki.indefinite(pki.signed(pki.LDS, pki.lds_object(GROUPS), DS)))
    assert proven(sod).genuine.answer is Answer.YES


def test_what_stands_behind_the_object_in_the_file_does_not_matter() -> None:
    assert proven(pki.sod(DS) + bytes(40)).genuine.answer is Answer.YES


def test_without_signed_attributes_the_content_itself_is_verified() -> None:
    assert proven(pki.sod(DS, attributes=False)).by.signature.answer is Answer.YES


def test_a_signer_that_is_only_in_the_store_is_found() -> None:
    sod = pki.sod(DS, inside=())
    assert proven(sod).by.signature.reason is Reason.NO_SIGNER
    assert proven(sod, trust=trusting(CSCA, signers=(DS,))).genuine.answer is Answer.YES


def test_groups_that_were_not_read_are_named_and_harmless() -> None:
    found = proven(pki.sod(DS), {1: GROUPS[1]})
    assert found.genuine.answer is Answer.YES
    assert found.unread == (2, 14)


def test_the_country_in_small_letters_and_another_string_type_is_the_same_country() -> None:
    authority = pki.certificate(CSCA.key, country="ut")
    other = x509.Name.build(
        {"country_name": "UT", "organization_name": "UTOPIA", "common_name": "csca"}, use_printable=True
    )
    issued = pki.signer(authority, issuer=other)
    assert proven(pki.sod(issued), trust=trusting(authority)).genuine.answer is Answer.YES


def test_a_signer_named_in_another_order_is_found() -> None:
    """Malaysia's signed objects put the organisation before the state, its certificates behind it."""
    sod = pki.sod(DS)
    name = DS.parsed.issuer.dump()
    first, *others = (part.dump() for part in DS.parsed.issuer.chosen)
    turned = pki.tlv(0x30, b"".join((*others, first)))
    at = sod.rindex(name)
    assert at > sod.index(DS.der) + len(DS.der)
    turned_sod = sod[:at] + turned + sod[at + len(name) :]
    assert proven(turned_sod).genuine.answer is Answer.YES


def test_the_only_certificate_is_the_signer_s_whatever_number_it_is_named_by() -> None:
    sod = pki.sod(Paper(pki.signer(CSCA, DS.key, serial=4711).der, DS.key), inside=(DS,))
    assert proven(sod).genuine.answer is Answer.YES


# --- bad ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 14])
def test_a_changed_group_is_named(number: int) -> None:
    changed = {**GROUPS, number: GROUPS[number][:-1] + b"!"}
    found = proven(pki.sod(DS), changed)
    assert (found.hashes.reason, found.hashes.detail) == (Reason.HASH, f"DG{number}")
    assert found.genuine.answer is Answer.NO
    assert [finding.answer is Answer.NO for _, finding in found.groups] == [
        each == number for each in (1, 2, 14)
    ]


def test_a_group_that_nobody_signed_is_named() -> None:
    found = proven(pki.sod(DS, {2: GROUPS[2], 14: GROUPS[14]}))
    assert (found.hashes.reason, found.hashes.detail) == (Reason.NOT_SIGNED, "DG1")
    assert found.genuine.answer is Answer.NO


def test_a_signature_by_another_key_is_refused() -> None:
    forged = Paper(DS.der, Signing.ec(ec.BrainpoolP256R1()))
    assert proven(pki.sod(forged)).genuine.reason is Reason.SIGNATURE


def test_a_signer_that_its_country_did_not_issue_is_refused() -> None:
    forger = Paper(CSCA.der, Signing.ec(ec.BrainpoolP256R1()))
    forged = pki.signer(forger, authority_key_id=CSCA.key.key_id)
    assert proven(pki.sod(forged)).genuine.reason is Reason.ISSUER_SIGNATURE


def test_hashes_exchanged_under_a_good_signature_are_refused() -> None:
    good, other = pki.lds_object(GROUPS), pki.lds_object({**GROUPS, 2: b"another picture"})
    sod = pki.sod(DS).replace(good, other)
    assert proven(sod, {**GROUPS, 2: b"another picture"}).genuine.reason is Reason.CONTENT


@pytest.mark.parametrize("spoilt", [{"content_type": "2.23.136.1.1.2"}, {"message_digest": bytes(32)}])
def test_attributes_that_speak_of_something_else_are_refused(spoilt: dict[str, Any]) -> None:
    assert proven(pki.sod(DS, spoilt=spoilt)).genuine.reason is Reason.CONTENT


@pytest.mark.parametrize("kind", ["2.23.136.1.1.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "1.2.840.113549.1.7.1"])
@pytest.mark.parametrize("attributes", [True, False])
def test_a_security_object_is_one_by_each_name_that_states_give_it(kind: str, attributes: bool) -> None:
    """The standard's, two older ones, and plain data, as China's passports have it."""
    sod = pki.tlv(0x77, pki.signed(kind, pki.lds_object(GROUPS), DS, attributes=attributes))
    assert proven(sod).genuine.answer is Answer.YES


def test_plain_data_that_is_no_security_object_is_none() -> None:
    for content in (b"whatever", pki.tlv(0x31, b""), pki.tlv(0x30, pki.tlv(0x02, b"\0"))):
        found = proven(pki.tlv(0x77, pki.signed("1.2.840.113549.1.7.1", content, DS)))
        assert found.genuine.reason is Reason.MALFORMED


def test_a_signed_object_of_another_kind_is_no_security_object() -> None:
    sod = pki.tlv(0x77, pki.signed(pki.MASTER_LIST, pki.lds_object(GROUPS), DS))
    assert proven(sod).genuine.reason is Reason.CONTENT


def test_an_unknown_country_is_not_possible_and_not_no() -> None:
    found = proven(pki.sod(DS), trust=trusting(pki.certificate(Signing.ec(), country="HU")))
    assert (found.by.chain.reason, found.genuine.answer) == (Reason.UNKNOWN_COUNTRY, Answer.NOT_POSSIBLE)
    assert found.by.signature.answer is Answer.YES
    assert proven(pki.sod(DS), trust=Trust()).genuine.reason is Reason.UNKNOWN_COUNTRY


def test_a_known_country_with_a_key_that_was_not_imported_is_not_possible() -> None:
    found = proven(pki.sod(DS), trust=trusting(pki.certificate(Signing.ec(), common="older")))
    assert (found.by.chain.reason, found.genuine.answer) == (Reason.UNKNOWN_ISSUER, Answer.NOT_POSSIBLE)


def test_a_country_certificate_that_the_document_brings_along_is_not_believed() -> None:
    own = pki.certificate(Signing.ec())
    issued = pki.signer(own)
    found = proven(pki.sod(issued, inside=(issued, own)))
    assert found.by.chain.reason is Reason.UNKNOWN_ISSUER


def test_another_state_s_signer_is_not_believed_for_this_one() -> None:
    """A state that is trusted for its own passports can't sign another's."""
    hungary = pki.certificate(Signing.ec(), country="HU")
    found = proven(pki.sod(pki.signer(hungary, country="HU")), trust=trusting(CSCA, hungary))
    assert found.by.genuine.answer is Answer.YES
    assert (found.state.reason, found.genuine.answer) == (Reason.STATE, Answer.NO)


def test_a_signer_that_names_another_country_than_its_issuer_is_refused() -> None:
    hungary = pki.certificate(Signing.ec(), country="HU")
    found = proven(pki.sod(pki.signer(hungary, country="UT")), trust=trusting(CSCA, hungary))
    assert found.by.chain.reason is Reason.COUNTRY


@pytest.mark.parametrize("country", ["ZZ", ""])
def test_a_signer_with_the_state_s_name_from_nowhere_is_no_unknown_country(country: str) -> None:
    """Who makes a state of their own must not be let in as one whose certificates are missing."""
    names = {"organization_name": "Nowhere", "common_name": "CSCA"} | ({"country_name": country} if country else {})
    nowhere = pki.certificate(Signing.ec(), country="ZZ")
    forged = pki.signer(nowhere, issuer=x509.Name.build(names))
    found = proven(pki.sod(forged))
    assert found.by.country == "UT"
    assert (found.genuine.reason, found.genuine.answer) == (Reason.COUNTRY, Answer.NO)
    assert proven(pki.sod(forged), trust=Trust()).genuine.reason is Reason.COUNTRY


def test_a_state_that_is_known_under_one_of_its_names_is_no_unknown_country() -> None:
    """Hong Kong's passports may be signed by China too; of one of them there are certificates."""
    hong_kong = pki.certificate(Signing.ec(), country="HK")
    forged = pki.sod(pki.signer(pki.certificate(Signing.ec(), country="CN"), country="CN"), GROUPS | {1: ZONE_HK})
    found = proven(forged, GROUPS | {1: ZONE_HK}, trusting(CSCA, hong_kong))
    assert found.genuine.reason is Reason.UNKNOWN_ISSUER
    assert proven(forged, GROUPS | {1: ZONE_HK}).genuine.reason is Reason.UNKNOWN_COUNTRY


def test_a_signer_that_was_expired_when_it_signed_is_refused() -> None:
    expired = pki.signer(CSCA, ends=NOW - 2 * YEAR)
    assert proven(pki.sod(expired)).genuine.reason is Reason.EXPIRED_AT_SIGNING
    assert proven(pki.sod(expired, at=NOW - 3 * YEAR)).genuine.answer is Answer.YES


def test_without_a_signing_time_an_expired_signer_proves_nothing() -> None:
    expired = pki.signer(CSCA, ends=NOW - 2 * YEAR)
    found = proven(pki.sod(expired, at=None))
    assert (found.by.validity.reason, found.genuine.answer) == (Reason.NO_SIGNING_TIME, Answer.NOT_POSSIBLE)
    assert proven(pki.sod(DS, at=None)).genuine.answer is Answer.YES


def test_a_country_certificate_that_was_expired_when_the_document_was_signed_is_refused() -> None:
    old = pki.certificate(CSCA.key, ends=NOW - 2 * YEAR)
    assert proven(pki.sod(DS), trust=trusting(old)).by.validity.reason is Reason.EXPIRED_AT_SIGNING


def test_a_document_signed_in_the_future_or_before_its_signer_began_is_refused() -> None:
    assert proven(pki.sod(DS, at=NOW + YEAR)).genuine.reason is Reason.NOT_YET_VALID
    assert proven(pki.sod(DS, at=NOW - 6 * YEAR)).genuine.reason is Reason.NOT_YET_VALID


def test_a_key_used_after_its_own_period_is_refused() -> None:
    ends = (NOW - 2 * YEAR).strftime("%Y%m%d%H%M%SZ").encode()
    period = core.Sequence.load(pki.tlv(0x30, pki.tlv(0x81, ends)))
    issued = pki.signer(CSCA, more=(("private_key_usage_period", False, period),))
    assert proven(pki.sod(issued)).genuine.reason is Reason.EXPIRED_AT_SIGNING
    assert proven(pki.sod(issued, at=NOW - 3 * YEAR)).genuine.answer is Answer.YES


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"usage": frozenset({"key_agreement"})}, Reason.SIGNER_USAGE),
        ({"ca": True}, Reason.SIGNER_USAGE),
        ({"more": (("extended_key_usage", True, x509.ExtKeyUsageSyntax([pki.LIST_SIGNING])),)}, Reason.SIGNER_USAGE),
        ({"more": (("extended_key_usage", False, x509.ExtKeyUsageSyntax([pki.LIST_SIGNING])),)}, Reason.SIGNER_USAGE),
        ({"more": (("extended_key_usage", True, x509.ExtKeyUsageSyntax(["time_stamping"])),)}, Reason.SIGNER_USAGE),
        ({"more": (kinds("V", "AC"),)}, Reason.SIGNER_USAGE),
        ({"more": (kinds("PD"),)}, None),
        ({"more": (kinds("ID", "P"),)}, None),
        ({"more": ((DOCUMENT_TYPES, False, core.Null()),)}, None),
        ({"more": (("extended_key_usage", False, x509.ExtKeyUsageSyntax(["any_extended_key_usage"])),)}, None),
        ({"more": (("1.2.3.4", True, core.Null()),)}, Reason.UNSUPPORTED),
    ],
)
def test_a_certificate_that_is_not_for_signing_documents_is_refused(
    fields: dict[str, Any], why: Reason | None
) -> None:
    assert proven(pki.sod(pki.signer(CSCA, **fields))).by.chain.reason is why


def test_a_country_s_key_that_is_not_for_certificates_is_refused() -> None:
    authority = pki.certificate(CSCA.key, usage=frozenset({"crl_sign"}))
    assert proven(pki.sod(DS), trust=trusting(authority)).by.chain.reason is Reason.ISSUER_USAGE


def test_no_signed_object_is_not_possible() -> None:
    assert proven(None).genuine.reason is Reason.NO_SIGNED_OBJECT


def test_an_unknown_algorithm_is_named() -> None:
    sod = pki.sod(DS, algorithm={"algorithm": "md5_rsa"})
    found = proven(sod).by.signature
    assert (found.reason, found.answer) == (Reason.UNSUPPORTED, Answer.NOT_POSSIBLE)
    assert "md5" in found.detail


def test_no_group_read_proves_nothing() -> None:
    assert proven(pki.sod(DS), {}).genuine.answer is Answer.NOT_POSSIBLE


def test_a_group_that_stands_twice_in_the_object_is_refused() -> None:
    twice = pki.lds_object(GROUPS)
    entry = pki.tlv(0x30, pki.tlv(0x02, b"\x01") + pki.tlv(0x04, bytes(32)))
    listed = pki.tlv(0x30, entry + entry)
    content = pki.tlv(0x30, twice[2 if twice[1] < 0x80 else 3 :][:18] + listed)
    found = proven(pki.tlv(0x77, pki.signed(pki.LDS, content, DS))).hashes
    assert (found.reason, "twice" in found.detail) == (Reason.MALFORMED, True)


# --- revoked -----------------------------------------------------------------------------------


def test_a_revoked_signer_is_refused() -> None:
    serial = DS.parsed.serial_number
    found = proven(pki.sod(DS), trust=trusting(CSCA, lists=(pki.revocations(CSCA, 4711, serial),)))
    assert (found.by.revocation.reason, found.genuine.answer) == (Reason.REVOKED, Answer.NO)


def test_a_revoked_country_certificate_is_refused() -> None:
    serial = CSCA.parsed.serial_number
    found = proven(pki.sod(DS), trust=trusting(CSCA, lists=(pki.revocations(CSCA, serial),)))
    assert found.genuine.reason is Reason.REVOKED


def test_no_list_and_an_old_list_are_said_and_left_to_the_hotel() -> None:
    found = proven(pki.sod(DS), trust=trusting(CSCA))
    assert (found.by.revocation.reason, found.genuine.answer) == (Reason.NO_REVOCATION_LIST, Answer.YES)
    old = pki.revocations(CSCA, until=NOW - timedelta(days=10))
    assert (
        proven(pki.sod(DS), trust=trusting(CSCA, lists=(old,))).by.revocation.reason
        is Reason.OLD_REVOCATION_LIST
    )


def test_a_list_that_somebody_else_signed_revokes_nothing() -> None:
    stranger = Paper(CSCA.der, Signing.ec())
    forged = pki.revocations(stranger, DS.parsed.serial_number, issuer=CSCA.parsed.subject)
    found = proven(pki.sod(DS), trust=trusting(CSCA, lists=(forged,)))
    assert found.by.revocation.reason is Reason.NO_REVOCATION_LIST


def test_a_list_signed_with_the_country_s_new_key_revokes_what_the_old_one_signed() -> None:
    renewed = pki.certificate(Signing.ec())
    revoking = pki.revocations(renewed, DS.parsed.serial_number)
    assert (
        proven(pki.sod(DS), trust=trusting(CSCA, renewed, lists=(revoking,))).genuine.reason is Reason.REVOKED
    )


# --- links -------------------------------------------------------------------------------------


def test_a_link_certificate_carries_the_chain_where_the_new_root_is_missing() -> None:
    new = pki.certificate(Signing.ec(), common="CSCA 2")
    link = pki.certificate(new.key, CSCA, common="CSCA 2")
    issued = pki.signer(new)
    assert proven(pki.sod(issued)).by.chain.reason is Reason.UNKNOWN_ISSUER
    assert proven(pki.sod(issued), trust=trusting(CSCA, link)).genuine.answer is Answer.YES


def test_every_key_under_a_name_is_tried_where_no_identifier_says_which() -> None:
    older = [pki.certificate(Signing.ec(), key_ids=False, serial=at + 1) for at in range(3)]
    issued = pki.signer(older[1], key_ids=False)
    assert proven(pki.sod(issued), trust=trusting(*older)).genuine.answer is Answer.YES


def test_of_two_certificates_with_one_key_the_one_valid_at_signing_counts() -> None:
    old = pki.certificate(CSCA.key, ends=NOW - 2 * YEAR, serial=1)
    assert proven(pki.sod(DS), trust=trusting(old, CSCA)).genuine.answer is Answer.YES


def test_the_card_s_own_security_file_is_judged_by_the_same_rules() -> None:
    signed = cms.parse(pki.signed(CARD_SECURITY, b"\x31\x00", DS))
    assert (signed.content_type, signed_by(signed, TRUST, NOW).genuine.answer) == (CARD_SECURITY, Answer.YES)


def test_attributes_of_one_signature_do_not_pass_for_the_content_of_another() -> None:
    """Without attributes the content is signed; a SET as content could be what some SOD's attributes were."""
    content = b"\x31\x00"
    signed = cms.parse(pki.signed(CARD_SECURITY, content, DS, attributes=False))
    assert signed_by(signed, TRUST, NOW).signature.reason is Reason.CONTENT
