"""The business calendar by example: periods, holidays, make-up days, jumps of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dingfen.clocks.statutory import UnknownCountry, build_calendar
from dingfen.engine.calendar import Calendar, NoWorkingTime
from dingfen.engine.calendar_form import CalendarForm

SHANGHAI = ZoneInfo("Asia/Shanghai")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def make(periods: dict[str, list[str]], zone: str = "Asia/Shanghai", **rest: object) -> Calendar:
    return build_calendar(CalendarForm.model_validate({"zone": zone, "periods": periods, **rest}))


@pytest.fixture
def showroom() -> Calendar:
    """Two periods a day, Chinese public holidays."""
    return make({"mon-fri": ["09:00-12:00", "13:30-18:00"]}, statutory="CN")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_lunch_is_not_worked(showroom: Calendar) -> None:
    assert showroom.working_time_between(at("2026-03-02 11:30"), at("2026-03-02 14:00")) == timedelta(hours=1)
    assert showroom.add_working(at("2026-03-02 11:30"), timedelta(hours=1)) == at("2026-03-02 14:00")
    assert not showroom.is_working_time(at("2026-03-02 12:00"))
    assert showroom.is_working_time(at("2026-03-02 13:30"))


def test_make_up_days_are_worked_and_holidays_are_not(showroom: Calendar) -> None:
    """Spring Festival 2026: off from Sunday 15 to Monday 23 February, Saturdays 14 and 28 worked instead."""
    assert showroom.is_working_day(date(2026, 2, 14))
    assert not any(showroom.is_working_day(date(2026, 2, day)) for day in range(15, 24))
    assert showroom.working_days_between(date(2026, 2, 14), date(2026, 3, 1)) == 6
    assert showroom.nth_working_day(date(2026, 2, 15), 1) == date(2026, 2, 24)
    assert showroom.nth_working_day(date(2026, 2, 24), -1) == date(2026, 2, 14)
    end_of_saturday = at("2026-02-14 18:00")
    assert showroom.add_working(at("2026-02-14 17:00"), timedelta(hours=1)) == end_of_saturday
    assert showroom.add_working(at("2026-02-14 17:00"), timedelta(hours=2)) == at("2026-02-24 10:00")


def test_how_far_public_holidays_are_known(showroom: Calendar) -> None:
    assert showroom.known_until is not None
    assert showroom.known_until >= date(2026, 12, 31)
    assert make({"mon": ["09:00-12:00"]}).known_until is None
    with pytest.raises(UnknownCountry, match="AQ"):
        make({"mon": ["09:00-12:00"]}, statutory="AQ")


def test_keys_of_one_date_hold_in_order() -> None:
    calendar = make(
        {"mon-fri": ["09:00-17:00"], "sat": ["10:00-12:00"]},
        statutory="CN",
        holidays=["2026-02-14", "03-08"],
        make_up_days=["2026-02-16"],
        make_up_as="sat",
        extra={"2026-02-17": ["08:00-08:30"], "2026-03-03": []},
    )
    assert calendar.periods(date(2026, 2, 14)) == ()  # a make-up day of the country, off here
    assert calendar.periods(date(2026, 2, 16)) == ((36_000, 43_200),)
    assert calendar.periods(date(2026, 2, 17)) == ((28_800, 30_600),)
    assert not calendar.is_working_day(date(2026, 3, 3))
    assert not calendar.is_working_day(date(2027, 3, 8))
    assert calendar.is_working_day(date(2027, 3, 9))


def test_a_night_shift_belongs_to_the_date_it_starts_on() -> None:
    calendar = make({"mon-fri": ["22:00-06:00"]}, holidays=["2026-03-04"])
    assert calendar.is_working_time(at("2026-03-04 05:59:59"))  # Tuesday's shift runs into the holiday
    assert not calendar.is_working_time(at("2026-03-04 22:00"))
    assert not calendar.is_working_time(at("2026-03-05 05:00"))
    assert calendar.is_working_time(at("2026-03-07 05:00"))  # Friday's shift
    assert calendar.closing(date(2026, 3, 6)) == at("2026-03-07 06:00")
    assert calendar.opening(date(2026, 3, 6)) == at("2026-03-06 22:00")


def test_a_repeated_hour_is_worked_twice_and_a_skipped_one_never() -> None:
    nights = make({"mon-sun": ["22:00-06:00"]}, zone="Europe/Amsterdam")
    spring = at("2026-03-28 22:00", AMSTERDAM), at("2026-03-29 06:00", AMSTERDAM)
    autumn = at("2026-10-24 22:00", AMSTERDAM), at("2026-10-25 06:00", AMSTERDAM)
    assert nights.working_time_between(*spring) == timedelta(hours=7)
    assert nights.working_time_between(*autumn) == timedelta(hours=9)
    assert nights.add_working(autumn[0], timedelta(hours=9)) == autumn[1]
    early = make({"sun": ["02:15-02:45"]}, zone="Europe/Amsterdam")
    day = date(2026, 3, 29)
    assert early.working_time_between(early.start_of(day), early.end_of(day)) == timedelta(0)
    day = date(2026, 10, 25)
    assert early.working_time_between(early.start_of(day), early.end_of(day)) == timedelta(hours=1)
    assert early.closing(day) == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    assert early.opening(day) == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)


def test_a_date_may_start_at_one_where_midnight_is_skipped() -> None:
    calendar = make({"mon-sun": ["00:00-24:00"]}, zone="America/Sao_Paulo")
    day = date(2018, 11, 4)
    assert calendar.start_of(day) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert calendar.end_of(day) - calendar.start_of(day) == timedelta(hours=23)


def test_a_day_off_closes_at_midnight(showroom: Calendar) -> None:
    assert showroom.closing(date(2026, 3, 6)) == at("2026-03-06 18:00")
    assert showroom.closing(date(2026, 3, 7)) == at("2026-03-08 00:00")
    assert showroom.opening(date(2026, 3, 7)) == at("2026-03-07 00:00")


def test_working_time_runs_out() -> None:
    never = make({}, extra={"2026-03-02": ["09:00-10:00"]})
    assert never.add_working(at("2026-01-01 00:00"), timedelta(hours=1)) == at("2026-03-02 10:00")
    with pytest.raises(NoWorkingTime):
        never.add_working(at("2026-03-02 09:30"), timedelta(hours=1))
    with pytest.raises(NoWorkingTime):
        never.add_working(at("2026-03-02 09:30"), -timedelta(hours=1))
    with pytest.raises(NoWorkingTime):
        never.nth_working_day(date(2026, 3, 3), 1)
    with pytest.raises(NoWorkingTime):
        never.nth_working_day(date(2026, 3, 2), -1)


def test_moments_name_their_zone(showroom: Calendar) -> None:
    with pytest.raises(ValueError, match="time zone"):
        showroom.working_time_between(datetime(2026, 3, 2), at("2026-03-02 10:00"))  # noqa: DTZ001


@pytest.mark.parametrize(
    "periods", [((10, 5),), ((-1, 5),), ((0, 90_000),), ((0, 10), (5, 20)), ((90_000, 95_000),)]
)
def test_impossible_periods_are_refused(periods: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="work period"):
        Calendar(SHANGHAI, (periods, (), (), (), (), (), ()))
    with pytest.raises(ValueError, match="seven days"):
        Calendar(SHANGHAI, ((),))
