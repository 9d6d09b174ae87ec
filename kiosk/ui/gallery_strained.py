"""Screens with more than they like: three hundred letters, nine options, names of other scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from kiosk.language import T, verbatim
from kiosk.prompts import Choice, Keys, Option, RegistrationCard, Row, Scene, TextEntry
from kiosk.ui import gallery_diagnostics, gallery_staff


def scenes(scene: Callable[..., Scene], rows: Sequence[Row], today: date, name: str) -> dict[str, Scene]:
    """`rows` of a registration card; `name` is three hundred letters long."""
    return {
        "long-name": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name=name),
                help=T("Correct what has changed, then sign."),
                rows=(
                    Row(T("Name"), verbatim(name), T("Read from the document")),
                    *rows[1:],
                    Row(T("Nationality"), verbatim("Bosna i Hercegovina"), field="nationality"),
                    Row(T("Companions"), verbatim("محمد عبد الرحمن · 王小明 · Łukasz Żółć"), field="companions"),
                ),
            ),
            3,
        ),
        "long-typed": scene(
            TextEntry(question=T("What is your family name?"), keys=Keys.NAME, value=name, max_length=300), 1
        ),
        "many-options": scene(
            Choice(
                question=T("Which booking is it?"),
                help=T("You have several."),
                options=tuple(Option(f"o{number}", verbatim(f"Room {number} – {name[:60]}")) for number in range(9)),
            ),
            2,
        ),
        "long-question": scene(
            Choice(
                question=verbatim(name),
                help=verbatim(name),
                picture="colleague",
                details=((T("Name"), verbatim(name)), (T("Room"), verbatim("Twin"))),
                notice=T("Please take your document"),
                options=(Option("go-on", T("Go on")), Option("person", T("Call us"), quiet=True)),
            ),
            2,
        ),
        "arabic-name": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="محمد"),
                help=T("Correct what has changed, then sign."),
                rows=(
                    Row(T("Name"), verbatim("محمد عبد الرحمن الفاسي"), T("Read from the document")),
                    Row(T("Address"), verbatim("שדרות רוטשילד 1, תל אביב"), field="address"),
                ),
            ),
            3,
        ),
        "email": scene(
            TextEntry(
                question=T("What is your e-mail address?"),
                keys=Keys.EMAIL,
                value="anna.maria@example.org",
                optional=True,
            ),
            3,
        ),
        **gallery_staff.strained(today, name),
        **gallery_diagnostics.strained(today, name),
    }  # fmt: skip
