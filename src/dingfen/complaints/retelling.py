"""A recorded complaint as a story without names: for the console, and as a scenario of a rule book being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.cases.naming import named
from dingfen.complaints.actions.common import RELATED, enter
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint
from dingfen.complaints.rules import rules_of
from dingfen.engine.retelling_complaints import retell_complaint
from dingfen.policies import trials
from dingfen.policies.models import PolicySource
from dingfen.problems import conflict, missing

PERMISSION = "policy.backtest"
FILE = "recorded-complaints"


def knows(actor: Actor, case: UUID | str) -> bool:
    """Whether this is the uid or number of a complaint of the actor's company. Raises Problem 403."""
    require(actor, PERMISSION)
    return Complaint.objects.filter(named(case), case__company_id=actor.company_id).exists()


def recorded(actor: Actor, case: UUID | str) -> Complaint:
    """A complaint of the actor's company by uid or number, for those who write or approve its rules.

    They get its facts without names and nothing else of it. Raises Problem 403, 404; 409 `complaint.no_rules`
    where no rule book judges it.
    """
    require(actor, PERMISSION)
    rows = Complaint.objects.filter(named(case), case__company_id=actor.company_id)
    found = rows.select_related(*RELATED).first()
    if found is None:
        raise missing()
    if found.policy is None:
        raise conflict("complaint.no_rules")
    return found


def told(complaint: Complaint, at: datetime) -> dict[str, Any]:
    """What is known of it at a moment, as a scenario tells it."""
    rules = rules_of(complaint)
    assert rules is not None
    return retell_complaint(
        facts_of(complaint, at),
        rules.complaints,
        rules.calendar,
        klass=complaint.klass or None,
        received_at=complaint.received_at,
        events=list(complaint.events.values_list("name", "at")),
        now=at,
        reopened=complaint.reopened,
        people=complaint.people,
        tried=list(complaint.ladder.order_by("pk").values_list("step", flat=True)),
    )


@transaction.atomic
def make_scenario(*, actor: Actor, at: datetime, case: UUID | str, source_uid: UUID | str) -> PolicySource:
    """Add a recorded complaint, without names, to the scenarios of a rule book being written.

    What it must lead to is what the rules as written now make of it, so it runs green. The use is entered.
    """
    complaint = recorded(actor, case)
    kept = trials.keep(
        actor=actor,
        at=at,
        source_uid=source_uid,
        story=told(complaint, at),
        title="往案重演",
        title_en="A recorded case",
        file=FILE,
    )
    enter(complaint, actor, at, "policy.case_used", {"source": str(source_uid)})
    return kept
