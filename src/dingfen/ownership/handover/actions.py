"""Planning a hand-over, its exceptions, starting and undoing it, closing the account. The work: `running.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import IntegrityError, transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actions import deactivate_staff, revoke_delegation
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Staff
from dingfen.books.actions import end_all_of
from dingfen.ownership.actions.common import (
    colleague,
    reason_of,
    unit_of,
    write,
)
from dingfen.ownership.actions.taking_over import may_take
from dingfen.ownership.handover import queries
from dingfen.ownership.handover.models import OPEN, Handover, HandoverItem
from dingfen.ownership.models import Claim, Registration
from dingfen.ownership.rules import rules_at
from dingfen.problems import Problem, conflict, invalid, missing, read_uid

State, Way, Kind = Handover.State, Handover.Way, HandoverItem.Kind
PERMISSION = "registration.hand_over"
UNDO_WITHIN = timedelta(days=1)
POOL, STAYS = "pool", ""
Target = tuple[Staff | None, bool]
"""Who receives, and whether it goes to the pool; (None, False): it stays."""


@transaction.atomic
def plan(
    *,
    actor: Actor,
    at: datetime,
    person_uid: object,
    why: str,
    reason: str,
    way: str,
    to: Sequence[object] = (),
    parts: Mapping[str, str] | None = None,
    dates: str = Handover.Dates.KEEP,
) -> Handover:
    """Plan who receives what of a person's holds and duties; nothing moves yet. A draft of before is replaced.

    `way`: `one` (to `to[0]`), `robin` (in turn among `to`), `pool`, or by `parts`: `grade:A` or `scope:…` → a
    uid, `pool`, or empty (stays). Raises `input.invalid` by field, `handover.open` while one is at work.
    """
    person = _person(actor, person_uid)
    _check_choice("why", why, Handover.Why.values)
    _check_choice("way", way, Way.values)
    _check_choice("dates", dates, Handover.Dates.values)
    reason = reason_of(reason, least=4)
    receivers = _receivers(actor, person, way, to)
    chosen = {
        key: _target(actor, person, value, f"parts.{key}")
        for key, value in (parts or {}).items()
        if way in (Way.GRADE, Way.SCOPE)
    }
    Handover.objects.filter(person=person, state=State.DRAFT).update(state=State.DROPPED)
    try:
        with transaction.atomic():
            found = Handover.objects.create(
                company_id=person.company_id or 0,
                person=person,
                unit=unit_of(person),
                why=why,
                reason=reason,
                way=way,
                parts={key: _plain(target) for key, target in chosen.items()},
                dates=dates,
                made_by_id=person_of(actor),
                made_at=at,
            )
    except IntegrityError:
        raise conflict("handover.open", staff=person.name) from None
    HandoverItem.objects.bulk_create(_items(found, person, receivers, chosen))
    return found


def _items(
    found: Handover, person: Staff, receivers: Sequence[Staff], chosen: Mapping[str, Target]
) -> Iterator[HandoverItem]:
    """Holds by grade and end of protection, so that taking turns shares them out evenly; then claims and duties."""
    holds = (
        queries.movable(person)
        .select_related("customer")
        .order_by("customer__grade", "protected_until", "pk")
    )
    turn = cycle(receivers or [None])
    for held in holds:
        target = _by_rule(found.way, held, turn, chosen)
        yield HandoverItem(handover=found, kind=Kind.HOLD, registration=held, to=target[0], to_pool=target[1])
    anybody = next((to for to, _ in chosen.values() if to), None)
    for claim in queries.claims_of(person).select_related("dispute").order_by("pk"):
        yield HandoverItem(handover=found, kind=Kind.CLAIM, claim=claim, to=_who_can(claim, receivers, turn))
    for effect in queries.duties_of(person).order_by("pk"):
        staff = next(turn) if receivers else anybody
        yield HandoverItem(handover=found, kind=Kind.DUTY, effect=effect, to=staff)


def _who_can(claim: Claim, receivers: Sequence[Staff], turn: Iterator[Staff | None]) -> Staff | None:
    """The next in turn who can speak for a claim; nobody where every one of them claims or decides there."""
    for _ in receivers:
        staff = next(turn)
        assert staff is not None
        try:
            may_take(claim, staff)
        except Problem:
            continue
        return staff
    return None


def _by_rule(
    way: str, held: Registration, turn: Iterator[Staff | None], chosen: Mapping[str, Target]
) -> Target:
    if way == Way.POOL:
        return None, True
    if way == Way.GRADE:
        return chosen.get(f"grade:{held.customer.grade}", (None, False))
    if way == Way.SCOPE:
        return chosen.get(f"scope:{held.scope}", (None, False))
    return next(turn), False


@transaction.atomic
def change_items(*, actor: Actor, at: datetime, handover_uid: object, changes: Mapping[str, str]) -> Handover:
    """Exceptions: item uid → a colleague's uid, `pool`, or empty for what stays. Only while it is planned."""
    found = lock(actor, handover_uid, State.DRAFT)
    items = {str(item.uid): item for item in found.items.select_related("registration")}
    for uid, value in changes.items():
        item = items.get(str(uid))
        if item is None:
            raise missing()
        to, to_pool = _target(actor, found.person, value, "to")
        item.to, item.to_pool = to, to_pool and item.kind == Kind.HOLD
    HandoverItem.objects.bulk_update(items.values(), ["to", "to_pool"])
    return found


