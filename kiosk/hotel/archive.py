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
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.opera_deadline import Deadline, DeadlineAdapter

_MOST_ANSWER = 64 * 1024
_GRACE_S = 0.3  # past the deadline: for the thread to notice
_FOREIGN = (requests.RequestException, HTTPError, HTTPException, OSError)


class ArchiveError(HotelError):
    """The archive has not acknowledged it: call, trouble and code, never a name or a number."""

    def __init__(self, trouble: Trouble, code: str = "") -> None:
        super().__init__("putRegistrationCard", trouble, code)


class RegistrationArchive:
    """`deliver` hands a card over. `token` gives a bearer token, asked in the worker thread for each card."""

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
        self._adapter = DeadlineAdapter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(headers or {})
        self._session.mount("https://", self._adapter)
        self._session.mount("http://", self._adapter)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="archive")

    async def deliver(self, card_id: str, pdf: bytes) -> None:
        """Returns when the archive has acknowledged this card; ArchiveError by the deadline if not."""
        deadline = Deadline(self._deadline_s, time.monotonic)
        work = asyncio.wrap_future(self._worker.submit(self._put, card_id, pdf, deadline))
        try:
            async with asyncio.timeout(self._deadline_s + _GRACE_S):
                await work
        except TimeoutError:
            # A name that takes long to resolve, or a card before this one: the thread sends nothing any more.
            trouble = Trouble.TIMEOUT if deadline.asked else Trouble.DOWN
            raise ArchiveError(trouble, "stuck") from None

    async def close(self) -> None:
        """End the worker; a card on its way is waited for until its deadline."""
        await asyncio.to_thread(self._worker.shutdown, wait=True, cancel_futures=True)
        self._session.close()

    def _put(self, card_id: str, pdf: bytes, deadline: Deadline) -> None:
        url = f"{self._url}/registration-cards/{quote(card_id, safe='')}"
        headers = {"Content-Type": "application/pdf", "Authorization": f"Bearer {self._token()}"}
        self._adapter.deadline = deadline
        code = ""
        try:
            with self._session.put(
                url, data=pdf, headers=headers, timeout=deadline.left(), allow_redirects=False, stream=True
            ) as response:
                _check(response.status_code)
                _acknowledged(_read(response), card_id, pdf)
                return
        except _FOREIGN as error:
            code = type(error).__name__
        if not deadline.asked:
            raise ArchiveError(Trouble.DOWN, code)
        raise ArchiveError(Trouble.TIMEOUT if deadline.over else Trouble.BROKEN, code)


def _check(status: int) -> None:
    if status in (200, 201):
        return
    if status in (401, 403):
        raise ArchiveError(Trouble.UNAUTHORISED, str(status))
    if status == 409:
        raise ArchiveError(Trouble.CONFLICT, str(status))
    raise ArchiveError(Trouble.BROKEN if status >= 500 else Trouble.REFUSED, str(status))


def _read(response: requests.Response) -> bytes:
    content = b""
    for part in response.iter_content(4096):
        content += part
        if len(content) > _MOST_ANSWER:
            raise ArchiveError(Trouble.BROKEN, "answer too long")
    return content


def _acknowledged(content: bytes, card_id: str, pdf: bytes) -> None:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not all(isinstance(answer.get(key), str) for key in ("id", "sha256")):
        raise ArchiveError(Trouble.BROKEN, "no acknowledgement")
    if answer["id"] != card_id:
        raise ArchiveError(Trouble.BROKEN, "another id")
    ours = hashlib.sha256(pdf).hexdigest()
    if not hmac.compare_digest(answer["sha256"].lower().encode(), ours.encode()):
        raise ArchiveError(Trouble.BROKEN, "another sha256")
