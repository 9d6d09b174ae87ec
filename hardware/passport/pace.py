"""PACE: a short password opens the chip, and nobody who listens learns it (ICAO 9303-11 §4.4).

`establish` is the terminal's side as an exchange of five commands. The mappings, the pseudo-random
function and the token are functions of their own, the same from either side. A wrong password shows
only at the last command; nothing is ever tried twice here.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hardware.passport import tlv
from hardware.passport.apdu import EXTENDED_NE, SHORT_NE, Command
from hardware.passport.bac import denied
from hardware.passport.crypto import Cipher, Suite, unpad
from hardware.passport.errors import (
    AccessDenied,
    Guarded,
    Malformed,
    PassportError,
    Refused,
    SessionBroken,
    Unsupported,
)
from hardware.passport.exchange import Exchange, expect
from hardware.passport.groups import Draw, Group, draw
from hardware.passport.password import Kind, Password
from hardware.passport.secure_messaging import Session
from hardware.passport.security_infos import Agreement, Mapping, PaceInfo, SecurityInfos

OURS, CHIPS = (0x81, 0x83, 0x85), (0x80, 0x82, 0x84, 0x86)
"""Dynamic authentication data: nonce 80; mapping 81, 82; public keys 83, 84; tokens 85, 86 (table 2)."""
CHIP_AUTHENTICATION_DATA = 0x8A
_TEMPLATE, _PUBLIC_KEY, _OID = 0x7C, 0x7F49, 0x06
_VERSION = 2
_FIRST_ERROR = 0x6400
_LAST_TRY = (0x63C1, 0x63C0)  # a wrong one blocks, or has blocked it
_AROUND = 4  # tag and length of the template, at most

# 9303-11 §4.4.3.3.2: the constants of the pseudo-random function, by the size of the nonce.
_CONSTANTS = {
    16: (
        bytes.fromhex("A668892A7C41E3CA739F40B057D85904"),
        bytes.fromhex("A4E136AC725F738B01C1F60217C188AD"),
    ),
    32: (
        bytes.fromhex("D463D65234124EF7897054986DCA0A174E28DF758CBAA03F240616414D5A1676"),
        bytes.fromhex("54BD7255F0AAF831BEC3423FCF39D69B6CBF066677D0FAAE5AADD99DF8E53517"),
    ),
}


@dataclass(frozen=True)
class ChipProof:
    """What chip authentication mapping leaves to be verified once the chip's static key is known to be
    genuine (`chip_auth.verify_mapping`)."""

    group: Group
    mapping_key: bytes = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """A session, how it came about, and with chip authentication mapping the proof to be verified."""

    session: Session
    info: PaceInfo
    group: Group
    proof: ChipProof | None = None


class NotTaken(Refused):
    """The chip does not go this way: said before any password was judged, so another may be tried."""


def ways(infos: SecurityInfos) -> Iterator[tuple[PaceInfo, Group]]:
    """Those that chip and we can go, the best first: curves before numbers, the mapping that proves the chip as
    well first, then the longest key."""
    for info in sorted(infos.pace, key=_preference):
        try:
            group = infos.group_of(info)
        except PassportError:
            continue
        if fits(info, group):
            yield info, group


def choose(infos: SecurityInfos) -> tuple[PaceInfo, Group] | None:
    """The best way; None if there is none."""
    return next(ways(infos), None)


def _preference(info: PaceInfo) -> tuple[bool, int, int]:
    mappings = (Mapping.CHIP_AUTHENTICATION, Mapping.GENERIC, Mapping.INTEGRATED)
    return info.agreement is not Agreement.ECDH, mappings.index(info.mapping), -info.cipher.key_size


def fits(info: PaceInfo, group: Group) -> bool:
    """Whether a group can serve a protocol (9303-11 §9.5.1: no integrated mapping on secp224r1)."""
    ours = group.key_tag == (0x86 if info.agreement is Agreement.ECDH else 0x84)
    mappable = (
        info.mapping is not Mapping.INTEGRATED or info.agreement is Agreement.DH or group.field % 4 == 3
    )
    return info.version == _VERSION and ours and mappable


def ambiguous(infos: SecurityInfos) -> bool:
    """Whether the chip has more than one set of domain parameters for PACE (9303-11 §4.4.4.1)."""
    return len({each.parameter for each in infos.pace}) > 1


def establish(
    password: Password,
    info: PaceInfo,
    group: Group,
    *,
    name_parameters: bool = False,
    draw: Draw = draw,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> Exchange[Opened]:
    """MSE:Set AT, then GENERAL AUTHENTICATE four times."""
    if not fits(info, group):
        raise Unsupported(f"{info.title} with {group.name}")
    yield from _set_at(password, info, name_parameters)
    nonce = info.cipher.decrypt(password.key(info.cipher), (yield from _ask(b"", 0x80, "nonce")))
    if not info.cipher.block <= len(nonce) <= 64:
        raise Malformed(f"a nonce of {len(nonce)} bytes")

    theirs = b""
    if info.mapping is Mapping.INTEGRATED:
        chance = random(info.cipher.key_size)
        yield from _ask(tlv.encode(0x81, chance), None, "mapping")
        generator = map_integrated(group, info.cipher, nonce, chance)
    else:
        private, ours = group.pair(group.generator, draw)
        theirs = yield from _ask(tlv.encode(0x81, ours), 0x82, "mapping")
        generator = map_generic(group, nonce, private, _other(group, theirs, ours))

    private, ours = group.pair(generator, draw)
    chips = yield from _ask(tlv.encode(0x83, ours), 0x84, "key agreement")
    suite = Suite.derive(info.cipher, group.agree(private, _other(group, chips, ours)))
    answer = yield from _authenticate(info, group, suite, chips, ours)
    proof = None
    if info.mapping is Mapping.CHIP_AUTHENTICATION:
        proof = ChipProof(group, group.element(theirs), _chip_authentication_data(suite, answer))
    return Opened(Session(suite), info, group, proof)


def _set_at(password: Password, info: PaceInfo, name_parameters: bool) -> Exchange[None]:
    """Protocol, password, and where that leaves a doubt the domain parameters (9303-11 §4.4.4.1); where it leaves
    none they are named only to a chip that wants them all the same, as some do."""
    data = tlv.encode(0x80, info.oid) + tlv.encode(0x83, bytes((password.kind,)))
    named = data
    if info.parameter is not None:
        size = max(1, (info.parameter.bit_length() + 7) // 8)
        named += tlv.encode(0x84, info.parameter.to_bytes(size, "big"))
    for asked in (named,) if name_parameters else dict.fromkeys((data, named)):
        response = yield Command(0x00, 0x22, 0xC1, 0xA4, asked)
        if response.sw < _FIRST_ERROR or response.good:
            break
    if response.sw in _LAST_TRY and password.kind is Kind.CAN:
        raise Guarded(f"PACE, card access number: {response.sw & 0xF} tries left")
    if response.sw >> 4 == 0x63C and response.sw != 0x63C0:
        return  # so many tries are left; MRZ and CAN don't block, but a chip may say it
    if not response.good:
        raise NotTaken(response.sw, "PACE, MSE:Set AT")


def _ask(data: bytes, tag: int | None, doing: str) -> Exchange[bytes]:
    """One of the first three GENERAL AUTHENTICATE, chained; the object `tag` of its answer, which is about
    as long as the question."""
    ne = SHORT_NE if len(data) + _AROUND <= SHORT_NE else EXTENDED_NE
    response = yield Command(0x10, 0x86, 0x00, 0x00, tlv.encode(_TEMPLATE, data), ne=ne)
    answer = expect(response, f"PACE, {doing}")
    return b"" if tag is None else _template(answer).child(tag).value


def _template(answer: bytes) -> tlv.Tlv:
    template = tlv.parse(answer)
    if template.tag != _TEMPLATE:
        raise Malformed("PACE: an answer without dynamic authentication data")
    return template


def _other(group: Group, theirs: bytes, ours: bytes) -> bytes:
    """The chip's public key, checked: of the group, and not the one it was just told (9303-11 §4.4.1)."""
    element = group.element(theirs)
    if element == group.element(ours):
        raise SessionBroken("PACE: the chip has sent our own key back")
    return element


