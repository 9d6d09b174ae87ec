"""What stands in a trace of screens, answers, devices and effects: kinds, codes and ids, never words of a person.

Some values are still somebody's when they are noted (`Raw`); they are replaced when the visit is over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hardware.device_view import DeviceView
from hardware.document_reader.contract import ChipRead, TravelDocument
from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, CutResult, Rehearsal
from hardware.printer.contract import Printed
from hardware.readings import Kind
from kiosk.countries import find
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
    Typed,
)
from kiosk.technician_prompts import FingersSeen, KeysSeen, Looked, Touched
from kiosk.trace.file import Entry
from kiosk.trace.pseudonyms import Pseudonyms, lines_of
from kiosk.trace.staff import unseen

CALLS = frozenset({"cut", "erase", "print", "read_chip", "prove", "issue", "withdraw", "rehearse"})
"""Of a device: those whose end a person sees. What is only looked at now and then is not noted."""
_LOOKED_FOR = "read"
"""By staff, on the encoder: noted where something lay there."""

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
    if told["kind"] in _OF_THE_MACHINE:
        return (told["kind"],)
    return (told["kind"], told["question"], tuple(told.get("options", ())), told.get("lifting", False))


_PASSING = frozenset({"Busy", "ReadingChip"})
_CHECKING = "Checking"
_OF_THE_MACHINE = frozenset({"Overview", "PartPage", "Results", _CHECKING})
"""How a machine is, and what its checks come to: the one that a trace is played on is another one."""


def passes(told: Entry) -> bool:
    """Screens that stand or not as a machine is quick or slow; of a check all but its questions."""
    return told["kind"] in _PASSING or (told["kind"] == _CHECKING and "yes" not in told.get("options", ()))


def between(told: Entry) -> bool:
    """A screen that passes, and after which the one before it comes anew."""
    return told["kind"] == _CHECKING and passes(told)


def goes_on(before: Prompt, prompt: Prompt) -> bool:
    """The same screen, on which only a number has changed."""
    kind = type(prompt).__name__
    alike = type(before) is type(prompt) and option_ids(before) == option_ids(prompt)
    return alike and kind in _PASSING | _OF_THE_MACHINE


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
    if (seen := _seen(given)) is not None:
        told = seen
        return lambda names: told
    return lambda names: {"other": type(given).__name__}


def _seen(given: Answer) -> Entry | None:
    """Of a technician who tests screen and keypad."""
    match given:
        case Touched(cells):
            return {"cells": sorted(map(list, cells))}
        case FingersSeen(most):
            return {"fingers": most}
        case Looked(touched):
            return {"looked": touched}
        case KeysSeen(keys):
            return {"keys": sorted(keys)}
    return None


def _counts(ids: tuple[str, ...]) -> bool:
    """How many keys, and not which booking."""
    return bool(ids) and sorted(ids) == [str(number) for number in range(1, len(ids) + 1)]


_LANGUAGES = ("en", "hu", "de")


def _typed(prompt: Prompt, text: str) -> Raw:
    if unseen(prompt):
        return lambda names: {"typed": None}
    if "country" in prompt.question.key.lower() and find(text, _LANGUAGES):
        return lambda names: {"typed": text}
    return lambda names: {"typed": names.text(text)}


# --- devices ---------------------------------------------------------------------------------


def given(what: Answer, signed: SignedBooking | None, which: Callable[[bytes], int]) -> Raw | None:
    """To a device. `signed` is what stands in a booking's code; `which` card it is, of those of this visit."""
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
        number = which(what.card.uid)
        return lambda names: {"card": what.card.type.value, "which": number}
    return None


def _document(document: TravelDocument) -> Raw:
    return lambda names: {"document": list(lines_of(names.document(document)))}


def view(view: DeviceView) -> Entry:
    return {"device": view.kind.value, "state": view.state.value, "faults": [fault.value for fault in view.faults]}


def noted(name: str, result: Any, *, by_staff: bool) -> bool:
    """Whether a call to a device is part of the story."""
    lay_there = isinstance(result, CutResult) and result.outcome not in (Cut.NO_CARD, Cut.LIFTED)
    return name in CALLS or (by_staff and name == _LOOKED_FOR and lay_there)


def call(kind: Kind, name: str, result: Any, which: Callable[[bytes], int]) -> Entry:
    """How it ended: an outcome, or a fault; and with which card of this visit."""
    told: Entry = {"device": kind.value, "call": name}
    if uid := getattr(result, "uid", b""):
        told["which"] = which(uid)
    if isinstance(result, DeviceError):
        return told | {"fault": result.fault.value}
    if isinstance(result, ChipRead):
        return told | {"outcome": result.outcome.value} | _proof(result)
    if isinstance(result, CutResult | Rehearsal):
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
