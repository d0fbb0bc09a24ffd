"""Two processes send the same write under the same key at the same time: it happens once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import ready
from tests.races.idempotent_caller import KEYS

pytestmark = pytest.mark.race
ROOT = Path(__file__).resolve().parents[2]


def start(job: str, url: str, home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.idempotent_caller", job, *arguments],
        env=os.environ | {"DATABASE_URL": url, "DINGFEN_HOME": str(home), "PYTHONPATH": f"{ROOT}/src:{ROOT}"},
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def result(process: subprocess.Popen[str], line: str = "") -> Any:
    output, _ = process.communicate(line, timeout=120)
    assert process.returncode == 0
    return json.loads(output.strip().splitlines()[-1])


def race(url: str, home: Path) -> None:
    token = result(start("prepare", url, home))
    callers = [start("call", url, home, token) for _ in range(2)]
    for caller in callers:
        assert caller.stdout is not None and caller.stdout.readline() == "ready\n"
    for caller in callers:
        assert caller.stdin is not None
        caller.stdin.write("go\n")
        caller.stdin.flush()
    first, second = (result(caller) for caller in callers)
    assert result(start("count", url, home)) == KEYS
    for (one, body), (other, again) in zip(first, second, strict=True):
        assert {one, other} <= {201, 409}
        assert 201 in {one, other}
        if one == other:
            assert body == again
        else:
            assert "idempotency.running" in body + again


def test_on_sqlite(tmp_path: Path) -> None:
    ready.copy(tmp_path / "race.sqlite3")
    race(f"sqlite:///{tmp_path}/race.sqlite3", tmp_path)


@pytest.mark.postgres
def test_on_postgresql(postgres: str, tmp_path: Path) -> None:
    with ready.fresh_database(postgres) as url:
        race(url, tmp_path)
