"""The archive of signed registration cards: a PDF is stored once under its id, and never changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import ArchivedDocument

MOST_BYTES = 5 * 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True)
class Stored:
    id: str
    sha256: str
    new: bool


def store(session: Session, key: str, content: bytes, now: datetime) -> Stored:
    """The same id and content again is the same document; other content is refused (409)."""
    if not _ID.fullmatch(key):
        raise Refusal("FIELD_INVALID", "An id is letters, digits, _ and -.", where="id")
    if not content.startswith(b"%PDF-"):
        raise Refusal("BODY_INVALID", "The body is no PDF.")
    digest = hashlib.sha256(content).hexdigest()
    known = session.get(ArchivedDocument, key)
    if known is None:
        session.add(ArchivedDocument(id=key, sha256=digest, content=content, stored_at=now))
        session.flush()
    elif known.sha256 != digest:
        raise Refusal("DOCUMENT_DIFFERS", "Another document is stored under this id.", status=409)
    return Stored(key, digest, known is None)


def fetch(session: Session, key: str) -> bytes:
    known = session.get(ArchivedDocument, key)
    if known is None:
        raise Refusal("DOCUMENT_UNKNOWN", status=404)
    return known.content
