"""`kiosk journal …`: look at the journal of keys, prove that it is whole, take it away."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import deque
from contextlib import closing
from dataclasses import asdict, fields
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.clock import SystemClock
from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, fail, printable, settings_or_exit
from kiosk.credentials import TERMINAL_KEY, CredentialError, load
from kiosk.journal_beside import used
from kiosk.journal_check import Finding, Found, Report, check
from kiosk.journal_head import Head, HeadFile
from kiosk.journal_lines import Entry, grouped, key_id, read
from kiosk.key_journal import HEAD, JOURNAL_KEY, KIOSK, JournalError, KeyJournal, entries_in, files_of
from kiosk.sealing import Seal

app = typer.Typer(no_args_is_help=True, help="The journal of keys: who, when, which room, which card, why.")

_FOUND = {
    Found.UNREADABLE: "is no entry",
    Found.CHANGED: "was changed",
    Found.REPLACED: "was put in another's place",
    Found.MISSING: "is missing",
    Found.MOVED: "stands in another place than it was written",
    Found.TWICE: "stands there twice",
    Found.SIGNATURE: "has a signature that does not hold",
    Found.FOREIGN_KEY: "is signed by another key",
    Found.CUT_OFF: "was cut off",
    Found.ADDED: "was not written by this terminal",
    Found.NO_HEAD: "is the last, and the terminal's own memory of that is gone",
    Found.CLOCK_BACK: "is dated before the one before it: the clock was set back",
    Found.TORN: "follows a line that a power cut tore",
    Found.LOST: "is where the terminal itself found that the journal was not as it had left it",
    Found.BEGINS_LATER: "is the first here: nothing before it can be checked",
}
_COLUMNS = tuple(field.name for field in fields(Entry))
_AT_MOST = 16 * 1024  # bytes of a file with a key


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="An export; none: this terminal's.")] = None,
    key: Annotated[str, typer.Option(help="The terminal's key: its id, or a file with it (kiosk journal key).")] = "",
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """Find every changed, missing, moved, added or cut-off entry. Ends with 3 where nothing proves who wrote it:
    an export without a signature, or without --key. A terminal's acceptance report is verified likewise."""
    from kiosk.diagnosis import report as acceptance

    wanted = _key_option(key) if key else ""
    content = _read(file) if file is not None else b""
    if acceptance.looks_like_one(content):
        raise typer.Exit(_verify_acceptance(content, wanted, as_json))
    report = _verify_here(ini, wanted) if file is None else check(_lines(content), key=wanted)
    if file is not None and not report.entries and content.strip():
        fail(f"{file}: neither an export of the journal nor a signed report (of a report: its .json)", Exit.WRONG)
    proven = file is None or bool(report.signed_to and wanted)  # any key can sign an export of its own
    begun = not any(finding.what is Found.BEGINS_LATER for finding in report.findings)
    if as_json:
        typer.echo(json.dumps(_report(report)))
    else:
        _say(report, compared=bool(wanted) or file is None)
    if not report.whole:
        raise typer.Exit(Exit.FAILED)
    if not proven or not begun:
        raise typer.Exit(Exit.UNKNOWN)


def _verify_acceptance(content: bytes, wanted: str, as_json: bool) -> Exit:
    """A report of `kiosk diagnose --acceptance`: whether it is as the terminal signed it, and which terminal that was."""
    from kiosk.diagnosis import report as acceptance

    report = acceptance.read(content)
    whole = report is not None and report.whole
    foreign = whole and report is not None and bool(wanted) and report.key != wanted
    if as_json:
        words = report.words if whole and report is not None else {}
        told = {name: words[name] for name in ("kiosk", "hotel", "by", "began", "at", "verdict", "complete") if name in words}
        key_said = report.key if report is not None else ""
        typer.echo(json.dumps({"acceptance": told, "whole": whole, "key": key_said, "foreign_key": foreign}))
    elif report is None or not whole:
        typer.echo("The acceptance report is NOT whole: it is not what the terminal signed", err=True)
    else:
        words = report.words
        said = f"Acceptance report of {words['kiosk']}, {words.get('hotel', '')}, {words.get('at', '')}: {words['verdict']}"
        typer.echo(printable(said))  # anybody can sign one with a key of theirs
        typer.echo("It is whole: every byte is as the terminal signed it")
        compare = "" if wanted else " – compare it with the terminal's (kiosk journal key)"
        typer.echo(f"Key {grouped(report.key)}{compare}")
        if foreign:
            typer.echo(f"It is signed by another key than {grouped(wanted)}", err=True)
    if not whole or foreign:
        return Exit.FAILED
    return Exit.DONE if wanted else Exit.UNKNOWN


