"""After a complaint: visit and survey (B8), causes and corrective actions with a check of their effect (B9)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor, system_actor
from dingfen.cases import thread
from dingfen.cases.actions import next_number, year_of
from dingfen.clocks import actions as clocks
from dingfen.complaints import questioning, watch
from dingfen.complaints.actions import ending
from dingfen.complaints.actions.common import (
    RELATED,
    colleague,
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.models import CLOSED, OPEN, Action, CallBack, Channel, Complaint
from dingfen.complaints.notices import tell
from dingfen.problems import conflict, invalid, missing, read_uid, refused

DUE, CHECK = "action.due", "action.check"
State = Action.State


@transaction.atomic
def call_back(
    *,
    actor: Actor | None,
    at: datetime,
    case_uid: object,
    via: str,
    fixed: str = "",
    handling: int | None = None,
    outcome: int | None = None,
    text: str = "",
) -> CallBack:
    """What the customer says afterwards: whether the fix worked, how it was handled, what came of it (1 to 5).

    `actor` None: a survey on the public page. Where the fix did not work, reopen it. Raises at `via`, `fixed`,
    `handling`, `outcome`.
    """
    complaint = lock(actor, case_uid, *OPEN, *CLOSED)
    person = actor or system_actor(complaint.case.company, channel=via)
    if via not in Channel.values:
        raise invalid({"via": [("channel.unknown", {})]})
    if fixed not in CallBack.Fixed.values:
        raise invalid({"fixed": [("invalid", {})]})
    for name, score in (("handling", handling), ("outcome", outcome)):
        if score is not None and not 1 <= score <= 5:
            raise invalid({name: [("score.range", {})]})
    row = CallBack.objects.create(
        complaint=complaint, via=via, at=at, by_id=person.staff_id, fixed=fixed, handling=handling,
        outcome=outcome, sealed=thread.sealer_of(complaint.case).seal({"text": text.strip()[:2000]}),
    )  # fmt: skip
    keep(complaint)
    if fixed:
        watch.happened(complaint, "visited", person, at)
    if fixed == CallBack.Fixed.NO and complaint.handler and complaint.handler_id != person.staff_id:
        tell([complaint.handler], "complaint.message", complaint, at=at, key=f"back:{row.uid}")
    facts = {"via": via, "fixed": fixed, "handling": handling, "outcome": outcome}
    enter(
        complaint,
        person,
        at,
        "complaint.called_back",
        facts,
        {"text": text.strip()} if text.strip() else None,
    )
    return row


@transaction.atomic
def survey(
    *,
    at: datetime,
    case_uid: object,
    fixed: str,
    handling: int | None,
    outcome: int | None,
    text: str = "",
    again: bool = False,
) -> CallBack:
    """What the customer says on the public page once it is closed, one time for each closing.

    `again`: it did not work, so take it up again, as long as the rules let the customer (`reopen.over`, 409).
    Raises at `fixed`, `handling`, `outcome`, `text`; `survey.given` (409).
    """
    complaint = lock(None, case_uid, "closed_accepted", "closed_open")
    if surveyed(complaint):
        raise conflict("survey.given")
    if fixed not in (CallBack.Fixed.YES, CallBack.Fixed.PARTLY, CallBack.Fixed.NO):
        raise invalid({"fixed": [("required", {})]})
    reopening = again and fixed == CallBack.Fixed.NO
    why = reason_of(text, "text", 2) if reopening else text
    row = call_back(
        actor=None, at=at, case_uid=case_uid, via="web", fixed=fixed, handling=handling, outcome=outcome, text=text
    )  # fmt: skip
    if reopening:
        ending.reopen(actor=None, at=at, case_uid=case_uid, reason=why)
    return row


def surveyed(complaint: Complaint) -> bool:
    """Whether the customer has answered the survey since the complaint was closed."""
    closed = complaint.case.closed_at
    given = complaint.call_backs.filter(by=None, via="web")
    return closed is not None and given.filter(at__gte=closed).exists()


@transaction.atomic
def add_action(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    cause: str,
    why: str,
    what: str,
    owner: object,
    due_at: datetime,
    check_at: datetime,
) -> Action:
    """A corrective action: the root cause, what is done about it, by whom and when, and when its effect is checked.

    Raises at `cause`, `why`, `what`, `owner`, `due_at`, `check_at`.
    """
    complaint = lock(actor, case_uid, *OPEN, *CLOSED)
    if cause not in Action.Cause.values:
        raise invalid({"cause": [("required", {})]})
    words = {"why": reason_of(why, "why", 4)[:2000], "what": reason_of(what, "what", 4)[:2000]}
    if due_at <= at:
        raise invalid({"due_at": [("due.past", {})]})
    if check_at <= due_at:
        raise invalid({"check_at": [("check.after_due", {})]})
    case = complaint.case
    year = year_of(case.unit, at)
    row = Action.objects.create(
        complaint=complaint,
        number=f"A-{year}-{next_number(case.company, 'action', year):04}",
        cause=cause,
        owner=colleague(actor, owner, "owner"),
        due_at=due_at,
        check_at=check_at,
        added_at=at,
        added_by_id=person_of(actor),
        sealed=thread.sealer_of(case).seal(words),
    )
    _clock(row, complaint, DUE, due_at, actor, at)
    tell([row.owner], "complaint.action", complaint, at=at, key=str(row.uid), deadline=due_at.isoformat())
    keep(complaint)
    questioning.root_cause(complaint, cause, actor, at)
    facts = {"action": row.number, "cause": cause, "owner": str(row.owner.uid), "due": due_at.isoformat()}
    enter(complaint, actor, at, "action.added", facts, words)
    return row


def _clock(row: Action, complaint: Complaint, kind: str, due: datetime, actor: Actor, at: datetime) -> None:
    clocks.start(
        actor=actor, at=at, company_id=complaint.case.company_id, kind=kind, subject_type="action",
        subject_uid=row.uid, deadline=due, responsible=row.owner if kind == DUE else row.added_by,
        steps=[(at + (due - at) * 3 / 4, watch.WARN)],
        params={"number": row.number},
    )  # fmt: skip


@transaction.atomic
def action_done(*, actor: Actor, at: datetime, action_uid: object, report: str) -> Action:
    """The owner has done it; whether it helped is checked later."""
    row, complaint = _action(actor, action_uid, State.OPEN)
    if row.owner_id != actor.staff_id:
        raise refused("inquiry.not_yours", name=row.owner.name)
    text = reason_of(report, "report", 4)
    _words(row, complaint, report=text)
    row.state, row.done_at = State.TO_CHECK, at
    row.save(update_fields=["state", "done_at", "sealed"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid, met=True)
    _clock(row, complaint, CHECK, max(row.check_at, at + (row.check_at - row.due_at)), actor, at)
    enter(complaint, actor, at, "action.done", {"action": row.number}, {"report": text})
    return row


@transaction.atomic
def check_action(*, actor: Actor, at: datetime, action_uid: object, effective: bool, found: str) -> Action:
    """Say whether it helped; somebody other than the owner. One that did not help is open again as not effective."""
    row, complaint = _action(actor, action_uid, State.TO_CHECK)
    if row.owner_id == actor.staff_id:
        raise refused("action.own")
    text = reason_of(found, "found", 4)
    _words(row, complaint, found=text)
    row.state = State.EFFECTIVE if effective else State.NOT_EFFECTIVE
    row.checked_at, row.checked_by_id = at, person_of(actor)
    row.save(update_fields=["state", "checked_at", "checked_by", "sealed"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid, met=True)
    enter(
        complaint,
        actor,
        at,
        "action.checked",
        {"action": row.number, "effective": effective},
        {"found": text},
    )
    return row


def _words(row: Action, complaint: Complaint, **more: str) -> None:
    sealer = thread.sealer_of(complaint.case)
    row.sealed = sealer.seal({**sealer.open(row.sealed), **{k: v[:2000] for k, v in more.items()}})


def _action(actor: Actor, uid: object, *states: str) -> tuple[Action, Complaint]:
    found = Action.objects.select_related("complaint__case", "owner").filter(uid=read_uid(uid)).first()
    if found is None or found.complaint.case.company_id != actor.company_id:
        raise missing()
    if found.owner_id != actor.staff_id:
        complaint = lock(actor, found.complaint.case.uid, *OPEN, *CLOSED)
    else:  # who owns an action need not see the complaint it came from
        rows = Complaint.objects.select_for_update(of=("self",)).select_related(*RELATED)
        complaint = rows.get(pk=found.complaint_id)
    row = Action.objects.select_for_update(of=("self",)).select_related("owner", "added_by").get(pk=found.pk)
    if row.state not in states:
        raise conflict("action.state", number=row.number, stage=str(row.get_state_display()))
    return row, complaint
