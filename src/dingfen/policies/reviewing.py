"""Cases speak about the rules: rooms say so here, the policy owner answers.

    note_case(Cause.DEPARTURE, policy=version, article="OWN-3", unit=unit, case=("dispute", uid, number), …)

is the port every room uses, inside the transaction of its own action and before its own last entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.clocks import actions as clocks
from dingfen.clocks.awaiting import Awaited
from dingfen.clocks.models import Clock
from dingfen.outbox.actions import queue
from dingfen.policies.models import PolicyVersion
from dingfen.policies.review_rows import Review, ReviewCase
from dingfen.problems import conflict, invalid, missing
from dingfen.register.append import append

CLOCK = "policy.review"
EVENT = "policy.review"
VIEW, SETTLE = "policy.review", "policy.publish"
WARN = "warn"
REASON_LEAST = 10
LESSON_MOST = 2000
Cause = ReviewCase.Cause
State = Review.State


@dataclass(frozen=True, slots=True)
class AboutCase:
    """A case as the policies know it: its kind, uid and number; the room that has it shows more."""

    kind: str
    uid: UUID
    number: str


def note_case(
    cause: str,
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    case: AboutCase,
    policy: PolicyVersion | None,
    article: str = "",
    told: Mapping[str, Any] | None = None,
    text: str = "",
) -> ReviewCase:
    """Put a case to the open question about an article, opening one where there is none.

    The same cause twice for one case changes nothing; a lesson is noted each time.
    """
    company = unit.company or unit
    review, new = _open(company, policy.pack if policy else "", article, actor, at)
    known = review.cases.filter(cause=cause, case_uid=case.uid).first() if cause != Cause.LESSON else None
    if known is not None:
        return known
    row = ReviewCase.objects.create(
        review=review,
        cause=cause,
        case_kind=case.kind,
        case_uid=case.uid,
        case_number=case.number,
        policy=policy,
        told=dict(told or {}),
        text=text,
        noted_by_id=actor.staff_id if cause == Cause.LESSON else None,
        at=at,
    )
    if new:
        _tell(review, at, "opened")
    facts = {"pack": review.pack, "article": article, "cause": cause, "case": str(case.uid), "opened": new}
    append(
        book=book_of(unit, at=at, actor_id=actor.uid),
        kind="policy.questioned",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("review", review.uid),
        facts=facts,
        personal={"text": text} if text else None,
        personal_subject=actor.uid if text else None,
        policy=(policy.pack, policy.version, policy.digest) if policy else None,
    )
    return row


def _open(company: Unit, pack: str, article: str, actor: Actor, at: datetime) -> tuple[Review, bool]:
    """The open question about an article, under lock; whether it is new."""
    rows = Review.objects.select_for_update().filter(company=company, pack=pack, article=article)
    found = rows.filter(state=State.OPEN).first()
    if found is not None:
        return found, False
    review, new = Review.objects.get_or_create(
        company=company, pack=pack, article=article, state=State.OPEN, defaults={"opened_at": at}
    )
    if new:
        deadline = at + timedelta(days=settings.REVIEW_DAYS)
        clocks.start(
            actor=actor,
            at=at,
            company_id=company.pk,
            kind=CLOCK,
            subject_type="review",
            subject_uid=review.uid,
            deadline=deadline,
            steps=[(at + (deadline - at) * 3 / 4, WARN)],
            article=article,
            params={"article": article or "–"},
        )
    return review, new


def owners(company_id: int, at: datetime) -> list[Staff]:
    """The policy owners of a company on the day of `at`."""
    day = at.date()
    found = Staff.objects.filter(
        Q(grants__starts_on=None) | Q(grants__starts_on__lte=day),
        Q(grants__ends_on=None) | Q(grants__ends_on__gte=day),
        grants__role=Role.POLICY_OWNER,
        company_id=company_id,
        is_active=True,
        left_on=None,
    )
    return list(found.select_related("unit", "company").order_by("pk").distinct())


def _tell(review: Review, at: datetime, occasion: str) -> None:
    for person in owners(review.company_id, at):
        queue(
            recipient=person,
            event=EVENT,
            at=at,
            key=f"review:{review.uid}:{occasion}",
            subject=("review", review.uid),
            params={"article": review.article or "–", "pack": review.pack},
        )


def reviews(actor: Actor) -> QuerySet[Review]:
    """The questions about the company's rules, newest first. Raises Problem (403)."""
    require(actor, VIEW)
    rows = Review.objects.filter(company_id=actor.company_id)
    return rows.select_related("taken_up_in", "settled_by").order_by("-pk")


