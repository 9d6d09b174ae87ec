"""What the virtual passport's chip proves, and what a copy can't."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware.passport import chip_auth, lds, pace, security_infos
from hardware.passport.active_auth import open_key, proves
from hardware.passport.apdu import Command, Response
from hardware.passport.errors import SessionBroken
from hardware.passport.exchange import run
from hardware.passport.files import File
from tests.hardware.document_reader.chip_terminal import (
    Terminal,
    opened,
    pace_infos,
    select,
    zone,
)

CHIP_AUTHENTICATION = ["chip-auth", "chip-auth-bac", "chip-auth-dh", "everything"]


def chip_way(terminal: Terminal) -> chip_auth.Way:
    infos = security_infos.parse(lds.unwrap(File.DG14, terminal.file(File.DG14)))
    way = chip_auth.choose(infos)
    assert way
    return way


@pytest.mark.parametrize("name", CHIP_AUTHENTICATION)
def test_the_chip_restarts_secure_messaging_under_its_own_key(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    way = chip_way(terminal)
    assert terminal.session
    terminal.session = run(terminal.session.protect_all(chip_auth.authenticate(way)), terminal.chip.transmit)
    assert terminal.file(File.COM) == terminal.chip.contents.files[File.COM]


def test_a_copied_chip_does_not_have_the_key(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("copied-chip-auth"))
    way = chip_way(terminal)
    assert terminal.session
    terminal.session = run(terminal.session.protect_all(chip_auth.authenticate(way)), terminal.chip.transmit)
    with pytest.raises(SessionBroken):
        terminal.sw(select(File.COM))


def test_chip_authentication_needs_a_session(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("chip-auth")
    assert terminal.bare(Command(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800104"))).sw == 0x6982
    assert opened(laid("bac")).sw(Command(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800104"))) == 0x6A81


@pytest.mark.parametrize("name", ["active-auth-rsa", "active-auth-rsa-2048", "active-auth-ec", "everything"])
def test_the_chip_signs_a_challenge(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    key = open_key(lds.unwrap(File.DG15, terminal.file(File.DG15)))
    infos = security_infos.SecurityInfos()
    if File.DG14 in terminal.chip.contents.files:
        infos = security_infos.parse(lds.unwrap(File.DG14, terminal.file(File.DG14)))
    challenge = bytes(range(8))
    signature = terminal.say(Command(0x00, 0x88, 0x00, 0x00, challenge, ne=1000)).data
    assert proves(key, infos, challenge, signature)
    assert not proves(key, infos, bytes(8), signature)


def test_a_copy_signs_with_another_key(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("copied"))
    key = open_key(lds.unwrap(File.DG15, terminal.file(File.DG15)))
    signature = terminal.say(Command(0x00, 0x88, 0x00, 0x00, bytes(8), ne=256)).data
    assert not proves(key, security_infos.SecurityInfos(), bytes(8), signature)


def test_a_long_answer_is_fetched_in_pieces(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("pieces"))
    key = open_key(lds.unwrap(File.DG15, terminal.file(File.DG15)))
    assert terminal.session
    first = terminal.bare(terminal.session.protect(Command(0x00, 0x88, 0x00, 0x00, bytes(8), ne=256)))
    assert (len(first.data), first.sw >> 8) == (256, 0x61)
    rest = terminal.bare(Command(0x00, 0xC0, 0x00, 0x00, ne=first.sw & 0xFF))
    assert rest.sw == 0x9000
    signature = terminal.session.unprotect(Response(first.data + rest.data, 0x9000)).data
    assert proves(key, security_infos.SecurityInfos(), bytes(8), signature)
    assert terminal.bare(Command(0x00, 0xC0, 0x00, 0x00, ne=256)).sw == 0x6985


@pytest.mark.parametrize(("name", "genuine"), [("pace-cam", True), ("copied-cam", False)])
def test_pace_with_chip_authentication_mapping_proves_the_chip(
    laid: Callable[[str], Terminal], name: str, genuine: bool
) -> None:
    terminal = laid(name)
    chosen = pace.choose(pace_infos(terminal))
    assert chosen
    result = run(pace.establish(zone(terminal.chip.contents), *chosen), terminal.chip.transmit)
    terminal.session = result.session
    assert terminal.file(File.CARD_SECURITY)
    key = security_infos.ChipKey(
        security_infos.Agreement.ECDH, secured_key(terminal.chip.contents.files[File.CARD_SECURITY]), None
    )
    assert result.proof
    assert chip_auth.verify_mapping(result.proof, [key]) is genuine


def secured_key(card_security: bytes) -> bytes:
    from asn1crypto import cms

    content = cms.ContentInfo.load(card_security)["content"]["encap_content_info"]["content"].native
    (key,) = security_infos.parse(content).chip_keys
    return key.info
