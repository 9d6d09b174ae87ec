"""Made-up staff for a trace that is played: for each role that was recorded somebody with a card and a PIN.

Nobody's PIN, number or card key is in a trace, and none is needed. Who plays hires its own, in the temporary state
folder, on the virtual card reader, by the drivers and the store that every terminal has; they are gone with the folder.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from hardware.card_reader.contract import CardProof, CardType, Issued, Proven
from hardware.readings import Kind
from kiosk.access import Changed, Refusal
from kiosk.build import Running
from kiosk.pins import Work, weakness
from kiosk.prompts import Prompt, TextEntry
from kiosk.roles import Role
from kiosk.trace.clock import MovedClock
from kiosk.trace.file import NOT_SO, Entry, Unheard
from kiosk.trace.hands import NotPlayable
from kiosk.trace.staff import RIGHT

LITTLE_WORK = Work(passes=1, memory_kib=8)
"""A PIN that lives as long as one replay has nothing to withstand."""
NOBODYS = "999999"
"""A staff number that nobody has."""
MOST = 50
_WITHIN_S = 10.0
_NEW_PIN = "New PIN"
_LOOKED_AT = (RIGHT, "wrong")


class _Plan:
    """Whom a trace wants, and whose card is which; Unheard where it says nonsense."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.roles: dict[int, frozenset[Role]] = {}
        self.kinds: dict[int, str] = {}  # of cards
        self.owners: dict[int, int | None] = {}  # of cards that proved themselves
        self.wrong: dict[tuple[int | None, int | None], int] = {}  # who, card → tries before the visit
        self.made: set[int] = set()  # cards that were blank before it
        picked: set[int] = set()
        for line, entry in enumerate(entries, 2):
            try:
                self._hears(entry, picked)
            except NOT_SO:
                raise Unheard(line) from None
        for who in picked - {*self.roles}:
            self.roles[who] = frozenset({Role.RECEPTION})

    def _hears(self, entry: Entry, picked: set[int]) -> None:
        if entry["what"] == "given" and "which" in entry:
            self.kinds.setdefault(_small(entry["which"]), str(entry["card"]))
        elif entry["what"] == "sign-in":
            self._signs_in(entry)
        elif entry["what"] == "touch" and "person" in entry:
            picked.add(_small(entry["person"]))
        elif entry.get("call") == "issue" and "which" in entry and entry.get("outcome") == Issued.DONE:
            self.made.add(_small(entry["which"]))

    def _signs_in(self, entry: Entry) -> None:
        who = None if entry["who"] is None else _small(entry["who"])
        card = _small(entry["card"]) if "card" in entry else None
        if who is not None:
            self.roles.setdefault(who, frozenset(map(Role, entry["roles"])))
        if card is not None and entry["outcome"] != "card-not-proven":
            self.owners[card] = who
        self.wrong.setdefault((who, card), _small(entry["wrong-before"]))


def _small(number: int) -> int:
    if not isinstance(number, int) or not 0 <= number < MOST:
        raise ValueError("no number of a few people")
    return number


