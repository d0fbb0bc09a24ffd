"""What the claimants do: claim, answer, put evidence forward, withdraw, agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.ownership import watch
from dingfen.ownership.actions.common import colleague, lock_dispute, read_uid, write
from dingfen.ownership.actions.deciding import close_evidence
from dingfen.ownership.actions.moving import give_back, settle_hold, settled_entry
from dingfen.ownership.actions.opening import BEFORE_RULING, join, rules_of, set_deciders
from dingfen.ownership.actions.terms import terms_of
from dingfen.ownership.models import Agreement, Claim, Dispute, Evidence
from dingfen.ownership.notices import tell
from dingfen.problems import invalid, missing, refused
from dingfen.register.models import Entry

State = Dispute.State
STATEMENT_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Evidence put forward: an entry of the register by its seq, or a note about a paper."""

    kind: str
    entry_seq: int | None = None
    note: str = ""


@transaction.atomic
def add_claim(*, actor: Actor, at: datetime, dispute_uid: object, statement: str = "") -> Claim:
    """A further salesperson joins while evidence is taken; one claim each (`claim.already`)."""
    require(actor, "dispute.claim")
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related(
            "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
        )
        .filter(case__uid=read_uid(dispute_uid), case__company_id=actor.company_id, state=State.EVIDENCE)
        .first()
    )
    if dispute is None:
        raise missing()
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
    """
    dispute, claim = _own_claim(actor, dispute_uid, State.RAISED, State.EVIDENCE)
    statement = statement.strip()
    if not statement or len(statement) > STATEMENT_LIMIT:
        raise invalid({"statement": [("statement.length", {"limit": STATEMENT_LIMIT})]})
    _check_entries(actor, evidence)
    claim.statement = statement
    claim.answered_at = at
    claim.save(update_fields=["statement", "answered_at"])
    rows = Evidence.objects.bulk_create(
        Evidence(
            claim=claim,
            kind=exhibit.kind,
            entry_seq=exhibit.entry_seq,
            note=exhibit.note.strip(),
            added_by_id=actor.staff_id,
            added_at=at,
        )
        for exhibit in evidence
    )
    _entry(
        dispute,
        actor,
        at,
        "dispute.answered",
        {
            "claim": str(claim.uid),
            "evidence": [exhibit.entry_seq for exhibit in evidence if exhibit.entry_seq],
        },
        {"statement": statement, "notes": [row.note for row in rows if row.note]},
    )
    if not dispute.claims.filter(withdrawn_at=None, answered_at=None).exists():
        close_evidence(dispute, system_actor(dispute.case.company), at)
    return claim


def _check_entries(actor: Actor, evidence: Sequence[Exhibit]) -> None:
    wanted = {exhibit.entry_seq for exhibit in evidence if exhibit.entry_seq is not None}
    known = set(
        Entry.objects.filter(seq__in=wanted, company_uid=actor.company_uid).values_list("seq", flat=True)
        if wanted and actor.company_uid
        else ()
    )
    if wanted - known:
        raise invalid({"evidence": [("entry.unknown", {"entry": min(wanted - known)})]})


@transaction.atomic
def withdraw(*, actor: Actor, at: datetime, dispute_uid: object) -> Dispute:
    """Withdraw one's claim, at any time before the ruling. With one claim left, the dispute is over."""
    dispute, claim = _own_claim(actor, dispute_uid, *BEFORE_RULING)
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
    _entry(dispute, actor, at, "dispute.withdrawn", {"claim": str(claim.uid), "over": over})
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
    dispute, claim = _own_claim(actor, dispute_uid, *BEFORE_RULING)
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
    _entry(
        dispute,
        actor,
        at,
        "dispute.agreed",
        {"claim": str(claim.uid), "holder": terms.holder, "split": shares, "settled": agreed},
    )
    return dispute


def call_off(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """End a dispute whose cause has gone: nothing is decided and the hold goes on. In the caller's transaction."""
    watch.drop(dispute, actor, at)
    give_back(dispute, actor, at)
    _close(dispute, State.WITHDRAWN, at)
    _tell_end(dispute, at)
    _entry(dispute, actor, at, "dispute.withdrawn", {"over": True})


def _own_claim(actor: Actor, dispute_uid: object, *states: str) -> tuple[Dispute, Claim]:
    require(actor, "dispute.claim")
    dispute = lock_dispute(actor, dispute_uid, *states)
    claim = dispute.claims.filter(claimant_id=actor.staff_id, withdrawn_at=None).first()
    if claim is None:
        raise refused("dispute.not_claimant")
    return dispute, claim


def _close(dispute: Dispute, state: str, at: datetime) -> None:
    dispute.state = state
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    dispute.case.closed_at = at
    dispute.case.save(update_fields=["closed_at"])


def _tell_end(dispute: Dispute, at: datetime) -> None:
    tell(
        [claim.claimant for claim in dispute.claims.select_related("claimant__unit", "claimant__company")],
        "dispute.decided",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number},
        at=at,
        key=f"ended:{dispute.case.uid}",
    )


def _entry(
    dispute: Dispute,
    actor: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> None:
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts=facts,
        personal=personal,
        personal_subject=actor.uid if personal else None,
    )
