"""A holder asks for a renewal of the protection with a reason; whom the rules name grants or refuses it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.clocks.sweep import still_due
from dingfen.ownership import watch
from dingfen.ownership.actions.common import about_customer, held_facts, lock_registration, reason_of, write
from dingfen.ownership.actions.progress import named_by_rules, renew_protection, renewal_left
from dingfen.ownership.deciders import holders_of
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.renewal_rows import RenewalRequest
from dingfen.ownership.rules import rules_needed
from dingfen.problems import conflict, refused

State = Registration.State
RUNNING = (State.HELD, State.LAPSING)


@transaction.atomic
def ask_renewal(*, actor: Actor, at: datetime, registration_uid: object, reason: str) -> RenewalRequest:
    """Ask for one's own protection to be renewed; the clock for the answer never outlasts the protection.

    Raises `renewal.holder_asks` (403) for anybody but the holder, `renewal.asked` (409) while one is open,
    `renewal.none`, `renewal.used`, `registration.state`, `reason.short`.
    """
    held = lock_registration(actor, registration_uid, *RUNNING, permission="registration.progress")
    if held.holder_id != actor.staff_id:
        raise refused("renewal.holder_asks")
    rules = rules_needed(held.unit, at)
    renewal = renewal_left(held, rules)
    if open_request(held) is not None:
        raise conflict("renewal.asked")
    reason = reason_of(reason)
    due = rules.due(at, rules.ownership.decides.ruling)
    row = RenewalRequest.objects.create(
        registration=held,
        asked_by_id=person_of(actor),
        asked_at=at,
        reason=reason[:200],
        by_role=renewal.approved_by,
        answer_by=min(due, held.protected_until) if held.protected_until else due,
    )
    watch.ask_heads(held, watch.RENEWAL, row.answer_by, rules, renewal.article, actor, at)
    _ask(held, row, at, "asked")
    write(
        actor=actor,
        at=at,
        kind="renewal.asked",
        unit=held.unit,
        subject=about_customer(held),
        facts={**held_facts(held), "request": str(row.uid), "article": renewal.article},
        rules=rules,
        personal={"reason": reason},
    )
    return row


@transaction.atomic
def answer_renewal(
    *, actor: Actor, at: datetime, registration_uid: object, grant: bool, reason: str = ""
) -> Registration:
    """Grant what the holder has asked for, or refuse it with a reason; never one's own.

    Raises `renewal.not_asked` (409), `role.needed` (403), `own_matter`, `reason.short`.
    """
    held = lock_registration(actor, registration_uid, *RUNNING, permission="registration.agree")
    row = open_request(held)
    if row is None:
        raise conflict("renewal.not_asked")
    if grant:
        return renew_protection(
            actor=actor, at=at, registration_uid=held.uid, reason=reason.strip() or row.reason
        )
    named_by_rules(actor, held, row.by_role)
    row.answer = reason_of(reason)[:200]
    row.state, row.answered_by_id, row.answered_at = row.State.REFUSED, actor.staff_id, at
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    watch.agreed(held, actor, at, watch.RENEWAL)
    params = {"customer": held.customer.masked_name, "until": (held.protected_until or at).isoformat()}
    subject = ("registration", held.uid)
    tell([held.holder], "renewal.refused", subject, params, at=at, key=f"renewal_refused:{row.uid}")
    write(
        actor=actor,
        at=at,
        kind="renewal.refused",
        unit=held.unit,
        subject=about_customer(held),
        facts={**held_facts(held), "request": str(row.uid)},
        rules=rules_needed(held.unit, at),
        personal={"reason": row.answer},
    )
    return held


def open_request(held: Registration) -> RenewalRequest | None:
    return held.renewal_requests.filter(state=RenewalRequest.State.OPEN).first()


def approvers(held: Registration, role: str, at: datetime) -> list[Staff]:
    """Those who may decide it: of the role the rules name, over its unit; never the holder."""
    return [staff for staff in holders_of(role, held.unit, at) if staff.pk != held.holder_id]


def _ask(held: Registration, row: RenewalRequest, at: datetime, occasion: str) -> None:
    params = {
        "customer": held.customer.masked_name,
        "staff": row.asked_by.name,
        "deadline": row.answer_by.isoformat(),
    }
    people = approvers(held, row.by_role, at)
    subject = ("registration", held.uid)
    tell(people, "renewal.to_decide", subject, params, at=at, key=f"renewal:{row.uid}:{occasion}")


def on_renewal(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: whoever decides is reminded; at the end it stays in their work, late."""
    held = (
        Registration.objects.filter(uid=clock.subject_uid, state__in=RUNNING)
        .select_related("unit__company", "company", "customer", "holder")
        .first()
    )
    row = open_request(held) if held is not None else None
    if held is not None and row is not None and step in (watch.WARN, BREACH) and still_due(clock):
        _ask(held, row, at, step)
