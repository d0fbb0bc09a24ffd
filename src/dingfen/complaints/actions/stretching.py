"""Why a clock of a complaint stands still or gets more time: with a reason of the rules, approver and proof."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.cases import thread
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.complaints import authority, watch
from dingfen.complaints.actions.common import (
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Channel, Complaint, Stretch
from dingfen.complaints.notices import tell
from dingfen.complaints.rules import Rules, rules_of
from dingfen.engine.complaint_clocks import Allowed, clock_of, extension_allowed, pause_allowed
from dingfen.engine.complaint_clocks_form import RANK, Who
from dingfen.engine.deadlines import after_pause
from dingfen.problems import conflict, invalid, missing, read_uid, refused

UNTIL = "complaint.pause"
Kind = Stretch.Kind


@transaction.atomic
def pause(*, actor: Actor, at: datetime, clock_uid: object, reason: str, proof: str) -> Stretch:
    """Let a clock stand still for a reason the rules list, until it is resumed or its time is up.

    `proof`: what shows it (the letter that asked for the papers). Raises `pause.*` (409) with the article.
    """
    complaint, clock, rules = _clock(actor, clock_uid)
    shown = reason_of(proof, "proof", 4)
    allowed = _first(
        [
            pause_allowed(rules.complaints, _name(clock), reason, who, at, rules.calendar)
            for who in _whos(actor, complaint)
        ]
    )
    if not allowed.allowed:
        raise conflict(f"pause.{allowed.why}", article=allowed.article)
    clocks.pause(actor=actor, at=at, clock=clock, reason=reason[:200])
    row = Stretch.objects.create(
        complaint=complaint, clock=clock, kind=Kind.PAUSE, reason=reason[:60], at=at, by_id=person_of(actor),
        old_deadline=clock.deadline, until=allowed.until, article=allowed.article,
        sealed=thread.sealer_of(complaint.case).seal({"proof": shown[:1000]}),
    )  # fmt: skip
    if allowed.until is not None:
        clocks.start(
            actor=actor, at=at, company_id=complaint.case.company_id, kind=UNTIL, subject_type="stretch",
            subject_uid=row.uid, deadline=allowed.until, responsible=complaint.handler,
            article=allowed.article, params={"number": complaint.case.number},
        )  # fmt: skip
    keep(complaint)
    facts = {
        "clock": clock.kind,
        "reason": reason,
        "until": allowed.until.isoformat() if allowed.until else None,
    }
    enter(complaint, actor, at, "clock.paused", facts, {"proof": shown}, rules=rules)
    return row


@transaction.atomic
def resume(*, actor: Actor, at: datetime, clock_uid: object) -> Stretch:
    """Let a clock run again: its deadline moves by what it stood still, counted as the clock counts."""
    complaint, clock, rules = _clock(actor, clock_uid)
    row = complaint.stretches.filter(clock=clock, kind=Kind.PAUSE, ended_at=None).order_by("-pk").first()
    if row is None:
        raise conflict("clock.not_paused", state=clock.state)
    return go_on(row, complaint, rules, actor, at)


def go_on(row: Stretch, complaint: Complaint, rules: Rules, actor: Actor, at: datetime) -> Stretch:
    """End a pause; by a person, or by the sweep when its time is up."""
    clock = row.clock
    within = clock_of(rules.complaints, _name(clock)).within
    shift = partial(_shifted, within=within, calendar=rules.calendar)
    clocks.resume(actor=actor, at=at, clock=clock, shift=shift, reason=row.reason)
    row.ended_at, row.new_deadline = at, clock.deadline
    row.save(update_fields=["ended_at", "new_deadline"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid, met=True)
    keep(complaint)
    facts = {"clock": clock.kind, "deadline": clock.deadline.isoformat()}
    enter(complaint, actor, at, "clock.resumed", facts, rules=rules)
    return row


def _shifted(moment: datetime, start: datetime, end: datetime, *, within, calendar):  # type: ignore[no-untyped-def]
    return after_pause(moment, start, end, within, calendar)


@transaction.atomic
def ask_extension(*, actor: Actor, at: datetime, clock_uid: object, reason: str) -> Stretch:
    """Ask for more time, as the rules foresee it; who may grant it does so at once.

    Raises `extension.*` (409) with the article, `extension.asked` while one waits.
    """
    complaint, clock, rules = _clock(actor, clock_uid)
    why = reason_of(reason)
    if complaint.stretches.filter(
        clock=clock, kind=Kind.EXTENSION, approved_at=None, refused_at=None
    ).exists():
        raise conflict("extension.asked")
    found = _allowed(complaint, clock, rules, actor, at)
    if not found.allowed and found.why != "needs_approval":
        raise conflict(f"extension.{found.why}", article=found.article)
    row = Stretch.objects.create(
        complaint=complaint, clock=clock, kind=Kind.EXTENSION, reason=found.article, at=at,
        by_id=person_of(actor), old_deadline=clock.deadline, new_deadline=found.until, article=found.article,
        sealed=thread.sealer_of(complaint.case).seal({"reason": why[:1000]}),
    )  # fmt: skip
    keep(complaint)
    facts = {
        "clock": clock.kind,
        "stretch": str(row.uid),
        "deadline": found.until.isoformat() if found.until else None,
    }
    if found.allowed:
        _grant(row, complaint, actor, at)
        enter(complaint, actor, at, "clock.extended", facts, {"reason": why}, rules=rules)
        return row
    approver = found.approver or "head"
    people = authority.approvers(complaint, approver, at, actor.staff_id)
    tell(people, "complaint.stretch", complaint, at=at, key=str(row.uid))
    enter(complaint, actor, at, "clock.extension_asked", facts, {"reason": why}, rules=rules)
    return row


@transaction.atomic
def decide_extension(*, actor: Actor, at: datetime, stretch_uid: object, approve: bool) -> Stretch:
    """Grant or refuse more time. Not one's own wish; only who the rules name, or above."""
    row, complaint, rules = _asked(actor, stretch_uid)
    if row.by_id == actor.staff_id:
        raise refused("proposal.own")
    wanted = _allowed(complaint, row.clock, rules, None, at).approver or "head"
    if not any(RANK.index(who) >= RANK.index(wanted) for who in _whos(actor, complaint)):
        raise refused("proposal.limit", article=row.article)
    if approve and row.clock.state == Clock.State.PAUSED:
        raise conflict("clock.paused", state=row.clock.state)
    if approve:
        _grant(row, complaint, actor, at)
    else:
        row.refused_at, row.approved_by_id = at, actor.staff_id
        row.save(update_fields=["refused_at", "approved_by"])
    by: Staff = row.by
    tell([by], "complaint.approved", complaint, at=at, key=f"stretch:{row.uid}")
    keep(complaint)
    kind = "clock.extended" if approve else "clock.extension_refused"
    facts = {"clock": row.clock.kind, "stretch": str(row.uid), "deadline": row.clock.deadline.isoformat()}
    enter(complaint, actor, at, kind, facts, rules=rules)
    return row


