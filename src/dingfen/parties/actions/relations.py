"""Relations between customers: household, group, introduction. Never the same party; each step an entry."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dingfen.accounts.actor import Actor
from dingfen.parties.actions.common import enter, locked
from dingfen.parties.models import Customer, Relation
from dingfen.problems import conflict, invalid, missing

Kind = Relation.Kind
# kinds that read the same from both sides
MUTUAL = (Kind.SPOUSE, Kind.HOUSEHOLD, Kind.FIRM_GROUP)
OF_PERSONS = (Kind.SPOUSE, Kind.PARENT, Kind.HOUSEHOLD)
OF_FIRMS = (Kind.PARENT_COMPANY, Kind.BRANCH, Kind.FIRM_GROUP)


@transaction.atomic
def relate(
    *,
    actor: Actor,
    at: datetime,
    uid: uuid.UUID | str,
    other_uid: uuid.UUID | str,
    kind: str,
    starts_on: date | None = None,
) -> Relation:
    """Note that `uid` is the spouse, parent, parent company, introducer … of `other_uid`.

    Raises `input.invalid` (kind, other), `relation.there` (409).
    """
    one = locked(actor, uid, "customer.edit")
    other = Customer.objects.visible_to(actor).leading().filter(uid=other_uid).first()
    if other is None:
        raise missing()
    _check(one, other, kind, starts_on, at)
    if kind in MUTUAL and other.pk < one.pk:
        one, other = other, one
    try:
        with transaction.atomic():
            row = Relation.objects.create(
                company_id=one.company_id,
                one=one,
                other=other,
                kind=kind,
                starts_on=starts_on,
                added_at=at,
                added_by_id=actor.staff_id,
            )
    except IntegrityError as error:
        raise conflict("relation.there") from error
    _enter("relation.added", row, actor, at)
    return row


@transaction.atomic
def introduce(*, actor: Actor, at: datetime, customer: Customer, by: object) -> Relation | None:
    """An earlier customer of the company (`by`: uid) brought this one; None where that is noted already.

    Whoever registers says so, without a look at the other's card. Raises `input.invalid` at `introduced_by`.
    """
    try:
        known = uuid.UUID(str(by))
    except ValueError:
        raise invalid({"introduced_by": [("customer.not_found", {})]}) from None
    one = Customer.objects.leading().filter(uid=known, company_id=customer.company_id).first()
    if one is None or one.pk == customer.pk:
        raise invalid({"introduced_by": [("customer.not_found", {})]})
    if Relation.objects.filter(other=customer, kind=Kind.INTRODUCED, ends_on=None, void_reason="").exists():
        return None
    row = Relation.objects.create(
        company_id=customer.company_id,
        one=one,
        other=customer,
        kind=Kind.INTRODUCED,
        starts_on=customer.unit.day(at),
        added_at=at,
        added_by_id=actor.staff_id,
    )
    _enter("relation.added", row, actor, at)
    return row


@transaction.atomic
def end_relation(
    *, actor: Actor, at: datetime, uid: uuid.UUID | str, ends_on: date | None = None
) -> Relation:
    """The relation is over from a day on (today). Raises `relation.over`, `input.invalid` at `ends_on`."""
    row = _open(actor, uid)
    day = ends_on or row.one.unit.day(at)
    if day > row.one.unit.day(at) or (row.starts_on and day < row.starts_on):
        raise invalid({"ends_on": [("relation.ends", {})]})
    row.ends_on = day
    row.save(update_fields=["ends_on"])
    _enter("relation.ended", row, actor, at)
    return row


@transaction.atomic
def void_relation(*, actor: Actor, at: datetime, uid: uuid.UUID | str, reason: str) -> Relation:
    """It never was so. Raises `relation.over`, `input.invalid` at `reason`."""
    row = _open(actor, uid)
    if not reason.strip():
        raise invalid({"reason": [("required", {})]})
    row.void_reason = reason.strip()[:200]
    row.save(update_fields=["void_reason"])
    _enter("relation.voided", row, actor, at, reason=row.void_reason)
    return row


def _open(actor: Actor, uid: uuid.UUID | str) -> Relation:
    found = Relation.objects.select_related("one").filter(uid=uid, company_id=actor.company_id).first()
    if found is None:
        raise missing()
    seen = Customer.objects.visible_to(actor).filter(pk__in=[found.one_id, found.other_id]).first()
    if seen is None:
        raise missing()
    locked(actor, seen.uid, "customer.edit")
    row = (
        Relation.objects.select_for_update(of=("self",)).select_related("one__unit", "other").get(pk=found.pk)
    )
    if row.void_reason or row.ends_on:
        raise conflict("relation.over")
    return row


def _check(one: Customer, other: Customer, kind: str, starts_on: date | None, at: datetime) -> None:
    if kind not in Kind.values:
        raise invalid({"kind": [("invalid", {})]})
    if one.pk == other.pk:
        raise invalid({"other": [("relation.itself", {})]})
    kinds = {one.kind, other.kind}
    wrong = (kind in OF_PERSONS and kinds != {Customer.Kind.PERSON}) or (
        kind in OF_FIRMS and kinds != {Customer.Kind.COMPANY}
    )
    if wrong:
        raise invalid({"kind": [("relation.kind", {})]})
    if starts_on is not None and starts_on > one.unit.day(at):
        raise invalid({"starts_on": [("relation.future", {})]})


def _enter(kind: str, row: Relation, actor: Actor, at: datetime, reason: str = "") -> None:
    facts = {
        "relation": str(row.uid),
        "relation_kind": row.kind,
        "other": str(row.other.uid),
        "starts_on": row.starts_on.isoformat() if row.starts_on else "",
        "ends_on": row.ends_on.isoformat() if row.ends_on else "",
    }
    enter(
        actor=actor,
        at=at,
        kind=kind,
        customer=row.one,
        facts={name: value for name, value in facts.items() if value},
        personal={"reason": reason} if reason else None,
    )
