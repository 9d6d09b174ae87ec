"""What a guest's document says, as its zone is read: ICAO's specimens, odd documents, bad readings."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document_reader.contract import Sex, Source, TravelDocument, Unreadable
from hardware.passport.mrz import Form, build, check_digit, parse
from hardware.passport.password import Password, mrz_information

TODAY = date(2026, 3, 1)

# ICAO 9303-4 appendix B, 9303-6 appendix B, 9303-5 appendix B.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")


def read(*lines: str, today: date = TODAY) -> TravelDocument:
    document = parse(lines, today)
    assert isinstance(document, TravelDocument), document
    return document


def passport(**changes: object) -> TravelDocument:
    values: dict[str, object] = {
        "source": Source.MRZ, "document_code": "P", "issuer": "UTO", "number": "L898902C3", "surname": "ERIKSSON",
        "given_names": "ANNA MARIA", "name_truncated": False, "nationality": "UTO", "born": date(1974, 8, 12),
        "born_text": "740812", "sex": Sex.FEMALE, "expires": date(2031, 4, 15), "personal_number": "",
    }  # fmt: skip
    return TravelDocument(**(values | changes))  # type: ignore[arg-type]


def changed(lines: tuple[str, ...], line: int, at: int, to: str) -> tuple[str, ...]:
    text = lines[line]
    return (*lines[:line], text[:at] + to + text[at + len(to) :], *lines[line + 1 :])


@pytest.mark.parametrize(
    ("lines", "code", "number", "personal"),
    [(TD3, "P", "L898902C3", "ZE184226B"), (TD2, "I", "D23145890", ""), (TD1, "I", "D23145890", "")],
)
def test_the_specimens_of_icao_are_read(
    lines: tuple[str, ...], code: str, number: str, personal: str
) -> None:
    expected = passport(
        document_code=code, number=number, personal_number=personal, expires=date(2012, 4, 15)
    )
    assert read(*lines) == expected


def test_check_digits_are_those_of_the_standard() -> None:
    assert check_digit("520727") == "3"  # 9303-3 §4.9, example 1
    assert check_digit("AB2134<<<") == "5"  # example 2
    assert check_digit("HA672242<658022549601086<<<<<<<") == "8"  # example 4: a TD2's composite


@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_any_one_digit_misread_is_noticed(lines: tuple[str, ...]) -> None:
    """Every digit of the zone is under a check digit, in all three sizes."""
    for number, line in enumerate(lines):
        for at, char in enumerate(line):
            if char.isdigit():
                wrong = str((int(char) + 1) % 10)
                assert parse(changed(lines, number, at, wrong), TODAY) is Unreadable.CHECK_DIGIT, (number, at)


def test_a_number_longer_than_nine_goes_on_in_the_optional_data() -> None:
    document = read(
        "I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<",
        today=date(1995, 1, 1),
    )  # fmt: skip
    assert document.number == "D23145890734"
    assert (document.born, document.expires) == (date(1934, 7, 12), date(1995, 7, 12))


@pytest.mark.parametrize(("form", "number"), [(Form.TD3, "AB<12<345"), (Form.TD1, "AB<123456"), (Form.TD1, "D23<145890734")])
def test_a_number_with_a_space_in_it_opens_its_chip_as_it_stands_in_the_zone(form: Form, number: str) -> None:
    lines = build(passport(document_code="P" if form is Form.TD3 else "I", number="AB", number_in_zone=number), form)
    document = read(*lines)
    assert (document.number, document.number_in_zone) == (number.replace("<", ""), number)
    assert document.expires
    information = mrz_information(number, document.born_text, f"{document.expires:%y%m%d}")
    assert Password.of(document).secret == hashlib.sha1(information.encode(), usedforsecurity=False).digest()
    assert information.startswith(number)


def test_a_number_without_one_is_only_itself() -> None:
    assert read(*TD3).number_in_zone == ""


def test_the_old_french_identity_card_is_read() -> None:
    document = read("IDFRADUPONT<<<<<<<<<<<<<<<<<<<095123", "2101095123451JEAN<<<<<<<<<<8310198M5")
    assert (document.surname, document.given_names, document.number) == ("DUPONT", "JEAN", "210109512345")
    assert (document.issuer, document.nationality, document.expires) == ("FRA", "FRA", None)
    assert not document.expired(TODAY)


def test_a_french_card_misread_is_not_taken() -> None:
    assert parse(("IDFRADUPOND<<<<<<<<<<<<<<<<<<<095123", "2101095123451JEAN<<<<<<<<<<8310198M5"), TODAY) is (
        Unreadable.CHECK_DIGIT
    )


def test_a_german_passport_has_a_one_letter_issuer() -> None:
    lines = build(passport(issuer="D", nationality="D"), Form.TD3)
    assert lines[0].startswith("P<D<<ERIKSSON")
    assert (read(*lines).issuer, read(*lines).nationality) == ("D", "D")


@pytest.mark.parametrize("lines", [TD3, TD2])
def test_a_visa_is_no_identity_document(lines: tuple[str, ...]) -> None:
    assert parse(changed(lines, 0, 0, "V"), TODAY) is Unreadable.NOT_IDENTITY


# --- dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("260301", date(2026, 3, 1)),  # born today
        ("260302", date(1926, 3, 2)),  # would be tomorrow
        ("000229", date(2000, 2, 29)),
        ("740812", date(1974, 8, 12)),
        ("74<<<<", None),
        ("7408<<", None),
        ("<<<<<<", None),
        ("740000", None),
    ],
)
def test_birth_is_never_in_the_future(text: str, born: date | None) -> None:
    document = read(*build(passport(born_text=text), Form.TD3))
    assert (document.born, document.born_text) == (born, text)


@pytest.mark.parametrize("text", ["741332", "740230", "7<0812"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    born = text + check_digit(text)
    line = TD3[1][:13] + born + TD3[1][20:43]
    composite = check_digit(line[:10] + line[13:20] + line[21:43])
    assert parse((TD3[0], line + composite), TODAY) is Unreadable.FORMAT


def test_expiry_is_near_today_and_old_documents_are_expired_not_unreadable() -> None:
    for year, expected in (("35", 2035), ("08", 2008), ("99", 1999), ("75", 2075), ("76", 1976)):
        document = read(*build(passport(expires=date(2000 + int(year), 6, 30)), Form.TD2))
        assert document.expires == date(expected, 6, 30)
    assert document.expired(TODAY)


def test_a_document_without_expiry_never_expires() -> None:
    document = read(*build(passport(expires=None), Form.TD1))
    assert document.expires is None
    assert not document.expired(TODAY)


# --- names -----------------------------------------------------------------------------------


def test_a_guest_with_one_name_only_has_no_given_names() -> None:
    document = read(*build(passport(surname="ARKFREITH", given_names=""), Form.TD3))
    assert (document.surname, document.given_names, document.name_truncated) == ("ARKFREITH", "", False)


def test_a_name_of_several_parts_keeps_its_parts() -> None:
    document = read(*build(passport(surname="VAN DER MUELLEN", given_names="ILSE"), Form.TD3))
    assert (document.surname, document.given_names) == ("VAN DER MUELLEN", "ILSE")


def test_a_name_too_long_is_cut_at_a_letter_and_says_so() -> None:
    document = read(*build(passport(surname="NILAVADHANANANDA", given_names="CHAYAPA DEJTHAMRONG K"), Form.TD1))
    assert document.surname == "NILAVADHANANANDA"
    assert document.given_names == "CHAYAPA DEJT"
    assert document.name_truncated


def test_a_surname_that_fills_the_zone_leaves_the_first_given_name() -> None:
    document = read(*build(passport(surname="X" * 60, given_names="ANNA"), Form.TD3))
    assert (document.surname, document.given_names) == ("X" * 33, "ANNA")
    assert document.name_truncated


def test_sex_may_be_unspecified() -> None:
    assert read(*build(passport(sex=Sex.UNSPECIFIED), Form.TD3)).sex is Sex.UNSPECIFIED


# --- bad readings ----------------------------------------------------------------------------


def test_letters_read_for_digits_and_digits_for_letters_are_put_right() -> None:
    lines = build(passport(surname="OSIB", issuer="SIB", nationality="OBI", expires=date(2030, 8, 15)), Form.TD3)
    to_wrong = str.maketrans("0185OIBS", "OIBS0185")
    misread = (lines[0].translate(to_wrong), lines[1][:9] + lines[1][9:28].translate(to_wrong) + lines[1][28:])
    assert misread != lines
    assert read(*misread) == read(*lines)


def test_nothing_is_guessed_in_a_document_number() -> None:
    assert parse(changed(TD3, 1, 4, "O"), TODAY) is Unreadable.CHECK_DIGIT
    assert TD3[1][5] == "0"
    assert parse(changed(TD3, 1, 5, "O"), TODAY) is Unreadable.CHECK_DIGIT


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), Unreadable.PARTIAL),
        (("", "  "), Unreadable.PARTIAL),
        (TD3[:1], Unreadable.PARTIAL),
        ((TD3[0], TD3[1][:30]), Unreadable.PARTIAL),
        (TD1[:2], Unreadable.PARTIAL),
        ((*TD1, TD1[0]), Unreadable.FORMAT),
        ((TD3[0] + "<", TD3[1]), Unreadable.FORMAT),
        ((TD3[0].replace("S", "?"), TD3[1]), Unreadable.FORMAT),
        (changed(TD3, 0, 0, "X"), Unreadable.FORMAT),
        (changed(TD3, 0, 5, "<" * 39), Unreadable.FORMAT),
        (changed(TD3, 0, 5, "ERIK2SON"), Unreadable.FORMAT),
        (changed(TD3, 1, 20, "N"), Unreadable.FORMAT),
        (changed(TD3, 0, 2, "<<<"), Unreadable.FORMAT),
    ],
)
def test_a_bad_swipe_says_what_was_bad(lines: tuple[str, ...], why: Unreadable) -> None:
    assert parse(lines, TODAY) is why


def test_what_a_zone_cannot_hold_is_not_built() -> None:
    for change in (
        {"surname": "Müller"}, {"surname": ""}, {"number": "A" * 10}, {"number": ""}, {"document_code": "V"},
        {"issuer": "EURO"}, {"personal_number": "1" * 15}, {"born_text": "7408"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"not what|too long"):
            build(passport(**change), Form.TD3)
    with pytest.raises(ValueError, match="only TD1"):
        build(passport(), Form.FRANCE)


# --- any document, any noise -----------------------------------------------------------------

NAME = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=6), min_size=1, max_size=2).map(" ".join)
NUMBER = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=22)
BORN = st.dates(date(1927, 1, 1), TODAY)


@given(
    form=st.sampled_from([Form.TD1, Form.TD2, Form.TD3]), surname=NAME, given_names=st.one_of(st.just(""), NAME),
    number=NUMBER, personal=st.text("0123456789AZ", max_size=7), born=BORN, sex=st.sampled_from(Sex),
    expires=st.one_of(st.none(), st.dates(date(1977, 1, 1), date(2075, 12, 31))),
    issuer=st.sampled_from(["D", "UTO", "HUN", "FRA", "XK"]),
)  # fmt: skip
def test_what_is_built_is_read_again(
    form: Form, surname: str, given_names: str, number: str, personal: str, born: date, sex: Sex,
    expires: date | None, issuer: str,
) -> None:  # fmt: skip
    longest = {Form.TD1: 22, Form.TD2: 12, Form.TD3: 9}[form]
    if form is Form.TD2 and len(number) > 9:
        personal = personal[: max(0, 7 - (len(number[:longest]) - 9 + 2))]
    document = passport(
        document_code="I", surname=surname, given_names=given_names, number=number[:longest], born=born,
        personal_number=personal, sex=sex, expires=expires, issuer=issuer, born_text=born.strftime("%y%m%d"),
    )  # fmt: skip
    assert read(*build(document, form)) == document


@given(lines=st.lists(st.one_of(st.text(max_size=50), st.text("AZ059<", min_size=30, max_size=44)), max_size=4))
def test_noise_is_a_result_never_an_exception(lines: list[str]) -> None:
    assert isinstance(parse(lines, TODAY), TravelDocument | Unreadable)


@given(
    lines=st.sampled_from([TD1, TD2, TD3]),
    hits=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 43), st.characters()), max_size=8),
    today=st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_a_zone_shot_through_is_a_result(
    lines: tuple[str, ...], hits: list[tuple[int, int, str]], today: date
) -> None:
    for line, at, char in hits:
        lines = changed(lines, line % len(lines), at % len(lines[0]), char)
    assert isinstance(parse(lines, today), TravelDocument | Unreadable)
