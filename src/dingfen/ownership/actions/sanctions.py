"""Sanctions against staff (A13, F3): proposed, the person heard first, decided by somebody else, appealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Role, Staff
from dingfen.cases import attachments
from dingfen.cases.actions import open_case
from dingfen.cases.models import Attachment, Case
from dingfen.clocks import actions as clocks
from dingfen.engine.ownership import Measure
from dingfen.ownership import questioning_sanctions
from dingfen.ownership.actions.common import (
    colleague,
    reason_of,
    same_version,
    unit_of,
)
from dingfen.ownership.actions.evidence import File
from dingfen.ownership.actions.sanctioning import (
    APPEAL,
    BEFORE_DECISION,
    DAYS,
    DECISION,
    HEARING,
    TEXT_LIMIT,
    Outcome,
    State,
    call,
    clock_for,
    enter,
    finish,
    from_tomorrow,
    locked,
    require_decider,
    rules_of_sanction,
    said,
    settle,
    tell_of,
    to_decide,
)
from dingfen.ownership.breach_grounds import breached_duty, code_of, grounds_of
from dingfen.ownership.holding_rows import TellDuty
from dingfen.ownership.models import Dispute, Effect
from dingfen.ownership.rules import Rules, rules_needed
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.sanctions import earlier, seat, step_of
from dingfen.problems import conflict, invalid, missing, read_uid, refused


@transaction.atomic
def propose_sanction(
    *,
    actor: Actor,
    at: datetime,
    staff: object = None,
    code: str = "",
    grounds: str = "",
    dispute_uid: object = None,
    duty_uid: object = None,
) -> Sanction:
    """A head names somebody, the pack's sanction (with its article) and what happened; the person is heard.

    With `duty_uid`, a duty to tell the holder that was missed, who missed it, the sanction the rules propose and
    what happened are filled in where they are not given.

    Raises `sanction.unknown` at the field `code`, `own_matter` against oneself, `sanction.not_yours`;
    `sanction.no_breach`, `sanction.there` (409) about a duty.
    """
    require(actor, "sanction.propose")
    duty = breached_duty(actor, duty_uid) if duty_uid else None
    if duty is not None:
        staff, code = staff or duty.receiver.uid, code or code_of(duty)
        grounds = grounds.strip() or grounds_of(duty)
    person = colleague(actor, staff)
    if person.pk == actor.staff_id:
        raise refused("own_matter")
    unit = unit_of(person)
    if not actor.has(Role.HEAD, unit.path) and not actor.has(Role.GENERAL_MANAGER):
        _of_dispute(actor, dispute_uid, person)
    rules = rules_needed(unit, at)
    grounds = reason_of(grounds, "grounds")
    dispute = _dispute(actor, dispute_uid) if dispute_uid else None
    return _open(
        person=person, code=code, rules=rules, actor=actor, at=at, grounds=grounds,
        accuser_id=person_of(actor), dispute=dispute, duty=duty,
    )  # fmt: skip


def _of_dispute(actor: Actor, uid: object, person: Staff) -> None:
    """A head of another unit proposes only against who claims in a dispute they see."""
    found = _dispute(actor, uid) if uid else None
    if found is None or not found.claims.filter(claimant=person).exists():
        raise refused("sanction.not_yours")


def _dispute(actor: Actor, uid: object) -> Dispute:
    found = Dispute.objects.visible_to(actor).filter(case__uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    return found


def open_from(dispute: Dispute, effects: Iterable[Effect], rules: Rules | None, at: datetime) -> None:
    """What a final ruling proposes becomes a case: the person is heard. Runs in the caller's transaction."""
    if rules is None:
        return
    actor = system_actor(dispute.case.company)
    for effect in effects:
        if effect.kind == "sanction" and effect.staff.unit is not None:
            _open(
                person=effect.staff, code=effect.code, rules=rules, actor=actor, at=at, grounds="",
                accuser_id=None, dispute=dispute, effect=effect,
            )  # fmt: skip


