"""What people write beside a dispute: a note for whoever sees the case, a lesson for the policy owner."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.cases.actions import add_note
from dingfen.cases.models import CaseNote
from dingfen.ownership.actions.common import (
    reason_of,
)
from dingfen.ownership.models import Dispute
from dingfen.ownership.questioning import about
from dingfen.policies.queries import pack_of
from dingfen.policies.review_rows import ReviewCase
from dingfen.policies.reviewing import LESSON_MOST, Cause, note_case
from dingfen.problems import invalid, missing, read_uid


@transaction.atomic
def note(*, actor: Actor, at: datetime, dispute_uid: object, text: str) -> CaseNote:
    """Note something on a dispute one sees. Raises `note.length` at the field `text`."""
    return add_note(actor=actor, at=at, case=_seen(actor, dispute_uid).case, text=text)


@transaction.atomic
def lesson(*, actor: Actor, at: datetime, dispute_uid: object, text: str, article: str = "") -> ReviewCase:
    """Note what a dispute teaches about an article, for the policy owner; without one: about the rules at large.

    Raises `reason.short` and `too_long` at `text`, `lesson.article` at `article`.
    """
    dispute = _seen(actor, dispute_uid)
    person_of(actor)
    text = reason_of(text, "text")
    if len(text) > LESSON_MOST:
        raise invalid({"text": [("too_long", {"limit": LESSON_MOST})]})
    known = pack_of(dispute.policy).article_index if dispute.policy else {}
    if article and article not in known:
        raise invalid({"article": [("lesson.article", {"value": article})]})
    return note_case(
        Cause.LESSON,
        actor=actor,
        at=at,
        unit=dispute.case.unit,
        case=about(dispute),
        policy=dispute.policy,
        article=article,
        text=text,
    )


def _seen(actor: Actor, uid: object) -> Dispute:
    """A dispute the actor sees. Raises Problem 403, 404."""
    require(actor, "dispute.view")
    rows = Dispute.objects.visible_to(actor).select_related("case__unit__company", "policy")
    found = rows.filter(case__uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    return found
