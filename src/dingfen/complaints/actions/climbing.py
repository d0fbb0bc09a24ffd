"""The ladder (B7): the next step where its conditions are met, mediation sessions, how a step ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.complaints import questioning, watch
from dingfen.complaints.actions.common import (
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.belonging import belonging, events_of
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import OPEN, Complaint, Issue, LadderStep, Session
from dingfen.complaints.rules import rules_of
from dingfen.engine.ladder import Step, ladder_steps
from dingfen.problems import conflict, invalid, missing, read_uid

Outcome = LadderStep.Outcome
MINUTES = ("place", "mediator", "present", "ours", "theirs", "agreed_points", "open_points", "next")


def steps(complaint: Complaint, at: datetime) -> tuple[Step, ...]:
    """Each step of the pack's ladder as it stands: open, tried, closed and why; none without rules."""
    rules = rules_of(complaint)
    if rules is None:
        return ()
    events = {one.name: one.at for one in events_of(complaint)}
    tried = [one.step for one in belonging(complaint, "ladder")]
    return ladder_steps(
        rules.complaints, facts_of(complaint, at), at, events, tried, rules.calendar,  # type: ignore[arg-type]
        klass=complaint.klass or None, level=complaint.level or None, urgency=complaint.urgency or None,
    )  # fmt: skip


@transaction.atomic
def go_to(
    *, actor: Actor, at: datetime, case_uid: object, step: str, reason: str, body: str = ""
) -> LadderStep:
    """Take a step of the ladder that is open now. Raises `ladder.*` (409) with why it is not, and the article."""
    complaint = lock(actor, case_uid, *OPEN, "closed_open")
    found = next((one for one in steps(complaint, at) if one.id == step), None)
    if found is None:
        raise invalid({"step": [("required", {})]})
    if found.state in ("closed", "tried"):
        raise conflict(f"ladder.{found.why}", article=found.article, until=found.until)
    if complaint.ladder.filter(ended_at=None).exists():
        raise conflict("ladder.going_on")
    why = reason_of(reason)
    row = LadderStep.objects.create(
        complaint=complaint, step=step, kind=found.kind, body=body.strip()[:60], started_at=at,
        started_by_id=person_of(actor), answer_by=found.answer_by, article=found.article,
        sealed=thread.sealer_of(complaint.case).seal({"reason": why[:2000]}),
    )  # fmt: skip
    if found.kind not in ("negotiation", "internal_review"):
        complaint.state = Complaint.State.ON_LADDER
        complaint.case.closed_at = None
        complaint.case.save(update_fields=["closed_at"])
    complaint.issues.filter(state=Issue.State.UNRESOLVED).update(state=Issue.State.FOUND, ended_at=None)
    keep(complaint, "state")
    if found.kind == "internal_review":
        watch.happened(complaint, "review_asked", actor, at)
    facts = {
        "step": step,
        "kind": found.kind,
        "body": row.body,
        "article": found.article,
        "answer_by": found.answer_by.isoformat() if found.answer_by else None,
    }
    enter(complaint, actor, at, "ladder.taken", facts, {"reason": why}, rules=rules_of(complaint))
    return row


@transaction.atomic
def note_session(
    *,
    actor: Actor,
    at: datetime,
    step_uid: object,
    held_at: datetime,
    agreed: bool,
    no_interest: bool = False,
    read_back: bool = False,
    signed: bool = False,
    minutes: Mapping[str, str],
) -> Session:
    """Minutes of a session: where, who mediates and that they have no interest, who was there, both accounts,
    points agreed and open, the next step, read back, signed.

    Raises at `mediator`, `held_at`; `session.no_interest` where the mediator has one or did not say.
    """
    row, complaint = _step(actor, step_uid)
    words = {name: minutes.get(name, "").strip()[:4000] for name in MINUTES}
    if not words["mediator"]:
        raise invalid({"mediator": [("required", {})]})
    if held_at > at:
        raise invalid({"held_at": [("date.future", {"now": at})]})
    if not no_interest:
        raise invalid({"no_interest": [("session.no_interest", {})]})
    if agreed and not words["agreed_points"]:
        raise invalid({"agreed_points": [("required", {})]})
    session = Session.objects.create(
        step=row, at=held_at, no_interest=no_interest, read_back=read_back, signed=signed, agreed=agreed,
        noted_at=at, noted_by_id=person_of(actor),
        sealed=thread.sealer_of(complaint.case).seal({k: v for k, v in words.items() if v}),
    )  # fmt: skip
    keep(complaint)
    facts = {"step": row.step, "session": str(session.uid), "agreed": agreed, "signed": signed}
    enter(complaint, actor, at, "ladder.session", facts, {k: v for k, v in words.items() if v},
          occurred_at=held_at)  # fmt: skip
    return session


@transaction.atomic
def end_step(*, actor: Actor, at: datetime, step_uid: object, outcome: str, text: str) -> LadderStep:
    """How a step of the ladder ended. Agreed settles the issues that were open; otherwise they stay unresolved.

    A mediation agreed on needs minutes both sides have signed (`ladder.minutes`, 409).
    """
    row, complaint = _step(actor, step_uid)
    if outcome not in Outcome.values:
        raise invalid({"outcome": [("required", {})]})
    said = reason_of(text, "text", 4)
    signed = row.sessions.filter(agreed=True, signed=True)
    if row.kind == "mediation" and outcome == Outcome.AGREED and not signed.exists():
        raise conflict("ladder.minutes")
    sealer = thread.sealer_of(complaint.case)
    row.sealed = sealer.seal({**sealer.open(row.sealed), "outcome": said[:4000]})
    row.ended_at, row.outcome = at, outcome
    row.save(update_fields=["sealed", "ended_at", "outcome"])
    going = (Issue.State.OPEN, Issue.State.INVESTIGATING, Issue.State.FOUND, Issue.State.OFFERED)
    if outcome == Outcome.AGREED:
        complaint.issues.filter(state__in=going).update(state=Issue.State.SETTLED, ended_at=at)
    if complaint.state == Complaint.State.ON_LADDER:
        complaint.state = Complaint.State.DECIDED
    keep(complaint, "state")
    if row.kind == "internal_review":
        complaint.assessed = {**complaint.assessed, "reviewed": True}
        complaint.save(update_fields=["assessed"])
        watch.happened(complaint, "review_decided", actor, at)
        if outcome == Outcome.AGREED:
            questioning.decided_otherwise(complaint, row.article, actor, at)
    facts = {"step": row.step, "outcome": outcome}
    enter(complaint, actor, at, "ladder.ended", facts, {"text": said})
    return row


def _step(actor: Actor, uid: object) -> tuple[LadderStep, Complaint]:
    found = LadderStep.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid)
    row = LadderStep.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if row.ended_at is not None:
        raise conflict("ladder.over")
    return row, complaint
