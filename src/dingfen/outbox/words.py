"""A message in the words of its reader: language, time zone, dates as people there write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dingfen.accounts.models import Staff
from dingfen.accounts.units import site_of
from dingfen.outbox.events import EVENTS, Event
from dingfen.outbox.models import Delivery

DEFAULT_ZONE = "Asia/Shanghai"
_MOMENTS = frozenset({"deadline", "until", "at"})
_DAYS = frozenset({"day"})
_LENGTHS = frozenset({"left", "late"})


@dataclass(frozen=True)
class Message:
    """What a person reads."""

    subject: str
    body: str


def message(delivery: Delivery, *, language: str, zone: ZoneInfo, at: datetime) -> Message:
    """The words of a delivery at a moment. An event this version no longer knows is called by its code."""
    event = EVENTS.get(delivery.event)
    if event is None:
        return Message(delivery.event, "")
    with translation.override(language):
        return render(event, delivery.params, zone, at)


def render(event: Event, params: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> Message:
    """The words of an event in the language in force. Raises KeyError for a missing parameter."""
    known = spoken(params, zone, at)
    return Message(str(event.subject % known), str(event.body % known))


def zone_of(staff: Staff) -> ZoneInfo:
    """The time zone of the site where a person works."""
    site = site_of(staff.unit) if staff.unit else None
    return ZoneInfo(site.time_zone if site and site.time_zone else DEFAULT_ZONE)


def spoken(params: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> dict[str, Any]:
    """Parameters in words: `deadline`, `until`, `at` are moments in ISO form, `day` is a date in ISO form,
    `left` and `late` are seconds; the rest stays as it is.
    """
    return {name: _spoken(name, value, zone, at) for name, value in params.items()}


def _spoken(name: str, value: Any, zone: ZoneInfo, at: datetime) -> Any:
    if name in _MOMENTS:
        return deadline_text(datetime.fromisoformat(str(value)), zone, at)
    if name in _DAYS:
        return day_text(date.fromisoformat(str(value)), at.astimezone(zone).date())
    if name in _LENGTHS:
        return length_text(timedelta(seconds=float(value)))
    return value


def deadline_text(moment: datetime, zone: ZoneInfo, at: datetime) -> str:
    """`Thu 12 Mar, 17:30`; a deadline at midnight is the end of the day before."""
    wall = moment.astimezone(zone)
    today = at.astimezone(zone).date()
    if wall.time() == datetime.min.time():
        last = wall.date() - timedelta(days=1)
        return _("the end of %(day)s") % {"day": _with_weekday(last, today)}
    return _("%(day)s, %(time)s") % {"day": _with_weekday(wall.date(), today), "time": f"{wall:%H:%M}"}


def day_text(day: date, today: date) -> str:
    """`2 Mar`, with the year when it is another one."""
    names = {"day": day.day, "month": day.month, "month_name": date_format(day, "M"), "year": day.year}
    if day.year == today.year:
        return _("%(day)s %(month_name)s") % names
    return _("%(day)s %(month_name)s %(year)s") % names


def length_text(length: timedelta) -> str:
    """`1 h 20 min`, `3 days`."""
    minutes = int(length.total_seconds()) // 60
    if minutes >= 48 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def _with_weekday(day: date, today: date) -> str:
    names = {"day": day_text(day, today), "weekday": date_format(day, "D")}
    return _("%(weekday)s %(day)s") % names
