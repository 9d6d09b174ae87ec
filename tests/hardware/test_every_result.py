"""Every result that a kind of device can have is returned by a real driver before a virtual device.

What a person causes is a result, not a fault (rule 3 of hardware/README.md). The table is held whole against the
enums of every `contract.py`; `test_every_fault.py` does the same for the faults.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path
from typing import Any

import pytest

from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.contract import Card, CardReader, CardType, Issued, Proven
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import MuteCard, SmartCard, UltralightCard, VirtualCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.document_reader.contract import Chip, Sex, Source, Unreadable
from hardware.document_reader.virtual import SPECIMEN, SPECIMENS
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_family import CAN, SAMPLES, Family
from hardware.document_reader.virtual_pad import DocumentPad
from hardware.document_reader.virtual_passport import personalise
from hardware.driver import DeviceSettings
from hardware.key_encoder.behaviour_pad import KEY
from hardware.key_encoder.contract import Cut, Handled, Issue, KeyEncoder, Level, Opens, Rehearsed
from hardware.known_drivers import find_driver, known_drivers
from hardware.passport.mrz import Form, build
from hardware.passport.password import Password
from hardware.printer.contract import Align, Paper, Printed, Size, Slip, TextLine
from hardware.readings import Kind
from hardware.scanner.contract import Symbology
from tests.faults.devices.stands import (
    FullPageStand,
    PrinterStand,
    ScannerStand,
    SwipeStand,
    standing,
)
from tests.hardware.document_reader.test_pcsc_chip import read
from tests.hardware.drivers import new_pad, staff_reader_at
from tests.hardware.key_encoder.given import (
    LONG_S,
    OTHER_UID,
    SHORT_S,
    Given,
    by_the_lock_server,
    cut,
    cut_on_a_staff_badge,
    level,
    locked,
    of_an_open_pad,
    of_somebody,
    read_of,
    read_of_no_key,
    rehearsed,
    worn,
)

_numbers = itertools.count()

ASKED_FOR = (Align, Size, Issue)
"""Of the contracts' enums: what a caller says, no result."""
NO_DRIVER_YET: dict[str, str] = {
    **{f"Handled.{handled.name}": "feed" for handled in Handled if handled is not Handled.BY_HAND},
    **{f"Level.{level.name}": "stock" for level in Level if level is not Level.UNKNOWN},
}
"""Of dispensers with a motor; the call that such a driver has. The test fails as soon as there is one."""
NEVER_OF_A_DEVICE = {"Source.TYPED"}


def results() -> set[str]:
    """Whatever can come out of a device of any kind, by name."""
    found: set[str] = set()
    for kind in Kind:
        contract = importlib.import_module(f"hardware.{kind}.contract")
        for _, enum in getmembers(contract, isclass):
            if issubclass(enum, StrEnum) and enum not in (StrEnum, Kind, *ASKED_FOR):
                found |= {_name(result) for result in enum}
    return found


# --- card reader ------------------------------------------------------------------------------------


def lying(kind: CardType) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with new_pad() as pad, staff_reader_at(pad.address, folder) as reader:
            pad.place(specimen(kind))
            card = await reader.present()
            assert card is not None
            return card.type

    return given


Job = Callable[[CardReader, VirtualReader, Path], Awaitable[StrEnum]]


def with_staff_card(job: Job) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with new_pad() as pad, staff_reader_at(pad.address, folder) as reader:
            return await job(reader, pad, folder)

    return given


async def _issue(reader: CardReader, pad: VirtualReader, *cards: VirtualCard) -> Issued:
    for card in cards:
        pad.place(card)
    return (await reader.issue(card_within_s=SHORT_S)).outcome


async def _prove(reader: CardReader, pad: VirtualReader, card: VirtualCard) -> Proven:
    pad.place(card)
    return (await reader.prove(Card(card.uid, card.type), within_s=2)).outcome


async def _made_and_proven(reader: CardReader, pad: VirtualReader, folder: Path) -> StrEnum:
    card = Ntag424Card(UIDS[7])
    await _issue(reader, pad, card)
    pad.lift()
    return await _prove(reader, pad, card)


async def _proven_when_lifted(reader: CardReader, pad: VirtualReader, folder: Path) -> StrEnum:
    return (await reader.prove(Card(UIDS[7], CardType.NTAG424), within_s=1)).outcome


async def _lifted_while_it_is_made(reader: CardReader, pad: VirtualReader, folder: Path) -> StrEnum:
    pad.place(Ntag424Card(UIDS[7]))
    await reader.present()
    pad.lift_after(6)
    return (await reader.issue(card_within_s=2)).outcome


async def _of_another_house(reader: CardReader, pad: VirtualReader, folder: Path) -> StrEnum:
    (folder / "other").mkdir()
    card = Ntag424Card(UIDS[7])
    async with staff_reader_at(pad.address, folder / "other") as theirs:
        await _issue(theirs, pad, card)
        pad.lift()
    return await _issue(reader, pad, card)


