"""A complaint comes in, on whatever way. Whoever receives it registers it; the words stay as they were said."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dingfen.accounts.access import may, person_of, require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff, Unit
from dingfen.cases import attachments, thread
from dingfen.cases.actions import open_case
from dingfen.cases.models import CasePerson, Message
from dingfen.complaints import finding, watch
from dingfen.complaints.actions.common import (
    amount_of,
    colleague,
    enter,
)
from dingfen.complaints.facts import STATED, facts_at_receipt
from dingfen.complaints.models import Channel, ComplainantKey, Complaint, ExternalReference
from dingfen.complaints.notices import tell
from dingfen.complaints.people import desk
from dingfen.complaints.representing import too_many
from dingfen.complaints.rules import rules_at, rules_of
from dingfen.database.locks import lock_keys
from dingfen.engine.grading import classify
from dingfen.matching import Features, normalise
from dingfen.parties import index, masking
from dingfen.parties.details import Details, check, identifiers_of
from dingfen.parties.models import Customer
from dingfen.parties.queries import candidates
from dingfen.parties.registering import register_party
from dingfen.problems import conflict, invalid

SHORT, WORDS, PRODUCT = 200, 2000, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Complainant:
    """Who complains, as told; every field may be empty. `identity`: what paper shows who they are, with its number.

    A company has a credit code and a legal representative.
    """

    name: str = ""
    kind: str = "person"
    phone: str = ""
    email: str = ""
    wechat: str = ""
    address: str = ""
    employer: str = ""
    credit_code: str = ""
    legal_representative: str = ""
    identity: str = ""

    def details(self) -> Details:
        return Details(
            name=self.name.strip(),
            kind="company" if self.kind == "company" else "person",
            employer=self.employer.strip(),
            phones=tuple(filter(None, [self.phone.strip()])),
            emails=tuple(filter(None, [self.email.strip()])),
            wechats=tuple(filter(None, [self.wechat.strip()])),
            credit_codes=tuple(filter(None, [self.credit_code.strip()])),
            profile={"address": self.address.strip()} if self.address.strip() else {},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who speaks for the complainant: `basis` is proxy, heir, guardian, lawyer or speaker (of a group)."""

    name: str
    basis: str = "proxy"
    phone: str = ""
    email: str = ""
    proof: str = ""


BASES = ("proxy", "heir", "guardian", "lawyer", "speaker")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """`created` is False when the channel had brought this message before."""

    complaint: Complaint
    message: Message
    created: bool