def _grant(row: Stretch, complaint: Complaint, actor: Actor, at: datetime) -> None:
    deadline = row.new_deadline
    if deadline is None:
        raise conflict("extension.none_foreseen", article=row.article)
    why = str(thread.sealer_of(complaint.case).open(row.sealed).get("reason", ""))
    length = deadline - row.clock.deadline
    steps = [(deadline - length / 4, watch.WARN)]
    clocks.extend(actor=actor, at=at, clock=row.clock, deadline=deadline, reason=why[:300], steps=steps)
    row.approved_at, row.approved_by_id = at, person_of(actor)
    row.save(update_fields=["approved_at", "approved_by"])


@transaction.atomic
def customer_told(
    *, actor: Actor, at: datetime, stretch_uid: object, via: str, told_at: datetime | None = None
) -> Stretch:
    """Note how and when the customer was told of more time: an extension counts in figures only then."""
    found = Stretch.objects.select_related("complaint__case").filter(uid=read_uid(stretch_uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid)
    if via not in Channel.values:
        raise invalid({"via": [("channel.unknown", {})]})
    moment = told_at or at
    if moment > at:
        raise invalid({"told_at": [("date.future", {"now": at})]})
    found.told_at, found.told_via = moment, via
    found.save(update_fields=["told_at", "told_via"])
    enter(complaint, actor, at, "clock.customer_told", {"stretch": str(found.uid), "via": via})
    return found


def _allowed(complaint: Complaint, clock: Clock, rules: Rules, actor: Actor | None, at: datetime) -> Allowed:
    earlier = complaint.stretches.filter(clock=clock, kind=Kind.EXTENSION, approved_at__isnull=False).count()
    whos: list[Who] = _whos(actor, complaint) if actor else ["handler"]
    return _first(
        [
            extension_allowed(
                rules.complaints, _name(clock), who, at, clock.deadline, earlier, facts_of(complaint, at),
                rules.calendar, klass=complaint.klass or None, level=complaint.level or None,
                urgency=complaint.urgency or None,
            )
            for who in whos
        ]
    )  # fmt: skip


def _first(answers: list[Allowed]) -> Allowed:
    """The best answer for somebody in several roles."""
    return next((one for one in answers if one.allowed), answers[0])


def _whos(actor: Actor, complaint: Complaint) -> list[Who]:
    return list(dict.fromkeys([*authority.roles_of(actor, complaint), "handler"]))  # type: ignore[list-item]


def _name(clock: Clock) -> str:
    return str(clock.params["clock"])


def _clock(actor: Actor, uid: object) -> tuple[Complaint, Clock, Rules]:
    """A live clock of a complaint under the complaint's lock, with the rules it goes by."""
    found = Clock.objects.live().filter(uid=read_uid(uid), kind__in=watch.KINDS).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.subject_uid)
    rules = rules_of(complaint)
    if rules is None:
        raise missing()
    return complaint, found, rules


def _asked(actor: Actor, uid: object) -> tuple[Stretch, Complaint, Rules]:
    found = Stretch.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid, permission="complaint.view")
    row = Stretch.objects.select_related("clock", "by__unit", "by__company").get(pk=found.pk)
    rules = rules_of(complaint)
    if rules is None or row.kind != Kind.EXTENSION or row.approved_at or row.refused_at:
        raise conflict("extension.over")
    return row, complaint, rules


def due(row: Stretch, at: datetime) -> None:
    """The longest time of a pause is over: the clock runs again. By the sweep, which holds the locks."""
    rules = rules_of(row.complaint)
    if rules is not None and row.ended_at is None:
        go_on(row, row.complaint, rules, system_actor(row.complaint.case.company), at)
