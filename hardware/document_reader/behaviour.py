"""What every document reader must do: zones are told, chips – where it reads them – are read and judged."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from hardware.behaviour import (
    PLUG,
    UNPLUG,
    Act,
    ByHand,
    Call,
    FarEnd,
    Meeting,
    Misbehaved,
    NotOwed,
    NotTried,
    Run,
    Suite,
    expect,
)
from hardware.document_reader.contract import (
    Chip,
    ChipRead,
    DocumentPresented,
    DocumentReader,
    DocumentUnreadable,
    TravelDocument,
    Unreadable,
    Wanted,
)
from hardware.errors import DeviceGone
from hardware.passport.findings import Answer, Reason
from hardware.passport.password import Password

LAY = Act("document", "Lay a passport on the reader, its photo page down, or swipe it. Leave it there if it lies.")
BAD = Act("swipe-bad")  # one digit misread
PARTIAL = Act("partial")  # too fast: the end is missing
NOISE = Act("noise")
LIFT = Act("lift", "Take it away.")
LAY_BACK = Act("lay-back", "Lay the same document down again.")
COPIED = Act("copied")  # a chip without the key that was signed for it
VANISHES = Act("vanish")  # taken away while its chip is read
SLOW = Act("slow-chip")
BANK_CARD = Act("bank-card", "Take everything off the reader, and lay a bank card on it.")
BESIDE = Act("beside", "Lay a bank card beside the document, so that both lie on the reader.")

CHIP_WITHIN_S = 60.0
LAID_WITHIN_S = 10.0
NOT_LAID_S = 0.3
_SOMEBODY = Password.mrz("X00000000", "740812", "340415")


class DocumentEnd(FarEnd):
    """`proves`: its documents are signed by who the driver trusts."""

    proves = False

    async def commands(self) -> int:
        """How many commands its chips have answered so far. NotTried where nobody can tell."""
        raise NotTried("commands", "nobody sees what goes to a real chip")


class DocumentByHand(ByHand, DocumentEnd):
    EMPTIED_BY = LIFT


Met = Meeting[DocumentReader, DocumentEnd]


# --- the printed zone


async def presented(m: Met, act: Act = LAY) -> TravelDocument:
    await m.end.do(act)
    read = await m.event("a document")
    if not isinstance(read, DocumentPresented):
        why = f" ({read.why})" if isinstance(read, DocumentUnreadable) else ""
        raise Misbehaved(f"a document was laid down, and {type(read).__name__}{why} was told")
    return read.document


async def a_document_is_told_with_its_data(m: Met) -> None:
    document = await presented(m)
    for part in ("surname", "number", "issuer", "born_text"):
        if not getattr(document, part):
            raise Misbehaved(f"a document without {part}")
    await m.nothing_more("one document")


async def the_same_document_again_is_told_again(m: Met) -> None:
    for _ in range(2):
        await presented(m)
        await _taken(m)
    await m.nothing_more("two documents")


async def _taken(m: Met) -> None:
    """Where it lies; a swiped one is in the guest's hand."""
    if m.driver.reads_chips:
        await m.end.do(LIFT)


async def _unreadable(m: Met, act: Act, why: Unreadable) -> None:
    await m.end.do(act)
    expect(await m.event(act.id), DocumentUnreadable(why), act.id)
    await presented(m)


async def a_misread_digit_is_told_and_the_next_one_is_read(m: Met) -> None:
    await _unreadable(m, BAD, Unreadable.CHECK_DIGIT)


async def half_a_zone_is_told_and_the_next_one_is_read(m: Met) -> None:
    await _unreadable(m, PARTIAL, Unreadable.PARTIAL)


async def line_noise_is_nobody_s_document(m: Met) -> None:
    await m.end.do(NOISE)
    await m.nothing_more("noise")


async def what_was_swiped_before_opening_is_not_the_next_guest_s(m: Met) -> None:
    await m.closes()
    await m.end.do(LAY)
    await m.opens()
    await m.nothing_more("a document from before it was opened")


