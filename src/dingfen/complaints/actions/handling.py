"""Who handles a complaint, how it is graded, whose it is and with what it belongs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.access import decide, person_of, require
from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Staff
from dingfen.cases import actions as cases
from dingfen.cases.models import CaseLink, CaseNote, CasePerson
from dingfen.complaints import questioning, watch
from dingfen.complaints.actions.common import (
    RELATED,
    amount_of,
    colleague,
    enter,
    keep,
    lock,
    reason_of,
)
from dingfen.complaints.actions.whose import customer_named
from dingfen.complaints.facts import STATED, facts_of
from dingfen.complaints.models import CLOSED, OPEN, Complaint
from dingfen.complaints.notices import tell
from dingfen.complaints.people import above, desk, kept_out
from dingfen.complaints.rules import rules_of
from dingfen.database import kept
from dingfen.engine.grading import Grade, classify
from dingfen.parties.sealing import sealer
from dingfen.policies.review_rows import ReviewCase
from dingfen.policies.reviewing import LESSON_MOST, Cause, note_case
from dingfen.problems import conflict, invalid, missing, read_uid, refused

State = Complaint.State
ANY = (*OPEN, *CLOSED)


@transaction.atomic
def take(*, actor: Actor, at: datetime, case_uid: object) -> Complaint:
    """Handle it oneself. Raises `complaint.taken` (409) when a colleague does already."""
    complaint = lock(actor, case_uid, permission="complaint.take")
    me = person_of(actor)
    if complaint.handler_id is not None and complaint.handler_id != me:
        raise conflict("complaint.taken", name=complaint.handler.name if complaint.handler else "")
    if me in kept_out(complaint.case):
        raise refused("complaint.own")
    if complaint.handler_id != me:
        hand_to(complaint, Staff.objects.get(pk=me), actor, at, "complaint.taken")
    return complaint


@transaction.atomic
def assign(*, actor: Actor, at: datetime, case_uid: object, staff: object, reason: str = "") -> Complaint:
    """Give it to a colleague who may handle it. Raises at `staff`: `handler.may_not`, `handler.kept_out`."""
    complaint = lock(actor, case_uid, permission="complaint.assign")
    person = colleague(actor, staff)
    if person.pk in kept_out(complaint.case):
        raise invalid({"staff": [("handler.kept_out", {"name": person.name})]})
    unit = complaint.case.unit
    if not decide(actor_for(person, at), "complaint.handle", path=unit.path).allowed:
        raise invalid({"staff": [("handler.may_not", {"name": person.name})]})
    if complaint.handler_id != person.pk:
        hand_to(complaint, person, actor, at, "complaint.assigned", reason.strip()[:300])
        if person.pk != actor.staff_id:
            tell([person], "complaint.assigned", complaint, at=at, key=str(complaint.version))
    return complaint


def hand_to(
    complaint: Complaint, staff: Staff, actor: Actor, at: datetime, kind: str, reason: str = ""
) -> None:
    """It is `staff`'s from now on, with its clocks. The caller has locked it and looked whether that may be."""
    before = complaint.handler
    complaint.handler = staff
    keep(complaint, "handler")
    watch.hand_on(complaint, actor, at, reason)
    facts = {"staff": str(staff.uid), "before": str(before.uid) if before else None}
    enter(complaint, actor, at, kind, facts, {"reason": reason} if reason else None)


def give_back(complaint: Complaint, to: Staff | None, actor: Actor, at: datetime) -> None:
    """What gave it to somebody is taken back by who did it: to whom it was before, or to nobody."""
    complaint = lock(actor, complaint.case.uid, permission="complaint.view")
    before, complaint.handler = complaint.handler, to
    keep(complaint, "handler")
    watch.hand_on(complaint, actor, at)
    if before is not None and before.pk != actor.staff_id:
        tell([before], "complaint.taken_back", complaint, at=at, key=str(complaint.version))
    facts = {"before": str(before.uid) if before else None, "staff": str(to.uid) if to else None}
    enter(complaint, actor, at, "complaint.given_back", facts)


