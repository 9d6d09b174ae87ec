"""What a document has proven, and what the hotel's policy makes of it. Pure.

Rules: what speaks *against* a document (a no) leads to a colleague whatever the policy says; what could
not be proven (not possible) goes on or not as `[identity]` in kiosk.ini has it, and is then marked
unproven. Every `Reason` has a sentence for the guest and a hint for the technician; a test holds the
table whole. The guest's words never accuse: a chip can be worn, a list can be old.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.document_reader.contract import TravelDocument
from hardware.passport.findings import YES, Answer, Finding, Reason, worst
from kiosk.language import T, Text
from kiosk.sections import Identity, Otherwise, Require

if TYPE_CHECKING:  # a terminal without a chip reader loads no cryptography
    from hardware.passport.proof import Proof

NO_CHIP = Finding(Reason.NOTHING_READ, "no chip")
"""Of a document whose chip gave nothing: the printed zone stands alone."""


@dataclass(frozen=True)
class Proven:
    """The three answers that the hotel gets, each yes, no or not possible, with the reason."""

    genuine: Finding  # the data are what a trusted state signed
    not_copied: Finding  # the chip has the key that was signed for it
    zone: Finding  # chip and printed zone say the same
    weak: tuple[str, ...] = ()  # what it is proven with and nobody should use any more: `sha1`, `RSA 1024`
    unrevoked: Finding = YES  # whether the state has not revoked the signer, as far as its list says
    pace_failed: str = ""  # why the chip was opened by an older way than it offers; for the desk

    @property
    def unproven(self) -> bool:
        """Whether nothing speaks for the document but its print."""
        return self.genuine.answer is not Answer.YES

    @property
    def against(self) -> Finding:
        """What speaks against the document; else a yes."""
        found = worst(getattr(self, name) for name in _QUESTIONS)
        return found if found.answer is Answer.NO else YES

    def marked(self, policy: Identity) -> bool:
        """Whether the hotel is to know that it went on with less than a good proof of what the house asks for."""
        asked = policy.require is Require.NOT_COPIED
        return self.unproven or bool(self.weak or self.pace_failed) or (asked and self.not_copied.answer is not Answer.YES)


WITHOUT_CHIP = Proven(NO_CHIP, NO_CHIP, NO_CHIP)


def proven(proof: Proof, pace_failed: str = "") -> Proven:
    """Of a chip that was read and says what the zone says."""
    by = proof.passive.by
    return Proven(proof.genuine, proof.not_copied, YES, by.weak, by.revocation, pace_failed)


@dataclass(frozen=True)
class Verdict:
    """Whether this guest goes on alone; if not, or not wholly proven, what kept it."""

    goes_on: bool
    finding: Finding = YES


def judge(what: Proven, policy: Identity) -> Verdict:
    """What the house does with it."""
    if what.against.reason is not None:
        return Verdict(False, what.against)
    wanted = {
        Require.ZONE: (),
        Require.GENUINE: (what.genuine,),
        Require.NOT_COPIED: (what.genuine, what.not_copied),
    }[policy.require]
    missing = worst(wanted)
    if missing.reason is None:
        return Verdict(True)
    return Verdict(_otherwise(missing, policy) is Otherwise.GO_ON, missing)


def _otherwise(missing: Finding, policy: Identity) -> Otherwise:
    if missing == NO_CHIP:
        return policy.no_chip
    return policy.unknown_country if missing.reason in _NOBODY_VOUCHES else policy.unproven


_NOBODY_VOUCHES = (Reason.UNKNOWN_COUNTRY, Reason.UNKNOWN_STATE)


# --- zone and chip ---------------------------------------------------------------------------------

_BOTH_SAY = ("number", "born_text", "expires", "surname", "given_names", "issuer", "nationality", "sex")


def differences(zone: TravelDocument, chip: TravelDocument) -> tuple[str, ...]:
    """The names of what printed zone and chip do not say alike. A name that one of them has cut is
    compared as far as it goes."""
    cut = zone.name_truncated or chip.name_truncated
    return tuple(
        name
        for name in _BOTH_SAY
        if getattr(zone, name) != getattr(chip, name)
        and not (cut and name in ("surname", "given_names") and _begins(getattr(zone, name), getattr(chip, name)))
    )


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


# --- words -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """`sentence` for the guest; `hint` for the technician."""

    sentence: Text
    hint: str


_NOT_CONFIRMED = T("The state’s signature on its chip could not be confirmed.")
_NOT_KNOWN = T("This terminal does not know the signatures of the state that issued it.")
_NOT_ALL = T("Not everything about its chip could be checked here.")
_NOTHING_THERE = T("Its chip holds nothing that could be checked.")
_NOT_ITSELF = T("Its chip could not show that it is the original.")
OTHER_ZONE = T("Its chip says something other than its print.")
_NO_KEY = T("Its chip is of a kind that can’t show whether it is a copy.")
_NOT_VALID = T("The key that it was signed with is not valid.")

_LOOK = "Nothing is wrong with the terminal: have the document looked at."
_IMPORT = "Import the state's master list: `kiosk trust import FILE`; `kiosk trust list` shows what is there."
_CRL = "Import the state's revocation list: `kiosk trust import FILE`."

WORDS: dict[Reason, Words] = {
    Reason.NO_SIGNED_OBJECT: Words(_NOTHING_THERE, "The chip has no EF.SOD: a test document, or a damaged chip."),
    Reason.NO_SIGNER: Words(_NOT_KNOWN, f"The signer's certificate is not on the chip. {_IMPORT}"),
    Reason.UNSUPPORTED: Words(_NOT_ALL, "An algorithm that is not spoken here; see `kiosk document read`."),
    Reason.UNKNOWN_COUNTRY: Words(_NOT_KNOWN, f"No certificate of this state was imported. {_IMPORT}"),
    Reason.UNKNOWN_ISSUER: Words(_NOT_KNOWN, f"Not the certificate that issued this signer. {_IMPORT} Take the newest."),
    Reason.NO_SIGNING_TIME: Words(_NOT_ALL, "The signer's certificate has ended, and the chip does not say when it signed."),
    Reason.NO_REVOCATION_LIST: Words(_NOT_ALL, _CRL),
    Reason.OLD_REVOCATION_LIST: Words(_NOT_ALL, f"{_CRL} The one here is out of date."),
    Reason.NOTHING_READ: Words(_NOTHING_THERE, "No chip answered, or it gave no data: cover off, flat, and still."),
    Reason.NO_CHIP_KEY: Words(_NO_KEY, "This chip has no key of its own: many older passports have none."),
    Reason.NOT_ASKED: Words(_NOT_ALL, "The chip was not asked to show its key; see `kiosk document read`."),
    Reason.TOO_LONG: Words(_NOT_ALL, "The chip's signature is longer than this reader carries: `long_answers`, or another reader."),
    Reason.UNKNOWN_STATE: Words(_NOT_KNOWN, "The zone names no state whose certificates are known here."),
    Reason.MALFORMED: Words(_NOT_CONFIRMED, f"The chip's files are not as the standard wants them. {_LOOK}"),
    Reason.CONTENT: Words(_NOT_CONFIRMED, f"The signature is for other content. {_LOOK}"),
    Reason.SIGNATURE: Words(_NOT_CONFIRMED, f"The signature is wrong. {_LOOK}"),
    Reason.ISSUER_SIGNATURE: Words(_NOT_CONFIRMED, f"The state did not make the signer's certificate. {_LOOK}"),
    Reason.ISSUER_USAGE: Words(_NOT_CONFIRMED, f"The issuer's key is not for certificates. {_LOOK}"),
    Reason.SIGNER_USAGE: Words(_NOT_CONFIRMED, f"The signer's key is not for documents. {_LOOK}"),
    Reason.COUNTRY: Words(_NOT_CONFIRMED, f"Signer and issuer are of two states. {_LOOK}"),
    Reason.EXPIRED_AT_SIGNING: Words(_NOT_VALID, f"The signer's certificate had ended when it signed. {_LOOK}"),
    Reason.NOT_YET_VALID: Words(_NOT_VALID, "Signed before its certificate began: is this terminal's clock right?"),
    Reason.REVOKED: Words(_NOT_VALID, f"The state has revoked the signer. {_LOOK}"),
    Reason.HASH: Words(_NOT_CONFIRMED, f"A data group is not the one that was signed. {_LOOK}"),
    Reason.NOT_SIGNED: Words(_NOT_CONFIRMED, f"A data group is not under the signature. {_LOOK}"),
    Reason.COPIED: Words(_NOT_ITSELF, f"The chip has not the key that was signed for it: a copy. {_LOOK}"),
    Reason.WITHHELD: Words(_NOT_ITSELF, f"The chip keeps back the key that was signed for it: a copy, or damaged. {_LOOK}"),
    Reason.HIDDEN: Words(_NOT_ITSELF, f"The chip's door offers less than was signed. {_LOOK}"),
    Reason.STATE: Words(_NOT_CONFIRMED, f"Signed by another state than the zone names. {_LOOK}"),
    Reason.OTHER_ZONE: Words(OTHER_ZONE, f"Printed zone and chip differ. {_LOOK}"),
}

_QUESTIONS = {"genuine": T("Chip genuine"), "not_copied": T("Chip not copied"), "zone": T("Chip matches the print")}
_ANSWERS = {Answer.YES: T("Yes"), Answer.NO: T("No"), Answer.NOT_POSSIBLE: T("Could not be checked")}
_NO_CHIP_SENTENCE = T("No chip was read.")


def sentence(finding: Finding) -> Text:
    """Why it is not yes, for the guest."""
    if finding.reason is None:
        raise LookupError("nothing is said of a yes")
    return _NO_CHIP_SENTENCE if finding == NO_CHIP else WORDS[finding.reason].sentence


def hint(finding: Finding) -> str:
    """Why it is not yes, for the technician; '' for a yes."""
    return WORDS[finding.reason].hint if finding.reason else ""


def lines(what: Proven) -> tuple[tuple[Text, Text], ...]:
    """What was proven, as question and answer with its reason: for the card and the screen."""
    return tuple((words, _said(getattr(what, name))) for name, words in _QUESTIONS.items())


def summary(what: Proven) -> Text:
    """In a few words: for a row of the screen."""
    found = worst((what.genuine, what.not_copied, what.zone))
    if found.reason is None:
        return T("Genuine, not copied")
    if found.answer is not Answer.NO and what.genuine.answer is Answer.YES:
        return T("Genuine")
    return T("Not proven. {reason}", reason=sentence(found))


def _said(finding: Finding) -> Text:
    answer = _ANSWERS[finding.answer]
    return answer if finding.reason is None else T("{answer}. {reason}", answer=answer, reason=sentence(finding))


def for_desk(what: Proven) -> str:
    """What was proven, as the desk reads it: `genuine yes; not copied not-possible (no-chip-key); …` – and what it
    is worth: `weak (sha1)`, `revoked or not: no-revocation-list`."""
    said = [f"{name.replace('_', ' ')} {_short(getattr(what, name))}" for name in _QUESTIONS]
    if what.weak:
        said.append(f"weak ({', '.join(what.weak)})")
    if not what.unproven and what.unrevoked.reason is not None:
        said.append(f"revoked or not: {what.unrevoked.reason}")
    if what.pace_failed:
        said.append(f"PACE failed ({what.pace_failed})")
    return "; ".join(said)


def _short(finding: Finding) -> str:
    if finding.reason is None:
        return finding.answer.value
    reason = "no-chip" if finding == NO_CHIP else finding.reason.value
    return f"{finding.answer.value} ({reason})"
