"""Which country's key may stand under which state's documents."""

from __future__ import annotations

import re

import pytest
from babel.core import get_global

from hardware.passport.states import may_be_signed_by

# CLDR's aliases that are none of today's issuers: former states, parts of others, users' own codes.
FORMER = {"BUR", "FXX", "QUU", "TMP", "ZAR", "ASC", "CPT", "DDR", "DGA", "TAA", "YMD"}
OWN = re.compile(r"AAA|Q[M-Z].|X[A-Z].|ZZZ")


def test_the_table_is_iso_s() -> None:
    """Held against CLDR's: each three letters, and the two that it gives for them."""
    aliases = get_global("territory_aliases")
    today = {three: two[0] for three, two in aliases.items() if re.fullmatch("[A-Z]{3}", three) and len(two) == 1}
    states = {three: two for three, two in today.items() if three not in FORMER and not OWN.fullmatch(three)}
    assert len(states) > 240
    for three, two in states.items():
        assert two in (may_be_signed_by(three) or ()), three


@pytest.mark.parametrize(
    ("state", "countries"),
    [
        ("D", {"DE"}),
        ("HUN", {"HU"}),
        ("GBO", {"GB"}),
        ("EUE", {"EU"}),
        ("UNO", {"UN"}),
        ("UTO", {"UT"}),
        ("CHN", {"CN", "HK", "MO"}),
        ("RKS", {"KS", "XK", "RK"}),
    ],
)
def test_what_is_icao_s_own_is_known(state: str, countries: set[str]) -> None:
    assert may_be_signed_by(state) == countries


@pytest.mark.parametrize("state", ["", "XXX", "DE", "ZZZ", "hun"])
def test_what_is_no_state_is_not_known(state: str) -> None:
    assert may_be_signed_by(state) is None
