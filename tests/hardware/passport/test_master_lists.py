"""The published master lists: every certificate parses, every key loads, and what verifies is counted."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from hardware.passport import master_list
from hardware.passport.master_list import MasterList, Own
from hardware.passport.signatures import EcKey

LISTS = Path(__file__).resolve().parents[4] / "shared" / "test-data" / "master-lists"
GERMAN, DUTCH = "DE_ML_2025-10-14-12-26-34.ml", "NL_ML_2026-07-22.ml"

if not LISTS.is_dir() and os.environ.get("CI") != "true":
    pytest.skip(f"no published lists in {LISTS}", allow_module_level=True)


@cache
def published(name: str) -> MasterList:
    return master_list.parse((LISTS / name).read_bytes())


@pytest.mark.parametrize(("name", "country", "count"), [(GERMAN, "DE", 570), (DUTCH, "NL", 411)])
def test_the_list_s_own_signature_holds_and_every_key_loads(name: str, country: str, count: int) -> None:
    read = published(name)
    assert (read.broken(), read.country, read.unreadable) == (None, country, ())
    assert len([each.key for each in read.certificates]) == count


def test_of_the_dutch_list_all_verify() -> None:
    assert Counter(how for _, how in master_list.proofs(published(DUTCH).certificates)) == {Own.SELF: 411}


def test_of_the_german_list_97_percent_verify_and_the_rest_is_explained() -> None:
    """Twelve name a key that is not in the list; two name no key, and only a name leads to theirs."""
    found = Counter(how for _, how in master_list.proofs(published(GERMAN).certificates))
    assert found == {Own.SELF: 369, Own.ISSUER: 187, Own.NO_ISSUER: 12, Own.NAME_ONLY: 2}
    assert (found[Own.SELF] + found[Own.ISSUER]) / 570 >= 0.97


def test_explicit_curves_are_recognised_in_all_that_have_them() -> None:
    curves = Counter(
        each.key.curve.name for each in published(GERMAN).certificates if isinstance(each.key, EcKey)
    )
    assert curves == {
        "brainpoolP256r1": 26, "brainpoolP384r1": 44, "brainpoolP512r1": 17, "secp256r1": 18, "secp384r1": 26,
        "secp521r1": 18,
    }  # fmt: skip


def test_a_list_with_one_bit_changed_does_not_hold() -> None:
    data = bytearray((LISTS / DUTCH).read_bytes())
    at = data.index(published(DUTCH).certificates[200].der) + 700
    data[at] ^= 1
    assert master_list.parse(bytes(data)).broken() is master_list.Broken.SIGNATURE