def _verify_here(ini: Path, wanted: str) -> Report:
    state = settings_or_exit(ini).kiosk.state.resolve()
    if not files_of(state) and not (state / HEAD).exists():
        if used(state):
            fail(f"{state}: the journal of keys is gone: keys or staff were made here", Exit.FAILED)
        fail(f"{state}: there is no journal of keys yet", Exit.UNKNOWN)
    try:
        seal = Seal(load(state, TERMINAL_KEY, 32))
        own = Ed25519PrivateKey.from_private_bytes(load(state, JOURNAL_KEY, 32)).public_key()
    except CredentialError as error:
        fail(str(error), Exit.UNKNOWN)
    try:
        head, content = _snapshot(state, seal)
    except OSError as error:
        fail(f"{error.filename or state}: {error.strerror}")
    return check(_lines(content), key=wanted or key_id(own.public_bytes_raw()), head=head, here=True)


def _snapshot(state: Path, seal: Seal) -> tuple[Head | None, bytes]:
    """As they belong together, whatever the running kiosk adds meanwhile."""
    if not (state / HEAD).exists():
        return None, b"".join(path.read_bytes() for path in files_of(state))
    heads = HeadFile(state / HEAD, seal)
    try:
        with heads.locked():
            return heads.read(), b"".join(path.read_bytes() for path in files_of(state))
    finally:
        heads.close()


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _say(report: Report, *, compared: bool) -> None:
    for finding in report.findings:
        typer.echo(_sentence(finding), err=finding.grave)
    verdict = "whole" if report.whole else "NOT whole"
    typer.echo(f"{report.entries} entries, {report.first} to {report.last}: the journal is {verdict}")
    if report.signed_at:
        typer.echo(f"Signed to number {report.signed_to}, on {report.signed_at:%Y-%m-%d %H:%M} UTC; {report.unsigned} after it")
    else:
        typer.echo("Nothing in it is signed yet")
    for each in report.keys:
        compare = "" if compared else " – compare it with the terminal's (kiosk journal key)"
        typer.echo(f"Key {grouped(each)}{compare}")


def _sentence(finding: Finding) -> str:
    several = finding.last > finding.number
    words = _FOUND[finding.what]
    if several:
        words = words.replace("is ", "are ", 1).replace("was ", "were ", 1)
        return f"numbers {finding.number} to {finding.last} {words}"
    return f"number {finding.number} {words}"


def _report(report: Report) -> dict[str, Any]:
    words = {name: value for name, value in asdict(report).items() if name != "findings"}
    return words | {
        "signed_at": report.signed_at.isoformat() if report.signed_at else None,
        "unsigned": report.unsigned,
        "whole": report.whole,
        "findings": [
            {"what": each.what, "number": each.number, "last": each.last or each.number, "grave": each.grave}
            for each in report.findings
        ],
    }


