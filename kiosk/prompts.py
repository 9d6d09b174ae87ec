"""What a step can ask of a person, and what a person can answer. No widget, no device.

One dataclass is one screen of `kiosk/ui/screens/`. Every Prompt says with `takes` which other
answers than touch it welcomes. All words are Text: the screen says them in the guest's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Protocol

from hardware.card_reader.contract import Card
from hardware.document_reader.contract import TravelDocument, Unreadable
from hardware.scanner.contract import Symbology
from kiosk.language import T, Text
from kiosk.portrait import Portrait


class Takes(StrEnum):
    """Ways to answer beside the finger."""

    DOCUMENT = "document"
    CODE = "code"
    CARD = "card"


class Tone(StrEnum):
    """How a screen or notice sounds: colour, sign and word."""

    PLAIN = "plain"
    OK = "ok"
    WARN = "warn"


@dataclass(frozen=True)
class Option:
    """One button. The first option of a prompt is its main action unless `quiet`."""

    id: str
    label: Text
    quiet: bool = False
    off: Text | None = None  # why it can't be used today; drawn, not touchable


GO_ON = Option("go-on", T("Go on"))


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A question on one screen."""

    question: Text
    help: Text | None = None
    takes: frozenset[Takes] = frozenset()
    notice: Text | None = None  # a warning band above the actions
    notice_tone: Tone = Tone.WARN
    instead_of: tuple[Text, ...] = ()  # notices that are over: this scene says it, or goes on to something else
    leaves_in_s: int | None = None  # until who stands here is signed off, in the place of the clock


@dataclass(frozen=True, kw_only=True)
class Welcome(Prompt):
    """The screen that waits for anybody. `greetings`: the same word in the other languages."""

    options: tuple[Option, ...]
    greetings: tuple[str, ...] = ()
    invitation: Text | None = None  # "Or begin with your passport …"
    where: str = "right"
    demo: bool = False
    staff: bool = False  # a quiet way in for staff; answered by Chosen("staff")


@dataclass(frozen=True, kw_only=True)
class Choice(Prompt):
    """Pick one of a few: also every honest screen with a next step. `picture` names a drawing."""

    options: tuple[Option, ...]
    picture: str = ""
    tone: Tone = Tone.PLAIN
    details: tuple[tuple[Text, Text], ...] = ()  # label, value: in a card
    where: str = ""  # kiosk.ini's `position` of the device that answers too; '' for none
    equals: bool = False  # none of the options is the main action


class Keys(StrEnum):
    """Which keyboard is laid out."""

    NAME = "name"
    TEXT = "text"
    NUMBER = "number"  # confirmation numbers: digits and letters
    EMAIL = "email"
    PIN = "pin"  # digits only, as on a telephone


@dataclass(frozen=True, kw_only=True)
class TextEntry(Prompt):
    """Type one thing. `error` says what was wrong with the last try; for `wait_s` from when it is first shown
    no key answers, and what is left of it is counted down beside the error.

    `secret` shows dots, tells nobody what was typed, and forgets it with the scene; it wants Keys.PIN.
    """

    keys: Keys = Keys.TEXT
    value: str = ""
    max_length: int = 80
    optional: bool = False
    error: Text | None = None
    action: Text = field(default_factory=lambda: T("Go on"))
    secret: bool = False
    least: int = 1  # letters or digits before the main action answers
    wait_s: float = 0.0

    def __post_init__(self) -> None:
        if self.secret and self.keys is not Keys.PIN:
            raise ValueError("only a PIN can be typed unseen")


@dataclass(frozen=True, kw_only=True)
class DateEntry(Prompt):
    """Pick a day between `earliest` and `latest`, shown as a calendar month or as three wheels (far dates)."""

    earliest: date
    latest: date
    value: date | None = None
    far: bool = False  # a birth date: day, month, year instead of a calendar
    error: Text | None = None


