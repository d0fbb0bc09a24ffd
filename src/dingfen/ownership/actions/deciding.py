"""From evidence to ruling: the proposal, what the heads say about it, and the ruling itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff, Unit
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.engine.decide import decide
from dingfen.engine.ruling import to_bytes
from dingfen.engine.vocabulary import FACTS
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    lock_dispute,
    reason_of,
    same_version,
    write,
)
from dingfen.ownership.actions.evidence import remind
from dingfen.ownership.actions.opening import rules_of
from dingfen.ownership.actions.ruling import give_ruling
from dingfen.ownership.actions.terms import terms_of
from dingfen.ownership.actions.values import read_value
from dingfen.ownership.deciders import Seat, general_manager, seats, seats_for
from dingfen.ownership.effects import Terms
from dingfen.ownership.facts import claims_of, facts_of
from dingfen.ownership.models import Confirmation, Dispute
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules
from dingfen.ownership.states import TAKING_EVIDENCE, TO_RULE
from dingfen.problems import conflict, invalid

State = Dispute.State


def close_evidence(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """The evidence is locked and a ruling proposed; runs in the caller's transaction."""
    watch.reached(dispute, watch.EVIDENCE, actor, at)
    dispute.state = State.AWAITING_RULING
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    rules = rules_of(dispute, at)
    propose(dispute, at)
    if rules:
        people = [staff for seat in seats(dispute, at) for staff in seat.people]
        _await_ruling(dispute, people, rules, actor, at)
    write(
        actor=actor,
        at=at,
        kind="dispute.proposed",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts=_digests(dispute),
        rules=rules,
    )


def close_quietly(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """As `close_evidence` for a dispute that an import has found: no clock runs and nobody is called."""
    dispute.state = State.AWAITING_RULING
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    propose(dispute, at)
    write(
        actor=actor,
        at=at,
        kind="dispute.proposed",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts=_digests(dispute),
        rules=rules_of(dispute, at),
        imported=True,
    )


def _await_ruling(
    dispute: Dispute, people: Sequence[Staff], rules: Rules, actor: Actor, at: datetime
) -> None:
    """Start the clock of the ruling and call those who decide."""
    decides = rules.ownership.decides
    until = rules.due(at, decides.ruling)
    responsible = people[0] if people else None
    watch.limit(dispute, watch.RULING, until, actor, at, responsible=responsible, article=decides.article)
    _call(dispute, people, until, at)


def _call(dispute: Dispute, people: Sequence[Staff], until: datetime, at: datetime) -> None:
    tell(
        people,
        "dispute.to_general_manager" if dispute.decider_mode == "general_manager" else "dispute.to_rule",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number, "deadline": until.isoformat()},
        at=at,
        key=f"to_rule:{dispute.case.uid}:{dispute.decider_mode}:{dispute.version}",
    )


def _digests(dispute: Dispute) -> dict[str, Any]:
    assert dispute.proposed is not None and dispute.facts is not None
    proposed = json.loads(bytes(dispute.proposed))
    return {
        "facts": hashlib.sha256(bytes(dispute.facts)).hexdigest(),
        "proposed": hashlib.sha256(bytes(dispute.proposed)).hexdigest(),
        "outcome": proposed["outcome"],
        "holder": proposed["holder"],
    }


def propose(dispute: Dispute, at: datetime) -> None:
    """Fold the facts as known now, let the rules propose, and keep both as bytes so that anyone can replay."""
    facts = facts_of(dispute, at)
    rules = rules_of(dispute, at) if dispute.policy else None
    ruling = decide(facts, rules.pack if rules else None, at)
    if ruling.deciders is not None and dispute.decider_mode != "general_manager":
        dispute.decider_mode = ruling.deciders.mode
        dispute.decider_units.set(Unit.objects.filter(uid__in=[str(uid) for uid in ruling.deciders.units]))
    dispute.facts, dispute.before = canonical(facts), dispute.proposed
    dispute.proposed = to_bytes(ruling)
    dispute.proposed_at = at
    dispute.save(update_fields=["facts", "before", "proposed", "proposed_at", "decider_mode"])


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Facts as bytes: sorted keys, no white space, UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def proposed_terms(dispute: Dispute) -> Terms:
    """The proposal's terms. Raises Problem `dispute.no_proposal` where the rules declined."""
    proposed = json.loads(bytes(dispute.proposed or b"{}"))
    if proposed.get("outcome") not in ("award", "split"):
        raise conflict("dispute.no_proposal")
    split = tuple(sorted((one["staff"], one["share"]) for one in proposed["split"]))
    return Terms(proposed["holder"], split)


