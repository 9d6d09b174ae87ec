"""A visit of staff is recorded without PIN, number, name or card, and played by made-up staff of the same role."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from hardware.card_reader.staff_card import StaffCardKeys
from hardware.secret_keys import load_keys
from kiosk.access import Role
from kiosk.bench import STAFF_CARD_KEY
from kiosk.prompts import Choice, LayKeyCard, Pick, Prompt, Sheet, TextEntry, Welcome
from kiosk.trace.file import read, write
from tests.journeys import staff
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    DUE,
    Colleague,
    a_guest_checks_in,
    chooses,
    finds,
    hands_back,
    helps,
    hired,
    lays_blank,
    lays_card,
    signs_in,
    stuck,
)
from tests.journeys.test_check_in_leaves_no_trace import spellings
from tests.journeys.trace import played, recorded, records, went_the_same_way

PIN, OTHER_PIN, WRONG_PIN = "739264", "582913", "918273"
NAME = "Kata-Zsófia Wildgruber"


def staff_in(path: Path, kiosk: Lobby, *who: Colleague) -> set[str]:
    """What of the staff stands in a trace, but for its last line, which is a hash."""
    content = path.read_bytes().rstrip(b"\n").rpartition(b"\n")[0] + path.name.encode()
    keys = load_keys(StaffCardKeys, kiosk.terminal.settings.kiosk.state / STAFF_CARD_KEY).keys.values()
    secrets = [form for key in keys for form in (key, key.hex().encode(), base64.b64encode(key))]
    told = [PIN, OTHER_PIN, WRONG_PIN, NAME, *NAME.replace("-", " ").split()]
    own = [form for word in told for form in spellings(word)]
    cards = [form for each in who for form in (each.uid.lower().encode(), each.uid.upper().encode())]
    return {form.decode("utf-8", "replace") for form in (*secrets, *own, *cards) if form in content}


async def signed_off(kiosk: Lobby) -> Path:
    """Takes the card away; the trace of it."""
    await kiosk.plays("card_reader", "lift")
    return await recorded(kiosk)


async def test_a_key_that_staff_reissue_is_played_by_made_up_staff(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    (booking,) = await kiosk.terminal.hotel.in_room(room)
    kata = await hired(kiosk, name=NAME)
    records(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    await chooses(kiosk, "one-more", "one-more")
    await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lift")
    path = await signed_off(kiosk)
    assert not staff_in(path, kiosk, kata)
    assert f'"{booking.id}"' not in path.read_text("utf-8")
    outcome, front, said = await went_the_same_way(path)
    assert outcome.effects == 1
    assert "reception: right" in "".join(said)
    assert any(isinstance(scene.prompt, Choice) and "key is made" in staff.SAY(scene.prompt.question) for scene in front.scenes)
    assert NAME not in "".join(map(str, front.scenes))


async def test_a_wrong_pin_and_then_the_right_one_are_noted_as_no_more_than_that(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk, name=NAME)
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await lays_card(kiosk, kata)
    for pin in (WRONG_PIN, PIN):
        await kiosk.guest.sees(TextEntry, "PIN")
        kiosk.guest.type(pin)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert not staff_in(path, kiosk, kata)
    tries = [(entry["outcome"], entry["who"]) for entry in read(path).entries if entry["what"] == "sign-in"]
    assert tries == [("wrong", 0), ("right", 0)]
    assert [entry["typed"] for entry in read(path).entries if "typed" in entry] == [None, None]
    await went_the_same_way(path)


async def test_a_card_that_was_locked_before_is_locked_where_it_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await kiosk.guest.sees(Welcome)
    await lays_card(kiosk, kata)
    for wait_s in (0, 0, 6, 31):
        await kiosk.guest.sees(TextEntry)
        await kiosk.clock.move(wait_s)
        kiosk.guest.type(WRONG_PIN)
    await kiosk.guest.sees(Choice, "This way in is locked")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("card_reader", "lift")
    records(kiosk)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "This way in is locked")
    kiosk.guest.choose("go-on")
    path = await recorded(kiosk)
    (held,) = [entry for entry in read(path).entries if entry["what"] == "sign-in"]
    assert (held["outcome"], held["tried"], held["wrong-before"]) == ("locked", False, 4)
    await went_the_same_way(path)


async def test_a_card_that_is_nobodys_lets_nobody_in_where_it_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    kiosk.terminal.access.take_cards(kata.number)
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "This card is nobody’s")
    kiosk.guest.choose("go-on")
    await went_the_same_way(await recorded(kiosk))


async def test_a_staff_number_is_not_in_a_trace_nor_what_would_stand_for_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__pin_alone="yes")
    for _ in range(7):
        kata = await hired(kiosk)
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await chooses(kiosk, "staff", "number")
    for words in (kata.number, PIN):
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(words)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    assert kiosk.guest.start_over()
    path = await recorded(kiosk)
    trace = read(path)
    assert [entry["typed"] for entry in trace.entries if "typed" in entry] == [None, None]
    (tried,) = [entry for entry in trace.entries if entry["what"] == "sign-in"]
    assert tried == {
        "at": tried["at"], "what": "sign-in", "outcome": "right", "tried": True, "wrong-before": 0, "who": 0, "roles": ["reception"]
    }  # fmt: skip
    await went_the_same_way(path)


async def test_a_guests_key_on_the_staffs_reader_is_played_as_such(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await a_guest_checks_in(kiosk)
    records(kiosk)
    await kiosk.plays("card_reader", "lay-key")
    await kiosk.guest.sees(Choice, "This is not a staff card")
    kiosk.guest.choose("done")
    await went_the_same_way(await recorded(kiosk))


async def test_who_helps_a_guest_is_played_and_the_guest_with_them(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk, name=NAME)
    records(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await helps(kiosk, kata)
    await hands_back(kiosk, "later")
    await kiosk.guest.sees(Prompt)
    kiosk.guest.start_over()
    path = await recorded(kiosk)
    assert not staff_in(path, kiosk, kata)
    _, _, said = await went_the_same_way(path)
    assert "Back to you" in "".join(said)


async def test_a_manager_takes_cards_and_gives_a_new_pin_where_it_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata, boss = await hired(kiosk, name=NAME), await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    records(kiosk)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", kata.number, "pin")
    for words in (PIN, WRONG_PIN, PIN, PIN):
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(words)
    await kiosk.guest.sees(Sheet)
    kiosk.guest.choose("take")
    await kiosk.guest.sees(Sheet)
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert not staff_in(path, kiosk, kata, boss)
    assert [entry["person"] for entry in read(path).entries if "person" in entry] == [1]
    await went_the_same_way(path)


async def test_a_card_made_for_somebody_new_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    boss = await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    records(kiosk)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", "add")
    await kiosk.guest.sees(TextEntry)
    kiosk.guest.type(NAME)
    await chooses(kiosk, "reception")
    for words in (PIN, PIN):
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(words)
    await kiosk.guest.sees(LayKeyCard, "A blank card")
    await kiosk.plays("card_reader", "lift")
    uid = (await kiosk.plays("card_reader", "lay-card", "ntag424"))["uid"]
    await kiosk.guest.sees(Choice, "Your own card again")
    await kiosk.plays("card_reader", "lift")
    await lays_card(kiosk, boss)
    await kiosk.guest.sees(Pick, "Who works here")
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert not staff_in(path, kiosk, boss, Colleague("", uid))
    await went_the_same_way(path)


async def test_a_key_with_a_second_persons_agreement_is_not_played_without_the_hotel(lobby: OpenLobby) -> None:
    """What this terminal knows of a room's keys from visits before is in no trace."""
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room = await a_guest_checks_in(kiosk)
    kata, boss = await hired(kiosk), await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN)
    records(kiosk)
    await staff.to_approval(kiosk, kata, room)
    await staff.agrees(kiosk, boss)
    await kiosk.guest.sees(Choice, "Your own card again")
    kiosk.guest.choose("sign-off")
    path = await recorded(kiosk)
    assert not staff_in(path, kiosk, kata, boss)
    outcome, _, _ = await played(path)
    assert "visits before this one" in outcome.cannot


