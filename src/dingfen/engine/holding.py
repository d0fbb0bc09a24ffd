"""How long a registration protects its holder: pure arithmetic on the protection rules of a pack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dingfen.engine.calendar import Calendar
from dingfen.engine.conditions import NONE
from dingfen.engine.deadlines import due
from dingfen.engine.durations import CLOCK_UNITS
from dingfen.engine.ownership import FollowUp, Lapse
from dingfen.engine.parts import Condition
from dingfen.engine.schema import Pack

State = Literal["held", "lapsing", "lapsed"]


@dataclass(frozen=True, slots=True)
class Protection:
    """A hold at one moment. Times are aware UTC; the hold has lapsed from `lapse_at` on.

    `article` is the one whose rule lapses first, `follow_up_article` that of the cadence.
    """

    protected_until: datetime
    follow_up_due: datetime | None
    lapse_at: datetime
    warn_at: datetime
    state: State
    article: str
    follow_up_article: str | None


def protection(
    pack: Pack,
    *,
    registered_at: datetime,
    grade: str | None,
    follow_ups: Iterable[datetime],
    calendar: Calendar,
    now: datetime,
) -> Protection:
    """The state of a registration at `now`, after these effective follow-ups (later ones are left out)."""
    rules = pack.ownership.protection
    last = max((at for at in follow_ups if registered_at <= at <= now), default=registered_at)
    cadence = next((rule for rule in rules.follow_up if applies(rule, grade)), None)
    follow_up_due = due(last, cadence.every, calendar) if cadence else None
    starts = {
        "registered": registered_at,
        "last_effective_follow_up": last,
        "follow_up_due": _day_due(follow_up_due, cadence) if follow_up_due and cadence else last,
    }
    lapses = [
        (due(starts[rule.from_], rule.after, calendar), rule) for rule in rules.lapse if applies(rule, grade)
    ]
    lapse_at, rule = min(lapses, key=lambda each: each[0])
    warn_at = max(lapse_at - rules.warn_before, registered_at)
    state: State = "lapsed" if now >= lapse_at else "lapsing" if now >= warn_at else "held"
    return Protection(
        lapse_at, follow_up_due, lapse_at, warn_at, state, rule.article, cadence.article if cadence else None
    )


def _day_due(follow_up_due: datetime, cadence: FollowUp) -> datetime:
    """A moment on the day the follow-up was due: a length of days ends at the 24:00 that starts the next."""
    clock_time = cadence.every.unit in CLOCK_UNITS
    return follow_up_due if clock_time else follow_up_due - timedelta(microseconds=1)


def applies(rule: FollowUp | Lapse, grade: str | None) -> bool:
    """Whether a rule is for customers of a grade (None: not graded yet)."""
    return rule.when is None or _is_so(rule.when, grade)


def _is_so(condition: Condition, grade: str | None) -> bool:
    return condition.of_case({"grade": NONE if grade is None else grade}, ()) is True
