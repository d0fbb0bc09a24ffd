"""Every value of a shipped pack is held by a scenario: change one thing, and a story must come out otherwise.

This is what "one story inside, one just outside" means, tried by machine: each length a unit longer and
shorter, each number one more and one less, each rule left out, each list without one of its members.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError
from tests.engine.stories import calendar, pack, scenarios

from dingfen.engine.load import dump
from dingfen.engine.schema import Pack
from dingfen.engine.trying import coverage, run_scenarios

PACKS = ("auto-dealer", "media-sales", "real-estate-desk")
# Values no scenario can hold, each with the reason.
ELSEWHERE = {
    "scope": "which registrations meet is decided in the database (tests/ownership)",
    "registration.approval": "asked for by the action",
    "prior_communication.if_away": "duties shown at reception",
    "protection.pause_while_disputed": "the clock of a hold stands still in the room (tests/ownership)",
    "protection.then": "where a lapsed customer goes is the room's (tests/ownership)",
    "claim_window.handled_by": "who receives a claim is the room's",
    "decides.on_disagreement": "after the heads have spoken (tests/ownership)",
    "decides.appeal.to": "one value there is",
    "co_workers.by": "who names co-workers is the room's",
    "borrowing.approved_by": "who approves is the room's (tests/books)",
    "bans": "shown, not run",
}

# Changes that change nothing.
EQUIVALENT = {
    # Grade A is followed up like the rule for everyone else.
    "auto-dealer": {"protection.follow_up.1: left out"},
    "media-sales": set(),
    # An award or a preference that meets nobody does nothing, so its `when` only says why; a deposit's time is
    # longer than all others; the order is by fewest already; with the start day in,
    # no day ends like one.
    "real-estate-desk": {
        *(f"principles.{index}.when: left out" for index in (4, 5, 8, 14, 15)),
        "principles.10.when: left out",
        "protection.lapse.0.when: left out",
        "rotation.order: by fewest",
        "routines.0.every.amount: one less",
    },
}


@pytest.mark.parametrize("name", PACKS)
def test_every_article_has_a_story_that_it_decides_and_one_just_outside(name: str) -> None:
    bare = [
        each.article for each in coverage(pack(name), scenarios(name)) if not (each.decides and each.outside)
    ]
    assert bare == []


@pytest.mark.parametrize("name", PACKS)
def test_every_change_of_a_value_is_noticed(name: str) -> None:
    rules = json.loads(dump(pack(name)))
    stories = scenarios(name)
    assert all(each.passed for each in run_scenarios(pack(name), stories, calendar(name)))
    unnoticed = []
    for where, changed in mutants(rules["ownership"]):
        try:
            mutant = Pack.model_validate({**rules, "ownership": changed})
        except ValidationError:
            continue  # the schema itself refuses it
        if all(run_scenarios(mutant, [story], calendar(name))[0].passed for story in stories):
            unnoticed.append(where)
    assert set(unnoticed) <= EQUIVALENT[name]


def mutants(rules: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, node in list(nodes(rules, ())):
        where = ".".join(map(str, path))
        if any(where == each or where.startswith(f"{each}.") for each in ELSEWHERE):
            continue
        for what, value in variants(path, node):
            changed = deepcopy(rules)
            here: Any = changed
            for step in path[:-1]:
                here = here[step]
            if value is LEFT_OUT:
                del here[path[-1]]
            else:
                here[path[-1]] = value
            yield f"{where}: {what}", changed


LEFT_OUT = object()


def nodes(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if path:
        yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from nodes(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from nodes(value, (*path, index))


def variants(path: tuple[str | int, ...], node: Any) -> Iterator[tuple[str, Any]]:
    key = path[-1]
    if key == "points":
        for step in (-1, 1):
            yield f"{step:+d}", {"low": node["low"] + step, "high": node["high"] + step}
    elif "points" in path:
        return
    elif isinstance(node, bool):
        if key in ("same_day", "late_evening", "reached"):
            yield "the other way round", not node
    elif isinstance(node, int):
        yield "one more", node + 1
        yield "one less", node - 1
    elif isinstance(key, int) or key == "when":
        yield "left out", LEFT_OUT
    elif key == "amount" and isinstance(node, str):
        yield "more", "101.00"
    elif key in ("warn_before", "by") and isinstance(node, str) and node[:1].isdigit():
        yield "longer", "30 hours"
    elif key in ("returning_customer", "duty_reception"):
        yield "uses the turn", "uses_turn"
    elif key == "skipped":
        yield "to the back", "back_of_queue"
    elif key == "order" and isinstance(node, str):
        yield "by fewest", "fewest_new_customers"
    elif key == "counting" and node != "exclusive":
        yield "exclusive", "exclusive"
    elif key == "start_day":
        yield "the start day counts", "in" if node == "out" else "out"