@dataclass(frozen=True, kw_only=True)
class PresentDocument(Prompt):
    """Lay or swipe the document. `where` is kiosk.ini's `position` of the reader."""

    where: str = "right"
    picture: str = "lay-document"
    other: tuple[Option, ...] = ()  # "Type it in instead"
    takes: frozenset[Takes] = frozenset({Takes.DOCUMENT})


@dataclass(frozen=True, kw_only=True)
class ReadingChip(Prompt):
    """The document's chip is read. `fraction` 0…1; None while none lies on the reader. Only it changes while
    the chip is read, and the screen then draws nothing else anew."""

    fraction: float | None = None
    where: str = "right"
    picture: str = "lay-document"
    other: tuple[Option, ...] = ()  # "My document has no chip"


@dataclass(frozen=True)
class Row:
    """One line of the registration card. `field` is '' where it can't be changed."""

    label: Text
    value: Text
    proof: Text | None = None  # "Read from the document"
    field: str = ""
    missing: bool = False  # must be filled in before signing
    lacks: Text | None = None  # what is missing of it, where the rest is there


@dataclass(frozen=True, kw_only=True)
class RegistrationCard(Prompt):
    """Is this right? Correct, agree, sign. `signature` False where the law asks for none."""

    rows: tuple[Row, ...]
    brief: Text | None = None  # whose card it is, beside a signature that has a page of its own
    signature: bool = True
    rules: Text = field(default_factory=lambda: T("House rules"))
    kept: Text = field(default_factory=lambda: T("What is kept, and for how long"))
    action: Text = field(default_factory=lambda: T("I agree and sign"))


@dataclass(frozen=True, kw_only=True)
class Reading(Prompt):
    """A longer text to read (house rules, what is kept), in paragraphs, scrolled."""

    paragraphs: tuple[Text, ...]
    options: tuple[Option, ...] = (GO_ON,)


@dataclass(frozen=True)
class PickRow:
    """One thing to pick. `state` in a word, drawn with the sign and colour of `tone`."""

    id: str
    title: Text
    detail: Text | None = None
    state: Text | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True)
class Pick(Prompt):
    """Pick one of many, answered by Chosen with the row's id. `search`: typing leaves the rows in whose title
    or detail a word begins so, whatever case, accents and script (`kiosk/word_search.py`)."""

    rows: tuple[PickRow, ...]
    search: bool = False
    hint: Text = field(default_factory=lambda: T("Name or room"))  # stands in the empty search line
    empty: Text = field(default_factory=lambda: T("Nothing found"))  # said where no row is left
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet(Prompt):
    """Facts in sections (caption; label and value of each row), and what can be done: equals, none is main."""

    sections: tuple[tuple[Text, tuple[tuple[Text, Text], ...]], ...]
    options: tuple[Option, ...]
    portrait: Portrait | None = None  # of a document's chip, for staff


