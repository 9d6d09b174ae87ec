"""The directory that holds what the operator imported: master lists, certificates, revocation lists.

    lists/DE.ml             a master list as it was published, one per state that vouches; a newer
                            one takes the older one's place, with what it no longer names
    authorities/<sha256>    country certificates, one by one
    signers/<sha256>        document signers, for documents that do not bring theirs
    revoked/<sha256>        revocation lists, the newest of each issuer

Nothing goes in unverified, and each file comes whole or not at all: written beside, synced, renamed. A process
killed in between leaves a `.half-` file that nobody reads.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from hardware.passport import master_list, tlv
from hardware.passport.certificates import Certificate, certificates
from hardware.passport.errors import Malformed, PassportError
from hardware.passport.findings import Reason
from hardware.passport.revocation import RevocationList, revocation_list
from hardware.passport.trust import Trust

_LISTS, _AUTHORITIES, _SIGNERS, _REVOKED = "lists", "authorities", "signers", "revoked"
_FOLDERS = (_LISTS, _AUTHORITIES, _SIGNERS, _REVOKED)
_HALF = ".half-"
_FILE, _DIRECTORY = 0o644, 0o755
LARGEST_FILE = 16_000_000


class Kind(StrEnum):
    """What a file is."""

    MASTER_LIST = "master-list"
    AUTHORITY = "country-certificate"
    SIGNER = "document-signer"
    REVOCATION_LIST = "revocation-list"


_SINGLE = {Kind.AUTHORITY: _AUTHORITIES, Kind.SIGNER: _SIGNERS}


@dataclass(frozen=True)
class Imported:
    """What was taken from a file."""

    kind: Kind
    country: str
    certificates: int = 0  # or, of a revocation list, how many are revoked
    fingerprint: str = ""  # of the certificate, or of the country certificate behind a list
    known: bool = False  # that certificate was already trusted before
    dated: datetime | None = None


class Refusal(StrEnum):
    """Why nothing was taken."""

    UNREADABLE = "unreadable"  # none of the four kinds, or broken
    CUT_OFF = "cut-off"  # it says that it is longer than it is
    OTHER_FINGERPRINT = "other-fingerprint"  # than the one that was compared
    LIST_SIGNATURE = "list-signature"  # the master list's own signature does not hold
    OLDER = "older"  # than the one that is here
    SELF_SIGNATURE = "self-signature"  # a country certificate that did not sign itself
    UNKNOWN_ISSUER = "unknown-issuer"  # import the country's certificate first
    NOT_TRUSTED = "not-trusted"  # the issuer is here, but did not sign this or may not


@dataclass(frozen=True)
class Refused:
    """A file of which nothing was taken."""

    why: Refusal
    detail: str = ""


@dataclass(frozen=True)
class Listed:
    """What is in the store, for people."""

    lists: tuple[Imported, ...]
    authorities: dict[str, int]
    signers: int
    single: tuple[Imported, ...]  # certificates that were imported one by one
    revocations: tuple[RevocationList, ...]
    damaged: tuple[str, ...] = field(default=())


class TrustStore:
    """The store in `directory`, which need not be there: then nothing is trusted."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.damaged: tuple[str, ...] = ()  # files that the last `load` could not read

    # --- reading ---

    def load(self) -> Trust:
        """All that is here. A damaged file is left out and named in `damaged`, the others count."""
        damaged: list[str] = []
        authorities: list[bytes] = []
        signers: list[bytes] = []
        lists: list[RevocationList] = []
        for path in self._files(_LISTS, damaged):
            with _noting(path, damaged):
                authorities += master_list.members(path.read_bytes())
        for folder, into in ((_AUTHORITIES, authorities), (_SIGNERS, signers)):
            for path in self._files(folder, damaged):
                with _noting(path, damaged):
                    into.append(_named(path))
        for path in self._files(_REVOKED, damaged):
            with _noting(path, damaged):
                lists.append(revocation_list(path.read_bytes()))
        self.damaged = tuple(damaged)
        return Trust(authorities, signers, lists)

    def state(self) -> tuple[tuple[str, int], ...]:
        """Changes when the store does, or who may read it: a running kiosk loads it again then."""
        found = []
        for folder in _FOLDERS:
            for path in self._files(folder):
                with suppress(OSError):  # taken back just now, or not ours to see: `load` says so
                    found.append((path.name, path.stat().st_ctime_ns))
        return tuple(found)

    def listed(self) -> Listed:
        """What is here, counted."""
        trust = self.load()
        lists = []
        for path in self._files(_LISTS):
            if path.name not in self.damaged:
                lists.append(_described(master_list.parse(path.read_bytes()), known=True))
        signers = sum(1 for _ in trust.all_signers())
        return Listed(tuple(lists), trust.countries, signers, self._single(), trust.lists, self.damaged)

    def _single(self) -> tuple[Imported, ...]:
        found = []
        for kind, folder in _SINGLE.items():
            for path in self._files(folder):
                with suppress(OSError, PassportError):
                    one = Certificate(_named(path))
                    found.append(Imported(kind, one.country, 1, one.fingerprint, True, one.validity.begins))
        return tuple(found)

    def _files(self, folder: str, damaged: list[str] | None = None) -> list[Path]:
        try:
            found = sorted((self.directory / folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except PermissionError:
            if damaged is not None:
                damaged.append(folder)
            return []
        return [path for path in found if not path.name.startswith(".")]

    # --- importing ---

    def take(self, data: bytes, compared: Container[str] | None = None) -> list[Imported | Refused]:
        """Import one file's content: a master list, a revocation list, or certificates (DER or PEM).

        `compared`: only what stands on a certificate with one of these fingerprints – itself, the country
        certificate behind a list, or the one that signed what it revoked. OSError where the directory can't be
        written. Two at a time wait for each other.
        """
        if len(data) > LARGEST_FILE:
            return [Refused(Refusal.UNREADABLE, f"{len(data)} bytes")]
        if missing := cut_off(data):
            return [Refused(Refusal.CUT_OFF, missing)]
        self._made(self.directory)
        with self._alone():
            return self._take(data, compared)

    def remove(self, fingerprint: str) -> list[Imported]:
        """Trust no more what this names: a certificate that was imported by itself, or the lists that a
        country certificate stands behind. What hangs on it stays, and is worth nothing without."""
        gone: list[Imported] = []
        if not self.directory.is_dir():
            return gone
        with self._alone():
            for each in self._single():
                if each.fingerprint == fingerprint:
                    (self.directory / _SINGLE[each.kind] / fingerprint).unlink()
                    gone.append(each)
            for path in self._files(_LISTS):
                with suppress(PassportError):
                    listed = _described(master_list.parse(path.read_bytes()), known=True)
                    if listed.fingerprint == fingerprint:
                        path.unlink()
                        gone.append(listed)
        return gone

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.directory / ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _take(self, data: bytes, compared: Container[str] | None) -> list[Imported | Refused]:
        if master_list.is_one(data):
            return [self._take_list(data, compared)]
        try:
            revoking = revocation_list(data)
        except PassportError as error:
            return self._take_certificates(data, error, compared)
        return [self._take_revocations(revoking, compared)]

    def _take_list(self, data: bytes, compared: Container[str] | None) -> Imported | Refused:
        try:
            listed = master_list.parse(data)
            broken = listed.broken()
        except PassportError as error:
            return Refused(Refusal.UNREADABLE, str(error))
        if broken is not None:
            return Refused(Refusal.LIST_SIGNATURE, broken)
        issuer = listed.issuer_of_signer()
        if _unlike(issuer, compared):
            return Refused(Refusal.OTHER_FINGERPRINT, issuer.fingerprint if issuer else "")
        path = self.directory / _LISTS / f"{_file_name(listed.country)}.ml"
        try:
            here = master_list.parse(path.read_bytes()).signed_at
        except (OSError, PassportError):
            here = None
        if here is not None and (listed.signed_at is None or listed.signed_at < here):
            return Refused(Refusal.OLDER, f"{here:%Y-%m-%d}")
        known = issuer in self.load().authorities(listed.country)
        self._write(path, data)
        return _described(listed, known)

    def _take_certificates(
        self, data: bytes, not_a_list: PassportError, compared: Container[str] | None
    ) -> list[Imported | Refused]:
        try:
            found = certificates(data)
        except PassportError as error:
            about = not_a_list if b"X509 CRL" in data[:2000] else error
            return [Refused(Refusal.UNREADABLE, str(about))]
        others = [each for each in found if _unlike(each, compared)]
        results: list[Imported | Refused] = [
            Refused(Refusal.OTHER_FINGERPRINT, each.fingerprint) for each in others
        ]
        return self._take_each([each for each in found if each not in others]) + results

    def _take_each(self, waiting: list[Certificate]) -> list[Imported | Refused]:
        """Roots first, then whatever an earlier one vouches for, until nothing more is taken."""
        results: dict[Certificate, Imported | Refused] = {}
        before = -1
        while waiting and len(waiting) != before:
            before = len(waiting)
            trust = self.load()
            for each in waiting:
                results[each] = self._take_certificate(each, trust)
            waiting = [each for each in waiting if _may_come_later(results[each])]
        return list(results.values())

    def _take_certificate(self, certificate: Certificate, trust: Trust) -> Imported | Refused:
        try:
            refusal = self._refusal(certificate, trust)
            kind = Kind.AUTHORITY if _is_authority(certificate) else Kind.SIGNER
            country, at = certificate.country, certificate.validity.begins
        except PassportError as error:
            return Refused(Refusal.UNREADABLE, str(error))
        if refusal is not None:
            return refusal
        path = self.directory / _SINGLE[kind] / certificate.fingerprint
        known = path.exists()
        self._write(path, certificate.der)
        return Imported(kind, country, 1, certificate.fingerprint, known, at)

    def _refusal(self, certificate: Certificate, trust: Trust) -> Refused | None:
        """A root must have signed itself; a link and a signer are taken from a country that is here."""
        if not certificate.country:
            return Refused(Refusal.UNREADABLE, "it names no country")
        _ = certificate.key
        if certificate.self_issued and certificate.authority_key_id in (None, certificate.key_id):
            if not _is_authority(certificate):
                return Refused(Refusal.NOT_TRUSTED, Reason.ISSUER_USAGE)
            return None if certificate.signed_by(certificate.key) else Refused(Refusal.SELF_SIGNATURE)
        finding = trust.issuer(certificate, certificate.validity.begins).finding
        if finding.reason in (Reason.UNKNOWN_COUNTRY, Reason.UNKNOWN_ISSUER):
            return Refused(Refusal.UNKNOWN_ISSUER, certificate.issuer)
        return Refused(Refusal.NOT_TRUSTED, finding.reason) if finding.reason else None

    def _take_revocations(
        self, revoking: RevocationList, compared: Container[str] | None
    ) -> Imported | Refused:
        trust = self.load()
        signer = trust.signer_of(revoking)
        if signer is None:
            known = trust.authorities(revoking.country)
            return Refused(Refusal.NOT_TRUSTED if known else Refusal.UNKNOWN_ISSUER, revoking.issuer)
        if _unlike(signer, compared):
            return Refused(Refusal.OTHER_FINGERPRINT, signer.fingerprint)
        name = hashlib.sha256(revoking.issuer_key.encode()).hexdigest()
        for each in trust.lists:
            if each.issuer_key == revoking.issuer_key and each.this_update > revoking.this_update:
                return Refused(Refusal.OLDER, f"{each.this_update:%Y-%m-%d}")
        self._write(self.directory / _REVOKED / name, revoking.der)
        return Imported(
            Kind.REVOCATION_LIST,
            revoking.country,
            len(revoking.revoked),
            known=True,
            dated=revoking.this_update,
        )

    def _made(self, directory: Path) -> None:
        if not directory.is_dir():
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(_DIRECTORY)

    def _write(self, path: Path, content: bytes) -> None:
        """Readable for everybody, whatever the umask: root imports, another user reads, and all of it is public."""
        self._made(path.parent)
        for left in path.parent.glob(f"{_HALF}*"):
            left.unlink(missing_ok=True)  # of a process that was killed
        handle, half = tempfile.mkstemp(prefix=_HALF, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _FILE)
            os.fsync(file.fileno())
        os.replace(half, path)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


class _noting:
    """Inside it a file that can't be read is noted, and the next one goes on."""

    def __init__(self, path: Path, damaged: list[str]) -> None:
        self._path, self._damaged = path, damaged

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if kind is None or not issubclass(kind, (OSError, PassportError)):
            return False
        self._damaged.append(self._path.name)
        return True


def cut_off(data: bytes) -> str:
    """What is missing at the end of a file in DER, '' if nothing is, or it can't be told."""
    try:
        _, length, size = tlv.header(data)
    except Malformed:
        return ""
    return f"{len(data)} of {size + length} bytes" if data[:1] == b"\x30" and size + length > len(data) else ""


def _unlike(certificate: Certificate | None, compared: Container[str] | None) -> bool:
    return compared is not None and (certificate is None or certificate.fingerprint not in compared)


def _named(path: Path) -> bytes:
    """A certificate's bytes, unread; their hash is the file's name."""
    der = path.read_bytes()
    if hashlib.sha256(der).hexdigest() != path.name:
        raise Malformed("not what was written")
    return der


def _may_come_later(result: Imported | Refused) -> bool:
    return isinstance(result, Refused) and result.why is Refusal.UNKNOWN_ISSUER


def _is_authority(certificate: Certificate) -> bool:
    return certificate.may_sign_certificates


def _described(listed: master_list.MasterList, known: bool) -> Imported:
    issuer = listed.issuer_of_signer()
    return Imported(
        Kind.MASTER_LIST, listed.country, len(listed.certificates), issuer.fingerprint if issuer else "", known,
        listed.signed_at,
    )  # fmt: skip


def _file_name(country: str) -> str:
    return country if country.isascii() and country.isalnum() else "unnamed"
