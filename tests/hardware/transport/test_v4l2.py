"""A camera of Linux: the calls are the kernel's, the newest picture is what comes out."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

import pytest

from hardware.transport import v4l2
from hardware.transport.v4l2 import Camera, NoCamera
from tests.hardware.transport.video_node import VideoNode

FIRST, SECOND, THIRD = (bytes((value,)) * 64 * 32 * 2 for value in (1, 2, 3))


def test_the_numbers_are_those_of_this_machine_s_headers(tmp_path: Path) -> None:
    requests = ("QUERYCAP", "S_FMT", "REQBUFS", "QUERYBUF", "QBUF", "DQBUF", "STREAMON", "STREAMOFF")
    shapes = ("v4l2_capability", "v4l2_format", "v4l2_requestbuffers", "v4l2_buffer")
    places = (
        "v4l2_capability, card", "v4l2_capability, capabilities", "v4l2_capability, device_caps",
        "v4l2_format, fmt.pix.width", "v4l2_format, fmt.pix.pixelformat", "v4l2_format, fmt.pix.bytesperline",
        "v4l2_buffer, bytesused", "v4l2_buffer, flags", "v4l2_buffer, memory", "v4l2_buffer, m.offset", "v4l2_buffer, length",
    )  # fmt: skip
    values = (
        *(f"VIDIOC_{name}" for name in requests), *(f"sizeof(struct {name})" for name in shapes),
        *(f"offsetof(struct {place})" for place in places), "V4L2_BUF_TYPE_VIDEO_CAPTURE", "V4L2_MEMORY_MMAP",
        "V4L2_CAP_VIDEO_CAPTURE", "V4L2_CAP_STREAMING", "V4L2_CAP_DEVICE_CAPS", "V4L2_BUF_FLAG_ERROR",
        "V4L2_PIX_FMT_YUYV", "V4L2_PIX_FMT_MJPEG", "V4L2_PIX_FMT_NV12", "V4L2_PIX_FMT_GREY",
    )  # fmt: skip
    prints = "".join(f'printf("%lu ", (unsigned long) {value});' for value in values)
    source = tmp_path / "numbers.c"
    includes = "#include <stddef.h>\n#include <stdio.h>\n#include <linux/videodev2.h>\n"
    source.write_text(f"{includes}int main(void) {{ {prints} }}\n")
    subprocess.run(["gcc", "-o", tmp_path / "numbers", source], check=True, timeout=60)
    said = subprocess.run([tmp_path / "numbers"], check=True, capture_output=True, timeout=10).stdout.split()
    ours = (
        *(getattr(v4l2, name) for name in requests),
        *(shape.size for shape in (v4l2.CAPABILITY, v4l2.FORMAT, v4l2.REQUEST, v4l2.BUFFER)),
        16, 84, 88, 8, 16, 24, 8, 12, 60, 64, 72,
        v4l2.CAPTURE, v4l2.MMAP, v4l2.CAN_CAPTURE, v4l2.CAN_STREAM, v4l2.SAYS_MORE, v4l2.BUFFER_ERROR,
        *(int.from_bytes(kind.encode(), "little") for kind in v4l2.KINDS),
    )  # fmt: skip
    assert list(map(int, said)) == list(ours)


def test_our_structures_have_each_field_at_its_place() -> None:
    buffer = v4l2.BUFFER.pack(1, 2, 3, 4, 5, 6, 7, 8, 9)
    assert [int.from_bytes(buffer[at : at + 4], "little") for at in (0, 4, 8, 12, 60, 64, 72)] == [1, 2, 3, 4, 7, 8, 9]
    shape = v4l2.FORMAT.pack(1, 2, 3, 4, 5, 6, 7)
    assert [int.from_bytes(shape[at : at + 4], "little") for at in (0, 8, 12, 16, 24)] == [1, 2, 3, 4, 6]
    able = v4l2.CAPABILITY.pack(b"d", b"card", b"b", 1, 2, 3)
    assert (able[16:20], able[84], able[88]) == (b"card", 2, 3)


def test_a_picture_comes_out_as_it_went_in() -> None:
    camera = Camera(node := VideoNode(), 1280, 720)
    assert (camera.name, camera.kind, camera.width, camera.height) == ("Lobby Cam", "YUYV", 64, 32)
    assert node.shoot(FIRST)
    frame = camera.frame(0.1)
    assert frame is not None
    assert (frame.data, frame.line_bytes) == (FIRST, 128)
    assert camera.frame(0.0) is None
    camera.close()
    camera.close()
    assert (node.streaming, node.closed) == (False, True)


def test_of_several_pictures_the_newest_is_taken_and_the_camera_can_go_on() -> None:
    camera = Camera(node := VideoNode(), 64, 32)
    for _ in range(50):
        assert all(node.shoot(one) for one in (FIRST, SECOND, THIRD))
        assert not node.shoot(FIRST), "three buffers are all there are"
        frame = camera.frame(0.1)
        assert frame is not None
        assert frame.data == THIRD
    camera.close()


def test_a_damaged_picture_is_left_out() -> None:
    camera = Camera(node := VideoNode(), 64, 32)
    node.shoot(FIRST, damaged=True)
    assert camera.frame(0.1) is None
    node.shoot(SECOND)
    node.shoot(THIRD, damaged=True)
    frame = camera.frame(0.1)
    assert frame is not None
    assert frame.data == SECOND
    assert len(node.queued) == v4l2.BUFFERS, "every buffer is the camera's again"
    camera.close()


@pytest.mark.parametrize(("has", "given"), [(("MJPG",), "MJPG"), (("RGB3", "NV12"), "NV12"), (("MJPG", "YUYV"), "YUYV")])
def test_the_form_that_costs_least_is_taken(has: tuple[str, ...], given: str) -> None:
    camera = Camera(VideoNode(has), 64, 32)
    assert camera.kind == given
    camera.close()


def test_a_camera_of_unknown_pictures_is_refused() -> None:
    node = VideoNode(("H264",))
    with pytest.raises(NoCamera, match="H264"):
        Camera(node, 64, 32)
    assert node.closed


def test_what_gives_no_stream_is_no_camera() -> None:
    with pytest.raises(NoCamera, match="no stream"):
        Camera(VideoNode(able=0x00200001), 64, 32)


def test_another_program_has_the_camera() -> None:
    node = VideoNode()
    node.busy = True
    with pytest.raises(ConnectionRefusedError, match="another program"):
        Camera(node, 64, 32)
    assert node.closed


def test_unplugged_while_it_is_read() -> None:
    camera = Camera(node := VideoNode(), 64, 32)
    node.unplugged = True
    with pytest.raises(ConnectionError) as gone:
        camera.frame(0.1)
    assert gone.value.errno == errno.ENODEV
    camera.close()
    assert node.closed


@pytest.mark.parametrize(
    ("path", "error"), [("/dev/no-such-video", FileNotFoundError), ("/dev/null", NoCamera), ("/dev", NoCamera)]
)
def test_the_kernel_s_own_no(path: str, error: type[OSError]) -> None:
    with pytest.raises(error):
        Camera.open(path, 64, 32)
