"""Which letters lie where, by language. Rows from top to bottom; no widget."""

from __future__ import annotations

from kiosk.prompts import Keys

DIGITS = "1234567890"

LETTERS: dict[str, tuple[str, str, str, str]] = {
    "en": (DIGITS, "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "hu": (DIGITS + "öü", "qwertzuiopőú", "asdfghjkléáű", "íyxcvbnmó"),
    "de": (DIGITS + "ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "fr": (DIGITS, "azertyuiop", "qsdfghjklm", "wxcvbnç"),
    "es": (DIGITS, "qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "cs": (DIGITS, "qwertzuiop", "asdfghjklů", "yxcvbnm"),
    "uk": (DIGITS + "ʼ", "йцукенгшщзхї", "фівапролджєґ", "ячсмитьбю"),
}
"""The letters of a language as on its own keyboard; others use English."""

ACCENTS: tuple[tuple[str, str, str, str], ...] = (
    ("áàâäãåāăąæ", "çćčĉďđéèêë", "ěęēėğģíìîï", "īįıİķĺľłļ"),
    ("ñńňņóòôöõő", "øōœřŕśšşșß", "ťțţúùûüůűū", "ųýÿźżžðþ"),
)
"""Letters of names in Europe's and Turkey's Latin alphabets."""

ACCENT_LABELS = ("á č ł …", "ñ ő ž …")


def letters(language: str, keys: Keys, accents: int) -> tuple[str, str, str, str]:
    """Four rows: digits and three of letters. `accents`: 0, or a page of accented letters."""
    if keys in (Keys.NUMBER, Keys.EMAIL):
        rows = LETTERS.get(language, LETTERS["en"])
        plain = rows if rows[1].isascii() and language in ("en", "fr") else LETTERS["en"]
        if language in ("hu", "de", "cs"):
            plain = (DIGITS, "qwertzuiop", "asdfghjkl", "yxcvbnm")
        return (plain[0], plain[1], plain[2], plain[3].rstrip("ç"))
    if accents:
        return ACCENTS[accents - 1]
    return LETTERS.get(language, LETTERS["en"])


def marks(keys: Keys) -> tuple[str, str]:
    """What stands left and right of the space key."""
    return {
        Keys.NAME: ("-", "'."),
        Keys.TEXT: ("-/", ",."),
        Keys.NUMBER: ("", ""),  # its "-" lies where others have shift
        Keys.EMAIL: ("@", "-_."),
    }[keys]


def wants_capital(keys: Keys, before: str) -> bool:
    """Whether the next letter of a name or sentence is a capital."""
    if keys is Keys.NUMBER:
        return True
    if keys is Keys.NAME:
        return not before or before[-1] in " -'"
    return keys is Keys.TEXT and not before
