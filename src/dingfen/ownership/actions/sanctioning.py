"""What every step of a sanction shares: its row under lock, its clocks, what was decided, its entries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    write,
)
from dingfen.ownership.models import Effect
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import Rules
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.sanctions import SEVERITY, may_decide, seat
from dingfen.problems import conflict, invalid, missing, read_uid, refused

State, Kind, Outcome = Sanction.State, Sanction.Measure, Sanction.Outcome
HEARING, DECISION, APPEAL = "sanction.hearing", "sanction.decision", "sanction.appeal"
BEFORE_DECISION = (State.HEARING, State.DECIDING)
TEXT_LIMIT = 4000
DAYS = {"days": 1, "working_days": 1, "weeks": 7, "months": 30}


def rules_of_sanction(sanction: Sanction) -> Rules | None:
    if sanction.policy is None:
        return None
    return Rules.by_version(sanction.case.unit, sanction.policy)


def locked(actor: Actor, uid: object, *states: str) -> Sanction:
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


def require_decider(sanction: Sanction, actor: Actor, at: datetime) -> None:
    if not may_decide(sanction, actor.staff_id, at):
        found = seat(sanction, at)
        who = ", ".join(staff.name for staff in found.people) if found else "–"
        raise refused("sanction.not_decider", who=who)


def settle(
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


def call(sanction: Sanction, actor: Actor, at: datetime) -> None:
    """Start the clock of the decision and call those who decide."""
    found, rules = seat(sanction, at), rules_of_sanction(sanction)
    people = list(found.people) if found else []
    if rules is None:
        return
    until = rules.due(at, rules.ownership.decides.ruling)
    article = rules.ownership.decides.article
    clock_for(sanction, DECISION, until, people[0] if people else None, actor, at, article)
    tell_of(people, "sanction.to_decide", sanction, {"deadline": until.isoformat()}, at)


def to_decide(sanction: Sanction, actor: Actor, at: datetime) -> None:
    sanction.state = State.DECIDING
    sanction.save(update_fields=["state"])
    call(sanction, actor, at)


def finish(sanction: Sanction, actor: Actor, at: datetime) -> None:
    sanction.state, sanction.final_at = State.FINAL, at
    clocks.end_all(actor=actor, at=at, subject_uid=sanction.case.uid)
    sanction.case.closed_at = at
    sanction.case.save(update_fields=["closed_at"])
    if sanction.effect is not None:
        imposed = sanction.outcome != Outcome.NONE
        sanction.effect.state = Effect.State.DONE if imposed else Effect.State.REVERSED
        if imposed:
            sanction.effect.done_at = at
        else:
            sanction.effect.reversed_at = at
        sanction.effect.save(update_fields=["state", "done_at", "reversed_at"])


def from_tomorrow(sanction: Sanction, at: datetime) -> None:
    """A suspension whose days passed while it was appealed begins on the next day."""
    if sanction.from_on is None or sanction.until_on is None:
        return
    length = sanction.until_on - sanction.from_on
    sanction.from_on = sanction.case.unit.day(at) + timedelta(days=1)
    sanction.until_on = sanction.from_on + length


def clock_for(
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


def tell_of(
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


def said(sanction: Sanction) -> dict[str, Any]:
    return {
        "outcome": sanction.outcome,
        "measure": sanction.decided_measure,
        "amount": str(sanction.decided_amount) if sanction.decided_amount is not None else None,
        "from_on": sanction.from_on.isoformat() if sanction.from_on else None,
        "until_on": sanction.until_on.isoformat() if sanction.until_on else None,
    }


def enter(
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
        to_decide(sanction, system_actor(sanction.case.company), at)
    elif step == watch.WARN:
        tell_of([sanction.staff], "sanction.hearing", sanction, {"deadline": clock.deadline.isoformat()}, at)


def on_decision(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who is to decide is reminded, and told again when it is late."""
    sanction = _due(clock, State.DECIDING, State.APPEALED)
    found = seat(sanction, at) if sanction else None
    if sanction is not None and found is not None:
        tell_of(found.people, "sanction.to_decide", sanction, {"deadline": clock.deadline.isoformat()}, at)


def on_sanction_appeal(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: nobody appealed in time, so the decision is final."""
    sanction = _due(clock, State.DECIDED) if step == BREACH else None
    if sanction is None:
        return
    actor = system_actor(sanction.case.company)
    if sanction.from_on and sanction.from_on < sanction.case.unit.day(at):
        from_tomorrow(sanction, at)
    finish(sanction, actor, at)
    sanction.version += 1
    sanction.save()
    enter(sanction, actor, at, "sanction.final", said(sanction) | {"appeal": "none"})
