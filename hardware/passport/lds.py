"""The logical data structure: the files of the eMRTD application taken apart, and written.

Pure. Source: ICAO 9303-10 §4.6 f. (EF.COM, DG1, DG7, DG11, DG12, DG14, DG15, EF.SOD); DG2 has a file
of its own, `dg2.py`. DG14 and DG15 are only unwrapped here, the signed object too. A file has the bytes
it says it has, or it is Malformed; no repr shows what was in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from hardware.passport import mrz, tlv
from hardware.passport.document import Source, TravelDocument, Unreadable
from hardware.passport.errors import Malformed, Unsupported
from hardware.passport.files import File, by_tag
from hardware.passport.tlv import Tlv

_COUNT = 0x02
_TAG_LIST = 0x5C
_OTHERS = 0xA0
_ZONES = {90: 30, 72: 36, 88: 44}  # characters in all → in a line


def content(file: File, data: bytes) -> Tlv:
    """The one object that `file` consists of; Malformed for another tag or bytes too few or too many."""
    found = tlv.parse(data)
    if found.tag != file.tag:
        raise Malformed(f"{file.title}: {found.tag:X} instead of {file.tag:X}")
    return found


# --- EF.COM -----------------------------------------------------------------------------------


def parse_com(data: bytes) -> tuple[File, ...]:
    """Which files the application says it has: not signed, a hint and no proof (9303-10 §4.6.1). Tags that no file
    has are left out."""
    files = (by_tag(tag) for tag in content(File.COM, data).child(_TAG_LIST).value)
    return tuple(file for file in dict.fromkeys(files) if file is not None and file.group)


def build_com(files: Sequence[File], lds: str = "1.7", unicode: str = "4.0.0") -> bytes:
    def version(text: str) -> bytes:
        return "".join(part.zfill(2) for part in text.split(".")).encode()

    tags = tlv.encode(_TAG_LIST, bytes(file.tag for file in files))
    body = tlv.encode(0x5F01, version(lds)) + tlv.encode(0x5F36, version(unicode)) + tags
    return tlv.encode(File.COM.tag, body)


# --- DG1: the machine-readable zone -----------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Zone:
    """DG1: the lines, as they should also be printed."""

    lines: tuple[str, ...]

    def document(self, today: date) -> TravelDocument | Unreadable:
        """What the lines say, as read from a chip."""
        found = mrz.parse(self.lines, today)
        return replace(found, source=Source.CHIP) if isinstance(found, TravelDocument) else found


def parse_dg1(data: bytes) -> Zone:
    """9303-10 §4.7.1."""
    text = _ascii(content(File.DG1, data).child(0x5F1F).value)
    width = _ZONES.get(len(text))
    if width is None:
        raise Malformed(f"EF.DG1: a zone of {len(text)} characters")
    return Zone(tuple(text[at : at + width] for at in range(0, len(text), width)))


def build_dg1(lines: Sequence[str]) -> bytes:
    return tlv.encode(File.DG1.tag, tlv.encode(0x5F1F, "".join(lines).encode("ascii")))


# --- DG3 and DG4: not ours to read ------------------------------------------------------------


def refuse_biometrics(file: File) -> None:
    """Fingers and irises are for states that the issuer has let in (9303-11 §7.1): never asked for here."""
    if file in (File.DG3, File.DG4):
        raise Unsupported(f"{file.title} is protected by extended access control and not read")


# --- DG7: the signature as it is displayed ----------------------------------------------------


def parse_dg7(data: bytes) -> tuple[bytes, ...]:
    """The pictures of the holder's signature (9303-10 §4.7.7)."""
    children = content(File.DG7, data).children()
    return _counted(children, 0x5F43)


def build_dg7(pictures: Sequence[bytes]) -> bytes:
    return tlv.encode(File.DG7.tag, _count(pictures) + b"".join(tlv.encode(0x5F43, one) for one in pictures))


# --- DG11: further details of the person ------------------------------------------------------


@dataclass(frozen=True, repr=False)
class PersonDetails:
    """DG11, as far as a hotel has any business with it; empty where the issuer wrote nothing."""

    name: str = ""  # in national characters, `SURNAME<<GIVEN<NAMES`
    other_names: tuple[str, ...] = ()
    personal_number: str = ""
    born: date | None = None
    birth_place: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    telephone: str = ""
    profession: str = ""
    title: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """Family and given names, as a person writes them."""
        surname, _, given = self.name.partition("<<")
        return " ".join(surname.replace("<", " ").split()), " ".join(given.replace("<", " ").split())


def parse_dg11(data: bytes) -> PersonDetails:
    """9303-10 §4.7.11."""
    fields = _fields(File.DG11, data)
    return PersonDetails(
        name=_text(fields, 0x5F0E),
        other_names=_others(fields, 0x5F0F),
        personal_number=_text(fields, 0x5F10),
        born=_day(fields.get(0x5F2B)),
        birth_place=_parts(fields, 0x5F11),
        address=_parts(fields, 0x5F42),
        telephone=_text(fields, 0x5F12),
        profession=_text(fields, 0x5F13),
        title=_text(fields, 0x5F14),
    )


def build_dg11(details: PersonDetails) -> bytes:
    born = details.born.strftime("%Y%m%d") if details.born else ""
    texts = (
        (0x5F0E, details.name),
        (_OTHERS, details.other_names),
        (0x5F10, details.personal_number),
        (0x5F2B, born),
        (0x5F11, "<".join(details.birth_place)),
        (0x5F42, "<".join(details.address)),
        (0x5F12, details.telephone),
        (0x5F13, details.profession),
        (0x5F14, details.title),
    )
    return _listed(File.DG11, texts, 0x5F0F)


