"""Virtual ends on a serial line, as scanners and swipe readers have them: `hardware/virtual_serial.py`, played."""

from __future__ import annotations

from hardware.behaviour import VirtualEnd

# Honeywell's question, which `VirtualSerial` answers; asked with every status.
ASKING = {"ask": "16 4d 0d 63 62 72 65 6e 61 3f 2e", "answer": "43 42 52 45 4e 41 31 06 2e", "ask_every_s": "0"}


class SerialEnd(VirtualEnd):
    """A device with a question to ask."""

    VERBS = {"hang": ("mute",), "garble": ("babble",), "recover": ("speak",), "noise": ("garbage",)}
    options = ASKING
