"""What becomes of the hold when a dispute ends or is ruled on."""

from __future__ import annotations

from datetime import datetime

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    about_customer,
    carry_stage,
    held_facts,
    leave_pool,
    protect,
    unit_of,
    write,
)
from dingfen.ownership.claim_rows import successors
from dingfen.ownership.models import ACTIVE, Dispute, Registration
from dingfen.ownership.rules import rules_at

State = Registration.State


def settled_entry(dispute: Dispute, actor: Actor, at: datetime, former: Registration | None) -> None:
    """Write in the register that the holder changed; nothing where it did not."""
    new = dispute.registration
    if new is None or (former is not None and former.pk == new.pk):
        return
    kind = "registration.transferred" if former is not None else "registration.made"
    first = former or new
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=first.unit,
        subject=about_customer(new),
        facts={
            **held_facts(first),
            "to": str(new.holder.uid),
            "new": str(new.uid),
            "dispute": str(dispute.case.uid),
        },
        rules=rules_at(new.unit, at),
        imported=dispute.origin == "import",
    )


def give_back(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """The hold goes on as it was before the dispute, with the time it stood still added.

    Where a colleague has taken over its holder's claim, the customer is theirs.
    """
    registration = _locked(dispute)
    if registration is None or registration.state != State.DISPUTED:
        return
    successor = successors(dispute).get(str(registration.holder.uid))
    if successor is not None:
        settle_hold(dispute, successor, actor, at)
        return
    until = watch.resume(registration, actor, at)
    registration.state = _after(dispute)
    if until is not None:
        registration.protected_until = until
    registration.version += 1
    registration.save(update_fields=["state", "protected_until", "version"])
    _end_rivals(registration, actor, at, dispute.case.number)


def settle_hold(dispute: Dispute, holder: Staff, actor: Actor, at: datetime) -> Registration | None:
    """The customer is this person's from now on; the same row where it was theirs already.

    The row that was disputed is transferred, rivals end; who wins begins a protection of their own.
    """
    registration = _locked(dispute)
    if registration is not None and registration.holder_id == holder.pk:
        give_back(dispute, actor, at)
        return dispute.registration
    state = State.WON if dispute.deal is not None and dispute.deal.won else State.HELD
    if registration is not None:
        _end_rivals(registration, actor, at, dispute.case.number)
        watch.end(registration, actor, at, dispute.case.number)
        registration.state = State.TRANSFERRED
        registration.ended_at = at
        registration.end_reason = dispute.case.number
        registration.version += 1
        registration.save(update_fields=["state", "ended_at", "end_reason", "version"])
    new = _begin(dispute, holder, state, actor, at)
    dispute.registration = new
    dispute.save(update_fields=["registration"])
    return new


def _begin(dispute: Dispute, holder: Staff, state: str, actor: Actor, at: datetime) -> Registration:
    unit = unit_of(holder)
    customer = dispute.case.customer
    assert customer is not None
    leave_pool(customer, dispute.scope, actor, at)
    rules = rules_at(unit, at)
    new = Registration(
        company=dispute.case.company,
        customer=customer,
        scope=dispute.scope,
        holder=holder,
        unit=unit,
        state=state,
        registered_at=at,
        recorded_at=at,
    )
    carry_stage(new)
    held = protect(new, rules, at)
    new.save(force_insert=True)
    if rules and held:
        watch.guard(new, held, rules, actor, at)
    return new


def _locked(dispute: Dispute) -> Registration | None:
    """The hold in question: the dispute's, or the one in its place where it has changed hands since the ruling."""
    rows = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder", "unit__company", "company")
        .order_by("pk")
    )
    own = rows.filter(pk=dispute.registration_id or 0).first()
    if own is not None and own.is_active:
        return own
    now = rows.filter(
        company_id=dispute.case.company_id,
        customer_id=dispute.case.customer_id or 0,
        scope=dispute.scope,
        state__in=ACTIVE,
        rival_of=None,
    )
    return now.first() or own


def _after(dispute: Dispute) -> str:
    """The state the hold returns to: won where a deal was signed, else what it was."""
    if dispute.deal is not None and dispute.deal.won:
        return State.WON
    earlier = dispute.earlier_state
    return earlier if earlier in (State.HELD, State.LAPSING, State.WON) else State.HELD


def _end_rivals(registration: Registration, actor: Actor, at: datetime, number: str) -> None:
    for rival in Registration.objects.filter(rival_of=registration, state=State.DISPUTED).order_by("pk"):
        watch.end(rival, actor, at, number)
        rival.state, rival.ended_at, rival.end_reason = State.LAPSED, at, number
        rival.version += 1
        rival.save(update_fields=["state", "ended_at", "end_reason", "version"])
