"""A country that is trusted, its document signer, and the shortest way to judge a document of theirs."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from hardware.passport.passive_auth import PassiveAuthentication, verify
from hardware.passport.revocation import revocation_list
from hardware.passport.trust import Trust
from tests.hardware.passport import pki
from tests.hardware.passport.pki import GROUPS, NOW, Paper, Signing

CSCA = pki.certificate(Signing.ec(ec.BrainpoolP256R1(), explicit=True))
DS = pki.signer(CSCA, Signing.ec(ec.BrainpoolP256R1(), explicit=True))


def trusting(*authorities: Paper, lists: tuple[bytes, ...] = (), signers: tuple[Paper, ...] = ()) -> Trust:
    return Trust(
        [each.der for each in authorities],
        [each.der for each in signers],
        [revocation_list(each) for each in lists],
    )


TRUST = trusting(CSCA, lists=(pki.revocations(CSCA),))


def proven(
    sod: bytes | None, groups: dict[int, bytes] | None = None, trust: Trust = TRUST
) -> PassiveAuthentication:
    return verify(sod, GROUPS if groups is None else groups, trust, NOW)