@transaction.atomic
def receive(
    *,
    actor: Actor | None,
    at: datetime,
    channel: str,
    text: str,
    unit: Unit | None = None,
    key: str = "",
    subject: str = "",
    complainant: Complainant | None = None,
    customer_uid: object = None,
    representatives: Sequence[Representative] = (),
    people: int = 1,
    remedy: str = "",
    amount: object = None,
    product: str = "",
    order_number: str = "",
    done_at_once: str = "",
    currency: str = "CNY",
    said_at: datetime | None = None,
    occurred_at: datetime | None = None,
    place: str = "",
    files: Sequence[File] = (),
    external: Sequence[tuple[str, str]] = (),
    language: str = "zh-hans",
    complained_of: Sequence[object] = (),
    recording: str = "",
    vulnerable: bool = False,
    stated: Mapping[str, bool] | None = None,
    take: bool = True,
    unconfirmed: bool = False,
) -> Received:
    """Register a complaint. Without a person (`actor` None: web, mail, a webhook) `unit` says whose it is.

    `text` is kept word for word. `key` is what the channel calls the message: brought twice, it is one
    complaint. A customer the matcher is sure of is linked, one it has never seen gets a card, one it is unsure
    of is left for a person to settle. `stated`: what is told at once of danger or injury (`facts.STATED`); with it
    the rules give a first level and urgency, which whoever assesses it confirms. `take`: an agent who receives
    it handles it. `product`: the product or service complained of, with the number of the order, contract or account.
    `unconfirmed`: a code was asked for that shows how they are reached, and is still to come.
    Raises Problem `input.invalid` (422) by field; what `attachments.attach` raises for files.
    """
    if actor is None:
        if unit is None:
            raise ValueError("without an actor the unit must be named")
        actor = system_actor(unit.company or unit, channel=channel)
    unit = _unit(actor, unit)
    require(actor, "complaint.receive", company_id=unit.company_id or unit.pk)
    who = complainant or Complainant()
    _check(at, channel, representatives, said_at, occurred_at)
    known = thread.earlier(unit.company_id or unit.pk, channel, key)
    if known is not None:
        return _again(known)
    sum_ = amount_of(amount)
    customer, entered = customer_of(actor, at, unit, who, customer_uid)
    rules = rules_at(unit, at)
    case = open_case(actor=actor, at=at, kind="complaint", unit=unit, customer=customer)
    sealer = thread.open_key(case)
    sealed = {
        "complainant": {name: value for name, value in asdict(who).items() if value},
        "representatives": [asdict(one) for one in representatives],
        "remedy": remedy.strip()[:WORDS],
        "place": place.strip()[:SHORT],
        "recording": recording.strip()[:SHORT],
        "order_number": order_number.strip()[:SHORT],
        "done_at_once": done_at_once.strip()[:WORDS],
    }
    features = normalise(who.details().record()).features
    complaint = Complaint.objects.create(
        case=case,
        channel=channel,
        received_at=said_at or at,
        recorded_at=at,
        occurred_at=occurred_at,
        receiver_id=actor.staff_id,
        handler_id=_handler(actor, unit, take, complained_of),
        vulnerable=vulnerable,
        assessed={name: bool(value) for name, value in (stated or {}).items() if name in STATED},
        product=named(product),
        amount=sum_,
        currency=currency,
        language=language,
        sealed=sealer.seal(sealed),
        masked_name=_masked(who, customer),
        masked_phone=_masked_phone(features, customer),
        contact=Complaint.Contact.UNCONFIRMED if unconfirmed else "",
        people=max(people, 1, len(representatives)),
        policy=rules.version if rules else None,
    )
    _remember(complaint, features)
    _references(complaint, external)
    involved = [colleague(actor, uid, "complained_of") for uid in complained_of]
    CasePerson.objects.bulk_create(
        CasePerson(case=case, staff=one, part=CasePerson.Part.COMPLAINED_OF, added_at=at) for one in involved
    )
    known_facts = facts_at_receipt(
        complaint, at, staff_named=bool(involved), passed_on=any(b.strip() and n.strip() for b, n in external)
    )
    _grade(complaint, known_facts)
    given = _given(complaint, at, {one.pk for one in involved})
    message = thread.add(
        actor=actor, at=at, case=case, sealer=sealer, direction=Message.Direction.IN, channel=channel,
        text=text, subject=subject, key=key, said_at=said_at,
    )  # fmt: skip
    kept = [
        attachments.attach(actor=actor, at=at, case=case, name=one.name, content=one.content, message=message)
        for one in files
    ]
    finding.index(
        complaint,
        [who.name, who.phone, complaint.product, order_number, subject, text, *(n for _, n in external)],
    )
    watch.happened(complaint, "received", actor, at, said_at, known_facts)
    _tell(complaint, given, at)
    if entered is not None:
        entered()
    facts = {
        "channel": channel,
        "unit": str(unit.uid),
        "message": str(message.uid),
        "customer": str(customer.uid) if customer else None,
        "handler": str(given.uid) if given else str(actor.uid) if complaint.handler_id else None,
        "complained_of": [str(one.uid) for one in involved],
        "files": [attachments.facts(one) for one in kept],
        "vulnerable": vulnerable,
        "level": complaint.level,
        "urgency": complaint.urgency,
        "stated": complaint.assessed,
        "contact": complaint.contact,
    }
    said = {**sealed, "product": complaint.product, "text": text, "subject": subject,
            "external": [list(pair) for pair in external]}  # fmt: skip
    enter(
        complaint, actor, at, "complaint.received", facts, {k: v for k, v in said.items() if v},
        occurred_at=said_at, rules=rules,
    )  # fmt: skip
    return Received(complaint, message, True)


def named(product: str) -> str:
    """The product as it is counted by: one line without double spaces."""
    return " ".join(product.split())[:PRODUCT]


def _grade(complaint: Complaint, facts: Mapping[str, Any]) -> None:
    """The first grade, by the rules alone: what is not known yet raises nothing."""
    rules = rules_of(complaint)
    if rules is not None:
        grade = classify(rules.complaints, facts)
        complaint.level, complaint.urgency = grade.level, grade.urgency or ""
        complaint.sensitivity = list(grade.sensitivity)
        complaint.save(update_fields=["level", "urgency", "sensitivity"])


def _unit(actor: Actor, unit: Unit | None) -> Unit:
    if unit is None:
        unit = Unit.objects.select_related("company").filter(pk=actor.unit_id or 0).first()
    if unit is None or (unit.company_id or unit.pk) != actor.company_id or not unit.active:
        raise invalid({"unit": [("unit.unknown", {})]})
    return unit


