"""What a picture shows, and when a code that stays in sight is told."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageFilter

from hardware.scanner.camera_frames import CameraAddress, grey
from hardware.scanner.camera_wire import AGAIN_S, CODES, Look, Told, codes_wanted, is_dark, look
from hardware.scanner.contract import CodeScanned, Symbology
from hardware.scanner.virtual_camera import code_picture
from hardware.transport.v4l2 import Frame

BOOKING = CodeScanned("BOOKING-7", Symbology.QR)


def lobby(code: Image.Image, angle: float = 0.0, blur: float = 0.0) -> Image.Image:
    """A code on a telephone before the camera."""
    picture = Image.new("L", (1280, 720), 110)
    turned = code.rotate(angle, expand=True, fillcolor=110, resample=Image.Resampling.BICUBIC)
    picture.paste(turned, (300, 100))
    return picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("qr", "https://hotel.example/b/Ünï?x=1"), ("aztec", "BOOKING-7"), ("data-matrix", "BOOKING-7"),
        ("pdf417", "BOOKING-7"), ("code128", "BOOKING-7"), ("ean", "4006381333931"),
    ],
)  # fmt: skip
def test_each_kind_of_code_is_read_with_its_symbology(name: str, text: str) -> None:
    seen = look(lobby(code_picture(text, name)), 1.0, CODES)
    assert seen.codes == (CodeScanned(text, Symbology(name)),)


@pytest.mark.parametrize(("angle", "blur"), [(0, 0), (12, 1.0), (90, 0), (180, 1.5), (45, 0.5)])
def test_a_telephone_held_askew_and_out_of_focus(angle: float, blur: float) -> None:
    assert look(lobby(code_picture("BOOKING-7"), angle, blur), 1.0, ("qr",)).codes == (BOOKING,)


def test_two_codes_in_one_picture_are_both_told() -> None:
    picture = lobby(code_picture("BOOKING-7"))
    picture.paste(code_picture("BOOKING-8"), (800, 300))
    assert {code.text for code in look(picture, 1.0, ("qr",)).codes} == {"BOOKING-7", "BOOKING-8"}


def test_what_was_not_asked_for_is_not_read() -> None:
    assert look(lobby(code_picture("BOOKING-7", "aztec")), 1.0, ("qr",)).codes == ()


def test_a_stranger_s_code_is_as_harmless_as_from_a_serial_scanner() -> None:
    code = look(lobby(code_picture("]Q1 a\x00b")), 1.0, ("qr",)).codes[0]
    assert (code.text, code.symbology) == ("]Q1 a\ufffdb", Symbology.QR)


def test_noise_is_no_code_and_not_dark() -> None:
    seen = look(Image.effect_noise((1280, 720), 60), 1.0, CODES)
    assert (seen.codes, seen.dark) == ((), False)


def test_a_covered_lens_is_dark_and_a_night_with_one_lamp_is_not() -> None:
    grain = random.Random(7)  # noqa: S311 - a sensor's noise
    covered = Image.frombytes("L", (640, 360), bytes(grain.randrange(14, 22) for _ in range(640 * 360)))
    assert is_dark(covered)
    night = covered.copy()
    ImageDraw.Draw(night).ellipse((200, 100, 260, 160), fill=240)
    assert not is_dark(night)


def test_a_code_that_stays_in_sight_is_told_once_and_again_when_it_comes_back() -> None:
    told = Told()

    def seen(at_s: float, *codes: CodeScanned) -> list[CodeScanned]:
        return told.new(Look(at_s, False, 1280, 720, codes))

    assert seen(0.0, BOOKING, BOOKING) == [BOOKING]
    assert [seen(at / 5, BOOKING) for at in range(1, 50)] == [[]] * 49
    assert seen(10.0) == []
    assert seen(9.8 + AGAIN_S, BOOKING) == []
    other = CodeScanned("BOOKING-8", Symbology.QR)
    assert seen(12.0, BOOKING, other) == [other]
    assert seen(12.1 + AGAIN_S, BOOKING) == [BOOKING]


def test_each_form_of_a_camera_s_pictures_is_the_same_in_grey() -> None:
    code = code_picture("BOOKING-7")
    wide, high = code.width + code.width % 2, code.height
    picture = Image.new("L", (wide, high), 255)
    picture.paste(code)
    light = picture.tobytes()
    yuyv = bytes(byte for point in light for byte in (point, 128))
    padded = b"".join(yuyv[row * 2 * wide : (row + 1) * 2 * wide] + b"pad!" for row in range(high))
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG")
    for frame in (
        Frame("GREY", wide, high, wide, light),
        Frame("NV12", wide, high, wide, light + bytes(wide * high // 2)),
        Frame("YUYV", wide, high, 2 * wide, yuyv),
        Frame("YUYV", wide, high, 2 * wide + 4, padded),
        Frame("MJPG", wide, high, 0, jpeg.getvalue()),
    ):
        shades = grey(frame)
        assert shades.size == (wide, high)
        assert look(shades, 1.0, ("qr",)).codes == (BOOKING,), frame.kind
        if frame.kind != "MJPG":
            assert shades.tobytes() == light


@pytest.mark.parametrize(
    "frame", [Frame("YUYV", 64, 64, 128, bytes(100)), Frame("GREY", 64, 64, 64, b""), Frame("MJPG", 64, 64, 0, b"\xff\xd8\xff\xe0x")]
)
def test_half_a_picture_is_none(frame: Frame) -> None:
    with pytest.raises(ValueError, match="picture"):
        grey(frame)


@pytest.mark.parametrize("address", ["camera:", "camera://video0", "tcp://127.0.0.1:1", "file:///x?fps=3", "/dev/video0"])
def test_a_wrong_address_says_what_is_allowed(address: str) -> None:
    with pytest.raises(ValueError, match="camera:///dev/video0"):
        CameraAddress.parse(address)


@pytest.mark.parametrize("words", ["", "qr maxicode"])
def test_unknown_codes_say_what_is_allowed(words: str) -> None:
    with pytest.raises(ValueError, match="data-matrix"):
        codes_wanted(words)
