"""Clock kinds of this room and what answers them (joined in `dingfen.wiring`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.ownership import watch
from dingfen.ownership.actions import sanctioning
from dingfen.ownership.actions.agreeing import on_agree
from dingfen.ownership.actions.deciding import on_evidence, on_ruling
from dingfen.ownership.actions.holding import on_assign, on_protection
from dingfen.ownership.actions.planning import on_next_step
from dingfen.ownership.actions.pool import on_cool_down
from dingfen.ownership.actions.renewing import on_renewal
from dingfen.ownership.actions.ruling import on_appeal
from dingfen.ownership.actions.telling import on_note, on_tell
from dingfen.ownership.deciders import heads_of
from dingfen.ownership.models import ACTIVE, Effect, Registration
from dingfen.ownership.notices import tell
from dingfen.ownership.rotation.late import on_late_call


def on_duty(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who owes a duty is reminded before the deadline; when it is late the head is told too."""
    effect = (
        Effect.objects.filter(uid=clock.subject_uid, state=Effect.State.DUE)
        .select_related("staff__unit", "staff__company", "ruling__dispute__case")
        .first()
    )
    if effect is None or step not in (watch.WARN, BREACH):
        return
    case = effect.ruling.dispute.case
    tell(
        [effect.staff],
        "effect.due",
        ("dispute", case.uid),
        {"number": case.number, "deadline": clock.deadline.isoformat()},
        at=at,
        key=f"duty:{clock.uid}:{step}",
    )
    if step == BREACH and effect.staff.unit is not None:
        heads = [head for head in heads_of(effect.staff.unit) if head.pk != effect.staff_id]
        tell(
            heads,
            "effect.late",
            ("dispute", case.uid),
            {"number": case.number, "deadline": clock.deadline.isoformat(), "staff": effect.staff.name},
            at=at,
            key=f"duty_late:{clock.uid}",
        )


def on_card(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: the holder is reminded at closing that the card is not complete; heads hear when it stayed so."""
    held = (
        Registration.objects.filter(uid=clock.subject_uid, state__in=ACTIVE)
        .select_related("holder__unit", "holder__company", "unit__company", "customer")
        .first()
    )
    if held is None or not held.card_owed or step not in (watch.WARN, BREACH):
        return
    late = step == BREACH
    tell(
        [held.holder, *(heads_of(held.unit) if late else [])],
        "card.late" if late else "card.due",
        ("customer", held.customer.uid),
        {
            "customer": held.customer.masked_name,
            "until": clock.deadline.isoformat(),
            "article": clock.article,
        },
        at=at,
        key=f"card:{clock.uid}:{step}",
    )


HANDLERS: dict[str, Callable[[Clock, str, datetime], None]] = {
    watch.PROTECTION: on_protection,
    watch.COOL_DOWN: on_cool_down,
    watch.EVIDENCE: on_evidence,
    watch.RULING: on_ruling,
    watch.FINAL: on_ruling,
    watch.APPEAL: on_appeal,
    watch.DUTY: on_duty,
    sanctioning.HEARING: sanctioning.on_hearing,
    sanctioning.DECISION: sanctioning.on_decision,
    sanctioning.APPEAL: sanctioning.on_sanction_appeal,
    watch.CARD: on_card,
    watch.LATE_CALL: on_late_call,
    watch.TELL: on_tell,
    watch.NOTE: on_note,
    watch.NEXT_STEP: on_next_step,
    watch.AGREE: on_agree,
    watch.ASSIGN: on_assign,
    watch.RENEWAL: on_renewal,
}
