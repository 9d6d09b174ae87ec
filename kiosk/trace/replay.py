"""A kiosk for a trace: its own settings, virtual devices, and the recorded hotel at the far end of the wire.

Rules: a trace may be written by anybody, so that of its settings only those are taken by which a visit goes. Where the
state is, what a device is reached by, who gets a letter, and every secret are made here, for this one time.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from hardware.errors import DeviceMissetup
from hardware.virtual_process import VirtualProcess
from kiosk.build import BOOKING_CODE_KEY, HOTEL_CREDENTIALS, open_kiosk
from kiosk.diagnosis.mail import noted
from kiosk.hotel.booking_code import sign
from kiosk.mail import Amiss, Heard
from kiosk.prompts import Front
from kiosk.settings import DEVICES, Settings
from kiosk.trace.clock import MovedClock
from kiosk.trace.file import NOT_SO, Damaged, Entry, Trace, Unheard
from kiosk.trace.made_up_staff import LITTLE_WORK
from kiosk.trace.player import Played, Player

_SERIAL = {"ask": "16 4d 0d 63 62 72 65 6e 61 3f 2e", "answer": "43 42 52 45 4e 41 31 06 2e"}
"""What the virtual ends on a serial line are asked, and answer."""
_ON_A_LINE = ("document_reader", "scanner")
_PLAYED_BY = {"key_encoder": "pcsc", "scanner": "serial"}
"""A pad stands for every encoder, and a scanner on a line for every scanner: what a person does is the same."""
_OF_A_DEVICE = ("driver", "position", "gesture")
_OF_THE_KIOSK = ("languages", "idle_s", "idle_warning_s", "tries_per_visit", "tries_per_hour", "typed_document", "desk")
_OF_THE_MAIL = ("sender", "within_s", "keep_hours")
_NOT_TAKEN = ("health", "registration")
_NAME = "trace"
_CARD_WITHIN_S = 5.0  # where no card came nobody waits a minute for it
_NOBODY = "127.0.0.1:9"
"""In the place of a mail server (RFC 863): nobody has a letter of a visit that is only played."""
_DEADLINE_S = 5.0  # a hotel that was cut off must not be taken for a silent one where this machine is slow
_YEARS = range(2000, 2200)
_CODE_LASTS = timedelta(days=2)
_OTHER_VERSION = "was recorded by another version, its settings do not fit this one"

Turn = Callable[[str], Awaitable[None]]


async def replay(trace: Trace, front: Front, say: Callable[[str], None], turn: Turn | None = None) -> Played:
    """Play it before `front`. Damaged where it says what can't be played."""
    async with kiosk_of(trace, front) as player:
        player.say, player.turn = say, turn or player.turn
        return await player.play()


@asynccontextmanager
async def kiosk_of(trace: Trace, front: Front, scenes: int = 0) -> AsyncIterator[Player]:
    """A kiosk that is open and serves, and who plays before it."""
    time, issuers = time_of(trace), _issuers(trace)
    hotel = VirtualProcess("kiosk.trace.hotel_end", str(trace.path))
    with _no_secret_of_this_machine(), tempfile.TemporaryDirectory(prefix="kiosk-trace-") as directory:
        state = Path(directory)
        key = _secrets(state)
        await hotel.start()
        try:
            settings = settings_of(trace, state, hotel.address)
            clock = MovedClock(time)

            def code(confirmation: str) -> str:
                return sign(key, settings.hotel.hotel_id, confirmation, clock.now() + _CODE_LASTS)

            async with open_kiosk(settings, clock, front, scenes, pin_work=LITTLE_WORK) as kiosk:
                kiosk.bench.issuers = issuers
                kiosk.rounds = None  # no mail server is asked for a visit that is only played
                if kiosk.terminal.mail is not None and trace.head.get("mails") is False:
                    noted(kiosk.terminal, Heard(amiss=Amiss.DOWN))
                yield Player(trace, kiosk, clock, code, hotel.do)
        except Unheard as unheard:
            raise Damaged(f"{trace.path}: line {unheard.line} says nothing that can be played") from None
        except DeviceMissetup:
            raise Damaged(f"{trace.path}: {_OTHER_VERSION}") from None
        finally:
            await hotel.stop()


def settings_of(trace: Trace, state: Path, hotel: str) -> Settings:
    """As the trace's kiosk had them, on virtual devices."""
    try:
        told: dict[str, Any] = json.loads(json.dumps(trace.head["settings"]))
        told |= dict.fromkeys(_NOT_TAKEN)
        ours = {"name": _NAME, "demo": True, "state": str(state), "exports": None, "night_watch": ""}
        told["kiosk"] = _only(told["kiosk"], _OF_THE_KIOSK) | ours
        if told.get("mail"):
            told["mail"] = _only(told["mail"], _OF_THE_MAIL) | {"server": _NOBODY}
        told["hotel"] |= {"url": hotel, "cashier": told["hotel"].get("cashier") or 1}
        told["hotel"]["deadline_s"] = max(told["hotel"]["deadline_s"], _DEADLINE_S)
        told["keys"]["card_within_s"] = _CARD_WITHIN_S
        for name in DEVICES:
            if told.get(name):
                line = _SERIAL if name in _ON_A_LINE else {}
                told[name] = _only(told[name], _OF_A_DEVICE) | {"address": "virtual"} | line
                told[name]["driver"] = _PLAYED_BY.get(name, told[name]["driver"])
        return Settings.model_validate({section: value for section, value in told.items() if value is not None})
    except (KeyError, TypeError, AttributeError, ValidationError):
        raise Damaged(f"{trace.path}: {_OTHER_VERSION}") from None


def _only(section: Entry, keys: tuple[str, ...]) -> Entry:
    return {key: section[key] for key in keys if key in section}


@contextmanager
def _no_secret_of_this_machine() -> Iterator[None]:
    """What systemd gives a service would be taken before what is made for a replay: staff card key, hotel, mail."""
    kept = os.environ.pop("CREDENTIALS_DIRECTORY", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["CREDENTIALS_DIRECTORY"] = kept


def _secrets(state: Path) -> Ed25519PrivateKey:
    """What a kiosk needs of its hotel: made up for this one time."""
    words = {"client_id": "trace", "client_secret": secrets.token_hex(16), "app_key": str(uuid.uuid4())}
    (state / HOTEL_CREDENTIALS).write_text(json.dumps(words), "utf-8")
    (state / HOTEL_CREDENTIALS).chmod(0o600)
    key = Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (state / BOOKING_CODE_KEY).write_bytes(pem)
    return key


def time_of(trace: Trace) -> datetime:
    """When the visit began."""
    try:
        began = datetime.fromisoformat(trace.head["time"])
        if began.year not in _YEARS:
            raise ValueError("at the calendar's end nobody can reckon with days")
    except NOT_SO:
        raise Damaged(f"{trace.path}: line 1 says no time") from None
    return began


def _issuers(trace: Trace) -> frozenset[str]:
    """States whose documents were genuine: here they are trusted too."""
    try:
        zones = [entry["document"][0] for entry in trace.entries if entry.get("document")]
        return frozenset(zone[2:5].rstrip("<") for zone in zones)
    except NOT_SO:
        raise Damaged(f"{trace.path}: a document in it can’t be read") from None
