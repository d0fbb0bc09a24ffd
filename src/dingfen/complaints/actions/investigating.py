"""Looking into a complaint: who investigates, what colleagues are asked, evidence and its custody, interests."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.cases import attachments, thread
from dingfen.cases.models import CasePerson
from dingfen.clocks import actions as clocks
from dingfen.complaints.actions.common import (
    colleague,
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.actions.handling import keep_out
from dingfen.complaints.actions.intake import File
from dingfen.complaints.actions.issues import begin
from dingfen.complaints.models import Complaint, Custody, Exhibit, Inquiry, Interest, Issue
from dingfen.complaints.notices import tell
from dingfen.complaints.people import kept_out
from dingfen.complaints.rules import rules_of
from dingfen.engine.after_closing import barred
from dingfen.problems import conflict, invalid, missing, read_uid, refused

INQUIRY = "inquiry.answer"
QUESTION = 4000


@transaction.atomic
def add_person(*, actor: Actor, at: datetime, case_uid: object, staff: object, part: str) -> CasePerson:
    """Take a colleague into the investigation group, or as co-worker: they see the complaint from now on."""
    complaint = lock(actor, case_uid)
    person = colleague(actor, staff)
    if part not in (CasePerson.Part.INVESTIGATOR, CasePerson.Part.CO_WORKER):
        raise invalid({"part": [("invalid", {})]})
    if person.pk in kept_out(complaint.case):
        raise invalid({"staff": [("handler.kept_out", {"name": person.name})]})
    row, new = CasePerson.objects.get_or_create(
        case=complaint.case, staff=person, part=part, ended_at=None, defaults={"added_at": at}
    )
    if new:
        tell([person], "complaint.joined", complaint, at=at, key=f"{part}:{person.pk}")
        keep(complaint)
        enter(complaint, actor, at, "complaint.joined", {"staff": str(person.uid), "part": part})
    return row


@transaction.atomic
def ask(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    staff: object,
    question: str,
    due_at: datetime,
    kind: str = Inquiry.Kind.STATEMENT,
    issue_uid: object = None,
) -> Inquiry:
    """Ask a colleague for a statement, or give them a task, with a deadline that runs as a clock.

    Raises at `staff`, `question`, `due_at`; a task for who is kept out is refused at `staff`.
    """
    complaint = lock(actor, case_uid)
    person = colleague(actor, staff)
    text = reason_of(question, "question", 4)
    if kind not in Inquiry.Kind.values:
        raise invalid({"kind": [("invalid", {})]})
    if due_at <= at:
        raise invalid({"due_at": [("due.past", {})]})
    if kind == Inquiry.Kind.TASK and person.pk in kept_out(complaint.case):
        raise invalid({"staff": [("handler.kept_out", {"name": person.name})]})
    inquiry = Inquiry.objects.create(
        complaint=complaint,
        issue=_issue(complaint, issue_uid),
        kind=kind,
        asked=person,
        asked_by_id=person_of(actor),
        asked_at=at,
        due_at=due_at,
        sealed=thread.sealer_of(complaint.case).seal({"question": text[:QUESTION]}),
    )
    begin(complaint, at)
    clocks.start(
        actor=actor, at=at, company_id=complaint.case.company_id, kind=INQUIRY, subject_type="inquiry",
        subject_uid=inquiry.uid, deadline=due_at, responsible=person, steps=[(at + (due_at - at) * 3 / 4, "warn")],
        params={"number": complaint.case.number},
    )  # fmt: skip
    tell(
        [person], "complaint.asked", complaint, at=at, key=str(inquiry.uid), deadline=due_at.isoformat(),
        subject=("inquiry", inquiry.uid),
    )  # fmt: skip
    facts = {"inquiry": str(inquiry.uid), "kind": kind, "staff": str(person.uid), "due": due_at.isoformat()}
    enter(complaint, actor, at, "inquiry.asked", facts, {"question": text})
    return inquiry


def _issue(complaint: Complaint, uid: object) -> Issue | None:
    if not uid:
        return None
    found = complaint.issues.filter(uid=read_uid(uid)).first()
    if found is None:
        raise invalid({"issue": [("invalid", {})]})
    return found


@transaction.atomic
def answer(*, actor: Actor, at: datetime, inquiry_uid: object, text: str) -> Inquiry:
    """Give one's statement, or say what came of the task. Once. Only who is asked."""
    inquiry, complaint = _inquiry(actor, inquiry_uid)
    if inquiry.asked_id != actor.staff_id:
        raise refused("inquiry.not_yours", name=inquiry.asked.name)
    said = reason_of(text, "text", 4)
    sealer = thread.sealer_of(complaint.case)
    inquiry.sealed = sealer.seal({**sealer.open(inquiry.sealed), "answer": said[:8000]})
    inquiry.state, inquiry.answered_at = Inquiry.State.ANSWERED, at
    inquiry.save(update_fields=["sealed", "state", "answered_at"])
    clocks.end_all(actor=actor, at=at, subject_uid=inquiry.uid, met=True)
    late = at >= inquiry.due_at
    tell([inquiry.asked_by], "complaint.answered_inquiry", complaint, at=at, key=str(inquiry.uid))
    enter(
        complaint, actor, at, "inquiry.answered", {"inquiry": str(inquiry.uid), "late": late}, {"text": said}
    )
    return inquiry


