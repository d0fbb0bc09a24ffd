"""Sanctions against staff (A13, F3): proposed, the person heard first, decided by somebody else, appealed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Role, Staff
from dingfen.cases import attachments
from dingfen.cases.actions import open_case
from dingfen.cases.models import Attachment, Case
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.engine.ownership import Measure
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    colleague,
    person_of,
    read_uid,
    reason_of,
    same_version,
    unit_of,
    write,
)
from dingfen.ownership.actions.evidence import File
from dingfen.ownership.models import Dispute, Effect, Sanction
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules, rules_needed
from dingfen.ownership.sanctions import SEVERITY, earlier, may_decide, seat, step_of
from dingfen.policies.calendars import calendar_of
from dingfen.policies.queries import pack_of
from dingfen.problems import conflict, invalid, missing, refused

State, Kind, Outcome = Sanction.State, Sanction.Measure, Sanction.Outcome
HEARING, DECISION, APPEAL = "sanction.hearing", "sanction.decision", "sanction.appeal"
BEFORE_DECISION = (State.HEARING, State.DECIDING)
TEXT_LIMIT = 4000
DAYS = {"days": 1, "working_days": 1, "weeks": 7, "months": 30}


@transaction.atomic
def propose_sanction(
    *, actor: Actor, at: datetime, staff: object, code: str, grounds: str, dispute_uid: object = None
) -> Sanction:
    """A head names somebody, the pack's sanction (with its article) and what happened; the person is heard.

    Raises `sanction.unknown` at the field `code`, `own_matter` against oneself, `sanction.not_yours`.
    """
    require(actor, "sanction.propose")
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
        accuser_id=person_of(actor), dispute=dispute,
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
        accuser_id=accuser_id,
        grounds=grounds,
        repetition=before,
        measure=step.kind,
        amount=step.amount.amount if step.amount else None,
        currency=step.amount.currency if step.amount else "",
        days=_days(step),
        answer_by=until,
    )
    _clock(sanction, HEARING, until, person, actor, at)
    _tell([person], "sanction.hearing", sanction, {"deadline": until.isoformat()}, at)
    facts = {
        "number": case.number,
        "staff": str(person.uid),
        "code": code,
        "article": rule.article,
        "measure": step.kind,
        "amount": str(step.amount.amount) if step.amount else None,
        "repetition": before,
        "dispute": str(dispute.case.uid) if dispute else None,
    }
    _entry(sanction, actor, at, "sanction.proposed", facts, {"grounds": grounds} if grounds else None, rules)
    return sanction


def _days(step: Measure) -> int | None:
    """How many days a suspension lasts."""
    if step.kind != "suspension" or step.lasts is None:
        return None
    return max(step.lasts.amount * DAYS.get(step.lasts.unit, 1), 1)


@transaction.atomic
def answer_sanction(*, actor: Actor, at: datetime, sanction_uid: object, answer: str) -> Sanction:
    """The person concerned says what they have to say, before it is decided."""
    sanction = _locked(actor, sanction_uid, *BEFORE_DECISION)
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
        _to_decide(sanction, actor, at)
    late = sanction.answer_by is not None and at >= sanction.answer_by
    _entry(sanction, actor, at, "sanction.answered", {"late": late}, {"answer": answer})
    return sanction


@transaction.atomic
def attach_to_sanction(*, actor: Actor, at: datetime, sanction_uid: object, file: File) -> Attachment:
    """A file by the person concerned or by who proposed it, until it is decided."""
    sanction = _locked(actor, sanction_uid, *BEFORE_DECISION)
    if actor.staff_id not in (sanction.staff_id, sanction.accuser_id):
        raise refused("sanction.not_concerned")
    kept = attachments.attach(actor=actor, at=at, case=sanction.case, name=file.name, content=file.content)
    _entry(sanction, actor, at, "sanction.evidence", attachments.facts(kept))
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
    sanction = _locked(actor, sanction_uid, State.HEARING, State.DECIDING)
    same_version(sanction.version, version)
    _may_decide(sanction, actor, at)
    if sanction.state == State.HEARING:
        raise conflict("sanction.not_heard", until=sanction.answer_by)
    reason = reason_of(reason)
    _settle(sanction, outcome, measure, amount, from_on, days, at)
    sanction.reason, sanction.decided_at = reason, at
    sanction.decided_by_id = person_of(actor)
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[DECISION], met=True)
    rules = _rules(sanction)
    found = seat(sanction, at)
    final = sanction.outcome == Outcome.NONE or (found is not None and found.role != Role.HEAD)
    if final or rules is None:
        _finish(sanction, actor, at)
    else:
        rule = rules.ownership.decides.appeal
        sanction.state, sanction.appeal_until = State.DECIDED, rules.due(at, rule.within)
        _clock(sanction, APPEAL, sanction.appeal_until, None, actor, at, rule.article)
    sanction.version += 1
    sanction.save()
    _tell([sanction.staff], "sanction.decided", sanction, {}, at)
    _entry(sanction, actor, at, "sanction.decided", _said(sanction), {"reason": reason})
    return sanction


def _settle(
    sanction: Sanction,
    outcome: str,
    measure: str,
    amount: Decimal | None,
    from_on: date | None,
    days: int | None,
    at: datetime,
) -> None:
    if outcome not in Outcome.values:
        raise invalid({"outcome": [("outcome.unknown", {"value": outcome})]})
    sanction.outcome, sanction.decided_measure, sanction.decided_amount = outcome, "", None
    sanction.from_on = sanction.until_on = None
    if outcome == Outcome.NONE:
        return
    chosen = sanction.measure
    if outcome == Outcome.MILDER or chosen == Kind.HEAD_DECIDES:
        chosen = measure
    if chosen not in Kind.values or chosen == Kind.HEAD_DECIDES:
        raise invalid({"measure": [("sanction.measure", {})]})
    money = sanction.amount if outcome == Outcome.IMPOSED and sanction.amount is not None else amount
    length = sanction.days if outcome == Outcome.IMPOSED and sanction.days else days
    sanction.decided_measure = chosen
    if chosen == Kind.FINE:
        if money is None or not money.is_finite() or money <= 0:
            raise invalid({"amount": [("sanction.amount", {})]})
        sanction.decided_amount = money
        sanction.currency = sanction.currency or "CNY"
    if chosen == Kind.SUSPENSION:
        if not length or not 1 <= length <= 366:
            raise invalid({"days": [("sanction.days", {})]})
        first = from_on or sanction.case.unit.day(at) + timedelta(days=1)
        if first < sanction.case.unit.day(at):
            raise invalid({"from_on": [("sanction.past", {})]})
        sanction.from_on, sanction.until_on = first, first + timedelta(days=length - 1)
    if outcome == Outcome.MILDER and not _milder(sanction, money, length):
        raise invalid({"measure": [("sanction.not_milder", {})]})


def _milder(sanction: Sanction, amount: Decimal | None, days: int | None) -> bool:
    grave, chosen = SEVERITY.index(Kind(sanction.measure)), SEVERITY.index(Kind(sanction.decided_measure))
    if chosen != grave:
        return chosen < grave
    if sanction.measure == Kind.FINE:
        return amount is not None and sanction.amount is not None and amount < sanction.amount
    return sanction.measure == Kind.SUSPENSION and bool(days and sanction.days and days < sanction.days)


@transaction.atomic
def appeal_sanction(*, actor: Actor, at: datetime, sanction_uid: object, grounds: str) -> Sanction:
    """The person concerned appeals to the general manager in time; until then nothing takes effect."""
    sanction = _locked(actor, sanction_uid, State.DECIDED)
    if sanction.staff_id != actor.staff_id:
        raise refused("sanction.not_concerned")
    if sanction.appeal_until is not None and at >= sanction.appeal_until:
        raise conflict("appeal.late", until=sanction.appeal_until)
    sanction.appeal_grounds, sanction.appealed_at = reason_of(grounds, "grounds"), at
    sanction.state = State.APPEALED
    sanction.version += 1
    sanction.save()
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[APPEAL], met=True)
    _call(sanction, actor, at)
    _entry(sanction, actor, at, "sanction.appealed", {}, {"grounds": sanction.appeal_grounds})
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
    sanction = _locked(actor, sanction_uid, State.APPEALED)
    same_version(sanction.version, version)
    _may_decide(sanction, actor, at)
    sanction.final_reason = reason_of(reason)
    if outcome != "stands":
        _settle(sanction, outcome, measure, amount, from_on, days, at)
    elif sanction.from_on and sanction.from_on <= sanction.case.unit.day(at):
        _from_tomorrow(sanction, at)
    sanction.final_by_id = person_of(actor)
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid, kinds=[DECISION], met=True)
    _finish(sanction, actor, at)
    sanction.version += 1
    sanction.save()
    _tell([sanction.staff], "sanction.decided", sanction, {}, at)
    _entry(
        sanction, actor, at, "sanction.final", _said(sanction) | {"appeal": outcome},
        {"reason": sanction.final_reason},
    )  # fmt: skip
    return sanction


def _from_tomorrow(sanction: Sanction, at: datetime) -> None:
    """A suspension whose days passed while it was appealed begins on the next day."""
    if sanction.from_on is None or sanction.until_on is None:
        return
    length = sanction.until_on - sanction.from_on
    sanction.from_on = sanction.case.unit.day(at) + timedelta(days=1)
    sanction.until_on = sanction.from_on + length


def _finish(sanction: Sanction, actor: Actor, at: datetime) -> None:
    sanction.state, sanction.final_at = State.FINAL, at
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid)
    sanction.case.closed_at = at
    sanction.case.save(update_fields=["closed_at"])
    if sanction.effect is not None:
        imposed = sanction.outcome != Outcome.NONE
        sanction.effect.state = Effect.State.DONE if imposed else Effect.State.REVERSED
        sanction.effect.done_at = at
        sanction.effect.save(update_fields=["state", "done_at"])


def _to_decide(sanction: Sanction, actor: Actor, at: datetime) -> None:
    sanction.state = State.DECIDING
    sanction.save(update_fields=["state"])
    _call(sanction, actor, at)


def _call(sanction: Sanction, actor: Actor, at: datetime) -> None:
    """Start the clock of the decision and call those who decide."""
    found, rules = seat(sanction, at), _rules(sanction)
    people = list(found.people) if found else []
    if rules is None:
        return
    until = rules.due(at, rules.ownership.decides.ruling)
    article = rules.ownership.decides.article
    _clock(sanction, DECISION, until, people[0] if people else None, actor, at, article)
    _tell(people, "sanction.to_decide", sanction, {"deadline": until.isoformat()}, at)


def _rules(sanction: Sanction) -> Rules | None:
    if sanction.policy is None:
        return None
    pack = pack_of(sanction.policy)
    calendar = calendar_of(sanction.case.unit.time_zone, pack, sanction.policy.digest)
    return Rules(sanction.policy, pack, calendar)


def _may_decide(sanction: Sanction, actor: Actor, at: datetime) -> None:
    if not may_decide(sanction, actor.staff_id, at):
        found = seat(sanction, at)
        who = ", ".join(staff.name for staff in found.people) if found else "–"
        raise refused("sanction.not_decider", who=who)


def _locked(actor: Actor, uid: object, *states: str) -> Sanction:
    require(actor, "sanction.view")
    found = (
        Sanction.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("case__unit__company", "case__company", "staff__unit", "staff__company", "policy")
        .select_related("effect", "dispute__deal")
        .filter(case__uid=read_uid(uid))
        .first()
    )
    if found is None:
        raise missing()
    if found.state not in states:
        raise conflict("sanction.state", state=found.state)
    return found


def _clock(
    sanction: Sanction,
    kind: str,
    deadline: datetime,
    responsible: Staff | None,
    actor: Actor,
    at: datetime,
    article: str = "",
) -> None:
    clocks.start(
        actor=actor,
        at=at,
        company_id=sanction.case.company_id,
        kind=kind,
        subject_type="sanction",
        subject_uid=sanction.case.uid,
        deadline=deadline,
        responsible=responsible,
        steps=[(deadline - timedelta(days=1), watch.WARN)],
        article=article or sanction.article,
        params={"number": sanction.case.number},
    )


def _tell(
    people: Iterable[Staff], event: str, sanction: Sanction, params: Mapping[str, Any], at: datetime
) -> None:
    tell(
        people,
        event,
        ("sanction", sanction.case.uid),
        {"number": sanction.case.number, **params},
        at=at,
        key=f"{event}:{sanction.case.uid}:{sanction.version}:{at.isoformat()}",
    )


def _said(sanction: Sanction) -> dict[str, Any]:
    return {
        "outcome": sanction.outcome,
        "measure": sanction.decided_measure,
        "amount": str(sanction.decided_amount) if sanction.decided_amount is not None else None,
        "from_on": sanction.from_on.isoformat() if sanction.from_on else None,
        "until_on": sanction.until_on.isoformat() if sanction.until_on else None,
    }


def _entry(
    sanction: Sanction,
    actor: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
    rules: Rules | None = None,
) -> None:
    """Texts are personal data of the person concerned; the facts carry ids and numbers."""
    subject: tuple[str, uuid.UUID] = ("sanction", sanction.case.uid)
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=sanction.case.unit,
        subject=subject,
        facts={"staff": str(sanction.staff.uid), **facts},
        rules=rules,
        personal=personal,
        personal_subject=sanction.staff.uid if personal else None,
    )


def _due(clock: Clock, *states: str) -> Sanction | None:
    return (
        Sanction.objects.select_for_update(of=("self",))
        .select_related("case__unit__company", "case__company", "staff__unit", "staff__company", "policy")
        .select_related("effect", "dispute__deal")
        .filter(case__uid=clock.subject_uid, state__in=states)
        .first()
    )


def on_hearing(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the person is reminded; when the time has passed, it is decided without an answer."""
    sanction = _due(clock, State.HEARING)
    if sanction is None:
        return
    if step == BREACH:
        sanction.version += 1
        sanction.save(update_fields=["version"])
        _to_decide(sanction, system_actor(sanction.case.company), at)
    elif step == watch.WARN:
        _tell([sanction.staff], "sanction.hearing", sanction, {"deadline": clock.deadline.isoformat()}, at)


def on_decision(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who is to decide is reminded, and told again when it is late."""
    sanction = _due(clock, State.DECIDING, State.APPEALED)
    found = seat(sanction, at) if sanction else None
    if sanction is not None and found is not None:
        _tell(found.people, "sanction.to_decide", sanction, {"deadline": clock.deadline.isoformat()}, at)


def on_sanction_appeal(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: nobody appealed in time, so the decision is final."""
    sanction = _due(clock, State.DECIDED) if step == BREACH else None
    if sanction is None:
        return
    actor = system_actor(sanction.case.company)
    if sanction.from_on and sanction.from_on < sanction.case.unit.day(at):
        _from_tomorrow(sanction, at)
    _finish(sanction, actor, at)
    sanction.version += 1
    sanction.save()
    _entry(sanction, actor, at, "sanction.final", _said(sanction) | {"appeal": "none"})
