"""Words in the guest's language: gettext for sentences, Babel for dates, money and numbers.

A prompt carries `Text`, never a finished string, so that a change of language draws the same
prompt again. The English sentence is the key: `T("Welcome, {name}", name=…)`; Babel finds them
by the keywords `T` and `TN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Money:
    """An amount with its ISO 4217 currency."""

    amount: Decimal
    currency: str




@dataclass(frozen=True)
class Text:
    """A sentence to be said in whatever language the guest has chosen.

    `args` may hold dates, times, Money and other Texts: they are put in that language's form.
    `plural` and `count` choose the plural form (gettext's ngettext).
    """

    key: str
    args: tuple[tuple[str, Any], ...] = ()
    plural: str = ""
    count: int = 0


def T(key: str, **args: Any) -> Text:  # noqa: N802 - the extraction keyword
    """A sentence with named places."""
    return Text(key, tuple(args.items()))


def TN(one: str, many: str, count: int, **args: Any) -> Text:  # noqa: N802
    """A sentence whose form depends on `count`, which also stands for `{count}`."""
    return Text(one, (("count", count), *args.items()), plural=many, count=count)


def verbatim(words: str) -> Text:
    """Words that are the same in every language: a name, a number, the hotel's name."""
    return Text("{_}", (("_", words),))
