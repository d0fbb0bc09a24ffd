"""What follows from a ruling, done: duties and payments."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.ownership import watch
from dingfen.ownership.actions.common import (
    write,
)
from dingfen.ownership.models import Dispute, Effect
from dingfen.problems import conflict, missing, read_uid


@transaction.atomic
def done(*, actor: Actor, at: datetime, effect_uid: object) -> Effect:
    """A duty has been done, a payment made: said by who owes it or by a head. Only when it is due.

    A sanction is not done here: it is heard and decided on its own page.
    """
    effect = (
        Effect.objects.select_for_update(of=("self",))
        .select_related("ruling__dispute__case__unit__company", "staff")
        .filter(uid=read_uid(effect_uid), ruling__dispute__in=Dispute.objects.visible_to(actor))
        .first()
    )
    if effect is None:
        raise missing()
    dispute = effect.ruling.dispute
    if effect.staff_id != actor.staff_id:
        require(actor, "dispute.rule", company_id=dispute.case.company_id)
    if effect.state != Effect.State.DUE or effect.kind == "sanction":
        raise conflict("effect.state", state=effect.state)
    effect.state, effect.done_at = Effect.State.DONE, at
    effect.save(update_fields=["state", "done_at"])
    watch.fulfil(effect, actor, at)
    write(
        actor=actor,
        at=at,
        kind="effect.done",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={
            "effect": str(effect.uid),
            "kind": effect.kind,
            "code": effect.code,
            "staff": str(effect.staff.uid),
        },
    )
    return effect
