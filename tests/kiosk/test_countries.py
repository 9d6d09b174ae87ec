"""Countries in a document's zone and in an address."""

from __future__ import annotations

import pytest

from kiosk import countries
from kiosk.language import language


@pytest.mark.parametrize(
    ("icao", "iso"),
    [
        ("D", "DE"), ("D<<", "DE"), ("HUN", "HU"), ("AUT", "AT"), ("GBR", "GB"), ("GBD", "GB"), ("GBN", "GB"),
        ("GBO", "GB"), ("GBP", "GB"), ("GBS", "GB"), ("RKS", "XK"), ("XKX", "XK"), ("TWN", "TW"), ("ROU", "RO"),
        ("XXA", ""), ("XXB", ""), ("XXX", ""), ("UNO", ""), ("EUE", ""), ("UTO", ""), ("", ""), ("ÄÖÜ", ""),
    ],
)  # fmt: skip
def test_a_documents_country_is_found(icao: str, iso: str) -> None:
    assert countries.to_iso(icao) == iso


def test_every_country_comes_back_from_its_own_code() -> None:
    for iso in countries.FREE_MOVEMENT | {"US", "CN", "UA", "MM", "CD", "TL", "YE", "FR", "XK"}:
        assert countries.to_iso(countries.to_icao(iso)) == iso
    assert countries.to_icao("DE") == "D"
    assert countries.to_icao("FR") == "FRA"


def test_who_belongs_where() -> None:
    assert len(countries.EU) == 27
    assert sorted(countries.EEA - countries.EU) == ["IS", "LI", "NO"]
    assert "IE" in countries.FREE_MOVEMENT
    assert "GB" not in countries.FREE_MOVEMENT


def test_a_nationality_is_said_in_the_guests_language() -> None:
    assert language("hu").say(countries.nationality("D")) == "Németország"
    assert language("en").say(countries.nationality("XXA")) == "Stateless"
    assert language("en").say(countries.nationality("QQQ")) == "QQQ"
    assert language("de").say(countries.nationality("PL")) == "Polen", "as the hotel keeps it"


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("Magyarország", "HU"),
        ("  deutschland ", "DE"),
        ("germany", "DE"),
        ("hu", "HU"),
        ("AUT", "AT"),
        ("", ""),
        ("Atlantis", ""),
        ("ZZ", ""),
    ],
)
def test_a_country_is_found_as_people_type_it(typed: str, iso: str) -> None:
    assert countries.find(typed, ("en", "hu", "de")) == iso
