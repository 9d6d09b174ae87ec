"""The printer has no paper: the slip goes by e-mail, once, to the address on file or to one that is typed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from kiosk.prompts import Busy, Choice, Chosen, Farewell, TextEntry, Typed, Welcome
from kiosk.rounds import MAIL_EVERY_S
from tests.journeys.conftest import Lobby, OpenLobby
from tests.kiosk.mail_end import MailEnd

TO = "anna.eriksson@example.org"
SENDER = "Hotel Duna <kiosk@duna.example>"


def mail(mail_end: MailEnd) -> dict[str, str]:
    return {"mail__server": mail_end.address, "mail__security": "none", "mail__sender": SENDER, "hotel__country": "US"}


async def without_paper(kiosk: Lobby) -> None:
    """Checked in, key in hand, and no slip: asked what now."""
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "paper-out")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.goes_on_to_choice("out of paper")


async def to_typing(kiosk: Lobby) -> None:
    await without_paper(kiosk)
    kiosk.guest.choose("mail")
    await kiosk.guest.sees(TextEntry, "What is your e-mail address?")


def on_file(kiosk: Lobby, address: str) -> None:
    """The hotel's profile of the sample guest has it."""
    with closing(sqlite3.connect(kiosk.terminal.settings.kiosk.state / "hotel" / "hotel.sqlite")) as books:
        changed = books.execute(
            "UPDATE profiles SET email = ? WHERE family_name = 'Eriksson' AND given_name LIKE 'Anna%'", (address,)
        )
        assert changed.rowcount
        books.commit()


def traces(kiosk: Lobby, words: str) -> list[str]:
    """Files of the terminal, without the hotel's own, in which it stands."""
    state = kiosk.terminal.settings.kiosk.state
    files = [path for path in state.rglob("*") if path.is_file() and state / "hotel" not in path.parents]
    return [path.name for path in files if words.encode() in path.read_bytes()]


