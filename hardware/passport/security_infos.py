"""SecurityInfos: what a chip says it can do, in EF.CardAccess, EF.CardSecurity and DG14 (ICAO 9303-11 §9.2).

Pure. A public key is kept as it was sent and taken apart by `Key.open`, so that one key that we can't
use does not hide the others; entries of unknown protocols are counted and left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hardware.passport import tlv
from hardware.passport.crypto import Cipher
from hardware.passport.curves import from_parameters
from hardware.passport.errors import Malformed, Unsupported
from hardware.passport.groups import DhGroup, EcGroup, Group
from hardware.passport.pace_groups import STANDARD, standard
from hardware.passport.tlv import Tlv

_SET, _SEQUENCE, _INTEGER, _BIT_STRING, _OID = 0x31, 0x30, 0x02, 0x03, 0x06

# BSI TR-03110-3 A.1.1 and 9303-11 §9.2: protocols are 0.4.0.127.0.7.2.2.{1 keys, 2 TA, 3 CA, 4 PACE}.
_BSI = bytes.fromhex("04007F00070202")
_KEYS, _CA, _PACE = (_BSI + bytes((arc,)) for arc in (1, 3, 4))
_AA = bytes.fromhex("678108010105")  # 2.23.136.1.1.5
_PLAIN_ECDSA = bytes.fromhex("04007F000701010401")  # 0.4.0.127.0.7.1.1.4.1, BSI TR-03111 §5.2.1
_X962_ECDSA = bytes.fromhex("2A8648CE3D0403")  # 1.2.840.10045.4.3, RFC 5758 §3.2: met in its place

# Kinds of public keys.
_STANDARD = bytes.fromhex("04007F00070102")  # 0.4.0.127.0.7.1.2, 9303-11 §9.5.1
_EC_KEYS = (
    bytes.fromhex("2A8648CE3D0201"),  # 1.2.840.10045.2.1 ecPublicKey
    bytes.fromhex("2B8104010C"),  # 1.3.132.1.12 ecDH
)
_PKCS3 = bytes.fromhex("2A864886F70D010301")  # 1.2.840.113549.1.3.1 dhKeyAgreement
_X942 = bytes.fromhex("2A8648CE3E0201")  # 1.2.840.10046.2.1 dhpublicnumber
_DH_KEYS = (_PKCS3, _X942)

_CIPHERS = {1: Cipher.TDES, 2: Cipher.AES128, 3: Cipher.AES192, 4: Cipher.AES256}
_HASHES = {
    _PLAIN_ECDSA: {1: "sha1", 2: "sha224", 3: "sha256", 4: "sha384", 5: "sha512"},
    _X962_ECDSA: {1: "sha224", 2: "sha256", 3: "sha384", 4: "sha512"},
}
_MOST = 64  # entries; documents have about ten


class Agreement(StrEnum):
    DH = "DH"
    ECDH = "ECDH"


class Mapping(StrEnum):
    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


_PACE_KINDS = {
    1: (Agreement.DH, Mapping.GENERIC),
    2: (Agreement.ECDH, Mapping.GENERIC),
    3: (Agreement.DH, Mapping.INTEGRATED),
    4: (Agreement.ECDH, Mapping.INTEGRATED),
    6: (Agreement.ECDH, Mapping.CHIP_AUTHENTICATION),
}
_AGREEMENTS = {1: Agreement.DH, 2: Agreement.ECDH}


@dataclass(frozen=True)
class PaceInfo:
    """One way to run PACE. `oid` is the protocol's, as it goes into MSE:Set AT and the tokens."""

    oid: bytes
    agreement: Agreement
    mapping: Mapping
    cipher: Cipher
    version: int
    parameter: int | None

    @property
    def title(self) -> str:
        return f"PACE-{self.agreement}-{self.mapping}, {self.cipher.title}"

    @property
    def maps_chip(self) -> bool:
        """Whether it proves the chip as well."""
        return self.mapping is Mapping.CHIP_AUTHENTICATION


@dataclass(frozen=True)
class PaceDomainParameterInfo:
    """An issuer's own domain parameters, under the number that PaceInfo names them by."""

    oid: bytes
    algorithm: bytes = field(repr=False)
    parameter: int | None

    def group(self) -> Group:
        """Nobody signs these numbers, and bad ones give the password away: only those of a known curve or
        standard group are taken (9303-11 §9.2.2)."""
        oid, parameters = _algorithm(tlv.parse(self.algorithm))
        if oid not in _DH_KEYS:
            group = _group(tlv.parse(self.algorithm))
            if isinstance(group, EcGroup) or group in STANDARD.values():
                return group
        else:
            prime, base, *_ = _dh_numbers(oid, parameters)
            for known in STANDARD.values():
                if (known.field, int.from_bytes(known.generator, "big")) == (prime, base):
                    return known
        raise Unsupported("PACE with domain parameters that are not known to be good")


