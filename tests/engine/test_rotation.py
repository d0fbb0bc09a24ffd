"""The order of turns, against a slow and obvious version, and what people expect of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.engine.ownership import Rotation
from dingfen.engine.rotation import RECEPTIONS, Order, Turn, order, standing

START = dt.datetime(2026, 3, 2, 0, 50, tzinfo=dt.UTC)
PEOPLE = range(1, 6)


def rule(**changes: str) -> Rotation:
    given: dict[str, Any] = {
        "order": "sign_in",
        "returning_customer": "keeps_turn",
        "duty_reception": "keeps_turn",
        "skipped": "next_free",
        "article": "OWN-17",
    }
    return Rotation(**(given | changes))


def day(*happened: tuple[Any, ...]) -> list[Turn]:
    """Events from (kind, who) or (kind, who, to); a correction is ("taken_back", who, number)."""
    made = []
    for number, (kind, who, *more) in enumerate(happened, 1):
        at = START + dt.timedelta(minutes=number)
        other = {"takes_back" if kind == "taken_back" else "to": more[0]} if more else {}
        made.append(Turn(number, kind, at, who, **other))
    return made


def names(found: Order) -> list[int]:
    return [place.who for place in found.places]


IN = [("checked_in", 1), ("checked_in", 2), ("checked_in", 3)]


def test_who_checks_in_first_receives_first() -> None:
    found = order(day(*IN), rule())
    assert names(found) == [1, 2, 3]
    assert found.next and (found.next.who, found.why) == (1, "first_in")


def test_a_new_customer_uses_the_turn() -> None:
    found = order(day(*IN, ("received", 1)), rule())
    assert names(found) == [2, 3, 1]
    assert found.next and found.next.who == 2
    assert found.places[2].status == "receiving"


@pytest.mark.parametrize("kind", ["returning", "duty"])
def test_other_receptions_keep_the_turn_or_use_it(kind: str) -> None:
    setting = "returning_customer" if kind == "returning" else "duty_reception"
    turns = day(*IN, (kind, 1))
    kept = order(turns, rule())
    assert names(kept) == [1, 2, 3]
    assert kept.next and kept.next.who == 2  # the first is busy
    assert kept.passed == (1,)
    freed = order([*turns, *day(*IN, ("x", 0), ("finished", 1))[-1:]], rule())
    assert freed.next and freed.next.who == 1
    assert names(order(turns, rule(**{setting: "uses_turn"}))) == [2, 3, 1]


def test_who_was_away_makes_the_turn_up_or_goes_to_the_end() -> None:
    turns = day(*IN, ("skipped", 1), ("received", 2), ("returned", 1))
    found = order(turns, rule())
    assert found.next and (found.next.who, found.why) == (1, "return_turn")
    lost = order(turns, rule(skipped="back_of_queue"))
    assert lost.next and lost.next.who == 3
    assert names(lost) == [3, 1, 2]


def test_a_turn_handed_on() -> None:
    found = order(day(*IN, ("handed", 1, 3)), rule())
    assert (names(found), found.why) == ([3, 2, 1], "handed")
    fewest = order(
        day(*IN, ("received", 3), ("finished", 3), ("handed", 1, 3)), rule(order="fewest_new_customers")
    )
    assert fewest.next and (fewest.next.who, fewest.why) == (3, "handed")


def test_fewest_new_customers() -> None:
    turns = day(*IN, ("received", 1), ("finished", 1), ("received", 2), ("finished", 2), ("checked_in", 4))
    found = order(turns, rule(order="fewest_new_customers"))
    assert names(found) == [3, 4, 1, 2]
    assert found.why == "fewest_new"


def test_a_slip_taken_back_never_was() -> None:
    slip = day(*IN, ("received", 1), ("taken_back", 1, 4))
    assert order(slip, rule()) == order(day(*IN), rule())


def test_nobody_waits() -> None:
    found = order(day(("checked_in", 1), ("received", 1)), rule())
    assert (found.next, found.why) == (None, None)


# ---------- the slow and obvious version ----------


def slow(turns: list[Turn], given_rule: Rotation) -> tuple[list[int], int | None, set[int]]:
    """(queue, next, who has a turn to make up), by lists of names moved about by hand."""
    queue: list[int] = []
    busy: set[int] = set()
    away: set[int] = set()
    owed: set[int] = set()
    first: set[int] = set()
    new: dict[int, int] = {}

    def now() -> list[int]:
        if given_rule.order == "sign_in":
            return list(queue)
        return sorted(queue, key=lambda one: (one not in first, new.get(one, 0), queue.index(one)))

    def lose(one: int) -> None:
        if given_rule.skipped == "next_free":
            owed.add(one)
        else:
            queue.remove(one)
            queue.append(one)
            first.discard(one)

    for turn in standing(turns):
        who = turn.who
        if turn.kind == "checked_in" and who not in queue:
            queue.append(who)
        if who not in queue:
            continue
        if turn.kind == "checked_out":
            queue.remove(who)
            for group in (busy, away, owed, first):
                group.discard(who)
        if turn.kind in RECEPTIONS:
            uses = turn.kind == "received"
            uses |= turn.kind == "returning" and given_rule.returning_customer == "uses_turn"
            uses |= turn.kind == "duty" and given_rule.duty_reception == "uses_turn"
            if uses:
                before = now()[: now().index(who)]
                for one in before:
                    if one in busy or one in away:
                        lose(one)
                queue.remove(who)
                queue.append(who)
                owed.discard(who)
                first.discard(who)
            if turn.kind == "received":
                new[who] = new.get(who, 0) + 1
            away.discard(who)
            busy.add(who)
        if turn.kind == "finished":
            busy.discard(who)
        if turn.kind == "skipped" and who not in busy:
            free = [one for one in now() if one not in busy and one not in away]
            away.add(who)
            if free[:1] == [who]:
                lose(who)
        if turn.kind == "returned":
            away.discard(who)
        if turn.kind == "handed" and turn.to in queue and turn.to != who:
            here, there = queue.index(who), queue.index(turn.to)
            queue[here], queue[there] = queue[there], queue[here]
            first.discard(who)
            first.add(turn.to)
    waiting = [one for one in now() if one not in busy and one not in away]
    return now(), (waiting or [None])[0], owed  # type: ignore[list-item]


KINDS = (
    "checked_in", "checked_in", "checked_out", "received", "received", "returning", "duty", "finished",
    "finished", "skipped", "returned", "handed", "taken_back",
)  # fmt: skip


@st.composite
def days(draw: st.DrawFn) -> list[Turn]:
    made = []
    for number in range(1, draw(st.integers(0, 40)) + 1):
        kind = draw(st.sampled_from(KINDS))
        who = draw(st.sampled_from(PEOPLE))
        to = draw(st.sampled_from(PEOPLE)) if kind == "handed" else None
        back = draw(st.integers(1, number)) if kind == "taken_back" else None
        made.append(Turn(number, kind, START + dt.timedelta(minutes=number), who, to, back))  # type: ignore[arg-type]
    return made


RULES = st.builds(
    rule,
    order=st.sampled_from(["sign_in", "fewest_new_customers"]),
    returning_customer=st.sampled_from(["keeps_turn", "uses_turn"]),
    duty_reception=st.sampled_from(["keeps_turn", "uses_turn"]),
    skipped=st.sampled_from(["next_free", "back_of_queue"]),
)


@given(days(), RULES)
def test_as_the_slow_version(turns: list[Turn], given_rule: Rotation) -> None:
    found = order(turns, given_rule)
    queue, first, owed = slow(turns, given_rule)
    assert names(found) == queue
    assert (found.next.who if found.next else None) == first
    assert {place.who for place in found.places if place.owed} == owed


@given(days(), RULES)
def test_taking_back_equals_never_having_happened(turns: list[Turn], given_rule: Rotation) -> None:
    counted = standing(turns)
    if not counted:
        return
    last = counted[-1]
    number = max(turn.number for turn in turns) + 1
    back = Turn(number, "taken_back", START, last.who, takes_back=last.number)
    assert order([*turns, back], given_rule) == order(counted[:-1], given_rule)


@given(days(), RULES)
def test_next_waits_and_all_before_do_not(turns: list[Turn], given_rule: Rotation) -> None:
    found = order(turns, given_rule)
    status = {place.who: place.status for place in found.places}
    assert all(status[who] != "waiting" for who in found.passed)
    assert (found.next is None) == ("waiting" not in status.values())
    assert (found.next is None) == (found.why is None)


@given(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1), st.integers(0, 30))
def test_everyone_has_as_many_turns(people: list[int], customers: int) -> None:
    """All check in, nobody leaves, customers come one after the other: nobody has two more than another."""
    turns = day(*[("checked_in", who) for who in people])
    for _ in range(customers):
        first = order(turns, rule()).next
        assert first
        for kind in ("received", "finished"):
            turns.append(Turn(len(turns) + 1, kind, START, first.who))  # type: ignore[arg-type]
    new = [place.new for place in order(turns, rule()).places]
    assert sum(new) == customers
    assert max(new) - min(new) <= 1
