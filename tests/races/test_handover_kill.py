"""A hand-over whose worker is killed in the middle, again and again: no half row, and the next one goes on."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from tests.races.forked import Child, Parent

COUNT = 40
KILLS = 3

pytestmark = pytest.mark.race


def test_killed_workers_leave_no_half_row_and_the_next_goes_on(processes: Parent) -> None:
    def start(*arguments: str) -> Child:
        return processes.start("tests.races.handing", *arguments)

    def look() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(start("report").rest())
        return found

    start("set-up", str(COUNT)).rest()
    rng = random.Random(7)
    for _ in range(KILLS):
        worker = start("work")
        for _ in range(rng.randrange(2, 8)):
            worker.answer()
        time.sleep(rng.random() * 0.02)  # into the middle of the next item
        worker.kill()
    seen = look()
    assert seen["state"] == "running"
    assert 0 < seen["done"] < COUNT
    assert (seen["left"], seen["entries"]) == (COUNT - seen["done"], seen["done"])
    assert (seen["held"], seen["clocks"]) == (COUNT, COUNT)
    pair = [start("work"), start("work")]  # two workers share the rest
    for worker in pair:
        worker.rest()
    assert look() == {
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