def _open(
    *,
    person: Staff,
    code: str,
    rules: Rules,
    actor: Actor,
    at: datetime,
    grounds: str,
    accuser_id: int | None,
    dispute: Dispute | None,
    effect: Effect | None = None,
    duty: TellDuty | None = None,
) -> Sanction:
    rule = next((one for one in rules.ownership.sanctions if one.id == code), None)
    if rule is None:
        raise invalid({"code": [("sanction.unknown", {"value": code})]})
    before = earlier(person, code)
    step, unit = step_of(rule, before), unit_of(person)
    case = open_case(actor=actor, at=at, kind=Case.Kind.SANCTION, unit=unit, customer=None)
    until = rules.due(at, rules.ownership.decides.statement)
    sanction = Sanction.objects.create(
        case=case,
        staff=person,
        code=code,
        article=rule.article,
        policy=rules.version,
        dispute=dispute,
        effect=effect,
        duty=duty,
        accuser_id=accuser_id,
        grounds=grounds,
        repetition=before,
        measure=step.kind,
        amount=step.amount.amount if step.amount else None,
        currency=step.amount.currency if step.amount else "",
        days=_days(step),
        answer_by=until,
    )
    clock_for(sanction, HEARING, until, person, actor, at)
    tell_of([person], "sanction.hearing", sanction, {"deadline": until.isoformat()}, at)
    facts = {
        "number": case.number,
        "staff": str(person.uid),
        "code": code,
        "article": rule.article,
        "measure": step.kind,
        "amount": str(step.amount.amount) if step.amount else None,
        "repetition": before,
        "dispute": str(dispute.case.uid) if dispute else None,
        **({"duty": str(duty.uid)} if duty else {}),
    }
    enter(sanction, actor, at, "sanction.proposed", facts, {"grounds": grounds} if grounds else None, rules)
    return sanction


def _days(step: Measure) -> int | None:
    """How many days a suspension lasts."""
    if step.kind != "suspension" or step.lasts is None:
        return None
    return max(step.lasts.amount * DAYS.get(step.lasts.unit, 1), 1)


@transaction.atomic
def answer_sanction(*, actor: Actor, at: datetime, sanction_uid: object, answer: str) -> Sanction:
    """The person concerned says what they have to say, before it is decided."""
    sanction = locked(actor, sanction_uid, *BEFORE_DECISION)
    if sanction.staff_id != actor.staff_id:
        raise refused("sanction.not_concerned")
    answer = answer.strip()
    if not answer or len(answer) > TEXT_LIMIT:
        raise invalid({"answer": [("statement.length", {"limit": TEXT_LIMIT})]})
    sanction.answer, sanction.answered_at = answer, at
    sanction.version += 1
    sanction.save(update_fields=["answer", "answered_at", "version"])
    if sanction.state == State.HEARING:
        clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[HEARING], met=True)
        to_decide(sanction, actor, at)
    late = sanction.answer_by is not None and at >= sanction.answer_by
    enter(sanction, actor, at, "sanction.answered", {"late": late}, {"answer": answer})
    return sanction


@transaction.atomic
def attach_to_sanction(*, actor: Actor, at: datetime, sanction_uid: object, file: File) -> Attachment:
    """A file by the person concerned or by who proposed it, until it is decided."""
    sanction = locked(actor, sanction_uid, *BEFORE_DECISION)
    if actor.staff_id not in (sanction.staff_id, sanction.accuser_id):
        raise refused("sanction.not_concerned")
    kept = attachments.attach(actor=actor, at=at, case=sanction.case, name=file.name, content=file.content)
    enter(sanction, actor, at, "sanction.evidence", attachments.facts(kept))
    return kept


