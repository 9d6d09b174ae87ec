"""Everyone else on the booking, one after another, as the law of the hotel's country asks (`registration/law.py`).

Each shows a document of their own; or is told by the head of the party: a child below the age of
`[identity] children_until`, family where name and birth date are enough, or no more than a nationality where
family is only counted. Who comes later is left to the desk, which is told how many, and never who.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from hardware.document_reader.contract import TravelDocument
from kiosk.countries import to_iso
from kiosk.facts import Facts, sure
from kiosk.help_given import put_down
from kiosk.hotel.model import Guest, Stay
from kiosk.journey import Ended
from kiosk.language import T, Text
from kiosk.names import spelled
from kiosk.party import NOBODY, Companion, Party, age, likely, party_of
from kiosk.prompts import Answer, Choice, Chosen, Option, PresentDocument, Shown
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import Companions, Field, Requirements, only, requirements, without_document
from kiosk.sections import Gesture
from kiosk.steps import show_document
from kiosk.steps.complete_card import ask_each
from kiosk.steps.not_read import gesture
from kiosk.steps.read_chip import Beside, Known, ToldInstead
from kiosk.visit import Visit, WentBack

LATER = Option("later", T("Arrives later"), quiet=True)
BOTH = 2
_PERSON = Option("person", T("Call us"), quiet=True)
_ALREADY = T("This guest is registered already. Please show the next guest’s document.")
_CHILD = (Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.BORN, Field.SEX, Field.NATIONALITY)
_SHOW: dict[Gesture, Text] = {
    Gesture.SWIPE: T("Please swipe the passport or identity card through the reader."),
    Gesture.LAY: T("Please place the passport or identity card on the reader."),
}


async def who_comes_along(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the party of who checks in, where the law asks for its others; asks nothing."""
    terminal, booking = visit.terminal, sure(facts.reservation)
    document = sure(facts.document)
    law = requirements(terminal.settings.hotel.country, document.nationality)
    signed = booking.stay is Stay.IN_HOUSE or terminal.signed_already(booking.id)
    if signed or law.companions is Companions.NOTHING:
        return replace(facts, party=None)
    return replace(facts, party=party_of(law, document, sure(facts.guest), booking, terminal.today()))


def still_to_come(facts: Facts) -> range:
    return facts.party.to_come() if facts.party else range(0)


