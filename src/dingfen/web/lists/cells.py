"""Cells written in Python, for the lists read most: what `cells` of a list page is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from dingfen import formats
from dingfen.web.markup import joined, markup

NOTHING = mark_safe('<span class="t3 hide-p">—</span>')


PICK = '<td class="pick"><input class="form-check-input" type="checkbox" name="uid" value="{}" aria-label="{} {}"></td>'


def lines(rows: Iterable[Any], choose: str, cells: Callable[[Any], SafeString]) -> SafeString:
    """The rows of a list with their cells; `choose` names the box before each, without it there is none."""
    return joined(
        markup(
            '<tr data-uid="{}">{}{}</tr>\n',
            row.list_uid,
            markup(PICK, row.list_uid, choose, row.list_name) if choose else "",
            cells(row),
        )
        for row in rows
    )


def written(shown: Container[str], **cells: Callable[[], SafeString]) -> SafeString:
    """The cells of the columns shown, in the order given; each is made only when it is shown."""
    return joined(cell() for key, cell in cells.items() if key in shown)


def in_line(content: object) -> SafeString:
    """A cell that is never broken into lines."""
    return markup('<td class="nw">{}</td>', content)


def named(label: object, content: object) -> SafeString:
    """A cell that says on a phone, where no column head stands above it, what it tells; nothing there if empty."""
    if content in ("", None):
        return in_line(NOTHING)
    return markup('<td class="nw"><span class="only-phone t3">{} </span>{}</td>', label, content)


def cut(content: object, hint: bool = False) -> SafeString:
    """A quiet cell, cut off where it is too long; with `hint`, whole under the pointer."""
    if hint:
        return markup('<td class="t2"><div class="ell" title="{}">{}</div></td>', content, content)
    return markup('<td class="t2"><div class="ell">{}</div></td>', content)


def moment(value: dt.datetime | None) -> str:
    return formats.when(value) if value else ""
