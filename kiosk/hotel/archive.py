"""The hotel's archive of signed registration cards: the built-in hotel's, or another house's.

    PUT {archive}/registration-cards/{id}     application/pdf, Authorization: Bearer …
    200 or 201  {"id": "…", "sha256": "<hex of what arrived>"}

It is acknowledged only when both are ours; the same id may be put twice. HTTPS always, plain HTTP
to 127.0.0.1 only. Redirects, proxies and .netrc are not followed: the card goes where kiosk.ini says.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from kiosk.hotel.backend import HotelError, Trouble

CALL = "putRegistrationCard"
_MOST_ANSWER = 64 * 1024


class Archive:
    """`put` hands a card over. `token` gives a bearer token, asked in the worker thread for each card."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        deadline_s: float = 10.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """ValueError for an address that a card must not be sent to."""
        parts = urlsplit(url)
        if not (parts.scheme == "https" and parts.hostname) and not (
            parts.scheme == "http" and parts.hostname == "127.0.0.1"
        ):
            raise ValueError("the archive is an https:// address (http:// only on 127.0.0.1)")
        self._url = url.rstrip("/")
        self._token = token
        self._deadline_s = deadline_s
        self._wire = _Wire()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(headers or {})
        self._session.mount("https://", self._wire)
        self._session.mount("http://", self._wire)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="archive")

    async def put(self, card_id: str, pdf: bytes) -> None:
        """Returns when the archive has acknowledged this card; HotelError by the deadline if not."""
        work = asyncio.get_running_loop().run_in_executor(self._worker, self._put, card_id, pdf)
        # A thread can't be cancelled: past the deadline its connection is cut and its end ignored.
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.wait_for(asyncio.shield(work), self._deadline_s)
        except TimeoutError as error:
            raise HotelError(CALL, Trouble.TIMEOUT) from error
        finally:
            if not work.done():
                self._wire.cut()

    async def close(self) -> None:
        """End the worker; a card on its way is cut off and stays in the outbox."""
        self._wire.cut()
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    def _put(self, card_id: str, pdf: bytes) -> None:
        ends = time.monotonic() + self._deadline_s
        try:
            with self._session.put(
                f"{self._url}/registration-cards/{quote(card_id, safe='')}",
                data=pdf,
                headers={"Content-Type": "application/pdf", "Authorization": f"Bearer {self._token()}"},
                timeout=self._deadline_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                _check(response.status_code)
                _acknowledged(_read(response, ends), card_id, pdf)
        except requests.RequestException as error:
            raise HotelError(CALL, _trouble(error), type(error).__name__) from None
        finally:
            self._wire.forget()


def _check(status: int) -> None:
    if status in (200, 201):
        return
    if status in (401, 403):
        raise HotelError(CALL, Trouble.UNAUTHORISED, str(status))
    if status == 409:
        raise HotelError(CALL, Trouble.CONFLICT, str(status))
    raise HotelError(CALL, Trouble.BROKEN if status >= 500 else Trouble.REFUSED, str(status))


def _read(response: requests.Response, ends: float) -> bytes:
    content = b""
    for part in response.iter_content(4096):
        content += part
        if len(content) > _MOST_ANSWER:
            raise HotelError(CALL, Trouble.BROKEN, "answer too long")
        if time.monotonic() > ends:
            raise HotelError(CALL, Trouble.TIMEOUT)
    return content


def _acknowledged(content: bytes, card_id: str, pdf: bytes) -> None:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not all(isinstance(answer.get(key), str) for key in ("id", "sha256")):
        raise HotelError(CALL, Trouble.BROKEN, "no acknowledgement")
    if answer["id"] != card_id:
        raise HotelError(CALL, Trouble.BROKEN, "another id")
    ours = hashlib.sha256(pdf).hexdigest()
    if not hmac.compare_digest(answer["sha256"].lower().encode(), ours.encode()):
        raise HotelError(CALL, Trouble.BROKEN, "another sha256")


def _trouble(error: requests.RequestException) -> Trouble:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return Trouble.DOWN
    if isinstance(error, requests.Timeout):
        return Trouble.TIMEOUT
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return Trouble.DOWN if isinstance(reason, NewConnectionError) else Trouble.BROKEN


class _Wire(HTTPAdapter):
    """requests' adapter, whose connections can be cut from another thread.

    requests' time-outs begin anew with every byte: a server that drips one at a time holds a thread
    for ever. `cut` shuts the sockets down, and whatever was waiting on them fails at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        wire = self

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return wire.remember(super()._new_conn())

        class Tls(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return wire.remember(super()._new_conn())

        plain_pool = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        tls_pool = type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": Tls})
        self.poolmanager.pool_classes_by_scheme = {"http": plain_pool, "https": tls_pool}

    def remember(self, connection: socket.socket) -> socket.socket:
        # A duplicate: TLS takes the original's descriptor away, and shutting down reaches both.
        with self._lock:
            self._sockets.append(connection.dup())
        return connection

    def forget(self) -> None:
        """Called when a card is through: the next one connects anew, there are few."""
        with self._lock:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()
        self.poolmanager.clear()

    def cut(self) -> None:
        with self._lock:
            for connection in self._sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # already gone
