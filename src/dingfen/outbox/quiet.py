"""Quiet hours: when a message that can wait, waits."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(starts: time, ends: time, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When the quiet hours around `at` end; None outside of them.

    `starts` and `ends` are wall clock times of the person's site; hours that end before they start last
    through the night, and equal times mean none.
    """
    wall = at.astimezone(zone)
    now = wall.time()
    if starts < ends:
        quiet, next_day = starts <= now < ends, False
    else:
        quiet, next_day = (now >= starts or now < ends) and starts != ends, now >= starts
    if not quiet:
        return None
    day = wall.date() + timedelta(days=1 if next_day else 0)
    return datetime.combine(day, ends, tzinfo=zone).astimezone(at.tzinfo)
