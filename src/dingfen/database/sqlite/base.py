"""Django's SQLite backend with a fair lock around each transaction."""

from typing import Any

from django.db.backends.sqlite3 import base

from dingfen.database.writelock import write_lock


class DatabaseWrapper(base.DatabaseWrapper):
    """Every transaction is a write transaction (BEGIN IMMEDIATE) and waits its turn for the lock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_lock: Any = None

    def _start_transaction_under_autocommit(self) -> None:
        self._write_lock = (
            write_lock(str(self.settings_dict["NAME"])) if self._write_lock is None else self._write_lock
        )
        if self._write_lock:
            self._write_lock.acquire()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._release()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._release()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._release()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._release()

    def _release(self) -> None:
        if self._write_lock:
            self._write_lock.release()