@transaction.atomic
def confirm(
    *, actor: Actor, at: datetime, dispute_uid: object, note: str = "", version: int | None = None
) -> Dispute:
    """Rule as proposed. With two heads the first waits for the other."""
    require(actor, "dispute.rule")
    dispute = lock_dispute(actor, dispute_uid, *TO_RULE)
    same_version(dispute.version, version)
    mine = seats_for(actor, dispute, at)
    return _say(dispute, actor, at, mine, proposed_terms(dispute), True, note.strip())


@transaction.atomic
def rule_otherwise(
    *,
    actor: Actor,
    at: datetime,
    dispute_uid: object,
    holder: object,
    split: Sequence[Mapping[str, Any]] = (),
    reason: str,
    version: int | None = None,
) -> Dispute:
    """Depart from the proposal, with holder (uid), split in per cent and a reason of at least 10 characters."""
    require(actor, "dispute.rule")
    dispute = lock_dispute(actor, dispute_uid, *TO_RULE)
    same_version(dispute.version, version)
    mine = seats_for(actor, dispute, at)
    reason = reason_of(reason)
    terms, _ = terms_of(actor, dispute, holder, split, rules_of(dispute, at))
    return _say(dispute, actor, at, mine, terms, False, reason)


def _say(
    dispute: Dispute,
    actor: Actor,
    at: datetime,
    mine: Sequence[Seat],
    terms: Terms,
    as_proposed: bool,
    reason: str,
) -> Dispute:
    standing = dispute.confirmations.filter(void=False, ruling=None)
    said = set(standing.values_list("for_unit_id", flat=True))
    free = [seat for seat in mine if seat.unit.pk not in said]
    if not free:
        raise conflict("dispute.said_already")
    people = {str(s.uid): s for s in Staff.objects.filter(uid__in=terms.keepers)}
    for seat in free:
        Confirmation.objects.create(
            dispute=dispute,
            decider_id=person_of(actor),
            for_unit=seat.unit,
            acting_for_id=seat.principal_of(actor.staff_id),
            as_proposed=as_proposed,
            holder=people.get(terms.holder or ""),
            split=[{"staff": staff, "share": share} for staff, share in terms.split],
            reason=reason,
            at=at,
        )
    everyone = {seat.unit.pk for seat in seats(dispute, at)}
    votes = list(standing.select_related("holder").order_by("at", "pk"))
    if everyone - {vote.for_unit_id for vote in votes}:
        return _wait(dispute, actor, at, votes[-1])
    if len({_terms(vote) for vote in votes}) > 1:
        return _disagree(dispute, actor, at, votes)
    give_ruling(dispute, terms, all(vote.as_proposed for vote in votes), actor, at, votes)
    return dispute


def _terms(vote: Confirmation) -> Terms:
    return Terms(
        str(vote.holder.uid) if vote.holder else None,
        tuple(sorted((one["staff"], one["share"]) for one in vote.split)),
    )


def _wait(dispute: Dispute, actor: Actor, at: datetime, vote: Confirmation) -> Dispute:
    dispute.state = State.AWAITING_JOINT
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    write(
        actor=actor,
        at=at,
        kind="dispute.confirmed",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts=_vote(vote),
        personal={"reason": vote.reason} if vote.reason else None,
        personal_subject=actor.uid if vote.reason else None,
    )
    return dispute


def _vote(vote: Confirmation) -> dict[str, Any]:
    return {
        "staff": str(vote.decider.uid),
        "for_unit": str(vote.for_unit.uid),
        "as_proposed": vote.as_proposed,
        "holder": str(vote.holder.uid) if vote.holder else None,
        "split": vote.split,
    }


