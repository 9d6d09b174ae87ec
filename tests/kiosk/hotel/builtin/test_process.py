"""The hotel as a process of its own, and its commands."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from typer.testing import CliRunner

from kiosk.hotel.booking_code import read_public_key, verify
from kiosk.hotel.builtin.commands import app
from kiosk.hotel.builtin.credentials import StateDirectory
from kiosk.hotel.builtin.process import BuiltinHotel
from kiosk.hotel.builtin.samples import SAMPLES

TODAY = date(2026, 3, 10)


class Client:
    """Reads the credentials file that the process named."""

    def __init__(self, hotel):
        self.hotel = hotel
        self.credentials = json.loads(hotel.credentials_path.read_text())
        known = (self.credentials["client_id"], self.credentials["client_secret"])
        headers = {"x-app-key": self.credentials["app_key"]}
        form = {"grant_type": "client_credentials", "scope": self.credentials["scope"]}
        answer = requests.post(
            f"{hotel.base_url}/oauth/v1/tokens", auth=known, data=form, headers=headers, timeout=10
        )
        self.headers = {
            **headers,
            "authorization": f"Bearer {answer.json()['access_token']}",
            "x-hotelid": "HOTEL",
        }

    def item(self, sample="ready"):
        params = {"confirmationNumberList": SAMPLES[sample].confirmation}
        path = f"{self.hotel.base_url}/rsv/v1/hotels/HOTEL/reservations"
        answer = requests.get(path, params=params, headers=self.headers, timeout=10).json()
        return answer["reservations"]["reservationInfo"][0]

    def check_in(self):
        path = f"{self.hotel.base_url}/fof/v1/hotels/HOTEL/reservations/200001/checkIns"
        return requests.post(path, json={"reservation": {}}, headers=self.headers, timeout=10)


async def test_a_hotel_is_started_killed_and_found_as_it_was(tmp_path):
    hotel = BuiltinHotel(tmp_path, today=TODAY)
    await hotel.start()
    client = Client(hotel)
    token = client.headers["authorization"]
    assert client.item()["roomStay"]["arrivalDate"] == "2026-03-10"
    assert client.check_in().status_code == 201
    hotel.kill()
    await hotel.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{hotel.base_url}/booking-code.pub", timeout=5)

    again = BuiltinHotel(tmp_path, today=TODAY)
    await again.start()
    client = Client(again)
    client.headers["authorization"] = token
    assert client.item()["reservationStatus"] == "InHouse"
    await again.stop()
    await again.stop()


async def test_a_new_day_brings_fresh_books_when_wanted(tmp_path):
    for today, fresh in (
        (TODAY, False),
        (TODAY + timedelta(days=4), False),
        (TODAY + timedelta(days=4), True),
    ):
        hotel = BuiltinHotel(tmp_path, today=today, fresh_each_day=fresh)
        await hotel.start()
        assert Client(hotel).item()["roomStay"]["arrivalDate"] == (today if fresh else TODAY).isoformat()
        await hotel.stop()


async def test_the_child_ends_with_its_parent(tmp_path):
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk.hotel.builtin", "serve", "--port", "0", "--state", str(tmp_path), "--with-parent",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    line = await child.stdout.readline()
    assert b"http://127.0.0.1:" in line
    assert str(tmp_path / "credentials.json").encode() in line
    child.stdin.close()
    assert await asyncio.wait_for(child.wait(), 10) == 0


async def test_a_hotel_that_can_not_start_says_so(tmp_path):
    with pytest.raises(RuntimeError, match="exit code 2"):
        await BuiltinHotel(tmp_path, database="nonsense://").start()


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_seed_tells_what_there_is_and_does_not_spoil_books(tmp_path):
    first = run("seed", "--state", tmp_path, "--today", "2026-03-10", "--json")
    assert first.exit_code == 0
    assert json.loads(first.output) == {
        "today": "2026-03-10",
        "rooms": 120,
        "reservations": 299,
        "profiles": 301,
    }
    assert run("seed", "--state", tmp_path).exit_code == 1
    assert run("seed", "--state", tmp_path, "--fresh", "--today", "2026-03-11").exit_code == 0


def test_codes_are_signed_and_drawn(tmp_path):
    done = run("codes", "--state", tmp_path, "--png", tmp_path / "png", "--json")
    assert done.exit_code == 0
    codes = json.loads(done.output)
    assert set(codes) == set(SAMPLES)
    key = read_public_key(StateDirectory(tmp_path, "HOTEL").public_key_path)
    booking = verify(codes["ready"], key, "HOTEL", datetime.now(UTC))
    assert booking.confirmation == SAMPLES["ready"].confirmation
    assert (tmp_path / "png" / "ready.png").read_bytes().startswith(b"\x89PNG")
    assert "HB1." in run("codes", "--state", tmp_path).output


@pytest.mark.parametrize("url", ["nonsense://", "mysql://x", "not a url"])
def test_a_database_that_is_none_is_exit_code_2(tmp_path, url):
    done = run("seed", "--state", tmp_path, "--database", url)
    assert done.exit_code == 2
    assert "--database" in done.stderr


def test_a_taken_port_and_another_hotels_state_are_said(tmp_path):
    run("seed", "--state", tmp_path)
    StateDirectory(tmp_path, "HOTEL")
    other = run("serve", "--state", tmp_path, "--hotel-id", "OTHER")
    assert other.exit_code == 2
    assert "HOTEL" in other.stderr
