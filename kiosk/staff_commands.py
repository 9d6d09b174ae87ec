"""`kiosk staff …`: who may sign in at this terminal. For its first day and for bad days; else it is done at the screen.

Every command but `init` asks for a manager's number and PIN. A PIN is typed at a prompt that doesn't show it,
never given as an argument, where any other user of the machine could read it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hardware.card_reader.contract import CardIssue, CardReader, Issued
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError
from hardware.known_drivers import find_driver
from hardware.readings import Kind
from kiosk.access import MOST_CARDS, STAFF, Access, AccessError, Changed, Refusal, Refused
from kiosk.clock import SystemClock
from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, fail, settings_or_exit
from kiosk.credentials import TERMINAL_KEY, CredentialError, load_or_create
from kiosk.key_journal import KIOSK, Act, JournalError, KeyJournal, Why
from kiosk.pins import Weak, weakness
from kiosk.roles import Person, Power, Role, SignedIn
from kiosk.sealing import Seal
from kiosk.sections import Device
from kiosk.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Who of the staff may sign in at this terminal.")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The staff number.")]
Roles = Annotated[list[Role], typer.Option("--role", help="One or more.")]

_WEAK = {
    Weak.NOT_DIGITS: "a PIN is digits alone",
    Weak.TOO_SHORT: "too short",
    Weak.TOO_LONG: "too long",
    Weak.REPEATED: "too easy to guess: repeated digits",
    Weak.RUN: "too easy to guess: digits in a row",
    Weak.DATE: "too easy to guess: a date, or a year",
}
_CHANGED = {
    Changed.UNKNOWN: "nobody here has that number",
    Changed.LAST_MANAGER: "nobody could manage the staff any more; make somebody else a manager first",
    Changed.CARD_TAKEN: "that card is somebody else's",
    Changed.MOST_CARDS: f"{MOST_CARDS} cards are the most; take them back first (--take)",
}
_ISSUED = {
    Issued.NO_CARD: "no card came",
    Issued.LIFTED: "the card was lifted; lay it back and try again",
    Issued.WRONG_TYPE: "not an NTAG 424 DNA card",
    Issued.NOT_BLANK: "not a blank card; it was left as it is",
    Issued.NOT_OURS: "another house's card",
    Issued.TWO_CARDS: "more than one card lies there",
    Issued.WORN_OUT: "the card is worn out",
}
CARD_WITHIN_S = 30


@dataclass
class Store:
    """What a command works on."""

    settings: Settings
    access: Access
    journal: KeyJournal


@contextmanager
def opened(ini: Path) -> Iterator[Store]:
    """The terminal's own; what can't be opened is said, and ends the command."""
    settings = settings_or_exit(ini)
    state = settings.kiosk.state.resolve()
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        seal, clock = Seal(load_or_create(state, TERMINAL_KEY, 32)), SystemClock()
        access = Access(state / STAFF, clock, seal, settings.access)
        journal = KeyJournal(state, seal, clock)
        try:
            yield Store(settings, access, journal)
        finally:
            journal.close()
            access.close()
    except (CredentialError, AccessError, JournalError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or state}: {error.strerror}")


@app.command()
def init(ini: Ini = DEFAULT_INI) -> None:
    """Make the first manager, at this terminal. Refused where there is one."""
    with opened(ini) as store:
        if store.access.has_manager:
            fail("There is a manager already: kiosk staff add")
        _at_a_terminal()
        name = _asked("Name of the first manager")
        typed = _new_pin(store, name)
        manager = store.access.add(name, frozenset({Role.MANAGER}))
        _done(asyncio.run(store.access.set_pin(manager.id, typed)))
        store.journal.append(Act.STAFF_ADDED, by=KIOSK, about=manager.id, why=Why.FIRST_MANAGER)
        typer.echo(f"{name} is manager, staff number {manager.id}. Now a card: kiosk staff card {manager.id}")


@app.command("list")
def list_(
    removed: Annotated[bool, typer.Option(help="Also who is no longer here.")] = False,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """Everybody, with number, roles and cards."""
    with opened(ini) as store:
        _manager(store)
        people = store.access.people(removed=removed)
    if as_json:
        typer.echo(json.dumps([_told(person) for person in people]))
        return
    for person in people:
        lacking = "" if person.has_pin or not person.active else "no PIN yet"
        gone = "" if person.active else "no longer here"
        cards = f"{person.cards} card{'' if person.cards == 1 else 's'}"
        typer.echo(f"{person.id:>4}  {person.name:30}  {' '.join(sorted(person.roles)):30}  {gone or cards}  {lacking}".rstrip())


def _told(person: Person) -> dict[str, Any]:
    return {
        "number": person.id, "name": person.name, "roles": sorted(person.roles), "active": person.active,
        "cards": person.cards, "pin": person.has_pin,
    }  # fmt: skip


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="As colleagues know them.")],
    role: Roles,
    ini: Ini = DEFAULT_INI,
) -> None:
    """A new person; they type their PIN themselves."""
    with opened(ini) as store:
        manager = _manager(store)
        typed = _new_pin(store, name)
        person = store.access.add(name.strip(), frozenset(role))
        _done(asyncio.run(store.access.set_pin(person.id, typed)))
        store.journal.append(Act.STAFF_ADDED, by=manager, about=person.id)
        typer.echo(f"{person.name} has staff number {person.id}")


@app.command()
def role(number: Number, role: Roles, ini: Ini = DEFAULT_INI) -> None:
    """Give these roles, and take all others."""
    said = f"{number} is {' and '.join(sorted(role))}"
    _change(ini, number, Act.STAFF_ROLES, lambda store: store.access.change_roles(number, frozenset(role)), said)


@app.command()
def pin(number: Number, ini: Ini = DEFAULT_INI) -> None:
    """A new PIN, which they type themselves."""

    def change(store: Store) -> Changed | Weak:
        typed = _new_pin(store, _active(store, number).name)
        return asyncio.run(store.access.set_pin(number, typed))

    _change(ini, number, Act.STAFF_PIN, change, f"{number} has a new PIN")


@app.command()
def unlock(number: Number, ini: Ini = DEFAULT_INI) -> None:
    """Their cards and number may be tried again."""
    _change(ini, number, Act.STAFF_UNLOCKED, lambda store: store.access.unlock(number), f"{number} may try again")


@app.command()
def remove(number: Number, ini: Ini = DEFAULT_INI) -> None:
    """They no longer sign in. Their number stays, for the journal."""
    said = f"{number} no longer signs in here"
    _change(ini, number, Act.STAFF_REMOVED, lambda store: store.access.deactivate(number), said)


def _change(ini: Path, number: str, act: Act, change: Callable[[Store], Changed | Weak], said: str) -> None:
    """By a manager, written down, and said."""
    with opened(ini) as store:
        manager = _manager(store)
        _done(change(store))
        store.journal.append(act, by=manager, about=number)
        typer.echo(said)


@app.command()
def card(
    number: Number,
    take: Annotated[bool, typer.Option("--take", help="All their cards are nobody's: lost, or given back.")] = False,
    ini: Ini = DEFAULT_INI,
) -> None:
    """Make a blank card theirs, on the terminal's card reader; or take their cards."""
    with opened(ini) as store:
        manager = _manager(store)
        person = _active(store, number)
        if take:
            count = store.access.take_cards(number)
            store.journal.append(Act.STAFF_CARD_TAKEN, by=manager, about=number)
            typer.echo(f"{count} of {number}'s cards open nothing any more")
            return
        if person.cards >= MOST_CARDS:
            fail(_CHANGED[Changed.MOST_CARDS])
        device = store.settings.card_reader
        if device is None:
            fail("There is no [card_reader] in the configuration file", Exit.WRONG)
        if device.virtual:
            fail("The running kiosk has the virtual card reader: give the card at its screen", Exit.WRONG)
        typer.echo("Lay a blank NTAG 424 DNA card on the card reader", err=True)
        made = asyncio.run(_issue(device, store))
        bare = made.outcome is Issued.WRONG_TYPE and store.settings.access.bare_uid
        if made.outcome is not Issued.DONE and not bare:
            fail(_ISSUED[made.outcome])
        _done(store.access.give_card(number, made.uid))
        store.journal.append(Act.STAFF_CARD, by=manager, about=number)
        typer.echo(f"The card is {number}'s" + (", known by its bare UID: anybody can copy it" if bare else ""))


