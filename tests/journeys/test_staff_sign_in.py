"""Staff sign in at the screen, are refused, forget to leave; a manager looks after people, journal and shift."""

from __future__ import annotations

import pytest

from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from kiosk.key_journal import Act, Why
from kiosk.prompts import (
    Choice,
    LayKeyCard,
    Pick,
    PresentDocument,
    Sheet,
    StillThere,
    Table,
    TextEntry,
    Typed,
    Welcome,
)
from kiosk.roles import Role
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    PIN,
    SAY,
    Colleague,
    a_guest_checks_in,
    chooses,
    finds,
    hired,
    lays_card,
    signs_in,
)

OTHER_PIN = "582913"
FIAS = {"key_encoder__driver": "fias", "hotel__country": "US"}


def last(kiosk: Lobby) -> tuple[str, str, str]:
    entry = list(kiosk.terminal.journal.entries())[-1]
    return entry.act, entry.by, entry.why


def acts(kiosk: Lobby) -> list[str]:
    return [entry.act for entry in kiosk.terminal.journal.entries()]


async def types(kiosk: Lobby, words: str) -> None:
    await kiosk.guest.sees(TextEntry)
    kiosk.guest.type(words)


async def signs_off(kiosk: Lobby) -> None:
    """By the word that stands where guests have theirs."""
    assert kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    assert kiosk.guest.scene.signed_in is None


# --- cards and PINs --------------------------------------------------------------------------------


