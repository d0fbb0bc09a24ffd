"""What a SQLite database must be like before Dingfen trusts it."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from dingfen.cli import serve
from dingfen.database import swap
from dingfen.database.sqlite import base
from dingfen.database.sqlite.base import DatabaseWrapper
from dingfen.database.writelock import FileLock, write_lock
from dingfen.settings import database

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="about SQLite only; the suite runs on it as well"
)


def test_the_sqlite_in_use_has_no_wal_reset_fault() -> None:
    assert sqlite3.sqlite_version_info >= swap.SAFE


def test_several_processes_are_refused_on_an_affected_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serve.several_allowed()
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    assert not serve.several_allowed()


def connected(path: Path) -> DatabaseWrapper:
    """A connection made with the shipped settings."""
    defaults = {"TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
    return DatabaseWrapper(defaults | database(f"sqlite:///{path}"), "other")


def pragma(name: str, path: Path) -> object:
    wrapper = connected(path)
    try:
        return wrapper_says(wrapper, name)
    finally:
        wrapper.close()


def wrapper_says(wrapper: DatabaseWrapper, name: str) -> object:
    with wrapper.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.django_db
def test_a_commit_is_on_disk_and_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite3"
    assert pragma("journal_mode", path) == "wal"
    assert pragma("synchronous", path) == 2  # FULL
    assert pragma("secure_delete", path) == 1
    assert pragma("mmap_size", path) in (0, None)


@pytest.fixture
def wrapper(tmp_path: Path, django_db_blocker: Any) -> Iterator[DatabaseWrapper]:
    with django_db_blocker.unblock():
        made = connected(tmp_path / "two.sqlite3")
        made.run("CREATE TABLE numbers (n)", [])
        yield made
        made.close()


def written(wrapper: DatabaseWrapper) -> None:
    """One transaction, as `atomic` makes it."""
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    wrapper.in_atomic_block = True
    wrapper.run("INSERT INTO numbers VALUES (1)", [])
    assert wrapper_says(wrapper, "synchronous") == 1  # NORMAL: the commit itself does not wait
    wrapper.in_atomic_block = False
    try:
        wrapper.commit()
    finally:
        wrapper.set_autocommit(True)


def test_a_commit_waits_for_the_disk_when_the_next_writer_is_in(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    path = str(wrapper.settings_dict["NAME"])

    def waits(descriptor: int) -> None:
        assert os.fstat(descriptor).st_ino == Path(f"{path}-wal").stat().st_ino
        other = FileLock(Path(f"{path}.lock"))
        other.acquire()  # would wait for ever if the writer still held it
        other.release()
        found = sqlite3.connect(path).execute("SELECT count(*) FROM numbers").fetchone()
        seen.append(found == (1,))

    monkeypatch.setattr(os, "fdatasync", waits)
    written(wrapper)
    assert seen == [True]
    assert wrapper_says(wrapper, "synchronous") == 2  # a statement outside a transaction waits by itself


def test_a_disk_that_does_not_keep_it_is_said(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(OperationalError, match="No space left"):
        written(wrapper)


def test_the_log_is_open_before_anything_is_written_and_given_back(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A descriptor opened after another writer was told of a fault of the disk would hear nothing of it."""
    opened: list[int] = []

    def opens(path: str) -> int:
        opened.append(os.open(path, os.O_RDWR))
        return opened[-1]

    monkeypatch.setattr(base, "open_log", opens)
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert os.fstat(opened[0])
    wrapper.in_atomic_block = False
    wrapper.rollback()
    wrapper.set_autocommit(True)
    written(wrapper)
    assert len(opened) == 2
    for descriptor in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_transaction_that_cannot_begin_leaves_the_lock_and_the_wait(wrapper: DatabaseWrapper) -> None:
    path = str(wrapper.settings_dict["NAME"])
    wrapper.run("PRAGMA busy_timeout=1", [])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # by a program that does not know the lock
    with pytest.raises(OperationalError, match="locked"):
        wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    other.execute("ROLLBACK")
    assert wrapper_says(wrapper, "synchronous") == 2
    FileLock(Path(f"{path}.lock")).acquire()  # would wait for ever


def write_until_all_have(enough: int, number: int, path: str, written: Any) -> None:
    """Write without a pause as long as anybody has not written so often."""
    lock = write_lock(path)
    assert lock
    database = sqlite3.connect(path, timeout=30, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    while min(written) < enough:
        lock.acquire()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO numbers VALUES (1)")
        database.execute("COMMIT")
        lock.release()
        written[number] += 1


def test_no_writer_starves(tmp_path: Path) -> None:
    """Without the lock file one of four got a single commit in five seconds."""
    path = str(tmp_path / "fair.sqlite3")
    sqlite3.connect(path).execute("CREATE TABLE numbers (n)").connection.commit()
    context = multiprocessing.get_context("spawn")
    written = context.Array("L", 4, lock=False)
    writers = [
        context.Process(target=write_until_all_have, args=(25, number, path, written)) for number in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(90)
    starved = [writer for writer in writers if writer.is_alive()]
    for writer in starved:
        writer.kill()
    assert not starved, list(written)


def test_a_killed_writer_leaves_the_lock_free(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    path = str(tmp_path / "killed.sqlite3")
    held = context.Event()
    holder = context.Process(target=hold, args=(path, held))
    holder.start()
    assert held.wait(30)
    holder.kill()
    holder.join()
    lock = write_lock(path)
    assert lock
    lock.acquire()  # would wait for ever if the dead process still held it
    lock.release()


def hold(path: str, held: object) -> None:
    lock = write_lock(path)
    assert lock
    lock.acquire()
    held.set()  # type: ignore[attr-defined]
    time.sleep(60)
