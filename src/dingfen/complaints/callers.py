"""What this room tells a switchboard of a caller: their open complaints, and who handles them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from dingfen.accounts.models import Unit
from dingfen.channels.phone.directory import Matter
from dingfen.complaints.models import OPEN, ComplainantKey, Complaint
from dingfen.matching import Record, normalise
from dingfen.parties import index
from dingfen.parties.details import identifiers_of
from dingfen.parties.models import Customer

MOST = 5


def open_complaints(
    company: Unit, number: str, customers: tuple[Customer, ...], at: datetime
) -> list[Matter]:
    """Newest first; those of the customers and those that name this number."""
    features = normalise(Record(phones=(number,))).features
    lookups = [index.lookup(company.pk, kind, value) for kind, value in identifiers_of(features)]
    named = ComplainantKey.objects.filter(lookup__in=lookups).values("complaint_id")
    rows = Complaint.objects.filter(
        Q(pk__in=named) | Q(case__customer__in=customers), case__company=company, state__in=OPEN
    )
    return [
        Matter("complaint", row.case.number, row.case.uid, "handler", row.handler)
        for row in rows.select_related("case", "handler").order_by("-pk")[:MOST]
    ]
