"""Change requests (B14): asked for, assessed, talked over, decided, signed as a supplementary agreement."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.cases import attachments, thread
from dingfen.clocks import actions as clocks
from dingfen.complaints import authority, watch
from dingfen.complaints.actions.common import amount_of, enter, keep, lock, reason_of
from dingfen.complaints.actions.intake import File
from dingfen.complaints.actions.promising import agreed_promise
from dingfen.complaints.models import ChangeRequest, Channel, Complaint
from dingfen.complaints.notices import tell
from dingfen.complaints.rules import Rules, rules_of
from dingfen.engine.complaint_clocks_form import RANK
from dingfen.engine.complaints import ChangeRequests
from dingfen.engine.deadlines import due
from dingfen.problems import conflict, invalid, missing, read_uid, refused

State = ChangeRequest.State
DECIDED = "change.decided"
UNDECIDED = (State.ASKED, State.ASSESSED)
MOST = 40
MOST_DAYS = 3650


def rule_of(complaint: Complaint) -> ChangeRequests | None:
    """What the rules say of change requests; None where they say nothing."""
    rules = rules_of(complaint)
    return rules.complaints.change_requests if rules else None


@transaction.atomic
def ask_change(
    *, actor: Actor, at: datetime, case_uid: object, what: str, why: str = "", via: str = "phone"
) -> ChangeRequest:
    """The customer asks for a change; whoever decides has the time that the rules give. Raises at `what`, `via`."""
    complaint = lock(actor, case_uid)
    words = {"what": reason_of(what, "what", 4)[:2000], "why": why.strip()[:2000]}
    if via not in Channel.values:
        raise invalid({"via": [("channel.unknown", {})]})
    last = complaint.changes.aggregate(n=Max("mark"))["n"] or 0
    if last >= MOST:
        raise conflict("change.too_many", limit=MOST)
    rules, rule = rules_of(complaint), rule_of(complaint)
    until = due(at, rule.within, rules.calendar) if rules and rule else None
    row = ChangeRequest.objects.create(
        complaint=complaint,
        mark=last + 1,
        via=via,
        asked_at=at,
        asked_by_id=actor.staff_id,
        decide_by=until,
        article=rule.article if rule else "",
        sealed=thread.sealer_of(complaint.case).seal(words),
    )
    watch.happened(complaint, "change_asked", actor, at)
    _clock(row, complaint, rules, actor, at)
    keep(complaint)
    facts = {"change": str(row.uid), "mark": row.mark, "decide_by": until.isoformat() if until else None}
    enter(complaint, actor, at, "change.asked", facts, words, rules=rules)
    return row


def _clock(row: ChangeRequest, complaint: Complaint, rules: Rules | None, actor: Actor, at: datetime) -> None:
    if row.decide_by is None:
        return
    people = authority.approvers(complaint, _decider(complaint), at, None)
    clocks.start(
        actor=actor, at=at, company_id=complaint.case.company_id, kind=DECIDED, subject_type="change",
        subject_uid=row.uid, deadline=row.decide_by, responsible=next(iter(people), complaint.handler),
        steps=[(at + (row.decide_by - at) * 3 / 4, watch.WARN)], article=row.article,
        pack_digest=rules.version.digest if rules else "", params={"number": complaint.case.number},
    )  # fmt: skip


def _decider(complaint: Complaint) -> str:
    rule = rule_of(complaint)
    return rule.decided_by if rule else "head"


@transaction.atomic
def assess_change(
    *,
    actor: Actor,
    at: datetime,
    change_uid: object,
    effect: str,
    days: int | None = None,
    price: object = None,
    currency: str = "CNY",
) -> ChangeRequest:
    """Say what the change means: in words, for the schedule (`days`) and the price (negative: sooner, cheaper).

    Raises at `effect`, `days`, `price`; `change.rank` (403) below whom the rules let assess.
    """
    row, complaint = _locked(actor, change_uid, State.ASKED, State.ASSESSED)
    rule = rule_of(complaint)
    _rank(actor, complaint, rule.assessed_by if rule else "handler", "handler")
    text = reason_of(effect, "effect", 4)
    if days is not None and abs(days) > MOST_DAYS:
        raise invalid({"days": [("days.range", {"limit": MOST_DAYS})]})
    _words(row, effect=text[:2000])
    row.days, row.price, row.currency = days, signed_amount(price), currency
    row.state, row.assessed_at, row.assessed_by_id = State.ASSESSED, at, person_of(actor)
    row.save()
    people = authority.approvers(complaint, _decider(complaint), at, actor.staff_id)
    tell(people, "complaint.change", complaint, at=at, key=f"{row.uid}:{at.isoformat()}")
    keep(complaint)
    facts = {**_facts(row), "days": days, "price": str(row.price) if row.price is not None else None}
    enter(complaint, actor, at, "change.assessed", facts, {"effect": text})
    return row


def signed_amount(value: object) -> Decimal | None:
    """A sum with its sign, as typed. Raises at `price`."""
    text = str(value if value is not None else "").replace("−", "-").replace(" ", "")
    found = amount_of(text.lstrip("+-"), "price")
    return -found if found is not None and text.startswith("-") else found


@transaction.atomic
def note_review(
    *, actor: Actor, at: datetime, change_uid: object, held_at: datetime, present: str, minutes: str
) -> ChangeRequest:
    """Minutes of the review meeting: who was there, what was said of it. Raises at each field."""
    row, complaint = _locked(actor, change_uid, State.ASSESSED)
    if held_at > at:
        raise invalid({"held_at": [("date.future", {"now": at})]})
    words = {
        "present": reason_of(present, "present", 2)[:500],
        "minutes": reason_of(minutes, "minutes", 4)[:4000],
    }
    _words(row, **words)
    row.met_at = held_at
    row.save(update_fields=["met_at", "sealed"])
    keep(complaint)
    enter(complaint, actor, at, "change.reviewed", _facts(row), words, occurred_at=held_at)
    return row


@transaction.atomic
def decide_change(
    *, actor: Actor, at: datetime, change_uid: object, approve: bool, reason: str
) -> ChangeRequest:
    """Approve or refuse a change, with the reason; whom the rules name or above, and not who assessed it.

    Raises `change.rank`, `change.own` (403).
    """
    row, complaint = _locked(actor, change_uid, State.ASSESSED, permission="complaint.view")
    _rank(actor, complaint, _decider(complaint), "head")
    if row.assessed_by_id == actor.staff_id:
        raise refused("change.own")
    why = reason_of(reason)
    _words(row, reason=why[:2000])
    row.state = State.APPROVED if approve else State.REFUSED
    row.decided_at, row.decided_by_id = at, person_of(actor)
    row.save(update_fields=["state", "decided_at", "decided_by", "sealed"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid, met=True)
    watch.happened(complaint, "change_decided", actor, at)
    if complaint.handler and complaint.handler_id != actor.staff_id:
        tell([complaint.handler], "complaint.change", complaint, at=at, key=f"{row.uid}:decided")
    keep(complaint)
    kind = "change.approved" if approve else "change.refused"
    enter(complaint, actor, at, kind, _facts(row), {"reason": why}, rules=rules_of(complaint))
    return row


@transaction.atomic
def sign_change(
    *,
    actor: Actor,
    at: datetime,
    change_uid: object,
    terms: str,
    signed_at: datetime,
    deliver_by: datetime,
    staff: object = None,
    file: File | None = None,
) -> ChangeRequest:
    """The supplementary agreement is signed; what it says is a promise with its date. Raises at each field."""
    row, complaint = _locked(actor, change_uid, State.APPROVED)
    text = reason_of(terms, "terms", 4)
    if signed_at > at:
        raise invalid({"signed_at": [("date.future", {"now": at})]})
    if deliver_by <= at:
        raise invalid({"deliver_by": [("due.past", {})]})
    if file is not None:
        row.paper = attachments.attach(
            actor=actor, at=at, case=complaint.case, name=file.name, content=file.content
        )
    _words(row, terms=text[:4000])
    row.promise = agreed_promise(complaint, actor, at, text, deliver_by, staff or actor.uid)
    row.state, row.signed_at = State.AGREED, signed_at
    row.save()
    keep(complaint)
    facts = {
        **_facts(row),
        "promise": str(row.promise.uid),
        "due": deliver_by.isoformat(),
        **(attachments.facts(row.paper) if row.paper else {}),
    }
    enter(complaint, actor, at, "change.agreed", facts, {"terms": text}, occurred_at=signed_at)
    return row


@transaction.atomic
def withdraw_change(*, actor: Actor, at: datetime, change_uid: object, said: str) -> ChangeRequest:
    """The customer does not go on with it; in their words."""
    row, complaint = _locked(actor, change_uid, State.ASKED, State.ASSESSED, State.APPROVED)
    text = reason_of(said, "said", 4)
    _words(row, reason=text[:2000])
    row.state = State.WITHDRAWN
    row.save(update_fields=["state", "sealed"])
    clocks.end_all(actor=actor, at=at, subject_uid=row.uid)
    keep(complaint)
    enter(complaint, actor, at, "change.withdrawn", _facts(row), {"said": text})
    return row


def may_decide(actor: Actor, row: ChangeRequest) -> bool:
    """Whether the actor decides this one now."""
    wanted = RANK.index(_decider(row.complaint))
    high = any(RANK.index(one) >= wanted for one in authority.roles_of(actor, row.complaint))
    return row.state == State.ASSESSED and high and row.assessed_by_id != actor.staff_id


def _facts(row: ChangeRequest) -> dict[str, object]:
    return {"change": str(row.uid), "mark": row.mark}


def _words(row: ChangeRequest, **more: str) -> None:
    sealer = thread.sealer_of(row.complaint.case)
    row.sealed = sealer.seal({**sealer.open(row.sealed), **more})


def _rank(actor: Actor, complaint: Complaint, wanted: str, least: str) -> None:
    """Whether the actor stands where the rules want it, or above; the unit's desk counts as the handler."""
    here = [*authority.roles_of(actor, complaint), *(["handler"] if least == "handler" else [])]
    if not any(RANK.index(one) >= RANK.index(wanted) for one in here):
        rule = rule_of(complaint)
        raise refused("change.rank", article=rule.article if rule else "")


def _locked(
    actor: Actor, uid: object, *states: str, permission: str = "complaint.handle"
) -> tuple[ChangeRequest, Complaint]:
    found = ChangeRequest.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid, permission=permission)
    row = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row.complaint = complaint
    if row.state not in states:
        raise conflict("change.state", n=row.mark, stage=str(row.get_state_display()))
    return row, complaint
