"""A card that somebody else changed while the form was open: what stands there now beside what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from dingfen.accounts.models import Staff
from dingfen.parties.models import Customer
from dingfen.problems import whole_number
from dingfen.register.queries import entries_of
from dingfen.web.customers.forms import EditForm

CHANGES = ("customer.corrected", "customer.graded", "customer.merged", "customer.unmerged")


@dataclass(frozen=True, slots=True)
class Stale:
    """Who changed the card last and when (None: not found); `rows`: label, on the card now, typed.

    `data` is what was typed, with the version of the card as it is now: sent again, it stands.
    """

    who: Staff | None
    at: datetime | None
    rows: list[tuple[str, str, str]]
    data: QueryDict


def stale_card(customer: Customer, now: Mapping[str, Any], typed: QueryDict) -> Stale | None:
    """What was sent for an earlier version of the card; None where it was sent for this one."""
    if whole_number(typed.get("version", "")) in (None, customer.version):
        return None
    data = typed.copy()
    data["version"] = str(customer.version)
    labels = {name: str(field.label or name) for name, field in EditForm().fields.items()}
    rows = [
        (labels[name], str(now.get(name) or ""), typed.get(name, "").strip())
        for name in labels
        if name != "version" and str(now.get(name) or "") != typed.get(name, "").strip()
    ]
    entries = [one for one in entries_of(customer.uid) if one.kind in CHANGES]
    last = max(entries, key=lambda one: one.seq, default=None)
    who = Staff.objects.filter(uid=last.actor_uid).first() if last else None
    return Stale(who, last.recorded_at if last else None, rows, data)
