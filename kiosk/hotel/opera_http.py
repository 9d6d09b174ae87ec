"""The connection to an OPERA Cloud gateway: token, deadline, retry, and one error for all.

Rules: a redirect is refused and a certificate always verified; nothing of a request or answer
gets into an exception or a log (a query holds the guest's name); a call is asked twice only when
that can do no harm, and never past its deadline.
Source: Oracle Hospitality Integration Platform, oAuth API and the headers of the property APIs, 25.5.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.opera_deadline import Deadline, DeadlineAdapter

MOST_BYTES = 5_000_000  # an answer longer than this is none
CHUNK_BYTES = 65_536
GRACE_S = 0.3  # past the deadline: for the thread to notice
ENOUGH_S = 0.05  # a request is not begun with less time left: nobody would read its answer
EARLY_S = 60.0  # a token is renewed this long before it expires, or in the last tenth of a short life
WORKERS = 3  # two for the guest, one for whatever else asks (ping), so that none waits for another
CONFLICTS = frozenset(  # somebody was faster
    {"ROOM_TAKEN", "ALREADY_CHECKED_IN", "KEY_ALREADY_WRITTEN", "SEQUENCE_TAKEN"}
)

# urllib3 writes addresses with their query, hence names of guests, at DEBUG and at WARNING.
logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)
logging.getLogger("urllib3.connection").setLevel(logging.CRITICAL)

_CODE = re.compile(r"[A-Za-z0-9_.:\-]{1,60}")
_FOREIGN = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)


@dataclass(frozen=True, repr=False)
class Credentials:
    """What the gateway knows this kiosk by. With `username` the password grant, else client credentials."""

    client_id: str
    client_secret: str
    app_key: str  # a UUID v4
    username: str = ""
    password: str = ""
    scope: str = ""
    enterprise_id: str = ""


@dataclass(frozen=True, repr=False)
class Answer:
    """A call that was done: the JSON object ({} when there is none), and the Location header."""

    body: dict[str, Any]
    location: str = ""


@dataclass(frozen=True, repr=False)
class _Ask:
    """One call of the API."""

    call: str  # the domain's name for it; goes into errors
    method: str
    path: str
    deadline: Deadline
    query: Sequence[tuple[str, str]] = ()
    body: dict[str, Any] | None = None
    request_id: str = ""  # the same for each try: the hotel does it once
    again: bool = True

    @property
    def safe(self) -> bool:
        return self.method == "GET" or (bool(self.request_id) and self.again)


@dataclass(frozen=True, repr=False)
class Exchange:
    """One request and its answer, as the wire had it; of the query only the names. Never logged: no repr."""

    call: str
    method: str
    path: str
    query: tuple[str, ...]
    status: int = 0  # 0: no answer
    location: str = ""
    trouble: str = ""
    read: Callable[[], dict[str, Any] | None] = lambda: None
    """The answer's JSON object, if it has one: parsed again by who wants to know it."""


@dataclass(frozen=True, repr=False)
class _Raw:
    status: int
    type: str
    location: str
    content: bytes
    said_empty: bool  # by its content-length; else an empty body may be one that was cut


@dataclass
class _Session:
    adapter: DeadlineAdapter = field(default_factory=DeadlineAdapter)
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False  # no proxy, netrc or other CA from the environment
        self.session.mount("https://", self.adapter)
        self.session.mount("http://", self.adapter)