async def _taken_back(reader: CardReader, pad: VirtualReader, folder: Path) -> StrEnum:
    pad.place(Ntag424Card(UIDS[7]))
    return (await reader.withdraw(card_within_s=2)).outcome


class _Worn(Ntag424Card):
    """Takes key 1 and keeps the one it had."""

    def _change_key(self, body: bytes) -> bytes:
        before = self.keys[1]
        answer = super()._change_key(body)
        self.keys[1] = before
        return answer


# --- documents --------------------------------------------------------------------------------------


def chip(
    sample: str = "",
    secret: Password | None = None,
    *also: VirtualCard,
    lift_after: int | None = None,
    times: int = 1,
    ask: Callable[[Any], StrEnum] = lambda found: found.outcome,
) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        stand = FullPageStand(folder)
        stand.end.pad = DocumentPad(f"Chip {next(_numbers)}", family)
        stand.end.address = stand.end.pad.address
        async with standing(stand):
            reader: Any = stand.devices.get(Kind.DOCUMENT_READER)
            if sample:
                stand.end.pad.lay(sample)
            used = secret or (
                Password.of(stand.end.pad.card.contents.description.document) if sample else Password.can(CAN)
            )
            for card in also:
                stand.end.pad.place(card)
            if lift_after is not None:
                stand.end.pad.lift_after(lift_after)
            for _ in range(times):
                found = await read(reader, used, within_s=SHORT_S if not stand.end.pad.card else LONG_S)
            return ask(found)

    return given


async def needs_the_number(folder: Path, family: Family) -> StrEnum:
    """An identity card that its printed zone does not open."""
    described = replace(SAMPLES["card-can"].change(family.plain()), can_only=True)
    card = PassportCard(personalise(described, family.signer(), family.issued))
    return await chip("", Password.of(described.document), card)(folder, family)


def swiped(*verb: str, ask: Callable[[Any], StrEnum]) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with standing(SwipeStand(folder)) as stand:
            await stand.plays(verb)
            return ask(await stand.events.next_what())

    return given


def of_sex(sex: Sex) -> Given:
    return swiped("present", *build(replace(SPECIMEN, sex=sex), Form.TD3), ask=lambda what: what.document.sex)


_VISA = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", SPECIMENS["td3"][1])
_TOO_MUCH = tuple("X" * 44 for _ in range(3))

# --- paper and codes --------------------------------------------------------------------------------


def printed(*verbs: tuple[str, ...]) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with standing(PrinterStand(folder)) as stand:
            await stand.plays(*verbs)
            printer: Any = stand.devices.get(Kind.PRINTER)
            outcome: Printed = await printer.print(Slip((TextLine("Room 412"),)))
            return outcome

    return given


def paper(*verbs: tuple[str, ...]) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with standing(PrinterStand(folder)) as stand:
            await stand.plays(*verbs)
            printer: Any = stand.devices.get(Kind.PRINTER)
            return Paper(next(each.value for each in (await printer.status()).readings if each.id == "paper"))

    return given


def scanned(symbology: Symbology) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with standing(ScannerStand(folder)) as stand:
            await stand.plays(("scan", "HELLO", symbology))
            found: Symbology = (await stand.events.next_what()).symbology
            return found

    return given


def _name(result: StrEnum) -> str:
    """Members of two enums are equal when their words are."""
    return f"{type(result).__name__}.{result.name}"


