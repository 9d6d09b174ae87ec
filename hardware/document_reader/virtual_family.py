"""The family of virtual documents: one of each kind, good and bad, as of a given day.

All are ICAO's specimen holder from Utopia. Each is made when it is first asked for, with keys of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from hardware.document_reader.contract import Sex, Source, TravelDocument
from hardware.document_reader.virtual_country import Country, Signer
from hardware.document_reader.virtual_description import (
    ActiveAuthentication,
    ChipAuthentication,
    Description,
    Fault,
    Manner,
    Pace,
)
from hardware.document_reader.virtual_keys import Hash, KeyKind, Scheme
from hardware.document_reader.virtual_passport import Contents, personalise
from hardware.passport import mrz
from hardware.passport.crypto import Cipher
from hardware.passport.dg2 import Container
from hardware.passport.files import File
from hardware.passport.mrz import Form
from hardware.passport.picture import PictureFormat
from hardware.passport.security_infos import Mapping
from hardware.passport.states import may_be_signed_by

CAN = "123456"
_FORMS = {30: Form.TD1, 36: Form.TD2, 44: Form.TD3}
_P256, _BRAINPOOL256, _P384, _DH2048 = 12, 13, 15, 2

GM = Pace()
GM_STRONG = Pace(Mapping.GENERIC, Cipher.AES256, _BRAINPOOL256)
IM = Pace(Mapping.INTEGRATED, Cipher.AES128, _P256)
CAM = Pace(Mapping.CHIP_AUTHENTICATION, Cipher.AES128, _P256)


@dataclass(frozen=True)
class Sample:
    """`change` makes the sample's description out of a plain passport's; `signer` is which of the family's."""

    about: str
    change: Callable[[Description], Description]
    signer: str = "utopia"


def _with(**changes: object) -> Callable[[Description], Description]:
    return lambda plain: replace(plain, **changes)  # type: ignore[arg-type]


def _bad(*faults: Fault, **changes: object) -> Callable[[Description], Description]:
    return _with(faults=frozenset(faults), **changes)


def _card(**changes: object) -> Callable[[Description], Description]:
    """An identity card, TD1, with a card access number on its front."""

    def change(plain: Description) -> Description:
        document = replace(plain.document, document_code="I", number="D23145890")
        return replace(plain, document=document, form=Form.TD1, can=CAN, **changes)  # type: ignore[arg-type]

    return change


def _from(issuer: str) -> Callable[[Description], Description]:
    return lambda plain: replace(plain, document=replace(plain.document, issuer=issuer))


def _expired(plain: Description) -> Description:
    expires = plain.document.expires
    assert expires is not None  # noqa: S101 - the plain passport has one
    return replace(plain, document=replace(plain.document, expires=expires.replace(year=expires.year - 10)))


RSA = ActiveAuthentication(KeyKind.RSA_1024, Hash.SHA_1)

