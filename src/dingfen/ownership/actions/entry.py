"""What a registration must bring: a salesperson as holder, what the rules want of the card, a free customer."""

from __future__ import annotations

from datetime import datetime

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Staff
from dingfen.matching import Normalised
from dingfen.ownership.actions.common import colleague
from dingfen.ownership.completeness import AT_ONCE, card_as_typed
from dingfen.ownership.models import Registration
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.details import Details
from dingfen.problems import Problem, conflict, invalid


def holder_for(actor: Actor, uid: object) -> Staff:
    """Who will hold: the actor, or a salesperson of the same company named by who may register for others.

    Raises `staff.unknown`, `holder.not_salesperson` at the field `holder`.
    """
    if uid is None or str(uid) == str(actor.uid):
        holder = colleague(actor, actor.uid, "holder")
        if actor.has(Role.SALESPERSON):
            return holder
    else:
        holder = colleague(actor, uid, "holder")
    if not RoleGrant.objects.filter(staff=holder, role=Role.SALESPERSON).exists():
        raise invalid({"holder": [("holder.not_salesperson", {"staff": holder.name})]})
    return holder


def check_required(details: Details, read: Normalised, rules: Rules, *, later: bool = False) -> bool:
    """Whether the card is complete. Raises `required.by_article` at each field the pack wants and it lacks.

    `later`: the rest may follow the same day, where the rules want the card on that day.
    """
    rule = rules.ownership.registration
    missing = lacking = card_as_typed(details, read.features, rule).missing
    if later and rule.same_day:
        lacking = tuple(name for name in lacking if name in AT_ONCE)
    if lacking:
        params = {"required": list(rule.required), "article": rule.article}
        raise invalid(
            {name: [("required.by_article", {"field": name, **params})] for name in lacking},
            "registration.incomplete",
        )
    return not missing


def held_problem(held: Registration, at: datetime, reasons: tuple[str, ...]) -> Problem:
    """`registration.held` with no more than the conflict check tells."""
    rules = rules_at(held.unit, at)
    return conflict(
        "registration.held",
        until=held.protected_until,
        unit=held.unit.name,
        unit_en=held.unit.name_en,
        unit_uid=str(held.unit.uid),
        extension=held.unit.extension,
        article=rules.ownership.protection.article if rules else "",
        version=rules.version.version if rules else "",
        reasons=list(reasons),
    )
