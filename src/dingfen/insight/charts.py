"""Series over the period: each chart as a table of numbers, which is what pages draw, show and export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen import formats
from dingfen.insight import sources
from dingfen.insight.decided import by_article, decided
from dingfen.insight.figures import BY_ID, LEAVING, spans
from dingfen.insight.holding import holding
from dingfen.insight.kept import kept
from dingfen.insight.scope import Scope
from dingfen.insight.values import hours, quantile
from dingfen.parties.models import Customer

AGES = (2, 5, 10)  # days
ARTICLES = 10
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Chart:
    """`labels` along the axis, `series` as (name, numbers). `figure`: where its cases are listed."""

    id: str
    title: Words
    kind: Literal["bar", "line", "flat"]
    unit: Words
    labels: list[str]
    series: list[tuple[Words, list[float | None]]]
    figure: str
    now: bool = False

    @property
    def rows(self) -> list[list[Any]]:
        """Label and numbers, row by row."""
        return [[label, *(numbers[at] for _, numbers in self.series)] for at, label in enumerate(self.labels)]

    @property
    def empty(self) -> bool:
        return not any(number for _, numbers in self.series for number in numbers)


@kept
def charts(scope: Scope) -> list[Chart]:
    return [make(scope) for make in MAKERS]


def flow(scope: Scope) -> Chart:
    series: list[tuple[Words, list[float | None]]] = [
        (pgettext_lazy("chart", "Raised"), _counts(sources.raised(scope), "case__opened_at", scope)),
        (pgettext_lazy("chart", "Ruled"), _counts(sources.rulings(scope), "given_at", scope)),
    ]
    return Chart("flow", _("Disputes raised and ruled"), "bar", _("disputes"), _names(scope), series, "rate")


def time(scope: Scope) -> Chart:
    lengths = [(end, (end - start).total_seconds()) for start, end in spans(BY_ID["time"], scope)]
    medians: list[float | None] = []
    for start, end in scope.buckets():
        inside = sorted(length for at, length in lengths if start <= at < end)
        medians.append(hours(quantile(inside, 0.5)))
    return Chart(
        "time",
        _("Time to ruling, median"),
        "line",
        _("hours"),
        _names(scope),
        [(_("median"), medians)],
        "time",
    )


def articles(scope: Scope) -> Chart:
    found = by_article(decided(sources.rulings(scope)))
    labels = [article or str(_("Not covered by the rules")) for article, _n in found[:ARTICLES]]
    numbers: list[float | None] = [count for _a, count in found[:ARTICLES]]
    return Chart(
        "articles",
        _("Which article decides"),
        "flat",
        _("rulings"),
        labels,
        [(_("rulings"), numbers)],
        "departed",
    )


def ages(scope: Scope) -> Chart:
    edges = [scope.at - dt.timedelta(days=days) for days in AGES]
    since = [None, *edges]
    until = [*edges, None]
    counted = sources.open_now(scope).aggregate(
        **{
            f"n{at}": Count("pk", filter=_within("case__opened_at", low, high))
            for at, (high, low) in enumerate(zip(since, until, strict=True))
        }
    )
    labels = [
        str(_("up to %(n)s days")) % {"n": AGES[0]},
        *(str(_("%(a)s to %(b)s days")) % {"a": a, "b": b} for a, b in pairwise(AGES)),
        str(_("over %(n)s days")) % {"n": AGES[-1]},
    ]
    numbers: list[float | None] = [counted[f"n{at}"] for at in range(len(labels))]
    return Chart(
        "ages",
        _("Open disputes by age"),
        "bar",
        _("disputes"),
        labels,
        [(_("disputes"), numbers)],
        "open",
        now=True,
    )


def pool(scope: Scope) -> Chart:
    series: list[tuple[Words, list[float | None]]] = [
        (pgettext_lazy("chart", "In"), _counts(sources.entries(scope, LEAVING), "recorded_at", scope)),
        (
            pgettext_lazy("chart", "Out"),
            _counts(sources.entries(scope, ("registration.taken",)), "recorded_at", scope),
        ),
    ]
    return Chart(
        "pool", _("Into and out of the pool"), "bar", _("customers"), _names(scope), series, "to_pool"
    )


def grades(scope: Scope) -> Chart:
    rows = holding(scope)
    labels: list[str] = []
    on_time: list[float | None] = []
    late: list[float | None] = []
    for grade in (*Customer.Grade.values, ""):
        dated = sum(one.dated for one in rows if one.grade == grade)
        overdue = sum(one.overdue for one in rows if one.grade == grade)
        if dated:
            labels.append(grade or str(_("No grade")))
            on_time.append(dated - overdue)
            late.append(overdue)
    series: list[tuple[Words, list[float | None]]] = [(_("on time"), on_time), (_("overdue"), late)]
    return Chart(
        "grades", _("Follow-up by grade"), "bar", _("registrations"), labels, series, "follow_up", now=True
    )


MAKERS: tuple[Callable[[Scope], Chart], ...] = (flow, time, ages, articles, pool, grades)


def _counts(rows: QuerySet[Any], field: str, scope: Scope) -> list[float | None]:
    """How many rows fall into each part of the period, in one query."""
    parts = {
        f"n{at}": Count("pk", filter=_within(field, start, end))
        for at, (start, end) in enumerate(scope.buckets())
    }
    counted = rows.aggregate(**parts)
    return [counted[name] for name in parts]


def _within(field: str, start: dt.datetime | None, end: dt.datetime | None) -> Q:
    found = Q()
    if start is not None:
        found &= Q(**{f"{field}__gte": start})
    if end is not None:
        found &= Q(**{f"{field}__lt": end})
    return found


def _names(scope: Scope) -> list[str]:
    """A day by itself, a week by its first day, a month by its name."""
    names = []
    for start, _end in scope.buckets():
        day = start.astimezone(scope.zone).date()
        if scope.by_month:
            names.append(f"{day.year}-{day.month:02d}")
        else:
            names.append(formats.day(day, scope.at.astimezone(scope.zone).date()))
    return names
