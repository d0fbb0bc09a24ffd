"""From start and length to deadline: every way of counting by example, days against a slow count."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.clocks.statutory import build_calendar
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.deadlines import add_months, due, last_day
from dingfen.engine.durations import Duration

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOWROOM = build_calendar(
    CalendarForm.model_validate(
        {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-12:00", "13:30-18:00"]}, "statutory": "CN"}
    )
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def lasting(
    length: str,
    counting: str = "inclusive",
    start_day: str = "out",
    days: str = "calendar",
    roll: str = "none",
) -> Duration:
    if "hour" in length or "minute" in length:
        return Duration.model_validate({"length": length})
    form = {"length": length, "counting": counting, "start_day": start_day, "days": days, "roll": roll}
    return Duration.model_validate(form)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        # Clock time runs from the moment.
        ("2026-03-02 17:40", lasting("30 minutes"), "2026-03-02 18:10"),
        ("2026-03-06 17:40", lasting("3 hours"), "2026-03-06 20:40"),
        ("2026-03-06 17:00", lasting("3 working hours"), "2026-03-09 11:00"),
        ("2026-02-13 17:00", lasting("9 working hours"), "2026-02-24 09:30"),
        # Five days, day 5 included: a follow-up on 2 March holds to the end of the 7th.
        ("2026-03-02 14:00", lasting("5 days"), "2026-03-08 00:00"),
        ("2026-03-02 14:00", lasting("5 days", counting="exclusive"), "2026-03-07 00:00"),
        ("2026-03-02 14:00", lasting("5 days", start_day="in"), "2026-03-07 00:00"),
        # An end on a Saturday rolls as the rule says.
        ("2026-03-02 14:00", lasting("5 days", roll="next"), "2026-03-10 00:00"),
        ("2026-03-02 14:00", lasting("5 days", roll="previous"), "2026-03-07 00:00"),
        # Over Spring Festival; Saturday 14 February is worked.
        ("2026-02-13 14:00", lasting("1 day", roll="next"), "2026-02-15 00:00"),
        ("2026-02-13 14:00", lasting("2 days", roll="next"), "2026-02-25 00:00"),
        ("2026-02-13 14:00", lasting("2 working days", days="working"), "2026-02-24 18:00"),
        ("2026-02-13 14:00", lasting("2 days", days="working"), "2026-02-24 18:00"),
        ("2026-02-13 14:00", lasting("2 working days", days="working", start_day="in"), "2026-02-14 18:00"),
        (
            "2026-02-13 14:00",
            lasting("2 working days", days="working", counting="exclusive"),
            "2026-02-24 09:00",
        ),
        # The start day counts as a working day only if it is one.
        ("2026-03-07 14:00", lasting("1 working day", days="working", start_day="in"), "2026-03-09 18:00"),
        ("2026-03-07 14:00", lasting("1 working day", days="working"), "2026-03-09 18:00"),
        # Weeks and months end on the corresponding day, or the last one of a shorter month.
        ("2026-03-02 14:00", lasting("2 weeks"), "2026-03-17 00:00"),
        ("2026-01-31 14:00", lasting("1 month"), "2026-03-01 00:00"),
        ("2026-01-31 14:00", lasting("1 month", start_day="in"), "2026-03-01 00:00"),
        ("2026-03-01 14:00", lasting("1 month", start_day="in"), "2026-04-01 00:00"),
        ("2026-03-15 14:00", lasting("12 months", start_day="in"), "2027-03-15 00:00"),
        ("2024-02-29 14:00", lasting("12 months"), "2025-03-01 00:00"),
        # No days: the same day, or the first working one.
        ("2026-03-07 14:00", lasting("0 days"), "2026-03-08 00:00"),
        ("2026-03-07 14:00", lasting("0 days", roll="next"), "2026-03-10 00:00"),
        ("2026-03-07 14:00", lasting("0 working days", days="working"), "2026-03-09 18:00"),
    ],
)
def test_due(start: str, duration: Duration, expected: str) -> None:
    assert due(at(start), duration, SHOWROOM) == at(expected)


def test_the_days_are_the_sites() -> None:
    """Late on 1 March in UTC is 2 March in Shanghai."""
    start = datetime.fromisoformat("2026-03-01T17:00:00+00:00")
    assert due(start, lasting("1 day"), SHOWROOM) == at("2026-03-04 00:00")


def test_what_has_no_last_day() -> None:
    with pytest.raises(ValueError, match="working_hours has no last day"):
        last_day(date(2026, 3, 2), lasting("2 working hours"), SHOWROOM)
    with pytest.raises(ValueError, match="time zone"):
        due(datetime(2026, 3, 2), lasting("2 hours"), SHOWROOM)  # noqa: DTZ001


@settings(deadline=None)
@given(
    st.dates(date(2020, 1, 1), date(2026, 11, 30)),
    st.integers(1, 30),
    st.sampled_from(["in", "out"]),
    st.sampled_from(["calendar", "working"]),
    st.sampled_from(["none", "next", "previous"]),
)
def test_days_are_counted_one_by_one(start: date, amount: int, start_day: str, days: str, roll: str) -> None:
    day = start if start_day == "in" else start + timedelta(days=1)
    counted = 0
    while True:
        counted += days == "calendar" or SHOWROOM.is_working_day(day)
        if counted == amount:
            break
        day += timedelta(days=1)
    while roll != "none" and not SHOWROOM.is_working_day(day):
        day += timedelta(days=1 if roll == "next" else -1)
    duration = lasting(f"{amount} days", start_day=start_day, days=days, roll=roll)
    assert last_day(start, duration, SHOWROOM) == day


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_end_on_the_corresponding_day(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def test_a_clock_over_a_jump_of_the_zone() -> None:
    night = Calendar(ZoneInfo("Europe/Amsterdam"), (((0, 86_400),),) * 7)
    start = datetime(2026, 3, 28, 20, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert due(start, lasting("1 day"), night) - due(start, lasting("0 days"), night) == timedelta(hours=23)
    assert due(start, lasting("8 working hours"), night) == start.astimezone(UTC) + timedelta(hours=8)
