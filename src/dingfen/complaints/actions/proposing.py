"""Proposals to the customer (B6): drafted, approved within limits, offered side by side, answered, delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor, system_actor
from dingfen.cases import thread
from dingfen.clocks import actions as clocks
from dingfen.complaints import authority, watch
from dingfen.complaints.actions.common import (
    amount_of,
    colleague,
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.actions.promising import kept, promise_of
from dingfen.complaints.models import OPEN, Channel, Complaint, Issue, Promise, Proposal
from dingfen.complaints.notices import tell
from dingfen.complaints.people import desk
from dingfen.problems import conflict, invalid, missing, read_uid, refused

State = Proposal.State
ANSWER = "proposal.answer"
MOST = 12
LINES = 8
ANSWERS = ("accept", "decline", "counter")


@transaction.atomic
def propose(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    issues: Sequence[object],
    remedy: str,
    what: str,
    deliver_by: datetime,
    deliverer: object = None,
    amount: object = None,
    currency: str = "CNY",
    pros: Sequence[str] = (),
    cons: Sequence[str] = (),
) -> Proposal:
    """Draw up a proposal for one or more issues with a finding. Within one's own authority it is approved at once.

    Raises at `issues`, `remedy`, `amount`, `what`, `deliver_by`, `deliverer`.
    """
    complaint = lock(actor, case_uid)
    text = reason_of(what, "what", 2)
    rows = _issues(complaint, issues)
    if deliver_by <= at:
        raise invalid({"deliver_by": [("due.past", {})]})
    sum_ = amount_of(amount)
    needs = authority.needed(complaint, remedy, sum_, currency)
    last = complaint.proposals.aggregate(n=Max("mark"))["n"] or 0
    if last >= MOST:
        raise conflict("proposal.too_many", limit=MOST)
    own = needs.may(authority.roles_of(actor, complaint)) and not needs.four_eyes
    words = {"what": text[:2000], "pros": _lines(pros), "cons": _lines(cons)}
    proposal = Proposal.objects.create(
        complaint=complaint,
        mark=last + 1,
        remedy=remedy,
        amount=sum_,
        currency=currency,
        deliver_by=deliver_by,
        deliverer=colleague(actor, deliverer or actor.uid, "deliverer"),
        state=State.APPROVED if own else State.AWAITING,
        sealed=thread.sealer_of(complaint.case).seal(words),
        proposed_by_id=person_of(actor),
        proposed_at=at,
        approver=needs.role,
        four_eyes=needs.four_eyes,
        article=needs.article,
    )
    proposal.issues.set(rows)
    keep(complaint)
    if not own:
        people = authority.approvers(complaint, needs.role, at, actor.staff_id)
        tell(people, "complaint.to_approve", complaint, at=at, key=str(proposal.uid))
    facts = {
        **_facts(proposal),
        "issues": [str(one.uid) for one in rows],
        "approver": needs.role,
        "four_eyes": needs.four_eyes,
        "article": needs.article,
        "deliver_by": deliver_by.isoformat(),
        "deliverer": str(proposal.deliverer.uid),
    }
    enter(complaint, actor, at, "proposal.drawn_up", facts, words)
    return proposal


def _issues(complaint: Complaint, uids: Sequence[object]) -> list[Issue]:
    wanted = {read_uid(uid) for uid in uids}
    rows = [one for one in complaint.issues.all() if one.uid in wanted]
    if not rows or len(rows) != len(wanted):
        raise invalid({"issues": [("required", {})]})
    if any(one.state not in (Issue.State.FOUND, Issue.State.OFFERED) for one in rows):
        raise invalid({"issues": [("issue.finding_first", {})]})
    return rows


def _lines(lines: Sequence[str]) -> list[str]:
    return [line.strip()[:200] for line in lines if line.strip()][:LINES]


def _facts(proposal: Proposal) -> dict[str, object]:
    return {
        "proposal": str(proposal.uid),
        "mark": proposal.mark,
        "remedy": proposal.remedy,
        "amount": str(proposal.amount) if proposal.amount is not None else None,
        "currency": proposal.currency,
    }


@transaction.atomic
def approve(*, actor: Actor, at: datetime, proposal_uid: object) -> Proposal:
    """Approve a proposal. Raises `proposal.own` (403) for one's own, `proposal.limit` above one's authority."""
    proposal = _locked(actor, proposal_uid, State.AWAITING, permission="complaint.view")
    _may_approve(actor, proposal)
    proposal.state, proposal.approved_by_id, proposal.approved_at = State.APPROVED, person_of(actor), at
    proposal.save(update_fields=["state", "approved_by", "approved_at"])
    tell([proposal.proposed_by], "complaint.approved", proposal.complaint, at=at, key=f"{proposal.uid}:yes")
    enter(proposal.complaint, actor, at, "proposal.approved", _facts(proposal))
    return proposal


@transaction.atomic
def send_back(*, actor: Actor, at: datetime, proposal_uid: object, reason: str) -> Proposal:
    """Not like that: the proposal goes back to who drew it up, with the reason, and is a draft no one offers."""
    proposal = _locked(actor, proposal_uid, State.AWAITING, permission="complaint.view")
    _may_approve(actor, proposal)
    why = reason_of(reason)
    _words(proposal, sent_back=why)
    proposal.state = State.DRAFT
    proposal.save(update_fields=["state", "sealed"])
    tell(
        [proposal.proposed_by], "complaint.approved", proposal.complaint, at=at, key=f"{proposal.uid}:no:{at}"
    )
    enter(proposal.complaint, actor, at, "proposal.sent_back", _facts(proposal), {"reason": why})
    return proposal


def _may_approve(actor: Actor, proposal: Proposal) -> None:
    if proposal.proposed_by_id == actor.staff_id:
        raise refused("proposal.own")
    if not authority.may_approve(actor, proposal):
        raise refused("proposal.limit", article=proposal.article)


@transaction.atomic
def offer(
    *, actor: Actor, at: datetime, case_uid: object, answer_by: datetime, version: int | None = None
) -> list[Proposal]:
    """Put all approved proposals to the customer at once, none of them chosen beforehand; answer by a date.

    Raises `proposal.none` (409), `due.past` at `answer_by`. Telling the customer is a letter or an answer.
    """
    complaint = lock(actor, case_uid, version=version)
    rows = list(
        complaint.proposals.select_for_update(of=("self",)).filter(state=State.APPROVED).order_by("pk")
    )
    if not rows:
        raise conflict("proposal.none")
    if answer_by <= at:
        raise invalid({"answer_by": [("due.past", {})]})
    for one in rows:
        one.state, one.offered_at, one.answer_by = State.OFFERED, at, answer_by
        one.save(update_fields=["state", "offered_at", "answer_by"])
        one.issues.filter(state=Issue.State.FOUND).update(state=Issue.State.OFFERED)
    if complaint.state != Complaint.State.ON_LADDER:
        complaint.state = Complaint.State.PROPOSED
    keep(complaint, "state")
    for one in rows:
        clocks.start(
            actor=actor, at=at, company_id=complaint.case.company_id, kind=ANSWER, subject_type="proposal",
            subject_uid=one.uid, deadline=answer_by, responsible=complaint.handler,
            params={"number": complaint.case.number},
        )  # fmt: skip
    watch.happened(complaint, "proposed", actor, at)
    facts = {"proposals": [str(one.uid) for one in rows], "answer_by": answer_by.isoformat()}
    enter(complaint, actor, at, "proposal.offered", facts)
    return rows


@transaction.atomic
def answer_proposal(
    *, actor: Actor | None, at: datetime, proposal_uid: object, answer: str, via: str, text: str = ""
) -> Proposal:
    """The customer takes a proposal, declines it, or makes a counter-proposal (`text`); `via` which channel.

    `actor` None: on the public page, which has made sure who it is; otherwise the agent who was told.
    What was taken settles its issues and becomes a promise; other proposals for them fall away.
    Raises at `answer`, `text`, `via`; `proposal.state` (409) when it is not open to an answer; for the customer
    `proposal.expired` (409) from the moment its time is up, swept or not.
    """
    if answer not in ANSWERS:
        raise invalid({"answer": [("required", {})]})
    if via not in Channel.values:
        raise invalid({"via": [("channel.unknown", {})]})
    proposal = _locked(actor, proposal_uid, State.OFFERED)
    complaint = proposal.complaint
    if actor is None and proposal.answer_by and proposal.answer_by <= at:
        raise conflict("proposal.expired", n=proposal.mark, until=proposal.answer_by)
    actor = actor or system_actor(complaint.case.company, channel=via)
    words = reason_of(text, "text", 2) if answer == "counter" else text.strip()
    _words(proposal, answer=words[:4000])
    proposal.answered_at, proposal.answered_via = at, via
    clocks.end_all(actor=actor, at=at, subject_uid=proposal.uid, met=True)
    if answer == "accept":
        _accepted(proposal, actor, at)
    else:
        proposal.state = State.COUNTERED if answer == "counter" else State.DECLINED
        proposal.save()
        _none_left(proposal, at)
    people = [complaint.handler] if complaint.handler else desk(complaint.case, at)
    tell(
        [one for one in people if one.pk != actor.staff_id], "complaint.choice", complaint, at=at,
        key=str(proposal.uid),
    )  # fmt: skip
    watch.happened(complaint, "proposal_accepted" if answer == "accept" else "proposal_declined", actor, at)
    facts = {**_facts(proposal), "answer": answer, "via": via}
    enter(complaint, actor, at, f"proposal.{proposal.state}", facts, {"text": words} if words else None)
    return proposal


def _accepted(proposal: Proposal, actor: Actor, at: datetime) -> None:
    """Its issues are settled; proposals that were for the same issues fall away."""
    complaint = proposal.complaint
    proposal.state = State.DELIVERING
    proposal.save()
    issues = list(proposal.issues.all())
    Issue.objects.filter(pk__in=[one.pk for one in issues]).update(state=Issue.State.SETTLED, ended_at=at)
    others = complaint.proposals.filter(
        issues__in=issues, state__in=[State.OFFERED, State.APPROVED, State.AWAITING]
    ).exclude(pk=proposal.pk)
    for other in others.distinct():
        clocks.end_all(actor=actor, at=at, subject_uid=other.uid)
        other.state = State.DECLINED if other.state == State.OFFERED else State.RETRACTED
        other.answered_at = at
        other.save(update_fields=["state", "answered_at"])
    promise_of(proposal, actor, at)
    keep(complaint)


def _none_left(proposal: Proposal, at: datetime) -> None:
    """Issues for which nothing is offered any more go back to where their finding stands."""
    complaint = proposal.complaint
    offered = complaint.proposals.filter(state=State.OFFERED)
    for issue in proposal.issues.filter(state=Issue.State.OFFERED):
        if not offered.filter(issues=issue).exists():
            issue.state = Issue.State.FOUND
            issue.save(update_fields=["state"])
    if complaint.state == Complaint.State.PROPOSED and not offered.exists():
        complaint.state = Complaint.State.DECIDED if complaint.decided_at else Complaint.State.INVESTIGATING
    keep(complaint, "state")


@transaction.atomic
def retract(*, actor: Actor, at: datetime, proposal_uid: object, reason: str) -> Proposal:
    """Take a proposal back before the customer has accepted it."""
    proposal = _locked(actor, proposal_uid, State.DRAFT, State.AWAITING, State.APPROVED, State.OFFERED)
    why = reason_of(reason)
    _words(proposal, retracted=why)
    proposal.state = State.RETRACTED
    proposal.save(update_fields=["state", "sealed"])
    clocks.end_all(actor=actor, at=at, subject_uid=proposal.uid)
    _none_left(proposal, at)
    enter(proposal.complaint, actor, at, "proposal.retracted", _facts(proposal), {"reason": why})
    return proposal


@transaction.atomic
def deliver(*, actor: Actor, at: datetime, proposal_uid: object, proof: str) -> Proposal:
    """What was accepted has been delivered; how one knows (a transfer number, a signature). The promise is kept."""
    proposal = _locked(actor, proposal_uid, State.DELIVERING, permission="complaint.view")
    text = reason_of(proof, "proof", 2)
    _words(proposal, proof=text[:1000])
    proposal.state, proposal.delivered_at = State.DELIVERED, at
    proposal.save(update_fields=["state", "delivered_at", "sealed"])
    promise = Promise.objects.select_for_update(of=("self",)).filter(proposal=proposal).first()
    if promise is not None:
        kept(promise, proposal.complaint, text, actor, at)
    watch.happened(proposal.complaint, "remedy_delivered", actor, at)
    keep(proposal.complaint)
    enter(proposal.complaint, actor, at, "proposal.delivered", _facts(proposal), {"proof": text})
    return proposal


def expire(proposal: Proposal, at: datetime) -> None:
    """No answer in time: the proposal is open no more. By the sweep, which holds the locks."""
    actor = system_actor(proposal.complaint.case.company)
    proposal.state = State.EXPIRED
    proposal.save(update_fields=["state"])
    _none_left(proposal, at)
    complaint = proposal.complaint
    people = [complaint.handler] if complaint.handler else desk(complaint.case, at)
    tell(people, "complaint.choice", complaint, at=at, key=f"expired:{proposal.uid}")
    enter(complaint, actor, at, "proposal.expired", _facts(proposal))


def _words(proposal: Proposal, **more: str) -> None:
    sealer = thread.sealer_of(proposal.complaint.case)
    proposal.sealed = sealer.seal({**sealer.open(proposal.sealed), **more})


def _locked(actor: Actor | None, uid: object, *states: str, permission: str = "complaint.handle") -> Proposal:
    """The proposal with its complaint under lock, in one of these states."""
    found = Proposal.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    closed = ("closed_accepted", "closed_open") if State.DELIVERING in states else ()
    complaint = lock(actor, found.complaint.case.uid, *OPEN, *closed, permission=permission)
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("proposed_by__unit", "proposed_by__company", "deliverer")
        .get(pk=found.pk)
    )
    proposal.complaint = complaint
    if proposal.state not in states:
        raise conflict("proposal.state", n=proposal.mark, stage=str(proposal.get_state_display()))
    return proposal
