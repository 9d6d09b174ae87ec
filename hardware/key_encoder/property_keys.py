"""Where the property's secret keys come from: systemd's credentials, or a file only its user reads.

    # comment
    2 8f0c…64 hexadecimal digits       ← the first line's key makes new cards
    1 77aa…                            ← older ones still open

Never kiosk.ini. No error text holds a byte of a key.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from hardware.key_encoder.credential import PROPERTY_KEY_LENGTH, PropertyKeys

CREDENTIAL = "property-key"
_LARGEST = 64 * 1024  # bytes; 256 keys need 18 kB


class PropertyKeyError(Exception):
    """No usable property key; says why, in words for a technician."""


def find_property_keys(file: str = "", environ: Mapping[str, str] = os.environ) -> PropertyKeys:
    """From `file` if one is named, else from systemd's credential `property-key`."""
    if file:
        return load_property_keys(Path(file))
    directory = environ.get("CREDENTIALS_DIRECTORY", "")
    if not directory:
        raise PropertyKeyError("neither property_key_file nor a systemd credential is given")
    # systemd guards its credentials itself, and owns them where it hands them on by ACL.
    return _parse(_read(Path(directory) / CREDENTIAL, guarded=True))


def load_property_keys(path: Path) -> PropertyKeys:
    """From a file of mode 0600 that belongs to who runs this; anything else is refused."""
    return _parse(_read(path, guarded=False))


def create_property_keys(path: Path) -> PropertyKeys:
    """Make a new secret in a new file (mode 0600) and load it. FileExistsError if there is one."""
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(made, "w", encoding="ascii") as file:
        os.fchmod(made, 0o600)  # whatever the umask is
        file.write(f"1 {secrets.token_hex(PROPERTY_KEY_LENGTH)}\n")
        file.flush()
        os.fsync(made)
    return load_property_keys(path)


def _read(path: Path, *, guarded: bool) -> bytes:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as failed:
        raise PropertyKeyError(f"{path}: {failed.strerror}") from None
    what = os.fstat(opened)
    if not stat.S_ISREG(what.st_mode):
        os.close(opened)
        raise PropertyKeyError(f"{path}: not a file")
    with open(opened, "rb") as file:
        if not guarded and what.st_uid != os.geteuid():
            raise PropertyKeyError(f"{path}: belongs to user {what.st_uid}, must belong to {os.geteuid()}")
        if not guarded and stat.S_IMODE(what.st_mode) != 0o600:
            raise PropertyKeyError(f"{path}: mode {stat.S_IMODE(what.st_mode):04o}, must be 0600")
        return file.read(_LARGEST)


def _parse(content: bytes) -> PropertyKeys:
    keys: dict[int, bytes] = {}
    for number, line in enumerate(content.decode("ascii", "replace").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            identity, digits = line.split()
            key_id, key = int(identity), bytes.fromhex(digits)
        except ValueError:
            raise PropertyKeyError(f"line {number}: must be a key's id and 64 hexadecimal digits") from None
        if key_id in keys:
            raise PropertyKeyError(f"line {number}: key id {key_id} stands there twice")
        keys[key_id] = key
    if not keys:
        raise PropertyKeyError("no key in it")
    try:
        return PropertyKeys(next(iter(keys)), keys)
    except ValueError as wrong:
        raise PropertyKeyError(str(wrong)) from None
