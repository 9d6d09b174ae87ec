"""The portrait of a chip (DG2), for who helps a guest: in memory only, gone with the visit.

Rules: it is wiped, not only let go; it is drawn from here and nowhere else; whatever a chip may hold, it is
decoded within limits, or not at all.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:  # a terminal that shows no portraits loads no decoder
    from PIL.Image import Image

log = structlog.get_logger()

MOST_BYTES = 1_000_000
"""Of the picture as it stands in the chip; 9303-10 §4.7.2 recommends 12 to 20 kB."""
MOST_DOTS = 4_000_000
"""Of the picture as it is drawn: 300 dots per inch make 0.2 million (9303-3 §3.9)."""
FORMATS = ("JPEG", "JPEG2000")


class Portrait:
    """Never logged, printed, stored or sent: no repr, no copy of its bytes but while it is decoded."""

    __slots__ = ("_data",)

    def __init__(self, encoded: bytes) -> None:
        self._data = bytearray(encoded)

    def forget(self) -> None:
        """Wiped; whoever still holds it holds nothing."""
        self._data[:] = bytes(len(self._data))
        self._data.clear()

    @property
    def gone(self) -> bool:
        return not self._data

    def image(self, width: int, height: int) -> Image | None:
        """Decoded, as large as fits; None for a picture that is broken, too large, or gone."""
        if not 0 < len(self._data) <= MOST_BYTES:
            return None
        from PIL import Image as Decoder

        try:
            with Decoder.open(io.BytesIO(self._data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_DOTS:
                    raise ValueError("more dots than a portrait has")
                picture.draft("RGB", (width, height))
                whole: Image = picture.convert("RGB")
            whole.thumbnail((width, height))
        except Exception as error:  # noqa: BLE001 - a decoder meets whatever a chip holds
            log.warning("portrait not shown", kind=type(error).__name__)
            return None
        return whole

    def __copy__(self) -> Portrait:
        raise TypeError("a portrait is not copied")

    def __deepcopy__(self, memo: object) -> Portrait:
        raise TypeError("a portrait is not copied")

    def __reduce__(self) -> str:
        raise TypeError("a portrait is not stored")
