"""A country of our own: its certificate authority, signers, revocations, master list and signed objects.

Profiles of certificates and lists: ICAO 9303-12 §7 (tables 7 and 8), of the signed objects: 9303-10
§4.6.2 (document security object) and 9303-12 §9 (master list), all as CMS (RFC 5652 §5). It signs
whatever it is asked to sign; what is wrong with a document is decided in `virtual_passport.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from asn1crypto import algos, cms, core, crl, x509

from hardware.document_reader.virtual_keys import Hash, Scheme, SigningKey
from hardware.passport import tlv

LDS_OBJECT = "2.23.136.1.1.1"
MASTER_LIST = "2.23.136.1.1.2"
MASTER_LIST_SIGNING = "2.23.136.1.1.3"
DOCUMENT_TYPES = "2.23.136.1.1.6.2"
CARD_SECURITY = "0.4.0.127.0.7.3.2.1"
_PRIVATE_KEY_USAGE_PERIOD = "2.5.29.16"

ROOT_YEARS, SIGNS_YEARS, SIGNER_YEARS = 15, 5, 11  # a root signs for five of its years (9303-12 §4.1)
Extension = tuple[str, bool, core.Asn1Value]


@dataclass(frozen=True, repr=False)
class Signer:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: SigningKey

    @property
    def der(self) -> bytes:
        return bytes(self.certificate.dump())

    @property
    def serial(self) -> int:
        return int(self.certificate.serial_number)


class Country:
    """Utopia by default, the state of ICAO's specimens. `founded`: the day its root is valid from."""

    def __init__(
        self,
        founded: date,
        *,
        code: str = "UT",
        name: str = "Utopia",
        root: Scheme | None = None,
        documents: Scheme | None = None,
    ) -> None:
        self.code = code
        self.name = name
        self.founded = founded
        self._scheme = documents or Scheme()
        self.roots = [self._made_root(root or Scheme())]
        self.links: list[x509.Certificate] = []
        self.revoked: dict[int, date] = {}

    @property
    def root(self) -> Signer:
        """The country signing certificate that is in use now."""
        return self.roots[-1]

    # --- certificates

    def _made_root(self, scheme: Scheme) -> Signer:
        key = SigningKey.made(scheme)
        subject = self._name("Country Signing CA")
        return Signer(self._certified(key, subject, key, subject, _authority(self.founded), ROOT_YEARS, self.founded), key)

    def renew(self, scheme: Scheme, since: date) -> x509.Certificate:
        """A new root, and the link certificate by which the old one vouches for it (9303-12 §7.1.1)."""
        old, key, subject = self.root, SigningKey.made(scheme), self._name("Country Signing CA")
        new = self._certified(key, subject, key, subject, _authority(since), ROOT_YEARS, since)
        link = self._certified(key, subject, old.key, subject, _authority(since), ROOT_YEARS, since)
        self.roots.append(Signer(new, key))
        self.links.append(link)
        return link

    def signer(
        self, since: date, scheme: Scheme | None = None, years: int = SIGNER_YEARS, types: Sequence[str] = ("P", "I")
    ) -> Signer:
        """A document signer (9303-12 table 8), valid from `since`."""
        key = SigningKey.made(scheme or self._scheme)
        listed = b"".join(tlv.encode(0x13, code.encode()) for code in sorted(types))
        document_types = core.Sequence.load(tlv.encode(0x30, tlv.encode(0x02, b"\0") + tlv.encode(0x31, listed)))
        more: list[Extension] = [
            ("key_usage", True, x509.KeyUsage({"digital_signature"})),
            (DOCUMENT_TYPES, False, document_types),
            _used_for_signing(since, min(years, 1)),
        ]
        return Signer(self._issued(key, "Document Signer", more, years, since), key)

    def list_signer(self, since: date) -> Signer:
        """Who signs master lists (9303-12 §7.1.5): extended key usage, critical."""
        key = SigningKey.made(self._scheme)
        more: list[Extension] = [
            ("key_usage", True, x509.KeyUsage({"digital_signature"})),
            ("extended_key_usage", True, x509.ExtKeyUsageSyntax([MASTER_LIST_SIGNING])),
        ]
        return Signer(self._issued(key, "Master List Signer", more, ROOT_YEARS, since), key)

    def _issued(
        self, key: SigningKey, what: str, more: Sequence[Extension], years: int, since: date
    ) -> x509.Certificate:
        subject = self._name(what)
        return self._certified(key, subject, self.root.key, self._name("Country Signing CA"), more, years, since)

    def _certified(
        self,
        key: SigningKey,
        subject: x509.Name,
        issuer_key: SigningKey,
        issuer: x509.Name,
        more: Sequence[Extension],
        years: int,
        since: date,
    ) -> x509.Certificate:
        lists = x509.GeneralName("uniform_resource_identifier", f"http://pkd.example/{self.code}.crl")
        point = x509.DistributionPoint({"distribution_point": x509.DistributionPointName("full_name", [lists])})
        place = x509.GeneralNames([x509.GeneralName("directory_name", x509.Name.build({"locality_name": self.code}))])
        extensions: list[Extension] = [
            ("authority_key_identifier", False, x509.AuthorityKeyIdentifier({"key_identifier": issuer_key.identifier})),
            ("key_identifier", False, core.OctetString(key.identifier)),
            *more,
            ("issuer_alt_name", False, place),
            ("subject_alt_name", False, place),
            ("crl_distribution_points", False, x509.CRLDistributionPoints([point])),
        ]
        unsigned = x509.TbsCertificate(
            {
                "version": "v3",
                "serial_number": secrets.randbits(119) | 1 << 118,  # positive, at most 20 octets
                "signature": issuer_key.algorithm,
                "issuer": issuer,
                "validity": {"not_before": _time(since), "not_after": _time(_years_later(since, years))},
                "subject": subject,
                "subject_public_key_info": x509.PublicKeyInfo.load(key.info),
                "extensions": [_extension(*each) for each in extensions],
            }
        )
        return x509.Certificate(
            {
                "tbs_certificate": unsigned,
                "signature_algorithm": issuer_key.algorithm,
                "signature_value": issuer_key.sign(unsigned.dump()),
            }
        )

    def _name(self, common: str) -> x509.Name:
        return x509.Name.build(
            {
                "country_name": self.code,
                "organization_name": f"Republic of {self.name}",
                "common_name": f"{self.name} {common}",
            },
            use_printable=True,
        )

    # --- lists

    def revoke(self, signer: Signer, on: date) -> None:
        self.revoked[signer.serial] = on

    def crl(self, on: date) -> bytes:
        """The revocation list as of `on` (9303-12 §7.2, table 9)."""
        key = self.root.key
        entries = [
            {"user_certificate": serial, "revocation_date": _time(day)}
            for serial, day in self.revoked.items()
        ]
        unsigned = crl.TbsCertList(
            {
                "version": "v2",
                "signature": key.algorithm,
                "issuer": self.root.certificate.subject,
                "this_update": _time(on),
                "next_update": _time(on + timedelta(days=90)),
                "revoked_certificates": entries or None,
                "crl_extensions": [
                    {
                        "extn_id": "authority_key_identifier",
                        "critical": False,
                        "extn_value": core.ParsableOctetString(
                            x509.AuthorityKeyIdentifier({"key_identifier": key.identifier}).dump()
                        ),
                    },
                    {
                        "extn_id": "crl_number",
                        "critical": False,
                        "extn_value": core.ParsableOctetString(core.Integer(len(self.revoked) + 1).dump()),
                    },
                ],
            }
        )
        made = crl.CertificateList(
            {
                "tbs_cert_list": unsigned,
                "signature_algorithm": key.algorithm,
                "signature": key.sign(unsigned.dump()),
            }
        )
        return bytes(made.dump())

    def master_list(self, on: date, others: Sequence[Country] = ()) -> bytes:
        """The roots and links that this country vouches for, its own and `others`', signed (9303-12 §9)."""
        states = (self, *others)
        found = [root.der for state in states for root in state.roots]
        found += [bytes(link.dump()) for state in states for link in state.links]
        content = tlv.encode(0x30, tlv.encode(0x02, b"\0") + tlv.encode(0x31, b"".join(sorted(found))))
        return signed(MASTER_LIST, content, self.list_signer(self.founded), on, also=[self.root.certificate])


