"""The business calendar of a site: which moments are working time, which dates are working days.

A moment is working time when the wall clock at the site then shows a time inside a work period. So an
hour that the clocks skip in spring is not worked, and one they repeat in autumn is worked twice, if it
lies inside a period. All sums are exact to the microsecond and take no loop over minutes or days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dingfen.engine.day_sums import DaySums
from dingfen.engine.zones import (
    DAY,
    SECOND,
    first_instant,
    instant_of,
    last_instant,
    moment_of,
    pieces,
    wall_of,
)

Period = tuple[int, int]
"""Seconds after the midnight that starts its date: [start, end). An end past 86,400 is next morning's."""
Periods = tuple[Period, ...]
"""The work periods of one date, in order and apart; none on a day off."""

_NEVER = date.max.toordinal()


class NoWorkingTime(Exception):
    """The calendar has no working time, or no working day, left in the direction asked for."""


@dataclass(frozen=True)
class Calendar:
    """Working time of one site.

    `week` holds the work periods of Monday to Sunday; `dates` the periods of the dates that differ
    (none for a holiday, those of a working day for a make-up working day). `known_until` is the last
    date whose statutory holidays have been announced: past it the plain week is an estimate.
    Raises ValueError for a period that ends before it starts or more than 24 hours later.
    """

    zone: ZoneInfo
    week: tuple[Periods, ...]
    dates: Mapping[date, Periods] = field(default_factory=dict)
    known_until: date | None = None
    _worked: _WallTime = field(init=False, repr=False, compare=False)
    _days: DaySums = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        _check_periods([*self.week, *self.dates.values()])
        special = {day.toordinal(): periods for day, periods in self.dates.items()}
        object.__setattr__(self, "_worked", _WallTime(self.week, special))
        counts = [int(bool(periods)) for periods in self.week]
        days = DaySums(counts, {day: int(bool(periods)) for day, periods in special.items()})
        object.__setattr__(self, "_days", days)

    # Dates

    def date_of(self, moment: datetime) -> date:
        """The date on the site's wall at an aware moment."""
        return moment.astimezone(self.zone).date()

    def periods(self, day: date) -> Periods:
        """The work periods that start on a date, in order."""
        own = self.dates.get(day)
        return self.week[day.weekday()] if own is None else own

    def is_working_day(self, day: date) -> bool:
        """Whether a work period starts on the date."""
        return bool(self.periods(day))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days from `start` to the day before `end`; negative when `end` is the earlier one."""
        return self._days.before(end.toordinal()) - self._days.before(start.toordinal())

    def nth_working_day(self, day: date, n: int) -> date:
        """The `n`th working day on or after `day` (n ≥ 1), or before it (n ≤ -1: -1 is the last before).

        Raises NoWorkingTime when there is none, ValueError for n = 0.
        """
        if n == 0:
            raise ValueError("working days are counted from 1 onwards or from -1 backwards")
        low = day.toordinal() if n > 0 else 1
        high = _NEVER if n > 0 else day.toordinal()
        count = self._days.before(day.toordinal()) + (n if n > 0 else n + 1)
        found = self._days.reaching(count, low, high)
        if count < 1 or found == high:
            raise NoWorkingTime(f"no {abs(n)} working days {'from' if n > 0 else 'before'} {day}")
        return date.fromordinal(found)

    def start_of(self, day: date) -> datetime:
        """The moment (UTC) at which the date starts on the site's wall."""
        return moment_of(first_instant(self.zone, wall_of(day)))

    def end_of(self, day: date) -> datetime:
        """24:00 of the date: the moment (UTC) at which the next one starts."""
        return self.start_of(day + timedelta(days=1))

    def opening(self, day: date) -> datetime:
        """When work starts on the date; its start where it is not a working day."""
        periods = self.periods(day)
        if not periods:
            return self.start_of(day)
        return moment_of(first_instant(self.zone, wall_of(day, periods[0][0] * SECOND)))

    def closing(self, day: date) -> datetime:
        """When the last work period that starts on the date ends; 24:00 where it is not a working day.

        This is how the last day of a period ends under article 203 of the Civil Code of the PRC: at the
        close of business where there are business hours, otherwise at 24:00.
        """
        periods = self.periods(day)
        if not periods:
            return self.end_of(day)
        return moment_of(last_instant(self.zone, wall_of(day, periods[-1][1] * SECOND)))

    # Working time

    def is_working_time(self, moment: datetime) -> bool:
        """Whether an aware moment lies inside a work period."""
        instant = instant_of(moment)
        return self._between(instant, instant + 1) > 0

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one aware moment to another; negative when `end` is the earlier one."""
        first, last = instant_of(start), instant_of(end)
        if last < first:
            return -timedelta(microseconds=self._between(last, first))
        return timedelta(microseconds=self._between(first, last))

    def working_minutes_between(self, start: datetime, end: datetime) -> float:
        """`working_time_between` in minutes."""
        return self.working_time_between(start, end) / timedelta(minutes=1)

    def add_working(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment (UTC) with `amount` of working time between `start` and it.

        A negative amount gives the last such moment before `start`; none gives `start` itself.
        Raises NoWorkingTime when the calendar never has that much.
        """
        wanted = amount // timedelta(microseconds=1)
        if wanted < 0:
            return self._subtract(start, -wanted)
        instant = instant_of(start)
        if wanted == 0:
            return moment_of(instant)
        for piece_start, piece_end, offset in self._pieces(instant):
            worked = self._worked.before(piece_start + offset)
            there = self._worked.before(piece_end + offset) - worked
            if there >= wanted:
                wall = self._worked.reaching(worked + wanted, piece_start + offset, piece_end + offset)
                return moment_of(wall - offset)
            wanted -= there
        raise NoWorkingTime(f"less than {amount} of working time after {start}")

    def _subtract(self, end: datetime, wanted: int) -> datetime:
        """The last moment with `wanted` microseconds of working time between it and `end`."""
        stop = instant_of(end)
        while self._worked.before(stop) > wanted:
            start = stop - 366 * DAY
            for piece_start, piece_end, offset in reversed(list(pieces(self.zone, start, stop))):
                until = self._worked.before(piece_end + offset)
                there = until - self._worked.before(piece_start + offset)
                if there >= wanted:
                    wall = self._worked.passing(until - wanted, piece_start + offset, piece_end + offset)
                    return moment_of(wall - offset)
                wanted -= there
            stop = start
        raise NoWorkingTime(f"less than that of working time before {end}")

    def _pieces(self, instant: int) -> Iterator[tuple[int, int, int]]:
        """The pieces of constant offset from an instant on, as long as working time is left."""
        for piece in pieces(self.zone, instant, (_NEVER - 366) * DAY):
            if self._worked.ends_before(piece[0] + piece[2]):
                return
            yield piece

    def _between(self, first: int, last: int) -> int:
        """Microseconds of working time in [first, last)."""
        before = self._worked.before
        return sum(
            before(end + offset) - before(start + offset)
            for start, end, offset in pieces(self.zone, first, last)
        )


