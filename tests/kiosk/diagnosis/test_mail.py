"""A technician asks the mail server: away, silent, insecure, a stranger to our login, deaf to our letters; and a guest is
offered only what goes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hardware.checks import CheckResult, Outcome
from hardware.readings import State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.mail import LETTER, SERVER, checks, noted
from kiosk.diagnosis.parts import Part, part, parts
from kiosk.diagnosis.run import try_part
from kiosk.faults import MAIL, TABLE
from kiosk.mail import Login, Mail, letter
from kiosk.outbox import Outbox
from kiosk.rounds import MAIL_EVERY_S, Rounds
from kiosk.sections import MailSection
from tests.hardware.hands import Person
from tests.kiosk.conftest import Stand
from tests.kiosk.mail_end import MailEnd, certificate

TO = "tobias.lindner@example.org"
SENDER = "Hotel Duna <kiosk@duna.example>"
KEY = bytes(range(32))
LOGIN = ("kiosk", "se cret")
LETTER_WORDS = {"MAIL", "RCPT", "DATA"}


class Writing(Person):
    """A technician who types an address."""

    def __init__(self, types: str = TO, **more: Any) -> None:
        super().__init__(**more)
        self.types = types

    async def writes(self, question: str) -> str | None:
        self.asked.append(question)
        return self.types


class Post:
    """A terminal with a mail server, good or bad."""

    def __init__(self, stand: Stand, folder: Path) -> None:
        self.stand, self.terminal, self.folder = stand, stand.terminal, folder
        self.context, self.ca = certificate(folder)
        self.server: MailEnd
        self.opened: list[MailEnd] = []

    async def opens(self, as_whom: Login | None = None, server: str = "", **how: Any) -> Mail:
        """`how`: of the section where it begins so, else of the server."""
        section = {key: how.pop(key) for key in ("security", "ca", "within_s") if key in how}
        self.server = MailEnd(**how)
        await self.server.start()
        self.opened.append(self.server)
        made = MailSection(server=server or self.server.address, sender=SENDER, **{"security": "none", "within_s": 5, **section})
        mail = self.terminal.mail = Mail(made, as_whom, Outbox(self.folder / "mail", KEY, self.stand.clock), self.stand.clock)
        mail.on_heard = lambda heard: noted(self.terminal, heard)
        return mail

    async def secure(self, login: tuple[str, str] = LOGIN, **how: Any) -> Mail:
        return await self.opens(Login(*login), tls=self.context, login=LOGIN, **{"security": "starttls", "ca": self.ca, **how})

    @property
    def part(self) -> Part:
        found = part(self.terminal, "mail")
        assert found is not None
        return found

    async def tried(self, hands: Any = NO_HANDS) -> dict[str, Tried]:
        return {tried.check: tried for tried in await try_part(self.terminal, self.part, hands)}

    async def looked(self) -> CheckResult:
        return (await self.tried())[SERVER].result


@pytest.fixture
async def post(stand: Stand, tmp_path: Path) -> AsyncIterator[Post]:
    made = Post(stand, tmp_path)
    yield made
    for server in made.opened:
        await server.stop()


def test_without_a_mail_server_there_is_no_such_part_and_nothing_is_offered(stand: Stand) -> None:
    assert checks(stand.terminal) == ()
    assert "mail" not in {part.id for part in parts(stand.terminal)}
    assert not stand.terminal.mails


# --- without a letter -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["none", "starttls", "tls"])
async def test_a_server_that_lets_us_in_is_well_and_has_got_no_letter(post: Post, how: str) -> None:
    if how == "none":
        await post.opens()
    else:
        await post.secure(security=how, implicit=how == "tls")
    assert post.part.view().state is State.UNKNOWN, "nobody has tried it"
    result = await post.looked()
    values = {value.id: value for value in result.measured}
    assert post.part.view().state is (State.WELL if how == "none" else State.NEEDS_CARE), "the certificate is for a day"
    assert values["mail-answer"].within
    assert ("mail-certificate" in values) is (how != "none")
    assert not LETTER_WORDS & {*post.server.heard}
    assert ("AUTH" in post.server.heard) is (how != "none")
    assert post.server.heard[-1] == "QUIT", "and it was said good-bye"
    assert post.terminal.mails


@pytest.fixture
def nowhere() -> Iterator[str]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


Opens = Callable[[Post], Awaitable[Mail]]
ILL: dict[str, tuple[Opens, str]] = {
    "hangs up": (lambda post: post.opens(answers={"EHLO": "421 4.3.2 no", "HELO": "421 4.3.2 no"}), "mail.down"),
    "silent": (lambda post: post.opens(silent=True, within_s=1), "mail.silent"),
    "drips": (lambda post: post.opens(drips=True, within_s=1), "mail.silent"),
    "babbles": (lambda post: post.opens(babbles=True, within_s=3), "mail.down"),
    "no STARTTLS": (lambda post: post.opens(security="starttls"), "mail.insecure"),
    "STARTTLS refused": (lambda post: post.secure(answers={"STARTTLS": "454 4.7.0 not now"}), "mail.insecure"),
    "stranger's certificate": (lambda post: post.secure(ca=None), "mail.insecure"),
    "speaks in clear": (lambda post: post.opens(security="tls"), "mail.insecure"),
    "wrong login": (lambda post: post.secure(login=("kiosk", "other")), "mail.login"),
    "no login wanted": (lambda post: post.opens(Login(*LOGIN), tls=post.context, security="starttls", ca=post.ca), "mail.login"),
    "asks nonsense": (lambda post: post.secure(answers={"AUTH": "334 a"}), "mail.login"),
    "login not now": (lambda post: post.secure(answers={"AUTH": "454 4.7.0 try later"}), "mail.down"),
    "closed": (lambda post: post.opens(answers={"EHLO": "550 5.7.1 go away", "HELO": "550 5.7.1 go away"}), "mail.refuses"),
}


@pytest.mark.parametrize("what", ILL)
async def test_what_is_wrong_with_the_server_is_told_by_its_code_and_no_guest_is_offered_it(post: Post, what: str) -> None:
    opens, code = ILL[what]
    mail = await opens(post)
    with capture_logs() as logs:
        result = await asyncio.wait_for(post.looked(), mail.section.within_s + 3)
    assert (result.outcome, result.fault) == (Outcome.ILL, code)
    view = post.part.view()
    assert (view.state, view.faults) == (State.ILL, (code,))
    assert not post.terminal.mails
    assert not LETTER_WORDS & {*post.server.heard}
    assert "AUTH" not in post.server.heard or code in ("mail.login", "mail.down")
    assert LOGIN[1] not in f"{logs} {result}"


async def test_a_server_that_is_not_there_and_one_without_a_name(post: Post, nowhere: str) -> None:
    await post.opens(server=nowhere)
    assert (await post.looked()).fault == "mail.down"
    await post.opens(server="mail.invalid:25", security="tls")
    assert (await post.looked()).fault == "mail.down"


async def test_of_an_answer_without_an_end_little_is_heard(post: Post) -> None:
    """Anybody on the house's network can give one, before any certificate was shown."""
    await post.opens(babbles=True, within_s=3)
    assert (await post.looked()).fault == "mail.down"
    assert post.server.babbled < 8_000_000, "what the kernel holds, and no more"


