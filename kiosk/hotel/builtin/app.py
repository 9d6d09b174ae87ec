"""The hotel as an ASGI application: who may ask, what was asked, and the answer's form."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import UTC
from functools import partial
from urllib.parse import parse_qsl

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.hotel.builtin import archive, folios, front_desk, keys, people, reservations, service_requests
from kiosk.hotel.builtin.clock import HotelClock
from kiosk.hotel.builtin.credentials import TOKEN_LIFE_S, StateDirectory
from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.desk import Call, Desk, Operation
from kiosk.hotel.builtin.once import once
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.wire import CONTENT_TYPE, Answer, Json, Query, encode, parse_body

OPERATIONS: tuple[Operation, ...] = (
    *reservations.OPERATIONS,
    *people.OPERATIONS,
    *front_desk.OPERATIONS,
    *keys.OPERATIONS,
    *service_requests.OPERATIONS,
    *folios.OPERATIONS,
)

MOST_BODY_BYTES = 256 * 1024

_UUID4 = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}", re.IGNORECASE)
_REQUEST_ID = re.compile(r"~*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_log = logging.getLogger("kiosk.hotel.builtin")

Endpoint = Callable[[Request], Awaitable[Response]]


class PropertySystem:
    """The hotel: its books, its clock, its credentials. `app` serves it."""

    def __init__(self, database: Database, state: StateDirectory, clock: HotelClock, currency: str) -> None:
        self.database = database
        self.state = state
        self.clock = clock
        self.currency = currency
        self.hotel_id = state.client.hotel_id
        routes = [Route(op.path, _guarded(self._operation(op)), methods=[op.method]) for op in OPERATIONS]
        self.app = Starlette(
            routes=[
                Route("/oauth/v1/tokens", _guarded(self._token), methods=["POST"]),
                *routes,
                Route("/archive/v1/registration-cards/{id}", _guarded(self._store), methods=["PUT"]),
                Route("/archive/v1/registration-cards/{id}", _guarded(self._fetch), methods=["GET"]),
                Route("/booking-code.pub", self._public_key, methods=["GET"]),
            ],
            exception_handlers={HTTPException: _no_such_path},
        )

    def desk(self, session: Session) -> Desk:
        clock = self.clock
        return Desk(session, self.hotel_id, self.currency, clock, clock.business_date(), clock.now())

    # OPERA

    def _operation(self, op: Operation) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            self._check_headers(request)
            query = Query(tuple(parse_qsl(request.url.query, keep_blank_values=True)))
            query.refuse_all_but(op.query)
            content = await _body(request, MOST_BODY_BYTES) if op.takes_body else b""
            if op.takes_body:
                _must_be_json(request)
            body = parse_body(content) if op.takes_body else None
            call = Call(dict(request.path_params), query, body)
            request_id = request.headers.get("x-request-id", "")
            if request_id and not _REQUEST_ID.fullmatch(request_id):
                raise Refusal("HEADER_INVALID", where="x-request-id")
            answer = await run_in_threadpool(self._run, op, call, content, request_id)
            return _json(answer.body, answer.status, answer.location)

        return endpoint

    def _run(self, op: Operation, call: Call, content: bytes, request_id: str) -> Answer:
        if not op.changes:
            with self.database.reading() as session:
                return op.run(self.desk(session), call)
        scope = call.path.get("reservationId") or call.path.get("profileId") or ""
        for last_try in (False, True):
            try:
                with self.database.writing() as session:
                    do = partial(op.run, self.desk(session), call)
                    if not request_id:
                        return do()
                    return once(
                        session,
                        op.name,
                        scope,
                        request_id,
                        content + repr(call.query).encode(),
                        do,
                    )
            except IntegrityError:
                # Two at once, on a database that lets them begin together: the second finds what the first did.
                if last_try:
                    raise
        raise AssertionError

    def _check_headers(self, request: Request) -> None:
        self._check_token(request)
        key = request.headers.get("x-app-key", "")
        if not key:
            raise Refusal("HEADER_MISSING", where="x-app-key")
        if not _UUID4.fullmatch(key):
            raise Refusal("HEADER_INVALID", where="x-app-key")
        if not hmac.compare_digest(key, self.state.client.app_key):
            raise Refusal("APP_KEY_UNKNOWN", status=401)
        hotel = request.headers.get("x-hotelid", "")
        if not hotel:
            raise Refusal("HEADER_MISSING", where="x-hotelid")
        if {hotel, request.path_params.get("hotelId", self.hotel_id)} != {self.hotel_id}:
            raise Refusal("HOTEL_FORBIDDEN", status=403)

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.state.token_is_good(token.strip(), self._now_s()):
            raise Refusal("TOKEN_INVALID", status=401)

    def _now_s(self) -> int:
        return int(self.clock.now().astimezone(UTC).timestamp())

    async def _token(self, request: Request) -> Response:
        key = request.headers.get("x-app-key", "")
        if not _UUID4.fullmatch(key):
            raise Refusal("HEADER_INVALID" if key else "HEADER_MISSING", where="x-app-key")
        if (
            request.headers.get("content-type", "").partition(";")[0].strip()
            != "application/x-www-form-urlencoded"
        ):
            raise Refusal("CONTENT_TYPE", status=415)
        form = dict(parse_qsl((await _body(request, 4096)).decode("utf-8", "replace")))
        client = self.state.client
        known = hmac.compare_digest(_basic(request), f"{client.client_id}:{client.client_secret}".encode())
        if not known or not hmac.compare_digest(key, client.app_key):
            raise Refusal("CLIENT_UNKNOWN", status=401)
        if form.get("grant_type") != "client_credentials":
            raise Refusal("GRANT_NOT_SERVED", where="grant_type")
        if not form.get("scope"):
            raise Refusal("FIELD_INVALID", where="scope")
        token = self.state.issue_token(self._now_s())
        answer = {
            "access_token": token,
            "expires_in": TOKEN_LIFE_S,
            "token_type": "Bearer",
            "oracle_tk_context": "user_assertion",
        }
        return Response(
            encode(answer), headers={"content-type": "application/json", "cache-control": "no-store"}
        )

    # beside OPERA

    async def _store(self, request: Request) -> Response:
        self._check_token(request)
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/pdf":
            raise Refusal("CONTENT_TYPE", status=415)
        content = await _body(request, archive.MOST_BYTES)
        stored = await run_in_threadpool(self._store_document, request.path_params["id"], content)
        return _json({"id": stored.id, "sha256": stored.sha256}, 201 if stored.new else 200)

    def _store_document(self, key: str, content: bytes) -> archive.Stored:
        with self.database.writing() as session:
            return archive.store(session, key, content, self.clock.now())

    async def _fetch(self, request: Request) -> Response:
        self._check_token(request)
        content = await run_in_threadpool(self._fetch_document, request.path_params["id"])
        return Response(content, media_type="application/pdf")

    def _fetch_document(self, key: str) -> bytes:
        with self.database.reading() as session:
            return archive.fetch(session, key)

    async def _public_key(self, request: Request) -> Response:
        return Response(self.state.public_key_path.read_bytes(), media_type="application/x-pem-file")


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Every refusal, and every fault of ours, becomes an error body; the log says which operation, no more."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return _json(refusal.body(), refusal.status)
        except Exception as error:  # noqa: BLE001 - the outermost place; the client gets 500
            _log.error("%s: %s", getattr(request.scope.get("route"), "path", "?"), type(error).__name__)
            return _json(Refusal("INTERNAL", status=500).body(), 500)

    return guarded


def _json(body: Json, status: int = 200, location: str = "") -> Response:
    headers = {"content-type": CONTENT_TYPE, "cache-control": "no-store"}
    if location:
        headers["location"] = location
    return Response(encode(body), status, headers)


async def _body(request: Request, most: int) -> bytes:
    """The body, refused as soon as it is too long."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise Refusal("TOO_LARGE", status=413)
        parts.append(part)
    return b"".join(parts)


def _must_be_json(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").lower().replace(" ", "").partition(";")
    if kind != "application/json" or parameters not in ("", "charset=utf-8"):
        raise Refusal("CONTENT_TYPE", status=415)


def _basic(request: Request) -> bytes:
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(word.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return b""


async def _no_such_path(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "PATH_UNKNOWN", 405: "METHOD_NOT_ALLOWED"}.get(status, "INTERNAL")
    return _json(Refusal(code, status=status).body(), status)
