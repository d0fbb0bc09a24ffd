"""Who may approve a remedy of an amount. Pure; nobody approves their own proposal (the room sees to that)."""

from __future__ import annotations

from dataclasses import dataclass

from dingfen.engine.complaint_clocks_form import RANK, Who
from dingfen.engine.complaints import Complaints, Remedy
from dingfen.engine.parts import Money


@dataclass(frozen=True, slots=True)
class Approval:
    """`approver` is the lowest role that may approve; None where the amount has another currency than the limits,
    or goes beyond them all: then `why` says so (`other_currency`, `beyond_all_limits`, `amount_needed`).
    """

    remedy: str
    approver: Who | None
    four_eyes: bool
    limit: Money | None
    article: str
    why: str = "allowed"

    def may(self, role: Who) -> bool:
        """Whether somebody in this role may approve it."""
        return self.approver is not None and RANK.index(role) >= RANK.index(self.approver)


def approval(rules: Complaints, remedy: str, amount: Money | None = None) -> Approval:
    """Who approves a remedy, and whether a second person confirms. Raises KeyError for an unknown remedy."""
    rule = next((each for each in rules.remedies if each.id == remedy), None)
    if rule is None:
        raise KeyError(remedy)
    limits = [each.up_to for each in rule.approvers if each.up_to is not None]
    if amount is None and limits and rule.kind not in ("explanation", "apology", "process_change"):
        return Approval(remedy, None, False, None, rule.article, "amount_needed")
    if amount is not None and any(limit.currency != amount.currency for limit in _limits(rule, limits)):
        return Approval(remedy, None, False, None, rule.article, "other_currency")
    four_eyes = bool(amount and rule.four_eyes_above and amount.amount > rule.four_eyes_above.amount)
    for each in rule.approvers:
        if each.up_to is None or amount is None or amount.amount <= each.up_to.amount:
            return Approval(remedy, each.by, four_eyes, each.up_to, rule.article)
    return Approval(remedy, None, four_eyes, None, rule.article, "beyond_all_limits")


def _limits(rule: Remedy, limits: list[Money]) -> list[Money]:
    return [*limits, rule.four_eyes_above] if rule.four_eyes_above else limits
