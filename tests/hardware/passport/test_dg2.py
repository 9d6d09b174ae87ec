"""The portrait: found in both containers, in both formats; too large, cut off or lying is refused before decoding."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.passport import picture, tlv
from hardware.passport.dg2 import Container, build_dg2, parse_dg2
from hardware.passport.errors import Malformed, PassportError, Unsupported
from hardware.passport.picture import Picture, PictureFormat


def drawn(kind: str, size: tuple[int, int] = (60, 80), **options: object) -> bytes:
    with io.BytesIO() as file:
        Image.new("RGB", size, "#557799").save(file, kind, **options)
        return file.getvalue()


JPEG = drawn("JPEG")
PROGRESSIVE = drawn("JPEG", progressive=True)
JP2 = drawn("JPEG2000")
CODESTREAM = drawn("JPEG2000", no_jp2=True)
TILED = drawn("JPEG2000", tile_size=(32, 32))
RECORD = build_dg2(JPEG)[build_dg2(JPEG).index(b"FAC\0") :]


@pytest.mark.parametrize("container", Container)
@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (JPEG, PictureFormat.JPEG), (PROGRESSIVE, PictureFormat.JPEG), (JP2, PictureFormat.JPEG_2000),
        (CODESTREAM, PictureFormat.JPEG_2000), (TILED, PictureFormat.JPEG_2000),
    ],
    ids=["jpeg", "progressive", "jp2", "codestream", "tiled"],
)  # fmt: skip
def test_a_face_is_found_with_its_format_and_size(container: Container, image: bytes, kind: PictureFormat) -> None:
    (portrait,) = parse_dg2(build_dg2(image, container))
    assert (portrait.container, portrait.image) == (container, image)
    assert portrait.picture == Picture(kind, 60, 80)


def test_the_picture_is_in_no_repr() -> None:
    (portrait,) = parse_dg2(build_dg2(JPEG))
    assert "xff" not in repr(portrait)
    assert JPEG.hex() not in repr(portrait)


def test_the_new_containers_bytes_are_the_application_profiles() -> None:
    """ICAO's application profile for ISO/IEC 39794-5: 7F2E { A1 { 65 { A0 version, A1 { 30 {…} } } } }."""
    group = tlv.parse(build_dg2(b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x02\x00\x01\x01\x01\x11\x00", Container.ISO_39794))
    template = group.child(0x7F61).child(0x7F60)
    assert template.child(0xA1).child(0x88).value == b"\x00\x2a"
    block = template.child(0x7F2E).child(0xA1).child(0x65)
    assert bytes(block.child(0xA0)) == bytes.fromhex("A007 800103 810207E3")
    assert bytes(block.child(0xA1).child(0x30)).hex() == (
        "3021 800100 a11c a01a a018 800f ffd8ffc0000b080002000101011100 a105a003800102".replace(" ", "")
    )


@pytest.mark.parametrize(
    "image", [drawn("JPEG", (5000, 8)), drawn("JPEG2000", (8, 5000)), JPEG[:20], JP2[:60], b"\x89PNG\r\n\x1a\n", b""],
    ids=["wide", "high", "cut-jpeg", "cut-jp2", "png", "nothing"],
)  # fmt: skip
def test_a_picture_that_no_portrait_is_is_refused_before_it_is_decoded(image: bytes) -> None:
    with pytest.raises(Malformed):
        picture.look(image)


def test_more_bytes_than_a_portrait_has_are_refused() -> None:
    with pytest.raises(Malformed):
        picture.look(JPEG + bytes(picture.MOST_BYTES))


def test_a_size_of_many_tiny_tiles_is_refused() -> None:
    tiles = bytearray(drawn("JPEG2000", (4000, 4000), no_jp2=True, tile_size=(2000, 2000)))
    tiles[24:32] = bytes((0, 0, 0, 1)) * 2  # XTsiz, YTsiz
    with pytest.raises(Malformed):
        picture.look(bytes(tiles))


def test_a_record_that_lies_about_its_length_is_refused() -> None:
    whole = build_dg2(JPEG)
    at = whole.index(b"FAC\0")
    for place in (at + 11, at + 13, at + 17, at + 18):  # record length, faces, face's length, points
        broken = bytearray(whole)
        broken[place] ^= 0x7F
        with pytest.raises(Malformed):
            parse_dg2(bytes(broken))


@pytest.mark.parametrize("less", [0, 1, 8])
@pytest.mark.parametrize("behind", [0, 1, 8])
def test_a_record_a_little_longer_than_it_says_is_read(less: int, behind: int) -> None:
    """As in passports of Great Britain (1) and New Zealand (8): with more behind the face, or with all of it."""
    record = bytearray(RECORD + bytes(behind))
    record[8:12] = (len(record) - less).to_bytes(4, "big")
    (portrait,) = parse_dg2(_dg2_of(bytes(record)))
    assert portrait.image == JPEG


@pytest.mark.parametrize(("less", "behind"), [(9, 0), (-1, 0), (0, 9), (9, 9)])
def test_a_record_much_longer_than_it_says_is_refused(less: int, behind: int) -> None:
    record = bytearray(RECORD + bytes(behind))
    record[8:12] = (len(record) - less).to_bytes(4, "big")
    with pytest.raises(Malformed):
        parse_dg2(_dg2_of(bytes(record)))


def _dg2_of(record: bytes) -> bytes:
    template = tlv.encode(0x7F60, tlv.encode(0xA1, b"") + tlv.encode(0x5F2E, record))
    return tlv.encode(0x75, tlv.encode(0x7F61, tlv.encode(0x02, b"\x01") + template))


def test_another_version_of_the_record_is_not_spoken() -> None:
    whole = build_dg2(JPEG)
    with pytest.raises(Unsupported):
        parse_dg2(whole.replace(b"FAC\x00010\x00", b"FAC\x00030\x00"))


@settings(max_examples=300)
@given(st.sampled_from([JPEG, JP2, CODESTREAM]), st.sampled_from(Container), st.data())
def test_a_changed_portrait_is_read_or_refused(image: bytes, container: Container, data: st.DataObject) -> None:
    broken = bytearray(build_dg2(image, container))
    for at in data.draw(st.lists(st.integers(0, min(160, len(broken) - 1)), min_size=1, max_size=5)):
        broken[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PassportError):
        for portrait in parse_dg2(bytes(broken)):
            assert portrait.picture.width <= picture.MOST_SIDE


@given(st.sampled_from([JPEG[:3], JP2[:12], CODESTREAM[:4], JP2[:85]]), st.binary(max_size=200))
def test_a_header_followed_by_nonsense_is_read_or_refused(head: bytes, rest: bytes) -> None:
    with contextlib.suppress(Malformed):
        picture.look(head + rest)
