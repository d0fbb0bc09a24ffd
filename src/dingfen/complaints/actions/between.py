"""A dispute between customers (B15): both sides named, heard, brought together; what it comes from, how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from dingfen.accounts.access import person_of
from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.complaints import watch
from dingfen.complaints.actions.common import enter, keep, lock, reason_of
from dingfen.complaints.actions.handling import told_of
from dingfen.complaints.actions.whose import customer_named
from dingfen.complaints.models import Between, Complaint, Hearing, Issue, Side
from dingfen.matching import normalise
from dingfen.parties import masking, sealing
from dingfen.parties.details import Details
from dingfen.parties.models import Customer, SubjectKey
from dingfen.problems import conflict, invalid, missing, read_uid

Outcome = Between.Outcome
MINUTES = ("place", "mediator", "present", "first", "second", "common", "open_points", "agreed_points")
BOTH = [1, 2]
OTHER = "涉及另一位客户 · about another customer"
"""Why clocks moved: it stays when that customer is erased, so it says nothing of them."""


@transaction.atomic
def name_other_side(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    name: str = "",
    phone: str = "",
    customer_uid: object = None,
) -> Complaint:
    """The complaint is about another customer: from now on both are parties, the complainant the first.

    Raises at `name` without one, at `customer` where it is the complainant's own; `between.already` (409).
    """
    complaint = lock(actor, case_uid)
    if complaint.sides.exists():
        raise conflict("between.already", number=complaint.case.number)
    customer = customer_named(actor, customer_uid) if customer_uid else None
    name, phone = name.strip()[:80], phone.strip()[:40]
    if customer is None and not name:
        raise invalid({"name": [("required", {})]})
    if customer is not None and customer.pk == complaint.case.customer_id:
        raise invalid({"customer": [("between.same", {})]})
    own = told_of(complaint).get("complainant", {})
    Between.objects.create(complaint=complaint)
    first = {"name": own.get("name", ""), "phone": own.get("phone", "")}
    _side(complaint, 1, complaint.case.customer, first, complaint.masked_name, complaint.masked_phone)
    masked = customer.masked_name if customer else masking.name(name)
    number = customer.masked_phone if customer else _masked(phone)
    other = _side(complaint, 2, customer, {"name": name, "phone": phone}, masked, number)
    keep(complaint)
    watch.happened(complaint, "other_named", actor, at)
    watch.recount(complaint, actor, at, OTHER)
    facts = {"side": str(other.uid), "customer": str(customer.uid) if customer else None}
    enter(complaint, actor, at, "between.named", facts, {"name": name, "phone": phone}, of=other.uid)
    return complaint


def _masked(phone: str) -> str:
    features = normalise(Details(name="", phones=(phone,)).record()).features if phone else None
    first = next(iter(features.mobiles + features.landlines), "") if features else ""
    return masking.phone(first) if first else ""


def _side(
    complaint: Complaint,
    number: int,
    customer: Customer | None,
    told: Mapping[str, str],
    name: str,
    phone: str,
) -> Side:
    side = Side(
        complaint=complaint, number=number, customer=customer, masked_name=name[:80], masked_phone=phone[:24]
    )
    sealer, wrapped = sealing.new_key(side.uid)
    SubjectKey.objects.create(subject_uid=side.uid, wrapped=wrapped)
    side.sealed = sealer.seal(dict(told))
    side.save()
    return side


@transaction.atomic
def hear_side(
    *, actor: Actor, at: datetime, side_uid: object, account: str = "", wish: str = "", declined: bool = False
) -> Side:
    """What one side says of it and wants, by itself; or that they do not wish to be heard. Raises at `account`."""
    side, complaint = _locked(actor, side_uid)
    text = "" if declined else reason_of(account, "account", 4)
    words = {"account": text[:8000], "wish": wish.strip()[:2000]}
    sealer = sealing.sealer(side.uid)
    if sealer is None:
        raise conflict("case.erased", number=complaint.case.number)
    side.sealed = sealer.seal({**sealer.open(side.sealed), **words})
    side.heard_at, side.heard_by_id, side.declined = at, person_of(actor), declined
    side.save()
    keep(complaint)
    facts = {"side": str(side.uid), "number": side.number, "declined": declined}
    enter(complaint, actor, at, "between.heard", facts, words if text else None, of=side.uid)
    return side


@transaction.atomic
def link_side(*, actor: Actor, at: datetime, side_uid: object, customer_uid: object) -> Side:
    """A side is this customer: it stands with their card from now on. Raises at `customer` for the other side's own."""
    side, complaint = _locked(actor, side_uid)
    customer = customer_named(actor, customer_uid)
    if complaint.sides.filter(customer=customer).exclude(pk=side.pk).exists():
        raise invalid({"customer": [("between.same", {})]})
    side.customer = customer
    side.masked_name = side.masked_name or customer.masked_name[:80]
    side.masked_phone = side.masked_phone or customer.masked_phone[:24]
    side.save()
    keep(complaint)
    facts = {"side": str(side.uid), "number": side.number, "customer": str(customer.uid)}
    enter(complaint, actor, at, "between.linked", facts)
    return side