async def test_a_guest_is_moved_and_the_key_that_was_made_is_erased_where_it_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    kata = await hired(kiosk)
    records(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    kiosk.guest.choose("move")
    kiosk.guest.choose((await kiosk.guest.sees(Pick, "Which room?")).rows[0].id)
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.choose("keys")
    kiosk.guest.choose((await kiosk.guest.sees(Pick, "Which room or guest?")).rows[0].id)
    await kiosk.guest.sees(Sheet)
    kiosk.guest.choose("erase")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", new)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert new not in path.read_text("utf-8").lower()
    outcome, _, said = await went_the_same_way(path)
    assert outcome.effects == 3
    assert "erase-card: done" in "".join(said)


async def test_a_guests_old_key_on_the_encoder_is_said_and_not_played(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    (key,) = [key for key in await kiosk.terminal.hotel.keys((await kiosk.booking("ready")).id) if key.card_uid]
    kata = await hired(kiosk)
    records(kiosk)
    await signs_in(kiosk, kata)
    kiosk.guest.choose("keys")
    await kiosk.guest.sees(Pick)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", key.card_uid)
    await kiosk.guest.sees(Sheet, room)
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert key.card_uid.lower() not in path.read_text("utf-8").lower()
    outcome, _, _ = await played(path)
    assert "a card from before this visit on the encoder" in outcome.cannot


async def test_a_master_key_that_two_agree_on_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    boss, other = await hired(kiosk, Role.MANAGER, "Boss", OTHER_PIN), await hired(kiosk, Role.MANAGER, NAME)
    records(kiosk)
    await signs_in(kiosk, boss)
    kiosk.guest.choose("master")
    kiosk.guest.choose((await kiosk.guest.sees(Pick, "which doors")).rows[0].id)
    why = await kiosk.guest.sees(Choice, "Why is a master key made?")
    kiosk.guest.choose(why.options[0].id)
    await kiosk.guest.sees(Choice, "second person")
    await kiosk.plays("card_reader", "lift")
    await staff.agrees(kiosk, other)
    await kiosk.guest.sees(Choice, "Your own card again")
    await staff.exchanges(kiosk, boss)
    await lays_blank(kiosk, "aes")
    await kiosk.guest.sees(Choice, "The master key is made")
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert not staff_in(path, kiosk, boss, other)
    outcome, _, said = await went_the_same_way(path)
    assert "".join(said).count("manager: right") == 2
    assert outcome.effects == 1


async def test_who_has_another_role_than_was_recorded_departs_at_the_line_of_their_menu(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    records(kiosk)
    await signs_in(kiosk, kata)
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    trace = read(path)
    entries = [entry | ({"roles": ["manager"]} if "roles" in entry else {}) for entry in trace.entries]
    changed = write(path.parent.parent, "changed", trace.head, entries)
    outcome, _, _ = await played(changed)
    assert outcome.departed is not None
    assert outcome.departed.expected == "Choice “What would you like to do?” [keys]"
    assert "journal" in outcome.departed.got
    line = changed.read_text("utf-8").splitlines()[outcome.departed.line - 1]
    assert json.loads(line)["question"] == "What would you like to do?"
