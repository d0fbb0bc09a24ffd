"""Whose rows and of which time a figure counts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.ownership.visibility import WHOLE
from dingfen.problems import invalid, missing

DAYS = (7, 30, 90, 365)
DEFAULT = "30d"
MONTH = re.compile(r"(\d{4})-(\d{2})")
WEEKS_UP_TO = 100  # days; longer periods are laid out by month


@dataclass(frozen=True)
class Scope:
    """`start` up to, not including, `end`; both at midnight of the reader's site. `at`: now.

    `unit` narrows what the actor sees to a unit and what lies below it; `pack` to disputes under a policy pack;
    `narrowed` complaints by level, class or channel: (field, value). `own`: each reader has rows of their own, as
    with complaints, of which nobody sees those against themselves.
    """

    actor: Actor
    at: dt.datetime
    start: dt.datetime
    end: dt.datetime
    zone: ZoneInfo
    period: str
    unit: Unit | None = None
    pack: str = ""
    narrowed: tuple[tuple[str, Any], ...] = ()
    own: bool = False

    @cached_property
    def key(self) -> tuple[object, ...]:
        """The same for everybody who sees the same rows of the same time."""
        whole = bool(self.actor.paths(*WHOLE))
        who = None if whole and not self.own else (self.actor.staff_id, self.actor.grants)
        return (
            self.actor.company_id,
            who,
            self.unit.pk if self.unit else None,
            self.pack,
            self.narrowed,
            self.start,
            self.end,
        )

    @property
    def before(self) -> Scope:
        """The period of the same length just before."""
        return replace(self, start=self.start - (self.end - self.start), end=self.start)

    @property
    def last(self) -> dt.datetime:
        """The end, or now where the period is not over."""
        return min(self.end, self.at)

    @cached_property
    def unit_ids(self) -> list[int] | None:
        """The chosen unit and all below it; None where none is chosen."""
        if self.unit is None:
            return None
        below = Unit.objects.filter(company_id=self.unit.company_id, path__startswith=self.unit.path)
        return list(below.values_list("pk", flat=True))

    @property
    def by_month(self) -> bool:
        """Whether the period is laid out by months of the calendar."""
        return (self.end - self.start).days > WEEKS_UP_TO

    def buckets(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """The period cut into weeks (from its end backwards), or into months of the calendar."""
        if not self.by_month:
            step = dt.timedelta(days=7 if (self.end - self.start).days > 13 else 1)
            edges = [self.end]
            while edges[-1] > self.start:
                edges.append(max(edges[-1] - step, self.start))
            return list(pairwise(reversed(edges)))
        edges = [self.start]
        while edges[-1] < self.end:
            here = edges[-1].astimezone(self.zone)
            year, month = divmod(here.year * 12 + here.month, 12)
            edges.append(min(dt.datetime(year, month + 1, 1, tzinfo=self.zone), self.end))
        return list(pairwise(edges))


def scope_of(
    actor: Actor,
    at: dt.datetime,
    zone: ZoneInfo,
    *,
    period: str = "",
    unit: str = "",
    pack: str = "",
) -> Scope:
    """Read what is asked for. `period`: 7d, 30d, 90d, 365d or a month, 2026-03; `unit`: its uid.

    Raises Problem: 403 without the right, 422 at `period`, 404 for a unit one does not oversee.
    """
    access.require(actor, "insight.view")
    start, end = _between(period or DEFAULT, at.astimezone(zone).date(), zone)
    return Scope(actor, at, start, end, zone, period or DEFAULT, _unit(actor, unit), pack)


def _between(period: str, today: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    def midnight(day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), zone)

    if period in {f"{days}d" for days in DAYS}:
        tomorrow = today + dt.timedelta(days=1)
        return midnight(tomorrow - dt.timedelta(days=int(period[:-1]))), midnight(tomorrow)
    if (found := MONTH.fullmatch(period)) and 1 <= int(found[2]) <= 12 and 2000 <= int(found[1]) <= 2999:
        year, month = int(found[1]), int(found[2])
        return midnight(dt.date(year, month, 1)), midnight(dt.date(year + month // 12, month % 12 + 1, 1))
    raise invalid({"period": [("invalid", {})]})


def overseen(actor: Actor) -> list[Unit]:
    """Units the actor may ask figures of, in the order of the tree."""
    roles = access.PERMISSIONS["insight.view"]
    paths = actor.paths(*roles)
    units = Unit.objects.filter(company_id=actor.company_id, active=True).order_by("path")
    return [unit for unit in units if unit.path.startswith(paths)]


def _unit(actor: Actor, uid: str) -> Unit | None:
    if not uid:
        return None
    found = next((unit for unit in overseen(actor) if str(unit.uid) == uid), None)
    if found is None:
        raise missing()
    return found
