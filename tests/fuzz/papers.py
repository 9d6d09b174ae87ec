"""What the targets begin with: virtual states, their papers and chips, made in this process.

Small portraits and quick groups, since an input may play a whole reading.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property

from hardware.document_reader.virtual_country import Country, Signer
from hardware.document_reader.virtual_description import (
    ActiveAuthentication,
    ChipAuthentication,
    Description,
    Manner,
    Pace,
)
from hardware.document_reader.virtual_family import CAN, specimen
from hardware.document_reader.virtual_keys import Hash, KeyKind, Scheme
from hardware.document_reader.virtual_passport import Contents, personalise
from hardware.passport.crypto import Cipher
from hardware.passport.dg2 import Container
from hardware.passport.files import File
from hardware.passport.mrz import Form
from hardware.passport.picture import PictureFormat
from hardware.passport.revocation import revocation_list
from hardware.passport.security_infos import Mapping
from hardware.passport.trust import Trust

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_FOUNDED, _ISSUED = date(2022, 3, 1), date(2025, 3, 1)
_QUICK = Scheme(KeyKind.P_256, Hash.SHA_256, explicit=False)
_RSA = Scheme(KeyKind.RSA_2048, Hash.SHA_256, explicit=False)
_DH, _P192 = 0, 8  # the quickest group of numbers, the quickest curve that all mappings can


class Papers:
    """One country, two signers of whom one is revoked, and what an operator imports."""

    @cached_property
    def country(self) -> Country:
        country = Country(_FOUNDED)
        country.revoke(self._revoked(country), TODAY - timedelta(days=30))
        return country

    def _revoked(self, country: Country) -> Signer:
        return country.signer(_ISSUED - timedelta(days=200))

    @cached_property
    def quick(self) -> Country:
        """Signs what is small and verified in no time."""
        return Country(_FOUNDED, root=_QUICK, documents=_QUICK)

    @cached_property
    def rsa(self) -> Country:
        return Country(_FOUNDED, root=_RSA, documents=replace(_RSA, pss=True))

    @cached_property
    def signer(self) -> Signer:
        return self.country.signer(_ISSUED - timedelta(days=90))

    @cached_property
    def quick_signer(self) -> Signer:
        return self.quick.signer(_ISSUED - timedelta(days=90))

    @cached_property
    def rsa_signer(self) -> Signer:
        return self.rsa.signer(_ISSUED - timedelta(days=90))

    @cached_property
    def link(self) -> bytes:
        """By which an old root vouches for a new one."""
        return bytes(Country(_FOUNDED, code="AT", name="Austria").renew(Scheme(), _ISSUED).dump())

    @cached_property
    def master_list(self) -> bytes:
        return self.country.master_list(TODAY - timedelta(days=7), [self.quick, self.rsa])

    @cached_property
    def crl(self) -> bytes:
        return self.country.crl(TODAY - timedelta(days=1))

    @cached_property
    def trust(self) -> Trust:
        roots = (self.country.root.der, self.quick.root.der, self.rsa.root.der)
        return Trust(roots, (), [revocation_list(self.crl)])

    # --- chips

    @cache  # noqa: B019 - there is one
    def chip(self, name: str) -> Contents:
        return personalise(_DESCRIPTIONS[name], self.quick_signer, _ISSUED)

    @cached_property
    def full(self) -> Contents:
        """Every file, signed with a curve that is spelled out."""
        return personalise(_DESCRIPTIONS["everything"], self.signer, _ISSUED)


_PLAIN = Description(specimen(TODAY), picture=PictureFormat.JPEG_2000, picture_bytes=900)
_GM = Pace(Mapping.GENERIC, Cipher.AES128, _DH)

_DESCRIPTIONS = {
    "bac": _PLAIN,
    "bac-short": replace(_PLAIN, extended=False),
    "open": replace(_PLAIN, bac=False, container=Container.ISO_39794),
    "pace": replace(_PLAIN, pace=(_GM,)),
    "pace-3des": replace(_PLAIN, pace=(replace(_GM, cipher=Cipher.TDES),), extended=False, manners=frozenset({Manner.EXACT})),
    "pace-im": replace(_PLAIN, pace=(Pace(Mapping.INTEGRATED, Cipher.AES256, _DH),)),
    "pace-cam": replace(_PLAIN, pace=(Pace(Mapping.CHIP_AUTHENTICATION, Cipher.AES128, _P192), _GM)),
    "card": replace(
        _PLAIN, document=replace(specimen(TODAY), document_code="I", number="D23145890"), form=Form.TD1, can=CAN,
        pace=(_GM,), bac=False,
    ),
    "chip-auth": replace(_PLAIN, chip_authentication=ChipAuthentication(Cipher.AES128, _DH, key_id=7)),
    "chip-auth-3des": replace(_PLAIN, chip_authentication=ChipAuthentication(Cipher.TDES, _P192), extended=False),
    "active-rsa": replace(_PLAIN, active_authentication=ActiveAuthentication(), extended=False, manners=frozenset({Manner.PIECES})),
    "active-ec": replace(
        _PLAIN, active_authentication=ActiveAuthentication(KeyKind.P_256, Hash.SHA_256),
    ),
    "everything": replace(
        _PLAIN, chip_authentication=ChipAuthentication(Cipher.AES256, _P192, key_id=1),
        active_authentication=ActiveAuthentication(KeyKind.P_256, Hash.SHA_256), lds_version=1, hash=Hash.SHA_512,
        more=(File.DG3, File.DG7, File.DG11, File.DG12),
    ),
}  # fmt: skip
CHIPS = tuple(_DESCRIPTIONS)
PAPERS = Papers()
