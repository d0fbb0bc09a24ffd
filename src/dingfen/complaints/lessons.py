"""Lessons: a closed complaint told as a case for training. Who it was must not be told from it."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.complaints.actions.common import enter, lock, reason_of
from dingfen.complaints.actions.handling import told_of
from dingfen.complaints.models import CLOSED, Action, Complaint, Lesson
from dingfen.problems import invalid, missing, read_uid

FIELDS = ("title", "happened", "helped", "better")
DIGITS = re.compile(r"\d{7,}")


def lessons(actor: Actor) -> QuerySet[Lesson]:
    """The company's lessons: for whoever works with complaints."""
    require(actor, "complaint.view")
    return Lesson.objects.filter(company_id=actor.company_id, gone_at=None).select_related("by")


@transaction.atomic
def add_lesson(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    title: str,
    happened: str,
    helped: str,
    better: str,
    cause: str = "",
) -> Lesson:
    """Tell a closed complaint as a case: what happened, what helped, what is done better.

    Raises at each for too little, and `lesson.names` where it says who somebody is.
    """
    complaint = lock(actor, case_uid, *CLOSED)
    given = {"title": title, "happened": happened, "helped": helped, "better": better}
    texts = {name: reason_of(text, name, 4) for name, text in given.items()}
    if len(texts["title"]) > 120:
        raise invalid({"title": [("too_long", {"limit": 120})]})
    if cause and cause not in Action.Cause.values:
        raise invalid({"cause": [("invalid", {})]})
    for name, text in texts.items():
        if said := _names_in(text, complaint):
            raise invalid({name: [("lesson.names", {"said": said})]})
    row = Lesson.objects.create(
        complaint=complaint, company=complaint.case.company, klass=complaint.klass, cause=cause, at=at,
        by_id=person_of(actor), **{name: text[:4000] for name, text in texts.items()},
    )  # fmt: skip
    enter(complaint, actor, at, "complaint.lesson", {"lesson": str(row.uid), "cause": cause})
    return row


def _names_in(text: str, complaint: Complaint) -> str:
    """The first thing in a text that tells who somebody is: a name of the matter, a long number; "" for none."""
    told = told_of(complaint)
    people = [told.get("complainant", {}), *told.get("representatives", [])]
    names = [str(one.get(field, "")) for one in people for field in ("name", "employer", "email", "wechat")]
    staff = complaint.case.people.select_related("staff").values_list("staff__name", flat=True)
    names += [
        *staff,
        *(one.name for one in (complaint.handler, complaint.receiver) if one),
        complaint.case.number,
    ]
    found = next((name for name in names if len(name) > 1 and name in text), "")
    digits = DIGITS.search(re.sub(r"[\s-]", "", text))
    return found or (digits[0] if digits else "")


@transaction.atomic
def retire_lesson(*, actor: Actor, at: datetime, lesson_uid: object) -> Lesson:
    """Take a lesson out of use: who wrote it, or a head."""
    row = lessons(actor).select_related("complaint__case__unit").filter(uid=read_uid(lesson_uid)).first()
    if row is None:
        raise missing()
    if row.by_id != actor.staff_id:
        require(actor, "complaint.approve", path=row.complaint.case.unit.path)
    row.gone_at = at
    row.save(update_fields=["gone_at"])
    complaint = Complaint.objects.select_related("case__unit__company", "case__company").get(
        pk=row.complaint_id
    )
    enter(complaint, actor, at, "complaint.lesson_retired", {"lesson": str(row.uid)})
    return row