SAMPLES: dict[str, Sample] = {
    # how they are opened
    "bac": Sample("basic access control with 3DES, extended length", _with()),
    "bac-short": Sample("the same without extended length", _with(extended=False)),
    "pace-gm-brainpool": Sample("PACE generic mapping, AES-256 on brainpoolP256r1; BAC too", _with(pace=(GM_STRONG,))),
    "pace-gm": Sample("PACE generic mapping, AES-128 on P-256; BAC too", _with(pace=(GM,))),
    "pace-gm-3des": Sample(
        "PACE generic mapping, 3DES on P-256; short length", _with(pace=(replace(GM, cipher=Cipher.TDES),), extended=False)
    ),
    "pace-gm-dh": Sample("PACE generic mapping in a group of numbers", _with(pace=(replace(GM, group=_DH2048),))),
    "pace-im": Sample("PACE integrated mapping, AES-128 on P-256; BAC too", _with(pace=(IM,))),
    "pace-im-strong": Sample(
        "PACE integrated mapping, AES-256 on P-384", _with(pace=(replace(IM, cipher=Cipher.AES256, group=_P384),))
    ),
    "pace-im-dh": Sample("PACE integrated mapping in a group of numbers", _with(pace=(replace(IM, group=_DH2048),))),
    "pace-cam": Sample("PACE chip authentication mapping; generic mapping and BAC too", _with(pace=(CAM, GM))),
    "pace-only": Sample("PACE, no BAC", _with(pace=(GM,), bac=False)),
    "pace-two-groups": Sample(
        "PACE with one protocol on two curves", _with(pace=(GM, replace(GM, group=_BRAINPOOL256)), bac=False)
    ),
    "card-can": Sample("identity card TD1 with a card access number, PACE only", _card(pace=(GM_STRONG,), bac=False)),
    "card-can-tries": Sample("the same; blocks after three wrong numbers", _card(pace=(GM,), bac=False, can_tries=3)),
    # what they prove
    "chip-auth": Sample(
        "chip authentication, AES-128 on P-256, after PACE",
        _with(pace=(GM,), chip_authentication=ChipAuthentication()),
    ),
    "chip-auth-bac": Sample(
        "chip authentication with 3DES, after BAC, short length",
        _with(chip_authentication=ChipAuthentication(Cipher.TDES, _BRAINPOOL256), extended=False),
    ),
    "chip-auth-dh": Sample(
        "chip authentication in a group of numbers, with a key number",
        _with(chip_authentication=ChipAuthentication(Cipher.AES128, _DH2048, key_id=7)),
    ),
    "chip-auth-open": Sample(
        "chip authentication on a chip that lies open", _with(bac=False, chip_authentication=ChipAuthentication())
    ),
    "active-auth-rsa": Sample("active authentication with RSA-1024 and SHA-1", _with(active_authentication=RSA)),
    "active-auth-rsa-2048": Sample(
        "active authentication with RSA-2048 and SHA-256",
        _with(active_authentication=ActiveAuthentication(KeyKind.RSA_2048, Hash.SHA_256)),
    ),
    "active-auth-ec": Sample(
        "active authentication with ECDSA on brainpoolP256r1",
        _with(active_authentication=ActiveAuthentication(KeyKind.BRAINPOOL_256, Hash.SHA_256)),
    ),
    "everything": Sample(
        "PACE, chip and active authentication, DG7, DG11, DG12, closed DG3; JPEG 2000, security object v1",
        _with(
            pace=(CAM, GM_STRONG), can=CAN, chip_authentication=ChipAuthentication(Cipher.AES256, _BRAINPOOL256, key_id=1),
            active_authentication=ActiveAuthentication(KeyKind.P_256, Hash.SHA_256), lds_version=1, hash=Hash.SHA_512,
            picture=PictureFormat.JPEG_2000, more=(File.DG3, File.DG7, File.DG11, File.DG12),
        ),
    ),  # fmt: skip
    # what they hold, and how they speak
    "new-container": Sample(
        "portrait in ISO/IEC 39794-5, JPEG 2000",
        _with(container=Container.ISO_39794, picture=PictureFormat.JPEG_2000),
    ),
    "large": Sample(
        "a portrait of 60 kB, which READ BINARY's short offset does not reach",
        _with(picture=PictureFormat.JPEG_2000, picture_bytes=60_000),
    ),
    "large-short": Sample(
        "the same without extended length",
        _with(picture=PictureFormat.JPEG_2000, picture_bytes=60_000, extended=False),
    ),
    "pieces": Sample(
        "active authentication with RSA-2048 on a chip without extended length: 61xx and GET RESPONSE",
        _with(
            active_authentication=ActiveAuthentication(KeyKind.RSA_2048, Hash.SHA_256), extended=False,
            manners=frozenset({Manner.PIECES}),
        ),
    ),  # fmt: skip
    "chained": Sample(
        "PACE and chip authentication with Diffie-Hellman keys of 2048 bits, without extended length: command chaining",
        _with(
            pace=(Pace(Mapping.GENERIC, Cipher.AES128, _DH2048),), extended=False,
            chip_authentication=ChipAuthentication(Cipher.AES128, _DH2048),
            manners=frozenset({Manner.CHAINS, Manner.PIECES}),
        ),
    ),  # fmt: skip
    "exact": Sample("asked for more than there is, it says 6Cxx", _with(pace=(GM,), manners=frozenset({Manner.EXACT}))),
    "open": Sample("no access control at all", _with(bac=False)),
    "rsa-signer": Sample("signed by RSA with PKCS #1 v1.5", _with(), signer="rsa"),
    "pss-signer": Sample("signed by RSA with PSS", _with(), signer="pss"),
    # the bad ones
    "wrong-signature": Sample("the signature has one wrong bit", _bad(Fault.WRONG_SIGNATURE)),
    "changed-zone": Sample("another name in DG1 than was signed", _bad(Fault.CHANGED_ZONE)),
    "copied": Sample("a copy: active authentication fails", _bad(Fault.COPIED, active_authentication=RSA)),
    "copied-chip-auth": Sample(
        "a copy: chip authentication fails", _bad(Fault.COPIED, pace=(GM,), chip_authentication=ChipAuthentication())
    ),
    "copied-cam": Sample("a copy: PACE with chip authentication mapping fails", _bad(Fault.COPIED, pace=(CAM, GM))),
    "withheld-dg14": Sample(
        "a copy that keeps silent: it does not give the file with its key for chip authentication",
        _bad(Fault.COPIED, pace=(GM,), chip_authentication=ChipAuthentication(), withheld=(File.DG14,)),
    ),
    "withheld-dg15": Sample(
        "the same with its key for active authentication",
        _bad(Fault.COPIED, active_authentication=RSA, withheld=(File.DG15,)),
    ),
    "withheld-cardsecurity": Sample(
        "the same with its key for PACE's chip authentication mapping",
        _bad(Fault.COPIED, pace=(CAM, GM), withheld=(File.CARD_SECURITY,)),
    ),
    "open-copy": Sample(
        "a copy without the access control of the original, so that chip authentication has no session to begin in",
        _bad(Fault.COPIED, bac=False, chip_authentication=ChipAuthentication()),
    ),
    "revoked-signer": Sample("its signer was revoked", _with(), signer="revoked"),
    "unknown-country": Sample("a country that nobody has imported", _from("ZZZ"), signer="elsewhere"),
    "impostor": Sample("a country of the same name with another key", _with(), signer="impostor"),
    "expired": Sample("valid until a year ago", _expired),
    "unsigned-zone": Sample("the security object has no hash of DG1", _bad(Fault.UNSIGNED_ZONE, more=(File.DG11,))),
    "lying-lengths": Sample("DG1 and DG2 say that they are longer than they are", _bad(Fault.LYING_LENGTHS)),
    "nested": Sample("the security object is nested a thousand deep, without an end", _bad(Fault.NESTED)),
    "vanishing": Sample(
        "taken away in the middle of the reading, once",
        _with(chip_authentication=ChipAuthentication(), vanishes_at=File.DG1, extended=False),
    ),
    "slow": Sample("each answer takes 0.3 s", _with(answers_in_s=0.3)),
    "thinking": Sample(
        "it takes 2 s to agree on a key", _with(chip_authentication=ChipAuthentication(), agrees_in_s=2.0)
    ),
}


