"""A paper as data: neutral of form and of what it is about. All texts are plain; nothing in them is markup."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Literal, TypeVar

Language = Literal["zh", "en"]
_T = TypeVar("_T")
# what XML 1.0 cannot hold: control characters, surrogates on their own, two non-characters
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a part; level 2 stands inside one (a chapter's article)."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. `lead` stands before the text in the sans-serif face; `quiet` is smaller, for notes."""

    kind: ClassVar[str] = "para"
    text: str
    lead: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A numbered list: 1. 2. 3."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table. `widths` are relative; `sums` rows at the end are totals; `numbers`: columns set right."""

    kind: ClassVar[str] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    sums: int = 0
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels with their values, two columns without rules: the cover of a rule book."""

    kind: ClassVar[str] = "pairs"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """Who signs: in which place, under which name, when it was signed in the system, the line to sign on."""

    place: str
    name: str
    note: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The block at the end, kept on one page: signers, then the day the paper bears."""

    kind: ClassVar[str] = "signatures"
    signers: tuple[Sign, ...]
    day: str
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""

    kind: ClassVar[str] = "break"
    text: str = ""


Block = Heading | Para | Items | Table | Pairs | Signatures | Break


@dataclass(frozen=True, slots=True)
class Paper:
    """`number` at the right under the title; `mark` says that it isn't signed; `foot` stands on every page.

    `name` is the file's, without ending; `made_at` the moment the paper is of, for the file's own data.
    """

    language: Language
    name: str
    letterhead: str
    title: str
    number: str
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]
    made_at: dt.datetime
    mark: str = ""


def clean(text: str) -> str:
    """The text without characters that no document can hold; line breaks as line feeds, tabs as blanks."""
    return _UNFIT.sub("", _BREAKS.sub("\n", text)).replace("\t", " ")


def cleaned(part: _T) -> _T:
    """A paper, or a part of one, with every text in it clean."""
    if isinstance(part, str):
        return clean(part)  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(cleaned(each) for each in part)  # type: ignore[return-value]
    if hasattr(part, "__dataclass_fields__"):
        changed: dict[str, Any] = {
            each.name: cleaned(getattr(part, each.name))
            for each in fields(part)  # type: ignore[arg-type]
        }
        return replace(part, **changed)  # type: ignore[type-var]
    return part


def chinese_day(day: dt.date) -> str:
    """The date as a paper bears it at its end: 二〇二六年十一月二十四日."""
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_counted(day.month)}月{_counted(day.day)}日"


def _counted(number: int) -> str:
    """1 to 31: 二十四."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")
