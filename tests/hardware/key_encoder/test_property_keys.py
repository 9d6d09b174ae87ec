"""The property's secret: made once, read only by its owner, never taken from a careless file."""

import os
import stat
from pathlib import Path

import pytest

from hardware.key_encoder.property_keys import (
    PropertyKeyError,
    create_property_keys,
    find_property_keys,
    load_property_keys,
)

GOOD = "2 " + "ab" * 32 + "\n1 " + "cd" * 32 + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "property-key"
    path.write_text("# ours\n\n" + GOOD)
    path.chmod(0o600)
    return path


def test_the_first_key_is_the_current_one(file: Path) -> None:
    keys = load_property_keys(file)
    assert keys.current == 2
    assert keys.keys == {2: b"\xab" * 32, 1: b"\xcd" * 32}


@pytest.mark.parametrize("umask", [0o000, 0o277])
def test_a_made_key_is_its_owner_s_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        keys = create_property_keys(tmp_path / "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    assert load_property_keys(tmp_path / "new") == keys
    assert create_property_keys(tmp_path / "newer") != keys


def test_a_key_is_never_made_over_another(file: Path) -> None:
    with pytest.raises(FileExistsError):
        create_property_keys(file)
    assert load_property_keys(file).current == 2


def test_a_link_is_not_followed(tmp_path: Path, file: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    with pytest.raises(PropertyKeyError):
        load_property_keys(link)
    with pytest.raises(FileExistsError):
        create_property_keys(link)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o700, 0o400])
def test_any_other_mode_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(PropertyKeyError, match=f"mode {mode:04o}, must be 0600"):
        load_property_keys(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_somebody_else_s_file_is_refused(file: Path) -> None:
    os.chown(file, 65534, -1)
    with pytest.raises(PropertyKeyError, match="belongs to user 65534"):
        load_property_keys(file)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# nothing",
        "1",
        "1 ab",
        "x " + "ab" * 32,
        "1 " + "ab" * 33,
        "256 " + "ab" * 32,
        GOOD + GOOD,
        "\xff\xfe",
    ],
)
def test_a_malformed_file_is_refused_without_telling_it(file: Path, content: str) -> None:
    file.write_text(content, encoding="latin-1")
    with pytest.raises(PropertyKeyError) as wrong:
        load_property_keys(file)
    assert "abab" not in str(wrong.value)


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(PropertyKeyError):
            load_property_keys(path)


def test_systemd_s_credential_is_found_and_a_named_file_goes_before_it(tmp_path: Path, file: Path) -> None:
    named = tmp_path / "named"
    keys = create_property_keys(named)
    file.chmod(0o440)  # as systemd shows it where it grants access by ACL
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert find_property_keys("", environ).current == 2
    assert find_property_keys(str(named), environ) == keys
    with pytest.raises(PropertyKeyError, match="neither"):
        find_property_keys("", {})
