"""Django's SQLite backend with a fair lock around each transaction, and the wait for the disk after it.

A transaction commits into the log without waiting for the disk, lets the next writer in, and only then waits:
so several wait together, and one slow disk does not hold up everybody in turn (docs/decisions/0026).
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from dingfen.database.writelock import await_disk, open_log, write_lock


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which remembers how it wrote a statement for SQLite."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _with_question_marks(query)


@lru_cache(maxsize=512)
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """Every transaction is a write transaction (BEGIN IMMEDIATE) and waits its turn for the lock."""

    durable = True
    """False, on one connection: a power cut may take what it writes (a house made for a measurement)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_lock: Any = None
        self._log: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._write_lock = (
            write_lock(str(self.settings_dict["NAME"])) if self._write_lock is None else self._write_lock
        )
        if self._write_lock:
            self._write_lock.acquire()
        try:
            self._wait_at_commit("NORMAL")
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            if self._write_lock and self.durable:
                self._log = open_log(f"{self.settings_dict['NAME']}-wal")
        except BaseException:
            self._rollback()
            raise

    def run(self, query: str, values: Sequence[Any]) -> list[Any]:
        """One statement and what it returns: as by a cursor, without the eight calls Django puts around it."""
        if self.connection is None or self.needs_rollback or self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:  # they have a reason to be there
                cursor.execute(query, values)
                return list(cursor.fetchall())
        try:
            found: list[Any] = self.connection.execute(_with_question_marks(query), values).fetchall()
        except self.Database.Error:
            with self.wrap_database_errors:  # as Django's error
                raise
        return found

    def create_cursor(self, name: Any = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._wait_at_commit("FULL")
        log, self._log = self._log, None
        self._release()
        if log is not None:
            try:
                await_disk(log)
            except OSError as error:
                raise OperationalError(f"the disk does not keep the log: {error}") from error

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
            self._wait_at_commit("FULL")
        finally:
            self._release()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._release()

    def _wait_at_commit(self, how: str) -> None:
        """FULL outside transactions, where a statement commits by itself; NORMAL within (a checkpoint waits anyway)."""
        if self._write_lock and self.connection is not None:
            self.connection.execute(f"PRAGMA synchronous={how if self.durable else 'OFF'}")

    def _release(self) -> None:
        if self._log is not None:
            os.close(self._log)
            self._log = None
        if self._write_lock:
            self._write_lock.release()
