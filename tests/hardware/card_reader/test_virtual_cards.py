"""Virtual cards and readers are as strict as the plastic and the firmware that they play."""

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.pcsc_wire import ACS, IDENTIV, OMNIKEY, ReaderProfile, profile_of
from hardware.card_reader.virtual import STAFF_UID, VirtualReader
from hardware.card_reader.virtual_cards import (
    ClassicCard,
    NtagCard,
    SmartCard,
    UltralightCard,
    VirtualCard,
)
from hardware.card_reader.virtual_firmware import Firmware
from hardware.card_reader.virtual_new_cards import make_card
from hardware.key_encoder.credential import is_staff
from hardware.virtual import VirtualDevice

UID7, UID4 = bytes.fromhex("04112233445566"), bytes.fromhex("11223344")


class Bench:
    """A card under a reader's firmware; APDUs as hex, blanks allowed."""

    def __init__(self, card: VirtualCard, profile: ReaderProfile = ACS) -> None:
        self.card = card
        self.firmware = Firmware(profile)

    def __call__(self, apdu: str) -> str:
        return self.firmware.answer(bytes.fromhex(apdu), self.card).hex()


def test_the_uid_is_told_of_every_card() -> None:
    for card in (UltralightCard(UID7), NtagCard(UID7), SmartCard(UID7)):
        assert Bench(card)("FFCA000000") == UID7.hex() + "9000"
    bench = Bench(ClassicCard(UID4))
    assert bench("FFCA000000") == UID4.hex() + "9000"
    assert bench("FFCA000002") == "6c04"
    assert bench("FFCA010000") == "6a81"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("FFB0", "6700"),  # too short
        ("FFB0000400", "6700"),  # nothing asked
        ("FFB0000403", "6700"),  # not whole pages
        ("FFB0000420", "6700"),  # more than the reader gives at once
        ("FFB00004100000", "6700"),
        ("FFB0010410", "6b00"),
        ("FFB0001010", "6300"),  # page 16 of 16
        ("FFD600040311 2233", "6700"),
        ("FFD6000410" + "00" * 16, "6700"),  # a block is no page
        ("FFD6001004 00000000", "6300"),
        ("FFEE000000", "6a81"),
        ("00A4040000", "6e00"),  # a storage card understands no ISO 7816
    ],
)
def test_what_is_no_command_of_an_ultralight_is_refused(apdu: str, status: str) -> None:
    assert Bench(UltralightCard(UID7))(apdu) == status


def test_an_ultralight_reads_four_pages_and_rolls_over() -> None:
    bench = Bench(UltralightCard(UID7))
    assert bench("FFD6000F04 AABBCCDD") == "9000"
    assert bench("FFB0000F10") == "aabbccdd" + "041122bf" + "33445566" + "44480000" + "9000"
    assert bench("FFB0000F04") == "aabbccdd9000"


def test_pages_0_and_1_and_the_uid_s_last_check_byte_never_change() -> None:
    card = UltralightCard(UID7)
    bench, before = Bench(card), card.content()[:10]
    assert bench("FFD6000004 00000000") == "6300"
    assert bench("FFD6000104 00000000") == "6300"
    assert bench("FFD6000204 00000000") == "9000"
    assert card.content()[:10] == before


def test_lock_bits_and_one_time_bits_are_only_ever_set() -> None:
    card = UltralightCard(UID7)
    bench = Bench(card)
    assert bench("FFD6000304 0F000000") == "9000"
    assert bench("FFD6000304 F0000000") == "9000"
    assert card.memory[3].hex() == "ff000000"
    assert bench("FFD6000204 00001000") == "9000"  # page 4
    assert bench("FFD6000204 00000000") == "9000"
    assert bench("FFD6000404 11111111") == "6300"
    assert bench("FFD6000504 11111111") == "9000"


