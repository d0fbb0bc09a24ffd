"""The life of a hold raced by processes of their own: one winner, no fault, no gap."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.cast import NOW
from tests.races.forked import Parent

ROUNDS = 200
"""Of the pool and of the window. The others race fewer times."""
FEWER = 60
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)

pytestmark = pytest.mark.race


class Racers:
    """Processes of `tests.races.taker` that wait for the same instant."""

    def __init__(self, parent: Parent, kind: str, *racers: Sequence[str], rounds: int = ROUNDS) -> None:
        self.parent = parent
        done = parent.run("tests.races.taker", "set-up", kind, str(rounds + 2))
        self.made: dict[str, list[str]] = json.loads(done.splitlines()[-1])
        self.processes = [parent.start("tests.races.taker", *racer) for racer in racers]
        assert [json.loads(one.answer()) for one in self.processes] == ["ready"] * len(racers)

    def go(self, at: dt.datetime, *things: str, wait: float = 0.005) -> list[dict[str, Any]]:
        """Let each process act on its thing (or all on the one) at the same instant; their answers."""
        instant = time.time() + wait
        given = things if len(things) > 1 else things * len(self.processes)
        for process, thing in zip(self.processes, given, strict=True):
            process.say(f"{at.isoformat()} {instant} {thing}")
        answers = [json.loads(process.answer()) for process in self.processes]
        assert not [one for one in answers if "fault" in one], answers
        return answers

    def finish(self) -> dict[str, Any]:
        """End the processes and look at what they left behind: the report of `tests.races.aftermath`."""
        assert [process.end() for process in self.processes] == [0] * len(self.processes)
        report: dict[str, Any] = json.loads(self.parent.run("tests.races.aftermath", given="[]"))
        assert (report["verified"], report["gaps"]) == (True, 0), report
        return report


def codes(answers: list[dict[str, Any]]) -> Counter[str]:
    return Counter("done" if "done" in one else one["problem"] for one in answers)


def test_one_of_two_takes_the_customer_from_the_pool(processes: Parent) -> None:
    racers = Racers(processes, "pool", ("take", "xu"), ("take", "mei"))
    for number in range(ROUNDS):
        answers = racers.go(NOW + DAY * number, racers.made["registrations"][number])
        assert codes(answers) == {"done": 1, "pool.taken": 1}, (number, answers)
    racers.finish()


def test_one_person_at_three_places_takes_no_more_than_the_day_allows(processes: Parent) -> None:
    racers = Racers(processes, "nearly-full", *[("take", "mei")] * 3, rounds=FEWER)
    free = racers.made["registrations"]
    for number in range(FEWER):
        answers = racers.go(NOW + DAY * number, *free[:3])
        assert codes(answers) == {"done": 1, "pool.daily": 2}, (number, answers)
        free.remove(next(one["done"] for one in answers if "done" in one))
    racers.finish()


def test_two_claims_in_the_window_open_one_dispute(processes: Parent) -> None:
    racers = Racers(processes, "deals", ("claim", "xu"), ("claim", "mei"))
    for number in range(ROUNDS):
        answers = racers.go(NOW + SECOND * number, f"deal:{racers.made['deals'][number]}")
        # one opens the dispute, the other joins it: both are in the same one
        assert codes(answers) == {"done": 2}, (number, answers)
        assert len({answer["done"] for answer in answers}) == 1, (number, answers)
    racers.finish()


def test_a_claim_meets_the_lapse_of_the_hold(processes: Parent) -> None:
    """Either the dispute stops the lapse, or the hold has lapsed and there is nothing to dispute."""
    racers = Racers(processes, "held", ("claim", "xu"), ("sweep",), rounds=FEWER)
    seen: Counter[str] = Counter()
    for number in range(FEWER):
        until = dt.datetime.fromisoformat(racers.made["until"][number])
        answers = racers.go(until + SECOND, f"phone:138{number:08d}", f"phone:138{number:08d}")
        seen += codes(answers[:1])
    assert set(seen) <= {"done", "dispute.nothing"}, seen
    report = racers.finish()
    assert (report["lapsed"], report["lapsed_twice"]) == (seen["dispute.nothing"], 0), (seen, report)
