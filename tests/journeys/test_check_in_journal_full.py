"""No key is cut that can't be written down: `journal.full`."""

from __future__ import annotations

from pathlib import Path

from kiosk.prompts import Farewell, LayKeyCard
from tests.journeys.conftest import OpenLobby


async def test_where_no_key_can_be_written_down_none_is_cut_and_it_is_when_there_is_room_again(
    lobby: OpenLobby, tmp_path: Path
) -> None:
    kiosk = await lobby(hotel__country="US")
    journal = kiosk.terminal.settings.kiosk.state / "journal"
    await kiosk.to_registration("ready")
    journal.rename(tmp_path / "aside")
    journal.symlink_to("/proc")  # statvfs(3) says of it that no block is free
    kiosk.guest.sign()
    full = await kiosk.goes_on_to_choice("Key cards can’t be made here")
    assert [option.id for option in full.options] == ["again", "person", "leave"]
    booking = (await kiosk.booking("ready")).id
    assert not any(key.card_uid for key in await kiosk.terminal.hotel.keys(booking))
    journal.unlink()
    (tmp_path / "aside").rename(journal)
    kiosk.guest.choose("again")
    await kiosk.goes_on(LayKeyCard)
    await kiosk.goes_on(Farewell)
    assert sum(bool(key.card_uid) for key in await kiosk.terminal.hotel.keys(booking)) == 1
