"""One of several processes that reach for the same thing of the life of a hold at the same instant.

`set-up` makes people, rules, customers in the pool, held ones and deals, and prints their uids as JSON. Then
`take WHO`, `claim WHO` and `sweep` read one line a round (number, instant in seconds, uids) and answer one
JSON object a line.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from dingfen.accounts.actor import actor_for, system_actor  # noqa: E402
from dingfen.accounts.models import Role, Staff  # noqa: E402
from dingfen.clocks.sweep import sweep  # noqa: E402
from dingfen.ownership import actions  # noqa: E402
from dingfen.ownership.holding_rows import Taking  # noqa: E402
from dingfen.ownership.models import Registration  # noqa: E402
from dingfen.parties.details import Details  # noqa: E402
from dingfen.policies.actions import publish_shipped  # noqa: E402
from dingfen.problems import Problem  # noqa: E402
from dingfen.wiring import CLOCK_HANDLERS  # noqa: E402
from tests import ready  # noqa: E402
from tests.cast import NOW, make_cast, person  # noqa: E402

DAY = dt.timedelta(days=1)
LIMIT = 10
"""As many may be taken a day in the pack."""


def set_up(kind: str, rounds: int) -> dict[str, list[str]]:
    ready.tables()
    with transaction.atomic():
        cast = make_cast()
        person("mei", "梅雨桐", cast.west, Role.SALESPERSON, cast.west)
        system = system_actor(cast.company)
        publish_shipped(actor=system, at=NOW, unit=cast.company, pack="auto-dealer", in_force_from=NOW)
        lin = actor_for(cast.lin, NOW)
        made: dict[str, list[str]] = {"registrations": [], "deals": [], "until": []}
        for number in range(rounds):
            at = NOW + DAY * number if kind == "held" else NOW
            details = Details(
                name=f"陈立{number}", phones=(f"138{number:08d}",), grade="A", profile={"need": "公务用车"}
            )
            held = actions.register_customer(actor=lin, at=at, details=details)
            if kind in ("pool", "nearly-full"):
                actions.release(actor=lin, at=at, registration_uid=held.uid, reason="客户转由外地办理")
            elif kind == "deals":
                deal = actions.record_deal(actor=lin, at=at, customer_uid=held.customer.uid)
                made["deals"].append(str(deal.uid))
            made["registrations"].append(str(held.uid))
            made["until"].append(held.protected_until.isoformat() if held.protected_until else "")
        if kind == "nearly-full":
            _nearly_full(cast.lin, Staff.objects.get(username="mei"), rounds)
    return made


def _nearly_full(former: Staff, taker: Staff, days: int) -> None:
    """On each day this person has taken all but one already."""
    some = Registration.objects.order_by("pk").first()
    Taking.objects.bulk_create(
        Taking(registration=some, taker=taker, by=taker, former=former, at=NOW + DAY * day)
        for day in range(days)
        for _ in range(LIMIT - 1)
    )


def race(
    act: Callable[[dt.datetime, list[str]], dict[str, Any]], tidy: Callable[[dt.datetime], object]
) -> None:
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        moment, instant, *uids = line.split()
        at = dt.datetime.fromisoformat(moment)
        tidy(at)
        while time.time() < float(instant):
            pass
        result: dict[str, Any]
        try:
            result = act(at, uids)
        except Problem as problem:
            result = {"problem": problem.code, "status": problem.status}
        except Exception as error:
            result = {"fault": repr(error)}
        print(json.dumps(result), flush=True)


def take(who: str) -> None:
    staff = Staff.objects.select_related("unit", "company").get(username=who)
    won: list[str] = []

    def act(at: dt.datetime, uids: list[str]) -> dict[str, Any]:
        held = actions.take(actor=actor_for(staff, at), at=at, registration_uid=uids[0])
        won.append(str(held.uid))
        return {"done": str(held.uid)}

    def tidy(at: dt.datetime) -> None:
        """Give up what was won in the round before, so that nobody meets the limit of what one may hold."""
        while won:
            actions.release(
                actor=actor_for(staff, at), at=at, registration_uid=won.pop(), reason="客户转由外地办理"
            )

    race(act, tidy)


def claim(who: str) -> None:
    """Raise a dispute about a deal, or about the hold on a customer known by phone."""
    staff = Staff.objects.select_related("unit", "company").get(username=who)

    def act(at: dt.datetime, uids: list[str]) -> dict[str, Any]:
        kind, thing = uids[0].split(":", 1)
        actor = actor_for(staff, at)
        if kind == "deal":
            found = actions.raise_dispute(actor=actor, at=at, deal_uid=thing, statement="由我接待")
        else:
            from dingfen.matching import Record

            record = Record(phones=(thing,))
            found = actions.raise_dispute(actor=actor, at=at, record=record, statement="由我接待")
        return {"done": str(found.case.uid)}

    race(act, lambda at: None)


def sweeper() -> None:
    def act(at: dt.datetime, uids: list[str]) -> dict[str, Any]:
        swept = sweep(at=at, handlers=CLOCK_HANDLERS, jitter=lambda: 0.0)
        return {"fault": "a handler failed"} if swept.failed else {"done": swept.fired}

    race(act, lambda at: None)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "set-up":
        print(json.dumps(set_up(rest[0], int(rest[1]))), flush=True)
    elif what == "take":
        take(rest[0])
    elif what == "claim":
        claim(rest[0])
    else:
        sweeper()
