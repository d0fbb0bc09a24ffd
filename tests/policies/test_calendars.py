"""Calendars kept in a process are those of rules in force."""

from __future__ import annotations

from dingfen.engine.calendar_form import CalendarForm
from dingfen.policies import calendars
from dingfen.policies.queries import shipped


def test_rules_that_are_only_tried_lend_nobody_their_calendar() -> None:
    sundays = CalendarForm.model_validate({"zone": "Asia/Shanghai", "periods": {"sun": ["10:00-16:00"]}})
    tried = shipped("auto-dealer").model_copy(update={"calendar": sundays})
    zone = "Pacific/Chatham"  # of no other test
    assert calendars.calendar_of(zone, tried).week[6]
    assert not calendars.calendar_of(zone, None).week[6]
    assert calendars.calendar_of(zone, tried, "digest of tried").week[6]
    assert not calendars.calendar_of(zone, None).week[6]
