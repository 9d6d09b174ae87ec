"""Whoever wrote a trace: what plays it has no real state, device, mail server, hotel or secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.settings import DEVICES
from kiosk.trace.file import Entry, Trace, write
from kiosk.trace.replay import kiosk_of, settings_of
from tests.journeys.trace import Nobody

HERE = "http://127.0.0.1:1"
BAIT = "/srv/kiosk-of-the-lobby"


def forged(path: Path) -> Trace:
    """Every setting by which something real would be reached."""
    device = {
        "address": "serial:///dev/ttyUSB0", "zone": "serial:///dev/ttyUSB1", "trust": BAIT, "staff_key_file": BAIT,
        "property_key_file": BAIT, "server": "10.0.0.9:5010", "listen": "yes",
    }  # fmt: skip
    drivers = {"document_reader": "pcsc_chip", "scanner": "camera", "key_encoder": "fias", "card_reader": "pcsc", "printer": "escpos"}
    settings: Entry = {
        "kiosk": {"demo": False, "state": BAIT, "exports": BAIT, "night_watch": "03:30", "name": "../../lobby"},
        "hotel": {"url": "https://hotel.example", "deadline_s": 5, "hotel_id": "H"},
        "registration": {"archive": "https://archive.example", "house_rules": BAIT},
        "health": {"listen": "0.0.0.0:9464"},
        "mail": {"server": "mail.example:587", "sender": "kiosk@hotel.example", "ca": BAIT, "security": "starttls"},
        "keys": {},
    } | {name: device | {"driver": driver} for name, driver in drivers.items()}
    head = {"trace": 2, "time": "2026-11-26T17:00:00+01:00", "language": "en", "hotel-well": True, "devices": []}
    return Trace(path, head | {"settings": settings}, ({"at": 1.0, "what": "touch", "chosen": "check-in"},))


def test_nothing_real_is_in_the_settings_that_are_played(tmp_path: Path) -> None:
    settings = settings_of(forged(tmp_path / "forged.trace"), tmp_path, HERE)
    assert settings.kiosk.state == tmp_path
    assert settings.hotel.url == HERE
    assert settings.mail is not None
    assert settings.mail.server.startswith("127.0.0.1:")
    assert settings.health.listen == ""
    assert settings.registration.archive == "builtin"
    for name in DEVICES:
        device = settings.device(name)
        assert device is not None
        assert device.virtual
        assert not {"zone", "trust", "server", "listen", "staff_key_file", "property_key_file"} & {*device.options}
    said = settings.model_dump_json()
    assert not [word for word in (BAIT, "ttyUSB", "hotel.example/", "mail.example", "archive.example", "10.0.0.9", "lobby") if word in said]


async def test_what_systemd_gives_a_service_is_not_given_to_a_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The house's own staff card key would make made-up cards real ones."""
    for name in ("staff-card-key", "terminal-key", "hotel-credentials.json", "mail-credentials.json", "property-key"):
        (tmp_path / name).write_text("of the house")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    trace = forged(tmp_path / "forged.trace")
    path = write(tmp_path, "forged", trace.head, trace.entries)
    async with kiosk_of(Trace(path, trace.head, trace.entries), Nobody()) as player:
        state = player.kiosk.terminal.settings.kiosk.state
        assert state.name.startswith("kiosk-trace-")
        assert "CREDENTIALS_DIRECTORY" not in os.environ
        assert not isinstance(player.kiosk.terminal.clock, SystemClock)
        made = {name: (state / name).read_bytes() for name in ("staff-card-key", "terminal-key", "hotel-credentials.json")}
    assert os.environ["CREDENTIALS_DIRECTORY"] == str(tmp_path)
    assert b"of the house" not in b"".join(made.values())
    assert not state.exists()
