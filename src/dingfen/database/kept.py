"""Questions asked with every page, compiled once for each reader: building them costs more than their answers.

A question is a function that gives a queryset and depends on its arguments alone: no rows looked up, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import models

from dingfen.database.rows import run

Question = Callable[..., models.QuerySet[Any]]


@lru_cache(maxsize=4096)
def _statement(question: Question, given: tuple[Hashable, ...], field: str, most: int) -> tuple[str, Any]:
    """SQL and values; an empty statement where nothing can be found."""
    try:
        sql, values = question(*given).order_by().values_list(field)[:most].query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return str(sql), values


def count(question: Question, *given: Hashable, most: int) -> int:
    """How many rows, counted to `most`."""
    sql, values = _statement(question, given, "pk", most)
    return int(run(f"SELECT count(*) FROM ({sql}) found", values)[0][0]) if sql else 0  # noqa: S608 - compiled by the ORM


def uids(question: Question, *given: Hashable, most: int) -> list[UUID]:
    """The `uid` of up to so many rows, in no order."""
    sql, values = _statement(question, given, "uid", most)
    found = (row[0] for row in run(sql, values)) if sql else ()
    return [uid if isinstance(uid, UUID) else UUID(uid) for uid in found]
