"""Virtual devices as child processes: socket and pty ends run beside the kiosk, not inside it.

The child is `python -m hardware.<kind>.virtual_<driver> [words]` (`known_drivers.virtual_module`). It speaks JSON, one object a line:

    child  → {"address": "serial:///tmp/…/ttyV0", "verbs": {"unplug": "pull the plug", …}}   once, when ready
    parent → {"verb": "paper-out", "words": []}
    child  → {"done": {"paper": "out"}}   or   {"error": "unknown verb …"}

The child ends when its stdin closes, so it never outlives its parent, however that ended.
At a terminal a person may type the bare words instead: `paper-out`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Any

from hardware.virtual import VirtualDevice

# A cold start of Python on a small, busy board takes seconds; a verb may render a page of paper.
READY_WITHIN_S = 30.0
ANSWER_WITHIN_S = 20.0
END_WITHIN_S = 5.0
LINE_LIMIT = 16 * 1024 * 1024  # a line may carry a PNG as base64


class VirtualProcessError(Exception):
    """The child did not start, ended, or did not answer in time."""


def serve(device: VirtualDevice) -> None:
    """The child's side: run `device` until stdin closes. Call it from `if __name__ == "__main__"`."""
    asyncio.run(_serve(device))


async def _serve(device: VirtualDevice) -> None:
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=LINE_LIMIT)
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, commands.feed_eof)
    try:
        await device.start()
        _say({"address": device.address, "verbs": dict(device.verbs)})
        while line := await commands.readline():
            if line.strip():
                _say(await _obey(device, line.decode("utf-8", "replace").strip()))
    except BrokenPipeError:
        pass  # the parent has gone: nobody is left to tell
    finally:
        await device.stop()
        pipe.close()


async def _obey(device: VirtualDevice, line: str) -> dict[str, Any]:
    try:
        verb, words = _command(line)
        if verb not in device.verbs:
            raise ValueError(f"unknown verb {verb!r}; known: {', '.join(device.verbs)}")
        return {"done": await device.do(verb, *words)}
    except ValueError as wrong:
        return {"error": str(wrong)}


def _command(line: str) -> tuple[str, list[str]]:
    if not line.startswith("{"):
        verb, *words = shlex.split(line)
        return verb, words
    command = json.loads(line)
    words = command.get("words", [])
    if not isinstance(command.get("verb"), str) or not isinstance(words, list):
        raise ValueError('a command is {"verb": "…", "words": ["…"]}')
    return command["verb"], [str(word) for word in words]


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class VirtualProcess(VirtualDevice):
    """The parent's side: `VirtualProcess("hardware.printer.virtual", "--width", "576")`.

    `address` and `verbs` are known after `start()`. Commands are answered one after the other.
    """

    def __init__(self, module: str, *words: str) -> None:
        self.module = module
        self.address = ""
        self.verbs: dict[str, str] = {}
        self._words = words
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.returncode is None

    async def start(self) -> None:
        """Start the child; returns when the driver can connect. VirtualProcessError if it can't."""
        if self.running:
            return
        here = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.module, *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C at the parent's terminal: the parent ends it in order
        )  # fmt: skip
        try:
            ready = await self._hear(READY_WITHIN_S)
        except BaseException:
            await self.kill()
            raise
        self.address, self.verbs = ready["address"], ready["verbs"]

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        """Play with the device. ValueError as the device says it; VirtualProcessError if it is no more."""
        async with self._turn:
            if self._child is None or self._child.stdin is None or not self.running:
                raise VirtualProcessError(f"{self.module} is not running")
            try:
                self._child.stdin.write(json.dumps({"verb": verb, "words": words}).encode() + b"\n")
                await self._child.stdin.drain()
            except ConnectionError as ended:
                raise VirtualProcessError(f"{self.module} has ended") from ended
            answer = await self._hear(ANSWER_WITHIN_S)
        if "error" in answer:
            raise ValueError(answer["error"])
        return {key: str(value) for key, value in answer["done"].items()}

    async def _hear(self, within_s: float) -> dict[str, Any]:
        if self._child is None or self._child.stdout is None:
            raise VirtualProcessError(f"{self.module} is not running")
        try:
            async with asyncio.timeout(within_s):
                line = await self._child.stdout.readline()
        except TimeoutError as late:
            await self.kill()  # a late answer must not be taken for the next one's
            raise VirtualProcessError(f"{self.module} did not answer within {within_s:g} s") from late
        if not line:
            raise VirtualProcessError(f"{self.module} has ended (exit {await self._child.wait()})")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def stop(self) -> None:
        """Close its stdin, so that it ends in order; kill it if it doesn't. May be called twice."""
        child = self._child
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await child.wait()
        except TimeoutError:
            child.kill()
        await self._buried(child)

    async def kill(self) -> None:
        """End it at once, as a power cut would: no goodbye on the wire, no tidying up."""
        child = self._child
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await self._buried(child)

    async def _buried(self, child: asyncio.subprocess.Process) -> None:
        """Wait for its end and let go of both pipes, so that nothing warns at the loop's end."""
        await child.wait()
        if child.stdin is not None:
            child.stdin.close()
        if child.stdout is not None:
            await child.stdout.read()
        self._child = None
