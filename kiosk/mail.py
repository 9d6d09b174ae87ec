"""E-mail to a guest: handed to the hotel's own mail server, at once or as soon as it answers.

Rules:
1. An address lives in memory as long as its visit. Where the server does not answer, address and letter wait
   sealed in `<state>/mail` until they are sent, `keep_hours` at most; then they are gone.
2. Never in clear over a network: STARTTLS or TLS with a certificate that is checked, and no falling back. Only to
   a mail server on this machine it may be `none`, without a login.
3. What a server says may repeat the address: of its answers only the code is logged.
4. A server that took the letter and was not heard gets it again, with the same Message-ID (RFC 5322 §3.6.4).
"""

from __future__ import annotations

import asyncio
import errno
import io
import json
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from functools import partial
from typing import Any, cast

import structlog

from kiosk.clock import Clock
from kiosk.outbox import Outbox, OutboxError
from kiosk.sections import MailSection, MailSecurity

log = structlog.get_logger()

CREDENTIALS = "mail-credentials.json"
"""`{"username": …, "password": …}`; without it the server is spoken to without a login."""
DIRECTORY = "mail"
KIND = "letter"
_ENDS_WITHIN_S = 1.0
"""So long a thread has to end by itself, once its connection was cut at the deadline."""
LONGEST_ANSWER = 64 * 1024
"""Bytes; a server's longest, its list of what it can, has one or two thousand."""
_ADDRESS = re.compile(rb"5\.1\.[0-9]+")
_POLICY = re.compile(rb"5\.[0-9]+\.[0-9]+")


