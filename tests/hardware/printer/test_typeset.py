"""Slips in every script, as bytes and as paper."""

from __future__ import annotations

import io
import time
from functools import lru_cache

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer import fonts
from hardware.printer.contract import Align, Block, Pair, Picture, QRCode, Rule, Size, Slip, Space, TextLine
from hardware.printer.escpos_bytes import Encoder
from hardware.printer.fonts import Style
from hardware.printer.typeset import INSET, PlainLine, Setter
from hardware.printer.virtual_paper import Paper
from hardware.printer.virtual_parser import Command, Parser
from hardware.printer.wrap import wrap

LINES = {
    "en": "Your room is on the 4th floor; breakfast is at 6:30.",
    "hu": "Az Ön szobája a 4. emeleten van. Árvíztűrő tükörfúrógép.",
    "de": "Ihr Zimmer liegt im 4. Stock – schöne Grüße, Straße 7.",
    "pl": "Zażółć gęślą jaźń – pokój na 4. piętrze.",
    "is": "Þórður Ægir Öðinsson, herbergi á fjórðu hæð.",
    "ro": "Camera este la etajul 4, în aripa Țării Românești, știți?",
    "uk": "Ваш номер на четвертому поверсі, ґанок ліворуч.",
    "el": "Το δωμάτιό σας είναι στον 4ο όροφο.",
    "ar": "غرفتك في الطابق 4 من Hotel Duna، والإفطار الساعة 6:30.",
    "he": "החדר שלך בקומה 4 של Hotel Duna.",
    "zh": "您的房间在四楼，早餐六点半开始，王小明先生。",
    "ja": "お部屋は４階です。朝食は６時半からです。",
    "ko": "객실은 4층에 있습니다. 아침 식사는 6시 30분입니다.",
    "th": "ห้องพักของคุณอยู่ชั้น 4",
    "hi": "आपका कमरा चौथी मंज़िल पर है।",
}
RTL = ("ar", "he")
TEXT = st.text(max_size=60)


@lru_cache
def encoder(codepage: str) -> Encoder:
    return Encoder("TM-T20II", codepage)


def commands_of(slip: Slip, codepage: str = "") -> list[Command]:
    """A slip's commands, as the virtual printer reads them; it must know every byte."""
    using = encoder(codepage)
    parser = Parser()
    read = list(parser.feed(using.encode(Setter(576, using.codepage_for).set(slip), slip.cut)))
    assert parser.unfinished == b""
    assert all(isinstance(one, Command) for one in read), read[-1]
    return [one for one in read if isinstance(one, Command)]


def paper_of(*blocks: Block, codepage: str = "") -> Image.Image:
    paper = Paper()
    slips = [slip for one in commands_of(Slip(blocks), codepage) if (slip := paper.obey(one))]
    assert len(slips) == 1
    return slips[0].convert("L")


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.point(lambda grey: 255 - grey).getbbox()
    assert box is not None, "nothing was printed"
    return box


@pytest.mark.parametrize("codepage", ["", "auto", "cp852"])
@pytest.mark.parametrize("language", LINES)
def test_every_language_is_on_the_paper(language: str, codepage: str) -> None:
    picture = paper_of(TextLine(LINES[language], rtl=language in RTL), codepage=codepage)
    ink_box(picture)
    assert picture.histogram()[0] > 1500


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("language", LINES)
def test_every_letter_has_a_font(language: str, style: Style) -> None:
    runs = fonts.runs(LINES[language], style, language in RTL)
    assert all(ord(char) in fonts.coverage(run.face) for run in runs for char in run.text)
    assert sorted("".join(run.text for run in runs)) == sorted(LINES[language])


def test_arabic_begins_at_the_right_and_its_latin_words_still_read_from_the_left() -> None:
    left, _, right, _ = ink_box(paper_of(TextLine("غرفتك", rtl=True)))
    assert right >= 574 - INSET
    assert left > 400
    runs = fonts.runs("غرفة 12 Duna ok", Style.REGULAR, True)
    assert [run.text.strip() for run in runs if not run.rtl] == ["Duna ok", "12"]


