"""Taking issues out of a complaint into one of their own (拆分), and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.cases.models import CaseLink, CasePerson, Message
from dingfen.complaints.actions import ending, issues
from dingfen.complaints.actions.common import RELATED, enter, keep, lock, reason_of
from dingfen.complaints.actions.handling import hand_to, told_of
from dingfen.complaints.actions.intake import Complainant, Representative, receive
from dingfen.complaints.models import Complaint, Issue
from dingfen.complaints.representing import Speaks, speakers_of
from dingfen.problems import conflict, invalid

State = Issue.State
MOVABLE = (State.OPEN, State.INVESTIGATING, State.FOUND)


@transaction.atomic
def separate(
    *, actor: Actor, at: datetime, case_uid: object, issue_uids: Sequence[object], reason: str
) -> Complaint:
    """Make a complaint of its own of some issues: same customer, same words, counted from the same receipt.

    What was found of them goes along in words; the issues here end as moved. Some issue must stay.
    Raises at `issues` (`required`, `separate.all`, `issue.offered`), `reason`.
    """
    complaint = lock(actor, case_uid)
    why = reason_of(reason, least=4)
    wanted = {str(uid) for uid in issue_uids}
    rows = list(complaint.issues.all())
    moved = [one for one in rows if str(one.uid) in wanted]
    if not moved or len(moved) != len(wanted):
        raise invalid({"issues": [("required", {})]})
    if any(one.state not in MOVABLE for one in moved):
        raise invalid({"issues": [("separate.state", {})]})
    if all(one in moved for one in rows if one.state in issues.GOING_ON):
        raise invalid({"issues": [("separate.all", {})]})
    made = _copy(complaint, actor, at)
    key = thread.sealer_of(complaint.case)
    for issue in moved:
        words = key.open(issue.sealed)
        copy = issues.list_issue(
            actor=actor, at=at, case_uid=made.case.uid, title=words.get("title", ""),
            told="\n".join(filter(None, [words.get("told", ""), words.get("facts", "")])), klass=issue.klass,
        )  # fmt: skip
        issue.sealed = key.seal(
            {**words, "moved": str(made.case.uid), "was": issue.state, "ended": made.case.number}
        )
        issue.state, issue.ended_at = State.WITHDRAWN, at
        issue.save(update_fields=["sealed", "state", "ended_at"])
        enter(complaint, actor, at, "issue.moved", {"issue": str(issue.uid), "to": str(copy.uid)})
    CaseLink.objects.create(
        one=made.case,
        other=complaint.case,
        kind=CaseLink.Kind.CAME_FROM,
        added_at=at,
        added_by_id=actor.staff_id,
    )
    keep(complaint)
    facts = {"into": str(made.case.uid), "issues": [str(one.uid) for one in moved]}
    enter(complaint, actor, at, "complaint.separated", facts, {"reason": why})
    return Complaint.objects.select_related(*RELATED).get(pk=made.pk)


def _copy(complaint: Complaint, actor: Actor, at: datetime) -> Complaint:
    """The new complaint: received as the first was, by the same customer, in their words."""
    told, case = told_of(complaint), complaint.case
    first = case.messages.filter(direction=Message.Direction.IN).order_by("at", "pk").first()
    out = case.people.filter(part=CasePerson.Part.COMPLAINED_OF, ended_at=None).select_related("staff")
    made = receive(
        actor=actor, at=at, channel=complaint.channel, text=thread.text_of(first) if first else case.number,
        unit=case.unit, complainant=Complainant(**told.get("complainant", {})),
        customer_uid=case.customer.uid if case.customer else None,
        representatives=[_spoken_by(one) for one in speakers_of(told) if one.standing],
        people=complaint.people, remedy=told.get("remedy", ""), said_at=complaint.received_at,
        occurred_at=complaint.occurred_at, place=told.get("place", ""), product=complaint.product,
        order_number=told.get("order_number", ""), language=complaint.language,
        complained_of=[one.staff.uid for one in out], vulnerable=complaint.vulnerable, stated=complaint.assessed,
        take=False,
    ).complaint  # fmt: skip
    if complaint.handler is not None and made.handler_id != complaint.handler_id:
        hand_to(made, complaint.handler, actor, at, "complaint.assigned")
    return made


def _spoken_by(one: Speaks) -> Representative:
    """Their paper is a file of the first complaint; it is taken in anew before letters go to them."""
    return Representative(name=one.name, basis=one.basis, phone=one.phone, email=one.email, proof=one.proof)


@transaction.atomic
def undo_separate(*, actor: Actor, at: datetime, case_uid: object) -> Complaint:
    """Take a separation back, as long as nothing was done in the new complaint: its issues go on where they were.

    Raises `separate.none` (409) for one that was not separated, `separate.used` when it was worked on.
    """
    made = lock(actor, case_uid)
    link = made.case.links.filter(kind=CaseLink.Kind.CAME_FROM).select_related("other").first()
    if link is None:
        raise conflict("separate.none", number=made.case.number)
    used = made.case.messages.filter(direction=Message.Direction.OUT).exists() or (
        made.issues.exclude(state=State.OPEN).exists() or made.proposals.exists() or made.promises.exists()
    )
    if used:
        raise conflict("separate.used", number=made.case.number)
    ending.merge(actor=actor, at=at, case_uid=made.case.uid, into_uid=link.other.uid)
    first = lock(actor, link.other.uid)
    key = thread.sealer_of(first.case)
    for issue in first.issues.filter(state=State.WITHDRAWN):
        words = key.open(issue.sealed)
        if words.get("moved") == str(made.case.uid):
            issue.state, issue.ended_at = words.pop("was", State.OPEN), None
            words.pop("moved")
            words.pop("ended", None)
            issue.sealed = key.seal(words)
            issue.save(update_fields=["sealed", "state", "ended_at"])
    keep(first)
    enter(first, actor, at, "complaint.unseparated", {"from": str(made.case.uid)})
    return first