@transaction.atomic
def decide_sanction(
    *,
    actor: Actor,
    at: datetime,
    sanction_uid: object,
    outcome: str,
    reason: str,
    measure: str = "",
    amount: Decimal | None = None,
    from_on: date | None = None,
    days: int | None = None,
    version: int | None = None,
) -> Sanction:
    """Impose as proposed, impose something milder, or nothing: by a person who neither accused nor is accused.

    Never before the person was heard or let the time pass (`sanction.not_heard`). `measure` is needed for
    `milder` and where the rule leaves it to the head; `from_on` and `days` go with a suspension.
    """
    require(actor, "sanction.decide")
    sanction = locked(actor, sanction_uid, State.HEARING, State.DECIDING)
    same_version(sanction.version, version)
    require_decider(sanction, actor, at)
    if sanction.state == State.HEARING:
        raise conflict("sanction.not_heard", until=sanction.answer_by)
    reason = reason_of(reason)
    settle(sanction, outcome, measure, amount, from_on, days, at)
    sanction.reason, sanction.decided_at = reason, at
    sanction.decided_by_id = person_of(actor)
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[DECISION], met=True)
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[HEARING])  # let pass, now over
    rules = rules_of_sanction(sanction)
    found = seat(sanction, at)
    final = sanction.outcome == Outcome.NONE or (found is not None and found.role != Role.HEAD)
    if final or rules is None:
        finish(sanction, actor, at)
    else:
        rule = rules.ownership.decides.appeal
        sanction.state, sanction.appeal_until = State.DECIDED, rules.due(at, rule.within)
        clock_for(sanction, APPEAL, sanction.appeal_until, None, actor, at, rule.article)
    sanction.version += 1
    sanction.save()
    tell_of([sanction.staff], "sanction.decided", sanction, {}, at)
    questioning_sanctions.decided(sanction, actor, at)
    enter(sanction, actor, at, "sanction.decided", said(sanction), {"reason": reason})
    return sanction


@transaction.atomic
def appeal_sanction(*, actor: Actor, at: datetime, sanction_uid: object, grounds: str) -> Sanction:
    """The person concerned appeals to the general manager in time; until then nothing takes effect."""
    sanction = locked(actor, sanction_uid, State.DECIDED)
    if sanction.staff_id != actor.staff_id:
        raise refused("sanction.not_concerned")
    if sanction.appeal_until is not None and at >= sanction.appeal_until:
        raise conflict("appeal.late", until=sanction.appeal_until)
    sanction.appeal_grounds, sanction.appealed_at = reason_of(grounds, "grounds"), at
    sanction.state = State.APPEALED
    sanction.version += 1
    sanction.save()
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[APPEAL], met=True)
    call(sanction, actor, at)
    questioning_sanctions.appealed(sanction, actor, at)
    enter(sanction, actor, at, "sanction.appealed", {}, {"grounds": sanction.appeal_grounds})
    return sanction


@transaction.atomic
def settle_sanction_appeal(
    *,
    actor: Actor,
    at: datetime,
    sanction_uid: object,
    outcome: str,
    reason: str,
    measure: str = "",
    amount: Decimal | None = None,
    from_on: date | None = None,
    days: int | None = None,
    version: int | None = None,
) -> Sanction:
    """The answer to an appeal: `stands`, `milder` (with what), or `none`. It is final."""
    require(actor, "sanction.decide")
    sanction = locked(actor, sanction_uid, State.APPEALED)
    same_version(sanction.version, version)
    require_decider(sanction, actor, at)
    sanction.final_reason = reason_of(reason)
    before = questioning_sanctions.imposed(sanction)
    if outcome != "stands":
        settle(sanction, outcome, measure, amount, from_on, days, at)
    elif sanction.from_on and sanction.from_on <= sanction.case.unit.day(at):
        from_tomorrow(sanction, at)
    sanction.final_by_id = person_of(actor)
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[DECISION], met=True)
    finish(sanction, actor, at)
    sanction.version += 1
    sanction.save()
    tell_of([sanction.staff], "sanction.decided", sanction, {}, at)
    if outcome != "stands":
        questioning_sanctions.overturned(sanction, before, actor, at)
    enter(
        sanction, actor, at, "sanction.final", said(sanction) | {"appeal": outcome},
        {"reason": sanction.final_reason},
    )  # fmt: skip
    return sanction
