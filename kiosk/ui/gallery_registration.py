"""Sample prompts of the registration card: short and long, whole and with something missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from kiosk.countries import country
from kiosk.language import TN, Days, T, Text, verbatim
from kiosk.prompts import Keys, RegistrationCard, Row, Scene, TextEntry
from kiosk.registration.card import masked
from kiosk.registration.fields import not_a_postcode
from kiosk.registration.listed import whole_name

Make = Callable[..., Scene]

ANNA = whole_name("Eriksson", "Anna Maria")


def rows(today: date) -> tuple[Row, ...]:
    proof = T("Read from the document")
    return (
        Row(T("Name"), ANNA, proof),
        Row(T("Born"), T("{day}", day=date(1974, 8, 12)), proof),
        Row(T("Passport"), verbatim(masked("L898902C3")), proof),
        Row(T("Address"), verbatim("6720 Szeged, Kárász u. 4"), field="address"),
        Row(T("Stay"), T("{days}", days=Days(today, today + timedelta(days=3)))),
    )


def _many_rows(today: date, missing: bool = False) -> tuple[Row, ...]:
    """As a citizen of a third country sees them in Hungary."""
    name, born, passport, address, stay = rows(today)
    entered = T("{one}, {other}", one=T("{day}", day=today - timedelta(days=1)), other=verbatim("Budapest"))
    return (
        name,
        Row(T("Name at birth"), verbatim("Eriksson Anna Maria"), field="birth-name"),
        born,
        Row(T("Place of birth"), verbatim("" if missing else "Utopia"), field="birth-place", missing=missing),
        Row(T("Sex"), T("Female"), born.proof),
        Row(T("Nationality"), verbatim("Utopia"), born.proof),
        passport,
        Row(
            address.label,
            verbatim("Kárász u. 4, 6720, Szeged"),
            field="address",
            missing=missing,
            lacks=T("Missing: {fields}", fields=T("Country")) if missing else None,
        ),
        stay,
        Row(T("Arrived in {country}", country=country("HU")), verbatim("") if missing else entered, field="entry", missing=missing),
        Row(T("{label} (optional)", label=T("Mother’s name")), verbatim(""), field="mothers-name"),
        Row(T("{label} (optional)", label=T("Visa or residence permit")), verbatim(""), field="visa-number"),
    )


def brief(today: date) -> Text:
    """Who signs for which stay."""
    return T(
        "{name} · {stay}",
        name=ANNA,
        stay=T("{days}, {people}", days=Days(today, today + timedelta(days=3)), people=TN("{count} guest", "{count} guests", 1)),
    )


def cards(scene: Make, today: date) -> dict[str, Scene]:
    return {
        "registration-card": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign."),
                rows=rows(today),
                brief=brief(today),
            ),
            3,
        ),
        "registration-missing": scene(
            RegistrationCard(
                question=T("A few more details, {name}", name="Anna"),
                help=T("Please fill in what is missing, then sign."),
                rows=_many_rows(today, missing=True),
            ),
            3,
        ),
        "missing-postcode": scene(
            TextEntry(
                question=T("What is your postcode?"),
                help=T(
                    "{count} · {help}",
                    count=T("{number} of {of}", number=3, of=5),
                    help=T("If your country has none, type a dash."),
                ),
                keys=Keys.NUMBER,
                value="12345",
                error=not_a_postcode("HU"),
            ),
            3,
        ),
        "registration-long": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign."),
                rows=_many_rows(today),
                brief=brief(today),
            ),
            3,
        ),
    }
