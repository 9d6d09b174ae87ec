"""What an error says of a check, and which reasons speak against a document."""

from __future__ import annotations

import pytest

from hardware.passport.errors import Malformed, PassportError, SessionBroken, TooLong, Unsupported
from hardware.passport.findings import Answer, Finding, Reason


@pytest.mark.parametrize(
    ("error", "reason", "answer"),
    [
        (Unsupported("RSA 8192"), Reason.UNSUPPORTED, Answer.NOT_POSSIBLE),
        (TooLong("512 bytes"), Reason.TOO_LONG, Answer.NOT_POSSIBLE),
        (Malformed("61"), Reason.MALFORMED, Answer.NO),
        (SessionBroken("changed"), Reason.MALFORMED, Answer.NO),
    ],
)
def test_what_an_error_says(error: PassportError, reason: Reason, answer: Answer) -> None:
    found = Finding.of(error)
    assert (found.reason, found.answer, found.detail) == (reason, answer, str(error))
