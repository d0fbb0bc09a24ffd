"""Which steps a clock has, and which one fires when several are due."""

from datetime import timedelta

import pytest
from tests.cast import NOW

from dingfen.clocks.steps import first_moment, moved, schedule, take_due

HOUR = timedelta(hours=1)


def names(steps: list) -> list[str]:
    return [step["step"] for step in steps]


def test_the_breach_stands_at_the_deadline_among_the_others() -> None:
    steps = schedule(NOW + 3 * HOUR, [(NOW + 4 * HOUR, "head"), (NOW + 2 * HOUR, "half")], NOW)
    assert names(steps) == ["half", "breach", "head"]
    assert first_moment(steps) == NOW + 2 * HOUR


def test_past_reminders_are_left_out_but_never_the_breach() -> None:
    late = schedule(NOW - HOUR, [(NOW - 2 * HOUR, "half"), (NOW - HOUR / 2, "head")], NOW)
    assert names(late) == ["breach", "head"]


def test_a_breach_comes_before_an_escalation_at_the_same_moment() -> None:
    assert names(schedule(NOW + HOUR, [(NOW + HOUR, "head")], NOW)) == ["breach", "head"]


def test_after_an_outage_overtaken_reminders_are_let_go_and_escalations_are_not() -> None:
    reminders = [(NOW + HOUR, "half"), (NOW + 2 * HOUR, "three quarters")]
    steps = schedule(NOW + 3 * HOUR, [*reminders, (NOW + 4 * HOUR, "head"), (NOW + 5 * HOUR, "manager")], NOW)
    fired, rest = take_due(steps, NOW + HOUR)
    assert (fired["step"], len(rest)) == ("half", 4)
    fired, rest = take_due(steps, NOW + 2.5 * HOUR)
    assert (fired["step"], len(rest)) == ("three quarters", 3)
    seen = []
    rest = steps
    while rest:
        fired, rest = take_due(rest, NOW + 9 * HOUR)
        seen.append(fired["step"])
    assert seen == ["breach", "head", "manager"]
    with pytest.raises(ValueError, match="no step is due"):
        take_due(steps, NOW)


def test_steps_move_together() -> None:
    steps = schedule(NOW + 2 * HOUR, [(NOW + HOUR, "half")], NOW)
    there = {step["at"]: NOW + 9 * HOUR for step in steps}
    assert {step["at"] for step in moved(steps, there)} == {(NOW + 9 * HOUR).isoformat()}
