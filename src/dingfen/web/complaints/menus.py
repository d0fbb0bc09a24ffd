"""The choices of the forms on the page of a complaint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.complaints.casefile.paper import PURPOSES
from dingfen.complaints.facts import STATED
from dingfen.complaints.models import (
    Action,
    Between,
    CallBack,
    Channel,
    Complaint,
    Custody,
    Exhibit,
    Issue,
    LadderStep,
    Stretch,
)
from dingfen.complaints.representing import BASIS_WORDS
from dingfen.complaints.rules import Rules
from dingfen.database import kept
from dingfen.engine.complaint_facts import BY_NAME
from dingfen.parties.texts import REVEAL_REASONS
from dingfen.web.complaints import who, words


def _staff(companies: Sequence[int]) -> QuerySet[Staff]:
    return Staff.objects.filter(company_id__in=companies, is_active=True).order_by("name", "pk")[:300]


def _units(companies: Sequence[int]) -> QuerySet[Unit]:
    return Unit.objects.filter(company_id__in=companies, active=True).order_by("path")[:200]


def of(complaint: Complaint, rules: Rules | None, actor: Actor) -> dict[str, Any]:
    """The choices of the forms."""
    own = rules.complaints if rules else None
    return {
        "classes": words.classes(rules),
        "levels": words.choices(own.levels) if own else [],
        "urgencies": words.choices(own.urgencies) if own else [],
        "sensitivities": words.choices(own.sensitivities) if own else [],
        "remedies": words.choices(own.remedies) if own else [],
        "stated": [
            (name, BY_NAME[name].zh if formats.chinese() else BY_NAME[name].en, complaint.assessed.get(name))
            for name in STATED
        ],
        "channels": Channel.choices,
        "findings": Issue.Finding.choices,
        "staff": kept.rows(_staff, among=[actor.company_id or 0]),
        "units": kept.rows(_units, among=[actor.company_id or 0]),
        "exhibits": Exhibit.Kind.choices,
        "acts": [pair for pair in Custody.Act.choices if pair[0] != "taken"],
        "fixed": [pair for pair in CallBack.Fixed.choices if pair[0]],
        "causes": Action.Cause.choices,
        "outcomes": LadderStep.Outcome.choices,
        "stretch": Stretch.Kind,
        "bases": BASIS_WORDS.items(),
        "who": who.fields(),
        "reasons": REVEAL_REASONS.items(),
        "purposes": PURPOSES.items(),
        "between_causes": Between.Cause.choices,
        "between_outcomes": Between.Outcome.choices,
    }
