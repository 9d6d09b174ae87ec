"""BER-TLV as cards use it (ISO/IEC 7816-4 §6.3; X.690 §8.1), strict and bounded.

Pure. Tags of one to three bytes, definite lengths of up to four bytes; the indefinite form is
CMS's and is not spoken here. Nothing is trusted: a length that lies is Malformed, and a value is
taken apart only when somebody asks for its children, so depth costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hardware.passport.errors import Malformed

_LONGEST_TAG = 3
_MOST = 0x1_0000  # objects side by side; a megabyte of empty ones takes a second to take apart, several times over


@dataclass(frozen=True)
class Tlv:
    """One data object. `value` never stands in a repr: it may be a person's."""

    tag: int
    value: bytes = field(repr=False)

    def __bytes__(self) -> bytes:
        return encode(self.tag, self.value)

    def children(self) -> tuple[Tlv, ...]:
        """The objects inside a constructed one; Malformed if it is none."""
        return parse_all(self.value)

    def find(self, tag: int) -> Tlv | None:
        """The first child with this tag."""
        return next((child for child in self.children() if child.tag == tag), None)

    def child(self, tag: int) -> Tlv:
        """The first child with this tag; Malformed if there is none."""
        found = self.find(tag)
        if found is None:
            raise Malformed(f"{self.tag:X}: no {tag:X} in it")
        return found


def encode(tag: int, value: bytes) -> bytes:
    """Tag, shortest definite length, value."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + encode_length(len(value)) + value


def encode_length(length: int) -> bytes:
    """The shortest definite form."""
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")


def header(data: bytes, at: int = 0) -> tuple[int, int, int]:
    """(tag, length of the value, size of tag and length) at `at`; Malformed also where more bytes are needed."""
    tag, after_tag = _tag(data, at)
    length, after = _length(data, after_tag)
    return tag, length, after - at


def parse(data: bytes) -> Tlv:
    """Exactly one object; Malformed for anything before or behind it."""
    tag, length, size = header(data)
    if size + length != len(data):
        raise Malformed(f"{tag:X}: {len(data) - size} bytes for a length of {length}")
    return Tlv(tag, data[size:])


def parse_all(data: bytes) -> tuple[Tlv, ...]:
    """A run of objects."""
    return tuple(_run(data))


def _run(data: bytes) -> Iterator[Tlv]:
    at = count = 0
    while at < len(data):
        count += 1
        if count > _MOST:
            raise Malformed(f"more than {_MOST} objects")
        tag, length, size = header(data, at)
        begin, end = at + size, at + size + length
        if end > len(data):
            raise Malformed(f"{tag:X}: {len(data) - begin} bytes for a length of {length}")
        yield Tlv(tag, data[begin:end])
        at = end


def _tag(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise Malformed("no tag")
    if data[at] & 0x1F != 0x1F:
        return data[at], at + 1
    for end in range(at + 2, at + _LONGEST_TAG + 1):
        if end > len(data):
            raise Malformed("a tag is cut off")
        if not data[end - 1] & 0x80:
            return int.from_bytes(data[at:end], "big"), end
    raise Malformed("a tag of more than three bytes")


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise Malformed("no length")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    if not 1 <= size <= 4:
        raise Malformed(f"a length of {size} bytes")
    end = at + 1 + size
    if end > len(data):
        raise Malformed("a length is cut off")
    return int.from_bytes(data[at + 1 : end], "big"), end
