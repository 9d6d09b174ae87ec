"""Which characters a scanner's keys write. What each key is called is the kernel's word (evdev's table)."""

from __future__ import annotations

import evdev.ecodes as keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.contract import CodeScanned, Symbology
from hardware.scanner.keyboard_wire import LAYOUTS, KeyFraming, dropped, encode_keys
from hardware.transport.evdev import EVENT

US, DE = LAYOUTS["us"], LAYOUTS["de"]
SHIFT, ALT_GR, CTRL, ALT = keys.KEY_LEFTSHIFT, keys.KEY_RIGHTALT, keys.KEY_LEFTCTRL, keys.KEY_LEFTALT


def press(*codes: int) -> bytes:
    """The last key, while those before it are held."""
    strokes = [*((code, 1) for code in codes), *((code, 0) for code in reversed(codes))]
    return b"".join(EVENT.pack(0, 0, keys.EV_KEY, *one) + EVENT.pack(0, 0, keys.EV_SYN, 0, 0) for one in strokes)


def read(events: bytes, layout: str = "us", needs_end: bool = False) -> list[CodeScanned]:
    framing = KeyFraming(LAYOUTS[layout], needs_end)
    assert framing.feed(events, 1.0) == []
    return [scan.code for scan in framing.quiet()]


def written(*strokes: tuple[int, ...], layout: str = "us") -> str:
    return read(b"".join(press(*one) for one in strokes), layout)[0].text


@pytest.mark.parametrize(
    ("layout", "stroke", "char"),
    [
        ("us", (keys.KEY_Y,), "y"), ("us", (keys.KEY_Z,), "z"), ("us", (SHIFT, keys.KEY_7), "&"),
        ("us", (keys.KEY_SLASH,), "/"), ("us", (keys.KEY_MINUS,), "-"), ("us", (SHIFT, keys.KEY_SEMICOLON), ":"),
        ("us", (keys.KEY_RIGHTBRACE,), "]"), ("us", (keys.KEY_BACKSLASH,), "\\"), ("us", (SHIFT, keys.KEY_GRAVE), "~"),
        ("us", (keys.KEY_KP7,), "7"), ("us", (keys.KEY_KPSLASH,), "/"), ("us", (keys.KEY_KPDOT,), "."),
        ("us", (SHIFT, keys.KEY_APOSTROPHE), '"'), ("us", (SHIFT, keys.KEY_EQUAL), "+"), ("us", (keys.KEY_COMMA,), ","),
        ("de", (keys.KEY_Y,), "z"), ("de", (keys.KEY_Z,), "y"), ("de", (SHIFT, keys.KEY_7), "/"),
        ("de", (ALT_GR, keys.KEY_7), "{"), ("de", (ALT_GR, keys.KEY_9), "]"), ("de", (ALT_GR, keys.KEY_Q), "@"),
        ("de", (ALT_GR, keys.KEY_E), "€"), ("de", (keys.KEY_MINUS,), "ß"), ("de", (SHIFT, keys.KEY_MINUS), "?"),
        ("de", (ALT_GR, keys.KEY_MINUS), "\\"), ("de", (keys.KEY_SEMICOLON,), "ö"), ("de", (SHIFT, keys.KEY_APOSTROPHE), "Ä"),
        ("de", (keys.KEY_LEFTBRACE,), "ü"), ("de", (ALT_GR, keys.KEY_RIGHTBRACE), "~"), ("de", (keys.KEY_102ND,), "<"),
        ("de", (ALT_GR, keys.KEY_102ND), "|"), ("de", (keys.KEY_SLASH,), "-"), ("de", (SHIFT, keys.KEY_SLASH), "_"),
        ("de", (SHIFT, keys.KEY_DOT), ":"), ("de", (SHIFT, keys.KEY_0), "="), ("de", (keys.KEY_BACKSLASH,), "#"),
        ("hu", (keys.KEY_GRAVE,), "0"), ("hu", (keys.KEY_0,), "ö"), ("hu", (SHIFT, keys.KEY_6), "/"),
        ("hu", (SHIFT, keys.KEY_DOT), ":"), ("hu", (keys.KEY_SLASH,), "-"), ("hu", (SHIFT, keys.KEY_7), "="),
        ("hu", (SHIFT, keys.KEY_COMMA), "?"), ("hu", (keys.KEY_Y,), "z"), ("hu", (keys.KEY_LEFTBRACE,), "ő"),
        ("hu", (keys.KEY_BACKSLASH,), "ű"), ("hu", (keys.KEY_102ND,), "í"), ("hu", (ALT_GR, keys.KEY_V), "@"),
        ("hu", (ALT_GR, keys.KEY_G), "]"), ("hu", (ALT_GR, keys.KEY_C), "&"), ("hu", (ALT_GR, keys.KEY_COMMA), ";"),
        ("de", (keys.KEY_RIGHTBRACE,), "+"), ("de", (SHIFT, keys.KEY_5), "%"), ("de", (SHIFT, keys.KEY_6), "&"),
    ],
)  # fmt: skip
def test_a_key_writes_what_stands_on_it(layout: str, stroke: tuple[int, ...], char: str) -> None:
    assert written(stroke, layout=layout) == char


