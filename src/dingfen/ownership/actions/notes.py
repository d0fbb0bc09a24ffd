"""A note on a dispute: for whoever sees the case; no evidence and no entry of the register."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.cases.actions import add_note
from dingfen.cases.models import CaseNote
from dingfen.ownership.actions.common import read_uid
from dingfen.ownership.models import Dispute
from dingfen.problems import missing


@transaction.atomic
def note(*, actor: Actor, at: datetime, dispute_uid: object, text: str) -> CaseNote:
    """Note something on a dispute one sees. Raises `note.length` at the field `text`."""
    require(actor, "dispute.view")
    dispute = (
        Dispute.objects.visible_to(actor)
        .select_related("case")
        .filter(case__uid=read_uid(dispute_uid))
        .first()
    )
    if dispute is None:
        raise missing()
    return add_note(actor=actor, at=at, case=dispute.case, text=text)
