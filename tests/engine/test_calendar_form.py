"""The YAML form of a calendar: what it accepts and how it says what is wrong."""

from datetime import date

import pytest
from pydantic import ValidationError

from dingfen.engine.calendar_form import CalendarForm, read_dates, read_period, read_weekdays

GOOD = {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}


def test_weekdays() -> None:
    assert read_weekdays("mon-fri") == (0, 1, 2, 3, 4)
    assert read_weekdays("fri-mon") == (4, 5, 6, 0)
    assert read_weekdays("Tuesday, sat") == (1, 5)


def test_periods() -> None:
    assert read_period("09:00-12:00") == (32_400, 43_200)
    assert read_period("9:00:30 - 24:00") == (32_430, 86_400)
    assert read_period("22:00-06:00") == (79_200, 108_000)
    assert read_period("00:00-00:00") == (0, 86_400)


def test_dates() -> None:
    assert read_dates("2026-09-30/2026-10-02") == (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 2))
    assert date(2031, 12, 25) in read_dates("12-25")
    assert {day.year % 4 for day in read_dates("02-29")} == {0}


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"zone": "Mars/Base"}, ("zone",), "IANA"),
        ({"periods": {"mon": ["9-12"]}}, ("periods", "mon"), "09:00-12:00"),
        ({"periods": {"mon": ["09:00-25:00"]}}, ("periods", "mon"), "time of day"),
        ({"periods": {"mon": ["24:00-25:00"]}}, ("periods", "mon"), "time of day"),
        ({"periods": {"mon": ["24:00-01:00"]}}, ("periods", "mon"), "before 24:00"),
        ({"periods": {"mon": ["09:00-12:00", "11:00-13:00"]}}, ("periods", "mon"), "overlap"),
        ({"periods": {"mon": 9}}, ("periods", "mon"), "list of work periods"),
        ({"periods": {"someday": []}}, ("periods", "someday", "[key]"), "weekday"),
        ({"periods": {"mon-fri": [], "wed": []}}, (), "wed named twice"),
        ({"holidays": ["2026-13-01"]}, ("holidays", 0), "2026-10-01"),
        ({"holidays": ["13-01"]}, ("holidays", 0), "day of the year"),
        ({"holidays": ["2026-10-07/2026-10-01"]}, ("holidays", 0), "after it starts"),
        ({"make_up_days": ["2026-02-14"], "make_up_as": "sun"}, (), "not worked"),
        ({"statutory": "China"}, ("statutory",), "pattern"),
        ({"hours": []}, ("hours",), "not permitted"),
    ],
)
def test_what_is_wrong_is_located(changes: dict[str, object], place: tuple[object, ...], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CalendarForm.model_validate(GOOD | changes)
    (error,) = caught.value.errors()
    assert error["loc"] == place
    assert says in error["msg"]


def test_a_form_survives_json() -> None:
    form = CalendarForm.model_validate(
        GOOD | {"holidays": ["12-25", date(2026, 5, 1)], "extra": {"2026-12-31": ["09:00-11:00"]}}
    )
    assert CalendarForm.model_validate_json(form.model_dump_json()) == form
    assert CalendarForm.model_validate_json(form.model_dump_json()).build() == form.build()


def test_a_country_needs_its_table() -> None:
    with pytest.raises(ValueError, match="statutory days of CN"):
        CalendarForm.model_validate(GOOD | {"statutory": "CN"}).build()
