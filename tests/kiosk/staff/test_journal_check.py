"""Whoever changes, removes, swaps, adds or cuts off an entry is found, with the entry's number."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kiosk.journal_check import NOTES, check
from kiosk.journal_lines import Act, Entry, key_id, read, sealed, signed, written
from kiosk.key_journal import GUEST
from tests.kiosk.staff.conftest import MovedClock
from tests.kiosk.staff.journal import filled, found, head_of, lines, opened, rewrite, verified


@pytest.fixture
def state(tmp_path: Path, clock: MovedClock) -> Path:
    filled(tmp_path, clock)
    return tmp_path


def entry(raw: bytes) -> Entry:
    line = read(raw)
    assert line is not None
    return line.entry


def forged(raw: bytes, **words: object) -> bytes:
    """With other words and a hash that fits."""
    return written(sealed(replace(entry(raw), **words)))  # type: ignore[arg-type]


def chained(content: list[bytes]) -> list[bytes]:
    """Every hash made anew, as one would who knows how."""
    done: list[bytes] = []
    previous = ""
    for raw in content:
        done.append(forged(raw, previous=previous))
        previous = entry(done[-1]).hash
    return done


def test_as_it_was_written_nothing_is_found(state: Path) -> None:
    report = verified(state)
    assert (found(report), report.first, report.last) == ([], 1, len(lines(state)))
    assert report.signed_to == max(n for n, raw in enumerate(lines(state), 1) if b'"act":"signature"' in raw)


def test_a_changed_entry_is_found(state: Path) -> None:
    content = lines(state)
    content[4] = content[4].replace(b'"room":"107"', b'"room":"412"')
    rewrite(state, content)
    assert found(verified(state)) == [("changed", 5)]


def test_an_entry_whose_number_was_changed_is_found_at_its_place(state: Path) -> None:
    content = lines(state)
    content[4] = content[4].replace(b'"number":5', b'"number":50')
    rewrite(state, content)
    assert found(verified(state)) == [("changed", 5)]


def test_a_changed_entry_with_a_hash_that_fits_is_found_by_the_next(state: Path) -> None:
    content = lines(state)
    content[4] = forged(content[4], room="412")
    rewrite(state, content)
    assert found(verified(state)) == [("replaced", 5)]


def test_a_chain_made_anew_is_found_by_the_signatures_and_by_the_terminal(state: Path) -> None:
    content = lines(state)
    content[4] = forged(content[4], room="412")
    rewrite(state, chained(content))
    report = verified(state)
    signatures = [n for n, raw in enumerate(content, 1) if n > 5 and b'"act":"signature"' in raw]
    assert found(report) == [*(("signature", n) for n in signatures), ("replaced", len(content))]
    offline = check(chained(content))
    assert found(offline) == [("signature", n) for n in signatures]


def test_a_chain_made_anew_and_signed_by_another_key_is_found(state: Path) -> None:
    own = key_id(bytes.fromhex(next(entry(raw).key for raw in lines(state) if entry(raw).key)))
    thief = Ed25519PrivateKey.generate()
    done: list[bytes] = []
    previous = ""
    for raw in lines(state):
        one = replace(entry(raw), previous=previous, room="412" if entry(raw).room else "")
        one = sealed(signed(one, thief) if one.act == Act.SIGNATURE else one)
        done.append(written(one))
        previous = one.hash
    report = check(done, key=own)
    first = next(n for n, raw in enumerate(done, 1) if entry(raw).key)
    assert ("foreign-key", first) in found(report)
    assert report.signed_to == 0
    assert check(done).keys == [key_id(thief.public_key().public_bytes_raw())]  # alone it says by whom


def test_one_signature_by_another_key_among_others_is_found(state: Path) -> None:
    content = lines(state)
    last = max(n for n, raw in enumerate(content) if b'"act":"signature"' in raw)
    content[last] = written(sealed(signed(entry(content[last]), Ed25519PrivateKey.generate())))
    assert ("foreign-key", last + 1) in found(check(content))


def test_two_entries_swapped_are_found(state: Path) -> None:
    content = lines(state)
    content[4], content[5] = content[5], content[4]
    rewrite(state, content)
    assert found(verified(state)) == [("moved", 5)]
    assert found(check([content[1], content[0], *content[2:4]])) == [("moved", 1)]


def test_a_removed_entry_is_found(state: Path) -> None:
    content = lines(state)
    rewrite(state, content[:4] + content[6:])
    report = verified(state)
    assert [(each.what, each.number, each.last) for each in report.findings] == [("missing", 5, 6)]


def test_a_removed_beginning_is_found_on_the_terminal_and_said_elsewhere(state: Path) -> None:
    content = lines(state)
    rewrite(state, content[3:])
    assert found(verified(state)) == [("missing", 1)]
    offline = check(content[3:])
    assert (found(offline), offline.whole) == ([("begins-later", 4)], True)


def test_an_entry_that_stands_there_twice_is_found(state: Path) -> None:
    content = lines(state)
    rewrite(state, [*content[:6], content[2], *content[6:]])
    assert found(verified(state)) == [("twice", 3)]


def test_a_removed_end_is_found_on_the_terminal_and_elsewhere_told_by_the_last_signature(state: Path) -> None:
    content = lines(state)
    rewrite(state, content[:-1])
    assert found(verified(state)) == [("cut-off", len(content))]
    offline = check(content[:-1])
    assert offline.whole
    assert offline.unsigned == offline.last - offline.signed_to


def test_an_added_entry_is_found_on_the_terminal(state: Path) -> None:
    content = lines(state)
    last = entry(content[-1])
    rewrite(state, [*content, forged(content[-1], number=last.number + 1, previous=last.hash)])
    assert found(verified(state)) == [("added", last.number + 1)]


@pytest.mark.parametrize("garbage", [b"", b"{}", b"\xff\xfe", b"[" * 9000, b'{"number":5}', b"null"])
def test_a_line_that_is_no_entry_is_found(state: Path, garbage: bytes) -> None:
    content = lines(state)
    rewrite(state, [*content[:4], garbage, *content[4:]])
    assert found(verified(state)) == [("unreadable", 5)]


def test_blanks_and_doubled_keys_are_no_entry(state: Path) -> None:
    content = lines(state)
    spaced = json.dumps(json.loads(content[4])).encode()
    doubled = content[4].replace(b'{"act":"cut"', b'{"act":"erased","act":"cut"')
    assert doubled != content[4]
    for wrong in (spaced, doubled, content[4] + b" "):
        assert read(wrong) is None


def test_a_clock_that_went_back_is_said(tmp_path: Path, clock: MovedClock) -> None:
    journal = opened(tmp_path, clock)
    journal.append(Act.CUT, by=GUEST)
    clock.set(-2)
    journal.append(Act.CUT, by=GUEST)
    journal.close()
    report = verified(tmp_path)
    assert (found(report), report.whole) == ([("clock-back", 2)], True)


def test_a_line_of_a_later_version_is_believed_by_its_hash() -> None:
    import hashlib

    words = {"act": "sung", "at": "2026-11-23T14:00:00.000+00:00", "by": "1", "melody": "x", "number": 1}
    text = json.dumps(words, sort_keys=True, separators=(",", ":")).encode()
    words["hash"] = hashlib.sha256(text).hexdigest()
    line = read(json.dumps(words, sort_keys=True, separators=(",", ":")).encode())
    assert line is not None
    assert (line.whole, line.entry.act) == (True, "sung")



@pytest.fixture(scope="module")
def written_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bytes], object]:
    state = tmp_path_factory.mktemp("journal")
    filled(state, MovedClock(), 20)
    return lines(state), head_of(state)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_hand_goes_unseen(written_once: tuple[list[bytes], object], data: st.DataObject) -> None:
    """Bytes changed, lines removed, swapped, doubled, cut: at least one grave finding, never a crash."""
    content, head = written_once
    changed = list(content)
    for what in data.draw(st.lists(st.sampled_from(["byte", "remove", "swap", "double", "cut"]), min_size=1, max_size=3)):
        assume(len(changed) > 2)
        at = data.draw(st.integers(0, len(changed) - 1))
        match what:
            case "byte":
                assume(changed[at])
                place = data.draw(st.integers(0, len(changed[at]) - 1))
                byte = bytes([data.draw(st.integers(0, 255).filter(lambda each: each != 10))])
                changed[at] = changed[at][:place] + byte + changed[at][place + 1 :]
            case "remove":
                del changed[at]
            case "swap":
                other = data.draw(st.integers(0, len(changed) - 1))
                changed[at], changed[other] = changed[other], changed[at]
            case "double":
                changed.insert(at, changed[at])
            case "cut":
                changed = changed[:at]
    assume(changed != content)
    report = check(changed, head=head, here=True)  # type: ignore[arg-type]
    assert any(finding.what not in NOTES for finding in report.findings)
