"""One family of virtual documents for all tests: their keys take time to make."""

from __future__ import annotations

from datetime import date

import pytest

from hardware.document_reader.virtual_family import Family

TODAY = date(2030, 5, 2)


@pytest.fixture(scope="session")
def family() -> Family:
    return Family(TODAY)