@transaction.atomic
def note_hearing(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    held_at: datetime,
    present: Sequence[int],
    signed: Sequence[int] = (),
    no_interest: bool = False,
    minutes: Mapping[str, str],
) -> Hearing:
    """Minutes of a joint hearing: who led it and that they have no interest, both accounts, what they share.

    `present`, `signed`: numbers of the sides. Raises `between.none` (409), at `mediator`, `present`, `signed`,
    `no_interest`, `held_at`.
    """
    complaint = _between(lock(actor, case_uid))
    words = {name: minutes.get(name, "").strip()[:4000] for name in MINUTES if minutes.get(name, "").strip()}
    came, by = sorted(set(present) & set(BOTH)), sorted(set(signed) & set(BOTH))
    if "mediator" not in words:
        raise invalid({"mediator": [("required", {})]})
    if came != BOTH:
        raise invalid({"present": [("between.both", {})]})
    if not no_interest:
        raise invalid({"no_interest": [("session.no_interest", {})]})
    if held_at > at:
        raise invalid({"held_at": [("date.future", {"now": at})]})
    row = Hearing.objects.create(
        complaint=complaint, at=held_at, no_interest=no_interest, present=came, signed=by, noted_at=at,
        noted_by_id=person_of(actor), sealed=thread.sealer_of(complaint.case).seal(words),
    )  # fmt: skip
    complaint.sides.filter(heard_at=None).update(heard_at=held_at, heard_by=row.noted_by)
    keep(complaint)
    watch.happened(complaint, "heard_together", actor, at, held_at)
    facts = {"hearing": str(row.uid), "present": came, "signed": by}
    enter(complaint, actor, at, "between.hearing", facts, words, occurred_at=held_at)
    return row


@transaction.atomic
def find_cause(*, actor: Actor, at: datetime, case_uid: object, cause: str, grounds: str) -> Between:
    """What the quarrel comes from: interests, who has a say, or the persons; on which grounds."""
    complaint = _between(lock(actor, case_uid))
    if cause not in Between.Cause.values:
        raise invalid({"cause": [("required", {})]})
    text = reason_of(grounds, "grounds", 4)
    row = complaint.between
    row.cause, row.cause_at, row.cause_by_id = cause, at, person_of(actor)
    _words(row, grounds=text[:4000])
    keep(complaint)
    enter(complaint, actor, at, "between.cause", {"cause": cause}, {"grounds": text})
    return row


@transaction.atomic
def end_between(*, actor: Actor, at: datetime, case_uid: object, outcome: str, terms: str) -> Between:
    """How it ends between them: agreed (signed by both in a hearing), parted, or without agreement; the terms.

    Agreed and parted settle the issues that are open. Raises `between.sides`, `between.signed` (409).
    """
    complaint = _between(lock(actor, case_uid))
    if outcome not in Outcome.values:
        raise invalid({"outcome": [("required", {})]})
    text = reason_of(terms, "terms", 4)
    if complaint.sides.filter(heard_at=None).exists():
        raise conflict("between.sides", number=complaint.case.number)
    if outcome == Outcome.AGREED and not any(row.signed == BOTH for row in complaint.hearings.all()):
        raise conflict("between.signed")
    row = complaint.between
    row.outcome, row.ended_at = outcome, at
    _words(row, terms=text[:4000])
    going = (Issue.State.OPEN, Issue.State.INVESTIGATING, Issue.State.FOUND, Issue.State.OFFERED)
    if outcome != Outcome.NONE:
        complaint.issues.filter(state__in=going).update(state=Issue.State.SETTLED, ended_at=at)
    keep(complaint)
    watch.end(complaint, actor, at, ("complaint.heard_together",))
    enter(complaint, actor, at, "between.ended", {"outcome": outcome}, {"terms": text})
    return row


def _words(row: Between, **more: str) -> None:
    sealer = thread.sealer_of(row.complaint.case)
    row.sealed = sealer.seal({**sealer.open(row.sealed), **more})
    row.save()


def _between(complaint: Complaint) -> Complaint:
    found = Between.objects.filter(complaint=complaint).first()
    if found is None:
        raise conflict("between.none", number=complaint.case.number)
    found.complaint = complaint
    complaint.between = found
    return complaint


def _locked(actor: Actor, uid: object) -> tuple[Side, Complaint]:
    found = Side.objects.select_related("complaint__case").filter(uid=read_uid(uid)).first()
    if found is None:
        raise missing()
    complaint = lock(actor, found.complaint.case.uid)
    return Side.objects.select_for_update(of=("self",)).get(pk=found.pk), complaint
