"""What was proven of a document: yes, no, or not possible – and why. Answers, never exceptions.

In the standard's words (ICAO 9303-11, 9303-12) the signed object is EF.SOD, the document security object; the
signer's certificate is the document signer's (DSC), issued by the country's signing authority (CSCA); the door is
EF.CardAccess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hardware.passport.errors import PassportError, TooLong, Unsupported


class Answer(StrEnum):
    """Not possible is not no: nothing speaks against the document, and nothing for it."""

    YES = "yes"
    NO = "no"
    NOT_POSSIBLE = "not-possible"


class Reason(StrEnum):
    """Why it is not yes. One reason belongs to one answer, wherever it is found."""

    # not possible
    NO_SIGNED_OBJECT = "no-signed-object"  # the chip has no EF.SOD
    NO_SIGNER = "no-signer"  # the signer's certificate is neither in the object nor in the store
    UNSUPPORTED = "unsupported"  # an algorithm that is not spoken here; `detail` names it
    UNKNOWN_COUNTRY = "unknown-country"  # no certificate of this country was imported
    UNKNOWN_ISSUER = "unknown-issuer"  # … some were, but not the one that issued the signer
    NO_SIGNING_TIME = "no-signing-time"  # the signer's validity is over, and when it signed is not said
    NO_REVOCATION_LIST = "no-revocation-list"
    OLD_REVOCATION_LIST = "old-revocation-list"  # a newer one has long been due
    NOTHING_READ = "nothing-read"  # no data group to compare
    NO_CHIP_KEY = "no-chip-key"  # the state has signed no key of the chip's own: many older ones have none
    NOT_ASKED = "not-asked"  # the chip was not asked to show its key
    TOO_LONG = "too-long"  # the chip's own signature is longer than this reader can carry
    UNKNOWN_STATE = "unknown-state"  # the zone names no state that we know the certificates of
    # no
    MALFORMED = "malformed"
    CONTENT = "content"  # the signature is for something else than this content
    SIGNATURE = "signature"
    ISSUER_SIGNATURE = "issuer-signature"  # the key that it names did not make the signer's certificate
    ISSUER_USAGE = "issuer-usage"  # the issuer's key is not for certificates
    SIGNER_USAGE = "signer-usage"  # the signer's key is not for documents
    COUNTRY = "country"  # signer and issuer are of two countries
    EXPIRED_AT_SIGNING = "expired-at-signing"
    NOT_YET_VALID = "not-yet-valid"  # signed before the certificate began, or in the future
    REVOKED = "revoked"
    HASH = "hash"  # a data group is not the one that was signed
    NOT_SIGNED = "not-signed"  # a data group that the signed object does not name
    COPIED = "copied"  # the chip does not have the key that was signed for it
    WITHHELD = "withheld"  # a key was signed for the chip, and the chip does not give the file that it stands in
    HIDDEN = "hidden"  # the chip offers less at its door than was signed
    STATE = "state"  # signed by another country than the one that the zone names
    OTHER_ZONE = "other-zone"  # the chip says something else than the printed zone

    @property
    def answer(self) -> Answer:
        return Answer.NOT_POSSIBLE if self in _NOT_POSSIBLE else Answer.NO


_NOT_POSSIBLE = frozenset(
    {
        Reason.NO_SIGNED_OBJECT, Reason.NO_SIGNER, Reason.UNSUPPORTED, Reason.UNKNOWN_COUNTRY, Reason.UNKNOWN_ISSUER,
        Reason.NO_SIGNING_TIME, Reason.NO_REVOCATION_LIST, Reason.OLD_REVOCATION_LIST, Reason.NOTHING_READ,
        Reason.NO_CHIP_KEY, Reason.NOT_ASKED, Reason.TOO_LONG, Reason.UNKNOWN_STATE,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One check. `detail` is for technicians: an algorithm, `DG2`; never what was read."""

    reason: Reason | None = None
    detail: str = ""

    @classmethod
    def of(cls, error: PassportError) -> Finding:
        """What an error of this package says of a check that could not be made."""
        if isinstance(error, TooLong):
            return cls(Reason.TOO_LONG, str(error))
        return cls(Reason.UNSUPPORTED if isinstance(error, Unsupported) else Reason.MALFORMED, str(error))

    @property
    def answer(self) -> Answer:
        return self.reason.answer if self.reason else Answer.YES


YES = Finding()


def worst(findings: Iterable[Finding]) -> Finding:
    """The first no; else the first that was not possible; else yes."""
    found = sorted(findings, key=lambda each: (Answer.NO, Answer.NOT_POSSIBLE, Answer.YES).index(each.answer))
    return found[0] if found else YES
