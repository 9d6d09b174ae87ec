"""Doing a change once: the same request id gets the same answer, in the change's own transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from sqlalchemy.orm import Session

from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import DoneRequest
from kiosk.hotel.builtin.wire import Answer, encode


def once(
    session: Session, operation: str, scope: str, request_id: str, body: bytes, do: Callable[[], Answer]
) -> Answer:
    """What was answered before to this id, or the answer of `do()`, kept with what it did.

    A refusal is an exception: it undoes the transaction and is not kept.
    """
    digest = hashlib.sha256(body).hexdigest()
    key = (operation, scope, request_id.lower())
    done = session.get(DoneRequest, key)
    if done is not None:
        if done.body_sha256 != digest:
            raise Refusal(
                "REQUEST_ID_REUSED", "This request id belongs to another request.", where="x-request-id"
            )
        return Answer(json.loads(done.answer), done.status, done.location)
    answer = do()
    session.add(
        DoneRequest(
            operation=operation,
            scope=scope,
            request_id=key[2],
            body_sha256=digest,
            status=answer.status,
            location=answer.location,
            answer=encode(answer.body).decode(),
        )
    )
    session.flush()
    return answer
