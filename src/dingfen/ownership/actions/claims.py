"""What the claimants do: claim, answer, put evidence forward, withdraw, agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    colleague,
    enter_dispute,
)
from dingfen.ownership.actions.deciding import close_evidence
from dingfen.ownership.actions.evidence import Exhibit, answer_late, own_claim, put_forward
from dingfen.ownership.actions.moving import give_back, settle_hold, settled_entry
from dingfen.ownership.actions.opening import check_window, join, rules_of, set_deciders
from dingfen.ownership.actions.terms import terms_of
from dingfen.ownership.claim_rows import concerned
from dingfen.ownership.models import Agreement, Claim, Dispute
from dingfen.ownership.notices import tell
from dingfen.ownership.states import BEFORE_RULING, TAKING_EVIDENCE, TO_RULE
from dingfen.problems import conflict, invalid, missing, read_uid

State = Dispute.State
STATEMENT_LIMIT = 4000


@transaction.atomic
def add_claim(*, actor: Actor, at: datetime, dispute_uid: object, statement: str = "") -> Claim:
    """A further salesperson joins before the ruling; one claim each (`claim.already`).

    Raises `dispute.window` (409) once the time to claim the deal is over.
    """
    require(actor, "dispute.claim")
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related(
            "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
        )
        .filter(case__uid=read_uid(dispute_uid), case__company_id=actor.company_id, state__in=BEFORE_RULING)
        .first()
    )
    if dispute is None:
        raise missing()
    if dispute.deal is not None:
        check_window(dispute.deal, at)
    claim = join(dispute, colleague(actor, actor.uid), actor, at, statement)
    if claim is None:
        raise invalid({"claimant": [("claim.already", {})]})
    return claim


@transaction.atomic
def answer(
    *,
    actor: Actor,
    at: datetime,
    dispute_uid: object,
    statement: str,
    evidence: Sequence[Exhibit] = (),
) -> Claim:
    """State one's case and put evidence forward; when all have answered the evidence is closed.

    What the register proves is drawn in by itself; `evidence` adds to it. The customer is never asked (A13).
    A statement after its time is taken until the ruling, and marked late.
    """
    dispute, claim = own_claim(actor, dispute_uid, *BEFORE_RULING)
    statement = statement.strip()
    if not statement or len(statement) > STATEMENT_LIMIT:
        raise invalid({"statement": [("statement.length", {"limit": STATEMENT_LIMIT})]})
    if claim.answered_at is not None and dispute.state in TO_RULE:
        raise conflict("claim.answered")
    rows = put_forward(dispute, claim, evidence, actor, at)
    claim.late = answer_late(claim, dispute, at)
    claim.statement, claim.answered_at = statement, at
    claim.save(update_fields=["statement", "answered_at", "late"])
    enter_dispute(
        dispute,
        actor,
        at,
        "dispute.answered",
        {
            "claim": str(claim.uid),
            "evidence": [exhibit.entry_seq for exhibit in evidence if exhibit.entry_seq],
            "late": claim.late,
        },
        {"statement": statement, "notes": [row.note for row in rows if row.note]},
    )
    waiting = dispute.claims.filter(withdrawn_at=None, answered_at=None).exists()
    if not waiting and dispute.state in TAKING_EVIDENCE:
        close_evidence(dispute, system_actor(dispute.case.company), at)
    return claim


@transaction.atomic
def withdraw(*, actor: Actor, at: datetime, dispute_uid: object) -> Dispute:
    """Withdraw one's claim, at any time before the ruling. With one claim left, the dispute is over."""
    dispute, claim = own_claim(actor, dispute_uid, *BEFORE_RULING)
    claim.withdrawn_at = at
    claim.save(update_fields=["withdrawn_at"])
    left = list(dispute.claims.filter(withdrawn_at=None).select_related("claimant__unit__company"))
    over, former = len(left) <= 1, dispute.registration
    if over:
        watch.drop(dispute, actor, at)
        if left and dispute.registration and dispute.registration.holder_id != left[0].claimant_id:
            settle_hold(dispute, left[0].claimant, actor, at)
        else:
            give_back(dispute, actor, at)
        _close(dispute, State.WITHDRAWN, at)
        _tell_end(dispute, at)
    else:
        set_deciders(dispute, rules_of(dispute, at))
    settled_entry(dispute, actor, at, former)
    enter_dispute(dispute, actor, at, "dispute.withdrawn", {"claim": str(claim.uid), "over": over})
    return dispute


@transaction.atomic
def agree(
    *,
    actor: Actor,
    at: datetime,
    dispute_uid: object,
    holder: object,
    split: Sequence[Mapping[str, Any]] = (),
) -> Dispute:
    """Say what one would settle for. When every claimant says the same, that holds and the dispute ends."""
    dispute, claim = own_claim(actor, dispute_uid, *BEFORE_RULING)
    terms, people = terms_of(actor, dispute, holder, split, rules_of(dispute, at))
    chosen: Staff = people[terms.holder or ""]
    shares = [{"staff": staff, "share": share} for staff, share in terms.split]
    Agreement.objects.update_or_create(
        dispute=dispute,
        claimant_id=claim.claimant_id,
        defaults={"holder": chosen, "split": shares, "at": at},
    )
    said = list(
        dispute.agreements.filter(claimant__in=dispute.claims.filter(withdrawn_at=None).values("claimant"))
    )
    claims = dispute.claims.filter(withdrawn_at=None).count()
    agreed = len(said) == claims and all(one.holder_id == chosen.pk and one.split == shares for one in said)
    former = dispute.registration
    if agreed:
        watch.drop(dispute, actor, at)
        settle_hold(dispute, chosen, actor, at)
        _close(dispute, State.AGREED, at)
        _tell_end(dispute, at)
        settled_entry(dispute, actor, at, former)
    enter_dispute(
        dispute,
        actor,
        at,
        "dispute.agreed",
        {"claim": str(claim.uid), "holder": terms.holder, "split": shares, "settled": agreed},
    )
    return dispute


def call_off(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """End a dispute whose cause has gone: nothing is decided and the hold goes on. In the caller's transaction."""
    former = dispute.registration
    watch.drop(dispute, actor, at)
    give_back(dispute, actor, at)
    _close(dispute, State.WITHDRAWN, at)
    _tell_end(dispute, at)
    settled_entry(dispute, actor, at, former)
    enter_dispute(dispute, actor, at, "dispute.withdrawn", {"over": True})


def _close(dispute: Dispute, state: str, at: datetime) -> None:
    dispute.state = state
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    dispute.case.closed_at = at
    dispute.case.save(update_fields=["closed_at"])


def _tell_end(dispute: Dispute, at: datetime) -> None:
    tell(
        concerned(dispute, at),
        "dispute.decided",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number},
        at=at,
        key=f"ended:{dispute.case.uid}",
    )
