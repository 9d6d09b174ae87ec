"""The hotel's sentences in other languages: from code to .po to .mo.

    python -m kiosk.translations extract [LANGUAGE…]   code → assets/locale/<language>/…/kiosk.po
    python -m kiosk.translations compile               .po → .mo, which `language.py` reads
    python -m kiosk.translations check                 exit 1 unless every language says everything

English is the source: the sentence itself is the key. A new language is begun by naming it to
`extract` (`extract fr`) and then filling in its .po with any gettext editor. The .mo files are
not kept in the repository; `compile_if_needed()` makes them at the first run.
"""

from __future__ import annotations

import os
import re
import string
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from kiosk.language import LOCALE

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

log = structlog.get_logger()

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (ROOT / "kiosk", ROOT / "hardware")

KEYWORDS: dict[str, tuple[int, ...]] = {
    "T": (1,), "TN": (1, 2), "Reading": (2,), "Check": (2,), "Measured": (2,),
    "please": (1,), "saw": (1,), "writes": (1,), "CheckResult": (2,),
}  # fmt: skip
"""What marks a sentence, and which of its arguments are words: a Reading's second is its label. `hardware/` knows
no languages, so what its checks say is found by the call that says it."""

_LONE_PLACE = re.compile(r"(\{\w*\})?")  # "{name}" is the same in every language

_METHODS = [("**.py", "python"), ("**.kv", "javascript")]  # that lexer takes kv's expressions as they are
_COMMENT = "Translators:"  # a comment that begins so goes to the translator

_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: lobby-kiosk\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def po_file(language: str, locale: Path = LOCALE) -> Path:
    return locale / language / "LC_MESSAGES" / "kiosk.po"


def languages(locale: Path = LOCALE) -> tuple[str, ...]:
    """The languages that have a .po, by their codes."""
    return tuple(sorted(file.parent.parent.name for file in locale.glob("*/LC_MESSAGES/kiosk.po")))


# --- code → .po ---------------------------------------------------------------------------------


def extracted(sources: Iterable[Path] = SOURCES) -> Catalog:
    """All sentences of the code, each with the files that say it."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    catalog = Catalog()
    for source in sources:
        found = extract_from_dir(
            source, _METHODS, keywords=KEYWORDS, comment_tags=(_COMMENT,), strip_comment_tags=True
        )
        for file, _line, message, comments, _context in found:
            if message and not _LONE_PLACE.fullmatch(message if isinstance(message, str) else message[0]):
                # Files without line numbers: a line added above must not touch the .po.
                place = (source / file).relative_to(source.parent).as_posix()
                catalog.add(message, locations=[(place, 0)], auto_comments=comments)
    return catalog


def read(language: str, locale: Path = LOCALE) -> Catalog:
    """A language's .po; an empty catalogue where there is none yet."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    file = po_file(language, locale)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def write(catalog: Catalog, language: str, locale: Path = LOCALE) -> Path:
    """Write a .po in a steady form: no dates, no line numbers, sorted by sentence."""
    from babel.messages.pofile import write_po

    body = BytesIO()
    write_po(
        body, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False
    )
    header = _HEADER.format(language=language, plural_forms=catalog.plural_forms)
    file = po_file(language, locale)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(header.encode() + body.getvalue())
    return file


def extract(
    codes: Iterable[str] = (), locale: Path = LOCALE, sources: Iterable[Path] = SOURCES
) -> tuple[Path, ...]:
    """Bring every .po up to the code: new sentences empty or, if like an old one, fuzzy; old ones gone."""
    template = extracted(sources)
    written = []
    for language in sorted({*languages(locale), *codes}):
        catalog = read(language, locale)
        catalog.update(template)
        written.append(write(catalog, language, locale))
    return tuple(written)


# --- .po → .mo ----------------------------------------------------------------------------------


def compile_all(locale: Path = LOCALE) -> tuple[Path, ...]:
    """Write each language's .mo beside its .po."""
    return tuple(_compile(language, locale) for language in languages(locale))


