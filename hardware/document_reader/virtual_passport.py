"""Personalisation: from a description to the files and secrets of one chip.

Sources: ICAO 9303-10 §4.6 f. (files), 9303-11 §9.2 (SecurityInfos of EF.CardAccess, EF.CardSecurity and
DG14), §4.3.2 and §4.4.2 (what opens it), §6.1 and §6.2 (keys of active and chip authentication).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hardware.document_reader import virtual_portrait
from hardware.document_reader.virtual_country import CARD_SECURITY, LDS_OBJECT, Signer, lds_object, signed
from hardware.document_reader.virtual_description import Description, Fault, Manner, Pace
from hardware.document_reader.virtual_groups import StaticKey, generate_static
from hardware.document_reader.virtual_keys import PrivateKey, generate, public_info
from hardware.passport import lds, mrz, tlv
from hardware.passport.crypto import Cipher
from hardware.passport.dg2 import build_dg2
from hardware.passport.files import APPLICATION, File
from hardware.passport.mrz import Form
from hardware.passport.picture import PictureFormat
from hardware.passport.security_infos import Mapping

_BSI = bytes.fromhex("04007F00070202")  # 0.4.0.127.0.7.2.2
_PACE, _PUBLIC_KEY, _CHIP_AUTHENTICATION = _BSI + b"\x04", _BSI + b"\x01", _BSI + b"\x03"
_PLAIN_ECDSA = bytes.fromhex("04007F000701010401")  # 0.4.0.127.0.7.1.1.4.1, then the hash (TR-03111 §5.2.1.1)
_ACTIVE_AUTHENTICATION = bytes.fromhex("678108010105")  # 2.23.136.1.1.5
_PLAIN_HASHES = {"sha1": 1, "sha224": 2, "sha256": 3, "sha384": 4, "sha512": 5}
_CIPHERS = {Cipher.TDES: 1, Cipher.AES128: 2, Cipher.AES192: 3, Cipher.AES256: 4}
_MAPPINGS = {
    (Mapping.GENERIC, True): 1,
    (Mapping.GENERIC, False): 2,
    (Mapping.INTEGRATED, True): 3,
    (Mapping.INTEGRATED, False): 4,
    (Mapping.CHIP_AUTHENTICATION, False): 6,
}
_DEPTH = 1000
MOST_COMMAND, MOST_ANSWER = 2048, 0x7FFF  # bytes of an APDU of extended length


@dataclass(frozen=True, repr=False)
class Contents:
    """What is in the plastic. `files` by what they are; everything else never leaves the chip."""

    description: Description
    files: dict[File, bytes]
    zone: tuple[str, ...]  # as printed
    information: bytes  # of the zone, what opens the chip
    static_keys: tuple[StaticKey, ...] = ()
    mapping_key: StaticKey | None = None  # of PACE with chip authentication mapping
    active_key: PrivateKey | None = None
    pace: dict[bytes, tuple[Pace, ...]] = field(default_factory=dict)  # by object identifier


def personalise(description: Description, signer: Signer, issued: date) -> Contents:
    """One chip, made by `signer`'s state on the day `issued`."""
    zone = mrz.build(description.document, description.form)
    static_keys = _static_keys(description)
    mapping_key = _mapping_key(description)
    active = _active_key(description)
    access = [pace_info(pace) for pace in description.pace]
    files = _groups(description, zone, issued)
    infos = access + [info for key in static_keys for info in _chip_infos(key)] + _active_infos(description)
    if infos:  # also those of PACE alone, so that who takes it from the door is found out (9303-11 §9.2.11)
        files[File.DG14] = lds.wrap(File.DG14, security_infos(infos))
    if active and description.active_authentication:
        info = public_info(active, description.active_authentication.key, explicit=True)
        files[File.DG15] = lds.wrap(File.DG15, info)
    hashes = {
        file.group: description.hash.digest(content)
        for file, content in files.items()
        if file.group and not (file is File.DG1 and Fault.UNSIGNED_ZONE in description.faults)
    }
    content = lds_object(hashes, description.hash, description.lds_version)
    files[File.SOD] = lds.wrap(File.SOD, signed(LDS_OBJECT, content, signer, issued))
    lds_version = "1.8" if description.lds_version else "1.7"
    files[File.COM] = lds.build_com([file for file in files if file.group], lds_version)
    if access:
        files[File.CARD_ACCESS] = security_infos(access)
    if mapping_key:
        secured = security_infos(access + [_public_key_info(mapping_key)])
        files[File.CARD_SECURITY] = signed(CARD_SECURITY, secured, signer, issued)
    files |= _master_files(description)
    made = Contents(
        description, files, zone, zone_information(description, zone), static_keys, mapping_key, active, _by_oid(description.pace),
    )  # fmt: skip
    return _broken(made)


