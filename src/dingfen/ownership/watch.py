"""The clocks of a hold and of a dispute: started, moved and ended here alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.engine.holding import Protection
from dingfen.ownership.co_working import end_with
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.lateness import enter_by, opens_after
from dingfen.ownership.models import Dispute, Effect, Registration
from dingfen.ownership.rules import Rules
from dingfen.parties.models import Touch

PROTECTION = "registration.protection"
COOL_DOWN = "registration.cool_down"
EVIDENCE = "dispute.evidence"
RULING = "dispute.ruling"
APPEAL = "dispute.appeal"
FINAL = "dispute.final"
DUTY = "effect.duty"
CARD = "registration.card"
LATE_CALL = "late_call.entry"
TELL = "duty.tell"
NOTE = "duty.note"
NEXT_STEP = "registration.next_step"
AGREE = "registration.confirm"
RENEWAL = "registration.renewal"
ASSIGN = "registration.assign"
WARN = "warn"


def _steps(held: Protection) -> list[tuple[datetime, str]]:
    steps = [(held.warn_at, WARN)]
    if held.follow_up_due is not None and held.follow_up_due < held.lapse_at:
        steps.append((held.follow_up_due, "follow_up"))
    return steps


def _start(
    registration: Registration, kind: str, deadline: datetime, actor: Actor, at: datetime, **more: Any
) -> None:
    """A clock about a registration; `more` as `clocks.start` takes it."""
    clocks.start(
        actor=actor,
        at=at,
        company_id=registration.company_id,
        kind=kind,
        subject_type="registration",
        subject_uid=registration.uid,
        deadline=deadline,
        **more,
    )


def guard(registration: Registration, held: Protection, rules: Rules, actor: Actor, at: datetime) -> None:
    """Let the protection of a new hold run: reminder before the end, lapse at the end."""
    _start(
        registration,
        PROTECTION,
        held.lapse_at,
        actor,
        at,
        responsible=registration.holder,
        started_at=registration.registered_at,
        steps=_steps(held),
        article=held.article,
        pack_digest=rules.version.digest,
    )


def card(registration: Registration, rules: Rules, actor: Actor, at: datetime) -> None:
    """Let the card of a registration be completed the same day: a reminder at closing, the end at midnight."""
    deadline = registration.card_due
    if deadline is None:
        return
    closing = rules.calendar.closing(rules.calendar.date_of(at))
    _start(
        registration,
        CARD,
        deadline,
        actor,
        at,
        responsible=registration.holder,
        steps=[(min(closing, deadline - timedelta(minutes=30)), WARN)],
        article=rules.ownership.registration.article,
        pack_digest=rules.version.digest,
    )


def card_complete(registration: Registration, actor: Actor, at: datetime) -> None:
    clocks.end_all(actor=actor, at=at, subject_uid=registration.uid, kinds=[CARD], met=True)


def lock(registrations: Iterable[Registration]) -> None:
    """Lock the clocks of holds before the register's head is: the sweep asks for them in that order."""
    uids = [one.uid for one in registrations]
    list(Clock.objects.live().select_for_update(of=("self",)).filter(subject_uid__in=uids).order_by("pk"))


def late_call(
    uid: UUID, company_id: int, staff: Staff, taken_at: datetime, rules: Rules, actor: Actor, at: datetime
) -> None:
    """Let a call taken after closing be entered the next morning: a reminder at opening."""
    clocks.start(
        actor=actor,
        at=at,
        company_id=company_id,
        kind=LATE_CALL,
        subject_type="late_call",
        subject_uid=uid,
        deadline=enter_by(rules, taken_at),
        responsible=staff,
        started_at=taken_at,
        steps=[(opens_after(rules, taken_at), WARN)],
        article=rules.ownership.registration.article,
        pack_digest=rules.version.digest,
    )


def late_call_over(uid: UUID, actor: Actor, at: datetime, *, entered: bool) -> None:
    clocks.end_all(actor=actor, at=at, subject_uid=uid, kinds=[LATE_CALL], met=entered)


def renew(
    registration: Registration,
    held: Protection,
    rules: Rules,
    actor: Actor,
    at: datetime,
    since: datetime,
    reason: str = "",
) -> None:
    """Count the protection anew from an effective follow-up; starts a clock where none runs."""
    clock = _live(registration, PROTECTION)
    if clock is None:
        guard(registration, held, rules, actor, at)
        return
    clocks.redate(
        actor=actor,
        at=at,
        clock=clock,
        deadline=held.lapse_at,
        steps=_steps(held),
        started_at=since,
        reason=reason,
    )


