"""What is entered the next morning, and until when it still counts as made the same day (A10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from dingfen.ownership.rules import Rules

ONE_DAY = timedelta(days=1)


def after_closing(rules: Rules, moment: datetime) -> bool:
    """Whether the desk had closed: after the last work period of the day, or on a day without one."""
    calendar = rules.calendar
    day = calendar.date_of(moment)
    return not calendar.is_working_day(day) or moment >= calendar.closing(day)


def opens_after(rules: Rules, moment: datetime) -> datetime:
    """When the desk opens on the working day after a moment's day."""
    calendar = rules.calendar
    return calendar.opening(calendar.nth_working_day(calendar.date_of(moment) + ONE_DAY, 1))


def enter_by(rules: Rules, taken_at: datetime) -> datetime:
    """Until when a call taken after closing is to be entered (`engine.entering` judges by the same rule)."""
    opening, first = opens_after(rules, taken_at), rules.ownership.registration.first_thing
    return opening + first.by if first else rules.calendar.end_of(rules.calendar.date_of(opening))
