"""DG2, the holder's face: found in its containers, looked at, never decoded here.

Pure. Sources: ICAO 9303-10 §4.7.2 (7F61, 7F60, A1, 5F2E or 7F2E); ISO/IEC 19794-5:2005 §5 (record of
version 010); ISO/IEC 39794-5:2019 in ICAO's application profile for eMRTDs (DER under 7F2E, A1, 65).
The picture lives in memory only: it has no place in a repr, a log or an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from hardware.passport import tlv
from hardware.passport.errors import Malformed, Unsupported
from hardware.passport.files import File
from hardware.passport.lds import content
from hardware.passport.picture import Picture, PictureFormat, look
from hardware.passport.tlv import Tlv

_GROUP, _TEMPLATE, _HEADER = 0x7F61, 0x7F60, 0xA1
_OLD, _NEW = 0x5F2E, 0x7F2E
_SLACK = 8  # bytes behind a record, or counted out of it: some states' records are so much longer than they say
_MOST_FACES = 9  # instances (9303-10 table 40)

# ISO/IEC 19794-5:2005
_FACE = b"FAC\0"
_VERSION = b"010\0"
_RECORD_HEADER, _FACE_INFORMATION, _POINT, _IMAGE_INFORMATION = 14, 20, 8, 12


class Container(StrEnum):
    """How the face is packed."""

    ISO_19794 = "ISO/IEC 19794-5"
    ISO_39794 = "ISO/IEC 39794-5"


@dataclass(frozen=True)
class Portrait:
    """One picture of the holder. `image` is what stands in the chip, JPEG or JPEG 2000, and never shown in a repr."""

    container: Container
    picture: Picture
    image: bytes = field(repr=False)


def parse_dg2(data: bytes) -> tuple[Portrait, ...]:
    """All faces in it, at least one; Malformed else."""
    group = content(File.DG2, data).child(_GROUP)
    templates = [child for child in group.children() if child.tag == _TEMPLATE]
    count = group.child(0x02).value
    if len(count) != 1 or not 1 <= count[0] <= _MOST_FACES or count[0] != len(templates):
        raise Malformed(f"EF.DG2: {len(templates)} templates where another number was said")
    portraits = tuple(portrait for template in templates for portrait in _template(template))
    if not portraits:
        raise Malformed("EF.DG2: no face in it")
    return portraits


def _template(template: Tlv) -> Iterator[Portrait]:
    template.child(_HEADER)
    for block in template.children():
        if block.tag == _OLD:
            yield from _record(block.value)
        elif block.tag == _NEW:
            yield from _data_block(block)


# --- ISO/IEC 19794-5 --------------------------------------------------------------------------


def _record(data: bytes) -> Iterator[Portrait]:
    """Facial record header, then for each face: information, feature points, image information, image."""
    if len(data) < _RECORD_HEADER or data[:4] != _FACE:
        raise Malformed("19794-5: not a face record")
    if data[4:8] != _VERSION:
        raise Unsupported("19794-5: another version than 010")
    length, faces = int.from_bytes(data[8:12], "big"), int.from_bytes(data[12:14], "big")
    if not len(data) - _SLACK <= length <= len(data) or not 1 <= faces <= _MOST_FACES:
        raise Malformed(f"19794-5: {len(data)} bytes for a length of {length}, {faces} faces")
    at = _RECORD_HEADER
    for _ in range(faces):
        size = int.from_bytes(data[at : at + 4], "big")
        points = int.from_bytes(data[at + 4 : at + 6], "big")
        begin = at + _FACE_INFORMATION + _POINT * points + _IMAGE_INFORMATION
        if at + size > len(data) or begin >= at + size:
            raise Malformed(f"19794-5: a face of {size} bytes and {points} points")
        yield _portrait(Container.ISO_19794, data[begin : at + size])
        at += size
    if len(data) - at > _SLACK:
        raise Malformed(f"19794-5: {len(data) - at} bytes behind the last face")


def _portrait(container: Container, image: bytes) -> Portrait:
    """Format and size as the picture has them; what its container says of them is not believed."""
    return Portrait(container, look(image), image)


# --- ISO/IEC 39794-5 --------------------------------------------------------------------------


def _data_block(block: Tlv) -> Iterator[Portrait]:
    """FaceImageDataBlock: representationBlocks, each with an imageRepresentation, base, 2D block."""
    representations = block.child(0xA1).child(0x65).child(0xA1).children()
    if not 1 <= len(representations) <= _MOST_FACES:
        raise Malformed(f"39794-5: {len(representations)} representations")
    for representation in representations:
        two_d = representation.child(0xA1).child(0xA0).child(0xA0)
        yield _portrait(Container.ISO_39794, two_d.child(0x80).value)


# --- writing ----------------------------------------------------------------------------------


def build_dg2(image: bytes, container: Container = Container.ISO_19794) -> bytes:
    """DG2 with one face; its format and size are read from the picture itself."""
    old = container is Container.ISO_19794
    # Patron header: version, type and subtype are optional; the format's owner and type are not.
    header = (
        tlv.encode(0x80, b"\x01\x01")
        + tlv.encode(0x81, b"\x02")
        + tlv.encode(0x87, b"\x01\x01")
        + tlv.encode(0x88, b"\x00\x08" if old else b"\x00\x2a")
    )
    block = tlv.encode(_OLD, _built_record(image)) if old else tlv.encode(_NEW, _built_data_block(image))
    template = tlv.encode(_TEMPLATE, tlv.encode(_HEADER, header) + block)
    return tlv.encode(File.DG2.tag, tlv.encode(_GROUP, tlv.encode(0x02, b"\x01") + template))


def _built_record(image: bytes) -> bytes:
    picture = look(image)
    size = _FACE_INFORMATION + _IMAGE_INFORMATION + len(image)
    # No points; gender, eyes, hair, features, expression and pose are unspecified.
    information = size.to_bytes(4, "big") + bytes(_FACE_INFORMATION - 4)
    kind = 0 if picture.format is PictureFormat.JPEG else 1
    described = (
        bytes((0x01, kind))  # full frontal
        + picture.width.to_bytes(2, "big")
        + picture.height.to_bytes(2, "big")
        + bytes((0x01, 0x02, 0, 0, 0, 0))  # sRGB, a still camera's; device and quality unspecified
    )
    header = _FACE + _VERSION + (_RECORD_HEADER + size).to_bytes(4, "big") + b"\x00\x01"
    return header + information + described + image


def _built_data_block(image: bytes) -> bytes:
    code = 2 if look(image).format is PictureFormat.JPEG else 3
    information = tlv.encode(0xA1, tlv.encode(0xA0, tlv.encode(0x80, bytes((code,)))))
    two_d = tlv.encode(0xA0, tlv.encode(0x80, image) + information)
    representation = tlv.encode(0x80, b"\x00") + tlv.encode(0xA1, tlv.encode(0xA0, two_d))
    version = tlv.encode(0x80, b"\x03") + tlv.encode(0x81, (2019).to_bytes(2, "big"))
    blocks = tlv.encode(0xA0, version) + tlv.encode(0xA1, tlv.encode(0x30, representation))
    return tlv.encode(0xA1, tlv.encode(0x65, blocks))
