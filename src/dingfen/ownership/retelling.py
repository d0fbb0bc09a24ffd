"""A recorded dispute as a story without names: for the console, and as a scenario of a rule book being written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.cases.naming import named
from dingfen.engine.retelling import retell
from dingfen.ownership.models import Dispute
from dingfen.policies import trials
from dingfen.policies.editing import calendar_for
from dingfen.policies.models import PolicySource
from dingfen.policies.queries import pack_of
from dingfen.problems import conflict, missing
from dingfen.register.append import append

PERMISSION = "policy.backtest"
FILE = "recorded"


def recorded(actor: Actor, case: UUID | str) -> Dispute:
    """A dispute of the actor's company by uid or number, for those who write or approve its rules.

    They get its facts without names and nothing else of it. Raises Problem 403, 404; 409 `dispute.no_facts`
    before the evidence is closed, and where no rule book judges it.
    """
    require(actor, PERMISSION)
    found = Dispute.objects.filter(named(case), case__company_id=actor.company_id)
    dispute = found.select_related("case__unit__company", "policy").first()
    if dispute is None:
        raise missing()
    if not dispute.facts or dispute.policy is None:
        raise conflict("dispute.no_facts")
    return dispute


def told(dispute: Dispute) -> dict[str, Any]:
    """The facts the last proposal rests on, as a scenario tells them."""
    assert dispute.policy is not None
    pack = pack_of(dispute.policy)
    return retell(json.loads(bytes(dispute.facts or b"{}")), pack, calendar_for(pack))


@transaction.atomic
def make_scenario(*, actor: Actor, at: datetime, case: UUID | str, source_uid: UUID | str) -> PolicySource:
    """Add a recorded dispute, without names, to the scenarios of a rule book being written.

    What it must lead to is what the rules as written now make of it, so it runs green. The use is entered.
    """
    dispute = recorded(actor, case)
    kept = trials.keep(
        actor=actor,
        at=at,
        source_uid=source_uid,
        story=told(dispute),
        title="往案重演",
        title_en="A recorded case",
        file=FILE,
    )
    append(
        book=book_of(dispute.case.unit, at=at, actor_id=actor.uid),
        kind="policy.case_used",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("dispute", dispute.case.uid),
        facts={"source": str(source_uid)},
    )
    return kept
