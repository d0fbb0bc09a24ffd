"""Periodic tasks: once a round, whoever asks; one that raises is tried again and delays nobody."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from tests.cast import NOW

from dingfen.clocks.models import Heartbeat, Upkeep
from dingfen.clocks.upkeep import fold_write_ahead_log, forget_workers, gather_statistics, keep_up

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def test_each_task_once_a_round() -> None:
    ran: list[tuple[str, datetime]] = []
    tasks = {
        "often": (60, lambda at: ran.append(("often", at))),
        "rarely": (3600, lambda at: ran.append(("rarely", at))),
    }
    for minutes in (0, 0, 0.5, 1, 1, 2):
        keep_up(at=NOW + minutes * MINUTE, tasks=tasks)
    assert ran == [
        ("often", NOW),
        ("rarely", NOW),
        ("often", NOW + MINUTE),
        ("often", NOW + 2 * MINUTE),
    ]


def test_one_that_raises() -> None:
    ran = []

    def broken(at: datetime) -> None:
        raise OSError("disk full")

    tasks = {"broken": (3600, broken), "fine": (3600, ran.append)}
    assert keep_up(at=NOW, tasks=tasks) == ["broken", "fine"]
    assert ran == [NOW]
    row = Upkeep.objects.get(name="broken")
    assert (row.error, row.next_at) == ("OSError: disk full", NOW + MINUTE)
    keep_up(at=NOW + MINUTE, tasks={"broken": (3600, ran.append)})
    assert Upkeep.objects.get(name="broken").error == ""


def test_stop_between_two() -> None:
    ran: list[datetime] = []
    tasks = {"first": (60, ran.append), "second": (60, ran.append)}
    assert keep_up(at=NOW, tasks=tasks, stop=lambda: bool(ran)) == ["first"]


def test_silent_workers_are_forgotten() -> None:
    Heartbeat.objects.create(name="old", at=NOW - timedelta(days=2))
    Heartbeat.objects.create(name="new", at=NOW)
    forget_workers(NOW)
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_folding_the_log_leaves_the_rows() -> None:
    Heartbeat.objects.create(name="a", at=NOW)
    fold_write_ahead_log(NOW)
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_statistics_count_every_row_and_again_when_a_table_has_grown_tenfold() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL gathers statistics by itself")
    assert _rows_known_after(2) == "2"
    assert _rows_known_after(15) == "2"  # near enough
    assert _rows_known_after(1200) == "1200"  # more than a sample of a thousand


def _rows_known_after(rows: int) -> str:
    """What SQLite knows of the heartbeats once there are so many and statistics were gathered."""
    names = range(Heartbeat.objects.count(), rows)
    Heartbeat.objects.bulk_create([Heartbeat(name=f"worker {n}", at=NOW) for n in names])
    gather_statistics(NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'clocks_heartbeat'")
        return str(cursor.fetchone()[0]).split()[0]
