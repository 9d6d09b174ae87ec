"""What is said of the parts of the terminal: how each stands, which is worst, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from hardware.checks import Check
from hardware.errors import Fault
from hardware.readings import Kind, Reading, State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import Part, PartView
from kiosk.faults import COSTS, TABLE, Severity, Words, sentence, worst_first
from kiosk.language import TN, T, Text, quantity, verbatim
from kiosk.prompts import Choice, Option
from kiosk.steps.check_results import row
from kiosk.steps.check_words import found, value
from kiosk.technician_prompts import Overview, PartPage, Remedy, Standing, Tile

WORDS: dict[State, Text] = {
    State.WELL: T("Well"),
    State.NEEDS_CARE: T("Needs care"),
    State.ILL: T("Ill"),
    State.GONE: T("Gone"),
    State.UNKNOWN: T("Unknown"),
}
RECORDING = "recording"
ICONS: dict[str, str] = {
    Kind.PRINTER: "printer",
    Kind.SCANNER: "qr",
    Kind.DOCUMENT_READER: "passport",
    Kind.CARD_READER: "id-card",
    Kind.KEY_ENCODER: "key-card",
    "sound": "speak",
    RECORDING: "eye",
}
"""Of a tile; the others have one that is called like them."""
REPAIRS: dict[str, str] = {
    Fault.CARD_READER_GONE: "reader-plug",
    Fault.DOCUMENT_READER_GONE: "reader-plug",
    Fault.KEY_ENCODER_GONE: "encoder-plug",
    Fault.SCANNER_GONE: "scanner-cable",
    Fault.PRINTER_GONE: "printer-cable",
    Fault.PRINTER_PAPER_OUT: "paper-roll",
    Fault.PRINTER_PAPER_LOW: "paper-roll",
    Fault.PRINTER_COVER_OPEN: "printer-lever",
    Fault.PRINTER_CUTTER: "repair-cutter",
}
"""Drawings of what to do, where one shows it better than the guest's."""
"""The tile that is no part's."""
BAD = {State.ILL: 0, State.GONE: 0, State.NEEDS_CARE: 1, State.UNKNOWN: 2}
"""How bad a state is; of two that are as bad a device counts more than what is none."""
CALM_S, MINUTE_S, HOUR_S = 10, 60, 3600
_FAULTS: dict[str, Text] = {
    "gone": T("not connected"),
    "silent": T("silent"),
    "nonsense": T("answers nonsense"),
    "no-staff-key": T("no secret for staff cards"),
    "no-property-key": T("no secret for keys"),
    "no-coder": T("encoder out of reach"),
    "refused": T("refuses requests"),
    "paper-out": T("no paper"),
    "paper-low": T("little paper"),
    "cover-open": T("cover open"),
    "cutter": T("cutter jammed"),
    "overheated": T("too hot"),
    "offline": T("offline"),
    "broken": T("broken"),
    "dark": T("sees only black"),
    "no-driver": T("no driver"),
    "bad-address": T("wrong address"),
    "bad-option": T("wrong setting"),
}
"""A fault in two words, where its code would be no help at a glance; the code stands beside what to do."""
_COUNTERS: dict[str, Text] = {
    "opened": T("Opened"),
    "lost": T("Lost"),
    "faults": T("Faults"),
    "asked": T("Asked"),
    "events": T("Events"),
}

Seen = tuple[Part, PartView]


def look(parts: Iterable[Part]) -> list[Seen]:
    """All of them as they are now, devices first: a technician comes for one of these."""
    return sorted(((part, part.view()) for part in parts), key=lambda seen: _rank(seen[0]))


def _rank(part: Part) -> int:
    if part.kind is not None:
        return 0
    order = ("hotel", "network", "machine", "mail")
    return 1 + (order.index(part.id) if part.id in order else len(order)) + 2 * (not part.built)


# --- how one stands -------------------------------------------------------------------------------


def standing(part: Part, view: PartView, now: datetime) -> Standing:
    if not view.fitted:
        return Standing(view.state, T("Not fitted"), T("noted {when}", when=_when(view.since, now)), there=False)
    return Standing(view.state, WORDS[view.state], _line(part, view, now))


