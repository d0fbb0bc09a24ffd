"""Clock kinds of this room and what answers them (joined in `dingfen.wiring`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dingfen.accounts.actor import system_actor
from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.complaints import watch
from dingfen.complaints.actions import after, changing, investigating, promising, proposing, stretching
from dingfen.complaints.actions.common import RELATED, enter
from dingfen.complaints.authority import ROLES
from dingfen.complaints.models import (
    OPEN,
    Action,
    ChangeRequest,
    Complaint,
    Inquiry,
    Promise,
    Proposal,
    Stretch,
)
from dingfen.complaints.notices import tell
from dingfen.complaints.people import above, desk, holding, kept_out


def on_clock(clock: Clock, step: str, at: datetime) -> None:
    """A clock of the complaint itself: reminder, breach, escalation to whom the rules name."""
    rows = Complaint.objects.select_for_update(of=("self",)).select_related(*RELATED)
    complaint = rows.filter(case__uid=clock.subject_uid).first()
    if complaint is None:
        return
    said: dict[str, Any] = {
        "deadline": clock.deadline.isoformat(),
        "article": clock.article,
    }
    key = f"{clock.uid}:{step}:{clock.deadline.isoformat()}"
    if step == watch.WARN:
        tell(_owners(complaint, clock, at), "complaint.due", complaint, at=at, key=key, **said)
    elif step.startswith(watch.TELL):
        to = step.partition(":")[2]
        tell(_in_role(complaint, to, at), "complaint.escalated", complaint, at=at, key=key, **said)
    elif step == BREACH:
        tell(_owners(complaint, clock, at), "complaint.late", complaint, at=at, key=key, **said)
        facts = {"clock": clock.kind, "deadline": clock.deadline.isoformat(), "article": clock.article}
        enter(complaint, system_actor(complaint.case.company), at, "clock.breached", facts)


def _owners(complaint: Complaint, clock: Clock, at: datetime) -> list[Staff]:
    if clock.responsible is not None:
        return [clock.responsible]
    return [complaint.handler] if complaint.handler else desk(complaint.case, at)


def _in_role(complaint: Complaint, to: str, at: datetime) -> list[Staff]:
    case = complaint.case
    if to == "handler":
        return [complaint.handler] if complaint.handler else desk(case, at)
    return holding(case.unit, ROLES.get(to, to), at, kept_out(case)) or above(case, at)


def _complaint(pk: int) -> Complaint:
    return Complaint.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=pk)


def on_inquiry(clock: Clock, step: str, at: datetime) -> None:
    """Who is asked is reminded; late, who asked hears of it too."""
    rows = Inquiry.objects.select_related(
        "asked__unit", "asked__company", "asked_by__unit", "asked_by__company"
    )
    found = rows.filter(uid=clock.subject_uid, state=Inquiry.State.ASKED).first()
    if found is None:
        return
    people = [found.asked, *([found.asked_by] if step == BREACH else [])]
    tell(
        people, "complaint.asked", _complaint(found.complaint_id), at=at, key=f"{clock.uid}:{step}",
        deadline=clock.deadline.isoformat(), subject=("inquiry", found.uid),
    )  # fmt: skip


def on_promise(clock: Clock, step: str, at: datetime) -> None:
    """Who promised is reminded; not kept in time it is broken."""
    found = Promise.objects.filter(uid=clock.subject_uid).first()
    if found is None:
        return
    complaint = _complaint(found.complaint_id)
    row = (
        Promise.objects.select_for_update(of=("self",))
        .select_related("staff__unit", "staff__company")
        .get(pk=found.pk)
    )
    row.complaint = complaint
    if row.state != Promise.State.OPEN:
        return
    if step == BREACH:
        promising.broken(row, at)
    else:
        tell(
            [row.staff],
            "complaint.promise",
            complaint,
            at=at,
            key=f"{row.uid}:{step}",
            deadline=row.due_at.isoformat(),
        )


def on_answer(clock: Clock, step: str, at: datetime) -> None:
    """The customer has not answered a proposal in time."""
    found = Proposal.objects.filter(uid=clock.subject_uid).first()
    if found is None or step != BREACH:
        return
    complaint = _complaint(found.complaint_id)
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row.complaint = complaint
    if row.state == Proposal.State.OFFERED:
        proposing.expire(row, at)


def on_pause(clock: Clock, step: str, at: datetime) -> None:
    """A pause has reached its longest time."""
    found = Stretch.objects.filter(uid=clock.subject_uid).first()
    if found is None or step != BREACH:
        return
    complaint = _complaint(found.complaint_id)
    row = Stretch.objects.select_related("clock").get(pk=found.pk)
    row.complaint = complaint
    if complaint.state in OPEN:
        stretching.due(row, at)


def on_action(clock: Clock, step: str, at: datetime) -> None:
    """A corrective action falls due, or whether it helped is to be looked at."""
    rows = Action.objects.select_related(
        "owner__unit", "owner__company", "added_by__unit", "added_by__company"
    )
    found = rows.filter(uid=clock.subject_uid).first()
    if found is None:
        return
    complaint = _complaint(found.complaint_id)
    checking = clock.kind == after.CHECK
    people = [found.added_by] if checking else [found.owner]
    if step == BREACH:
        people += above(complaint.case, at)
    tell(
        people,
        "complaint.action",
        complaint,
        at=at,
        key=f"{clock.uid}:{step}",
        deadline=clock.deadline.isoformat(),
    )


def on_change(clock: Clock, step: str, at: datetime) -> None:
    """A change request waits for its decision; late, whoever is above hears of it too."""
    found = ChangeRequest.objects.filter(uid=clock.subject_uid).first()
    if found is None:
        return
    complaint = _complaint(found.complaint_id)
    people = [clock.responsible] if clock.responsible else above(complaint.case, at)
    if step == BREACH:
        people += holding(complaint.case.unit, Role.GENERAL_MANAGER, at, kept_out(complaint.case))
    key = f"{clock.uid}:{step}"
    tell(people, "complaint.due" if step != BREACH else "complaint.late", complaint, at=at, key=key,
         deadline=clock.deadline.isoformat(), article=clock.article)  # fmt: skip


HANDLERS: dict[str, Callable[[Clock, str, datetime], None]] = {
    **dict.fromkeys((*watch.KINDS, watch.LETTER), on_clock),
    investigating.INQUIRY: on_inquiry,
    promising.PROMISE: on_promise,
    proposing.ANSWER: on_answer,
    stretching.UNTIL: on_pause,
    after.DUE: on_action,
    after.CHECK: on_action,
    changing.DECIDED: on_change,
}