async def test_a_password_in_any_script_lets_us_in(post: Post) -> None:
    login = ("kiosk", "pass wörd őű")
    mail = await post.opens(Login(*login), tls=post.context, login=login, security="starttls", ca=post.ca)
    assert (await post.looked()).outcome is Outcome.ILL, "the certificate is for a day"
    assert (await mail.look()).amiss is None
    mail = await post.opens(Login("kiosk", "other ö"), tls=post.context, login=login, security="starttls", ca=post.ca)
    assert (await post.looked()).fault == "mail.login"


async def test_well_again_it_is_offered_again(post: Post) -> None:
    await post.opens()
    await post.server.stop()
    assert (await post.looked()).fault == "mail.down"
    assert not post.terminal.mails
    await post.server.start()
    assert (await post.looked()).outcome is Outcome.WELL
    assert (post.part.view().state, post.terminal.mails) == (State.WELL, True)


async def test_a_proof_that_is_too_old_is_unknown(post: Post) -> None:
    await post.opens()
    await post.looked()
    post.stand.clock._s += 2101
    assert post.part.view().state is State.UNKNOWN
    assert post.terminal.mails, "nothing speaks against it"


# --- with a letter ----------------------------------------------------------------------------------------


async def test_a_test_message_arrives_and_its_address_is_kept_nowhere(post: Post) -> None:
    await post.opens()
    person = Writing()
    with capture_logs() as logs:
        tried = (await post.tried(person))[LETTER]
    assert tried.result.outcome is Outcome.WELL
    assert "arrived?" in person.asked[-1]
    (taken,) = post.server.letters
    assert taken.to == TO
    assert "test message" in taken.text
    assert TO not in f"{tried} {logs}"
    assert not list((post.folder / "mail").glob("*.sealed"))


