"""Writing and reading rows by statements made once: the hot path pays for no building of queries.

Values are those of the columns. What a driver cannot take as it is, `plain` makes so: a moment, a uid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Sized
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

M = TypeVar("M", bound=models.Model)
Values = Sequence[Any]
POSTGRES = "postgresql" in connections.settings[DEFAULT_DB_ALIAS]["ENGINE"]
"""Which database it is: known from the settings, so that nobody asks the connection."""
_PARAMETERS = 30_000  # SQLite takes 32,766, PostgreSQL 65,535


def run(query: str, values: Values = ()) -> list[Any]:
    """Execute one statement and give what it returns, [] for nothing. Raises Django's database errors.

    `+%s` stands for a value whose frequency says nothing about how to look for it: a key, a number, a digest. For
    `%s` beside an indexed column SQLite looks up how frequent the value is and compiles the statement anew, every
    time; it does not look at an expression, so one compilation serves for all.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if not POSTGRES:
        found: list[Any] = database.run(query, values)
        return found
    with database.cursor() as cursor:
        cursor.execute(query.replace("+%s", "%s"), values)
        return cursor.fetchall() if cursor.description else []


def each(values: Sized) -> str:
    """The places of a list: `IN ({each(ids)})`."""
    return ", ".join(["+%s"] * len(values))


def plain(value: Any) -> Any:
    """A value as the driver of the database wants it."""
    adapt = _ADAPTED.get(type(value))
    return value if adapt is None else adapt(value)