@transaction.atomic
def put_back(*, actor: Actor, at: datetime, case_uid: object, reason: str = "") -> Complaint:
    """Nobody handles it any more: it waits for the desk again, which is told. By the handler or a head.

    Raises `complaint.free` (409) when nobody handles it.
    """
    complaint = lock(actor, case_uid)
    before = complaint.handler
    if before is None:
        raise conflict("complaint.free", number=complaint.case.number)
    if before.pk != actor.staff_id:
        require(actor, "complaint.assign", path=complaint.case.unit.path)
    complaint.handler = None
    keep(complaint, "handler")
    watch.hand_on(complaint, actor, at, reason.strip()[:300])
    tell(desk(complaint.case, at), "complaint.received", complaint, at=at, key=f"back:{complaint.version}")
    facts = {"before": str(before.uid)}
    enter(
        complaint,
        actor,
        at,
        "complaint.put_back",
        facts,
        {"reason": reason.strip()} if reason.strip() else None,
    )
    return complaint


def suggested(complaint: Complaint, at: datetime) -> Grade | None:
    """What the rules make of it: level, urgency, sensitivity, with reasons; None without rules."""
    rules = rules_of(complaint)
    return classify(rules.complaints, facts_of(complaint, at), complaint.klass or None) if rules else None


@transaction.atomic
def assess(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    klass: str,
    level: str = "",
    urgency: str = "",
    sensitivity: Sequence[str] = (),
    vulnerable: bool | None = None,
    stated: Mapping[str, bool] | None = None,
    amount: object = None,
    reason: str = "",
    version: int | None = None,
) -> Complaint:
    """Say what kind of complaint it is and how grave. Left empty, an axis takes what the rules suggest.

    `stated`: facts only a person can state (STATED), true or false. Below the suggested level a reason is
    needed (`reason.short`). Clocks are counted anew, with the reason. Raises `input.invalid` for a class or
    value the pack does not know.
    """
    complaint = lock(actor, case_uid, version=version)
    rules = rules_of(complaint)
    was = (complaint.klass, complaint.level, complaint.urgency)
    said = {name: bool(value) for name, value in (stated or {}).items() if name in STATED}
    complaint.assessed = {**complaint.assessed, **said}
    if vulnerable is not None:
        complaint.vulnerable = vulnerable
    if amount not in (None, ""):
        complaint.amount = amount_of(amount)
    _check_names(complaint, klass, level, urgency, sensitivity)
    complaint.klass = klass
    grade = suggested(complaint, at)
    complaint.level = level or (grade.level if grade else "")
    complaint.urgency = urgency or (grade.urgency or "" if grade else "")
    complaint.sensitivity = sorted({*sensitivity, *(() if level else grade.sensitivity if grade else ())})
    lower = bool(grade and rules and _below(rules, complaint.level, grade.level))
    told = reason_of(reason) if lower else reason.strip()
    first = complaint.state in (State.RECEIVED, State.ACKNOWLEDGED)
    if first:
        complaint.state = State.ASSESSED
    keep(
        complaint, "klass", "level", "urgency", "sensitivity", "vulnerable", "amount", "assessed", "state"
    )  # fmt: skip
    now = (complaint.klass, complaint.level, complaint.urgency)
    why = " · ".join(f"{a or '–'} → {b or '–'}" for a, b in zip(was, now, strict=True) if a != b)
    watch.recount(complaint, actor, at, f"{why} {told}".strip())
    if first:
        watch.happened(complaint, "accepted", actor, at)
        watch.happened(complaint, "assessed", actor, at)
    facts = {
        "klass": complaint.klass,
        "level": complaint.level,
        "urgency": complaint.urgency,
        "sensitivity": complaint.sensitivity,
        "suggested": {"level": grade.level, "urgency": grade.urgency} if grade else None,
        "vulnerable": complaint.vulnerable,
        "stated": complaint.assessed,
    }
    questioning.assessed(complaint, grade, actor, at)
    enter(complaint, actor, at, "complaint.assessed", facts, {"reason": told} if told else None, rules=rules)
    _group(complaint, actor, at)
    return complaint


