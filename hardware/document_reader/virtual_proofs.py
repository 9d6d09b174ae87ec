"""How the virtual chip proves that it is the one: chip and active authentication (ICAO 9303-11 §6.1, §6.2)."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.asymmetric import rsa

from hardware.document_reader.virtual_channel import ChipChannel
from hardware.document_reader.virtual_groups import StaticKey
from hardware.document_reader.virtual_keys import Hash, plain_ecdsa
from hardware.document_reader.virtual_passport import Contents, chip_oid
from hardware.document_reader.virtual_status import Refusal, Sw
from hardware.passport import tlv
from hardware.passport.apdu import Command
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.errors import Malformed

_CHALLENGE = 8
_TEMPLATE = 0x7C
# ISO/IEC 9796-2 trailers: SHA-1 is implicit, the others are named (ISO/IEC 10118-3 numbers).
_TRAILERS = {
    Hash.SHA_1: b"\xbc",
    Hash.SHA_224: b"\x38\xcc",
    Hash.SHA_256: b"\x34\xcc",
    Hash.SHA_384: b"\x36\xcc",
    Hash.SHA_512: b"\x35\xcc",
}


class ChipProof:
    """Chip authentication in both forms: MSE:Set KAT (3DES only), or MSE:Set AT and GENERAL AUTHENTICATE."""

    def __init__(self, contents: Contents) -> None:
        self._keys = contents.static_keys
        self.forget()

    def forget(self) -> None:
        self._key: StaticKey | None = None

    @property
    def chosen(self) -> bool:
        return self._key is not None

    def set(self, command: Command) -> None:
        """MSE:Set AT: protocol 80, and the key's number 84 where there are several."""
        asked = _objects(command)
        if 0x80 not in asked or set(asked) - {0x80, 0x84}:
            raise Refusal(Sw.WRONG_DATA)
        self._key = self._pick(asked.get(0x84), asked[0x80])

    def agree(self, command: Command) -> tuple[bytes, ChipChannel]:
        """GENERAL AUTHENTICATE with the terminal's key in 7C 80; the answer is an empty 7C."""
        key, self._key = self._key, None
        try:
            template = tlv.parse(command.data)
            theirs = template.child(0x80).value
        except Malformed:
            raise Refusal(Sw.WRONG_DATA) from None
        if key is None or template.tag != _TEMPLATE:
            raise Refusal(Sw.WRONG_DATA)
        return tlv.encode(_TEMPLATE, b""), _restarted(key, theirs)

    def agree_at_once(self, command: Command) -> ChipChannel:
        """MSE:Set KAT: the terminal's key in 91."""
        asked = _objects(command)
        if 0x91 not in asked or set(asked) - {0x91, 0x84}:
            raise Refusal(Sw.WRONG_DATA)
        key = self._pick(asked.get(0x84), None)
        if key.cipher is not Cipher.TDES:
            raise Refusal(Sw.CONDITIONS)
        return _restarted(key, asked[0x91])

    def _pick(self, reference: bytes | None, oid: bytes | None) -> StaticKey:
        if not self._keys:
            raise Refusal(Sw.NO_FUNCTION)
        number = None if reference is None else int.from_bytes(reference, "big")
        for key in self._keys:
            if (number is None or key.key_id == number) and oid in (None, chip_oid(key)):
                return key
        raise Refusal(Sw.NO_REFERENCE if reference is not None else Sw.WRONG_DATA)


def _restarted(key: StaticKey, theirs: bytes) -> ChipChannel:
    """New keys, counter from zero (9303-11 §6.2.2)."""
    try:
        return ChipChannel(Suite.derive(key.cipher, key.group.agree(key.private, key.group.element(theirs))))
    except Malformed:
        raise Refusal(Sw.WRONG_DATA) from None


def _objects(command: Command) -> dict[int, bytes]:
    try:
        return {each.tag: each.value for each in tlv.parse_all(command.data)}
    except Malformed:
        raise Refusal(Sw.WRONG_DATA) from None


def internal_authenticate(contents: Contents, command: Command) -> bytes:
    """A signature over the terminal's challenge: ISO/IEC 9796-2 scheme 1 with RSA, r ‖ s with ECDSA."""
    if (command.p1, command.p2) != (0, 0):
        raise Refusal(Sw.WRONG_P1_P2)
    if len(command.data) != _CHALLENGE or not command.ne:
        raise Refusal(Sw.WRONG_LENGTH)
    key, wanted = contents.active_key, contents.description.active_authentication
    if key is None or wanted is None:
        raise Refusal(Sw.NO_INSTRUCTION)
    if isinstance(key, rsa.RSAPrivateKey):
        return _recoverable(key, wanted.hash, command.data)
    return plain_ecdsa(key, wanted.hash, command.data)


def _recoverable(key: rsa.RSAPrivateKey, how: Hash, challenge: bytes) -> bytes:
    """6A ‖ M1 ‖ H(M1 ‖ challenge) ‖ trailer, M1 of the chip's choice and as long as there is room."""
    size, trailer = key.key_size // 8, _TRAILERS[how]
    own = secrets.token_bytes(size - 1 - how.algorithm.digest_size - len(trailer))
    message = b"\x6a" + own + how.digest(own + challenge) + trailer
    numbers = key.private_numbers()
    signature = pow(int.from_bytes(message, "big"), numbers.d, numbers.public_numbers.n)
    return signature.to_bytes(size, "big")
