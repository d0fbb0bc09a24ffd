"""Public holidays and make-up working days of the countries we know, as tables for the pure calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import chinese_calendar

from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm, StatutoryDays


class UnknownCountry(ValueError):
    """We have no table of public holidays for the country."""


@cache
def statutory_days(country: str) -> StatutoryDays:
    """The table of a country by its ISO 3166 code. Raises UnknownCountry."""
    if country not in TABLES:
        raise UnknownCountry(f"no public holidays known for {country}; known: {', '.join(sorted(TABLES))}")
    return TABLES[country]()


def build_calendar(form: CalendarForm) -> Calendar:
    """The calendar of a form with the statutory days it asks for. Raises ValueError."""
    return form.build(statutory_days(form.statutory) if form.statutory else None)


def _china() -> StatutoryDays:
    """Mainland China, as the State Council's yearly notices set it, late in the year before."""
    holidays = frozenset(chinese_calendar.holidays)
    make_up_days = frozenset(chinese_calendar.workdays)
    return StatutoryDays(holidays, make_up_days, date(max(holidays).year, 12, 31))


TABLES: dict[str, Callable[[], StatutoryDays]] = {"CN": _china}
