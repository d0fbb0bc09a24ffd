"""The time line of a card: touches and what the rooms add, over every channel, page by page back in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from dingfen import formats
from dingfen.complaints.recognising import to_suggest
from dingfen.parties import queries, timeline
from dingfen.parties.models import Customer
from dingfen.web.disputes.card import proof
from dingfen.web.request import Request

PAGE = 30
ICONS = {
    "phone": "phone",
    "mail": "mail",
    "web": "world",
    "counter": "building-store",
    "letter": "mail-opened",
}


def read(request: Request) -> dt.datetime | None:
    """Before when: `?before=`, a moment; None for anything else."""
    try:
        found = dt.datetime.fromisoformat(request.GET.get("before", ""))
        return found.astimezone(dt.UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def paged(
    request: Request, customer: Customer, event: Any, names: dict[int, str]
) -> tuple[list[dict[str, Any]], str]:
    """The events of a page, newest first, and the address of the earlier part. `event` shows touches."""
    before = read(request)
    touches = queries.touches(customer, limit=PAGE + 1, until=before)
    told = timeline.lines(request.actor, queries.family_ids(customer.pk), before, PAGE + 1)
    marks = to_suggest(
        request.actor, {one.touch.uid: one.note for one in touches if one.note and not one.corrected}
    )
    shown = [
        {**one, "complaint_url": _make(line, marks), "because": _because(line, marks)}
        for one, line in zip(event(touches, names, request), touches, strict=True)
    ]
    every = sorted([*shown, *(_told(one) for one in told)], key=lambda one: one["at"], reverse=True)
    page = every[:PAGE]
    if len(every) > PAGE:  # what happened at the very same moment stays together
        page += [one for one in every[PAGE:] if one["at"] == page[-1]["at"]]
    more = f"?before={page[-1]['at'].isoformat()}".replace("+", "%2B") if len(every) > len(page) else ""
    return page, more


def _make(line: queries.KnownTouch, marks: Any) -> str:
    return reverse("complaint_of_touch", args=[line.touch.uid]) if line.touch.uid in marks else ""


def _because(line: queries.KnownTouch, marks: Any) -> str:
    return formats.series(marks[line.touch.uid].because) if line.touch.uid in marks else ""


def _told(one: timeline.Line) -> dict[str, Any]:
    seen = proof(one.entry) if one.entry is not None else None
    return {
        "at": one.at, "who": one.who, "inward": one.inward, "message": one.kind == "message", "way": one.label,
        "icon": ICONS.get(one.way, "message"), "number": one.number, "url": reverse("complaint", args=[one.uid]),
        "text": one.label, "note": one.text, "key": one.inward,
        "entry": seen.name if seen else "", "entry_url": seen.url if seen else "",
        "sealed": bool(seen and seen.sealed),
    }  # fmt: skip
