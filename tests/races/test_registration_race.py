"""Two salespeople register the same customer at the same instant, 200 times: one holds, the other is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import ready

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("RACE_ROUNDS", "200"))
CHECKS = 5


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables that give processes a data folder and a fresh database of their own."""
    own = os.environ | {
        "DINGFEN_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "dingfen.settings",
    }
    own.pop("DATABASE_URL", None)
    if request.param == "sqlite":
        ready.copy(tmp_path / "dingfen.sqlite3")
        yield own
        return
    with ready.fresh_database(request.getfixturevalue("postgres")) as address:
        yield own | {"DATABASE_URL": address}


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.registrar", *arguments],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], line: str) -> Any:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return json.loads(answer(process))


@pytest.mark.race
def test_exactly_one_holds_and_the_other_gets_the_conflict(environment: dict[str, str]) -> None:
    assert start(environment, "set-up").wait(timeout=300) == 0
    racers = [start(environment, "register", who) for who in ("lin", "xu")]
    assert [answer(racer) for racer in racers] == ["ready", "ready"]
    for number in range(ROUNDS):
        instant = time.time() + 0.01
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write(f"{number} {instant}\n")
            racer.stdin.flush()
        results = [json.loads(answer(racer)) for racer in racers]
        held = [result for result in results if "held" in result]
        refused = [result for result in results if result.get("problem") == "registration.held"]
        assert (len(held), len(refused)) == (1, 1), (number, results)
        assert refused[0]["status"] == 409
    lin, xu = racers
    for number in range(ROUNDS, ROUNDS + CHECKS):  # what one process has just committed, the other finds
        before, held, after = (
            tell(racer, line)
            for racer, line in ((xu, f"check {number}"), (lin, f"{number} 0"), (xu, f"check {number}"))
        )
        assert before["answer"] != "held"
        assert (list(held), after["answer"]) == (["held"], "held")
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
        assert racer.wait(timeout=60) == 0
    verified = subprocess.run(
        [sys.executable, "-m", "dingfen", "register", "verify", "--json"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    verdict = json.loads(verified.stdout)
    # one entry a round; before them the company's book, the rules published in it, the site's book
    assert (verdict["verified"], verdict["size"]) == (True, ROUNDS + CHECKS + 3)
    worker = start(environment, "work")  # searches and learns in processes of their own
    searched, learned = (json.loads(answer(worker)) for _ in range(2))
    assert (searched["code"], searched["state"]) == (learned["code"], learned["state"]) == (0, "done")
    assert searched["pairs"] == searched["reviews"] == 1
    assert learned["customers"] == ROUNDS + CHECKS + 2
    assert worker.wait(timeout=60) == 0
