"""What complaints say about the rules: graded otherwise than they suggest, no rule, reopened, decided otherwise on
review, the root cause that was found, a lesson.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.complaints.models import Complaint
from dingfen.complaints.rules import rules_of
from dingfen.engine.grading import Grade
from dingfen.policies.review_rows import ReviewCase
from dingfen.policies.reviewing import AboutCase, Cause, note_case


def assessed(complaint: Complaint, grade: Grade | None, actor: Actor, at: datetime) -> None:
    """After grading: there were no rules, or whoever graded it saw level or urgency otherwise."""
    if grade is None:
        _ask(Cause.NOT_COVERED, complaint, actor, at)
        return
    for axis, found, suggested in (
        ("level", complaint.level, grade.level),
        ("urgency", complaint.urgency, grade.urgency or ""),
    ):
        if found != suggested:
            reasons = grade.reasons(axis)  # type: ignore[arg-type]
            article = reasons[0].article if reasons else _article_of(complaint, axis, found)
            told = {"proposed": {axis: suggested}, "given": {axis: found}}
            _ask(Cause.DEPARTURE, complaint, actor, at, article, told)
            return


def _article_of(complaint: Complaint, axis: str, value: str) -> str:
    """The article that knows this level, where no rule gave a reason for another."""
    rules = rules_of(complaint)
    known = getattr(rules.complaints, "levels" if axis == "level" else "urgencies") if rules else ()
    return next((one.article for one in known if one.id == value), "")


def reopened(complaint: Complaint, article: str, actor: Actor, at: datetime) -> None:
    _ask(Cause.REOPENED, complaint, actor, at, article)


def decided_otherwise(complaint: Complaint, article: str, actor: Actor, at: datetime) -> None:
    """On review something was agreed that had not been offered before."""
    _ask(Cause.OVERTURNED, complaint, actor, at, article)


def root_cause(complaint: Complaint, cause: str, actor: Actor, at: datetime) -> None:
    """The words stay with the complaint, where they can be erased; here only of what kind it is."""
    _ask(Cause.ROOT_CAUSE, complaint, actor, at, told={"cause": cause})


def about(complaint: Complaint) -> AboutCase:
    return AboutCase("complaint", complaint.case.uid, complaint.case.number)


def _ask(
    cause: str,
    complaint: Complaint,
    actor: Actor,
    at: datetime,
    article: str = "",
    told: dict[str, Any] | None = None,
) -> ReviewCase:
    return note_case(
        cause,
        actor=actor,
        at=at,
        unit=complaint.case.unit,
        case=about(complaint),
        policy=complaint.policy,
        article=article,
        told=told,
    )
