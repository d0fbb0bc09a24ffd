"""How a complaint ends: closed, withdrawn, not accepted, merged; and how it is taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import decide
from dingfen.accounts.actor import Actor, system_actor
from dingfen.complaints import questioning, watch
from dingfen.complaints.actions.changing import UNDECIDED
from dingfen.complaints.actions.common import REASON_LEAST, enter, keep, lock, reason_of
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Between, Complaint, Issue, Promise, Proposal
from dingfen.complaints.notices import tell
from dingfen.complaints.people import desk
from dingfen.complaints.rules import rules_of
from dingfen.engine.after_closing import reopening, retention_until
from dingfen.engine.complaint_clocks import Allowed
from dingfen.engine.complaint_facts import ComplaintFacts
from dingfen.problems import conflict, invalid

State = Complaint.State
DONE = (Issue.State.SETTLED, Issue.State.UNRESOLVED, Issue.State.WITHDRAWN)


@transaction.atomic
def close(
    *, actor: Actor, at: datetime, case_uid: object, told: str = "", version: int | None = None
) -> Complaint:
    """Close it: only when each issue is settled, unresolved or withdrawn, and what was accepted is delivered.

    `told`: how and when the customer was told the result and thanked. Raises `close.issues`, `close.none`,
    `close.promises`, `close.between`, `close.changes` (409).
    """
    complaint = lock(actor, case_uid, version=version)
    issues = list(complaint.issues.all())
    waiting = [str(one.number) for one in issues if one.state not in DONE]
    if not issues:
        raise conflict("close.none")
    if waiting:
        raise conflict("close.issues", issues=waiting)
    if complaint.promises.filter(state=Promise.State.OPEN).exists():
        raise conflict("close.promises")
    if Between.objects.filter(complaint=complaint, outcome="").exists():
        raise conflict("close.between")
    if complaint.changes.filter(state__in=UNDECIDED).exists():
        raise conflict("close.changes")
    agreed = all(one.state != Issue.State.UNRESOLVED for one in issues)
    text = reason_of(told, "told")
    _end(complaint, State.CLOSED_ACCEPTED if agreed else State.CLOSED_OPEN, actor, at)
    watch.happened(complaint, "closed", actor, at)
    watch.end(complaint, actor, at, watch.BEFORE_CLOSING)
    facts = {"state": complaint.state, "issues": {str(one.uid): one.state for one in issues}}
    enter(complaint, actor, at, "complaint.closed", facts, {"told": text})
    return complaint


def _end(complaint: Complaint, state: str, actor: Actor, at: datetime) -> None:
    complaint.state = state
    complaint.case.closed_at = at
    complaint.case.save(update_fields=["closed_at"])
    rules = rules_of(complaint)
    if rules is not None:
        until = retention_until(rules.complaints, complaint.received_at, at, rules.calendar)
        complaint.retain_until = complaint.case.unit.day(until) if until else None
    keep(complaint, "state", "retain_until")


@transaction.atomic
def withdraw(*, actor: Actor | None, at: datetime, case_uid: object, said: str) -> Complaint:
    """The customer takes the complaint back; it ends the same day. `said`: in their words, as far as known.

    `actor` None: the customer does it on the public page, and need not say why; the handler hears of it.
    """
    complaint = lock(actor, case_uid)
    text = said.strip() if actor is None else reason_of(said, "said", 4)
    by_customer, actor = actor is None, actor or system_actor(complaint.case.company, channel="web")
    Issue.objects.filter(complaint=complaint).exclude(state__in=DONE).update(
        state=Issue.State.WITHDRAWN, ended_at=at
    )
    _end(complaint, State.WITHDRAWN, actor, at)
    watch.happened(complaint, "withdrawn", actor, at)
    watch.end(complaint, actor, at)
    if by_customer:
        people = [complaint.handler] if complaint.handler else desk(complaint.case, at)
        tell(people, "complaint.message", complaint, at=at, key=f"withdrawn:{complaint.version}")
    facts = {"by_customer": by_customer}
    enter(complaint, actor, at, "complaint.withdrawn", facts, {"said": text} if text else None)
    return complaint


@transaction.atomic
def not_accept(*, actor: Actor, at: datetime, case_uid: object, reason: str, elsewhere: str) -> Complaint:
    """Do not accept it, with the reason and where else the customer can turn; a head or above says so."""
    complaint = lock(actor, case_uid, permission="complaint.approve")
    why, where = reason_of(reason), reason_of(elsewhere, "elsewhere", 4)
    Issue.objects.filter(complaint=complaint).exclude(state__in=DONE).update(
        state=Issue.State.WITHDRAWN, ended_at=at
    )
    _end(complaint, State.NOT_ACCEPTED, actor, at)
    watch.happened(complaint, "decided", actor, at)
    watch.end(complaint, actor, at)
    enter(complaint, actor, at, "complaint.not_accepted", {}, {"reason": why, "elsewhere": where})
    return complaint


@transaction.atomic
def reopen(
    *, actor: Actor | None, at: datetime, case_uid: object, reason: str, issues: Sequence[object] = ()
) -> Complaint:
    """Take it up again: the fix did not work, or new facts came. `issues`: uids of those concerned; all if none.

    `actor` None: the customer says so on the public page; the handler, or the desk, hears of it.
    Raises `reopen.not_allowed` (409) with the article where the rules don't foresee it; a head or above may
    reopen it all the same.
    """
    complaint = lock(actor, case_uid, "closed_accepted", "closed_open", "withdrawn")
    why = reason_of(reason, least=REASON_LEAST if actor else 2)
    _reopening_allowed(complaint, actor, at)
    actor = actor or system_actor(complaint.case.company, channel="web")
    rows = complaint.issues.all()
    named = {str(uid) for uid in issues}
    again = [one for one in rows if not named or str(one.uid) in named]
    if not again:
        raise invalid({"issues": [("required", {})]})
    for issue in again:
        issue.state, issue.ended_at = Issue.State.INVESTIGATING, None
        issue.save(update_fields=["state", "ended_at"])
    complaint.state, complaint.decided_at = State.INVESTIGATING, None
    complaint.reopened += 1
    complaint.case.closed_at = None
    complaint.case.save(update_fields=["closed_at"])
    keep(complaint, "state", "decided_at", "reopened")
    watch.end(complaint, actor, at)
    watch.happened(complaint, "reopened", actor, at)
    people = [complaint.handler] if complaint.handler else desk(complaint.case, at)
    others = [one for one in people if one.pk != actor.staff_id]
    tell(others, "complaint.reopened", complaint, at=at, key=str(complaint.reopened))
    rules = rules_of(complaint)
    rule = rules.complaints.reopening if rules else None
    questioning.reopened(complaint, rule.article if rule else "", actor, at)
    facts = {"times": complaint.reopened, "issues": [str(one.uid) for one in again]}
    enter(complaint, actor, at, "complaint.reopened", facts, {"reason": why})
    return complaint


def _reopening_allowed(complaint: Complaint, actor: Actor | None, at: datetime) -> None:
    if actor and decide(actor, "complaint.approve", path=complaint.case.unit.path).allowed:
        return
    found = may_reopen(complaint, facts_of(complaint, at), at)
    if actor is None and (found is None or not found.allowed):
        raise conflict("reopen.over")
    if found is not None and not found.allowed:
        raise conflict("reopen.not_allowed", article=found.article, until=found.until)


def may_reopen(complaint: Complaint, facts: ComplaintFacts, at: datetime) -> Allowed | None:
    """What the rules say of reopening with these facts; None without rules, or while it is not closed."""
    rules, closed = rules_of(complaint), complaint.case.closed_at
    if rules is None or closed is None:
        return None
    return reopening(
        rules.complaints, closed, at, complaint.reopened, facts, rules.calendar,
        klass=complaint.klass or None, level=complaint.level or None,
    )  # fmt: skip


@transaction.atomic
def merge(*, actor: Actor, at: datetime, case_uid: object, into_uid: object, reason: str = "") -> Complaint:
    """Count a complaint as another one: the same matter came twice. It can be undone.

    What the customer says goes on in the other. Raises at `into`; `merge.open` (409) while a proposal or a promise
    to the customer is open in it.
    """
    complaint, into = lock(actor, case_uid), lock(actor, into_uid)
    if complaint.pk == into.pk:
        raise invalid({"into": [("other.same", {})]})
    offered = complaint.proposals.filter(state__in=(Proposal.State.OFFERED, Proposal.State.DELIVERING))
    if offered.exists() or complaint.promises.filter(state=Promise.State.OPEN).exists():
        raise conflict("merge.open", number=complaint.case.number)
    complaint.state_before, complaint.state, complaint.merged_into = complaint.state, State.MERGED, into
    keep(complaint, "state", "state_before", "merged_into")
    watch.end(complaint, actor, at)
    enter(
        complaint, actor, at, "complaint.merged", {"into": str(into.case.uid)},
        {"reason": reason.strip()} if reason.strip() else None,
    )  # fmt: skip
    return complaint


@transaction.atomic
def undo_merge(*, actor: Actor, at: datetime, case_uid: object) -> Complaint:
    """Take a merge back: the complaint is open again as it was, its clocks run from when they began."""
    complaint = lock(actor, case_uid, "merged")
    into = complaint.merged_into
    complaint.state, complaint.merged_into, complaint.state_before = complaint.state_before, None, ""
    keep(complaint, "state", "merged_into", "state_before")
    watch.restart(complaint, actor, at)
    enter(complaint, actor, at, "complaint.unmerged", {"from": str(into.case.uid) if into else None})
    return complaint
