"""kiosk.ini's mistakes are told with file, section, key, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.sections import TwoPerson
from kiosk.settings import SettingsError, load

ROOT = Path(__file__).resolve().parents[2]


def wrong(tmp_path: Path, text: str) -> str:
    path = tmp_path / "kiosk.ini"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_the_delivered_file_is_right() -> None:
    settings = load(ROOT / "kiosk.ini")
    assert settings.kiosk.demo
    assert settings.hotel.zone.key == settings.hotel.time_zone


def test_an_unknown_key_is_told_with_those_that_exist(tmp_path: Path) -> None:
    told = wrong(tmp_path, "[kiosk]\nidel_s = 60\n")
    assert "[kiosk] idel_s: is unknown" in told
    assert "idle_s" in told


def test_an_unknown_section_is_told(tmp_path: Path) -> None:
    told = wrong(tmp_path, "[kiosks]\nidle_s = 60\n")
    assert "[kiosks]: is unknown" in told
    assert "printer" in told


@pytest.mark.parametrize(
    ("text", "found", "allowed"),
    [
        ("[kiosk]\nidle_s = 3\n", "found '3'", "greater than or equal to 20"),
        ("[kiosk]\nidle_s = soon\n", "found 'soon'", "a number"),
        ("[kiosk]\ndemo = perhaps\n", "found 'perhaps'", "yes or no"),
        ("[identity]\nrequire = passport\n", "found 'passport'", "'zone', 'genuine' or 'not-copied'"),
        ("[kiosk]\ndemo = yes\n[hotel]\ncountry = HU\n[identity]\nchildren_until = 16\n", "found '16'", "up to 14 with [hotel] country = HU"),
        ("[kiosk]\ndemo = yes\n[hotel]\ncountry = DE\n[identity]\nchildren_until = 6\n", "found '6'", "0 or nothing with [hotel] country = DE"),
        ("[kiosk]\ndemo = yes\n[access]\nlost_key_fee = 5\n", "lost_key_code", "with an [access] lost_key_fee"),
        (
            "[kiosk]\ndemo = yes\n[hotel]\nurl = https://h.example\nlost_key_code = 1\n[access]\nlost_key_fee = 5\n"
            "[registration]\narchive = https://a.example\n",
            "cashier",
            "this [hotel] url",
        ),
        ("[identity]\nchildren_until = many\n", "found 'many'", "a whole number"),
        ("[identity]\nno_chip = maybe\n", "found 'maybe'", "'colleague' or 'go-on'"),
        ("[access]\npin_length = 4\n", "found '4'", "greater than or equal to 6"),
        ("[access]\nbare_uid = maybe\n", "found 'maybe'", "yes or no"),
        ("[access]\nidle_s = 5\n", "found '5'", "greater than or equal to 20"),
        ("[access]\nlost_key_fee = -1\n", "found '-1'", "greater than or equal to 0"),
        ("[access]\nlost_key_fee = much\n", "found 'much'", "decimal"),
        ("[access]\ntwo_person = master-key all\n", "found", "none, or each once, of: master-key other-room"),
        ("[hotel]\ntime_zone = Mars\n", "found 'Mars'", "IANA time zone"),
        ("[hotel]\nbusiness_day_ends = 99\n", "found '99'", "a time of day such as 04:00"),
        ("[hotel]\nurl = http://hotel.example\n", "found 'http://hotel.example'", "https://"),
        (
            "[printer]\ndriver = escpos\naddress = tcp://p:9100\nposition = behind\n",
            "found 'behind'",
            "'left'",
        ),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(
    tmp_path: Path, text: str, found: str, allowed: str
) -> None:
    told = wrong(tmp_path, text)
    assert found in told
    assert allowed in told


@pytest.mark.parametrize(("text", "acts"), [("none", ()), ("other-room", (TwoPerson.OTHER_ROOM,))])
def test_the_house_says_which_acts_take_two_people(tmp_path: Path, text: str, acts: tuple[TwoPerson, ...]) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(f"[kiosk]\ndemo = yes\n[access]\ntwo_person = {text}\n")
    assert load(path).access.two_person == acts
    assert load(ROOT / "kiosk.ini").access.two_person == tuple(TwoPerson)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    assert len(wrong(tmp_path, "[kiosk]\nidle_s = 3\ndemo = x\n").splitlines()) == 2


@pytest.mark.parametrize("text", ["no section = 1\n", "[kiosk]\nname = a\nname = b\n", "[kiosk\n"])
def test_what_is_no_ini_file_is_told(tmp_path: Path, text: str) -> None:
    wrong(tmp_path, text)


def test_a_missing_file_and_a_binary_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path / "nowhere.ini")
    (tmp_path / "binary.ini").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path / "binary.ini")


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("printer", "virtual"),
        ("printer", "usb://04b8:0202?virtual=/tmp/bus"),
        ("scanner", "evdev:///tmp/keys?virtual=/tmp/ioctl"),
        ("scanner", "file:///tmp/code.png"),
        ("key_encoder", "virtual:pad"),
    ],
)
def test_a_lobby_refuses_virtual_devices(tmp_path: Path, kind: str, address: str) -> None:
    told = wrong(tmp_path, f"[{kind}]\ndriver = whatever\naddress = {address}\n")
    assert f"[{kind}] address" in told
    assert "demo = yes" in told