def _group(complaint: Complaint, actor: Actor, at: datetime) -> None:
    """The group the rules foresee sits by itself as soon as they foresee it; who investigates already, stays."""
    from dingfen.complaints import grouping

    rule = grouping.foreseen(complaint, at)
    if rule is not None and not complaint.case.people.filter(part=CasePerson.Part.INVESTIGATOR).exists():
        grouping.seat(complaint, rule, actor, at)


def grade_back(complaint: Complaint, before: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    """An assessment is taken back by who made it: the axes are as before, clocks are counted anew."""
    complaint = lock(actor, complaint.case.uid)
    complaint.klass, complaint.level = before["klass"], before["level"]
    complaint.urgency, complaint.sensitivity = before["urgency"], list(before["sensitivity"])
    keep(complaint, "klass", "level", "urgency", "sensitivity")
    watch.recount(complaint, actor, at, complaint.case.number)
    enter(complaint, actor, at, "complaint.regraded", dict(before), rules=rules_of(complaint))


def _check_names(
    complaint: Complaint, klass: str, level: str, urgency: str, sensitivity: Sequence[str]
) -> None:
    rules = rules_of(complaint)
    if rules is None:
        return
    own = rules.complaints
    errors: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    if klass not in own.class_index:
        errors["klass"] = [("klass.unknown", {})]
    for field, value, known in (("level", level, own.levels), ("urgency", urgency, own.urgencies)):
        if value and value not in {one.id for one in known}:
            errors[field] = [("invalid", {})]
    if set(sensitivity) - {one.id for one in own.sensitivities}:
        errors["sensitivity"] = [("invalid", {})]
    if errors:
        raise invalid(errors)


def _below(rules: Any, level: str, suggested: str) -> bool:
    order = [one.id for one in rules.complaints.levels]
    return order.index(level) < order.index(suggested)


@transaction.atomic
def link_customer(*, actor: Actor, at: datetime, case_uid: object, customer_uid: object) -> Complaint:
    """Say whose complaint it is."""
    complaint = lock(actor, case_uid, *ANY)
    customer = customer_named(actor, customer_uid)
    case = complaint.case
    before = case.customer
    case.customer = customer
    case.save(update_fields=["customer"])
    complaint.sides.filter(number=1).update(customer=customer)
    if not complaint.masked_name:
        complaint.masked_name, complaint.masked_phone = customer.masked_name, customer.masked_phone
    keep(complaint, "masked_name", "masked_phone")
    facts = {"customer": str(customer.uid), "before": str(before.uid) if before else None}
    enter(complaint, actor, at, "complaint.linked", facts)
    return complaint


@transaction.atomic
def repeat_of(*, actor: Actor, at: datetime, case_uid: object, other_uid: object) -> Complaint:
    """Say that it brings an earlier matter of the same customer up again; both stay, linked."""
    complaint, other = lock(actor, case_uid, *ANY), lock(actor, other_uid, *ANY)
    if other.pk == complaint.pk or other.received_at > complaint.received_at:
        raise invalid({"other": [("other.not_earlier", {})]})
    CaseLink.objects.get_or_create(
        one=complaint.case, other=other.case, kind=CaseLink.Kind.REPEAT,
        defaults={"added_at": at, "added_by_id": actor.staff_id},
    )  # fmt: skip
    if complaint.is_open:
        watch.recount(complaint, actor, at, other.case.number)
    enter(complaint, actor, at, "complaint.repeat", {"other": str(other.case.uid)})
    return complaint


@transaction.atomic
def name_complained_of(*, actor: Actor, at: datetime, case_uid: object, staff: object) -> Complaint:
    """A colleague is complained of: from now on they see nothing of it (B10). A handler named so loses it."""
    complaint = lock(actor, case_uid)
    person = colleague(actor, staff)
    keep_out(complaint, person, CasePerson.Part.COMPLAINED_OF, actor, at)
    enter(complaint, actor, at, "complaint.named", {"staff": str(person.uid)})
    return complaint


def keep_out(complaint: Complaint, person: Staff, part: str, actor: Actor, at: datetime) -> None:
    """Take a colleague out of a complaint; where they handled it, whoever is above is told."""
    CasePerson.objects.get_or_create(
        case=complaint.case, staff=person, part=part, ended_at=None, defaults={"added_at": at}
    )
    if complaint.handler_id == person.pk:
        complaint.handler = None
        tell(above(complaint.case, at), "complaint.received", complaint, at=at, key=f"out:{person.pk}")
    keep(complaint, "handler")


@transaction.atomic
def note(*, actor: Actor, at: datetime, case_uid: object, text: str) -> CaseNote:
    """Note something the customer does not see."""
    complaint = lock(actor, case_uid, *ANY, permission="complaint.view")
    added = cases.add_note(actor=actor, at=at, case=complaint.case, text=text)
    enter(complaint, actor, at, "complaint.noted", {"note": str(added.uid)}, {"text": added.text})
    return added


@transaction.atomic
def lesson(*, actor: Actor, at: datetime, case_uid: object, text: str, article: str = "") -> ReviewCase:
    """Note what a complaint teaches about an article, for the policy owner; without one: about the rules at large.

    Raises `reason.short` and `too_long` at `text`, `lesson.article` at `article`.
    """
    complaint = lock(actor, case_uid, *ANY, permission="complaint.view")
    person_of(actor)
    text = reason_of(text, "text")
    if len(text) > LESSON_MOST:
        raise invalid({"text": [("too_long", {"limit": LESSON_MOST})]})
    rules = rules_of(complaint)
    if article and (rules is None or article not in rules.pack.article_index):
        raise invalid({"article": [("lesson.article", {"value": article})]})
    return note_case(
        Cause.LESSON, actor=actor, at=at, unit=complaint.case.unit, case=questioning.about(complaint),
        policy=complaint.policy, article=article, text=text,
    )  # fmt: skip


@transaction.atomic
def hold(*, actor: Actor, at: datetime, case_uid: object, on: bool, reason: str) -> Complaint:
    """Put a complaint under legal hold, so that nothing of it is erased, or lift it. With a reason."""
    complaint = lock(actor, case_uid, *ANY, permission="complaint.hold")
    why = reason_of(reason)
    if on == (complaint.held_at is not None):
        raise conflict("complaint.hold_as_is", number=complaint.case.number)
    complaint.held_at, complaint.hold_reason = (at, why[:200]) if on else (None, "")
    keep(complaint, "held_at", "hold_reason")
    enter(complaint, actor, at, "complaint.held" if on else "complaint.released", {}, {"reason": why})
    return complaint


def seen(actor: Actor, uid: object) -> Complaint:
    """A complaint the actor may see, whatever its state. Raises `not_visible` (404)."""
    found = kept.rows(_seen, actor, among=[read_uid(uid)])
    if not found:
        raise missing()
    complaint: Complaint = found[0]
    return complaint


def _seen(actor: Actor, uids: Sequence[UUID]) -> QuerySet[Complaint]:
    return Complaint.objects.visible_to(actor).select_related(*RELATED).filter(case__uid__in=uids)


def told_of(complaint: Complaint) -> dict[str, Any]:
    """What is sealed of a complaint: who complains, who speaks for them, remedy sought, place. {} once erased."""
    key = sealer(complaint.case.uid)
    return key.open(complaint.sealed) if key else {}
