"""A virtual swipe reader on a pty: `python -m hardware.document_reader.virtual [--end cr|crlf|lf] [--framed]`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date

from hardware.document_reader.contract import Sex, Source, TravelDocument
from hardware.document_reader.serial_mrz_wire import encode
from hardware.passport.mrz import Form, build
from hardware.virtual_process import serve
from hardware.virtual_serial import ENDS, SLOW_S, VirtualSerial

# The holder of ICAO's specimens, with documents that are valid until 2034.
SPECIMEN = TravelDocument(
    source=Source.MRZ, document_code="P", issuer="UTO", number="L898902C3", surname="ERIKSSON",
    given_names="ANNA MARIA", name_truncated=False, nationality="UTO", born=date(1974, 8, 12), born_text="740812",
    sex=Sex.FEMALE, expires=date(2034, 4, 15),
)  # fmt: skip
SPECIMENS = {
    "td1": build(replace(SPECIMEN, document_code="I", number="D23145890"), Form.TD1),
    "td2": build(replace(SPECIMEN, document_code="I", number="D23145890"), Form.TD2),
    "td3": build(SPECIMEN, Form.TD3),
}


class VirtualReader(VirtualSerial):
    """Reads what is swiped through it: two or three lines as they are printed."""

    def __init__(self, end: bytes = b"\r", framed: bool = False) -> None:
        super().__init__()
        self._end = end
        self._framed = framed
        self.verbs = {
            "present": "swipe a document: present LINE1 LINE2 [LINE3]",
            "specimen": "swipe ICAO's specimen: specimen [td1|td2|td3]",
            "slow": "swipe a document over a slow line: slow LINE1 LINE2 [LINE3]",
            "swipe-bad": "swipe ICAO's specimen with one digit misread",
            "partial": "swipe too fast, the end is missing: partial [LINE1 LINE2 [LINE3]]",
            **self.verbs,
        }

    async def play(self, verb: str, *words: str) -> dict[str, str]:
        if verb in ("present", "slow"):
            if len(words) not in (2, 3):
                raise ValueError(self.verbs[verb])
            lines = words
        elif verb == "specimen":
            size = words[0] if words else "td3"
            if size not in SPECIMENS:
                raise ValueError(self.verbs[verb])
            lines = SPECIMENS[size]
        elif verb == "swipe-bad":
            good = SPECIMENS["td3"]
            lines = (good[0], good[1].replace("740812", "740612"))
        elif verb == "partial":
            lines = words or SPECIMENS["td3"]
        else:
            return await super().play(verb, *words)
        sent = encode(tuple(lines), self._end, self._framed)
        if verb == "partial":
            sent = sent[: len(sent) * 2 // 3]
        await self.send(sent, SLOW_S if verb == "slow" else 0.0)
        return {"lines": str(len(lines))}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hardware.document_reader.virtual")
    parser.add_argument("--end", choices=ENDS, default="cr")
    parser.add_argument("--framed", action="store_true", help="STX before, ETX after")
    words = parser.parse_args()
    serve(VirtualReader(ENDS[words.end], words.framed))


if __name__ == "__main__":
    main()