def _line(part: Part, view: PartView, now: datetime) -> Text:
    """The last proof, or what is wrong and since when."""
    if not part.built:
        return T("not supported yet")
    if view.faults and part.kind is not None:
        return T("{fault} since {when}", fault=short(worst_first(view.faults)[0]), when=_when(view.since, now))
    if view.state in (State.ILL, State.GONE, State.NEEDS_CARE):
        return T("since {when}", when=_when(view.since, now))
    if view.proven is None:
        return T("nothing heard yet") if part.kind is not None else T("not tried yet")
    if view.state is State.UNKNOWN and part.kind is None:
        return T("not all of it tried yet")
    if view.state is State.UNKNOWN:
        return T("nothing heard since {when}", when=_when(view.proven, now))
    return _proven(view.proven, now)


def _proven(proven: datetime, now: datetime) -> Text:
    """In steps in which nobody has to look again and again."""
    seconds = max(0, int((now - proven).total_seconds()))
    if seconds < CALM_S:
        return T("answers now")
    if seconds < MINUTE_S:
        return T("proven {seconds} s ago", seconds=seconds // CALM_S * CALM_S)
    if seconds < HOUR_S:
        return T("proven {minutes} min ago", minutes=seconds // MINUTE_S)
    return T("proven at {when}", when=_when(proven, now))


def _ago(proven: datetime, now: datetime) -> Text:
    """The same beside a label that says what it is."""
    seconds = max(0, int((now - proven).total_seconds()))
    if seconds < CALM_S:
        return T("just now")
    if seconds < MINUTE_S:
        return T("{seconds} s ago", seconds=seconds // CALM_S * CALM_S)
    if seconds < HOUR_S:
        return T("{minutes} min ago", minutes=seconds // MINUTE_S)
    return T("{when}", when=_when(proven, now))


def _when(then: datetime | None, now: datetime) -> object:
    """The time of today, else with its day."""
    if then is None:
        return "–"
    return then.time() if then.date() == now.date() else then.replace(tzinfo=None)


def _about(view: PartView) -> Text | None:
    """What it is and on which bus; where on it, where it has not told its model."""
    bus, _, place = view.address.partition(":")
    if not place:
        bus, place = "", view.address
    place = place.rsplit("/", 1)[-1] if bus in ("serial", "tcp") else place.strip("/")
    if view.model or bus == "virtual":
        place = ""
    words = " · ".join(part for part in (view.model, bus, place) if part)
    return verbatim(words) if words else None


# --- all of them ----------------------------------------------------------------------------------


def overview(seen: Sequence[Seen], now: datetime, leaves_in_s: int | None, recording: int = 0) -> Overview:
    """Every part at once. `recording`: so many visits are still to be recorded, which nobody shall forget."""
    recorder = (Tile(RECORDING, T("Recording"), _recorded(recording), picture=ICONS[RECORDING]),) if recording else ()
    return Overview(
        question=headline(seen),
        tiles=recorder
        + tuple(
            Tile(part.id, part.label, standing(part, view, now), _about(view), ICONS.get(part.id, part.id))
            for part, view in seen
        ),
        remedy=worst(seen),
        leaves_in_s=leaves_in_s,
        options=(Option("test-all", T("Test all")), Option("new-terminal", T("New terminal"))),
    )


def _recorded(visits: int) -> Standing:
    return Standing(State.NEEDS_CARE, T("On"), TN("{count} visit to go", "{count} visits to go", visits))


def recorded(visits: int) -> Choice:
    """What is recorded, and how it is ended."""
    return Choice(
        question=T("Visits are being recorded"),
        help=T("What happens in a visit is kept as a trace, names and numbers replaced. It ends by itself after an hour."),
        details=((T("Still to be recorded"), verbatim(str(visits))),),
        options=(Option("stop", T("Stop recording")),),
    )


def silent(part: Part, view: PartView) -> bool:
    """It has been heard once, or should answer and does not; not: it was never tried."""
    return view.state is State.UNKNOWN and bool(view.faults or (part.kind is not None and view.proven))


def headline(seen: Sequence[Seen]) -> Text:
    """How many are what: "One part is ill, one silent"."""
    built = [(part, view) for part, view in seen if part.built and view.fitted]
    counted = [(first, other, sum(so(part, view) for part, view in built)) for so, first, other in _COUNTED]
    said = [(first, other, count) for first, other, count in counted if count]
    if said:
        first, _, count = said[0]
        words = first(count)
        for _, other, count in said[1:]:
            words = T("{one}, {other}", one=words, other=other(count))
        return words
    unknown = sum(view.state is State.UNKNOWN for _, view in built)
    if unknown:
        return TN("Nothing is ill, one part is unproven", "Nothing is ill, {count} parts are unproven", unknown)
    return T("All is well")


_COUNTED: tuple[tuple[Callable[[Part, PartView], bool], Callable[[int], Text], Callable[[int], Text]], ...] = (
    (
        lambda part, view: view.state is State.ILL,
        lambda count: TN("One part is ill", "{count} parts are ill", count),
        lambda count: TN("one ill", "{count} ill", count),
    ),
    (
        lambda part, view: view.state is State.GONE,
        lambda count: TN("One part is gone", "{count} parts are gone", count),
        lambda count: TN("one gone", "{count} gone", count),
    ),
    (
        lambda part, view: view.state is State.NEEDS_CARE,
        lambda count: TN("One part needs care", "{count} parts need care", count),
        lambda count: TN("one needs care", "{count} need care", count),
    ),
    (
        silent,
        lambda count: TN("One part is silent", "{count} parts are silent", count),
        lambda count: TN("one silent", "{count} silent", count),
    ),
)


def worst(seen: Sequence[Seen]) -> Remedy:
    """What to do about the worst; about nothing, where nothing is known to be wrong."""
    ill = [
        (part, view)
        for part, view in seen
        if part.built and (view.state not in (State.WELL, State.UNKNOWN) or silent(part, view))
    ]
    if ill:
        part, view = min(ill, key=lambda pair: (_bad(pair[1]), _cost(pair[1])))
        return next(iter(remedies(part, view)), None) or Remedy(view.state, part.label, T("Touch its tile, and run its checks."))
    if any(part.built and view.fitted and view.state is State.UNKNOWN for part, view in seen):
        return Remedy(
            State.UNKNOWN,
            T("Not everything is proven"),
            T("Some parts say nothing by themselves. “Test all” tries what needs no hands, “New terminal” all of it."),
        )
    return Remedy(State.WELL, T("Nothing to do"), T("Every part has proven itself, and none reports a fault."))


def _bad(view: PartView) -> int:
    """A device that should answer and does not is as bad as one that says it is ill: guests miss it as much."""
    return BAD[State.ILL] if view.state is State.UNKNOWN and view.faults else BAD[view.state]


def _cost(view: PartView) -> int:
    """Of two parts that are as bad, the one that guests miss more; what is no device, after those."""
    order = list(Severity)
    return min((order.index(sentence(fault).severity) for fault in view.faults), default=len(order))


def remedies(part: Part, view: PartView) -> tuple[Remedy, ...]:
    """Of all that speaks against one part, the worst first."""
    found = [_of_fault(part, view, fault) for fault in worst_first(view.faults)]
    if view.told is not None:
        found.append(_of_check(part, view.told))
    if len(found) < 2:
        return tuple(found)
    return tuple(
        replace(each, title=T("{step} of {of} · {label}", step=number, of=len(found), label=each.title))
        for number, each in enumerate(found, start=1)
    )


def _of_fault(part: Part, view: PartView, fault: str) -> Remedy:
    """What the driver, or a check, says stands beside the fault that it is said of."""
    words, note = hint(fault), view.note if view.told is None and fault == view.faults[0] else ""
    if note and part.id == "hotel":  # its check says more nearly what to do
        words = _of_a_check(note)
    elif note and part.id != "mail":  # there it says no more
        words = T("{words} ({vendor})", words=words, vendor=note if part.kind is not None else _of_a_check(note))
    title = T("{part} · {code}", part=part.label, code=str(fault))
    return Remedy(view.state, title, words, *costs(sentence(fault)))


def _of_check(part: Part, told: Tried) -> Remedy:
    """What the check has found, and what to do where the fault table knows it."""
    result, said = told.result, row(told)
    title = T("{part} · {what}", part=part.label, what=Text(told.label))
    if result.fault is not None:
        return Remedy(State.ILL, title, hint(result.fault), *costs(sentence(result.fault)))
    return Remedy(State.ILL, title, said.words or T("A check failed."))


def costs(words: Words) -> tuple[Text, Text]:
    """How bad a fault is for guests, and what they can do meanwhile."""
    return COSTS[words.severity], words.still


def _of_a_check(note: str) -> Text:
    """Which check, and what it said; as `diagnosis/parts.py` puts them together."""
    which, colon, words = note.partition(": ")
    return T("{label}: {value}", label=Text(which), value=found(words)) if colon else verbatim(note)


def short(fault: str) -> Text:
    """In two words, of a device's."""
    return _FAULTS.get(fault.partition(".")[2]) or verbatim(str(fault))


def hint(fault: str) -> Text:
    """What the technician does about it."""
    return sentence(fault).hint


def drawing(fault: str) -> str:
    """… and the drawing of it."""
    return REPAIRS.get(fault) or sentence(fault).shows


# --- one of them ----------------------------------------------------------------------------------


def part_page(part: Part, view: PartView, now: datetime, leaves_in_s: int | None) -> PartPage:
    """What it reports now, what it is, and what can be tried."""
    sections = ((T("Now"), tuple(map(_reading, view.readings))), (T("What it is"), tuple(_facts(part, view, now))))
    return PartPage(
        question=part.label,
        standing=standing(part, view, now),
        about=_about(view),
        picture=drawing(worst_first(view.faults)[0]) if view.faults else f"part-{part.id.replace('_', '-')}",
        remedies=remedies(part, view),
        sections=tuple((title, rows) for title, rows in sections if rows),
        leaves_in_s=leaves_in_s,
        options=tuple(_options(part)),
    )


def _options(part: Part) -> Iterable[Option]:
    if part.checks:
        yield Option("all", T("Run all its checks"))
    if len(part.checks) > 1:
        yield from (Option(f"check:{check.id}", label(check)) for check in part.checks)
    if known(part):
        yield Option("known", T("Known faults"), quiet=True)


def label(check: Check) -> Text:
    """Written in English where the check is, and translated like any sentence."""
    return Text(check.label)


def known(part: Part) -> list[str]:
    """Every fault that the table has of this part."""
    begin = part.id.replace("_", "-") + "."
    return [code for code in TABLE if code.startswith(begin)]


def _reading(reading: Reading) -> tuple[Text, Text]:
    said = _with_unit(reading) if reading.unit else value(reading.value)
    if reading.level is State.WELL:
        return Text(reading.label), said
    return Text(reading.label), T("{value} – {state}", value=said, state=WORDS[reading.level])


def _with_unit(reading: Reading) -> Text:
    """A device may have words where a number is meant."""
    try:
        return quantity(reading.value, reading.unit)
    except ArithmeticError:
        return verbatim(f"{reading.value} {reading.unit}")


def _facts(part: Part, view: PartView, now: datetime) -> Iterable[tuple[Text, Text]]:
    if part.kind is None and part.built and view.note and not remedies(part, view):
        yield T("What was found"), _of_a_check(view.note)
    said = (
        (T("Model"), view.model), (T("Serial number"), view.serial),
        (T("Firmware"), view.firmware), (T("Connection"), view.address),
    )  # fmt: skip
    yield from ((words, verbatim(value)) for words, value in said if value)
    if view.since is not None:
        yield T("Unchanged since"), T("{when}", when=_when(view.since, now))
    if view.proven is not None:
        yield T("Last proven"), _ago(view.proven, now)
    if view.last_fault_at is not None:
        code = view.last_fault or "–"
        yield T("Last fault"), T("{code}, {when}", code=code, when=_when(view.last_fault_at, now))
    yield from ((_COUNTERS.get(id, verbatim(id)), verbatim(str(count))) for id, count in view.counters.items())
