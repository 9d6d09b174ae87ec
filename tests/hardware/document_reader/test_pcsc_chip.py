"""A guest lays a document on the chip reader: good, bad, lifted, not a document at all; the reader goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import MuteCard, Phone, SmartCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.document_reader.contract import Chip, ChipRead, DocumentPresented, Source, Wanted
from hardware.document_reader.pcsc_chip import DRIVER, PcscChipReader
from hardware.document_reader.virtual import VirtualReader as VirtualSwipe
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_family import CAN, Family
from hardware.document_reader.virtual_pad import DocumentPad
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, DeviceMissetup, Fault
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.password import Password
from hardware.passport.trust_store import Imported, TrustStore
from hardware.readings import Reading, State
from tests.hardware.conftest import WITHIN_S, Events
from tests.hardware.passport.test_reader import Watched, twice

BANK_CARD = SmartCard(bytes.fromhex("04112233445566"))
KEY_CARD = make_card(CardType.ULTRALIGHT, bytes.fromhex("04A1B2C3D4E5F6"))
PORTRAIT = Wanted(portrait=True)


@pytest.fixture
async def pad(family: Family) -> AsyncIterator[DocumentPad]:
    reader = DocumentPad("Virtual chip reader", family)
    await reader.start()
    yield reader
    await reader.stop()


@pytest.fixture
def store(tmp_path: Path, family: Family) -> TrustStore:
    """What an operator has imported."""
    store = TrustStore(tmp_path / "trust")
    (taken,) = store.take(family.master_list())
    assert isinstance(taken, Imported)
    return store


@pytest.fixture
async def swipe(started: Any) -> VirtualSwipe:
    end: VirtualSwipe = await started(VirtualSwipe())
    return end


@pytest.fixture
async def reader(
    pad: DocumentPad, swipe: VirtualSwipe, store: TrustStore, family: Family, events: Events
) -> AsyncIterator[PcscChipReader]:
    options = {"zone": swipe.address, "trust": str(store.directory)}
    settings = DeviceSettings("reader", "pcsc_chip", pad.address, options, lambda: family.today)
    driver = DRIVER(settings, events)
    await driver.open()
    yield driver
    await driver.close()


def password(pad: DocumentPad) -> Password:
    """Of the document that lies there, as its printed zone says."""
    return Password.of(pad.card.contents.description.document)  # type: ignore[union-attr]


async def read(
    reader: PcscChipReader,
    secret: Password,
    order: Wanted = Wanted(),  # noqa: B008 - frozen
    *,
    within_s: float = WITHIN_S,
    on_progress: Callable[[float], None] = lambda part: None,
) -> ChipRead:
    return await reader.read_chip(secret, document_within_s=within_s, order=order, on_progress=on_progress)


async def laid_and_read(reader: PcscChipReader, pad: DocumentPad, sample: str, order: Wanted = Wanted()) -> ChipRead:  # noqa: B008
    pad.lay(sample)
    return await read(reader, password(pad), order)


async def test_a_good_passport_is_read_and_genuine_and_no_copy(reader: PcscChipReader, pad: DocumentPad) -> None:
    told: list[float] = []
    pad.lay("chip-auth")
    found = await read(reader, password(pad), PORTRAIT, on_progress=told.append)
    assert found.outcome is Chip.READ
    assert found.document
    assert found.proof
    assert (found.document.surname, found.document.source) == ("ERIKSSON", Source.CHIP)
    assert (found.proof.genuine.answer, found.proof.not_copied.answer) == (Answer.YES, Answer.YES)
    assert found.opened.startswith("PACE")
    assert found.portrait
    assert found.portrait[:3] == b"\xff\xd8\xff"
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 5
    assert {"PACE", "EF.SOD", "EF.DG1", "EF.DG2"} <= {tally.name for tally in found.tallies}
    assert "ERIKSSON" not in repr(found) + str(found)


async def test_a_document_that_is_laid_while_it_is_waited_for_is_read(reader: PcscChipReader, pad: DocumentPad) -> None:
    pad.lay("bac")
    secret = password(pad)
    pad.lift()
    reading = asyncio.ensure_future(read(reader, secret))
    while pad.card is None:
        await asyncio.sleep(0)
        pad.lay("bac")
    assert (await reading).outcome is Chip.READ


@pytest.mark.parametrize("after", [3, 12, 25])
async def test_a_document_that_was_lifted_is_read_on_when_it_is_laid_back(
    reader: PcscChipReader, pad: DocumentPad, after: int
) -> None:
    pad.lay("bac-short")
    secret, before = password(pad), pad.apdus
    whole = await read(reader, secret, PORTRAIT)
    commands = pad.apdus - before
    pad.lay("bac-short")
    pad.lift_after(after)
    lifted = await read(reader, secret, PORTRAIT)
    assert (lifted.outcome, lifted.document) == (Chip.LIFTED, None)
    await pad.do("lay-back")
    before = pad.apdus
    again = await read(reader, secret, PORTRAIT)
    assert (again.outcome, again.portrait) == (Chip.READ, whole.portrait)
    assert again.proof
    assert again.proof.genuine.answer is Answer.YES
    assert pad.apdus - before < commands or after < 10


@pytest.mark.parametrize("sample", ["bac-short", "chip-auth", "everything", "chained"])
async def test_what_was_read_before_it_was_lifted_is_not_read_again(
    reader: PcscChipReader, pad: DocumentPad, family: Family, sample: str
) -> None:
    """Lifted three times, once in each quarter: every byte of every file is read once, and no more than once – but
    for what a mapping must be tied to, in the session that it opened."""
    card = PassportCard(family.contents(sample))
    chip = card.chip = Watched(card.contents)
    pad.place(card)
    secret, before = password(pad), pad.apdus
    whole = await read(reader, secret, PORTRAIT)
    assert whole.outcome is Chip.READ
    commands = pad.apdus - before
    pad.lift()
    chip.served.clear()
    for _ in range(3):
        pad.place(card)
        pad.lift_after(commands // 4 + 8)  # what it takes to open it again
        assert (await read(reader, secret, PORTRAIT)).outcome is Chip.LIFTED
        pad.lift()
    pad.place(card)
    again = await read(reader, secret, PORTRAIT)
    assert (again.outcome, again.files) == (Chip.READ, whole.files)
    bound = {File.CARD_SECURITY, File.SOD, File.DG1} if "CAM" in whole.opened else set()
    assert set(twice(chip.served)) <= bound
    read_of = {file: sum(end - begin for one, begin, end in chip.served if one is file) for file, _, _ in chip.served}
    assert all(read_of[file] <= len(card.contents.files[file]) for file in read_of if file.group and file not in bound)


async def test_another_chip_that_is_laid_down_is_read_from_the_start(
    reader: PcscChipReader, pad: DocumentPad, family: Family
) -> None:
    """Both have UIDs of their own, and one zone: nothing that the first one gave or proved goes to the second."""
    genuine, copy = PassportCard(family.contents("chip-auth")), PassportCard(family.contents("copied-chip-auth"))
    genuine.uid, copy.uid = bytes.fromhex("04112233445566"), bytes.fromhex("04112233445577")
    chip = copy.chip = Watched(copy.contents)
    pad.place(genuine)
    secret, before = password(pad), pad.apdus
    assert (await read(reader, secret, PORTRAIT)).outcome is Chip.READ
    commands = pad.apdus - before
    pad.lift()
    pad.place(genuine)
    pad.lift_after(commands - 3)
    assert (await read(reader, secret, PORTRAIT)).outcome is Chip.LIFTED
    pad.lift()
    pad.place(copy)
    found = await read(reader, secret, PORTRAIT)
    assert found.proof
    assert found.proof.not_copied.reason is Reason.COPIED
    assert {File.SOD, File.DG1, File.DG2, File.DG14} <= {file for file, _, _ in chip.served}


async def test_nothing_of_a_lifted_document_is_kept_for_the_next_guest(reader: PcscChipReader, pad: DocumentPad) -> None:
    pad.lay("bac-short")
    secret = password(pad)
    pad.lift_after(40)
    assert (await read(reader, secret, PORTRAIT)).outcome is Chip.LIFTED
    assert reader._pad
    assert reader._pad._begun
    reader.forget()
    assert reader._pad._begun is None
    pad.lay("bac-short")
    pad.lift_after(40)
    assert (await read(reader, secret, PORTRAIT)).outcome is Chip.LIFTED
    other = await laid_and_read(reader, pad, "chip-auth")
    assert other.outcome is Chip.READ
    assert reader._pad._begun is None


async def test_a_reader_that_cannot_carry_long_commands_is_noticed_once(
    reader: PcscChipReader, pad: DocumentPad
) -> None:
    pad.carries_long = False
    first = await laid_and_read(reader, pad, "bac", PORTRAIT)
    assert (first.outcome, bool(first.portrait)) == (Chip.READ, True)
    before = pad.apdus
    second = await laid_and_read(reader, pad, "bac", PORTRAIT)
    assert second.outcome is Chip.READ
    assert sum(tally.commands for tally in second.tallies) == pad.apdus - before - 2  # UIDs; none was lost


async def test_a_wrong_password_is_said_and_not_tried_again(reader: PcscChipReader, pad: DocumentPad) -> None:
    pad.lay("pace-only")
    wrong = Password.mrz("X00000000", "740812", "340415")
    found = await read(reader, wrong)
    assert (found.outcome, found.document, found.proof) == (Chip.WRONG_PASSWORD, None, None)
    assert [tally.commands for tally in found.tallies if tally.name == "PACE"] == [5]
    assert (await read(reader, password(pad))).outcome is Chip.READ


async def test_a_card_access_number_opens_an_identity_card(reader: PcscChipReader, pad: DocumentPad) -> None:
    pad.lay("card-can")
    found = await read(reader, Password.can(CAN))
    assert found.outcome is Chip.READ
    assert found.document
    assert found.document.number == "D23145890"
    assert (await read(reader, Password.can("000000"))).outcome is Chip.WRONG_PASSWORD


async def test_a_phone_is_no_document_whatever_uid_it_shows(reader: PcscChipReader, pad: DocumentPad) -> None:
    phone = Phone()
    pad.place(phone)
    seen = phone.uid
    found = await read(reader, Password.can(CAN))
    assert (found.outcome, found.why) == (Chip.NOT_A_DOCUMENT, "SELECT the eMRTD application: 6A82")
    assert phone.uid != seen


async def test_a_key_card_is_no_document(reader: PcscChipReader, pad: DocumentPad) -> None:
    pad.place(KEY_CARD)
    assert (await read(reader, Password.can(CAN))).outcome is Chip.NOT_A_DOCUMENT


async def test_two_cards_are_told_where_the_reader_tells(reader: PcscChipReader, pad: DocumentPad) -> None:
    pad.lay("bac")
    secret = password(pad)
    pad.place(BANK_CARD)
    assert (await read(reader, secret)).outcome is Chip.TWO_CARDS
    pad.lift()
    pad.place(MuteCard(b""))
    assert (await read(reader, secret)).outcome is Chip.TWO_CARDS


async def test_a_slow_chip_is_read_and_tells_how_far_it_is(reader: PcscChipReader, pad: DocumentPad) -> None:
    told: list[tuple[float, float]] = []
    pad.lay("slow")
    found = await read(reader, password(pad), on_progress=lambda part: told.append((time.monotonic(), part)))
    assert found.outcome is Chip.READ
    pauses = [later - earlier for (earlier, _), (later, _) in zip(told, told[1:], strict=False)]
    assert max(pauses) < 1.0  # a command of this chip takes 0.3 s, on a busy machine more
    assert found.seconds > 3


@pytest.mark.parametrize("order", [Wanted(), PORTRAIT, Wanted(details=True, every_proof=True)])
async def test_a_document_that_vanishes_does_so_in_the_middle_of_any_reading(
    reader: PcscChipReader, pad: DocumentPad, order: Wanted
) -> None:
    pad.lay("vanishing")
    secret, told = password(pad), [0.0]
    assert (await read(reader, secret, order, on_progress=told.append)).outcome is Chip.LIFTED
    assert 0.2 < told[-1] < 0.95
    assert await reader.lies_there() is None
    await pad.do("lay-back")
    assert (await read(reader, secret, order, on_progress=told.append)).outcome is Chip.READ
    assert told == sorted(told), "it goes on from where it was, also to the eye"


async def test_while_the_chip_works_on_one_command_it_is_told_how_far_it_is(
    reader: PcscChipReader, pad: DocumentPad
) -> None:
    """Two seconds for one answer: told at least four times a second – twice, on a busy machine – and moving."""
    told: list[tuple[float, float]] = []
    pad.lay("thinking")
    found = await read(reader, password(pad), on_progress=lambda part: told.append((time.monotonic(), part)))
    assert found.outcome is Chip.READ
    assert max(tally.seconds for tally in found.tallies if tally.name == "chip authentication") > 2
    pauses = [later - earlier for (earlier, _), (later, _) in zip(told, told[1:], strict=False)]
    assert max(pauses) < 0.5
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    agreeing = [part for at, part in told if told[-1][0] - 1.9 < at < told[-1][0] - 0.3]
    assert len(agreeing) >= 4
    assert len(set(agreeing)) == len(agreeing), "it stands still"


@pytest.mark.parametrize(
    ("sample", "genuine", "not_copied"),
    [
        ("copied", None, Reason.COPIED),
        ("copied-chip-auth", None, Reason.COPIED),
        ("copied-cam", None, Reason.COPIED),
        ("withheld-dg14", None, Reason.WITHHELD),
        ("withheld-dg15", None, Reason.WITHHELD),
        ("withheld-cardsecurity", None, Reason.WITHHELD),
        ("open-copy", None, Reason.COPIED),
        ("wrong-signature", Reason.SIGNATURE, Reason.NO_CHIP_KEY),
        ("changed-zone", Reason.HASH, Reason.NO_CHIP_KEY),
        ("unknown-country", Reason.UNKNOWN_COUNTRY, Reason.NO_CHIP_KEY),
    ],
)
async def test_what_is_wrong_with_a_document_is_proven(
    reader: PcscChipReader, pad: DocumentPad, sample: str, genuine: Reason | None, not_copied: Reason
) -> None:
    found = await laid_and_read(reader, pad, sample)
    assert found.outcome is Chip.READ
    assert found.proof
    assert (found.proof.genuine.reason, found.proof.not_copied.reason) == (genuine, not_copied)


async def test_the_technician_reads_what_is_trusted_and_what_of_it_can_not_be_read(
    reader: PcscChipReader, store: TrustStore, caplog: pytest.LogCaptureFixture
) -> None:
    async def trusted() -> Reading:
        return next(each for each in (await reader.status()).readings if each.id == "trust")

    assert (await trusted()).value.endswith(" country certificates")
    assert (await trusted()).level is State.WELL
    (path,) = (store.directory / "lists").iterdir()
    path.write_bytes(b"damaged")
    said = await trusted()
    assert (said.level, path.name in said.value) == (State.NEEDS_CARE, True)
    assert path.name in caplog.text
    path.unlink()
    said = await trusted()
    assert (said.level, said.value) == (State.NEEDS_CARE, "nobody: nothing is imported")


async def test_without_anything_imported_it_is_read_and_not_possible_to_prove(
    reader: PcscChipReader, pad: DocumentPad, store: TrustStore, family: Family
) -> None:
    for path in (store.directory / "lists").iterdir():
        path.unlink()
    found = await laid_and_read(reader, pad, "bac")
    assert found.proof
    assert found.proof.genuine.reason is Reason.UNKNOWN_COUNTRY
    store.take(family.master_list())
    found = await laid_and_read(reader, pad, "bac")
    assert found.proof
    assert found.proof.genuine.answer is Answer.YES


async def test_a_chip_that_talks_nonsense_is_unreadable(reader: PcscChipReader, pad: DocumentPad) -> None:
    found = await laid_and_read(reader, pad, "lying-lengths")
    assert (found.outcome, found.document) == (Chip.UNREADABLE, None)
    assert "EF.DG1" in found.why


async def test_a_document_lies_there_until_it_is_taken(reader: PcscChipReader, pad: DocumentPad) -> None:
    assert await reader.lies_there() is None
    pad.lay("bac")
    assert await reader.lies_there() is True
    pad.lift()
    assert await reader.lies_there() is None


async def test_the_printed_zone_comes_as_from_any_swipe_reader(
    reader: PcscChipReader, swipe: VirtualSwipe, events: Events
) -> None:
    assert (await reader.status()).state is State.UNKNOWN
    await swipe.do("specimen")
    event = await events.next()
    assert isinstance(event.what, DocumentPresented)
    assert event.device == "reader"
    status = await reader.status()
    assert (status.state, status.proven_s) == (State.WELL, event.began_s) or status.proven_s
    assert {"port", "reader", "card"} <= {reading.id for reading in status.readings}


@pytest.mark.parametrize("end", ["pad", "swipe"])
async def test_with_either_of_its_plugs_pulled_it_is_gone_and_can_be_opened_again(
    reader: PcscChipReader, pad: DocumentPad, swipe: VirtualSwipe, end: str
) -> None:
    await {"pad": pad, "swipe": swipe}[end].do("unplug")
    with pytest.raises(DeviceGone) as gone:
        async with asyncio.timeout(WITHIN_S):
            while True:
                await reader.status()
                await asyncio.sleep(0)
    assert gone.value.fault is Fault.DOCUMENT_READER_GONE
    await {"pad": pad, "swipe": swipe}[end].do("plug")
    await reader.open()
    assert (await laid_and_read(reader, pad, "bac")).outcome is Chip.READ


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("pcsc:Any", {}),
        ("pcsc:Any", {"zone": "tcp://127.0.0.1:1"}),
        ("serial:///dev/ttyUSB0", {"zone": "serial:///dev/ttyUSB1"}),
        ("pcsc:Any", {"zone": "serial:///dev/ttyUSB1", "long_answers": "perhaps"}),
        ("pcsc:Any", {"zone": "serial:///dev/ttyUSB1", "colour": "red"}),
    ],
)
def test_settings_that_cannot_be_are_told_at_once(address: str, options: dict[str, str]) -> None:
    with pytest.raises(DeviceMissetup):
        DRIVER(DeviceSettings("reader", "pcsc_chip", address, options, date.today), lambda event: None)
