"""What lengthens or shortens a hold besides follow-ups: the stage of the sale, a renewal of the protection."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import not_own_matter, require
from dingfen.accounts.actor import Actor
from dingfen.engine.ownership import Renewal
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    about_customer,
    held_facts,
    lock_registration,
    reason_of,
    same_version,
    write,
)
from dingfen.ownership.actions.touches import count_from
from dingfen.ownership.models import Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.renewal_rows import RenewalRequest
from dingfen.ownership.rules import Rules, rules_at
from dingfen.problems import conflict, invalid, refused

State = Registration.State
RUNNING = (State.HELD, State.LAPSING, State.WON)


@transaction.atomic
def reach_stage(
    *, actor: Actor, at: datetime, registration_uid: object, stage: str, version: int | None = None
) -> Registration:
    """The sale has reached a stage, or gone back to one; where the rules ask for it, the protection follows.

    Raises `input.invalid` at `stage`, `stage.same` (409), `registration.state`.
    """
    held = lock_registration(actor, registration_uid, *RUNNING, permission="registration.progress")
    same_version(held.version, version)
    if stage not in Registration.Stage.values:
        raise invalid({"stage": [("required", {})]})
    if stage == held.stage:
        raise conflict("stage.same", stage=stage)
    before, held.stage, held.stage_at = held.stage, stage, at
    held.save(update_fields=["stage", "stage_at"])
    rules = rules_at(held.unit, at)
    if rules is not None:
        count_from(held, held.last_effective_at, rules, actor, at, f"stage:{before}>{stage}")
    write(
        actor=actor,
        at=at,
        kind="registration.stage",
        unit=held.unit,
        subject=about_customer(held),
        facts={**held_facts(held), "stage": stage},
        rules=rules,
    )
    return held


@transaction.atomic
def renew_protection(
    *, actor: Actor, at: datetime, registration_uid: object, reason: str, version: int | None = None
) -> Registration:
    """Renew a protection before it ends, as often as the rules allow and by whom they name; never one's own.

    Raises `renewal.none`, `renewal.used` (409: at_most, article), `role.needed` (403), `reason.short`.
    """
    held = lock_registration(
        actor, registration_uid, State.HELD, State.LAPSING, permission="registration.agree"
    )
    same_version(held.version, version)
    rules = rules_at(held.unit, at)
    if rules is None or rules.ownership.protection.renewal is None:
        raise conflict("renewal.none")
    named_by_rules(actor, held, rules.ownership.protection.renewal.approved_by)
    renewal = renewal_left(held, rules)
    reason = reason_of(reason)
    held.renewals = [*held.renewals, at.isoformat()]
    held.save(update_fields=["renewals"])
    count_from(held, held.last_effective_at, rules, actor, at, "renewed")
    _granted(held, reason, actor, at)
    tell(
        [held.holder],
        "registration.renewed",
        ("registration", held.uid),
        {"customer": held.customer.masked_name, "until": (held.protected_until or at).isoformat()},
        at=at,
        key=f"renewed:{held.uid}:{len(held.renewals)}",
    )
    write(
        actor=actor,
        at=at,
        kind="registration.renewed",
        unit=held.unit,
        subject=about_customer(held),
        facts={**held_facts(held), "article": renewal.article},
        rules=rules,
        personal={"reason": reason},
    )
    return held


def renewal_left(held: Registration, rules: Rules) -> Renewal:
    """What the rules say of renewals, where one is left. Raises `renewal.none`, `renewal.used` (409)."""
    renewal = rules.ownership.protection.renewal
    if renewal is None:
        raise conflict("renewal.none")
    if len(held.renewals) >= renewal.at_most:
        raise conflict("renewal.used", at_most=renewal.at_most, article=renewal.article)
    return renewal


def _granted(held: Registration, reason: str, actor: Actor, at: datetime) -> None:
    """What the holder had asked for is given."""
    asked = held.renewal_requests.filter(state=RenewalRequest.State.OPEN)
    asked.update(
        state=RenewalRequest.State.GRANTED, answered_by=actor.staff_id, answered_at=at, answer=reason[:200]
    )
    watch.agreed(held, actor, at, watch.RENEWAL)


def named_by_rules(actor: Actor, held: Registration, role: str) -> None:
    """Raise `role.needed` for who lacks the role the rules name over the hold's unit, `own_matter` for its holder."""
    other = not_own_matter(actor, [held.holder_id])
    require(other, "registration.agree", company_id=held.company_id, path=held.unit.path)
    if not any(held.unit.path.startswith(over) for over in other.paths(role)):
        raise refused("role.needed", permission="registration.agree", roles=[role])
