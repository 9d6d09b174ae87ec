"""[mail] in kiosk.ini: off unless it is there, and never in clear over a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.build import CredentialError, SetupError, _mail
from kiosk.clock import SystemClock
from kiosk.mail import CREDENTIALS
from kiosk.settings import SettingsError, load

RIGHT = {"server": "mail.example.org:587", "sender": "Hotel Duna <kiosk@example.org>"}


def ini(tmp_path: Path, **changes: str) -> Path:
    path = tmp_path / "kiosk.ini"
    lines = [f"{name} = {value}" for name, value in (RIGHT | changes).items()]
    path.write_text("[kiosk]\ndemo = yes\n[mail]\n" + "\n".join(lines), encoding="utf-8")
    return path


def test_without_the_section_nothing_goes_by_mail(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text("[kiosk]\ndemo = yes\n")
    assert load(path).mail is None


def test_with_it_the_server_is_spoken_to_by_starttls(tmp_path: Path) -> None:
    mail = load(ini(tmp_path)).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.security) == ("mail.example.org", 587, "starttls")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"server": "mail.example.org"}, "host:port"),
        ({"server": "mail.example.org:70000"}, "host:port"),
        ({"sender": "Hotel Duna"}, "an address"),
        ({"security": "ssl"}, "starttls"),
        ({"security": "none"}, "only with a server on this machine"),
        ({"keep_hours": "0"}, "keep_hours"),
        ({"password": "x"}, "is unknown"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(ini(tmp_path, **changes))
    assert said in str(caught.value)


def test_in_clear_to_this_machine_is_allowed(tmp_path: Path) -> None:
    mail = load(ini(tmp_path, server="127.0.0.1:25", security="none")).mail
    assert mail is not None
    assert mail.port == 25


def made(tmp_path: Path, login: str = "", mode: int = 0o600, **changes: str) -> object:
    if login:
        (tmp_path / CREDENTIALS).write_text(login)
        (tmp_path / CREDENTIALS).chmod(mode)
    return _mail(load(ini(tmp_path, **changes)), tmp_path, bytes(32), SystemClock())


@pytest.mark.parametrize(
    ("login", "said"),
    [("kiosk", "is not JSON"), ('{"user": "a"}', "needs username and password"), ("[]", "must be a JSON object")],
)
def test_a_login_of_another_form_is_told_before_any_guest(tmp_path: Path, login: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        made(tmp_path, login)


def test_a_login_that_others_can_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="must be 0600"):
        made(tmp_path, '{"username": "kiosk", "password": "x"}', 0o644)


@pytest.mark.parametrize("content", ["", "no certificate"])
def test_a_file_without_certificates_is_told(tmp_path: Path, content: str) -> None:
    ca = tmp_path / "ca.pem"
    if content:
        ca.write_text(content)
    with pytest.raises(SetupError, match="ca:"):
        made(tmp_path, ca=str(ca))


def test_a_right_one_is_made(tmp_path: Path) -> None:
    assert made(tmp_path, '{"username": "kiosk", "password": "x"}') is not None
