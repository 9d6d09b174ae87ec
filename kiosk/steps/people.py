"""The staff of the terminal: a manager adds people, gives and takes cards, roles and PINs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from hardware.card_reader.contract import CardIssue, Issued
from kiosk.access import Changed
from kiosk.facts import sure
from kiosk.journey import until_it_works
from kiosk.key_journal import Act
from kiosk.language import TN, T, Text, verbatim
from kiosk.pins import Weak
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    Keys,
    LayKeyCard,
    Option,
    Pick,
    PickRow,
    Sheet,
    TextEntry,
    Tone,
    Typed,
)
from kiosk.roles import Person, Power, Role
from kiosk.steps.session import cards_exchanged, still_may
from kiosk.steps.sign_in import LONGEST_PIN, ROLES
from kiosk.visit import Visit, WentBack

CARD_WITHIN_S = 60.0
LOOK_EVERY_S = 0.5
LONGEST_NAME = 40

_CHANGED: dict[Changed, Text] = {
    Changed.UNKNOWN: T("This person is no longer here"),
    Changed.LAST_MANAGER: T("This is the last manager: somebody must manage the staff"),
    Changed.CARD_TAKEN: T("This card is somebody else’s"),
    Changed.MOST_CARDS: T("Nobody has more than two cards: take one back first"),
}
_WEAK: dict[Weak, Text] = {
    Weak.NOT_DIGITS: T("Digits only, please."),
    Weak.TOO_SHORT: T("A few more digits, please."),
    Weak.TOO_LONG: T("That is too long."),
    Weak.REPEATED: T("The same digits again and again are too easy to guess."),
    Weak.RUN: T("Digits in a row are too easy to guess."),
    Weak.DATE: T("Dates and years are too easy to guess."),
}
_ISSUED: dict[Issued, Text] = {
    Issued.NO_CARD: T("waiting for the card"),
    Issued.LIFTED: T("Taken too early: please place the same card again"),
    Issued.WRONG_TYPE: T("This kind of card can’t prove itself: NTAG 424 DNA is needed"),
    Issued.NOT_BLANK: T("This card is in use: please take a blank one"),
    Issued.NOT_OURS: T("This is not a staff card of this house"),
    Issued.TWO_CARDS: T("There are two cards: please place only one"),
    Issued.WORN_OUT: T("This card is worn out: please take another"),
}


async def people(visit: Visit) -> None:
    """The list, until Back."""
    while True:
        answer = await visit.ask_for(Chosen, who_works_here(visit.terminal.access.people()))
        try:
            if answer.id == "add":
                await _add(visit)
            else:
                await _person(visit, answer.id)
        except WentBack:
            continue


def who_works_here(people: Iterable[Person]) -> Pick:
    """Everybody, and whether they can sign in."""
    return Pick(
        question=T("Who works here"),
        rows=tuple(
            PickRow(person.id, verbatim(person.name), T("{role} · {number}", role=_roles(person.roles), number=person.id), *_can(person))
            for person in people
        ),
        options=(Option("add", T("Add somebody")),),
    )


def _can(person: Person) -> tuple[Text, Tone]:
    if not person.has_pin:
        return T("No PIN yet"), Tone.WARN
    return (T("Card and PIN"), Tone.OK) if person.cards else (T("No card yet"), Tone.WARN)


def _roles(roles: frozenset[Role]) -> Text:
    words = [ROLES[role] for role in Role if role in roles]
    return words[0] if len(words) == 1 else T("{one} and {other}", one=words[0], other=words[1])


async def _add(visit: Visit) -> None:
    name = (
        await visit.ask_for(Typed, TextEntry(question=T("Name"), keys=Keys.NAME, max_length=LONGEST_NAME))
    ).text.strip()
    role = await _role(visit)
    still_may(visit, Power.MANAGE_STAFF)
    added = visit.terminal.access.add(name, frozenset({role}))
    _note(visit, Act.STAFF_ADDED, added.id)
    await _pin(visit, added.id)
    await _give_card(visit, added.id)


async def _role(visit: Visit) -> Role:
    answer = await visit.ask_for(
        Chosen,
        Choice(
            question=T("Which role?"),
            options=tuple(Option(role.value, words) for role, words in ROLES.items()),
            equals=True,
        ),
    )
    return Role(answer.id)


async def _person(visit: Visit, number: str) -> None:
    """One person's page, until Back or removed."""
    while (person := visit.terminal.access.person(number)) is not None and person.active:
        answer = await visit.ask_for(Chosen, _page(person))
        try:
            await _DO[answer.id](visit, number)
        except WentBack:
            continue


def _page(person: Person) -> Sheet:
    return Sheet(
        question=verbatim(person.name),
        sections=(
            (
                T("Staff {number}", number=person.id),
                (
                    (T("Role"), _roles(person.roles)),
                    (T("Cards"), TN("{count} card", "{count} cards", person.cards)),
                    (T("PIN"), T("Set") if person.has_pin else T("No PIN yet")),
                ),
            ),
        ),
        options=(
            Option("card", T("Give a card")),
            Option("take", T("Take all cards back"), off=None if person.cards else T("No card was given")),
            Option("pin", T("New PIN")),
            Option("role", T("Change the role")),
            Option("unlock", T("Unlock")),
            Option("remove", T("Remove")),
        ),
    )


