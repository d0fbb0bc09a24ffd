"""What a SQLite database must be like before Dingfen trusts it."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import connection

from dingfen.cli import serve
from dingfen.database import swap
from dingfen.database.writelock import write_lock

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="about SQLite only; the suite runs on it as well"
)


def test_the_sqlite_in_use_has_no_wal_reset_fault() -> None:
    assert sqlite3.sqlite_version_info >= swap.SAFE


def test_several_processes_are_refused_on_an_affected_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serve.several_allowed()
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    assert not serve.several_allowed()


def pragma(name: str, path: Path) -> object:
    """The value of a pragma on a connection made with the shipped settings."""
    from dingfen.database.sqlite.base import DatabaseWrapper
    from dingfen.settings import database

    defaults = {"TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
    wrapper = DatabaseWrapper(defaults | database(f"sqlite:///{path}"), "other")
    try:
        with wrapper.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}")
            return cursor.fetchone()[0]
    finally:
        wrapper.close()


@pytest.mark.django_db
def test_a_commit_is_on_disk_and_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite3"
    assert pragma("journal_mode", path) == "wal"
    assert pragma("synchronous", path) == 2  # FULL
    assert pragma("secure_delete", path) == 1
    assert pragma("mmap_size", path) in (0, None)


def write_for(seconds: float, path: str, results: multiprocessing.Queue[int]) -> None:
    lock = write_lock(path)
    assert lock
    database = sqlite3.connect(path, timeout=30, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        lock.acquire()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO numbers VALUES (1)")
        database.execute("COMMIT")
        lock.release()
        count += 1
    results.put(count)


def test_no_writer_starves(tmp_path: Path) -> None:
    """Without the lock file one of four got a single commit in five seconds."""
    path = str(tmp_path / "fair.sqlite3")
    sqlite3.connect(path).execute("CREATE TABLE numbers (n)").connection.commit()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[int] = context.Queue()
    writers = [context.Process(target=write_for, args=(1.5, path, results)) for _ in range(4)]
    for writer in writers:
        writer.start()
    counts = sorted(results.get(timeout=60) for _ in writers)
    for writer in writers:
        writer.join()
    assert counts[0] > 0
    assert counts[0] * 20 > counts[-1], counts


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
