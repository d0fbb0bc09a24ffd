"""Writing and reading rows by statements made once: the hot path pays for no building of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

M = TypeVar("M", bound=models.Model)
_PARAMETERS = 30_000  # SQLite takes 32,766, PostgreSQL 65,535


def add(*rows: models.Model) -> None:
    """Insert new rows of one model as `save(force_insert=True)` would, and give each its number.

    For models without signals, parents and values of the database's own. Raises IntegrityError as `save` does.
    """
    database = connections[DEFAULT_DB_ALIAS]
    for part in _parts(rows):
        begin, fields = _writing(type(part[0]))
        values = [
            field.get_db_prep_save(field.pre_save(row, True), database) for row in part for field in fields
        ]
        one = f"({', '.join(['%s'] * len(fields))})"
        with database.cursor() as cursor:
            cursor.execute(f"{begin} VALUES {', '.join([one] * len(part))} RETURNING id", values)
            numbers = cursor.fetchall()
        for row, number in zip(part, numbers, strict=True):
            row.pk, row._state.adding, row._state.db = number[0], False, DEFAULT_DB_ALIAS


def first(model: type[M], **equal: Any) -> M | None:
    """A row whose fields (by column name) equal these values, as `filter(**equal).first()` would find it.

    For fields of which one is unique: there is no order.
    """
    database = connections[DEFAULT_DB_ALIAS]
    begin, names, readers, fields = _reading(model)
    values = [fields[name].get_db_prep_value(value, database) for name, value in equal.items()]
    with database.cursor() as cursor:
        cursor.execute(begin + " AND ".join(f'"{name}" = %s' for name in equal), values)
        row = cursor.fetchone()
    if row is None:
        return None
    found = list(row)
    for place, expression, converters in readers:
        for convert in converters:
            found[place] = convert(found[place], expression, database)
    return model.from_db(DEFAULT_DB_ALIAS, names, found)


def _parts(rows: Sequence[models.Model]) -> list[Sequence[models.Model]]:
    if not rows:
        return []
    size = _PARAMETERS // len(_writing(type(rows[0]))[1])
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@lru_cache(maxsize=64)
def _writing(model: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]]]:
    """The beginning of the statement, and the fields it names."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})', fields


Readers = list[tuple[int, Any, list[Callable[..., Any]]]]


@lru_cache(maxsize=64)
def _reading(model: type[models.Model]) -> tuple[str, list[str], Readers, dict[str, models.Field[Any, Any]]]:
    """The beginning of the statement, the names in its order, what turns values into Python's, the columns."""
    database, table = connections[DEFAULT_DB_ALIAS], model._meta.db_table
    fields = model._meta.concrete_fields
    readers = []
    for place, field in enumerate(fields):
        expression = field.get_col(table)
        converters = database.ops.get_db_converters(expression) + expression.get_db_converters(database)
        if converters:
            readers.append((place, expression, converters))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    begin = f'SELECT {columns} FROM "{table}" WHERE '  # noqa: S608
    return begin, [field.attname for field in fields], readers, {str(field.column): field for field in fields}
