"""How the turns of a site fell over some weeks: who was there, who received how many, who was passed over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.ownership.rotation.models import TurnEvent
from dingfen.ownership.rotation.queries import site_of_actor
from dingfen.ownership.visibility import WHOLE

Kind = TurnEvent.Kind
WEEKS = (4, 8, 13)
COUNTED = (Kind.RECEIVED, Kind.RETURNING, Kind.DUTY, Kind.SKIPPED, Kind.HANDED)


@dataclass(slots=True)
class Tally:
    """One person's turns. `days` checked in; `by_week`: new customers, the first week first."""

    staff: Staff
    by_week: list[int]
    days: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    out_of_turn: int = 0

    @property
    def new(self) -> int:
        return self.counts[Kind.RECEIVED]

    @property
    def a_day(self) -> float | None:
        """New customers for each day checked in; None without a day."""
        return self.new / self.days if self.days else None


def sites(actor: Actor) -> list[Unit]:
    """The sites whose turns one may see: one's own; every one of the company for its overseers."""
    if actor.paths(*WHOLE):
        found = Unit.objects.filter(company_id=actor.company_id, kind=Unit.Kind.SITE, active=True)
        return list(found.order_by("path"))
    own = site_of_actor(actor)
    return [own] if own else []


def mondays(site: Unit, at: datetime, weeks: int) -> list[date]:
    """The Mondays of the last weeks, this one last, in the days of the site."""
    today = site.day(at)
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=n) for n in reversed(range(weeks))]


def tally(site: Unit, starts: Sequence[date]) -> list[Tally]:
    """By person, most new customers first. What was taken back does not count."""
    events = TurnEvent.objects.filter(
        day__site=site, day__day__gte=starts[0], day__day__lt=starts[-1] + timedelta(weeks=1)
    )
    rows = events.filter(taken_back_by=None).exclude(kind=Kind.TAKEN_BACK)
    found: dict[int, Tally] = {}
    there: dict[int, set[date]] = defaultdict(set)
    people = {staff.pk: staff for staff in Staff.objects.filter(pk__in=rows.values("staff"))}
    for who, kind, day, reason in rows.values_list("staff_id", "kind", "day__day", "reason"):
        one = found.setdefault(who, Tally(people[who], [0] * len(starts)))
        if kind == Kind.CHECKED_IN:
            there[who].add(day)
        elif kind in COUNTED:
            one.counts[kind] += 1
        if kind == Kind.RECEIVED:
            one.by_week[(day - starts[0]).days // 7] += 1
            one.out_of_turn += bool(reason)
    for who, one in found.items():
        one.days = len(there[who])
    return sorted(found.values(), key=lambda one: (-one.new, one.staff.name, one.staff.pk))