@dataclass(frozen=True)
class ChipAuthenticationInfo:
    """One way to run chip authentication, with the key of this number (None: the only one)."""

    oid: bytes
    agreement: Agreement
    cipher: Cipher
    version: int
    key: int | None

    @property
    def title(self) -> str:
        return f"CA-{self.agreement}, {self.cipher.title}"


@dataclass(frozen=True)
class ChipKey:
    """A public key of the chip: SubjectPublicKeyInfo, and its number."""

    agreement: Agreement
    info: bytes = field(repr=False)
    number: int | None

    def open(self) -> tuple[Group, bytes]:
        """The group and the checked element; Unsupported or Malformed."""
        return public_key(self.info)


@dataclass(frozen=True)
class ActiveAuthenticationInfo:
    """The hash of active authentication by ECDSA (9303-11 §9.2.4); "" where it names none that we know."""

    version: int
    digest: str


@dataclass(frozen=True)
class SecurityInfos:
    """All that one file of the chip says (9303-11 §9.2), by what it is for; the order within is the file's."""

    pace: tuple[PaceInfo, ...] = ()
    pace_parameters: tuple[PaceDomainParameterInfo, ...] = ()
    chip_authentication: tuple[ChipAuthenticationInfo, ...] = ()
    chip_keys: tuple[ChipKey, ...] = ()
    active_authentication: tuple[ActiveAuthenticationInfo, ...] = ()

    @property
    def maps_chip(self) -> bool:
        """Whether PACE with chip authentication mapping is among them."""
        return any(each.maps_chip for each in self.pace)

    def group_of(self, info: PaceInfo) -> Group:
        """The domain parameters of a PaceInfo (9303-11 §9.2.1 f.)."""
        number = info.parameter
        own = [
            each
            for each in self.pace_parameters
            if each.oid == info.oid[:-1] and number in (None, each.parameter)
        ]
        if own and (number is None or number >= 32):
            return own[0].group()
        if number is None:
            raise Malformed("PACE without domain parameters")
        return standard(number)


def parse(data: bytes) -> SecurityInfos:
    """The SET of EF.CardAccess, or of DG14 and EF.CardSecurity taken out of their wrappers."""
    top = tlv.parse(data)
    if top.tag != _SET:
        raise Malformed(f"SecurityInfos: {top.tag:X} instead of 31")
    entries = top.children()
    if len(entries) > _MOST:
        raise Malformed(f"SecurityInfos: {len(entries)} entries")
    found: dict[type, list[object]] = {kind: [] for kind in _FIELDS}
    for entry in entries:
        info = _entry(entry)
        if info is not None:
            found[type(info)].append(info)
    values = {name: tuple(found[kind]) for kind, name in _FIELDS.items()}
    return SecurityInfos(**values)  # type: ignore[arg-type]


def chip_authentication(agreement: Agreement, cipher: Cipher, key: int | None) -> ChipAuthenticationInfo:
    """What a chip would say that can this, for one that says nothing."""
    arcs = {kind: arc for arc, kind in _AGREEMENTS.items()}, {kind: arc for arc, kind in _CIPHERS.items()}
    return ChipAuthenticationInfo(
        _CA + bytes((arcs[0][agreement], arcs[1][cipher])), agreement, cipher, 1, key
    )


_FIELDS: dict[type, str] = {
    PaceInfo: "pace",
    PaceDomainParameterInfo: "pace_parameters",
    ChipAuthenticationInfo: "chip_authentication",
    ChipKey: "chip_keys",
    ActiveAuthenticationInfo: "active_authentication",
}


def _entry(entry: Tlv) -> object | None:
    """One SecurityInfo: protocol, required data, optional data; None for a protocol that is not ours."""
    oid, required, *optional = _parts(entry)
    read = _READERS.get((_oid(oid)[:-2], len(_oid(oid)))) or _READERS.get((_oid(oid)[:-1], len(_oid(oid))))
    return read(_oid(oid), required, optional[0] if optional else None) if read else None


def _parts(entry: Tlv) -> tuple[Tlv, ...]:
    parts = entry.children() if entry.tag == _SEQUENCE else ()
    if not 2 <= len(parts) <= 3:
        raise Malformed("SecurityInfos: an entry of an unknown shape")
    return parts


def _pace(oid: bytes, required: Tlv, optional: Tlv | None) -> PaceInfo | None:
    kind, cipher = _PACE_KINDS.get(oid[-2]), _CIPHERS.get(oid[-1])
    if kind is None or cipher is None or (kind[1] is Mapping.CHIP_AUTHENTICATION and cipher is Cipher.TDES):
        return None
    return PaceInfo(oid, *kind, cipher, _small(required), _number(optional))