class MadeUpStaff:
    """Of one trace, before one kiosk."""

    def __init__(self, entries: Sequence[Entry], head: Entry, kiosk: Running, clock: MovedClock) -> None:
        self._entries = entries
        self._stays = head.get("staff-card-stays", True)
        self._terminal, self._bench = kiosk.terminal, kiosk.bench
        self._access, self._clock = kiosk.terminal.access, clock
        self._numbers: dict[int, str] = {}
        self._pins: dict[int, str] = {}
        self._uids: dict[int, str] = {}
        self._new_pin = ""

    async def hire(self) -> None:
        """Before anybody comes."""
        plan = self._plan = _Plan(self._entries)
        for who, roles in sorted(plan.roles.items()):
            self._pins[who] = self._pin()
            self._numbers[who] = await self._added(f"Colleague {who + 1}", roles, self._pins[who])
        if any(Role.MANAGER in roles for roles in plan.roles.values()):
            await self._added("Manager", frozenset({Role.MANAGER}), self._pin())  # so that no other is the last one
        for card, owner in sorted(plan.owners.items()):
            if card not in plan.made:
                await self._card(card, owner)
        for (somebody, with_card), tries in plan.wrong.items():
            for _ in range(tries):
                await self._tries_wrong(somebody, with_card)

    async def _added(self, name: str, roles: frozenset[Role], pin: str) -> str:
        number = self._access.add(name, roles).id
        await self._access.set_pin(number, pin)
        return number

    async def _card(self, card: int, owner: int | None) -> None:
        """Theirs, by a key that this replay has made; or nobody's."""
        kind = self._plan.kinds.get(card, CardType.NTAG424.value)
        if kind == CardType.NTAG424:
            self._uids[card] = (await self._bench.do(Kind.CARD_READER, "present", f"staff-{card}"))["uid"]
            made = await self._terminal.card_reader.issue(card_within_s=_WITHIN_S)
            if made.outcome is not Issued.DONE:
                raise NotPlayable(f"a staff card that can be made here: {made.outcome}")
        else:
            self._uids[card] = (await self._bench.do(Kind.CARD_READER, "lay-card", kind))["uid"]
        if owner is not None and self._access.give_card(self._numbers[owner], self._uid(card)) is not Changed.DONE:
            raise NotPlayable("so many cards of one person")
        await self._bench.do(Kind.CARD_READER, "lift")

    def _uid(self, card: int) -> bytes:
        return bytes.fromhex(self._uids[card])

    async def _tries_wrong(self, who: int | None, card: int | None) -> None:
        """As somebody did before the visit."""
        proof, number = self._way(who, card)
        if (held := self._access.held(card=proof, number=number)) is not None:
            if held.why is Refusal.LOCKED or held.wait_s is None:
                return
            self._clock.move_to(self._clock.monotonic() + held.wait_s)
        await self._access.sign_in(self._pin(), card=proof, number=number)

    def _way(self, who: int | None, card: int | None) -> tuple[CardProof | None, str]:
        if card is None:
            return None, self.number(who)
        outcome = Proven.PROVEN if self._plan.kinds.get(card, CardType.NTAG424) == CardType.NTAG424 else Proven.CANT
        return CardProof(outcome, self._uid(card)), ""

    def _pin(self, *but: str) -> str:
        """Made up; good enough to be taken."""
        length = self._terminal.settings.access.pin_length
        while True:
            pin = "".join(secrets.choice("0123456789") for _ in range(length))
            if pin not in but and weakness(pin, length) is None:
                return pin

    # what they do

    def number(self, who: int | None) -> str:
        return NOBODYS if who is None else self._numbers[who]

    async def lay(self, entry: Entry, after: Sequence[Entry]) -> None:
        """A card on the reader for staff: theirs, nobody's, or one that is none."""
        card = _small(entry["which"])
        if card in self._plan.made:
            if entry["taken"]:
                raise NotPlayable("a staff card that was made in this visit")
            return
        upto = next((at for at, each in enumerate(after) if each["what"] == "given"), len(after))
        if any(each.get("call") == "prove" and each.get("outcome") == Proven.LIFTED for each in after[:upto]):
            raise NotPlayable("a staff card that is lifted while it is asked")
        kind = str(entry["card"])
        try:
            laid = await self._bench.do(Kind.CARD_READER, "lay-card", kind, *([self._uids[card]] if card in self._uids else []))
        except ValueError:
            raise NotPlayable(f"a card of type {kind}") from None
        self._uids.setdefault(card, laid["uid"])

    async def take(self) -> None:
        """Their card; where one reader does for staff cards and keys it lay there for a moment only, and means nothing."""
        if self._stays:
            await self._bench.do(Kind.CARD_READER, "lift")

    async def lay_blank(self, issue: Entry) -> None:
        """For a staff card to be made, with this end."""
        outcome = issue.get("outcome", "")
        if outcome == Issued.DONE:
            await self._bench.do(Kind.CARD_READER, "blank-card")
        elif outcome == Issued.WRONG_TYPE:
            await self._bench.do(Kind.CARD_READER, "lay-card")
        elif outcome != Issued.NO_CARD and "fault" not in issue:
            raise NotPlayable(f"a blank staff card that is {outcome}")

    async def typed(self, prompt: Prompt, after: Sequence[Entry]) -> str:
        """What was typed unseen: a number, a PIN that is right or wrong, a new PIN."""
        if isinstance(prompt, TextEntry) and not prompt.secret:
            tried = next((each for each in after if each["what"] == "sign-in"), None)
            return self.number(tried["who"] if tried else None)
        upto = next((at for at, each in enumerate(after) if each["what"] == "touch"), len(after))
        tried = next((each for each in after[:upto] if each["what"] == "sign-in" and each["tried"]), None)
        if tried is None:
            return self._typed_anew(prompt, after)
        who, outcome = tried["who"], tried["outcome"]
        proof, number = self._way(who, tried.get("card"))
        held = self._access.held(card=proof, number=number)
        if outcome in _LOOKED_AT and held is not None and held.wait_s:
            self._clock.move_to(self._clock.monotonic() + held.wait_s)
        return self._pins[who] if outcome == RIGHT else self._pin(*self._pins.values())

    def _typed_anew(self, prompt: Prompt, after: Sequence[Entry]) -> str:
        """A new PIN, and the same once more; another one where it was asked for again."""
        if prompt.question.key == _NEW_PIN:
            self._new_pin = self._pin()
            return self._new_pin
        next_one = next((each for each in after if each["what"] == "scene" and each["kind"] != "Busy"), None)
        again = next_one is not None and next_one.get("question") == _NEW_PIN
        return self._pin(self._new_pin) if again or not self._new_pin else self._new_pin