def _moment(value: datetime) -> str:
    """A moment as Django keeps it in SQLite: UTC, without saying so. Raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError("a moment without a zone")
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ")[:-6]  # without +00:00


_SQLITE: dict[type, Callable[[Any], Any]] = {datetime: _moment, UUID: lambda uid: uid.hex}
_ADAPTED = {} if POSTGRES else _SQLITE


def insert(table: str, columns: tuple[str, ...], rows: Sequence[Values]) -> None:
    """Insert rows of `plain` values. Table and columns are names of ours, never input."""
    for part in _parts(rows, len(columns)):
        run(_statement(table, columns, len(part)), list(chain.from_iterable(part)))


def insert_returning_ids(table: str, columns: tuple[str, ...], rows: Sequence[Values]) -> list[int]:
    """As `insert`; the new ids in the order of the rows."""
    ids: list[int] = []
    for part in _parts(rows, len(columns)):
        statement = _statement(table, columns, len(part)) + " RETURNING id"
        ids += [row[0] for row in run(statement, list(chain.from_iterable(part)))]
    return ids


def _parts(rows: Sequence[Any], columns: int) -> Iterable[Sequence[Any]]:
    size = _PARAMETERS // columns
    if 0 < len(rows) <= size:
        return (rows,)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@lru_cache(maxsize=256)
def _statement(table: str, columns: tuple[str, ...], count: int) -> str:
    names, one = ", ".join(f'"{name}"' for name in columns), f"({', '.join(['%s'] * len(columns))})"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([one] * count)}'  # noqa: S608


def add(*rows: models.Model) -> None:
    """Insert new rows of one model as `save(force_insert=True)` would, and give each its number.

    For models without signals, parents and values of the database's own; a key that is no number of the table's
    own (another row's, a uid) is written as it is. Raises IntegrityError as `save` does.
    """
    if not rows:
        return
    table, columns, fields, counted = _writing(type(rows[0]))
    written = [_written(row, fields) for row in rows]
    if counted:
        for row, number in zip(rows, insert_returning_ids(table, columns, written), strict=True):
            row.pk = number
    else:
        insert(table, columns, written)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


Writer = tuple[Any, str, frozenset[type]]
_NONE = type(None)
# what the driver takes from a field as it is; anything else goes through the field itself
_AS_IT_IS: dict[str, frozenset[type]] = {
    "CharField": frozenset({str, _NONE}),
    "TextField": frozenset({str, _NONE}),
    "BooleanField": frozenset({bool, _NONE}),
    "ForeignKey": frozenset({int, _NONE}),
    "OneToOneField": frozenset({int, _NONE}),
    "BigIntegerField": frozenset({int, _NONE}),
    "IntegerField": frozenset({int, _NONE}),
    "PositiveIntegerField": frozenset({int, _NONE}),
    "PositiveSmallIntegerField": frozenset({int, _NONE}),
    "UUIDField": frozenset({UUID, _NONE}),
    "DateTimeField": frozenset({datetime, _NONE}),
}


def _written(row: models.Model, fields: list[Writer]) -> list[Any]:
    """The values of a row as the driver takes them."""
    kept, written = row.__dict__, []
    for field, name, easy in fields:
        value = kept.get(name)
        kind = type(value)
        if str in easy and isinstance(value, str):
            value = value if kind is str else str.__str__(value)  # one of a list of choices
        elif kind not in easy or name not in kept:
            value = field.get_db_prep_save(field.pre_save(row, True), connections[DEFAULT_DB_ALIAS])
        elif kind in _ADAPTED:
            value = _ADAPTED[kind](value)
        written.append(value)
    return written


@lru_cache(maxsize=64)
def _writing(model: type[models.Model]) -> tuple[str, tuple[str, ...], list[Writer], bool]:
    """Table, columns, for each column how its value is had, and whether the database counts the rows."""
    counted = isinstance(model._meta.pk, models.AutoField)
    fields = [one for one in model._meta.concrete_fields if not (counted and one.primary_key)]
    writers = [(field, str(field.attname), _easy(field)) for field in fields]
    return model._meta.db_table, tuple(str(field.column) for field in fields), writers, counted


def _easy(field: models.Field[Any, Any]) -> frozenset[type]:
    of_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return frozenset() if of_itself else _AS_IT_IS.get(field.get_internal_type(), frozenset())


def first(model: type[M], **equal: Any) -> M | None:
    """A row whose fields (by column name) equal these values, as `filter(**equal).first()` would find it.

    For fields of which one is unique: there is no order.
    """
    database = connections[DEFAULT_DB_ALIAS]
    names, readers, fields = _reading(model)
    values = [fields[name].get_db_prep_value(value, database) for name, value in equal.items()]
    found = run(_select(model, tuple(equal)), values)
    return model.from_db(DEFAULT_DB_ALIAS, names, read(found[0], readers)) if found else None


def find(model: type[M], where: str, values: Values, beside: str = "") -> list[M]:
    """Rows of a model; with `beside`, a foreign key that is never null, each comes with the row it leads to.

    `where` is SQL of ours about the row, called `t`, with a `%s` or `+%s` for each of the values; never input.
    """
    other = model._meta.get_field(beside).related_model if beside else None
    names, readers, _ = _reading(model)
    made = []
    for row in run(f"{_select_beside(model, beside)} WHERE {where}", values):
        one = model.from_db(DEFAULT_DB_ALIAS, names, read(row[: len(names)], readers))
        if other is not None:
            its_names, its_readers, _ = _reading(other)
            values_beside = read(row[len(names) :], its_readers)
            setattr(one, beside, other.from_db(DEFAULT_DB_ALIAS, its_names, values_beside))
        made.append(one)
    return made


@lru_cache(maxsize=64)
def _select_beside(model: type[models.Model], beside: str) -> str:
    columns = [f't."{field.column}"' for field in model._meta.concrete_fields]
    joined = ""
    if beside:
        field: Any = model._meta.get_field(beside)
        columns += [f'b."{column.column}"' for column in field.related_model._meta.concrete_fields]
        joined = f' JOIN "{field.related_model._meta.db_table}" b ON b.id = t."{field.column}"'
    return f'SELECT {", ".join(columns)} FROM "{model._meta.db_table}" t{joined}'  # noqa: S608 - names of models


Readers = list[tuple[int, Any, list[Callable[..., Any]]]]


def read(row: Values, readers: Readers, start: int = 0) -> list[Any]:
    """The values of a model's columns, from `start` on in a row, as Python's."""
    found = list(row[start:])
    if not readers:
        return found
    database = connections[DEFAULT_DB_ALIAS]
    for place, expression, converters in readers:
        for convert in converters:
            found[place] = convert(found[place], expression, database)
    return found


@lru_cache(maxsize=256)
def _select(model: type[models.Model], equal: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    where = " AND ".join(f'"{name}" = +%s' for name in equal)
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {where} LIMIT 1'  # noqa: S608


@lru_cache(maxsize=64)
def _reading(model: type[models.Model]) -> tuple[list[str], Readers, dict[str, models.Field[Any, Any]]]:
    """The names of the columns in order, what turns their values into Python's, and the fields by column."""
    database, table = connections[DEFAULT_DB_ALIAS], model._meta.db_table
    fields = model._meta.concrete_fields
    readers = []
    for place, field in enumerate(fields):
        expression = field.get_col(table)
        converters = database.ops.get_db_converters(expression) + expression.get_db_converters(database)
        if converters:
            readers.append((place, expression, converters))
    return [field.attname for field in fields], readers, {str(field.column): field for field in fields}
