"""Other complaints of whoever complains: what may be the same matter said twice, and what comes up again.

Nothing is decided here: a person merges, or links as a repeat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from django.db.models import Q

from dingfen.accounts.actor import Actor
from dingfen.cases.models import Message
from dingfen.complaints.facts import alone
from dingfen.complaints.models import Complaint
from dingfen.parties import sealing

LOOK_BACK = timedelta(days=365)
MOST = 8
ALIKE = 0.2
"""From this share of common pieces on, two texts count as being about the same."""
ORDER = ("duplicate", "repeat", "earlier")


@dataclass(frozen=True, slots=True)
class Likely:
    """`duplicate`: open, said in like words; `repeat`: closed, in like words; `earlier`: another matter.

    `alike`: share of two-character pieces that both have, 0 to 1.
    """

    complaint: Complaint
    kind: Literal["duplicate", "repeat", "earlier"]
    alike: float


def likely(complaint: Complaint, actor: Actor) -> list[Likely]:
    """Other complaints of the same customer, or whoever is reached the same way, that the actor may see."""
    if alone(complaint):
        return []
    lookups = [bytes(one) for one in complaint.keys.values_list("lookup", flat=True)]
    same = Q(keys__lookup__in=lookups)
    if complaint.case.customer_id:
        same |= Q(case__customer_id=complaint.case.customer_id)
    rows = (
        Complaint.objects.visible_to(actor)
        .filter(same, received_at__gte=complaint.received_at - LOOK_BACK)
        .exclude(pk=complaint.pk)
        .exclude(state=Complaint.State.MERGED)
    )
    others = list(rows.select_related("case").distinct().order_by("-pk")[:MOST])
    said = _said([complaint, *others]) if others else {}
    own = said.get(complaint.pk, set())
    found = [_likely(one, _alike(own, said.get(one.pk, set()))) for one in others]
    return sorted(found, key=lambda one: (ORDER.index(one.kind), -one.alike, -one.complaint.pk))


def _likely(other: Complaint, alike: float) -> Likely:
    if alike < ALIKE:
        return Likely(other, "earlier", alike)
    return Likely(other, "duplicate" if other.is_open else "repeat", alike)


def _said(complaints: Iterable[Complaint]) -> dict[int, set[str]]:
    """The pieces of what each customer said first, by complaint; nothing of an erased one."""
    rows = {one.pk: one.case.uid for one in complaints}
    sealers = sealing.sealers(rows.values())
    first: dict[int, set[str]] = {}
    messages = Message.objects.filter(case__in=rows, direction=Message.Direction.IN).order_by("pk")
    for message in messages:
        sealer = sealers.get(rows[message.case_id])
        if message.case_id not in first and sealer is not None:
            first[message.case_id] = pieces(str(sealer.open(message.sealed).get("text", "")))
    return first


def pieces(text: str) -> set[str]:
    """The two-character pieces of a text, without spaces and punctuation."""
    signs = [sign for sign in text.casefold() if sign.isalnum()]
    return {a + b for a, b in pairwise(signs)}


def _alike(one: set[str], other: set[str]) -> float:
    """Jaccard's share."""
    return round(len(one & other) / len(one | other), 2) if one and other else 0.0
