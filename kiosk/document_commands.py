"""`kiosk document read`: what lies on the reader is read and judged, without the kiosk running.

Nothing is kept: the portrait is looked at and never written, a trace has what is personal masked.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from hardware.card_reader.pcsc_reader import borrow
from hardware.document_reader.chip_pad import ChipPad, Trusted
from hardware.document_reader.contract import Chip, ChipRead, Source, TravelDocument, Wanted
from hardware.errors import DeviceError, DeviceMissetup, DeviceNonsense
from hardware.passport import mrz
from hardware.passport.errors import PassportError
from hardware.passport.findings import Answer, Finding
from hardware.passport.password import Password
from hardware.passport.picture import look
from hardware.passport.proof import Proof
from hardware.readings import Kind
from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, fail, printable, settings_or_exit
from kiosk.document_trace import Trace

app = typer.Typer(no_args_is_help=True, help="Travel documents on the reader.")

FIRST_READER = "pcsc:"
_IN_ONE_ROW = {88: 44, 72: 36, 90: 30}
_SAID = {
    Chip.NO_CHIP: "No chip answers: lay the document flat on the reader, out of its cover.",
    Chip.LIFTED: "The document was lifted while it was read.",
    Chip.WRONG_PASSWORD: "This chip is not opened by that: compare what was given with what is printed.",
    Chip.NEEDS_CAN: "The zone does not open this chip: give the six digits on its front (--can).",
    Chip.GUARDED: "Wrong numbers were given before: one more could block this card, so none was tried.",
    Chip.NOT_A_DOCUMENT: "What lies there is no travel document.",
    Chip.TWO_CARDS: "More than one card lies there.",
    Chip.UNREADABLE: "The chip answers, but not as the standard wants.",
}
_VENDORS = {"8010001d": "pcscd is not running", "pyscard": "pyscard or libpcsclite is not installed"}


@app.callback()
def _group() -> None:
    """A command of its own beside it may come."""


@dataclass(frozen=True, repr=False)
class _Key:
    """What opens the chip, and the printed zone where it was given."""

    password: Password
    zone: TravelDocument | None = None


@app.command()
def read(
    reader: Annotated[str | None, typer.Option(help="Part of its name; by default kiosk.ini's, else the first.")] = None,
    can: Annotated[str | None, typer.Option(help="The card access number, six digits.")] = None,
    zone: Annotated[str | None, typer.Option("--mrz", help="The zone's two or three lines; - for standard input.")] = None,
    document: Annotated[str | None, typer.Option(help="Its number, with --born and --expires.")] = None,
    born: Annotated[str | None, typer.Option(metavar="YYMMDD")] = None,
    expires: Annotated[str | None, typer.Option(metavar="YYMMDD")] = None,
    pace: Annotated[bool, typer.Option("--pace/--no-pace", help="Where the chip offers it.")] = True,
    portrait: Annotated[bool, typer.Option("--portrait/--no-portrait", help="Read it; it is never written.")] = True,
    long_answers: Annotated[bool, typer.Option("--long/--short", help="APDUs of extended length where both can.")] = True,
    within_s: Annotated[float, typer.Option("--within", min=0, max=600, help="Seconds to wait for a document.")] = 20,
    trace: Annotated[Path | None, typer.Option(help="Write the APDUs here, what is personal masked.")] = None,
    store: Annotated[Path | None, typer.Option(help="What is trusted; by default `trust` in the state directory.")] = None,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """Read what lies on the reader: what it says, what is proven, what each part took.

    Ends with 0 when it was read and nothing speaks against it, 1 when it was not, or is no good."""
    key = _key(can, zone, document, born, expires)
    address, folder = _place(reader, store, ini)
    order = Wanted(portrait=portrait, details=True, every_proof=True, pace=pace)
    with ExitStack() as stack:
        tap = Trace(stack.enter_context(_opened(trace)), time.monotonic) if trace else None
        try:
            name, found = asyncio.run(_read(address, folder, key.password, order, within_s, long_answers, tap))
        except DeviceError as error:
            typer.echo(printable(_trouble(error, address)), err=True)
            raise typer.Exit(Exit.WRONG if isinstance(error, DeviceMissetup) else Exit.UNKNOWN) from None
    report = _report(name, found, key.zone)
    typer.echo(json.dumps(report) if as_json else "\n".join(map(printable, _for_people(report, folder))))
    raise typer.Exit(_exit(report))


async def _read(
    address: str, folder: Path | None, password: Password, order: Wanted, within_s: float, long: bool, tap: Trace | None
) -> tuple[str, ChipRead]:
    lease = await borrow(address, "reader", Kind.DOCUMENT_READER)
    try:
        pad = ChipPad(lease, Trusted(folder), date.today, long_answers=long, tap=tap)
        bar = _Bar()
        found = await pad.read(password, document_within_s=within_s, order=order, on_progress=bar)
        bar.end()
        return lease.reader_name, found
    finally:
        await lease.close()


class _Bar:
    """How far it is, for who watches a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, part: float) -> None:
        if self._shown:
            typer.echo(f"\rreading… {part:4.0%}", err=True, nl=False)

    def end(self) -> None:
        if self._shown:
            typer.echo("\r" + " " * 20 + "\r", err=True, nl=False)