async def test_typed_sent_and_told(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    farewell = await kiosk.guest.sees(Farewell)
    assert kiosk.guest.notices[-1][0] == "Your slip is on its way to you by e-mail"
    (letter,) = mail_end.letters
    room = (await kiosk.booking("ready")).room
    assert room is not None
    assert letter.to == TO
    for words in (room.number, "duna-guest", "Have a lovely stay", "Anna"):
        assert words in letter.text
    assert letter.message["Subject"] == "Your stay at Hotel Duna"
    assert room.number in kiosk.guest.says(farewell.help)  # on the screen too
    assert not traces(kiosk, TO)


async def test_in_the_guests_language(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    await without_paper(kiosk)
    kiosk.guest.desk.change_language("hu")
    kiosk.guest.choose("mail")
    await kiosk.guest.sees(TextEntry)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    assert mail_end.letters[0].message["Subject"] == "Tartózkodása: Hotel Duna"
    assert "Kellemes" in mail_end.letters[0].text


async def test_the_address_on_file_is_offered_and_one_touch_is_enough(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    on_file(kiosk, TO)
    await without_paper(kiosk)
    kiosk.guest.choose("mail")
    asked = await kiosk.guest.sees(Choice, "to this address?")
    assert TO in kiosk.guest.says(asked.details[0][1])
    kiosk.guest.choose("send")
    await kiosk.guest.sees(Farewell)
    assert [letter.to for letter in mail_end.letters] == [TO]


async def test_another_address_than_that_on_file(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    on_file(kiosk, "old@example.org")
    await without_paper(kiosk)
    kiosk.guest.choose("mail")
    await kiosk.guest.sees(Choice, "to this address?")
    kiosk.guest.choose("other")
    await kiosk.guest.sees(TextEntry, "e-mail")
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    assert [letter.to for letter in mail_end.letters] == [TO]


async def test_touched_twice_it_is_sent_once(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    await to_typing(kiosk)
    scene = kiosk.guest.scene.number
    desk = kiosk.guest.desk
    assert [desk.answer(scene, Typed(TO)), desk.answer(scene, Typed(TO))] == [True, False]
    await kiosk.guest.sees(Farewell)
    assert len(mail_end.letters) == 1


async def test_an_address_that_the_server_does_not_know_is_told_and_asked_for_again(
    lobby: OpenLobby, mail_end: MailEnd
) -> None:
    kiosk = await lobby(**mail(mail_end))
    await to_typing(kiosk)
    mail_end.answers["RCPT"] = "550 5.1.1 unknown"
    kiosk.guest.type("ana.eriksson@example.org")
    again = await kiosk.guest.sees(TextEntry, "e-mail")
    assert "does not know this address" in kiosk.guest.says(again.error)
    assert again.value == "ana.eriksson@example.org"
    mail_end.answers.clear()
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    assert [letter.to for letter in mail_end.letters] == [TO]


async def test_what_is_no_address_is_told_before_anybody_is_asked(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    await to_typing(kiosk)
    kiosk.guest.type("anna at example")
    assert "not an e-mail address" in kiosk.guest.says((await kiosk.guest.sees(TextEntry, "e-mail")).error)
    assert mail_end.connections == 0
    kiosk.guest.type("")
    await kiosk.guest.sees(Farewell)
    assert not mail_end.letters


async def test_with_the_server_away_it_waits_sealed_goes_when_it_is_back_and_leaves_nothing(
    lobby: OpenLobby, mail_end: MailEnd
) -> None:
    kiosk = await lobby(**mail(mail_end))
    await mail_end.stop()
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    assert "as soon as it does" in kiosk.guest.notices[-1][0]
    waiting = kiosk.terminal.settings.kiosk.state / "mail"
    assert len(list(waiting.glob("*.sealed"))) == 1
    assert not traces(kiosk, TO)
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("done")  # the guest has gone
    await mail_end.start()
    await kiosk.until(lambda: not list(waiting.glob("*.sealed")), moving_s=30)
    assert [letter.to for letter in mail_end.letters] == [TO]


async def test_a_slow_server_keeps_nobody_waiting(lobby: OpenLobby, mail_end: MailEnd) -> None:
    mail_end.silent = True
    kiosk = await lobby(**mail(mail_end), mail__within_s=1)
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Busy, "Sending your e-mail")
    await kiosk.guest.sees(Farewell)


async def test_a_server_that_takes_nothing_from_us_is_told_to_the_desk_and_nothing_is_kept(
    lobby: OpenLobby, mail_end: MailEnd
) -> None:
    kiosk = await lobby(**mail(mail_end))
    mail_end.answers["MAIL"] = "550 5.7.1 not you"
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    assert "can’t be sent now" in kiosk.guest.notices[-1][0]
    assert not list((kiosk.terminal.settings.kiosk.state / "mail").glob("*.sealed"))


async def test_paper_that_is_back_is_still_paper(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    await without_paper(kiosk)
    await kiosk.plays("printer", "paper-in")
    assert kiosk.guest.answer(Chosen("again"))
    await kiosk.guest.sees(Farewell)
    assert (await kiosk.plays("printer", "slips"))["count"] == "1"
    assert mail_end.connections == 0


async def test_the_power_goes_while_it_waits_and_it_is_sent_after_the_restart(
    lobby: OpenLobby, mail_end: MailEnd
) -> None:
    kiosk = await lobby(**mail(mail_end))
    await mail_end.stop()
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    await kiosk.switched_off()
    await mail_end.start()
    again = await lobby(**mail(mail_end), kiosk__state=kiosk.terminal.settings.kiosk.state)
    await again.until(lambda: mail_end.letters, moving_s=30)
    assert [letter.to for letter in mail_end.letters] == [TO]


async def test_with_the_mail_server_known_to_be_away_nobody_is_offered_it(lobby: OpenLobby, mail_end: MailEnd) -> None:
    """Said beforehand too: the welcome screen promises no e-mail; it is offered again as soon as the server is back."""
    kiosk = await lobby(**mail(mail_end))
    rounds = kiosk.running.rounds
    assert rounds is not None
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("printer", "paper-out")
    await kiosk.welcomes("The printer is not working: your slip is shown on the screen, or comes by e-mail.")
    await mail_end.stop()
    await rounds.once()
    await kiosk.welcomes("The printer is not working: your slip is shown on the screen.")
    await kiosk.to_keys("ready")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    asked = await kiosk.goes_on_to_choice("out of paper")
    assert [option.id for option in asked.options] == ["skip", "again"]
    kiosk.guest.choose("skip")
    await kiosk.guest.sees(Farewell)
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("done")
    await mail_end.start()
    await kiosk.clock.move(MAIL_EVERY_S)
    await kiosk.welcomes("The printer is not working: your slip is shown on the screen, or comes by e-mail.")
    assert not mail_end.letters


async def test_the_next_guest_is_not_offered_what_did_not_go_for_the_last_one(lobby: OpenLobby, mail_end: MailEnd) -> None:
    kiosk = await lobby(**mail(mail_end))
    await mail_end.stop()
    await to_typing(kiosk)
    assert kiosk.terminal.mails
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    assert not kiosk.terminal.mails
    await mail_end.start()
    await kiosk.until(lambda: mail_end.letters, moving_s=30)
    await kiosk.until(lambda: kiosk.terminal.mails)
