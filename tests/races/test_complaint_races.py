"""Two handlers reach for one complaint, two claim the next, a customer and an agent answer one proposal: one wins."""

from __future__ import annotations

import json
import time

import pytest

from tests.races.forked import Parent

ROUNDS = 6

pytestmark = pytest.mark.race


class Two:
    """Two processes of `tests.races.complaining` that act at the same instant."""

    def __init__(self, parent: Parent, *names: str) -> None:
        self.processes = [parent.start("tests.races.complaining", "race", name) for name in names]
        assert [json.loads(one.answer()) for one in self.processes] == ["ready"] * len(names)

    def go(self, what: str, uid: str) -> list[dict[str, str]]:
        instant = time.time() + 0.01
        for process in self.processes:
            process.say(f"{what} {instant} {uid}")
        answers: list[dict[str, str]] = [json.loads(one.answer()) for one in self.processes]
        assert not [one for one in answers if "fault" in one], answers
        return answers

    def end(self) -> None:
        assert [process.end() for process in self.processes] == [0, 0]


def test_of_two_one_gets_it_and_two_who_ask_for_the_next_get_two(processes: Parent) -> None:
    done = processes.run("tests.races.complaining", "set-up", str(ROUNDS))
    made = json.loads(done.splitlines()[-1])
    desk = Two(processes, "chen", "bai")
    for uid in made["free"][:ROUNDS]:
        answers = desk.go("take", uid)
        assert sorted(answers, key=str) == sorted([{"done": uid}, {"problem": "complaint.taken"}], key=str), (
            answers
        )
    got = [one["done"] for _ in range(ROUNDS) for one in desk.go("next", "-")]
    assert len(set(got)) == 2 * ROUNDS, got  # nobody was given what somebody else has
    desk.end()
    sides = Two(processes, "nobody", "chen")
    for uid in made["proposals"]:
        answers = sides.go("answer", uid)
        assert len([one for one in answers if one.get("problem") == "proposal.state"]) == 1, answers
        assert len([one for one in answers if one.get("done") in ("delivering", "declined")]) == 1, answers
    sides.end()
    processes.run("dingfen", "register", "verify", "--json")
