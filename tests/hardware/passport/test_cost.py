"""What a reading costs a chip: never more commands than the best open reader sends for the same files."""

from __future__ import annotations

import pytest

from tests.benchmarks.passport import WAYS, Way, counted, gmrtd
from tests.hardware.passport.test_reader import FAMILY


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.title)
def test_no_way_of_reading_takes_more_commands_than_gmrtd(way: Way) -> None:
    row = counted(FAMILY, way)
    assert row.met, f"{row.measured} instead of {row.limit}"


def test_what_gmrtd_takes_is_reckoned_by_the_file() -> None:
    """BAC: master file; no EF.CardAccess; EF.DIR 3; BAC 2; application; EF.DG1 3, of 1,004 bytes 2 + 5; AA 1."""
    files = {"EF.DIR": 13, "EF.DG1": 93, "EF.DG2": 1004}
    assert gmrtd(Way("", "active", extended=False), files, 231) == 1 + 1 + 3 + 2 + 1 + 3 + 7 + 1
    pace = files | {"EF.CardAccess": 24}
    assert gmrtd(Way("GM", "chip", extended=True), pace, 1000) == 1 + 3 + 3 + 5 + 1 + 3 + 3 + 3
