"""The slip by e-mail, where no paper comes: to the address that the hotel has, or to one that the guest types."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from hardware.printer.contract import Slip
from kiosk.effects.mail import NotMailed, SendMail
from kiosk.facts import Facts, sure
from kiosk.hotel.backend import HotelError
from kiosk.language import T, Text, language, verbatim
from kiosk.mail import Outcome, letter
from kiosk.prompts import Choice, Chosen, Keys, Option, TextEntry, Tone, Typed
from kiosk.registration.fields import LONGEST_EMAIL, Wrong, email_address
from kiosk.slips import as_text
from kiosk.visit import Visit

log = structlog.get_logger()

_NO = Option("no", T("I don’t need it"), quiet=True)
_WRONG = T("The mail server does not know this address. Please look at it once more.")


async def mail_slip(visit: Visit, facts: Facts, slip: Callable[[], Slip]) -> bool:
    """Whether it was sent, or will be as soon as the mail server answers. `slip`: as it is at this moment."""
    address, error = await _on_file(visit, facts), None
    if address and (answer := await visit.ask(to_this_address(address))) != Chosen("send"):
        if answer == Chosen(_NO.id):
            return False
        address = ""
    while True:
        if error is not None or not address:
            address = (await visit.ask_for(Typed, which_address(address, error))).text.strip()
        if not address:
            return False
        try:
            effect = _effect(visit, facts, slip(), email_address(address))
            result = await visit.while_waiting(visit.once(effect), T("Sending your e-mail"))
        except Wrong as wrong:
            error = wrong.text
        except ValueError:
            error = _WRONG
        except NotMailed as refused:
            error = _WRONG
            if refused.outcome is Outcome.REFUSED:
                _tell_desk(visit)
                visit.notice(T("E-mail can’t be sent now. All you need to know is on the next screen."))
                return False
        else:
            later = T("The mail server does not answer now: your slip is sent as soon as it does.")
            visit.notice(later if result["later"] else T("Your slip is on its way to you by e-mail"), Tone.OK)
            return True


async def _on_file(visit: Visit, facts: Facts) -> str:
    """As the profile has it of who has just shown their document; '' where the hotel knows none or does not answer."""
    guest = sure(facts.guest)
    if not guest.email and guest.profile_id:
        try:
            guest = await visit.while_waiting(visit.terminal.hotel.guest(guest.profile_id), T("One moment, please"))
        except HotelError as error:
            log.warning("no address asked for", trouble=error.trouble)
    try:
        return email_address(guest.email)
    except Wrong:
        return ""


def _effect(visit: Visit, facts: Facts, slip: Slip, address: str) -> SendMail:
    """ValueError for an address that can't be written to."""
    terminal, tongue = visit.terminal, language(visit.language)
    effect = SendMail(
        visit=visit.id,
        what="stay",
        to=terminal.ledger.opaque("mail", address),
        reservation_id=sure(facts.reservation).id,
    )
    subject = tongue.say(T("Your stay at {hotel}", hotel=verbatim(terminal.settings.hotel.name)))
    message = letter(
        sure(terminal.mail).section,
        address,
        subject,
        as_text(slip),
        letter_id=effect.key(terminal.ledger),
        at=terminal.now(),
    )
    return effect.of(address, message)


def _tell_desk(visit: Visit) -> None:
    visit.terminal.tell_desk("MAIL", f"{visit.terminal.settings.kiosk.name}: the mail server takes no letters from here")


def to_this_address(address: str) -> Choice:
    return Choice(
        question=T("Shall we send it to this address?"),
        help=T("All that would be on the paper, as an e-mail. The kiosk keeps the address no longer than it takes to send it."),
        details=((T("E-mail"), verbatim(address)),),
        options=(Option("send", T("Send it")), Option("other", T("Another address")), _NO),
    )


def which_address(value: str, error: Text | None) -> TextEntry:
    return TextEntry(
        question=T("What is your e-mail address?"),
        help=T("All that would be on the paper, as an e-mail. Leave it empty to go on without it."),
        keys=Keys.EMAIL,
        value=value,
        max_length=LONGEST_EMAIL,
        optional=True,
        error=error,
        action=T("Send it"),
    )
