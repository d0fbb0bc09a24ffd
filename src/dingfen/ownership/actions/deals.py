"""Deals, won or lost: a deal signed by somebody else than the holder opens a dispute by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.database.locks import lock_keys
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    carry_stage,
    colleague,
    customer_seen,
    duties_ended,
    held_facts,
    leave_pool,
    not_future,
    protect,
    unit_of,
    write,
)
from dingfen.ownership.actions.opening import open_by_system
from dingfen.ownership.actions.terms import MOST_SHARING
from dingfen.ownership.actions.touches import renew
from dingfen.ownership.models import ACTIVE, Deal, Registration
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.models import Customer
from dingfen.problems import conflict, invalid, missing, read_uid

State = Registration.State
TWICE = timedelta(minutes=5)


@transaction.atomic
def record_deal(
    *,
    actor: Actor,
    at: datetime,
    customer_uid: object,
    scope: str = "",
    signer: object = None,
    co_signers: Sequence[object] = (),
    signed_at: datetime | None = None,
    won: bool = True,
    quantity: int = 1,
    amount: Decimal | None = None,
    currency: str = "CNY",
    reference: str = "",
    imported: bool = False,
    import_row: str = "",
) -> Deal:
    """Record a deal won or lost.

    Won by the holder (alone or among the signers) it is theirs. Signed while somebody else held the customer
    it opens a dispute between holder and signers (`deal.disputes`). Where nobody holds it, the signer does
    from now on. Signers share: at most the pack's number of them. Raises `input.invalid`,
    `deal.signers` (limit, chosen, article), `deal.twice` (at).
    """
    require(actor, "deal.record")
    signed_at = signed_at or at
    not_future(signed_at, at, "signed_at")
    customer = customer_seen(actor, customer_uid)
    lock_keys([customer.uid.bytes])
    signers = _signers(actor, signer, co_signers)
    unit = unit_of(signers[0])
    rules = rules_at(unit, signed_at, imported)
    _check(signers, quantity, amount, rules)
    _once(customer, scope, signers[0], won, signed_at, quantity, amount, reference, at, imported)
    held = _active(customer, scope)
    deal = Deal.objects.create(
        company_id=customer.company_id,
        customer=customer,
        scope=scope,
        signer=signers[0],
        unit=unit,
        won=won,
        signed_at=signed_at,
        recorded_at=at,
        quantity=quantity,
        amount=amount,
        currency=currency,
        reference=reference,
        import_row=import_row,
    )
    deal.co_signers.set(signers[1:])
    rivals = _rivals(held, signers, signed_at) if won else []
    made = None
    if won and not rivals:
        made = _win(held, deal, rules, actor, at)
    elif not won and held is not None and held.holder_id in {staff.pk for staff in signers}:
        _lose(held, actor, at)
    _entries(deal, signers, held, made, rules, actor, at, imported)
    if rivals:
        open_by_system(
            actor=actor,
            at=at,
            claimants=[*rivals, *signers],
            origin="deal_by_other",
            registration=held,
            deal=deal,
            imported=imported,
        )
    return deal


def _signers(actor: Actor, signer: object, co_signers: Sequence[object]) -> list[Staff]:
    first = colleague(actor, signer if signer is not None else actor.uid, "signer")
    found = {first.pk: first}
    for uid in co_signers:
        other = colleague(actor, uid, "co_signers")
        found.setdefault(other.pk, other)
    return list(found.values())


def _check(signers: Sequence[Staff], quantity: int, amount: Decimal | None, rules: Rules | None) -> None:
    rule = rules.ownership.signers if rules else None
    limit = rule.at_most if rule else MOST_SHARING
    errors: dict[str, list[tuple[str, Any]]] = {}
    if len(signers) > limit:
        params = {"limit": limit, "chosen": len(signers), "article": rule.article if rule else ""}
        errors["co_signers"] = [("deal.signers", params)]
    if quantity < 1:
        errors["quantity"] = [("number.least", {"least": 1})]
    if amount is not None and amount < 0:
        errors["amount"] = [("number.least", {"least": 0})]
    if errors:
        raise invalid(errors)


def _once(
    customer: Customer,
    scope: str,
    signer: Staff,
    won: bool,
    signed_at: datetime,
    quantity: int,
    amount: Decimal | None,
    reference: str,
    at: datetime,
    imported: bool,
) -> None:
    """A form sent twice makes no second deal: the same contract, or all the same within a few minutes."""
    if imported:  # the rows of a file have their own mark
        return
    same = Deal.objects.filter(customer=customer, scope=scope, signer=signer, won=won, voided_at=None)
    if reference:
        same = same.filter(reference=reference)
    else:
        same = same.filter(
            reference="", quantity=quantity, amount=amount, recorded_at__gt=at - TWICE,
            signed_at__gt=signed_at - TWICE, signed_at__lt=signed_at + TWICE,
        )  # fmt: skip
    if known := same.first():
        raise conflict("deal.twice", at=known.recorded_at)


def _active(customer: Customer, scope: str) -> Registration | None:
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder__unit__company", "unit__company", "company")
        .filter(customer=customer, scope=scope, state__in=ACTIVE, rival_of=None)
        .first()
    )


def _rivals(held: Registration | None, signers: Sequence[Staff], signed_at: datetime) -> list[Staff]:
    """Who held the customer at signing without being among the signers; disputes are joined, not doubled."""
    if held is None or held.holder_id in {staff.pk for staff in signers}:
        return []
    if held.state != State.DISPUTED and not protects(held, signed_at):
        return []
    return [held.holder]


def protects(held: Registration, at: datetime) -> bool:
    """Whether a hold was in force at a moment."""
    begun = held.registered_at <= at
    return begun and (held.protected_until is None or at < held.protected_until)


def _win(
    held: Registration | None, deal: Deal, rules: Rules | None, actor: Actor, at: datetime
) -> Registration | None:
    """The deal is the holder's own, or makes its signer the holder. Returns a registration newly made."""
    ours = held is not None and held.holder_id in {
        deal.signer_id,
        *deal.co_signers.values_list("pk", flat=True),
    }
    if held is not None and ours:
        if held.state != State.DISPUTED:
            held.state = State.WON
            held.version += 1
            held.save(update_fields=["state", "version"])
            if rules:
                renew(held, deal.signed_at, rules, actor, at)
        return None
    if held is not None:
        watch.end(held, actor, at, "lapse")
        held.state, held.ended_at, held.end_reason = State.LAPSED, held.protected_until or at, "lapse"
        held.version += 1
        held.save(update_fields=["state", "ended_at", "end_reason", "version"])
    leave_pool(deal.customer, deal.scope, actor, at)
    unit = deal.unit
    new = Registration(
        company=deal.company,
        customer=deal.customer,
        scope=deal.scope,
        holder=deal.signer,
        unit=unit,
        state=State.WON,
        registered_at=deal.signed_at,
        recorded_at=at,
        import_row=deal.import_row,
    )
    carry_stage(new)
    protection = protect(new, rules, deal.signed_at)
    new.save(force_insert=True)
    if rules and protection:
        watch.guard(new, protection, rules, actor, at)
    return new


