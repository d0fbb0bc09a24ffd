"""Writing new rows by statements made once: the hot path pays for no building of queries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

_PARAMETERS = 30_000  # SQLite takes 32,766, PostgreSQL 65,535


def add(*rows: models.Model) -> None:
    """Insert new rows of one model as `save(force_insert=True)` would, and give each its number.

    For models without signals, parents and values of the database's own. Raises IntegrityError as `save` does.
    """
    for part in _parts(rows):
        names, fields = _shape(type(part[0]))
        values = [
            field.get_db_prep_save(field.pre_save(row, True), connection) for row in part for field in fields
        ]
        one = f"({', '.join(['%s'] * len(fields))})"
        with connection.cursor() as cursor:
            cursor.execute(f"{names} VALUES {', '.join([one] * len(part))} RETURNING id", values)
            numbers = cursor.fetchall()
        for row, number in zip(part, numbers, strict=True):
            row.pk, row._state.adding, row._state.db = number[0], False, connection.alias


def _parts(rows: Sequence[models.Model]) -> list[Sequence[models.Model]]:
    if not rows:
        return []
    size = _PARAMETERS // len(_shape(type(rows[0]))[1])
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@lru_cache(maxsize=64)
def _shape(model: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]]]:
    """The beginning of the statement, and the fields it names."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})', fields
