"""The part "co-workers" of a hold's page: who works beside the holder, and who may be named."""

from __future__ import annotations

from typing import Any

from dingfen.accounts import access
from dingfen.ownership.actions.co_working import PERMISSION, WITH_CO_WORKERS, may_name, nameable
from dingfen.ownership.co_worker_rows import CoWorker, at_work
from dingfen.ownership.models import Registration
from dingfen.ownership.rules import Rules
from dingfen.web.request import Request

END_FORM = "co_worker_end"


def shown(request: Request, held: Registration, rules: Rules | None) -> dict[str, Any]:
    """What the part needs; `co_rule` is None where the rules know no co-workers."""
    rule = rules.ownership.co_workers if rules else None
    there = at_work(held)
    for one in there:
        one.end_form = f"{END_FORM}:{one.uid}"  # type: ignore[attr-defined]
    may = (
        rule is not None
        and held.state in WITH_CO_WORKERS
        and access.may(request.actor, PERMISSION, held.unit.path)
        and may_name(held, rule, request.actor)
    )
    return {
        "co_workers": there,
        "co_rule": rule,
        "co_left": 100 - sum(one.share for one in there),
        "may_name": may and rule is not None and len(there) < rule.at_most,
        "may_end": may,
        "co_roles": CoWorker.Role.choices,
        "nameable": nameable(held) if may else [],
    }
