"""The trust store: takes what proves itself, refuses the rest with a reason, and survives a power cut."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.passport import master_list
from hardware.passport.certificates import Certificate
from hardware.passport.errors import PassportError
from hardware.passport.findings import Answer, Reason
from hardware.passport.master_list import Broken, Own
from hardware.passport.passive_auth import verify
from hardware.passport.trust_store import Imported, Kind, Refusal, Refused, TrustStore
from tests.hardware.passport import pki
from tests.hardware.passport.pki import GROUPS, NOW, YEAR, Paper, Signing

ROOT = Path(__file__).resolve().parents[3]
HERE = pki.certificate(Signing.ec(ec.BrainpoolP384R1(), digest="sha384", explicit=True))
THERE = pki.certificate(Signing.ec(), country="HU", common="CSCA Hungary")
VOUCHING = pki.list_signer(HERE)
LIST = pki.master_list(VOUCHING, HERE, THERE)


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "trust")


def taken(store: TrustStore, data: bytes) -> Imported:
    (result,) = store.take(data)
    assert isinstance(result, Imported), result
    return result


def refused(store: TrustStore, data: bytes) -> tuple[Refusal, str]:
    (result,) = store.take(data)
    assert isinstance(result, Refused), result
    return result.why, result.detail


def proven(store: TrustStore, by: Paper) -> Reason | None:
    return verify(pki.sod(by), GROUPS, store.load(), NOW).by.genuine.reason


# --- who imports is not who reads ----------------------------------------------------------------


def test_what_root_imports_the_kiosks_user_reads(store: TrustStore) -> None:
    """Found by review: files of 0600 in directories of 0755, and nothing was trusted any more."""
    before = os.umask(0o077)
    try:
        for data in (LIST, pki.signer(HERE).der, pki.revocations(HERE, 1)):
            taken(store, data)
    finally:
        os.umask(before)
    for path in (store.directory, *store.directory.rglob("*")):
        if path.name != ".lock":
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_a_folder_that_can_not_be_read_is_named_as_damaged(
    store: TrustStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root may read everything, the refusal is the system's call's, made here."""
    taken(store, LIST)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert store.load().certificates == 0
    assert store.damaged == ("lists", "authorities", "signers", "revoked")
    assert store.state() == ()


# --- compared, and taken back ----------------------------------------------------------------------


def test_only_what_was_compared_is_imported(store: TrustStore) -> None:
    ours, other = Certificate(HERE.der).fingerprint, Certificate(THERE.der).fingerprint
    for data in (LIST, HERE.der):
        (result,) = store.take(data, {other})
        assert isinstance(result, Refused)
        assert (result.why, result.detail) == (Refusal.OTHER_FINGERPRINT, ours)
    assert store.load().certificates == 0
    for data in (LIST, HERE.der, pki.revocations(HERE, 1)):
        (result,) = store.take(data, {ours})
        assert isinstance(result, Imported)
    (result,) = store.take(pki.revocations(HERE, 1, 2), {other})
    assert isinstance(result, Refused)


def test_trust_can_be_taken_back(store: TrustStore) -> None:
    ours = Certificate(HERE.der).fingerprint
    signer = pki.signer(HERE)
    assert store.remove(ours) == []
    taken(store, LIST)
    taken(store, HERE.der)
    taken(store, signer.der)
    assert proven(store, signer) is None
    assert {each.kind for each in store.remove(ours)} == {Kind.MASTER_LIST, Kind.AUTHORITY}
    assert proven(store, signer) is Reason.UNKNOWN_COUNTRY
    assert store.remove(ours) == []
    (gone,) = store.remove(Certificate(signer.der).fingerprint)
    assert gone.kind is Kind.SIGNER
    assert list(store.load().all_signers()) == []


def test_a_list_that_was_not_copied_to_its_end_is_said_to_be_cut_off(store: TrustStore) -> None:
    for data in (LIST, HERE.der, pki.revocations(HERE)):
        why, detail = refused(store, data[:-100])
        assert (why, detail) == (Refusal.CUT_OFF, f"{len(data) - 100} of {len(data)} bytes")


# --- nothing by default ------------------------------------------------------------------------


def test_nothing_is_trusted_that_was_not_imported(store: TrustStore) -> None:
    assert store.load().countries == {}
    assert proven(store, pki.signer(HERE)) is Reason.UNKNOWN_COUNTRY
    assert not store.directory.exists()


# --- master lists ------------------------------------------------------------------------------


def test_a_master_list_is_taken_and_its_states_are_believed(store: TrustStore) -> None:
    result = taken(store, LIST)
    fingerprint = Certificate(HERE.der).fingerprint
    assert (result.kind, result.country, result.certificates) == (Kind.MASTER_LIST, "UT", 2)
    assert (result.fingerprint, result.known) == (fingerprint, False)
    assert store.load().countries == {"HU": 1, "UT": 1}
    assert proven(store, pki.signer(HERE)) is None
    assert taken(store, LIST).known is True


