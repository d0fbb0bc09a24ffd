"""Working time against the slow and obvious: look at the wall clock at every minute and count."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.engine.calendar import Calendar, NoWorkingTime, Period

MINUTE = timedelta(minutes=1)
ZONES = (
    "Asia/Shanghai",
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",  # jumps by half an hour
    "America/Sao_Paulo",  # jumped at midnight
    "Africa/Casablanca",  # jumps four times in some years
    "Pacific/Apia",  # left out 30 December 2011
    "Asia/Kathmandu",
)
NIGHTS = {  # around these the clocks of the zones jump
    "Europe/Amsterdam": (datetime(2026, 3, 28), datetime(2026, 10, 24)),  # noqa: DTZ001
    "America/New_York": (datetime(2026, 3, 7), datetime(2026, 10, 31)),  # noqa: DTZ001
    "Australia/Lord_Howe": (datetime(2026, 4, 4), datetime(2026, 10, 3)),  # noqa: DTZ001
    "America/Sao_Paulo": (datetime(2018, 2, 17), datetime(2018, 11, 3)),  # noqa: DTZ001
    "Africa/Casablanca": (datetime(2018, 5, 12), datetime(2018, 6, 16)),  # noqa: DTZ001
    "Pacific/Apia": (datetime(2011, 12, 28), datetime(2011, 9, 23)),  # noqa: DTZ001
}


@st.composite
def day_periods(draw: st.DrawFn) -> tuple[Period, ...]:
    """Up to three periods on whole minutes; the last may run into the next morning."""
    marks = sorted(draw(st.sets(st.integers(0, 1439), max_size=6)))
    overnight = draw(st.booleans())
    marks = marks[: len(marks) // 2 * 2]
    periods = [(marks[i] * 60, marks[i + 1] * 60) for i in range(0, len(marks), 2)]
    if periods and overnight:
        start = periods[-1][0]
        periods[-1] = (start, start + draw(st.integers(1, 1440)) * 60)
    return tuple(periods)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar and a minute near a jump of its zone, with odd dates around that minute."""
    name = draw(st.sampled_from(ZONES))
    night = draw(st.sampled_from(NIGHTS.get(name, (datetime(2026, 2, 14),))))  # noqa: DTZ001
    start = night.replace(tzinfo=UTC) + draw(st.integers(-2880, 2880)) * MINUTE
    week = draw(st.tuples(*[day_periods()] * 7))
    dates = st.integers(-3, 6).map(lambda step: start.date() + timedelta(days=step))
    special = draw(st.dictionaries(dates, day_periods(), max_size=5))
    return Calendar(ZoneInfo(name), week, special), start


def works(calendar: Calendar, moment: datetime) -> bool:
    """The definition: the wall clock shows a time inside a period of its date, or of the night before."""
    wall = moment.astimezone(calendar.zone).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        since = (wall - datetime.combine(day, datetime.min.time())).total_seconds()
        if any(start <= since < end for start, end in calendar.periods(day)):
            return True
    return False


def count(calendar: Calendar, start: datetime, minutes: int) -> int:
    return sum(works(calendar, start + step * MINUTE) for step in range(minutes))


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 4000))
def test_working_time_is_the_number_of_working_minutes(case: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = case
    end = start + minutes * MINUTE
    expected = count(calendar, start, minutes)
    assert calendar.working_minutes_between(start, end) == expected
    assert calendar.working_minutes_between(end, start) == -expected
    assert calendar.is_working_time(start) == works(calendar, start)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 900))
def test_adding_finds_the_first_moment_with_that_much(case: tuple[Calendar, datetime], wanted: int) -> None:
    calendar, start = case
    reached = start
    left = wanted
    for _ in range(9000):
        left -= works(calendar, reached)
        reached += MINUTE
        if left == 0:
            assert calendar.add_working(start, wanted * MINUTE) == reached
            return
    try:
        assert calendar.add_working(start, wanted * MINUTE) > reached
    except NoWorkingTime:
        assert not any(calendar.week)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 900))
def test_subtracting_finds_the_last_moment_with_that_much(
    case: tuple[Calendar, datetime], wanted: int
) -> None:
    calendar, end = case
    reached = end
    left = wanted
    for _ in range(9000):
        reached -= MINUTE
        left -= works(calendar, reached)
        if left == 0:
            assert calendar.add_working(end, -wanted * MINUTE) == reached
            return
    try:
        assert calendar.add_working(end, -wanted * MINUTE) < reached
    except NoWorkingTime:
        assert not any(calendar.week)


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(0, 10**12), st.integers(0, 10**12))
def test_parts_add_up_to_the_microsecond(case: tuple[Calendar, datetime], first: int, second: int) -> None:
    calendar, start = case
    middle = start + timedelta(microseconds=first)
    end = middle + timedelta(microseconds=second)
    parts = calendar.working_time_between(start, middle) + calendar.working_time_between(middle, end)
    assert calendar.working_time_between(start, end) == parts
    if parts:
        there = calendar.add_working(start, parts)
        assert start < there <= end
        assert calendar.working_time_between(start, there) == parts


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(-40, 40))
def test_working_days_are_counted_one_by_one(case: tuple[Calendar, datetime], step: int) -> None:
    calendar, start = case
    day = calendar.date_of(start)
    other = day + timedelta(days=step)
    first, last = min(day, other), max(day, other)
    worked = [found for found in _dates(first, last) if calendar.is_working_day(found)]
    assert abs(calendar.working_days_between(day, other)) == len(worked)
    for n, found in enumerate(worked, start=1):
        assert calendar.nth_working_day(first, n) == found
    for n, found in enumerate(reversed(worked), start=1):
        assert calendar.nth_working_day(last, -n) == found


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(-2, 4))
def test_a_date_starts_and_ends_where_its_wall_clock_does(case: tuple[Calendar, datetime], step: int) -> None:
    calendar, start = case
    day = calendar.date_of(start) + timedelta(days=step)
    minute = datetime.combine(day, datetime.min.time(), tzinfo=UTC) - timedelta(days=2)
    shown = [at for at in (minute + n * MINUTE for n in range(5 * 1440)) if calendar.date_of(at) == day]
    if shown:  # Apia never saw one of these dates
        assert calendar.start_of(day) == shown[0]
        assert calendar.end_of(day) == shown[-1] + MINUTE
    else:
        assert calendar.start_of(day) == calendar.end_of(day)


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days)]
