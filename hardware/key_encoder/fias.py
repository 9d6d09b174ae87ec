"""Key encoder of a lock maker's server, asked by FIAS (Oracle, FIAS interface specification 2.20).

In FIAS the property's side (the interface) sends KR and listens on a port; the lock server is the
client that dials in. The kiosk is the property's side here. How they meet:

    address = tcp://192.0.2.20:5010                  the kiosk dials: lock servers that listen themselves,
                                                     and gateways before one
    address = tcp://192.0.2.5:5010  listen = yes     as the specification has it: the lock server dials the
                                                     kiosk at this address of the kiosk's own; one at a time,
                                                     a newer connection replaces the older
    address = serial:///dev/ttyS0?baud=9600          a line of its own, with ENQ, ACK, NAK and LRC

Options: `coder` (KC, the lock system's encoder here), `workstation` (WS), `answer_within_s` (30 to 300),
`listen` and `server` (the only address that may dial in; it must be said unless only this machine can),
`charset` (cp1252), `time_zone` (the hotel's; this machine's if none), `key_options` (KO as it is).

The encoder belongs to the lock server: it waits for the card, writes it and reads it back. The kiosk
is told of none of this but the end, so a card can't be waited out, looked at or taken back, and no
sequence is known. An answer that did not come in time is owed: until it has come, or so much time has
passed that it never will, nothing else is asked (BUSY), or it would be taken for the next one's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import ClassVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import (
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
    Fault,
)
from hardware.key_encoder import fias_options
from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.contract import Cut, CutResult, Issue, KeyEncoder, Opens, RoomKey
from hardware.key_encoder.fias_connection import Connection
from hardware.key_encoder.fias_link import first_of, only
from hardware.key_encoder.fias_options import read_options
from hardware.key_encoder.fias_requests import Requests
from hardware.key_encoder.fias_wire import BadRecord, KeyType, Record
from hardware.key_encoder.fias_wire import Status as As
from hardware.readings import Reading, State, Status

AT_ONCE_S = 3.0  # NR sooner than this: nobody waited for a card, the encoder itself is away

_KEY_TYPE = {
    Issue.NEW: KeyType.NEW,
    Issue.DUPLICATE: KeyType.DUPLICATE,
    Issue.ONE_SHOT: KeyType.ONE_SHOT,
}
_NEEDED = {"KR": ("RN", "KT"), "KD": ("RN",), "KM": ("RN", "RO"), "KZ": ()}
_UNKNOWN_BEGIN = datetime.fromtimestamp(0, UTC)


class FiasKeyEncoder(KeyEncoder):
    """Asks a lock server for keys; one request at a time, each with its deadline."""

    OPTIONS: ClassVar[frozenset[str]] = fias_options.NAMES

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        self._options = read_options(settings)
        self._turn = asyncio.Lock()
        self._took_s = 0.0  # from the last request to its answer
        self._requests = Requests(self.name, self._options.answer_within_s)
        self.connection = Connection(self.name, self._options, self._requests)

    async def open(self) -> None:
        """DeviceSilent where no LA comes to our LS."""
        self.connection.on_loss = self.ask_me
        await self.connection.open()

    async def close(self) -> None:
        await self.connection.close()

    async def status(self) -> Status:
        """By its last sign of life."""
        link = await self.connection.heard_lately()
        owed = self._requests.owed
        readings = (
            Reading("server", "Lock server", link.server),
            Reading("coder", "Encoder", self._options.coder),
            Reading("owed", "Answers owed", str(owed), level=State.NEEDS_CARE if owed else State.WELL),
            Reading("strange", "Strange records", str(self._requests.strange + self.connection.strangers)),
            Reading("noise", "Noise", str(link.noise)),
        )
        return Status(State.NEEDS_CARE if owed else State.WELL, readings=readings, proven_s=link.heard_s)

    async def lives(self) -> bool | None:
        """By LS: a lock server answers it also while it waits for a card, or nobody knows whether it does."""
        return await self.connection.answers()

    @property
    def answers_owed(self) -> int:
        """How many answers did not come in time and may still come."""
        return self._requests.owed

    # --- the kind's calls --------------------------------------------------------------------------

    async def cut(
        self,
        key: RoomKey,
        *,
        card_within_s: float,
        issue: Issue = Issue.NEW,
        reservation: str = "",
        not_uids: frozenset[bytes] = frozenset(),
        only_uid: bytes = b"",
        after_s: float | None = None,
        on_card: Callable[[bytes], None] | None = None,
        on_late: Callable[[CutResult], None] | None = None,
    ) -> CutResult:
        """KR. The lock server writes whatever card its encoder has or gets: `not_uids`, `only_uid` and
        `after_s` can't be promised, a person lays down the right one first. DONE on KA with OK alone,
        with the UID where $2 says it; `key` is None, nothing was read back by us. `on_card` is called
        as the request goes out: from then on it can't be called back. DeviceSilent, DeviceGone,
        DeviceNonsense after that: nobody knows whether a card was written, until `on_late` tells. ValueError
        for a key that can't stand in a record; a master key is none: KT has no word for one, the lock maker's own
        system makes it.
        """
        if key.opens is not Opens.ROOM:
            raise ValueError("FIAS knows no master keys")
        fields = {**self._where(), **self._of_key(key, reservation), "KT": _KEY_TYPE[issue], "K#": "1"}
        fields["KO"] = self._options.key_options
        within_s = max(card_within_s, self._options.answer_within_s)
        answer = await self._ask("KR", fields, within_s, on_card, _as_result(on_late) if on_late else None)
        if answer is not None and answer.get("AS") == As.NO_RESPONSE and self._took_s >= AT_ONCE_S:
            return CutResult(Cut.NO_CARD)
        return self._ended(answer)

    async def read(self, *, card_within_s: float) -> CutResult:
        """KZ. The lock server decides how long its encoder waits for a card, whatever `card_within_s` says.

        `key.sequence` is 0 and an unknown beginning 1970: FIAS says neither. Without RN and GD there is
        no `key`, though the card is one of the house.
        """
        result, answer = await self._look()
        if answer is None or result.outcome is not Cut.DONE:
            return result
        return CutResult(Cut.DONE, result.uid, key=self._key_in(answer))

    async def erase(self, *, card_within_s: float) -> CutResult:
        """KZ, then KD: FIAS deletes the keys of a guest in a room, not one card. After it no key of that
        guest is good (at an offline door once it has learnt so), also those that don't lie here."""
        result, answer = await self._look()
        if answer is None or result.outcome is not Cut.DONE:
            return result
        if not answer.get("RN"):
            return CutResult(Cut.NOT_A_KEY, result.uid)
        return CutResult(await self.void(answer.get("RN"), answer.get("G#")), result.uid)

    async def void(self, room: str, reservation: str) -> Cut:
        """KD: the keys of that guest in that room are good no more, wherever they are."""
        fields = {**self._where(), "RN": room, "G#": reservation}
        return self._ended(await self._ask("KD", fields, self._options.answer_within_s)).outcome

    async def move(self, key: RoomKey, *, old_room: str, reservation: str) -> Cut:
        """KM: the guest's keys move to `key.room`. Whether old cards open the new door is the lock maker's."""
        fields = {**self._where(), **self._of_key(key, reservation), "RO": old_room}
        return self._ended(await self._ask("KM", fields, self._options.answer_within_s)).outcome

    async def lies_there(self) -> bool | None:
        """None: the encoder is the lock server's, and FIAS has no question for it that moves nothing."""
        return None

    # --- one request and its answer ----------------------------------------------------------------

    def _where(self) -> dict[str, str]:
        now = self._options.local(datetime.now(UTC))
        return {"WS": self._options.workstation, "KC": self._options.coder, **wire.now_fields(now)}

    def _of_key(self, key: RoomKey, reservation: str) -> dict[str, str]:
        begin, end = self._options.local(key.valid_from), self._options.local(key.valid_until)
        if not key.room or end <= begin:
            raise ValueError("a key is for a room, and ends after it begins")
        return {
            "RN": key.room,
            "G#": reservation,
            "GA": wire.date_field(begin),
            "GD": wire.date_field(end),
            "DT": wire.time_field(end),
        }

    def _key_in(self, answer: Record) -> RoomKey | None:
        try:
            until = self._options.aware(wire.moment(answer.get("GD"), answer.get("DT")))
            begin = answer.get("GA")
            since = self._options.aware(wire.moment(begin, "")) if begin else _UNKNOWN_BEGIN
        except BadRecord:
            return None
        return RoomKey(answer.get("RN"), since, until, 0) if answer.get("RN") else None

    async def _look(self) -> tuple[CutResult, Record | None]:
        """What KZ says of the card on the encoder: DONE is a key of the house."""
        answer = await self._ask("KZ", self._where(), self._options.answer_within_s)
        match answer.get("AS") if answer else "":
            case As.NO_RESPONSE:
                return CutResult(Cut.NO_CARD), answer
            case As.UNPROCESSABLE if answer:
                return CutResult(Cut.NOT_A_KEY, wire.read_uid(answer.get("$2"))), answer
        return self._ended(answer), answer

    async def _ask(
        self,
        name: str,
        fields: Mapping[str, str],
        within_s: float,
        on_card: Callable[[bytes], None] | None = None,
        on_late: Callable[[Record], None] | None = None,
    ) -> Record | None:
        """The answer; None where it was not our turn. RY is asked again once, within the same time."""
        until_s = monotonic() + within_s
        wire.encode(wire.record(name, fields), charset=self._options.charset)
        try:
            async with asyncio.timeout(within_s):
                await self._turn.acquire()
        except TimeoutError:
            return None
        try:
            answer = None
            for _ in range(2):
                if self._requests.owed or monotonic() >= until_s:
                    return None
                answer = await self._exchange(name, fields, until_s, on_card, on_late)
                if answer.get("AS") != As.RETRY:
                    break
                on_card = None
            return answer
        finally:
            self._turn.release()

    async def _exchange(
        self,
        name: str,
        fields: Mapping[str, str],
        until_s: float,
        on_card: Callable[[bytes], None] | None,
        on_late: Callable[[Record], None] | None,
    ) -> Record:
        link = self.connection.live()
        if not link.up.is_set():
            raise DeviceSilent(self.name, Fault.KEY_ENCODER_SILENT, "the link has not begun")
        wanted = link.takes(name)
        if wanted is not None and (not wanted or any(one not in wanted for one in _NEEDED[name])):
            raise DeviceRefused(self.name, Fault.KEY_ENCODER_REFUSED, f"takes no {name} with what it needs")
        record = wire.record(name, only(fields, wanted))
        if on_card is not None:
            on_card(b"")
        asked = self._requests.begin(name, fields, on_late)
        try:
            async with asyncio.timeout(until_s - monotonic()):
                await link.send(record)
                await first_of(asked.answer, link.ended)
            if not asked.answer.done():
                raise link.trouble or ConnectionResetError("the link ended")
        except OSError as trouble:
            if self.connection.replaced(link):  # the newer one is not lost
                raise DeviceSilent(self.name, Fault.KEY_ENCODER_SILENT, "the lock server dialled anew") from trouble
            raise self.connection.error(trouble) from trouble
        finally:
            self._requests.end(answered=asked.answer.done())
        self._took_s = monotonic() - asked.sent_s
        return asked.answer.result()

    def _ended(self, answer: Record | None) -> CutResult:
        """What AS says, as a result or a fault."""
        if answer is None:
            return CutResult(Cut.BUSY)
        match answer.get("AS"):
            case As.OK:
                return CutResult(Cut.DONE, wire.read_uid(answer.get("$2")))
            case As.BUSY | As.RETRY:
                return CutResult(Cut.BUSY)
            case As.NO_GUEST | As.NO_ACCOUNT:
                return CutResult(Cut.ROOM_UNKNOWN)
            case As.NO_RESPONSE:
                raise DeviceRefused(self.name, Fault.KEY_ENCODER_NO_CODER, "AS NR")
            case "":
                raise DeviceNonsense(self.name, Fault.KEY_ENCODER_NONSENSE, "an answer without AS")
            case status:
                said = f"AS {status}" if len(status) == 2 and status.isalnum() else "AS, not two letters"
                raise DeviceRefused(self.name, Fault.KEY_ENCODER_REFUSED, said)


def _as_result(on_late: Callable[[CutResult], None]) -> Callable[[Record], None]:
    """Of a late answer only that a card was written is worth telling: all else stays unsure."""

    def heard(answer: Record) -> None:
        if answer.get("AS") == As.OK:
            on_late(CutResult(Cut.DONE, wire.read_uid(answer.get("$2"))))

    return heard


DRIVER = FiasKeyEncoder