def _authenticate(info: PaceInfo, group: Group, suite: Suite, chips: bytes, ours: bytes) -> Exchange[tlv.Tlv]:
    """Each side proves with a token over the other's key that it has the same secret."""
    data = tlv.encode(0x85, token(suite, info.oid, group, chips))
    response = yield Command(0x00, 0x86, 0x00, 0x00, tlv.encode(_TEMPLATE, data), ne=SHORT_NE)
    if denied(response.sw):
        raise AccessDenied(f"PACE: {response.sw:04X}")
    answer = _template(expect(response, "PACE, mutual authentication"))
    if not hmac.compare_digest(answer.child(0x86).value, token(suite, info.oid, group, ours)):
        raise SessionBroken("PACE: the chip's token is wrong")
    return answer


def _chip_authentication_data(suite: Suite, answer: tlv.Tlv) -> bytes:
    """9303-11 §4.4.3.5: encrypted under the block of all ones, itself encrypted, as IV."""
    iv = suite.encrypt(b"\xff" * suite.cipher.block)
    return unpad(suite.decrypt(answer.child(CHIP_AUTHENTICATION_DATA).value, iv))


# --- the same from either side --------------------------------------------------------------------


def token(suite: Suite, oid: bytes, group: Group, public: bytes) -> bytes:
    """The authentication token over a public key as it was sent (9303-11 §4.4.3.4)."""
    return suite.token(tlv.encode(_PUBLIC_KEY, tlv.encode(_OID, oid) + tlv.encode(group.key_tag, public)))


def map_generic(group: Group, nonce: bytes, private: int, theirs: bytes) -> bytes:
    """The session's generator: nonce · G + the secret of an anonymous key agreement (9303-11 §4.4.3.3.1)."""
    shared = group.multiply(private, theirs)
    return group.add(group.multiply(int.from_bytes(nonce, "big"), group.generator), shared)


def map_integrated(group: Group, cipher: Cipher, nonce: bytes, chance: bytes) -> bytes:
    """The session's generator out of both sides' nonces alone (9303-11 §4.4.3.3.2)."""
    return group.encode_onto(pseudo_random(cipher, nonce, chance, group.field))


def pseudo_random(cipher: Cipher, nonce: bytes, chance: bytes, prime: int) -> int:
    """R_p(s, t): at least 64 bits more than the prime has, reduced (9303-11 §4.4.3.3.2)."""
    size = 16 if cipher.key_size == 16 else 32
    if len(nonce) != size or len(chance) != cipher.key_size:
        raise Malformed(f"integrated mapping with nonces of {len(nonce)} and {len(chance)} bytes")
    for_key, for_output = _CONSTANTS[size]
    key, output = cipher.encrypt(chance, nonce), b""
    while 8 * len(output) < prime.bit_length() + 64:
        output += cipher.encrypt(key[: cipher.key_size], for_output)
        key = cipher.encrypt(key[: cipher.key_size], for_key)
    return int.from_bytes(output, "big") % prime
