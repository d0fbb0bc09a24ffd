"""Two handlers reach for one complaint, two claim the next, a customer and an agent answer one proposal: one wins."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.races.test_registration_race import ROOT, environment

__all__ = ["environment"]
ROUNDS = 6

pytestmark = pytest.mark.race


class Two:
    """Two processes of `tests.races.complaining` that act at the same instant."""

    def __init__(self, environment: dict[str, str], *names: str) -> None:
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.races.complaining", "race", name], env=environment, cwd=ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for name in names
        ]  # fmt: skip
        assert [self._read(one) for one in self.processes] == ["ready"] * len(names)

    @staticmethod
    def _read(process: subprocess.Popen[str]) -> Any:
        assert process.stdout is not None
        return json.loads(process.stdout.readline())

    def go(self, what: str, uid: str) -> list[dict[str, str]]:
        instant = time.time() + 0.01
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{what} {instant} {uid}\n")
            process.stdin.flush()
        answers: list[dict[str, str]] = [self._read(one) for one in self.processes]
        assert not [one for one in answers if "fault" in one], answers
        return answers

    def end(self) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(timeout=60) == 0


def test_of_two_one_gets_it_and_two_who_ask_for_the_next_get_two(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.complaining", "set-up", str(ROUNDS)], env=environment, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    made = json.loads(done.stdout.splitlines()[-1])
    desk = Two(environment, "chen", "bai")
    for uid in made["free"][:ROUNDS]:
        answers = desk.go("take", uid)
        assert sorted(answers, key=str) == sorted([{"done": uid}, {"problem": "complaint.taken"}], key=str), (
            answers
        )
    got = [one["done"] for _ in range(ROUNDS) for one in desk.go("next", "-")]
    assert len(set(got)) == 2 * ROUNDS, got  # nobody was given what somebody else has
    desk.end()
    sides = Two(environment, "nobody", "chen")
    for uid in made["proposals"]:
        answers = sides.go("answer", uid)
        assert len([one for one in answers if one.get("problem") == "proposal.state"]) == 1, answers
        assert len([one for one in answers if one.get("done") in ("delivering", "declined")]) == 1, answers
    sides.end()
    checked = subprocess.run(
        [sys.executable, "-m", "dingfen", "register", "verify", "--json"], env=environment, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