def test_an_address_read_by_a_scanner_of_the_wrong_keyboard_is_no_address() -> None:
    events = encode_keys("https://hotel.example/y", DE)
    assert read(events, "de")[0].text == "https://hotel.example/y"
    assert read(events, "us")[0].text != "https://hotel.example/y"


def test_accents_by_a_dead_key() -> None:
    acute, letter = (keys.KEY_EQUAL,), (keys.KEY_E,)
    assert written(acute, letter, layout="de") == "é"
    assert written((SHIFT, keys.KEY_EQUAL), (keys.KEY_SPACE,), layout="de") == "`"
    assert written((keys.KEY_GRAVE,), (keys.KEY_X,), layout="de") == "^x"


def test_caps_lock_turns_letters_and_nothing_else() -> None:
    caps = (keys.KEY_CAPSLOCK,)
    assert written(caps, (keys.KEY_A,), (SHIFT, keys.KEY_B), (keys.KEY_1,), caps, (keys.KEY_C,)) == "Ab1c"


def test_gs1_s_separator_comes_by_ctrl() -> None:
    strokes = [(keys.KEY_A,), (CTRL, keys.KEY_RIGHTBRACE), (keys.KEY_B,)]
    assert written(*strokes) == "a\x1db"
    assert read(encode_keys("a\x1db", US))[0].text == "a\x1db"


def test_a_character_by_alt_and_numbers_makes_no_valid_code() -> None:
    assert written((keys.KEY_A,), (ALT, keys.KEY_KP2), (keys.KEY_B,)) == "a\ufffdb"


def test_the_symbology_before_the_code() -> None:
    assert read(encode_keys("]Q1BOOKING-7\n", US)) == [CodeScanned("BOOKING-7", Symbology.QR)]
    assert read(encode_keys("]C0BOOKING-7\t", DE), "de") == [CodeScanned("BOOKING-7", Symbology.CODE128)]
    assert read(encode_keys("BOOKING-7\n", US)) == [CodeScanned("BOOKING-7", Symbology.UNKNOWN)]


def test_a_code_of_several_lines_is_one() -> None:
    assert read(encode_keys("BEGIN:VCARD\nEND:VCARD\n", US))[0].text == "BEGIN:VCARD\nEND:VCARD"


def test_without_enter_quiet_ends_a_code_unless_enter_was_promised() -> None:
    assert [code.text for code in read(encode_keys("BOOKING-7", US))] == ["BOOKING-7"]
    assert read(encode_keys("BOOK", US), needs_end=True) == []
    assert [code.text for code in read(encode_keys("BOOKING-7\n", US), needs_end=True)] == ["BOOKING-7"]


def test_a_code_of_which_keys_were_lost_is_dropped_and_the_next_is_not() -> None:
    framing = KeyFraming(US)
    framing.feed(encode_keys("BOOK", US) + dropped() + encode_keys("-7\n", US), 1.0)
    assert (framing.quiet(), framing.noise) == ([], 1)
    framing.feed(encode_keys("BOOKING-8\n", US), 2.0)
    assert [(scan.code.text, scan.began_s) for scan in framing.quiet()] == [("BOOKING-8", 2.0)]


def test_a_key_held_down_is_one_character() -> None:
    repeats = b"".join(EVENT.pack(0, 0, keys.EV_KEY, keys.KEY_A, value) for value in (1, 2, 2, 2, 0))
    assert [code.text for code in read(repeats)] == ["a"]


def test_an_endless_code_is_cut() -> None:
    code = read(encode_keys("x" * 5000, US))[0]
    assert (len(code.text), code.cut) == (4096, True)


def test_what_no_key_writes_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="no key"):
        encode_keys("Ő", DE)
    with pytest.raises(ValueError, match="no key"):
        encode_keys("é", US)


@given(st.sampled_from(sorted(LAYOUTS)), st.data())
def test_whatever_a_keyboard_can_write_is_read_back(layout: str, data: st.DataObject) -> None:
    known = LAYOUTS[layout]
    chars = sorted({*known.plain.values(), *known.shifted.values(), *known.third.values()} - set("]"))
    text = data.draw(st.text(st.sampled_from(chars), min_size=1, max_size=40))
    assert [code.text for code in read(encode_keys(text + "\n", known), layout)] == [text]


@given(st.lists(st.tuples(st.integers(0, 31), st.integers(0, 767), st.integers(-2, 3)), max_size=60))
def test_no_events_raise(events: list[tuple[int, int, int]]) -> None:
    framing = KeyFraming(DE)
    framing.feed(b"".join(EVENT.pack(0, 0, *one) for one in events), 1.0)
    assert all(isinstance(scan.code.text, str) for scan in framing.quiet())