def test_a_pair_stands_at_both_edges_and_mirrors() -> None:
    label_only = ink_box(paper_of(TextLine("Room")))[2]
    for pair in (Pair("Room", "4"), Pair("Room", "4", rtl=True)):
        picture = paper_of(pair)
        left, _, right, _ = ink_box(picture)
        assert (left - INSET, right + INSET) == (pytest.approx(2, abs=2), pytest.approx(574, abs=3))
        ink_left = picture.crop((0, 0, 200, picture.height)).histogram()[0]
        ink_right = picture.crop((376, 0, 576, picture.height)).histogram()[0]
        assert (ink_left > ink_right) is (not pair.rtl)
    assert label_only < 120


def test_a_value_too_long_for_its_line_goes_below_and_all_of_it_is_there() -> None:
    short = paper_of(Pair("Way", "4th floor"))
    long = paper_of(Pair("Way", "4th floor, lift on the left, third door to the right, mind the step"))
    assert long.height - short.height == 2 * 37


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("codepage", ["", "auto"])
def test_a_name_of_300_letters_stays_on_the_paper(size: Size, codepage: str) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 9
    picture = paper_of(TextLine(name[:300], size=size), codepage=codepage)
    assert picture.width == 576
    assert ink_box(picture)[2] <= 576


def test_larger_sizes_are_larger() -> None:
    heights = [ink_box(paper_of(TextLine("412", size=size))) for size in Size]
    tall = [bottom - top for _, top, _, bottom in heights]
    assert tall == sorted(tall)
    assert tall[-1] > 3 * tall[1]


@pytest.mark.parametrize("align", Align)
def test_alignment(align: Align) -> None:
    left, _, right, _ = ink_box(paper_of(TextLine("Hotel", align=align)))
    middle = (left + right) / 2
    assert {Align.LEFT: middle < 100, Align.CENTER: abs(middle - 288) < 4, Align.RIGHT: middle > 476}[align]


@pytest.mark.parametrize("data", ["x", "WIFI:T:WPA;S:Duna;P:árvíztűrő;;", "https://example.org/" + "a" * 900])
def test_a_qr_code_is_read_back_from_the_paper(data: str) -> None:
    picture = paper_of(TextLine("above"), QRCode(data), TextLine("below"))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [data]


def test_a_picture_is_scaled_and_dithered() -> None:
    png = io.BytesIO()
    Image.linear_gradient("L").resize((64, 64)).save(png, "PNG")
    picture = paper_of(Picture(png.getvalue(), width=400))
    left, _, right, _ = ink_box(picture)
    assert (left, right) == (88, 488)
    grey = picture.crop((88, 0, 488, picture.height)).histogram()[0] / (400 * 400)
    assert 0.45 < grey < 0.55


def test_a_transparent_picture_is_on_white_paper() -> None:
    png = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(png, "PNG")
    assert paper_of(Picture(png.getvalue(), width=300), Rule()).histogram()[0] == (576 - 2 * INSET) * 2


def test_space_is_white_and_costs_little() -> None:
    few, many = (len(encoder("").encode(Setter().set(Slip((Space(n),))), True)) for n in (1, 10))
    assert many - few < 300


# --- the printer's own font -----------------------------------------------------------------


def plain(text: str, codepage: str) -> list[PlainLine]:
    pieces = Setter(576, encoder(codepage).codepage_for).set(Slip((TextLine(text),)))
    return [piece for piece in pieces if isinstance(piece, PlainLine)]


def test_without_a_codepage_nothing_depends_on_the_printers_letters() -> None:
    for text in LINES.values():
        assert not plain(text, "")
        assert not [one for one in commands_of(Slip((TextLine(text),))) if one.name == "text"]