class OperaHttp:
    """Asks an OPERA Cloud gateway, from worker threads of its own.

    `base_url` is everything before `/rsv/v1`; https, or http to this machine only (ValueError).
    """

    def __init__(
        self, base_url: str, hotel_id: str, credentials: Credentials, deadline_s: float, clock: Callable[[], float]
    ) -> None:
        parts = urlsplit(base_url)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not parts.hostname or parts.query or parts.scheme not in (("https", "http") if local else ("https",)):
            raise ValueError("the hotel's address must be https://… (http:// only on this machine)")
        self._base = base_url.rstrip("/")
        self._hotel_id = hotel_id
        self._credentials = credentials
        self._deadline_s = deadline_s
        self._clock = clock
        self._pool: ThreadPoolExecutor | None = None
        self._sessions: list[_Session] = []
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._token = ""
        self._token_until = 0.0
        self.asked_again = 0
        self.tap: Callable[[Exchange, int], None] | None = None
        """Told in a worker thread of each request that was answered, or not, and of the answer's length."""

    async def open(self) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="hotel", initializer=self._start)

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)
            for each in self._sessions:
                each.session.close()
            self._sessions.clear()
            self._token = ""

    def deadline(self) -> Deadline:
        """One deadline for several requests that are one call of the hotel."""
        return Deadline(self._deadline_s, self._clock)

    async def ask(
        self,
        call: str,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: dict[str, Any] | None = None,
        token: str = "",
        again: bool = True,
        deadline: Deadline | None = None,
    ) -> Answer:
        """Do one call; HotelError by the deadline. `token` makes a changing call safe to repeat, where the
        gateway heeds it; with `again` False it is not relied upon."""
        if self._pool is None:
            raise RuntimeError("the hotel is not open")
        deadline = deadline or self.deadline()
        request_id = _request_id(token) if token else ""
        ask = _Ask(call, method, path, deadline, query, body, request_id, again)
        future = asyncio.wrap_future(self._pool.submit(self._work, ask))
        try:
            async with asyncio.timeout(self._deadline_s + GRACE_S):
                return await future
        except TimeoutError:
            # A name that takes long to resolve, or both workers busy. The deadline is over, so
            # what was not sent by now never will be.
            trouble = Trouble.TIMEOUT if deadline.asked else Trouble.DOWN
        raise HotelError(call, trouble, "stuck")

    def token_of(self, call: str, *asked: Any) -> str:
        """The same for the same question; without our secret nobody can try out whose question it was."""
        words = json.dumps([call, *asked], ensure_ascii=False, sort_keys=True).encode()
        digest = hmac.digest(self._credentials.client_secret.encode(), words, "sha256")
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def bearer(self) -> str:
        """A valid token for the hotel's other servers. Blocks until the deadline: not for the loop's thread."""
        if self._pool is None:
            raise RuntimeError("the hotel is not open")
        future = self._pool.submit(self._valid_token, _Ask("token", "POST", "", self.deadline()))
        try:
            return future.result(self._deadline_s + GRACE_S)
        except TimeoutError:
            future.cancel()
        raise HotelError("token", Trouble.DOWN, "stuck")

    # --- in a worker thread ------------------------------------------------------------------

    def _start(self) -> None:
        self._mine.session = _Session()
        self._sessions.append(self._mine.session)

    def _work(self, ask: _Ask) -> Answer:
        try:
            return self._authorised(ask)
        except HotelError as error:
            again = ask.safe and error.trouble in (Trouble.DOWN, Trouble.BROKEN) and not ask.deadline.over
            if not again:
                raise
        with self._lock:
            self.asked_again += 1
        return self._authorised(ask)

    def _authorised(self, ask: _Ask) -> Answer:
        try:
            token = self._valid_token(ask)
            raw = self._request(ask, token)
            if raw.status == 401:  # revoked before its time
                self._forget(token)
                raw = self._request(ask, self._valid_token(ask))
        except HotelError as error:
            self._tell(ask, None, error.trouble)
            raise
        self._tell(ask, raw, "")
        return _judged(ask.call, raw, may_be_empty=ask.method != "GET")

    def _tell(self, ask: _Ask, raw: _Raw | None, trouble: str) -> None:
        if self.tap is None:
            return
        names = tuple(name for name, _ in ask.query)
        if raw is None:
            self.tap(Exchange(ask.call, ask.method, ask.path, names, trouble=trouble), 0)
        else:
            read = partial(_json_object, raw)
            told = Exchange(ask.call, ask.method, ask.path, names, raw.status, raw.location, read=read)
            self.tap(told, len(raw.content))

    def _request(self, ask: _Ask, token: str) -> _Raw:
        headers = {
            "authorization": f"Bearer {token}",
            "x-app-key": self._credentials.app_key,
            "x-hotelid": self._hotel_id,
        }
        if ask.request_id:
            headers["x-request-id"] = ask.request_id
        data = None
        if ask.body is not None:
            headers["content-type"] = "application/json;charset=UTF-8"
            data = json.dumps(ask.body, ensure_ascii=False, separators=(",", ":")).encode()
        request = requests.Request(ask.method, self._base + ask.path, headers, params=list(ask.query), data=data)
        if not ask.safe:  # it can't be asked again, so it must not meet a connection that is half closed
            self._mine.session.adapter.forget_connection()
        return self._exchange(ask.call, request, ask.deadline.part(matters=True))

    def _exchange(self, call: str, request: requests.Request, deadline: Deadline) -> _Raw:
        """One request and its whole answer; DOWN, TIMEOUT or BROKEN."""
        mine: _Session = self._mine.session
        mine.adapter.deadline = deadline
        request.headers |= {"accept": "application/json", "accept-encoding": "identity"}
        code = ""
        try:
            prepared = mine.session.prepare_request(request)
            left = deadline.left(at_least=ENOUGH_S)
            with mine.session.send(prepared, stream=True, allow_redirects=False, verify=True, timeout=left) as answer:
                return _read(answer)
        except _FOREIGN as error:
            code = "tls" if isinstance(error, requests.exceptions.SSLError) else ""
        if not deadline.asked:
            raise HotelError(call, Trouble.DOWN, code)
        raise HotelError(call, Trouble.TIMEOUT if deadline.over else Trouble.BROKEN, code)

    def _valid_token(self, ask: _Ask) -> str:
        try:
            mine = self._lock.acquire(timeout=ask.deadline.left())
        except TimeoutError:
            mine = False
        if not mine:
            raise HotelError(ask.call, Trouble.DOWN, "token")
        try:
            if not self._token or self._clock() >= self._token_until:
                self._renew(ask)
            return self._token
        finally:
            self._lock.release()

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token = ""

    def _renew(self, ask: _Ask) -> None:
        """oAuth API, getToken. Whatever fails here, the call itself was not done: DOWN or UNAUTHORISED."""
        mine = self._credentials
        form = {"grant_type": "password" if mine.username else "client_credentials"}
        if mine.username:
            form |= {"username": mine.username, "password": mine.password}
        if mine.scope:
            form["scope"] = mine.scope
        headers = {"x-app-key": mine.app_key}
        if mine.enterprise_id:
            headers["enterpriseId"] = mine.enterprise_id
        client = (mine.client_id, mine.client_secret)
        request = requests.Request("POST", f"{self._base}/oauth/v1/tokens", headers, data=form, auth=client)
        trouble, code = Trouble.DOWN, "token"
        try:
            answer = _judged(ask.call, self._exchange(ask.call, request, ask.deadline.part(matters=False))).body
            token, life_s = answer.get("access_token"), answer.get("expires_in", 3600)
            if isinstance(token, str) and token.isascii() and token.isprintable() and _is_number(life_s):
                self._token = token
                self._token_until = self._clock() + float(life_s) - min(EARLY_S, float(life_s) / 10)
                return
        except HotelError as error:
            if error.trouble in (Trouble.REFUSED, Trouble.UNAUTHORISED, Trouble.NOT_FOUND):
                trouble, code = Trouble.UNAUTHORISED, error.code
        raise HotelError(ask.call, trouble, code)


