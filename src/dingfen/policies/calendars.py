"""The business calendar by which a unit's deadlines are counted: the pack's, on the unit's own wall clock."""

from __future__ import annotations

from dingfen.clocks.statutory import build_calendar
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.schema import Pack

DEFAULT_ZONE = "Asia/Shanghai"
# Where no pack gives a calendar: five days of office hours, no public holidays.
PLAIN = {"mon-fri": ["09:00-12:00", "13:30-18:00"]}

_built: dict[tuple[str, str], Calendar] = {}
KEPT = 256


def calendar_of(zone: str, pack: Pack | None, digest: str = "") -> Calendar:
    """The calendar of a pack for a site in this IANA zone; built once for each `digest` of a pack.

    Rules that are only tried have no digest: kept, they would be those of units without rules.
    """
    if pack is not None and not digest:
        return build_calendar(_form(zone, pack))
    key = (zone, digest)
    known = _built.get(key)
    if known is not None:
        return known
    calendar = build_calendar(_form(zone, pack))
    if len(_built) >= KEPT:
        _built.clear()
    _built[key] = calendar
    return calendar


def _form(zone: str, pack: Pack | None) -> CalendarForm:
    given = pack.calendar if pack else None
    if given is None:
        return CalendarForm.model_validate({"zone": zone or DEFAULT_ZONE, "periods": PLAIN})
    return given.model_copy(update={"zone": zone}) if zone else given
