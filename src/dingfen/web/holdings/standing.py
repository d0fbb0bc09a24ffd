"""On the page of a hold: channel, stage, renewals, confirmation, and what a head does with one that lapsed to them."""

from __future__ import annotations

from typing import Any

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.ownership.actions.progress import RUNNING
from dingfen.ownership.awaiting import to_confirm
from dingfen.ownership.co_working import only_helps
from dingfen.ownership.models import Registration
from dingfen.ownership.rules import Rules

RENEWABLE = (Registration.State.HELD, Registration.State.LAPSING)


def shown(actor: Actor, held: Registration, rules: Rules | None) -> dict[str, Any]:
    """What the page of a hold says and offers of it."""
    path, own = held.unit.path, held.holder_id == actor.staff_id
    renewal = rules.ownership.protection.renewal if rules else None
    left = max(0, renewal.at_most - len(held.renewals)) if renewal else 0
    may_agree = access.may(actor, "registration.agree", path) and not own
    return {
        "renewal": renewal,
        "renewals_left": left,
        "asked": held.renewal_requests.select_related("asked_by", "answered_by").order_by("-pk").first(),
        "may_ask": bool(renewal and left and own and held.state in RENEWABLE),
        "may_renew": bool(
            renewal
            and left
            and held.state in RENEWABLE
            and may_agree
            and any(path.startswith(over) for over in actor.paths(renewal.approved_by))
        ),
        "stages": Registration.Stage.choices,
        "may_stage": held.state in RUNNING
        and not only_helps(held, actor)
        and access.may(actor, "registration.progress", path),
        "may_confirm": held.agreed == Registration.Agreed.OPEN
        and to_confirm(actor).filter(pk=held.pk).exists(),
        "with_head": held.state == Registration.State.WITH_HEAD,
    }
