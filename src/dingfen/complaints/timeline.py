"""What complaints add to a customer's time line: messages of every channel, and the steps of the matter.

Only of complaints the reader may see; who is complained of sees none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from dingfen.accounts.access import may
from dingfen.accounts.actor import Actor
from dingfen.cases.models import Message
from dingfen.complaints.models import Channel, Complaint
from dingfen.parties.sealing import sealers
from dingfen.parties.timeline import Line
from dingfen.register import kinds
from dingfen.register.queries import with_pages

WAYS = dict(Channel.choices)
STEPS = (
    "complaint.received", "complaint.assessed", "complaint.decided", "complaint.closed", "complaint.reopened",
    "complaint.withdrawn", "complaint.not_accepted", "complaint.merged", "proposal.offered", "proposal.accepted",
    "ladder.taken", "ladder.ended", "letter.sent", "promise.made", "promise.kept", "change.agreed",
)  # fmt: skip
SHORT = 160


def _short(told: Mapping[str, object]) -> str:
    """What was said in one line; of a letter what it is, the letter itself stands in its matter."""
    text = " ".join(str(told.get("text", "")).split())
    shown = text if len(text) <= SHORT else f"{text[:SHORT]}…"
    return " · ".join(part for part in (str(told.get("subject", "")), shown) if part)


def lines(actor: Actor, customer_ids: Sequence[int], before: datetime | None, most: int) -> list[Line]:
    """A `parties.timeline.Source`."""
    if not may(actor, "complaint.view"):
        return []
    rows = Complaint.objects.visible_to(actor).select_related("case")
    mine = rows.filter(Q(case__customer_id__in=customer_ids) | Q(sides__customer_id__in=customer_ids))
    cases = {row.case.pk: row.case for row in mine.distinct()}
    if not cases:
        return []
    earlier = {"at__lt": before} if before else {}
    messages = Message.objects.filter(case_id__in=list(cases), **earlier).exclude(
        direction=Message.Direction.CORRECTION
    )
    keys = sealers(case.uid for case in cases.values())
    found = []
    for row in messages.select_related("author").order_by("-at", "-pk")[:most]:
        case = cases[row.case_id]
        told = keys[case.uid].open(row.sealed) if case.uid in keys else {}
        inward = row.direction == Message.Direction.IN
        found.append(
            Line(row.at, "complaint", "message", row.channel, str(WAYS.get(row.channel, row.channel)), case.number,
                 case.uid, inward, "" if inward or not row.author else row.author.name, _short(told))
        )  # fmt: skip
    numbers = {case.uid: case.number for case in cases.values()}
    past = {"occurred_at__lt": before} if before else {}
    entries = with_pages().filter(subject_uid__in=list(numbers), kind__in=STEPS, **past)
    found += [
        Line(one.occurred_at, "complaint", "step", one.kind, kinds.words(one.kind), numbers[one.subject_uid],
             one.subject_uid, entry=one)
        for one in entries.order_by("-seq")[:most]
    ]  # fmt: skip
    return found
