"""Facts of a complaint put right (a new entry says what stood before), and its numbers with other bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.complaints import finding, watch
from dingfen.complaints.actions.common import amount_of, enter, keep, lock, reason_of
from dingfen.complaints.actions.handling import suggested
from dingfen.complaints.actions.intake import named
from dingfen.complaints.models import CLOSED, OPEN, Complaint, ExternalReference
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaints import Complaints
from dingfen.parties.models import SearchText
from dingfen.problems import conflict, invalid, whole_number

PLAIN = ("received_at", "occurred_at", "amount", "people", "vulnerable", "product")
WORDS = {"place": 200, "remedy": 2000, "order_number": 200, "done_at_once": 2000}


@transaction.atomic
def correct_facts(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    changes: Mapping[str, Any],
    reason: str,
    version: int | None = None,
) -> Complaint:
    """Put right what was written down: when it was received, when and where it happened, amount, how many complain,
    particular care, the product, the number of the order, the remedy sought, what was done at once. The words of the
    customer stay (a message is corrected by a further one).

    A complaint that was assessed is graded anew where the rules now see it higher, or lower and it stood as they saw
    it; its clocks are counted anew with the reason. Raises at `changes` for nothing new, at the field, `reason`.
    """
    complaint = lock(actor, case_uid, version=version)
    why = reason_of(reason)
    before_grade = suggested(complaint, at)
    sealer = thread.sealer_of(complaint.case)
    told = sealer.open(complaint.sealed)
    new = _checked(changes, at)
    if new.get("received_at", complaint.recorded_at) > complaint.recorded_at:
        raise invalid({"received_at": [("received.recorded", {"at": complaint.recorded_at})]})
    plain = {
        name: value for name, value in new.items() if name in PLAIN and value != getattr(complaint, name)
    }
    words = {name: value for name, value in new.items() if name in WORDS and value != told.get(name, "")}
    if not plain and not words:
        raise invalid({"changes": [("facts.same", {})]})
    before = {name: getattr(complaint, name) for name in plain}
    for name, value in plain.items():
        setattr(complaint, name, value)
    old_words = {name: told.get(name, "") for name in words}
    complaint.sealed = sealer.seal({**told, **words})
    if "product" in plain:  # typed freely, by customers too: words, for the register
        old_words["product"], words["product"] = before.pop("product"), plain.pop("product")
    keep(complaint, *PLAIN, "sealed")
    if "received_at" in plain:
        complaint.events.filter(name="received").update(at=complaint.received_at)
    _graded(complaint, before_grade.level if before_grade else "", actor, at, why)
    facts = {"before": _told(before), "after": _told(plain), "level": complaint.level}
    said = {"reason": why, **{f"{name}_before": value for name, value in old_words.items()}, **words}
    enter(complaint, actor, at, "complaint.facts_corrected", facts, said, rules=rules_of(complaint))
    return complaint


def _checked(changes: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "amount":
            found[name] = amount_of(value)
        elif name == "people":
            found[name] = whole_number(value) or 0
            if not 1 <= found[name] <= 9999:
                raise invalid({"people": [("invalid", {})]})
        elif name == "product":
            found[name] = named(str(value or ""))
        elif name == "vulnerable":
            found[name] = bool(value)
        elif name in ("occurred_at", "received_at"):
            if value is not None and value > at:
                raise invalid({name: [("date.future", {"now": at})]})
            if value is not None or name == "occurred_at":
                found[name] = value
        elif name in WORDS:
            found[name] = str(value or "").strip()[: WORDS[name]]
    return found


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """As an entry of the register says it."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def _graded(complaint: Complaint, before: str, actor: Actor, at: datetime, why: str) -> None:
    """The grade after a correction. Whoever departed from the rules upwards keeps that."""
    rules, grade = rules_of(complaint), suggested(complaint, at)
    if rules is None or grade is None:
        return
    was = complaint.level
    higher = _rank(rules.complaints, grade.level) > _rank(rules.complaints, was)
    if higher or (was == before and was != grade.level):
        complaint.level, complaint.urgency = grade.level, grade.urgency or ""
        complaint.sensitivity = sorted({*complaint.sensitivity, *grade.sensitivity})
        keep(complaint, "level", "urgency", "sensitivity")
    moved = f"{was or '–'} → {complaint.level or '–'} · " if was != complaint.level else ""
    watch.recount(complaint, actor, at, f"{moved}{why}", {"received": complaint.received_at})


def _rank(rules: Complaints, level: str) -> int:
    order = [one.id for one in rules.levels]
    return order.index(level) if level in order else -1


@transaction.atomic
def add_reference(
    *, actor: Actor, at: datetime, case_uid: object, body: str, number: str
) -> ExternalReference:
    """Note its number with somebody else; it is found by it from now on. Raises at `body`, `number`."""
    complaint = lock(actor, case_uid, *OPEN, *CLOSED)
    given = {"body": body.strip()[:40], "number": number.strip()[:80]}
    if missing := [name for name, value in given.items() if not value]:
        raise invalid({missing[0]: [("required", {})]})
    row, new = ExternalReference.objects.get_or_create(
        complaint=complaint, body=given["body"], number=given["number"]
    )
    if not new:
        raise conflict("reference.known", number=given["number"])
    old = SearchText.objects.filter(record_uid=complaint.case.uid).values_list("text", flat=True).first()
    if old is not None:
        finding.add_words(complaint, old, given["number"])
    if complaint.is_open:
        watch.recount(complaint, actor, at, given["number"])
    enter(complaint, actor, at, "complaint.referenced", {"body": given["body"]}, {"number": given["number"]})
    return row
