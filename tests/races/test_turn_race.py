"""Two receptionists give the same turn away at the same instant, 60 times: one wins, the other is told who is next."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from tests.races.test_registration_race import ROOT, answer, environment

__all__ = ["environment"]
ROUNDS = 60


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.turns", *arguments],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


@pytest.mark.race
def test_exactly_one_gives_the_turn(environment: dict[str, str]) -> None:
    assert start(environment, "set-up").wait(timeout=300) == 0
    desks = [start(environment, "give", who) for who in ("shen", "su")]
    assert [answer(desk) for desk in desks] == ["ready", "ready"]
    for number in range(ROUNDS):
        for desk in desks:
            say(desk, str(number))
        assert [answer(desk) for desk in desks] == ["seen", "seen"]  # the same board
        instant = time.time() + 0.02
        for desk in desks:
            say(desk, str(instant))
        results = [json.loads(answer(desk)) for desk in desks]
        given = [result for result in results if "given" in result]
        refused = [result for result in results if result.get("problem") == "rotation.moved"]
        assert (len(given), len(refused)) == (1, 1), (number, results)
        assert given[0]["given"] == given[0]["shown"] == ("lin", "xu")[number % 2]
        assert refused[0]["status"] == 409
        winner = desks[results.index(given[0])]
        say(winner, "finish")
        assert answer(winner) == "finished"
    for desk in desks:
        assert desk.stdin is not None
        desk.stdin.close()
        assert desk.wait(timeout=60) == 0
