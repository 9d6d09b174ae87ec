"""A gateway that misbehaves on demand, byte by byte; and the ways in which it can."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

DRIP_S = 0.05


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Fault = Callable[["BadGateway", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class BadGateway:
    """Gives out tokens and empty answers, unless told to do something bad next.

    `bad` holds what to do with the next requests, `bad_tokens` with the next requests for a token.
    """

    port: int = 0
    bad: list[Fault] = field(default_factory=list)
    bad_tokens: list[Fault] = field(default_factory=list)
    good: bytes = b'{"hotelRoomsDetails":{"room":[]}}'
    asked: list[Asked] = field(default_factory=list)
    asked_for_token: list[Asked] = field(default_factory=list)
    tokens: int = 0
    tls: ssl.SSLContext | None = None
    drip_s: float = DRIP_S

    def __post_init__(self) -> None:
        self._stopping = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._stopping.clear()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._stopping.set()
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            await self._server.wait_closed()

    async def paced(self) -> bool:
        """Wait for the time between two drips; False when the gateway stops."""
        try:
            await asyncio.wait_for(self._stopping.wait(), self.drip_s)
        except TimeoutError:
            return True
        return False

    async def until_asked(self, count: int) -> None:
        """Wait until so many requests have come in."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.asked) >= count)

    async def stuck(self) -> None:
        """Wait until the gateway stops."""
        await self._stopping.wait()

    async def say(self, writer: asyncio.StreamWriter, status: int, body: bytes, *headers: str) -> None:
        typed = any(each.startswith("content-type") for each in headers)
        kind = "" if typed else "content-type: application/json\r\n"
        more = "".join(f"{each}\r\n" for each in headers)
        writer.write(f"HTTP/1.1 {status} -\r\n{kind}{more}content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while asked := await self._request(reader):
                await self._answer(asked, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client cut the line, as it must
        finally:
            self._open.discard(writer)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Asked | None:
        line = (await reader.readline()).decode()
        if not line:
            return None
        method, path, _ = line.split(" ")
        headers = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path == "/oauth/v1/tokens":
            self.asked_for_token.append(asked)
            if self.bad_tokens:
                await self.bad_tokens.pop(0)(self, writer)
                return
            self.tokens += 1
            token = {"access_token": f"token-{self.tokens}", "expires_in": 3600, "token_type": "Bearer"}
            await self.say(writer, 200, json.dumps(token).encode())
            return
        async with self._arrived:
            self.asked.append(asked)
            self._arrived.notify_all()
        if self.bad:
            await self.bad.pop(0)(self, writer)
        else:
            await self.say(writer, 200, self.good)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


async def cut(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def answered_and_cut(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    """A good answer that does not say that the connection ends with it."""
    await gateway.say(writer, 200, gateway.good)
    writer.close()


async def cut_in_head(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    writer.close()


async def cut_in_body(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"content-length: 500\r\n\r\n{")
    writer.close()


async def cut_in_chunk(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\nff\r\n{")
    writer.close()


async def no_http(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\x01\x02 220 smtp ready\r\n\r\n")
    writer.close()


async def many_headers(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"x-again: and again\r\n" * 500 + b"\r\n{}")


async def long_header(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"x-long: " + b"a" * 200_000 + b"\r\n\r\n{}")


async def huge_and_said(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"content-length: 6000000\r\n\r\n" + b" " * 6_000_000)
    await writer.drain()


async def huge_and_endless(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"connection: close\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65536)
        await writer.drain()


async def silent(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    await gateway.stuck()


async def silent_in_body(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"content-length: 500\r\n\r\n{")
    await gateway.stuck()


def drip(start: bytes, drop: bytes) -> Fault:
    async def dripping(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while await gateway.paced():
            writer.write(drop)
            await writer.drain()

    return dripping


def says(status: int, body: bytes, *headers: str) -> Fault:
    async def saying(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
        await gateway.say(writer, status, body, *headers)

    return saying


drip_of_headers = drip(HEAD, b"a:b\r\n")
