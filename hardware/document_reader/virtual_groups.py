"""Static keys in standardised groups, for chip authentication and PACE's chip authentication mapping.

SubjectPublicKeyInfo: RFC 3279 §2.3.5 for points, PKCS #3 §9 for numbers (9303-11 §9.4.4 allows both
named and explicit curves, the latter being what most chips have).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ecdsa import curves as numbers

from hardware.passport import tlv
from hardware.passport.crypto import Cipher
from hardware.passport.groups import EcGroup, Group
from hardware.passport.pace_groups import standard

_EC_PUBLIC_KEY = bytes.fromhex("2A8648CE3D0201")  # 1.2.840.10045.2.1
_DH_KEY_AGREEMENT = bytes.fromhex("2A864886F70D010301")  # 1.2.840.113549.1.3.1


@dataclass(frozen=True)
class StaticKey:
    """`info` is what stands in DG14 or EF.CardSecurity; `private` stays in the chip."""

    group: Group
    cipher: Cipher
    key_id: int | None
    info: bytes = field(repr=False)
    public: bytes = field(repr=False)
    private: int = field(repr=False)

    @property
    def finite_field(self) -> bool:
        return not isinstance(self.group, EcGroup)


def generate_static(number: int, cipher: Cipher, key_id: int | None, *, explicit: bool) -> StaticKey:
    group = standard(number)
    private, public = group.pair(group.generator)
    info = _point_info(group, public, explicit) if isinstance(group, EcGroup) else _number_info(group, public)
    return StaticKey(group, cipher, key_id, info, public, private)


def _point_info(group: EcGroup, public: bytes, explicit: bool) -> bytes:
    parameters = tlv.encode(0x06, group.curve.oid)
    if explicit:
        curve = next(one for one in numbers.curves if one.encoded_oid == parameters)
        parameters = curve.to_der("explicit", "uncompressed")
    algorithm = tlv.encode(0x30, tlv.encode(0x06, _EC_PUBLIC_KEY) + parameters)
    return tlv.encode(0x30, algorithm + tlv.encode(0x03, b"\0" + public))


def _number_info(group: Group, public: bytes) -> bytes:
    parameters = _integer(group.field) + _integer(int.from_bytes(group.generator, "big"))
    algorithm = tlv.encode(0x30, tlv.encode(0x06, _DH_KEY_AGREEMENT) + tlv.encode(0x30, parameters))
    return tlv.encode(0x30, algorithm + tlv.encode(0x03, b"\0" + _integer(int.from_bytes(public, "big"))))


def _integer(value: int) -> bytes:
    return tlv.encode(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))
