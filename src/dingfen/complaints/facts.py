"""What the rules are told of a complaint: rows become facts, by the names of `engine.complaint_facts`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dingfen.complaints.models import Complaint, Issue
from dingfen.database import rows
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
    closed = complaint.case.closed_at
    issues = rows.find(Issue, "t.complaint_id = +%s AND t.state <> 'withdrawn'", [complaint.pk])
    there = dict(rows.run(_THERE, [complaint.pk] * _THERE.count("%s")))
    last = rows.run(_LAST_CALL, [complaint.pk])
    facts: dict[str, Any] = {
        "intake_channel": complaint.channel if complaint.channel != "sms" else "phone",
        "claimed_amount": float(complaint.amount) if complaint.amount is not None else None,
        "complainants": complaint.people,
        "passed_on": complaint.channel == "authority" or there["passed_on"] > 0,
        "vulnerable": complaint.vulnerable,
        "staff_named": there["staff_named"] > 0,
        "between_customers": there["between_customers"] > 0,
        "repeat": there["repeat"] > 0,
        "earlier_complaints": earlier(complaint),
        "promise_broken": there["promise_broken"] > 0,
        "proposals_declined": there["declined"],
        "agreed": bool(issues) and all(one.state == Issue.State.SETTLED for one in issues),
        "decided": complaint.decided_at is not None,
        "finding": finding(issues),
        "mediated": there["mediated"] > 0,
        "since_received": (at - complaint.received_at).total_seconds(),
        "since_decided": (at - complaint.decided_at).total_seconds() if complaint.decided_at else None,
        "since_closed": (at - closed).total_seconds() if closed else None,
    }
    if issues:
        facts["issues"] = len(issues)
    if last:
        facts["remedy_failed"] = last[0][0] == "no"
    return facts | {name: complaint.assessed[name] for name in STATED if name in complaint.assessed}


_THERE = """
SELECT 'passed_on', count(*) FROM complaints_externalreference WHERE complaint_id = +%s
UNION ALL SELECT 'staff_named', count(*) FROM cases_caseperson WHERE case_id = +%s AND part = 'complained_of'
UNION ALL SELECT 'between_customers', count(*) FROM complaints_side WHERE complaint_id = +%s
UNION ALL SELECT 'repeat', count(*) FROM cases_caselink WHERE one_id = +%s AND kind = 'repeat'
UNION ALL SELECT 'promise_broken', count(*) FROM complaints_promise WHERE complaint_id = +%s AND state = 'broken'
UNION ALL SELECT 'declined', count(*) FROM complaints_proposal WHERE complaint_id = +%s AND state = 'declined'
UNION ALL SELECT 'mediated', count(*) FROM complaints_ladderstep
  WHERE complaint_id = +%s AND kind = 'mediation' AND ended_at IS NOT NULL
"""
_LAST_CALL = """
SELECT fixed FROM complaints_callback WHERE complaint_id = +%s AND fixed <> '' ORDER BY at DESC, id DESC LIMIT 1
"""
_SAME_KEY = """
SELECT 1 FROM complaints_complainantkey k JOIN complaints_complainantkey o ON o.lookup = k.lookup
WHERE k.complaint_id = +%s AND o.complaint_id <> k.complaint_id LIMIT 1
"""
_SAME_CUSTOMER = (
    "SELECT 1 FROM cases_case WHERE customer_id = %s AND kind = 'complaint' AND id <> +%s LIMIT 1"
)
"""Here SQLite is to look how frequent the customer is: most cases may have none, and then it would read them all."""


def alone(complaint: Complaint) -> bool:
    """Whether neither the same customer nor whoever is reached the same way has another one: true of most.

    One cheap question before the dear ones that ask which.
    """
    return bool(once(("alone", complaint.pk), lambda: _alone(complaint)))


def _alone(complaint: Complaint) -> bool:
    customer = complaint.case.customer_id
    if customer is not None and rows.run(_SAME_CUSTOMER, [customer, complaint.pk]):
        return False
    return not rows.run(_SAME_KEY, [complaint.pk])


def earlier(complaint: Complaint) -> int:
    """How many complaints the same customer, or whoever is reached the same way, brought in the year before."""
    if alone(complaint):
        return 0
    lookups = [bytes(one) for one in complaint.keys.values_list("lookup", flat=True)]
    same = Q(keys__lookup__in=lookups)
    if complaint.case.customer_id:
        same |= Q(case__customer_id=complaint.case.customer_id)
    since = complaint.received_at - YEAR
    found = Complaint.objects.filter(
        same,
        case__company_id=complaint.case.company_id,
        received_at__gte=since,
        received_at__lte=complaint.received_at,
    )
    return found.exclude(pk=complaint.pk).exclude(state="merged").distinct().count()


def finding(issues: list[Issue]) -> str | None:
    """What was found of a complaint as a whole: partly upheld where its issues differ."""
    found = {one.finding for one in issues if one.finding}
    if not found:
        return None
    if len(found) == 1:
        return found.pop()
    upheld = found & {Issue.Finding.UPHELD, Issue.Finding.PARTLY}
    return Issue.Finding.PARTLY if upheld else Issue.Finding.NOT