def compile_if_needed(locale: Path = LOCALE) -> tuple[str, ...]:
    """Compile what is absent or older than its .po; the languages that were.

    Cheap when there is nothing to do. Where the folder can't be written the kiosk still starts: that
    language is then said in English, and the log tells it.
    """
    done = []
    for language in languages(locale):
        po = po_file(language, locale)
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        try:
            _compile(language, locale)
        except OSError as error:
            log.warning("translations.not-compiled", language=language, why=error.strerror)
        else:
            done.append(language)
    return tuple(done)


def _compile(language: str, locale: Path) -> Path:
    from babel.messages.mofile import write_mo

    mo = po_file(language, locale).with_suffix(".mo")
    handle, half = tempfile.mkstemp(dir=mo.parent, suffix=".half")
    try:
        with os.fdopen(handle, "wb") as out:
            write_mo(out, read(language, locale))
        os.chmod(half, 0o644)  # mkstemp's 0600 would hide it from the kiosk's own user
        os.replace(half, mo)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
    return mo


# --- is everything said? ------------------------------------------------------------------------


def check(locale: Path = LOCALE, sources: Iterable[Path] = SOURCES) -> list[str]:
    """What is wrong, one line each: `hu: not translated: 'Go on'`. Empty when all is well."""
    from babel.messages.pofile import PoFileError

    template = extracted(sources)
    wrong: list[str] = []
    for language in languages(locale):
        try:
            catalog = read(language, locale)
        except (PoFileError, ValueError) as error:
            wrong.append(f"{language}: cannot be read: {error}")
            continue
        wrong += [f"{language}: {line}" for line in _wrong_with(catalog, template)]
    return wrong


def _wrong_with(catalog: Catalog, template: Catalog) -> Iterator[str]:
    for message in template:
        if message.id and message.id not in catalog:
            yield f"missing, run extract: {_name(message)}"
    for message in catalog:
        if not message.id:
            continue
        if message.id not in template:
            yield f"not in the code any more, run extract: {_name(message)}"
        elif message.fuzzy:
            yield f"fuzzy: {_name(message)}"
        else:
            yield from _wrong_in(message, catalog.num_plurals)
    for message in catalog.obsolete.values():
        yield f"not in the code any more, run extract: {_name(message)}"


def _wrong_in(message: Message, num_plurals: int) -> Iterator[str]:
    name = _name(message)
    said = [sentence for sentence in _all(message.string) if sentence]
    ids = _all(message.id)
    forms = num_plurals if len(ids) > 1 else 1
    if not said:
        yield f"not translated: {name}"
        return
    if len(said) != forms:
        yield f"needs {forms} plural forms, has {len(said)}: {name}"
    wanted = set().union(*(_places(sentence) for sentence in ids))
    # "one guest" may leave the number out.
    optional = {"count"} if len(ids) > 1 else set()
    for sentence in said:
        try:
            found = _places(sentence)
        except ValueError as error:
            yield f"{error}: {name}"
            continue
        if found - wanted or wanted - found - optional:
            yield f"places differ, {_braced(wanted)} against {_braced(found)}: {name}"
        if sentence != sentence.strip():
            yield f"space at the edge: {name}"


def _all(words: str | Sequence[str | None] | None) -> list[str]:
    """One sentence or its plural forms, as a list; '' for one that is not there."""
    return [words] if isinstance(words, str) else [word or "" for word in words or ("",)]


def _places(sentence: str) -> set[str]:
    """The named places of a sentence: {"name"} of "Welcome, {name}"."""
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def _braced(places: set[str]) -> str:
    return " ".join(f"{{{place}}}" for place in sorted(places)) or "none"


def _name(message: Message) -> str:
    return repr(message.id if isinstance(message.id, str) else message.id[0])


def main(arguments: Sequence[str]) -> int:
    """0 done, 1 something is not translated, 2 wrong call."""
    match list(arguments):
        case ["extract", *codes]:
            for file in extract(codes):
                print(file.relative_to(ROOT))
        case ["compile"]:
            for file in compile_all():
                print(file.relative_to(ROOT))
        case ["check"]:
            wrong = check()
            print("\n".join(wrong) or f"all said in {', '.join(languages())}")
            return 1 if wrong else 0
        case _:
            print("python -m kiosk.translations extract [LANGUAGE…] | compile | check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
