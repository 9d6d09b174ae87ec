"""The logical data structure: what is written is read again, in the standard's own bytes; nonsense is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.document_reader.contract import Source, TravelDocument, Unreadable
from hardware.passport import files, lds, tlv
from hardware.passport.dg2 import parse_dg2
from hardware.passport.errors import Malformed, PassportError, Unsupported
from hardware.passport.files import File

TODAY = date(2030, 5, 2)
# The zones of ICAO 9303-4 appendix B and 9303-5 appendix B.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")

PARSERS = (
    lds.parse_com, lds.parse_dg1, parse_dg2, lds.parse_dg7, lds.parse_dg11, lds.parse_dg12,
    lambda data: lds.unwrap(File.DG14, data), lambda data: lds.unwrap(File.SOD, data),
)  # fmt: skip
WELL_FORMED = (
    lds.build_com([File.DG1, File.DG2]), lds.build_dg1(TD3), lds.build_dg7([b"picture"]),
    lds.build_dg11(lds.PersonDetails(name="ERIKSSON<<ANNA", other_names=("A", "B"), born=date(1974, 8, 12))),
    lds.build_dg12(lds.DocumentDetails(authority="UTOPIA", issued=date(2020, 1, 2), other_people=("C",))),
)  # fmt: skip


def test_every_file_has_the_names_that_the_standard_gives_it() -> None:
    # 9303-10 table 34: the worked list of EF.COM and of the short identifiers
    assert [file.tag for file in File if file.group] == [
        0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
    ]  # fmt: skip
    for file in (file for file in File if file.group):
        assert (file.fid, file.sfi) == (0x0100 | file.group, file.group)
        assert files.by_group(file.group) is file
        assert files.by_tag(file.tag) is file
    assert (File.COM.fid, File.SOD.fid, File.CARD_ACCESS.fid) == (0x011E, 0x011D, 0x011C)
    assert files.by_tag(0x30) is None


def test_ef_com_as_in_the_standards_example() -> None:
    """9303-10 §4.6.1.1: LDS 1.7, Unicode 4.0.0, DG1, DG2, DG4 and DG12."""
    example = bytes.fromhex("6016 5F01 04 30313037 5F36 06 303430303030 5C 04 6175766C")
    assert lds.parse_com(example) == (File.DG1, File.DG2, File.DG4, File.DG12)
    assert lds.build_com([File.DG1, File.DG2, File.DG4, File.DG12]) == example


@pytest.mark.parametrize("lines", [TD3, TD1], ids=["TD3", "TD1"])
def test_a_zone_is_a_document_from_the_chip(lines: tuple[str, ...]) -> None:
    zone = lds.parse_dg1(lds.build_dg1(lines))
    assert zone.lines == lines
    document = zone.document(TODAY)
    assert isinstance(document, TravelDocument)
    assert (document.source, document.surname, document.given_names) == (Source.CHIP, "ERIKSSON", "ANNA MARIA")


def test_a_zone_whose_check_digit_is_wrong_is_no_document() -> None:
    zone = lds.parse_dg1(lds.build_dg1((TD3[0], TD3[1].replace("740812", "740813"))))
    assert zone.document(TODAY) is Unreadable.CHECK_DIGIT


def test_a_zone_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        lds.parse_dg1(lds.build_dg1(("A" * 44, "A" * 43)))


def test_further_details_of_the_person() -> None:
    details = lds.PersonDetails(
        name="SMITH<<ÅSA<MARÍA", other_names=("SMYTHE", "SCHMIDT"), personal_number="19740812", born=date(1974, 8, 12),
        birth_place=("ANYTOWN", "CA"), address=("123 MAPLE RD", "ANYTOWN"), telephone="+15550100", profession="WRITER", title="DR",
    )  # fmt: skip
    assert lds.parse_dg11(lds.build_dg11(details)) == details
    assert details.names == ("SMITH", "ÅSA MARÍA")


def test_further_details_as_in_the_standards_example() -> None:
    """9303-10 §4.7.11: name, place of birth, address, telephone, profession."""
    example = (
        "5C0A 5F0E 5F11 5F42 5F12 5F13"
        "5F0E 0D 534D4954483C3C4A4F484E3C4A 5F11 0A 414E59544F574E3C4D4E"
        "5F42 17 313233204D41504C452052443C414E59544F574E3C4D4E"
        "5F12 0B 3136313235353531323132 5F13 0C 54524156454C3C4147454E54"
    )
    details = lds.parse_dg11(tlv.encode(0x6B, bytes.fromhex(example)))
    assert details.names == ("SMITH", "JOHN J")
    assert (details.birth_place, details.address) == (("ANYTOWN", "MN"), ("123 MAPLE RD", "ANYTOWN", "MN"))
    assert (details.profession, details.born, details.title) == ("TRAVEL<AGENT", None, "")


def test_a_single_other_name_may_stand_alone() -> None:
    data = tlv.encode(0x6B, bytes.fromhex("5C045F0E5F0F 5F0E06 E8B5B5E5BDAC 5F0F09") + b"ZHAO<<BIN")
    assert lds.parse_dg11(data).other_names == ("ZHAO<<BIN",)


def test_a_birth_date_in_four_bytes_is_the_same_day() -> None:
    """Older documents have it as two digits per byte."""
    data = tlv.encode(0x6B, bytes.fromhex("5C025F2B 5F2B04 19740812"))
    assert lds.parse_dg11(data).born == date(1974, 8, 12)
    unknown = tlv.encode(0x6B, bytes.fromhex("5C025F2B 5F2B08") + b"19740000")
    assert lds.parse_dg11(unknown).born is None


def test_further_details_of_the_document() -> None:
    details = lds.DocumentDetails(
        authority="UNITED STATES OF UTOPIA", issued=date(2024, 2, 29), other_people=("ANNA<<ERIKSSON",), endorsements="NONE",
        tax_or_exit="PAID", front=b"\xff\xd8front", rear=b"\xff\xd8rear", personalised=datetime(2024, 3, 1, 10, 20, 30), system="UTO-1",
    )  # fmt: skip
    assert lds.parse_dg12(lds.build_dg12(details)) == details


def test_signatures_are_counted() -> None:
    assert lds.parse_dg7(lds.build_dg7([b"one", b"two"])) == (b"one", b"two")
    with pytest.raises(Malformed):
        lds.parse_dg7(tlv.encode(0x67, bytes.fromhex("0201025F430101")))


def test_fingers_are_refused_politely() -> None:
    with pytest.raises(Unsupported):
        lds.refuse_biometrics(File.DG3)
    lds.refuse_biometrics(File.DG2)


def test_a_file_under_another_files_tag_is_refused() -> None:
    with pytest.raises(Malformed):
        lds.unwrap(File.DG15, lds.wrap(File.DG14, b"\x31\x00"))


def test_no_repr_tells_who_it_is() -> None:
    details = lds.parse_dg11(WELL_FORMED[3])
    zone = lds.parse_dg1(WELL_FORMED[1])
    assert "ERIKSSON" not in f"{details!r}{zone!r}{lds.parse_dg12(WELL_FORMED[4])!r}"


@given(st.binary(max_size=300))
def test_nonsense_is_only_ever_our_own_error(data: bytes) -> None:
    for parse in PARSERS:
        try:
            parse(data)
        except PassportError:
            continue


@settings(max_examples=300)
@given(st.sampled_from(WELL_FORMED), st.data())
def test_a_file_with_changed_bytes_is_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    broken = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        broken[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))
    for parse in PARSERS:
        for given_bytes in (bytes(broken), bytes(broken[:cut])):
            try:
                result = parse(given_bytes)
                if isinstance(result, lds.Zone):
                    result.document(TODAY)
            except PassportError:
                continue


def test_nesting_a_thousand_deep_costs_nothing() -> None:
    deep = b""
    for _ in range(1000):
        deep = tlv.encode(0x7F61, deep)
    for parse in PARSERS:
        with pytest.raises(Malformed):
            parse(tlv.encode(0x75, deep))
