"""The demonstration's cards: a name is always the same card, on any reader, tomorrow too."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.card_reader.contract import Card, CardType, Issued, Proven
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.card_reader.wallet import Wallet
from tests.hardware.drivers import new_pad, staff_reader_at


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "wallet.json"


@pytest.fixture
async def pad(file: Path) -> AsyncIterator[VirtualReader]:
    async with new_pad(wallet=Wallet(file)) as reader:
        yield reader


@pytest.fixture
async def reader(pad: VirtualReader, tmp_path: Path) -> AsyncIterator[PcscCardReader]:
    async with staff_reader_at(pad.address, tmp_path) as driver:
        yield driver


async def test_a_staff_card_comes_back_with_its_keys_after_a_restart(
    pad: VirtualReader, reader: PcscCardReader, file: Path
) -> None:
    shown = await pad.do("present", "staff-1")
    assert (shown["card"], len(shown["uid"])) == ("ntag424", 14)
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    await pad.do("present", "staff-2")
    made = pad.wallet.named("staff-1")
    pad.wallet = Wallet(file)
    assert pad.wallet.names == ("staff-1", "staff-2")
    assert pad.wallet.named("staff-1").whole() == made.whole()
    assert (await pad.do("present", "staff-1"))["uid"] == shown["uid"]
    proof = await reader.prove(Card(made.uid, CardType.NTAG424), within_s=1)
    assert proof.outcome is Proven.PROVEN
    await pad.do("lift")
    assert await reader.present() is None


async def test_a_new_card_of_the_same_name_is_blank_and_another(pad: VirtualReader) -> None:
    first = (await pad.do("present", "staff-1"))["uid"]
    new = await pad.do("blank-card", "staff-1")
    assert new["uid"] != first
    assert pad.wallet.named("staff-1").whole() == Ntag424Card(bytes.fromhex(new["uid"])).whole()
    assert [(await pad.do("blank-card"))["name"] for _ in range(2)] == ["card-1", "card-2"]
    assert list(await pad.do("wallet")) == ["staff-1", "card-1", "card-2"]


async def test_a_card_from_one_reader_is_the_same_on_another(pad: VirtualReader) -> None:
    other = VirtualReader("another pad", wallet=pad.wallet)
    laid = await other.do("lay-card", "aes")
    assert laid["card"] == "ntag424"
    card = other.card
    await other.do("lift")
    assert (await pad.do("lay-key"))["uid"] == laid["uid"]
    assert pad.card is card
    await pad.do("present", "guest")
    await pad.do("lift")
    assert (await other.do("present", "guest"))["uid"] == pad.wallet.named("guest").uid.hex()


def test_the_file_is_its_owner_s_alone(file: Path) -> None:
    Wallet(file).named("staff-1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_wallet_without_a_file_writes_none(tmp_path: Path) -> None:
    Wallet().named("staff-1").changed()
    assert list(tmp_path.iterdir()) == []
