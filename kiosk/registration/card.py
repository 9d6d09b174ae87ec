"""RegistrationForm: one guest's registration card, filled in from the document and the booking.

What the document says can't be changed; what the hotel knows is not asked again; what is missing
is asked, and nothing that the law's table does not name. Frozen: every change is a new form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from hardware.document_reader.contract import Source, TravelDocument
from kiosk import countries, identity
from kiosk.hotel.model import Guest, Reservation
from kiosk.identity import Proven
from kiosk.language import TN, Days, T, Text, language, verbatim
from kiosk.prompts import Prompt, Row
from kiosk.registration import fields
from kiosk.registration.fields import LABELS, SEXES, Around, Wrong
from kiosk.registration.known import Origin, what_is_known
from kiosk.registration.law import Field, Medium, Requirements, Whose
from kiosk.registration.listed import company, listed, whole_name, within


@dataclass(frozen=True, repr=False)
class Papers:
    """The document that was shown, beyond the fields of the law, and what it has proven (None: no chip reader)."""

    code: str = ""
    issuer: str = ""
    expires: date | None = None
    proven: Proven | None = None
    portrait: bool = False  # it was read too


@dataclass(frozen=True, repr=False)
class Entry:
    """One field, its value ('' for none) and where that is from."""

    field: Field
    value: str
    origin: Origin
    optional: bool = False

    @property
    def editable(self) -> bool:
        fixed = self.origin in (Origin.DOCUMENT, Origin.TOLD)
        return not fixed and self.field not in (Field.ARRIVAL, Field.DEPARTURE)

    @property
    def missing(self) -> bool:
        return not self.value and not self.optional


# What stands on one line of the screen; the first field names the line where a touch wants one.
GROUPS: dict[str, tuple[Field, ...]] = {
    "name": (Field.FAMILY_NAME, Field.GIVEN_NAMES),
    "document": (Field.DOCUMENT_TYPE, Field.DOCUMENT_NUMBER),
    "issue": (Field.DOCUMENT_ISSUED, Field.DOCUMENT_AUTHORITY),
    "address": (Field.ADDRESS, Field.POSTAL_CODE, Field.CITY, Field.COUNTRY),
    "entry": (Field.ENTERED, Field.ENTRY_PLACE),
    "stay": (Field.ARRIVAL, Field.DEPARTURE),
}
_GROUP_OF = {field: name for name, members in GROUPS.items() for field in members}
_GROUP_LABELS = {
    "name": T("Name"),
    "issue": T("Issued"),
    "address": T("Address"),
    "stay": T("Stay"),
}
_PROOFS = {Source.MRZ: T("Read from the document"), Source.CHIP: T("Read from the chip")}
_SHOWN_BEFORE, _SHOWN_AFTER = 2, 3


@dataclass(frozen=True, repr=False)
class RegistrationForm:
    """One guest's card. `today` is the hotel's business date."""

    requirements: Requirements
    entries: tuple[Entry, ...]
    today: date
    proof: Text | None = None  # what stands beside a value from the document
    party: int = 1
    house_rules: bool = True
    languages: tuple[str, ...] = ("en",)
    papers: Papers = Papers()
    doubtful_postcode: str = ""  # it stood there before another country was typed, and can't be one there
    companions: bool = False  # whose it is comes along with who holds the booking …
    child: bool = False  # … and is told as a child

    @classmethod
    def fill(
        cls,
        document: TravelDocument | None,
        reservation: Reservation,
        guest: Guest,
        requirements: Requirements,
        *,
        today: date,
        house_rules: bool = True,
        languages: tuple[str, ...] = ("en",),
        proven: Proven | None = None,
        company: str | None = None,
        portrait: bool = False,
    ) -> RegistrationForm:
        """Everything that is known already. `languages`: those a guest may name a country in. `company`: what
        is to stand there of those who come along, '' for nothing; None: what the booking says. `portrait`:
        it was read from the chip."""
        known = what_is_known(document, reservation, guest, requirements)
        party = reservation.adults + reservation.children
        if company is not None:
            known[Field.COMPANIONS] = (company, Origin.TOLD)
        asked = [(field, False) for field in requirements.fields] + [
            (field, True) for field in requirements.optional
        ]
        entries = tuple(
            Entry(field, *known.get(field, ("", Origin.NONE)), optional)
            for field, optional in asked
            if field is not Field.COMPANIONS or (party > 1 and company != "")
        )
        proof = _PROOFS.get(document.source) if document else None
        papers = Papers()
        if document and document.source is not Source.TYPED:
            papers = Papers(document.document_code, document.issuer, document.expires, proven, portrait)
        return cls(requirements, entries, today, proof, party, house_rules, languages, papers)

    @classmethod
    def of_companion(
        cls,
        document: TravelDocument | None,
        reservation: Reservation,
        guest: Guest,
        requirements: Requirements,
        likely: Mapping[Field, str],
        *,
        today: date,
        languages: tuple[str, ...] = ("en",),
        proven: Proven | None = None,
        portrait: bool = False,
    ) -> RegistrationForm:
        """The card of one who comes along: no house rules, no company of their own. `likely`: what is suggested
        where nothing else is known."""
        form = cls.fill(
            document, reservation, guest, requirements,
            today=today, house_rules=False, languages=languages, proven=proven, company="", portrait=portrait,
        )  # fmt: skip
        return replace(form.suggesting(likely), party=1, companions=True)

    def suggesting(self, likely: Mapping[Field, str]) -> RegistrationForm:
        """With these where nothing better is known; no part of an address where the hotel knows another part."""
        home = GROUPS["address"]
        if any(entry.origin is Origin.BOOKING for entry in self.entries if entry.field in home):
            likely = {field: value for field, value in likely.items() if field not in home}
        entries = tuple(
            replace(entry, value=likely[entry.field], origin=Origin.SUGGESTED)
            if likely.get(entry.field) and entry.origin in (Origin.NONE, Origin.SUGGESTED)
            else entry
            for entry in self.entries
        )
        return replace(self, entries=entries)

    def carrying(self, other: RegistrationForm) -> RegistrationForm:
        """With what was typed on the other form, as far as this one asks for it."""
        typed = {entry.field: entry for entry in other.entries if entry.origin is Origin.TYPED}
        entries = tuple(
            replace(entry, value=typed[entry.field].value, origin=Origin.TYPED) if entry.field in typed else entry
            for entry in self.entries
        )
        return replace(self, entries=entries)

    @property
    def signature(self) -> bool:
        """Whether it is signed on the screen: because the law says so, or to agree to the house rules."""
        by_law = self.requirements.signature is not Whose.NONE and not self.ink
        return by_law or self.house_rules

    @property
    def ink(self) -> bool:
        """Whether the law wants a signature that a screen can't take: the card is printed at the desk."""
        return self.requirements.signature is not Whose.NONE and self.requirements.medium is Medium.PAPER

    def value(self, field: Field) -> str:
        """What stands there, as kept (dates ISO, countries two letters); '' where nothing does."""
        return next((entry.value for entry in self.entries if entry.field is field), "")

    def day(self, field: Field) -> date | None:
        """What stands there, as a day; None where that is none."""
        value = self.value(field)
        try:
            return date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            return None

    def missing(self) -> tuple[Field, ...]:
        """What must still be filled in before this card can be signed."""
        return tuple(entry.field for entry in self.entries if entry.missing)

    def to_fill_in(self) -> tuple[Field, ...]:
        """What is missing, in the order of the rows, a row's fields together and in the order they are asked."""
        groups = dict.fromkeys(_GROUP_OF.get(field, field.value) for field in self.missing())
        missing = set(self.missing())
        return tuple(field for group in groups for field in self.questions(group) if field in missing)

    def with_value(self, field: Field, text: str) -> RegistrationForm:
        """This form with what the guest typed; Wrong (with a Text) where it can't stand there.

        An optional field may be emptied. ValueError for a field that is not the guest's to change.
        """
        entry = next((entry for entry in self.entries if entry.field is field), None)
        if entry is None or not entry.editable:
            raise ValueError(f"{field} cannot be changed")
        value = "" if entry.optional and not text.strip() else fields.checked(field, text, self._around())
        changed = replace(entry, value=value, origin=Origin.TYPED if value else Origin.NONE)
        form = replace(self, entries=tuple(changed if old is entry else old for old in self.entries))
        return form._without_stale_postcode() if field is Field.COUNTRY else form

    def questions(self, group: str) -> tuple[Field, ...]:
        """What to ask when this row is touched: its missing fields, or else all that may change.

        `group` is a Row's `field`: a group's name, or a field's own value.
        """
        members = GROUPS.get(group) or (Field(group),)
        open_ = [entry for entry in self.entries if entry.field in members and entry.editable]
        wanted = [entry for entry in open_ if not entry.value] or open_
        # A postcode is judged by its country, so the country is asked first.
        wanted.sort(key=lambda entry: entry.field is not Field.COUNTRY)
        return tuple(entry.field for entry in wanted)

    def ask(self, field: Field, error: Text | None = None) -> Prompt:
        """The screen that asks for this field: TextEntry, DateEntry or Choice."""
        optional = any(entry.optional for entry in self.entries if entry.field is field)
        value = self.value(field)
        if field is Field.POSTAL_CODE and not value and self.doubtful_postcode:
            value, error = self.doubtful_postcode, error or fields.not_a_postcode(self.value(Field.COUNTRY))
        shown = self.said(field, self.languages[0]) if field in (Field.COUNTRY, Field.NATIONALITY) else value
        return fields.ask(field, shown, self._around(), error=error, optional=optional)

    def rows(self) -> tuple[Row, ...]:
        """The lines of the screen; a document's number is masked there."""
        rows, done = [], set()
        for entry in self.entries:
            group = _GROUP_OF.get(entry.field, entry.field.value)
            if group not in done:
                done.add(group)
                rows.append(self._row(group))
                if group == "document":
                    rows += [Row(label, value, self.proof) for label, value in self._issue()]
        if self.papers.proven and not self.requirements.closed:
            rows.append(Row(T("Document check"), identity.summary(self.papers.proven)))
        return tuple(rows)

    def brief(self) -> Text:
        """Who signs for which stay: beside the signature."""
        name = [entry for entry in self.entries if entry.field in GROUPS["name"]]
        return T("{name} · {stay}", name=self._group_text("name", name), stay=self._group_text("stay", []))

    def lines(self) -> tuple[tuple[Text, Text], ...]:
        """Label and value of every field that is filled in, in full: for the signed card."""
        lines = [(LABELS[entry.field], self.text(entry.field)) for entry in self.entries if entry.value]
        lines += self._issue() if self.value(Field.DOCUMENT_NUMBER) else []
        if self.papers.proven and not self.requirements.closed:
            lines += identity.lines(self.papers.proven)
        return tuple(lines)

    def read(self) -> tuple[Text, ...]:
        """The names of what stands here out of the document."""
        labels = [LABELS[entry.field] for entry in self.entries if entry.origin is Origin.DOCUMENT]
        return (*labels, *(label for label, _ in self._issue()))

    def _issue(self) -> list[tuple[Text, Text]]:
        """Issuing state and day of expiry, where the law asks for the document and lets more stand there."""
        papers = self.papers
        if self.requirements.closed or not papers.proven or not self.requirements.asks(Field.DOCUMENT_NUMBER):
            return []
        issue = []
        if papers.issuer and not self.requirements.asks(Field.DOCUMENT_AUTHORITY):
            issue.append((T("Issuing state"), countries.nationality(papers.issuer)))
        if papers.expires:
            issue.append((T("Valid until"), T("{day}", day=papers.expires)))
        return issue

    def text(self, field: Field) -> Text:
        """One value, to be said in the guest's language."""
        value = self.value(field)
        if field in (Field.NATIONALITY, Field.DOCUMENT_AUTHORITY) and value:
            return countries.nationality(value) if len(value) <= 3 and value.isupper() else verbatim(value)
        if field is Field.COUNTRY and value:
            return countries.country(value)
        if field is Field.SEX:
            return SEXES.get(value, verbatim(value))
        if field is Field.DOCUMENT_TYPE and value:
            return _document_type(value)
        if day := self.day(field):
            return T("{day}", day=day)
        return verbatim(value)

    def called(self) -> Text:
        """The whole name."""
        return whole_name(self.value(Field.FAMILY_NAME), self.value(Field.GIVEN_NAMES))

    def called_shortly(self) -> str:
        """By the given names, else by the family name."""
        return self.value(Field.GIVEN_NAMES).strip("–") or self.value(Field.FAMILY_NAME)

    def said(self, field: Field, code: str) -> str:
        """One value in a language, as a string."""
        return language(code).say(self.text(field)) if self.value(field) else ""

    def _around(self) -> Around:
        born = self.day(Field.BORN)
        country = self.value(Field.COUNTRY)
        here, name = self.requirements.country, self.called_shortly()
        return Around(self.today, country, self.languages, born, here, self.companions, name, self.child)

    def _without_stale_postcode(self) -> RegistrationForm:
        """After another country was typed, a postcode that can't be one there is asked again."""
        code = self.value(Field.POSTAL_CODE)
        try:
            if code:
                fields.checked(Field.POSTAL_CODE, code, self._around())
        except Wrong:
            entries = (
                replace(entry, value="", origin=Origin.NONE) if entry.field is Field.POSTAL_CODE else entry
                for entry in self.entries
            )
            return replace(self, entries=tuple(entries), doubtful_postcode=code)
        return self

    def _row(self, group: str) -> Row:
        members = GROUPS.get(group) or (Field(group),)
        entries = [entry for entry in self.entries if entry.field in members]
        read = all(entry.origin is Origin.DOCUMENT for entry in entries)
        lacking = [LABELS[entry.field] for entry in entries if entry.missing]
        label = self._label(group)
        if all(entry.optional for entry in entries):
            label = T("{label} (optional)", label=label)
        return Row(
            label=label,
            value=self._group_text(group, entries),
            proof=self.proof if read else None,
            field=group if any(entry.editable for entry in entries) else "",
            missing=bool(lacking),
            lacks=T("Missing: {fields}", fields=listed(list(map(within, lacking)))) if 0 < len(lacking) < len(entries) else None,
        )

    def _label(self, group: str) -> Text:
        if group == "document":
            kind = self.value(Field.DOCUMENT_TYPE)
            return _document_type(kind) if kind else T("Document")
        if group == "entry":
            return T("Arrived in {country}", country=countries.country(self.requirements.country))
        return _GROUP_LABELS.get(group) or LABELS[Field(group)]

    def _group_text(self, group: str, entries: list[Entry]) -> Text:
        filled = [entry.field for entry in entries if entry.value]
        if group == "stay":
            days = Days(
                date.fromisoformat(self.value(Field.ARRIVAL)), date.fromisoformat(self.value(Field.DEPARTURE))
            )
            if self.companions:
                return Text("{days}", (("days", days),))
            people = TN("{count} guest", "{count} guests", self.party)
            return T("{days}, {people}", days=days, people=people)
        if group == "document":
            return verbatim(masked(self.value(Field.DOCUMENT_NUMBER)))
        if group == "name":
            return self.called()
        if not filled:
            return verbatim("")
        if filled == [Field.COMPANIONS]:
            return company(self.value(Field.COMPANIONS))
        return listed([self.text(field) for field in filled])


def masked(number: str) -> str:
    """The first two signs, dots, always as many, and the last three; of a short number its end, half of it at most."""
    if len(number) < 2 * (_SHOWN_BEFORE + _SHOWN_AFTER) - 2:
        return "•••" + number[len(number) - len(number) // 2 :] if number else ""
    return number[:_SHOWN_BEFORE] + "•••" + number[-_SHOWN_AFTER:]


def _document_type(code: str) -> Text:
    return T("Passport") if code.startswith("P") else T("Identity card")