def segment(value: str) -> str:
    """One part of a path, with nothing in it that could leave its place."""
    return quote(value, safe="") if value not in (".", "..") else "%2E" * len(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value > 0


def _request_id(token: str) -> str:
    """A UUID, as the header must be: the token itself if it is one, else one made of it."""
    try:
        return str(uuid.UUID(token))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, token))


def _read(answer: requests.Response) -> _Raw:
    """The whole answer; ValueError when it is longer than it may be or packed."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ValueError("packed")
    content = bytearray()
    while chunk := answer.raw.read(CHUNK_BYTES, decode_content=False):
        content += chunk
        if len(content) > MOST_BYTES:
            raise ValueError("too long")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    said_empty = answer.headers.get("content-length") == "0"
    return _Raw(answer.status_code, kind, answer.headers.get("location", ""), bytes(content), said_empty)


def _judged(call: str, raw: _Raw, *, may_be_empty: bool = False) -> Answer:
    """What an answer means; HotelError unless it says that the call was done."""
    body = _json_object(raw)
    if raw.status == 204 or (raw.status in (200, 201) and raw.said_empty and may_be_empty):
        return Answer({}, raw.location)
    if raw.status in (200, 201):
        if body is None:
            raise HotelError(call, Trouble.BROKEN, "no-json")
        return Answer(body, raw.location)
    code = _error_code(body or {}) or str(raw.status)
    if raw.status in (401, 403):
        raise HotelError(call, Trouble.UNAUTHORISED, code)
    if raw.status == 404:
        raise HotelError(call, Trouble.NOT_FOUND, code)
    if raw.status == 409 or (raw.status == 400 and code in CONFLICTS):
        raise HotelError(call, Trouble.CONFLICT, code)
    if 400 <= raw.status < 500:
        raise HotelError(call, Trouble.REFUSED, code)
    raise HotelError(call, Trouble.BROKEN, code)  # 5xx, and redirects


def _json_object(raw: _Raw) -> dict[str, Any] | None:
    """The JSON object; None when it is anything else."""
    if not (raw.type == "application/json" or raw.type.endswith("+json")):
        return None
    try:
        value = json.loads(raw.content, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError):
        return None
    return value if isinstance(value, dict) else None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _error_code(body: dict[str, Any]) -> str:
    """`o:errorCode` of the specification's exceptionDetailType, if it is nothing but a code."""
    code = body.get("o:errorCode")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
