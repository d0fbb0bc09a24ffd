"""Two receptionists give the same turn away at the same instant, 60 times: one wins, the other is told who is next."""

from __future__ import annotations

import json
import time

import pytest

from tests.races.forked import Parent

ROUNDS = 60


@pytest.mark.race
def test_exactly_one_gives_the_turn(processes: Parent) -> None:
    processes.run("tests.races.turns", "set-up")
    desks = [processes.start("tests.races.turns", "give", who) for who in ("shen", "su")]
    assert [desk.answer() for desk in desks] == ["ready", "ready"]
    for number in range(ROUNDS):
        for desk in desks:
            desk.say(str(number))
        assert [desk.answer() for desk in desks] == ["seen", "seen"]  # the same board
        instant = time.time() + 0.02
        for desk in desks:
            desk.say(str(instant))
        results = [json.loads(desk.answer()) for desk in desks]
        given = [result for result in results if "given" in result]
        refused = [result for result in results if result.get("problem") == "rotation.moved"]
        assert (len(given), len(refused)) == (1, 1), (number, results)
        assert given[0]["given"] == given[0]["shown"] == ("lin", "xu")[number % 2]
        assert refused[0]["status"] == 409
        winner = desks[results.index(given[0])]
        winner.say("finish")
        assert winner.answer() == "finished"
    assert [desk.end() for desk in desks] == [0, 0]