async def test_a_wrong_pin_is_said_and_the_right_one_lets_in_and_says_so(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await lays_card(kiosk, kata)
    await types(kiosk, "918273")
    error = (await kiosk.guest.sees(TextEntry)).error
    assert "Wrong PIN" in SAY(error)
    kiosk.guest.type(PIN)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    assert kiosk.guest.notices == [("1 wrong try since your last time", kiosk.guest.notices[0][1])]
    assert acts(kiosk)[-2:] == [Act.REFUSED, Act.SIGNED_IN]
    assert list(kiosk.terminal.journal.entries())[-2].about == kata.number


async def test_wrong_pins_cost_time_that_is_counted_down_then_lock_the_card_until_a_manager_unlocks(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby()
    kata, boss = await hired(kiosk), await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    await lays_card(kiosk, kata)
    waits = []
    for _ in range(3):
        await types(kiosk, "918273")
        waits.append(round((await kiosk.guest.sees(TextEntry)).wait_s))
        await kiosk.clock.move(waits[-1] + 1)
    assert all(most - 4 < wait <= most for wait, most in zip(waits, (0, 5, 30), strict=True)), waits
    kiosk.guest.type("918273")
    await kiosk.guest.sees(Choice, "This way in is locked")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("card_reader", "lift")
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "This way in is locked")  # before a PIN is asked for
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("card_reader", "lift")

    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", kata.number, "unlock")
    await kiosk.guest.sees(Sheet, "Kata")
    await signs_off(kiosk)
    await kiosk.plays("card_reader", "lift")
    await signs_in(kiosk, kata)


async def test_a_try_before_the_time_is_over_is_not_looked_at(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await lays_card(kiosk, kata)
    for _ in range(2):
        await types(kiosk, "918273")
    assert (await kiosk.guest.sees(TextEntry)).wait_s > 0
    kiosk.guest.type(PIN)
    again = await kiosk.guest.sees(TextEntry)
    assert "Too many wrong tries" in SAY(again.error)
    assert again.wait_s > 0
    assert Act.SIGNED_IN not in acts(kiosk)


async def test_a_staff_card_that_is_nobodys_is_not_let_in(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    kiosk.terminal.access.take_cards(kata.number)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "This card is nobody’s")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Welcome)
    assert Act.SIGNED_IN not in acts(kiosk)


async def test_a_guests_room_key_on_the_staff_reader_is_told_where_it_belongs(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await a_guest_checks_in(kiosk)
    await kiosk.plays("card_reader", "lay-key")
    said = await kiosk.guest.sees(Choice, "This is not a staff card")
    assert "Room keys are not read here" in SAY(said.help)
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("card_reader", "lift")
    await kiosk.plays("scanner", "scan", "family")
    await kiosk.guest.sees(PresentDocument)


async def test_number_and_pin_alone_where_the_house_allows_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__pin_alone="yes")
    kata = await hired(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("staff")
    await kiosk.guest.sees(Choice, "Your staff card, please")
    kiosk.guest.choose("number")
    await types(kiosk, kata.number)
    await types(kiosk, PIN)
    await kiosk.guest.sees(Choice, "What would you like to do?")


async def test_nobody_is_asked_for_a_number_where_the_house_wants_a_card(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__pin_alone=False)
    await hired(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("staff")
    assert (await kiosk.guest.sees(Choice, "Your staff card, please")).options == ()


# --- signed off --------------------------------------------------------------------------------------


async def test_a_card_taken_away_while_the_pin_is_typed_lets_nobody_in(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays_card(kiosk, await hired(kiosk))
    await kiosk.guest.sees(TextEntry, "PIN")
    at = kiosk.guest.scene.number
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    assert not kiosk.guest.desk.answer(at, Typed(PIN))
    assert Act.SIGNED_IN not in acts(kiosk)


async def test_a_card_taken_away_while_a_key_is_written_lets_the_key_be_finished_first(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    room = await a_guest_checks_in(kiosk)
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    kiosk.guest.choose("replace")
    await kiosk.guest.sees(Choice, "Why is a key made?")
    await kiosk.plays("key_encoder", "hold")
    kiosk.guest.choose("lost-key")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.until(lambda: kiosk.terminal.ledger.unsettled())
    await kiosk.plays("key_encoder", "show")  # answered after the request that was on its way
    await kiosk.plays("card_reader", "lift")
    await kiosk.until(lambda: kiosk.guest.desk._visit.left_by)  # type: ignore[attr-defined]
    assert not [scene for scene in kiosk.guest.scenes[-1:] if isinstance(scene.prompt, Welcome)]
    await kiosk.plays("key_encoder", "release")
    await kiosk.guest.sees(Welcome)
    assert kiosk.guest.scene.signed_in is None
    entries = list(kiosk.terminal.journal.entries())[-2:]
    assert [(entry.act, entry.by) for entry in entries] == [(Act.REPLACED, kata.number), (Act.SIGNED_OFF, kata.number)]
    assert entries[-1].why == Why.CARD_REMOVED
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"


async def test_a_minute_without_a_touch_signs_off(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await kiosk.clock.move(40)
    asked = await kiosk.guest.sees(StillThere)
    assert "signed off" in SAY(asked.help)
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Welcome)
    assert last(kiosk) == (Act.SIGNED_OFF, kata.number, Why.IDLE)


async def test_whoever_comes_next_finds_nobody_signed_in(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__pin_alone="yes")
    kata = await hired(kiosk)
    await kiosk.guest.sees(Welcome)
    await chooses(kiosk, "staff", "number")
    await types(kiosk, kata.number)
    await types(kiosk, PIN)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    await signs_off(kiosk)
    assert last(kiosk) == (Act.SIGNED_OFF, kata.number, Why.BY_HAND)
    kiosk.guest.choose("staff")
    await kiosk.guest.sees(Choice, "Your staff card, please")
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    assert kiosk.guest.scene.signed_in is None


# --- technician and manager --------------------------------------------------------------------------


async def test_a_manager_adds_somebody_with_pin_and_card_who_then_signs_in(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    boss = await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", "add")
    await types(kiosk, "Zsófi")
    await chooses(kiosk, "reception")
    for words in ("123456", "123456"):
        await types(kiosk, words)
    assert "too easy to guess" in SAY((await kiosk.guest.sees(TextEntry, "New PIN")).error)
    for words in (PIN, "739265"):
        await types(kiosk, words)
    assert "two different PINs" in SAY((await kiosk.guest.sees(TextEntry, "New PIN")).error)
    for words in (PIN, PIN):
        await types(kiosk, words)
    waiting = await kiosk.guest.sees(LayKeyCard, "A blank card")  # the manager's own card lies there, and is passed over
    assert "waiting" in SAY(waiting.state)
    for kind, words in (("mifare-ultralight", "NTAG 424 DNA is needed"), ("smartcard", "NTAG 424 DNA is needed")):
        await kiosk.plays("card_reader", "lay-card", kind)
        while words not in SAY((await kiosk.guest.sees(LayKeyCard)).state):
            kiosk.guest.passes()
    shown = len(kiosk.guest.scenes)
    await kiosk.plays("card_reader", "lift")
    uid = (await kiosk.plays("card_reader", "lay-card", "ntag424"))["uid"]
    await kiosk.guest.sees(Choice, "Your own card again")
    assert len(kiosk.guest.scenes) <= shown + 2  # each card is said once, however long it lies there
    await kiosk.plays("card_reader", "lift")
    await lays_card(kiosk, boss)
    people = await kiosk.guest.sees(Pick, "Who works here")
    assert any("Zsófi" in SAY(row.title) for row in people.rows)
    added = kiosk.terminal.access.by_card(bytes.fromhex(uid))
    assert added is not None
    mine = [(e.act, e.about) for e in kiosk.terminal.journal.entries(by=boss.number) if e.about]
    assert mine == [(act, added.id) for act in (Act.STAFF_ADDED, Act.STAFF_PIN, Act.STAFF_CARD)]
    await signs_off(kiosk)
    await kiosk.plays("card_reader", "lift")
    await signs_in(kiosk, Colleague(added.id, uid))


async def test_a_manager_takes_cards_back_and_changes_roles(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata, boss = await hired(kiosk), await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", kata.number, "role", "manager")
    assert "Manager" in str([SAY(value) for _, rows in (await kiosk.guest.sees(Sheet)).sections for _, value in rows])
    kiosk.guest.choose("take")
    sheet = await kiosk.guest.sees(Sheet)
    assert next(option for option in sheet.options if option.id == "take").off is not None
    await signs_off(kiosk)
    await kiosk.plays("card_reader", "lift")
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "This card is nobody’s")


async def test_a_blank_that_says_it_is_a_colleagues_card_is_told_none_of_its_keys(lobby: OpenLobby) -> None:
    """An emulator that records what it is told would become that colleague's card."""
    kiosk = await lobby()
    boss, kata = await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN), await hired(kiosk)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", boss.number, "card")
    await kiosk.guest.sees(LayKeyCard, "A blank card")
    await kiosk.plays("card_reader", "lift")
    rigged = Ntag424Card(bytes.fromhex(kata.uid))
    told = [key.value for key in rigged.keys]
    reader = kiosk.bench.devices["card_reader"]
    assert isinstance(reader, VirtualReader)
    kiosk.guest.passes()
    reader.place(rigged)
    refused = await kiosk.guest.sees(LayKeyCard, "A blank card")
    assert "in use" in SAY(refused.state)
    assert [key.value for key in rigged.keys] == told


@pytest.mark.parametrize("way", [("role", "reception"), ("remove", "remove")])
async def test_the_last_manager_stays(lobby: OpenLobby, way: tuple[str, str]) -> None:
    kiosk = await lobby()
    boss = await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", boss.number, *way)
    await kiosk.guest.sees(Sheet, "Boss")
    assert "last manager" in kiosk.guest.notices[-1][0]
    person = kiosk.terminal.access.person(boss.number)
    assert person is not None
    assert (person.active, person.roles) == (True, frozenset({Role.MANAGER}))


async def test_journal_and_shift_report_on_the_screen_and_on_paper(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    boss = await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    await signs_in(kiosk, boss)
    kiosk.guest.choose("journal")
    table = await kiosk.guest.sees(Table, "Journal of keys")
    rows = [[SAY(cell) for cell in row] for row in table.rows]
    assert [row[1:4] for row in rows] == [["Keys replaced", room, "Guest"]]
    (entry,) = kiosk.terminal.journal.entries(room=room)
    assert f"{entry.at.astimezone(kiosk.terminal.settings.hotel.zone):%H:%M}" in rows[0][0]  # the house's time
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.choose("shift")
    await kiosk.guest.sees(Table, "The last 12 hours")
    before = int((await kiosk.plays("printer", "slips"))["count"])
    kiosk.guest.choose("print")
    await kiosk.guest.sees(Choice, "What would you like to do?")
    assert int((await kiosk.plays("printer", "slips"))["count"]) == before + 1
    assert kiosk.guest.notices[-1][0] == "The report is printed"
