"""The acceptance report of a terminal: everything that was tried, with times, versions, values and limits, signed.

One JSON object in canonical form (keys sorted, no blanks, ASCII), signed with the terminal's own key of the journal
(Ed25519) under a label of its own: a report never passes for a journal's line, nor the other way. Read anywhere
by `kiosk journal verify FILE`; nothing personal stands in it, not even who signed in: a staff number.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hardware.checks import CheckResult, Hands, Outcome
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.parts import Part, PartView, parts
from kiosk.diagnosis.run import NOBODY, OnBegun, OnTried, settled, try_all
from kiosk.diagnosis.told import diagnosis, verdict
from kiosk.journal_lines import key_id

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

KIND = "lobby kiosk, acceptance report"
FORM = 1
_SIGNED_AS = b"lobby kiosk, acceptance report\0"
_NAMED = f'"kind":"{KIND}"'.encode()
_PACKAGES = ("Kivy", "pyscard", "pyserial", "python-escpos", "pyusb", "zxing-cpp", "cryptography", "requests")
SHELL = "shell"
"""Who has a report made by a command."""


@dataclass(frozen=True)
class Report:
    """A report as it was read: `words` is all that stands in it, `raw` its bytes."""

    raw: bytes
    words: dict[str, Any]
    changed: bool  # not in canonical form: a byte was added or altered
    signature_holds: bool
    key: str  # id of the key that signed it, '' for none

    @property
    def whole(self) -> bool:
        return self.signature_holds and not self.changed

    @property
    def verdict(self) -> Outcome:
        return Outcome(self.words["verdict"])


async def accept(
    terminal: Terminal,
    hands: Hands = NO_HANDS,
    *,
    by: str = SHELL,
    on_tried: OnTried = lambda tried: None,
    on_begun: OnBegun = lambda part, check: None,
) -> Report:
    """Try every check of every part in order, with a person where one is there, and sign what came of it.

    `by` is a staff number or SHELL. Cancelled, it leaves no report.
    """
    began = terminal.now()
    every = parts(terminal)
    tried = await try_all(terminal, every, hands, on_tried, on_begun)
    return made(terminal, await settled(every, tried), tried, began=began, by=by)


def cut_short(terminal: Terminal, every: Sequence[Part], tried: Sequence[Tried], *, began: datetime, by: str) -> Report:
    """The signed report of what was tried before somebody left: all the rest waits for a person."""
    done = {each.check: each for each in tried}
    gone = CheckResult(Outcome.SKIPPED, NOBODY)
    rest = [
        done.get(check.id) or Tried(part.id, check.id, check.label, gone, terminal.now(), nobody=True)
        for part in every
        for check in part.checks
    ]
    return made(terminal, [(part, part.view()) for part in every], rest, began=began, by=by)


def made(
    terminal: Terminal, found: Sequence[tuple[Part, PartView]], tried: Sequence[Tried], *, began: datetime, by: str
) -> Report:
    """The signed report of what was tried."""
    ended = terminal.now()
    recording = terminal.recorder.visits_left
    said = diagnosis(terminal.settings.kiosk.name, ended, found, tried, recording=recording)
    words: dict[str, Any] = {
        "kind": KIND,
        "form": FORM,
        "hotel": terminal.settings.hotel.name,
        "by": by,
        "began": began.isoformat(timespec="seconds"),
        "complete": not any(each.nobody for each in tried),
        "versions": versions(),
        "drivers": _drivers(terminal),
        **said,
        "verdict": str(accepted(found, tried)),
    }
    return sealed(words, terminal.journal.public_key, terminal.journal.sign_report)


def accepted(found: Sequence[tuple[Part, PartView]], tried: Sequence[Tried]) -> Outcome:
    """As any diagnosis; but a terminal is not accepted while something was left untried for want of a person."""
    outcome = verdict(found, tried)
    if outcome is Outcome.WELL and any(each.nobody for each in tried):
        return Outcome.UNSURE
    return outcome


def sealed(words: dict[str, Any], public_key: bytes, sign: Callable[[bytes], bytes]) -> Report:
    """With the key's name and its signature over all the rest."""
    words = words | {"key": public_key.hex()}
    words["signature"] = sign(_SIGNED_AS + _canonical(words)).hex()
    report = read(_canonical(words) + b"\n")
    assert report is not None  # noqa: S101 - it was just written
    return report


def looks_like_one(raw: bytes) -> bool:
    """Whether a file is meant to be a report, whole or not."""
    return _NAMED in raw


def read(raw: bytes) -> Report | None:
    """What stands in a file; None where it is no report at all."""
    try:
        words = json.loads(raw)
        if not isinstance(words, dict) or words.get("kind") != KIND or words.get("form") != FORM:
            return None
        Outcome(words["verdict"])
        parts_there, kiosk = words["parts"], words["kiosk"]
        if not isinstance(parts_there, list) or not isinstance(kiosk, str):
            return None
        changed = _canonical(words) + b"\n" != raw
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    unsigned = {name: value for name, value in words.items() if name != "signature"}
    try:
        public, signature = _hex(words["key"]), _hex(words["signature"])
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _SIGNED_AS + _canonical(unsigned))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return Report(raw, words, changed, signature_holds=False, key="")
    return Report(raw, words, changed, signature_holds=True, key=key_id(public))


def _hex(text: str) -> bytes:
    """ValueError unless it is written as we write it: small letters, no blanks."""
    raw = bytes.fromhex(text)
    if raw.hex() != text:
        raise ValueError("not canonical")
    return raw


def _canonical(words: dict[str, Any]) -> bytes:
    return json.dumps(words, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


# --- what it was tried with -------------------------------------------------------------------------


def versions() -> dict[str, str]:
    """Of the kiosk, its language, the machine's system, and what speaks to devices."""
    found = {
        "kiosk": _version("lobby-kiosk"),
        "python": platform.python_version(),
        "system": _system(),
        "kernel": platform.release(),
        "machine": platform.machine(),
    }
    return found | {name: told for name in _PACKAGES if (told := _version(name))}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _system(file: Path = Path("/etc/os-release")) -> str:
    """os-release(5)."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.system()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    return said.get("PRETTY_NAME", platform.system()).strip('"')


def _drivers(terminal: Terminal) -> dict[str, str]:
    """Of each device that kiosk.ini lists."""
    return {view.kind.value: view.driver for view in terminal.devices.views()}
