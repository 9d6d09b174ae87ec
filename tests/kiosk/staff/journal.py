"""A journal with a few days in it, and hands that do things to its file."""

from __future__ import annotations

from pathlib import Path

from kiosk.journal_check import Report, check
from kiosk.journal_head import Head, HeadFile
from kiosk.key_journal import GUEST, HEAD, Act, KeyJournal, Why, files_of
from kiosk.sealing import Seal
from tests.kiosk.staff.conftest import KEY, MovedClock


def opened(state: Path, clock: MovedClock) -> KeyJournal:
    return KeyJournal(state, Seal(KEY), clock)


def filled(state: Path, clock: MovedClock, count: int = 12) -> None:
    """So many entries, a few hours between them, and signatures where a day ends; closed again."""
    journal = opened(state, clock)
    for number in range(count):
        clock.pass_s(5 * 3600)
        journal.append(
            Act.CUT, by="2" if number % 2 else GUEST, reservation=f"R{number}", room="107", card=bytes([number] * 7),
            sequence=number, why=Why.LOST_KEY, effect=f"{number:032x}",
        )  # fmt: skip
    journal.close()


def lines(state: Path) -> list[bytes]:
    return b"".join(path.read_bytes() for path in files_of(state)).splitlines()


def rewrite(state: Path, content: list[bytes]) -> None:
    """All in the newest file, as a hand would leave it."""
    *old, newest = files_of(state)
    for path in old:
        path.unlink()
    newest.write_bytes(b"".join(line + b"\n" for line in content))


def head_of(state: Path) -> Head | None:
    heads = HeadFile(state / HEAD, Seal(KEY))
    try:
        return heads.read()
    finally:
        heads.close()


def verified(state: Path) -> Report:
    """As the terminal does it."""
    return check(lines(state), head=head_of(state), here=True)


def found(report: Report) -> list[tuple[str, int]]:
    return [(finding.what.value, finding.number) for finding in report.findings]