def open_by_article(company_id: int, pack: str) -> dict[str, Review]:
    """The open questions about the articles of a pack, each with `n_cases`."""
    from django.db.models import Count

    rows = Review.objects.filter(company_id=company_id, pack=pack, state=State.OPEN)
    return {one.article: one for one in rows.annotate(n_cases=Count("cases"))}


@transaction.atomic
def settle(
    *,
    actor: Actor,
    at: datetime,
    review_uid: UUID | str,
    reason: str = "",
    taken_up_in: UUID | str | None = None,
    version: int | None = None,
) -> Review:
    """Answer a question: taken up in a version of the rule book, or it stays as it is, with a reason.

    Raises Problem 404; 409 `review.settled`, `version.stale`; 422 `reason.short` (10 characters, needed where
    nothing changes) and `review.version` for a version of another rule book.
    """
    require(actor, SETTLE)
    review = Review.objects.select_for_update().filter(company_id=actor.company_id, uid=review_uid).first()
    if review is None:
        raise missing()
    if review.state != State.OPEN:
        raise conflict("review.settled")
    if version is not None and version != review.version:
        raise conflict("version.stale")
    reason = reason.strip()
    if taken_up_in:
        review.taken_up_in = _version(review, taken_up_in)
    elif len(reason) < REASON_LEAST:
        raise invalid({"reason": [("reason.short", {"least": REASON_LEAST})]})
    review.state = State.TAKEN_UP if taken_up_in else State.STAYS
    review.reason, review.settled_at, review.settled_by_id = reason, at, actor.staff_id
    review.version += 1
    review.save()
    clocks.end_all(actor=actor, at=at, subject_uid=review.uid, met=True)
    made = review.taken_up_in
    append(
        book=book_of(review.company, at=at, actor_id=actor.uid),
        kind="policy.answered",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("review", review.uid),
        facts={
            "pack": review.pack,
            "article": review.article,
            "state": review.state,
            "version": made.version if made else None,
        },
        personal={"reason": reason} if reason else None,
        personal_subject=actor.uid if reason else None,
    )
    return review


def answers(review: Review) -> QuerySet[PolicyVersion]:
    """The versions a question may have been taken up in, newest first."""
    rows = PolicyVersion.objects.filter(company_id=review.company_id)
    rows = rows.filter(pack=review.pack) if review.pack else rows
    return rows.exclude(state=PolicyVersion.State.RETRACTED).defer("document").order_by("-pk")


def _version(review: Review, uid: UUID | str) -> PolicyVersion:
    try:
        found = answers(review).filter(uid=UUID(str(uid))).first()
    except ValueError:
        found = None
    if found is None:
        raise invalid({"taken_up_in": [("review.version", {})]})
    return found


def on_review(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the policy owners are reminded, and again when the time is over."""
    review = Review.objects.filter(uid=clock.subject_uid, state=State.OPEN).first()
    if review is not None:
        _tell(review, at, f"{clock.uid}:{step}")


def _mine(actor: Actor) -> QuerySet[Any]:
    found = Review.objects.filter(company_id=actor.company_id, state=State.OPEN)
    return found if actor.has(Role.POLICY_OWNER) else found.none()


AWAITED = Awaited(
    (CLOCK,),
    _mine,
    lambda clock, at: owners(clock.company_id, at),
    lambda actor, _: _mine(actor).values("uid"),
)
HANDLERS = {CLOCK: on_review}
