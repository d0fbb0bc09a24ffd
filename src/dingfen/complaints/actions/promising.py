"""What was promised to a customer, by whom, and whether it was kept (B13)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from dingfen.accounts.actor import Actor, system_actor
from dingfen.cases import thread
from dingfen.clocks import actions as clocks
from dingfen.complaints.actions.common import (
    colleague,
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.models import CLOSED, OPEN, Complaint, Promise, Proposal
from dingfen.complaints.notices import tell
from dingfen.complaints.people import above
from dingfen.problems import conflict, invalid, missing, read_uid

PROMISE = "promise.due"
State = Promise.State
DAY = timedelta(days=1)


@transaction.atomic
def promise(
    *, actor: Actor, at: datetime, case_uid: object, what: str, due_at: datetime, staff: object = None
) -> Promise:
    """Write down what somebody has promised the customer, and by when. Raises at `what`, `due_at`, `staff`."""
    complaint = lock(actor, case_uid)
    text = reason_of(what, "what", 2)
    if due_at <= at:
        raise invalid({"due_at": [("due.past", {})]})
    row = Promise.objects.create(
        complaint=complaint,
        staff=colleague(actor, staff or actor.uid),
        made_at=at,
        due_at=due_at,
        sealed=thread.sealer_of(complaint.case).seal({"what": text[:1000]}),
    )
    _clock(row, complaint, actor, at)
    keep(complaint)
    facts = {"promise": str(row.uid), "staff": str(row.staff.uid), "due": due_at.isoformat()}
    enter(complaint, actor, at, "promise.made", facts, {"what": text})
    return row


def promise_of(proposal: Proposal, actor: Actor, at: datetime) -> Promise:
    """An accepted proposal is a promise of who delivers it."""
    sealer = thread.sealer_of(proposal.complaint.case)
    row = Promise.objects.create(
        complaint=proposal.complaint,
        proposal=proposal,
        staff=proposal.deliverer,
        made_at=at,
        due_at=max(proposal.deliver_by, at + timedelta(hours=1)),
        sealed=sealer.seal({"what": sealer.open(proposal.sealed).get("what", "")}),
    )
    _clock(row, proposal.complaint, actor, at)
    return row


def agreed_promise(
    complaint: Complaint, actor: Actor, at: datetime, what: str, due_at: datetime, staff: object
) -> Promise:
    """What a signed agreement says is a promise of whoever delivers it. The caller enters it."""
    row = Promise.objects.create(
        complaint=complaint,
        staff=colleague(actor, staff),
        made_at=at,
        due_at=due_at,
        sealed=thread.sealer_of(complaint.case).seal({"what": what[:1000]}),
    )
    _clock(row, complaint, actor, at)
    return row


def _clock(row: Promise, complaint: Complaint, actor: Actor, at: datetime) -> None:
    clocks.start(
        actor=actor, at=at, company_id=complaint.case.company_id, kind=PROMISE, subject_type="promise",
        subject_uid=row.uid, deadline=row.due_at, responsible=row.staff,
        steps=[(at + (row.due_at - at) * 3 / 4, "warn")], params={"number": complaint.case.number},
    )  # fmt: skip


@transaction.atomic
def keep_promise(*, actor: Actor, at: datetime, promise_uid: object, proof: str) -> Promise:
    """It was kept; how one knows. One that belongs to a proposal is kept by delivering that."""
    row, complaint = _locked(actor, promise_uid)
    if row.proposal_id is not None:
        raise conflict("promise.of_proposal")
    text = reason_of(proof, "proof", 2)
    kept(row, complaint, text, actor, at)
    enter(complaint, actor, at, f"promise.{row.state}", {"promise": str(row.uid)}, {"proof": text})
    return row


def kept(row: Promise, complaint: Complaint, proof: str, actor: Actor, at: datetime) -> None:
    """Mark it kept, late where it was broken before; the caller enters it."""
    sealer = thread.sealer_of(complaint.case)
    row.sealed = sealer.seal({**sealer.open(row.sealed), "proof": proof[:1000]})
    late = row.state == State.BROKEN or at >= row.due_at
    row.state, row.ended_at = (State.KEPT_LATE if late else State.KEPT), at
    row.save(update_fields=["sealed", "state", "ended_at"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid, met=True)


@transaction.atomic
def release(*, actor: Actor, at: datetime, promise_uid: object, said: str) -> Promise:
    """The customer needs it no more; in their words."""
    row, complaint = _locked(actor, promise_uid)
    text = reason_of(said, "said", 4)
    sealer = thread.sealer_of(complaint.case)
    row.sealed = sealer.seal({**sealer.open(row.sealed), "said": text[:1000]})
    row.state, row.ended_at = State.RELEASED, at
    row.save(update_fields=["sealed", "state", "ended_at"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid)
    enter(complaint, actor, at, "promise.released", {"promise": str(row.uid)}, {"said": text})
    return row


def broken(row: Promise, at: datetime) -> None:
    """Not kept in time: who promised it and their head hear of it. By the sweep, which holds the locks."""
    row.state = State.BROKEN
    row.save(update_fields=["state"])
    complaint = row.complaint
    people = [row.staff, *above(complaint.case, at), *([complaint.handler] if complaint.handler else [])]
    tell(
        people,
        "complaint.promise",
        complaint,
        at=at,
        key=f"broken:{row.uid}",
        deadline=row.due_at.isoformat(),
    )
    enter(complaint, system_actor(complaint.case.company), at, "promise.broken", {"promise": str(row.uid)})


def _locked(actor: Actor, uid: object) -> tuple[Promise, Complaint]:
    found = Promise.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid, *OPEN, *CLOSED, permission="complaint.view")
    row = Promise.objects.select_for_update(of=("self",)).select_related("staff").get(pk=found.pk)
    if row.state not in (State.OPEN, State.BROKEN):
        raise conflict("promise.over", stage=str(row.get_state_display()))
    return row, complaint
