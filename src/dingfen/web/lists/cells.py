"""Cells written in Python, for the lists read most: what `cells` of a list page is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from dingfen import formats

NOTHING = mark_safe('<span class="t3 hide-p">—</span>')


def written(shown: Container[str], **cells: Callable[[], SafeString]) -> SafeString:
    """The cells of the columns shown, in the order given; each is made only when it is shown."""
    return mark_safe("".join(cell() for key, cell in cells.items() if key in shown))  # noqa: S308 each is safe


def in_line(content: object) -> SafeString:
    """A cell that is never broken into lines."""
    return format_html('<td class="nw">{}</td>', content)


def named(label: object, content: object) -> SafeString:
    """A cell that says on a phone, where no column head stands above it, what it tells; nothing there if empty."""
    if content in ("", None):
        return mark_safe('<td class="nw"><span class="t3 hide-p">—</span></td>')
    return format_html('<td class="nw"><span class="only-phone t3">{} </span>{}</td>', label, content)


def cut(content: object, hint: bool = False) -> SafeString:
    """A quiet cell, cut off where it is too long; with `hint`, whole under the pointer."""
    if hint:
        return format_html('<td class="t2"><div class="ell" title="{}">{}</div></td>', content, content)
    return format_html('<td class="t2"><div class="ell">{}</div></td>', content)


def moment(value: dt.datetime | None) -> str:
    return formats.when(value) if value else ""
