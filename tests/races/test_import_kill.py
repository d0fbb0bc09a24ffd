"""An import killed again and again ends with every row in once, no gap in the register, every dispute opened."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from tests import lookalike
from tests.races.forked import Child, Parent
from tests.races.importer import ROWS

pytestmark = pytest.mark.race
KILLS = 8


def result(process: Child) -> Any:
    return json.loads(process.rest().strip().splitlines()[-1])


def test_a_killed_import_goes_on_where_it_was(processes: Parent) -> None:
    def start(job: str) -> Child:
        return processes.start("tests.races.importer", job)

    result(start("prepare"))
    dice = random.Random(3)
    killed = 0
    for _ in range(KILLS):
        worker = start("work")
        assert worker.answer() == "ready"
        time.sleep(dice.uniform(0.05, 0.6))
        killed += worker.poll() is None
        worker.kill()
    assert killed
    result(start("work"))
    won = sum(deal.stage == "Won" for deal in lookalike.deals(ROWS))
    found = result(start("count"))
    disputes = found.pop("disputes")
    assert disputes > ROWS / 4
    assert found == {
        "state": "done",
        "rows": ROWS,
        "registrations": ROWS,
        "touches": 2 * ROWS,
        "deals": won,
        "raised": disputes,
        "proposed": disputes,
        "gapless": True,
        "orphans": 0,
    }
