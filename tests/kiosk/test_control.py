"""The running kiosk's socket: only its own user, and nonsense gets an answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from kiosk.control import ControlSocket, Reached, ask, socket_path


class Pad:
    """A bench with one real virtual device on it."""

    def __init__(self, encoder: VirtualEncoder) -> None:
        self.encoder = encoder

    def verbs(self) -> dict[str, dict[str, str]]:
        return {"key_encoder": dict(self.encoder.verbs)}

    async def do(self, device: str, verb: str, *words: str) -> dict[str, str]:
        if device != "key_encoder":
            raise ValueError(f"no virtual device {device!r}")
        return await self.encoder.do(verb, *words)


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[Path]:
    control = ControlSocket(socket_path(tmp_path), Pad(VirtualEncoder("pad", create_property_keys(tmp_path / "key"))))
    await control.open()
    yield tmp_path
    await control.close()


async def asked(state: Path, *words: str) -> dict[str, str]:
    return await asyncio.to_thread(ask, state, words[0], words[1] if len(words) > 1 else "", words[2:])


async def test_devices_and_their_verbs_are_listed(state: Path) -> None:
    assert "lay-card" in (await asked(state, ""))["key_encoder"]


async def test_a_card_is_laid_and_lifted(state: Path) -> None:
    assert (await asked(state, "key_encoder", "lay-card", "ntag213"))["card"] == "ntag213"
    assert (await asked(state, "key_encoder", "lift"))["card"] == "none"


@pytest.mark.parametrize("words", [("toaster", "on"), ("key_encoder", "dance"), ("key_encoder", "lay-card", "brick")])
async def test_what_does_not_exist_is_told(state: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        await asked(state, *words)


@pytest.mark.parametrize("line", [b"\n", b"nonsense\n", b"[1]\n", b"null\n", b'{"do": 1}\n', b"x" * 2_000_000 + b"\n"])
async def test_nonsense_never_ends_the_socket(state: Path, line: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(socket_path(state))
    writer.write(line)
    answer = b""
    with contextlib.suppress(ConnectionError):  # who sends a line without end is hung up on
        answer = await reader.readline()
    assert answer == b"" or "error" in json.loads(answer) or "done" in json.loads(answer)
    writer.close()
    await asked(state, "")


@pytest.mark.parametrize("line", [b"[" * 100_000 + b"\n", b'{"diagnose":' + b"[" * 100_000 + b"\n"])
async def test_nonsense_without_bottom_gets_an_answer_too(state: Path, line: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(socket_path(state))
    writer.write(line)
    assert "error" in json.loads(await reader.readline())
    writer.close()


async def test_only_its_own_user_opens_it(state: Path) -> None:
    assert stat.S_IMODE(socket_path(state).stat().st_mode) == 0o600


async def test_a_lobbys_kiosk_has_what_is_its_own_and_no_virtual_device(tmp_path: Path) -> None:
    encoder = VirtualEncoder("pad", create_property_keys(tmp_path / "key"))
    control = ControlSocket(socket_path(tmp_path), Reached({"pad": encoder}, None))
    await control.open()
    try:
        assert await asked(tmp_path, "pad", "lay-card")
        assert await asyncio.to_thread(ask, tmp_path, "") == {}
        with pytest.raises(ValueError, match="no virtual devices"):
            await asked(tmp_path, "key_encoder", "lay-card")
    finally:
        await control.close()
