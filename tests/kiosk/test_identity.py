"""What a house makes of what a document has proven; and every reason has its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.document_reader.contract import Sex, Source, TravelDocument
from hardware.passport.findings import YES, Answer, Finding, Reason
from hardware.passport.proof import Proof
from kiosk import identity
from kiosk.identity import NO_CHIP, WITHOUT_CHIP, WORDS, Proven
from kiosk.language import language
from kiosk.sections import Identity, Otherwise, Require
from tests.hardware.passport.test_proof import proven as proof_of
from tests.kiosk.registration.conftest import DOCUMENT

GO_ON, COLLEAGUE = Otherwise.GO_ON, Otherwise.COLLEAGUE
AGAINST = [reason for reason in Reason if reason.answer is Answer.NO]
OPEN = [reason for reason in Reason if reason.answer is Answer.NOT_POSSIBLE]
LAX = Identity(require=Require.ZONE, unproven=GO_ON, unknown_country=GO_ON, no_chip=GO_ON)


def what(genuine: Finding = YES, not_copied: Finding = YES, zone: Finding = YES) -> Proven:
    return Proven(genuine, not_copied, zone)


def goes_on(proven: Proven, **policy: object) -> bool:
    return identity.judge(proven, Identity.model_validate(policy)).goes_on


# --- the table ---------------------------------------------------------------------------------------


def test_every_reason_has_a_sentence_and_a_hint() -> None:
    assert set(WORDS) == set(Reason)
    for words in WORDS.values():
        assert words.sentence.key.endswith(".")
        assert words.hint.endswith((".", "?"))


@pytest.mark.parametrize("code", ["en", "de", "hu"])
def test_a_guest_is_told_few_things_in_their_language_and_never_accused(code: str) -> None:
    said = {language(code).say(words.sentence) for words in WORDS.values()}
    assert len(said) <= 8, "grouped: a guest needs no more"
    if code != "en":
        assert not said & {language("en").say(words.sentence) for words in WORDS.values()}
    assert not any(word in text.lower() for text in said for word in ("forged", "gefälscht", "hamis"))


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_COUNTRY, Reason.UNKNOWN_ISSUER, Reason.NO_SIGNER])
def test_the_technician_is_told_to_import_where_a_certificate_is_missing(reason: Reason) -> None:
    assert "kiosk trust import" in identity.hint(Finding(reason))


# --- the policy --------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", AGAINST)
@pytest.mark.parametrize("of", ["genuine", "not_copied", "zone"])
def test_what_speaks_against_a_document_leads_to_a_colleague_in_the_laxest_house(reason: Reason, of: str) -> None:
    verdict = identity.judge(replace(what(), **{of: Finding(reason)}), LAX)
    assert (verdict.goes_on, verdict.finding.reason) == (False, reason)


@pytest.mark.parametrize("require", list(Require))
def test_a_document_that_proves_all_goes_on_everywhere(require: Require) -> None:
    assert goes_on(what(), require=require)


def test_a_house_that_wants_the_zone_only_asks_for_no_proof() -> None:
    assert goes_on(WITHOUT_CHIP, require="zone")
    assert goes_on(what(Finding(Reason.UNKNOWN_COUNTRY)), require="zone")


def test_a_chip_without_a_key_of_its_own_goes_on_where_genuine_is_enough() -> None:
    old = what(not_copied=Finding(Reason.NO_CHIP_KEY))
    assert goes_on(old, require="genuine")
    assert not goes_on(old, require="not-copied")
    assert goes_on(old, require="not-copied", unproven="go-on")


@pytest.mark.parametrize("reason", OPEN)
def test_each_kind_of_not_possible_follows_its_own_line_of_the_policy(reason: Reason) -> None:
    country = reason in (Reason.UNKNOWN_COUNTRY, Reason.UNKNOWN_STATE)
    proven = what(Finding(reason), Finding(reason))
    assert goes_on(proven, unknown_country="go-on") is country
    assert goes_on(proven, unproven="go-on") is not country
    assert not goes_on(proven, no_chip="go-on"), "a chip that was read is not one that is not there"


def test_a_document_without_a_chip_follows_the_line_of_its_own() -> None:
    assert goes_on(WITHOUT_CHIP, no_chip="go-on")
    assert not goes_on(WITHOUT_CHIP, unproven="go-on", unknown_country="go-on")
    assert identity.judge(WITHOUT_CHIP, Identity()).finding == NO_CHIP
    assert WITHOUT_CHIP.unproven


# --- proofs of real documents ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "desk"),
    [
        ("everything", "genuine yes; not copied yes; zone yes"),
        ("pace-gm", "genuine yes; not copied not-possible (no-chip-key); zone yes"),
        ("copied", "genuine yes; not copied no (copied); zone yes"),
        ("withheld-dg14", "genuine yes; not copied no (withheld); zone yes"),
        ("wrong-signature", "genuine no (signature); not copied not-possible (no-chip-key); zone yes"),
        ("unknown-country", "genuine not-possible (unknown-country); not copied not-possible (no-chip-key); zone yes"),
    ],
)
def test_the_desk_reads_what_was_proven_and_why_not(sample: str, desk: str) -> None:
    assert identity.for_desk(identity.proven(proof_of(sample))) == desk


def test_the_desk_reads_that_the_better_way_into_the_chip_failed() -> None:
    """Somebody between chip and reader may have made it fail; a worn chip may have, too."""
    proven = identity.proven(proof_of("pace-gm"), "PACE: a wrong token")
    assert identity.for_desk(proven).endswith("; PACE failed (PACE: a wrong token)")
    assert len(identity.lines(proven)) == 3


def test_the_desk_reads_what_a_proof_is_worth() -> None:
    proof = proof_of("everything")
    by = replace(proof.passive.by, weak=("sha1", "RSA 1024"), revocation=Finding(Reason.NO_REVOCATION_LIST, "UT"))
    worth = identity.proven(replace(proof, passive=replace(proof.passive, by=by)))
    assert identity.for_desk(worth) == (
        "genuine yes; not copied yes; zone yes; weak (sha1, RSA 1024); revoked or not: no-revocation-list"
    )
    assert goes_on(worth), "the house has no line for it: the desk reads it"
    assert worth.marked(Identity())


def test_what_went_on_without_what_the_house_asks_for_is_marked() -> None:
    old = what(not_copied=Finding(Reason.NO_CHIP_KEY))
    assert not old.marked(Identity())
    assert old.marked(Identity(require=Require.NOT_COPIED, unproven=GO_ON))
    assert not what().marked(Identity(require=Require.NOT_COPIED))
    assert WITHOUT_CHIP.marked(Identity(require=Require.ZONE))


def test_a_door_that_hides_what_was_signed_is_as_bad_as_a_copy() -> None:
    proof: Proof = replace(proof_of("everything"), door=Finding(Reason.HIDDEN))
    assert identity.proven(proof).not_copied.reason is Reason.HIDDEN
    assert not identity.judge(identity.proven(proof), LAX).goes_on


@pytest.mark.parametrize(
    ("proven", "said"),
    [
        (what(), "Genuine, not copied"),
        (what(not_copied=Finding(Reason.NO_CHIP_KEY)), "Genuine"),
        (WITHOUT_CHIP, "Not proven. No chip was read."),
        (
            what(Finding(Reason.UNKNOWN_COUNTRY)),
            "Not proven. This terminal does not know the signatures of the state that issued it.",
        ),
    ],
)
def test_the_card_says_it_in_a_few_words(proven: Proven, said: str) -> None:
    assert language("en").say(identity.summary(proven)) == said


def test_the_signed_card_has_three_answers_with_their_reasons() -> None:
    said = [tuple(map(language("en").say, line)) for line in identity.lines(what(not_copied=Finding(Reason.NO_CHIP_KEY)))]
    assert said == [
        ("Chip genuine", "Yes"),
        ("Chip not copied", "Could not be checked. Its chip is of a kind that can’t show whether it is a copy."),
        ("Chip matches the print", "Yes"),
    ]


# --- print and chip ----------------------------------------------------------------------------------


def chip(**changes: object) -> TravelDocument:
    return replace(DOCUMENT, source=Source.CHIP, **changes)  # type: ignore[arg-type]


def test_print_and_chip_that_say_the_same_differ_in_nothing() -> None:
    assert identity.differences(DOCUMENT, chip()) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "C01X00T48"), ("born_text", "740813"), ("expires", None), ("surname", "MUELLER SCHMIDT"),
        ("given_names", "JUERGEN"), ("issuer", "AUT"), ("nationality", "AUT"), ("sex", Sex.FEMALE),
    ],
)  # fmt: skip
def test_whatever_print_and_chip_say_differently_is_named(name: str, value: object) -> None:
    assert identity.differences(DOCUMENT, chip(**{name: value})) == (name,)


def test_a_name_that_the_print_has_cut_is_compared_as_far_as_it_goes() -> None:
    cut = replace(DOCUMENT, given_names="JUERGEN PE", name_truncated=True)
    assert identity.differences(cut, chip()) == ()
    assert identity.differences(cut, chip(given_names="JUERGEN PAUL")) == ("given_names",)
