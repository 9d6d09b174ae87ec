"""Invented people with their documents and bookings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hardware.document_reader.contract import Sex, Source, TravelDocument
from kiosk.hotel.model import Address, Guest, Reservation, Stay

Make = Callable[..., Any]
TODAY = date(2026, 11, 23)

DOCUMENT = TravelDocument(
    source=Source.MRZ,
    document_code="P",
    issuer="D",
    number="C01X00T47",
    surname="MUELLER",
    given_names="JUERGEN PETER",
    name_truncated=False,
    nationality="D",
    born=date(1974, 8, 12),
    born_text="740812",
    sex=Sex.MALE,
    expires=date(2032, 4, 15),
)
GUEST = Guest(
    "p1",
    "Jürgen",
    "Müller",
    nationality="DE",
    address=Address(("Lindenstr. 4",), "10115", "Berlin", "DE"),
    email="j.mueller@example.org",
)


@pytest.fixture
def document() -> Callable[..., TravelDocument]:
    return lambda **changes: replace(DOCUMENT, **changes)


@pytest.fixture
def guest() -> Callable[..., Guest]:
    return lambda **changes: replace(GUEST, **changes)


@pytest.fixture
def reservation() -> Callable[..., Reservation]:
    def make(*guests: Guest, **changes: Any) -> Reservation:
        booked = Reservation(
            id="r1",
            confirmation="4711",
            stay=Stay.RESERVED,
            arrival=TODAY,
            departure=date(2026, 11, 26),
            guests=guests or (GUEST,),
            adults=1,
            children=0,
            rooms=1,
            room_type="DBL",
        )
        return replace(booked, **changes)

    return make