# --- files ------------------------------------------------------------------------------------


def _groups(description: Description, zone: Sequence[str], issued: date) -> dict[File, bytes]:
    document = description.document
    name = f"{document.surname.replace(' ', '<')}<<{document.given_names.replace(' ', '<')}"
    files = {
        File.DG1: lds.build_dg1(zone),
        File.DG2: build_dg2(_face(name, description.picture, most=description.picture_bytes), description.container),
    }
    if File.DG7 in description.more:
        files[File.DG7] = lds.build_dg7([_face(name, PictureFormat.JPEG, (120, 60))])
    if File.DG11 in description.more:
        files[File.DG11] = lds.build_dg11(
            lds.PersonDetails(name=name, born=document.born, birth_place=("ZENITH", "UTOPIA"))
        )
    if File.DG12 in description.more:
        files[File.DG12] = lds.build_dg12(lds.DocumentDetails(authority="UTOPIA", issued=issued))
    for file in (File.DG3, File.DG4):
        if file in description.more:
            files[file] = lds.wrap(file, tlv.encode(0x7F61, tlv.encode(0x02, b"\0")))
    return dict(sorted(files.items(), key=lambda each: each[0].fid))


@functools.lru_cache(maxsize=64)
def _face(
    name: str,
    kind: PictureFormat,
    size: tuple[int, int] = virtual_portrait.SIZE,
    most: int = virtual_portrait.BYTES,
) -> bytes:
    return virtual_portrait.encode(virtual_portrait.draw(name, size), kind, most)


def _master_files(description: Description) -> dict[File, bytes]:
    """EF.DIR: the one application (9303-10 §3.6.2). EF.ATR/INFO: how long commands and answers may be."""
    files = {File.DIR: tlv.encode(0x61, tlv.encode(0x4F, APPLICATION))}
    if description.extended:
        most = b"".join(tlv.encode(0x02, size.to_bytes(2, "big")) for size in (MOST_COMMAND, MOST_ANSWER))
        said = capabilities(description.extended, Manner.CHAINS in description.manners)
        files[File.ATR_INFO] = tlv.encode(0x47, said) + tlv.encode(0x7F66, most)
    return files


def capabilities(extended: bool, chains: bool) -> bytes:
    """The card's (ISO/IEC 7816-4 §12.1.1.9): selection by name, by identifier and by short identifier; data in
    bytes; command chaining or not, extended Lc and Le with their lengths in EF.ATR/INFO or not."""
    return bytes((0x94, 0x01, 0x80 * chains | 0x60 * extended))


def zone_information(description: Description, zone: Sequence[str]) -> bytes:
    """Number, birth and expiry with their check digits, as printed (9303-11 §4.3.2, appendix D.2)."""
    if description.form is Form.TD1:
        first, second = zone[0], zone[1]
        number = first[5:15]
        if first[14] == "<":  # it goes on in the optional data, its check digit is the last of that
            rest = first[15:].partition("<")[0]
            number = first[5:14] + rest
        text = number + second[0:7] + second[8:15]
    else:
        line = zone[1]
        number = line[:10]
        if line[9] == "<":
            number = line[:9] + line[28:].partition("<")[0]
        text = number + line[13:20] + line[21:28]
    return text.encode("ascii")


# --- SecurityInfos ----------------------------------------------------------------------------


def security_infos(infos: Sequence[bytes]) -> bytes:
    """SET OF SecurityInfo, in DER's order."""
    return tlv.encode(0x31, b"".join(sorted(dict.fromkeys(infos))))


