"""The printers that python-escpos describes, read without loading it: what kiosk.ini may name."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

DEFAULT_PROFILE = "TM-T20II"
# Code pages of one byte a character whose letters stand as they are written, from left to right.
CODEPAGES = (
    "CP437", "CP850", "CP858", "CP1252", "CP852", "CP1250", "CP865", "CP861", "CP857", "CP1254",
    "CP775", "CP1257", "CP866", "CP1251", "CP737", "CP1253", "ISO_8859-2", "ISO_8859-7", "ISO_8859-15",
)  # fmt: skip


class UnknownProfile(Exception):
    """kiosk.ini names a profile or code page that there is none of; `str()` says what there is."""


def check(profile: str, codepage: str) -> None:
    """`codepage`: "" for none, "auto" for any that the profile has, or a name such as "CP852"."""
    known = _profiles()
    if profile not in known:
        raise UnknownProfile(f"profile = {profile}: known are {', '.join(sorted(known))}")
    if not known[profile]["features"].get("bitImageRaster"):
        raise UnknownProfile(f"profile = {profile}: prints no pictures")
    if codepage not in ("", "auto") and codepage.upper() not in (names := code_pages(profile)):
        said = ", ".join(("auto", "none", *(name for name in CODEPAGES if name in names)))
        raise UnknownProfile(f"codepage = {codepage}: allowed with profile {profile}: {said}")


def code_pages(profile: str) -> dict[str, int]:
    """Those of CODEPAGES that a profile has, with the n of ESC t n."""
    return {name: int(slot) for slot, name in _profiles()[profile]["codePages"].items() if name in CODEPAGES}


@cache
def _profiles() -> dict[str, Any]:
    spec = importlib.util.find_spec("escpos")
    if spec is None or spec.origin is None:
        raise UnknownProfile("python-escpos is not installed")
    data = json.loads((Path(spec.origin).parent / "capabilities.json").read_text("utf-8"))
    profiles: dict[str, Any] = data["profiles"]
    return profiles
