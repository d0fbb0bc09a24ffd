"""The worker's one round, its faults, and `dingfen worker` as people start it."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from tests import ready
from tests.cast import NOW
from tests.clocks.conftest import Bench

from dingfen.clocks.models import Clock, Heartbeat, Upkeep
from dingfen.worker import Worker


def make(bench: Bench, **more: Any) -> Worker:
    given: dict[str, Any] = {"periodic": {}, "jobs": {}, "now": lambda: NOW, "name": "test"} | more
    return Worker({"answer": lambda clock, step, at: bench.fired.append(("", step))}, **given)


def test_a_round_does_all_four_kinds_of_work(bench: Bench) -> None:
    bench.start(deadline=NOW, steps=[])
    told: list[str] = []
    slices = iter([True, False, False])
    worker = make(
        bench,
        periodic={"seal": (60, lambda at: told.append("periodic"))},
        jobs={"imports": lambda at: told.append("job") is None and next(slices)},
    )
    assert worker.turn()
    assert bench.steps == ["breach"]
    assert told == ["job", "periodic"]
    assert not worker.turn()
    assert Heartbeat.objects.get(name="test").at == NOW
    assert Upkeep.objects.get(name="seal").ran_at == NOW


def test_a_job_that_raises_stops_nobody(bench: Bench) -> None:
    ran: list[datetime] = []

    def broken(at: datetime) -> bool:
        raise OSError("disk full")

    worker = make(bench, jobs={"broken": broken, "fine": lambda at: bool(ran.append(at))})
    assert not worker.turn()
    assert ran == [NOW]


def test_told_to_stop_it_begins_nothing_new(bench: Bench) -> None:
    bench.start(deadline=NOW, steps=[])
    worker = make(bench, jobs={"job": lambda at: pytest.fail("begun")})
    worker.stop()
    worker.turn()
    assert bench.steps == []
    assert Clock.objects.due(NOW).exists()


def test_it_sleeps_until_the_next_thing_and_a_second_at_most(bench: Bench) -> None:
    worker = make(bench)
    assert worker._until_next() == 1.0
    bench.start(deadline=NOW + timedelta(seconds=0.25), steps=[])
    assert worker._until_next() == 0.25
    bench.start(deadline=NOW - timedelta(hours=1), steps=[])
    assert worker._until_next() == 0.05


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_the_database_is_waited_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dingfen.worker._AFTER_FAULT", 0.01)
    rounds: list[str] = []
    worker = make(bench)

    def turn(self: Worker) -> bool:
        rounds.append("")
        if len(rounds) == 1:
            raise DatabaseError("server closed the connection")
        self.stop()
        return False

    monkeypatch.setattr(Worker, "turn", turn)
    worker.run()
    assert len(rounds) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_the_command_stops_cleanly_and_logs_json(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {
        "DINGFEN_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'test.sqlite3'}",
        "PYTHONPATH": str(root / "src"),
    }
    command = [sys.executable, "-m", "dingfen"]
    ready.copy(tmp_path / "test.sqlite3")
    worker = subprocess.Popen([*command, "worker"], env=environment, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    first = json.loads(worker.stderr.readline())
    assert (first["event"], first["from"], first["level"]) == ("started", "dingfen.worker", "info")
    time.sleep(0.3)
    worker.send_signal(signal.SIGTERM)
    _, rest = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert json.loads(rest.splitlines()[-1])["event"] == "stopped"
