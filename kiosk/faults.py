"""The one table of faults: how bad it is, what the guest is told, what the technician is told, what still works.

Every code of `hardware.errors.Fault` and every `Trouble` of the hotel has its row; a test holds
the table whole, and `hardware/FAULTS.md` is made of it (`kiosk faults --markdown`). The guest's words
say what is so and what can be done, never whose fault it is; the technician's where to look and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from hardware.errors import Fault
from kiosk.hotel.backend import Trouble
from kiosk.language import T, Text
from kiosk.mail import Amiss


class Severity(StrEnum):
    """What a fault costs, the worst first."""

    STOPS = "stops"  # a guest can't finish here alone
    HINDERS = "hinders"  # something is not offered; a guest can finish all the same
    WARNS = "warns"  # nothing is missing yet


COSTS: dict[Severity, Text] = {
    Severity.STOPS: T("Guests can’t finish here alone"),
    Severity.HINDERS: T("Guests can finish, something is not offered"),
    Severity.WARNS: T("Guests miss nothing yet"),
}
"""A severity as a technician reads it."""


@dataclass(frozen=True)
class Words:
    """`question`, `help` and `picture` are the guest's screen; `hint` and `drawing` the technician's.

    `still` says what the kiosk can do meanwhile. `drawing` is "" where the guest's picture shows it too.
    """

    question: Text
    help: Text
    picture: str
    hint: Text
    still: Text
    severity: Severity
    drawing: str = ""

    @property
    def shows(self) -> str:
        """The drawing for the technician."""
        return self.drawing or self.picture


def _noticed(what: Text) -> Text:
    return T("{what} The terminal notices by itself.", what=what)


def _looked_at(what: Text) -> Text:
    return T("{what} The terminal looks again within a quarter of an hour.", what=what)


def _then_restart(what: Text) -> Text:
    return T("{what} Then start the kiosk anew.", what=what)


@dataclass(frozen=True)
class _Part:
    """What all faults of one part have in common."""

    question: Text
    help: Text
    picture: str
    severity: Severity
    still: Text
    after: Callable[[Text], Text] | None = _noticed
    """What follows a hint: how the repair comes to be known."""

    def row(
        self, hint: Text, drawing: str = "", *, question: Text | None = None, picture: str = "",
        severity: Severity | None = None, still: Text | None = None,
    ) -> Words:  # fmt: skip
        return Words(
            question or self.question, self.help, picture or self.picture, self.after(hint) if self.after else hint,
            still or self.still, severity or self.severity, drawing,
        )  # fmt: skip


_PLUG = "repair-plug"  # a USB plug, at the device and at the computer
_POWER = "repair-power"  # off, five seconds, on
_NETWORK = "repair-network"  # the network cable, its lamps
_SETTINGS = "repair-settings"  # kiosk.ini and the credentials
_CUTTER = "repair-cutter"  # the wheel that draws the blade back
_EXCHANGE = "repair-exchange"

_NOT_NOW = T("We are looking after it. You can try again, or a colleague will help you.")
_KEYS_HELP = T("Your check-in is safe. A colleague will make your key at once.")
_PAPER_HELP = T("All you need to know is on the screen too. We have told the desk.")

_CARDS = _Part(
    T("The card reader does not answer"), _NOT_NOW, "reader-gone", Severity.HINDERS,
    T("Guests notice nothing. Staff sign in with their number and PIN, where that is allowed."),
)  # fmt: skip
_DOCUMENTS = _Part(
    T("The document reader does not answer"), _NOT_NOW, "reader-gone", Severity.STOPS,
    T("A guest’s booking is found by its code; a colleague looks at the document. Staff make keys."),
)  # fmt: skip
_ENCODER = _Part(
    T("Key cards can’t be made here right now"), _KEYS_HELP, "encoder-gone", Severity.STOPS,
    T("Guests check in; the desk makes their key."),
)  # fmt: skip
_PRINTER = _Part(
    T("The printer is not working"), _PAPER_HELP, "printer-paper", Severity.HINDERS,
    T("Guests check in and have their key; what the slip says stands on the screen."),
)  # fmt: skip
_SCANNER = _Part(
    T("The code scanner does not answer"), _NOT_NOW, "reader-gone", Severity.HINDERS,
    T("Guests begin with their document, or type their booking’s number."),
)  # fmt: skip
_ANY = _Part(
    T("Something here is not set up yet"), _NOT_NOW, "colleague", Severity.STOPS,
    T("All other devices work."), _then_restart,
)  # fmt: skip

FAULTS: dict[Fault, Words] = {
    Fault.CARD_READER_GONE: _CARDS.row(
        T("Check the USB plug, at the reader and at the computer; “pcsc_scan” must list the reader."), _PLUG
    ),
    Fault.CARD_READER_SILENT: _CARDS.row(
        T("Unplug the reader for five seconds."), _PLUG
    ),
    Fault.CARD_READER_NONSENSE: _CARDS.row(
        T("Unplug the reader for five seconds, then lay a card on it. If it answers nonsense again: wrong model, or damaged firmware. Exchange it."), _EXCHANGE
    ),
    Fault.CARD_READER_NO_STAFF_KEY: _CARDS.row(
        T("The secret for staff cards is missing or can’t be read: install the credential “staff-card-key”, mode 0600."),
        _SETTINGS,
    ),
    Fault.DOCUMENT_READER_GONE: _DOCUMENTS.row(
        T("Check the reader’s plugs; its port must be the one in kiosk.ini (“ls /dev/serial/by-id”)."), _PLUG
    ),
    Fault.DOCUMENT_READER_SILENT: _DOCUMENTS.row(
        T("Switch the reader off and on. If it stays silent, compare baud rate and “ask” in kiosk.ini with its manual."),
        _POWER,
    ),
    Fault.DOCUMENT_READER_NONSENSE: _DOCUMENTS.row(
        T("Compare baud rate, parity and output format in kiosk.ini with the reader’s manual. Where only chips are not read: unplug the reader for five seconds, then lay a document on it."), _SETTINGS
    ),
    Fault.KEY_ENCODER_GONE: _ENCODER.row(
        T("Check the encoder’s plug. Where a lock server makes the keys: its power, the network cable, the address in kiosk.ini."),
        _PLUG,
    ),
    Fault.KEY_ENCODER_SILENT: _ENCODER.row(
        T("Unplug the encoder for five seconds. Where a lock server makes the keys: start its interface to the hotel anew."),
        _PLUG,
    ),
    Fault.KEY_ENCODER_NONSENSE: _ENCODER.row(
        T("Unplug the encoder for five seconds, then lay a card on it. If it answers nonsense again, exchange it. Where a lock server makes the keys: that port does not speak FIAS."),
        _EXCHANGE,
    ),
    Fault.KEY_ENCODER_NO_PROPERTY_KEY: _ENCODER.row(
        T("The secret for keys is missing or can’t be read: install the credential “property-key”, mode 0600."),
        _SETTINGS,
    ),
    Fault.KEY_ENCODER_NO_CODER: _ENCODER.row(
        T("The lock server can’t reach its encoder: check the encoder’s plug, and “coder” in kiosk.ini."), _PLUG
    ),
    Fault.KEY_ENCODER_REFUSED: _ENCODER.row(
        T("The lock server refuses the request: its own log says why."), _SETTINGS
    ),
    Fault.PRINTER_GONE: _PRINTER.row(
        T("Check the printer’s power, its cable and the address in kiosk.ini."), _NETWORK
    ),
    Fault.PRINTER_SILENT: _PRINTER.row(
        T("It is connected and says nothing: another computer may hold it. Switch it off and on."), _POWER
    ),
    Fault.PRINTER_NONSENSE: _PRINTER.row(
        T("What answers at this address is no ESC/POS printer: check address and model."), _SETTINGS
    ),
    Fault.PRINTER_PAPER_OUT: _PRINTER.row(
        T("Open the cover, lay in a roll of 80 mm with the print side up, close the cover."),
        question=T("The printer is out of paper"),
    ),
    Fault.PRINTER_PAPER_LOW: _PRINTER.row(
        T("Have a roll ready: the paper is near its end."),
        question=T("The printer is out of paper"), severity=Severity.WARNS, still=T("Slips are printed until the roll ends."),
    ),
    Fault.PRINTER_COVER_OPEN: _PRINTER.row(
        T("Close the cover until it clicks on both sides."),
        question=T("The printer’s cover is open"), picture="printer-cover",
    ),
    Fault.PRINTER_CUTTER: _PRINTER.row(
        T("The cutter is jammed: switch the printer off, turn the cutter’s wheel until the blade is hidden, take the paper out, switch it on."),
        _CUTTER, picture="printer-cover",
    ),
    Fault.PRINTER_OVERHEATED: _PRINTER.row(
        T("The print head is too hot: wait a few minutes, and keep its vents free.")
    ),
    Fault.PRINTER_OFFLINE: _PRINTER.row(
        T("The printer was set offline: press its feed button.")
    ),
    Fault.PRINTER_BROKEN: _PRINTER.row(
        T("Switch the printer off and on. If this comes again, exchange it."), _POWER
    ),
    Fault.SCANNER_GONE: _SCANNER.row(
        T("Check the scanner’s plug; its port must be the one in kiosk.ini (“ls /dev/serial/by-id”)."), _PLUG
    ),
    Fault.SCANNER_SILENT: _SCANNER.row(
        T("Unplug the scanner for five seconds."), _PLUG
    ),
    Fault.SCANNER_NONSENSE: _SCANNER.row(
        T("Compare the scanner’s baud rate and suffix (CR), or its keyboard layout, with kiosk.ini. A camera: unplug it for five seconds."), _SETTINGS
    ),
    Fault.SCANNER_DARK: _SCANNER.row(
        T("The camera sees only black: is something on its lens, or no light on?")
    ),
    Fault.NO_DRIVER: _ANY.row(
        T("kiosk.ini names a driver that does not exist, or what it needs is not installed: “kiosk config check” says which."),
        _SETTINGS,
    ),
    Fault.BAD_ADDRESS: _ANY.row(
        T("kiosk.ini has an address that this driver can’t use, or the right to open the port is missing."), _SETTINGS
    ),
    Fault.BAD_OPTION: _ANY.row(
        T("“kiosk config check” says which key of kiosk.ini is wrong."), _SETTINGS
    ),
}  # fmt: skip

JOURNAL_FULL = _ENCODER.row(
    T("The disk is full or read-only: no key is cut that can’t be written down. Make room.")
)

_HOTEL = _Part(
    T("We can’t reach the hotel’s system"),
    T("Nothing is lost. Please try again in a minute, or let a colleague help you."),
    "hotel-down",
    Severity.STOPS,
    T("Staff make keys for the rooms that this terminal knows; messages and signed cards wait, sealed."),
)
_REFUSES = _Part(
    T("A colleague will help you with this"),
    T("The hotel’s system does not allow this step here. The desk can help you at once."),
    "colleague",
    Severity.HINDERS,
    T("All but that step; the desk does it."),
    after=None,
)
_AWAY = _HOTEL.row(
    T("The hotel’s system does not answer as it should: check the network, and “url” in kiosk.ini. The log says which call."),
    _NETWORK,
)
_NO = _REFUSES.row(T("The hotel’s system refused; its code is in the log."), _SETTINGS)

TROUBLES: dict[Trouble, Words] = {
    Trouble.DOWN: _AWAY,
    Trouble.TIMEOUT: _AWAY,
    Trouble.BROKEN: _AWAY,
    Trouble.UNAUTHORISED: _HOTEL.row(
        T("The hotel’s gateway does not know these credentials: “hotel-credentials.json” must be the one it gave out."),
        _SETTINGS,
    ),
    Trouble.REFUSED: _NO,
    Trouble.CONFLICT: _NO,
    Trouble.NOT_FOUND: _NO,
}

_MAIL = _Part(
    T("E-mail can’t be sent now"), _PAPER_HELP, "printer-paper", Severity.HINDERS,
    T("E-mail is not offered; slips are printed, and stand on the screen. Letters that wait are sent later."),
    _looked_at,
)  # fmt: skip
MAIL: dict[str, Words] = {
    Amiss.DOWN: _MAIL.row(T("Nobody answers at [mail] server in kiosk.ini: check the address, and whether the mail server runs."), _NETWORK),
    Amiss.SILENT: _MAIL.row(T("The mail server does not answer in time: check the network, the port, and the house’s firewall."), _NETWORK),
    Amiss.INSECURE: _MAIL.row(
        T("No secure connection comes about: check [mail] security and the port; for a certificate of the house’s own give [mail] ca."),
        _SETTINGS,
    ),
    Amiss.LOGIN: _MAIL.row(T("The mail server does not know our login: install the credential “mail-credentials.json” anew."), _SETTINGS),
    Amiss.REFUSES: _MAIL.row(
        T("The mail server takes no letters from us: [mail] sender must be allowed there. Then send a test message."), _SETTINGS
    ),
    "certificate": _MAIL.row(
        T("The mail server’s certificate ends soon: tell who runs it."), _SETTINGS, severity=Severity.WARNS
    ),
    "lost": _MAIL.row(
        T("The mail server took a message that did not arrive: look into its log and the spam folder. Then send a test message."),
        _SETTINGS,
    ),
}  # fmt: skip

_COMPUTER = _Part(
    T("This terminal needs looking after"), _NOT_NOW, "colleague", Severity.WARNS,
    T("Everything works on, as long as the computer can."), _looked_at,
)  # fmt: skip
_LINE = _Part(
    T("We can’t reach the hotel’s system"), _NOT_NOW, "hotel-down", Severity.WARNS,
    T("All, as long as the hotel’s system answers."), _looked_at,
)  # fmt: skip
MACHINE: dict[str, Words] = {
    "disk": _COMPUTER.row(
        T("Make room on the disk, or exchange it if nothing can be written."), _EXCHANGE, severity=Severity.STOPS
    ),
    "memory": _COMPUTER.row(T("Start the kiosk anew; if memory runs short again, report it."), _POWER, severity=Severity.HINDERS),
    "temperature": _COMPUTER.row(T("Clean the fan, free the vents, keep the sun off."), _POWER),
    "load": _COMPUTER.row(T("See with “top” what keeps the processor busy; if it is the kiosk, report it."), _POWER),
    "clock": _COMPUTER.row(T("Switch on systemd-timesyncd or chrony, and let it through the firewall."), _SETTINGS),
    "files": _COMPUTER.row(T("Start the kiosk anew, and report it: too many files are open."), _POWER),
}  # fmt: skip
NETWORK: dict[str, Words] = {
    "gateway": _LINE.row(T("Check the network cable, the switch, and the gateway that was given to this computer."), _NETWORK),
    "names": _LINE.row(T("Check the name service that was given to this computer, and “url” in kiosk.ini."), _NETWORK),
    "clock": _LINE.row(
        T("This clock and the hotel’s differ: set this one right, or tell who runs the hotel’s system."), _SETTINGS,
        severity=Severity.HINDERS,
    ),
    "tls": _LINE.row(T("Tell who runs the hotel’s gateway: its certificate ends soon, or is not to be trusted."), _SETTINGS),
    "round-trip": _LINE.row(
        T("Calls are lost or slow: check cable, switch and the house’s line."), _NETWORK, severity=Severity.HINDERS
    ),
}  # fmt: skip
"""Of the line alone: what guests miss of it is the hotel's fault, in its own rows."""

TABLE: dict[str, Words] = {
    **{fault.value: words for fault, words in FAULTS.items()},
    "journal.full": JOURNAL_FULL,
    **{f"hotel.{trouble}": words for trouble, words in TROUBLES.items()},
    **{f"mail.{amiss}": words for amiss, words in MAIL.items()},
    **{f"machine.{check}": words for check, words in MACHINE.items()},
    **{f"network.{check}": words for check, words in NETWORK.items()},
}
"""All of it, by code: of a device its faults, of the computer and the network the checks that came out ill."""


def sentence(code: str) -> Words:
    """What is said of a fault."""
    return TABLE[code]


def only_warns(code: str | None) -> bool:
    """Whether nothing is missing for it yet. What is in no table is taken to be worse."""
    return code in TABLE and TABLE[code].severity is Severity.WARNS


def worst_first(faults: Iterable[str]) -> list[str]:
    """What costs guests most before the others; of those that cost as much, as they came."""
    order = list(Severity)
    return sorted(faults, key=lambda fault: order.index(sentence(fault).severity))


def hotel_sentence(trouble: Trouble) -> Words:
    """What is said when the hotel did not do it."""
    return TROUBLES[trouble]
