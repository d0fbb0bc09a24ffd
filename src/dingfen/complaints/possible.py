"""Whose complaint it may be, where the matcher is not sure: a person looks and links."""

from __future__ import annotations

from dataclasses import dataclass

from dingfen.complaints.actions.handling import told_of
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.models import Complaint
from dingfen.matching import Match, normalise
from dingfen.parties.models import Customer
from dingfen.parties.queries import candidates

MOST = 5


@dataclass(frozen=True, slots=True)
class Possible:
    customer: Customer
    match: Match


def possible(complaint: Complaint) -> list[Possible]:
    """Stored customers a complaint without one may belong to, surest first; none for a linked one."""
    if complaint.case.customer_id is not None:
        return []
    told = told_of(complaint).get("complainant", {})
    features = normalise(Complainant(**told).details().record()).features
    found = candidates(complaint.case.company_id, features)[:MOST]
    cards = Customer.objects.in_bulk([one.customer_id for one in found])
    return [Possible(cards[one.customer_id], one.match) for one in found if one.customer_id in cards]
