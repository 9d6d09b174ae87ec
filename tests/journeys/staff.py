"""Staff at a kiosk, as a test plays them: with real cards on the virtual reader, and PINs in the real store."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.card_reader.contract import Issued
from kiosk.access import Changed, Role
from kiosk.language import language
from kiosk.prompts import Choice, Farewell, LayKeyCard, Pick, Prompt, Sheet, TextEntry, Welcome
from tests.journeys.conftest import Lobby

SAY = language("en").say
PIN = "739264"


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
    return await kiosk.guest.sees(Choice, "What is to be done?")


async def a_guest_checks_in(kiosk: Lobby, sample: str = "ready") -> str:
    """With one key; the room's number. The key lies beside the terminal: `lay-card` with its UID lays it down."""
    await kiosk.to_farewell(sample)
    await kiosk.plays("key_encoder", "lift")
    await kiosk.guest.sees(Farewell)
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    room = (await kiosk.booking(sample)).room
    assert room is not None
    return room.number


async def finds(kiosk: Lobby, room: str) -> Sheet:
    """From the menu to the sheet of whoever is in this room."""
    kiosk.guest.choose("keys")
    pick = await kiosk.guest.sees(Pick, "Whose key?")
    row = next(row for row in pick.rows if SAY(row.title).startswith(room))
    kiosk.guest.choose(row.id)
    return await kiosk.guest.sees(Sheet, room)


async def lays_blank(kiosk: Lobby) -> str:
    """A card from the tray when it is asked for; its UID."""
    while (await kiosk.guest.sees(LayKeyCard)).lifting:
        kiosk.guest.passes()
        await kiosk.plays("key_encoder", "lift")
    kiosk.guest.passes()
    return (await kiosk.plays("key_encoder", "lay-card"))["uid"]


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