@pytest.mark.parametrize(("came", "outcome", "fault"), [(False, Outcome.ILL, "mail.lost"), (None, Outcome.UNSURE, None)])
async def test_what_the_server_took_and_nobody_saw_is_not_well(
    post: Post, came: bool | None, outcome: Outcome, fault: str | None
) -> None:
    await post.opens()
    result = (await post.tried(Writing(says={"arrived": came})))[LETTER].result
    assert (result.outcome, result.fault) == (outcome, fault)
    assert post.terminal.mails is (came is None)


@pytest.mark.parametrize(
    ("word", "answer", "outcome", "fault"),
    [
        ("MAIL", "550 5.7.1 not you", Outcome.ILL, "mail.refuses"),
        ("RCPT", "550 5.7.1 no relaying", Outcome.ILL, "mail.refuses"),
        ("RCPT", "550 5.1.1 unknown", Outcome.UNSURE, None),
        ("RCPT", "451 4.7.1 greylisted", Outcome.UNSURE, None),
    ],
)
async def test_a_test_message_that_is_not_taken(post: Post, word: str, answer: str, outcome: Outcome, fault: str | None) -> None:
    await post.opens(answers={word: answer})
    result = (await post.tried(Writing()))[LETTER].result
    assert (result.outcome, result.fault) == (outcome, fault)
    assert not list((post.folder / "mail").glob("*.sealed")), "a test is sent now or never"


@pytest.mark.parametrize("types", ["", "őrült@példa.example"])
async def test_no_address_sends_nothing(post: Post, types: str) -> None:
    await post.opens()
    result = (await post.tried(Writing(types)))[LETTER].result
    assert result.outcome is (Outcome.UNSURE if types else Outcome.SKIPPED)
    assert not LETTER_WORDS & {*post.server.heard}
    assert post.part.view().state is State.WELL, "a letter is not wanted for it"


async def test_nobody_there_sends_nothing(post: Post) -> None:
    await post.opens()
    for hands in (NO_HANDS, Person()):
        tried = (await post.tried(hands))[LETTER]
        assert (tried.result.outcome, tried.nobody) == (Outcome.SKIPPED, True)
    assert not LETTER_WORDS & {*post.server.heard}


# --- guests' letters, and rounds ---------------------------------------------------------------------------


async def _guests(post: Post, mail: Mail) -> None:
    at = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
    await mail.send("ab12", TO, letter(mail.section, TO, "x", "x", letter_id="ab12", at=at))


async def test_what_a_guests_letter_has_shown_counts_at_once(post: Post) -> None:
    mail = await post.opens()
    await post.server.stop()
    await _guests(post, mail)
    assert (post.part.view().faults, post.terminal.mails) == (("mail.down",), False)
    await post.server.start()
    await _guests(post, mail)
    assert (post.part.view().state, post.terminal.mails) == (State.WELL, True)


async def test_a_server_that_refuses_letters_is_not_well_because_it_lets_us_in(post: Post) -> None:
    mail = await post.opens(answers={"DATA": "554 5.7.1 not from you"})
    await _guests(post, mail)
    assert (await post.looked()).outcome is Outcome.WELL
    assert (post.part.view().state, post.part.view().faults) == (State.ILL, ("mail.refuses",))
    assert not post.terminal.mails
    post.server.answers.clear()
    await post.tried(Writing())
    assert post.terminal.mails, "a test message has shown that it takes them"


async def test_one_guests_wrong_address_is_no_fault_of_the_server(post: Post) -> None:
    mail = await post.opens(answers={"RCPT": "550 5.1.1 unknown"})
    await _guests(post, mail)
    assert post.terminal.mails
    assert post.part.view().state is State.UNKNOWN


async def test_rounds_look_at_it_every_quarter_of_an_hour_and_find_it_back(post: Post) -> None:
    await post.opens()
    await post.server.stop()
    rounds = Rounds(post.terminal)
    await rounds.once()
    assert post.part.view().faults == ("mail.down",)
    await post.server.start()
    await rounds.once()
    assert post.part.view().faults == ("mail.down",), "not before its time: each look is a login"
    post.stand.clock._s += MAIL_EVERY_S
    await rounds.once()
    assert post.terminal.mails
    assert post.server.connections == 1
    assert not post.server.letters


def test_every_way_in_which_mail_fails_has_its_row() -> None:
    raised = {code for _, code in ILL.values()} | {"mail.lost", "mail.certificate"}
    assert raised == {f"mail.{each}" for each in MAIL}
    assert raised <= set(TABLE)