@dataclass(frozen=True, kw_only=True)
class Table(Prompt):
    """Rows to read, some hundred at most; each has a cell for every column."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    empty: Text = field(default_factory=lambda: T("Nothing yet"))
    options: tuple[Option, ...] = (GO_ON,)


@dataclass(frozen=True, kw_only=True)
class LayKeyCard(Prompt):
    """Lay a key card on the encoder; `lifting`: first take the one that lies there. Answered by the encoder
    or by an option."""

    number: int
    of: int
    state: Text
    lifting: bool = False
    where: str = "right"
    other: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Busy(Prompt):
    """Something takes longer than half a second: says what. `fraction` 0…1 where known."""

    fraction: float | None = None
    done: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Farewell(Prompt):
    """Where to go now. `way` draws the floor: lift and room by position. `slip` is where the printed slip
    comes out (kiosk.ini's `position`), '' where none does."""

    facts: tuple[tuple[Text, Text], ...]  # "Breakfast", "7:00 – 10:30"
    wifi: str = ""  # QR content; '' for none
    wifi_name: str = ""
    wifi_password: str = ""
    slip: str = ""
    way: tuple[str, int, int] | None = None  # 'left' | 'right', doors from the lift, doors on the floor
    action: Text = field(default_factory=lambda: T("Thank you, done"))


@dataclass(frozen=True, kw_only=True)
class StillThere(Prompt):
    """Are you still there? Counts down; any touch goes on."""

    seconds: int


@dataclass(frozen=True, kw_only=True)
class OutOfService(Prompt):
    """Nothing works today: where the person is to go, whom to call."""

    telephone: str = ""


# --- answers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What came back. Nothing of it is logged: repr is off where it holds a person's words."""

    name: ClassVar[str] = "answer"


@dataclass(frozen=True)
class Chosen(Answer):
    """An option's id; RegistrationCard also 'rules', 'kept', 'change:<field>', 'fill-in'."""

    id: str


@dataclass(frozen=True, repr=False)
class Typed(Answer):
    """What stood in the field at *Go on*, as it was typed."""

    text: str


@dataclass(frozen=True, repr=False)
class Picked(Answer):
    """A day of the calendar, or one that was typed."""

    day: date


@dataclass(frozen=True, repr=False)
class Signed(Answer):
    """Strokes as points, 0…1 of the pad's width (x right, y down); `aspect` is width / height."""

    strokes: tuple[tuple[tuple[float, float], ...], ...]
    aspect: float


@dataclass(frozen=True, repr=False)
class Shown(Answer):
    """A document was read by a device."""

    document: TravelDocument


@dataclass(frozen=True)
class NotRead(Answer):
    """A document was shown and could not be read."""

    why: Unreadable


@dataclass(frozen=True, repr=False)
class Scanned(Answer):
    """A code was read by the scanner; `cut`: more of it came, and was thrown away."""

    text: str
    symbology: Symbology
    cut: bool = False


@dataclass(frozen=True, repr=False)
class Laid(Answer):
    """A card came to lie on the card reader."""

    card: Card


@dataclass(frozen=True)
class Progress:
    """Where we are: step 3 of 6, "Registration"."""

    step: int
    of: int
    label: Text


@dataclass(frozen=True)
class Scene:
    """A prompt as it stands before a person. An answer names the scene it belongs to.

    `number` grows by one with each scene: an answer to an older one (double tap) is dropped.
    `signed_in` is who works here now ("Reception · Anna Kovács"): the frame says it, and has "Sign off",
    which calls `Desk.start_over`, where guests have help and "Start over".
    """

    number: int
    prompt: Prompt
    progress: Progress | None = None
    back: bool = False
    signed_in: Text | None = None


# --- the two sides of a conversation ---------------------------------------------------------


class Front(Protocol):
    """Who shows scenes to a person: the app's window, or a scripted guest in a test."""

    def show(self, scene: Scene) -> None:
        """Draw this scene now. Called on the loop's thread, never blocks, draws the same scene again
        (same number, another `language` at the Desk) after a change of language."""

    def notice(self, words: Text, tone: Tone) -> None:
        """Say something beside the scene: "The printer has paper again"."""

    def tone(self) -> bool:
        """Play the tone of good news; False: this machine makes no sound."""


class Desk(Protocol):
    """What a front may call: every touch ends here. All return at once.

    `scene` is the number of the scene that was touched; False: the touch came too late (a second
    tap, a screen that has gone) and did nothing.
    """

    language: str  # ISO 639-1 of the visit
    languages: tuple[str, ...]  # the hotel's, in its order

    def answer(self, scene: int, answer: Answer) -> bool: ...

    def back(self, scene: int) -> bool: ...

    def start_over(self, scene: int) -> bool: ...

    def call_person(self, scene: int) -> bool: ...

    def change_language(self, code: str) -> None: ...

    def touched(self) -> None:
        """A person is there: the idle clock begins again; answers StillThere."""
