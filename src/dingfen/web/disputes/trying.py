"""Try one fact otherwise, and see what a new proposal changed: both read only, both from stored bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from dingfen import formats
from dingfen.ownership import supposing
from dingfen.ownership.models import Dispute
from dingfen.problems import Problem
from dingfen.web.disputes import words
from dingfen.web.disputes.card import Card
from dingfen.web.request import Request
from dingfen.wording import field_errors, problem_text


def tried(request: Request, dispute: Dispute, card: Card) -> dict[str, Any]:
    """The form “try one fact” with what was asked for in the address, and its result."""
    asked = request.GET
    facts = [{"name": one.name, "label": words.fact_name(one.name)} for one in supposing.may_suppose(dispute)]
    shown: dict[str, Any] = {"facts": facts, "asked": asked, "result": "", "fault": ""}
    if not asked.get("fact") or not facts:
        return shown
    try:
        found = supposing.suppose(
            dispute, fact=asked["fact"], staff=asked.get("staff", ""), value=asked.get("value", "")
        )
    except Problem as problem:
        faults = [text for texts in field_errors(problem).values() for text in texts]
        return shown | {"fault": " ".join(faults) or str(problem_text(problem))}
    names = {side.uid: side.name for side in card.sides}
    points = "，" if formats.chinese() else ", "
    totals = points.join(
        f"{names.get(uid, uid)} {formats.points(value)}" for uid, value in found.proposed["points"]
    )
    return shown | {
        "result": outcome(found.proposed, names) + (f" ({totals})" if totals else ""),
        "changed": found.changed,
        "text": gettext("If %(who)s's “%(fact)s” were %(to)s (now %(now)s)")
        % {
            "who": names.get(found.staff or "", ""),
            "fact": words.fact_name(found.fact),
            "to": words.fact_value(found.fact, found.value),
            "now": words.fact_value(found.fact, found.before),
        },
    }


def outcome(ruling: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a proposal comes to, in a few words."""
    if ruling["outcome"] == "declined":
        return gettext("no proposal")
    if ruling["outcome"] == "split":
        shares = [f"{names.get(one['staff'], '')} {words.share(one['share'])}" for one in ruling["split"]]
        return gettext("split %(shares)s") % {"shares": formats.series(shares)}
    return gettext("%(name)s holds the customer") % {"name": names.get(ruling["holder"], "")}


def compared(dispute: Dispute, card: Card) -> list[tuple[str, str, str]]:
    """What the last proposal changed against the one before: (what, before, now). Empty without one."""
    if not dispute.before or not dispute.proposed:
        return []
    old, new = json.loads(bytes(dispute.before)), json.loads(bytes(dispute.proposed))
    names = {side.uid: side.name for side in card.sides}
    found = []
    if outcome(old, names) != outcome(new, names):
        found.append((gettext("Proposed ruling"), outcome(old, names), outcome(new, names)))
    before, now = dict(old["points"]), dict(new["points"])
    for uid, name in names.items():
        if before.get(uid) != now.get(uid):
            what = gettext("Points of %(name)s") % {"name": name}
            found.append((what, _points(before.get(uid)), _points(now.get(uid))))
    was, is_ = _cells(old), _cells(new)
    for (rule, staff), cell in is_.items():
        value = was.get((rule, staff), (cell[0], None))
        if cell[0] and value[1] != cell[1]:
            what = f"{names.get(staff, '')} · {words.fact_name(cell[0])}"
            found.append((what, words.fact_value(cell[0], value[1]), words.fact_value(cell[0], cell[1])))
    return list(dict.fromkeys(found))


def _cells(ruling: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, Any]]:
    return {
        (row["rule"], cell["staff"]): (row["fact"] or "", cell["value"])
        for row in ruling["rows"]
        for cell in row["cells"]
    }


def _points(value: int | None) -> str:
    return "–" if value is None else formats.points(value)
