"""A hand-over at work: item after item, each one transaction that also marks it.

So an item happens once or not at all, whoever is killed when, and any worker can take the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Staff
from dingfen.clocks import actions as clocks
from dingfen.clocks.models import Clock
from dingfen.ownership import watch
from dingfen.ownership.actions import pool, taking_over
from dingfen.ownership.actions.common import about_customer, held_facts, write
from dingfen.ownership.actions.holding import end_hold, lock_person, move, room_at, tell_moved
from dingfen.ownership.handover.actions import enter
from dingfen.ownership.handover.models import Handover, HandoverItem
from dingfen.ownership.handover.queries import MOVABLE
from dingfen.ownership.models import IN_POOL, Claim, Dispute, Effect, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rules import rules_at, rules_needed
from dingfen.ownership.states import OPEN
from dingfen.problems import Problem, conflict

State, Item = Handover.State, HandoverItem.State
AT_WORK = (State.RUNNING, State.UNDOING)
AT_ONCE = 20
DATES = ("protected_until", "follow_up_due", "last_effective_at")


def run_one(at: datetime) -> bool:
    """The worker's job: the next items of the oldest hand-over at work; whether there was one."""
    found = Handover.objects.filter(state__in=AT_WORK).order_by("pk").values_list("pk", flat=True).first()
    if found is None:
        return False
    ran = 0
    while ran < AT_ONCE and run_item(found, at):
        ran += 1
    return ran > 0


def run_item(pk: int, at: datetime) -> bool:
    """The next item in a transaction of its own (the register comes last in each); False when none was done."""
    with transaction.atomic():
        found = (
            Handover.objects.select_for_update(
                of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
            )
            .select_related(
                "person__unit__company", "unit__company", "company", "made_by__unit", "made_by__company"
            )
            .filter(pk=pk, state__in=AT_WORK)
            .first()
        )
        if found is None:
            return False
        actor, undoing = actor_for(found.made_by, at, "handover"), found.state == State.UNDOING
        item = _next(found, undoing)
        if item is None:
            _finish(found, undoing, actor, at)
        else:
            _attempt(found, item, undoing, actor, at)
    return True


def run_to_end(found: Handover, at: datetime) -> Handover:
    """Run in the foreground, as the demo and tests do."""
    while run_item(found.pk, at):
        pass
    found.refresh_from_db()
    return found


def _next(found: Handover, undoing: bool) -> HandoverItem | None:
    items = found.items.select_related("to__unit__company", "to__company")
    if undoing:
        return items.filter(state=Item.DONE).order_by("-pk").first()
    return items.filter(state=Item.PLANNED).exclude(to=None, to_pool=False).order_by("pk").first()


def _attempt(found: Handover, item: HandoverItem, undoing: bool, actor: Actor, at: datetime) -> None:
    """One item: done, or refused for a reason that is kept; the others go on."""
    try:
        with transaction.atomic():
            if undoing:
                BACK[item.kind](found, item, actor, at)
                item.state = Item.UNDONE
            else:
                OVER[item.kind](found, item, actor, at)
                item.state = Item.DONE
            item.problem = {}
    except Problem as problem:
        item.state = Item.FAILED
        item.problem = {"code": problem.code, "params": {k: str(v) for k, v in problem.params.items()}}
    item.save(update_fields=["state", "problem", "made", "earlier"])


def _hold(pk: int, *states: str) -> Registration:
    """A hold under lock, in one of these states."""
    held = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder__unit__company", "unit__company", "company", "policy")
        .get(pk=pk)
    )
    if held.state not in states:
        raise conflict("registration.state", state=held.state)
    return held


def _hand_over(found: Handover, item: HandoverItem, actor: Actor, at: datetime) -> None:
    if item.to is not None:
        lock_person(item.to.uid)
    held = _hold(item.registration_id or 0, *MOVABLE)
    if held.holder_id != found.person_id:
        raise conflict("registration.state", state=held.state)
    item.earlier = {"state": held.state, **{name: _text(getattr(held, name)) for name in DATES}}
    facts = {**held_facts(held), "handover": str(found.uid)}
    if item.to is None:
        watch.end(held, actor, at, "handover")
        end_hold(held, Registration.State.POOLED, at, found.reason)
        kind = "registration.released"
    else:
        room_at(item.to, at)
        new = move(held, item.to, actor, at, found.reason, keep=found.dates == Handover.Dates.KEEP)
        item.made, kind = new, "registration.transferred"
        facts |= {"to": str(item.to.uid), "new": str(new.uid)}
    write(
        actor=actor,
        at=at,
        kind=kind,
        unit=held.unit,
        subject=about_customer(held),
        facts=facts,
        rules=rules_at(held.unit, at),
    )


def _take_back(found: Handover, item: HandoverItem, actor: Actor, at: datetime) -> None:
    if item.made_id is None:
        held = _hold(item.registration_id or 0, *IN_POOL)
        back = pool.begin(held, found.person, rules_needed(found.unit, at), actor, at)
    else:
        held = _hold(item.made_id, *MOVABLE)
        if item.to_id != held.holder_id:
            raise conflict("registration.state", state=held.state)
        back = move(held, found.person, actor, at, found.reason, keep=True)
        write(
            actor=actor,
            at=at,
            kind="registration.transferred",
            unit=held.unit,
            subject=about_customer(held),
            facts={
                **held_facts(held),
                "handover": str(found.uid),
                "to": str(found.person.uid),
                "new": str(back.uid),
            },
            rules=rules_at(held.unit, at),
        )
    _as_before(back, item, actor, at)