@transaction.atomic
def drop(*, actor: Actor, at: datetime, inquiry_uid: object) -> Inquiry:
    """What was asked is needed no more."""
    inquiry, complaint = _inquiry(actor, inquiry_uid)
    require(actor, "complaint.handle", path=complaint.case.unit.path)
    if not Complaint.objects.visible_to(actor).filter(pk=complaint.pk).exists():
        raise missing()
    inquiry.state = Inquiry.State.DROPPED
    inquiry.save(update_fields=["state"])
    clocks.end_all(actor=actor, at=at, subject_uid=inquiry.uid)
    enter(complaint, actor, at, "inquiry.dropped", {"inquiry": str(inquiry.uid)})
    return inquiry


def _inquiry(actor: Actor, uid: object) -> tuple[Inquiry, Complaint]:
    """The inquiry under lock, with its complaint. Who is asked need not see the complaint."""
    found = Inquiry.objects.visible_to(actor).filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("case__unit__company", "case__company")
        .get(pk=found.complaint_id)
    )
    inquiry = (
        Inquiry.objects.select_for_update(of=("self",))
        .select_related("asked", "asked_by__unit", "asked_by__company")
        .get(pk=found.pk)
    )
    if inquiry.state != Inquiry.State.ASKED:
        raise conflict("inquiry.over", stage=str(inquiry.get_state_display()))
    return inquiry, complaint


@transaction.atomic
def add_exhibit(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    kind: str,
    what: str,
    place: str = "",
    file: File | None = None,
    issue_uid: object = None,
) -> Exhibit:
    """Take a piece of evidence in: a file, or a thing kept at a place. Its custody log begins here."""
    complaint = lock(actor, case_uid)
    if kind not in Exhibit.Kind.values:
        raise invalid({"kind": [("required", {})]})
    text = reason_of(what, "what", 2)
    if file is None and not place.strip():
        raise invalid({"place": [("exhibit.where", {})]})
    kept = None
    if file is not None:
        kept = attachments.attach(
            actor=actor, at=at, case=complaint.case, name=file.name, content=file.content
        )
    words = {"what": text[:1000], "place": place.strip()[:200]}
    exhibit = Exhibit.objects.create(
        complaint=complaint,
        issue=_issue(complaint, issue_uid),
        kind=kind,
        attachment=kept,
        sealed=thread.sealer_of(complaint.case).seal(words),
        collected_at=at,
        collected_by_id=person_of(actor),
    )
    Custody.objects.create(
        exhibit=exhibit, act=Custody.Act.TAKEN, at=at, by_id=person_of(actor), place=place.strip()[:200]
    )
    facts = {"exhibit": str(exhibit.uid), "kind": kind, **(attachments.facts(kept) if kept else {})}
    keep(complaint)
    enter(complaint, actor, at, "exhibit.taken", facts, words)
    return exhibit


@transaction.atomic
def pass_on(
    *,
    actor: Actor,
    at: datetime,
    exhibit_uid: object,
    act: str,
    to: object = None,
    place: str = "",
    purpose: str = "",
) -> Custody:
    """One more line of a custody log: handed over, copied, moved, returned. Raises at `act`, `to`, `place`."""
    found = Exhibit.objects.select_related("complaint__case").filter(uid=read_uid(exhibit_uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid, permission="complaint.view")
    if act not in set(Custody.Act.values) - {Custody.Act.TAKEN}:
        raise invalid({"act": [("required", {})]})
    if act == Custody.Act.HANDED and not to:
        raise invalid({"to": [("required", {})]})
    if act == Custody.Act.MOVED and not place.strip():
        raise invalid({"place": [("required", {})]})
    row = Custody.objects.create(
        exhibit=found,
        act=act,
        at=at,
        by_id=person_of(actor),
        to=colleague(actor, to, "to") if to else None,
        place=place.strip()[:200],
        purpose=purpose.strip()[:300],
    )
    facts = {"exhibit": str(found.uid), "act": act, "to": str(row.to.uid) if row.to else None}
    enter(complaint, actor, at, "exhibit.custody", facts, {"place": row.place, "purpose": row.purpose})
    return row


@transaction.atomic
def declare_interest(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    conflicted: bool,
    relation: str = "",
    text: str = "",
) -> Interest:
    """Say whether one has an interest in the matter. With one, one steps aside and sees it no more.

    `relation`: one that the rules bar (named, relative, reports_to_named, sold, decided_before), or other.
    """
    complaint = lock(actor, case_uid, permission="complaint.view")
    me = person_of(actor)
    if conflicted:
        text = reason_of(text, "text", 4)
    rules = rules_of(complaint)
    bars = barred(rules.complaints, [relation]) if rules and relation else ()
    row = Interest.objects.create(
        complaint=complaint,
        staff_id=me,
        at=at,
        conflicted=conflicted,
        relation=relation[:20] if conflicted else "",
        sealed=thread.sealer_of(complaint.case).seal({"text": text[:2000]}),
    )
    if conflicted:
        keep_out(complaint, row.staff, CasePerson.Part.ASIDE, actor, at)
    facts = {"conflicted": conflicted, "relation": row.relation, "barred": bool(bars)}
    enter(complaint, actor, at, "interest.declared", facts, {"text": text} if text else None)
    return row
