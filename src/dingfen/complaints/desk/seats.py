"""Who at the desk is given what, and how much; whether a unit gives out by itself. Heads settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.complaints.actions.common import colleague
from dingfen.complaints.desk import places
from dingfen.complaints.desk_rows import ROOM, Routing, Seat
from dingfen.complaints.models import Channel
from dingfen.complaints.rules import rules_at
from dingfen.problems import invalid, missing, read_uid, whole_number
from dingfen.register.append import append

PERMISSION = "complaint.assign"
LANGUAGES = (("zh-hans", _("Chinese")), ("en", pgettext_lazy("language", "English")))
CHANNELS = Channel.choices
MOST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody at the desk with their seat, what they carry, and whether they are away now."""

    staff: Staff
    seat: Seat
    load: int
    away: bool


def _agents(actor: Actor) -> list[Staff]:
    """Who handles complaints in the units the actor leads."""
    found: dict[int, Staff] = {}
    for path in actor.paths(Role.HEAD, Role.GENERAL_MANAGER):
        grants = RoleGrant.objects.filter(
            role=Role.AGENT, staff__is_active=True, staff__company_id=actor.company_id
        )
        above = [int(part) for part in path.strip("/").split("/")]
        rows = grants.filter(unit__path__startswith=path) | grants.filter(unit_id__in=above)
        found |= {grant.staff_id: grant.staff for grant in rows.select_related("staff__unit")}
    return sorted(found.values(), key=lambda one: (one.name, one.pk))


def overview(actor: Actor, at: datetime) -> list[Row]:
    """The desk of the units the actor leads."""
    people = _agents(actor)
    ids = [one.pk for one in people]
    known = {seat.staff_id: seat for seat in Seat.objects.filter(staff_id__in=ids)}
    loads, gone = places.loads(ids), places.away(ids, at)
    return [
        Row(one, known.get(one.pk) or Seat(staff=one, room=ROOM), loads.get(one.pk, 0), one.pk in gone)
        for one in people
    ]


def units(actor: Actor) -> list[tuple[Unit, bool]]:
    """The units the actor leads, each with whether it gives out by itself."""
    paths = actor.paths(Role.HEAD, Role.GENERAL_MANAGER)
    rows = Unit.objects.filter(company_id=actor.company_id, active=True).order_by("path")
    led = [one for one in rows if any(one.path.startswith(path) for path in paths)]
    said = dict(Routing.objects.filter(unit__company_id=actor.company_id).values_list("unit_id", "automatic"))
    return [(one, places.nearest(one, said)) for one in led[:MOST]]


@transaction.atomic
def set_seat(
    *,
    actor: Actor,
    at: datetime,
    staff_uid: object,
    room: object = ROOM,
    classes: Sequence[str] = (),
    languages: Sequence[str] = (),
    channels: Sequence[str] = (),
    receives: bool = True,
) -> Seat:
    """Settle what somebody is given: how many at most, and with which skills (none: everything).

    Raises at `staff`, `room` (1 to 500), `classes`, `languages`, `channels`.
    """
    person = colleague(actor, staff_uid)
    if person.pk not in {one.pk for one in _agents(actor)}:
        require(actor, PERMISSION, path="/" if person.unit is None else person.unit.path)
        raise invalid({"staff": [("handler.may_not", {"name": person.name})]})
    number = whole_number(room) or 0
    if not 1 <= number <= MOST:
        raise invalid({"room": [("room.range", {"limit": MOST})]})
    rules = rules_at(person.unit, at) if person.unit else None
    known = {
        "classes": set(rules.complaints.class_index) if rules else set(classes),
        "languages": {value for value, _ in LANGUAGES},
        "channels": set(Channel.values),
    }
    given = {"classes": classes, "languages": languages, "channels": channels}
    for field, values in given.items():
        if set(values) - known[field]:
            raise invalid({field: [("invalid", {})]})
    row, _made = Seat.objects.update_or_create(
        staff=person,
        defaults={
            "room": number,
            "receives": receives,
            **{name: sorted(set(v)) for name, v in given.items()},
        },
    )
    facts = {"staff": str(person.uid), "room": number, "receives": receives}
    _enter(actor, at, "desk.seat", facts | {name: sorted(set(v)) for name, v in given.items()}, person.unit)
    return row


@transaction.atomic
def set_automatic(*, actor: Actor, at: datetime, unit_uid: object, automatic: bool) -> Routing:
    """Say whether new complaints of a unit are given out by themselves."""
    unit = Unit.objects.filter(company_id=actor.company_id, uid=read_uid(unit_uid)).first()
    if unit is None:
        raise missing()
    require(actor, PERMISSION, path=unit.path)
    row, _made = Routing.objects.update_or_create(unit=unit, defaults={"automatic": automatic})
    _enter(actor, at, "desk.routing", {"unit": str(unit.uid), "automatic": automatic}, unit)
    return row


def _enter(actor: Actor, at: datetime, kind: str, facts: dict[str, object], unit: Unit | None) -> None:
    place = unit or Unit.objects.get(pk=actor.company_id or 0)
    append(
        book=book_of(place, at=at, actor_id=actor.uid), kind=kind, actor_id=actor.uid, occurred_at=at, recorded_at=at,
        subject=("unit", place.uid), facts=facts,
    )  # fmt: skip
