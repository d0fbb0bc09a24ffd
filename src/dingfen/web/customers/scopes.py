"""One customer over all its products or projects: who holds each, until when, with whom; and what is not there yet."""

from __future__ import annotations

from typing import Any

from dingfen.accounts.models import Role
from dingfen.ownership.co_worker_rows import CoWorker
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.rules import rules_at
from dingfen.parties.models import Customer
from dingfen.web.request import Request

BY_UNIT = (Role.RECEPTIONIST, Role.AGENT)  # who serve a unit's customers are told to whom they belong
MOST = 12


def over_scopes(customer: Customer, holds: list[Registration], request: Request) -> dict[str, Any]:
    """Rows of the table, and the product lines in use that the customer does not have yet."""
    ids = [one.pk for one in holds]
    seen = set(Registration.objects.visible_to(request.actor).filter(pk__in=ids).values_list("pk", flat=True))
    beside: dict[int, list[CoWorker]] = {}
    for one in (
        CoWorker.objects.at_work().filter(registration__in=seen).select_related("staff").order_by("pk")
    ):
        beside.setdefault(one.registration_id, []).append(one)
    rows = [
        {
            "held": one,
            "named": one.pk in seen or any(request.actor.has(role, one.unit.path) for role in BY_UNIT),
            "open": one.pk in seen,
            "co_workers": beside.get(one.pk, []),
        }
        for one in sorted(holds, key=lambda one: (one.scope, one.pk))
    ]
    return {"scopes": rows, "lines_without": lines_without(customer, holds, request)}


def lines_without(customer: Customer, holds: list[Registration], request: Request) -> list[str]:
    """Product lines held in the company and not with this customer; none where customers are held whole."""
    rules = rules_at(customer.unit, request.at)
    if rules is None or rules.ownership.scope != "customer_product":
        return []
    every = Registration.objects.filter(company_id=customer.company_id, state__in=ACTIVE).exclude(scope="")
    lines = set(every.order_by().values_list("scope", flat=True).distinct())
    return sorted(lines - {one.scope for one in holds})[:MOST]
