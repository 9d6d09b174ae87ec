"""How a letter may stand in the machine-readable zone, which knows only A–Z.

Source: ICAO Doc 9303-3 §6 (tables A Latin, B Cyrillic, C Arabic). Where the table leaves a
choice, or countries are known to print another form, every form in use stands here, because
a booking doesn't say which country's clerk will have written the passport:

- Latin: the table's form first, then the bare letter (Ö: OE by the table, O in Iceland's and
  Turkey's passports). Hungarian Ő and Ű also as OE and UE. Any other accent is taken off.
- Cyrillic: the table with its exceptions for Belarusian, Bulgarian, Macedonian, Serbian and
  Ukrainian, and the national rules of Ukraine (Cabinet resolution 55 of 2010) and Bulgaria
  (Transliteration Act of 2009): Я = IA or YA, Ю = IU or YU, Й = I or Y.
- Arabic: the table's letters, X marking what Latin lacks; vowel signs are not written.

A letter of another script has one form: itself.
"""

from __future__ import annotations

import unicodedata

Lattice = tuple[tuple[str, ...], ...]
"""A word as the forms that each of its letters may take: `(("M",), ("UE", "U", "UXX"), …)`."""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """'Ä=AE/A Ð=D' → {'Ä': ('AE', 'A'), 'Ð': ('D',)}; '-' is a letter that is not written."""
    table = {}
    for item in text.split():
        letter, forms = item.split("=")
        table[letter] = tuple("" if form == "-" else form for form in forms.split("/"))
    return table


# Table A: what isn't simply the letter without its accent.
_LATIN = _table(
    "Ä=AE/A Å=AA/A Æ=AE Ð=D Đ=D Ħ=H Ĳ=IJ ĸ=Q/K Ł=L Ŀ=L Ñ=N/NXX Ŋ=N Ö=OE/O Ø=OE/O Œ=OE"
    " Ő=O/OE ẞ=SS ß=SS Ŧ=T Þ=TH Ü=UE/U/UXX Ű=U/UE ı=I ƒ=F"
)

_CYRILLIC = _table(
    "А=A Б=B В=V Г=G/H Д=D Е=E Ё=E/IO Ж=ZH/Z З=Z И=I/Y І=I Й=I/Y К=K Л=L М=M Н=N О=O П=P Р=R С=S Т=T"
    " У=U Ф=F Х=KH/H Ц=TS/C Ч=CH/C Ш=SH/S Щ=SHCH/SHT Ъ=IE/A/- Ы=Y Ь=- Э=E Ю=IU/YU Я=IA/YA"
    " Ґ=G Ў=U Ѫ=U Ѓ=G/GJ Ђ=D/DJ Ѕ=DZ Ј=J Ќ=K/KJ Љ=LJ Њ=NJ Ћ=C Һ=C Џ=DZ/DJ Є=IE/YE Ї=I/YI"
)

_ARABIC = _table(
    "ء=XE آ=XAA أ=XAE ؤ=U إ=I ئ=XI ا=A ب=B ة=XTA/XAH ت=T ث=XTH ج=J ح=XH خ=XKH د=D ذ=XDH ر=R ز=Z س=S"
    " ش=XSH ص=XSS ض=XDZ ط=XTT ظ=XZZ ع=E غ=G ف=F ق=Q ك=K ل=L م=M ن=N ه=H و=W ى=XAY ي=Y ٱ=XXA ٹ=XXT"
    " ټ=XRT پ=P ځ=XKE څ=XXH چ=XC ڈ=XXD ډ=XDR ڑ=XXR ړ=XRR ږ=XRX ژ=XJ ښ=XXS ک=XKK ګ=XXK ڭ=XNG گ=XGG"
    " ں=XNN ڼ=XXN ھ=XDO ۀ=XYH ہ=XXG ۂ=XGE ۃ=XTG ی=XYA ۍ=XXY ې=Y ے=XYB ۓ=XBE ـ=-"
)

_FORMS = {**_LATIN, **_CYRILLIC, **_ARABIC}
_SHADDA = "\u0651"  # doubles the letter before it


def normal(text: str) -> str:
    """Capitals, composed, compatibility forms (full width, Arabic presentation) made plain."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).upper())


def forms(letter: str) -> tuple[str, ...]:
    """The forms of one letter of `normal()` text; () for a mark that is not written."""
    if "A" <= letter <= "Z":
        return (letter,)
    if found := _FORMS.get(letter):
        return found
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    if bare != letter:
        return tuple("".join(way) for way in _ways([forms(part) for part in bare])) or ()
    return (letter,) if unicodedata.category(letter).startswith("L") else ()


def _ways(parts: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    ways: list[tuple[str, ...]] = [()]
    for part in parts:
        ways = [(*way, form) for way in ways for form in part]
    return ways


def lattice(word: str) -> Lattice:
    """The forms of each letter of one word of `normal()` text."""
    out: list[tuple[str, ...]] = []
    for letter in word:
        if letter == _SHADDA and out:
            out[-1] = (*out[-1], *(form * 2 for form in out[-1] if form))
        elif found := forms(letter):
            out.append(found)
    return tuple(out)


def spells(one: Lattice, other: Lattice, *, begins: bool = False) -> bool:
    """Whether both can be written the same way; with `begins`, whether `one` can begin `other`.

    Walks both at once: a state is how far each has been read and what one side has written
    ahead of the other. Work grows with the length, not with the number of spellings.
    """
    if not begins and (_longest(one) < _shortest(other) or _longest(other) < _shortest(one)):
        return False
    todo = [(0, 0, "", "")]
    seen = set(todo)
    while todo:
        i, j, ahead, behind = todo.pop()
        if i == len(one) and not ahead and (begins or (j == len(other) and not behind)):
            return True
        for state in _steps(one, other, i, j, ahead, behind):
            if state not in seen:
                seen.add(state)
                todo.append(state)
    return False


def _longest(word: Lattice) -> int:
    return sum(max(map(len, letter)) for letter in word)


def _shortest(word: Lattice) -> int:
    return sum(min(map(len, letter)) for letter in word)


def _steps(
    one: Lattice, other: Lattice, i: int, j: int, ahead: str, behind: str
) -> list[tuple[int, int, str, str]]:
    """Read one more letter on the side that has written less; `ahead` is what `one` has too much."""
    steps = []
    if not ahead and i < len(one):
        steps = [(i + 1, j, *_level(form, behind)) for form in one[i] if _agree(form, behind)]
    if (ahead or i == len(one)) and not behind and j < len(other):
        steps += [(i, j + 1, *_level(ahead, form)) for form in other[j] if _agree(ahead, form)]
    return steps


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _level(one: str, other: str) -> tuple[str, str]:
    """What is left over on each side after what both share."""
    return one[len(other) :], other[len(one) :]
