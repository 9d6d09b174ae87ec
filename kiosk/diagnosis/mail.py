"""Checks of the mail server: whether it lets us in, without a letter; and by hand, whether a letter arrives.

What a guest's letter has shown counts as much as a check. No address is kept or told: of a test message only what
came of it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.hands import NOT_HERE, writer
from kiosk.mail import Amiss, Heard, Mail, letter
from kiosk.mail import Outcome as Sent

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

PART = "mail"
SERVER, LETTER = "mail.server", "mail.letter"
CERTIFICATE = "mail.certificate"
ADDRESS_WITHIN_S = 120.0  # typed with one finger
ARRIVES_WITHIN_S = 600.0  # a letter may be looked at by several servers on its way
DAYS_LEAST = 14.0

_ILL: dict[Amiss, CheckResult] = {
    Amiss.DOWN: CheckResult(Outcome.ILL, "The mail server can’t be reached.", fault="mail.down"),
    Amiss.SILENT: CheckResult(Outcome.ILL, "The mail server does not answer in time.", fault="mail.silent"),
    Amiss.INSECURE: CheckResult(Outcome.ILL, "No secure connection to the mail server comes about.", fault="mail.insecure"),
    Amiss.LOGIN: CheckResult(Outcome.ILL, "The mail server does not know our login.", fault="mail.login"),
    Amiss.REFUSES: CheckResult(Outcome.ILL, "The mail server takes no letters from us.", fault="mail.refuses"),
}


def checks(terminal: Terminal) -> tuple[Check, ...]:
    """In the order in which they are tried; () where nothing goes by e-mail."""
    mail = terminal.mail
    if mail is None:
        return ()
    within_s = mail.section.within_s + 3
    return (
        Check(SERVER, "Lets us in", _server(mail, terminal.now), within_s=within_s),
        Check(
            LETTER, "A test message arrives", _letter(mail, terminal.settings.kiosk.name, terminal.now), hands=True,
            moves=True, within_s=ADDRESS_WITHIN_S + within_s + ARRIVES_WITHIN_S,
        ),
    )  # fmt: skip


def noted(terminal: Terminal, heard: Heard) -> None:
    """What a guest's letter has shown of the server. That it refuses letters no look can show to be over."""
    if not heard.news:
        return
    if heard.amiss is None:
        _write(terminal, SERVER, CheckResult(Outcome.WELL, "The mail server lets us in."))
    if heard.amiss in (None, Amiss.REFUSES):
        well = CheckResult(Outcome.WELL, "The mail server took a letter.")
        _write(terminal, LETTER, well if heard.amiss is None else _ILL[heard.amiss])
    else:
        _write(terminal, SERVER, _ILL[heard.amiss])


def _write(terminal: Terminal, check: str, result: CheckResult) -> None:
    label = next(each.label for each in checks(terminal) if each.id == check)
    terminal.book.write(Tried(PART, check, label, result, terminal.now()), terminal.clock.monotonic())


def _server(mail: Mail, now: Callable[[], datetime]) -> Run:
    async def run(hands: Hands) -> CheckResult:
        began_s = time.monotonic()
        heard = await mail.look()
        took_ms = round((time.monotonic() - began_s) * 1000, 1)
        if heard.amiss is not None:
            return _ILL[heard.amiss]
        answer = Measured("mail-answer", "Greeting, encryption and login", took_ms, "ms", most=mail.section.within_s * 1000)
        if heard.certificate_ends is None:
            return CheckResult(Outcome.WELL, "The mail server lets us in.", (answer,))
        days = round((heard.certificate_ends - now()).total_seconds() / 86400, 1)
        measured = (answer, Measured("mail-certificate", "Certificate is good for", days, "days", least=DAYS_LEAST))
        if days < DAYS_LEAST:
            return CheckResult(Outcome.ILL, "The mail server’s certificate ends soon: tell who runs it.", measured, CERTIFICATE)
        return CheckResult(Outcome.WELL, "The mail server lets us in.", measured)

    return run


def _letter(mail: Mail, kiosk: str, now: Callable[[], datetime]) -> Run:
    """To an address that a technician types, who says whether it came."""

    async def run(hands: Hands) -> CheckResult:
        at_hand = writer(hands)
        if at_hand is None:
            return NOT_HERE
        to = await at_hand.writes("Send a test message to which address?")
        if not to:
            return CheckResult(Outcome.SKIPPED, "No address was given.")
        words = f"This is a test message of the terminal {kiosk}. It was asked for by a technician; nobody need answer it."
        try:
            message = letter(mail.section, to, f"Test message of {kiosk}", words, letter_id=secrets.token_hex(16), at=now())
        except ValueError:
            return CheckResult(Outcome.UNSURE, "This is no address that a letter can be sent to.")
        return await _arrived(hands, await mail.try_letter(to, message))

    return run


async def _arrived(hands: Hands, heard: Heard) -> CheckResult:
    if heard.outcome is Sent.WRONG_ADDRESS:
        return CheckResult(Outcome.UNSURE, "The mail server does not know this address.")
    if heard.outcome is not Sent.SENT:
        later = CheckResult(Outcome.UNSURE, "The mail server does not take it now: try once more in some minutes.")
        return later if heard.amiss is None else _ILL[heard.amiss]
    came = await hands.saw("Has the test message arrived? It may take a minute.")
    if came is None:
        return CheckResult(Outcome.UNSURE, "The mail server took the message; nobody has said whether it arrived.")
    if not came:
        return CheckResult(Outcome.ILL, "The mail server took the message, and it did not arrive.", fault="mail.lost")
    return CheckResult(Outcome.WELL, "The test message arrived.")
