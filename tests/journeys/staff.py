"""Staff at a kiosk, as a test plays them: with real cards on the virtual reader, and PINs in the real store."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.card_reader.contract import Issued
from kiosk.access import Changed
from kiosk.key_journal import Act, Entry, Why
from kiosk.language import language
from kiosk.prompts import Choice, Farewell, LayKeyCard, Pick, Prompt, Sheet, TextEntry, Typed, Welcome
from kiosk.roles import Role
from tests.journeys.companions import books_of
from tests.journeys.conftest import Lobby

SAY = language("en").say
PIN = "739264"
DUE = "Please pay at the desk"
UNPROVEN = "A colleague will look at your document"
NOT_FOUND = "We found no booking for this document"


@dataclass(frozen=True)
class Colleague:
    """One of the staff with a card of their own."""

    number: str
    uid: str
    pin: str = PIN


async def hired(kiosk: Lobby, role: Role = Role.RECEPTION, name: str = "Kata", pin: str = PIN) -> Colleague:
    """Added, with PIN and card, before the test begins; nothing lies on the reader afterwards."""
    access = kiosk.terminal.access
    number = access.add(name, frozenset({role})).id
    assert await access.set_pin(number, pin) is Changed.DONE
    await kiosk.plays("card_reader", "lay-card", "ntag424")
    made = await kiosk.terminal.card_reader.issue(card_within_s=5)
    assert made.outcome is Issued.DONE
    assert access.give_card(number, made.uid) is Changed.DONE
    await kiosk.plays("card_reader", "lift")
    return Colleague(number, made.uid.hex(), pin)


async def lays_card(kiosk: Lobby, who: Colleague) -> None:
    await kiosk.plays("card_reader", "lay-card", "ntag424", who.uid)


async def signs_in(kiosk: Lobby, who: Colleague) -> Choice:
    """From the welcome screen to the menu."""
    await kiosk.guest.sees(Welcome)
    await lays_card(kiosk, who)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.type(who.pin)
    return await kiosk.guest.sees(Choice, "What would you like to do?")


async def a_guest_checks_in(kiosk: Lobby, sample: str = "ready") -> str:
    """With one key; the room's number. The key lies beside the terminal: `lay-card` with its UID lays it down."""
    await kiosk.to_farewell(sample)
    await kiosk.plays("key_encoder", "lift")
    prompt: Prompt = await kiosk.guest.sees(Farewell)
    while not isinstance(prompt, Welcome):  # asked once more, where the card was not yet known to be gone
        kiosk.guest.choose("done")
        prompt = await kiosk.guest.sees(Prompt)
    room = (await kiosk.booking(sample)).room
    assert room is not None
    return room.number


async def finds(kiosk: Lobby, room: str) -> Sheet:
    """From the menu to the sheet of whoever is in this room."""
    kiosk.guest.choose("keys")
    pick = await kiosk.guest.sees(Pick, "Which room or guest?")
    row = next(row for row in pick.rows if row.detail and SAY(row.detail).startswith(room))
    kiosk.guest.choose(row.id)
    return await kiosk.guest.sees(Sheet, room)


async def lays_blank(kiosk: Lobby, *kind: str) -> str:
    """A card from the tray, or of this kind, when it is asked for; its UID."""
    while (await kiosk.guest.sees(LayKeyCard)).lifting:
        kiosk.guest.passes()
        await kiosk.plays("key_encoder", "lift")
    kiosk.guest.passes()
    return (await kiosk.plays("key_encoder", "lay-card", *kind))["uid"]


async def tries(kiosk: Lobby, room: str, uid: str) -> str:
    """What the door says to the card."""
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", uid)
    said = (await kiosk.plays("key_encoder", "try-door", room))["door"]
    await kiosk.plays("key_encoder", "lift")
    return said


async def chooses(kiosk: Lobby, *options: str) -> None:
    """One screen after another; what only passes by, or was shown once more, takes no answer."""
    for option in options:
        await kiosk.guest.sees(Prompt)
        while not kiosk.guest.choose(option):
            await kiosk.guest.sees(Prompt)


async def to_approval(kiosk: Lobby, who: Colleague, room: str) -> Choice:
    """While the hotel is away, to the question for a second person; the first has lifted their card for it."""
    await signs_in(kiosk, who)
    await kiosk.plays("hotel", "off")
    await chooses(kiosk, "keys", "without")
    await kiosk.guest.sees(TextEntry, "which room")
    kiosk.guest.type(room)
    await chooses(kiosk, "replace")
    asked = await kiosk.guest.sees(Choice, "second person")
    await kiosk.plays("card_reader", "lift")
    return asked


async def agrees(kiosk: Lobby, who: Colleague) -> TextEntry:
    """The second person, whose card is laid down in the first one's place; what they read."""
    await lays_card(kiosk, who)
    prompt = await kiosk.guest.sees(TextEntry, "PIN of the second person")
    kiosk.guest.answer(Typed(who.pin))
    return prompt


async def exchanges(kiosk: Lobby, who: Colleague) -> None:
    """The card that lies there for theirs."""
    await kiosk.plays("card_reader", "lift")
    await lays_card(kiosk, who)


async def comes(kiosk: Lobby, who: Colleague) -> Choice:
    """A colleague lays their card where the guest is stuck, and signs in: now the guest is asked."""
    await lays_card(kiosk, who)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.answer(Typed(who.pin))
    return await kiosk.guest.sees(Choice, "help you here?")


async def helps(kiosk: Lobby, who: Colleague) -> Sheet:
    """… and the guest agrees."""
    await comes(kiosk, who)
    kiosk.guest.choose("yes")
    return await kiosk.guest.sees(Sheet)


async def hands_back(kiosk: Lobby, reason: str) -> None:
    """The colleague allows it with this reason; the guest goes on, while the card still lies there."""
    kiosk.guest.choose(reason)
    await kiosk.guest.sees(Choice, "Back to you")
    assert kiosk.guest.scene.signed_in is None
    kiosk.guest.choose("go-on")


def sheet_says(sheet: Sheet) -> str:
    """All words of it."""
    rows = [f"{SAY(label)}: {SAY(value)}" for title, rows in sheet.sections for label, value in rows]
    return " | ".join([SAY(sheet.question), SAY(sheet.help) if sheet.help else "", *rows])


def helped(kiosk: Lobby) -> list[Entry]:
    return [entry for entry in kiosk.terminal.journal.entries() if entry.act == Act.HELPED]


def last(kiosk: Lobby, who: Colleague) -> Entry:
    return list(kiosk.terminal.journal.entries(by=who.number))[-1]


async def comments(kiosk: Lobby, sample: str) -> str:
    booking = await kiosk.booking(sample)
    with books_of(kiosk) as books:
        return " | ".join(text for text, _ in books.comments(booking.id))


async def stuck(kiosk: Lobby, sample: str, words: str) -> Choice:
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document(sample)
    return await kiosk.guest.sees(Choice, words)


async def put_down_as(kiosk: Lobby, who: Colleague, sample: str, why: Why, words: str) -> None:
    """Once in the journal, for this booking; and as a comment on it."""
    (entry,) = helped(kiosk)
    booking = await kiosk.booking(sample)
    assert (entry.by, entry.why, entry.reservation) == (who.number, why, booking.id)
    comment = await comments(kiosk, sample)
    assert f"staff {who.number} let the guest go on: {words}" in comment
    assert "Kata" not in comment


async def stuck_with_a_colleague(kiosk: Lobby) -> Colleague:
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await helps(kiosk, kata)
    return kata