@app.command()
def show(
    room: Annotated[str, typer.Option(help="Of this room.")] = "",
    reservation: Annotated[str, typer.Option(help="Of this reservation.")] = "",
    by: Annotated[str, typer.Option(help="By this staff number, guest or kiosk.")] = "",
    since: Annotated[str, typer.Option(help="2026-11-23, or 2026-11-23T14:00, at the hotel.")] = "",
    until: Annotated[str, typer.Option(help="Likewise; not included.")] = "",
    last: Annotated[int, typer.Option(min=1, help="The last so many.")] = 100,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """The entries, oldest first, at the hotel's time."""
    settings = settings_or_exit(ini)
    zone = settings.hotel.zone
    found = deque(
        entries_in(
            settings.kiosk.state.resolve(), since=_when(since, zone), until=_when(until, zone), room=room,
            reservation=reservation, by=by,
        ),
        maxlen=last,
    )  # fmt: skip
    if as_json:
        typer.echo(json.dumps([_words(entry) for entry in found]))
        return
    for entry in found:
        typer.echo(_row(entry, zone))


def _row(entry: Entry, zone: tzinfo) -> str:
    approved = f"approved by {entry.approved_by}" if entry.approved_by else ""
    about = f"staff {entry.about}" if entry.about else ""
    sequence = "" if entry.sequence is None else f"#{entry.sequence}"
    card = f"card {entry.card}" if entry.card else ""
    room = f"room {entry.room}" if entry.room else ""
    said = (room, entry.reservation, card, sequence, entry.issue, entry.why, about, approved)
    when = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return f"{entry.number:>6}  {when}  {entry.by:>6}  {entry.act:16}  {'  '.join(word for word in said if word)}".rstrip()


def _words(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if value not in ("", None)} | {"at": entry.at.isoformat()}


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for people; only the other kind can be verified.")] = False,
    ini: Ini = DEFAULT_INI,
) -> None:
    """All of it, signed to its end, into one file: verify it anywhere with `kiosk journal verify FILE`."""
    state = settings_or_exit(ini).kiosk.state.resolve()
    try:
        seal = Seal(load(state, TERMINAL_KEY, 32))
        with (
            os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
            closing(KeyJournal(state, seal, SystemClock())) as journal,
        ):
            content = journal.export(by=KIOSK)
            out.write(_table(content) if as_csv else content)
            out.flush()
            os.fsync(out.fileno())
            key = journal.key_id
    except (CredentialError, JournalError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror}")
    typer.echo(f"{file}: {len(_lines(content))} lines, signed to the end by key {grouped(key)}")


def _table(content: bytes) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for line in map(read, _lines(content)):
        if line is not None:
            words = _words(line.entry)
            table.writerow([words.get(name, "") for name in _COLUMNS])
    return text.getvalue().encode()


@app.command("key")
def key_(ini: Ini = DEFAULT_INI, as_json: Json = False) -> None:
    """The public key that proves whose journal an export is. Keep it elsewhere than on the terminal."""
    state = settings_or_exit(ini).kiosk.state.resolve()
    try:
        public = Ed25519PrivateKey.from_private_bytes(load(state, JOURNAL_KEY, 32)).public_key()
    except CredentialError as error:
        fail(str(error))
    raw = public.public_bytes_raw()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    if as_json:
        typer.echo(json.dumps({"id": key_id(raw), "public_key": raw.hex(), "pem": pem}))
    else:
        typer.echo(f"Key {grouped(key_id(raw))}\n{pem}", nl=False)


# inside


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}", Exit.WRONG)


def _key_option(given: str) -> str:
    """The id of the key that is named by its id, by itself in hexadecimal, or by a file with it."""
    text = given
    if Path(given).is_file():
        content = Path(given).read_bytes()[:_AT_MOST]
        begin = content.find(b"-----BEGIN PUBLIC KEY-----")
        if begin >= 0:
            try:
                public = serialization.load_pem_public_key(content[begin:])
            except ValueError:
                fail(f"{given}: is no public key", Exit.WRONG)
            if isinstance(public, Ed25519PublicKey):
                return key_id(public.public_bytes_raw())
        text = content.decode("ascii", "replace")
    text = "".join(text.split()).lower()
    if re.fullmatch(r"[0-9a-f]{16}", text):
        return text
    if re.fullmatch(r"[0-9a-f]{64}", text):
        return key_id(bytes.fromhex(text))
    fail("--key: allowed: an id of 16 hexadecimal digits, a key of 64, or a file with one", Exit.WRONG)


def _when(text: str, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        fail(f"found {text!r}, allowed: a date such as 2026-11-23, or 2026-11-23T14:00", Exit.WRONG)
    return when if when.tzinfo else when.replace(tzinfo=zone)