# --- what was called for ------------------------------------------------------------------------


def _key(can: str | None, zone: str | None, document: str | None, born: str | None, expires: str | None) -> _Key:
    single = [document, born, expires]
    if sum((can is not None, zone is not None, any(each is not None for each in single))) != 1:
        fail("say what opens the chip: --can, or --mrz, or --document with --born and --expires", Exit.WRONG)
    try:
        if can is not None:
            return _Key(Password.can(can))
        if zone is not None:
            return _by_zone(sys.stdin.read() if zone == "-" else zone)
        if document is None or born is None or expires is None:
            fail("--document, --born and --expires belong together", Exit.WRONG)
        return _Key(Password.mrz(re.sub("[ -]", "<", document.upper()), born, expires))
    except ValueError as error:
        fail(str(error), Exit.WRONG)


def _by_zone(text: str) -> _Key:
    lines = tuple(text.split())
    if len(lines) == 1 and (width := _IN_ONE_ROW.get(len(lines[0]))):
        lines = tuple(lines[0][at : at + width] for at in range(0, len(lines[0]), width))
    found = mrz.parse(lines, date.today())
    if not isinstance(found, TravelDocument):
        raise ValueError(f"--mrz: not a machine-readable zone ({found})")
    return _Key(Password.of(found), found)


def _place(reader: str | None, store: Path | None, ini: Path) -> tuple[str, Path | None]:
    """Reader and what is trusted; kiosk.ini is asked for what was not said, and need not be there."""
    if (reader is not None and store is not None) or (ini == DEFAULT_INI and not ini.exists()):
        return FIRST_READER + (reader or ""), store
    settings = settings_or_exit(ini)
    ours = settings.document_reader
    named = ours.address if ours is not None and ours.address.startswith(FIRST_READER) else FIRST_READER
    address = named if reader is None else FIRST_READER + reader
    return address, store if store is not None else settings.kiosk.state / "trust"


def _opened(path: Path) -> Any:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
    except OSError as error:
        fail(f"{path}: {error.strerror}", Exit.WRONG)


def _trouble(error: DeviceError, address: str) -> str:
    name = address.removeprefix(FIRST_READER)
    where = f"the reader {name!r}" if name else "a reader"
    if isinstance(error, DeviceNonsense):
        return f"{where} answers nonsense ({error.vendor}): unplug it for five seconds"
    return f"{where} can't be reached: {_VENDORS.get(error.vendor, error.vendor) or error.fault}"


# --- what came of it ----------------------------------------------------------------------------


def _report(reader: str, found: ChipRead, zone: TravelDocument | None) -> dict[str, Any]:
    return {
        "reader": reader,
        "outcome": found.outcome,
        "why": found.why,
        "opened": found.opened,
        "pace_failed": found.pace_failed,
        "document": _document(found.document) if found.document else None,
        "expired": found.document.expired(date.today()) if found.document else None,
        "same_as_printed": _same(found.document, zone) if found.document and zone else None,
        "proof": _proof(found.proof) if found.proof else None,
        "portrait": _portrait(found.portrait) if found.portrait else None,
        "further": _further(found),
        "files": found.files,
        "missing": found.missing,
        "apdus": sum(tally.commands for tally in found.tallies),
        "seconds": round(found.seconds, 3),
        "steps": [
            {
                "name": tally.name, "apdus": tally.commands, "sent": tally.sent, "received": tally.received,
                "seconds": round(tally.seconds, 3),
            }
            for tally in found.tallies
        ],
    }  # fmt: skip


def _document(document: TravelDocument) -> dict[str, Any]:
    return {
        "code": document.document_code,
        "issuer": document.issuer,
        "number": document.number,
        "surname": document.surname,
        "given_names": document.given_names,
        "name_truncated": document.name_truncated,
        "nationality": document.nationality,
        "born": document.born.isoformat() if document.born else document.born_text,
        "sex": document.sex,
        "expires": document.expires.isoformat() if document.expires else None,
        "personal_number": document.personal_number,
    }


def _further(found: ChipRead) -> dict[str, Any]:
    """What DG11 and DG12 say; pictures of the document's pages by their size."""
    said = {**(vars(found.person) if found.person else {}), **(vars(found.paper) if found.paper else {})}
    return {name: _plain(value) for name, value in said.items() if value}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    return list(value) if isinstance(value, tuple) else value


def _same(chip: TravelDocument, zone: TravelDocument) -> bool:
    return replace(chip, source=Source.MRZ) == replace(zone, source=Source.MRZ)


