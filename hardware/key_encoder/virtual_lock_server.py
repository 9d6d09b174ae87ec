"""A virtual lock server: FIAS on TCP or a pty, encoders with cards on them, doors to try the cards at.

    python -m hardware.key_encoder.virtual_lock_server [--port N | --dial HOST:PORT | --serial]

Strict (`virtual_lock_session.py`). It listens on 127.0.0.1, one client at a time, a newer connection
replaces the older; with `--dial` it is the client, as the specification has it. A person lays cards
on the encoder that was asked for first.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hardware import virtual_server
from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.fias_wire import Broken, Record
from hardware.key_encoder.virtual_lock_ends import PtyWire, TcpWire, Wire
from hardware.key_encoder.virtual_lock_session import Listed, Request, Session, Stage, Violation
from hardware.key_encoder.virtual_lock_system import CARD_VERBS, LockSystem
from hardware.virtual import VirtualDevice
from hardware.virtual_cable import Cable
from hardware.virtual_process import serve

CARD_WITHIN_S = 20.0  # how long its encoder waits for a card
DIAL_EVERY_S = 0.2
NOISE = bytes((0xFF, 0x00, 0x1B, 0x80))

VERBS = {
    "busy": "[N]: answer the next N requests (1) by BY",
    "retry": "[N]: answer the next N requests (1) by RY, and do nothing",
    "refuse": "STATUS: answer the next request by that AS (UR, NR, NG …), and do nothing",
    "no-status": "answer the next request without AS",
    "wrong": "workstation | coder | reservation | room: before the next answer comes another's, an OK",
    "twice": "answer the next request twice",
    "repeat": "the next request is first answered by the last answer once more",
    "damaged": "the next answer comes damaged",
    "late": "SECONDS: answer the next request so late",
    "hold": "do the next request, and keep its answer until `release`",
    "release": "give the answer that was kept",
    "never": "do the next request, and never answer it",
    "silent": "hear and say nothing, not even to LS",
    "speak": "end silent",
    "drop": "[record | request | LD | LR | LA | half]: cut the connection, now or when it comes to that",
    "garbage": "[HEX]: send line noise",
    "end": "say LE",
    "begin": "say LS, to begin anew",
    "ask": "say LS, to hear whether the other side lives",
    "unplug": "the server is switched off",
    "plug": "and on again",
    "cable-out": "pull its network cable: nothing arrives, nothing is refused",
    "cable-in": "put the network cable back in",
    **CARD_VERBS,
    "complaints": "which rules the other side broke",
}


class VirtualLockServer(VirtualDevice):
    """`listed` is what it takes; `uids` whether it tells a card's UID ($2)."""

    def __init__(
        self,
        *,
        port: int = 0,
        dial: str = "",
        dial_from: str = "",
        serial: bool = False,
        listed: Listed | None = None,
        uids: bool = True,
        card_within_s: float = CARD_WITHIN_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    ) -> None:
        self.address = ""
        self.verbs = dict(VERBS)
        self.complaints: list[str] = []
        self.requests: list[Record] = []
        self.system = LockSystem(now, uids=uids, card_within_s=card_within_s)
        self._port, self._dial, self._dial_from, self._serial = port, dial, dial_from, serial
        self._listed, self._now = listed or Listed(), now
        self._tricks: list[tuple[str, str]] = []
        self._drop_at = ""
        self._last: Record | None = None
        self._silent = False
        self._release = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._cable = Cable()
        self._pty: PtyWire | None = None
        self._dialling: asyncio.Task[None] | None = None
        self._wire: Wire | None = None
        self._session: Session | None = None
        self._outbox: asyncio.Queue[tuple[Wire, Record, bool]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- on and off --------------------------------------------------------------------------------

    async def start(self) -> None:
        self._spawn(self._say_in_turn())
        await self._plug()

    async def stop(self) -> None:
        await self._unplug()
        if self._pty is not None:
            await self._pty.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _plug(self) -> None:
        if self._dial:
            self._dialling = self._spawn(self._dial_in())
        elif self._serial:
            if self._pty is None:
                self._pty = PtyWire(self._took)
                await self._pty.start()
            else:
                self._pty.plug()
            self.address = self._pty.address
            self._met(self._pty)
        elif self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
            self._port = int(self._server.sockets[0].getsockname()[1])
            self.address = f"tcp://127.0.0.1:{self._port}"

    async def _unplug(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await virtual_server.close(server)
        wire_, self._wire = self._wire, None
        if wire_ is not None:
            wire_.cut()
        dialling, self._dialling = self._dialling, None
        if dialling is not None:
            dialling.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()  # it came as the plug was pulled
            return
        one = TcpWire(reader, writer, self._took)
        self._met(one)
        self._spawn(one.serve())

    async def _dial_in(self) -> None:
        """Again and again, until it is connected; and when that has ended."""
        host, port = self._dial.rsplit(":", 1)
        mine = (self._dial_from, 0) if self._dial_from else None
        while True:
            try:
                reader, writer = await asyncio.open_connection(host, int(port), local_addr=mine)
            except OSError:
                await asyncio.sleep(DIAL_EVERY_S)
                continue
            one = TcpWire(reader, writer, self._took)
            self._met(one)
            await one.serve()

    def _met(self, one: Wire) -> None:
        older, self._wire = self._wire, one
        if older is not None and older is not one:
            older.cut()
        self._session = Session(self._now, self._listed, self.complaints)

    # --- records -----------------------------------------------------------------------------------

    def _took(self, one: Wire, heard: Record | Broken) -> None:
        session = self._session
        if one is not self._wire or session is None or self._silent:
            return
        try:
            if isinstance(heard, Broken):
                self.complaints.append(f"no record: {heard.why}")
                raise Violation(heard.why)
            answers, request = session.take(heard)
        except (Violation, wire.BadRecord) as broken:
            if isinstance(broken, wire.BadRecord):
                self.complaints.append(str(broken))
            one.cut()
            return
        for answer in answers:
            self._say(one, answer)
        if heard.id in ("KR", "KD", "KM", "KZ"):
            self.requests.append(heard)
        if request is not None:
            self._spawn(self._do(one, session, request))

    def _say(self, one: Wire, record: Record, damaged: bool = False) -> None:
        if self._silent:
            return
        self._outbox.put_nowait((one, record, damaged))

    async def _say_in_turn(self) -> None:
        while True:
            one, record, damaged = await self._outbox.get()
            if self._drop_at == record.id:
                self._drop_at = ""
                one.raw(wire.encode(record)[:6])
                one.cut()
                continue
            try:
                await one.say(record, damaged=damaged)
            except ConnectionError:
                self.complaints.append(f"{record.id}: not acknowledged")

    async def _do(self, one: Wire, session: Session, request: Request) -> None:
        asked = request.record
        trick, word = self._tricks.pop(0) if self._tricks else ("", "")
        if self._drop_at == "request":
            self._drop_at = ""
            one.cut()
            return
        if trick == "refuse":
            self._say(one, session.answer(asked, word))
            return
        if trick == "repeat" and self._last is not None:
            self._say(one, self._last)
        answer = self._last = await self.system.work(session, request)
        if trick == "late":
            await asyncio.sleep(float(word))
        elif trick == "hold":
            await self._release.wait()
            self._release.clear()
        elif trick == "never":
            return
        elif trick == "no-status":
            answer = wire.record(answer.id, [pair for pair in answer.fields if pair[0] != "AS"])
        elif trick == "wrong":
            self._say(one, _for_another(answer, word))
        if self._drop_at == "half":
            self._drop_at = ""
            one.raw(wire.encode(answer)[:-4])
            one.cut()
            return
        self._say(self._wire or one, answer, trick == "damaged")
        if trick == "twice":
            self._say(one, answer)

    # --- played with -------------------------------------------------------------------------------

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb not in self.verbs:
            raise ValueError(f"unknown verb {verb!r}; known: {', '.join(self.verbs)}")
        match verb, words:
            case ("busy" | "retry"), _:
                status = "BY" if verb == "busy" else "RY"
                self._tricks += [("refuse", status)] * int(words[0] if words else 1)
            case "refuse", (status,):
                self._tricks.append(("refuse", status))
            case ("wrong" | "late"), (word,):
                self._tricks.append((verb, word))
            case ("no-status" | "twice" | "repeat" | "damaged" | "hold" | "never"), ():
                self._tricks.append((verb, ""))
            case "release", ():
                self._release.set()
            case ("silent" | "speak"), ():
                self._silent = verb == "silent"
            case "drop", ():
                self._cut_now()
            case "drop", (where,):
                self._drop_at = where
            case "garbage", _:
                self._raw(bytes.fromhex(words[0]) if words else NOISE)
            case ("end" | "begin" | "ask"), ():
                self._link(verb)
            case "unplug", ():
                await self._unplug()
            case "plug", ():
                await self._plug()
            case ("cable-out" | "cable-in"), ():
                writers = [self._wire.writer] if isinstance(self._wire, TcpWire) else []
                self._cable.move(verb == "cable-out", self._server, writers)
            case "complaints", ():
                return {str(number): what for number, what in enumerate(self.complaints, 1)}
            case "show", ():
                return self._state() | self.system.play(verb)
            case _ if verb in CARD_VERBS:
                return self.system.play(verb, *words)
            case _:
                raise ValueError(f"{verb}: {self.verbs[verb]}")
        return self._state()

    def _state(self) -> dict[str, str]:
        link = self._session.stage if self._session and self._wire else Stage.NEW
        return {"link": link.name.lower()}

    def _cut_now(self) -> None:
        if self._wire is not None:
            self._wire.cut()

    def _raw(self, data: bytes) -> None:
        if self._wire is None:
            raise ValueError("nobody is connected")
        self._wire.raw(data)

    def _link(self, verb: str) -> None:
        if self._wire is None or self._session is None:
            raise ValueError("nobody is connected")
        if verb != "ask":
            self._session.stage = Stage.NEW
        self._say(self._wire, self._session.link_record("LE" if verb == "end" else "LS"))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _for_another(answer: Record, word: str) -> Record:
    field_ = {"workstation": "WS", "coder": "KC", "reservation": "G#", "room": "RN"}.get(word)
    if field_ is None:
        raise ValueError("wrong: workstation, coder, reservation or room")
    others = [(name, "OK" if name == "AS" else value) for name, value in answer.fields if name != field_]
    return wire.record(answer.id, [(field_, "999"), *others])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hardware.key_encoder.virtual_lock_server")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--dial", default="", help="HOST:PORT of the property's side")
    parser.add_argument("--serial", action="store_true", help="a pty instead of TCP")
    parser.add_argument("--sparse", action="store_true", help="take and tell as little as some real ones")
    parser.add_argument("--time-zone", type=ZoneInfo, help="of the house; this machine's if none")
    parser.add_argument("--no-uid", action="store_true", help="do not tell a card's UID")
    words = parser.parse_args()
    zone = words.time_zone
    server = VirtualLockServer(
        port=words.port,
        dial=words.dial,
        serial=words.serial,
        listed=Listed.sparse() if words.sparse else None,
        uids=not words.no_uid,
        now=lambda: datetime.now(UTC).astimezone(zone),
    )
    serve(server)


if __name__ == "__main__":
    main()
