"""A complaint need not call itself one: what reads like one is shown as a suggestion, and one click makes it one.

What was learned of the company's own complaints and notes tells; before that, sentences of ours. Never decisive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dingfen.accounts.access import may
from dingfen.accounts.actor import Actor
from dingfen.cases.models import Message
from dingfen.complaints import learning
from dingfen.learning.model import Suggestion
from dingfen.parties.models import Touch
from dingfen.parties.sealing import sealers

AXIS = "complaint"
SHORTEST = 6
TODAY, MOST = timedelta(hours=14), 40


@dataclass(frozen=True, slots=True)
class Read:
    """A note of a touch that reads like a complaint."""

    touch: Touch
    note: str
    because: tuple[str, ...]


def reads_like_one(company_id: int, text: str) -> Suggestion | None:
    """Why a text reads like a complaint; None when it does not, when it is not sure enough, or can't say why."""
    if len(text.strip()) < SHORTEST:
        return None
    found = learning.suggest(company_id, AXIS, text)
    return found if found is not None and found.label == AXIS and found.because else None


def key_of(kind: str, uid: UUID) -> str:
    """What a complaint made of a touch or a message keeps as its first message's key: made twice it is one."""
    return f"{kind}:{uid}"


def made_of(company_id: int, kind: str, uids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Touch or message -> the complaint that was made of it."""
    keys = {key_of(kind, uid): uid for uid in uids}
    rows = Message.objects.filter(company_id=company_id, key__in=list(keys)).select_related("case")
    return {keys[row.key]: row.case.uid for row in rows}


def to_suggest(actor: Actor, notes: Mapping[UUID, str]) -> dict[UUID, Suggestion]:
    """Touches whose note reads like a complaint that is none yet; nothing for who may not receive one."""
    if not may(actor, "complaint.receive"):
        return {}
    company = actor.company_id or 0
    found = {uid: one for uid, note in notes.items() if (one := reads_like_one(company, note)) is not None}
    made = made_of(company, "touch", found) if found else {}
    return {uid: one for uid, one in found.items() if uid not in made}


def of_today(actor: Actor, at: datetime) -> list[Read]:
    """The reader's own touches of today whose notes read like complaints, newest first."""
    if not may(actor, "complaint.receive"):
        return []
    rows = Touch.objects.filter(
        company_id=actor.company_id, staff_id=actor.staff_id or 0, recorded_at__gte=at - TODAY, voided_at=None
    )
    touches = list(rows.exclude(sealed=b"").select_related("customer").order_by("-pk")[:MOST])
    keys = sealers(one.customer.uid for one in touches)
    notes = {
        one.uid: str(keys[one.customer.uid].open(one.sealed).get("note", ""))
        for one in touches
        if one.customer.uid in keys
    }
    found = to_suggest(actor, notes)
    return [Read(one, notes[one.uid], found[one.uid].because) for one in touches if one.uid in found]