def lds_object(hashes: Mapping[int, bytes], how: Hash, version: int = 0) -> bytes:
    """LDSSecurityObject (9303-10 §4.6.2.3): the groups' hashes; version 1 says which LDS it is."""
    algorithm = bytes(algos.DigestAlgorithm({"algorithm": how.value, "parameters": core.Null()}).dump())
    values = b"".join(
        tlv.encode(0x30, tlv.encode(0x02, bytes((number,))) + tlv.encode(0x04, digest))
        for number, digest in sorted(hashes.items())
    )
    versions = tlv.encode(0x30, tlv.encode(0x13, b"0108") + tlv.encode(0x13, b"040000")) if version else b""
    return tlv.encode(0x30, tlv.encode(0x02, bytes((version,))) + algorithm + tlv.encode(0x30, values) + versions)


def signed(
    content_type: str,
    content: bytes,
    signer: Signer,
    on: date,
    *,
    also: Sequence[x509.Certificate] = (),
    by_key: bool = False,
) -> bytes:
    """CMS SignedData in its ContentInfo, version 3. `by_key`: names its signer by the key's identifier."""
    how = signer.key.scheme.hash
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": [content_type]}),
            cms.CMSAttribute({"type": "message_digest", "values": [how.digest(content)]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time("utc_time", _noon(on))]}),
        ]
    )
    certificate = signer.certificate
    if by_key:
        name = cms.SignerIdentifier("subject_key_identifier", signer.key.identifier)
    else:
        issued = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        name = cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(issued))
    information = cms.SignerInfo(
        {
            "version": "v3" if by_key else "v1",
            "sid": name,
            "digest_algorithm": how.identifier,
            "signed_attrs": attributes,
            "signature_algorithm": signer.key.algorithm,
            "signature": signer.key.sign(attributes.dump()),
        }
    )
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [how.identifier],
            "encap_content_info": {
                "content_type": content_type,
                "content": core.ParsableOctetString(content),
            },
            "certificates": [certificate, *also],
            "signer_infos": [information],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def _authority(since: date) -> list[Extension]:
    return [
        _used_for_signing(since, SIGNS_YEARS),
        ("key_usage", True, x509.KeyUsage({"key_cert_sign", "crl_sign"})),
        ("basic_constraints", True, x509.BasicConstraints({"ca": True, "path_len_constraint": 0})),
    ]


def _extension(name: str, critical: bool, value: core.Asn1Value) -> x509.Extension:
    return x509.Extension(
        {"extn_id": name, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}
    )


def _used_for_signing(since: date, years: int) -> Extension:
    """PrivateKeyUsagePeriod: a signer signs for a year, and its documents live on."""
    until = _years_later(since, years)
    value = tlv.encode(0x80, f"{since:%Y%m%d}000000Z".encode()) + tlv.encode(0x81, f"{until:%Y%m%d}000000Z".encode())
    return (_PRIVATE_KEY_USAGE_PERIOD, False, core.Sequence.load(tlv.encode(0x30, value)))


def _years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _time(day: date) -> x509.Time:
    """UTCTime until 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5)."""
    moment = datetime.combine(day, time(), UTC)
    return x509.Time("utc_time" if day.year < 2050 else "general_time", moment)
