"""From the moment a clock starts and the length a rule allows to the moment it is due."""

from __future__ import annotations

import calendar as months_of
from datetime import date, datetime, timedelta

from dingfen.engine.calendar import Calendar
from dingfen.engine.durations import CLOCK_UNITS, Duration
from dingfen.engine.zones import SECOND, first_instant, instant_of, moment_of, wall_of

_CLOCK_TIME = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}


def due(start: datetime, duration: Duration, calendar: Calendar) -> datetime:
    """The deadline (UTC) of a clock that starts at an aware moment. What happens at it is late.

    Clock time runs from the moment itself (Civil Code of the PRC, article 201), working hours in the
    calendar's working time. Lengths of days end with their last day on the site's wall: at 24:00 when
    all days count, at the close of business when only working days do (article 203); a length that is
    exclusive of its last day ends as that day starts, or as work starts on it.

    Raises ValueError for a moment without zone, NoWorkingTime when the calendar has too little.
    """
    if duration.unit == "working_hours":
        return calendar.add_working(start, timedelta(hours=duration.amount))
    if duration.unit in CLOCK_UNITS:
        return moment_of(instant_of(start)) + duration.amount * _CLOCK_TIME[duration.unit]
    day = last_day(calendar.date_of(start), duration, calendar)
    if duration.days == "working":
        return calendar.opening(day) if duration.counting == "exclusive" else calendar.closing(day)
    return calendar.start_of(day) if duration.counting == "exclusive" else calendar.end_of(day)


def after_pause(
    moment: datetime, paused_at: datetime, resumed_at: datetime, duration: Duration, calendar: Calendar
) -> datetime:
    """Where a deadline or reminder moves when the clock of a `duration` stood still meanwhile.

    Clock time moves by the length of the pause, working hours by the working time in it. Days move by the
    days, of those the duration counts, that passed between the two dates; the time of day stays, and so
    does an opening or a close of business. Raises NoWorkingTime when the calendar has too little.
    """
    if duration.unit == "working_hours":
        stood_still = calendar.working_time_between(paused_at, resumed_at)
        return calendar.add_working(moment, stood_still)
    if duration.unit in CLOCK_UNITS:
        return moment_of(instant_of(moment)) + (resumed_at - paused_at)
    first, last = calendar.date_of(paused_at), calendar.date_of(resumed_at)
    day = calendar.date_of(moment)
    if duration.days == "calendar":
        return _at_time_of_day(moment, day + (last - first), calendar)
    passed = calendar.working_days_between(first, last)
    for own in (day, day - timedelta(days=1)):  # a night shift closes on the next date
        for bound in (calendar.closing, calendar.opening):
            if moment == bound(own):
                return bound(_working_days_later(own, passed, calendar))
    return _at_time_of_day(moment, _working_days_later(day, passed, calendar), calendar)


def last_day(start: date, duration: Duration, calendar: Calendar) -> date:
    """The last counted day of a length of days, weeks or months that starts on `start`.

    A length of months ends on the day of the month that corresponds to the start day, or on the last
    one of a shorter month (article 202), and the day before that when the start day counts. A length of
    no days ends on the start day. An end on a day off rolls as the duration says (article 203: `next`).

    Raises ValueError for a length of clock time, NoWorkingTime when no working day is left.
    """
    if duration.unit in CLOCK_UNITS:
        raise ValueError(f"a length in {duration.unit} has no last day")
    counts_start = duration.start_day == "in"
    if duration.unit == "working_days":
        return _last_working_day(start, duration.amount, counts_start, calendar)
    if duration.amount == 0:
        return _rolled(start, duration, calendar)
    if duration.unit == "months":
        return _rolled(_last_of_months(start, duration.amount, counts_start), duration, calendar)
    days = duration.amount * (7 if duration.unit == "weeks" else 1)
    return _rolled(start + timedelta(days=days - counts_start), duration, calendar)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later, or the last day of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, months_of.monthrange(year, month + 1)[1]))


def _last_of_months(start: date, months: int, counts_start: bool) -> date:
    if not counts_start:
        return add_months(start, months)
    one_day = timedelta(days=1)
    return add_months(start, months) - one_day if start.day == 1 else add_months(start - one_day, months)


def _at_time_of_day(moment: datetime, day: date, calendar: Calendar) -> datetime:
    """When the wall clock shows the moment's time of day on another date."""
    wall = moment.astimezone(calendar.zone)
    seconds = (wall.hour * 60 + wall.minute) * 60 + wall.second
    return moment_of(first_instant(calendar.zone, wall_of(day, seconds * SECOND + wall.microsecond)))


def _working_days_later(day: date, n: int, calendar: Calendar) -> date:
    return calendar.nth_working_day(day + timedelta(days=1), n) if n else day


def _last_working_day(start: date, amount: int, counts_start: bool, calendar: Calendar) -> date:
    if amount == 0:
        return calendar.nth_working_day(start, 1)
    return calendar.nth_working_day(start if counts_start else start + timedelta(days=1), amount)


def _rolled(day: date, duration: Duration, calendar: Calendar) -> date:
    if duration.roll == "none" or calendar.is_working_day(day):
        return day
    if duration.roll == "next":
        return calendar.nth_working_day(day, 1)
    return calendar.nth_working_day(day, -1)