class Outcome(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    WRONG_ADDRESS = "wrong-address"  # the server knows nobody of this address, or can't write to it
    LATER = "later"  # it did not answer, or does not take it now
    REFUSED = "refused"  # it takes no such letter from us: somebody must look


class Amiss(StrEnum):
    """What is wrong with a mail server; each has its row in the table of faults, as `mail.<it>`."""

    DOWN = "down"  # nobody takes the connection, it is cut, or it says that it can't now
    SILENT = "silent"  # no whole answer in time
    INSECURE = "insecure"  # no STARTTLS, or a certificate that nobody vouches for
    LOGIN = "login"  # it does not know our login
    REFUSES = "refuses"  # it lets us in, and takes no letters from us


@dataclass(frozen=True)
class Heard:
    """What came of speaking with the server. `news`: whether that says anything of the server itself; one that
    takes this letter later, or knows nobody of this address, does its work."""

    outcome: Outcome = Outcome.LATER
    amiss: Amiss | None = None
    news: bool = True
    certificate_ends: datetime | None = None


class _NotLetIn(OSError):
    """The server's door stays shut, and why."""

    def __init__(self, amiss: Amiss) -> None:
        self.amiss = amiss
        super().__init__(amiss)


@dataclass(frozen=True)
class Login:
    """At the mail server."""

    username: str
    password: str = field(repr=False)


def letter(section: MailSection, to: str, subject: str, text: str, *, letter_id: str, at: datetime) -> bytes:
    """As it goes over the wire: plain text in any script, seven bits wide. ValueError for an address that no mail
    server could be given."""
    message = EmailMessage(policy=SMTP)
    message["From"] = section.sender
    message["To"] = as_sent(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter_id}@{_domain(section.sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in return
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def as_sent(address: str) -> str:
    """An address in ASCII: its domain by IDNA. ValueError where the part before it is not, which few servers take."""
    name, _, domain = address.rpartition("@")
    if not name.isascii() or not name:
        raise ValueError("no such address")
    try:
        return f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise ValueError("no such domain") from None


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


class MailServer:
    """The hotel's own. smtplib blocks, so each letter has a thread, and a deadline for all of it. OSError where the
    certificates of `ca` can't be read."""

    def __init__(self, section: MailSection, login: Login | None) -> None:
        self._section = section
        self._tls = ssl.create_default_context(cafile=str(section.ca) if section.ca else None)
        self._login = login if section.security is not MailSecurity.NONE else None

    async def send(self, to: str, message: bytes) -> Heard:
        """Never raises for what a server or a network does."""
        return await self._in_time(lambda smtp: self._hand_over(smtp, as_sent(to), message))

    async def look(self) -> Heard:
        """Greeting, encryption and login, as before every letter; and no letter."""
        return await self._in_time(_leave)

    async def _in_time(self, speak: Callable[[_Smtp], Heard]) -> Heard:
        line = _Line()
        speaking = asyncio.ensure_future(asyncio.to_thread(self._speak, line, speak))
        try:
            done, _ = await asyncio.wait({speaking}, timeout=self._section.within_s)
            if done:
                return speaking.result()
            log.warning("mail server too slow")
            line.cut()
            done, _ = await asyncio.wait({speaking}, timeout=_ENDS_WITHIN_S)
            heard = speaking.result() if done else Heard(amiss=Amiss.SILENT)
            return heard if heard.outcome is Outcome.SENT else replace(heard, amiss=Amiss.SILENT)
        finally:
            line.cut()

    def _speak(self, line: _Line, speak: Callable[[_Smtp], Heard]) -> Heard:
        try:
            with self._let_in(line) as smtp:
                ends = smtp.certificate_ends
                return replace(speak(smtp), certificate_ends=ends)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code, b"", of_guest=False)
        except smtplib.SMTPResponseException as error:
            log.error("mail server refused", error=type(error).__name__, code=error.smtp_code)
            return Heard(amiss=Amiss.REFUSES if error.smtp_code // 100 == 5 else Amiss.DOWN)
        except OSError as error:  # which smtplib's own errors are
            log.warning("mail server not reached", error=type(error).__name__)
            return Heard(amiss=_amiss(error))

    @contextmanager
    def _let_in(self, line: _Line) -> Iterator[_Smtp]:
        """Connected, greeted, encrypted, known by its login."""
        smtp = _Smtp(line, self._section, self._tls)
        try:
            smtp.greet()
            if self._login is not None:
                smtp.name_ourselves(self._login)
            yield smtp
        finally:
            smtp.close()

    def _hand_over(self, smtp: _Smtp, to: str, message: bytes) -> Heard:
        orders: tuple[tuple[bool, Callable[[], tuple[int, bytes]]], ...] = (
            (False, lambda: smtp.mail(parseaddr(self._section.sender)[1])),
            (True, lambda: smtp.rcpt(to)),
            (False, lambda: smtp.data(message)),
        )
        for of_guest, order in orders:
            code, answer = order()
            if code // 100 != 2:
                return _refused(code, answer, of_guest=of_guest)
        _leave(smtp)  # it has the letter
        return Heard(Outcome.SENT)


def _leave(smtp: _Smtp) -> Heard:
    with suppress(OSError):
        smtp.quit()
    return Heard()


def _amiss(error: OSError) -> Amiss:
    if isinstance(error, _NotLetIn):
        return error.amiss
    if isinstance(error, ssl.SSLError):
        return Amiss.INSECURE
    return Amiss.SILENT if isinstance(error, TimeoutError) else Amiss.DOWN


def _refused(code: int, answer: bytes, *, of_guest: bool) -> Heard:
    """RFC 5321 §4.2.1: 4xx may be asked again. Of a recipient, 5.1.x (RFC 3463 §3.2) or a bare 5xx is the address;
    5.7.1 and its like say that we may not send there."""
    log.warning("letter not taken", code=code, recipient=of_guest)
    if code // 100 == 4:
        return Heard(news=False)
    if of_guest and (_ADDRESS.match(answer) or not _POLICY.match(answer)):
        return Heard(Outcome.WRONG_ADDRESS, news=False)
    return Heard(Outcome.REFUSED, Amiss.REFUSES)


class _Line:
    """The connection, to be cut from another thread: a server that drips a byte a second defeats any time-out of
    single reads."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._cut = False

    def take(self, connected: socket.socket) -> None:
        self._socket = connected.dup()
        if self._cut:
            self.cut()

    def cut(self) -> None:
        self._cut = True
        line, self._socket = self._socket, None
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()


class _Brief:
    """What a server says, as far as an answer may go: one without an end would fill the memory before it is cut."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self.left = LONGEST_ANSWER

    def readline(self, most: int) -> bytes:
        line = self._file.readline(most)
        self.left -= len(line)
        if self.left < 0:
            raise OSError(errno.EMSGSIZE, "an answer without an end")
        return line

    def close(self) -> None:
        self._file.close()


class _Utf8(str):
    """Name and password go as UTF-8 (RFC 4616 §2); smtplib knows ASCII alone."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return super().encode("utf-8", errors)


class _Smtp(smtplib.SMTP):
    """Over a line that can be cut; encrypted from the first byte or after STARTTLS, or not at all."""

    def __init__(self, line: _Line, section: MailSection, tls: ssl.SSLContext) -> None:
        self._line = line
        self._section = section
        self._tls = tls
        # A single read waits longer than the whole may take: who is too slow is found so, and not taken for gone.
        within_s = section.within_s + _ENDS_WITHIN_S
        super().__init__(section.host, section.port, local_hostname=_domain(section.sender), timeout=within_s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Brief(self.sock.makefile("rb"))
        if isinstance(self.file, _Brief):
            self.file.left = LONGEST_ANSWER
        return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # as smtplib.SMTP_SSL does
        connected = socket.create_connection((host, port), timeout)
        try:
            self._line.take(connected)
            if self._section.security is MailSecurity.TLS:
                return self._tls.wrap_socket(connected, server_hostname=host)
        except BaseException:
            connected.close()
            raise
        return connected

    def greet(self) -> None:
        """Where the server has no STARTTLS: never in clear instead."""
        self.ehlo_or_helo_if_needed()
        if self._section.security is MailSecurity.STARTTLS:
            try:
                self.starttls(context=self._tls)
            except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
                raise _NotLetIn(Amiss.INSECURE) from None
            self.ehlo()

    def name_ourselves(self, login: Login) -> None:
        """By whichever way the server offers (RFC 4954)."""
        try:
            self.login(_Utf8(login.username), _Utf8(login.password))
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPResponseException as error:
            raise _NotLetIn(Amiss.DOWN if error.smtp_code // 100 == 4 else Amiss.LOGIN) from None
        except (smtplib.SMTPException, ValueError):  # it offers none that we know, or its challenge is none
            raise _NotLetIn(Amiss.LOGIN) from None

    def auth(self, mechanism: str, authobject: Any, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        def said(*challenge: bytes) -> str | None:
            words = authobject(*challenge)
            return None if words is None else _Utf8(words)

        return super().auth(mechanism, cast(Any, said), initial_response_ok=initial_response_ok)

    @property
    def certificate_ends(self) -> datetime | None:
        """None in clear."""
        if not isinstance(self.sock, ssl.SSLSocket):
            return None
        shown = self.sock.getpeercert() or {}
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


class Mail:
    """Letters on their way: tried at once, else sealed until the server answers."""

    def __init__(self, section: MailSection, login: Login | None, outbox: Outbox, clock: Clock) -> None:
        self.section = section
        self._server = MailServer(section, login)
        self._outbox = outbox
        self._clock = clock
        self.on_heard: Callable[[Heard], None] = lambda heard: None
        """Told what came of each letter of a guest."""

    async def look(self) -> Heard:
        """Whether letters would be taken, as far as can be known without one."""
        return await self._server.look()

    async def try_letter(self, to: str, message: bytes) -> Heard:
        """Sent now or never: nothing is kept. ValueError for an address that can't be written to."""
        as_sent(to)
        return await self._server.send(to, message)

    async def send(self, letter_id: str, to: str, message: bytes) -> Outcome:
        """LATER: it is kept, and will be sent."""
        outcome = await self._hand_over(to, message)
        if outcome is not Outcome.LATER:
            return outcome
        kept = {"to": to, "message": message.decode("ascii"), "since": self._clock.now().isoformat()}
        try:
            await asyncio.to_thread(self._outbox.put, letter_id, KIND, json.dumps(kept).encode())
        except OutboxError as error:
            log.error("letter not kept", why=str(error))
            return Outcome.REFUSED
        return Outcome.LATER

    async def _hand_over(self, to: str, message: bytes) -> Outcome:
        heard = await self._server.send(to, message)
        self.on_heard(heard)
        return heard.outcome

    async def run(self, tell: Callable[[str], None]) -> None:
        """For ever: what waits is sent as soon as it can be. `tell`: the desk hears of what never could."""
        await self._outbox.run(partial(self._again, tell))

    async def _again(self, tell: Callable[[str], None], letter_id: str, kind: str, content: bytes) -> bool:
        """True: it is out of our hands, and forgotten."""
        kept = json.loads(content)
        old = datetime.fromisoformat(kept["since"]) + timedelta(hours=self.section.keep_hours) <= self._clock.now()
        outcome = Outcome.REFUSED if old else await self._hand_over(kept["to"], kept["message"].encode("ascii"))
        if outcome is Outcome.LATER:
            return False
        if outcome is not Outcome.SENT:
            why = f"the mail server did not answer for {self.section.keep_hours} hours" if old else "the mail server does not take it"
            tell(f"a guest's slip could not be sent by e-mail: {why}")
        return True
