"""What the disputes of this room say about the rules: departures, overturned rulings, gaps, lessons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from string import ascii_uppercase
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.ownership.effects import Terms
from dingfen.ownership.models import Dispute
from dingfen.policies.reviewing import AboutCase, Cause, note_case

ON_PURPOSE = "left_to_people"
"""The rules say themselves that people decide: no gap."""


def ruled(dispute: Dispute, terms: Terms, as_proposed: bool, actor: Actor, at: datetime) -> None:
    """After a ruling: the rules had nothing to propose, or the people who decide saw it otherwise."""
    proposed = json.loads(bytes(dispute.proposed or b"{}"))
    declined = proposed.get("declined") or {}
    if declined:
        if declined["code"] != ON_PURPOSE:
            _ask(Cause.NOT_COVERED, dispute, terms, declined.get("article") or "", actor, at)
    elif not as_proposed:
        _ask(Cause.DEPARTURE, dispute, terms, proposed.get("article") or "", actor, at)


def overturned(dispute: Dispute, terms: Terms, actor: Actor, at: datetime) -> None:
    """The final ruling is another than the first one."""
    proposed = json.loads(bytes(dispute.proposed or b"{}"))
    article = proposed.get("article") or (proposed.get("declined") or {}).get("article") or ""
    _ask(Cause.OVERTURNED, dispute, terms, article, actor, at)


def about(dispute: Dispute) -> AboutCase:
    return AboutCase("dispute", dispute.case.uid, dispute.case.number)


def _ask(cause: str, dispute: Dispute, terms: Terms, article: str, actor: Actor, at: datetime) -> None:
    note_case(
        cause,
        actor=actor,
        at=at,
        unit=dispute.case.unit,
        case=about(dispute),
        policy=dispute.policy,
        article=article,
        told=told(dispute, terms),
    )


def told(dispute: Dispute, terms: Terms) -> dict[str, Any]:
    """What was proposed and what was given, the claimants as letters in the order of their claims."""
    proposed = json.loads(bytes(dispute.proposed or b"{}"))
    facts = json.loads(bytes(dispute.facts or b"{}"))
    letters = {
        claim["staff"]: letter
        for claim, letter in zip(facts.get("claims", ()), ascii_uppercase, strict=False)
    }
    split = [(one["staff"], one["share"] / 100) for one in proposed.get("split", ())]
    given = [(staff, share / 100) for staff, share in terms.split]
    return {
        "declined": (proposed.get("declined") or {}).get("code", ""),
        "proposed": _side(proposed.get("holder"), split, letters),
        "given": _side(terms.holder, given, letters),
    }


def _side(
    holder: str | None, split: Sequence[tuple[str, float]], letters: Mapping[str, str]
) -> dict[str, Any]:
    """Somebody who made no claim, as a ruling may name, has no letter and shows as `?`."""
    return {
        "holder": letters.get(holder, "?") if holder else "",
        "split": [[letters.get(staff, "?"), share] for staff, share in split],
    }
