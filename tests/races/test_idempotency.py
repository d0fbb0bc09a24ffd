"""Two processes send the same write under the same key at the same time: it happens once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.races.forked import Child, Parent
from tests.races.idempotent_caller import KEYS

pytestmark = pytest.mark.race
CALLER = "tests.races.idempotent_caller"


def result(process: Child) -> Any:
    return json.loads(process.rest().strip().splitlines()[-1])


def test_the_same_key_at_the_same_time_writes_once(processes: Parent) -> None:
    token = result(processes.start(CALLER, "prepare"))
    callers = [processes.start(CALLER, "call", token) for _ in range(2)]
    for caller in callers:
        assert caller.answer() == "ready"
    for caller in callers:
        caller.say("go")
    first, second = (result(caller) for caller in callers)
    assert result(processes.start(CALLER, "count")) == KEYS
    for (one, body), (other, again) in zip(first, second, strict=True):
        assert {one, other} <= {201, 409}
        assert 201 in {one, other}
        if one == other:
            assert body == again
        else:
            assert "idempotency.running" in body + again
