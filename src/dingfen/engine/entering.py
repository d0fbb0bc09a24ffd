"""Was a registration entered in time? The same-day rule and its one exception (A10), as plain arithmetic."""

from __future__ import annotations

from datetime import datetime, timedelta

from dingfen.engine.calendar import Calendar
from dingfen.engine.ownership import Registration


def is_same_day(received_at: datetime, entered_at: datetime, calendar: Calendar) -> bool:
    """Whether both moments lie on one day of the site."""
    return calendar.date_of(received_at) == calendar.date_of(entered_at)


def is_late_evening(
    rule: Registration, received_at: datetime, entered_at: datetime, calendar: Calendar
) -> bool:
    """Whether a call after closing was entered first thing on the next day that is worked.

    First thing: as `first_thing` says; where the policy doesn't, while the day lasts.
    """
    if not rule.late_evening or is_same_day(received_at, entered_at, calendar):
        return False
    day = calendar.date_of(received_at)
    if calendar.is_working_day(day) and received_at < calendar.closing(day):
        return False
    morning = calendar.nth_working_day(day + timedelta(days=1), 1)
    first = rule.first_thing
    until = calendar.opening(morning) + first.by if first else calendar.end_of(morning)
    return received_at < entered_at < until


def is_in_time(rule: Registration, received_at: datetime, entered_at: datetime, calendar: Calendar) -> bool:
    """Whether the registration counts as far as its time goes."""
    return (
        not rule.same_day
        or is_same_day(received_at, entered_at, calendar)
        or is_late_evening(rule, received_at, entered_at, calendar)
    )