class Family:
    """All samples as of `today`, with the countries that signed them."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.founded = today.replace(year=today.year - 4, day=1)
        self.issued = today.replace(year=today.year - 1, day=1)
        self._made: dict[str, Contents] = {}
        self._zones: dict[tuple[str, tuple[str, ...]], Contents] = {}
        self._signers: dict[str, Signer] = {}
        self._countries: dict[str, Country] = {}

    @cached_property
    def utopia(self) -> Country:
        return Country(self.founded, root=Scheme(KeyKind.BRAINPOOL_384, Hash.SHA_384))

    def _country(self, name: str) -> Country:
        """Utopia signs with three roots of one name, as real countries do after a change of keys."""
        if name not in self._countries:
            self._countries[name] = self._founded(name)
        return self._countries[name]

    def _founded(self, name: str) -> Country:
        rsa = Scheme(KeyKind.RSA_2048, Hash.SHA_256, explicit=False)
        match name:
            case "utopia" | "revoked":
                return self.utopia
            case "rsa":
                return Country(self.founded, root=rsa, documents=rsa)
            case "pss":
                return Country(self.founded, root=replace(rsa, pss=True), documents=replace(rsa, pss=True))
            case "elsewhere":
                return Country(self.founded, code="ZZ", name="Elsewhere")
            case "impostor":
                return Country(self.founded, root=Scheme(KeyKind.BRAINPOOL_384, Hash.SHA_384))
        return Country(self.founded, code=name, name=f"State {name}")

    def signer(self, name: str = "utopia") -> Signer:
        if name not in self._signers:
            country = self._country(name)
            self._signers[name] = country.signer(self.issued - timedelta(days=90))
            if name == "revoked":
                country.revoke(self._signers[name], self.today - timedelta(days=30))
        return self._signers[name]

    def signer_for(self, issuer: str) -> Signer:
        """Of the state that a zone names, founded where it is new; Utopia's for one that no state stands for."""
        return self.signer(self._code(issuer))

    def state(self, issuer: str) -> Country:
        """The state that a zone names, as `signer_for`."""
        return self._country(self._code(issuer))

    def _code(self, issuer: str) -> str:
        code = min(may_be_signed_by(issuer) or {self.utopia.code})
        return "utopia" if code == self.utopia.code else code

    def contents(self, name: str) -> Contents:
        """KeyError for a name that no sample has."""
        if name not in self._made:
            sample = SAMPLES[name]
            self._made[name] = personalise(sample.change(self.plain()), self.signer(sample.signer), self.issued)
        return self._made[name]

    def for_zone(self, name: str, lines: tuple[str, ...], today: date) -> Contents:
        """As the sample `name`, but with what the lines say, signed by the state that they name; ValueError if they
        say nothing. The same words give the same document, with the same keys."""
        known = self._zones.get((name, lines))
        if known is not None:
            return known
        document = mrz.parse(lines, today)
        if not isinstance(document, TravelDocument):
            raise ValueError(f"not a machine-readable zone: {document}")
        made = SAMPLES[name].change(self.plain(document))
        description = replace(made, document=document, form=_FORMS[len(lines[0].strip())])
        contents = personalise(description, self.signer_for(document.issuer), self.issued)
        return self._zones.setdefault((name, lines), contents)

    def plain(self, document: TravelDocument | None = None) -> Description:
        return Description(document or specimen(self.today))

    def trusted(self) -> tuple[Country, ...]:
        """What a terminal should know: not Elsewhere, not the impostor."""
        for name in ("utopia", "rsa", "pss"):
            self._country(name)
        known = {name: country for name, country in self._countries.items() if name not in ("elsewhere", "impostor")}
        return tuple(dict.fromkeys(known.values()))

    def master_list(self) -> bytes:
        """What an operator imports to trust the good ones."""
        own, *others = self.trusted()
        return self.list_of(others)

    def list_of(self, others: Sequence[Country]) -> bytes:
        """Utopia's master list, of itself and these."""
        return self.utopia.master_list(self.today - timedelta(days=7), others)

    def crl(self) -> bytes:
        """Utopia's revocation list, with the revoked signer on it."""
        self.signer("revoked")
        return self.utopia.crl(self.today - timedelta(days=1))


def specimen(today: date) -> TravelDocument:
    """The holder of ICAO's specimens, valid for nine more years."""
    return TravelDocument(
        source=Source.CHIP, document_code="P", issuer="UTO", number="L898902C3", surname="ERIKSSON",
        given_names="ANNA MARIA", name_truncated=False, nationality="UTO", born=date(1974, 8, 12), born_text="740812",
        sex=Sex.FEMALE, expires=today.replace(year=today.year + 9, day=1), personal_number="ZE184226B",
    )  # fmt: skip
