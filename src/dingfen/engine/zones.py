"""When the wall clocks of an IANA time zone jump, in whole microseconds.

An instant is counted in microseconds of UTC since the day before 0001-01-01, a wall clock reading in
microseconds since the same midnight on the wall: both divide into (date ordinal, time of day).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY = 86_400 * SECOND
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def instant_of(moment: datetime) -> int:
    """The instant of an aware datetime. Raises ValueError when it names no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment must name its time zone")
    return (moment - _EPOCH) // _MICROSECOND + DAY


def moment_of(instant: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + (instant - DAY) * _MICROSECOND


def wall_of(day: date, at: int = 0) -> int:
    """The wall clock reading `at` microseconds after the midnight that starts `day`."""
    return day.toordinal() * DAY + at


def offset_at(zone: ZoneInfo, instant: int) -> int:
    """How far the wall clock is ahead of UTC at an instant."""
    offset = moment_of(instant).astimezone(zone).utcoffset()
    return offset // _MICROSECOND if offset else 0


def pieces(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """[start, end) cut where the wall clock jumps and where a UTC year ends: (from, to, offset)."""
    year = moment_of(start).year
    while start < end:
        year_end = instant_of(datetime(year + 1, 1, 1, tzinfo=UTC))
        for jump in (*_jumps(zone, year), year_end):
            if start < jump:
                stop = min(jump, end)
                yield start, stop, offset_at(zone, start)
                start = stop
            if start >= end:
                return
        year += 1


def first_instant(zone: ZoneInfo, wall: int) -> int:
    """The first instant at which the wall clock shows `wall` or, where it skips it, more."""
    return _instants(zone, wall)[0]


def last_instant(zone: ZoneInfo, wall: int) -> int:
    """The last instant at which the wall clock shows `wall`; where it skips it, the jump."""
    return _instants(zone, wall)[-1]


@lru_cache(maxsize=16_384)
def _instants(zone: ZoneInfo, wall: int) -> tuple[int, ...]:
    """The instants that show `wall`, in order; the jump alone where no instant does.

    Kept: deadlines of many cases end as the same days open and close.
    """
    around = list(pieces(zone, wall - 2 * DAY, wall + 2 * DAY))
    shown = [wall - offset for start, end, offset in around if start <= wall - offset < end]
    return tuple(shown or [start for start, _, offset in around if start + offset > wall][:1])


@lru_cache(maxsize=4096)
def _jumps(zone: ZoneInfo, year: int) -> tuple[int, ...]:
    """The instants of a UTC year at which the offset changes. Two jumps within a day are not seen."""
    start = instant_of(datetime(year, 1, 1, tzinfo=UTC))
    end = instant_of(datetime(year + 1, 1, 1, tzinfo=UTC))
    found = []
    before = offset_at(zone, start)
    for probe in range(start + DAY, end + 1, DAY):
        after = offset_at(zone, probe)
        if after != before:
            found.append(_jump_between(zone, probe - DAY, probe))
        before = after
    return tuple(found)


def _jump_between(zone: ZoneInfo, low: int, high: int) -> int:
    """The first instant in (low, high] with the offset that holds at `high`; zones jump on whole seconds."""
    new = offset_at(zone, high)
    while high - low > SECOND:
        middle = low + (high - low) // SECOND // 2 * SECOND
        if offset_at(zone, middle) == new:
            high = middle
        else:
            low = middle
    return high
