"""The rotation of a site as it stands: order, people, and why one is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.accounts.units import site_of
from dingfen.engine.ownership import Rotation
from dingfen.engine.rotation import Order, Place, Turn, order
from dingfen.ownership.rotation.models import RotationDay, TurnEvent
from dingfen.ownership.rules import Rules, rules_at
from dingfen.problems import conflict


@dataclass(frozen=True, slots=True)
class Board:
    """`absent`: salespeople of the site who have not checked in, or have gone home again."""

    site: Unit
    day: date
    rules: Rules
    rule: Rotation
    order: Order
    events: tuple[TurnEvent, ...]
    people: Mapping[int, Staff]
    absent: tuple[Staff, ...]

    @property
    def next(self) -> Staff | None:
        return self.people.get(self.order.next.who) if self.order.next else None

    @property
    def passed(self) -> list[Staff]:
        return [self.people[who] for who in self.order.passed]

    @property
    def started(self) -> bool:
        """Whether anybody has checked in today."""
        return bool(self.order.places)

    def place_of(self, staff_id: int | None) -> Place | None:
        return self.order.of(staff_id)

    def is_here(self, staff_id: int | None) -> bool:
        """Checked in, and not away."""
        place = self.place_of(staff_id)
        return place is not None and place.status != "away"


def site_of_actor(actor: Actor) -> Unit | None:
    """The site where the actor works; None for who belongs to none."""
    unit = Unit.objects.select_related("company").filter(pk=actor.unit_id or 0).first()
    return site_of(unit) if unit else None


def rotation_rules(site: Unit, at: datetime) -> tuple[Rules, Rotation] | None:
    """The rules of the site's rotation; None where the pack in force has none."""
    rules = rules_at(site, at)
    if rules is None or rules.ownership.rotation is None:
        return None
    return rules, rules.ownership.rotation


def board(site: Unit, at: datetime) -> Board | None:
    """The rotation of the site's day; None where the pack in force has none."""
    found = rotation_rules(site, at)
    return board_under(site, at, *found) if found else None


def board_needed(site: Unit, at: datetime) -> Board:
    """As `board`. Raises Problem `rotation.none` (409) where the rules have no rotation."""
    found = board(site, at)
    if found is None:
        raise conflict("rotation.none", unit=site.name)
    return found


def board_under(site: Unit, at: datetime, rules: Rules, rule: Rotation) -> Board:
    day = site.day(at)
    events = tuple(
        TurnEvent.objects.filter(day__site=site, day__day=day)
        .select_related("staff__unit", "to__unit", "by", "takes_back", "customer")
        .order_by("number")
    )
    found = order(turns(events), rule)
    here = {place.who for place in found.places}
    people = {staff.pk: staff for staff in salespeople(site, day)}
    for event in events:  # whoever has left the team since
        people.setdefault(event.staff_id, event.staff)
    absent = tuple(staff for pk, staff in people.items() if pk not in here)
    return Board(site, day, rules, rule, found, events, people, absent)


def turns(events: Iterable[TurnEvent]) -> list[Turn]:
    return [
        Turn(
            event.number,
            event.kind,  # type: ignore[arg-type]
            event.at,
            event.staff_id,
            event.to_id,
            event.takes_back.number if event.takes_back else None,
            event.reason,
            event.until,
        )
        for event in events
    ]


def salespeople(site: Unit, day: date) -> list[Staff]:
    """Who takes turns at a site: its salespeople at work on that day, in the order of their units and names."""
    found = Staff.objects.working(day).filter(
        company_id=site.company_id, grants__role=Role.SALESPERSON, unit__path__startswith=site.path
    )
    return list(found.select_related("unit").distinct().order_by("unit__path", "name", "pk"))


def day_of(site: Unit, day: date) -> RotationDay | None:
    return RotationDay.objects.filter(site=site, day=day).first()
