"""Triggers that refuse to change or delete what only grows.

They stop accidents and code with faults; whoever owns the database can drop them, and then the hashes tell.
A later migration that rebuilds one of these tables must put them back (`missing` finds out).
"""

from __future__ import annotations

from typing import Any

APPEND_ONLY = (
    "register_entry",
    "register_node",
    "register_checkpoint",
    "register_cosignature",
    "register_look",
)
MESSAGE = "the register only grows: enter a correction"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION dingfen_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
"""


def _statements(vendor: str) -> list[tuple[str, str, str]]:
    """(trigger, table, statement that makes it) for each."""
    made: list[tuple[str, str, str]] = []
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE", *(("TRUNCATE",) if vendor == "postgresql" else ())):
            name = f"{table}_no_{verb.lower()}"
            if vendor == "postgresql":
                each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
                rest = f"BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION dingfen_refuse()"
            else:
                rest = f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            made.append((name, table, f"CREATE TRIGGER {name} {rest}"))
    return made


def create(connection: Any) -> None:
    """Make the triggers that are not there."""
    absent = set(missing(connection))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        tables = set(connection.introspection.table_names(cursor))
        for name, table, statement in _statements(connection.vendor):
            if name in absent and table in tables:  # an early migration has not all of them yet
                cursor.execute(statement)


def drop(connection: Any) -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for name, table, _statement in _statements(connection.vendor):
            if table not in tables:
                continue
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: Any) -> list[str]:
    """Names of the triggers that should be there and are not."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [name for name, _table, _statement in _statements(connection.vendor) if name not in present]