async def _issue(device: Device, store: Store) -> CardIssue:
    """The house's secret for staff cards: where kiosk.ini says, else in the state directory or from systemd."""
    key_file = store.settings.kiosk.state.resolve() / StaffCardKeys.CREDENTIAL
    given = {StaffCardKeys.OPTION: str(key_file)} if key_file.exists() else {}
    settings = DeviceSettings("card_reader", device.driver, device.address, given | device.options)
    try:
        driver = find_driver(Kind.CARD_READER, settings)(settings, lambda event: None)
        assert isinstance(driver, CardReader)  # noqa: S101
        await driver.open()
        try:
            in_use = store.access.by_card
            return await driver.issue(card_within_s=CARD_WITHIN_S, in_use=lambda uid: in_use(uid) is not None)
        finally:
            await driver.close()
    except DeviceError as error:
        fail(f"card reader: {error.fault}" + (f" ({error.vendor})" if error.vendor else ""))


# asking


def _at_a_terminal() -> None:
    if not sys.stdin.isatty():
        fail("A PIN is typed at a terminal", Exit.WRONG)


def _asked(question: str) -> str:
    """Shown as it is typed; the question goes to the terminal, not among the results."""
    typer.echo(f"{question}: ", err=True, nl=False)
    answer = sys.stdin.readline().strip()
    return answer or fail("Nothing was typed")


