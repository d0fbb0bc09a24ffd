"""The record of a complaint put together: everything its page shows, as data."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson

from dingfen.api import complaint_rows as rows
from dingfen.api import complaint_shapes as shapes
from dingfen.api import complaint_whole as whole
from dingfen.api.frame import ApiRequest
from dingfen.clocks.models import Clock, ClockEvent
from dingfen.complaints import watch
from dingfen.complaints.actions import climbing, handling
from dingfen.complaints.listing import merged_here
from dingfen.complaints.models import Complaint
from dingfen.engine.parts import Text
from dingfen.parties import masking
from dingfen.register.models import Entry

MOVES = ("redate", "extend", "pause", "resume", "reassign")


def record(request: ApiRequest, complaint: Complaint) -> whole.ComplaintOut:
    """The whole record, for who may see it."""
    case, opener = complaint.case, rows.Opener(complaint)
    told, clocks = opener.words(complaint.sealed), _clocks(complaint)
    live = [one for one in clocks if one.ended_at is None]
    due = min(live, key=lambda one: one.deadline, default=None)
    return whole.ComplaintOut(
        **{**rows.row(complaint), "due": due},
        occurred_at=complaint.occurred_at,
        receiver=rows.uid(complaint.receiver),
        complainant=_unread(told.get("complainant", {})),
        representatives=[
            {name: str(value) for name, value in one.items()} for one in told.get("representatives", ())
        ],
        people=complaint.people,
        remedy=told.get("remedy", ""),
        place=told.get("place", ""),
        recording=told.get("recording", ""),
        order_number=told.get("order_number", ""),
        done_at_once=told.get("done_at_once", ""),
        language=complaint.language,
        stated=complaint.assessed,
        hold_reason=complaint.hold_reason,
        retain_until=complaint.retain_until,
        first_answer_at=complaint.first_answer_at,
        decided_at=complaint.decided_at,
        policy=complaint.policy.digest if complaint.policy else "",
        suggested=_grade(complaint, request),
        references=[whole.ReferenceOut.model_validate(one) for one in complaint.references.order_by("pk")],
        links=[
            whole.LinkOut(kind=one.kind, uid=one.other.uid, number=one.other.number)
            for one in case.links.select_related("other").order_by("pk")
        ],
        likely=rows.likely_out(complaint, request.actor),
        clocks=clocks,
        steps=[_step(one) for one in climbing.steps(complaint, request.at)],
        **_people(complaint),
        merged=[
            whole.MergedOut(uid=one.case.uid, number=one.case.number, messages=_said(one, rows.Opener(one)))
            for one in merged_here(complaint, request.actor)
        ],
        **_parts(complaint, opener),
    )


def _unread(who: dict[str, str]) -> dict[str, str]:
    """Without the number of the paper shown: it is revealed with a reason."""
    return {**who, "identity": masking.code(who["identity"])} if who.get("identity") else who


def _people(complaint: Complaint) -> dict[str, Any]:
    involved = complaint.case.people.filter(ended_at=None).select_related("staff").order_by("pk")
    return {
        "involved": [
            shapes.InvolvedOut(staff=one.staff.uid, name=one.staff.name, part=one.part, added_at=one.added_at)
            for one in involved
        ],
        "interests": [
            shapes.InterestOut(
                staff=one.staff.uid, at=one.at, conflicted=one.conflicted, relation=one.relation
            )
            for one in complaint.interests.select_related("staff")
        ],
    }


def _parts(complaint: Complaint, opener: rows.Opener) -> dict[str, Any]:
    """Issues, thread, investigation, proposals and what follows, each oldest first."""
    case = complaint.case
    asked = complaint.inquiries.select_related("complaint__case", "issue", "asked", "asked_by").order_by("pk")
    things = complaint.exhibits.select_related("issue", "attachment", "collected_by")
    offered = complaint.proposals.select_related("deliverer", "proposed_by", "approved_by")
    moved = complaint.stretches.select_related("clock", "by", "approved_by")
    found = complaint.issues.select_related("responsible_unit", "responsible", "found_by")
    steps = complaint.ladder.select_related("started_by").prefetch_related("sessions")
    acts = complaint.corrective_actions.select_related("complaint__case", "owner", "added_by", "checked_by")
    return {
        "issues": [rows.issue(one, opener) for one in found],
        "messages": _said(complaint, opener),
        "notes": [
            shapes.InternalNoteOut(uid=one.uid, author=one.author.uid, at=one.at, text=one.text)
            for one in case.notes.select_related("author").order_by("pk")
        ],
        "stretches": [rows.stretch(one, opener) for one in moved],
        "inquiries": [rows.inquiry(one, opener) for one in asked],
        "evidence": [
            rows.thing(one, opener)
            for one in things.prefetch_related("custody__by", "custody__to").order_by("pk")
        ],
        "proposals": [rows.proposal(one, opener) for one in offered.prefetch_related("issues")],
        "promises": [
            rows.promise(one, opener) for one in complaint.promises.select_related("proposal", "staff")
        ],
        "ladder": [rows.taken(one, opener) for one in steps],
        "call_backs": [rows.call_back(one, opener) for one in complaint.call_backs.select_related("by")],
        "corrective_actions": [rows.action(one, opener) for one in acts],
    }


def _said(complaint: Complaint, opener: rows.Opener) -> list[shapes.MessageOut]:
    found = complaint.case.messages.select_related("author", "corrects").prefetch_related("files")
    return [rows.message(one, opener) for one in found.order_by("at", "pk")]


def _clocks(complaint: Complaint) -> list[shapes.DueOut]:
    found = Clock.objects.filter(subject_uid=complaint.case.uid, kind__in=watch.KINDS)
    clocks = list(found.select_related("responsible").order_by("deadline", "pk"))
    moved: dict[int, list[ClockEvent]] = defaultdict(list)
    for event in ClockEvent.objects.filter(clock__in=clocks, kind__in=MOVES).order_by("pk"):
        moved[event.clock_id].append(event)
    return [rows.clock(one, moved[one.pk]) for one in clocks]


def _grade(complaint: Complaint, request: ApiRequest) -> whole.GradeOut | None:
    grade = handling.suggested(complaint, request.at)
    if grade is None:
        return None
    reasons = [reason.article for one in grade.graded for reason in one.reasons]
    return whole.GradeOut(
        level=grade.level,
        urgency=grade.urgency or "",
        sensitivity=list(grade.sensitivity),
        articles=list(dict.fromkeys(reasons)),
        could_be=grade.could_be or "",
    )


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _step(one: Any) -> shapes.StepOut:
    return shapes.StepOut(
        id=one.id,
        title=_text(one.title),
        kind=one.kind,
        state=one.state,
        why=one.why,
        missing=list(one.missing),
        until=one.until,
        answer_by=one.answer_by,
        bodies=[_text(body.name) for body in one.bodies],
        papers=[_text(paper) for paper in one.papers],
        article=one.article,
    )


def happened(entry: Entry) -> whole.DoneOut:
    """One entry of the history. Personal data is committed to by digest only and stays out."""
    body = orjson.loads(bytes(entry.body))
    return whole.DoneOut(
        entry=entry.name,
        kind=entry.kind,
        actor=entry.actor_uid,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        facts=body.get("facts", {}),
    )
