"""Secrets of this terminal: from systemd's credentials, or a file that only its user can read.

Looked for in `$CREDENTIALS_DIRECTORY/<name>` (systemd.exec(5), LoadCredential=) and then in
`<state>/<name>`, mode 0600, owned by this user, of exactly the size asked for. Never in kiosk.ini.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from kiosk.on_disk import sync

TERMINAL_KEY = "terminal-key"
"""The 32 bytes that seal what waits on this terminal."""


class CredentialError(Exception):
    """A secret is missing or not safe as it lies there. Names the file and what is wrong, never its content."""

    def __init__(self, path: Path, wrong: str) -> None:
        self.path = path
        self.wrong = wrong
        super().__init__(f"{path}: {wrong}")


def load_or_create(state: Path, name: str, size: int) -> bytes:
    """This terminal's secret; made at random at the first start. CredentialError where it isn't safe."""
    if given := _given(name):
        return _read(given, size, mode_matters=False)
    path = state / name
    if not path.is_symlink() and not path.exists():
        _create(path, secrets.token_bytes(size))
    return _read(path, size, mode_matters=True)


def load(state: Path, name: str, size: int | None = None) -> bytes:
    """A secret that somebody else must put there (an API key, the property's key)."""
    if given := _given(name):
        return _read(given, size, mode_matters=False)
    return _read(state / name, size, mode_matters=True)


def given(state: Path, name: str) -> bool:
    """Whether somebody has put it there: for a secret that may be left out."""
    return _given(name) is not None or os.path.lexists(state / name)


def _given(name: str) -> Path | None:
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(directory, name) if directory else None
    return path if path and path.exists() else None


def _create(path: Path, secret: bytes) -> None:
    """Write it whole under another name, then link it: a crash in between leaves no half secret.

    Linking fails where another process was faster; then theirs is the secret.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchmod(handle, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secret)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                return
        finally:
            draft.unlink(missing_ok=True)
        sync(path.parent)
    except OSError as error:
        raise CredentialError(path, f"cannot be made ({error.strerror})") from error


def _read(path: Path, size: int | None, *, mode_matters: bool) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW if mode_matters else os.O_RDONLY)
    except FileNotFoundError as error:
        raise CredentialError(path, "is missing") from error
    except OSError as error:
        raise CredentialError(path, f"cannot be read ({error.strerror})") from error
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise CredentialError(path, "is no plain file")
        if mode_matters and facts.st_uid != os.geteuid():
            raise CredentialError(path, f"belongs to user {facts.st_uid}, must belong to {os.geteuid()}")
        if mode_matters and facts.st_mode & 0o077:
            found = stat.S_IMODE(facts.st_mode)
            raise CredentialError(path, f"has mode {found:04o}, must be 0600: others can read it")
        secret = file.read(64 * 1024)
    if size is not None and len(secret) != size:
        raise CredentialError(path, f"has {len(secret)} bytes, must have {size}")
    if not secret:
        raise CredentialError(path, "is empty")
    return secret
