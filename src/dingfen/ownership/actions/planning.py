"""The next step (下一步): the contact a holder has planned. A reminder, never a follow-up: it protects nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.clocks.sweep import still_due
from dingfen.ownership import watch
from dingfen.ownership.actions.common import lock_registration, same_version
from dingfen.ownership.models import ACTIVE, Registration
from dingfen.ownership.notices import tell
from dingfen.parties.actions.common import sealer_of
from dingfen.parties.details import Errors
from dingfen.problems import invalid

FARTHEST = timedelta(days=366)
WORDS = 80


@transaction.atomic
def plan_next(
    *,
    actor: Actor,
    at: datetime,
    registration_uid: object,
    next_step_at: datetime | None,
    next_step: str = "",
    version: int | None = None,
) -> Registration:
    """Plan the next contact of a hold, when and what for; None takes the plan back.

    The plan is no evidence, so it is no entry of the register. Raises `input.invalid` at `next_step_at`,
    `next_step`.
    """
    held = lock_registration(actor, registration_uid, *ACTIVE, permission="touch.record")
    same_version(held.version, version)
    check_step(next_step_at, next_step, at)
    if next_step_at is None:
        _forget(held, actor, at, done=False)
        return held
    set_step(held, next_step_at, next_step, actor, at)
    return held


def set_step(held: Registration, when: datetime, words: str, actor: Actor, at: datetime) -> None:
    """Write a checked plan to a locked hold, and let the reminder run."""
    words = words.strip()
    held.next_step_at = when
    held.next_step = sealer_of(held.customer).seal({"next_step": words}) if words else b""
    _keep(held)
    watch.plan(held, when, actor, at)


def check_step(when: datetime | None, words: str, at: datetime) -> None:
    """Raises `input.invalid`: a step lies ahead, within a year; words without a moment remind nobody."""
    errors: Errors = {}
    if when is None and words.strip():
        errors["next_step_at"] = [("required", {})]
    elif when is not None and not at < when <= at + FARTHEST:
        errors["next_step_at"] = [("next_step.ahead", {"now": at})]
    if len(words) > WORDS:
        errors["next_step"] = [("too_long", {"limit": WORDS})]
    if errors:
        raise invalid(errors)


def step_taken(held: Registration, actor: Actor, at: datetime) -> None:
    """The holder was in touch: what was planned is done."""
    if held.next_step_at is not None:
        _forget(held, actor, at, done=True)


def _forget(held: Registration, actor: Actor, at: datetime, *, done: bool) -> None:
    held.next_step_at, held.next_step = None, b""
    _keep(held)
    watch.unplan(held, actor, at, done=done)


def _keep(held: Registration) -> None:
    held.version += 1
    held.save(update_fields=["next_step_at", "next_step", "version"])


def on_next_step(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the holder is reminded at the moment planned, once."""
    held = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("customer", "holder__unit", "holder__company")
        .filter(uid=clock.subject_uid, state__in=ACTIVE)
        .first()
    )
    if held is None or step != BREACH or held.next_step_at is None or not still_due(clock):
        return
    tell(
        [held.holder],
        "registration.next_step",
        ("registration", held.uid),
        {"customer": held.customer.masked_name, "at": clock.deadline.isoformat()},
        at=at,
        key=f"next_step:{clock.uid}:{clock.deadline.isoformat()}",
    )
