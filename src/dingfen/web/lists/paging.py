"""Columns, and paging by key: the next page begins after the last row, so depth costs nothing.

Rows without a value in the sorted column come last, whichever way it is sorted. Each step is a range of
one index: `field >= value AND (field > value OR pk > pk)`. Ids alone are sorted; the rows of one page are read
afterwards, with all that is joined to them: to sort whole rows cost ten times as much.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from dingfen.database import kept

M = TypeVar("M", bound=Model)
Reader = Callable[..., list[M]]  # called with `among`, the ids


@dataclass(frozen=True)
class Column:
    """`value` gives the cell of an export: a field path or a function of the row.

    `sort` is the field path to sort by (empty: not sortable); `down` sorts downwards at the first click;
    `parse` reads a key back where `sort` is an annotation. `hidden`: only when chosen.
    """

    key: str
    label: str | Promise
    value: str | Callable[[Any], object] = ""
    sort: str = ""
    nullable: bool = False
    down: bool = False
    parse: Callable[[Any], Any] | None = None
    hidden: bool = False
    css: str = ""

    def cell(self, row: Any) -> object:
        """What an export says."""
        if callable(self.value):
            return self.value(row)
        return follow(row, self.value or self.key)


@dataclass(frozen=True)
class Slice(Generic[M]):
    """One page: rows, and the keys with which the neighbours begin (empty when there is none).

    `total`: how many rows the whole list has, to the number asked for; None on a later page.
    """

    rows: list[M]
    after: str
    before: str
    total: int | None = None


def follow(row: Any, path: str) -> Any:
    """The value at a field path; None when a link on the way is empty."""
    return reduce(lambda value, name: None if value is None else getattr(value, name), path.split("__"), row)


def _model_field(model: type[Model], path: str) -> Any:
    found: Any = None
    for name in path.split("__"):
        if name == "pk":
            return model._meta.pk
        found = model._meta.get_field(name)
        model = found.related_model or model
    return found


def write_key(row: Any, column: Column) -> str:
    value = follow(row, column.sort)
    if isinstance(value, dt.date):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    pk = row.pk if isinstance(row.pk, int) else str(row.pk)
    return base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode().rstrip("=")


def read_key(key: str, model: type[Model], column: Column) -> tuple[Any, Any]:
    """(value, pk) of a key. Raises ValueError when it was not written by `write_key`."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if value is not None and column.parse:
            value = column.parse(value)
        elif value is not None:
            value = _model_field(model, column.sort).to_python(value)
        return value, model._meta.pk.to_python(pk)
    except (ValueError, TypeError, ValidationError, FieldDoesNotExist) as error:
        raise ValueError(key) from error


def _phase(rows: QuerySet[M], column: Column, empty: bool, down: bool) -> QuerySet[M]:
    """The rows with a value, or those without, in order."""
    minus = "-" if down else ""
    if empty:
        return rows.filter(**{f"{column.sort}__isnull": True}).order_by(f"{minus}pk")
    if column.nullable:
        rows = rows.filter(**{f"{column.sort}__isnull": False})
    return rows.order_by(f"{minus}{column.sort}", f"{minus}pk")


def _beyond(rows: QuerySet[M], column: Column, value: Any, pk: Any, down: bool) -> QuerySet[M]:
    beyond = "lt" if down else "gt"
    if value is None:
        return rows.filter(**{f"pk__{beyond}": pk})
    return rows.filter(
        Q(**{f"{column.sort}__{beyond}e": value})
        & (Q(**{f"{column.sort}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk}))
    )


def _ids(
    rows: QuerySet[M], column: Column, down: bool, key: tuple[Any, Any] | None, back: bool, limit: int
) -> list[Any]:
    """Keys of up to `limit` rows onward from the key (backwards when `back`, nearest first)."""
    phases = [False, True] if column.nullable else [False]
    if back:
        phases.reverse()
    if key and column.nullable:
        phases = phases[phases.index(key[0] is None) :]
    found: list[Any] = []
    for empty in phases:
        step = _phase(rows, column, empty, down != back)
        if key and (key[0] is None) == empty:
            step = _beyond(step, column, *key, down=down != back)
        found += kept.keys(step, limit - len(found))
        if len(found) >= limit:
            break
    return found


def _read(rows: QuerySet[M], ids: list[Any], read: Reader[M] | None = None) -> list[M]:
    """These rows of the list, in this order."""
    if not ids:
        return []
    place = {pk: number for number, pk in enumerate(ids)}
    found = read(among=ids) if read else rows.filter(pk__in=ids).order_by()
    return sorted(found, key=lambda row: place[row.pk])


def take(
    rows: QuerySet[M],
    column: Column,
    down: bool,
    limit: int,
    after: str = "",
    before: str = "",
    count_to: int = 0,
    read: Reader[M] | None = None,
) -> Slice[M]:
    """One page of at most `limit` rows; the first one counts the list to `count_to` in the same go.

    `read`, if given, gives the rows of the ids found in `rows`. Raises ValueError for a key that is none.
    """
    back = bool(before)
    key = read_key(after or before, rows.model, column) if after or before else None
    ids = _ids(rows, column, down, key, back, limit + 1 if key else max(limit + 1, count_to))
    total = None if key else len(ids)
    more, found = len(ids) > limit, _read(rows, ids[:limit], read)
    if back and not more:
        return take(rows, column, down, limit, count_to=count_to, read=read)  # the first page, whole
    if back:
        found.reverse()
    if not found:
        return Slice([], "", "", total)
    return Slice(
        found,
        after=write_key(found[-1], column) if (more if not back else True) else "",
        before=write_key(found[0], column) if (more if back else bool(after)) else "",
        total=total,
    )


def chunks(rows: QuerySet[M], column: Column, down: bool, size: int = 500) -> Iterator[list[M]]:
    """All rows in order, fetched by key in chunks."""
    key: tuple[Any, Any] | None = None
    while found := _read(rows, _ids(rows, column, down, key, False, size)):
        yield found
        key = (follow(found[-1], column.sort), found[-1].pk)