def _lose(held: Registration, actor: Actor, at: datetime) -> None:
    if held.state == State.DISPUTED:
        raise conflict("registration.disputed")
    watch.end(held, actor, at, "lost")
    held.state, held.ended_at, held.end_reason = State.LOST, at, "lost"
    held.version += 1
    held.save(update_fields=["state", "ended_at", "end_reason", "version"])


def _entries(
    deal: Deal,
    signers: Sequence[Staff],
    held: Registration | None,
    made: Registration | None,
    rules: Rules | None,
    actor: Actor,
    at: datetime,
    imported: bool,
) -> None:
    entry = write(
        actor=actor,
        at=at,
        occurred_at=deal.signed_at,
        kind="deal.signed" if deal.won else "deal.lost",
        unit=deal.unit,
        subject=("customer", deal.customer.uid),
        facts={
            "deal": str(deal.uid),
            "scope": deal.scope,
            "signers": [str(staff.uid) for staff in signers],
            "staff": str(deal.signer.uid),
            "unit": str(deal.unit.uid),
            "quantity": deal.quantity,
            "amount": str(deal.amount) if deal.amount is not None else None,
            "currency": deal.currency,
            "registration": str((held or made).uid) if (held or made) else None,  # type: ignore[union-attr]
            **(duties_ended(held) if held else {}),
        },
        rules=rules,
        imported=imported,
    )
    Deal.objects.filter(pk=deal.pk).update(entry_seq=entry.seq)
    deal.entry_seq = entry.seq
    if made is not None:
        write(
            actor=actor,
            at=at,
            occurred_at=deal.signed_at,
            kind="registration.made",
            unit=made.unit,
            subject=("customer", deal.customer.uid),
            facts={**held_facts(made), "by_deal": str(deal.uid)},
            rules=rules,
            imported=imported,
        )


@transaction.atomic
def record_delivery(
    *, actor: Actor, at: datetime, deal_uid: object, delivered_at: datetime | None = None
) -> Deal:
    """The goods were handed over: the claim window may run from here too (A8)."""
    require(actor, "deal.record")
    deal = (
        Deal.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("customer", "unit__company", "signer")
        .filter(uid=read_uid(deal_uid), won=True)
        .first()
    )
    if deal is None:
        raise missing()
    when = delivered_at or at
    not_future(when, at, "delivered_at")
    if when < deal.signed_at:
        raise invalid({"delivered_at": [("date.before_deal", {"signed": deal.signed_at})]})
    if deal.delivered_at is not None:
        raise conflict("deal.delivered", at=deal.delivered_at)
    deal.delivered_at = when
    deal.save(update_fields=["delivered_at"])
    write(
        actor=actor,
        at=at,
        occurred_at=when,
        kind="deal.delivered",
        unit=deal.unit,
        subject=("customer", deal.customer.uid),
        facts={
            "deal": str(deal.uid),
            "scope": deal.scope,
            "staff": str(deal.signer.uid),
            "unit": str(deal.unit.uid),
        },
    )
    return deal
