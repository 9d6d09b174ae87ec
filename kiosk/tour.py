"""The guided tour: a guest's whole check-in, played by real touches in the real window.

It leaves in its folder: a picture of every screen, the printed slip as a picture, and what the key
card holds together with what the doors said to it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.language import language
from kiosk.prompts import (
    Busy,
    Choice,
    DateEntry,
    Farewell,
    LayKeyCard,
    PresentDocument,
    Prompt,
    ReadingChip,
    RegistrationCard,
    Scene,
    TextEntry,
    Welcome,
)
from kiosk.ui.accessible import Role
from kiosk.ui.finger import Finger

if TYPE_CHECKING:
    from kiosk.build import Running
    from kiosk.ui.app import KioskWindow

SCREEN_WITHIN_S = 30
MOST_PAGES = 5
SIGNATURE = [
    (0.2, 0.6), (0.25, 0.3), (0.32, 0.65), (0.36, 0.4), (0.42, 0.62), (0.5, 0.45), (0.58, 0.6), (0.7, 0.42), (0.8, 0.5)
]  # fmt: skip


class TourError(Exception):
    """The tour stopped: says where."""


async def guided(
    running: Running, window: KioskWindow, out: Path, serving: asyncio.Future[None], doorstep: int
) -> int:
    """Play it, after the scene `doorstep`. Returns 0 when the guest has key and slip, 1 with the reason printed."""
    tour = _Tour(running, window, out, doorstep)
    playing = asyncio.ensure_future(tour.play())
    await asyncio.wait({playing, serving}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not playing.done():
            playing.cancel()
            serving.result()
        await playing
    except TourError as error:
        print(f"The tour stopped: {error}")
        return 1
    print(f"A guest checked in. Pictures, slip and key are in {out}/")
    return 0


class _Tour:
    def __init__(self, running: Running, window: KioskWindow, out: Path, doorstep: int) -> None:
        self._kiosk = running
        self._doorstep = doorstep
        self._window = window
        self._out = out
        self._finger = Finger(window)
        self._pictures = 0
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("*-*.png"):
            old.unlink()

    async def play(self) -> None:
        await self._comes(Welcome, self._doorstep)  # before it nobody listens to a device
        await self._kiosk.bench.do("document_reader", "present", "ready")
        scene = await self._comes(Prompt, self._number)
        while not isinstance(scene.prompt, Farewell):
            scene = await self._acted(scene)
        await self._take_key()
        if isinstance(scene.prompt, Farewell) and scene.prompt.notice is not None:
            scene = await self._comes(Farewell, scene.number)  # without the reminder to take it
        await self._finger.tap("done")
        await self._comes(Welcome, scene.number)
        await self._keep_slip()

    @property
    def _number(self) -> int:
        scene = self._window.scene
        return scene.number if scene else 0

    async def _comes(self, kind: type[Prompt], after: int) -> Scene:
        """The next scene of this kind that is more than a moment's wait; its picture is taken."""
        for _ in range(SCREEN_WITHIN_S * 50):
            scene = self._window.scene
            if scene and scene.number > after and isinstance(scene.prompt, kind) and not isinstance(scene.prompt, Busy):
                self._picture(scene)
                return scene
            await asyncio.sleep(0.02)
        raise TourError(f"no {kind.__name__} within {SCREEN_WITHIN_S} s")

    def _picture(self, scene: Scene) -> None:
        self._shoot(language("en").say(scene.prompt.question))

    def _shoot(self, words: str) -> None:
        self._pictures += 1
        name = "-".join("".join(c.lower() if c.isalnum() else " " for c in words).split())
        self._window.screenshot(self._out / f"{self._pictures:02d}-{name[:40]}.png")

    async def _acted(self, scene: Scene) -> Scene:
        """Do what a guest would on this screen; returns the next one."""
        prompt = scene.prompt
        if isinstance(prompt, RegistrationCard):
            await self._register(prompt)
        elif isinstance(prompt, TextEntry):
            for _ in prompt.value:
                await self._finger.tap("key:erase")
            await self._type(_words(prompt))
            await self._finger.tap("go-on")
        elif isinstance(prompt, DateEntry):
            await self._pick(prompt)
        elif isinstance(prompt, ReadingChip):
            return await self._read_chip()
        elif isinstance(prompt, PresentDocument):
            await self._kiosk.bench.do("document_reader", "present", "ready-companion")
        elif isinstance(prompt, LayKeyCard):
            await self._kiosk.bench.do("key_encoder", "lift" if prompt.lifting else "lay-card")
            if any(option.id == "taken" for option in prompt.other):
                await self._finger.tap("option:taken")
        elif isinstance(prompt, Choice):
            await self._finger.tap(f"option:{prompt.options[0].id}")
        else:
            raise TourError(f"did not expect {type(prompt).__name__}")
        return await self._comes(Prompt, scene.number)

    async def _read_chip(self) -> Scene:
        """The document stays until it is read."""
        for _ in range(SCREEN_WITHIN_S * 50):
            scene = self._window.scene
            if scene and not isinstance(scene.prompt, ReadingChip):
                return await self._comes(Prompt, scene.number - 1)
            await asyncio.sleep(0.02)
        raise TourError(f"the chip is not read within {SCREEN_WITHIN_S} s")

    async def _register(self, prompt: RegistrationCard) -> None:
        """Take the document; fill in what is missing; else turn the pages of the card, and sign where the pad is."""
        await self._kiosk.bench.take_document()
        if any(row.missing for row in prompt.rows):
            return await self._finger.tap("fill-in")
        for _ in range(MOST_PAGES):
            nodes = {node.id: node for node in self._window.tree().walk()}
            pad = next((node for node in nodes.values() if node.role is Role.SIGNATURE), None)
            if pad is not None:
                await self._finger.sign(pad, SIGNATURE)
                self._shoot("signed")
            if "agree" in nodes:
                return await self._finger.tap("agree")
            await self._finger.tap("go-on")
            self._shoot("next-page")
        raise TourError("the card has no end")

    async def _type(self, words: str) -> None:
        for letter in words:
            await self._finger.tap(f"key:{letter.lower()}")

    async def _pick(self, prompt: DateEntry) -> None:
        day = prompt.latest - timedelta(days=1)
        await self._finger.tap(f"day:{day.isoformat()}")
        await self._finger.tap("go-on")

    async def _take_key(self) -> None:
        """Try the key at its door and at the next one, then lift it."""
        bench = self._kiosk.bench
        shown = await bench.do("key_encoder", "show")
        read = await self._kiosk.terminal.key_encoder.read(card_within_s=2)
        if read.key is None:
            raise TourError(f"the key can't be read back: {read.outcome}")
        key = read.key
        other = str(int(key.room) + 1)
        doors = {room: (await bench.do("key_encoder", "try-door", room))["door"] for room in (key.room, other)}
        late = (key.valid_until + timedelta(minutes=1)).isoformat()
        doors[f"{key.room} after check-out"] = (await bench.do("key_encoder", "try-door", key.room, late))["door"]
        await bench.do("key_encoder", "lift")
        told = {
            "card": {name: shown[name] for name in ("card", "uid", "content")},
            "room": key.room,
            "valid_from": key.valid_from.isoformat(),
            "valid_until": key.valid_until.isoformat(),
            "sequence": key.sequence,
            "doors": doors,
        }
        (self._out / "key.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")

    async def _keep_slip(self) -> None:
        last = await self._kiosk.bench.do("printer", "last")
        shutil.copyfile(last["path"], self._out / "slip.png")


def _words(prompt: TextEntry) -> str:
    """What the sample guest types."""
    question = prompt.question.key.lower()
    for word, answer in (("enter", "budapest"), ("country", "hungary"), ("postcode", "6720"), ("city", "szeged")):
        if word in question:
            return answer
    return "utopia"
