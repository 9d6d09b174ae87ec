"""A virtual scanner on a pty: `python -m hardware.scanner.virtual [--end cr|crlf|lf] [--no-aim]`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from hardware.scanner.contract import Symbology
from hardware.scanner.serial_wire import encode
from hardware.virtual_process import serve
from hardware.virtual_serial import ENDS, SLOW_S, VirtualSerial


class VirtualScanner(VirtualSerial):
    """Scans what it is told. `aim` False: sends no AIM identifier, as many do from the factory."""

    def __init__(self, end: bytes = b"\r", aim: bool = True) -> None:
        super().__init__()
        self._end = end
        self._aim = aim
        self.verbs = {
            "scan": "read a code: scan TEXT [qr|pdf417|data-matrix|aztec|code128|ean|other|unknown]",
            "scan-file": "read a code whose content is a file: scan-file PATH [SYMBOLOGY]",
            "slow": "read a code over a slow line: slow TEXT [SYMBOLOGY]",
            "partial": "lose the end of a code: partial TEXT",
            **self.verbs,
        }

    async def play(self, verb: str, *words: str) -> dict[str, str]:
        if verb not in self.verbs:
            return await super().play(verb, *words)
        if not 1 <= len(words) <= 2:
            raise ValueError(self.verbs[verb])
        text = words[0]
        if verb == "scan-file":
            data = await asyncio.to_thread(Path(words[0]).read_bytes)
            text = data.decode("utf-8", "surrogateescape")
        symbology = Symbology(words[1]) if len(words) == 2 else Symbology.QR
        sent = encode(text, symbology if self._aim else Symbology.UNKNOWN, self._end)
        if verb == "partial":
            sent = sent[: -len(self._end)]
        await self.send(sent, SLOW_S if verb == "slow" else 0.0)
        return {"bytes": str(len(sent))}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hardware.scanner.virtual")
    parser.add_argument("--end", choices=ENDS, default="cr")
    parser.add_argument("--no-aim", action="store_true")
    words = parser.parse_args()
    serve(VirtualScanner(ENDS[words.end], not words.no_aim))


if __name__ == "__main__":
    main()