def test_a_worn_page_takes_the_write_and_keeps_what_it_was() -> None:
    card = UltralightCard(UID7)
    card.worn.add(7)
    assert Bench(card)("FFD6000704 11111111") == "9000"
    assert card.memory[7] == bytes(4)


@pytest.mark.parametrize(
    ("kind", "pages", "size"),
    [(CardType.NTAG213, 45, 0x12), (CardType.NTAG215, 135, 0x3E), (CardType.NTAG216, 231, 0x6D)],
)
def test_an_ntag_has_its_size_its_container_and_a_hidden_password(
    kind: CardType, pages: int, size: int
) -> None:
    card = NtagCard(UID7, kind)
    bench = Bench(card)
    assert bench("FFB0000304") == f"e110{size:02x}009000"
    assert bench(f"FFB000{pages:02X}10") == "6300"
    assert bench(f"FFD600{pages - 2:02X}04 12345678") == "9000"
    assert bench(f"FFB000{pages - 2:02X}04") == "000000009000"
    card.protect_from(4)
    assert bench("FFD6000404 00000000") == "6300"
    assert bench("FFB0000404").endswith("9000")


def test_a_classic_gives_nothing_without_its_key() -> None:
    bench = Bench(ClassicCard(UID4))
    assert bench("FFB0000410") == "6982"
    assert bench("FFD6000410" + "00" * 16) == "6982"
    assert bench("FF860000050100046000") == "6300"  # no key was loaded
    assert bench("FF82000006 FFFFFFFFFFFF") == "9000"
    assert bench("FF860000050100046000") == "9000"
    assert bench("FFB0000410") == "00" * 16 + "9000"
    assert bench("FFB0000810") == "6982", "the next sector has its own key"
    assert bench("FFB0000430")[-4:] == "9000"


def test_a_classic_is_halted_by_a_wrong_key_until_it_is_activated() -> None:
    card = ClassicCard(UID4)
    bench = Bench(card)
    bench("FF82000006 A0A1A2A3A4A5")
    assert bench("FF860000050100046000") == "6300"
    bench("FF82000006 FFFFFFFFFFFF")
    assert bench("FF860000050100046000") == "6300"
    card.activate()
    assert bench("FF860000050100046000") == "9000"
    card.activate()
    assert bench("FFB0000410") == "6982", "activated anew, it has forgotten who opened it"


def test_a_classic_s_trailer_hides_key_a_and_block_0_is_the_maker_s() -> None:
    bench = Bench(ClassicCard(UID4))
    bench("FF82000006 FFFFFFFFFFFF")
    bench("FF860000050100006000")
    assert bench("FFB0000310") == "000000000000ff078069ffffffffffff9000"
    assert bench("FFD6000010" + "00" * 16) == "6300"


def test_access_bits_make_a_sector_read_only() -> None:
    card = ClassicCard(UID4)
    card.set_sector(4, read_only=True)
    bench = Bench(card)
    bench("FF82000006 FFFFFFFFFFFF")
    assert bench("FF860000050100046000") == "9000"
    assert bench("FFB0000410")[-4:] == "9000"
    assert bench("FFD6000410" + "00" * 16) == "6300"
    card.activate()
    assert bench("FF860000050100046100") == "6300", "key B is readable there, so it opens nothing"


def test_a_4k_card_has_sixteen_blocks_in_its_upper_sectors() -> None:
    card = ClassicCard(UID4, CardType.CLASSIC_4K)
    assert [card.trailer_of(block) for block in (0, 127, 128, 255)] == [3, 127, 143, 255]
    bench = Bench(card)
    bench("FF82000006 FFFFFFFFFFFF")
    assert bench("FF860000050100F06000") == "9000"
    assert bench("FFD600F110" + "11" * 16) == "9000"
    assert bench("FFB000FE10")[-4:] == "9000"


