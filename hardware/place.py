"""Where an error came from, for whoever mends it: no library's file, and no word of the error itself."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from traceback import extract_tb

_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))


def place(error: BaseException) -> str:
    """The last place of ours on its way: `file.py:12`, or nothing where it never was in ours."""
    ours = [each for each in extract_tb(error.__traceback__) if not each.filename.startswith((*_LIBRARIES, "<"))]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
