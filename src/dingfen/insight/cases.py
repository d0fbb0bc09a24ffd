"""The cases a figure was counted from, newest first."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from dingfen.insight.figures import Figure, hit_of
from dingfen.insight.scope import Scope


@dataclass(frozen=True, slots=True)
class Case:
    """What the row is about (`kind`, `uid`, as subjects are known), and whether it counts in a share."""

    kind: str
    uid: uuid.UUID
    at: dt.datetime | None
    counts: bool
    length: dt.timedelta | None = None


def cases(figure: Figure, scope: Scope, offset: int, limit: int) -> list[Case]:
    """Rows `offset` up to `offset + limit`, in two queries."""
    kind, leads = figure.leads
    rows = figure.rows(scope).order_by(f"-{figure.dated}", "-pk")
    columns = ("pk", leads, figure.dated, *(figure.span or ()))
    some = list(rows.values_list(*columns)[offset : offset + limit])
    keys, hit = [row[0] for row in some], hit_of(figure, scope)
    hits = set(keys if hit is None else rows.filter(hit, pk__in=keys).values_list("pk", flat=True))
    return [Case(kind, uid, at, pk in hits, _length(span)) for pk, uid, at, *span in some]


def _length(span: list[dt.datetime]) -> dt.timedelta | None:
    return span[1] - span[0] if span else None