@pytest.mark.parametrize(
    ("profile", "load", "use"), [(ACS, "0000", "00"), (OMNIKEY, "2000", "00"), (IDENTIV, "0060", "01")]
)
def test_each_make_of_reader_takes_keys_in_its_own_way_only(
    profile: ReaderProfile, load: str, use: str
) -> None:
    for other in ("0000", "2000", "0060"):
        bench = Bench(ClassicCard(UID4), profile)
        loaded = bench(f"FF82{other}06 FFFFFFFFFFFF")
        assert loaded == ("9000" if other == load else "6300")
        assert bench(f"FF8600000501000460{use}") == ("9000" if other == load else "6300")
    assert Bench(ClassicCard(UID4), profile)(f"FF82{load}05 FFFFFFFFFF") == "6700"


def test_a_smartcard_knows_no_pages() -> None:
    bench = Bench(SmartCard(UID4))
    assert bench("FFD6000404 00000000") == "6d00"
    assert bench("FFB0000410") == "6d00"
    assert bench("00A4040007A0000002471001") == "6a82"


@pytest.mark.parametrize(
    ("kind", "uid"), [(CardType.ULTRALIGHT, UID4), (CardType.CLASSIC_1K, b"\1\2\3"), (CardType.NTAG216, b"")]
)
def test_a_uid_that_doesn_t_fit_is_refused(kind: CardType, uid: bytes) -> None:
    with pytest.raises(ValueError, match="UID"):
        make_card(kind, uid)


async def test_a_person_plays_with_a_pad_by_words() -> None:
    pad = VirtualReader("words")
    device: VirtualDevice = pad
    assert (await device.do("show"))["card"] == "none"
    laid = await device.do("lay-card", "mifare-classic-1k")
    assert (laid["card"], len(laid["uid"])) == ("mifare-classic-1k", 8)
    first = pad.card
    assert (await device.do("lay-card"))["card"] == "mifare-ultralight"
    assert (await device.do("lay-card", "mifare-classic-1k", laid["uid"]))["uid"] == laid["uid"]
    assert pad.card is first, "the same UID is the same card, with what was written on it"
    assert (await device.do("lift"))["card"] == "none"
    assert (await device.do("lay-back"))["uid"] == laid["uid"]
    assert (await device.do("unplug"))["reader"] == "unplugged"
    assert (await device.do("plug"))["reader"] == "plugged in"
    badge = await device.do("lay-staff-card")
    assert bytes.fromhex(badge["uid"]) == STAFF_UID
    assert is_staff(bytes.fromhex(badge["content"])[16:])


async def test_wear_lock_and_lift_after_do_what_they_say() -> None:
    pad = VirtualReader("harm")
    await pad.do("lay-card", "ntag213")
    await pad.do("wear", "9")
    await pad.do("lift-after", "2")
    assert pad.transmit(bytes.fromhex("FFD600090411111111")).hex() == "9000"
    assert pad.transmit(bytes.fromhex("FFB0000904")).hex() == "000000009000"
    assert pad.transmit(bytes.fromhex("FFCA000000")).hex() == "6300"
    assert pad.card is None
    await pad.do("lay-back")
    await pad.do("lock")
    assert pad.transmit(bytes.fromhex("FFD600050411111111")).hex() == "6300"


@pytest.mark.parametrize(
    "words",
    [("fly",), ("lay-card", "gold"), ("lay-card", "ntag213", "zz"), ("lift-after",), ("wear", "9"), ("lock",), ("lay-back",), ("garble", "?")],
)  # fmt: skip
async def test_words_that_don_t_fit_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        await VirtualReader("strict").do(*words)


def test_a_virtual_reader_plays_the_make_in_its_name() -> None:
    pad = VirtualReader("HID OMNIKEY 5022")
    pad.place(ClassicCard(UID4))
    assert profile_of(pad.name) is OMNIKEY
    assert pad.transmit(bytes.fromhex("FF82200006FFFFFFFFFFFF")).hex() == "9000"