def pace_oid(pace: Pace) -> bytes:
    return _PACE + bytes((_MAPPINGS[pace.mapping, pace.finite_field], _CIPHERS[pace.cipher]))


def pace_info(pace: Pace) -> bytes:
    return _info(pace_oid(pace), _integer(2) + _integer(pace.group))


def _by_oid(ways: Sequence[Pace]) -> dict[bytes, tuple[Pace, ...]]:
    return {pace_oid(pace): tuple(other for other in ways if pace_oid(other) == pace_oid(pace)) for pace in ways}


def chip_oid(key: StaticKey) -> bytes:
    return _CHIP_AUTHENTICATION + bytes((1 if key.finite_field else 2, _CIPHERS[key.cipher]))


def _chip_infos(key: StaticKey) -> list[bytes]:
    return [_info(chip_oid(key), _integer(1) + _key_id(key)), _public_key_info(key)]


def _public_key_info(key: StaticKey) -> bytes:
    return _info(_PUBLIC_KEY + (b"\x01" if key.finite_field else b"\x02"), key.info + _key_id(key))


def _key_id(key: StaticKey) -> bytes:
    return b"" if key.key_id is None else _integer(key.key_id)


def _active_infos(description: Description) -> list[bytes]:
    """Only for ECDSA: which hash (9303-11 §9.2.5)."""
    active = description.active_authentication
    if active is None or active.key.value.startswith("rsa"):
        return []
    plain = _PLAIN_ECDSA + bytes((_PLAIN_HASHES[active.hash],))
    return [_info(_ACTIVE_AUTHENTICATION, _integer(1) + tlv.encode(0x06, plain))]


def _info(oid: bytes, rest: bytes) -> bytes:
    return tlv.encode(0x30, tlv.encode(0x06, oid) + rest)


def _integer(value: int) -> bytes:
    return tlv.encode(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


# --- keys -------------------------------------------------------------------------------------


def _static_keys(description: Description) -> tuple[StaticKey, ...]:
    wanted = description.chip_authentication
    if wanted is None:
        return ()
    return (generate_static(wanted.group, wanted.cipher, wanted.key_id, explicit=wanted.explicit),)


def _mapping_key(description: Description) -> StaticKey | None:
    for pace in description.pace:
        if pace.mapping is Mapping.CHIP_AUTHENTICATION:
            return generate_static(pace.group, pace.cipher, None, explicit=False)
    return None


def _active_key(description: Description) -> PrivateKey | None:
    return generate(description.active_authentication.key) if description.active_authentication else None


# --- how it is bad ----------------------------------------------------------------------------


def _broken(made: Contents) -> Contents:
    files, faults = dict(made.files), made.description.faults
    if Fault.CHANGED_ZONE in faults:
        files[File.DG1] = lds.build_dg1(_another_name(made.description))
    if Fault.WRONG_SIGNATURE in faults:
        files[File.SOD] = _flipped(files[File.SOD])
    if Fault.LYING_LENGTHS in faults:
        files[File.DG1] = b"\x61\x82\x7f\xff" + files[File.DG1][2:]
        files[File.DG2] = b"\x75\x84\x7f\xff\xff\xff" + files[File.DG2][4:]
    if Fault.NESTED in faults:
        deep = b"\x30\x80" * _DEPTH + bytes(2 * _DEPTH)
        files[File.SOD] = lds.wrap(File.SOD, deep)
    for file in made.description.withheld:
        del files[file]
    made = replace(made, files=files)
    return _copied(made) if Fault.COPIED in faults else made


def _copied(made: Contents) -> Contents:
    """The same files; the keys that never left the real chip are others here."""
    description = made.description
    return replace(
        made,
        static_keys=_static_keys(description),
        mapping_key=_mapping_key(description),
        active_key=_active_key(description),
    )


def _another_name(description: Description) -> tuple[str, ...]:
    document = replace(description.document, surname="FORGER", given_names="FELIX")
    return mrz.build(document, description.form)


def _flipped(data: bytes) -> bytes:
    """The last bit of the signature, which is the last thing in a signed object."""
    return data[:-1] + bytes((data[-1] ^ 1,))

