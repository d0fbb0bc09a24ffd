"""What this room tells a switchboard of a caller: who holds the customer."""

from __future__ import annotations

from datetime import datetime

from dingfen.accounts.models import Unit
from dingfen.channels.phone.directory import Matter
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.parties.models import Customer


def held(company: Unit, number: str, customers: tuple[Customer, ...], at: datetime) -> list[Matter]:
    """The registrations of these customers that hold now, with their holders."""
    rows = Registration.objects.filter(customer__in=customers, state__in=ACTIVE)
    return [
        Matter("registration", row.customer.number, row.uid, "holder", row.holder)
        for row in rows.select_related("holder", "customer").order_by("pk")
    ]
