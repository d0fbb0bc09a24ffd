"""Frequent questions: proposed by one person, approved by another, reviewed by a date, retired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Unit
from dingfen.complaints.models import Question
from dingfen.problems import conflict, invalid, missing, read_uid, refused
from dingfen.register.append import append

State = Question.State
LONGEST = dt.timedelta(days=400)
LANGUAGES = ("zh-hans", "en")
LIMITS = {"question": (4, 120), "answer": (4, 2000)}


@transaction.atomic
def propose(
    *, actor: Actor, at: dt.datetime, unit_uid: object, language: str, question: str, answer: str,
    review_by: dt.date, valid_from: dt.date | None = None, valid_until: dt.date | None = None,
    question_uid: object = None,
) -> Question:  # fmt: skip
    """Propose an answer, or another wording of one: it is shown once a second person has approved it.

    It holds from a day (today) to a last one (none), and is looked at again by `review_by`.
    Raises at `unit`, `language`, `question`, `answer`, `valid_until`, `review_by`.
    """
    unit = Unit.objects.visible_to(actor).filter(uid=read_uid(unit_uid), active=True).first()
    if unit is None:
        raise invalid({"unit": [("unit.unknown", {})]})
    require(actor, "complaint.handle", path=unit.path)
    texts = {"question": question.strip(), "answer": answer.strip()}
    for name, (least, most) in LIMITS.items():
        if len(texts[name]) < least:
            raise invalid({name: [("reason.short", {"least": least})]})
        if len(texts[name]) > most:
            raise invalid({name: [("too_long", {"limit": most})]})
    if language not in LANGUAGES:
        raise invalid({"language": [("invalid", {})]})
    today = unit.day(at)
    begins = valid_from or today
    if valid_until and valid_until < max(begins, today):
        raise invalid({"valid_until": [("question.over", {})]})
    _reviewed(review_by, today)
    row = _locked(actor, question_uid) if question_uid else Question(company_id=unit.company_id or unit.pk)
    if question_uid:
        require(actor, "complaint.handle", path=row.unit.path)
    row.valid_from, row.valid_until = begins, valid_until
    row.unit, row.language, row.state, row.review_by = unit, language, State.PROPOSED, review_by
    row.question, row.answer = texts["question"], texts["answer"]
    row.proposed_by_id, row.proposed_at = person_of(actor), at
    row.approved_by_id, row.approved_at = None, None
    row.version += 1 if question_uid else 0
    row.save()
    _enter(row, actor, at, "question.proposed")
    return row


@transaction.atomic
def approve(
    *, actor: Actor, at: dt.datetime, question_uid: object, review_by: dt.date | None = None
) -> Question:
    """Approve an answer, or say after a review that it still holds. Not one's own (`question.own`)."""
    row = _locked(actor, question_uid)
    require(actor, "complaint.approve", path=row.unit.path)
    if row.proposed_by_id == actor.staff_id:
        raise refused("question.own")
    if row.state == State.RETIRED:
        raise conflict("question.retired")
    row.state, row.review_by = State.APPROVED, review_by or row.review_by
    _reviewed(row.review_by, row.unit.day(at))
    row.approved_by_id, row.approved_at = person_of(actor), at
    row.version += 1
    row.save()
    _enter(row, actor, at, "question.approved")
    return row


@transaction.atomic
def retire(*, actor: Actor, at: dt.datetime, question_uid: object) -> Question:
    """Show it no more."""
    row = _locked(actor, question_uid)
    require(actor, "complaint.handle", path=row.unit.path)
    if row.state == State.RETIRED:
        raise conflict("question.retired")
    row.state = State.RETIRED
    row.version += 1
    row.save(update_fields=["state", "version"])
    _enter(row, actor, at, "question.retired")
    return row


def helped(question: Question, yes: bool) -> None:
    """Count what somebody on the public page says of an answer. No entry: nobody is known, nothing follows."""
    name = "yes" if yes else "no"
    Question.objects.filter(pk=question.pk).update(**{name: F(name) + 1})


def found(rows: Iterable[Question], words: str, most: int) -> list[Question]:
    """Those whose words share most with what is asked, in two-sign pieces; all in their order for no words."""
    wanted = pieces(words)
    if not wanted:
        return list(rows)[:most]
    ranked = [(len(wanted & pieces(f"{row.question} {row.answer}")), row) for row in rows]
    return [row for share, row in sorted(ranked, key=lambda one: -one[0]) if share * 2 >= len(wanted)][:most]


def pieces(text: str) -> set[str]:
    """Words of Latin letters whole, Chinese in overlapping pairs."""
    kept = "".join(sign.lower() if sign.isalnum() else " " for sign in text)
    out: set[str] = set()
    for word in kept.split():
        out |= {word} if word.isascii() or len(word) == 1 else {word[i : i + 2] for i in range(len(word) - 1)}
    return out


def _reviewed(day: dt.date, today: dt.date) -> None:
    """An answer nobody looks at for longer than a year is nobody's answer."""
    if not today <= day <= today + LONGEST:
        raise invalid({"review_by": [("question.review", {"days": LONGEST.days})]})


def _locked(actor: Actor, uid: object) -> Question:
    rows = Question.objects.visible_to(actor).select_for_update(of=("self",)).select_related("unit")
    row = rows.filter(uid=read_uid(uid)).first()
    if row is None:
        raise missing()
    return row


def _enter(row: Question, actor: Actor, at: dt.datetime, kind: str) -> None:
    append(
        book=book_of(row.unit, at=at, actor_id=actor.uid), kind=kind, actor_id=actor.uid, occurred_at=at,
        recorded_at=at, subject=("question", row.uid),
        facts={"question": row.question, "answer": row.answer, "language": row.language,
               "valid_from": row.valid_from.isoformat(), "review_by": row.review_by.isoformat(),
               "valid_until": row.valid_until.isoformat() if row.valid_until else "",
               "unit": str(row.unit.uid)},
    )  # fmt: skip
