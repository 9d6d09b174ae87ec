"""The fuzzing itself: it finds what it should, and says so."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

from hardware.passport import tlv
from hardware.passport.errors import Malformed
from tests.fuzz.__main__ import ROOT, missing
from tests.fuzz.chance import spoil
from tests.fuzz.limits import Hang, a_second
from tests.fuzz.target import Target


def fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )


def test_an_input_that_takes_longer_than_a_second_is_found() -> None:
    with pytest.raises(Hang), a_second():
        while True:
            pass


def test_only_what_is_ours_is_swallowed() -> None:
    def play(data: bytes) -> object:
        raise Malformed("ours") if data else IndexError("not ours")

    target = Target("any", play, list)
    target(b"x")
    with pytest.raises(IndexError):
        target(b"")


def test_spoilt_objects_mostly_still_are_objects() -> None:
    whole = tlv.encode(0x30, tlv.encode(0x04, b"abc") + tlv.encode(0xA0, tlv.encode(0x02, b"\x07")))
    spoilt = [spoil(whole, Random(number), 40) for number in range(300)]  # noqa: S311 - not for secrets
    assert spoilt == [spoil(whole, Random(number), 40) for number in range(300)]  # noqa: S311 - not for secrets
    assert max(map(len, spoilt)) <= 40

    def parses(data: bytes) -> bool:
        try:
            return bool(tlv.parse_all(data))
        except Malformed:
            return False

    assert 100 < sum(map(parses, spoilt)) < 300


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_the_fuzzer_runs_and_says_what_it_did() -> None:
    done = fuzz("tlv", "--runs", "300")
    assert done.returncode == 0, done.stdout + done.stderr
    name, runs, *_ = done.stdout.splitlines()[-1].split()
    assert (name, runs) == ("tlv", "300")
    assert "nothing found" in done.stdout


def test_a_wrong_call_says_what_is_wrong() -> None:
    """Found by review: each of them was asked for its target, or ended with a traceback."""
    for words, said in (
        (("tlv", "--runs", "0"), "--runs: at least 1"),
        (("tlv", "--jobs", "0"), "--jobs: at least 1"),
        (("--input", "pyproject.toml"), "--input: for which target?"),
        (("tlv", "--input", "not-there"), "--input: there is no file not-there"),
    ):
        done = fuzz(*words)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_target_that_does_not_exist_is_said() -> None:
    done = fuzz("nothing")
    assert done.returncode == 2
    assert "there are: mrz" in done.stderr