def _proof(proof: Proof) -> dict[str, Any]:
    passive = proof.passive
    by = passive.by
    return {
        "genuine": _finding(proof.genuine),
        "not_copied": _finding(proof.not_copied),
        "passive_authentication": {
            "signature": _finding(by.signature),
            "chain": _finding(by.chain),
            "validity": _finding(by.validity),
            "revocation": _finding(by.revocation),
            "hashes": _finding(passive.hashes),
            "state": _finding(passive.state),
            "country": by.country,
            "signer": by.signer.fingerprint if by.signer else None,
            "authority": by.authority.fingerprint if by.authority else None,
            "weak": list(by.weak),
        },
        "chip_authentication": _finding(proof.chip),
        "active_authentication": _finding(proof.active),
        "card_access": _finding(proof.door),
    }


def _finding(finding: Finding) -> dict[str, str | None]:
    return {"answer": finding.answer, "reason": finding.reason, "detail": finding.detail}


def _portrait(image: bytes) -> dict[str, Any]:
    about: dict[str, Any] = {"bytes": len(image)}
    try:
        picture = look(image)
    except PassportError as error:
        return about | {"why": str(error)}
    return about | {"format": picture.format, "width": picture.width, "height": picture.height}


def _exit(report: dict[str, Any]) -> Exit:
    if report["outcome"] != Chip.READ or report["same_as_printed"] is False:
        return Exit.FAILED
    answers = (report["proof"]["genuine"]["answer"], report["proof"]["not_copied"]["answer"])
    return Exit.FAILED if Answer.NO in answers else Exit.DONE


def _for_people(report: dict[str, Any], folder: Path | None) -> list[str]:
    lines = [f"Reader: {report['reader']}"]
    if report["outcome"] == Chip.READ:
        lines += _document_for_people(report) + _proof_for_people(report, folder)
    else:
        lines.append(_SAID[Chip(report["outcome"])] + (f" ({report['why']})" if report["why"] else ""))
    lines += [f"not read: {file}, {why}" for file, why in report["missing"].items()]
    if report["steps"]:
        lines += ["", f"{'':24} {'APDUs':>6} {'sent':>7} {'received':>9} {'time':>9}"]
        lines += [
            f"{step['name']:24} {step['apdus']:6} {step['sent']:7} {step['received']:9} {step['seconds']:7.2f} s"
            for step in report["steps"]
        ]
        sums = [sum(step[column] for step in report["steps"]) for column in ("sent", "received")]
        lines.append(f"{'together':24} {report['apdus']:6} {sums[0]:7} {sums[1]:9} {report['seconds']:7.2f} s")
    return lines


def _document_for_people(report: dict[str, Any]) -> list[str]:
    document = report["document"]
    until = (document["expires"] or "not said") + (", expired" if report["expired"] else "")
    rows = [
        ("opened by", report["opened"] or "nothing: it lies open"),
        ("PACE", f"not used: {report['pace_failed']}" if report["pace_failed"] else ""),
        ("name", f"{document['surname']}, {document['given_names']}"),
        ("born", f"{document['born']}, {document['sex']}"),
        ("nationality", document["nationality"]),
        ("document", f"{document['code']} {document['number']} of {document['issuer']}"),
        ("valid until", until),
        ("personal number", document["personal_number"]),
        *((f"  {name.replace('_', ' ')}", _in_words(value)) for name, value in report["further"].items()),
        ("files", ", ".join(f"{file} {size}" for file, size in report["files"].items())),
    ]
    if picture := report["portrait"]:
        size = f"{picture['width']} × {picture['height']}" if "width" in picture else picture["why"]
        rows.append(("portrait", f"{picture.get('format', '?')}, {size}, {picture['bytes']} bytes, not kept"))
    return [f"{name:18} {value}" for name, value in rows if value]


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{part} {name}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _proof_for_people(report: dict[str, Any], folder: Path | None) -> list[str]:
    proof = report["proof"]
    rows = [("genuine", proof["genuine"])]
    rows += [(f"  {name}", proof["passive_authentication"][name]) for name in _CHECKS]
    rows += [("not copied", proof["not_copied"]), ("  chip", proof["chip_authentication"])]
    rows += [("  active", proof["active_authentication"]), ("EF.CardAccess", proof["card_access"])]
    lines = ["", *(f"{name:18} {_told(finding)}" for name, finding in rows)]
    if report["same_as_printed"] is not None:
        lines.append(f"{'as printed':18} {'yes' if report['same_as_printed'] else 'no'}")
    if weak := proof["passive_authentication"]["weak"]:
        lines.append(f"{'weak':18} {', '.join(weak)}")
    if proof["genuine"]["reason"] == "unknown-country":
        lines.append(f"Nothing of that state is trusted{f' ({folder})' if folder else ''}: kiosk trust import FILE…")
    return lines


_CHECKS = ("signature", "chain", "validity", "revocation", "hashes", "state")


def _told(finding: dict[str, str | None]) -> str:
    about = ", ".join(each for each in (finding["reason"], finding["detail"]) if each)
    answer = str(finding["answer"]).replace("-", " ")
    return f"{answer} ({about})" if about else answer