def test_a_list_in_ber_is_taken(store: TrustStore) -> None:
    assert taken(store, pki.indefinite(LIST)).certificates == 2


def test_a_newer_list_takes_the_older_one_s_place_and_what_it_no_longer_names_is_gone(
    store: TrustStore,
) -> None:
    taken(store, LIST)
    taken(store, pki.master_list(VOUCHING, HERE, at=NOW))
    assert store.load().countries == {"UT": 1}
    assert refused(store, LIST)[0] is Refusal.OLDER


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda: LIST.replace(b"CSCA Hungary", b"CSCA Hungari"), Broken.SIGNATURE),
        (lambda: pki.master_list(pki.signer(HERE), HERE), Broken.USAGE),
        (lambda: pki.master_list(VOUCHING, THERE), Broken.ISSUER),
        (lambda: pki.master_list(VOUCHING, HERE, inside=()), Broken.NO_SIGNER),
        (lambda: pki.master_list(Paper(VOUCHING.der, Signing.ec()), HERE), Broken.SIGNATURE),
        (lambda: pki.master_list(pki.list_signer(HERE, ends=NOW - 2 * YEAR), HERE), Broken.EXPIRED),
        (lambda: pki.master_list(VOUCHING, HERE, algorithm={"algorithm": "md5_rsa"}), Broken.UNSUPPORTED),
    ],
)
def test_a_list_whose_own_signature_does_not_hold_is_refused(
    store: TrustStore, spoilt: Callable[[], bytes], why: Broken
) -> None:
    data = spoilt()
    assert data != LIST
    assert refused(store, data) == (Refusal.LIST_SIGNATURE, why)
    assert store.load().countries == {}


def test_how_each_certificate_of_a_list_proves_itself() -> None:
    new = pki.certificate(Signing.ec(), common="CSCA 2")
    link = pki.certificate(new.key, HERE, common="CSCA 2")
    by_name = pki.certificate(Signing.ec(), HERE, common="CSCA 3", key_ids=False)
    orphan = pki.certificate(Signing.ec(), pki.certificate(Signing.ec(), common="gone"), common="CSCA 4")
    forged = pki.certificate(
        Signing.ec(), Paper(HERE.der, Signing.ec()), common="CSCA 5", authority_key_id=HERE.key.key_id
    )
    changed = pki.certificate(HERE.key).der
    changed = changed[:-1] + bytes((changed[-1] ^ 1,))
    papers = [HERE, new, link, by_name, orphan, forged, Paper(changed, HERE.key)]
    read = master_list.parse(pki.master_list(VOUCHING, *papers))
    assert [how for _, how in master_list.proofs(read.certificates)] == [
        Own.SELF, Own.SELF, Own.ISSUER, Own.NAME_ONLY, Own.NO_ISSUER, Own.SIGNATURE, Own.SIGNATURE,
    ]  # fmt: skip


def test_a_certificate_that_does_not_parse_is_counted_and_the_others_are_taken(store: TrustStore) -> None:
    broken = Paper(pki.tlv(0x30, b"\x02\x01\x07"), HERE.key)
    data = pki.master_list(VOUCHING, HERE, broken, THERE)
    assert (len(master_list.parse(data).certificates), len(master_list.parse(data).unreadable)) == (2, 1)
    taken(store, data)
    assert store.load().countries == {"HU": 1, "UT": 1}


# --- certificates and revocation lists ---------------------------------------------------------


def test_a_country_certificate_is_taken_in_der_and_in_pem(store: TrustStore) -> None:
    assert taken(store, HERE.der).fingerprint == Certificate(HERE.der).fingerprint
    assert taken(store, pem.armor("CERTIFICATE", THERE.der)).country == "HU"
    assert store.load().countries == {"HU": 1, "UT": 1}


def test_a_file_of_roots_links_and_signers_in_any_order_is_taken_whole(store: TrustStore) -> None:
    second = pki.certificate(Signing.ec(), HERE, common="CSCA 2")
    third = pki.certificate(Signing.ec(), second, common="CSCA 3")
    signer = pki.signer(third)
    text = b"".join(pem.armor("CERTIFICATE", each.der) for each in (signer, third, second, HERE))
    results = store.take(text)
    assert [result.kind for result in results if isinstance(result, Imported)] == [
        Kind.SIGNER, Kind.AUTHORITY, Kind.AUTHORITY, Kind.AUTHORITY,
    ]  # fmt: skip
    assert store.load().countries == {"UT": 3}


def test_a_country_certificate_that_did_not_sign_itself_is_refused(store: TrustStore) -> None:
    forged = pki.certificate(
        HERE.key, Paper(HERE.der, Signing.ec(ec.BrainpoolP384R1())), authority_key_id=HERE.key.key_id
    )
    assert refused(store, forged.der)[0] is Refusal.SELF_SIGNATURE


