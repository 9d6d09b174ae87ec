"""A virtual contactless reader for documents: samples of the family, and documents made from a printed zone."""

from __future__ import annotations

from datetime import date

from hardware.card_reader.virtual import VirtualReader
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_family import SAMPLES, Family


class DocumentPad(VirtualReader):
    """A pad that documents are laid on. The same sample is the same document, with the same keys."""

    verbs = {
        **VirtualReader.verbs,
        "lay-document": f"lay a document down: [{' | '.join(SAMPLES)}]",
        "lay-zone": "lay down a document with this zone: SAMPLE LINE1 LINE2 [LINE3]",
    }

    def __init__(self, name: str, family: Family) -> None:
        super().__init__(name)
        self.family = family

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        match verb, words:
            case "lay-document", ():
                self.lay("everything")
            case "lay-document", (sample,) if sample in SAMPLES:
                self.lay(sample)
            case "lay-zone", (sample, *lines) if sample in SAMPLES and len(lines) in (2, 3):
                self.lay_zone(sample, tuple(lines), self.family.today)
            case _:
                return await super().do(verb, *words)
        return self.shown()

    def lay(self, sample: str) -> PassportCard:
        """Instead of what lies there. KeyError for a sample that there is not."""
        return self._instead(PassportCard(self.family.contents(sample)))

    def lay_zone(self, sample: str, lines: tuple[str, ...], today: date) -> PassportCard:
        """As `sample`, but with what the lines say (`Family.for_zone`)."""
        return self._instead(PassportCard(self.family.for_zone(sample, lines, today)))

    def _instead(self, card: PassportCard) -> PassportCard:
        self.lift()
        self.place(card)
        return card