def _as_before(back: Registration, item: HandoverItem, actor: Actor, at: datetime) -> None:
    """The state and the dates the person had."""
    moments = {name: _moment(item.earlier.get(name)) for name in DATES}
    for name, moment in moments.items():
        setattr(back, name, moment)
    back.state = item.earlier.get("state", back.state)
    back.save(update_fields=[*DATES, "state"])
    if back.protected_until is not None:
        watch.set_end(back, actor, at)


def _claim_over(found: Handover, item: HandoverItem, actor: Actor, at: datetime) -> None:
    assert item.to is not None
    dispute, claim = _claim(item, found.person)
    taking_over.hand(dispute, claim.pk, item.to, actor, at, found.reason, str(found.uid))


def _claim_back(found: Handover, item: HandoverItem, actor: Actor, at: datetime) -> None:
    assert item.to is not None
    dispute, claim = _claim(item, item.to)
    taking_over.hand_back(dispute, claim.pk, actor, at, str(found.uid))


def _claim(item: HandoverItem, claimant: Staff) -> tuple[Dispute, Claim]:
    """The claim and its dispute under lock, as long as it is open and this person's."""
    claim = Claim.objects.get(pk=item.claim_id or 0)
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related(
            "case__customer", "case__unit__company", "case__company", "registration", "deal", "policy"
        )
        .get(pk=claim.dispute_id)
    )
    if dispute.state not in OPEN:
        raise conflict("dispute.state", state=dispute.state)
    claim.refresh_from_db()
    if claim.claimant_id != claimant.pk or claim.withdrawn_at is not None:
        raise conflict("claim.not_theirs", staff=claimant.name)
    return dispute, claim


def _duty_over(found: Handover, item: HandoverItem, actor: Actor, at: datetime) -> None:
    assert item.to is not None
    _give_duty(item, found.person, item.to, found, actor, at)


def _duty_back(found: Handover, item: HandoverItem, actor: Actor, at: datetime) -> None:
    assert item.to is not None
    _give_duty(item, item.to, found.person, found, actor, at)


def _give_duty(
    item: HandoverItem, giver: Staff, receiver: Staff, found: Handover, actor: Actor, at: datetime
) -> None:
    """A duty goes to somebody else with its clock; money never does."""
    effect = (
        Effect.objects.select_for_update(of=("self",))
        .select_related("ruling__dispute__case__unit__company")
        .get(pk=item.effect_id or 0)
    )
    if effect.state != Effect.State.DUE or effect.staff_id != giver.pk:
        raise conflict("effect.state", state=effect.state)
    effect.staff = receiver
    effect.save(update_fields=["staff"])
    for clock in Clock.objects.live().filter(subject_uid=effect.uid).order_by("pk"):
        clocks.reassign(actor=actor, at=at, clock=clock, responsible=receiver, reason="handover")
    case = effect.ruling.dispute.case
    write(
        actor=actor,
        at=at,
        kind="effect.reassigned",
        unit=case.unit,
        subject=("dispute", case.uid),
        facts={
            "effect": str(effect.uid),
            "code": effect.code,
            "staff": str(giver.uid),
            "to": str(receiver.uid),
            "handover": str(found.uid),
        },
    )


Run = Callable[[Handover, HandoverItem, Actor, datetime], None]
OVER: dict[str, Run] = {"hold": _hand_over, "claim": _claim_over, "duty": _duty_over}
BACK: dict[str, Run] = {"hold": _take_back, "claim": _claim_back, "duty": _duty_back}


def _finish(found: Handover, undoing: bool, actor: Actor, at: datetime) -> None:
    states = Counter(found.items.values_list("state", flat=True))
    if undoing:
        found.state = State.UNDONE
    else:
        found.state, found.finished_at = (State.PARTLY if states[Item.FAILED] else State.DONE), at
    found.version += 1
    found.save(update_fields=["state", "finished_at", "version"])
    done = states[Item.UNDONE] if undoing else states[Item.DONE]
    params = {"staff": found.person.name, "done": done, "failed": states[Item.FAILED]}
    key = f"handover:{found.uid}:{found.state}"
    tell([found.made_by], "handover.done", ("handover", found.uid), params, at=at, key=key)
    if not undoing:
        for receiver in _receivers(found):
            count = found.items.filter(to=receiver, state=Item.DONE).count()
            tell_moved(receiver, found.person, count, ("handover", found.uid), at, key)
    kind = "handover.undone" if undoing else "handover.done"
    enter(found, kind, actor, at, {"done": done, "failed": states[Item.FAILED]})


def _receivers(found: Handover) -> list[Staff]:
    ids = found.items.filter(state=Item.DONE).exclude(to=None).values_list("to_id", flat=True)
    return list(Staff.objects.filter(pk__in=set(ids)).select_related("unit", "company").order_by("pk"))


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
