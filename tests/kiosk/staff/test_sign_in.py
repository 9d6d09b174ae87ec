"""Staff sign in with card and PIN; whoever guesses learns nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from hardware.card_reader.contract import CardProof, Proven
from kiosk.access import MOST_CARDS, Access, AccessError, Changed, Refusal, Refused
from kiosk.pins import WORK, Weak, weakness
from kiosk.roles import Power, Role, SignedIn
from kiosk.sections import TwoPerson
from kiosk.wrong_tries import RULES, Kind
from tests.kiosk.staff.conftest import (
    CARD,
    OTHER_CARD,
    OTHER_PIN,
    PIN,
    WRONG_PIN,
    MovedClock,
    Open,
    manned,
    proven,
)


def why(answer: SignedIn | Refused) -> Refusal:
    assert isinstance(answer, Refused)
    return answer.why


async def test_the_staff_card_and_the_pin_open_what_the_role_may(opened: Open) -> None:
    store = await manned(opened())
    manager = await store.sign_in(PIN, card=proven())
    clerk = await store.sign_in(OTHER_PIN, card=proven(OTHER_CARD))
    assert isinstance(manager, SignedIn)
    assert isinstance(clerk, SignedIn)
    assert (manager.person.name, manager.card_uid) == ("Manager Morgan", CARD)
    assert manager.may(Power.MANAGE_STAFF)
    assert clerk.powers == {Power.REISSUE, Power.HELP_GUEST}


async def test_a_technician_may_do_nothing_with_keys_or_guests(opened: Open) -> None:
    store = opened(pin_alone=True)
    person = store.add("Technician Terry", frozenset({Role.TECHNICIAN}))
    await store.set_pin(person.id, PIN)
    signed = await store.sign_in(PIN, number=person.id)
    assert isinstance(signed, SignedIn)
    assert signed.powers == {Power.DIAGNOSE}


async def test_one_person_s_pin_does_not_fit_another_s_card(opened: Open) -> None:
    store = await manned(opened())
    assert why(await store.sign_in(PIN, card=proven(OTHER_CARD))) is Refusal.WRONG


async def test_without_a_card_nobody_is_let_in_unless_the_house_says_so(opened: Open) -> None:
    store = await manned(opened())
    assert why(await store.sign_in(PIN, number="1")) is Refusal.CARD_NEEDED
    assert isinstance(await opened(pin_alone=True).sign_in(PIN, number="1"), SignedIn)


@pytest.mark.parametrize("outcome", [Proven.NOT_OURS, Proven.LIFTED, Proven.CANT])
async def test_a_card_that_has_not_proven_itself_is_not_believed(opened: Open, outcome: Proven) -> None:
    store = await manned(opened(pin_alone=True))
    assert why(await store.sign_in(PIN, card=CardProof(outcome, CARD), number="1")) is Refusal.CARD_NOT_PROVEN


async def test_a_bare_uid_only_where_the_house_says_so_and_with_a_warning_at_each_start(
    opened: Open, capfd: pytest.CaptureFixture[str]
) -> None:
    await manned(opened())
    bare = CardProof(Proven.CANT, CARD)
    assert "bare UID" not in "".join(capfd.readouterr())
    for _ in range(2):
        store = opened(bare_uid=True)
        assert "bare UID" in "".join(capfd.readouterr())
    assert isinstance(await store.sign_in(PIN, card=bare), SignedIn)
    assert why(await store.sign_in(PIN, card=CardProof(Proven.CANT, b"\1\2\3\4"))) is Refusal.WRONG
    assert why(await store.sign_in(PIN, card=CardProof(Proven.NOT_OURS, CARD))) is Refusal.CARD_NOT_PROVEN


async def test_a_number_that_nobody_has_is_answered_as_one_that_somebody_has(
    opened: Open, clock: MovedClock
) -> None:
    store = await manned(opened(pin_alone=True))
    store.add("Without a PIN", frozenset({Role.RECEPTION}))
    store.deactivate("2")
    answers = []
    for number in ("1", "2", "3", "4", "0001", "", "x" * 50, "\N{SUPERSCRIPT TWO}"):
        answers.append(await store.sign_in(WRONG_PIN, number=number))
        clock.pass_s(24 * 3600)
    # What grows is the terminal's wait, whoever's number it is.
    waits = [0, *RULES[Kind.TERMINAL].waits_s[1:], 60, 60]
    assert answers == [Refused(Refusal.WRONG, wait) for wait in waits]


async def test_a_number_that_nobody_has_takes_as_long_as_one_that_somebody_has(
    opened: Open, clock: MovedClock
) -> None:
    store = await manned(opened(pin_alone=True, work=WORK))
    spent: dict[str, list[float]] = {"1": [], "77": []}
    for number in ("1", "77") * 3:
        begun = time.process_time()  # of this process, all threads: other work on the machine does not count
        await store.sign_in(WRONG_PIN, number=number)
        spent[number].append(time.process_time() - begun)
        clock.pass_s(24 * 3600)
    known, unknown = min(spent["1"]), min(spent["77"])
    assert min(known, unknown) > 0.02  # the PIN was hashed
    assert 0.7 < unknown / known < 1.4


async def test_who_was_removed_no_longer_signs_in_and_their_number_is_not_given_again(opened: Open) -> None:
    store = await manned(opened(pin_alone=True))
    assert store.deactivate("2") is Changed.DONE
    assert why(await store.sign_in(OTHER_PIN, card=proven(OTHER_CARD))) is Refusal.CARD_UNKNOWN
    assert why(await store.sign_in(OTHER_PIN, number="2")) is Refusal.WRONG
    assert [person.id for person in store.people()] == ["1"]
    assert [person.name for person in store.people(removed=True)] == ["Manager Morgan", "Clerk Casey"]
    assert store.add("Next", frozenset({Role.RECEPTION})).id == "3"
    assert await store.set_pin("2", OTHER_PIN) is Changed.UNKNOWN
    assert store.give_card("2", OTHER_CARD) is Changed.UNKNOWN


async def test_who_is_removed_while_their_pin_is_looked_at_is_not_let_in(opened: Open) -> None:
    store = await manned(opened())
    trying = asyncio.ensure_future(store.sign_in(OTHER_PIN, card=proven(OTHER_CARD)))
    await asyncio.sleep(0)
    store.deactivate("2")
    assert why(await trying) is Refusal.WRONG


async def test_the_last_manager_can_t_be_lost(opened: Open) -> None:
    store = await manned(opened())
    assert store.deactivate("1") is Changed.LAST_MANAGER
    assert store.change_roles("1", frozenset({Role.RECEPTION})) is Changed.LAST_MANAGER
    assert store.change_roles("2", frozenset({Role.MANAGER})) is Changed.DONE
    assert store.deactivate("1") is Changed.DONE
    assert store.has_manager


async def test_a_manager_without_a_pin_does_not_count_as_one(opened: Open) -> None:
    store = opened()
    number = store.add("Power went before the PIN", frozenset({Role.MANAGER})).id
    assert not store.has_manager
    await store.set_pin(number, PIN)
    assert store.has_manager


async def test_a_card_belongs_to_one_person(opened: Open) -> None:
    store = await manned(opened())
    assert store.give_card("2", CARD) is Changed.CARD_TAKEN
    assert store.give_card("1", CARD) is Changed.DONE
    owner = store.by_card(CARD)
    assert owner is not None
    assert owner.id == "1"
    for each in range(1, MOST_CARDS):
        assert store.give_card("1", bytes([each] * 7)) is Changed.DONE
    assert store.give_card("1", bytes(7)) is Changed.MOST_CARDS
    assert store.by_card(CARD) == replace(owner, cards=MOST_CARDS)
    assert store.take_cards("1") == MOST_CARDS
    assert store.by_card(CARD) is None
    assert why(await store.sign_in(PIN, card=proven())) is Refusal.CARD_UNKNOWN


async def test_a_second_person_approves_never_the_same_one(opened: Open) -> None:
    store = await manned(opened())
    manager = await store.sign_in(PIN, card=proven())
    clerk = await store.sign_in(OTHER_PIN, card=proven(OTHER_CARD))
    assert isinstance(manager, SignedIn)
    assert isinstance(clerk, SignedIn)
    assert store.needs_approval(TwoPerson.MASTER_KEY) is Power.APPROVE
    assert store.approves(manager, clerk, TwoPerson.OTHER_ROOM)
    assert not store.approves(manager, manager, TwoPerson.MASTER_KEY)
    assert not store.approves(clerk, manager, TwoPerson.MASTER_KEY)
    lax = opened(two_person=("other-room",))
    assert lax.needs_approval(TwoPerson.MASTER_KEY) is None
    assert lax.needs_approval(TwoPerson.OTHER_ROOM) is Power.APPROVE
    assert opened(two_person=("none",)).needs_approval(TwoPerson.OTHER_ROOM) is None


@pytest.mark.parametrize(
    ("pin", "weak"),
    [
        ("12345", Weak.TOO_SHORT),
        ("1234567890123", Weak.TOO_LONG),
        ("12a456", Weak.NOT_DIGITS),
        ("\N{ARABIC-INDIC DIGIT ONE}23904", Weak.NOT_DIGITS),
        ("", Weak.NOT_DIGITS),
        ("111111", Weak.REPEATED),
        ("121212", Weak.REPEATED),
        ("123123", Weak.REPEATED),
        ("112233", Weak.REPEATED),
        ("100000", Weak.REPEATED),
        ("123456", Weak.RUN),
        ("654321", Weak.RUN),
        ("890123", Weak.RUN),
        ("198573", Weak.DATE),
        ("731985", Weak.DATE),
        ("140589", Weak.DATE),
        ("890514", Weak.DATE),
        ("051489", Weak.DATE),
        ("290200", Weak.DATE),
        ("14051989", Weak.DATE),
        ("739418", None),
        ("84620397", None),
    ],
)
def test_a_pin_that_is_soon_guessed_is_not_taken(pin: str, weak: Weak | None) -> None:
    assert weakness(pin, 6) is weak


async def test_a_house_may_ask_for_longer_pins(opened: Open) -> None:
    store = opened(pin_length=8)
    number = store.add("Clerk", frozenset({Role.RECEPTION})).id
    assert await store.set_pin(number, PIN) is Weak.TOO_SHORT
    assert await store.set_pin(number, "73941862") is Changed.DONE


async def test_a_pin_that_was_kept_with_less_work_is_kept_anew(opened: Open, tmp_path: Path) -> None:
    store = await manned(opened(work=WORK))
    old = PasswordHasher(1, 8 * 1024, 1).hash(store._peppered("1", PIN))
    other = sqlite3.connect(tmp_path / "staff.db", isolation_level=None)
    other.execute("UPDATE people SET pin = ? WHERE number = 1", (old,))
    for _ in range(2):
        assert isinstance(await store.sign_in(PIN, card=proven()), SignedIn)
    (kept,) = other.execute("SELECT pin FROM people WHERE number = 1").fetchone()
    other.close()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


async def test_nothing_in_the_file_says_a_card_a_pin_or_a_name(opened: Open, tmp_path: Path) -> None:
    store = await manned(opened(pin_alone=True))
    await store.sign_in(PIN, number=PIN)  # typed where the number is asked for
    await store.sign_in(WRONG_PIN, card=proven())
    disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"argon2id" in disk
    for secret in (PIN, OTHER_PIN, WRONG_PIN, "Morgan", "Casey"):
        assert secret.encode() not in disk
    for uid in (CARD, OTHER_CARD):
        assert uid not in disk
        assert uid.hex().encode() not in disk.lower()
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


async def test_a_stolen_file_is_worth_nothing_at_another_terminal(opened: Open) -> None:
    await manned(opened())
    with pytest.raises(AccessError, match="another terminal key"):
        opened(key=bytes(32))


def test_a_link_in_its_place_is_not_followed(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "staff.db").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="staff.db"):
        opened()
    assert not (tmp_path / "elsewhere").exists()


def test_roles_are_kept_over_a_restart(opened: Open) -> None:
    opened().add("Night", frozenset({Role.RECEPTION, Role.TECHNICIAN}))
    again: Access = opened()
    (person,) = again.people()
    assert person.roles == {Role.RECEPTION, Role.TECHNICIAN}
    assert (person.has_pin, person.cards) == (False, 0)
