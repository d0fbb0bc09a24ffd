"""A deal that was entered by mistake: it counts as never signed, its entry stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.database.locks import lock_keys
from dingfen.ownership import watch
from dingfen.ownership.actions.common import about_customer, held_facts, reason_of, write
from dingfen.ownership.actions.holding import end_hold
from dingfen.ownership.actions.touches import recount
from dingfen.ownership.models import Deal, Dispute, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import rules_at
from dingfen.problems import conflict, missing, read_uid

State = Registration.State


@transaction.atomic
def void_deal(*, actor: Actor, at: datetime, deal_uid: object, reason: str) -> Deal:
    """Take a won deal out. The hold goes on as if it had never been signed: counted from the last follow-up
    that still stands; a hold that only the deal had made ends.

    Raises `deal.lost` (a lost customer is registered anew instead) and `deal.disputed` (number) while a dispute
    about it is not withdrawn.
    """
    found = Deal.objects.visible_to(actor).select_related("customer").filter(uid=read_uid(deal_uid)).first()
    if found is None:
        raise missing()
    lock_keys([found.customer.uid.bytes])
    deal = (
        Deal.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("customer", "unit__company", "signer")
        .filter(pk=found.pk)
        .first()
    )
    if deal is None:  # a colleague was quicker
        raise missing()
    require(actor, "deal.void", company_id=deal.company_id, path=deal.unit.path)
    _check(deal)
    reason = reason_of(reason)
    deal.voided_at = at
    deal.save(update_fields=["voided_at"])
    held = _won(deal)
    ended = held is not None and _go_on(held, actor, at, reason)
    people = [deal.signer, *deal.co_signers.all()]
    told = [one for one in people if one.uid != actor.uid]
    params = {"customer": deal.customer.masked_name, "by": actor.name}
    tell(told, "deal.voided", ("customer", deal.customer.uid), params, at=at, key=f"deal.voided:{deal.uid}")
    _enter(deal, held if ended else None, actor, at, reason)
    return deal


def _check(deal: Deal) -> None:
    if not deal.won:
        raise conflict("deal.lost")
    standing = Dispute.objects.filter(deal=deal).exclude(state=Dispute.State.WITHDRAWN)
    if dispute := standing.select_related("case").first():
        raise conflict("deal.disputed", number=dispute.case.number)


def _won(deal: Deal) -> Registration | None:
    """The hold that is won by this deal alone."""
    if Deal.objects.filter(customer=deal.customer, scope=deal.scope, won=True, voided_at=None).exists():
        return None
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder__unit", "unit__company", "company")
        .filter(customer=deal.customer, scope=deal.scope, state=State.WON, rival_of=None)
        .first()
    )


def _go_on(held: Registration, actor: Actor, at: datetime, reason: str) -> bool:
    """The hold as if the deal had not been; whether it ended, because nothing but a deal had made it."""
    if _made_by_deal(held):
        watch.end(held, actor, at, "void")
        end_hold(held, State.VOID, at, reason)
        return True
    held.state = State.HELD
    held.version += 1
    held.save(update_fields=["state", "version"])
    recount(held, actor, at)
    return False


def _made_by_deal(held: Registration) -> bool:
    """Whether a deal made this hold, whichever of them was voided last: `record_deal` gives both the same moments."""
    return Deal.objects.filter(
        customer=held.customer,
        scope=held.scope,
        signer=held.holder,
        won=True,
        recorded_at=held.recorded_at,
        signed_at=held.registered_at,
        import_row=held.import_row,
    ).exists()


def _enter(deal: Deal, ended: Registration | None, actor: Actor, at: datetime, reason: str) -> None:
    rules = rules_at(deal.unit, at)
    subject = ("customer", deal.customer.uid)
    facts: dict[str, Any] = {
        "deal": str(deal.uid),
        "scope": deal.scope,
        "staff": str(deal.signer.uid),
        "unit": str(deal.unit.uid),
    }
    write(
        actor=actor, at=at, kind="deal.voided", unit=deal.unit, subject=subject, facts=facts, rules=rules,
        personal={"reason": reason},
    )  # fmt: skip
    if ended is not None:
        write(
            actor=actor, at=at, kind="registration.voided", unit=ended.unit, subject=about_customer(ended),
            facts={**held_facts(ended), "by_deal": str(deal.uid)}, rules=rules,
        )  # fmt: skip
