"""The deadline chip: how much of a time limit is used, what is left, when it ends, why it stands still."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from dingfen import formats

DAY = dt.timedelta(days=1)


class Timed(Protocol):
    """What a chip needs of a clock; `dingfen.clocks.models.Clock` has it."""

    state: str
    started_at: dt.datetime
    deadline: dt.datetime
    paused_at: dt.datetime | None
    pause_reason: str
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Chip:
    """`colour` by the share used: green to half, yellow to three quarters, orange to the end, red after."""

    colour: str
    share: int  # of the time used, in hundredths
    state: str  # for those who hear the page
    words: str
    more: str = ""
    sign: str = "pie"  # or the name of an icon


def share_used(start: dt.datetime, end: dt.datetime, now: dt.datetime) -> int:
    """Hundredths of the time between start and end that have passed, 0 to 100."""
    whole = (end - start).total_seconds()
    if whole <= 0:
        return 100
    return max(0, min(100, round((now - start).total_seconds() * 100 / whole)))


def running(start: dt.datetime, end: dt.datetime, now: dt.datetime) -> Chip:
    """The chip of a time limit that runs."""
    words, more = formats.left(end, now), formats.short_due(end, now)
    if now > end:
        return Chip("red", 100, pgettext("clock", "Late"), words, more, sign="alert-circle")
    share = share_used(start, end, now)
    if share <= 50:
        return Chip("green", share, pgettext("clock", "On time"), words, more)
    if share <= 75:
        return Chip("yellow", share, pgettext("clock", "More than half used"), words, more)
    return Chip("orange", share, pgettext("clock", "Ends soon"), words, more)


def chip(clock: Timed, now: dt.datetime | None = None) -> Chip:
    """The chip of a clock in any state."""
    now = now or timezone.now()
    if clock.state == "paused":
        since = formats.span(now - clock.paused_at, 1) if clock.paused_at else ""
        reason = clock.pause_reason or (gettext("for %(span)s") % {"span": since} if since else "")
        return Chip("grey", 0, "", pgettext("clock", "Paused"), reason, sign="player-pause")
    if clock.state in {"met", "met_late"} and clock.ended_at:
        ahead = clock.deadline - clock.ended_at
        length = {"span": formats.span(ahead)}
        if clock.state == "met":
            return Chip("green", 100, "", gettext("%(span)s early") % length, sign="check")
        return Chip(
            "grey", 100, "", pgettext("clock", "Met late"), gettext("%(span)s late") % length, sign="check"
        )
    if clock.state == "cancelled":
        return Chip("grey", 0, "", gettext("Cancelled"), sign="x")
    return running(clock.started_at, clock.deadline, now)
