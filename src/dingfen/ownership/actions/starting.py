"""Imported disputes lie still until a person starts them: then their clocks run and people are told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.ownership import watch
from dingfen.ownership.actions.common import lock_dispute, write
from dingfen.ownership.actions.opening import rules_of
from dingfen.ownership.models import Claim, Dispute
from dingfen.ownership.notices import tell
from dingfen.ownership.states import BEFORE_RULING
from dingfen.problems import conflict


@transaction.atomic
def start(*, actor: Actor, at: datetime, dispute_uid: object) -> Dispute:
    """Let an imported dispute run from now: claimants are asked for their statements, as in any other.

    After their time a ruling is proposed anew, with what they have said. Raises Problem `dispute.started` (409)
    for one that runs already or was not imported, `dispute.no_rules` where no policy was in force.
    """
    dispute = lock_dispute(actor, dispute_uid, *BEFORE_RULING)
    require(actor, "dispute.rule", company_id=dispute.case.company_id, path=dispute.case.unit.path)
    if not watch.quiet(dispute) or dispute.confirmations.filter(void=False).exists():
        raise conflict("dispute.started", number=dispute.case.number)
    rules = rules_of(dispute, at)
    if rules is None:
        raise conflict("dispute.no_rules", number=dispute.case.number)
    decides = rules.ownership.decides
    until = rules.due(at, decides.statement)
    dispute.state = Dispute.State.EVIDENCE
    dispute.version += 1
    dispute.save(update_fields=["state", "version"])
    claims = Claim.objects.filter(dispute=dispute, withdrawn_at=None)
    claims.update(answer_by=until)
    watch.limit(dispute, watch.EVIDENCE, until, actor, at, article=decides.article)
    tell(
        [claim.claimant for claim in claims.select_related("claimant__unit", "claimant__company")],
        "dispute.claim",
        ("dispute", dispute.case.uid),
        {"number": dispute.case.number, "deadline": until.isoformat()},
        at=at,
        key=f"claim:{dispute.case.uid}",
    )
    write(
        actor=actor,
        at=at,
        kind="dispute.started",
        unit=dispute.case.unit,
        subject=("dispute", dispute.case.uid),
        facts={"number": dispute.case.number, "until": until.isoformat()},
        rules=rules,
    )
    return dispute
