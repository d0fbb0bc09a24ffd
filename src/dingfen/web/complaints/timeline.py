"""What happened to a complaint, entry by entry, each leading to what it names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from dingfen.accounts.models import Staff
from dingfen.complaints.models import Complaint
from dingfen.database import kept
from dingfen.register.kinds import words as kind_words
from dingfen.register.models import Entry
from dingfen.register.queries import with_pages
from dingfen.web.disputes.card import proof
from dingfen.web.templatetags.dingfen import staff_name


def _entries(uids: Sequence[UUID]) -> QuerySet[Entry]:
    return with_pages().filter(subject_uid__in=uids).order_by("seq")


def _people(uids: Sequence[UUID]) -> QuerySet[Staff]:
    return Staff.objects.filter(uid__in=uids)


def entries_shown(complaint: Complaint) -> list[dict[str, Any]]:
    entries = kept.rows(_entries, among=[complaint.case.uid])
    people = {one.uid: one for one in kept.rows(_people, among=list({entry.actor_uid for entry in entries}))}
    shown = []
    for entry in reversed(entries):
        staff, seen = people.get(entry.actor_uid), proof(entry)
        shown.append(
            {
                "at": entry.occurred_at,
                "who": staff_name(staff) if staff else "",
                "text": kind_words(entry.kind),
                "url": leads_to(entry),
                "entry": seen.name,
                "entry_url": seen.url,
                "sealed": seen.sealed,
            }
        )
    return shown


PLACES = {
    "issue": "issues", "proposal": "proposals", "exhibit": "evidence", "inquiry": "inquiries", "action": "after",
    "letter": "letters", "message": "thread", "note": "thread", "change": "changes", "promise": "promises",
    "clock": "clocks", "step": "ladder", "klass": "assess", "staff": "people", "seats": "people", "lesson": "after",
}  # fmt: skip
"""What an entry names -> the part of the page it stands in."""
ELSEWHERE = ("into", "other", "from", "to_case")
"""What an entry names -> another complaint."""


def leads_to(entry: Any) -> str:
    """Where what an entry names is shown: a part of this page, or another complaint; empty for neither."""
    facts = json.loads(bytes(entry.body)).get("facts", {})
    for name in ELSEWHERE:
        if (uid := facts.get(name)) and entry.kind.startswith("complaint."):
            return reverse("complaint", args=[uid])
    return next((f"#{place}" for name, place in PLACES.items() if facts.get(name)), "")
