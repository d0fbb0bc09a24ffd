"""Durations as rules write them, and the life of a registration against plain date arithmetic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.engine.stories import CALENDAR, START, ZONE, at, changed, pack

from dingfen.engine.durations import Duration, format_length, parse_length
from dingfen.engine.holding import protection
from dingfen.engine.load import load_pack

DAYS = {"counting": "inclusive", "start_day": "out", "days": "calendar", "roll": "none"}
CADENCE = {"H": 3, "A": 7, "B": 15, "C": 30, None: 7}


@pytest.mark.parametrize(
    "text", ["1 day", "5 days", "30 minutes", "1 working hour", "5 working days", "2 weeks", "3 months"]
)
def test_lengths_are_read_and_written_alike(text: str) -> None:
    assert format_length(*parse_length(text)) == text


@pytest.mark.parametrize(
    "text", ["5", "days", "five days", "5 dayss", "-1 days", "1.5 days", "5 days ago", "P5D"]
)
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(ValueError):
        parse_length(text)


@pytest.mark.parametrize(
    "form",
    [
        "5 days",
        {"length": "5 days"},
        {"length": "5 days", **DAYS, "roll": "sometimes"},
        {"length": "2 weeks", **DAYS, "days": "working"},
        {"length": "5 working days", **DAYS},
        {"length": "3 hours", **DAYS},
        {"length": 5, **DAYS},
        {"length": "5 days", **DAYS, "zone": "UTC"},
    ],
)
def test_a_length_of_days_says_how_it_counts_and_one_of_hours_does_not(form: Any) -> None:
    with pytest.raises(ValidationError):
        Duration.model_validate(form)


def test_working_days_may_be_written_either_way() -> None:
    one = Duration.model_validate({"length": "5 days", **DAYS, "days": "working"})
    assert one == Duration.model_validate({"length": "5 working days", **DAYS, "days": "working"})
    assert one.length == "5 working days"
    assert Duration.model_validate(one.model_dump()) == one


def day_end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), ZONE)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(list(CADENCE)),
    st.lists(st.integers(0, 80 * 24), max_size=6),
    st.integers(0, 90 * 24),
)
def test_a_hold_lapses_five_days_after_the_follow_up_was_due(
    grade: str | None, hours: list[int], now: int
) -> None:
    moment = at(hours=now)
    follow_ups = [at(hours=hour) for hour in hours]
    found = protection(
        pack("auto-dealer"),
        registered_at=START,
        grade=grade,
        follow_ups=follow_ups,
        calendar=CALENDAR,
        now=moment,
    )
    last = max([START, *(each for each in follow_ups if each <= moment)])
    due_day = last.astimezone(ZONE).date() + timedelta(days=CADENCE[grade])
    lapse_at = day_end(due_day + timedelta(days=5))
    assert found.follow_up_due == day_end(due_day)
    assert found.lapse_at == found.protected_until == lapse_at
    assert found.warn_at == max(lapse_at - timedelta(days=1), START)
    expected = "lapsed" if moment >= lapse_at else "lapsing" if moment >= found.warn_at else "held"
    assert (found.state, found.article, found.follow_up_article) == (expected, "OWN-9", "OWN-7")


def test_a_follow_up_before_the_registration_or_after_now_does_not_count() -> None:
    found = protection(
        pack("auto-dealer"),
        registered_at=START,
        grade="H",
        follow_ups=[at(-1), at(20)],
        calendar=CALENDAR,
        now=at(5),
    )
    assert found.lapse_at == day_end(date(2026, 3, 10))


def test_the_first_of_several_lapses_holds_and_names_its_article() -> None:
    kept = [at(day) for day in range(10, 90, 10)]
    rules = pack("b2b-sales")
    idle = protection(rules, registered_at=START, grade=None, follow_ups=[], calendar=CALENDAR, now=at(1))
    busy = protection(rules, registered_at=START, grade=None, follow_ups=kept, calendar=CALENDAR, now=at(85))
    assert (idle.article, idle.lapse_at) == ("BBS-6", day_end(date(2026, 4, 1)))
    assert (busy.article, busy.lapse_at) == ("BBS-5", day_end(date(2026, 5, 31)))
    assert busy.follow_up_due is None


def test_a_lapse_in_hours_runs_from_the_moment_itself() -> None:
    old = "after: {length: 30 days, counting: inclusive, start_day: out, days: calendar, roll: none}"
    rules = load_pack(changed("b2b-sales", ownership=(old, "after: {length: 72 hours}")))
    found = protection(
        rules, registered_at=START, grade=None, follow_ups=[at(1)], calendar=CALENDAR, now=at(2)
    )
    assert found.lapse_at == at(4)
