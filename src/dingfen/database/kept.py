"""Questions asked with every page, compiled once for each reader: building them costs more than their answers.

A question is a function that gives a queryset and depends on its arguments alone: no rows looked up, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

from dingfen.database.rows import POSTGRES, Readers, plain, read, run

Question = Callable[..., models.QuerySet[Any]]


@lru_cache(maxsize=4096)
def _statement(question: Question, given: tuple[Hashable, ...], field: str, most: int) -> tuple[str, Any]:
    return _compiled(question(*given).order_by().values_list(field)[:most])


def _compiled(found: models.QuerySet[Any, Any]) -> tuple[str, Any]:
    """SQL and values; an empty statement where nothing can be found."""
    try:
        sql, values = found.query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return str(sql), values


def keys(found: models.QuerySet[Any], most: int) -> list[Any]:
    """The numbers of up to so many rows of a queryset, in its order: a thousand without the ORM's way to each."""
    sql, values = _compiled(found.values_list("pk")[:most])
    return [row[0] for row in run(sql, values)] if sql else []


def count(question: Question, *given: Hashable, most: int) -> int:
    """How many rows, counted to `most`."""
    sql, values = _statement(question, given, "pk", most)
    return int(run(f"SELECT count(*) FROM ({sql}) found", values)[0][0]) if sql else 0  # noqa: S608 - compiled by the ORM


def uids(question: Question, *given: Hashable, most: int) -> list[UUID]:
    """The `uid` of up to so many rows, in no order."""
    sql, values = _statement(question, given, "uid", most)
    found = (row[0] for row in run(sql, values)) if sql else ()
    return [uid if isinstance(uid, UUID) else UUID(uid) for uid in found]


class _Condition(RawSQL):
    """Compiled for a statement whose first table is this one: nowhere else would its names mean the same."""

    def relabeled_clone(self, change_map: Mapping[str, str]) -> _Condition:
        if change_map:
            raise ValueError("a kept condition within another statement")
        return self


def meeting(question: Question, *given: Hashable) -> models.QuerySet[Any]:
    """The rows of a question as a new queryset, whose condition is compiled already: to narrow, sort and count.

    For questions about one table, without joins (subqueries may have them). Raises ValueError for others, and where
    the queryset becomes a part of another statement.
    """
    model, sql, values = _condition(question, given)
    found: models.QuerySet[Any] = models.QuerySet(model)
    return found.filter(_Condition(sql, values, models.BooleanField())) if sql else found.none()


@lru_cache(maxsize=1024)
def _condition(
    question: Question, given: tuple[Hashable, ...]
) -> tuple[type[models.Model], str, tuple[Any, ...]]:
    """Model, SQL and values; an empty condition where nothing can be found."""
    found = question(*given)
    compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, values = compiler.compile(found.query.where)
    except EmptyResultSet:
        return found.model, "", ()
    tables = {alias for alias, uses in found.query.alias_refcount.items() if uses}
    if tables != {found.model._meta.db_table}:
        raise ValueError(f"{found.model.__name__}: a condition with joins")
    return found.model, sql, tuple(values)


class _Rows(NamedTuple):
    """A statement, its values with the places of the ids among them, and what makes rows of its answer."""

    sql: str
    values: list[Any]
    places: list[int]
    model: type[models.Model]
    names: list[str]
    end: int
    beside: list[Any]
    readers: Readers


def rows(question: Question, *given: Hashable, among: Sequence[Any]) -> list[Any]:
    """The rows of a question about some ids (numbers or uids), which it takes as its last argument.

    As the ORM makes them, with what `select_related` and `only` say; without `prefetch_related`.
    """
    if not among:
        return []
    size = 1 << (len(among) - 1).bit_length()  # few sizes; the last id fills the places that are left
    found = _rows_statement(question, given, size, isinstance(among[0], UUID))
    if found is None:
        return []
    filled = [plain(one) for one in among] + [plain(among[-1])] * (size - len(among))
    values = found.values.copy()
    for place in found.places:
        values[place : place + size] = filled
    made = []
    for answer in run(found.sql, values):
        row = read(answer, found.readers)
        one = found.model.from_db(DEFAULT_DB_ALIAS, found.names, row[: found.end])
        for other in found.beside:
            other.populate(row, one)
        made.append(one)
    return made


populators: Any = get_related_populators  # the stubs are those of a later Django


@lru_cache(maxsize=1024)
def _rows_statement(question: Question, given: tuple[Hashable, ...], size: int, uids: bool) -> _Rows | None:
    marks = [UUID(int=one) if uids else -one for one in range(1, size + 1)]  # ids that no row has
    compiler = question(*given, marks).query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    kept, looked_for = list(values), [plain(mark) for mark in marks]
    places = [place for place in range(len(kept)) if kept[place : place + size] == looked_for]
    klass, select = compiler.klass_info, compiler.select
    first, end = klass["select_fields"][0], klass["select_fields"][-1] + 1
    converters = compiler.get_converters([column[0] for column in select[: compiler.col_count]])
    return _Rows(
        # SQLite would compile it anew each time, to look up how frequent each id is
        sql if POSTGRES else sql.replace("%s", "+%s"),
        kept,
        places,
        klass["model"],
        [column[0].target.attname for column in select[first:end]],
        end,
        populators(klass, select, DEFAULT_DB_ALIAS),
        [(place, expression, convert) for place, (convert, expression) in converters.items()],
    )
