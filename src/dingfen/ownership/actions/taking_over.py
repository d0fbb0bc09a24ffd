"""A colleague steps into the claim of somebody who leaves or is away: what was done with the customer counts on.

The claim, its evidence and its unit stay; who speaks, agrees, appeals and holds from now on is the colleague.
Money and sanctions stay with whoever earned them (`ruling.give_ruling`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Staff
from dingfen.ownership import watch
from dingfen.ownership.actions.common import colleague, enter_dispute, lock_dispute, reason_of
from dingfen.ownership.actions.deciding import propose_again
from dingfen.ownership.actions.opening import rules_of
from dingfen.ownership.claim_rows import Takeover
from dingfen.ownership.models import Claim, Dispute
from dingfen.ownership.notices import tell
from dingfen.ownership.states import OPEN, TAKING_EVIDENCE, TO_RULE
from dingfen.problems import conflict, invalid, missing, read_uid

PERMISSION = "registration.hand_over"
REASON_LEAST = 4


@transaction.atomic
def take_over_claim(*, actor: Actor, at: datetime, claim_uid: object, to: object, reason: str) -> Claim:
    """Give an open claim to a colleague. Whoever may hand over the claimant's customers may do it.

    Raises `dispute.state` (409) once the dispute is over; at the field `to`: `holder.not_salesperson`,
    `claim.already` for who claims there too, `claim.has_decided` for who has said how to rule.
    """
    found = Claim.objects.select_related("dispute__case").filter(
        uid=read_uid(claim_uid), dispute__in=Dispute.objects.visible_to(actor), withdrawn_at=None
    )
    row = found.first()
    if row is None:
        raise missing()
    require(actor, PERMISSION, company_id=actor.company_id, path=row.unit.path)
    dispute = lock_dispute(actor, row.dispute.case.uid, *OPEN)
    reason = reason_of(reason, least=REASON_LEAST)
    return hand(dispute, row.pk, colleague(actor, to, "to"), actor, at, reason)


def hand(
    dispute: Dispute, claim_id: int, to: Staff, actor: Actor, at: datetime, reason: str, handover: str = ""
) -> Claim:
    """The claim of a dispute under lock goes to `to`, in the caller's transaction, which has checked access."""
    claim = _claim(dispute, claim_id)
    earlier = claim.claimant
    may_take(claim, to)
    Takeover.objects.create(
        claim=claim, earlier=earlier, later=to, by_id=person_of(actor), at=at, reason=reason[:200]
    )
    _step_in(dispute, claim, to, actor, at)
    params = {"number": dispute.case.number, "staff": to.name}
    key = f"stepped_back:{claim.uid}:{dispute.version}"
    tell([earlier], "claim.handed_on", ("dispute", dispute.case.uid), params, at=at, key=key)
    _enter(dispute, claim, earlier, actor, at, handover, reason)
    return claim


def hand_back(dispute: Dispute, claim_id: int, actor: Actor, at: datetime, handover: str = "") -> Claim:
    """Undo the last take-over of a claim, in the caller's transaction."""
    claim = _claim(dispute, claim_id)
    last = claim.takeovers.filter(undone_at=None).select_related("earlier__unit__company").last()
    if last is None:
        raise conflict("claim.not_taken")
    earlier = claim.claimant
    last.undone_at = at
    last.save(update_fields=["undone_at"])
    _step_in(dispute, claim, last.earlier, actor, at)
    _enter(dispute, claim, earlier, actor, at, handover, last.reason)
    return claim


def may_take(claim: Claim, to: Staff) -> None:
    """Whether a colleague can step into a claim. Raises `input.invalid` at the field `to`."""
    if to.pk == claim.claimant_id:
        raise invalid({"to": [("transfer.same", {"staff": to.name})]})
    if not RoleGrant.objects.filter(staff=to, role=Role.SALESPERSON).exists():
        raise invalid({"to": [("holder.not_salesperson", {"staff": to.name})]})
    if claim.dispute.claims.filter(claimant=to).exists():
        raise invalid({"to": [("claim.already", {})]})
    if claim.dispute.confirmations.filter(decider=to).exists():
        raise invalid({"to": [("claim.has_decided", {"staff": to.name})]})


def _claim(dispute: Dispute, pk: int) -> Claim:
    found = dispute.claims.select_related("claimant__unit__company", "unit__company").filter(
        pk=pk, withdrawn_at=None
    )
    claim = found.first()
    if claim is None:
        raise missing()
    claim.dispute = dispute
    return claim


def _step_in(dispute: Dispute, claim: Claim, to: Staff, actor: Actor, at: datetime) -> None:
    claim.claimant = to
    if claim.answered_at is None and dispute.state in TAKING_EVIDENCE and not watch.quiet(dispute):
        _time_to_answer(dispute, claim, actor, at)
    claim.save(update_fields=["claimant", "answer_by"])
    dispute.version += 1
    dispute.save(update_fields=["version"])
    if dispute.state in TO_RULE:
        propose_again(dispute, at)
    params: dict[str, Any] = {"number": dispute.case.number}
    key = f"took_over:{claim.uid}:{dispute.version}"
    tell([to], "claim.taken_over", ("dispute", dispute.case.uid), params, at=at, key=key)


def _time_to_answer(dispute: Dispute, claim: Claim, actor: Actor, at: datetime) -> None:
    """Who steps in has the whole time to answer, from now."""
    rules = rules_of(dispute, at)
    if rules is None:
        return
    until = rules.due(at, rules.ownership.decides.statement)
    if claim.answer_by is None or until > claim.answer_by:
        claim.answer_by = until
        watch.lengthen(dispute, watch.EVIDENCE, until, actor, at)


def _enter(
    dispute: Dispute, claim: Claim, earlier: Staff, actor: Actor, at: datetime, handover: str, reason: str
) -> None:
    facts = {"claim": str(claim.uid), "staff": str(earlier.uid), "to": str(claim.claimant.uid)}
    if handover:
        facts["handover"] = handover
    personal = {"reason": reason} if actor.staff_id is not None else None
    enter_dispute(dispute, actor, at, "claim.taken_over", facts, personal)
