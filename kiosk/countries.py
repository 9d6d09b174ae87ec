"""Countries of a travel document and of an address: ICAO's three letters and ISO's two.

The zone of a document names its issuer and the holder's nationality by ICAO Doc 9303-3 §5:
ISO 3166-1 alpha-3, except Germany (`D`), and codes for people without a country and for
organisations. ISO's own three letters come from Babel (CLDR's territory aliases), so that no
list of 249 countries stands here; what ICAO adds to them does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from kiosk.language import T, Territory, Text, verbatim

_ISO_2 = re.compile(r"^[A-Z]{2}$")
_PRIVATE = re.compile(r"^(AA|Q[M-Z]|X[A-Z]|ZZ)$")  # ISO 3166-1: at users' disposal

# ICAO Doc 9303-3 §5: codes that are not ISO's, with the country whose law they are under.
_ICAO_TO_ISO = {
    "D": "DE",
    "GBD": "GB",  # British Overseas Territories citizen
    "GBN": "GB",  # British National (Overseas)
    "GBO": "GB",  # British Overseas citizen
    "GBP": "GB",  # British protected person
    "GBS": "GB",  # British subject
    "RKS": "XK",  # Kosovo prints it; ICAO's own list has none, CLDR says XK
    "XKX": "XK",
}

# ICAO Doc 9303-3 §5: holders without a country, organisations, and the specimen's Utopia.
_WITHOUT_COUNTRY = {
    "XXA": T("Stateless"),
    "XXB": T("Refugee"),
    "XXC": T("Refugee"),
    "XXX": T("Nationality not stated"),
    "UTO": verbatim("Utopia"),
    "EUE": T("European Union"),
    "UNO": T("United Nations"),
    "UNA": T("United Nations"),  # a specialised agency of it
    "UNK": T("United Nations"),  # its mission in Kosovo
    "XBA": verbatim("African Development Bank"),
    "XIM": verbatim("Afreximbank"),
    "XCC": verbatim("CARICOM"),
    "XCE": T("Council of Europe"),
    "XCO": verbatim("COMESA"),
    "XEC": verbatim("ECOWAS"),
    "XPO": verbatim("INTERPOL"),
    "XES": verbatim("OECS"),
    "XMP": verbatim("PAM"),
    "XDC": verbatim("SADC"),
    "XOM": T("Sovereign Military Order of Malta"),
}

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU.split())
"""Members of the European Union, ISO 3166-1 alpha-2."""

EEA = EU | {"IS", "LI", "NO"}
"""The European Economic Area."""

FREE_MOVEMENT = EEA | {"CH"}
"""Whose citizens need no visa and no stamp within the Union (Directive 2004/38/EC; CH by treaty)."""


@lru_cache(maxsize=1)
def _iso_3_to_2() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {
        three: two[0]
        for three, two in aliases.items()
        if len(three) == 3 and three.isalpha() and len(two) == 1 and not _PRIVATE.match(two[0])
    }


@lru_cache(maxsize=1)
def _iso_2_to_3() -> dict[str, str]:
    # CLDR keeps codes that ISO has withdrawn beside today's.
    withdrawn = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}
    return {two: three for three, two in _iso_3_to_2().items() if three not in withdrawn}


def to_iso(icao: str) -> str:
    """'D' → 'DE', 'HUN' → 'HU', 'GBN' → 'GB'; '' for stateless people, organisations, nonsense."""
    code = icao.strip("< ").upper()
    return _ICAO_TO_ISO.get(code) or _iso_3_to_2().get(code, "")


def to_icao(iso: str) -> str:
    """'DE' → 'D', 'HU' → 'HUN'; '' for what is no country."""
    code = iso.upper()
    return {"DE": "D", "XK": "RKS"}.get(code) or _iso_2_to_3().get(code, "")


def known(iso: str) -> bool:
    """Whether this is a country's two letters."""
    return bool(to_icao(iso))


def country(iso: str) -> Text:
    """A country by its ISO code, to be said by its name in the guest's language."""
    return T("{country}", country=Territory(iso.upper()))


def nationality(code: str) -> Text:
    """A nationality in words, of a document's three letters or ISO's two; its own letters where unknown."""
    code = code.strip("< ").upper()
    if code in _WITHOUT_COUNTRY:
        return _WITHOUT_COUNTRY[code]
    iso = code if known(code) else to_iso(code)
    return country(iso) if iso else verbatim(code)


def find(words: str, languages: tuple[str, ...] = ("en",)) -> str:
    """The ISO code of a country typed by hand: its name in one of these languages, or its code."""
    typed = words.strip().casefold()
    if not typed:
        return ""
    upper = typed.upper()
    if _ISO_2.match(upper) and known(upper):
        return upper
    if iso := to_iso(upper):
        return iso
    for code in languages:
        found = _names(code).get(typed)
        if found:
            return found
    return ""


@lru_cache(maxsize=16)
def _names(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {name.casefold(): code for code, name in territories.items() if known(code)}
