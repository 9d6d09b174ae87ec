"""The one table of faults: what the guest is told, what the technician is told.

Every code of `hardware.errors.Fault` and every `Trouble` of the hotel has its row; a test holds
the table whole. The guest's words say what is so and what can be done, never whose fault it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.errors import Fault
from kiosk.hotel.backend import Trouble
from kiosk.language import T, Text


@dataclass(frozen=True)
class Words:
    """`question` and `help` for the guest's screen with its drawing; `hint` for the technician."""

    question: Text
    help: Text
    picture: str
    hint: str


_NOT_NOW = T("We are looking after it. You can try again, or a colleague will help you.")

_CARDS = T("The card reader does not answer")
_DOCUMENTS = T("The document reader does not answer")
_ENCODER = T("Key cards can’t be made here right now")
_PRINTER = T("The printer is not working")
_SCANNER = T("The code scanner does not answer")
_KEYS_HELP = T("Your check-in is safe. A colleague will make your key at once.")
_PAPER_HELP = T("All you need to know is on the screen too. We have told the desk.")

FAULTS: dict[Fault, Words] = {
    Fault.CARD_READER_GONE: Words(_CARDS, _NOT_NOW, "reader-gone", "Check the USB plug; `pcsc_scan` must list it."),
    Fault.CARD_READER_SILENT: Words(_CARDS, _NOT_NOW, "reader-gone", "Unplug the reader for five seconds."),
    Fault.CARD_READER_NONSENSE: Words(_CARDS, _NOT_NOW, "reader-gone", "Wrong model, or its firmware is damaged."),
    Fault.CARD_READER_NO_STAFF_KEY: Words(
        _CARDS, _NOT_NOW, "reader-gone", "Install the credential `staff-card-key` (32 bytes, mode 0600)."
    ),
    Fault.DOCUMENT_READER_GONE: Words(_DOCUMENTS, _NOT_NOW, "reader-gone", "Check the plug and the path of the port."),
    Fault.DOCUMENT_READER_SILENT: Words(_DOCUMENTS, _NOT_NOW, "reader-gone", "Power it off and on; check baud rate."),
    Fault.DOCUMENT_READER_NONSENSE: Words(
        _DOCUMENTS, _NOT_NOW, "reader-gone", "Check baud rate, parity and the reader's output format."
    ),
    Fault.KEY_ENCODER_GONE: Words(_ENCODER, _KEYS_HELP, "encoder-gone", "Check the encoder's plug."),
    Fault.KEY_ENCODER_SILENT: Words(_ENCODER, _KEYS_HELP, "encoder-gone", "Unplug the encoder for five seconds."),
    Fault.KEY_ENCODER_NONSENSE: Words(_ENCODER, _KEYS_HELP, "encoder-gone", "Wrong model, or its firmware is damaged."),
    Fault.KEY_ENCODER_NO_PROPERTY_KEY: Words(
        _ENCODER, _KEYS_HELP, "encoder-gone", "Install the credential `property-key` (32 bytes, mode 0600)."
    ),
    Fault.KEY_ENCODER_NO_CODER: Words(
        _ENCODER, _KEYS_HELP, "encoder-gone", "The lock server can't reach its encoder: check its plug and `coder`."
    ),
    Fault.KEY_ENCODER_REFUSED: Words(
        _ENCODER, _KEYS_HELP, "encoder-gone", "The lock server refuses the request: its own log says why."
    ),
    Fault.PRINTER_GONE: Words(_PRINTER, _PAPER_HELP, "printer-paper", "Check power, network cable and address."),
    Fault.PRINTER_SILENT: Words(
        _PRINTER, _PAPER_HELP, "printer-paper", "Connected but silent: another computer may hold it. Power off and on."
    ),
    Fault.PRINTER_NONSENSE: Words(_PRINTER, _PAPER_HELP, "printer-paper", "What answers there is no ESC/POS printer."),
    Fault.PRINTER_PAPER_OUT: Words(
        T("The printer is out of paper"), _PAPER_HELP, "printer-paper", "Lay in a roll 80 mm, print side up."
    ),
    Fault.PRINTER_PAPER_LOW: Words(
        T("The printer is out of paper"), _PAPER_HELP, "printer-paper", "Have a roll ready: the paper is near its end."
    ),
    Fault.PRINTER_COVER_OPEN: Words(
        T("The printer’s cover is open"), _PAPER_HELP, "printer-cover", "Close the cover until it clicks."
    ),
    Fault.PRINTER_CUTTER: Words(_PRINTER, _PAPER_HELP, "printer-cover", "Cutter jammed: open the cover, free the blade."),
    Fault.PRINTER_OVERHEATED: Words(_PRINTER, _PAPER_HELP, "printer-paper", "Head too hot: it recovers by itself."),
    Fault.PRINTER_OFFLINE: Words(_PRINTER, _PAPER_HELP, "printer-paper", "Set offline: press its feed button."),
    Fault.PRINTER_BROKEN: Words(_PRINTER, _PAPER_HELP, "printer-paper", "Unrecoverable error: power off and on, then swap."),
    Fault.SCANNER_GONE: Words(_SCANNER, _NOT_NOW, "reader-gone", "Check the plug and the path of the port."),
    Fault.SCANNER_SILENT: Words(_SCANNER, _NOT_NOW, "reader-gone", "Unplug the scanner for five seconds."),
    Fault.SCANNER_NONSENSE: Words(_SCANNER, _NOT_NOW, "reader-gone", "Check baud rate and suffix (CR)."),
    Fault.SCANNER_DARK: Words(
        _SCANNER, _NOT_NOW, "reader-gone", "The camera sees only black: is something on its lens, or no light on?"
    ),
    Fault.NO_DRIVER: Words(
        T("Something here is not set up yet"), _NOT_NOW, "colleague", "kiosk.ini names a driver that does not exist."
    ),
    Fault.BAD_ADDRESS: Words(
        T("Something here is not set up yet"), _NOT_NOW, "colleague", "kiosk.ini has an address this driver can't use."
    ),
    Fault.BAD_OPTION: Words(
        T("Something here is not set up yet"), _NOT_NOW, "colleague", "`kiosk config check` says which key is wrong."
    ),
}

JOURNAL_FULL = Words(
    _ENCODER, _KEYS_HELP, "encoder-gone", "The disk is full or read-only: no key is cut that can't be written down."
)

_HOTEL_AWAY = Words(
    T("We can’t reach the hotel’s system"),
    T("Nothing is lost. Please try again in a minute, or let a colleague help you."),
    "hotel-down",
    "The hotel's system does not answer as it should; the log says which call.",
)
_HOTEL_NO = Words(
    T("A colleague will help you with this"),
    T("The hotel’s system does not allow this step here. The desk can help you at once."),
    "colleague",
    "The hotel's system refused; its code is in the log.",
)

TROUBLES: dict[Trouble, Words] = {
    Trouble.DOWN: _HOTEL_AWAY,
    Trouble.TIMEOUT: _HOTEL_AWAY,
    Trouble.BROKEN: _HOTEL_AWAY,
    Trouble.UNAUTHORISED: _HOTEL_AWAY,
    Trouble.REFUSED: _HOTEL_NO,
    Trouble.CONFLICT: _HOTEL_NO,
    Trouble.NOT_FOUND: _HOTEL_NO,
}


def sentence(fault: Fault) -> Words:
    """What is said of a device's fault."""
    return FAULTS[fault]


def hotel_sentence(trouble: Trouble) -> Words:
    """What is said when the hotel did not do it."""
    return TROUBLES[trouble]
