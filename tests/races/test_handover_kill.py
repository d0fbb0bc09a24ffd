"""A hand-over whose worker is killed in the middle, again and again: no half row, and the next one goes on."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.races.test_registration_race import ROOT, environment

__all__ = ["environment"]
COUNT = 40
KILLS = 3

pytestmark = pytest.mark.race


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.handing", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def look(environment: dict[str, str]) -> dict[str, Any]:
    done, _ = start(environment, "report").communicate(timeout=120)
    found: dict[str, Any] = json.loads(done)
    return found


def test_killed_workers_leave_no_half_row_and_the_next_goes_on(environment: dict[str, str]) -> None:
    assert start(environment, "set-up", str(COUNT)).wait(timeout=300) == 0
    rng = random.Random(7)
    for _ in range(KILLS):
        worker = start(environment, "work")
        assert worker.stdout is not None
        for _ in range(rng.randrange(2, 8)):
            worker.stdout.readline()
        time.sleep(rng.random() * 0.02)  # into the middle of the next item
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=60)
    seen = look(environment)
    assert seen["state"] == "running"
    assert 0 < seen["done"] < COUNT
    assert (seen["left"], seen["entries"]) == (COUNT - seen["done"], seen["done"])
    assert (seen["held"], seen["clocks"]) == (COUNT, COUNT)
    pair = [start(environment, "work"), start(environment, "work")]  # two workers share the rest
    for worker in pair:
        worker.communicate(timeout=300)
        assert worker.returncode == 0
    assert look(environment) == {
        "state": "done",
        "done": COUNT,
        "left": 0,
        "held": COUNT,
        "clocks": COUNT,
        "entries": COUNT,
        "twice": 0,
        "gaps": 0,
        "verified": True,
    }
