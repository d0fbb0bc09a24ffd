"""Two salespeople register the same customer at the same instant, 200 times: one holds, the other is told."""

from __future__ import annotations

import json
import os
import time

import pytest

from tests.races.forked import Parent

ROUNDS = int(os.environ.get("RACE_ROUNDS", "200"))
CHECKS = 5


@pytest.mark.race
def test_exactly_one_holds_and_the_other_gets_the_conflict(processes: Parent) -> None:
    processes.run("tests.races.registrar", "set-up")
    racers = [processes.start("tests.races.registrar", "register", who) for who in ("lin", "xu")]
    assert [racer.answer() for racer in racers] == ["ready", "ready"]
    for number in range(ROUNDS):
        instant = time.time() + 0.01
        for racer in racers:
            racer.say(f"{number} {instant}")
        results = [json.loads(racer.answer()) for racer in racers]
        held = [result for result in results if "held" in result]
        refused = [result for result in results if result.get("problem") == "registration.held"]
        assert (len(held), len(refused)) == (1, 1), (number, results)
        assert refused[0]["status"] == 409
    lin, xu = racers
    for number in range(ROUNDS, ROUNDS + CHECKS):  # what one process has just committed, the other finds
        said = []
        for racer, line in ((xu, f"check {number}"), (lin, f"{number} 0"), (xu, f"check {number}")):
            racer.say(line)
            said.append(json.loads(racer.answer()))
        assert said[0]["answer"] != "held"
        assert (list(said[1]), said[2]["answer"]) == (["held"], "held")
    assert [racer.end() for racer in racers] == [0, 0]
    verdict = json.loads(processes.run("dingfen", "register", "verify", "--json"))
    # one entry a round; before them the company's book, the rules published in it, the site's book
    assert (verdict["verified"], verdict["size"]) == (True, ROUNDS + CHECKS + 3)
