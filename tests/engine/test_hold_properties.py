"""Lapse, follow-up and claim windows against a walk through the calendar, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.slow_holds import CADENCE, after, lapses_on, may_claim
from tests.engine.stories import CALENDAR, ZONE, folded, happened, pack

from dingfen.engine.durations import Duration
from dingfen.engine.holding import protection
from dingfen.engine.ownership import Protection as Rules
from dingfen.engine.schema import Pack

MIDNIGHT = datetime(2026, 3, 2, tzinfo=ZONE)
PEOPLE = {"li": "east", "wang": "east", "zhao": "west"}
hours = st.integers(0, 60 * 24)


def moment(hour: int) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(hours, st.sampled_from(list(PEOPLE)), st.sampled_from(["registers", "follows up"])),
        max_size=9,
    ),
    st.sampled_from(list(CADENCE)),
    hours,
)
def test_who_holds_after_a_story(told: list[tuple[int, str, str]], grade: str | None, deal: int) -> None:
    """`lapsed`, `registered_at` and the protection at the deal, whatever people did before."""
    story = sorted({each[:1]: each for each in told}.values())  # one thing an hour
    past = [each for each in story if each[0] <= deal]
    numbers = count(1)
    events = [happened("graded", moment(-1), None, 0, grade=grade)] if grade else []
    for hour, who, what in story:
        kind: Any = "registered" if what == "registers" else "touch"
        attrs = {} if what == "registers" else {"kind": "call", "reached": True}
        events.append(happened(kind, moment(hour), who, next(numbers), **attrs))
    events.append(happened("deal", moment(deal), "chen", next(numbers), deal="d"))
    facts = folded(events, {**PEOPLE, "chen": "east"})
    holds = after(past, grade)
    for claim in facts["claims"][:3]:
        hold = holds.get(claim["staff"])
        assert claim["lapsed"] == (hold is not None and hold.is_void(deal, grade))
        assert claim["protected_at_deal"] == (hold is not None and not hold.is_void(deal, grade))
        assert (claim["registered_at"] is None) == (hold is None)
        if hold is not None:
            assert datetime.fromisoformat(claim["registered_at"]) == moment(hold.since)


@settings(max_examples=200, deadline=None)
@given(hours, st.none() | hours, hours)
def test_how_long_one_may_claim(deal: int, wait: int | None, later: int) -> None:
    delivered = None if wait is None else deal + wait
    claim = max(deal, delivered or deal) + later // 6 if wait is not None and later % 2 else deal + later // 6
    events = [
        happened("registered", moment(deal - 1), "li", 1),
        happened("deal", moment(deal), "wang", 2, deal="d"),
        happened("dispute_raised", moment(claim), "li", 4),
    ]
    if delivered is not None:
        events.append(happened("delivered", moment(delivered), "wang", 3, deal="d"))
    facts = folded(sorted(events, key=lambda event: event.at), {"li": "east", "wang": "east"})
    assert facts["claims"][0]["claim_within_window"] == may_claim(deal, delivered, claim)
    assert facts["claims"][1]["claim_within_window"] is True


def rules(after_days: int, start: str, counting: str, start_day: str) -> Pack:
    length = {"length": f"{after_days} days", "counting": counting, "start_day": start_day}
    lapse = {"after": {**length, "days": "calendar", "roll": "none"}, "from": start, "article": "OWN-9"}
    whole = {"lapse": [lapse], "warn_before": "1 day", "then": "open", "article": "OWN-9"}
    whole["renewal"] = {"at_most": 1, "approved_by": "head", "article": "OWN-9"}
    made = Rules.model_validate(whole)
    ownership = pack("auto-dealer").ownership.model_copy(update={"protection": made})
    return pack("auto-dealer").model_copy(update={"ownership": ownership})


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 40),
    st.sampled_from(["registered", "last_effective_follow_up", "stage_reached"]),
    st.sampled_from(["inclusive", "exclusive"]),
    st.sampled_from(["in", "out"]),
    hours,
    st.lists(hours, max_size=4),
    st.none() | hours,
    st.lists(hours, max_size=2),
)
def test_every_way_of_counting(
    days: int,
    start: str,
    counting: str,
    start_day: str,
    registered: int,
    worked: list[int],
    staged: int | None,
    renewed: list[int],
) -> None:
    now = 60 * 24
    found = protection(
        rules(days, start, counting, start_day),
        registered_at=moment(registered),
        grade=None,
        follow_ups=[moment(hour) for hour in worked],
        calendar=CALENDAR,
        now=moment(now),
        stage=None if staged is None else (moment(staged), "deposit"),
        renewals=[moment(hour) for hour in renewed],
    )
    begin = registered
    if start == "last_effective_follow_up":
        begin = max([registered, *(hour for hour in worked if hour >= registered)])
    allowed = sorted(hour for hour in renewed if hour >= registered)[:1]
    if start == "registered" and allowed:
        begin = allowed[0]
    if start == "stage_reached" and staged is not None:
        begin = max(registered, staged)
    day, left = begin // 24, days
    if start_day == "in":
        left -= 1
    while left:
        day, left = day + 1, left - 1
    assert found.lapse_at == moment((day + (counting == "inclusive")) * 24)
    assert found.state == ("lapsed" if found.lapse_at <= moment(now) else found.state)


def test_the_walk_agrees_with_the_book() -> None:
    """The words of the note to OWN-9: eight days for H, twelve for A, twenty for B, thirty-five for C."""
    assert [lapses_on(12, grade) - 1 for grade in ("H", "A", "B", "C")] == [8, 12, 20, 35]
    assert isinstance(pack("auto-dealer").ownership.protection.lapse[0].after, Duration)
