"""Get a room: keep the assigned one if it is ready, else a ready one that fits; then check in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from hardware.readings import Kind
from kiosk.effects.check_in import AssignRoom, CheckIn, PrintSlip
from kiosk.facts import Facts, sure
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Obstacle, Reservation, Room, RoomState, Stay
from kiosk.journey import Ended
from kiosk.language import T, Text
from kiosk.prompts import Choice, Chosen, Option
from kiosk.slips import queue_slip
from kiosk.steps import staff_help
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.steps.take_over import Allowed, unless_allowed
from kiosk.visit import Visit

_ROOM_WORDS = T("Preparing your room")


async def get_room(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with a room, checked in at the hotel."""
    booking = sure(facts.reservation)
    check_in = CheckIn(reservation_id=booking.id)
    if visit.terminal.unsure_of(check_in):
        booking = await visit.while_waiting(_found_out(visit, check_in), T("Checking you in"))
    if booking.stay is Stay.IN_HOUSE and booking.room is not None:
        visit.done_something = True  # checked in before, by a power cut or a lost answer: key or slip is still owed
        room = await visit.while_waiting(visit.terminal.hotel.room(booking.room.number), _ROOM_WORDS)
        return replace(facts, room=room, sharer_in_house=await _sharer_in_house(visit, booking))
    ready = await visit.while_waiting(_assigned(visit, booking), _ROOM_WORDS)
    while ready is None:
        booking = await _not_ready(visit, booking, facts.pays_later)
        ready = await visit.while_waiting(_assigned(visit, booking, said_ready=True), _ROOM_WORDS)
    while obstacles := await visit.while_waiting(_obstacles(visit, booking.id, facts.pays_later), _ROOM_WORDS):
        allowed = await led_to_a_person(
            visit,
            T("A colleague will help you with one thing"),
            T("Your room is kept for you. The desk has been told and will finish your check-in at once."),
            "colleague",
            code="OBSTACLE",
            reservation_id=booking.id,
            refused=staff_help.obstacle(
                booking.id, obstacles, partial(_obstacles, reservation_id=booking.id, pays_later=facts.pays_later)
            ),
        )
        facts = replace(facts, pays_later=facts.pays_later or staff_help.pays_later(allowed))
    check_in = CheckIn(reservation_id=booking.id, pays_later=facts.pays_later)
    await visit.while_waiting(visit.once(check_in), T("Checking you in"))
    return replace(facts, room=ready, sharer_in_house=await _sharer_in_house(visit, booking))


async def _found_out(visit: Visit, check_in: CheckIn) -> Reservation:
    """After an answer that was lost: the booking as it stands, and the ledger in order if it was done."""
    booking = await visit.terminal.hotel.reservation(check_in.reservation_id)
    if booking.stay is Stay.IN_HOUSE:
        await visit.once(check_in)
    return booking


async def _obstacles(visit: Visit, reservation_id: str, pays_later: bool) -> tuple[Obstacle, ...]:
    found = await visit.terminal.hotel.obstacles(reservation_id)
    return tuple(each for each in found if not (pays_later and each.code == staff_help.PAYMENT_DUE))


async def _assigned(visit: Visit, booking: Reservation, *, said_ready: bool = False) -> Room | None:
    """The room that is now assigned and ready, or None. `said_ready`: a colleague says so of the assigned one,
    and the hotel does not refuse it."""
    hotel = visit.terminal.hotel
    if booking.room is not None:
        kept = await hotel.room(booking.room.number)
        if said_ready or await _ready(visit, booking, kept):
            return kept
        if booking.do_not_move or booking.shares_with:
            return None
    for room in await hotel.free_rooms(booking):
        if not booking.wants <= room.features or room.state is not RoomState.INSPECTED or room.occupied:
            continue
        try:
            await visit.once(AssignRoom(reservation_id=booking.id, room=room.number))
        except HotelError as error:
            if error.trouble is not Trouble.CONFLICT:
                raise
            continue  # another kiosk was faster: the next room
        return room
    return None


async def _ready(visit: Visit, booking: Reservation, room: Room) -> bool:
    """Inspected and vacant; a room shared with a guest who is in it already is ready too."""
    vacant = room.state is RoomState.INSPECTED and not room.occupied
    return vacant or await _sharer_in_house(visit, booking)


async def _sharer_in_house(visit: Visit, booking: Reservation) -> bool:
    for other in booking.shares_with:
        if (await visit.terminal.hotel.reservation(other)).stay is Stay.IN_HOUSE:
            return True
    return False


async def _not_ready(visit: Visit, booking: Reservation, pays_later: bool) -> Reservation:
    """Say so, say when, offer to wait with a number. Returns the booking whose room a colleague says is ready."""
    terminal = visit.terminal
    prints = terminal.works(Kind.PRINTER)
    still = partial(_obstacles, reservation_id=booking.id, pays_later=pays_later)
    refused = staff_help.room_not_ready(booking, still)
    answer = await unless_allowed(
        visit,
        Choice(
            question=T("Your room is not ready yet"),
            help=_when(visit),
            picture="queue",
            options=(
                Option("wait", T("Print a waiting number") if prints else T("Get a waiting number")),
                Option("person", T("Call us"), quiet=True),
            ),
        ),
        refused,
    )
    if isinstance(answer, Allowed):
        return sure(answer.booking)
    if answer == Chosen("person"):
        await visit.call_person("ROOM", booking.id)
        raise Ended
    number, new = terminal.ledger.number_of(terminal.ledger.opaque(booking.id), terminal.today().isoformat())
    if new:
        terminal.tell_desk("WAITING", f"{terminal.settings.kiosk.name}: number {number} waits for a room", booking.id)
    slip = queue_slip(terminal.settings, visit.language, number, terminal.now())
    printed = await visit.try_to_print(PrintSlip(visit=visit.id, what="queue", reservation_id=booking.id).of(slip))
    help_text = T("It is on your slip. Please have a seat, then come back to this screen with your document.")
    if not printed:
        help_text = T("Please remember it. Have a seat, then come back to this screen with your document.")
    allowed = await led_to_a_person(
        visit, T("Your number is {number}", number=number), help_text, "queue", refused=refused
    )
    return sure(allowed.booking)


def _when(visit: Visit) -> Text:
    """When it will be ready, as far as the house can promise."""
    terminal = visit.terminal
    promised = terminal.settings.hotel.check_in_from
    if terminal.now().time() < promised:
        return T("Rooms are ready from {time}. Your registration is done; only the room is still being prepared.", time=promised)
    return T("It is being prepared now. The desk knows that you are waiting, and you keep your place.")
