"""A business calendar as a rule book writes it, in YAML.

    zone: Asia/Shanghai               # IANA name
    periods:                          # weekday, several, or a span; what is not named is a day off
      mon-fri: ["09:00-12:00", "13:30-18:00"]
      sat: ["10:00-16:00"]            # "22:00-06:00" runs into the next morning
    statutory: CN                     # public holidays and make-up working days of a country
    holidays: ["12-25", 2026-12-31, 2026-07-01/2026-07-03]    # each year, a date, a span of dates
    make_up_days: [2026-02-14]        # worked with the periods of `make_up_as`
    make_up_as: mon                   # left out: the first weekday that has periods
    extra: {2026-12-30: ["09:00-12:00"]}                      # this date's own periods

Where two keys speak of one date, `extra` holds over `make_up_days`, these over `holidays`, and each of
them over `statutory`.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dingfen.engine.calendar import Calendar, Period, Periods

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIOD = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*[-–]\s*(\d{1,2}):(\d\d)(?::(\d\d))?")
_EACH_YEAR = re.compile(r"(\d\d)-(\d\d)")
_YEARS = range(1970, 2200)
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class StatutoryDays:
    """The public holidays of a country: days off, days worked instead (调休), both as far as announced."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    known_until: date


def read_period(text: object) -> Period:
    """`"09:00-12:00"` → seconds after midnight; an end at or before the start is the next morning's."""
    match = _PERIOD.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError('not a work period; write "09:00-12:00"')
    numbers = [int(part or 0) for part in match.groups()]
    start, end = _seconds(*numbers[:3]), _seconds(*numbers[3:])
    if start == _DAY_SECONDS:
        raise ValueError("a work period starts before 24:00")
    return start, end if end > start else end + _DAY_SECONDS


def read_weekdays(text: object) -> tuple[int, ...]:
    """`"mon-fri"`, `"sat"` or `"mon, wed"` → numbers, Monday 0; `"fri-mon"` goes through the weekend."""
    days: list[int] = []
    for part in str(text).lower().split(","):
        first, _, last = part.partition("-")
        start, end = _weekday(first), _weekday(last or first)
        days += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return tuple(days)


def read_dates(item: object) -> tuple[date, ...]:
    """A date, `"12-25"` for each year from 1970 to 2199, or `"2026-07-01/2026-07-03"` for a span of dates."""
    if type(item) is date:
        return (item,)
    text = str(item).strip()
    if yearly := _EACH_YEAR.fullmatch(text):
        return _each_year(int(yearly[1]), int(yearly[2]))
    first, _, last = text.partition("/")
    start = _date(first)
    end = _date(last) if last else start
    if not start <= end <= start + timedelta(days=366):
        raise ValueError(f"{text} must end after it starts, within a year")
    return tuple(start + timedelta(days=step) for step in range((end - start).days + 1))


def _read_periods(items: object) -> Periods:
    given = [items] if isinstance(items, str) else items
    if not isinstance(given, (list, tuple)):
        raise ValueError('not a list of work periods; write ["09:00-12:00", "13:00-18:00"]')
    periods = tuple(sorted(_as_period(item) for item in given))
    for earlier, later in pairwise(periods):
        if later[0] < earlier[1]:
            raise ValueError("work periods of one day overlap")
    return periods


def _as_period(item: Any) -> Period:
    """A period already read (a form that was dumped holds pairs of seconds), or its text."""
    if isinstance(item, (list, tuple)) and len(item) == 2:
        return int(item[0]), int(item[1])
    return read_period(item)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"{name} is no IANA time zone; write for example Asia/Shanghai") from error
    return name


def _checked_by(read: Callable[[object], object]) -> AfterValidator:
    """Keeps the text as written once it can be read: a rule book is shown as it was put down."""

    def check(text: str) -> str:
        read(text)
        return text

    return AfterValidator(check)


PeriodList = Annotated[Periods, BeforeValidator(_read_periods)]
Weekdays = Annotated[str, _checked_by(read_weekdays)]
Dates = Annotated[str, BeforeValidator(str), _checked_by(read_dates)]
OneDate = Annotated[date, BeforeValidator(lambda item: item if type(item) is date else _date(str(item)))]


class CalendarForm(BaseModel):
    """The YAML form of a calendar (see the module). Raises pydantic's ValidationError, located by key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Annotated[str, AfterValidator(_known_zone)]
    periods: dict[Weekdays, PeriodList]
    statutory: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    holidays: tuple[Dates, ...] = ()
    make_up_days: tuple[Dates, ...] = ()
    make_up_as: Weekdays | None = None
    extra: dict[OneDate, PeriodList] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_week(self) -> CalendarForm:
        named = [day for text in self.periods for day in read_weekdays(text)]
        twice = {WEEKDAYS[day] for day in named if named.count(day) > 1}
        if twice:
            raise ValueError(f"periods: {', '.join(sorted(twice))} named twice")
        if self.make_up_days and not self._make_up_periods():
            raise ValueError("make_up_as names a weekday that is not worked")
        return self

    def week(self) -> tuple[Periods, ...]:
        """The work periods of Monday to Sunday."""
        by_day = {day: periods for text, periods in self.periods.items() for day in read_weekdays(text)}
        return tuple(by_day.get(day, ()) for day in range(7))

    def build(self, statutory: StatutoryDays | None = None) -> Calendar:
        """The calendar. Raises ValueError when the form names a country and no statutory days are given."""
        if (self.statutory is None) != (statutory is None):
            raise ValueError(f"statutory days of {self.statutory or 'no country'} are needed")
        dates: dict[date, Periods] = {}
        if statutory:
            dates |= _all(statutory.holidays, ()) | _all(statutory.make_up_days, self._make_up_periods())
        dates |= _all(_each(self.holidays), ())
        dates |= _all(_each(self.make_up_days), self._make_up_periods()) | self.extra
        known_until = statutory.known_until if statutory else None
        return Calendar(ZoneInfo(self.zone), self.week(), dates, known_until)

    def _make_up_periods(self) -> Periods:
        week = self.week()
        if self.make_up_as is not None:
            return week[read_weekdays(self.make_up_as)[0]]
        return next((periods for periods in week if periods), ())


def _each(items: Iterable[str]) -> Iterable[date]:
    return (day for item in items for day in read_dates(item))


def _all(days: Iterable[date], periods: Periods) -> dict[date, Periods]:
    return dict.fromkeys(days, periods)


def _seconds(hours: int, minutes: int, seconds: int) -> int:
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > _DAY_SECONDS:
        raise ValueError(f"{hours}:{minutes:02} is no time of day")
    return total


def _weekday(text: str) -> int:
    name = text.strip()
    for names in (WEEKDAYS, _FULL_NAMES):
        if name in names:
            return names.index(name)
    raise ValueError(f"{name or 'nothing'} is no weekday; write mon, sat or mon-fri")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text.strip()} is no date; write 2026-10-01") from error


def _each_year(month: int, day: int) -> tuple[date, ...]:
    try:
        date(2000, month, day)
    except ValueError as error:
        raise ValueError(f"{month:02}-{day:02} is no day of the year") from error
    years = [year for year in _YEARS if (month, day) != (2, 29) or isleap(year)]
    return tuple(date(year, month, day) for year in years)
