"""What a backtest found: differences with names, sums by person and unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.backtests.models import Backtest, Difference

RULINGS = ("holder", "split", "declined", "decided")
HOLDS = ("lapses", "survives", "other_day")
COMPLAINTS = ("level", "late", "in_time", "measure")
KINDS_OF = {"disputes": RULINGS, "holds": HOLDS, "complaints": COMPLAINTS}


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
    """The rulings, holds and complaints that would differ, by kind."""
    rows = run.differences.select_related(
        "dispute__case__customer",
        "registration__customer",
        "registration__holder",
        "complaint__case",
        "complaint__policy",
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


def by_unit(run: Backtest) -> list[tuple[Unit, Counter[str]]]:
    """How many would differ in each unit, by kind; most first."""
    found: dict[int, Counter[str]] = {}
    for path in ("dispute__case__unit", "registration__unit", "complaint__case__unit"):
        rows = run.differences.exclude(**{path: None}).values(path, "kind").annotate(n=Count("pk"))
        for row in rows:
            found.setdefault(row[path], Counter())[row["kind"]] += row["n"]
    units = Unit.objects.in_bulk(found)
    return sorted(((units[pk], kinds) for pk, kinds in found.items()), key=lambda one: -one[1].total())


def names(rows: list[Difference]) -> dict[str, str]:
    """uid → name of every member of staff that the rows speak of."""
    uids = {side["holder"] for row in rows for side in (row.before, row.after) if side.get("holder")}
    uids |= {uid for row in rows for side in (row.before, row.after) for uid, _ in side.get("split", [])}
    return {str(uid): name for uid, name in Staff.objects.filter(uid__in=uids).values_list("uid", "name")}
