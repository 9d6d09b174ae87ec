"""The PC/SC wire without any reader: nothing is imported early, nothing foreign leaks out."""

import subprocess
import sys

import pytest

from hardware.card_reader.pcsc_reader import borrow
from hardware.errors import DeviceError
from hardware.readings import Kind
from hardware.transport import pcsc

PCSC_CODES = [0x80100001 + number for number in range(0x31)] + [0x80100065 + number for number in range(0x0B)]


def test_no_module_imports_pyscard_before_a_reader_is_opened() -> None:
    code = (
        "import sys, hardware.card_reader.pcsc, hardware.key_encoder.pcsc, hardware.key_encoder.virtual\n"
        "sys.exit(any(name.split('.')[0] == 'smartcard' for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("code", PCSC_CODES, ids=hex)
def test_every_code_of_pcsclite_is_a_lifted_card_or_a_lost_reader(code: int) -> None:
    wire = pcsc.ScardWire("")
    for signed in (code, code - 2**32):  # pyscard gives either, by platform
        with pytest.raises((pcsc.CardLifted, pcsc.WireGone)):
            wire._check(signed)


def test_success_is_success() -> None:
    pcsc.ScardWire("")._check(0)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", "ACS ACR1252 PICC 00 00"),
        ("OMNIKEY", "HID OMNIKEY 5022 01 00"),
        ("ACS ACR1252", "ACS ACR1252"),
    ],
)
def test_a_reader_is_picked_by_name_part_of_name_or_as_the_first(wanted: str, found: str) -> None:
    names = ["ACS ACR1252 PICC 00 00", "ACS ACR1252", "HID OMNIKEY 5022 01 00"]
    assert pcsc.ScardWire(wanted)._pick(names) == found


def test_a_reader_that_is_not_there_is_gone() -> None:
    with pytest.raises(pcsc.WireGone):
        pcsc.ScardWire("Identiv")._pick(["ACS ACR1252"])
    with pytest.raises(pcsc.WireGone):
        pcsc.ScardWire("")._pick([])


async def test_a_reader_name_that_does_not_exist_is_a_device_error_with_or_without_pcscd() -> None:
    with pytest.raises(DeviceError) as error:
        await borrow("pcsc:no reader has this name", "reader", Kind.CARD_READER)
    assert error.value.device == "reader"
