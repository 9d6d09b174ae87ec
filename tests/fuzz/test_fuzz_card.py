"""The whole reading, against a chip whose answers are changed at any step, fuzzed: only our own errors, each within a second."""

from __future__ import annotations

import pytest

from tests.fuzz.inputs import FILES, playing


@pytest.mark.parametrize("name", FILES["card"])
def test_whatever_is_read_only_our_own_errors_come_of_it(name: str) -> None:
    playing(name)()
