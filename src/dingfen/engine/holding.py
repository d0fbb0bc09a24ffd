"""How long a registration protects its holder: pure arithmetic on the protection rules of a pack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dingfen.engine.calendar import Calendar
from dingfen.engine.deadlines import due
from dingfen.engine.durations import CLOCK_UNITS
from dingfen.engine.ownership import FollowUp, Goes
from dingfen.engine.ownership import Protection as ProtectionRules
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.standing import Standing

State = Literal["held", "lapsing", "lapsed"]


@dataclass(frozen=True, slots=True)
class Protection:
    """A hold at one moment. Times are aware UTC; the hold has lapsed from `lapse_at` on.

    `article` is the one whose rule lapses first, `follow_up_article` that of the cadence; `then` says where
    the customer goes when it lapses; `counts_from` is when its clock began:
    the registration, the last contact or the stage.
    """

    protected_until: datetime
    follow_up_due: datetime | None
    lapse_at: datetime
    warn_at: datetime
    state: State
    article: str
    follow_up_article: str | None
    then: Goes
    counts_from: datetime


def protection(
    pack: Pack,
    *,
    registered_at: datetime,
    grade: str | None,
    follow_ups: Iterable[datetime],
    calendar: Calendar,
    now: datetime,
    channel: str | None = None,
    stage: tuple[datetime, str] | None = None,
    renewals: Iterable[datetime] = (),
) -> Protection:
    """The state of a registration at `now`, after these effective follow-ups (later ones are left out).

    `stage` is the one it is in and since when. Renewals beyond what the rules allow change nothing.
    """
    rules = ownership_of(pack).protection
    made = [at for at in follow_ups if registered_at <= at <= now]
    last = max(made, default=registered_at)
    standing = Standing(grade, channel, stage[1] if stage else None, bool(made))
    cadence = next((rule for rule in rules.follow_up if standing.meets(rule.when)), None)
    follow_up_due = due(last, cadence.every, calendar) if cadence else None
    starts = {
        "registered": _renewed(rules, registered_at, renewals, now),
        "last_effective_follow_up": last,
        "follow_up_due": _day_due(follow_up_due, cadence) if follow_up_due and cadence else last,
        "stage_reached": max(stage[0], registered_at) if stage else registered_at,
    }
    lapses = [
        (due(starts[rule.from_], rule.after, calendar), rule)
        for rule in rules.lapse
        if standing.meets(rule.when)
    ]
    lapse_at, rule = min(lapses, key=lambda each: each[0])
    warn_at = max(lapse_at - rules.warn_before, registered_at)
    state: State = "lapsed" if now >= lapse_at else "lapsing" if now >= warn_at else "held"
    return Protection(
        lapse_at, follow_up_due, lapse_at, warn_at, state, rule.article,
        cadence.article if cadence else None, rule.then or rules.then,
        last if rule.from_ == "follow_up_due" else starts[rule.from_],
    )  # fmt: skip


def _renewed(
    rules: ProtectionRules, registered_at: datetime, renewals: Iterable[datetime], now: datetime
) -> datetime:
    made = sorted(at for at in renewals if registered_at <= at <= now)
    allowed = rules.renewal.at_most if rules.renewal else 0
    return made[:allowed][-1] if made and allowed else registered_at


def _day_due(follow_up_due: datetime, cadence: FollowUp) -> datetime:
    """A moment on the day the follow-up was due: a length of days ends at the 24:00 that starts the next."""
    clock_time = cadence.every.unit in CLOCK_UNITS
    return follow_up_due if clock_time else follow_up_due - timedelta(microseconds=1)
