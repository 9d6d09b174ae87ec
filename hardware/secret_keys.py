"""Where a property's secret keys come from: systemd's credentials, or a file only its user reads.

    # comment
    2 8f0c…64 hexadecimal digits       ← the first line's key makes new cards
    1 77aa…                            ← older ones still count

Never kiosk.ini. No error text holds a byte of a key.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

KEY_LENGTH = 32
_LARGEST = 64 * 1024  # bytes; 256 keys need 18 kB

Keys = TypeVar("Keys", bound="SecretKeys")


class SecretKeyError(Exception):
    """No usable key; says why, in words for a technician."""


@dataclass(frozen=True)
class SecretKeys:
    """Secrets of one purpose: new cards are made under `current`, older ones still count.

    A purpose is a subclass: where one kind of key is wanted, another can't be given.
    """

    WHAT: ClassVar[str] = "secret key"
    CREDENTIAL: ClassVar[str] = ""
    OPTION: ClassVar[str] = ""

    current: int
    keys: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError(f"the current {self.WHAT} is missing")
        if any(not 0 <= number <= 255 for number in self.keys):
            raise ValueError(f"a {self.WHAT}'s id is 0–255")
        if any(len(key) != KEY_LENGTH for key in self.keys.values()):
            raise ValueError(f"a {self.WHAT} has {KEY_LENGTH} bytes")


def is_given(kind: type[SecretKeys], file: str = "", environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a file is named or the credential is there, usable or not."""
    directory = environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(file) or (bool(directory) and (Path(directory) / kind.CREDENTIAL).exists())


def find_keys(kind: type[Keys], file: str = "", environ: Mapping[str, str] = os.environ) -> Keys:
    """From `file` if one is named, else from systemd's credential of that kind."""
    if file:
        return load_keys(kind, Path(file))
    directory = environ.get("CREDENTIALS_DIRECTORY", "")
    if not directory:
        raise SecretKeyError(f"neither {kind.OPTION} nor a systemd credential is given")
    # systemd guards its credentials itself, and owns them where it hands them on by ACL.
    return _parse(kind, _read(Path(directory) / kind.CREDENTIAL, guarded=True))


def load_keys(kind: type[Keys], path: Path) -> Keys:
    """From a file of mode 0600 that belongs to who runs this; anything else is refused."""
    return _parse(kind, _read(path, guarded=False))


def create_keys(kind: type[Keys], path: Path) -> Keys:
    """Make a new secret in a new file (mode 0600) and load it. FileExistsError if there is one."""
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(made, "w", encoding="ascii") as file:
        os.fchmod(made, 0o600)  # whatever the umask is
        file.write(f"1 {secrets.token_hex(KEY_LENGTH)}\n")
        file.flush()
        os.fsync(made)
    return load_keys(kind, path)


def _read(path: Path, *, guarded: bool) -> bytes:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as failed:
        raise SecretKeyError(f"{path}: {failed.strerror}") from None
    what = os.fstat(opened)
    if not stat.S_ISREG(what.st_mode):
        os.close(opened)
        raise SecretKeyError(f"{path}: not a file")
    with open(opened, "rb") as file:
        if not guarded and what.st_uid != os.geteuid():
            raise SecretKeyError(f"{path}: belongs to user {what.st_uid}, must belong to {os.geteuid()}")
        if not guarded and stat.S_IMODE(what.st_mode) != 0o600:
            raise SecretKeyError(f"{path}: mode {stat.S_IMODE(what.st_mode):04o}, must be 0600")
        return file.read(_LARGEST)


def _parse(kind: type[Keys], content: bytes) -> Keys:
    keys: dict[int, bytes] = {}
    for number, line in enumerate(content.decode("ascii", "replace").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            identity, digits = line.split()
            key_id, key = int(identity), bytes.fromhex(digits)
        except ValueError:
            raise SecretKeyError(f"line {number}: must be a key's id and 64 hexadecimal digits") from None
        if key_id in keys:
            raise SecretKeyError(f"line {number}: key id {key_id} stands there twice")
        keys[key_id] = key
    if not keys:
        raise SecretKeyError("no key in it")
    try:
        return kind(next(iter(keys)), keys)
    except ValueError as wrong:
        raise SecretKeyError(str(wrong)) from None
