"""A portrait is shown within limits, never said, never stored, and wiped."""

from __future__ import annotations

import copy
import io
import pickle
import struct

import pytest
from PIL import Image

from hardware.document_reader.virtual_portrait import draw, encode
from hardware.passport.picture import PictureFormat
from kiosk.portrait import MOST_BYTES, Portrait

FACE = draw("somebody")


@pytest.mark.parametrize("kind", list(PictureFormat))
def test_both_formats_of_the_standard_are_shown_as_large_as_fits(kind: PictureFormat) -> None:
    image = Portrait(encode(FACE, kind)).image(200, 400)
    assert image is not None
    assert image.mode == "RGB"
    assert (image.width, image.height) == (200, 257)


def test_a_small_picture_is_not_blown_up() -> None:
    image = Portrait(encode(FACE.resize((35, 45)), PictureFormat.JPEG)).image(400, 400)
    assert image is not None
    assert image.size == (35, 45)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8\xff",
        encode(FACE, PictureFormat.JPEG)[:700],
        encode(FACE, PictureFormat.JPEG_2000)[:700],
        b"GIF89a" + bytes(200),
        bytes(MOST_BYTES + 1),
    ],
    ids=["empty", "begun", "jpeg-cut", "jpeg-2000-cut", "another-format", "too-long"],
)
def test_what_is_no_portrait_is_not_shown(picture: bytes) -> None:
    assert Portrait(picture).image(200, 200) is None


def test_a_format_that_the_standard_does_not_name_is_not_decoded() -> None:
    with io.BytesIO() as file:
        FACE.save(file, "PNG")
        assert Portrait(file.getvalue()).image(200, 200) is None


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """Its header says nine thousand dots each way: 240 MB."""
    bomb = bytearray(encode(FACE, PictureFormat.JPEG))
    at = bomb.index(b"\xff\xc0")  # start of frame: length, precision, height, width
    bomb[at + 5 : at + 9] = struct.pack(">HH", 9_000, 9_000)
    with Image.open(io.BytesIO(bomb)) as picture:
        assert picture.size == (9_000, 9_000)
    assert Portrait(bytes(bomb)).image(200, 200) is None


def test_a_forgotten_portrait_is_wiped_for_everybody_who_holds_it() -> None:
    portrait = Portrait(encode(FACE, PictureFormat.JPEG))
    held = portrait._data
    assert not portrait.gone
    portrait.forget()
    assert portrait.gone
    assert held == b""
    assert portrait.image(200, 200) is None
    portrait.forget()


def test_a_portrait_is_never_said_copied_or_stored() -> None:
    portrait = Portrait(encode(FACE, PictureFormat.JPEG))
    assert "JFIF" not in repr(portrait)
    assert len(repr(portrait)) < 80
    for act in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            act(portrait)
