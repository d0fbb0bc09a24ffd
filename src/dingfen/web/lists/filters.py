"""Filters of a list: each is one URL parameter, checked against what it accepts."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.web.markup import joined, markup

Words = str | Promise
Rows = QuerySet[Any]
OPTION = '<a class="item" href="{}">{}</a>'
SHOWN = 3  # of several chosen values, how many a chip names
Pairs = Iterable[tuple[Any, Any]]


@dataclass(frozen=True)
class Filter(ABC):
    """One parameter. `narrow` raises ValueError for a value it does not accept."""

    key: str
    label: Words
    kind = "choice"

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        """What can be chosen: (value, words)."""
        return []

    def offered(self, address: str, actor: Actor) -> Offer:
        """The filter with a link for each option; `address`: the list without it."""
        link = f"{address.removesuffix('all') if address.endswith('?all') else address + '&'}{self.key}="
        options = ((link + quote_plus(value), label) for value, label in self.options(actor))
        return Offer(self, joined(markup(OPTION, *option) for option in options))

    @abstractmethod
    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        """The rows the value leaves."""

    def describe(self, value: str, actor: Actor) -> str:
        """The chosen value in words."""
        names, parts = dict(self.options(actor)), value.split(",")
        words = formats.series(names.get(part, part) for part in parts[:SHOWN])
        if (more := len(parts) - SHOWN) > 0:
            return ngettext("%(words)s and %(n)s more", "%(words)s and %(n)s more", more) % {
                "words": words,
                "n": more,
            }
        return words

    def check(self, value: str, actor: Actor) -> list[str]:
        """The chosen values, each one of the options. Raises ValueError."""
        parts, known = value.split(","), dict(self.options(actor))
        if unknown := [part for part in parts if part not in known]:
            raise ValueError(", ".join(unknown))
        return parts


@dataclass(frozen=True)
class Choice(Filter):
    """A model field with fixed choices; several may be given, with commas."""

    field: str
    choices: Pairs

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.choices]

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        return rows.filter(**{f"{self.field}__in": self.check(value, actor)})


@dataclass(frozen=True)
class Options(Filter):
    """A model field whose values depend on the reader: `source(actor)` gives (value, words)."""

    field: str
    source: Callable[[Actor], Pairs]

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.source(actor)]

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        return rows.filter(**{f"{self.field}__in": self.check(value, actor)})


@dataclass(frozen=True)
class Custom(Filter):
    """Choices each with a meaning of its own: `apply(rows, value, actor, at)`."""

    choices: Pairs
    apply: Callable[[Rows, str, Actor, dt.datetime], Rows]

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.choices]

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        (one,) = self.check(value, actor)
        return self.apply(rows, one, actor, at)


@dataclass(frozen=True)
class Flag(Filter):
    """Yes or no, by a condition."""

    condition: Q

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        (one,) = self.check(value, actor)
        return rows.filter(self.condition if one == "yes" else ~self.condition)


@dataclass(frozen=True)
class TextFilter(Filter):
    """Typed text: `apply(rows, text, actor)`."""

    apply: Callable[[Rows, str, Actor], Rows]
    kind = "text"

    def describe(self, value: str, actor: Actor) -> str:
        return f"“{value}”"

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        return self.apply(rows, value.strip(), actor)


PAST = {"today": (0, 1, _("today")), "7d": (-6, 1, _("last 7 days")), "30d": (-29, 1, _("last 30 days"))}
AHEAD = {
    "late": (None, 0, _("past")),
    "today": (0, 1, _("today")),
    "7d": (0, 7, _("next 7 days")),
    "30d": (0, 30, _("next 30 days")),
}


@dataclass(frozen=True)
class Dates(Filter):
    """A time: a named period, or `2026-03-01..2026-03-31` (either end may be missing). Days of the reader's site."""

    field: str
    ahead: bool = False
    kind = "dates"

    @property
    def periods(self) -> dict[str, tuple[int | None, int, Words]]:
        return dict(AHEAD if self.ahead else PAST)

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        return [(key, str(label)) for key, (_start, _end, label) in self.periods.items()]

    def describe(self, value: str, actor: Actor) -> str:
        if value in self.periods:
            return str(self.periods[value][2])
        first, last = value.split("..") if ".." in value else (value, value)
        return f"{first or '…'} – {last or '…'}"

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        start, end = self.bounds(value, at)
        if start:
            rows = rows.filter(**{f"{self.field}__gte": start})
        return rows.filter(**{f"{self.field}__lt": end}) if end else rows

    def bounds(self, value: str, at: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The first moment and the moment after the last; None where open. Raises ValueError."""
        if value == "late":
            return None, at
        if value in self.periods:
            first, last, _label = self.periods[value]
            today = timezone.localdate(at)
            if self.ahead and value != "today":
                return at, _midnight(today + dt.timedelta(days=last))
            return _midnight(today + dt.timedelta(days=first or 0)), _midnight(
                today + dt.timedelta(days=last)
            )
        start, mark, end = value.partition("..")
        first_day = dt.date.fromisoformat(start) if start else None
        last_day = (dt.date.fromisoformat(end) if end else None) if mark else first_day
        try:
            return (
                _midnight(first_day) if first_day else None,
                _midnight(last_day + dt.timedelta(days=1)) if last_day else None,
            )
        except OverflowError as error:
            raise ValueError("a day at the end of time") from error


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time())).astimezone(dt.UTC)


@dataclass(frozen=True)
class Active:
    """A filter in use, with the address that drops it."""

    filter: Filter
    value: str
    words: str
    without: str


@dataclass(frozen=True)
class Offer:
    """A filter on offer, with a link for each option."""

    filter: Filter
    links: SafeString
