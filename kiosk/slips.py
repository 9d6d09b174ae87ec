"""What is printed: the guest's slip and the number of one who waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hardware.printer.contract import Align, Block, Pair, QRCode, Rule, Size, Slip, Space, TextLine
from kiosk.hotel.model import Reservation, Room
from kiosk.language import DayOfYear, Language, T, Text, language
from kiosk.settings import Settings
from kiosk.way import floor_name, way_to

CAMERA = T("Point your phone’s camera at this code")


def wifi_code(name: str, password: str) -> str:
    """The text of a Wi-Fi QR code (`WIFI:T:WPA;S:…;P:…;;`, escapes as phones read them)."""
    for sign in '\\;,":':
        name, password = name.replace(sign, "\\" + sign), password.replace(sign, "\\" + sign)
    return f"WIFI:T:WPA;S:{name};P:{password};;" if password else f"WIFI:T:nopass;S:{name};;"


def guest_slip(settings: Settings, code: str, booking: Reservation, room: Room) -> Slip:
    """Hotel, name, floor and way, Wi-Fi, times; the room's number only where the hotel wants it."""
    tongue = language(code)
    name = f"{booking.guest.given_name} {booking.guest.family_name}".strip()
    blocks: list[Block] = [*_head(settings), TextLine(name, bold=True, align=Align.CENTER), Space()]
    if settings.slip.room_number:
        blocks += [
            TextLine(tongue.say(T("Room")), align=Align.CENTER, rtl=tongue.rtl),
            TextLine(room.number, Size.HUGE, bold=True, align=Align.CENTER),
        ]
    blocks += [
        TextLine(tongue.say(floor_name(room.floor)), bold=True, align=Align.CENTER, rtl=tongue.rtl),
        TextLine(tongue.say(way_to(settings.slip, room).words), align=Align.CENTER, rtl=tongue.rtl),
        Space(),
        Rule(),
        *(Pair(tongue.say(label), tongue.say(value), rtl=tongue.rtl) for label, value in stay_facts(settings, booking)),
        Rule(),
        *_wifi(settings, tongue),
        Space(),
        TextLine(tongue.say(T("Have a lovely stay")), align=Align.CENTER, rtl=tongue.rtl),
    ]
    return Slip(tuple(blocks))


def stay_facts(settings: Settings, booking: Reservation) -> tuple[tuple[Text, Text], ...]:
    """What a guest wants to know: the same on paper and screen."""
    until = booking.departure_time or settings.hotel.check_out_until
    facts = [(T("Check-out"), T("{day}, until {time}", day=DayOfYear(booking.departure), time=until))]
    if settings.slip.breakfast:
        facts.insert(0, (T("Breakfast"), T("{times}", times=settings.slip.breakfast)))
    if settings.hotel.telephone:
        facts.append((T("Front desk"), T("{telephone}", telephone=settings.hotel.telephone)))
    return tuple(facts)


def queue_slip(settings: Settings, code: str, number: int, now: datetime) -> Slip:
    """The number of a guest who waits for a room."""
    tongue = language(code)
    return Slip(
        (
            *_head(settings),
            TextLine(tongue.say(T("Your number")), align=Align.CENTER, rtl=tongue.rtl),
            TextLine(str(number), Size.HUGE, bold=True, align=Align.CENTER),
            Space(),
            TextLine(tongue.say(T("Your room is being made ready.")), align=Align.CENTER, rtl=tongue.rtl),
            TextLine(
                tongue.say(T("Come back to the kiosk with your document.")), align=Align.CENTER, rtl=tongue.rtl
            ),
            Rule(),
            TextLine(tongue.say(T("{when}", when=now)), Size.SMALL, align=Align.CENTER, rtl=tongue.rtl),
        )
    )


def as_text(slip: Slip) -> str:
    """What stands on it, for an e-mail; codes and pictures are left out."""
    lines = [line for block in slip.blocks if (line := _as_line(block)) is not None]
    return "\n".join(lines).strip("\n") + "\n"


def _as_line(block: Block) -> str | None:
    match block:
        case TextLine(text=text):
            return text
        case Pair(label=label, value=value):
            return f"{label}: {value}"
        case Rule() | Space():
            return ""
        case _:
            return None


def text_slip(settings: Settings, code: str, title: Text, paragraphs: Sequence[Text]) -> Slip:
    """A longer text that a guest wants to take along."""
    tongue = language(code)
    blocks: list[Block] = [*_head(settings), TextLine(tongue.say(title), bold=True, rtl=tongue.rtl)]
    for paragraph in paragraphs:
        blocks += [Space(), TextLine(tongue.say(paragraph), rtl=tongue.rtl)]
    return Slip(tuple(blocks))


def _head(settings: Settings) -> tuple[Block, ...]:
    return (TextLine(settings.hotel.name, Size.LARGE, bold=True, align=Align.CENTER), Space(), Rule(), Space())


def _wifi(settings: Settings, tongue: Language) -> tuple[Block, ...]:
    slip = settings.slip
    if not slip.wifi_name:
        return ()
    lines = [T("Wi-Fi: {name}", name=slip.wifi_name)]
    if slip.wifi_password:
        lines.append(T("Password: {password}", password=slip.wifi_password))
    return (
        Space(),
        *(TextLine(tongue.say(line), align=Align.CENTER, rtl=tongue.rtl) for line in lines),
        QRCode(wifi_code(slip.wifi_name, slip.wifi_password)),
        TextLine(tongue.say(CAMERA), Size.SMALL, align=Align.CENTER, rtl=tongue.rtl),
    )
