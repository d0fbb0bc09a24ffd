"""A message in the words of its reader: language, time zone, dates as people there write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from dingfen import formats
from dingfen.accounts.models import DEFAULT_ZONE, Staff
from dingfen.outbox.events import EVENTS, Event
from dingfen.outbox.models import Delivery

_MOMENTS = frozenset({"deadline", "until", "at"})
_DAYS = frozenset({"day"})
_LENGTHS = frozenset({"left", "late"})


@dataclass(frozen=True)
class Message:
    """What a person reads."""

    subject: str
    body: str


def message(delivery: Delivery, *, language: str, zone: ZoneInfo, at: datetime) -> Message:
    """The words of a delivery at a moment.

    Never fails: an event this version no longer knows is called by its code, one whose parameters are gone
    (shredded, or of an older version) by its name.
    """
    event = EVENTS.get(delivery.event)
    if event is None:
        return Message(delivery.event, "")
    with translation.override(language):
        try:
            return render(event, delivery.params, zone, at)
        except (KeyError, ValueError, TypeError):
            return Message(str(event.name), "")


def render(event: Event, params: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> Message:
    """The words of an event in the language in force. Raises KeyError for a missing parameter."""
    known = spoken(params, zone, at)
    return Message(str(event.subject % known), str(event.body % known))


def zone_of(staff: Staff) -> ZoneInfo:
    """The time zone of the site where a person works."""
    return staff.unit.zone if staff.unit else ZoneInfo(DEFAULT_ZONE)


def spoken(params: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> dict[str, Any]:
    """Parameters in words: `deadline`, `until`, `at` are moments in ISO form, `day` is a date in ISO form,
    `left` and `late` are seconds; other numbers get their commas; {"zh", "en"} is a name in both languages.
    """
    with timezone.override(zone):
        return {name: _spoken(name, value, at) for name, value in params.items()}


def _spoken(name: str, value: Any, at: datetime) -> Any:
    if name in _MOMENTS:
        return formats.deadline(datetime.fromisoformat(str(value)), at)
    if name in _DAYS:
        return formats.day(date.fromisoformat(str(value)), timezone.localdate(at))
    if name in _LENGTHS:
        return formats.span(timedelta(seconds=float(value)))
    if isinstance(value, dict):  # a name in both languages
        return value.get("zh" if formats.chinese() else "en", "")
    if isinstance(value, int) and name != "count":  # the count chooses the plural, so stays a number
        return f"{value:,}"
    return value