def _disagree(dispute: Dispute, actor: Actor, at: datetime, votes: Sequence[Confirmation]) -> Dispute:
    """The heads differ: the general manager rules, with what each has said before them."""
    dispute.decider_mode = "general_manager"
    dispute.state = State.AWAITING_RULING
    dispute.version += 1
    dispute.save(update_fields=["decider_mode", "state", "version"])
    dispute.confirmations.filter(pk__in=[vote.pk for vote in votes]).update(void=True)
    seat, rules = general_manager(dispute, at), rules_of(dispute, at)
    people = seat.people if seat else ()
    watch.reached(dispute, watch.RULING, actor, at)
    if rules:
        _await_ruling(dispute, people, rules, actor, at)
    write(
        actor=actor,
        at=at,
        kind="dispute.disagreed",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"said": [_vote(vote) for vote in votes]},
        personal={"reasons": [vote.reason for vote in votes]},
        personal_subject=actor.uid,
    )
    return dispute


@transaction.atomic
def find(
    *,
    actor: Actor,
    at: datetime,
    dispute_uid: object,
    fact: str,
    value: Any,
    reason: str,
    claim_uid: object = None,
) -> Dispute:
    """A head states what was found (points for a joint visit, an invented visit …): the proposal is made anew.

    `claim_uid` names whose claim it is about; None for the case. What was said on the old proposal falls
    away. Raises `finding.fact`, `finding.value` (low, high).
    """
    require(actor, "dispute.rule")
    dispute = lock_dispute(actor, dispute_uid, State.EVIDENCE, *TO_RULE)
    seats_for(actor, dispute, at)
    reason = reason_of(reason)
    known = FACTS.get(fact)
    claim = next((one for one in claims_of(dispute) if str(one.uid) == str(claim_uid)), None)
    wanted = "claim" if claim else "case"
    if known is None or known.subject != wanted or not (known.judged or not known.fixed):
        raise invalid({"fact": [("finding.fact", {"value": fact})]})
    value = read_value(fact, value)
    entry = write(
        actor=actor,
        at=at,
        kind="dispute.found",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"fact": fact, "value": value, "staff": str(claim.claimant.uid) if claim else None},
        personal={"reason": reason},
        personal_subject=actor.uid,
    )
    found = {"value": value, "entry": entry.seq, "at": at.isoformat(), "by": str(actor.uid), "reason": reason}
    if claim:
        claim.judged = {**claim.judged, fact: found}
        claim.save(update_fields=["judged"])
    else:
        dispute.findings = {**dispute.findings, fact: found}
    dispute.version += 1
    dispute.save(update_fields=["findings", "version"])
    if dispute.state in TO_RULE:
        propose_again(dispute, at)
    return dispute


def propose_again(dispute: Dispute, at: datetime) -> None:
    """Something has changed before the ruling: what was said on the old proposal falls away."""
    dispute.confirmations.filter(ruling=None, void=False).update(void=True)
    dispute.state = State.AWAITING_RULING
    dispute.save(update_fields=["state"])
    propose(dispute, at)


def on_evidence(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who has not answered is reminded; then the time to give evidence is over."""
    if step not in (watch.WARN, BREACH):
        return
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related(
            "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
        )
        .filter(case__uid=clock.subject_uid)
        .first()
    )
    if dispute is None or dispute.state not in TAKING_EVIDENCE:
        return
    if step == watch.WARN:
        remind(dispute, clock.deadline, at, f"remind:{clock.uid}:{clock.deadline.isoformat()}")
    else:
        close_evidence(dispute, system_actor(dispute.case.company), at)


def on_ruling(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who is to rule is reminded, and told again when it is late."""
    dispute = (
        Dispute.objects.select_related("case__unit__company", "case__company", "deal", "policy")
        .filter(case__uid=clock.subject_uid, state__in=(*TO_RULE, State.APPEALED))
        .first()
    )
    if dispute is None:
        return
    if dispute.state == State.APPEALED:
        top = general_manager(dispute, at)
        people = list(top.people) if top else []
    else:
        said = set(
            dispute.confirmations.filter(void=False, ruling=None).values_list("for_unit_id", flat=True)
        )
        people = [staff for seat in seats(dispute, at) if seat.unit.pk not in said for staff in seat.people]
    tell(
        people,
        "dispute.to_rule",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number, "deadline": clock.deadline.isoformat()},
        at=at,
        key=f"remind:{clock.uid}:{step}",
    )
