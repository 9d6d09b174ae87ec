"""A diagnosis asked for from outside the screen: by `kiosk diagnose`, in this process or over the kiosk's socket.

Words go both ways as JSON objects. From here: `{"begun": …}`, `{"please": …}`, `{"saw": question}`, `{"typed": question}`,
`{"progress": [1, 5]}`, `{"tried": …}`, at the end `{"done": diagnosis}` or `{"report": text}`, or `{"error": …}`; from
there only `{"said": true}` after a question, or false, or null, or what was typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hardware.checks import Check, Hands
from hardware.readings import DeviceEvent, Kind
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.parts import LABELS, Part, part, parts
from kiosk.diagnosis.report import accept
from kiosk.diagnosis.run import settled, try_all
from kiosk.diagnosis.told import diagnosis, tried_words

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

Tell = Callable[[dict[str, Any]], None]

SERVING = "a guest is being served: nothing is tried with hands now"
LOOK_EVERY_S = 0.2
"""So soon a guest who comes has the devices: what they lay down is theirs, not a check's."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: of which part ('' for all), whether checks are tried, by hands, as an acceptance."""

    part: str = ""
    tries: bool = True
    hands: bool = False
    acceptance: bool = False

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Wanted:
        """ValueError for words that are none of these."""
        unknown = set(words) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"diagnose: no {', '.join(sorted(unknown))}")
        return cls(
            part=str(words.get("part", "")),
            tries=words.get("tries", True) is True,
            hands=words.get("hands", False) is True,
            acceptance=words.get("acceptance", False) is True,
        )


async def diagnose(terminal: Terminal, wanted: Wanted, hands: Hands, tell: Tell) -> None:
    """Tell all of it. ValueError for a part that this terminal has not."""
    chosen = _chosen(terminal, wanted.part)

    def on_tried(tried: Tried) -> None:
        tell({"tried": tried_words(tried) | {"part": tried.part}})

    def on_begun(part: Part, check: Check) -> None:
        tell({"begun": {"part": part.id, "id": check.id, "label": check.label}})

    if wanted.acceptance:
        report = await accept(terminal, hands, on_tried=on_tried, on_begun=on_begun)
        tell({"report": report.raw.decode("ascii")})
        return
    tried = await try_all(terminal, chosen, hands, on_tried, on_begun) if wanted.tries else ()
    found = await settled(chosen, tried)
    recording = terminal.recorder.visits_left
    tell({"done": diagnosis(terminal.settings.kiosk.name, terminal.now(), found, tried, recording=recording)})


def _chosen(terminal: Terminal, id: str) -> tuple[Part, ...]:
    if not id:
        return parts(terminal)
    found = part(terminal, id)
    if found is not None:
        return (found,)
    there = ", ".join(each.id for each in parts(terminal))
    why = "kiosk.ini lists none" if id.replace("-", "_") in LABELS else "no such part"
    raise ValueError(f"{id}: {why}; there are: {there}")


class FarHands:
    """A person at the other end of a line, before this terminal all the same: sees devices, not its screen."""

    there = True

    def __init__(self, terminal: Terminal, tell: Tell, heard: asyncio.Queue[dict[str, Any]]) -> None:
        self._terminal = terminal
        self._tell = tell
        self._heard = heard

    async def please(self, words: str, picture: str = "") -> None:
        self._tell({"please": words})

    async def saw(self, question: str) -> bool | None:
        said = await self._answer({"saw": question})
        return said if isinstance(said, bool) else None

    async def writes(self, question: str) -> str | None:
        said = await self._answer({"typed": question})
        return said.strip() if isinstance(said, str) else None

    async def _answer(self, question: dict[str, Any]) -> Any:
        with suppress(asyncio.QueueEmpty):
            while True:  # an answer to an older question is none to this
                self._heard.get_nowait()
        self._tell(question)
        return (await self._heard.get()).get("said")

    async def event(self, kind: Kind, within_s: float) -> DeviceEvent | None:
        return await self._terminal.taps.next(kind, within_s)

    def progress(self, done: int, of: int) -> None:
        self._tell({"progress": [done, of]})


async def answer(
    terminal: Terminal, free: Callable[[], bool], asked: Any, tell: Tell, heard: asyncio.Queue[dict[str, Any]]
) -> None:
    """What was asked for over the socket, from the first word to `done`."""
    try:
        wanted = Wanted.of(asked if isinstance(asked, dict) else {"": asked})
        if wanted.hands and not free():
            tell({"error": SERVING})
            return
        if not wanted.hands:
            await diagnose(terminal, wanted, NO_HANDS, tell)
        else:
            with terminal.being_tested():
                ended = await _while_free(free, diagnose(terminal, wanted, FarHands(terminal, tell, heard), tell))
            if not ended:
                tell({"error": SERVING})
    except ValueError as wrong:
        tell({"error": str(wrong), "wrong": True})


async def _while_free(free: Callable[[], bool], work: Coroutine[Any, Any, None]) -> bool:
    """False: somebody came to the screen, and it was left off."""
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            if not free():
                return False
            await asyncio.wait({working}, timeout=LOOK_EVERY_S)
        working.result()
        return True
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