def plan(registration: Registration, moment: datetime, actor: Actor, at: datetime) -> None:
    """Remind the holder at the moment of the next step; a new plan takes the place of the last."""
    clock = _live(registration, NEXT_STEP)
    if clock is not None:
        clocks.redate(actor=actor, at=at, clock=clock, deadline=moment)
        return
    _start(
        registration,
        NEXT_STEP,
        moment,
        actor,
        at,
        responsible=registration.holder,
    )


def unplan(registration: Registration, actor: Actor, at: datetime, *, done: bool) -> None:
    clocks.end_all(actor=actor, at=at, subject_uid=registration.uid, kinds=[NEXT_STEP], met=done)


def set_end(registration: Registration, actor: Actor, at: datetime) -> None:
    """Let the protection end when the row says, as after an undone hand-over."""
    clock = _live(registration, PROTECTION)
    if clock is not None and registration.protected_until is not None:
        steps = [
            (datetime.fromisoformat(step["at"]), step["step"])
            for step in clock.steps
            if step["step"] != BREACH
        ]
        clocks.redate(actor=actor, at=at, clock=clock, deadline=registration.protected_until, steps=steps)


def _live(registration: Registration, kind: str) -> Clock | None:
    return Clock.objects.live().filter(subject_uid=registration.uid, kind=kind).first()


def pause(registration: Registration, actor: Actor, at: datetime, reason: str) -> None:
    """The protection stands still while people dispute about it."""
    clock = _live(registration, PROTECTION)
    if clock is not None and clock.state == Clock.State.RUNNING:
        clocks.pause(actor=actor, at=at, clock=clock, reason=reason)


def resume(registration: Registration, actor: Actor, at: datetime) -> datetime | None:
    """Let it run again; the new end of the protection, None without a clock."""
    clock = _live(registration, PROTECTION)
    if clock is None:
        return None
    if clock.state == Clock.State.PAUSED:
        clock = clocks.resume(actor=actor, at=at, clock=clock)
    return clock.deadline


def end(registration: Registration, actor: Actor, at: datetime, reason: str = "") -> None:
    """The hold ends: its clocks, the part of those who worked beside it, and the duties to tell its holder."""
    end_with(registration, at)
    registration.ended_duties = let_go(registration, TellDuty.Why.HOLD, actor, at)  # type: ignore[attr-defined]
    clocks.end_all(actor=actor, at=at, subject_uid=registration.uid, reason=reason)


def agree(registration: Registration, deadline: datetime, rules: Rules, actor: Actor, at: datetime) -> None:
    """Somebody is to confirm the registration; a reminder when half the time is gone."""
    ask_heads(registration, AGREE, deadline, rules, rules.ownership.registration.article, actor, at)


def agreed(registration: Registration, actor: Actor, at: datetime, kind: str = AGREE) -> None:
    """Whoever was asked has answered."""
    clocks.end_all(actor=actor, at=at, subject_uid=registration.uid, kinds=[kind], met=True)


def to_head(registration: Registration, deadline: datetime, rules: Rules, actor: Actor, at: datetime) -> None:
    """A head is to say who follows."""
    ask_heads(registration, ASSIGN, deadline, rules, rules.ownership.protection.article, actor, at)