async def _change_role(visit: Visit, number: str) -> None:
    role = await _role(visit)
    still_may(visit, Power.MANAGE_STAFF)
    _say(visit, visit.terminal.access.change_roles(number, frozenset({role})), Act.STAFF_ROLES, number)


async def _pin(visit: Visit, number: str) -> None:
    """Typed twice by the person themselves."""
    error: Text | None = None
    while True:
        first = await visit.ask_for(Typed, _pin_prompt(visit, T("New PIN"), error))
        again = await visit.ask_for(Typed, _pin_prompt(visit, T("The same PIN once more"), None))
        if first.text != again.text:
            error = T("These were two different PINs.")
            continue
        still_may(visit, Power.MANAGE_STAFF)
        changed = await visit.while_waiting(
            visit.terminal.access.set_pin(number, first.text), T("One moment, please")
        )
        if not isinstance(changed, Weak):
            _say(visit, changed, Act.STAFF_PIN, number)
            return
        error = _WEAK[changed]


def _pin_prompt(visit: Visit, question: Text, error: Text | None) -> TextEntry:
    return TextEntry(
        question=question,
        help=T("Please let the person type it themselves."),
        keys=Keys.PIN,
        secret=True,
        least=visit.terminal.settings.access.pin_length,
        max_length=LONGEST_PIN,
        error=error,
    )


async def _give_card(visit: Visit, number: str) -> None:
    """A blank card becomes a staff card. The manager's own card makes room for it on the reader, and comes back."""
    still_may(visit, Power.MANAGE_STAFF)
    async with cards_exchanged(visit):
        await _blank_card(visit, number)


async def _blank_card(visit: Visit, number: str) -> None:
    state, seen = _ISSUED[Issued.NO_CARD], CardIssue(Issued.NO_CARD)
    while True:
        prompt = _card_prompt(visit, state)
        issued = await until_it_works(
            visit,
            lambda shown=prompt, before=seen: visit.ask_while(shown, _issued(visit, number, before)),  # type: ignore[misc]
        )
        if isinstance(issued, Answer):
            return
        seen = issued
        if issued.outcome is Issued.DONE:
            still_may(visit, Power.MANAGE_STAFF)
            _say(visit, visit.terminal.access.give_card(number, issued.uid), Act.STAFF_CARD, number)
            return
        state = _ISSUED[issued.outcome]


async def _issued(visit: Visit, number: str, before: CardIssue) -> CardIssue:
    """The manager's own card is passed over, anybody else's is one in use. What was said `before` of a card that still
    lies there is not said again."""
    own, access = sure(visit.staff).card_uid, visit.terminal.access
    while True:
        issued = await visit.terminal.card_reader.issue(
            card_within_s=CARD_WITHIN_S,
            not_uids=(own,) if own else (),
            in_use=lambda uid: access.by_card(uid) is not None,
        )
        owner = access.by_card(issued.uid) if issued.outcome is Issued.DONE else None
        if owner is not None and owner.id != number:
            issued = replace(issued, outcome=Issued.NOT_BLANK)
        if issued.outcome is not Issued.NO_CARD and issued != before:
            return issued
        await visit.terminal.clock.sleep(LOOK_EVERY_S)


def _card_prompt(visit: Visit, state: Text) -> LayKeyCard:
    reader = visit.terminal.settings.card_reader
    return LayKeyCard(
        question=T("A blank card, please"),
        help=T("Take your own card off the reader, and place a blank NTAG 424 DNA card there."),
        number=1,
        of=1,
        state=state,
        where=reader.position.value if reader else "right",
        other=(Option("later", T("Not now"), quiet=True),),
    )


async def _take_cards(visit: Visit, number: str) -> None:
    still_may(visit, Power.MANAGE_STAFF)
    visit.terminal.access.take_cards(number)
    _say(visit, Changed.DONE, Act.STAFF_CARD_TAKEN, number)


async def _unlock(visit: Visit, number: str) -> None:
    still_may(visit, Power.MANAGE_STAFF)
    _say(visit, visit.terminal.access.unlock(number), Act.STAFF_UNLOCKED, number)


async def _remove(visit: Visit, number: str) -> None:
    answer = await visit.ask(
        Choice(
            question=T("Remove this person?"),
            help=T("Cards and PIN are forgotten at once. The number stays in the journal."),
            picture="colleague",
            tone=Tone.WARN,
            options=(Option("remove", T("Remove")), Option("keep", T("Keep"), quiet=True)),
        )
    )
    if answer == Chosen("remove"):
        still_may(visit, Power.MANAGE_STAFF)
        _say(visit, visit.terminal.access.deactivate(number), Act.STAFF_REMOVED, number)


def _say(visit: Visit, changed: Changed, act: Act, number: str) -> None:
    """What was changed stands in the journal; why it was not, on the screen."""
    if changed is Changed.DONE:
        _note(visit, act, number)
        visit.notice(T("Done"), Tone.OK)
    else:
        visit.notice(_CHANGED[changed])


def _note(visit: Visit, act: Act, number: str) -> None:
    visit.terminal.journal.append(act, by=sure(visit.staff).person.id, about=number)


_DO: dict[str, Callable[[Visit, str], Awaitable[None]]] = {
    "card": _give_card,
    "take": _take_cards,
    "pin": _pin,
    "role": _change_role,
    "unlock": _unlock,
    "remove": _remove,
}
