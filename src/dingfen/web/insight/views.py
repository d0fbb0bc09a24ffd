"""Figures for heads and the general manager: the overview, one figure with its cases, and both as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.models import Unit
from dingfen.insight import (
    complaint_figures,  # noqa: F401 its figures are known by id
    tables,
)
from dingfen.insight.cases import Case, cases
from dingfen.insight.charts import Chart, charts
from dingfen.insight.figures import BY_ID, FIGURES, Figure
from dingfen.insight.scope import DAYS, DEFAULT, Scope, overseen, scope_of
from dingfen.insight.values import Value, compared, value
from dingfen.policies.models import PolicyVersion
from dingfen.problems import missing, whole_number
from dingfen.register.looks import record_look
from dingfen.web import subjects
from dingfen.web.insight import words
from dingfen.web.lists import export
from dingfen.web.request import Request

PER_PAGE = 50
CHUNK = 500
MONTHS = 12
UNITS = 12


def asked(request: Request) -> Scope:
    """The scope of the query. What it can't read counts as not chosen, so that an old link still opens."""
    get = request.GET
    zone = timezone.get_current_timezone()
    packs, months = [key for key, _ in _packs(request)], _months(request.at, zone)
    period = get.get("period", "")
    known = {f"{days}d" for days in DAYS} | set(months)
    return scope_of(
        request.actor,
        request.at,
        zone,
        period=period if period in known else DEFAULT,
        unit=get.get("unit", ""),
        pack=get.get("pack", "") if get.get("pack") in packs else "",
    )


@require_safe
def index(request: Request) -> HttpResponseBase:
    scope = asked(request)
    counted = [(figure, *compared(figure, scope)) for figure in FIGURES]
    if form := request.GET.get("export"):
        return export_figures(request, scope, counted, form)
    now = {figure.id: found for figure, found, _ in counted}
    drawn = charts(scope)
    context = frame(request, scope) | {
        "shown": [words.shown(*each) for each in counted],
        "charts": [_laid_out(chart, now) for chart in drawn],
        "data": [_data(chart) for chart in drawn if not chart.empty],
        "holders": tables.holders(scope),
        "deciders": tables.deciders(scope),
        "queues": tables.queues(scope),
    }
    return render(request, "insight/index.html", context)


@require_safe
def figure(request: Request, name: str) -> HttpResponseBase:
    """One figure: its definition, its value by unit, and the cases it was counted from."""
    found = BY_ID.get(name)
    if found is None:
        raise missing()
    scope = asked(request)
    if form := request.GET.get("export"):
        return _export_cases(request, scope, found, form)
    page = max(1, min(whole_number(request.GET.get("page", "1")) or 1, 10_000))
    some = cases(found, scope, (page - 1) * PER_PAGE, PER_PAGE + 1)
    now, before = compared(found, scope)
    context = frame(request, scope) | {
        "figure": found,
        "one": words.shown(found, now, before),
        "now": now,
        "units": _by_unit(found, scope),
        "cases": _shown(request, some[:PER_PAGE]),
        "page": page,
        "more": len(some) > PER_PAGE,
        "marks": found.shape == "share",
    }
    return render(request, "insight/figure.html", context)


# ---------- what is chosen ----------


def frame(request: Request, scope: Scope) -> dict[str, Any]:
    """Filters, and the words for what is chosen."""
    kept = {"period": scope.period}
    if scope.unit:
        kept["unit"] = str(scope.unit.uid)
    if scope.pack:
        kept["pack"] = scope.pack
    last = (scope.end - dt.timedelta(days=1)).astimezone(scope.zone).date()
    today = scope.at.astimezone(scope.zone).date()
    first = scope.start.astimezone(scope.zone).date()
    return {
        "scope": scope,
        "kept": urlencode(kept),
        "periods": _periods(request, scope),
        "unit_choices": overseen(request.actor),
        "packs": _packs(request),
        "between": f"{formats.day(first, today)} – {formats.day(last, today)}",
        "may_export": access.may(request.actor, "customer.export"),
    }


def _periods(request: Request, scope: Scope) -> list[tuple[str, str]]:
    days = [(f"{days}d", gettext("last %(n)s days") % {"n": days}) for days in DAYS]
    return days + [(month, month) for month in _months(request.at, scope.zone)]


def _months(at: dt.datetime, zone: ZoneInfo) -> list[str]:
    """This month and the eleven before."""
    here = at.astimezone(zone)
    counted = here.year * 12 + here.month - 1
    return [f"{(counted - n) // 12}-{(counted - n) % 12 + 1:02d}" for n in range(MONTHS)]


