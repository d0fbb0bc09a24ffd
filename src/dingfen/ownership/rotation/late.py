"""Calls taken after closing: noted in the evening, entered first the next morning (A10)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.ownership import watch
from dingfen.ownership.actions.common import not_future, write
from dingfen.ownership.lateness import after_closing, enter_by
from dingfen.ownership.notices import tell
from dingfen.ownership.rotation.actions import site_needed
from dingfen.ownership.rotation.models import LateCall
from dingfen.ownership.rotation.queries import salespeople, site_of_actor
from dingfen.ownership.rules import Rules, rules_needed
from dingfen.parties.models import Touch
from dingfen.problems import conflict, invalid, missing


def open_calls(site: Unit, at: datetime) -> list[LateCall]:
    """Calls of a site still to be entered, oldest first."""
    rows = LateCall.objects.filter(site=site, entered_at=None, void_reason="", taken_at__lte=at)
    return list(rows.select_related("staff").order_by("taken_at", "pk"))


@transaction.atomic
def note_call(
    *, actor: Actor, at: datetime, taken_at: datetime | None = None, staff_uid: object = None
) -> LateCall:
    """Note that a call came in after closing: by whom and when, not who called.

    Raises `late.not_after_closing` at `taken_at`, `rotation.not_of_site` at `staff`, `policy.none`.
    """
    require(actor, "rotation.take_part")
    site = site_needed(actor)
    rules, taken = rules_needed(site, at), taken_at or at
    not_future(taken, at, "taken_at")
    if not (rules.ownership.registration.late_evening and after_closing(rules, taken)):
        raise invalid({"taken_at": [("late.not_after_closing", {"closing": _closing(rules, taken)})]})
    if at > enter_by(rules, taken):
        raise invalid({"taken_at": [("late.over", {"until": enter_by(rules, taken)})]})
    wanted = str(staff_uid or actor.uid)
    people = salespeople(site, site.day(taken))
    staff = next((one for one in people if str(one.uid) == wanted), None)
    if staff is None:
        raise invalid({"staff": [("rotation.not_of_site", {"staff": ""})]})
    if staff.pk != actor.staff_id:
        path = staff.unit.path if staff.unit else site.path
        require(actor, "rotation.manage", company_id=actor.company_id, path=path)
    call = LateCall.objects.create(
        site=site,
        staff=staff,
        taken_at=taken,
        noted_at=at,
        noted_by_id=actor.staff_id,
        enter_by=enter_by(rules, taken),
    )
    watch.late_call(call.uid, actor.company_id or 0, staff, taken, rules, actor, at)
    _write("late_call.noted", call, actor, at, rules)
    return call


@transaction.atomic
def void_call(*, actor: Actor, at: datetime, uid: uuid.UUID | str, reason: str) -> LateCall:
    """There is nothing to enter: a wrong number, or entered on paper twice. Raises `late.entered`."""
    require(actor, "rotation.take_part")
    call = lock_call(actor, uid)
    if call.staff_id != actor.staff_id:
        require(actor, "rotation.manage", company_id=actor.company_id, path=call.site.path)
    if not reason.strip():
        raise invalid({"reason": [("required", {})]})
    call.void_reason = reason.strip()[:200]
    call.save(update_fields=["void_reason"])
    watch.late_call_over(call.uid, actor, at, entered=False)
    _write("late_call.voided", call, actor, at, rules_needed(call.site, at))
    return call


def lock_call(actor: Actor, uid: uuid.UUID | str) -> LateCall:
    """An open call of the actor's site with its clock, locked. Raises `not_visible`, `late.entered`."""
    call = (
        LateCall.objects.select_for_update(of=("self",))
        .select_related("site__company", "staff__unit")
        .filter(uid=uid, site__company_id=actor.company_id)
        .first()
    )
    if call is None or call.site != site_of_actor(actor):
        raise missing()
    if not call.is_open:
        raise conflict("late.entered")
    list(Clock.objects.live().select_for_update(of=("self",)).filter(subject_uid=call.uid))
    return call


def entered(call: LateCall, touch: Touch, actor: Actor, at: datetime) -> None:
    """The call has been entered as this touch."""
    call.touch, call.entered_at = touch, at
    call.save(update_fields=["touch", "entered_at"])
    watch.late_call_over(call.uid, actor, at, entered=True)


def on_late_call(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: whoever took the call is reminded at opening, and told when it is late."""
    call = (
        LateCall.objects.select_related("staff__unit", "staff__company").filter(uid=clock.subject_uid).first()
    )
    if call is None or not call.is_open or step not in (watch.WARN, BREACH):
        return
    tell(
        [call.staff],
        "late_call.due",
        ("late_call", call.uid),
        {"at": call.taken_at.isoformat(), "deadline": clock.deadline.isoformat()},
        at=at,
        key=f"late_call:{clock.uid}:{step}",
    )


def _closing(rules: Rules, moment: datetime) -> datetime:
    return rules.calendar.closing(rules.calendar.date_of(moment))


def _write(kind: str, call: LateCall, actor: Actor, at: datetime, rules: Rules) -> None:
    staff: Staff = call.staff
    write(
        actor=actor,
        at=at,
        occurred_at=call.taken_at,
        kind=kind,
        unit=call.site,
        subject=("late_call", call.uid),
        facts={"staff": str(staff.uid), "site": str(call.site.uid)},
        rules=rules,
        personal={"reason": call.void_reason} if call.void_reason else None,
    )
