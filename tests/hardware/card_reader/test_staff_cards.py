"""Staff cards before a virtual reader: proven by a challenge, made from blank cards, taken back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.card_reader.behaviour_pad import UIDS
from hardware.card_reader.contract import Card, CardType, Issued, Proven
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.staff_card import MARK, StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.driver import DeviceSettings
from hardware.errors import DeviceMissetup, Fault
from hardware.key_encoder.credential import is_staff
from hardware.readings import DeviceEvent, State
from hardware.secret_keys import create_keys, load_keys
from tests.hardware.drivers import new_pad


@pytest.fixture(params=[True, False], ids=["63-00-first", "wire-error"])
async def pad(request: pytest.FixtureRequest) -> AsyncIterator[VirtualReader]:
    async with new_pad(loses_with_status=request.param) as reader:
        yield reader


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    create_keys(StaffCardKeys, tmp_path / "staff-card-key")
    return tmp_path / "staff-card-key"


@pytest.fixture
def told() -> asyncio.Queue[DeviceEvent]:
    return asyncio.Queue()


def driver_for(pad: VirtualReader, told: asyncio.Queue[DeviceEvent], key_file: Path | None) -> PcscCardReader:
    options = {"staff_key_file": str(key_file)} if key_file else {}
    return PcscCardReader(DeviceSettings("reader", "pcsc", pad.address, options), told.put_nowait)


@pytest.fixture
async def reader(
    pad: VirtualReader, told: asyncio.Queue[DeviceEvent], key_file: Path
) -> AsyncIterator[PcscCardReader]:
    driver = driver_for(pad, told, key_file)
    await driver.open()
    yield driver
    await driver.close()


async def test_another_house_s_staff_card_is_not_ours_and_is_not_made_over(
    pad: VirtualReader, told: asyncio.Queue[DeviceEvent], reader: PcscCardReader, tmp_path: Path
) -> None:
    card = Ntag424Card(UIDS[7])
    create_keys(StaffCardKeys, tmp_path / "other")
    other = driver_for(pad, told, tmp_path / "other")
    await other.open()
    pad.place(card)
    assert (await other.issue(card_within_s=1)).outcome is Issued.DONE
    lying = await reader.present()
    assert lying is not None
    assert (await reader.prove(lying, within_s=1)).outcome is Proven.NOT_OURS
    contents = card.content()
    assert (await reader.issue(card_within_s=1)).outcome is Issued.NOT_BLANK
    assert (await reader.withdraw(card_within_s=1)).outcome is Issued.NOT_OURS
    assert card.content() == contents
    assert (await other.prove(lying, within_s=1)).outcome is Proven.PROVEN
    await other.close()


async def test_a_card_under_the_key_before_last_still_counts_and_is_renewed(
    pad: VirtualReader, reader: PcscCardReader, key_file: Path
) -> None:
    card = Ntag424Card(UIDS[7])
    pad.place(card)
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    before = [key.value for key in card.keys]
    key_file.write_text("2 " + "5a" * 32 + "\n" + key_file.read_text())
    await reader.open()
    shown = Card(card.uid, CardType.NTAG424)
    assert (await reader.prove(shown, within_s=1)).outcome is Proven.PROVEN
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    assert not set(before) & {key.value for key in card.keys}
    assert (await reader.prove(shown, within_s=1)).outcome is Proven.PROVEN
    assert (await reader.withdraw(card_within_s=1)).outcome is Issued.DONE


async def test_without_a_staff_card_key_nothing_is_proven_and_no_card_is_made(
    pad: VirtualReader, told: asyncio.Queue[DeviceEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    reader = driver_for(pad, told, None)
    await reader.open()
    pad.place(Ntag424Card(UIDS[7]))
    lying = await reader.present()
    assert lying == Card(UIDS[7], CardType.NTAG424)
    assert (await reader.prove(lying, within_s=1)).outcome is Proven.CANT
    for job in (reader.issue, reader.withdraw):
        with pytest.raises(DeviceMissetup) as missetup:
            await job(card_within_s=1)
        assert missetup.value.fault is Fault.CARD_READER_NO_STAFF_KEY
    await reader.close()


async def test_the_key_comes_from_systemd_s_credential(
    pad: VirtualReader, told: asyncio.Queue[DeviceEvent], key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(key_file.parent))
    reader = driver_for(pad, told, None)
    await reader.open()
    pad.place(Ntag424Card(UIDS[7]))
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    await reader.close()


async def test_a_key_file_that_others_can_read_is_refused(
    pad: VirtualReader, told: asyncio.Queue[DeviceEvent], key_file: Path
) -> None:
    key_file.chmod(0o640)
    with pytest.raises(DeviceMissetup) as missetup:
        await driver_for(pad, told, key_file).open()
    assert missetup.value.fault is Fault.CARD_READER_NO_STAFF_KEY
    assert key_file.read_text().split()[1] not in str(missetup.value)


async def test_of_two_cards_neither_is_made(pad: VirtualReader, reader: PcscCardReader) -> None:
    first, second = Ntag424Card(UIDS[7]), Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    before = first.whole(), second.whole()
    pad.place(first)
    pad.place(second)
    assert (await reader.issue(card_within_s=1)).outcome is Issued.TWO_CARDS
    assert (first.whole(), second.whole()) == before


@pytest.mark.parametrize(
    "answer", ["91AF", "00" * 15 + "91AF", "00" * 17 + "91AF", "00" * 64 + "9100", "6300", "6F00"]
)
async def test_a_hostile_card_proves_nothing_and_hurts_no_reader(
    pad: VirtualReader, reader: PcscCardReader, answer: str
) -> None:
    class Hostile(Ntag424Card):
        """Says what it likes when it is challenged."""

        def _challenge(self, number: int, before: object) -> tuple[bytes, int]:
            said = bytes.fromhex(answer)
            return said[:-2], int.from_bytes(said[-2:], "big")

    card = Hostile(UIDS[7])
    card.keys[1].version = 129  # as if it were ours
    pad.place(card)
    assert (await reader.prove(Card(card.uid, card.type), within_s=1)).outcome is Proven.NOT_OURS
    assert (await reader.status()).state is State.WELL


async def test_answers_that_lose_a_byte_prove_nothing(
    pad: VirtualReader, told: asyncio.Queue[DeviceEvent], reader: PcscCardReader
) -> None:
    card = Ntag424Card(UIDS[7])
    pad.place(card)
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    await pad.do("garble", "on")
    assert (await reader.prove(Card(card.uid, card.type), within_s=1)).outcome is Proven.LIFTED
    await pad.do("garble", "off")
    assert (await reader.prove(Card(card.uid, card.type), within_s=1)).outcome is Proven.PROVEN


async def test_a_worn_out_card_is_found_out(pad: VirtualReader, reader: PcscCardReader) -> None:
    class Worn(Ntag424Card):
        """Takes key 1 and keeps the one it had."""

        def _change_key(self, body: bytes) -> bytes:
            before = self.keys[1]
            answer = super()._change_key(body)
            self.keys[1] = before
            return answer

    pad.place(Worn(UIDS[7]))
    assert (await reader.issue(card_within_s=1)).outcome is Issued.WORN_OUT


def test_a_key_encoder_knows_the_mark_of_staff_on_any_card() -> None:
    assert is_staff(MARK[2:])


def test_staff_card_keys_and_property_keys_are_never_mixed_up(key_file: Path) -> None:
    keys = load_keys(StaffCardKeys, key_file)
    assert key_file.read_text().split()[1] not in repr(keys)
    assert "staff card key" in str(pytest.raises(ValueError, StaffCardKeys, 1, {}).value)
