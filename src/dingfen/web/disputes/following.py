"""What follows from a ruling, as the page of the dispute shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from dingfen import formats
from dingfen.engine.schema import ownership_of
from dingfen.ownership.effects import percent_of
from dingfen.ownership.models import Dispute, Effect, Ruling
from dingfen.policies.queries import pack_of
from dingfen.web.disputes import words
from dingfen.web.disputes.card import Card, Side
from dingfen.web.templatetags.dingfen import staff_name


def effects(
    dispute: Dispute, ruling: Ruling | None, card: Card, reads: Callable[[str], bool] = lambda staff: True
) -> dict[str, Any]:
    """What follows: rows of a ruling once there is one, before it what is proposed.

    `reads(staff)`: whether the reader may know of a sanction proposed against that person.
    """
    sides = {side.uid: side for side in card.sides}
    titles = titles_of(dispute)
    money: list[dict[str, Any]] = []
    duties: list[dict[str, Any]] = []
    if ruling is not None:
        for one in sorted(ruling.effects.all(), key=lambda effect: effect.pk):
            if one.kind == "sanction" and not reads(str(one.staff.uid)):
                continue
            row = _row(
                one.kind, one.code, titles, one.article, [str(one.staff.uid)], sides, [staff_name(one.staff)]
            )
            row |= {
                "amount": one.amount,
                "currency": one.currency or "CNY",
                "share": percent_of(one.share),
                "due": one.due_at,
                "state": one.get_state_display(),
                "uid": one.uid,
                "open": one.state == Effect.State.DUE and one.kind != "sanction",
                "measure": words.MEASURES.get(one.measure, one.measure),
            }
            (duties if one.kind in ("duty", "sanction", "record") else money).append(row)
        return {"money": money, "duties": duties, "proposed": False}
    proposed = json.loads(bytes(dispute.proposed)) if dispute.proposed else {"effects": [], "sanctions": []}
    quantity = dispute.deal.quantity if dispute.deal else 1
    for due in proposed["effects"]:
        people = due["by"] if due["kind"] == "duty" else due["to"]
        row = _row(due["kind"], due["id"], titles, due["article"], people, sides, [])
        if due["amount"]:
            units = quantity if due["per"] == "unit" else 1
            row |= {"amount": float(due["amount"]) * units, "currency": due["currency"]}
        (duties if due["kind"] in ("duty", "record") else money).append(row)
    for one in proposed["sanctions"]:
        if not reads(one["staff"]):
            continue
        row = _row("sanction", one["sanction"], titles, one["article"], [one["staff"]], sides, [])
        duties.append(row | {"measure": words.MEASURES.get(one["measure"], one["measure"])})
    return {"money": money, "duties": duties, "proposed": True}


def _row(
    kind: str,
    code: str,
    titles: dict[str, str],
    article: str,
    people: Iterable[str],
    sides: dict[str, Side],
    names: list[str],
) -> dict[str, Any]:
    found = [sides[uid] for uid in people if uid in sides]
    shown = names or [side.name for side in found]
    return {
        "kind": kind,
        "title": titles.get(code) or words.EFFECTS.get(kind, code),
        "article": article,
        "sides": found,
        "names": shown,
        "who": formats.series(shown),
    }


def titles_of(dispute: Dispute) -> dict[str, str]:
    if dispute.policy is None:
        return {}
    own, language = ownership_of(pack_of(dispute.policy)), "zh" if formats.chinese() else "en"
    parts: list[Any] = [*own.effects, *own.sanctions]
    return {part.id: getattr(part.title, language) for part in parts if part.title is not None}
