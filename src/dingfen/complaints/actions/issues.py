"""The issues of a complaint: listed, looked into, found, settled or not, each on its own (B4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.cases import thread
from dingfen.complaints import watch
from dingfen.complaints.actions.common import (
    colleague,
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.models import Complaint, Issue, Proposal
from dingfen.complaints.rules import rules_of
from dingfen.problems import conflict, invalid, missing, read_uid

State = Issue.State
TITLE = 120
MOST_ISSUES = 40
GOING_ON = (State.OPEN, State.INVESTIGATING, State.FOUND, State.OFFERED)


@transaction.atomic
def list_issue(
    *, actor: Actor, at: datetime, case_uid: object, title: str, told: str = "", klass: str = ""
) -> Issue:
    """List one thing the customer wants settled. Raises at `title`, `klass`; `issue.too_many` (409)."""
    complaint = lock(actor, case_uid)
    title = title.strip()
    if not title or len(title) > TITLE:
        raise invalid({"title": [("required", {}) if not title else ("too_long", {"limit": TITLE})]})
    known_class(complaint, klass)
    last = complaint.issues.aggregate(n=Max("number"))["n"] or 0
    if last >= MOST_ISSUES:
        raise conflict("issue.too_many", limit=MOST_ISSUES)
    words = {"title": title, "told": told.strip()[:4000]}
    issue = Issue.objects.create(
        complaint=complaint,
        number=last + 1,
        sealed=thread.sealer_of(complaint.case).seal(words),
        klass=klass,
        listed_at=at,
    )
    keep(complaint)
    enter(complaint, actor, at, "issue.listed", {"issue": str(issue.uid), "klass": klass}, words)
    return issue


def known_class(complaint: Complaint, klass: str) -> None:
    """Raise at `klass` for one the rules do not know; empty is none yet."""
    rules = rules_of(complaint)
    if klass and rules is not None and klass not in rules.complaints.class_index:
        raise invalid({"klass": [("klass.unknown", {})]})


def locked(actor: Actor, uid: object, *states: str) -> Issue:
    """The issue with its complaint under lock. Raises `issue.state` (409) at another stage."""
    found = Issue.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid)
    issue = Issue.objects.select_for_update(of=("self",)).get(pk=found.pk)
    issue.complaint = complaint
    if states and issue.state not in states:
        raise conflict("issue.state", n=issue.number, stage=str(issue.get_state_display()))
    return issue


@transaction.atomic
def investigate(*, actor: Actor, at: datetime, issue_uid: object) -> Issue:
    """Begin looking into an issue; the complaint is then under investigation."""
    issue = locked(actor, issue_uid, State.OPEN, State.FOUND, State.UNRESOLVED)
    begin(issue.complaint, at)
    issue.state, issue.ended_at = State.INVESTIGATING, None
    issue.save(update_fields=["state", "ended_at"])
    enter(issue.complaint, actor, at, "issue.investigating", {"issue": str(issue.uid)})
    return issue


def begin(complaint: Complaint, at: datetime) -> None:
    """The complaint is under investigation from now on, unless it is further already."""
    before = (Complaint.State.RECEIVED, Complaint.State.ACKNOWLEDGED, Complaint.State.ASSESSED)
    if complaint.state in before:
        complaint.state = Complaint.State.INVESTIGATING
    keep(complaint, "state")


@transaction.atomic
def find(
    *,
    actor: Actor,
    at: datetime,
    issue_uid: object,
    finding: str,
    facts: str,
    grounds: str = "",
    unit: object = None,
    staff: object = None,
) -> Issue:
    """State what was found of an issue, on which facts, and who is responsible; with a reason either way.

    Raises at `finding`, `facts`, `unit`, `staff`.
    """
    issue = locked(actor, issue_uid, State.OPEN, State.INVESTIGATING, State.FOUND)
    if finding not in Issue.Finding.values:
        raise invalid({"finding": [("required", {})]})
    text = reason_of(facts, "facts")
    complaint = issue.complaint
    sealer = thread.sealer_of(complaint.case)
    words = {"facts": text[:8000], "grounds": grounds.strip()[:4000]}
    issue.sealed = sealer.seal({**sealer.open(issue.sealed), **words})
    issue.responsible_unit = _unit(actor, unit)
    issue.responsible = colleague(actor, staff) if staff else None
    issue.finding, issue.state = finding, State.FOUND
    issue.found_at, issue.found_by_id = at, person_of(actor)
    issue.save()
    begin(complaint, at)
    said = {
        "issue": str(issue.uid),
        "finding": finding,
        "unit": str(issue.responsible_unit.uid) if issue.responsible_unit else None,
        "staff": str(issue.responsible.uid) if issue.responsible else None,
    }
    enter(complaint, actor, at, "issue.found", said, words)
    return issue


def _unit(actor: Actor, uid: object) -> Unit | None:
    if not uid:
        return None
    found = Unit.objects.filter(company_id=actor.company_id, uid=read_uid(uid)).first()
    if found is None:
        raise invalid({"unit": [("unit.unknown", {})]})
    return found


@transaction.atomic
def settle(*, actor: Actor, at: datetime, issue_uid: object, how: str) -> Issue:
    """An issue is settled without a proposal: put right at once, or explained and taken as such. How, in words."""
    issue = locked(actor, issue_uid, State.OPEN, State.INVESTIGATING, State.FOUND)
    return _ended(issue, State.SETTLED, "issue.settled", reason_of(how, "how"), actor, at)


@transaction.atomic
def leave_unresolved(*, actor: Actor, at: datetime, issue_uid: object, reason: str) -> Issue:
    """No agreement on an issue and no further proposal. Raises `issue.no_finding` (409) before a finding."""
    issue = locked(actor, issue_uid, State.INVESTIGATING, State.FOUND, State.OFFERED)
    if not issue.finding:
        raise conflict("issue.no_finding", n=issue.number)
    open_ = (Proposal.State.OFFERED, Proposal.State.DELIVERING)
    if issue.proposals.filter(state__in=open_).exists():
        raise conflict("issue.offered", n=issue.number)
    return _ended(issue, State.UNRESOLVED, "issue.unresolved", reason_of(reason), actor, at)


@transaction.atomic
def withdraw_issue(*, actor: Actor, at: datetime, issue_uid: object, said: str) -> Issue:
    """The customer does not go on with an issue. In their words, as far as known."""
    issue = locked(actor, issue_uid, *GOING_ON)
    return _ended(issue, State.WITHDRAWN, "issue.withdrawn", reason_of(said, "said", 4), actor, at)


def _ended(issue: Issue, state: str, kind: str, text: str, actor: Actor, at: datetime) -> Issue:
    complaint = issue.complaint
    sealer = thread.sealer_of(complaint.case)
    issue.sealed = sealer.seal({**sealer.open(issue.sealed), "ended": text[:4000]})
    issue.state, issue.ended_at = state, at
    issue.save(update_fields=["sealed", "state", "ended_at"])
    keep(complaint)
    enter(complaint, actor, at, kind, {"issue": str(issue.uid)}, {"text": text})
    return issue


@transaction.atomic
def decide(*, actor: Actor, at: datetime, case_uid: object, version: int | None = None) -> Complaint:
    """Give the decision: each issue has its finding. Raises `decide.findings` (409) naming those without one."""
    complaint = lock(actor, case_uid, version=version)
    missing_ = [
        str(one.number)
        for one in complaint.issues.all()
        if not one.finding and one.state not in (State.SETTLED, State.WITHDRAWN)
    ]
    if missing_ or not complaint.issues.exists():
        raise conflict("decide.findings", issues=missing_)
    if complaint.decided_at is not None:
        raise conflict("decide.twice", at=complaint.decided_at)
    complaint.decided_at = at
    if complaint.state not in (Complaint.State.PROPOSED, Complaint.State.ON_LADDER):
        complaint.state = Complaint.State.DECIDED
    keep(complaint, "decided_at", "state")
    watch.happened(complaint, "decided", actor, at)
    enter(complaint, actor, at, "complaint.decided")
    return complaint
