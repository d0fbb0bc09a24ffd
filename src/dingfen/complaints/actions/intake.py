"""A complaint comes in, on whatever way. Whoever receives it registers it; the words stay as they were said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dingfen.accounts.access import may, person_of, require
from dingfen.accounts.actor import Actor, system_actor
from dingfen.accounts.models import Staff, Unit
from dingfen.cases import attachments, thread
from dingfen.cases.actions import new_case, numbered
from dingfen.cases.models import Attachment, CasePerson, Message
from dingfen.clocks.models import Clock
from dingfen.complaints import finding, watch
from dingfen.complaints.actions import whose
from dingfen.complaints.actions.common import amount_of, colleague, entry
from dingfen.complaints.actions.whose import customer_named
from dingfen.complaints.facts import STATED, facts_at_receipt
from dingfen.complaints.models import Channel, ComplainantKey, Complaint, ExternalReference
from dingfen.complaints.notices import tell
from dingfen.complaints.people import desk
from dingfen.complaints.representing import too_many
from dingfen.complaints.rules import Rules, rules_at
from dingfen.database import kept, rows
from dingfen.database.prepared import at_once
from dingfen.engine.grading import classify
from dingfen.parties import index, sealing
from dingfen.parties.details import Details, identifiers_of, masked_name, masked_phone
from dingfen.parties.models import Customer, SubjectKey
from dingfen.problems import conflict, invalid
from dingfen.register.append import NewEntry, append_many

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
    clocks: Sequence[Clock] = ()
    """Those that it started."""


def prepare_complaint(
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
) -> Callable[[], Received]:
    """Register a complaint. Without a person (`actor` None: web, mail, a webhook) `unit` says whose it is.

    What needs nobody's lock is done at once; the answer is to be called for the rest (`receive` calls it).

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
    said_at = said_at.astimezone(UTC) if said_at else None
    rules = rules_at(unit, at)
    case = new_case(actor=actor, at=at, kind="complaint", unit=unit)
    sealer, wrapped = sealing.new_key(case.uid)
    message = thread.written(
        actor=actor, at=at, case=case, sealer=sealer, direction=Message.Direction.IN, channel=channel,
        text=text, subject=subject, key=key, said_at=said_at,
    )  # fmt: skip
    sealed = {
        "complainant": {name: value for name, value in asdict(who).items() if value},
        "representatives": [asdict(one) for one in representatives],
        "remedy": remedy.strip()[:WORDS],
        "place": place.strip()[:SHORT],
        "recording": recording.strip()[:SHORT],
        "order_number": order_number.strip()[:SHORT],
        "done_at_once": done_at_once.strip()[:WORDS],
    }
    details = who.details()
    told = whose.told(details, unit, at, actor, card=not customer_uid)
    complaint = Complaint(
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
        amount=amount_of(amount),
        currency=currency,
        language=language,
        sealed=sealer.seal(sealed),
        masked_name=masked_name(details)[:80],
        masked_phone=masked_phone(told.features),
        contact=Complaint.Contact.UNCONFIRMED if unconfirmed else "",
        people=max(people, 1, len(representatives)),
        policy=rules.version if rules else None,
    )
    if complaint.handler_id and actor.staff is not None:
        complaint.handler = actor.staff
    outside = [(body.strip()[:40], number.strip()[:80]) for body, number in dict.fromkeys(external)]
    typed = (who.name, who.phone, finding.numbers(who.phone), complaint.product, order_number, subject, text)
    words = finding.words_of([*typed, *(number for _, number in external)])
    said = {**sealed, "product": complaint.product, "text": text, "subject": subject,
            "external": [list(pair) for pair in external]}  # fmt: skip
    arrival = _Arrival(
        actor, at, complaint, SubjectKey(subject_uid=case.uid, wrapped=wrapped), message, told, customer_uid,
        rules, said_at, {name: value for name, value in said.items() if value}, words,
        tuple(files), [pair for pair in outside if all(pair)],
        [colleague(actor, uid, "complained_of") for uid in complained_of],
    )  # fmt: skip

    def register() -> Received:
        with transaction.atomic():
            return arrival.register()

    return register


