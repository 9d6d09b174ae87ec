"""BER into definite lengths (X.690 §8.1.3.6), bounded, before any parser of structures sees it.

Pure. CMS may be BER: signed objects and master lists are met with indefinite lengths and with octet
strings in pieces (RFC 5652 §5.1). What is already definite keeps its own bytes, sloppy lengths
included, since signatures are over them. Every length is checked here and no call goes deeper for
deeper data, so that what follows may recurse.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware.passport import tlv
from hardware.passport.errors import Malformed

DEEPEST = 40  # a certificate inside a signed object is 14 deep
_LONGEST_TAG = 3
_CONSTRUCTED, _PIECES, _OCTET_STRING = 0x20, 0x24, 0x04


@dataclass
class _Open:
    """A constructed object whose end has not been reached. `end` is None for the indefinite form."""

    tag: bytes
    start: int
    end: int | None
    limit: int
    parts: list[bytes] = field(default_factory=list)
    changed: bool = False


def definite(data: bytes) -> bytes:
    """The one object in `data`; Malformed for lengths that lie, too deep a nesting, or bytes behind it."""
    outermost = _Open(b"", 0, len(data), len(data))
    stack, at = [outermost], 0
    while True:
        inside = stack[-1]
        ended = at == inside.end
        if inside.end is None and data[at : at + 2] == b"\0\0":
            at, ended, inside.changed = at + 2, True, True
        if ended and inside is outermost:
            break
        if ended:
            stack.pop()
            whole = _closed(inside, data[inside.start : at])
            stack[-1].parts.append(whole)
            stack[-1].changed |= inside.changed
            continue
        at = _next(data, at, stack)
    if len(outermost.parts) != 1:
        raise Malformed(f"{len(outermost.parts)} objects where one is due")
    return outermost.parts[0]


def _next(data: bytes, at: int, stack: list[_Open]) -> int:
    """Take one primitive object, or open a constructed one; where the next begins."""
    inside = stack[-1]
    start, after_tag = at, _tag_end(data, at, inside.limit)
    length, at = _length(data, after_tag, inside.limit)
    end = None if length is None else at + length
    if end is not None and end > inside.limit:
        raise Malformed(f"{inside.limit - at} bytes for a length of {length}")
    if data[start] & _CONSTRUCTED:
        if len(stack) > DEEPEST:
            raise Malformed(f"nested more than {DEEPEST} deep")
        limit = inside.limit if end is None else end
        stack.append(_Open(data[start:after_tag], start, end, limit, changed=data[start] == _PIECES))
        return at
    if end is None:
        raise Malformed("a primitive object of indefinite length")
    inside.parts.append(data[start:end])
    return end


def _closed(done: _Open, own: bytes) -> bytes:
    if not done.changed:
        return own
    if done.tag[0] == _PIECES:
        if any(part[0] != _OCTET_STRING for part in done.parts):
            raise Malformed("an octet string of pieces that are none")
        joined = b"".join(tlv.parse(part).value for part in done.parts)
        return tlv.encode(_OCTET_STRING, joined)
    content = b"".join(done.parts)
    return done.tag + tlv.encode_length(len(content)) + content


def _tag_end(data: bytes, at: int, limit: int) -> int:
    if at >= limit:
        raise Malformed("an object without its end")
    if data[at] & 0x1F != 0x1F:
        return at + 1
    for end in range(at + 2, min(at + _LONGEST_TAG, limit) + 1):
        if not data[end - 1] & 0x80:
            return end
    raise Malformed("a tag that is cut off or of more than three bytes")


def _length(data: bytes, at: int, limit: int) -> tuple[int | None, int]:
    """(length, where the value begins); None for the indefinite form."""
    if at >= limit:
        raise Malformed("no length")
    first, at = data[at], at + 1
    if first == 0x80:
        return None, at
    if first < 0x80:
        return first, at
    size = first & 0x7F
    if size > 4 or at + size > limit:
        raise Malformed(f"a length of {size} bytes")
    return int.from_bytes(data[at : at + size], "big"), at + size


def oid(dotted: str) -> bytes:
    """The content octets of an object identifier (X.690 §8.19)."""
    first, second, *rest = map(int, dotted.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(groups))
    return bytes(octets)


def dotted(content: bytes) -> str:
    """The other way round; a question mark for what is none, or longer than 40 bytes."""
    arcs, value = [], 0
    for octet in content[:40]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    if not arcs or content[-1] & 0x80 or len(content) > 40:
        return "?"
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - first * 40, *arcs[1:])))
