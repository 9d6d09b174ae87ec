"""Whom to believe: the country certificates and revocation lists that the operator imported.

Pure; `trust_store` keeps them in files. Nothing is trusted by default, and nothing that a document brings
along: the chain is one step long, from a signer to a key that was imported. Certificates are kept as bytes
and read only when a document of their country asks for them.

In the standard's words (ICAO 9303-12) a country certificate is that of a country signing certification authority
(CSCA), a signer that of a document signer (DSC), whose key signs the document security object (SOD).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from hardware.passport.certificates import Certificate
from hardware.passport.errors import Malformed, PassportError, Unsupported
from hardware.passport.findings import YES, Finding, Reason
from hardware.passport.revocation import RevocationList

# countryName (2.5.4.6) with two or three letters in whichever string type, as it stands in DER.
_COUNTRY = re.compile(rb"\x06\x03\x55\x04\x06.[\x02\x03]([A-Za-z]{2,3})", re.DOTALL)


@dataclass(frozen=True)
class Issuer:
    """Who issued a certificate, or why that can't be said."""

    certificate: Certificate | None
    finding: Finding = YES


class Trust:
    """Country certificates, known signers and revocation lists. Two threads may ask; nobody changes it."""

    def __init__(
        self,
        authorities: Iterable[bytes] = (),
        signers: Iterable[bytes] = (),
        lists: Iterable[RevocationList] = (),
    ) -> None:
        self._authorities = _by_country(dict.fromkeys(authorities))
        self._signers = _by_country(dict.fromkeys(signers))
        self._lists = tuple(lists)
        self._read: dict[bytes, Certificate | None] = {}

    @property
    def countries(self) -> dict[str, int]:
        """How many certificates there are of each country. Reads them all."""
        every = {
            each.country for country in self._authorities for each in self._all(self._authorities, country)
        }
        return {country: len(self.authorities(country)) for country in sorted(every)}

    @property
    def certificates(self) -> int:
        """How many country certificates there are; reads none."""
        return len({der for ders in self._authorities.values() for der in ders})

    @property
    def lists(self) -> tuple[RevocationList, ...]:
        return self._lists

    def authorities(self, country: str) -> tuple[Certificate, ...]:
        """Of one country; a certificate that can't be read is left out."""
        return tuple(self._of(self._authorities, country))

    def all_signers(self) -> Iterator[Certificate]:
        """Document signers that were imported: for documents that do not bring their own."""
        yield from dict.fromkeys(each for bucket in self._signers for each in self._all(self._signers, bucket))

    def _of(self, among: dict[str, list[bytes]], country: str) -> Iterator[Certificate]:
        """Those whose subject is of `country`; the bytes may hold another country's name too."""
        for bucket in dict.fromkeys((country, "")):
            yield from (each for each in self._all(among, bucket) if each.country == country)

    def _all(self, among: dict[str, list[bytes]], bucket: str) -> Iterator[Certificate]:
        for der in among.get(bucket, ()):
            if der not in self._read:
                self._read[der] = _certificate(der)
            certificate = self._read[der]
            if certificate is not None:
                yield certificate

    def issuer(self, of: Certificate, at: datetime | None = None) -> Issuer:
        """Who issued `of`: by key identifier and by name, every key that fits is tried, links included.

        Of several that fit, one that was valid `at` is preferred. Malformed if `of` is. A name of another state
        under the certificate is no unknown one: whom it is issued by is looked up where it says that it belongs.
        """
        if of.issuer_country != of.country:
            return Issuer(None, Finding(Reason.COUNTRY, f"{of.country} by {of.issuer_country or 'nobody'}"))
        known = self.authorities(of.issuer_country)
        if not known:
            return Issuer(None, Finding(Reason.UNKNOWN_COUNTRY, of.issuer_country))
        wanted = of.authority_key_id
        by_key = [each for each in known if wanted is not None and each.key_id == wanted]
        by_name = [each for each in known if each.subject_key == of.issuer_key and each not in by_key]
        made, unsupported = [], ""
        for each in (*by_key, *by_name):
            try:
                if of.signed_by(each.key):
                    made.append(each)
            except Unsupported as error:
                unsupported = str(error)
            except Malformed:
                continue
        if made:
            made.sort(key=lambda each: (not each.may_sign_certificates, not _valid(each, at)))
            return _judged(made[0], of)
        if unsupported:
            return Issuer(None, Finding(Reason.UNSUPPORTED, unsupported))
        # A name alone does not say which of a country's keys it was; a key identifier does.
        reason = Reason.ISSUER_SIGNATURE if by_key else Reason.UNKNOWN_ISSUER
        return Issuer(None, Finding(reason, of.issuer_country))

    def revocation(self, of: Certificate, at: datetime) -> Finding:
        """Whether `of` stands on its country's list, which must be signed by a key of that country."""
        mine = [each for each in self._lists if self._speaks_for(each, of)]
        if any(of.serial in each.revoked for each in mine):
            return Finding(Reason.REVOKED)
        if not mine:
            return Finding(Reason.NO_REVOCATION_LIST, of.issuer_country)
        if not any(each.fresh(at) for each in mine):
            return Finding(Reason.OLD_REVOCATION_LIST, of.issuer_country)
        return YES

    def _speaks_for(self, each: RevocationList, of: Certificate) -> bool:
        """By the issuer's name: serial numbers are unique under one name, whichever key signed."""
        return each.issuer_key == of.issuer_key and self.signer_of(each) is not None

    def signer_of(self, revoking: RevocationList) -> Certificate | None:
        """The country certificate that made the list."""
        known = self.authorities(revoking.country)
        wanted = revoking.authority_key_id
        likely = sorted(known, key=lambda each: each.key_id != wanted or wanted is None)
        fits = (
            each
            for each in likely
            if wanted in (None, each.key_id) or each.subject_key == revoking.issuer_key
        )
        return next((each for each in fits if revoking.signed_by(each)), None)


def _judged(issuer: Certificate, of: Certificate) -> Issuer:
    if not issuer.may_sign_certificates:
        return Issuer(issuer, Finding(Reason.ISSUER_USAGE))
    if issuer.country != of.country:
        return Issuer(issuer, Finding(Reason.COUNTRY, f"{of.country} by {issuer.country}"))
    return Issuer(issuer)


def _valid(certificate: Certificate, at: datetime | None) -> bool:
    return at is None or at in certificate.validity


def _certificate(der: bytes) -> Certificate | None:
    """With all that a search looks at, or None: what can't be read can't be found."""
    try:
        made = Certificate(der)
        _ = (made.country, made.subject_key, made.key_id, made.key_usage, made.is_ca, made.validity)
    except PassportError:
        return None
    return made


def _by_country(ders: Iterable[bytes]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for der in ders:
        countries = {match.decode("ascii").upper() for match in _COUNTRY.findall(der)} or {""}
        for country in countries:
            found.setdefault(country, []).append(der)
    return found
