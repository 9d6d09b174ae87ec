"""What a guest can read before signing: the house rules, and what is kept of them and for how long."""

from __future__ import annotations

from datetime import date

from kiosk.identity import WITHOUT_CHIP
from kiosk.language import T, Text, verbatim
from kiosk.party import Party
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import Companions, Field
from kiosk.registration.listed import listed, within
from kiosk.settings import Settings

_HOUSE_RULES = (
    T("The house is quiet between 22:00 and 7:00."),
    T("There is no smoking in any room, nor on the balconies."),
    T("Only registered guests may stay overnight."),
    T("Please leave the room by {time} on the day of departure."),
    T("What is broken or missing may be charged."),
)


def house_rules(settings: Settings) -> tuple[Text, ...]:
    """The hotel's own from the file that `[registration] house_rules` names, one a line, else ours."""
    path = settings.registration.house_rules
    if path is not None:
        lines = path.read_text("utf-8").splitlines()
        return tuple(verbatim(line.strip()) for line in lines if line.strip())
    until = settings.hotel.check_out_until
    return tuple(Text(rule.key, (("time", until),)) if "{time}" in rule.key else rule for rule in _HOUSE_RULES)


def _read_from_chip(form: RegistrationForm, settings: Settings) -> tuple[Text, ...]:
    """Which fields were read, and which of them go on; nothing where there was no chip."""
    if form.papers.proven is None or form.papers.proven == WITHOUT_CHIP:
        return ()
    return (
        T(
            "Read from the chip of your document: names, date of birth, sex, nationality, kind and number of the"
            " document, issuing state, day of expiry, personal number if there is one, and the state’s signature."
        ),
        T("Not read: your fingerprints.") if form.papers.portrait else T("Not read: your photo and your fingerprints."),
        *((_PHOTO,) if form.papers.portrait else ()),
        T("Of these, {hotel} gets: {fields}.", hotel=settings.hotel.name, fields=listed(list(map(within, form.read())))),
        T("It also gets what was proven: whether the chip is genuine, not copied, and matches the print."),
        T("All else is forgotten when you leave this screen."),
    )


_PHOTO = T(
    "Your photo was read too: staff who help you at this screen can see it, and nobody else. It is not stored, not"
    " printed and not sent, and it is deleted when you leave this screen."
)

_OF_OTHERS: dict[Companions, Text] = {
    Companions.EACH: T("Everybody who stays has a card of their own, and the same is kept of each. For children your word is enough."),
    Companions.NAME_AND_BIRTH: T("Of those who come with you, name and date of birth stand on your card."),
    Companions.COUNT: T("Of family who come with you, only the number and the nationalities stand on your card."),
}


def _how_long(form: RegistrationForm) -> Text:
    """The day, where the law names one; else its own words."""
    kept = form.requirements.kept
    if not (kept.whole_year or kept.from_departure):
        return kept.label
    stay = (date.fromisoformat(form.value(field)) for field in (Field.ARRIVAL, Field.DEPARTURE))
    return T("The hotel keeps it until {day}.", day=kept.ends(*stay))


def what_is_kept(form: RegistrationForm, settings: Settings, party: Party | None = None) -> tuple[Text, ...]:
    """Why it is asked, where it goes, for how long, by which law; and what is not kept."""
    needs = form.requirements
    return (
        needs.why,
        *_read_from_chip(form, settings),
        *((_OF_OTHERS[party.law.companions],) if party and party.places else ()),
        T("This terminal gives the signed card to {hotel} alone, and then deletes it.", hotel=settings.hotel.name),
        _how_long(form),
        T("No picture of your document or face is kept.")
        if form.papers.portrait
        else T("No picture of your document or face is taken or kept."),
        T("You may ask the hotel what it keeps about you, and have mistakes corrected."),
        verbatim(" · ".join(needs.law)),
    )
