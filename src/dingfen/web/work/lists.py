"""My work: everything with a deadline that waits for this reader, next deadline first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.clocks.models import LIVE, Clock
from dingfen.web.lists import Choice, Column, Custom, Dates, Empty, ListPage, View
from dingfen.web.subjects import Subject, resolve
from dingfen.web.work.awaiting import known_clocks, mine, watched
from dingfen.wording import clock_text

KINDS = (
    ("registration.protection", _("Follow-up")),
    ("dispute.evidence", _("Evidence")),
    ("dispute.ruling", pgettext_lazy("work", "Ruling")),
    ("dispute.appeal", _("Appeal")),
    ("dispute.final", _("Final ruling")),
    ("effect.duty", pgettext_lazy("work", "Duty")),
)
SCOPES = (("mine", _("mine")), ("watched", _("watched")), ("team", _("all I oversee")))
TIMES = (("late", _("late")), ("soon", _("within a day")))
DAY = dt.timedelta(days=1)
UNKNOWN = Subject("", "", "", icon="clock")


def _whose(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    return rows.filter({"mine": mine, "watched": watched}[value](actor)) if value != "team" else rows


def _time(rows: QuerySet[Any], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Any]:
    running = rows.exclude(state=Clock.State.PAUSED)
    if value == "late":
        return running.filter(deadline__lt=at)
    return running.filter(deadline__gte=at, deadline__lt=at + DAY)


def _count(params: dict[str, str]) -> Callable[[Actor, dt.datetime], int]:
    def count(actor: Actor, at: dt.datetime) -> int:
        rows: QuerySet[Any] = known_clocks(actor)
        for one in Work.filters:
            if value := params.get(one.key):
                rows = one.narrow(rows, value, actor, at)
        return rows.order_by()[:1001].count()

    return count


def _view(key: str, label: str | Promise, hot: bool = False, **params: str) -> View:
    return View(key, label, params, count=_count(params), hot=hot)


class Work(ListPage[Clock]):
    key = "work"
    title = _("My work")
    columns = (
        Column("due", _("Next deadline"), value="deadline", sort="deadline"),
        Column("what", _("Matter"), value=lambda clock: clock.title),
        Column(
            "number", pgettext_lazy("case", "Number"), value=lambda clock: clock.subject.number, hidden=True
        ),
        Column("kind", pgettext_lazy("work", "Kind"), value=lambda clock: clock.subject.label),
        Column("customer", _("Customer"), value=lambda clock: clock.subject.customer),
        Column("stage", _("Stage"), value=lambda clock: clock.subject.stage),
        Column("note", pgettext_lazy("work", "Note"), value=lambda clock: clock.article),
        Column("started", _("Start of the clock"), value="started_at", sort="started_at", hidden=True),
    )
    filters = (
        Custom("whose", _("Scope"), SCOPES, _whose),
        Custom("time", pgettext_lazy("work", "Time"), TIMES, _time),
        Choice("kind", pgettext_lazy("work", "Kind"), "kind", KINDS),
        Dates("due", _("Next deadline"), "deadline", ahead=True),
        Choice("state", _("State"), "state", [pair for pair in Clock.State.choices if pair[0] in LIVE]),
    )
    views = (
        _view("mine", _("My work"), whose="mine"),
        _view("soon", _("Ends soon"), whose="mine", time="soon"),
        _view("late", _("Late"), hot=True, whose="mine", time="late"),
        _view("rule", _("Mine to rule"), whose="mine", kind="dispute.ruling,dispute.final"),
        _view("lapsing", _("Lapses within 7 days"), whose="mine", kind="registration.protection", due="7d"),
        _view("watched", _("Watched by me"), whose="watched"),
        _view("team", _("All I oversee"), whose="team"),
    )
    default_sort = "due"
    row_template = "web/work/row.html"
    template = "web/work/page.html"
    empty = Empty(_("Nothing due today."), icon="check", colour="green")
    export_permission = "customer.export"

    def queryset(self) -> QuerySet[Clock]:
        return known_clocks(self.actor).select_related("responsible")

    def row_name(self, row: Clock) -> str:
        return f"{row.title} {row.subject.number}"  # type: ignore[attr-defined]

    def prepare(self, rows: list[Clock]) -> None:
        found = resolve(self.actor, ((row.subject_type, row.subject_uid) for row in rows))
        for row in rows:
            row.subject = found.get((row.subject_type, row.subject_uid), UNKNOWN)  # type: ignore[attr-defined]
            row.title = clock_text(row.kind, row.params)  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        rows = known_clocks(self.actor).filter(mine(self.actor))
        paused = Clock.State.PAUSED
        running = rows.exclude(state=paused)
        tonight = timezone.localtime(self.at).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        return {
            "late": running.filter(deadline__lt=self.at).count(),
            "today": running.filter(deadline__gte=self.at, deadline__lt=tonight).count(),
            "paused": rows.filter(state=paused).count(),
        }
