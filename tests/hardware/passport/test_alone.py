"""The package by itself: what its own docstring shows runs as it is written."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

import hardware.passport
from hardware.document_reader.virtual_card import atr
from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_family import Family
from hardware.passport.trust_store import Imported, TrustStore


def test_the_example_of_the_package_reads_a_passport(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = hardware.passport.__doc__ or ""
    example = words[words.index("    import time") : words.index("`atr` is")]
    family = Family(date(2023, 4, 10))  # its specimen is valid until 1 April 2032
    (taken,) = TrustStore(tmp_path / "trust").take(family.master_list())
    assert isinstance(taken, Imported)
    monkeypatch.chdir(tmp_path)
    chip = Chip(family.contents("chip-auth"))
    exec(textwrap.dedent(example), {"transmit": chip.transmit, "atr": atr(True)})  # noqa: S102
    assert capsys.readouterr().out == "ERIKSSON yes yes\n"
