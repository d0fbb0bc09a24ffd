"""The deadlines of complaints by day: a month or a week; and the address a calendar reads them from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dingfen.accounts.access import require
from dingfen.complaints import calendar
from dingfen.complaints.models import Feed
from dingfen.web.request import Request
from dingfen.web.subjects import resolve
from dingfen.web.toasts import toast
from dingfen.wording import clock_text

DAY = dt.timedelta(days=1)
WHOSE = (
    ("own", gettext_lazy("Mine")),
    ("unit", gettext_lazy("My unit's")),
    ("all", gettext_lazy("All I oversee")),
)
SHOWN = 5
"""So many of a day stand in a month; the rest is behind its number."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request) -> HttpResponse:
    require(request.actor, "complaint.view")
    made = ""
    if request.method == "POST":
        if request.POST.get("feed") == "end":
            calendar.end_feed(actor=request.actor, at=request.at)
            toast(request, _("The address works no more."))
            return redirect("complaint_calendar")
        secret = calendar.new_feed(
            actor=request.actor, at=request.at, whose=request.POST.get("whose", "own")
        )  # fmt: skip
        made = request.build_absolute_uri(reverse("complaint_feed", args=[secret]))
    return render(request, "complaints/calendar.html", _shown(request) | {"made": made})


def _shown(request: Request) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    today = request.at.astimezone(zone).date()
    by_week = request.GET.get("by") == "week"
    day = _day(request.GET.get("day", ""), today)
    first = day - DAY * day.weekday() if by_week else _monday(day.replace(day=1))
    last = first + DAY * 7 if by_week else _monday(_next_month(day) + DAY * 6)
    whose = request.GET.get("whose", "own") if request.GET.get("whose") in calendar.WHOSE else "own"
    tick = dt.timedelta(microseconds=1)
    start, end = (dt.datetime.combine(one, dt.time(), zone) + tick for one in (first, last))
    rows = list(calendar.deadlines(request.actor, start, end, whose))
    subjects = resolve(request.actor, ((row.subject_type, row.subject_uid) for row in rows))
    days: dict[dt.date, list[dict[str, Any]]] = {first + DAY * n: [] for n in range((last - first).days)}
    for row in rows:
        subject = subjects.get((row.subject_type, row.subject_uid))
        on = row.deadline - tick  # midnight is the end of the day before
        days[on.astimezone(zone).date()].append(
            {"clock": row, "title": clock_text(row.kind, row.params), "subject": subject}
        )
    weeks = [list(days)[n : n + 7] for n in range(0, len(days), 7)]
    step = dt.timedelta(days=7)
    before, after = (day - step, day + step) if by_week else (_last_month(day), _next_month(day))
    return {
        "weeks": [[_cell(one, days[one], today, day, by_week) for one in week] for week in weeks],
        "by_week": by_week,
        "whose": whose,
        "choices": WHOSE,
        "day": day,
        "today": today,
        "before": before,
        "after": after,
        "total": len(rows),
        "feed": Feed.objects.filter(staff_id=request.actor.staff_id or 0).first(),
    }


def _cell(
    day: dt.date, rows: list[dict[str, Any]], today: dt.date, asked: dt.date, by_week: bool
) -> dict[str, Any]:
    most = len(rows) if by_week else SHOWN
    return {"day": day, "rows": rows[:most], "more": len(rows) - len(rows[:most]), "today": day == today,
            "other": not by_week and day.month != asked.month}  # fmt: skip


def _day(text: str, today: dt.date) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return found if 2000 <= found.year <= 2999 else today


def _monday(day: dt.date) -> dt.date:
    return day - DAY * day.weekday()


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _last_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) - DAY).replace(day=1)


@login_not_required
@require_safe
def feed(request: Request, secret: str) -> HttpResponse:
    """The deadlines as a calendar file, for whoever has the address."""
    at = timezone.now()
    found = calendar.reader_of(secret, at)
    if found is None:
        raise Http404
    actor, row = found
    url = request.build_absolute_uri(reverse("work"))
    with translation.override(row.staff.language):
        clocks = calendar.deadlines(actor, at - calendar.BACK, at + calendar.AHEAD, row.whose)
        text = calendar.folded(calendar.lines(clocks, at, _("Deadlines of complaints"), url))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer
