"""Figures: definitions, values with the period before, series for charts, and the cases behind a figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query
from pydantic import Field

from dingfen.accounts.models import Staff
from dingfen.api.frame import ApiRequest, In, Out, Router, read
from dingfen.insight import complaint_figures, complaint_tables
from dingfen.insight.cases import cases
from dingfen.insight.charts import charts
from dingfen.insight.figures import BY_ID, FIGURES, Figure
from dingfen.insight.scope import DEFAULT, Scope, scope_of
from dingfen.insight.values import Value, compared
from dingfen.problems import missing

router = Router(tags=["figures"])


class ScopeIn(In):
    """`period`: 7d, 30d, 90d, 365d or a month, 2026-03. `unit`: it and all below. `pack`: of a policy pack."""

    period: Annotated[str, Field(max_length=10)] = DEFAULT
    unit: UUID | None = None
    pack: Annotated[str, Field(max_length=60)] = ""


class ComplaintScopeIn(ScopeIn):
    level: Annotated[str, Field(max_length=20)] = ""
    klass: Annotated[str, Field(max_length=60)] = ""
    channel: Annotated[str, Field(max_length=12)] = ""


class GroupsIn(ComplaintScopeIn):
    by: Literal["level", "klass", "channel", "unit"] = "level"


class GroupOut(Out):
    """Each share as [numerator, denominator]; `key`: a code of the rules, a channel, the uid of a unit."""

    key: str
    received: int
    decided: list[int]
    reopened: list[int]
    handling: list[int]
    outcome: list[int]
    upheld: list[int]


class PromisingOut(Out):
    staff: UUID
    due: int
    kept: int
    late: int
    broken: int


class CasesIn(ScopeIn):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class ValueOut(Out):
    """`value`: a count, a share of 1, a number per hundred, or seconds. `few`: too few for it to mean much."""

    value: float | None
    counted: int
    out_of: int | None
    p90: float | None
    few: bool


class FigureOut(Out):
    """A figure with its definition in words; `before` is the period of the same length just before."""

    id: str
    title: str
    shape: str
    counted: str
    out_of: str
    left_out: str
    whose: str
    better: str
    as_things_stand: bool
    now: ValueOut
    before: ValueOut | None


class FiguresOut(Out):
    start: datetime
    end: datetime
    figures: list[FigureOut]


class SeriesOut(Out):
    name: str
    data: list[float | None]


class ChartOut(Out):
    id: str
    title: str
    unit: str
    labels: list[str]
    series: list[SeriesOut]


class CaseOut(Out):
    """`kind` and `subject`: what the case is about. `counts`: in the numerator of a share."""

    kind: str
    subject: UUID
    at: datetime | None
    counts: bool


def _scope(request: ApiRequest, asked: ScopeIn) -> Scope:
    staff = Staff.objects.select_related("unit", "company").filter(uid=request.actor.uid).first()
    unit = (staff.unit or staff.company) if staff else None
    zone = unit.zone if unit else timezone.get_current_timezone()
    wanted = str(asked.unit) if asked.unit else ""
    return scope_of(request.actor, request.at, zone, period=asked.period, unit=wanted, pack=asked.pack)


def _value(found: Value) -> ValueOut:
    return ValueOut(value=found.value, counted=found.top, out_of=found.bottom, p90=found.p90, few=found.few)


@read(router, "/figures", out=FiguresOut, permission="insight.view")
def list_figures(request: ApiRequest, asked: Query[ScopeIn]) -> FiguresOut:
    """Every figure of customer ownership with its definition, counted for a unit and a period."""
    return _counted(_scope(request, asked), FIGURES)


@read(router, "/figures/complaints", out=FiguresOut, permission="insight.view")
def list_complaint_figures(request: ApiRequest, asked: Query[ComplaintScopeIn]) -> FiguresOut:
    """Every figure of complaints, promises to customers among them; narrowed by level, class or channel."""
    return _counted(_narrowed(request, asked), complaint_figures.FIGURES)


@read(router, "/figures/complaints/groups", out=list[GroupOut], permission="insight.view")
def list_complaint_groups(request: ApiRequest, asked: Query[GroupsIn]) -> list[GroupOut]:
    """Complaints told apart by level, class, channel or unit: each share as numerator and denominator."""
    names = ("decided", "reopened", "handling", "outcome", "upheld")
    return [
        GroupOut(
            key=str(one.key), received=one.received, **{name: list(getattr(one, name)) for name in names}
        )
        for one in complaint_tables.groups(asked.by, _narrowed(request, asked))
    ]


@read(router, "/figures/complaints/promises", out=list[PromisingOut], permission="insight.view")
def list_promising(request: ApiRequest, asked: Query[ComplaintScopeIn]) -> list[PromisingOut]:
    """Promises that fell due, by who made them: kept in time, kept late, broken."""
    return [
        PromisingOut(staff=one.staff.uid, due=one.due, kept=one.kept, late=one.late, broken=one.broken)
        for one in complaint_tables.promising(_narrowed(request, asked))
    ]


def _narrowed(request: ApiRequest, asked: ComplaintScopeIn) -> Scope:
    chosen = [(name, getattr(asked, name)) for name in ("level", "klass", "channel") if getattr(asked, name)]
    return replace(_scope(request, asked), narrowed=tuple(chosen), own=True)


def _counted(scope: Scope, figures: tuple[Figure, ...]) -> FiguresOut:
    found = []
    for one in figures:
        now, before = compared(one, scope)
        found.append(
            FigureOut(
                id=one.id,
                title=str(one.title),
                shape=one.shape,
                counted=str(one.counted),
                out_of=str(one.out_of),
                left_out=str(one.left_out),
                whose=str(one.whose),
                better=one.good,
                as_things_stand=one.now,
                now=_value(now),
                before=_value(before) if before else None,
            )
        )
    return FiguresOut(start=scope.start, end=scope.end, figures=found)


@read(router, "/figures/charts", out=list[ChartOut], permission="insight.view")
def list_charts(request: ApiRequest, asked: Query[ScopeIn]) -> list[ChartOut]:
    """The series that the page draws."""
    return [
        ChartOut(
            id=one.id,
            title=str(one.title),
            unit=str(one.unit),
            labels=one.labels,
            series=[SeriesOut(name=str(name), data=numbers) for name, numbers in one.series],
        )
        for one in charts(_scope(request, asked))
    ]


@read(router, "/figures/{figure}/cases", out=list[CaseOut], permission="insight.view")
def list_figure_cases(request: ApiRequest, figure: str, asked: Query[CasesIn]) -> list[CaseOut]:
    """The cases a figure was counted from, newest first."""
    found = BY_ID.get(figure)
    if found is None:
        raise missing()
    rows = cases(found, _scope(request, asked), asked.offset, asked.limit)
    return [CaseOut(kind=one.kind, subject=one.uid, at=one.at, counts=one.counts) for one in rows]