class _WallTime:
    """Working time on the wall clock, as if it never jumped: a running sum and its inverse."""

    def __init__(self, week: tuple[Periods, ...], special: Mapping[int, Periods]) -> None:
        def own(day: int) -> Periods:
            periods = special.get(day)
            return week[(day - 1) % 7] if periods is None else periods

        # A night shift reaches into the next date, so a date that differs can change two.
        touched = {day + step for day in special for step in (0, 1)}
        self._week = [_inside_day(week[day - 1], week[day]) for day in range(7)]
        self._special = {day: _inside_day(own(day - 1), own(day)) for day in touched}
        self._sums = DaySums(
            [_total(spans) for spans in self._week],
            {day: _total(spans) for day, spans in self._special.items()},
        )

    def before(self, wall: int) -> int:
        """Working time up to a wall clock reading."""
        day, at = divmod(wall, DAY)
        inside = sum(min(end, at) - start for start, end in self._spans(day) if start < at)
        return self._sums.before(day) + inside

    def reaching(self, total: int, low: int, high: int) -> int:
        """The first reading in [low, high] with `total` of working time up to it."""
        day = self._sums.reaching(total, low // DAY, high // DAY)
        missing = total - self._sums.before(day)
        for start, end in self._spans(day):
            if missing <= end - start:
                return day * DAY + start + missing
            missing -= end - start
        return high

    def passing(self, total: int, low: int, high: int) -> int:
        """The last reading in [low, high] with no more than `total` of working time up to it."""
        day = self._sums.passing(total, low // DAY, high // DAY)
        missing = total - self._sums.before(day)
        for start, end in self._spans(day):
            if missing < end - start:
                return day * DAY + start + missing
            missing -= end - start
        return high

    def ends_before(self, wall: int) -> bool:
        """Whether no working time is left from a reading on."""
        return self._sums.ends_before(wall // DAY)

    def _spans(self, day: int) -> Periods:
        spans = self._special.get(day)
        return self._week[(day - 1) % 7] if spans is None else spans


def _inside_day(yesterday: Iterable[Period], today: Iterable[Period]) -> Periods:
    """What is worked between 00:00 and 24:00 of a date, in microseconds, in order and without overlap."""
    spans = [(0, end * SECOND - DAY) for _, end in yesterday if end * SECOND > DAY]
    spans += [(start * SECOND, min(end * SECOND, DAY)) for start, end in today]
    merged: list[Period] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _total(spans: Iterable[Period]) -> int:
    return sum(end - start for start, end in spans)


def _check_periods(days: Iterable[Periods]) -> None:
    for periods in days:
        for start, end in periods:
            if not 0 <= start < 86_400 or not start < end <= start + 86_400:
                raise ValueError(
                    f"a work period starts within its date and lasts at most a day: {start}-{end}"
                )
        for earlier, later in pairwise(periods):
            if later[0] < earlier[1]:
                raise ValueError(f"work periods of a date must be in order and apart: {earlier} {later}")
