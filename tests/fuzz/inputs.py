"""The targets as hypothesis plays them in `make test`: nonsense, and what they begin with spoilt."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.chance import spoil
from tests.fuzz.limits import a_second
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

# Which file of tests plays which, so that each takes about as long: files are what processes share out.
FILES = {
    "zones": ("mrz", "serial-mrz", "tlv", "ber", "apdu", "security-infos", "lds", "dg2", "picture"),
    "signed": ("cms", "passive-auth", "card-security", "certificates", "master-list", "revocation-list", "trust-store"),
    "answers": ("secure-messaging", "bac", "pace", "chip-auth", "active-auth"),
    "card": ("card",),
}


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    seeds = [bytes(each) for each in dict.fromkeys(target.seeds())]
    spoilt = st.builds(
        lambda seed, number: spoil(seed, Random(number), target.most),  # noqa: S311 - not for secrets
        st.sampled_from(seeds), st.integers(0, 2**64 - 1),
    )  # fmt: skip
    return st.one_of(spoilt, spoilt, spoilt, st.binary(max_size=min(target.most, 300)))


def playing(name: str) -> Callable[[], None]:
    """A test of so many inputs as the target wants."""
    target = TARGETS[name]

    @settings(max_examples=target.tried, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(target))
    def play(data: bytes) -> None:
        try:
            with a_second():
                target(data)
        except BaseException as wrong:
            wrong.add_note(f"{name}: the input was {data.hex()}")
            raise

    return play