async def next_companion(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with one more of the party: done, or with a card to be looked at."""
    party = sure(facts.party)
    notice, document = party.notice, None
    while True:
        if document is None:
            answer = await _who(visit, party, notice)
            notice = None
            if isinstance(answer, Chosen):
                if (after := await _instead(visit, facts, answer.id)) is not None:
                    return replace(facts, party=after)
                continue
            document = answer.document if isinstance(answer, Shown) else None
            continue
        try:
            known = await _proven(visit, facts, document)
        except WentBack:
            known = None
        except ToldInstead:
            if (after := await _child(visit, facts, document)) is not None:
                return replace(facts, party=after)
            known = None
        document = None
        if known is not None and party.already(known.document):
            notice = _ALREADY
        elif known is not None:
            return replace(facts, party=_shown(visit, facts, known))


def with_what_was_told(before: Facts, after: Facts) -> Facts:
    """What stands there when Back returns: what was told of a child is not told again."""
    party, now = sure(before.party), sure(after.party).now
    return replace(before, party=replace(party, again=now.form if now and now.told else None, notice=None))


# --- who is next -----------------------------------------------------------------------------------


async def _who(visit: Visit, party: Party, notice: Text | None) -> Answer:
    """A document, or what was chosen instead of one."""
    if party.law.companions is not Companions.COUNT:
        return await show_document.present(visit, partial(_next_document, visit, party, _told(visit, party)), notice)
    while True:
        answer = await visit.ask(_counted_or_not(party, notice))
        if answer != Chosen("other"):
            return answer
        try:
            return await show_document.present(visit, partial(_next_document, visit, party, ()))
        except WentBack:
            notice = None


def _told(visit: Visit, party: Party) -> tuple[Option, ...]:
    """How the next guest may be told by the head of the party, where the law allows it."""
    if party.law.companions is Companions.NAME_AND_BIRTH:
        return (Option("tell", T("Type name and birth date")),)
    until = visit.terminal.settings.children_until
    return (Option("child", T("Child under {age}", age=until)),) if until else ()


def _next_document(visit: Visit, party: Party, told: tuple[Option, ...], notice: Text | None) -> PresentDocument:
    help_text = T("{count} · {help}", count=guest_number(party), help=_SHOW[gesture(visit.terminal.settings)])
    return show_document.prompt(visit, T("Now the next guest’s document"), help_text, (*told, LATER, _PERSON), notice)


def _counted_or_not(party: Party, notice: Text | None) -> Choice:
    return Choice(
        question=T("Who is the next guest?"),
        help=T("{count} · {help}", count=guest_number(party), help=T("Your family goes on your form; anybody else signs their own.")),
        picture="shared-room",
        options=(
            Option("family", T("My husband, wife or partner, or my child under 18")),
            Option("other", T("Somebody else")),
            LATER,
            _PERSON,
        ),
        notice=notice,
        equals=True,
    )


def guest_number(party: Party) -> Text:
    return T("Guest {number} of {of}", number=party.to_come()[0], of=party.places + 1)


# --- a document ------------------------------------------------------------------------------------


async def _proven(visit: Visit, facts: Facts, document: TravelDocument) -> Known | None:
    """As the head's; where only name and birth date are asked, no more is read of it than its print."""
    if sure(facts.party).law.companions is Companions.NAME_AND_BIRTH:
        return Known(document, None)
    booking = sure(facts.reservation)
    try:
        known = await show_document.proven(visit, document, partial(_whose, visit, sure(facts.party)))
        await visit.while_waiting(put_down(visit.terminal, visit.helped, booking.id), T("One moment, please"))
        return known
    except Ended:
        text = f"{visit.terminal.settings.kiosk.name}: the document of one who comes along is to be looked at"
        visit.terminal.tell_desk("DOCUMENT", text, booking.id)
        raise


def _whose(visit: Visit, party: Party, document: TravelDocument) -> Beside:
    family, given = spelled(document, party.named(document))
    until, today = visit.terminal.settings.children_until, visit.terminal.today()
    told = party.law.companions is Companions.EACH and document.born is not None and age(document.born, today) < until
    return Beside(given or family, until if told else 0)


def _shown(visit: Visit, facts: Facts, known: Known) -> Party:
    party = sure(facts.party)
    guest = party.named(known.document)
    whole = party.law.companions is not Companions.NAME_AND_BIRTH
    law = requirements(visit.terminal.settings.hotel.country, known.document.nationality)
    asked = law if whole else only(party.law, Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.BORN)
    form = _form(visit, facts, asked, guest, known)
    now = Companion(guest, known.document, known.proven, form, own_card=whole)
    return replace(party, now=now, notice=None) if whole or form.missing() else party.with_done(now)


def _form(visit: Visit, facts: Facts, asked: Requirements, guest: Guest, known: Known | None) -> RegistrationForm:
    return RegistrationForm.of_companion(
        known.document if known else None,
        sure(facts.reservation),
        guest,
        asked,
        likely(sure(facts.guest), sure(facts.party)),
        today=visit.terminal.today(),
        languages=(visit.language, "en"),
        proven=known.proven if known else None,
        portrait=known is not None and known.portrait is not None,
    )


# --- instead of a document -------------------------------------------------------------------------


async def _instead(visit: Visit, facts: Facts, chosen: str) -> Party | None:
    """The party after it; None: the question for the next guest stands as it was."""
    party = sure(facts.party)
    match chosen:
        case "child":
            return await _child(visit, facts)
        case "tell":
            return await _family(visit, facts, Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.BORN)
        case "family":
            return await _family(visit, facts, Field.NATIONALITY)
        case LATER.id:
            return await _later(visit, party)
        case _PERSON.id:
            await visit.call_person("PARTY", sure(facts.reservation).id)
    return None


async def _child(visit: Visit, facts: Facts, document: TravelDocument | None = None) -> Party | None:
    """What the law asks, told by the head of the party; who is too old shows a document. What stands in
    the print of a `document` that could not be proven is suggested."""
    party, settings = sure(facts.party), visit.terminal.settings
    fields = tuple(field for field in _CHILD if party.law.asks(field))
    begun = replace(party.again or _suggested(visit, facts, fields), child=True)
    if document is not None:
        begun = begun.suggesting(_printed(document, party))
    old = partial(too_old, today=visit.terminal.today(), until=settings.children_until)
    told = await ask_each(visit, begun, fields, count=True, enough=old)
    if told is None:
        return None
    if old(told):
        return replace(party, again=None, notice=needs_document(settings.children_until))
    family, given, born = (told.value(field) for field in (Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.BORN))
    if party.told_already(family, given, born):
        return replace(party, again=None, notice=_ALREADY)
    guest = party.told_of(family, given, born)
    asked = without_document(requirements(settings.hotel.country, told.value(Field.NATIONALITY)))
    form = _form(visit, facts, asked, guest, None).carrying(told)
    form = form.suggesting({Field.BIRTH_NAME: f"{family} {given}"})
    return replace(party, now=Companion(guest, form=form, own_card=True), notice=None)


def _printed(document: TravelDocument, party: Party) -> dict[Field, str]:
    family, given = spelled(document, party.named(document))
    return {
        Field.FAMILY_NAME: family,
        Field.GIVEN_NAMES: given,
        Field.BORN: document.born.isoformat() if document.born else "",
        Field.SEX: document.sex.value,
        Field.NATIONALITY: to_iso(document.nationality),
    }


async def _family(visit: Visit, facts: Facts, *fields: Field) -> Party | None:
    """No card of their own: they stand on the head's."""
    party = sure(facts.party)
    told = await ask_each(visit, _suggested(visit, facts, fields), fields, count=len(fields) > 1)
    if told is None:
        return None
    guest = NOBODY
    if Field.BORN in fields:
        family, given, born = (told.value(field) for field in fields)
        if party.told_already(family, given, born):
            return replace(party, notice=_ALREADY)
        guest = party.told_of(family, given, born)
    return party.with_done(Companion(guest, form=told))


def _suggested(visit: Visit, facts: Facts, fields: tuple[Field, ...]) -> RegistrationForm:
    """What a family mostly has in common stands there, to be changed."""
    heads = sure(facts.document)
    form = _form(visit, facts, only(sure(facts.party).law, *fields), NOBODY, None)
    return form.suggesting(
        {Field.FAMILY_NAME: sure(facts.guest).family_name, Field.NATIONALITY: to_iso(heads.nationality)}
    )


def too_old(form: RegistrationForm, today: date, until: int) -> bool:
    born = form.value(Field.BORN)
    return bool(born) and age(date.fromisoformat(born), today) >= until


def needs_document(until: int) -> Text:
    return T("From {age} years on, everybody shows a document of their own.", age=until)


async def _later(visit: Visit, party: Party) -> Party | None:
    """One of those who are left, or all of them; the desk is told when the cards are signed."""
    left = len(party.to_come())
    if left > 1:
        try:
            answer = await visit.ask(
                Choice(
                    question=T("Who arrives later?"),
                    help=T("They register at the desk when they arrive, with their own documents."),
                    picture="colleague",
                    options=(
                        Option("all", T("Both of them") if left == BOTH else T("All {count}", count=left)),
                        Option("one", T("Only the next one")),
                    ),
                    equals=True,
                )
            )
        except WentBack:
            return None
        left = left if answer == Chosen("all") else 1
    return party.with_done(*[Companion(later=True)] * left)
