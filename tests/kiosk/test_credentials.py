"""Where this terminal's secrets lie, and when they are refused."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.credentials import CredentialError, load, load_or_create


@pytest.fixture(autouse=True)
def _no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = load_or_create(tmp_path / "state", "terminal-key", 32)
    path = tmp_path / "state" / "terminal-key"
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create(tmp_path / "state", "terminal-key", 32) == first
    assert [entry.name for entry in path.parent.iterdir()] == ["terminal-key"]


def test_starts_at_the_same_moment_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create(tmp_path, "terminal-key", 32), range(32)))
    assert len(set(keys)) == 1


def test_systemds_credential_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = tmp_path / "credentials"
    given.mkdir()
    (given / "terminal-key").write_bytes(b"s" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    assert load_or_create(tmp_path / "state", "terminal-key", 32) == b"s" * 32
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    load_or_create(tmp_path, "terminal-key", 32)
    (tmp_path / "terminal-key").chmod(mode)
    with pytest.raises(CredentialError, match=f"has mode {mode:04o}, must be 0600"):
        load_or_create(tmp_path, "terminal-key", 32)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_secret_of_the_wrong_size_is_refused_and_left_alone(tmp_path: Path, size: int) -> None:
    path = tmp_path / "terminal-key"
    path.write_bytes(b"x" * size)
    path.chmod(0o600)
    with pytest.raises(CredentialError, match=f"has {size} bytes, must have 32") as caught:
        load_or_create(tmp_path, "terminal-key", 32)
    assert "x" * 31 not in str(caught.value)
    assert path.read_bytes() == b"x" * size


def test_a_link_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"x" * 32)
    target.chmod(0o600)
    (tmp_path / "terminal-key").symlink_to(target)
    with pytest.raises(CredentialError, match="cannot be read"):
        load_or_create(tmp_path, "terminal-key", 32)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_secret_of_another_user_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path, "terminal-key", 32)
    os.chown(tmp_path / "terminal-key", 12345, -1)
    with pytest.raises(CredentialError, match="belongs to user 12345"):
        load_or_create(tmp_path, "terminal-key", 32)


def test_a_missing_secret_of_somebody_else_is_named(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="property-key: is missing"):
        load(tmp_path, "property-key", 32)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(CredentialError, match="cannot be made"):
        load_or_create(tmp_path / "state", "terminal-key", 32)