def test_a_line_goes_by_code_page_only_if_all_of_it_is_there() -> None:
    assert {line.codepage for line in plain(LINES["hu"], "cp852")} == {"CP852"}
    assert not plain(LINES["hu"] + " 王", "cp852")
    assert not plain("Țara", "cp852"), "CP852 has the cedilla, not the comma"
    assert {line.codepage for line in plain(LINES["uk"], "auto")} == {"CP1251"}
    assert not plain(LINES["ar"], "auto")


def test_one_ideograph_does_not_turn_the_line_into_another_character_set() -> None:
    commands = commands_of(Slip((TextLine("Room 412 王"),)), "auto")
    assert "text" not in {one.name for one in commands}


def test_small_and_bold_lines_look_so_in_the_printers_font() -> None:
    normal, small = (ink_box(paper_of(TextLine("n" * 20, size), codepage="auto")) for size in (Size.NORMAL, Size.SMALL))
    assert (normal[2], small[2]) == (pytest.approx(240, abs=3), pytest.approx(180, abs=3))
    thin, bold = (paper_of(TextLine("heavy", bold=b), codepage="auto").histogram()[0] for b in (False, True))
    assert bold > thin * 1.2


def printed_characters(commands: list[Command]) -> bytes:
    return b"".join(one.data for one in commands if one.name == "text")


@settings(deadline=None, max_examples=150)
@given(TEXT, st.sampled_from(["", "auto", "cp852"]), st.sampled_from(Size), st.booleans())
def test_no_text_raises_and_none_becomes_a_question_mark(text: str, codepage: str, size: Size, rtl: bool) -> None:
    blocks = (TextLine(text, size=size, rtl=rtl), Pair(text, text[::-1], rtl=rtl))
    commands = commands_of(Slip(blocks), codepage)
    assert printed_characters(commands).count(b"?") <= text.count("?") * 3
    paper = Paper()
    for one in commands:
        paper.obey(one)


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.characters(codec="cp852", exclude_categories=["Cc"]), min_size=1, max_size=40))
def test_what_goes_by_code_page_comes_back_the_same(text: str) -> None:
    lines = plain(text, "cp852")
    printed = printed_characters(commands_of(Slip((TextLine(text),)), "cp852")).decode("cp852")
    assert printed == "".join(line.text for line in lines)
    if lines:
        assert printed.replace(" ", "") == fonts.clean(text)[0].replace(" ", "")
    else:
        assert "\xa0" in text, "only a space that must not break is left to the pictures"


# --- line breaks ----------------------------------------------------------------------------


def test_lines_break_where_a_reader_expects_it() -> None:
    assert wrap("the quick brown fox", 10, len) == ["the quick", "brown fox"]
    assert wrap("Wi-Fi password 2024-11-23", 16, len) == ["Wi-Fi password", "2024-11-23"]
    assert wrap("早餐在一楼，请走楼梯。", 5, len) == ["早餐在一", "楼，请走楼", "梯。"]
    assert wrap("", 10, len) == [""]
    assert wrap("e\u0301" * 8, 5, len) == ["e\u0301" * 2] * 4


@given(TEXT, st.integers(2, 30))
def test_wrapping_loses_nothing_but_spaces(text: str, room: int) -> None:
    lines = wrap(text, room, len)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= room for line in lines)


def test_a_slip_full_of_pictures_is_made_fast() -> None:
    """Half a metre of paper, all ink: the bytes are made in much less time than it prints (100 mm/s)."""
    png = io.BytesIO()
    Image.effect_noise((576, 1000), 90).save(png, "PNG")
    slip = Slip((Picture(png.getvalue()),) * 4)
    paper_of(TextLine("warm"))
    began = time.process_time()
    job = encoder("").encode(Setter().set(slip), True)
    assert time.process_time() - began < 2.5
    assert len(job) < 4000 * 72 * 1.02
