"""What can go wrong between a document's chip and this package.

    PassportError
    ├── Malformed       bytes that their own standard does not allow (TLV, LDS, CMS, APDU)
    ├── Refused         the chip answered with a status word that is not success; `.sw`
    │   └── NoApplication   … to the selection of the eMRTD application: no travel document, or a closed one
    ├── AccessDenied    BAC or PACE did not succeed: the password does not fit this chip
    ├── Guarded         the chip counts wrong passwords, and one more would block it: nothing is tried
    ├── SessionBroken   secure messaging was violated: no answer is believed, the session is gone
    └── Unsupported     a mechanism of the standard that this chip wants and we do not speak
        └── TooLong     … or an answer that this reader can't carry

No message carries what was read: lengths, tags, status words and algorithm names only.
"""

from __future__ import annotations


class PassportError(Exception):
    """Root of this package's errors."""


class Malformed(PassportError):
    """Bytes that the standard does not allow."""


class Refused(PassportError):
    """A status word other than success."""

    def __init__(self, sw: int, doing: str) -> None:
        self.sw = sw
        super().__init__(f"{doing}: {sw:04X}")


class NoApplication(Refused):
    """There is no eMRTD application here, or it is not opened to us yet (6982)."""


class AccessDenied(PassportError):
    """The password does not open this chip."""


class Guarded(PassportError):
    """One more wrong password, and the chip takes none any more."""


class SessionBroken(PassportError):
    """A protected answer whose protection is missing or wrong."""


class Unsupported(PassportError):
    """A mechanism that is not spoken here."""


class TooLong(Unsupported):
    """An answer longer than chip and reader between them can carry."""
