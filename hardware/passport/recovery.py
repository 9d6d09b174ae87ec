"""What a reading does when the chip drops its session: once more and carefully, then without what led there.

Chips drop a session over what they do not know (a short file identifier, an extended length), over a file that
they keep closed, and rather than prove what they can't. Which of these it was is found out by elimination, each
once: so a reading ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from hardware.passport.files import File
from hardware.passport.secure_messaging import Session


class Proving(Enum):
    """What the chip is being asked to prove."""

    CHIP = "chip authentication"
    ACTIVE = "active authentication"


class Turn(Enum):
    """How it goes on."""

    CAREFULLY = "opened anew, with the least that every chip can, without the files that are avoided"
    COPIED = "the chip is a copy: it does not answer under the keys of chip authentication"
    NO_CHIP_AUTHENTICATION = "the chip is a copy: it gave up the session over chip authentication"
    NO_ACTIVE_AUTHENTICATION = "the chip is a copy: it gave up the session over active authentication"


@dataclass
class Recovery:
    """Of one reading. `avoided`: files that are not asked for any more. `unconfirmed`: the session of chip
    authentication, until the chip answers in it."""

    avoided: set[File] = field(default_factory=set)
    careful: bool = False
    proving: Proving | None = None
    unconfirmed: Session | None = None
    suspect: File | None = None  # refused outside the protection: perhaps with the session

    def refused(self, file: File, session: Session | None) -> None:
        """A file was; the chip may have dropped the session with it."""
        if session and session.doubtful:
            self.suspect = self.suspect or file

    def dropped(self, file: File) -> None:
        """The session was, over this file: or over how it was asked for, so that is changed first."""
        if self.careful:
            self.suspect = self.suspect or file

    def in_doubt(self, session: Session | None) -> bool:
        """Whether nobody knows if the session that ends well is still one."""
        return bool(self.suspect and session and session.doubtful)

    def confirmed(self, session: Session | None) -> bool:
        """True once: when the chip has answered under chip authentication's keys, which is the proof."""
        if self.unconfirmed is None or self.unconfirmed is not session or not session.confirmed:
            return False
        self.unconfirmed = None
        return True

    def after(self, session: Session | None) -> Turn | None:
        """What to do after this one; None: to give up."""
        if session is None:
            return None
        silent = self.unconfirmed is session and not session.confirmed
        if silent and self.careful:
            self.unconfirmed = None
            return Turn.COPIED
        if silent or (session.doubtful and (self.suspect or not self.careful)):
            if self.suspect:
                self.avoided.add(self.suspect)
            self.careful, self.suspect = True, None
            return Turn.CAREFULLY
        proving, self.proving = self.proving, None
        if proving is None:
            return None
        return Turn.NO_CHIP_AUTHENTICATION if proving is Proving.CHIP else Turn.NO_ACTIVE_AUTHENTICATION
