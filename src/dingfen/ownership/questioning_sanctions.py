"""What sanctions say about the rules: decided milder than the rule proposes, appealed against, overturned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.ownership.sanction_rows import Sanction
from dingfen.policies.reviewing import AboutCase, Cause, note_case


def decided(sanction: Sanction, actor: Actor, at: datetime) -> None:
    """After a decision: something milder than the rule proposes, or nothing at all."""
    if sanction.outcome != Sanction.Outcome.IMPOSED:
        _ask(Cause.MILDER, sanction, actor, at, imposed(sanction))


def appealed(sanction: Sanction, actor: Actor, at: datetime) -> None:
    _ask(Cause.APPEALED, sanction, actor, at, imposed(sanction))


def overturned(sanction: Sanction, before: dict[str, Any], actor: Actor, at: datetime) -> None:
    """After an appeal that changed it. `before`: what had been imposed."""
    _ask(Cause.OVERTURNED, sanction, actor, at, imposed(sanction), before)


def imposed(sanction: Sanction) -> dict[str, Any]:
    """What was decided; an empty measure is nothing."""
    return _measure(sanction.decided_measure, sanction.decided_amount, sanction.currency)


def _measure(kind: str, amount: object, currency: str) -> dict[str, Any]:
    return {"measure": kind, "amount": str(amount) if amount is not None else "", "currency": currency}


def _ask(
    cause: str,
    sanction: Sanction,
    actor: Actor,
    at: datetime,
    given: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    proposed = before or _measure(sanction.measure, sanction.amount, sanction.currency)
    note_case(
        cause,
        actor=actor,
        at=at,
        unit=sanction.case.unit,
        case=AboutCase("sanction", sanction.case.uid, sanction.case.number),
        policy=sanction.policy,
        article=sanction.article,
        told={"proposed": proposed, "given": given},
    )
