"""No PIN, no key's secret and no name stays in any file that the terminal writes, nor in any log.

Every file of the state directory is searched while the kiosk runs, as it would be found after a power cut: SQLite
and its write-ahead logs, journal, ledger, head, keys. What is not the terminal's is elsewhere here or left out: the
hotel's own books, the paper, and the plastic of the demonstration's cards (`wallet.json`).
"""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware.card_reader.staff_card import StaffCardKeys
from hardware.key_encoder.property_keys import load_property_keys
from hardware.secret_keys import load_keys
from kiosk.bench import PROPERTY_KEY, STAFF_CARD_KEY, WALLET
from kiosk.credentials import TERMINAL_KEY
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.key_journal import JOURNAL_KEY
from kiosk.prompts import Choice, LayKeyCard, TextEntry, Welcome
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.staff import PIN, SAY, a_guest_checks_in, chooses, finds, hired, lays_blank, lays_card
from tests.journeys.test_check_in_leaves_no_trace import spellings
from tests.kiosk.hotel.bad_gateway import says

NAME = "Kata-Zsófia Wildgruber"
WRONG_PINS = ("918274", "402857", "648201")
FAR_SIDES = ("slips", WALLET)


def words() -> dict[bytes, str]:
    """PINs and names, however they are spelled."""
    guest = SAMPLES["ready"].person
    told = [PIN, *WRONG_PINS, NAME, NAME.split()[1], guest.family, f"{guest.given} {guest.family}"]
    return {form: word for word in told for form in spellings(word)}


def forms(secret: bytes) -> Iterator[bytes]:
    """In clear, in hexadecimal, in base64 wherever it begins."""
    yield from (secret, secret.hex().encode(), secret.hex().upper().encode())
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + secret)
        yield whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]


def secrets_of(state: Path) -> dict[str, list[bytes]]:
    """The file that may hold it, and the secrets."""
    hotel = json.loads((state / "hotel-credentials.json").read_text("utf-8"))
    return {
        PROPERTY_KEY: list(load_property_keys(state / PROPERTY_KEY).keys.values()),
        STAFF_CARD_KEY: list(load_keys(StaffCardKeys, state / STAFF_CARD_KEY).keys.values()),
        TERMINAL_KEY: [(state / TERMINAL_KEY).read_bytes()],
        JOURNAL_KEY: [(state / JOURNAL_KEY).read_bytes()],
        "hotel-credentials.json": [hotel["client_secret"].encode()],
    }


def files_in(state: Path) -> list[Path]:
    return [path for path in state.rglob("*") if path.is_file() and path.relative_to(state).parts[0] not in FAR_SIDES]


def found(state: Path, logs: bytes = b"") -> list[str]:
    """What stands where it must not."""
    places = {str(path.relative_to(state)): path.read_bytes() for path in files_in(state)} | {"the log": logs}
    here = words()
    hits = [f"{word} in {name}" for name, content in places.items() for form, word in here.items() if form in content]
    for home, kept in secrets_of(state).items():
        for secret in kept:
            hits += [
                f"the secret of {home} in {name}"
                for name, content in places.items()
                if name != home and any(form in content for form in forms(secret))
            ]
    return sorted(set(hits))


async def test_pins_names_and_secrets_are_in_no_file_and_no_log(
    lobby: OpenLobby, house: OpenHouse, logged: Callable[[], bytes]
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US", access__pin_alone="yes")
    state = kiosk.terminal.settings.kiosk.state
    room = await a_guest_checks_in(kiosk)
    assert found(state, logged()) == []
    kata = await hired(kiosk, name=NAME)
    assert found(state, logged()) == []

    await by_number(kiosk, PIN, WRONG_PINS[0])  # who types the PIN where the number is asked for
    await by_number(kiosk, kata.number, WRONG_PINS[1])
    assert found(state, logged()) == []
    await lays_card(kiosk, kata)
    for pin in (WRONG_PINS[2], PIN):
        await kiosk.guest.sees(TextEntry, "PIN")
        kiosk.guest.type(pin)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    await finds(kiosk, room)
    hotel.between.spoil("PUT", "/roomKeys", says(500, SAMPLES["ready"].person.family.encode()))
    await chooses(kiosk, "replace", "lost-key")
    await kiosk.plays("key_encoder", "lift-after", "9")
    begun = await lays_blank(kiosk)
    while "same card" not in SAY((await kiosk.guest.sees(LayKeyCard)).state):
        kiosk.guest.passes()
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", begun)
    await kiosk.guest.sees(Choice, "key is made")
    assert kiosk.terminal.ledger.unsettled(), "nothing waits: the ledger was not put to the test"
    assert found(state, logged()) == []
    hotel.between.well()
    await kiosk.terminal.run_errands_once()
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    assert found(state, logged()) == []
    assert len(files_in(state)) >= 8, "hardly any file was looked at"
    assert any(path.name.endswith("-wal") and path.stat().st_size for path in files_in(state))
    for home in secrets_of(state):
        assert stat.S_IMODE((state / home).stat().st_mode) == 0o600, home


async def by_number(kiosk: Lobby, number: str, pin: str) -> None:
    """A try without a card, given up after it was wrong."""
    await kiosk.guest.sees(Welcome)
    await chooses(kiosk, "staff", "number")
    for typed in (number, pin):
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(typed)
    while (await kiosk.guest.sees(TextEntry)).error is None:
        kiosk.guest.passes()
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)


def test_what_is_looked_for_would_be_found(tmp_path: Path) -> None:
    secret = bytes(range(32))
    for number, form in enumerate((secret, secret.hex().encode(), base64.b64encode(b"ab" + secret + b"c"))):
        assert any(one in form for one in forms(secret)), number
    assert any(form in b'{"pin": "739264"}' for form in words())
    assert any(form in base64.b64encode(b"x" + NAME.encode() + b"y") for form in words())