async def a_plug_pulled_in_a_zone_leaves_no_half(m: Met) -> None:
    await m.end.do(PARTIAL)
    await m.closes()
    await m.end.do(UNPLUG)
    await m.end.do(PLUG)
    while not m.events.empty():
        m.events.get_nowait()
    await m.opens()
    await presented(m)
    await m.nothing_more("one document")


async def what_lies_there_is_never_called_gone(m: Met) -> None:
    """True, or None where this model can't know; and when it was taken, not True any more."""
    if not m.driver.reads_chips and await m.driver.lies_there() is None:
        raise NotOwed("this model can't know what lies there")
    await presented(m)
    if await m.driver.lies_there() is False:
        raise Misbehaved("a document lies there, and it says that none does")
    await m.end.do(LIFT)
    if await m.driver.lies_there() is True:
        raise Misbehaved("the document was taken, and it says that one lies there")


# --- the chip


def _chips(m: Met) -> None:
    if not m.driver.reads_chips:
        raise NotOwed("this model reads no chips")


async def read(m: Met, password: Password, order: Wanted | None = None, within_s: float = LAID_WITHIN_S) -> ChipRead:
    parts: list[float] = []
    call = m.driver.read_chip(
        password, document_within_s=within_s, order=order or Wanted(), on_progress=parts.append
    )
    found: ChipRead = await m.within(call, CHIP_WITHIN_S, "reading the chip")
    if parts != sorted(parts) or any(not 0 <= part <= 1 for part in parts):
        raise Misbehaved("how far it is: not from 0 to 1, or backwards")
    if (found.outcome is Chip.READ) != (found.document is not None and found.proof is not None):
        raise Misbehaved(f"{found.outcome}, with the document or its proof there that should not be, or missing")
    m.said.append(repr(found))
    return found


async def _laid_and_read(m: Met, act: Act = LAY, order: Wanted | None = None) -> ChipRead:
    _chips(m)
    return await read(m, Password.of(await presented(m, act)), order)


async def a_good_chip_is_read_and_no_copy(m: Met) -> None:
    found = await _laid_and_read(m, order=Wanted(portrait=True))
    expect(found.outcome, Chip.READ, "a good document")
    if not found.portrait:
        raise Misbehaved("its portrait was wanted, and is not there")
    if m.end.proves and found.proof is not None:
        expect((found.proof.genuine.answer, found.proof.not_copied.answer), (Answer.YES, Answer.YES), "its proof")


async def a_copied_chip_is_found_out(m: Met) -> None:
    found = await _laid_and_read(m, COPIED)
    if found.proof is None:
        raise Misbehaved(f"a copy: {found.outcome}, without a proof")
    expect(found.proof.not_copied.reason, Reason.COPIED, "a copy")


async def the_portrait_is_read_only_if_it_is_wanted(m: Met) -> None:
    found = await _laid_and_read(m)
    expect((found.outcome, found.portrait), (Chip.READ, None), "without the portrait")


async def a_wrong_password_opens_nothing_and_is_not_tried_twice(m: Met) -> None:
    _chips(m)
    document = await presented(m)
    found = await read(m, _SOMEBODY)
    expect(found.outcome, Chip.WRONG_PASSWORD, "somebody else's password")
    expect((await read(m, Password.of(document))).outcome, Chip.READ, "its own")


async def a_document_that_was_lifted_is_read_on_when_it_is_laid_back(m: Met) -> None:
    _chips(m)
    password = Password.of(await presented(m, VANISHES))
    expect((await read(m, password)).outcome, Chip.LIFTED, "taken away while it was read")
    await m.end.do(LAY_BACK)
    expect((await read(m, password)).outcome, Chip.READ, "laid back")


async def where_nothing_lies_there_is_no_chip(m: Met) -> None:
    _chips(m)
    await m.end.emptied()
    expect((await read(m, _SOMEBODY, within_s=NOT_LAID_S)).outcome, Chip.NO_CHIP, "nothing lies there")


async def a_bank_card_is_no_document(m: Met) -> None:
    _chips(m)
    await m.end.do(BANK_CARD)
    expect((await read(m, _SOMEBODY)).outcome, Chip.NOT_A_DOCUMENT, "a bank card")


