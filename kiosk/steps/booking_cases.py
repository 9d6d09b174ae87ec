"""One honest screen for each state that a found booking can be in, each with a next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hardware.readings import Kind
from kiosk.facts import Facts, sure
from kiosk.help_given import put_down
from kiosk.hotel.model import Reservation, Stay
from kiosk.journey import Ended, TurnTo
from kiosk.language import Days, T, Text, verbatim
from kiosk.prompts import Choice, Chosen, DateEntry, Option, Picked, Tone
from kiosk.steps import staff_help, vouch
from kiosk.steps.searches import whose
from kiosk.steps.take_over import Allowed, Refused, unless_allowed
from kiosk.visit import Visit
from kiosk.welcome import MY_KEY

_AROUND_DAYS = 90
"""The calendar of a guest among others of the same name tells nothing of the others' stays."""


async def which_booking(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the booking to check in now or to go on with, and whose the document is.

    Any other case has its honest screen, and the journey ends.
    """
    document = sure(facts.document)
    booking, pays_later = await _to_check_in(visit, facts)
    has_key = booking.stay is Stay.IN_HOUSE and not await _key_owed(visit, booking)
    if has_key:
        await _already_here(visit, replace(facts, reservation=booking))
    guest = whose(document, booking) or booking.guest
    return replace(facts, reservation=booking, guest=guest, has_key=has_key, pays_later=pays_later)


async def _to_check_in(visit: Visit, facts: Facts) -> tuple[Reservation, bool]:
    """The booking, and whether a colleague let them pay later."""
    today, pays_later = visit.terminal.today(), False
    booking = await _the_one(visit, facts, today)
    await put_down(visit.terminal, visit.helped, booking.id)
    if booking.stay is Stay.IN_HOUSE:
        return booking, False
    await _not_today(visit, booking, today)
    if booking.alerts:
        await led_to_a_person(
            visit,
            T("The desk has something for you"),
            T("A colleague would like to see you in person before you go up. They know you are here."),
            "alert",
            code="ALERT",
            reservation_id=booking.id,
            refused=staff_help.alert(booking),
        )
    if booking.rooms > 1:
        allowed = await led_to_a_person(
            visit,
            T("Your booking has {count} rooms", count=booking.rooms),
            T("A colleague will give you all the keys together. They know you are here."),
            "two-rooms",
            code="ROOMS",
            reservation_id=booking.id,
            refused=staff_help.rooms(booking),
        )
        booking = sure(allowed.booking)
    if booking.balance is not None and booking.balance.amount > 0:
        allowed = await led_to_a_person(
            visit,
            T("Please pay at the desk"),
            T("{amount} is still due on your booking. After that your key is a minute away.", amount=booking.balance),
            "colleague",
            code="BALANCE",
            reservation_id=booking.id,
            refused=staff_help.balance(booking),
        )
        booking, pays_later = sure(allowed.booking), staff_help.pays_later(allowed)
    await _told_of_company(visit, booking)
    return booking, pays_later


async def led_to_a_person(
    visit: Visit,
    question: Text,
    help_text: Text,
    picture: str,
    *,
    code: str = "",
    reservation_id: str = "",
    back: bool = True,
    refused: Refused | None = None,
) -> Allowed:
    """Say it, tell the desk (with `code`), and end the journey; it goes on where a colleague comes and allows
    what was `refused`. Once somebody was told there is no Back."""
    if code:
        visit.terminal.tell_desk(code, f"{visit.terminal.settings.kiosk.name}: a guest waits ({code})", reservation_id)
    prompt = Choice(question=question, help=help_text, picture=picture, options=(Option("done", T("All right")),))
    back = back and not code
    answer = await unless_allowed(visit, prompt, refused, back=back) if refused else await visit.ask(prompt, back=back)
    if isinstance(answer, Allowed):
        return answer
    raise Ended


async def _key_owed(visit: Visit, booking: Reservation) -> bool:
    """Checked in here without a key, and the desk has made none either since."""
    if not visit.terminal.key_still_owed(booking.id):
        return False
    keys = await visit.while_waiting(visit.terminal.hotel.keys(booking.id), T("Opening your booking"))
    return not any(key.active and key.card_uid for key in keys)


async def _the_one(visit: Visit, facts: Facts, today: date) -> Reservation:
    """Of several: the one for today; of several for today, the one the guest can tell apart."""
    fitting = facts.fitting
    if len(fitting) == 1:
        return fitting[0]
    live = [b for b in fitting if b.stay in (Stay.RESERVED, Stay.IN_HOUSE)] or list(fitting)
    now = [b for b in live if b.arrival <= today < b.departure] or live
    if len(now) == 1:
        return now[0]
    if len({b.guest.profile_id for b in now}) == 1:
        return await _own_bookings(visit, now)
    answer = await visit.ask(
        DateEntry(
            question=T("On which day do you leave?"),
            help=T("More than one guest has this name. The date tells us which booking is yours."),
            earliest=today - timedelta(days=_AROUND_DAYS),
            latest=today + timedelta(days=_AROUND_DAYS),
        )
    )
    leaving = [b for b in now if isinstance(answer, Picked) and b.departure == answer.day]
    if len(leaving) != 1:
        due = [b for b in now if vouch.may_arrive(b, today)]
        allowed = await led_to_a_person(
            visit,
            T("Several guests have this name"),
            T("So that nobody gets another guest’s room, a colleague will help you."),
            "colleague",
            code="SAME-NAME",
            refused=vouch.same_name(sure(facts.document), facts.portrait, due) if due else None,
        )
        return sure(allowed.booking)
    return leaving[0]


async def _own_bookings(visit: Visit, bookings: list[Reservation]) -> Reservation:
    """All of one person: they may see and choose among their own."""
    today = visit.terminal.today()
    bookings = sorted(bookings, key=lambda b: (not b.arrival <= today < b.departure, b.arrival, b.departure, b.id))[:4]
    options = tuple(
        Option(b.id, T("{days} · {room}", days=Days(b.arrival, b.departure), room=verbatim(b.room_type_name or b.room_type)))
        for b in bookings
    )
    answer = await visit.ask(
        Choice(
            question=T("Which booking is it?"),
            help=T("You have several."),
            picture="calendar",
            options=(*options, Option("none", T("None of these"), quiet=True)),
            equals=True,
        )
    )
    if answer == Chosen("none"):
        await visit.call_person("BOOKING")
        raise Ended
    return next(b for b in bookings if answer == Chosen(b.id))


async def _already_here(visit: Visit, facts: Facts) -> None:
    """Returns for a guest who wants their slip: the power may have gone before they had it, or saw the way."""
    booking = sure(facts.reservation)
    lost: tuple[Option, ...] = ()
    help_text = T("If your key is lost or does not open, a colleague will help you at once.")
    if visit.terminal.works(Kind.KEY_ENCODER):
        lost = (MY_KEY,)
        help_text = T("If your key is lost, we make you a new one here. If it does not open, a colleague will help you.")
    slip = (Option("slip", T("Print my slip"), quiet=True),) if visit.terminal.checked_in_here(booking.id) else ()
    answer = await visit.ask(
        Choice(
            question=T("You are already checked in"),
            help=help_text,
            picture="already-in",
            options=(Option("done", T("All right")), *lost, *slip, Option("person", T("Call us"), quiet=True)),
        )
    )
    if answer == Chosen(MY_KEY.id):
        raise TurnTo(MY_KEY.id, facts)
    if answer == Chosen("slip"):
        return
    if answer == Chosen("person"):
        await visit.call_person("KEY", booking.id)
    raise Ended


async def _not_today(visit: Visit, booking: Reservation, today: date) -> None:
    """Returns for a booking that may check in today."""
    if vouch.may_arrive(booking, today):
        return  # yesterday's arrival whom nobody closed as a no-show is simply late
    if booking.stay is Stay.RESERVED and booking.arrival > today:
        await led_to_a_person(
            visit,
            T("Your booking begins on {day}", day=booking.arrival),
            T("We look forward to seeing you then. If you need a room today, please ask at the desk."),
            "calendar",
        )
    question, help_text, picture, code = _PAST.get(booking.stay, _LATE)
    await led_to_a_person(visit, question, help_text, picture, code=code, reservation_id=booking.id)


async def _told_of_company(visit: Visit, booking: Reservation) -> None:
    """Shared with another guest, or one of a party: said, without a word about the others."""
    if booking.shares_with:
        question = T("You share this room")
        help_text = T("Another guest is booked into this room with you. Each of you gets your own key.")
        picture = "shared-room"
    elif booking.linked:
        question = T("Your party has more than one room")
        help_text = T("We check in your room now. The other guests please come with their own document.")
        picture = "two-rooms"
    else:
        return
    answer = await visit.ask(
        Choice(
            question=question,
            help=help_text,
            picture=picture,
            tone=Tone.PLAIN,
            options=(Option("go-on", T("Go on")), Option("person", T("Call us"), quiet=True)),
        )
    )
    if answer == Chosen("person"):
        await visit.call_person("PARTY", booking.id)


_Case = tuple[Text, Text, str, str]
_PAST: dict[Stay, _Case] = {
    Stay.CANCELLED: (
        T("This booking was cancelled"),
        T("If that is a mistake, our colleague at the desk will gladly look for a room."),
        "cancelled",
        "CANCELLED",
    ),
    Stay.NO_SHOW: (
        T("We expected you earlier"),
        T("Your booking was closed when you did not arrive. A colleague will see what can be done."),
        "calendar",
        "NO-SHOW",
    ),
    Stay.CHECKED_OUT: (
        T("This stay has ended"),
        T("You are checked out. If something is still open, a colleague will help you."),
        "calendar",
        "CHECKED-OUT",
    ),
    Stay.WAITLISTED: (
        T("Your booking is on the waiting list"),
        T("A colleague will see whether there is a room for you."),
        "queue",
        "WAITLIST",
    ),
}
_LATE: _Case = (
    T("We expected you earlier"),
    T("Your booking began before today. A colleague will see to it at once."),
    "calendar",
    "LATE",
)
