"""What stands in a trace of screens, answers, devices and effects: kinds, codes and ids, never words of a person.

Some values are still somebody's when they are noted (`Raw`); they are replaced when the visit is over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hardware.device_view import DeviceView
from hardware.document_reader.contract import ChipRead, TravelDocument
from hardware.errors import DeviceError
from hardware.key_encoder.contract import CutResult
from hardware.printer.contract import Printed
from hardware.readings import Kind
from kiosk.countries import find
from kiosk.effects.effect import NotDone
from kiosk.hotel.backend import HotelError
from kiosk.hotel.booking_code import SignedBooking
from kiosk.prompts import (
    Answer,
    Chosen,
    DateEntry,
    Laid,
    LayKeyCard,
    NotRead,
    Pick,
    Picked,
    Prompt,
    Scanned,
    Scene,
    Shown,
    Signed,
    TextEntry,
    Typed,
)
from kiosk.trace.file import Entry
from kiosk.trace.pseudonyms import Pseudonyms, lines_of

CALLS = frozenset({"cut", "erase", "print", "read_chip", "prove", "issue", "withdraw"})
"""Of a device: those whose end a guest sees. What is only looked at now and then is not noted."""

Raw = Callable[[Pseudonyms], Entry]
"""An entry that is made when it is known what is put in the place of what."""


# --- screens ---------------------------------------------------------------------------------


def scene(scene: Scene) -> Raw:
    prompt = scene.prompt
    told: Entry = {"kind": type(prompt).__name__, "question": prompt.question.key}
    if isinstance(prompt, LayKeyCard):
        told |= {"number": prompt.number, "of": prompt.of, "lifting": prompt.lifting}
    ids, counted = option_ids(prompt), _counts(option_ids(prompt))
    return lambda names: told | ({"options": [id if counted else names.chosen(id) for id in ids]} if ids else {})


def option_ids(prompt: Prompt) -> tuple[str, ...]:
    if isinstance(prompt, Pick):
        return ()
    options = getattr(prompt, "options", None) or getattr(prompt, "other", None) or ()
    return tuple(option.id for option in options)


def same(told: Entry) -> tuple[Any, ...]:
    """What two scenes must have alike to be the same screen."""
    return (told["kind"], told["question"], tuple(told.get("options", ())), told.get("lifting", False))


PASSING = frozenset({"Busy", "ReadingChip"})
"""Screens that stand or not as a machine is quick or slow."""


# --- answers ---------------------------------------------------------------------------------


def answer(prompt: Prompt, given: Answer) -> Raw:
    """By touch."""
    if isinstance(given, Chosen):
        counted = given.id.isdecimal() and _counts(option_ids(prompt))
        return lambda names: {"chosen": given.id if counted else names.chosen(given.id)}
    if isinstance(given, Typed):
        return _typed(prompt, given.text)
    if isinstance(given, Picked):
        born = isinstance(prompt, DateEntry) and prompt.far
        return lambda names: {"picked": (names.born(given.day) if born else given.day).isoformat()}
    if isinstance(given, Signed):
        return lambda names: {"signed": len(given.strokes)}
    return lambda names: {"other": type(given).__name__}


def _counts(ids: tuple[str, ...]) -> bool:
    """How many keys, and not which booking."""
    return sorted(ids) == [str(number) for number in range(1, len(ids) + 1)]


_LANGUAGES = ("en", "hu", "de")


def _typed(prompt: Prompt, text: str) -> Raw:
    if isinstance(prompt, TextEntry) and prompt.secret:
        return lambda names: {"typed": None}
    if "country" in prompt.question.key.lower() and find(text, _LANGUAGES):
        return lambda names: {"typed": text}
    return lambda names: {"typed": names.text(text)}


# --- devices ---------------------------------------------------------------------------------


def given(what: Answer, signed: SignedBooking | None) -> Raw | None:
    """To a device. `signed` is what stands in a booking's code."""
    if isinstance(what, Shown):
        return _document(what.document)
    if isinstance(what, NotRead):
        return lambda names: {"not-read": what.why.value}
    if isinstance(what, Scanned):
        kind = what.symbology.value
        if signed is not None:
            return lambda names: {"code": None, "confirmation": names.id(signed.confirmation), "symbology": kind}
        return lambda names: {"code": names.text(what.text), "symbology": kind, "cut": what.cut}
    if isinstance(what, Laid):
        return lambda names: {"card": what.card.type.value}
    return None


def _document(document: TravelDocument) -> Raw:
    return lambda names: {"document": list(lines_of(names.document(document)))}


def view(view: DeviceView) -> Entry:
    return {"device": view.kind.value, "state": view.state.value, "faults": [fault.value for fault in view.faults]}


def call(kind: Kind, name: str, result: Any) -> Entry:
    """How it ended: an outcome, or a fault."""
    told: Entry = {"device": kind.value, "call": name}
    if isinstance(result, DeviceError):
        return told | {"fault": result.fault.value}
    if isinstance(result, ChipRead):
        return told | {"outcome": result.outcome.value} | _proof(result)
    if isinstance(result, CutResult):
        return told | {"outcome": result.outcome.value, "card": result.card_type.value}
    if isinstance(result, Printed):
        return told | {"outcome": result.value}
    return told | {"outcome": str(getattr(result, "outcome", ""))}


def _proof(read: ChipRead) -> Entry:
    """What was proven, without what was read."""
    if read.proof is None:
        return {}
    answers = {"genuine": read.proof.genuine, "not-copied": read.proof.not_copied}
    return {name: finding.reason.value if finding.reason else "yes" for name, finding in answers.items()}


# --- effects ---------------------------------------------------------------------------------


def effect(kind: str, error: BaseException | None) -> Entry:
    return {"kind": kind, "outcome": outcome(error)}


def outcome(error: BaseException | None) -> str:
    """Done, or the code of what kept it from that."""
    if error is None:
        return "done"
    if isinstance(error, DeviceError):
        return error.fault.value
    if isinstance(error, HotelError):
        return f"hotel: {error.trouble}"
    return "not done" if isinstance(error, NotDone) else "left off"