def test_a_substituted_generator_gets_no_certificate_in(store: TrustStore) -> None:
    der = HERE.der
    generator = bytes.fromhex("8ABE1D7520F9C2A45CB1EB8E95CFD552")  # the beginning of G's y on brainpoolP384r1
    assert der.count(generator) == 1
    assert refused(store, der.replace(generator, generator[::-1]))[0] is Refusal.UNREADABLE


def test_a_link_is_taken_only_where_the_older_key_is_trusted(store: TrustStore) -> None:
    link = pki.certificate(Signing.ec(), HERE, common="CSCA 2").der
    assert refused(store, link)[0] is Refusal.UNKNOWN_ISSUER
    taken(store, HERE.der)
    assert taken(store, link).kind is Kind.AUTHORITY


def test_a_document_signer_is_taken_only_from_its_country(store: TrustStore) -> None:
    signer = pki.signer(HERE)
    assert refused(store, signer.der)[0] is Refusal.UNKNOWN_ISSUER
    taken(store, HERE.der)
    assert taken(store, signer.der).kind is Kind.SIGNER
    found = verify(pki.sod(signer, inside=()), GROUPS, store.load(), NOW)
    assert found.genuine.answer is Answer.YES


def test_a_signer_that_calls_itself_a_country_is_no_root(store: TrustStore) -> None:
    alone = pki.certificate(Signing.ec(), usage=frozenset({"digital_signature"}), ca=False)
    assert refused(store, alone.der)[0] is Refusal.NOT_TRUSTED


def test_a_revocation_list_is_taken_once_its_country_is_trusted(store: TrustStore) -> None:
    signer = pki.signer(HERE)
    serial = signer.parsed.serial_number
    revoking = pki.revocations(HERE, serial)
    assert refused(store, revoking)[0] is Refusal.UNKNOWN_ISSUER
    taken(store, HERE.der)
    assert taken(store, pem.armor("X509 CRL", revoking)).certificates == 1
    assert proven(store, signer) is Reason.REVOKED
    forged = pki.revocations(Paper(HERE.der, Signing.ec()))
    assert refused(store, forged)[0] is Refusal.NOT_TRUSTED
    assert refused(store, pki.revocations(HERE, at=NOW - timedelta(days=30)))[0] is Refusal.OLDER
    taken(store, pki.revocations(HERE, at=NOW))
    assert proven(store, signer) is None


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", bytes(10)]
)
def test_nonsense_is_refused(store: TrustStore, data: bytes) -> None:
    assert refused(store, data)[0] is Refusal.UNREADABLE


# --- power cuts --------------------------------------------------------------------------------

# The kernel's side of a write, cut off: the process is killed where it would call this.
KILLED_AT = "import os, signal, sys; os.{call} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
IMPORT = (
    "from pathlib import Path; from hardware.passport.trust_store import TrustStore\n"
    "TrustStore(Path(sys.argv[1])).take(Path(sys.argv[2]).read_bytes())\n"
)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_power_cut_while_a_list_is_written_leaves_the_older_one_whole(
    store: TrustStore, tmp_path: Path, call: str
) -> None:
    taken(store, LIST)
    newer = tmp_path / "newer.ml"
    newer.write_bytes(pki.master_list(VOUCHING, HERE, at=NOW))
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT.format(call=call) + IMPORT, str(store.directory), str(newer)],
        cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert list(store.directory.glob("lists/.half-*"))
    assert (store.load().countries, store.damaged) == ({"HU": 1, "UT": 1}, ())
    taken(store, newer.read_bytes())
    assert store.load().countries == {"UT": 1}
    assert not list(store.directory.glob("lists/.half-*"))


def test_a_damaged_file_is_named_and_the_others_count(store: TrustStore) -> None:
    taken(store, LIST)
    taken(store, pki.certificate(Signing.ec(), country="AT").der)
    (path,) = store.directory.glob("lists/*.ml")
    path.write_bytes(path.read_bytes()[:-100])
    assert store.load().countries == {"AT": 1}
    assert store.damaged == ("UT.ml",)
    taken(store, LIST)
    (path,) = store.directory.glob("authorities/*")
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert store.load().countries == {"HU": 1, "UT": 1}
    assert store.damaged == (path.name,)


def test_a_running_kiosk_sees_that_something_was_imported(store: TrustStore) -> None:
    before = store.state()
    taken(store, LIST)
    assert store.state() != before


# --- nonsense ----------------------------------------------------------------------------------


@settings(max_examples=200, deadline=1000)
@given(st.data())
def test_a_spoilt_list_is_judged_and_raises_nothing_but_our_own_errors(data: st.DataObject) -> None:
    spoilt = bytearray(LIST)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at] = data.draw(st.integers(0, 255))
    try:
        read = master_list.parse(bytes(spoilt))
        master_list.proofs(read.certificates)
        if read.broken() is None:
            assert read.signed.content == master_list.parse(LIST).signed.content
    except PassportError:
        return
