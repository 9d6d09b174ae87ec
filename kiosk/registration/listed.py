"""Texts put together: with commas, one a line, a label within a sentence, a person's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.language import T, Text, Within, verbatim


def within(label: Text) -> Text:
    """As it is said in running text."""
    return Text("{_}", (("_", Within(label)),))


def listed(texts: Sequence[Text]) -> Text:
    """One after another, with commas."""
    first, *others = texts
    for other in others:
        first = T("{one}, {other}", one=first, other=other)
    return first


def below(texts: Sequence[Text]) -> Text:
    """One a line."""
    first, *others = texts
    for other in others:
        first = T("{one}\n{other}", one=first, other=other)
    return first


def whole_name(family: str, given: str) -> Text:
    """In the order of the language."""
    if not family or not given.strip("–"):
        return verbatim(" ".join(filter(None, (family, given))))
    return T("{given} {family}", given=given, family=family)


def company(kept: str) -> Text:
    """Who comes along, as it is kept (`Mazur Hania, 2018-05-20; …`): name and birth date of each, one a line."""
    return below([_name_and_day(each) for each in kept.split("; ")])


def _name_and_day(kept: str) -> Text:
    name, _, born = kept.rpartition(", ")
    try:
        return T("{name}, {day}", name=name, day=date.fromisoformat(born))
    except ValueError:
        return verbatim(kept)
