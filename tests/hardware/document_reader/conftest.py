"""What the tests of the virtual passport's chip share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_family import Family
from tests.hardware.document_reader.chip_terminal import Terminal


@pytest.fixture
def laid(family: Family) -> Callable[[str], Terminal]:
    return lambda name: Terminal(Chip(family.contents(name)))