def ask_heads(
    registration: Registration,
    kind: str,
    deadline: datetime,
    rules: Rules,
    article: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Somebody is asked for a word; a reminder when half the time is gone."""
    _start(
        registration,
        kind,
        deadline,
        actor,
        at,
        steps=[(at + (deadline - at) / 2, WARN)],
        article=article,
        pack_digest=rules.version.digest,
    )


def cool_down(registration: Registration, until: datetime, article: str, actor: Actor, at: datetime) -> None:
    _start(
        registration,
        COOL_DOWN,
        until,
        actor,
        at,
        article=article,
    )


def limit(
    dispute: Dispute,
    kind: str,
    deadline: datetime,
    actor: Actor,
    at: datetime,
    *,
    responsible: Staff | None = None,
    article: str = "",
) -> None:
    """A time limit of a dispute, with a reminder a day before where there is a day."""
    clocks.start(
        actor=actor,
        at=at,
        company_id=dispute.case.company_id,
        kind=kind,
        subject_type="dispute",
        subject_uid=dispute.case.uid,
        deadline=deadline,
        responsible=responsible,
        steps=[(deadline - timedelta(days=1), WARN)],
        article=article,
        pack_digest=dispute.policy.digest if dispute.policy else "",
        params={"number": dispute.case.number},
    )


def quiet(dispute: Dispute) -> bool:
    """Whether an import has found it and nobody has started it: no clock of it has ever run (docs/decisions/0007)."""
    return dispute.origin == "import" and not Clock.objects.filter(subject_uid=dispute.case.uid).exists()


def lengthen(
    dispute: Dispute, kind: str, deadline: datetime, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Let a time limit of a dispute end later; never sooner. Starts it where none runs."""
    clock = Clock.objects.live().filter(subject_uid=dispute.case.uid, kind=kind).first()
    if clock is None:
        limit(dispute, kind, deadline, actor, at)
    elif deadline > clock.deadline:
        steps = [(deadline - timedelta(days=1), WARN)]
        clocks.extend(actor=actor, at=at, clock=clock, deadline=deadline, reason=reason, steps=steps)


def cancel(dispute: Dispute, kind: str, actor: Actor, at: datetime, reason: str = "") -> None:
    """What the limit was for is not wanted any more."""
    clocks.end_all(actor=actor, at=at, subject_uid=dispute.case.uid, kinds=[kind], reason=reason)


def reached(dispute: Dispute, kind: str, actor: Actor, at: datetime) -> None:
    """What the limit was for has been done."""
    clocks.end_all(actor=actor, at=at, subject_uid=dispute.case.uid, kinds=[kind], met=True)


def drop(dispute: Dispute, actor: Actor, at: datetime) -> None:
    """The dispute is over: no limit of it runs on."""
    clocks.end_all(actor=actor, at=at, subject_uid=dispute.case.uid)


def duty(effect: Effect, company_id: int, deadline: datetime, actor: Actor, at: datetime) -> None:
    clocks.start(
        actor=actor,
        at=at,
        company_id=company_id,
        kind=DUTY,
        subject_type="effect",
        subject_uid=effect.uid,
        deadline=deadline,
        responsible=effect.staff,
        steps=[(deadline - timedelta(hours=4), WARN)],
        article=effect.article,
    )


def forget(effect: Effect, actor: Actor, at: datetime) -> None:
    """A duty that was reversed is no longer owed."""
    clocks.end_all(actor=actor, at=at, subject_uid=effect.uid)


def fulfil(effect: Effect, actor: Actor, at: datetime) -> None:
    clocks.end_all(actor=actor, at=at, subject_uid=effect.uid, met=True)


def owe(duty: TellDuty, kind: str, deadline: datetime, actor: Actor, at: datetime) -> None:
    """A duty to tell the holder, or to note what was talked about; a reminder when half the time is gone."""
    clocks.start(
        actor=actor,
        at=at,
        company_id=duty.registration.company_id,
        kind=kind,
        subject_type="duty",
        subject_uid=duty.uid,
        deadline=deadline,
        responsible=duty.receiver,
        steps=[(at + (deadline - at) / 2, WARN)],
        article=duty.article,
        pack_digest=duty.registration.policy.digest if duty.registration.policy else "",
    )


def let_go(registration: Registration, why: str, actor: Actor, at: datetime) -> list[str]:
    """Nobody owes a word any more about a hold; the uids of the duties that end, for the entry that says why.

    A breach stays one. A dispute ends only what is late: who is still in time can tell the holder themselves.
    """
    late = [TellDuty.State.BREACHED]
    states = late if why == TellDuty.Why.DISPUTE else [TellDuty.State.OPEN, *late]
    found = TellDuty.objects.select_for_update(of=("self",)).filter(
        registration=registration, state__in=states, ended_at=None
    )
    ended = list(found.order_by("pk"))
    for duty in ended:
        duty.ended_at, duty.ended_why = at, why
        if duty.state == TellDuty.State.OPEN:
            duty.state = TellDuty.State.ENDED
        duty.save(update_fields=["ended_at", "ended_why", "state"])
        clocks.end_all(actor=actor, at=at, subject_uid=duty.uid, kinds=[TELL], reason=why)
    return [str(duty.uid) for duty in ended]


def mistaken(touch: Touch, actor: Actor, at: datetime) -> None:
    """A correction says that somebody else received: who was entered owes nothing, and has missed nothing."""
    owed = TellDuty.objects.select_for_update(of=("self",)).filter(touch=touch, told_at=None, ended_at=None)
    for duty in owed.order_by("pk"):
        duty.state, duty.measures = TellDuty.State.ENDED, []
        duty.ended_at, duty.ended_why = at, TellDuty.Why.MISTAKEN
        duty.save(update_fields=["state", "measures", "ended_at", "ended_why"])
        clocks.end_all(actor=actor, at=at, subject_uid=duty.uid, reason=TellDuty.Why.MISTAKEN)


def paid(duty: TellDuty, kind: str, actor: Actor, at: datetime) -> None:
    clocks.end_all(actor=actor, at=at, subject_uid=duty.uid, kinds=[kind], met=True)
