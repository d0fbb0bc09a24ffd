"""Co-workers beside the one holder: named and ended (A15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor, grants_in_force
from dingfen.accounts.models import Role, Staff
from dingfen.engine.ownership import CoWorkers
from dingfen.ownership.actions.common import (
    about_customer,
    colleague,
    held_facts,
    lock_registration,
    reason_of,
    write,
)
from dingfen.ownership.co_worker_rows import CoWorker, at_work
from dingfen.ownership.co_working import tell_ended
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_at
from dingfen.problems import conflict, invalid, missing, read_uid, refused

State = Registration.State
WITH_CO_WORKERS = (State.HELD, State.LAPSING, State.WON)
ROLES = (Role.SALESPERSON, Role.AGENT, Role.HEAD)
SHORT_REASON = 4
PERMISSION = "registration.co_workers"


@transaction.atomic
def name_co_worker(
    *, actor: Actor, at: datetime, registration_uid: object, staff: object, role: str, share: int = 0
) -> CoWorker:
    """Name a colleague (uid) who works on the customer beside the holder, with a share in whole %.

    By the pack the holder names, or the head alone. Raises Problem by field: `co_worker.at_most` (limit,
    article), `co_worker.shares` (left) and the other words of `co_working.FAULTS`; `co_worker.no_rule` (409).
    """
    registration = lock_registration(actor, registration_uid, *WITH_CO_WORKERS, permission=PERMISSION)
    rules, rule = _rule(registration, at)
    _may_name(registration, rule, actor)
    there = at_work(registration)
    person = colleague(actor, staff)
    _check(registration, person, role, share, there, rule, actor, at)
    made = CoWorker.objects.create(
        registration=registration,
        staff=person,
        role=role,
        share=share,
        named_by_id=person_of(actor),
        from_at=at,
    )
    tell(
        [person],
        "co_worker.named",
        ("customer", registration.customer.uid),
        {
            "customer": registration.customer.masked_name,
            "by": actor.name,
            "holder": registration.holder.name,
        },
        at=at,
        key=f"co_worker:{made.uid}",
    )
    _enter("co_worker.named", made, registration, rules, rule, actor, at)
    return made


@transaction.atomic
def end_co_worker(
    *, actor: Actor, at: datetime, registration_uid: object, co_worker_uid: object, reason: str
) -> CoWorker:
    """End a co-worker's part, with the reason; the hold goes on. Raises `reason.short`, `co_worker.ended`."""
    registration = lock_registration(
        actor, registration_uid, *WITH_CO_WORKERS, State.DISPUTED, permission=PERMISSION
    )
    rules, rule = _rule(registration, at)
    _may_name(registration, rule, actor)
    found = registration.co_workers.select_related("staff__unit").filter(uid=read_uid(co_worker_uid)).first()
    if found is None:
        raise missing()
    if found.ended_at is not None:
        raise conflict("co_worker.ended")
    reason = reason_of(reason, least=SHORT_REASON)
    found.ended_at, found.ended_reason = at, reason[:200]
    found.save(update_fields=["ended_at", "ended_reason"])
    tell_ended(found, registration, at)
    _enter("co_worker.ended", found, registration, rules, rule, actor, at, {"reason": reason})
    return found


def _rule(registration: Registration, at: datetime) -> tuple[Rules, CoWorkers]:
    rules = rules_at(registration.unit, at)
    rule = rules.ownership.co_workers if rules else None
    if rules is None or rule is None:
        raise conflict("co_worker.no_rule")
    return rules, rule


def may_name(registration: Registration, rule: CoWorkers, actor: Actor) -> bool:
    """The head of the holder's unit always; the holder where the pack says so."""
    if actor.has(Role.HEAD, registration.unit.path):
        return True
    return rule.by == "holder" and registration.holder_id == actor.staff_id


def _may_name(registration: Registration, rule: CoWorkers, actor: Actor) -> None:
    if not may_name(registration, rule, actor):
        raise refused(f"co_worker.{rule.by}_names", article=rule.article)


def nameable(registration: Registration) -> list[Staff]:
    """Who can be named: who sells, serves or leads in the company, neither the holder nor named already."""
    return list(
        Staff.objects.filter(company_id=registration.company_id, is_active=True, grants__role__in=ROLES)
        .exclude(unit=None)
        .exclude(pk=registration.holder_id)
        .exclude(co_works__in=registration.co_workers.at_work())
        .select_related("unit")
        .distinct()
        .order_by("unit__path", "name")
    )


def _check(
    registration: Registration,
    person: Staff,
    role: str,
    share: int,
    there: list[CoWorker],
    rule: CoWorkers,
    actor: Actor,
    at: datetime,
) -> None:
    errors: dict[str, list[tuple[str, Any]]] = {}
    left = 100 - sum(one.share for one in there)
    if person.pk == registration.holder_id:
        errors["staff"] = [("co_worker.holder", {})]
    elif person.pk == actor.staff_id:
        errors["staff"] = [("co_worker.oneself", {})]
    elif not grants_in_force(person, at).filter(role__in=ROLES).exists():
        errors["staff"] = [("co_worker.sells_nothing", {})]
    elif person.pk in {one.staff_id for one in there}:
        errors["staff"] = [("co_worker.already", {})]
    elif len(there) >= rule.at_most:
        errors["staff"] = [("co_worker.at_most", {"limit": rule.at_most, "article": rule.article})]
    if role not in CoWorker.Role.values:
        errors["role"] = [("co_worker.role", {})]
    if not 0 <= share <= 100:
        errors["share"] = [("co_worker.share", {})]
    elif share > left:
        errors["share"] = [("co_worker.shares", {"left": left})]
    if errors:
        raise invalid(errors)


def _enter(
    kind: str,
    one: CoWorker,
    registration: Registration,
    rules: Rules,
    rule: CoWorkers,
    actor: Actor,
    at: datetime,
    personal: dict[str, Any] | None = None,
) -> None:
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=registration.unit,
        subject=about_customer(registration),
        facts={
            **held_facts(registration),
            "to": str(one.staff.uid),
            "co_worker": str(one.uid),
            "role": one.role,
            "share": one.share,
            "article": rule.article,
        },
        rules=rules,
        personal=personal,
    )
