"""What the rules are told of a complaint: rows become facts, by the names of `engine.complaint_facts`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dingfen.cases.models import CaseLink, CasePerson
from dingfen.complaints.models import Complaint, Issue, Proposal
from dingfen.database.once import once

YEAR = timedelta(days=365)
STATED = (
    "injury", "danger", "media", "legal_steps", "distressed", "threat", "new_facts", "data_leak", "hardship",
    "complex", "especially_complex", "authority_shown", "arbitration_agreed", "reviewed",
)  # fmt: skip
"""What a person states when assessing; not stated means not known."""


def facts_of(complaint: Complaint, at: datetime) -> dict[str, Any]:
    """The facts of a complaint as far as they are known at `at`."""
    return dict(once(("complaint facts", complaint.pk, at), lambda: _facts(complaint, at)))


def facts_at_receipt(
    complaint: Complaint, at: datetime, *, staff_named: bool, passed_on: bool
) -> dict[str, Any]:
    """The facts of a complaint in the transaction that registers it: what `facts_of` says, without asking for rows
    that can't be there yet."""
    facts: dict[str, Any] = {
        "intake_channel": complaint.channel if complaint.channel != "sms" else "phone",
        "claimed_amount": float(complaint.amount) if complaint.amount is not None else None,
        "complainants": complaint.people,
        "passed_on": complaint.channel == "authority" or passed_on,
        "vulnerable": complaint.vulnerable,
        "staff_named": staff_named,
        "earlier_complaints": earlier(complaint),
        "proposals_declined": 0,
        "since_received": (at - complaint.received_at).total_seconds(),
        "finding": None,
        "since_decided": None,
        "since_closed": None,
        **dict.fromkeys(
            ("between_customers", "repeat", "promise_broken", "agreed", "decided", "mediated"), False
        ),
    }
    return facts | {name: complaint.assessed[name] for name in STATED if name in complaint.assessed}


def _facts(complaint: Complaint, at: datetime) -> dict[str, Any]:
    case = complaint.case
    closed = case.closed_at
    issues = list(complaint.issues.exclude(state=Issue.State.WITHDRAWN))
    last = complaint.call_backs.exclude(fixed="").order_by("-at", "-pk").first()
    facts: dict[str, Any] = {
        "intake_channel": complaint.channel if complaint.channel != "sms" else "phone",
        "claimed_amount": float(complaint.amount) if complaint.amount is not None else None,
        "complainants": complaint.people,
        "passed_on": complaint.channel == "authority" or complaint.references.exists(),
        "vulnerable": complaint.vulnerable,
        "staff_named": case.people.filter(part=CasePerson.Part.COMPLAINED_OF).exists(),
        "between_customers": complaint.sides.exists(),
        "repeat": case.links.filter(kind=CaseLink.Kind.REPEAT).exists(),
        "earlier_complaints": earlier(complaint),
        "promise_broken": complaint.promises.filter(state="broken").exists(),
        "proposals_declined": complaint.proposals.filter(state=Proposal.State.DECLINED).count(),
        "agreed": bool(issues) and all(one.state == Issue.State.SETTLED for one in issues),
        "decided": complaint.decided_at is not None,
        "finding": finding(issues),
        "mediated": complaint.ladder.filter(kind="mediation", ended_at__isnull=False).exists(),
        "since_received": (at - complaint.received_at).total_seconds(),
        "since_decided": (at - complaint.decided_at).total_seconds() if complaint.decided_at else None,
        "since_closed": (at - closed).total_seconds() if closed else None,
    }
    if issues:
        facts["issues"] = len(issues)
    if last is not None:
        facts["remedy_failed"] = last.fixed == "no"
    return facts | {name: complaint.assessed[name] for name in STATED if name in complaint.assessed}


def earlier(complaint: Complaint) -> int:
    """How many complaints the same customer, or whoever is reached the same way, brought in the year before."""
    lookups = [bytes(one) for one in complaint.keys.values_list("lookup", flat=True)]
    same = Q(keys__lookup__in=lookups)
    if complaint.case.customer_id:
        same |= Q(case__customer_id=complaint.case.customer_id)
    since = complaint.received_at - YEAR
    rows = Complaint.objects.filter(
        same,
        case__company_id=complaint.case.company_id,
        received_at__gte=since,
        received_at__lte=complaint.received_at,
    )
    return rows.exclude(pk=complaint.pk).exclude(state="merged").distinct().count()


def finding(issues: list[Issue]) -> str | None:
    """What was found of a complaint as a whole: partly upheld where its issues differ."""
    found = {one.finding for one in issues if one.finding}
    if not found:
        return None
    if len(found) == 1:
        return found.pop()
    upheld = found & {Issue.Finding.UPHELD, Issue.Finding.PARTLY}
    return Issue.Finding.PARTLY if upheld else Issue.Finding.NOT
