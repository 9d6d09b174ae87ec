"""Printed zones, data objects, files and pictures, fuzzed: only our own errors, each within a second."""

from __future__ import annotations

import pytest

from tests.fuzz.inputs import FILES, playing
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", FILES["zones"])
def test_whatever_is_read_only_our_own_errors_come_of_it(name: str) -> None:
    playing(name)()


def test_every_target_is_played_in_one_of_these_files() -> None:
    assert sorted(name for names in FILES.values() for name in names) == sorted(TARGETS)
