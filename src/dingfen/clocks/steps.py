"""The moments of a clock still to come, as its row keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

BREACH = "breach"
"""The step at the deadline; every clock has it."""


class Step(TypedDict):
    at: str
    step: str


def schedule(deadline: datetime, steps: Iterable[tuple[datetime, str]], after: datetime) -> list[Step]:
    """The steps of a clock in order, with the breach among them.

    Reminders whose time is already past at `after` are left out; the breach and what comes after the
    deadline never are.
    """
    kept = [(at, name) for at, name in steps if at > after or at > deadline]
    ordered = sorted([*kept, (deadline, BREACH)], key=lambda pair: (pair[0], pair[1] != BREACH))
    return [{"at": at.isoformat(), "step": name} for at, name in ordered]


def moved(steps: Iterable[Step], by: dict[str, datetime]) -> list[Step]:
    """The same steps at other moments: `by` maps the old moment to the new one."""
    return [{"at": by[step["at"]].isoformat(), "step": step["step"]} for step in steps]


def moment(step: Step) -> datetime:
    """When the step is due (aware UTC)."""
    return datetime.fromisoformat(step["at"])


def first_moment(steps: list[Step]) -> datetime | None:
    """When the first step is due; None when none is left."""
    return moment(steps[0]) if steps else None


def take_due(steps: list[Step], at: datetime) -> tuple[Step, list[Step]]:
    """The step to fire now and the steps that stay.

    After an outage several may be due. Reminders of a deadline that is past, or overtaken by a later
    reminder, are let go; the breach and each escalation after it fire one by one.
    Raises ValueError when no step is due.
    """
    due = [step for step in steps if moment(step) <= at]
    if not due:
        raise ValueError("no step is due")
    names = [step["step"] for step in steps]
    reminders = names.index(BREACH) if BREACH in names else 0
    fired = min(len(due) - 1, reminders)
    return steps[fired], steps[fired + 1 :]
