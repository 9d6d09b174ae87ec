"""A mail server on this machine (RFC 5321, STARTTLS of RFC 3207, AUTH PLAIN of RFC 4954) that can be told to misbehave."""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DRIP_S = 0.05


@dataclass(frozen=True)
class Letter:
    """As it was taken."""

    sender: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=default))

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


@dataclass
class MailEnd:
    """`answers`: what is said to a command instead of what is right. `login`: asked for where it is not None."""

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    login: tuple[str, str] | None = None
    answers: dict[str, str] = field(default_factory=dict)
    silent: bool = False  # takes the connection, and says nothing
    drips: bool = False  # its greeting, a byte at a time, and never the end of the line
    babbles: bool = False  # a greeting of line after line, without a last one
    hangs_up_after_letter: bool = False  # takes it, and says nothing more
    letters: list[Letter] = field(default_factory=list)
    connections: int = 0
    heard: list[str] = field(default_factory=list)  # commands, before encryption too
    babbled: int = 0  # bytes
    port: int = 0

    async def start(self) -> None:
        """On the port that it had before, or on a free one."""
        sslcontext = self.tls if self.implicit else None
        self._open: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=sslcontext)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            with suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
                await self._conversation(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _conversation(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.silent:
            await reader.read()
            return
        while self.drips:
            writer.write(b"2")
            await writer.drain()
            await asyncio.sleep(DRIP_S)
        while self.babbles:
            writer.write(b"220-" + b"x" * 1000 + b"\r\n")
            await writer.drain()
            self.babbled += 1006
        talk = _Talk(reader, writer)
        await talk.say("220 mail.test ESMTP")
        sender = to = ""
        encrypted, known = self.implicit, False
        while line := await talk.line():
            word = line.split(" ")[0].split(":")[0].upper()
            self.heard.append(word)
            if word in self.answers:
                await talk.say(self.answers[word])
            elif word == "EHLO":
                offers = ["250-mail.test", "250-8BITMIME"]
                offers += ["250-STARTTLS"] if self.tls and not encrypted else []
                offers += ["250-AUTH PLAIN"] if self.login and encrypted else []
                await talk.say(*offers, "250 HELP")
            elif word == "STARTTLS" and self.tls is not None and not encrypted:
                await talk.say("220 go ahead")
                await writer.start_tls(self.tls)
                encrypted = True
            elif word == "AUTH" and self.login is not None:
                _, name, secret = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                known = (name, secret) == self.login
                await talk.say("235 2.7.0 welcome" if known else "535 5.7.8 wrong")
            elif word == "MAIL" and self.login is not None and not known:
                await talk.say("530 5.7.0 authenticate first")
            elif word == "MAIL":
                sender = line
                await talk.say("250 2.1.0 ok")
            elif word == "RCPT":
                to = line.partition("<")[2].rstrip(">")
                await talk.say("250 2.1.5 ok")
            elif word == "DATA":
                await talk.say("354 go on")
                self.letters.append(Letter(sender, to, await talk.letter()))
                if self.hangs_up_after_letter:
                    return
                await talk.say("250 2.0.0 taken")
            elif word == "QUIT":
                await talk.say("221 2.0.0 bye")
                return
            else:
                await talk.say("250 2.0.0 ok")


class _Talk:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    async def line(self) -> str:
        return (await self._reader.readline()).decode().strip()

    async def letter(self) -> bytes:
        """RFC 5321 §4.5.2: the dot that was doubled is one again."""
        raw = (await self._reader.readuntil(b"\r\n.\r\n"))[:-3]
        return raw.replace(b"\r\n..", b"\r\n.")


def certificate(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of its own for 127.0.0.1, and the file with which it is believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = directory / "mail.pem", directory / "mail.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem
