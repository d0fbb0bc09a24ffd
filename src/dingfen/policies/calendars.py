"""The business calendar by which a unit's deadlines are counted."""

from __future__ import annotations

from functools import lru_cache

from dingfen.clocks.statutory import build_calendar
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm

# Used until a company publishes a calendar of its own: five days, with the public holidays of the country.
OFFICE_HOURS = ["09:00-12:00", "13:30-18:00"]
DEFAULT_ZONE = "Asia/Shanghai"
KNOWN_HOLIDAYS = frozenset({"CN"})


@lru_cache(maxsize=256)
def calendar_of(zone: str, jurisdiction: str) -> Calendar:
    """The calendar of a site by its IANA zone, with the holidays of the pack's jurisdiction where known."""
    country = jurisdiction.partition("-")[0]
    form: dict[str, object] = {"zone": zone or DEFAULT_ZONE, "periods": {"mon-fri": OFFICE_HOURS}}
    if country in KNOWN_HOLIDAYS:
        form["statutory"] = country
    return build_calendar(CalendarForm.model_validate(form))
