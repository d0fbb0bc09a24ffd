"""What a backtest found: differences with names, sums by person and unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.backtests.models import Backtest, Difference

RULINGS = ("holder", "split", "declined", "decided")
HOLDS = ("lapses", "survives", "other_day")


@dataclass(frozen=True)
class Balance:
    """How many customers a person would hold more and fewer under the new rules."""

    staff: Staff
    gains: int
    losses: int


def runs(actor: Actor) -> Any:
    """The company's backtests, newest first."""
    return (
        Backtest.objects.visible_to(actor)
        .select_related("policy__unit", "against", "made_by")
        .order_by("-pk")
    )


def differences(run: Backtest, kind: str = "") -> Any:
    """The rulings and holds that would differ, by kind."""
    rows = run.differences.select_related(
        "dispute__case__customer", "registration__customer", "registration__holder"
    )
    return (rows.filter(kind=kind) if kind else rows).order_by("kind", "pk")


def balances(run: Backtest) -> list[Balance]:
    """Who wins and who loses: rulings that go to another holder, holds that lapse or survive; most touched first."""
    gains, losses = Counter[str](), Counter[str]()
    for row in run.differences.filter(kind__in=("holder", "decided", "declined")).only("before", "after"):
        gains.update([row.after["holder"]] if row.after.get("holder") else [])
        losses.update([row.before["holder"]] if row.before.get("holder") else [])
    for row in run.differences.filter(kind__in=("lapses", "survives")).select_related("registration__holder"):
        if row.registration:
            (losses if row.kind == "lapses" else gains)[str(row.registration.holder.uid)] += 1
    people = {
        str(one.uid): one for one in Staff.objects.filter(uid__in={*gains, *losses}).select_related("unit")
    }
    found = [Balance(person, gains[uid], losses[uid]) for uid, person in people.items()]
    return sorted(found, key=lambda one: (-one.gains - one.losses, one.staff.name))


def names(rows: list[Difference]) -> dict[str, str]:
    """uid → name of every member of staff that the rows speak of."""
    uids = {side["holder"] for row in rows for side in (row.before, row.after) if side.get("holder")}
    uids |= {uid for row in rows for side in (row.before, row.after) for uid, _ in side.get("split", [])}
    return {str(uid): name for uid, name in Staff.objects.filter(uid__in=uids).values_list("uid", "name")}