def _pace_parameters(oid: bytes, required: Tlv, optional: Tlv | None) -> PaceDomainParameterInfo:
    return PaceDomainParameterInfo(oid, bytes(required), _number(optional))


def _chip_authentication(oid: bytes, required: Tlv, optional: Tlv | None) -> ChipAuthenticationInfo | None:
    agreement, cipher = _AGREEMENTS.get(oid[-2]), _CIPHERS.get(oid[-1])
    if agreement is None or cipher is None:
        return None
    return ChipAuthenticationInfo(oid, agreement, cipher, _small(required), _number(optional))


def _chip_key(oid: bytes, required: Tlv, optional: Tlv | None) -> ChipKey | None:
    agreement = _AGREEMENTS.get(oid[-1])
    return ChipKey(agreement, bytes(required), _number(optional)) if agreement else None


def _active_authentication(
    oid: bytes, required: Tlv, optional: Tlv | None
) -> ActiveAuthenticationInfo | None:
    if oid != _AA:
        return None
    algorithm = _oid(optional) if optional else b""
    digest = _HASHES.get(algorithm[:-1], {}).get(algorithm[-1], "") if algorithm else ""
    return ActiveAuthenticationInfo(_small(required), digest)


# By the protocol's arc and the length of the whole identifier.
_READERS: dict[tuple[bytes, int], Callable[[bytes, Tlv, Tlv | None], object | None]] = {
    (_PACE, 10): _pace,
    (_PACE, 9): _pace_parameters,
    (_CA, 10): _chip_authentication,
    (_KEYS, 9): _chip_key,
    (_AA[:-1], 6): _active_authentication,
}


# --- keys and their groups ----------------------------------------------------------------------


def public_key(info: bytes) -> tuple[Group, bytes]:
    """SubjectPublicKeyInfo of a key agreement key: its group, and the element checked to be of it."""
    parts = tlv.parse(info).children()
    if [part.tag for part in parts] != [_SEQUENCE, _BIT_STRING] or not parts[1].value.startswith(b"\0"):
        raise Malformed("a public key of an unknown shape")
    group, bits = _group(parts[0]), parts[1].value[1:]
    if isinstance(group, DhGroup):
        return group, group.element(_unsigned(tlv.parse(bits)))
    return group, group.element(bits)


def _group(algorithm: Tlv) -> Group:
    """AlgorithmIdentifier: a standard number, a curve by name or numbers, or Diffie-Hellman by numbers."""
    oid, parameters = _algorithm(algorithm)
    if oid == _STANDARD:
        return standard(_small(parameters))
    if oid in _EC_KEYS:
        return EcGroup(from_parameters(bytes(parameters)))
    if oid not in _DH_KEYS:
        raise Unsupported("a key of an unknown kind")
    prime, base, *more = _dh_numbers(oid, parameters)
    return DhGroup(f"MODP {prime.bit_length()}", prime, base, more[0] if oid == _X942 else None)


def _algorithm(algorithm: Tlv) -> tuple[bytes, Tlv]:
    """Kind and parameters of a key."""
    parts = algorithm.children() if algorithm.tag == _SEQUENCE else ()
    if len(parts) != 2:
        raise Malformed("a key without parameters")
    return _oid(parts[0]), parts[1]


def _dh_numbers(oid: bytes, parameters: Tlv) -> list[int]:
    """Prime, base, and in X9.42 the order (RFC 3279 §2.3.3, PKCS #3 §9)."""
    numbers = [_unsigned(part) for part in parameters.children() if part.tag == _INTEGER]
    if len(numbers) < (2 if oid == _PKCS3 else 3):
        raise Malformed("Diffie-Hellman parameters of an unknown shape")
    return [int.from_bytes(number, "big") for number in numbers]


def _oid(part: Tlv) -> bytes:
    if part.tag != _OID or not part.value:
        raise Malformed("SecurityInfos: no protocol")
    return part.value


def _number(part: Tlv | None) -> int | None:
    return None if part is None else _small(part)


def _small(part: Tlv) -> int:
    """A version, or the number of a key or of domain parameters."""
    value = int.from_bytes(_unsigned(part)[-9:], "big")
    if value >= 1 << 64:
        raise Malformed("a number out of all bounds")
    return value


def _unsigned(part: Tlv) -> bytes:
    if part.tag != _INTEGER or not 1 <= len(part.value) <= 1025 or part.value[0] & 0x80:
        raise Malformed("not a positive number")
    return part.value.lstrip(b"\0")
