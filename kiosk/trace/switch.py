"""The recorder's switch, as the kiosk's Unix socket reaches it."""

from __future__ import annotations

from kiosk.trace.recorder import Recorder


class Switch:
    """`on [VISITS]`, `off`, `show`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb == "on":
            if len(words) > 1 or not all(word.isascii() and word.isdigit() for word in words):
                raise ValueError("how many visits, as a number")
            self._recorder.switch_on(*map(int, words))
        elif verb == "off":
            self._recorder.switch_off()
        elif verb != "show":
            raise ValueError("on, off or show")
        last = self._recorder.last
        told = {"recording": f"the next {self._recorder.visits_left}" if self._recorder.on else "no"}
        return told | ({"last": str(last)} if last else {})
