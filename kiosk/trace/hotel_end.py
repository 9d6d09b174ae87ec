"""The hotel's end of a trace that is played: `python -m kiosk.trace.hotel_end FILE`.

It speaks as much of the OPERA Cloud API as was recorded: each request gets the next recorded answer to a request like it
– method, path, names in the query –, once. It goes away where the hotel did, and holds its tongue where it was silent.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from collections.abc import Iterator
from http.client import responses
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hardware.virtual import VirtualDevice
from hardware.virtual_process import serve
from kiosk.trace.file import Entry, read

_LINE = 1 << 20
_PING: Entry = {"status": 200, "body": {"hotelRoomsDetails": {"room": []}}}
_TOKEN: Entry = {"status": 200, "body": {"access_token": "of-a-trace", "expires_in": 3600, "token_type": "Bearer"}}
_NOBODY: Entry = {"status": 200, "body": {"serviceRequestsDetails": []}}
_NOT_RECORDED: Entry = {"status": 404, "body": {"title": "not in the trace", "status": "404", "o:errorCode": "NOT_RECORDED"}}


class RecordedHotel(VirtualDevice):
    """One visit's."""

    verbs = {
        "off": "be gone, as the hotel was",
        "on": "be there again",
        "asked": "what was asked that the trace has no answer to",
    }

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.address = ""
        self._left = [entry for entry in entries if entry["what"] == "hotel" and entry.get("call") != "ping"]
        self._server: asyncio.Server | None = None
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._unknown: list[str] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self._port, limit=_LINE, reuse_address=True)
        self._port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb == "off":
            await self.stop()
        elif verb == "on":
            while self._left and self._left[0].get("trouble") == "down":
                del self._left[0]
            if self._server is None:
                await self.start()
        return {"hotel": "on" if self._server else "off", "asked": "\n".join(self._unknown), "left": str(len(self._left))}

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass  # who asked has gone
        except asyncio.CancelledError:
            pass  # this end stops
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection goes on."""
        method, target = (await reader.readuntil(b"\r\n")).decode("latin-1").split(" ")[:2]
        length = 0
        while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
            name, _, value = line.decode("latin-1").partition(":")
            length = int(value) if name.strip().lower() == "content-length" else length
        content = await reader.readexactly(length)
        before = len(self._left)
        answer = _archived(target, content) if target.startswith("/archive/") else self._answer(method, target)
        if answer.get("trouble") == "timeout":
            await reader.read()  # until whoever asked gives up
            return False
        if not answer.get("status"):
            return False
        writer.write(_said(answer))
        await writer.drain()
        if len(self._left) < before and self._left and self._left[0].get("trouble") == "down":
            await self.stop()  # it went away between this call and the next
            return False
        return True

    def _answer(self, method: str, target: str) -> Entry:
        parts = urlsplit(target)
        query = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        if parts.path == "/oauth/v1/tokens":
            return _TOKEN
        if parts.path.endswith("/rooms") and query == ["limit"]:
            return _PING
        for at in self._like(method, parts.path, query):
            return self._left.pop(at)
        if parts.path.endswith("/serviceRequests"):
            # The desk is told of what is no part of the visit too, at its own time.
            return _NOBODY if method == "GET" else {"status": 201, "body": {}, "location": f"{parts.path}/900001"}
        self._unknown.append(f"{method} {parts.path} {' '.join(query)}".strip())
        return _NOT_RECORDED

    def _like(self, method: str, path: str, query: list[str]) -> Iterator[int]:
        asked = (method, path, query)
        for at, entry in enumerate(self._left):
            if (entry["method"], entry["path"], entry["query"]) == asked and entry.get("trouble") != "down":
                yield at


def _archived(target: str, content: bytes) -> Entry:
    """A registration card has arrived."""
    return {"status": 201, "body": {"id": target.rpartition("/")[2], "sha256": hashlib.sha256(content).hexdigest()}}


def _said(answer: Entry) -> bytes:
    status, body = int(answer["status"]), answer.get("body")
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"HTTP/1.1 {status} {responses.get(status, '')}", f"content-length: {len(content)}", "content-type: application/json"]
    if location := answer.get("location"):
        lines.append(f"location: {location}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def main(words: list[str] | None = None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m kiosk.trace.hotel_end", description="The hotel of a trace.")
    parser.add_argument("file", type=Path)
    serve(RecordedHotel(read(parser.parse_args(words).file).entries))


if __name__ == "__main__":
    main()