receive = at_once(prepare_complaint)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A complaint ready to be registered."""

    actor: Actor
    at: datetime
    complaint: Complaint
    key: SubjectKey
    message: Message
    told: whose.Told
    customer_uid: object
    rules: Rules | None
    said_at: datetime | None
    said: Mapping[str, Any]
    words: Sequence[str]
    files: Sequence[File]
    outside: Sequence[tuple[str, str]]
    involved: Sequence[Staff]

    def register(self) -> Received:
        """In the transaction: the customer under the locks, then the rows, the clocks and the entries."""
        actor, at, complaint, message = self.actor, self.at, self.complaint, self.message
        case = complaint.case
        known = thread.earlier(case.company_id, complaint.channel, message.key)
        if known is not None:
            return _again(known)
        entries = self._customer()
        numbered([case])
        complaint.case = message.case = case  # which has its number now
        facts = self._rows()
        given = _given(complaint, at, {one.pk for one in self.involved})
        attached = [
            attachments.attach(
                actor=actor, at=at, case=case, name=one.name, content=one.content, message=message
            )
            for one in self.files
        ]
        clocks = watch.happened(complaint, "received", actor, at, self.said_at, facts, new=True)
        _tell(complaint, given, at)
        append_many([*entries, self._entry(given, attached)])
        return Received(complaint, message, True, tuple(clocks))

    def _customer(self) -> list[NewEntry]:
        """Link the customer; the entry of a card that was made for them."""
        customer: Customer | None
        if self.customer_uid:
            customer, made = customer_named(self.actor, self.customer_uid), None
        else:
            customer, made = self.told.customer(self.actor, self.at)
        complaint = self.complaint
        complaint.case.customer = customer
        if customer is not None:
            complaint.masked_name = complaint.masked_name or customer.masked_name
            complaint.masked_phone = complaint.masked_phone or customer.masked_phone
        return [made] if made else []

    def _rows(self) -> dict[str, Any]:
        """Write the complaint with what belongs to it, graded by the rules. The facts of it."""
        complaint, case = self.complaint, self.complaint.case
        rows.add(self.key)
        rows.add(
            *(ComplainantKey(complaint=complaint, lookup=index.lookup(case.company_id, kind, value))
              for kind, value in identifiers_of(self.told.features))
        )  # fmt: skip
        facts = facts_at_receipt(
            complaint, self.at, staff_named=bool(self.involved), passed_on=bool(self.outside)
        )
        _grade(complaint, self.rules, facts)
        rows.add(complaint)
        rows.add(*(ExternalReference(complaint=complaint, body=b, number=n) for b, n in self.outside))
        part = CasePerson.Part.COMPLAINED_OF
        rows.add(*(CasePerson(case=case, staff=one, part=part, added_at=self.at) for one in self.involved))
        rows.add(self.message)
        finding.index(complaint, self.words)
        return facts

    def _entry(self, given: Staff | None, attached: Sequence[Attachment]) -> NewEntry:
        complaint, customer, actor = self.complaint, self.complaint.case.customer, self.actor
        facts = {
            "channel": complaint.channel,
            "unit": str(complaint.case.unit.uid),
            "message": str(self.message.uid),
            "customer": str(customer.uid) if customer else None,
            "handler": str(given.uid) if given else str(actor.uid) if complaint.handler_id else None,
            "complained_of": [str(one.uid) for one in self.involved],
            "files": [attachments.facts(one) for one in attached],
            "vulnerable": complaint.vulnerable,
            "level": complaint.level,
            "urgency": complaint.urgency,
            "stated": complaint.assessed,
            "contact": complaint.contact,
        }
        return entry(
            complaint, actor, self.at, "complaint.received", facts, self.said,
            occurred_at=self.said_at, rules=self.rules,
        )  # fmt: skip


def named(product: str) -> str:
    """The product as it is counted by: one line without double spaces."""
    return " ".join(product.split())[:PRODUCT]


def _grade(complaint: Complaint, rules: Rules | None, facts: Mapping[str, Any]) -> None:
    """The first grade, by the rules alone: what is not known yet raises nothing."""
    if rules is not None:
        grade = classify(rules.complaints, facts)
        complaint.level, complaint.urgency = grade.level, grade.urgency or ""
        complaint.sensitivity = list(grade.sensitivity)


def _units(ids: Sequence[int]) -> QuerySet[Unit]:
    return Unit.objects.select_related("company").filter(pk__in=ids)


def _unit(actor: Actor, unit: Unit | None) -> Unit:
    if unit is None:
        unit = next(iter(kept.rows(_units, among=[actor.unit_id or 0])), None)
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


def _handler(actor: Actor, unit: Unit, take: bool, complained_of: Sequence[object]) -> int | None:
    named = {str(uid) for uid in complained_of}
    if not take or actor.is_system or str(actor.uid) in named:
        return None
    return person_of(actor) if may(actor, "complaint.take", unit.path) else None


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