def _check(
    at: datetime,
    channel: str,
    representatives: Sequence[Representative],
    said_at: datetime | None,
    occurred_at: datetime | None,
) -> None:
    errors: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    if channel not in Channel.values:
        errors["channel"] = [("channel.unknown", {})]
    for name, moment in (("said_at", said_at), ("occurred_at", occurred_at)):
        if moment is not None and moment > at:
            errors[name] = [("date.future", {"now": at})]
    if any(one.basis not in BASES or not one.name.strip() for one in representatives):
        errors["representatives"] = [("required", {})]
    if too_many(one.basis for one in representatives):
        errors["representatives"] = [("speakers.five", {})]
    if errors:
        raise invalid(errors)


def _again(known: Message) -> Received:
    complaint = Complaint.objects.select_related("case").filter(pk=known.case_id).first()
    if complaint is None:
        raise conflict("message.elsewhere", number=known.case.number)
    return Received(complaint, known, False)


def customer_of(
    actor: Actor, at: datetime, unit: Unit, who: Complainant, uid: object = None
) -> tuple[Customer | None, Any]:
    """The customer to link, and the entry to write when a card was made for them."""
    company_id = unit.company_id or unit.pk
    if uid:
        return customer_named(actor, uid), None
    details = who.details()
    read = check(details, lenient=True) if details.name else normalise(details.record())
    if not identifiers_of(read.features):
        return None, None
    lock_keys(index.lock_hashes(company_id, read.features))
    found = candidates(company_id, read.features)
    same = [one for one in found if one.match.answer == "same"]
    if same:
        return Customer.objects.get(pk=same[0].customer_id), None
    if found or not details.name:
        return None, None  # somebody will look whether it is one of those
    customer = register_party(unit=unit, details=details, at=at, created_by_id=actor.staff_id, read=read)
    facts = {"number": customer.number, "kind": customer.kind, "grade": customer.grade}

    def entry() -> None:
        from dingfen.parties.actions.common import enter as enter_customer

        enter_customer(
            actor=actor, at=at, kind="customer.added", customer=customer, facts=facts,
            personal=details.sealed(),
        )  # fmt: skip

    return customer, entry


def customer_named(actor: Actor, uid: object) -> Customer:
    """A customer of the actor's company, the surviving one after merges. Raises Problem at `customer`."""
    try:
        found = Customer.objects.filter(
            company_id=actor.company_id, uid=uuid.UUID(str(uid)), erased_at=None, voided_at=None
        ).first()  # fmt: skip
    except ValueError:
        found = None
    if found is not None and found.merged_into_id is not None:
        found = found.merged_into
    if found is None:
        raise invalid({"customer": [("customer.not_here", {})]})
    return found


def _handler(actor: Actor, unit: Unit, take: bool, complained_of: Sequence[object]) -> int | None:
    named = {str(uid) for uid in complained_of}
    if not take or actor.is_system or str(actor.uid) in named:
        return None
    return person_of(actor) if may(actor, "complaint.take", unit.path) else None


def _masked(who: Complainant, customer: Customer | None) -> str:
    if who.name.strip():
        return who.name.strip()[:80] if who.kind == "company" else masking.name(who.name.strip())
    return customer.masked_name if customer else ""


def _masked_phone(features: Features, customer: Customer | None) -> str:
    first = next(iter(features.mobiles + features.landlines), "")
    return masking.phone(first) if first else (customer.masked_phone if customer else "")


def _remember(complaint: Complaint, features: Features) -> None:
    company_id = complaint.case.company_id
    ComplainantKey.objects.bulk_create(
        ComplainantKey(complaint=complaint, lookup=index.lookup(company_id, kind, value))
        for kind, value in identifiers_of(features)
    )


def _references(complaint: Complaint, external: Sequence[tuple[str, str]]) -> None:
    ExternalReference.objects.bulk_create(
        ExternalReference(complaint=complaint, body=body.strip()[:40], number=number.strip()[:80])
        for body, number in dict.fromkeys(external)
        if body.strip() and number.strip()
    )


def _given(complaint: Complaint, at: datetime, without: set[int]) -> Staff | None:
    """Whom it goes to by load and skills, where its unit gives out by itself and nobody handles it yet."""
    from dingfen.complaints.desk.giving import at_intake

    if complaint.handler_id is not None:
        return None
    person = at_intake(complaint, at, without)
    if person is not None:
        complaint.handler = person
        complaint.save(update_fields=["handler"])
    return person


def _tell(complaint: Complaint, given: Staff | None, at: datetime) -> None:
    if given is not None:
        tell([given], "complaint.assigned", complaint, at=at, key="new")
    elif complaint.handler_id is None:
        people: list[Staff] = desk(complaint.case, at)
        tell(people, "complaint.received", complaint, at=at, key="new")