def _manager(store: Store) -> str:
    """The number of a manager who has just proven it."""
    if not store.access.has_manager:
        fail("There is no manager yet: kiosk staff init")
    _at_a_terminal()
    number = _asked("Your staff number")
    typed = typer.prompt("Your PIN", hide_input=True, err=True)
    answer = asyncio.run(store.access.sign_in(typed, number=number, by_command=True))
    if isinstance(answer, Refused):
        why = Why.WRONG_PIN if answer.why is Refusal.WRONG else Why.LOCKED
        store.journal.append(Act.REFUSED, by=KIOSK, why=why, about=store.access.known(number=number))
        wait = f"; wait {answer.wait_s:.0f} s" if answer.wait_s else ""
        fail(("Number or PIN is wrong" if why is Why.WRONG_PIN else "Too many wrong tries") + wait)
    if not answer.may(Power.MANAGE_STAFF):
        fail("Only a manager may")
    _warn_of_tries(answer)
    return answer.person.id


def _warn_of_tries(signed: SignedIn) -> None:
    if signed.wrong_before:
        typer.echo(f"{signed.wrong_before} wrong tries with your number since your last time", err=True)


def _new_pin(store: Store, name: str) -> str:
    """Asked until it will do."""
    while True:
        typed: str = typer.prompt(f"PIN of {name}", hide_input=True, err=True)
        if weak := weakness(typed, store.settings.access.pin_length):
            typer.echo(_WEAK[weak], err=True)
        elif typer.prompt("Once more", hide_input=True, err=True) != typed:
            typer.echo("Not the same twice", err=True)
        else:
            return typed


def _active(store: Store, number: str) -> Person:
    person = store.access.person(number)
    if person is None or not person.active:
        fail(_CHANGED[Changed.UNKNOWN])
    return person


def _done(changed: Changed | Weak) -> None:
    if isinstance(changed, Weak):
        fail(_WEAK[changed])
    if changed is not Changed.DONE:
        fail(_CHANGED[changed])
