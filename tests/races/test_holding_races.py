"""The life of a hold raced by processes of their own: one winner, no fault, no gap."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.cast import NOW
from tests.races.test_registration_race import ROOT, environment

__all__ = ["environment"]
ROUNDS = 200
"""Of the pool and of the window. The others race fewer times: a round takes a quarter of a second."""
FEWER = 60
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)

pytestmark = pytest.mark.race


class Racers:
    """Processes of `tests.races.taker` that wait for the same instant."""

    def __init__(
        self, environment: dict[str, str], kind: str, *racers: Sequence[str], rounds: int = ROUNDS
    ) -> None:
        self.environment = environment
        done = subprocess.run(
            self.command("set-up", kind, str(rounds + 2)),
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        self.made: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
        self.processes = [
            subprocess.Popen(
                self.command(*racer),
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for racer in racers
        ]
        assert [self.answer(one) for one in self.processes] == ["ready"] * len(racers)

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.races.taker", *arguments]

    @staticmethod
    def answer(process: subprocess.Popen[str]) -> Any:
        assert process.stdout is not None
        return json.loads(process.stdout.readline())

    def go(self, at: dt.datetime, *things: str, wait: float = 0.005) -> list[dict[str, Any]]:
        """Let each process act on its thing (or all on the one) at the same instant; their answers."""
        instant = time.time() + wait
        given = things if len(things) > 1 else things * len(self.processes)
        for process, thing in zip(self.processes, given, strict=True):
            assert process.stdin is not None
            process.stdin.write(f"{at.isoformat()} {instant} {thing}\n")
            process.stdin.flush()
        answers = [self.answer(process) for process in self.processes]
        assert not [one for one in answers if "fault" in one], answers
        return answers

    def finish(self) -> dict[str, Any]:
        """End the processes and look at what they left behind: the report of `tests.races.aftermath`."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(timeout=60) == 0
        done = subprocess.run(
            [sys.executable, "-m", "tests.races.aftermath"],
            env=self.environment,
            cwd=ROOT,
            input="[]",
            capture_output=True,
            text=True,
            check=True,
        )
        report: dict[str, Any] = json.loads(done.stdout)
        assert (report["verified"], report["gaps"]) == (True, 0), report
        return report


def codes(answers: list[dict[str, Any]]) -> Counter[str]:
    return Counter("done" if "done" in one else one["problem"] for one in answers)


def test_one_of_two_takes_the_customer_from_the_pool(environment: dict[str, str]) -> None:
    racers = Racers(environment, "pool", ("take", "xu"), ("take", "mei"))
    for number in range(ROUNDS):
        answers = racers.go(NOW + DAY * number, racers.made["registrations"][number])
        assert codes(answers) == {"done": 1, "pool.taken": 1}, (number, answers)
    racers.finish()


def test_one_person_at_three_places_takes_no_more_than_the_day_allows(environment: dict[str, str]) -> None:
    racers = Racers(environment, "nearly-full", *[("take", "mei")] * 3, rounds=FEWER)
    free = racers.made["registrations"]
    for number in range(FEWER):
        answers = racers.go(NOW + DAY * number, *free[:3])
        assert codes(answers) == {"done": 1, "pool.daily": 2}, (number, answers)
        free.remove(next(one["done"] for one in answers if "done" in one))
    racers.finish()


def test_two_claims_in_the_window_open_one_dispute(environment: dict[str, str]) -> None:
    racers = Racers(environment, "deals", ("claim", "xu"), ("claim", "mei"))
    for number in range(ROUNDS):
        answers = racers.go(NOW + SECOND * number, f"deal:{racers.made['deals'][number]}")
        # one opens the dispute, the other joins it: both are in the same one
        assert codes(answers) == {"done": 2}, (number, answers)
        assert len({answer["done"] for answer in answers}) == 1, (number, answers)
    racers.finish()


def test_a_claim_meets_the_lapse_of_the_hold(environment: dict[str, str]) -> None:
    """Either the dispute stops the lapse, or the hold has lapsed and there is nothing to dispute."""
    racers = Racers(environment, "held", ("claim", "xu"), ("sweep",), rounds=FEWER)
    seen: Counter[str] = Counter()
    for number in range(FEWER):
        until = dt.datetime.fromisoformat(racers.made["until"][number])
        answers = racers.go(until + SECOND, f"phone:138{number:08d}", f"phone:138{number:08d}")
        seen += codes(answers[:1])
    assert set(seen) <= {"done", "dispute.nothing"}, seen
    report = racers.finish()
    assert (report["lapsed"], report["lapsed_twice"]) == (seen["dispute.nothing"], 0), (seen, report)
