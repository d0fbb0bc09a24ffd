"""What all papers share: how parts are numbered, what stands at the foot, the day at the end."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.books.checking import check_code, page_root
from dingfen.engine.render import chinese_number
from dingfen.papers.model import Block, Heading, Language, chinese_day
from dingfen.register.models import Entry

ROOT_SIGNS = 16


def language() -> Language:
    """The language in force, as papers name it."""
    return "zh" if formats.chinese() else "en"


class Parts:
    """The blocks of a paper; `part` starts the next numbered one: 一、… / 1. …"""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._count = 0

    def part(self, title: str, *blocks: Block) -> None:
        """A numbered part; left out when it has nothing to say."""
        if not blocks:
            return
        self._count += 1
        number = f"{chinese_number(self._count)}、" if formats.chinese() else f"{self._count}. "
        self.blocks += [Heading(number + title), *blocks]

    def add(self, *blocks: Block) -> None:
        self.blocks += blocks


def foot_of(entry: Entry | None, *more: str) -> tuple[str, ...]:
    """Entry, root of its page, check code: what a reader needs to check the paper against the register."""
    if entry is None:
        return (pgettext("paper", "Not entered in the register"), *more)
    root = page_root(entry.page)
    first = [gettext("Register entry %(name)s") % {"name": entry.name}]
    first.append(
        gettext("page root %(root)s") % {"root": root[:ROOT_SIGNS]}
        if root
        else pgettext("paper", "page not sealed yet")
    )
    second = [gettext("Check code %(code)s") % {"code": check_code(entry)}, *more]
    return (" · ".join(first), " · ".join(second))


def day_of(at: dt.datetime) -> str:
    """The day at the end of a paper: 二〇二六年十一月二十四日 / 24 November 2026."""
    return chinese_day(formats.local(at).date()) if formats.chinese() else formats.paper_day(at)


def sign_line() -> str:
    return pgettext("paper", "Signature: ")


def colon() -> str:
    return "：" if formats.chinese() else ": "


def brackets(text: str) -> str:
    """（城东展厅） / (East showroom); nothing for nothing."""
    if not text:
        return ""
    return f"（{text}）" if formats.chinese() else f" ({text})"
