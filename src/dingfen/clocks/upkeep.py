"""Tasks that come round: several workers share the timetable, and one of them runs each task."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from dingfen.clocks.models import Heartbeat, Upkeep

Task = Callable[[datetime], object]

log = logging.getLogger(__name__)
_RETRY = timedelta(minutes=1)
_FORGOTTEN = timedelta(days=1)
_ANALYZE, _TABLES_NOT_READ_LATELY = 0x02, 0x10000  # flags of SQLite's PRAGMA optimize


def keep_up(
    *, at: datetime, tasks: Mapping[str, tuple[int, Task]], stop: Callable[[], bool] = lambda: False
) -> list[str]:
    """Run the tasks due at `at`; their names. `tasks` maps a name to (seconds between runs, function).

    A task must not mind being run again: a worker that dies in it leaves it to the next round. One that
    raises is tried again in a minute and keeps nobody waiting.
    """
    known = dict(Upkeep.objects.values_list("name", "next_at"))
    ran: list[str] = []
    for name, (seconds, task) in tasks.items():
        if stop():
            break
        if name in known and known[name] > at:
            continue
        if _taken(name, known.get(name), at, at + timedelta(seconds=seconds)):
            _run(name, task, at)
            ran.append(name)
    return ran


def forget_workers(at: datetime) -> None:
    """Heartbeats of workers that have been silent for a day."""
    Heartbeat.objects.filter(at__lt=at - _FORGOTTEN).delete()


def forget_sessions(at: datetime) -> None:
    """Sign-ins that have run out."""
    SessionStore.clear_expired()


def fold_write_ahead_log(at: datetime) -> None:
    """Write SQLite's log back into its file, so that the log does not grow for ever."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def gather_statistics(at: datetime) -> None:
    """Tell SQLite how its rows are spread, where it knows nothing yet or a table is ten times what it was.

    Without, it takes the company's index where one row is wanted. Every row is counted (no `analysis_limit`):
    from the first thousand it concludes that a company has a thousand rows, and sorts all of them where it
    could walk down the newest. A quarter of a second for the largest table at 100,000 customers, each table in
    a transaction of its own. PostgreSQL does it by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA optimize={_ANALYZE | _TABLES_NOT_READ_LATELY}")


def gather_all_statistics(at: datetime) -> None:
    """`gather_statistics` for every table anew."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _taken(name: str, seen: datetime | None, at: datetime, next_at: datetime) -> bool:
    """Compare and swap the task's next run; False when another worker was faster."""
    if seen is None:
        made = Upkeep(name=name, next_at=at)
        Upkeep.objects.bulk_create([made], ignore_conflicts=True)
        seen = at
    return bool(Upkeep.objects.filter(name=name, next_at=seen).update(next_at=next_at, ran_at=at))


def _run(name: str, task: Task, at: datetime) -> None:
    try:
        task(at)
    except Exception as error:
        log.exception("task failed", extra={"task": name})
        text = f"{type(error).__name__}: {error}"[:2000]
        Upkeep.objects.filter(name=name).update(error=text, next_at=at + _RETRY)
    else:
        Upkeep.objects.filter(name=name).exclude(error="").update(error="")
