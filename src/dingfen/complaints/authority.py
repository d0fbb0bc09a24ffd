"""Who may approve a proposal: what the rules say of remedy and amount, and which roles an actor has there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.complaints.models import Complaint, Proposal
from dingfen.complaints.people import holding, kept_out
from dingfen.complaints.rules import Rules, rules_of
from dingfen.engine.complaint_clocks_form import RANK
from dingfen.engine.parts import Money
from dingfen.engine.remedies import approval
from dingfen.problems import invalid

ROLES = {"agent": Role.AGENT, "head": Role.HEAD, "compliance": Role.COMPLIANCE,
         "general_manager": Role.GENERAL_MANAGER}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needed:
    """`role`: the lowest that may approve; `four_eyes`: it takes a second person whatever role proposes."""

    role: str
    four_eyes: bool
    article: str = ""

    def may(self, roles: Sequence[str]) -> bool:
        return any(RANK.index(one) >= RANK.index(self.role) for one in roles)


def needed(complaint: Complaint, remedy: str, amount: Decimal | None, currency: str) -> Needed:
    """What a proposal needs. Without rules money takes a head and a second person.

    Raises at `remedy` for one the rules do not have, at `amount` where one is needed or no limit covers it.
    """
    rules = rules_of(complaint)
    if rules is None:
        return Needed("head" if amount else "handler", bool(amount))
    money = Money(amount=amount, currency=currency) if amount is not None else None
    try:
        found = approval(rules.complaints, remedy, money)
    except KeyError:
        raise invalid({"remedy": [("remedy.unknown", {})]}) from None
    if found.approver is None:
        raise invalid({"amount": [(f"amount.{found.why}", {})]})
    return Needed(found.approver, found.four_eyes, found.article)


def roles_of(actor: Actor, complaint: Complaint) -> list[str]:
    """The actor's places in the order of authority over this complaint."""
    path = complaint.case.unit.path
    found = [name for name, role in ROLES.items() if actor.has(role, path)]
    if complaint.handler_id is not None and complaint.handler_id == actor.staff_id:
        found.append("handler")
    return found


def ranks_above(actor: Actor, complaint: Complaint) -> bool:
    """Whether the actor stands above whoever handles it: a head, compliance, the general manager."""
    return any(RANK.index(one) >= RANK.index("head") for one in roles_of(actor, complaint))


def may_approve(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor may approve it: the authority, and not one's own where a second person is needed."""
    what = Needed(proposal.approver or "head", proposal.four_eyes)
    return what.may(roles_of(actor, proposal.complaint)) and proposal.proposed_by_id != actor.staff_id


def approvers(complaint: Complaint, role: str, at: datetime, without: int | None) -> list[Staff]:
    """Who is asked to approve: those who hold the role, else the next above that somebody holds."""
    case = complaint.case
    out = kept_out(case) | ({without} if without else set())
    first = max(RANK.index(role), RANK.index("head"))
    for name in RANK[first:]:
        if people := holding(case.unit, ROLES[name], at, out):
            return people
    return []


def remedy_title(rules: Rules | None, remedy: str, chinese: bool) -> str:
    """What a remedy is called."""
    for one in rules.complaints.remedies if rules else ():
        if one.id == remedy:
            return one.title.zh if chinese else one.title.en
    return remedy
