"""The ruling, its effects in the same transaction, the appeal and the final ruling."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.cases.actions import next_number, year_of
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.engine.facts import Facts
from dingfen.ownership import effects, questioning, watch
from dingfen.ownership.actions import sanctions
from dingfen.ownership.actions.common import (
    lock_dispute,
    reason_of,
    same_version,
    write,
)
from dingfen.ownership.actions.moving import settle_hold, settled_entry
from dingfen.ownership.actions.opening import rules_of
from dingfen.ownership.actions.terms import terms_of
from dingfen.ownership.claim_rows import concerned, first_claimants, successors
from dingfen.ownership.deciders import general_manager, seats_for
from dingfen.ownership.effects import Terms
from dingfen.ownership.models import Appeal, Confirmation, Dispute, Registration, Ruling
from dingfen.ownership.notices import tell
from dingfen.problems import conflict, invalid, refused

State = Dispute.State
KINDS = {Ruling.Stage.FIRST: "R", Ruling.Stage.FINAL: "F"}


def give_ruling(
    dispute: Dispute,
    terms: Terms,
    as_proposed: bool,
    actor: Actor,
    at: datetime,
    votes: Sequence[Confirmation],
) -> Ruling:
    """Write the ruling the heads (or the general manager) have given, and all that follows, at once.

    The holder changes provisionally; money, duties and sanctions wait until it is final (decision 5). A
    ruling of the general manager is final at once: there is nobody to appeal to (A12).
    """
    final = dispute.decider_mode == "general_manager"
    watch.reached(dispute, watch.RULING, actor, at)
    stage = Ruling.Stage.FINAL if final else Ruling.Stage.FIRST
    reason = "\n".join(dict.fromkeys(vote.reason for vote in votes if vote.reason))
    ruling = _write(dispute, stage, terms.outcome, terms, as_proposed, reason, at)
    Confirmation.objects.filter(pk__in=[vote.pk for vote in votes]).update(ruling=ruling)
    _follow(dispute, ruling, terms)
    former = dispute.registration
    _move(dispute, terms, actor, at)
    rules = rules_of(dispute, at)
    if final:
        _finish(dispute, actor, at)
        sanctions.open_from(dispute, effects.fall_due(dispute, [ruling], rules, actor, at), rules, at)
        _tell(dispute, "dispute.final", {}, at, f"final:{ruling.uid}")
    else:
        dispute.state = State.RULED
        dispute.version += 1
        dispute.save(update_fields=["state", "version"])
        if rules:
            rule = rules.ownership.decides.appeal
            ruling.appeal_until = rules.due(at, rule.within)
            watch.limit(dispute, watch.APPEAL, ruling.appeal_until, actor, at, article=rule.article)
            until = ruling.appeal_until.isoformat()
            _tell(dispute, "dispute.ruled", {"until": until}, at, f"ruled:{ruling.uid}")
    questioning.ruled(dispute, terms, as_proposed, actor, at)
    settled_entry(dispute, actor, at, former)
    _entry(dispute, ruling, "dispute.final" if final else "dispute.ruled", actor, at, votes)
    return ruling


def _write(
    dispute: Dispute,
    stage: str,
    outcome: str,
    terms: Terms,
    as_proposed: bool,
    reason: str,
    at: datetime,
) -> Ruling:
    unit = dispute.case.unit
    letter, year = KINDS[Ruling.Stage(stage)], year_of(unit, at)
    number = next_number(dispute.case.company, f"paper.{letter}", year)
    return Ruling.objects.create(
        dispute=dispute,
        stage=stage,
        number=f"{unit.code}-{letter} {year}/{number}",
        as_proposed=as_proposed,
        outcome=outcome,
        holder=Staff.objects.filter(uid=terms.holder).first() if terms.holder else None,
        split=[{"staff": staff, "share": share} for staff, share in terms.split],
        reason=reason,
        facts=bytes(dispute.facts or b""),
        proposed=bytes(dispute.proposed or b""),
        pack_digest=dispute.policy.digest if dispute.policy else "",
        proposed_at=dispute.proposed_at,
        policy=dispute.policy,
        given_at=at,
    )


def _follow(dispute: Dispute, ruling: Ruling, terms: Terms) -> None:
    rules = rules_of(dispute, ruling.given_at)
    facts: Facts = json.loads(bytes(ruling.facts))
    proposed = json.loads(bytes(ruling.proposed))
    found = effects.sanctions(proposed)
    if rules:
        quantity = effects.quantity_of(dispute.deal)
        now = effects.renamed(facts, {uid: str(to.uid) for uid, to in successors(dispute).items()})
        found = [*effects.consequences(rules.pack, now, terms, quantity), *found]
    found = effects.earned(found, {uid: str(by.uid) for uid, by in first_claimants(dispute).items()})
    people = {str(staff.uid): staff for staff in Staff.objects.filter(uid__in=[one.staff for one in found])}
    effects.keep(ruling, found, people)


def _move(dispute: Dispute, terms: Terms, actor: Actor, at: datetime) -> None:
    """The holder changes, or keeps the customer."""
    holder = None
    if terms.holder:
        holder = Staff.objects.select_related("unit__company", "company").filter(uid=terms.holder).first()
    if holder is None and dispute.registration is not None:
        holder = dispute.registration.holder
    if holder is not None:
        settle_hold(dispute, holder, actor, at)


def _finish(dispute: Dispute, actor: Actor, at: datetime) -> None:
    watch.drop(dispute, actor, at)
    dispute.state = State.FINAL
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    dispute.case.closed_at = at
    dispute.case.save(update_fields=["closed_at"])


def _tell(dispute: Dispute, event: str, params: Mapping[str, Any], at: datetime, key: str) -> None:
    tell(
        concerned(dispute, at),
        event,
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number, **params},
        at=at,
        key=key,
    )


def _entry(
    dispute: Dispute,
    ruling: Ruling,
    kind: str,
    actor: Actor,
    at: datetime,
    votes: Sequence[Confirmation] = (),
    more: Mapping[str, Any] | None = None,
) -> None:
    found = ruling.effects.select_related("staff").order_by("pk")
    entry = write(
        actor=actor,
        at=at,
        kind=kind,
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={
            "ruling": str(ruling.uid),
            "number": ruling.number,
            "stage": ruling.stage,
            "outcome": ruling.outcome,
            "holder": str(ruling.holder.uid) if ruling.holder else None,
            "split": ruling.split,
            "as_proposed": ruling.as_proposed,
            "deciders": sorted({str(vote.decider.uid) for vote in votes} or {str(actor.uid)}),
            "effects": [
                {"effect": str(one.uid), "kind": one.kind, "code": one.code, "staff": str(one.staff.uid)}
                for one in found
            ],
            **(more or {}),
        },
        rules=rules_of(dispute, at),
        personal={"reason": ruling.reason} if ruling.reason else None,
        personal_subject=actor.uid if ruling.reason else None,
    )
    ruling.entry_seq = entry.seq
    ruling.save(update_fields=["entry_seq", "appeal_until"])


@transaction.atomic
def appeal(*, actor: Actor, at: datetime, dispute_uid: object, grounds: str) -> Appeal:
    """A claimant appeals to the general manager within the time limit; the effects wait."""
    require(actor, "dispute.appeal")
    dispute = lock_dispute(actor, dispute_uid, State.RULED)
    if not dispute.claims.filter(claimant_id=actor.staff_id, withdrawn_at=None).exists():
        raise refused("dispute.not_claimant")
    ruling = dispute.rulings.order_by("-given_at", "-pk")[0]
    if ruling.appeal_until is not None and at >= ruling.appeal_until:
        raise conflict("appeal.late", until=ruling.appeal_until)
    grounds = reason_of(grounds, "grounds")
    row = Appeal.objects.create(
        dispute=dispute, ruling=ruling, appellant_id=person_of(actor), grounds=grounds, at=at
    )
    dispute.state = State.APPEALED
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    watch.reached(dispute, watch.APPEAL, actor, at)
    seat, rules = general_manager(dispute, at), rules_of(dispute, at)
    people = list(seat.people) if seat else []
    if rules:
        decides = rules.ownership.decides
        until = rules.due(at, decides.ruling)
        watch.limit(
            dispute,
            watch.FINAL,
            until,
            actor,
            at,
            responsible=people[0] if people else None,
            article=decides.appeal.article,
        )
        tell(
            people,
            "dispute.to_rule",
            ("dispute", dispute.case.uid),
            {"number": dispute.case.number, "deadline": until.isoformat()},
            at=at,
            key=f"appeal_to:{row.uid}",
        )
    _tell(dispute, "dispute.appealed", {}, at, f"appealed:{row.uid}")
    write(
        actor=actor,
        at=at,
        kind="dispute.appealed",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"appeal": str(row.uid), "ruling": str(ruling.uid), "number": ruling.number},
        personal={"grounds": grounds},
        personal_subject=actor.uid,
    )
    return row


@transaction.atomic
def rule_final(
    *,
    actor: Actor,
    at: datetime,
    dispute_uid: object,
    outcome: str,
    reason: str,
    holder: object = None,
    split: Sequence[Mapping[str, Any]] = (),
    version: int | None = None,
) -> Dispute:
    """The general manager's answer to an appeal: `stands`, `changed` (holder, split) or `sent_back`.

    A changed ruling reverses what the first one brought about by new entries and rows; nothing is deleted.
    """
    require(actor, "dispute.rule_final")
    dispute = lock_dispute(actor, dispute_uid, State.APPEALED)
    same_version(dispute.version, version)
    _may_rule_final(actor, dispute, at)
    reason = reason_of(reason)
    if outcome not in ("stands", "changed", "sent_back"):
        raise invalid({"outcome": [("outcome.unknown", {"value": outcome})]})
    if outcome == "sent_back":
        return _send_back(dispute, actor, at, reason)
    first = dispute.rulings.select_related("holder").order_by("-given_at", "-pk")[0]
    terms = Terms(
        str(first.holder.uid) if first.holder else None,
        tuple((one["staff"], one["share"]) for one in first.split),
    )
    reversed_: list[dict[str, Any]] = []
    if outcome == "changed":
        terms, _ = terms_of(actor, dispute, holder, split, rules_of(dispute, at))
        reversed_ = effects.reverse(dispute, actor, at)
    ruling = _write(
        dispute, Ruling.Stage.FINAL, outcome, terms, first.as_proposed and outcome == "stands", reason, at
    )
    former = dispute.registration
    if outcome == "changed":
        _follow(dispute, ruling, terms)
        _move(dispute, terms, actor, at)
    dispute.appeals.filter(outcome="").update(outcome=outcome, answer=reason)
    _finish(dispute, actor, at)
    rules = rules_of(dispute, at)
    sanctions.open_from(
        dispute, effects.fall_due(dispute, dispute.rulings.all(), rules, actor, at), rules, at
    )
    _tell(dispute, "dispute.final", {}, at, f"final:{ruling.uid}")
    if outcome == "changed":
        questioning.overturned(dispute, terms, actor, at)
    settled_entry(dispute, actor, at, former)
    _entry(dispute, ruling, "dispute.final", actor, at, more={"reversed": reversed_})
    return dispute


def _may_rule_final(actor: Actor, dispute: Dispute, at: datetime) -> None:
    seat = general_manager(dispute, at)
    if seat is None or all(staff.pk != actor.staff_id for staff in seat.people):
        seats_for(actor, dispute, at)  # says who may, or that it is one's own matter
        raise refused("dispute.not_decider", who=", ".join(s.name for s in seat.people) if seat else "")


def _send_back(dispute: Dispute, actor: Actor, at: datetime, reason: str) -> Dispute:
    """New evidence is to be taken: the first ruling's effects fall away, the hold is disputed again."""
    reversed_ = effects.reverse(dispute, actor, at)
    dispute.appeals.filter(outcome="").update(outcome="sent_back", answer=reason)
    watch.drop(dispute, actor, at)
    dispute.claims.filter(withdrawn_at=None).update(answered_at=None)
    dispute.state = State.EVIDENCE
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    registration = dispute.registration
    rules = rules_of(dispute, at)
    if registration is not None and registration.is_active:
        watch.pause(registration, actor, at, dispute.case.number)
        dispute.earlier_state = registration.state
        dispute.save(update_fields=["earlier_state"])
        registration.state = Registration.State.DISPUTED
        registration.version += 1
        registration.save(update_fields=["state", "version"])
    if rules:
        decides = rules.ownership.decides
        until = rules.due(at, decides.statement)
        dispute.claims.filter(withdrawn_at=None).update(answer_by=until, late=False)
        watch.limit(dispute, watch.EVIDENCE, until, actor, at, article=decides.article)
        claims = dispute.claims.filter(withdrawn_at=None).select_related(
            "claimant__unit", "claimant__company"
        )
        tell(
            [claim.claimant for claim in claims],
            "dispute.claim",
            ("dispute", dispute.case.uid),
            {"number": dispute.case.number, "deadline": until.isoformat()},
            at=at,
            key=f"back:{dispute.case.uid}:{at.isoformat()}",
        )
    write(
        actor=actor,
        at=at,
        kind="dispute.sent_back",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"reversed": reversed_},
        rules=rules,
        personal={"reason": reason},
        personal_subject=actor.uid,
    )
    return dispute


def on_appeal(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: nobody appealed in time, the ruling is final and its effects are due."""
    if step != BREACH:
        return
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related(
            "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
        )
        .filter(case__uid=clock.subject_uid, state=State.RULED)
        .first()
    )
    if dispute is None:
        return
    actor = system_actor(dispute.case.company)
    ruling = dispute.rulings.order_by("-given_at", "-pk")[0]
    _finish(dispute, actor, at)
    rules = rules_of(dispute, at)
    sanctions.open_from(dispute, effects.fall_due(dispute, [ruling], rules, actor, at), rules, at)
    _tell(dispute, "dispute.final", {}, at, f"final:{ruling.uid}")
    write(
        actor=actor,
        at=at,
        occurred_at=clock.deadline,
        kind="dispute.final",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"ruling": str(ruling.uid), "number": ruling.number, "outcome": "unappealed"},
        rules=rules_of(dispute, at),
    )