@transaction.atomic
def start(*, actor: Actor, at: datetime, handover_uid: object) -> Handover:
    """Let the worker hand over, item by item. Raises `handover.nothing` when nothing would move."""
    found = lock(actor, handover_uid, State.DRAFT)
    going = found.items.exclude(to=None, to_pool=False)
    if not going.exists():
        raise conflict("handover.nothing")
    found.state, found.started_at = State.RUNNING, at
    found.save(update_fields=["state", "started_at"])
    enter(
        found, "handover.started", actor, at, {"items": going.count(), "dates": found.dates, "way": found.way}
    )
    return found


@transaction.atomic
def drop(*, actor: Actor, at: datetime, handover_uid: object) -> Handover:
    """Discard a plan."""
    found = lock(actor, handover_uid, State.DRAFT)
    found.state = State.DROPPED
    found.save(update_fields=["state"])
    return found


@transaction.atomic
def undo(*, actor: Actor, at: datetime, handover_uid: object) -> Handover:
    """Take it all back within a day. What a receiver has passed on meanwhile stays, and says so.

    Raises `handover.undo_late` after a day, `handover.account_closed` when the person's account is closed.
    """
    found = lock(actor, handover_uid, State.DONE, State.PARTLY)
    until = (found.finished_at or at) + UNDO_WITHIN
    if at > until:
        raise conflict("handover.undo_late", until=until)
    if not found.person.is_active:
        raise conflict("handover.account_closed", staff=found.person.name)
    if Handover.objects.filter(person=found.person, state__in=OPEN).exists():
        raise conflict("handover.open", staff=found.person.name)
    found.state = State.UNDOING
    found.save(update_fields=["state"])
    enter(found, "handover.undo_started", actor, at, {})
    return found


@transaction.atomic
def close_account(*, actor: Actor, at: datetime, person_uid: object) -> Staff:
    """Close a leaver's account: only when nothing of theirs is open. Delegations and borrowings end with it.

    Rulings, commissions and bonuses of theirs stay as they are. Raises `handover.left` with what is open.
    """
    person = _person(actor, person_uid)
    require(actor, "staff.manage", path=unit_of(person).path)
    left = queries.inventory(person, at)
    if left.stops:
        raise conflict(
            "handover.left",
            staff=person.name,
            holds=left.holds + left.disputed,
            claims=left.claims,
            duties=left.duties + left.tellings,
        )
    for delegation in queries.delegations_of(person, at).order_by("pk"):
        revoke_delegation(actor=actor, at=at, delegation=delegation)
    end_all_of(person.uid, actor.uid, at)
    return deactivate_staff(actor=actor, at=at, staff=person)


def lock(actor: Actor, uid: object, *states: str) -> Handover:
    """The hand-over under lock, in one of these states, for who may hand over in the person's unit."""
    found = (
        Handover.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("person__unit", "person__company", "unit__company", "company", "made_by")
        .filter(uid=read_uid(uid))
        .first()
    )
    if found is None:
        raise missing()
    require(actor, PERMISSION, company_id=found.company_id, path=found.unit.path)
    if found.state not in states:
        raise conflict("handover.state", state=found.state)
    return found


def enter(found: Handover, kind: str, actor: Actor, at: datetime, facts: dict[str, Any]) -> None:
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=found.unit,
        subject=("handover", found.uid),
        facts={"handover": str(found.uid), "staff": str(found.person.uid), "why": found.why, **facts},
        rules=rules_at(found.unit, at),
        personal={"reason": found.reason} if kind == "handover.started" else None,
        personal_subject=found.person.uid if kind == "handover.started" else None,
    )


def _person(actor: Actor, uid: object) -> Staff:
    """Whose things are handed over: somebody of the company, active or not; 404 for strangers."""
    found = Staff.objects.select_related("unit", "company").filter(
        uid=read_uid(uid), company_id=actor.company_id
    )
    person = found.first()
    if person is None or person.unit is None:
        raise missing()
    require(actor, PERMISSION, company_id=person.company_id, path=person.unit.path)
    return person


def _receivers(actor: Actor, person: Staff, way: str, to: Sequence[object]) -> list[Staff]:
    if way not in (Way.ONE, Way.ROBIN):
        return []
    wanted = list(dict.fromkeys(str(uid) for uid in to if uid))
    if not wanted:
        raise invalid({"to": [("required", {})]})
    every = [_receiver(actor, person, uid, "to") for uid in wanted]
    return every[:1] if way == Way.ONE else every


def _receiver(actor: Actor, person: Staff, uid: str, field: str) -> Staff:
    staff = colleague(actor, uid, field)
    if staff.pk == person.pk:
        raise invalid({field: [("transfer.same", {"staff": staff.name})]})
    if not RoleGrant.objects.filter(staff=staff, role=Role.SALESPERSON).exists():
        raise invalid({field: [("holder.not_salesperson", {"staff": staff.name})]})
    return staff


def _target(actor: Actor, person: Staff, value: str, field: str) -> Target:
    if value in (POOL, STAYS):
        return None, value == POOL
    return _receiver(actor, person, value, field), False


def _plain(target: Target) -> str:
    return str(target[0].uid) if target[0] else POOL if target[1] else STAYS


def _check_choice(field: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise invalid({field: [("choice.unknown", {"value": value})]})
