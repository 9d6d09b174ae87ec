"""What kiosk.ini says of a lock server: what can't be is told at once."""

from __future__ import annotations

import pytest

from hardware.driver import DeviceSettings
from hardware.errors import (
    DeviceMissetup,
    Fault,
)
from hardware.known_drivers import check
from hardware.readings import Kind
from tests.hardware.key_encoder.lock_server import driver_for


@pytest.mark.parametrize("address", ["pcsc:ACR", "tcp://host", "tcp://:5010", "serial:tty", "tcp://h:1/x", "tcp://h:99999"])
def test_an_address_that_can_t_be_is_told_at_once(address: str) -> None:
    with pytest.raises(DeviceMissetup) as missetup:
        driver_for(address)
    assert missetup.value.fault is Fault.BAD_ADDRESS


@pytest.mark.parametrize(
    "options",
    [
        {"answer_within_s": "29"}, {"answer_within_s": "soon"}, {"coder": "1|2"}, {"workstation": "a" * 17},
        {"listen": "perhaps"}, {"server": "192.0.2.1"}, {"listen": "yes", "server": "the cellar"}, {"charset": "utf-16"}, {"time_zone": "Atlantis"}, {"codder": "1"},
    ],
)  # fmt: skip
def test_an_option_that_can_t_be_is_told_at_once(options: dict[str, str]) -> None:
    with pytest.raises(DeviceMissetup) as missetup:
        check(Kind.KEY_ENCODER, DeviceSettings("encoder", "fias", "tcp://127.0.0.1:5010", options), virtual=False)
    assert missetup.value.fault is Fault.BAD_OPTION


@pytest.mark.parametrize("address", ["tcp://192.0.2.5:5010", "tcp://0.0.0.0:5010", "tcp://kiosk.example:5010"])
def test_who_may_dial_in_must_be_named_where_others_can(address: str) -> None:
    """FIAS has no password: whoever reaches that port first would be the lock server."""
    with pytest.raises(DeviceMissetup) as missetup:
        driver_for(address, listen="yes")
    assert missetup.value.fault is Fault.BAD_OPTION
    assert "server" in missetup.value.vendor
    driver_for(address, listen="yes", server="192.0.2.20")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:5010", "tcp://[::1]:5010", "tcp://localhost:5010"])
def test_on_this_machine_alone_anybody_may_dial_in(address: str) -> None:
    driver_for(address, listen="yes")


def test_a_serial_line_can_t_be_dialled() -> None:
    with pytest.raises(DeviceMissetup):
        driver_for("serial:///dev/ttyS0", listen="yes")
