"""E-mail against a mail server that refuses, is slow, hangs up, or is not there: what the guest can be told, and that
nothing of theirs is left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from kiosk.mail import Login, Mail, Outcome, as_sent, letter
from kiosk.outbox import Outbox
from kiosk.sections import MailSection
from tests.kiosk.conftest import MovedClock
from tests.kiosk.mail_end import MailEnd, certificate

TO = "anna.eriksson@example.org"
SENDER = "Hotel Duna – Szálló <kiosk@duna.example>"
TEXT = "Szoba: 107\n.\nПрекрасного отдыха · 愉快\n"
KEY = bytes(range(32))
Open = Callable[..., Awaitable[MailEnd]]


@pytest.fixture
async def end() -> AsyncIterator[Open]:
    opened: list[MailEnd] = []

    async def open_it(**how: Any) -> MailEnd:
        server = MailEnd(**how)
        await server.start()
        opened.append(server)
        return server

    yield open_it
    for server in opened:
        await server.stop()


def section(server: MailEnd, **how: Any) -> MailSection:
    return MailSection(server=server.address, sender=SENDER, **{"security": "none", "within_s": 5, **how})


def written(section: MailSection, to: str = TO) -> bytes:
    at = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
    return letter(section, to, "Az Ön tartózkodása", TEXT, letter_id="ab12", at=at)


class Post:
    """Mail with an outbox on the disk, and a clock that is moved."""

    def __init__(self, directory: Path, section: MailSection, login: Login | None = None) -> None:
        self.directory, self.section, self.clock = directory, section, MovedClock()
        self.mail = Mail(section, login, Outbox(directory, KEY, self.clock), self.clock)
        self.told: list[str] = []

    async def send(self, to: str = TO) -> Outcome:
        return await self.mail.send("ab12", to, written(self.section, to))

    def waiting(self) -> list[Path]:
        return list(self.directory.glob("*.sealed"))

    async def goes_on(self, until: Callable[[], object]) -> None:
        """Time passes for what waits."""
        running = asyncio.ensure_future(self.mail.run(self.told.append))
        try:
            async with asyncio.timeout(20):
                while not until():
                    await asyncio.sleep(0.02)
                    await self.clock.move(60)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_letter_arrives_as_it_was_written(end: Open, tmp_path: Path) -> None:
    server = await end()
    post = Post(tmp_path, section(server))
    assert await post.send() is Outcome.SENT
    (taken,) = server.letters
    message = taken.message
    assert (taken.to, message["To"]) == (TO, TO)
    assert message["From"] == SENDER
    assert message["Subject"] == "Az Ön tartózkodása"
    assert message["Message-ID"] == "<ab12@duna.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert taken.text == TEXT
    assert taken.raw.isascii()
    assert not post.waiting()


@pytest.mark.parametrize("how", ["starttls", "tls"])
async def test_over_tls_with_a_login(end: Open, tmp_path: Path, how: str) -> None:
    context, ca = certificate(tmp_path)
    server = await end(tls=context, implicit=how == "tls", login=("kiosk", "se cret"))
    post = Post(tmp_path / "mail", section(server, security=how, ca=ca), Login("kiosk", "se cret"))
    assert await post.send() is Outcome.SENT
    assert len(server.letters) == 1


async def test_a_certificate_that_nobody_vouches_for_gets_neither_login_nor_letter(end: Open, tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    server = await end(tls=context, login=("kiosk", "secret"))
    post = Post(tmp_path / "mail", section(server, security="starttls"), Login("kiosk", "secret"))
    assert await post.send() is Outcome.LATER
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & {*server.heard}


async def test_a_server_that_offers_no_starttls_is_not_spoken_to_in_clear(end: Open, tmp_path: Path) -> None:
    server = await end()
    post = Post(tmp_path, section(server, security="starttls"), Login("kiosk", "secret"))
    assert await post.send() is Outcome.LATER
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & {*server.heard}


async def test_a_wrong_login_is_a_matter_for_later(end: Open, tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    server = await end(tls=context, login=("kiosk", "secret"))
    post = Post(tmp_path / "mail", section(server, ca=ca, security="starttls"), Login("kiosk", "other"))
    assert await post.send() is Outcome.LATER
    assert not server.letters


@pytest.mark.parametrize(
    ("word", "answer", "outcome"),
    [
        ("RCPT", "550 5.1.1 <{to}>: unknown user", Outcome.WRONG_ADDRESS),
        ("RCPT", "553 no such mailbox {to}", Outcome.WRONG_ADDRESS),
        ("RCPT", "550 5.7.1 relaying denied for {to}", Outcome.REFUSED),
        ("RCPT", "451 4.7.1 greylisted, {to}", Outcome.LATER),
        ("MAIL", "550 5.7.1 sender not allowed", Outcome.REFUSED),
        ("MAIL", "421 4.3.2 shutting down", Outcome.LATER),
        ("DATA", "554 5.7.1 not from you", Outcome.REFUSED),
        ("DATA", "452 4.3.1 no space", Outcome.LATER),
    ],
)
async def test_what_a_server_says_instead(end: Open, tmp_path: Path, word: str, answer: str, outcome: Outcome) -> None:
    server = await end(answers={word: answer.format(to=TO)})
    post = Post(tmp_path, section(server))
    with capture_logs() as logs:
        assert await post.send() is outcome
    assert len(post.waiting()) == (outcome is Outcome.LATER)
    assert not server.letters
    assert TO not in str(logs)


async def test_a_server_that_says_nothing_is_given_up_in_time(end: Open, tmp_path: Path) -> None:
    server = await end(silent=True)
    post = Post(tmp_path, section(server, within_s=1))
    async with asyncio.timeout(4):
        assert await post.send() is Outcome.LATER


async def test_a_server_that_drips_its_greeting_is_given_up_in_time(end: Open, tmp_path: Path) -> None:
    server = await end(drips=True)
    post = Post(tmp_path, section(server, within_s=1))
    async with asyncio.timeout(4):
        assert await post.send() is Outcome.LATER


async def test_a_letter_waits_sealed_while_the_server_is_away_and_is_gone_when_it_was_sent(
    end: Open, tmp_path: Path
) -> None:
    server = await end()
    await server.stop()
    post = Post(tmp_path, section(server))
    assert await post.send() is Outcome.LATER
    (file,) = post.waiting()
    for clear in (TO.encode(), b"example.org", b"107"):
        assert clear not in file.read_bytes()
    await server.start()
    await post.goes_on(lambda: not post.waiting())
    assert [taken.text for taken in server.letters] == [TEXT]
    assert not post.told
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_it_is_sent_also_after_a_restart(end: Open, tmp_path: Path) -> None:
    server = await end(answers={"MAIL": "421 4.3.2 not now"})
    assert await Post(tmp_path, section(server)).send() is Outcome.LATER
    server.answers.clear()
    again = Post(tmp_path, section(server))
    await again.goes_on(lambda: not again.waiting())
    assert len(server.letters) == 1


async def test_a_letter_that_nobody_heard_was_taken_comes_again_as_the_same(end: Open, tmp_path: Path) -> None:
    server = await end(hangs_up_after_letter=True)
    post = Post(tmp_path, section(server))
    assert await post.send() is Outcome.LATER
    server.hangs_up_after_letter = False
    await post.goes_on(lambda: not post.waiting())
    assert len({taken.message["Message-ID"] for taken in server.letters}) == 1
    assert len(server.letters) == 2


@pytest.mark.parametrize(("answer", "why"), [("550 5.1.1 unknown", "does not take it"), ("450 4.2.1 later", "for 2 hours")])
async def test_what_can_never_be_sent_is_forgotten_and_the_desk_is_told_without_the_address(
    end: Open, tmp_path: Path, answer: str, why: str
) -> None:
    server = await end(answers={"MAIL": "421 4.3.2 not now"})
    post = Post(tmp_path, section(server, keep_hours=2))
    assert await post.send() is Outcome.LATER
    server.answers = {"RCPT": answer}
    await post.goes_on(lambda: not post.waiting())
    (told,) = post.told
    assert why in told
    assert TO not in told
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_nothing_of_a_guest_is_logged_by_anybody(
    end: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server = await end(answers={"RCPT": f"550 5.1.1 {TO}"})
    assert await Post(tmp_path, section(server)).send() is Outcome.WRONG_ADDRESS
    said = "".join((*capfd.readouterr(), caplog.text))
    assert TO not in said
    assert "letter not taken" in said


def test_a_domain_in_any_script_is_sent_in_ascii_and_a_name_that_is_not_ascii_is_told() -> None:
    assert as_sent("anna@bücher.example") == "anna@xn--bcher-kva.example"
    for wrong in ("ánna@example.org", "@example.org", "anna@" + "a" * 70 + ".org"):
        with pytest.raises(ValueError, match="no such"):
            as_sent(wrong)


def test_a_letter_takes_no_second_line_into_its_head() -> None:
    quiet = MailSection(server="127.0.0.1:25", sender=SENDER, security="none")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"."):
        written(quiet, "anna@example.org\r\nBcc: other@example.org")
