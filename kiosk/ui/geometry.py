"""Where things stand: boxes in design pixels, and the one place that turns them into the window's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Box:
    """A rectangle in design pixels: x from the reading start, y down from the top."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def inset(self, dx: float, dy: float | None = None) -> Box:
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, max(0.0, self.w - 2 * dx), max(0.0, self.h - 2 * dy))

    def top_part(self, height: float) -> Box:
        return replace(self, h=height)

    def bottom_part(self, height: float) -> Box:
        return replace(self, y=self.bottom - height, h=height)

    def from_y(self, y: float) -> Box:
        """The part below `y`."""
        return replace(self, y=y, h=max(0.0, self.bottom - y))

    def to_y(self, y: float) -> Box:
        """The part above `y`."""
        return replace(self, h=max(0.0, y - self.y))

    def columns(self, shares: Sequence[float], gap: float) -> list[Box]:
        """Side by side, in the shares given."""
        each = (self.w - gap * (len(shares) - 1)) / sum(shares)
        boxes, x = [], self.x
        for share in shares:
            boxes.append(Box(x, self.y, each * share, self.h))
            x += each * share + gap
        return boxes

    def rows(self, count: int, gap: float) -> list[Box]:
        """One under the other, equally high."""
        each = (self.h - gap * (count - 1)) / count
        return [Box(self.x, self.y + row * (each + gap), self.w, each) for row in range(count)]

    def centred(self, w: float, h: float) -> Box:
        return Box(self.x + (self.w - w) / 2, self.y + (self.h - h) / 2, w, h)

    def reflected(self, part: Box) -> Box:
        """`part` as far from this box's other end."""
        return replace(part, x=self.x + self.right - part.right)

    def overlaps(self, other: Box, apart: float = 0.0) -> bool:
        """Whether the two come nearer to each other than `apart`."""
        return (
            self.x < other.right + apart
            and other.x < self.right + apart
            and self.y < other.bottom + apart
            and other.y < self.bottom + apart
        )


@dataclass(frozen=True)
class Stage:
    """The window in design pixels. The shorter side is 1080; the longer one is what it is."""

    width: float
    height: float
    scale: float  # window pixels per design pixel
    mirrored: bool = False  # right to left

    @classmethod
    def of(cls, window_width: int, window_height: int, mirrored: bool = False) -> Stage:
        landscape = window_width > window_height
        least = (1920, 1080) if landscape else (1080, 1920)
        scale = min(window_width / least[0], window_height / least[1])
        return cls(window_width / scale, window_height / scale, scale, mirrored)

    @property
    def landscape(self) -> bool:
        return self.width > self.height

    @property
    def whole(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def window(self, box: Box) -> tuple[int, int, int, int]:
        """x, y (up from the bottom left, as Kivy has it), width, height in whole window pixels."""
        x = self.width - box.right if self.mirrored else box.x
        left, right = round(x * self.scale), round((x + box.w) * self.scale)
        bottom = round((self.height - box.bottom) * self.scale)
        top = round((self.height - box.y) * self.scale)
        return left, bottom, right - left, top - bottom

    def px(self, length: float) -> int:
        """A length in window pixels, at least 1."""
        return max(1, round(length * self.scale))

    def design(self, window_x: float, window_y: float) -> tuple[float, float]:
        """A window position (y up) as design pixels."""
        x, y = window_x / self.scale, self.height - window_y / self.scale
        return (self.width - x if self.mirrored else x), y
