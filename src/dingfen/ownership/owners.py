"""Who held a customer before, read from the register: it is the memory (principle 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dingfen.parties.models import Customer
from dingfen.register.models import Entry

BEGINS = {"registration.made": "registered", "registration.taken": "taken"}
ENDS = {
    "registration.released": "released",
    "registration.lapsed": "lapsed",
    "registration.lost": "lost",
    "registration.voided": "voided",
}
TRANSFERRED = "registration.transferred"


@dataclass(frozen=True, slots=True)
class Tenure:
    """One person's time with a customer. `how` and `ended_how` are codes: registered, taken, assigned,
    transferred, handed_over, ruled; released, lapsed, lost, voided. `entry` and `end_entry` prove them.
    """

    staff: UUID
    scope: str
    began_at: datetime
    how: str
    by: UUID
    entry: Entry
    ended_at: datetime | None = None
    ended_how: str = ""
    ended_by: UUID | None = None
    article: str = ""
    end_entry: Entry | None = None


def tenures(customer: Customer, scope: str | None = None) -> list[Tenure]:
    """Everyone who held a customer (and records merged into it), oldest first; `scope`: of this one alone."""
    uids = [customer.uid, *Customer.objects.filter(merged_into=customer).values_list("uid", flat=True)]
    rows = Entry.objects.filter(subject_uid__in=uids, kind__in=[*BEGINS, *ENDS, TRANSFERRED]).order_by("seq")
    every = [(row, _facts(row)) for row in rows.select_related("page__book")]
    return _fold((row, facts) for row, facts in every if scope is None or facts.get("scope", "") == scope)


def _facts(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(entry.body)).get("facts", {})
    return found


def _fold(entries: Iterable[tuple[Entry, dict[str, Any]]]) -> list[Tenure]:
    found: list[Tenure] = []
    for entry, facts in entries:
        kind = entry.kind
        if kind in ENDS or kind == TRANSFERRED:
            _end(found, entry, facts, ENDS.get(kind) or _how(facts))
        if kind in BEGINS or kind == TRANSFERRED:
            staff = UUID(facts["to"] if "to" in facts and kind != "registration.taken" else facts["staff"])
            how = "assigned" if facts.get("assigned") else BEGINS.get(kind) or _how(facts)
            if kind == "registration.made" and facts.get("dispute"):
                how = "ruled"
            found.append(
                Tenure(staff, facts.get("scope", ""), entry.occurred_at, how, entry.actor_uid, entry)
            )
    return found


def _how(facts: dict[str, Any]) -> str:
    return "ruled" if facts.get("dispute") else "handed_over" if facts.get("handover") else "transferred"


def _end(found: list[Tenure], entry: Entry, facts: dict[str, Any], how: str) -> None:
    """Close the last open time of the person the entry names."""
    staff, scope = facts.get("staff"), facts.get("scope", "")
    for place in range(len(found) - 1, -1, -1):
        one = found[place]
        if str(one.staff) == staff and one.scope == scope and one.ended_at is None:
            found[place] = replace(
                one,
                ended_at=entry.occurred_at,
                ended_how=how,
                ended_by=entry.actor_uid,
                article=str(facts.get("article", "")),
                end_entry=entry,
            )
            return
