"""Clock kinds of this room and what answers them (joined in `dingfen.wiring`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dingfen.clocks.models import Clock
from dingfen.clocks.steps import BREACH
from dingfen.ownership import watch
from dingfen.ownership.actions.deciding import on_evidence, on_ruling
from dingfen.ownership.actions.holding import on_protection
from dingfen.ownership.actions.pool import on_cool_down
from dingfen.ownership.actions.ruling import on_appeal
from dingfen.ownership.actions.telling import on_note, on_tell
from dingfen.ownership.models import Effect
from dingfen.ownership.notices import tell


def on_duty(clock: Clock, step: str, at: datetime) -> None:
    """Clock handler: who owes a duty is reminded before the deadline and told when it is late."""
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


HANDLERS: dict[str, Callable[[Clock, str, datetime], None]] = {
    watch.PROTECTION: on_protection,
    watch.COOL_DOWN: on_cool_down,
    watch.EVIDENCE: on_evidence,
    watch.RULING: on_ruling,
    watch.FINAL: on_ruling,
    watch.APPEAL: on_appeal,
    watch.DUTY: on_duty,
    watch.TELL: on_tell,
    watch.NOTE: on_note,
}
