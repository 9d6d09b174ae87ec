"""What an operator imports: a file of any kind, into a store of its own."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from asn1crypto import pem

from hardware.passport.trust_store import TrustStore
from tests.fuzz.papers import PAPERS


@cache
def _directory() -> Path:
    made = Path(tempfile.mkdtemp(prefix="fuzz-trust-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def play(data: bytes) -> None:
    """Taken or refused, nothing else; and what was taken is read again."""
    store = TrustStore(_directory() / "store")
    try:
        store.take(data)
        store.listed()
    finally:
        shutil.rmtree(store.directory, ignore_errors=True)


def pem_seeds() -> list[bytes]:
    return [pem.armor("CERTIFICATE", PAPERS.country.root.der) + pem.armor("CERTIFICATE", PAPERS.signer.der)]


def seeds() -> Iterable[bytes]:
    yield PAPERS.master_list
    yield PAPERS.country.root.der
    yield PAPERS.crl
    yield pem.armor("X509 CRL", PAPERS.crl)
    yield from pem_seeds()