def _packs(request: Request) -> list[tuple[str, str]]:
    tongue = "zh" if formats.chinese() else "en"
    rows = PolicyVersion.objects.filter(company_id=request.actor.company_id).order_by("pk")
    titles = {pack: title.get(tongue, pack) for pack, title in rows.values_list("pack", "title")}
    return sorted(titles.items())


# ---------- how it is laid out ----------


def _laid_out(chart: Chart, now: dict[str, Value]) -> dict[str, Any]:
    return {
        "chart": chart,
        "finding": words.finding(chart, now),
        "names": [str(name) for name, _ in chart.series],
        "colours": list(range(len(chart.series))),
    }


def _data(chart: Chart) -> dict[str, Any]:
    """A chart for the script that draws it."""
    return {
        "id": chart.id,
        "kind": chart.kind,
        "labels": chart.labels,
        "series": [{"name": str(name), "data": numbers} for name, numbers in chart.series],
    }


def _by_unit(figure: Figure, scope: Scope) -> list[tuple[Unit, str, str]]:
    """The same figure for each unit right below the chosen one (or below the company)."""
    choices = overseen(scope.actor)
    if scope.unit is not None:
        below = [unit for unit in choices if unit.parent_id == scope.unit.pk]
    else:
        tops = [unit for unit in choices if unit.parent_id not in {one.pk for one in choices}]
        below = [unit for unit in choices if unit.parent_id in {one.pk for one in tops}] or tops
    counted = [(unit, value(figure, replace(scope, unit=unit))) for unit in below[:UNITS]]
    return [(unit, words.text(figure, found), words.detail(figure, found)) for unit, found in counted]


def _shown(request: Request, rows: list[Case]) -> list[dict[str, Any]]:
    """Each with the thing it is about; what the reader may not open stays without a link."""
    resolved = subjects.resolve(request.actor, [(row.kind, row.uid) for row in rows])
    return [
        {
            "subject": resolved.get((row.kind, row.uid)),
            "at": row.at,
            "counted": row.counts,
            "span": formats.span(row.length) if row.length is not None else "",
        }
        for row in rows
    ]


# ---------- files ----------


def export_figures(
    request: Request, scope: Scope, counted: Iterable[tuple[Figure, Value, Value | None]], form: str
) -> HttpResponseBase:
    head = [
        gettext("Figure"), gettext("Value"), gettext("Counted"), gettext("Out of"), gettext("Before"),
        gettext("What is counted"), gettext("Out of what"), pgettext("figure", "Left out"), pgettext("figure", "Whose"),
    ]  # fmt: skip
    rows = [
        [
            str(each.title), words.text(each, now), now.top, now.bottom,
            words.text(each, before) if before else "",
            str(each.counted), str(each.out_of), str(each.left_out), str(each.whose),
        ]
        for each, now, before in counted
    ]  # fmt: skip
    return file(request, scope, "figures", gettext("Figures"), head, rows, form)


def _export_cases(request: Request, scope: Scope, figure: Figure, form: str) -> HttpResponseBase:
    head = [
        gettext("Number"),
        gettext("Customer"),
        gettext("State"),
        gettext("Date"),
        gettext("Counts"),
        gettext("Length"),
    ]

    def lines() -> Iterator[list[Any]]:
        start = 0
        while some := cases(figure, scope, start, CHUNK):
            for case in _shown(request, some):
                about = case["subject"]
                yield [
                    about.number if about else "", about.customer if about else "",
                    about.stage if about else "", case["at"], case["counted"], case["span"],
                ]  # fmt: skip
            start += CHUNK

    return file(request, scope, f"figures.{figure.id}", str(figure.title), head, lines(), form)


def file(
    request: Request,
    scope: Scope,
    key: str,
    title: str,
    head: list[str],
    rows: Iterable[list[Any]],
    form: str,
) -> HttpResponseBase:
    access.require(request.actor, "customer.export")
    if request.actor.company_uid is not None:
        record_look(
            at=request.at,
            actor_id=request.actor.uid,
            company=request.actor.company_uid,
            kind="export",
            detail={"list": key, "format": form, "query": request.GET.urlencode()[:500]},
        )
    name = f"{key}-{scope.period}-{timezone.localtime(request.at):%Y%m%d}"
    if form == "xlsx":
        return FileResponse(export.excel(title, head, rows), as_attachment=True, filename=f"{name}.xlsx")
    answer = StreamingHttpResponse(export.csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
