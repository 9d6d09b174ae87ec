"""What was proven of a document that was read: genuine, not copied, and that its door says what was signed.

Pure. A chip's proof is worth what its key is worth: a key of DG14 or DG15 counts only if those groups are
signed, a key of EF.CardSecurity only if that is. Each answer is yes, no or not possible, with the reason.

The standard's words (ICAO 9303-10, 9303-11): EF.SOD is the document security object, the signed hashes of the
data groups (DG); EF.CardAccess says, unsigned, how the chip is opened – the door; EF.CardSecurity says the
same signed, and holds the key for PACE with chip authentication mapping.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hardware.passport import chip_auth, cms, lds, passive_auth, security_infos
from hardware.passport.errors import Malformed, PassportError
from hardware.passport.files import File
from hardware.passport.findings import Answer, Finding, Reason, worst
from hardware.passport.order import NO_KEY, NOT_ASKED, Reading
from hardware.passport.pace import ChipProof
from hardware.passport.passive_auth import CARD_SECURITY, PassiveAuthentication, SignedBy
from hardware.passport.security_infos import ChipKey, SecurityInfos
from hardware.passport.trust import Trust


@dataclass(frozen=True)
class Proof:
    """`genuine`: the data are what a trusted state signed. `chip` and `active`: the chip has the key that was
    signed for it, by chip authentication (or PACE's mapping) and by active authentication. `door`:
    EF.CardAccess, which nobody signs, offers what the signed DG14 says (9303-11 §4.2)."""

    passive: PassiveAuthentication
    genuine: Finding
    chip: Finding
    active: Finding
    door: Finding

    @property
    def not_copied(self) -> Finding:
        """One yes is enough; one no is too much. A door that hides what was signed is a no of the same kind
        as a copy: somebody stands between chip and reader."""
        shown = _either(self.chip, self.active)
        return worst((shown, self.door)) if self.door.answer is Answer.NO else shown


def judge(reading: Reading, trust: Trust, now: datetime) -> Proof:
    """What a reading proves to who trusts `trust`, at `now` (with its time zone). Never raises for what a chip can
    hold; ValueError for a time without a zone."""
    groups = {file.group: data for file, data in reading.files.items() if file.group is not None}
    passive = passive_auth.verify(reading.files.get(File.SOD), groups, trust, now)
    return Proof(
        passive=passive,
        genuine=passive.genuine,
        chip=_either(
            _mapping(reading, passive, trust, now), _by_group(reading.chip, reading, passive, File.DG14)
        ),
        active=_by_group(reading.active, reading, passive, File.DG15),
        door=_door(reading, passive, trust, now),
    )


def _either(*findings: Finding) -> Finding:
    """Two ways to prove the same: a no is too much, one yes is enough, and what was tried says more than
    what was not. A key that was withheld is no proof of a copy where the chip has shown the other one."""
    order = (Answer.NO, Answer.YES, Reason.WITHHELD, Answer.NOT_POSSIBLE, Reason.NOT_ASKED, Reason.NO_CHIP_KEY)
    return min(findings, key=lambda each: order.index(each.reason if each.reason in order else each.answer))


def _by_group(found: Finding, reading: Reading, passive: PassiveAuthentication, file: File) -> Finding:
    """A proof with the key of a group, as far as that group is genuine. A no stays one: whoever signed
    the key, the chip does not have it. Nor has one that keeps silent about the key: what was signed is there."""
    if file.group in passive.unread and file in reading.failed:
        return Finding(Reason.WITHHELD, f"{file.title}: {reading.failed[file]}")
    if found.answer is not Answer.YES:
        return found
    return worst((passive.by.genuine, passive.group(file) or Finding(Reason.NOT_SIGNED, file.title)))


def _infos(reading: Reading, passive: PassiveAuthentication) -> tuple[SecurityInfos, Finding] | None:
    """What DG14 says, and whether that is what was signed, whoever signed it; None where `passive` knows of none."""
    group = passive.group(File.DG14)
    if group is None:
        return None
    return security_infos.parse(lds.unwrap(File.DG14, reading.files[File.DG14])), group


def _must_map(reading: Reading, passive: PassiveAuthentication) -> bool:
    """Whether it was signed, in DG14, that the chip has PACE with chip authentication mapping."""
    try:
        found = _infos(reading, passive)
    except PassportError:
        return False  # said where it was to be used
    return found is not None and found[1].answer is Answer.YES and found[0].maps_chip


def _mapping(reading: Reading, passive: PassiveAuthentication, trust: Trust, now: datetime) -> Finding:
    """PACE with chip authentication mapping, by the keys of EF.CardSecurity – which no hash ties to this
    document: the reader takes the signed object in the same session, and the same state must have signed
    both, and in DG14 that this chip maps (9303-11 §9.2.11 wants there what EF.CardAccess offers)."""
    there = _must_map(reading, passive)
    data = reading.files.get(File.CARD_SECURITY)
    if reading.mapping is None:
        if there and reading.pace_failed:
            return Finding(Reason.WITHHELD, f"chip authentication mapping: {reading.pace_failed}")
        return NOT_ASKED if there else NO_KEY
    if data is None:
        why = f"{File.CARD_SECURITY.title}: {reading.failed.get(File.CARD_SECURITY, 'it is not there')}"
        return Finding(Reason.WITHHELD if there else Reason.NO_SIGNED_OBJECT, why)
    try:
        infos, by = _card_security(data, trust, now)
        if not chip_auth.verify_mapping(reading.mapping, infos.chip_keys):
            return Finding(Reason.COPIED, "chip authentication mapping")
    except PassportError as error:
        return Finding.of(error)
    if by.genuine.answer is Answer.YES and by.country != passive.by.country:
        return Finding(Reason.STATE, f"{File.CARD_SECURITY.title} by {by.country}")
    return worst((by.genuine, _offers_mapping(reading, passive, reading.mapping, infos.chip_keys)))


def _offers_mapping(
    reading: Reading, passive: PassiveAuthentication, proof: ChipProof, keys: tuple[ChipKey, ...]
) -> Finding:
    """Whether DG14, as it was signed, says that this chip is proven by its mapping, on this curve; and where DG14
    has keys, with one of these: else the chip has still to prove that it has them."""
    try:
        found = _infos(reading, passive)
        if found is None:
            return Finding(Reason.NO_CHIP_KEY, f"no {File.DG14.title}")
        infos, group = found
        curves = {infos.group_of(each).name for each in infos.pace if each.maps_chip}
    except PassportError as error:
        return Finding.of(error)
    if proof.group.name not in curves:
        return Finding(Reason.NO_CHIP_KEY, f"{File.DG14.title}: no such mapping")
    if infos.chip_keys and not _maps(proof, chip_auth.shared(keys, infos.chip_keys)):
        return Finding(Reason.NO_CHIP_KEY, f"{File.DG14.title}: not with this key")
    return group


def _maps(proof: ChipProof, keys: tuple[ChipKey, ...]) -> bool:
    try:
        return chip_auth.verify_mapping(proof, keys)
    except PassportError:
        return False


def _card_security(data: bytes, trust: Trust, now: datetime) -> tuple[SecurityInfos, SignedBy]:
    """9303-11 §9.2.8: a signed object over SecurityInfos."""
    signed = cms.parse(data)
    if signed.content_type != CARD_SECURITY:
        raise Malformed(f"EF.CardSecurity: {signed.content_type}")
    return security_infos.parse(signed.content), passive_auth.signed_by(signed, trust, now)


def _door(reading: Reading, passive: PassiveAuthentication, trust: Trust, now: datetime) -> Finding:
    """Somebody between chip and reader may take the better ways out of EF.CardAccess, not out of DG14 or
    EF.CardSecurity, which repeat it (9303-11 §9.2.11)."""
    shown = reading.files.get(File.CARD_ACCESS)
    try:
        offered = security_infos.parse(shown).pace if shown else ()
        signed, genuine = _repeated(reading, passive, trust, now)
    except PassportError as error:
        return Finding.of(error)
    if not signed:
        return Finding(Reason.NOTHING_READ, "no PACE in what is signed")
    hidden = set(signed) - set(offered)
    if hidden:
        return Finding(Reason.HIDDEN, ", ".join(sorted({each.title for each in hidden})))
    return genuine


def _repeated(
    reading: Reading, passive: PassiveAuthentication, trust: Trust, now: datetime
) -> tuple[tuple[security_infos.PaceInfo, ...], Finding]:
    """PACE as a signed file says it, and how far that file is genuine."""
    found = _infos(reading, passive)
    if found is not None:
        infos, group = found
        return infos.pace, worst((passive.by.genuine, group))
    if File.CARD_SECURITY in reading.files:
        infos, by = _card_security(reading.files[File.CARD_SECURITY], trust, now)
        return infos.pace, by.genuine
    return (), Finding(Reason.NOTHING_READ)
