"""What the page of a complaint shows of change requests and of a dispute between customers."""

from __future__ import annotations

from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.complaints.actions.between import BOTH
from dingfen.complaints.actions.changing import UNDECIDED, may_decide, rule_of
from dingfen.complaints.belonging import CHANGED_BY, belonging
from dingfen.complaints.models import Between, Complaint
from dingfen.database import rows
from dingfen.parties.models import Customer
from dingfen.parties.sealing import sealer, sealers


def changes(complaint: Complaint, actor: Actor) -> dict[str, Any]:
    """The change requests with their words, and whether the reader decides."""
    key = sealer(complaint.case.uid)
    found = belonging(complaint, "changes", *CHANGED_BY)
    for row in found:
        row.words = key.open(row.sealed) if key else {}
        row.open = row.state in UNDECIDED
        row.sooner = -(row.days or 0)
        row.may_decide = may_decide(actor, row)
    return {"changes": found, "change_rule": rule_of(complaint)}


def between(complaint: Complaint, actor: Actor) -> dict[str, Any]:
    """Both sides, hearings, cause and outcome; nothing where there is no other customer."""
    found = rows.first(Between, complaint_id=complaint.pk)
    if found is None:
        return {}
    key = sealer(complaint.case.uid)
    found.words = key.open(found.sealed) if key else {}  # type: ignore[attr-defined]
    sides = list(complaint.sides.all())
    keys = sealers(side.uid for side in sides)
    cards = Customer.objects.visible_to(actor).in_bulk(
        [side.customer_id for side in sides if side.customer_id]
    )
    for side in sides:
        side.words = keys[side.uid].open(side.sealed) if side.uid in keys else {}  # type: ignore[attr-defined]
        side.card = cards.get(side.customer_id or 0)  # type: ignore[attr-defined]
    hearings = list(complaint.hearings.all())
    for row in hearings:
        row.words = key.open(row.sealed) if key else {}  # type: ignore[attr-defined]
        row.both_signed = row.signed == BOTH  # type: ignore[attr-defined]
    return {"between": found, "sides": sides, "hearings": hearings}