# --- DG12: further details of the document ----------------------------------------------------


@dataclass(frozen=True, repr=False)
class DocumentDetails:
    """DG12; empty where the issuer wrote nothing."""

    authority: str = ""
    issued: date | None = None
    other_people: tuple[str, ...] = ()
    endorsements: str = ""
    tax_or_exit: str = ""
    front: bytes = b""
    rear: bytes = b""
    personalised: datetime | None = None
    system: str = ""


def parse_dg12(data: bytes) -> DocumentDetails:
    """9303-10 §4.7.12."""
    fields = _fields(File.DG12, data)
    return DocumentDetails(
        authority=_text(fields, 0x5F19),
        issued=_day(fields.get(0x5F26)),
        other_people=_others(fields, 0x5F1A),
        endorsements=_text(fields, 0x5F1B),
        tax_or_exit=_text(fields, 0x5F1C),
        front=fields.get(0x5F1D, b""),
        rear=fields.get(0x5F1E, b""),
        personalised=_moment(fields.get(0x5F55)),
        system=_text(fields, 0x5F56),
    )


def build_dg12(details: DocumentDetails) -> bytes:
    texts = (
        (0x5F19, details.authority),
        (0x5F26, details.issued.strftime("%Y%m%d") if details.issued else ""),
        (_OTHERS, details.other_people),
        (0x5F1B, details.endorsements),
        (0x5F1C, details.tax_or_exit),
        (0x5F1D, details.front),
        (0x5F1E, details.rear),
        (0x5F55, details.personalised.strftime("%Y%m%d%H%M%S") if details.personalised else ""),
        (0x5F56, details.system),
    )
    return _listed(File.DG12, texts, 0x5F1A)


# --- DG14, DG15, EF.SOD: wrappers -------------------------------------------------------------


def unwrap(file: File, data: bytes) -> bytes:
    """The value inside a file's own tag: DG14's SecurityInfos, DG15's SubjectPublicKeyInfo, EF.SOD's
    ContentInfo (9303-10 §4.7.14 f., §4.6.2)."""
    return content(file, data).value


def wrap(file: File, value: bytes) -> bytes:
    return tlv.encode(file.tag, value)


# --- shared -----------------------------------------------------------------------------------


def _fields(file: File, data: bytes) -> dict[int, bytes]:
    """By tag, the first of each. The list of tags (5C) must be there; what it promises need not."""
    top = content(file, data)
    top.child(_TAG_LIST)
    found: dict[int, bytes] = {}
    for child in top.children():
        found.setdefault(child.tag, child.value)
    return found


def _listed(file: File, values: Sequence[tuple[int, str | bytes | tuple[str, ...]]], inner: int) -> bytes:
    """A template with a tag list in front; several values of one kind stand in an A0 with their count."""
    tags, body = b"", b""
    for tag, value in values:
        if not value:
            continue
        if isinstance(value, tuple):
            tags += inner.to_bytes(2, "big")
            run = b"".join(tlv.encode(inner, one.encode()) for one in value)
            body += tlv.encode(tag, _count(value) + run)
        else:
            tags += tag.to_bytes(2, "big")
            body += tlv.encode(tag, value if isinstance(value, bytes) else value.encode())
    return tlv.encode(file.tag, tlv.encode(_TAG_LIST, tags) + body)


def _count(values: Sequence[object]) -> bytes:
    return tlv.encode(_COUNT, bytes((len(values),)))


def _counted(children: Sequence[Tlv], inner: int) -> tuple[bytes, ...]:
    """A count and as many values as it says."""
    if not children or children[0].tag != _COUNT or len(children[0].value) != 1:
        raise Malformed(f"{inner:X}: no count before them")
    found = tuple(child.value for child in children[1:] if child.tag == inner)
    if len(found) != children[0].value[0]:
        raise Malformed(f"{inner:X}: {len(found)} of {children[0].value[0]}")
    return found


def _others(fields: dict[int, bytes], inner: int) -> tuple[str, ...]:
    """Several of a kind; some issuers write a single one without its A0 and count."""
    if _OTHERS not in fields:
        return (_utf8(fields[inner]),) if inner in fields else ()
    return tuple(_utf8(value) for value in _counted(tlv.parse_all(fields[_OTHERS]), inner))


def _text(fields: dict[int, bytes], tag: int) -> str:
    return _utf8(fields.get(tag, b""))


def _parts(fields: dict[int, bytes], tag: int) -> tuple[str, ...]:
    """`STREET<PLACE<COUNTRY`."""
    return tuple(part for part in _text(fields, tag).split("<") if part)


def _day(value: bytes | None) -> date | None:
    """Eight digits, in older documents four bytes of two digits each; None if there is no such day."""
    digits = _digits(value, 8)
    try:
        return datetime.strptime(digits, "%Y%m%d").date() if digits else None
    except ValueError:
        return None


def _moment(value: bytes | None) -> datetime | None:
    """Fourteen digits, or seven bytes of two digits each; of no known time zone."""
    digits = _digits(value, 14)
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S") if digits else None
    except ValueError:
        return None


def _digits(value: bytes | None, count: int) -> str:
    if not value:
        return ""
    text = _ascii(value) if len(value) == count else value.hex()
    if len(text) != count:
        raise Malformed(f"a date of {len(value)} bytes")
    return text if text.isdigit() else ""


def _ascii(value: bytes) -> str:
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("not ASCII") from None


def _utf8(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
