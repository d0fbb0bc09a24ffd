"""An import killed again and again ends with every row in once, no gap in the register, every dispute opened."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests import lookalike, ready
from tests.races.importer import ROWS

pytestmark = pytest.mark.race
ROOT = Path(__file__).resolve().parents[2]
KILLS = 8


def start(job: str, url: str, home: Path) -> subprocess.Popen[str]:
    environment = {"DATABASE_URL": url, "DINGFEN_HOME": str(home), "PYTHONPATH": f"{ROOT}/src:{ROOT}"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.importer", job],
        env=os.environ | environment,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )


def result(process: subprocess.Popen[str]) -> Any:
    output, _ = process.communicate(timeout=280)
    assert process.returncode == 0
    return json.loads(output.strip().splitlines()[-1])


def kill_and_count(url: str, home: Path) -> None:
    result(start("prepare", url, home))
    dice = random.Random(3)
    killed = 0
    for _ in range(KILLS):
        worker = start("work", url, home)
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.05, 0.6))
        killed += worker.poll() is None
        worker.kill()
        worker.communicate()
    assert killed
    result(start("work", url, home))
    won = sum(deal.stage == "Won" for deal in lookalike.deals(ROWS))
    found = result(start("count", url, home))
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


def test_on_sqlite(tmp_path: Path) -> None:
    ready.copy(tmp_path / "kill.sqlite3")
    kill_and_count(f"sqlite:///{tmp_path}/kill.sqlite3", tmp_path)


@pytest.mark.postgres
def test_on_postgresql(postgres: str, tmp_path: Path) -> None:
    with ready.fresh_database(postgres) as url:
        kill_and_count(url, tmp_path)
