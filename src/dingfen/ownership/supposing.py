"""What if one fact were otherwise? The rules compared again on changed facts; nothing is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dingfen.engine.decide import decide
from dingfen.engine.ruling import to_bytes
from dingfen.engine.vocabulary import FACTS, Fact, fits
from dingfen.ownership.actions.values import read_value
from dingfen.ownership.models import Dispute
from dingfen.policies.queries import pack_of
from dingfen.problems import conflict, invalid


@dataclass(frozen=True, slots=True)
class Supposed:
    """`proposed`: the ruling as the rules would then propose it; `changed`: whether holder or shares differ."""

    fact: str
    staff: str | None
    value: Any
    before: Any
    proposed: dict[str, Any]
    changed: bool


def may_suppose(dispute: Dispute) -> list[Fact]:
    """The facts of claims that can be flipped: numbers and truths that this dispute's facts hold."""
    if not dispute.facts:
        return []
    held = {name for claim in json.loads(bytes(dispute.facts))["claims"] for name in claim}
    kinds = ("boolean", "number")
    return [
        fact
        for name, fact in FACTS.items()
        if name in held and fact.subject == "claim" and fact.type in kinds and not fact.fixed
    ]


def suppose(dispute: Dispute, *, fact: str, staff: str, value: Any) -> Supposed:
    """Compare again with one fact of one claim changed. Pure but for reading the stored facts.

    Raises `dispute.no_proposal` before there are facts, `finding.fact` and `finding.value` at the fields.
    """
    if not dispute.facts or not dispute.proposed or dispute.policy is None or dispute.proposed_at is None:
        raise conflict("dispute.no_proposal")
    if fact not in {one.name for one in may_suppose(dispute)}:
        raise invalid({"fact": [("finding.fact", {"value": fact})]})
    facts = json.loads(bytes(dispute.facts))
    claim = next((one for one in facts["claims"] if one["staff"] == staff), None)
    if claim is None:
        raise invalid({"staff": [("holder.not_claimant", {})]})
    read, before = read_value(fact, value), claim.get(fact)
    assert fits(FACTS[fact], read)
    claim[fact] = read
    again = json.loads(to_bytes(decide(facts, pack_of(dispute.policy), dispute.proposed_at)))
    now = json.loads(bytes(dispute.proposed))
    same = all(again[key] == now[key] for key in ("outcome", "holder", "split"))
    return Supposed(fact, staff, read, before, again, not same)
