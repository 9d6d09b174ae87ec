"""Signed objects, and what an input looks like under a good signature."""

from __future__ import annotations

from hardware.document_reader.virtual_country import LDS_OBJECT, signed
from hardware.passport import cms, lds, passive_auth, tlv
from hardware.passport.files import File
from hardware.passport.findings import Answer
from tests.fuzz.papers import NOW, PAPERS, TODAY
from tests.fuzz.target import Wrong

_BITS = 0x03


def certified(unsigned: bytes) -> bytes:
    """A certificate of Utopia's root over whatever stands in it."""
    key = PAPERS.quick.root.key
    signature = tlv.encode(_BITS, b"\0" + key.sign(unsigned))
    return tlv.encode(0x30, unsigned + bytes(key.algorithm.dump()) + signature)


def signed_seeds() -> list[bytes]:
    """The same signed by a curve that is spelled out, by one that is named, and by RSA with PSS."""
    sod = passive_auth.unwrapped(PAPERS.full.files[File.SOD])
    content = cms.parse(sod).content
    return [sod, *(signed(LDS_OBJECT, content, each, TODAY) for each in (PAPERS.quick_signer, PAPERS.rsa_signer))]


def played_passive(data: bytes) -> None:
    """EF.SOD as it comes; or any content under a good signature; or any zone in a group that is signed."""
    how, data = data[:1], data[1:]
    contents = PAPERS.chip("everything")
    groups = {file.group: content for file, content in contents.files.items() if file.group}
    if how == b"\x01":
        sod = lds.wrap(File.SOD, signed(LDS_OBJECT, data, PAPERS.quick_signer, TODAY))
    elif how == b"\x02":
        sod, groups = contents.files[File.SOD], {**groups, 1: data}
    else:
        sod = lds.wrap(File.SOD, data)
    found = passive_auth.verify(sod, groups, PAPERS.trust, NOW)
    if how == b"\x02" and found.genuine.answer is Answer.YES and data != contents.files[File.DG1]:
        raise Wrong("a changed zone is genuine")