async def of_two_cards_none_is_read(m: Met) -> None:
    """TWO_CARDS where the reader can tell; else what either alone would have been, and no try of a password on both."""
    _chips(m)
    password = Password.of(await presented(m))
    await m.end.do(BESIDE)
    found = (await read(m, password)).outcome
    if found not in (Chip.TWO_CARDS, Chip.NOT_A_DOCUMENT, Chip.READ):
        raise Misbehaved(f"two cards: {found}")


async def unplugged_while_it_reads_it_is_gone(m: Met) -> None:
    reading = await _reading(m)
    await m.end.do(UNPLUG)
    await m.fails(reading, DeviceGone, what="reading, unplugged", within_s=CHIP_WITHIN_S)


async def a_reading_that_is_called_off_sends_nothing_more(m: Met) -> None:
    reading = await _reading(m)
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    await m.driver.lies_there()  # after the command that was on its way
    sent = await m.end.commands()
    await m.driver.lies_there()
    expect(await m.end.commands(), sent, "commands to the chip")


async def _reading(m: Met) -> asyncio.Future[ChipRead]:
    """A reading that has begun, of a chip that takes its time."""
    _chips(m)
    password, begun = Password.of(await presented(m, SLOW)), asyncio.Event()
    call = m.driver.read_chip(
        password, document_within_s=LAID_WITHIN_S, order=Wanted(), on_progress=lambda part: begun.set()
    )
    reading = asyncio.ensure_future(call)
    await m.within(begun.wait(), CHIP_WITHIN_S, "the first news of how far it is")
    return reading


async def what_was_kept_of_a_lifted_document_is_dropped(m: Met) -> None:
    """After `forget`, what is laid down is read from the start: as many commands as the first time, or more."""
    _chips(m)
    password = Password.of(await presented(m))
    before = await m.end.commands()
    expect((await read(m, password)).outcome, Chip.READ, "read")
    whole = await m.end.commands() - before
    password = Password.of(await presented(m, VANISHES))
    expect((await read(m, password)).outcome, Chip.LIFTED, "taken away while it was read")
    m.driver.forget()
    password = Password.of(await presented(m))
    before = await m.end.commands()
    expect((await read(m, password)).outcome, Chip.READ, "the next guest's")
    if await m.end.commands() - before < whole:
        raise Misbehaved("fewer commands than a whole document needs: something was kept")


def calls(reader: DocumentReader) -> Mapping[str, Call]:
    asked: dict[str, Call] = {"status": reader.status, "lies_there": reader.lies_there}
    if reader.reads_chips:
        asked["read_chip"] = lambda: reader.read_chip(
            _SOMEBODY, document_within_s=LAID_WITHIN_S, order=Wanted(), on_progress=lambda part: None
        )
    return asked


async def _happens(m: Met) -> None:
    await m.end.do(LAY)


async def _work(m: Met) -> None:
    document = await presented(m)
    if m.driver.reads_chips:
        expect((await read(m, Password.of(document))).outcome, Chip.READ, "read")
        await m.end.do(LIFT)


PROMISES: tuple[Run, ...] = (
    a_document_is_told_with_its_data,
    the_same_document_again_is_told_again,
    a_misread_digit_is_told_and_the_next_one_is_read,
    half_a_zone_is_told_and_the_next_one_is_read,
    line_noise_is_nobody_s_document,
    what_was_swiped_before_opening_is_not_the_next_guest_s,
    a_plug_pulled_in_a_zone_leaves_no_half,
    what_lies_there_is_never_called_gone,
    a_good_chip_is_read_and_no_copy,
    a_copied_chip_is_found_out,
    the_portrait_is_read_only_if_it_is_wanted,
    a_wrong_password_opens_nothing_and_is_not_tried_twice,
    a_document_that_was_lifted_is_read_on_when_it_is_laid_back,
    where_nothing_lies_there_is_no_chip,
    a_bank_card_is_no_document,
    of_two_cards_none_is_read,
    unplugged_while_it_reads_it_is_gone,
    a_reading_that_is_called_off_sends_nothing_more,
    what_was_kept_of_a_lifted_document_is_dropped,
)
SUITE = Suite(PROMISES, calls, _work, DocumentByHand, _happens)