_ROWS: tuple[tuple[StrEnum, Given], ...] = (
    *((kind, lying(kind)) for kind in CardType),
    (Proven.PROVEN, with_staff_card(_made_and_proven)),
    (Proven.NOT_OURS, with_staff_card(lambda reader, pad, _: _prove(reader, pad, Ntag424Card(UIDS[7])))),
    (Proven.LIFTED, with_staff_card(_proven_when_lifted)),
    (Proven.CANT, with_staff_card(lambda reader, pad, _: _prove(reader, pad, specimen(CardType.NTAG213)))),
    (Issued.DONE, with_staff_card(lambda reader, pad, _: _issue(reader, pad, Ntag424Card(UIDS[7])))),
    (Issued.NO_CARD, with_staff_card(lambda reader, pad, _: _issue(reader, pad))),
    (Issued.LIFTED, with_staff_card(_lifted_while_it_is_made)),
    (Issued.WRONG_TYPE, with_staff_card(lambda reader, pad, _: _issue(reader, pad, specimen(CardType.NTAG213)))),
    (Issued.NOT_BLANK, with_staff_card(_of_another_house)),
    (Issued.NOT_OURS, with_staff_card(_taken_back)),
    (
        Issued.TWO_CARDS,
        with_staff_card(lambda reader, pad, _: _issue(reader, pad, Ntag424Card(UIDS[7]), Ntag424Card(OTHER_UID))),
    ),
    (Issued.WORN_OUT, with_staff_card(lambda reader, pad, _: _issue(reader, pad, _Worn(UIDS[7])))),
    (Chip.READ, chip("bac")),
    (Chip.NO_CHIP, chip()),
    (Chip.LIFTED, chip("bac", lift_after=12)),
    (Chip.WRONG_PASSWORD, chip("pace-only", Password.mrz("X00000000", "740812", "340415"))),
    (Chip.NEEDS_CAN, needs_the_number),
    (Chip.GUARDED, chip("card-can-tries", Password.can("000000"), times=4)),
    (Chip.NOT_A_DOCUMENT, chip("", None, SmartCard(bytes.fromhex("04112233445566")))),
    (Chip.TWO_CARDS, chip("", None, MuteCard(b""))),
    (Chip.UNREADABLE, chip("lying-lengths")),
    (Unreadable.CHECK_DIGIT, swiped("swipe-bad", ask=lambda what: what.why)),
    (Unreadable.FORMAT, swiped("present", *_TOO_MUCH, ask=lambda what: what.why)),
    (Unreadable.PARTIAL, swiped("partial", ask=lambda what: what.why)),
    (Unreadable.NOT_IDENTITY, swiped("present", *_VISA, ask=lambda what: what.why)),
    (Source.MRZ, swiped("specimen", ask=lambda what: what.document.source)),
    (Source.CHIP, chip("bac", ask=lambda found: found.document.source)),
    *((sex, of_sex(sex)) for sex in Sex),
    (Cut.DONE, cut(specimen(CardType.ULTRALIGHT))),
    (Cut.NO_CARD, cut()),
    (Cut.LIFTED, cut(UltralightCard(OTHER_UID), lift_after=8)),
    (Cut.WRONG_TYPE, cut(SmartCard(bytes.fromhex("04112233445566")))),
    (Cut.LOCKED, cut(locked())),
    (Cut.WORN_OUT, cut(worn())),
    (Cut.TWO_CARDS, cut(UltralightCard(UIDS[7]), UltralightCard(OTHER_UID))),
    (Cut.ANOTHER_CARD, cut(UltralightCard(OTHER_UID), only_uid=UIDS[7])),
    (Cut.NOT_A_KEY, read_of_no_key),
    (Cut.STAFF_CARD, cut_on_a_staff_badge),
    *((opens, read_of(opens)) for opens in Opens),
    (Rehearsed.DONE, rehearsed(specimen(CardType.ULTRALIGHT))),
    (Rehearsed.NO_CARD, rehearsed()),
    (Rehearsed.LIFTED, rehearsed(UltralightCard(OTHER_UID), lift_after=8)),
    (Rehearsed.WRONG_TYPE, rehearsed(SmartCard(bytes.fromhex("04112233445566")))),
    (Rehearsed.LOCKED, rehearsed(locked())),
    (Rehearsed.WORN_OUT, rehearsed(worn())),
    (Rehearsed.TWO_CARDS, rehearsed(UltralightCard(UIDS[7]), UltralightCard(OTHER_UID))),
    (Rehearsed.NOT_BLANK, rehearsed(of_somebody())),
    (Cut.BUSY, by_the_lock_server(("busy",))),
    (Cut.ROOM_UNKNOWN, by_the_lock_server(("room-unknown", KEY.room), ("lay-card",))),
    (Handled.BY_HAND, of_an_open_pad(lambda encoder: encoder.feed())),
    (Level.UNKNOWN, of_an_open_pad(level)),
    (Printed.DONE, printed()),
    (Printed.UNSURE, printed(("unplug", "300"))),
    (Paper.PLENTY, paper()),
    (Paper.LOW, paper(("paper-low",))),
    (Paper.OUT, paper(("paper-out",))),
    *((symbology, scanned(symbology)) for symbology in Symbology),
)
GIVEN = {_name(result): (result, given) for result, given in _ROWS}


@pytest.mark.parametrize("name", GIVEN)
async def test_a_result_is_given_when_a_person_causes_it(name: str, tmp_path: Path, family: Family) -> None:
    wanted, given = GIVEN[name]
    async with asyncio.timeout(60):
        assert _name(await given(tmp_path, family)) == _name(wanted)


def test_no_result_is_left_out() -> None:
    left = NO_DRIVER_YET.keys() | NEVER_OF_A_DEVICE
    assert GIVEN.keys() | left == results()
    assert not GIVEN.keys() & left


def test_there_is_no_dispenser_yet() -> None:
    for name in known_drivers(Kind.KEY_ENCODER):
        driver = find_driver(Kind.KEY_ENCODER, DeviceSettings("x", name, ""))
        for call in set(NO_DRIVER_YET.values()):
            assert getattr(driver, call) is getattr(KeyEncoder, call), f"{name} can {call}: what comes of it is a result"
